//! Starts an engine on a store: configuration, timeline, timers, housekeeping. Reads no conversation's log.

use crate::committer::Committer;
use crate::contact_actor::{ContactActor, ContactJob};
use crate::conversation_actor::{ConversationActor, ConversationJob};
use crate::keys::{CONFIGURATION_STREAM, ENGINE_STREAM};
use crate::registry::Registry;
use crate::runtime::Arbiters;
use crate::shared::{Actors, Shared, encode};
use crate::timer_queue::{Recovery, TimerQueues};
use crate::{Clock, Error, IdSource, Keys, Options, StartError, Timers, timers};
use domain::configuration::{self, Apply, Configuration};
use domain::{Cause, ContactId, ConversationId, EngineEvent, Event, Principal, Role, Timestamp};
use std::sync::{Arc, OnceLock, RwLock};
use std::time::Duration;
use store::{Append, EventLog, Outcome, PartitionId, Record};
use tokio::sync::watch;
use uuid::Uuid;

/// What is written about configuration and running is in the first partition.
const HOME: PartitionId = PartitionId(0);
/// How often the engine leaves a sign of life when nothing is committed.
const MARK_EVERY_S: u64 = 30;

pub(crate) async fn start(
    log: Arc<dyn EventLog>,
    options: Options,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    seed: Option<Apply>,
) -> Result<(Arc<Shared>, watch::Sender<bool>), StartError> {
    let last = log.latest_ms().map(Timestamp);
    let started = clock.now();
    let recovery = Recovery { last, started, grace_until: started.plus(options.recovery_grace) };
    let identity = log.identity().clone();
    let queues = TimerQueues::new(identity.partitions, recovery, options.timers_in_memory_max);
    let committer =
        Committer::start(Arc::clone(&log), queues.clone(), options.commit_queue_max, options.batch_max);
    let shared = Arc::new(Shared {
        arbiters: Arbiters::start(options.arbiters),
        committer,
        queues,
        keys: Keys::new(&identity),
        clock,
        ids,
        recovery,
        configuration: RwLock::new(Arc::new(load_configuration(log.as_ref())?)),
        log,
        actors: OnceLock::new(),
        options,
    });
    let _ = shared.actors.set(registries(&shared));
    let started = EngineEvent::Started { wall: shared.clock.wall(), timeline: started, last };
    note(&shared, started).await?;
    if let Some(seed) = seed.filter(|_| shared.configuration().version == 0) {
        apply(&shared, &seed, &system_cause(&shared, "seed")).await?;
    }
    let (stop, stopping) = watch::channel(false);
    if shared.options.timers == Timers::Automatic {
        for partition in shared.queues.partitions() {
            let owner = timers::own(Arc::clone(&shared), partition, stopping.clone());
            shared.arbiters.run(usize::from(partition.0), owner);
        }
        shared.arbiters.run(0, keep_house(Arc::clone(&shared), stopping));
    }
    Ok((shared, stop))
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

fn load_configuration(log: &dyn EventLog) -> Result<Configuration, StartError> {
    let mut state = Configuration::default();
    loop {
        let page = log.read_stream(CONFIGURATION_STREAM, state.version, 256)?;
        if page.is_empty() {
            return Ok(state);
        }
        for stored in page {
            match codec::decode(&stored.bytes).map_err(|error| StartError::Damaged(error.to_string()))?.event
            {
                Event::Configuration(event) => state = configuration::evolve(state, &event),
                Event::Contact(_) | Event::Conversation(_) | Event::Engine(_) => {
                    return Err(StartError::Damaged(
                        "the configuration's stream holds another event".to_owned(),
                    ));
                }
            }
        }
    }
}

/// Makes a configuration the one in force; how many facts that took.
pub(crate) async fn apply(shared: &Shared, wanted: &Apply, cause: &Cause) -> Result<usize, Error> {
    let before = shared.configuration();
    let events = configuration::decide(&before, wanted)?;
    if events.is_empty() {
        return Ok(0);
    }
    let now = shared.clock.now();
    let append = Append {
        stream: CONFIGURATION_STREAM,
        expected: before.version,
        events: encode(&events, now, cause, Event::Configuration),
    };
    match shared.committer.commit(record(now, append)).await? {
        Outcome::Stored(_) => {
            let after = events.iter().fold(before.as_ref().clone(), configuration::evolve);
            *shared.configuration.write().unwrap_or_else(std::sync::PoisonError::into_inner) =
                Arc::new(after);
            Ok(events.len())
        }
        Outcome::Refused(_) | Outcome::Duplicate(_) => Err(Error::Overloaded("configuration")),
    }
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

fn record(now: Timestamp, append: Append) -> Record {
    Record {
        partition: HOME,
        at_ms: now.0,
        appends: vec![append],
        claims: Vec::new(),
        command: None,
        timers: Vec::new(),
    }
}

async fn keep_house(shared: Arc<Shared>, mut stopping: watch::Receiver<bool>) {
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
    }
}
