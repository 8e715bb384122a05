//! The actor of one contact: opens and closes its conversations, each as one record with the claim on the pair (`C2`),
//! keeps its windows and takes its notifications.
//!
//! A conversation waits for its contact when it closes, so a contact never waits for a conversation.

mod change;
mod consent;
mod identity;
mod opening;
mod windows;

pub(crate) use consent::ConsentJob;
pub(crate) use identity::{ReassociateJob, VerifyJob};

use crate::derived;
use crate::directory::Asked;
use crate::keys::{contact_stream, conversation_stream};
use crate::load::{self, Loaded};
use crate::registry::Ticket;
use crate::runtime::{Behaviour, Next};
use crate::shared::{Shared, encode};
use crate::{Accepted, Error, Request};
use domain::channel::{Portals, Responder};
use domain::consent::Keyword;
use domain::contact::{self, Contact, ContactCommand, ContactEvent};
use domain::conversation::{self, ConversationEvent, Origin, Policy};
use domain::{
    Address, AgentId, Cause, ChannelId, ContactId, Content, ConversationId, Event, Personal, Principal, Role,
    Timestamp, UserId,
};
use opening::Decided;
use std::sync::Arc;
use store::{Append, Outcome, PartitionId, Position, Record, Refusal, Snapshot, TimerEntry};
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
    /// Takes a word about what may be sent.
    Consent(Box<ConsentJob>),
    /// Somebody else than assumed is behind the number (`ID-9`).
    Reassociate(Box<ReassociateJob>),
    /// The requester tried a PIN (`ID-14`).
    Verify(Box<VerifyJob>),
    /// Anything that is the contact's alone: windows and notifications.
    Command {
        command: Box<ContactCommand>,
        request: Request,
    },
    /// A window's timer is due.
    Fire(TimerEntry),
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
    /// Whether the company has that address at all.
    pub(crate) known: Result<(), Error>,
    pub(crate) origin: Origin,
    /// Who answers first (`VA-12`).
    pub(crate) responder: Responder,
    pub(crate) content: Content,
    pub(crate) request: Request,
    /// The word that it would be, if it is one (`OPT-3`).
    pub(crate) keyword: Option<Keyword>,
    /// How the company's addresses go together (`OMN-4`).
    pub(crate) portals: Portals,
    /// Whether the requester's address is a phone number, by which users can be found.
    pub(crate) by_phone: bool,
    /// Whose the number is, where the integrator was asked.
    pub(crate) asked: Asked,
    /// What an agent says of whom they write to first.
    pub(crate) first: Option<First>,
}

/// An agent writes first (section 12).
#[derive(Clone)]
pub(crate) struct First {
    pub(crate) agent: AgentId,
    /// To whom, if not just to a number.
    pub(crate) user: Option<UserId>,
    /// Whether they may take the number from another user (`PRO-4`).
    pub(crate) take_over: bool,
    /// Whether the number must have a profile (`PRO-6`).
    pub(crate) require_existing: bool,
    /// The conversation that was found with the virtual agent, and whose place the new one takes (`PRO-3`).
    pub(crate) instead_of: Option<ConversationId>,
}

impl OpenJob {
    fn into_consent(self, keyword: Keyword) -> ConsentJob {
        let Self { channel, requester, company, known, request, .. } = self;
        ConsentJob { channel, requester, company, keyword, known, request }
    }
}

pub(crate) enum ContactAnswer {
    /// The pair has this active conversation; ask it.
    Active(ConversationId),
    /// A conversation was opened.
    Accepted(Accepted),
    /// What became of the closing record.
    Closed(Outcome),
    /// Whether the requester is who they say.
    Verified(bool),
    /// What is due in that conversation has to happen first (`T3`); then ask again. A contact never waits for a
    /// conversation.
    Unsettled(ConversationId),
    /// A window's timer closed it.
    Fired,
    /// The contact does not have that timer any more (`T2`).
    Stale,
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
            ContactJob::Consent(job) => self.consent(&job).await,
            ContactJob::Reassociate(job) => self.reassociate(&job).await,
            ContactJob::Verify(job) => self.verify(&job).await,
            ContactJob::Command { command, request } => {
                let message = command.message();
                self.command(&command, message, &request).await
            }
            ContactJob::Fire(entry) => self.fire(entry).await,
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
        if let Some(keyword) = job.keyword {
            self.load().await?;
            if contact::is_consent(self.state(), &job.company, keyword) {
                return self.consent(&job.into_consent(keyword)).await;
            }
        }
        for _ in 0..ATTEMPTS_MAX {
            self.load().await?;
            match self.decide_opening(&job).await? {
                Decided::Follow(active) => return Ok(ContactAnswer::Active(active)),
                Decided::Unsettled(active) => return Ok(ContactAnswer::Unsettled(active)),
                Decided::Move(change, active) => {
                    // A message that came before moves nobody. The id is the message's, which is stored after this.
                    if let Some(accepted) = self.shared.earlier(job.request.command.as_ref()).await? {
                        return Ok(ContactAnswer::Accepted(accepted));
                    }
                    let request = Request { command: None, ..job.request.clone() };
                    if self.store(*change, &request).await?.is_some() {
                        return Ok(ContactAnswer::Active(active));
                    }
                }
                Decided::Change(change) => {
                    if let Some(accepted) = self.store(*change, &job.request).await? {
                        return Ok(ContactAnswer::Accepted(accepted));
                    }
                }
            }
        }
        Err(Error::Overloaded("contention"))
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
                Outcome::Stored(position) => self.apply(&released, now, *position),
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
        record.claims.extend(derived::claims(&self.shared.keys, self.id, events));
        let before = self.state();
        let after = events.iter().fold(before.cloned(), |state, event| contact::evolve(state, now, event));
        record.timers.extend(derived::window_changes(self.id, before, after.as_ref()));
    }

    fn apply(&mut self, events: &[ContactEvent], now: Timestamp, position: Position) {
        let Some(loaded) = &mut self.loaded else { return };
        let state = loaded.state.take();
        loaded.state = events.iter().fold(state, |state, event| contact::evolve(state, now, event));
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
