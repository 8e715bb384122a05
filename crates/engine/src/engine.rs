//! The handle: everything that can be asked of a running engine.

use crate::contact_actor::{ContactAnswer, ContactJob, OpenJob};
use crate::conversation_actor::{ConversationAnswer, ConversationJob};
use crate::directory::Asked;
use crate::gate::Gate;
use crate::intake::Intake;
use crate::keys::conversation_stream;
use crate::missed::Missing;
use crate::outbox::Outbox;
use crate::shared::{Shared, partition};
use crate::start::Started;
use crate::subscriptions::Subscriber;
use crate::{
    Accepted, Clock, Cursor, Error, EventRecord, IdSource, Inbound, Options, Order, Outside, Request,
    StartError, configuration, identity, load, quarantine, router, start, timers,
};
use domain::channel::{Portals, Responder};
use domain::configuration::{Apply, Change, Configuration};
use domain::conversation::{Conversation, Origin, Policy};
use domain::{Address, ChannelId, ContactId, ConversationId, Rejection, Timestamp};
use std::sync::{Arc, mpsc};
use store::EventLog;
use tokio::sync::watch;

/// How often a message follows its pair to a new conversation because the active one has just closed.
const ATTEMPTS_MAX: usize = 4;

/// A running engine. Cheap to clone; all clones are one engine.
#[derive(Clone)]
pub struct Engine {
    shared: Arc<Shared>,
    gate: Arc<Gate>,
    stop: Arc<watch::Sender<bool>>,
    /// Follows the conversations for whoever drives the engine.
    intake: Arc<tokio::sync::Mutex<Option<Intake>>>,
    outbox: Option<Arc<Outbox>>,
    subscribers: Arc<[Arc<Subscriber>]>,
    missing: Option<Arc<Missing>>,
}

/// What the engine says of itself.
#[derive(Clone, Copy, Debug)]
pub struct Health {
    /// Whether commands are taken.
    pub ready: bool,
    /// Conversations in memory.
    pub active: usize,
}

