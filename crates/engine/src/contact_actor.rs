//! The actor of one contact: opens and closes its conversations, each as one record with the claim on the pair (`C2`).
//!
//! A conversation waits for its contact when it closes, so a contact never waits for a conversation.

use crate::derived;
use crate::keys::{contact_stream, conversation_stream};
use crate::load::{self, Loaded};
use crate::registry::Ticket;
use crate::runtime::{Behaviour, Next};
use crate::shared::{Shared, encode, repeated};
use crate::{Accepted, Cursor, Error, Request};
use domain::contact::{self, Contact, ContactCommand, ContactEvent};
use domain::conversation::{self, Command, ConversationEvent, Opening, Origin, Policy};
use domain::{
    Address, Cause, ChannelId, ContactId, Content, ConversationId, Event, Message, Personal, Principal, Role,
    Timestamp,
};
use std::sync::Arc;
use store::{Append, Outcome, PartitionId, Record, Refusal, Snapshot};
use uuid::Uuid;

/// How often a command is decided anew because somebody else wrote a stream.
const ATTEMPTS_MAX: usize = 3;

pub(crate) enum ContactJob {
    /// Finds the pair's active conversation, or opens one.
    Open(Box<OpenJob>),
    /// Commits the record with which a conversation closes, and frees the pair in it.
    Close {
        record: Box<Record>,
        company: Address,
        conversation: ConversationId,
        cause: Cause,
    },
    /// Closes a conversation whose own actor cannot (section 3.1, Faulted).
    Fault {
        company: Address,
        conversation: ConversationId,
    },
    Sleep,
}

/// All that a new conversation needs.
#[derive(Clone)]
pub(crate) struct OpenJob {
    pub(crate) channel: ChannelId,
    pub(crate) requester: Personal<Address>,
    pub(crate) company: Address,
    /// What a new one would go by, or why there can be none; an active one goes on all the same.
    pub(crate) policy: Result<Policy, Error>,
    pub(crate) origin: Origin,
    pub(crate) content: Content,
    pub(crate) request: Request,
}

pub(crate) enum ContactAnswer {
    /// The pair has this active conversation; ask it.
    Active(ConversationId),
    /// A conversation was opened.
    Accepted(Accepted),
    /// What became of the closing record.
    Closed(Outcome),
}

pub(crate) struct ContactActor {
    id: ContactId,
    shared: Arc<Shared>,
    ticket: Ticket<Self>,
    loaded: Option<Loaded<Contact>>,
}

impl Behaviour for ContactActor {
    type Job = ContactJob;
    type Answer = Result<ContactAnswer, Error>;
    type Mourner = Ticket<Self>;

