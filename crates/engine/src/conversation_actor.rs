//! The actor of one conversation: load, settle what is overdue, decide, commit, apply, answer.

mod presence;

use crate::contact_actor::{ContactAnswer, ContactJob};
use crate::derived;
use crate::keys::{contact_stream, conversation_stream};
use crate::load::{self, Loaded};
use crate::registry::Ticket;
use crate::runtime::{Behaviour, Next};
use crate::shared::{Shared, encode, partition, repeated};
use crate::{Accepted, CommandId, Cursor, Error, Order, Request};
use domain::conversation::{self, Command, Conversation, ConversationEvent, Timer, TimerKind, timers};
use domain::{
    AgentId, Cause, Content, ConversationId, Event, EventRef, Message, MessageId, Principal, Rejection, Role,
    Timestamp,
};
use std::sync::Arc;
use store::{Append, Outcome, Position, Record, Refusal, Snapshot, StoredCommand, TimerEntry};
use uuid::Uuid;

/// How often a command is decided anew because somebody else wrote the stream.
const ATTEMPTS_MAX: usize = 3;

pub(crate) enum ConversationJob {
    Order {
        order: Order,
        request: Request,
        received: Timestamp,
    },
    Contribute {
        agent: AgentId,
        content: Content,
        request: Request,
        received: Timestamp,
    },
    /// What the router has to have done.
    Errand {
        command: Command,
        cause: Cause,
        id: Option<CommandId>,
    },
    Fire(TimerEntry),
    /// Fires what was due before now, because somebody else is about to write.
    Settle,
    Sleep,
}

pub(crate) enum ConversationAnswer {
    Accepted(Accepted),
    Fired,
    /// The conversation does not have that timer any more (`T2`).
    Stale,
}

/// Why and when something is done.
struct Asked {
    cause: Cause,
    command: Option<CommandId>,
    received: Timestamp,
}

impl Asked {
    fn by(request: &Request, received: Timestamp) -> Self {
        Self { cause: request.cause(), command: request.command.clone(), received }
    }
}

/// What became of a commit.
enum Committed {
    Stored(Position),
    /// The same command was stored before.
    Duplicate(StoredCommand),
    /// The log had moved on.
    Stale,
}

pub(crate) struct ConversationActor {
    id: ConversationId,
    shared: Arc<Shared>,
    ticket: Ticket<Self>,
    loaded: Option<Loaded<Conversation>>,
}

impl Behaviour for ConversationActor {
    type Job = ConversationJob;
    type Answer = Result<ConversationAnswer, Error>;
    type Mourner = Ticket<Self>;

    async fn handle(&mut self, job: ConversationJob) -> Next<Self::Answer> {
        let answer = match job {
            ConversationJob::Order { order, request, received } => {
                self.order(order, &request, received).await
            }
            ConversationJob::Contribute { agent, content, request, received } => {
                self.contribute(agent, content, &request, received).await
            }
            ConversationJob::Errand { command, cause, id } => {
                let received = self.shared.clock.now();
                self.execute(&command, None, Asked { cause, command: id, received }).await
            }
            ConversationJob::Fire(entry) => self.fire(entry).await,
            ConversationJob::Settle => {
                let now = self.shared.clock.now();
                self.catch_up(now, |fires_at| fires_at < now).await.map(|()| ConversationAnswer::Fired)
            }
            ConversationJob::Sleep => {
                self.ticket.leave();
                return Next::Sleep;
            }
        };
        Next::Answer(answer)
    }

    fn on_panic(ticket: &Ticket<Self>) {
        ticket.crash();
    }
}

impl ConversationActor {
    pub(crate) fn new(id: ConversationId, shared: Arc<Shared>, ticket: Ticket<Self>) -> Self {
        Self { id, shared, ticket, loaded: None }
    }

    async fn order(
        &mut self,
        order: Order,
        request: &Request,
        received: Timestamp,
    ) -> Result<ConversationAnswer, Error> {
        let id = self.shared.new_message_id();
        let message = order.writes_message().then_some(id);
        let sent_at = match &order {
            Order::Receive { sent_at, .. } => *sent_at,
            Order::Post { .. }
            | Order::PostVirtual { .. }
            | Order::EndByVirtualAgent
            | Order::Join { .. }
            | Order::Hold { .. }
            | Order::Resume { .. }
            | Order::EndByRequester
            | Order::EndByAgent { .. }
            | Order::EndBySupervisor { .. }
            | Order::RequestAgent
            | Order::CancelRequest
            | Order::Disconnect
            | Order::Reconnect
            | Order::AssignManually { .. }
            | Order::Return { .. }
            | Order::TransferToQueue { .. }
            | Order::MarkSeen { .. } => None,
        };
        let redelivered = self.shared.recovery.is_redelivery(sent_at, received);
        self.execute(&order.into_command(id, redelivered), message, Asked::by(request, received)).await
    }

