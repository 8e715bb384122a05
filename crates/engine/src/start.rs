//! Starts an engine on a store: configuration, timeline, timers, housekeeping. Reads no conversation's log.

use crate::committer::Committer;
use crate::contact_actor::{ContactActor, ContactJob};
use crate::conversation_actor::{ConversationActor, ConversationJob};
use crate::intake::Intake;
use crate::keys::ENGINE_STREAM;
use crate::missed::{self, Missing};
use crate::outbox::{self, Outbox};
use crate::reach::InUse;
use crate::registry::Registry;
use crate::router::{self, RouterHandle};
use crate::router_actor::RouterActor;
use crate::router_rows;
use crate::runtime::Arbiters;
use crate::shared::{Actors, HOME, Shared, encode};
use crate::subscriptions::{self, Subscriber};
use crate::timer_queue::{Recovery, TimerQueues};
use crate::{
    Clock, Error, IdSource, Keys, Options, Outside, StartError, Timers, configuration, directory, timers,
};
use domain::configuration::Apply;
use domain::{Cause, ContactId, ConversationId, EngineEvent, Event, Principal, Role, Timestamp};
use std::sync::{Arc, OnceLock, RwLock};
use std::time::Duration;
use store::{Append, EventLog, Record};
use tokio::sync::{Mutex, watch};
use uuid::Uuid;

/// How often the engine leaves a sign of life when nothing is committed.
const MARK_EVERY_S: u64 = 30;
/// How often the outbox and the subscriptions are counted, which takes a look at every lane.
const OUTBOX_SHOWN_EVERY_S: u64 = 5;

/// What was started.
pub(crate) struct Started {
    pub(crate) shared: Arc<Shared>,
    pub(crate) stop: watch::Sender<bool>,
    pub(crate) outbox: Option<Arc<Outbox>>,
    pub(crate) subscribers: Arc<[Arc<Subscriber>]>,
    pub(crate) missing: Option<Arc<Missing>>,
}

pub(crate) async fn start(
    log: Arc<dyn EventLog>,
    options: Options,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    seed: Option<Apply>,
    outside: Outside,
) -> Result<Started, StartError> {
    let last = log.latest_ms().map(Timestamp);
    let started = clock.now();
    let recovery = Recovery { last, started, grace_until: started.plus(options.recovery_grace) };
    let identity = log.identity().clone();
    let queues = TimerQueues::new(identity.partitions, recovery, options.timers_in_memory_max);
    let committer =
        Committer::start(Arc::clone(&log), queues.clone(), options.commit_queue_max, options.batch_max);
    let in_force = configuration::load(log.as_ref())?;
    let shared = Arc::new(Shared {
        arbiters: Arbiters::start(options.arbiters),
        committer,
        queues,
        keys: Keys::new(&identity),
        clock,
        ids,
        recovery,
        configuring: Mutex::default(),
        configuration_version: watch::Sender::new(in_force.version),
        configuration: RwLock::new(Arc::new(in_force)),
        log,
        actors: OnceLock::new(),
        router: OnceLock::new(),
        router_progress: Arc::default(),
        directing: Mutex::default(),
        look_up: OnceLock::new(),
        in_use: InUse::default(),
        options,
    });
    let keys = shared.keys.clone();
    shared.reading(move |log| directory::prepare(log, &keys)).await?;
    let _ = shared.actors.set(registries(&shared));
    let started = EngineEvent::Started { wall: shared.clock.wall(), timeline: started, last };
    note(&shared, started).await?;
    if let Some(seed) = seed {
        configuration::seed(&shared, &seed, system_cause(&shared, "seed")).await?;
    }
    // A new subscription is told of whatever happens from here on.
    let subscribers = subscriptions::resume(&shared, &outside).await?;
    let missing = missed::resume(&shared, &outside).await?;
    let intake = start_router(&shared).await?;
    let outbox = match outside.deliver {
        Some(deliver) => Some(Outbox::resume(&shared, deliver).await?),
        None => None,
    };
    let (stop, stopping) = watch::channel(false);
    if shared.options.timers == Timers::Automatic {
        shared.arbiters.run(1, intake.run(stopping.clone()));
        shared.arbiters.run(0, router::keep_time(Arc::clone(&shared), stopping.clone()));
        for partition in shared.queues.partitions() {
            let owner = timers::own(Arc::clone(&shared), partition, stopping.clone());
            shared.arbiters.run(usize::from(partition.0), owner);
        }
        if let Some(outbox) = &outbox {
            shared.arbiters.run(2, Arc::clone(outbox).run(stopping.clone()));
        }
        for (number, subscriber) in (3..).zip(subscribers.iter()) {
            shared.arbiters.run(number, Arc::clone(subscriber).run(stopping.clone()));
        }
        if let Some(missing) = &missing {
            shared.arbiters.run(1, Arc::clone(missing).run(stopping.clone()));
        }
        shared
            .arbiters
            .run(0, keep_house(Arc::clone(&shared), outbox.clone(), Arc::clone(&subscribers), stopping));
    }
    Ok(Started { shared, stop, outbox, subscribers, missing })
}