    async fn handle(&mut self, job: ContactJob) -> Next<Self::Answer> {
        let answer = match job {
            ContactJob::Open(job) => self.open(*job).await,
            ContactJob::Close { record, company, conversation, cause } => {
                self.close(*record, company, conversation, &cause).await
            }
            ContactJob::Fault { company, conversation } => self.fault(company, conversation).await,
            ContactJob::Sleep => {
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

impl ContactActor {
    pub(crate) fn new(id: ContactId, shared: Arc<Shared>, ticket: Ticket<Self>) -> Self {
        Self { id, shared, ticket, loaded: None }
    }

    async fn open(&mut self, job: OpenJob) -> Result<ContactAnswer, Error> {
        for _ in 0..ATTEMPTS_MAX {
            let version = self.load().await?;
            if let Some(active) = self.state().and_then(|contact| contact.active.get(&job.company)) {
                return Ok(ContactAnswer::Active(*active));
            }
            let policy = job.policy.clone()?;
            let now = self.shared.clock.now();
            let conversation = self.shared.new_conversation_id(self.partition().0, now);
            let message = Message { id: self.shared.new_message_id(), content: job.content.clone() };
            let message_id = message.id;
            let activate = ContactCommand::Activate {
                channel: job.channel.clone(),
                address: job.requester.clone(),
                company: job.company.clone(),
                conversation,
            };
            let activated = contact::decide(self.state(), &activate)?;
            let opened = self.decide_opening(&job, policy, message, now)?;
            let mut record = self.opening_record(conversation, &opened, now, &job.request.cause());
            self.add_contact_events(&mut record, version, &activated, now, &job.request.cause());
            record.command =
                self.shared.command_entry(job.request.command.as_ref(), conversation, Some(message_id));
            match self.shared.committer.commit(record).await? {
                Outcome::Stored(position) => {
                    self.apply(&activated, position);
                    let position = Cursor { partition: self.partition(), position };
                    let accepted =
                        Accepted { conversation, message: Some(message_id), duplicate: false, position };
                    return Ok(ContactAnswer::Accepted(accepted));
                }
                Outcome::Duplicate(stored) => return repeated(&stored).map(ContactAnswer::Accepted),
                Outcome::Refused(Refusal::CommandReused) => return Err(Error::CommandReused),
                Outcome::Refused(Refusal::Damaged(what)) => return Err(Error::Damaged(what)),
                Outcome::Refused(Refusal::Version { .. } | Refusal::Claim { .. }) => self.loaded = None,
            }
        }
        Err(Error::Overloaded("contention"))
    }

    fn decide_opening(
        &self,
        job: &OpenJob,
        policy: Policy,
        message: Message,
        now: Timestamp,
    ) -> Result<Vec<ConversationEvent>, Error> {
        let opening = Opening {
            contact: self.id,
            channel: job.channel.clone(),
            requester: job.requester.clone(),
            company: job.company.clone(),
            policy,
            origin: job.origin.clone(),
            message,
        };
        Ok(self.shared.decide(None, &job.channel, &Command::Open(Box::new(opening)), now)?)
    }

    fn opening_record(
        &self,
        id: ConversationId,
        events: &[ConversationEvent],
        now: Timestamp,
        cause: &Cause,
    ) -> Record {
        let opened = events.iter().fold(None, |state, event| conversation::evolve(state, now, event));
        Record {
            partition: self.partition(),
            at_ms: now.0,
            appends: vec![Append {
                stream: conversation_stream(id),
                expected: 0,
                events: encode(events, now, cause, Event::Conversation),
            }],
            claims: Vec::new(),
            command: None,
            timers: derived::timer_changes(id, None, opened.as_ref()),
        }
    }

    async fn close(
        &mut self,
        record: Record,
        company: Address,
        conversation: ConversationId,
        cause: &Cause,
    ) -> Result<ContactAnswer, Error> {
        let release = ContactCommand::Release { company: company.clone(), conversation };
        let closing = record.appends.first().map(|append| append.stream);
        for _ in 0..ATTEMPTS_MAX {
            let version = self.load().await?;
            // The pair is free already, so the conversation is closed already, and its actor does not know it yet.
            let Ok(released) = contact::decide(self.state(), &release) else {
                let key = self.shared.keys.pair(self.id, &company);
                return Ok(ContactAnswer::Closed(Outcome::Refused(Refusal::Claim { key, actual: None })));
            };
            let mut record = record.clone();
            let now = Timestamp(record.at_ms);
            self.add_contact_events(&mut record, version, &released, now, cause);
            let outcome = self.shared.committer.commit(record).await?;
            match &outcome {
                Outcome::Stored(position) => self.apply(&released, *position),
                Outcome::Refused(Refusal::Version { stream, .. }) if Some(*stream) != closing => {
                    self.loaded = None;
                    continue;
                }
                Outcome::Refused(_) | Outcome::Duplicate(_) => {}
            }
            return Ok(ContactAnswer::Closed(outcome));
        }
        Err(Error::Overloaded("contention"))
    }

    async fn fault(
        &mut self,
        company: Address,
        conversation: ConversationId,
    ) -> Result<ContactAnswer, Error> {
        let stream = conversation_stream(conversation);
        let (version, state) = self
            .shared
            .reading(move |log| {
                // Folding may be what fails. Then its timers stay in the index until they are found stale.
                let fold = || load::conversation(log, conversation).ok().and_then(|loaded| loaded.state);
                let state = std::panic::catch_unwind(std::panic::AssertUnwindSafe(fold)).unwrap_or_default();
                Ok((log.version(stream)?, state))
            })
            .await?;
        let now = self.shared.clock.now();
        let cause = Cause {
            principal: Principal { role: Role::System, name: "quarantine".to_owned() },
            causation: None,
            correlation: Uuid::from_u64_pair(self.shared.ids.next(), self.shared.ids.next()),
        };
        let faulted = ConversationEvent::Closed {
            state: conversation::ClosedState::Faulted,
            reason: conversation::StateReason::Error,
            by: conversation::ClosedBy::Engine,
            requester_text: None,
        };
        let events = encode(&[faulted], now, &cause, Event::Conversation);
        let record = Record {
            partition: self.partition(),
            at_ms: now.0,
            appends: vec![Append { stream, expected: version, events }],
            claims: Vec::new(),
            command: None,
            timers: derived::timer_changes(conversation, state.as_ref(), None),
        };
        self.close(record, company, conversation, &cause).await
    }

    fn add_contact_events(
        &self,
        record: &mut Record,
        version: u64,
        events: &[ContactEvent],
        now: Timestamp,
        cause: &Cause,
    ) {
        let stream = contact_stream(self.id);
        let encoded = encode(events, now, cause, Event::Contact);
        record.appends.push(Append { stream, expected: version, events: encoded });
        record
            .claims
            .extend(events.iter().filter_map(|event| derived::claim(&self.shared.keys, self.id, event)));
    }

    fn apply(&mut self, events: &[ContactEvent], position: store::Position) {
        let Some(loaded) = &mut self.loaded else { return };
        loaded.state = events.iter().fold(loaded.state.take(), contact::evolve);
        loaded.version += events.len() as u64;
        loaded.position = position;
        if loaded.version - loaded.snapshot >= self.shared.options.snapshot_every
            && let Some(state) = &loaded.state
        {
            let snapshot =
                Snapshot { version: loaded.version, bytes: codec::snapshot::encode_contact(state) };
            self.shared.committer.put_snapshot(contact_stream(self.id), snapshot);
            loaded.snapshot = loaded.version;
        }
    }

    /// Makes sure that the state is in memory; the version that its stream has.
    async fn load(&mut self) -> Result<u64, Error> {
        if let Some(loaded) = &self.loaded {
            return Ok(loaded.version);
        }
        let id = self.id;
        let loaded = self.shared.reading(move |log| load::contact(log, id)).await?;
        Ok(self.loaded.insert(loaded).version)
    }

    fn state(&self) -> Option<&Contact> {
        self.loaded.as_ref().and_then(|loaded| loaded.state.as_ref())
    }

    fn partition(&self) -> PartitionId {
        PartitionId(self.shared.keys.partition(self.id))
    }
}