    async fn contribute(
        &mut self,
        agent: AgentId,
        content: Content,
        request: &Request,
        received: Timestamp,
    ) -> Result<ConversationAnswer, Error> {
        let id = self.shared.new_message_id();
        let command = Command::Contribute { agent, message: Message { id, content } };
        self.execute(&command, Some(id), Asked::by(request, received)).await
    }

    async fn execute(
        &mut self,
        command: &Command,
        message: Option<MessageId>,
        asked: Asked,
    ) -> Result<ConversationAnswer, Error> {
        let Asked { cause, command: command_id, received } = asked;
        for _ in 0..ATTEMPTS_MAX {
            // Section 6.4: the time of receipt counts. What was due before it happens before it; what is due just then,
            // or became due while the command waited for its turn, does not.
            self.catch_up(received, |fires_at| fires_at < received).await?;
            // What has just fired is stored with its own time, and this must not seem to have happened before it.
            let now = self.state().map_or(received, |state| received.max(state.last_at));
            let events = match self.decide(command, now) {
                Ok(events) if !events.is_empty() => events,
                // A contact may have written to the conversation. Nobody is refused, and nothing taken for done, on what
                // the log has left behind.
                other if self.is_fresh().await? => other?,
                _ => {
                    self.loaded = None;
                    continue;
                }
            };
            // What is fulfilled already writes nothing, but an id is remembered all the same (`L6`).
            if events.is_empty() && command_id.is_none() {
                let position = self.loaded.as_ref().map_or(Position(0), |loaded| loaded.position);
                return Ok(ConversationAnswer::Accepted(self.accepted(message, position)));
            }
            match self.commit(&events, now, &cause, command_id.as_ref(), message).await? {
                Committed::Stored(position) => {
                    return Ok(ConversationAnswer::Accepted(self.accepted(message, position)));
                }
                Committed::Duplicate(stored) => return repeated(&stored).map(ConversationAnswer::Accepted),
                Committed::Stale => {}
            }
        }
        Err(Error::Overloaded("contention"))
    }

    /// Fires a timer that the queue found due, and what was due before it.
    async fn fire(&mut self, entry: TimerEntry) -> Result<ConversationAnswer, Error> {
        let now = self.shared.clock.now();
        if self.load().await? == 0 {
            // The index can be seen a moment before the opening that armed the timer is durable.
            self.loaded = None;
            return Err(Error::Rejected(Rejection::ConversationUnknown));
        }
        let mut was_armed = derived::timer_entries(self.id, self.state()).contains(&entry);
        if !was_armed && !self.is_fresh().await? {
            self.loaded = None;
            self.load().await?;
            was_armed = derived::timer_entries(self.id, self.state()).contains(&entry);
        }
        self.catch_up(now, |fires_at| fires_at <= now).await?;
        Ok(if was_armed { ConversationAnswer::Fired } else { ConversationAnswer::Stale })
    }

    /// Fires the conversation's own timers that may fire by now, in the order in which they are due (`T3`).
    async fn settle(&mut self, may_fire: &impl Fn(Timestamp) -> bool) -> Result<(), Error> {
        let mut stale = 0;
        while stale < ATTEMPTS_MAX {
            let recovery = self.shared.recovery;
            self.load().await?;
            let armed = self.state().map(timers).unwrap_or_default();
            let next = armed.into_iter().find(|timer| may_fire(recovery.fires_at(timer.kind, timer.due)));
            let Some(timer) = next else { return Ok(()) };
            if !self.fire_one(timer).await? {
                stale += 1;
            }
        }
        Err(Error::Overloaded("contention"))
    }

    /// Whether it fired; if not, what is armed has to be looked at again.
    async fn fire_one(&mut self, timer: Timer) -> Result<bool, Error> {
        let now = self.shared.clock.now();
        let command = Command::Fire { kind: timer.kind, due: timer.due, armed_by: timer.armed_by };
        let events = self.decide(&command, now)?;
        // Joining late can arm a timer that was due before, and only from then on it can be late.
        let could_fire = self.state().map_or(timer.due, |state| timer.due.max(state.last_at));
        match self.commit(&events, now, &self.own_cause("timer", timer.armed_by), None, None).await? {
            Committed::Stored(_) => {
                record_lateness(timer.kind, self.shared.clock.now().since_ms(could_fire));
                Ok(true)
            }
            Committed::Stale | Committed::Duplicate(_) => Ok(false),
        }
    }

    /// Why the conversation does something by itself: what does it, and from which of its facts that follows.
    fn own_cause(&self, name: &str, version: u64) -> Cause {
        Cause {
            principal: Principal { role: Role::System, name: name.to_owned() },
            causation: Some(EventRef { stream: self.id.to_bytes(), version }),
            correlation: Uuid::from_u64_pair(self.shared.ids.next(), self.shared.ids.next()),
        }
    }

