//! An engine on a log that may die, with a clock and ids that the test owns.

mod deed;

pub use deed::{Deed, Note};

use crate::pair::channel;
use crate::{FaultyLog, Kill, Pair, Provider};
use domain::channel::{ChannelKind, ChannelSettings, Mode, Portals, Proactive};
use domain::configuration::{Apply, Change};
use domain::conversation::Conversation;
use domain::{ConversationId, Principal, Role, Seconds, Timestamp};
use engine::{
    Accepted, Clock as _, Engine, Error, EventRecord, IdSource, Keys, ManualClock, Options, Outside, Request,
    SequentialIds, StartError, Subscription, Timers,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use store::{EventLog, Identity, MemoryLog};
use uuid::Uuid;

/// What an engine is started with.
pub struct Setup {
    /// Of a new store.
    pub partitions: u16,
    /// When it begins.
    pub start: Timestamp,
    /// Bounds and choices; timers are driven.
    pub options: Options,
    /// The configuration of a store that has none.
    pub configuration: Option<Apply>,
    /// Where ids come from; the same source goes on after a restart.
    pub ids: Arc<dyn IdSource>,
    /// The world outside; without one, nothing goes out.
    pub provider: Option<Arc<Provider>>,
    /// Whom the provider tells what happens.
    pub subscriptions: Vec<Subscription>,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            partitions: 1,
            start: Timestamp(1_700_000_000_000),
            options: Options { arbiters: 2, timers: Timers::Driven, ..Options::default() },
            configuration: Some(configuration(Mode::Chat)),
            ids: Arc::new(SequentialIds::new(1)),
            provider: None,
            subscriptions: Vec::new(),
        }
    }
}

/// A messaging channel `sms` and a channel `web` in the given mode, both with the documented defaults, but that agents may
/// write first, and that each of the company's addresses on the web has its own conversations, as [`Pair`] means it.
pub fn configuration(web: Mode) -> Apply {
    let mut sms = ChannelSettings::defaults(ChannelKind::Sms, Mode::Messaging);
    sms.proactive = Proactive::ANYBODY;
    let mut web = ChannelSettings::defaults(ChannelKind::Mweb, web);
    web.portals = Portals::Independent;
    let channels = [(channel(Pair::SMS), sms), (channel(Pair::WEB), web)];
    Apply { channels: channels.into(), ..Apply::default() }
}

/// A running engine and everything around it.
pub struct Harness {
    /// The engine of this life of the process.
    pub engine: Engine,
    /// What it is told the time is.
    pub clock: Arc<ManualClock>,
    /// The log of this life of the process.
    pub log: Arc<FaultyLog>,
    /// What the next start goes by.
    pub setup: Setup,
    requests: AtomicU64,
}

impl Harness {
    /// Starts an engine on a new store in memory. Within [`engine::block_on`] only.
    ///
    /// # Errors
    /// As [`Engine::start`].
    pub async fn start(setup: Setup) -> Result<Self, StartError> {
        let store = MemoryLog::new(Identity { partitions: setup.partitions, key: [7; 32] });
        Self::start_on(Arc::new(store), setup).await
    }

    /// Starts an engine on a store.
    ///
    /// # Errors
    /// As [`Engine::start`].
    pub async fn start_on(store: Arc<dyn EventLog>, setup: Setup) -> Result<Self, StartError> {
        let clock = Arc::new(ManualClock::new(setup.start));
        let log = Arc::new(FaultyLog::new(store));
        let engine = launch(&setup, &log, &clock).await?;
        Ok(Self { engine, clock, log, setup, requests: AtomicU64::new(0) })
    }

    /// Kills the process where it stands and starts another one `outage` later on what is stored. That one may be
    /// planned to die too, even while it starts.
    ///
    /// # Errors
    /// As [`Engine::start`]; then call it again.
    pub async fn restart(&mut self, outage: Seconds, kill: Option<Kill>) -> Result<(), StartError> {
        self.log.kill_now();
        // Nothing is written any more; this only ends the dead engine's threads.
        self.engine.drain().await;
        self.clock.advance_to(self.clock.now().plus(outage));
        self.log = Arc::new(FaultyLog::new(self.log.survivor()));
        if let Some(kill) = kill {
            self.log.kill_at(kill);
        }
        self.engine = launch(&self.setup, &self.log, &self.clock).await?;
        Ok(())
    }

    /// Does one thing, under the note's id if it has one.
    ///
    /// # Errors
    /// As [`Engine::inbound`].
    pub async fn send(&self, deed: &Deed, note: &Note) -> Result<Accepted, Error> {
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        deed.send(&self.engine, note, number).await
    }

    /// A requester writes.
    ///
    /// # Errors
    /// As [`send`](Self::send); likewise below.
    pub async fn inbound(&self, pair: &Pair, note: impl Into<Note>) -> Result<Accepted, Error> {
        self.send(&Deed::Inbound(pair.clone()), &note.into()).await
    }

    /// An agent writes first, or into the pair's conversation.
    pub async fn contribute(
        &self,
        pair: &Pair,
        agent: &str,
        note: impl Into<Note>,
    ) -> Result<Accepted, Error> {
        self.send(&Deed::Contribute(pair.clone(), agent.to_owned()), &note.into()).await
    }

