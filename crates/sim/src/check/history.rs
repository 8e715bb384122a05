//! The records in their order, and what each event must have been when it happened.

use super::{Broken, Census, Said, holds, read};
use domain::conversation::{ClosedBy, Conversation, ConversationEvent, TimerKind, Unassignment, timers};
use domain::{
    ContactId, ConversationId, Event, EventRef, Message, Seconds, Timestamp, contact, conversation,
};
use domain::{EngineEvent, conversation::Timer};
use engine::keys::{CONFIGURATION_STREAM, ENGINE_STREAM, ROUTER_STREAM};
use store::{EventLog, PartitionId, Position, StoredAppend, StoredRecord};

/// How many records are read at a time.
const PAGE: usize = 64;

/// Where an event stands and when it happened.
#[derive(Clone, Copy)]
struct Place {
    partition: PartitionId,
    position: Position,
    at: Timestamp,
    /// Whether it is the first of its command.
    first: bool,
}

impl Census {
    pub(super) fn read(
        &mut self,
        log: &dyn EventLog,
        partition: PartitionId,
        grace: Seconds,
    ) -> Result<(), Broken> {
        let (mut head, mut at_ms) = (Position(0), i64::MIN);
        loop {
            let page = read(log.read_partition(partition, head, PAGE))?;
            if page.is_empty() {
                let known = log.head(partition);
                return holds("L3", known == head, || format!("the head is {known:?} after {head:?}"));
            }
            for record in page {
                let next = Position(head.0 + 1);
                holds("L3", record.position == next, || {
                    format!("{partition:?}: {:?} follows {head:?}", record.position)
                })?;
                holds("T4", record.at_ms >= at_ms, || format!("time runs back at {partition:?} {next:?}"))?;
                (head, at_ms) = (next, record.at_ms);
                self.record(partition, &record, grace)?;
                self.records.push((partition, record));
            }
        }
    }

    fn record(
        &mut self,
        partition: PartitionId,
        record: &StoredRecord,
        grace: Seconds,
    ) -> Result<(), Broken> {
        for append in &record.appends {
            let version = self.versions.entry(append.stream).or_default();
            holds("L2", append.first == *version + 1, || {
                format!("a stream at version {version} goes on with {}", append.first)
            })?;
            *version += append.events.len() as u64;
            self.append(partition, record, append, grace)?;
        }
        Ok(())
    }

    fn append(
        &mut self,
        partition: PartitionId,
        record: &StoredRecord,
        append: &StoredAppend,
        grace: Seconds,
    ) -> Result<(), Broken> {
        for (index, bytes) in append.events.iter().enumerate() {
            let envelope = codec::decode(bytes).map_err(|error| ("L4", error.to_string()))?;
            let (position, at) = (record.position, Timestamp(record.at_ms));
            holds("T4", envelope.at == at, || {
                format!("an event of {:?} in a record of {at:?}", envelope.at)
            })?;
            let place = Place { partition, position, at, first: index == 0 };
            let stream = append.stream;
            match &envelope.event {
                Event::Contact(event) => self.contact(ContactId(stream.0), at, event),
                Event::Conversation(event) => {
                    let id = ConversationId::from_bytes(stream.0);
                    holds("L4", id.partition() == partition.0, || format!("{id} is in {partition:?}"))?;
                    self.conversation(id, event, place, envelope.cause.causation)?;
                }
                Event::Configuration(_) => {
                    holds("L4", stream == CONFIGURATION_STREAM, || "a stray configuration".to_owned())?;
                }
                Event::Router(_) => {
                    holds("L4", stream == ROUTER_STREAM, || "a stray fact of the router".to_owned())?;
                }
                Event::Engine(event) => {
                    holds("L4", stream == ENGINE_STREAM, || "a stray fact of the engine".to_owned())?;
                    self.engine(event, grace);
                }
                Event::Directory(_) => {}
            }
        }
        Ok(())
    }

    fn contact(&mut self, id: ContactId, at: Timestamp, event: &contact::ContactEvent) {
        let after = contact::evolve(self.contacts.remove(&id), at, event);
        self.contacts.extend(after.map(|after| (id, after)));
    }

    fn engine(&mut self, event: &EngineEvent, grace: Seconds) {
        match event {
            EngineEvent::Started { timeline, last: Some(last), .. } => {
                self.graces.insert(*timeline, timeline.plus(grace));
                self.lives.insert(*timeline, *last);
            }
            EngineEvent::Started { last: None, .. } | EngineEvent::ClockStepped { .. } => {}
        }
    }