/// Wakes the router with what it knows, and has it finish what a crash may have interrupted.
async fn start_router(shared: &Arc<Shared>) -> Result<Intake, Error> {
    let loaded = router_rows::load(shared).await?;
    let (next_due, due) = watch::channel(None);
    let actor = RouterActor::new(Arc::clone(shared), loaded, next_due);
    let jobs = shared.arbiters.spawn_pipelined(0, shared.options.router_mailbox_max, actor);
    let _ = shared.router.set(RouterHandle::new(jobs, due));
    // What conversations did meanwhile comes first: an errand of before may have lost its reason.
    let mut intake = Intake::resume(Arc::clone(shared)).await?;
    intake.catch_up().await?;
    shared.router()?.resume().await?;
    if shared.configuration().routing.is_on() {
        // Whatever became possible while nobody looked, a pool that opened say, is done now.
        shared.router()?.command(domain::router::Command::Tick, router::cause(shared)).await?;
    }
    Ok(intake)
}

fn registries(shared: &Arc<Shared>) -> Actors {
    let Options { active_max, mailbox_max, .. } = shared.options;
    let for_contacts = Arc::downgrade(shared);
    let for_conversations = Arc::downgrade(shared);
    // The registries hang on `shared`, so an upgrade fails only when nobody is left to ask.
    #[expect(clippy::expect_used, reason = "see above")]
    let contacts = Registry::new(
        "contact",
        active_max,
        || ContactJob::Sleep,
        move |id, ticket| {
            let shared = for_contacts.upgrade().expect("the engine is alive");
            let actor = ContactActor::new(ContactId(id), Arc::clone(&shared), ticket.clone());
            shared.arbiters.spawn(spread(id), mailbox_max, actor, ticket)
        },
    );
    #[expect(clippy::expect_used, reason = "see above")]
    let conversations = Registry::new(
        "conversation",
        active_max,
        || ConversationJob::Sleep,
        move |id, ticket| {
            let shared = for_conversations.upgrade().expect("the engine is alive");
            let actor =
                ConversationActor::new(ConversationId::from_bytes(id), Arc::clone(&shared), ticket.clone());
            shared.arbiters.spawn(spread(id), mailbox_max, actor, ticket)
        },
    );
    Actors { contacts, conversations }
}

/// Spreads actors over the arbiters, whatever their partition.
fn spread(id: [u8; 16]) -> u64 {
    u64::from(id[14]) << 8 | u64::from(id[15])
}

fn system_cause(shared: &Shared, name: &str) -> Cause {
    Cause {
        principal: Principal { role: Role::System, name: name.to_owned() },
        causation: None,
        correlation: Uuid::from_u64_pair(shared.ids.next(), shared.ids.next()),
    }
}

/// Writes down a fact about the engine's own running.
async fn note(shared: &Shared, event: EngineEvent) -> Result<(), Error> {
    let now = shared.clock.now();
    let expected = shared.reading(|log| Ok(log.version(ENGINE_STREAM)?)).await?;
    let events = encode(&[event], now, &system_cause(shared, "engine"), Event::Engine);
    let append = Append { stream: ENGINE_STREAM, expected, events };
    shared.committer.commit(record(now, append)).await.map(drop)
}

pub(crate) fn record(now: Timestamp, append: Append) -> Record {
    Record {
        partition: HOME,
        at_ms: now.0,
        appends: vec![append],
        claims: Vec::new(),
        command: None,
        timers: Vec::new(),
    }
}

async fn keep_house(
    shared: Arc<Shared>,
    outbox: Option<Arc<Outbox>>,
    subscribers: Arc<[Arc<Subscriber>]>,
    mut stopping: watch::Receiver<bool>,
) {
    let sweep_every_s = u64::from(shared.options.passivate_after.0 / 2).max(1);
    for second in 1_u64.. {
        tokio::select! {
            _ = stopping.changed() => return,
            () = tokio::time::sleep(Duration::from_secs(1)) => {}
        }
        if let Some(step_ms) = shared.clock.look_at_wall() {
            tracing::warn!(step_ms, "the machine's clock was stepped; the timeline does not follow");
            let stepped = EngineEvent::ClockStepped { wall: shared.clock.wall(), step_ms };
            if let Err(error) = note(&shared, stepped).await {
                tracing::warn!(code = error.code(), "the step could not be written down");
            }
        }
        if second % MARK_EVERY_S == 0 {
            shared.committer.mark(shared.clock.now());
        }
        let Ok(actors) = shared.actors() else { return };
        if second % sweep_every_s == 0 {
            actors.conversations.sweep();
            actors.contacts.sweep();
        }
        metrics::gauge!("colloquy_active_actors", "kind" => "conversation")
            .set(actors.conversations.active() as f64);
        metrics::gauge!("colloquy_active_actors", "kind" => "contact").set(actors.contacts.active() as f64);
        let in_memory: usize =
            shared.queues.partitions().map(|partition| shared.queues.lock(partition).len()).sum();
        metrics::gauge!("colloquy_timers_in_memory").set(in_memory as f64);
        if let Some(outbox) = outbox.as_ref().filter(|_| second % OUTBOX_SHOWN_EVERY_S == 0) {
            outbox::show(outbox);
            subscribers.iter().for_each(|subscriber| subscriptions::show(subscriber));
        }
    }
}
