//! What one decision of a contact changes: its own facts and those of its conversations, stored as one record or not at
//! all.

use super::ContactActor;
use crate::keys::conversation_stream;
use crate::shared::{encode, repeated};
use crate::{Accepted, Cursor, Error, Request, derived, load};
use domain::contact::ContactEvent;
use domain::conversation::{self, Command, Conversation, ConversationEvent};
use domain::{Cause, ConversationId, Event, MessageId, Rejection, Timestamp};
use store::{Append, Outcome, Position, Record, Refusal};

/// What is to be stored.
pub(super) struct Change {
    pub(super) now: Timestamp,
    pub(super) contact: Vec<ContactEvent>,
    /// The log has those that go on before the contact's facts, and those that begin after them.
    pub(super) conversations: Vec<Part>,
    /// What the command is answered.
    pub(super) conversation: ConversationId,
    pub(super) message: Option<MessageId>,
}

/// What happens to one conversation.
pub(super) struct Part {
    pub(super) id: ConversationId,
    pub(super) version: u64,
    pub(super) before: Option<Conversation>,
    pub(super) events: Vec<ConversationEvent>,
}

/// Adds what happens to one conversation, with what becomes of its timers.
fn add_part(record: &mut Record, part: Part, now: Timestamp, cause: &Cause) {
    let Part { id, version, before, events } = part;
    if events.is_empty() {
        return;
    }
    let after = events.iter().fold(before.clone(), |state, event| conversation::evolve(state, now, event));
    let events = encode(&events, now, cause, Event::Conversation);
    record.appends.push(Append { stream: conversation_stream(id), expected: version, events });
    record.timers.extend(derived::timer_changes(id, before.as_ref(), after.as_ref()));
}

impl ContactActor {
    /// Decides what happens to a conversation that is there. Its own actor notices that its stream has gone on. Nothing if
    /// what was due in it before has to happen first (`T3`), which is for its own actor to do.
    pub(super) async fn part(
        &self,
        id: ConversationId,
        command: &Command,
        now: Timestamp,
    ) -> Result<Option<Part>, Error> {
        let loaded = self.shared.reading(move |log| load::conversation(log, id)).await?;
        let recovery = self.shared.recovery;
        let armed = loaded.state.as_ref().map(conversation::timers).unwrap_or_default();
        if armed.iter().any(|timer| recovery.fires_at(timer.kind, timer.due) < now) {
            return Ok(None);
        }
        let state = loaded.state.as_ref().ok_or(Rejection::ConversationUnknown)?;
        let events = self.shared.decide(Some(state), &state.channel, command, now)?;
        Ok(Some(Part { id, version: loaded.version, before: loaded.state, events }))
    }

    /// Makes a change durable, then applies it; nothing if the log had gone on, so that it has to be decided anew.
    pub(super) async fn store(
        &mut self,
        change: Change,
        request: &Request,
    ) -> Result<Option<Accepted>, Error> {
        let version = self.load().await?;
        let Change { now, contact, conversations, conversation, message } = change;
        let cause = request.cause();
        let mut record = Record {
            partition: self.partition(),
            at_ms: now.0,
            appends: Vec::new(),
            claims: Vec::new(),
            command: self.shared.command_entry(request.command.as_ref(), conversation, message),
            timers: Vec::new(),
        };
        // A conversation that begins comes after the contact's own facts: by then its requester has the number, and what
        // is said in it belongs to their history and not to an earlier holder's (`ID-9`).
        let (begun, before): (Vec<_>, Vec<_>) = conversations.into_iter().partition(|part| part.version == 0);
        before.into_iter().for_each(|part| add_part(&mut record, part, now, &cause));
        if !contact.is_empty() {
            self.add_contact_events(&mut record, version, &contact, now, &cause);
        }
        begun.into_iter().for_each(|part| add_part(&mut record, part, now, &cause));
        // What is so already writes nothing, but an id is remembered all the same (`L6`).
        if record.appends.is_empty() && record.command.is_none() {
            let position = self.loaded.as_ref().map_or(Position(0), |loaded| loaded.position);
            return Ok(Some(self.accepted(conversation, message, position)));
        }
        match self.shared.committer.commit(record).await? {
            Outcome::Stored(position) => {
                self.apply(&contact, now, position);
                Ok(Some(self.accepted(conversation, message, position)))
            }
            Outcome::Duplicate(stored) => repeated(&stored).map(Some),
            Outcome::Refused(Refusal::CommandReused) => Err(Error::CommandReused),
            Outcome::Refused(Refusal::Damaged(what)) => Err(Error::Damaged(what)),
            Outcome::Refused(Refusal::Version { .. } | Refusal::Claim { .. }) => {
                self.loaded = None;
                Ok(None)
            }
        }
    }

    fn accepted(
        &self,
        conversation: ConversationId,
        message: Option<MessageId>,
        position: Position,
    ) -> Accepted {
        let position = Cursor { partition: self.partition(), position };
        Accepted { conversation, message, duplicate: false, position }
    }

    /// Whether a conversation is the active one of one of the contact's pairs.
    pub(super) fn require_active(&self, id: ConversationId) -> Result<(), Error> {
        let active = self.state().is_some_and(|contact| contact.active.values().any(|active| *active == id));
        if active { Ok(()) } else { Err(Error::Rejected(Rejection::ConversationClosed)) }
    }
}