    /// Makes the events durable, then applies them. Whatever else comes back, the state in memory may no longer be the
    /// one of the log, and is loaded again before the next decision.
    async fn commit(
        &mut self,
        events: &[ConversationEvent],
        now: Timestamp,
        cause: &Cause,
        command: Option<&CommandId>,
        message: Option<MessageId>,
    ) -> Result<Committed, Error> {
        let expected = self.load().await?;
        let before = self.state();
        let after =
            events.iter().fold(before.cloned(), |state, event| conversation::evolve(state, now, event));
        let append = Append {
            stream: conversation_stream(self.id),
            expected,
            events: encode(events, now, cause, Event::Conversation),
        };
        let record = Record {
            partition: partition(self.id),
            at_ms: now.0,
            appends: if events.is_empty() { Vec::new() } else { vec![append] },
            claims: Vec::new(),
            command: self.shared.command_entry(command, self.id, message),
            timers: derived::timer_changes(self.id, before, after.as_ref()),
        };
        let was_closed = before.is_some_and(Conversation::is_closed);
        let outcome = match after.as_ref().filter(|after| after.is_closed() && !was_closed) {
            Some(closed) => self.commit_close(closed, record, cause).await,
            None => self.shared.committer.commit(record).await,
        };
        if let Ok(Outcome::Stored(position)) = outcome {
            self.apply(after, expected + events.len() as u64, position);
            return Ok(Committed::Stored(position));
        }
        self.loaded = None;
        match outcome? {
            Outcome::Stored(position) => Ok(Committed::Stored(position)),
            Outcome::Duplicate(stored) => Ok(Committed::Duplicate(stored)),
            Outcome::Refused(Refusal::Version { .. } | Refusal::Claim { .. }) => Ok(Committed::Stale),
            Outcome::Refused(Refusal::CommandReused) => Err(Error::CommandReused),
            Outcome::Refused(Refusal::Damaged(what)) => Err(Error::Damaged(what)),
        }
    }

    /// A close is committed by the contact, whose pair it frees.
    async fn commit_close(
        &self,
        closed: &Conversation,
        record: Record,
        cause: &Cause,
    ) -> Result<Outcome, Error> {
        let contacts = &self.shared.actors()?.contacts;
        let job = || ContactJob::Close {
            record: Box::new(record.clone()),
            company: closed.company.clone(),
            conversation: self.id,
            cause: cause.clone(),
        };
        match contacts.ask(contact_stream(closed.contact).0, job).await?? {
            ContactAnswer::Closed(outcome) => Ok(outcome),
            ContactAnswer::Active(_)
            | ContactAnswer::Accepted(_)
            | ContactAnswer::Verified(_)
            | ContactAnswer::Unsettled(_)
            | ContactAnswer::Fired
            | ContactAnswer::Stale => Err(Error::ActorFailed),
        }
    }

    fn apply(&mut self, state: Option<Conversation>, version: u64, position: Position) {
        let mut snapshot = self.loaded.as_ref().map_or(0, |loaded| loaded.snapshot);
        if version - snapshot >= self.shared.options.snapshot_every
            && let Some(state) = &state
        {
            let bytes = codec::snapshot::encode_conversation(state);
            self.shared.committer.put_snapshot(conversation_stream(self.id), Snapshot { version, bytes });
            snapshot = version;
        }
        self.loaded = Some(Loaded { state, version, snapshot, position });
    }

    /// Makes sure that the state is in memory; the version that its stream has.
    async fn load(&mut self) -> Result<u64, Error> {
        if let Some(loaded) = &self.loaded {
            return Ok(loaded.version);
        }
        let id = self.id;
        let loaded = self.shared.reading(move |log| load::conversation(log, id)).await?;
        Ok(self.loaded.insert(loaded).version)
    }

    /// Whether nobody else wrote to the conversation since it was loaded.
    async fn is_fresh(&mut self) -> Result<bool, Error> {
        let version = self.load().await?;
        let stream = conversation_stream(self.id);
        let stored = self.shared.reading(move |log| Ok(log.version(stream)?)).await?;
        Ok(stored == version)
    }

    fn state(&self) -> Option<&Conversation> {
        self.loaded.as_ref().and_then(|loaded| loaded.state.as_ref())
    }

    fn decide(&self, command: &Command, now: Timestamp) -> Result<Vec<ConversationEvent>, Error> {
        let state = self.state().ok_or(Rejection::ConversationUnknown)?;
        Ok(self.shared.decide(Some(state), &state.channel, command, now)?)
    }

    fn accepted(&self, message: Option<MessageId>, position: Position) -> Accepted {
        let position = Cursor { partition: partition(self.id), position };
        Accepted { conversation: self.id, message, duplicate: false, position }
    }
}

fn record_lateness(kind: TimerKind, lateness_ms: i64) {
    metrics::histogram!("colloquy_timer_lateness_seconds", "kind" => kind.name())
        .record(lateness_ms as f64 / 1000.0);
}