    fn conversation(
        &mut self,
        id: ConversationId,
        event: &ConversationEvent,
        place: Place,
        causation: Option<EventRef>,
    ) -> Result<(), Broken> {
        let before = self.conversations.remove(&id);
        if let Some(before) = &before {
            holds("C1", !before.is_closed() || event.settles().is_some(), || {
                format!("{id} is closed, and then {event:?}")
            })?;
        }
        let fired = fired(event);
        if let Some((kind, due)) = fired {
            self.fired += 1;
            check_fire(before.as_ref(), kind, due, place.at, id, causation)?;
            let early = kind.closes() && self.grace_at(place.at).is_some_and(|until| place.at < until);
            holds("T3", !early, || format!("{id}: {} did not wait for redelivery", kind.name()))?;
        } else if let Some(before) = before.as_ref().filter(|_| place.first) {
            self.check_overdue(before, place.at, id)?;
            self.check_presence(before, event, place.at, id)?;
        }
        if let Some(message) = message(event) {
            let (message, text) = (message.id, message.content.text().expose().clone());
            let at = (place.partition, place.position);
            self.said.push(Said { conversation: id, message, at, text });
            holds("L6", self.ids.insert(message), || format!("two messages have the id {message}"))?;
        }
        check_counts_from(before.as_ref(), event, place.at, id)?;
        let Some(after) = conversation::evolve(before, place.at, event) else {
            return Err(("L4", format!("{id} does not begin with its opening")));
        };
        self.conversations.insert(id, after);
        Ok(())
    }

    /// Until when timers that close wait, as the newest start before `at` has it.
    fn grace_at(&self, at: Timestamp) -> Option<Timestamp> {
        self.graces.range(..=at).map(|(_, until)| *until).max()
    }

    /// ID-12: the first thing that happens to a conversation whose guest was there when the process died is that they are
    /// gone.
    fn check_presence(
        &self,
        before: &Conversation,
        event: &ConversationEvent,
        at: Timestamp,
        id: ConversationId,
    ) -> Result<(), Broken> {
        let since = before.connected_since();
        // What happened in the moment of a start may have happened before it.
        let last = self.lives.range(..at).next_back().map(|(_, last)| *last);
        let lost = since.zip(last).is_some_and(|(since, last)| since.at <= last);
        let noted = matches!(event, ConversationEvent::RequesterDisconnected);
        holds("ID-12", !lost || noted, || format!("{id}: {event:?} although its guest's process died"))
    }

    /// T3: whatever was due before an input has happened before it; only what closes may wait for the grace.
    fn check_overdue(&self, before: &Conversation, at: Timestamp, id: ConversationId) -> Result<(), Broken> {
        let grace = self.grace_at(at);
        for Timer { kind, due, .. } in timers(before) {
            let waits = kind.closes() && grace.is_some_and(|until| at <= until);
            holds("T3", due >= at || waits, || {
                format!("{id}: {} of {due:?} had not fired at {at:?}", kind.name())
            })?;
        }
        Ok(())
    }
}

/// T1, T2: what fires was armed exactly so just before, is due, and names the event that armed it.
fn check_fire(
    before: Option<&Conversation>,
    kind: TimerKind,
    due: Timestamp,
    at: Timestamp,
    id: ConversationId,
    causation: Option<EventRef>,
) -> Result<(), Broken> {
    holds("T1", at >= due, || format!("{id}: {} of {due:?} fired at {at:?}", kind.name()))?;
    let armed = before.map(timers).unwrap_or_default();
    let timer = armed.into_iter().find(|timer| timer.kind == kind && timer.due == due);
    let Some(timer) = timer else {
        return Err(("T2", format!("{id}: {} of {due:?} fired and was not armed", kind.name())));
    };
    let armed_by = EventRef { stream: id.to_bytes(), version: timer.armed_by };
    holds("T2", causation == Some(armed_by), || format!("{id}: {} is caused by {causation:?}", kind.name()))
}

