//! What all actors of an engine share.

use crate::committer::Committer;
use crate::contact_actor::ContactActor;
use crate::conversation_actor::ConversationActor;
use crate::directory::LookUp;
use crate::reach::InUse;
use crate::registry::Registry;
use crate::router::RouterHandle;
use crate::router_actor::Progress;
use crate::runtime::Arbiters;
use crate::timer_queue::{Recovery, TimerQueues};
use crate::{Accepted, Clock, CommandId, Cursor, Error, IdSource, Keys, Options, Request};
use domain::channel::Messages;
use domain::configuration::Configuration;
use domain::conversation::{self, Command, Context, Conversation, ConversationEvent};
use domain::{Cause, ChannelId, ConversationId, Event, MessageId, Rejection, Timestamp};
use std::sync::{Arc, LazyLock, OnceLock, RwLock};
use store::{Append, CommandEntry, EventLog, PartitionId, Record, StoredCommand};
use tokio::sync::{Mutex, watch};

/// What is written about configuration, routing and running is in the first partition.
pub(crate) const HOME: PartitionId = PartitionId(0);

pub(crate) struct Shared {
    pub(crate) log: Arc<dyn EventLog>,
    pub(crate) committer: Committer,
    pub(crate) queues: TimerQueues,
    pub(crate) keys: Keys,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn IdSource>,
    pub(crate) options: Options,
    pub(crate) recovery: Recovery,
    pub(crate) configuration: RwLock<Arc<Configuration>>,
    /// Held by whoever changes the configuration, so that a large change is not overtaken by small ones all the time.
    pub(crate) configuring: Mutex<()>,
    /// Tells those who wait for it which version of the configuration is in force.
    pub(crate) configuration_version: watch::Sender<u64>,
    pub(crate) arbiters: Arbiters,
    pub(crate) actors: OnceLock<Actors>,
    /// Set like the actors.
    pub(crate) router: OnceLock<RouterHandle>,
    pub(crate) router_progress: Arc<Progress>,
    /// Held by whoever changes the user directory: an entry and its place in the index change together.
    pub(crate) directing: Mutex<()>,
    /// Where the integrator's users are looked up, if anywhere.
    pub(crate) look_up: OnceLock<Arc<dyn LookUp>>,
    /// The devices of requesters that are in use.
    pub(crate) in_use: InUse,
}

/// The awake actors. Set right after the rest, because each actor holds on to the rest.
pub(crate) struct Actors {
    pub(crate) contacts: Arc<Registry<ContactActor>>,
    pub(crate) conversations: Arc<Registry<ConversationActor>>,
}

impl Shared {
    pub(crate) fn actors(&self) -> Result<&Actors, Error> {
        self.actors.get().ok_or(Error::Draining)
    }

    pub(crate) fn router(&self) -> Result<&RouterHandle, Error> {
        self.router.get().ok_or(Error::Draining)
    }

    pub(crate) fn configuration(&self) -> Arc<Configuration> {
        Arc::clone(&self.configuration.read().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    /// Tells that another configuration is in force.
    pub(crate) fn configured(&self) {
        let latest = self.configuration().version;
        self.configuration_version.send_if_modified(|told| {
            let later = *told < latest;
            *told = latest.max(*told);
            later
        });
    }

    /// Decides with what is in force on a channel; a retired one has the texts that are there from the start.
    pub(crate) fn decide(
        &self,
        state: Option<&Conversation>,
        channel: &ChannelId,
        command: &Command,
        now: Timestamp,
    ) -> Result<Vec<ConversationEvent>, Rejection> {
        static MESSAGES: LazyLock<Messages> = LazyLock::new(Messages::default);
        let configuration = self.configuration();
        let settings = configuration.channels.get(channel);
        let context = Context {
            now,
            messages: settings.map_or(&MESSAGES, |settings| &settings.messages),
            texts: &configuration.texts,
            kind: settings.map(|settings| settings.kind),
            attachments: configuration.attachments(channel),
        };
        conversation::decide(state, command, context)
    }

    pub(crate) fn new_conversation_id(&self, partition: u16, now: Timestamp) -> ConversationId {
        ConversationId::new(partition, now.0, self.ids.next())
    }

    pub(crate) fn new_message_id(&self) -> MessageId {
        let mut random = [0; 10];
        random[..8].copy_from_slice(&self.ids.next().to_be_bytes());
        let millis = u64::try_from(self.clock.now().0).unwrap_or(0);
        MessageId(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
    }

    /// Runs what blocks on the disk where it holds up no actor.
    pub(crate) async fn reading<T: Send + 'static>(
        &self,
        read: impl FnOnce(&dyn EventLog) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let log = Arc::clone(&self.log);
        match tokio::task::spawn_blocking(move || read(log.as_ref())).await {
            Ok(result) => result,
            Err(error) if error.is_panic() => Err(Error::ActorFailed),
            Err(_) => Err(Error::Draining),
        }
    }

    /// The command's entry for its record, with the answer to give when it comes again.
    pub(crate) fn command_entry(
        &self,
        command: Option<&CommandId>,
        conversation: ConversationId,
        message: Option<MessageId>,
    ) -> Option<CommandEntry> {
        command.map(|command| CommandEntry {
            key: self.keys.command(command),
            fingerprint: self.keys.fingerprint(command),
            reply: codec::reply::encode(&codec::reply::Reply { conversation, message }),
        })
    }

    /// The answer that a command got before, if it was accepted before (`L6`).
    pub(crate) async fn earlier(&self, command: Option<&CommandId>) -> Result<Option<Accepted>, Error> {
        let Some(command) = command else { return Ok(None) };
        let (key, fingerprint) = (self.keys.command(command), self.keys.fingerprint(command));
        let stored = self.reading(move |log| Ok(log.command(key)?)).await?;
        match stored {
            None => Ok(None),
            Some(stored) if stored.fingerprint == fingerprint => repeated(&stored).map(Some),
            Some(_) => Err(Error::CommandReused),
        }
    }
}

/// The answer to a command that was accepted before.
pub(crate) fn repeated(stored: &StoredCommand) -> Result<Accepted, Error> {
    let reply = codec::reply::decode(&stored.reply)?;
    Ok(Accepted {
        conversation: reply.conversation,
        message: reply.message,
        duplicate: true,
        position: Cursor { partition: stored.partition, position: stored.position },
    })
}

/// The events of one command as they are stored.
pub(crate) fn encode<E: Clone>(
    events: &[E],
    at: Timestamp,
    cause: &Cause,
    wrap: fn(E) -> Event,
) -> Vec<Vec<u8>> {
    let envelope = |event: &E| codec::Envelope { at, cause: cause.clone(), event: wrap(event.clone()) };
    events.iter().map(|event| codec::encode(&envelope(event))).collect()
}

/// A record of one stream's facts and nothing else.
pub(crate) fn record_of(partition: u16, at: Timestamp, append: Append) -> Record {
    Record {
        partition: PartitionId(partition),
        at_ms: at.0,
        appends: vec![append],
        claims: Vec::new(),
        command: None,
        timers: Vec::new(),
    }
}

impl Request {
    /// Why the events of this request are.
    pub(crate) fn cause(&self) -> Cause {
        Cause { principal: self.principal.clone(), causation: None, correlation: self.correlation }
    }
}

/// The partition in which a conversation lives.
pub(crate) fn partition(id: ConversationId) -> PartitionId {
    PartitionId(id.partition())
}