impl Engine {
    /// Starts an engine on a store. Must be called within a running actix system. `seed` is the configuration of a
    /// store that has none yet; it never overrides one.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn start(
        log: Arc<dyn EventLog>,
        options: Options,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
        seed: Option<Apply>,
    ) -> Result<Self, StartError> {
        Self::start_with(log, options, clock, ids, seed, Outside::default()).await
    }

    /// The same, with a way to the outside.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn start_with(
        log: Arc<dyn EventLog>,
        options: Options,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
        seed: Option<Apply>,
        outside: Outside,
    ) -> Result<Self, StartError> {
        let Started { shared, stop, outbox, subscribers, missing } =
            start::start(log, options, clock, ids, seed, outside).await?;
        let (gate, stop, intake) = (Arc::default(), Arc::new(stop), Arc::default());
        Ok(Self { shared, gate, stop, intake, outbox, subscribers, missing })
    }

    /// Takes a requester's message in: into the pair's active conversation, or into a new one (`LC-1` to `LC-4`).
    ///
    /// # Errors
    /// [`Error`]; nothing is stored then, but for [`Error::Store`] and [`Error::ActorFailed`].
    pub async fn inbound(
        &self,
        channel: &ChannelId,
        inbound: Inbound,
        request: Request,
    ) -> Result<Accepted, Error> {
        let _pass = self.gate.enter()?;
        let Inbound { from, to, content, sent_at } = inbound;
        let received = self.shared.clock.now();
        let (policy, known) = (self.policy(channel, &to), self.company_address(channel, &to));
        let redelivered = self.shared.recovery.is_redelivery(sent_at, received);
        let opening = OpenJob {
            channel: channel.clone(),
            requester: from,
            company: to,
            policy,
            known,
            origin: Origin::Requester { sent_at, redelivered },
            responder: self.responder(channel),
            keyword: self.keyword(channel, &content),
            portals: self.portals(channel),
            by_phone: self.by_phone(channel),
            asked: Asked::default(),
            first: None,
            content: content.clone(),
            request: request.clone(),
        };
        let order = Order::Receive { content, sent_at };
        let follow = || ConversationJob::Order { order: order.clone(), request: request.clone(), received };
        let result = self.to_pair(opening, follow).await;
        count("inbound", &result);
        result
    }

    /// Asks something of one conversation.
    ///
    /// # Errors
    /// As [`inbound`](Self::inbound).
    pub async fn order(&self, id: ConversationId, order: Order, request: Request) -> Result<Accepted, Error> {
        let _pass = self.gate.enter()?;
        self.known(id)?;
        if matches!(order, Order::RequestAgent) {
            self.require_live_agents(id).await?;
        }
        if let Some(accepted) = self.keyword_order(id, &order, &request).await? {
            return Ok(accepted);
        }
        let received = self.shared.clock.now();
        let job = || ConversationJob::Order { order: order.clone(), request: request.clone(), received };
        let result = match self.ask_conversation(id, job).await {
            Err(error) => self.earlier_or(&request, error).await,
            Ok(accepted) => Ok(accepted),
        };
        count("order", &result);
        result
    }

    /// The state of a conversation, read from the log; it wakes no actor.
    ///
    /// # Errors
    /// [`Rejection::ConversationUnknown`], or what is wrong with the store.
    pub async fn conversation(&self, id: ConversationId) -> Result<Conversation, Error> {
        self.known(id)?;
        let loaded = self.shared.reading(move |log| load::conversation(log, id)).await?;
        loaded.state.ok_or(Error::Rejected(Rejection::ConversationUnknown))
    }

    /// At most `limit` events of a conversation with versions above `after`.
    ///
    /// # Errors
    /// As [`conversation`](Self::conversation); past the end there are no events, and no error.
    pub async fn events(
        &self,
        id: ConversationId,
        after: u64,
        limit: usize,
    ) -> Result<Vec<EventRecord>, Error> {
        self.known(id)?;
        self.shared
            .reading(move |log| {
                let stream = conversation_stream(id);
                let stored = log.read_stream(stream, after, limit)?;
                if stored.is_empty() && log.version(stream)? == 0 {
                    return Err(Error::Rejected(Rejection::ConversationUnknown));
                }
                let record = |stored: store::StoredEvent| {
                    let position = Cursor { partition: partition(id), position: stored.position };
                    Ok(EventRecord {
                        envelope: codec::decode(&stored.bytes)?,
                        version: stored.version,
                        position,
                    })
                };
                stored.into_iter().map(record).collect()
            })
            .await
    }

    /// The contact behind an address on a channel, whether or not they ever wrote.
    pub fn contact_of(&self, channel: &ChannelId, address: &Address) -> ContactId {
        self.shared.keys.contact(channel, address)
    }

    /// The configuration in force.
    pub fn configuration(&self) -> Arc<Configuration> {
        self.shared.configuration()
    }

    /// Makes a configuration the one in force; how many facts that took.
    ///
    /// # Errors
    /// [`Rejection::BadConfiguration`], or what is wrong with the store.
    pub async fn configure(&self, wanted: &Apply, request: &Request) -> Result<usize, Error> {
        let _pass = self.gate.enter()?;
        configuration::apply(&self.shared, wanted, &request.cause()).await
    }

    /// Changes one entry of the configuration and leaves everything else as it is; whether that made a difference.
    ///
    /// # Errors
    /// [`Rejection::BadConfiguration`] and [`Rejection::EntryUnknown`], or what is wrong with the store.
    pub async fn change(&self, change: &Change, request: &Request) -> Result<bool, Error> {
        let _pass = self.gate.enter()?;
        configuration::change(&self.shared, change, &request.cause()).await
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    pub(crate) fn outbox(&self) -> Option<&Arc<Outbox>> {
        self.outbox.as_ref()
    }

    pub(crate) fn enter(&self) -> Result<crate::gate::Pass<'_>, Error> {
        self.gate.enter()
    }

    /// Engine time (`T4`).
    pub fn now(&self) -> Timestamp {
        self.shared.clock.now()
    }

    /// How it is.
    pub fn health(&self) -> Health {
        let active = self.shared.actors().map_or(0, |actors| actors.conversations.active());
        Health { ready: !self.gate.is_closed(), active }
    }

    /// Wakes up, coalesced, whenever something was committed.
    pub fn subscribe(&self) -> mpsc::Receiver<()> {
        self.shared.committer.subscribe()
    }

    /// Resolves with the reason when the store has failed: what is stored is unknown, and the process has to end (`L1`).
    pub async fn store_failure(&self) -> String {
        self.shared.committer.failure().await
    }

    /// When the next timer may fire, or the router, the outbox or a subscription has something to do;
    /// for whoever drives the engine.
    ///
    /// # Errors
    /// What is wrong with the store.
    pub async fn next_due(&self) -> Result<Option<Timestamp>, Error> {
        self.settle().await?;
        let timer = timers::next_due(&self.shared).await?;
        let router = *self.shared.router()?.next_due.borrow();
        let outbox = match &self.outbox {
            Some(outbox) => outbox.next_due().await,
            None => None,
        };
        let missed = self.missing.as_ref().and_then(|missing| missing.next_due());
        let mut due = [timer, router, outbox, missed].into_iter().flatten().min();
        for subscriber in self.subscribers.iter() {
            due = due.into_iter().chain(subscriber.next_due().await).min();
        }
        Ok(due)
    }

    /// Fires all timers that are due, one after the other in the order in which they are due; how many. The router does
    /// what is due for it, and what follows from all that is done too.
    ///
    /// # Errors
    /// What is wrong with the store.
    pub async fn fire_due(&self) -> Result<u64, Error> {
        let mut fired = 0;
        loop {
            self.settle().await?;
            let now = self.now();
            let timer = timers::next_due(&self.shared).await?.filter(|due| *due <= now);
            let router = self.shared.router()?;
            let routing = router.next_due.borrow().filter(|due| *due <= now);
            match (timer, routing) {
                (None, None) => return Ok(fired),
                (timer, Some(due)) if timer.is_none_or(|timer| due <= timer) => {
                    router.command(domain::router::Command::Tick, router::cause(&self.shared)).await?;
                }
                (_, _) => fired += u64::from(timers::fire_next(&self.shared).await?),
            }
        }
    }

    /// Brings the router up to date with the conversations, delivers what can be delivered now, and waits for what follows;
    /// for whoever drives the engine.
    ///
    /// # Errors
    /// What is wrong with the store.
    pub async fn settle(&self) -> Result<(), Error> {
        let mut intake = self.intake.lock().await;
        let intake = match &mut *intake {
            Some(intake) => intake,
            none => none.insert(Intake::resume(Arc::clone(&self.shared)).await?),
        };
        loop {
            self.shared.router_progress.settled().await;
            let taken = intake.catch_up().await?;
            let mut delivered = match &self.outbox {
                Some(outbox) => outbox.settle().await?,
                None => 0,
            };
            if let Some(missing) = &self.missing {
                delivered += missing.settle().await?;
            }
            for subscriber in self.subscribers.iter() {
                delivered += subscriber.settle().await?;
            }
            if taken == 0 && delivered == 0 {
                return Ok(());
            }
        }
    }

    /// Refuses new commands, waits for those under way, then checkpoints and stops.
    pub async fn drain(&self) {
        self.gate.close().await;
        let _ = self.stop.send(true);
        // Each owner of timers lets go of its end when what it was firing is done.
        self.stop.closed().await;
        // What the router has begun it finishes; should a conversation not let it, it goes on after the next start.
        let settled = self.shared.router_progress.settled();
        let _ = tokio::time::timeout(std::time::Duration::from_secs(5), settled).await;
        self.shared.committer.stop().await;
        self.shared.arbiters.stop();
    }

    /// Leads a message to its pair's active conversation, or opens one; again if that closes meanwhile.
    pub(crate) async fn to_pair(
        &self,
        mut opening: OpenJob,
        follow: impl Fn() -> ConversationJob,
    ) -> Result<Accepted, Error> {
        let contact = self.shared.keys.contact(&opening.channel, opening.requester.expose());
        for _ in 0..ATTEMPTS_MAX {
            let open = || ContactJob::Open(Box::new(opening.clone()));
            let active = match identity::ask_contact(&self.shared, contact, open).await {
                Ok(ContactAnswer::Accepted(accepted)) => return Ok(accepted),
                Ok(ContactAnswer::Active(active)) => active,
                Ok(
                    ContactAnswer::Closed(_)
                    | ContactAnswer::Verified(_)
                    | ContactAnswer::Unsettled(_)
                    | ContactAnswer::Fired
                    | ContactAnswer::Stale,
                ) => {
                    return Err(Error::ActorFailed);
                }
                Err(error) => return self.earlier_or(&opening.request, error).await,
            };
            match self.ask_conversation(active, &follow).await {
                // LC-4: it closed before the message came to it, so the message belongs to a new one.
                Err(Error::Rejected(Rejection::ConversationClosed)) => {}
                // PRO-3: it makes room for the one that the agent begins.
                Err(Error::Rejected(Rejection::WithVirtualAgent)) => {
                    let first = opening.first.as_mut().ok_or(Error::ActorFailed)?;
                    first.instead_of = Some(active);
                }
                Err(error) => return self.earlier_or(&opening.request, error).await,
                Ok(accepted) => return Ok(accepted),
            }
        }
        Err(Error::Overloaded("contention"))
    }

    pub(crate) async fn ask_conversation(
        &self,
        id: ConversationId,
        job: impl Fn() -> ConversationJob,
    ) -> Result<Accepted, Error> {
        let conversations = &self.shared.actors()?.conversations;
        let answer = match conversations.ask(id.to_bytes(), job).await {
            Ok(answer) => answer,
            Err(Error::ActorFailed) => {
                quarantine::after_panic(&self.shared, id).await?;
                return Err(Error::ActorFailed);
            }
            Err(error) => return Err(error),
        };
        match answer? {
            ConversationAnswer::Accepted(accepted) => Ok(accepted),
            ConversationAnswer::Fired | ConversationAnswer::Stale => Err(Error::ActorFailed),
        }
    }

    /// What was accepted once is answered again even where it would be refused now (`L6`).
    pub(crate) async fn earlier_or(&self, request: &Request, error: Error) -> Result<Accepted, Error> {
        if !matches!(error, Error::Rejected(_) | Error::UnknownChannel | Error::UnknownCompanyAddress) {
            return Err(error);
        }
        self.shared.earlier(request.command.as_ref()).await?.ok_or(error)
    }

    /// An id that no store of this shape ever gave leads nowhere; it must not wake an actor.
    pub(crate) fn known(&self, id: ConversationId) -> Result<(), Error> {
        let possible = id.partition() < self.shared.log.identity().partitions;
        if possible { Ok(()) } else { Err(Error::Rejected(Rejection::ConversationUnknown)) }
    }

    /// `CH-7`
    async fn require_live_agents(&self, id: ConversationId) -> Result<(), Error> {
        let channel = self.conversation(id).await?.channel;
        let configuration = self.shared.configuration();
        let allowed = configuration.channels.get(&channel).is_none_or(|channel| channel.live_agents);
        if allowed { Ok(()) } else { Err(Error::Rejected(Rejection::LiveAgentsDisabled)) }
    }

    /// `VA-12`
    fn responder(&self, channel: &ChannelId) -> Responder {
        let configuration = self.shared.configuration();
        configuration.channels.get(channel).map_or(Responder::LiveAgent, |channel| channel.first_responder)
    }

    /// `OMN-4`
    pub(crate) fn portals(&self, channel: &ChannelId) -> Portals {
        let configuration = self.shared.configuration();
        configuration.channels.get(channel).map_or(Portals::Independent, |channel| channel.portals)
    }

    /// What a new conversation with this address of the company would go by.
    pub(crate) fn policy(&self, channel: &ChannelId, company: &Address) -> Result<Policy, Error> {
        self.company_address(channel, company)?;
        let configuration = self.shared.configuration();
        let settings = configuration.channels.get(channel).ok_or(Error::UnknownChannel)?;
        Ok(settings.policy())
    }

    /// Whether the company has that address on the channel.
    pub(crate) fn company_address(&self, channel: &ChannelId, company: &Address) -> Result<(), Error> {
        let configuration = self.shared.configuration();
        let settings = configuration.channels.get(channel).ok_or(Error::UnknownChannel)?;
        let known = settings.addresses.is_empty() || settings.addresses.contains(company);
        if known { Ok(()) } else { Err(Error::UnknownCompanyAddress) }
    }
}

pub(crate) fn count(command: &'static str, result: &Result<Accepted, Error>) {
    let outcome = match result {
        Ok(accepted) if accepted.duplicate => "duplicate",
        Ok(_) => "accepted",
        Err(error) => error.code(),
    };
    metrics::counter!("colloquy_commands_total", "command" => command, "outcome" => outcome).increment(1);
}