/// Section 6.4: a message counts from its receipt, or from an earlier moment that the provider named.
fn check_counts_from(
    before: Option<&Conversation>,
    event: &ConversationEvent,
    at: Timestamp,
    id: ConversationId,
) -> Result<(), Broken> {
    let ConversationEvent::RequesterMessagePosted { sent_at, counts_from, .. } = event else { return Ok(()) };
    let earliest = before.map_or(Timestamp(i64::MIN), Conversation::last_word_at);
    // The opening is of the same command.
    let opening = before.is_some_and(|before| before.version == 1);
    let fits = *counts_from <= at && (*counts_from >= earliest || opening);
    holds("T4", fits && (sent_at.is_some() || *counts_from == at), || {
        format!("{id}: a message of {at:?}, sent at {sent_at:?}, counts from {counts_from:?}")
    })
}

/// The timer whose work the event is.
fn fired(event: &ConversationEvent) -> Option<(TimerKind, Timestamp)> {
    match event {
        ConversationEvent::IdleReminderSent { due, .. } => Some((TimerKind::IdleReminder, *due)),
        ConversationEvent::AgentPrompted { due, .. } => Some((TimerKind::PromptAgent, *due)),
        ConversationEvent::Unassigned { why: Unassignment::ReassignedByAction { due }, .. } => {
            Some((TimerKind::Reassign, *due))
        }
        ConversationEvent::Closed { by: ClosedBy::Timer { kind, due }, .. } => Some((*kind, *due)),
        ConversationEvent::Closed {
            by:
                ClosedBy::Requester
                | ClosedBy::Agent(_)
                | ClosedBy::Supervisor(_)
                | ClosedBy::Engine
                | ClosedBy::Router
                | ClosedBy::VirtualAgent,
            ..
        }
        | ConversationEvent::Unassigned {
            why: Unassignment::Reassigned | Unassignment::ToQueue { .. },
            ..
        }
        | ConversationEvent::AgentRequested { .. }
        | ConversationEvent::VirtualAgentEngaged
        | ConversationEvent::AgentRequestCancelled
        | ConversationEvent::RequesterDisconnected
        | ConversationEvent::RequesterReconnected
        | ConversationEvent::RequesterConnected
        | ConversationEvent::Acknowledged { .. }
        | ConversationEvent::WaitEnded { .. }
        | ConversationEvent::WaitMessageSent { .. }
        | ConversationEvent::Opened { .. }
        | ConversationEvent::RequesterMessagePosted { .. }
        | ConversationEvent::AgentJoined { .. }
        | ConversationEvent::AgentMessagePosted { .. }
        | ConversationEvent::VirtualAgentMessagePosted { .. }
        | ConversationEvent::Held { .. }
        | ConversationEvent::Resumed { .. }
        | ConversationEvent::Reassociated { .. }
        | ConversationEvent::ConsentChanged { .. }
        | ConversationEvent::Dispatched { .. }
        | ConversationEvent::DispatchFailed { .. }
        | ConversationEvent::Redriven { .. }
        | ConversationEvent::Discarded { .. }
        | ConversationEvent::ReceiptTaken { .. }
        | ConversationEvent::SeenByAgent { .. } => None,
    }
}

fn message(event: &ConversationEvent) -> Option<&Message> {
    match event {
        ConversationEvent::RequesterMessagePosted { message, .. }
        | ConversationEvent::AgentMessagePosted { message, .. }
        | ConversationEvent::VirtualAgentMessagePosted { message } => Some(message),
        ConversationEvent::Opened { .. }
        | ConversationEvent::AgentJoined { .. }
        | ConversationEvent::Held { .. }
        | ConversationEvent::Resumed { .. }
        | ConversationEvent::IdleReminderSent { .. }
        | ConversationEvent::AgentPrompted { .. }
        | ConversationEvent::Unassigned { .. }
        | ConversationEvent::AgentRequested { .. }
        | ConversationEvent::VirtualAgentEngaged
        | ConversationEvent::AgentRequestCancelled
        | ConversationEvent::RequesterDisconnected
        | ConversationEvent::RequesterReconnected
        | ConversationEvent::RequesterConnected
        | ConversationEvent::Acknowledged { .. }
        | ConversationEvent::WaitEnded { .. }
        | ConversationEvent::WaitMessageSent { .. }
        | ConversationEvent::Reassociated { .. }
        | ConversationEvent::ConsentChanged { .. }
        | ConversationEvent::Closed { .. }
        | ConversationEvent::Dispatched { .. }
        | ConversationEvent::DispatchFailed { .. }
        | ConversationEvent::Redriven { .. }
        | ConversationEvent::Discarded { .. }
        | ConversationEvent::ReceiptTaken { .. }
        | ConversationEvent::SeenByAgent { .. } => None,
    }
}