    /// An agent joins.
    pub async fn join(&self, conversation: ConversationId, agent: &str) -> Result<Accepted, Error> {
        self.send(&Deed::Join(conversation, agent.to_owned()), &Note::default()).await
    }

    /// An agent writes.
    pub async fn post(
        &self,
        conversation: ConversationId,
        agent: &str,
        note: impl Into<Note>,
    ) -> Result<Accepted, Error> {
        self.send(&Deed::Post(conversation, agent.to_owned()), &note.into()).await
    }

    /// The agent parks it.
    pub async fn hold(&self, conversation: ConversationId, agent: &str) -> Result<Accepted, Error> {
        self.send(&Deed::Hold(conversation, agent.to_owned()), &Note::default()).await
    }

    /// The agent takes it up again.
    pub async fn resume(&self, conversation: ConversationId, agent: &str) -> Result<Accepted, Error> {
        self.send(&Deed::Resume(conversation, agent.to_owned()), &Note::default()).await
    }

    /// The agent ends it.
    pub async fn end(&self, conversation: ConversationId, agent: &str) -> Result<Accepted, Error> {
        self.send(&Deed::EndByAgent(conversation, agent.to_owned()), &Note::default()).await
    }

    /// The requester ends it.
    pub async fn leave(&self, conversation: ConversationId) -> Result<Accepted, Error> {
        self.send(&Deed::EndByRequester(conversation), &Note::default()).await
    }

    /// Moves time on to `to`, from one due timer to the next, and fires each when it is due; how many fired.
    ///
    /// # Errors
    /// What is wrong with the store.
    pub async fn advance_to(&self, to: Timestamp) -> Result<u64, Error> {
        let mut fired = 0;
        // A dead store fires nothing; its timers would come again every second of the way.
        while !self.log.is_dead() {
            let Some(due) = self.engine.next_due().await?.filter(|due| *due <= to) else { break };
            self.clock.advance_to(due);
            fired += self.engine.fire_due().await?;
        }
        self.clock.advance_to(to);
        Ok(fired)
    }

    /// The same for a span from now.
    ///
    /// # Errors
    /// What is wrong with the store.
    pub async fn advance(&self, span: Seconds) -> Result<u64, Error> {
        self.advance_to(self.now().plus(span)).await
    }

    /// Moves time on and fires nothing, as if all timers were late.
    pub fn pass(&self, span: Seconds) {
        self.clock.advance_to(self.now().plus(span));
    }

    /// Makes a configuration the one in force.
    ///
    /// # Errors
    /// As [`Engine::configure`].
    pub async fn configure(&self, wanted: &Apply) -> Result<usize, Error> {
        self.engine.configure(wanted, &by_admin()).await
    }

    /// Changes one entry of routing.
    ///
    /// # Errors
    /// As [`Engine::change`].
    pub async fn change(&self, change: &Change) -> Result<bool, Error> {
        self.engine.change(change, &by_admin()).await
    }

    /// What time it is.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The names of what is stored.
    pub fn keys(&self) -> Keys {
        Keys::new(self.log.identity())
    }

    /// A conversation's state, folded from the log.
    ///
    /// # Errors
    /// As [`Engine::conversation`].
    pub async fn state(&self, conversation: ConversationId) -> Result<Conversation, Error> {
        self.engine.conversation(conversation).await
    }

    /// All events of a conversation.
    ///
    /// # Errors
    /// As [`Engine::events`].
    pub async fn events(&self, conversation: ConversationId) -> Result<Vec<EventRecord>, Error> {
        self.engine.events(conversation, 0, usize::MAX).await
    }

    /// The names of all events of a conversation, without the word that all of them begin with.
    ///
    /// # Errors
    /// As [`Engine::events`].
    pub async fn story(&self, conversation: ConversationId) -> Result<Vec<&'static str>, Error> {
        let short = |name: &'static str| name.strip_prefix("conversation.").unwrap_or(name);
        Ok(self.events(conversation).await?.iter().map(|event| short(event.type_name())).collect())
    }
}

fn by_admin() -> Request {
    let principal = Principal { role: Role::Admin, name: "admin".to_owned() };
    Request { principal, correlation: Uuid::nil(), command: None }
}

async fn launch(setup: &Setup, log: &Arc<FaultyLog>, clock: &Arc<ManualClock>) -> Result<Engine, StartError> {
    let log: Arc<dyn EventLog> = Arc::<FaultyLog>::clone(log);
    setup.provider.iter().for_each(|provider| provider.follow(clock));
    let clock: Arc<dyn engine::Clock> = Arc::<ManualClock>::clone(clock);
    let deliver = setup.provider.clone().map(|provider| provider as Arc<dyn engine::Deliver>);
    let (options, ids) = (setup.options.clone(), Arc::clone(&setup.ids));
    let outside = Outside { deliver, subscriptions: setup.subscriptions.clone() };
    Engine::start_with(log, options, clock, ids, setup.configuration.clone(), outside).await
}
