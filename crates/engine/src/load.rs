//! Rebuilds the state of an aggregate from its snapshot and the events after it. Blocks on the disk.

use crate::keys::{contact_stream, conversation_stream};
use crate::{Error, router_rows};
use domain::contact::{self, Contact, ContactEvent};
use domain::conversation::{self, ClosedState, Conversation, ConversationEvent};
use domain::{ChannelId, ContactId, ConversationId, Event, Timestamp, directory, router};
use store::{EventLog, Position, Snapshot, StoredEvent, StreamId};

/// How many events are read at a time.
const PAGE: usize = 256;

/// A state and where its stream stands.
#[derive(Clone, Debug)]
pub struct Loaded<S> {
    /// The state; `None` if the stream is empty.
    pub state: Option<S>,
    /// The stream's version.
    pub version: u64,
    /// The version of its snapshot; 0 if it has none.
    pub snapshot: u64,
    /// The position of its newest record.
    pub position: Position,
}

/// Loads a conversation.
///
/// # Errors
/// [`Error::Damaged`] if an event cannot be read, [`Error::Store`] if the store fails.
pub fn conversation(log: &dyn EventLog, id: ConversationId) -> Result<Loaded<Conversation>, Error> {
    let stream = conversation_stream(id);
    if let Some(faulted) = faulted(log, stream)? {
        return Ok(faulted);
    }
    load(log, stream, codec::snapshot::decode_conversation, |state, at, event| match event {
        Event::Conversation(event) => Ok(conversation::evolve(state, at, event)),
        Event::Contact(_)
        | Event::Configuration(_)
        | Event::Router(_)
        | Event::Engine(_)
        | Event::Directory(_) => Err(foreign(stream)),
    })
}

/// Loads a contact.
///
/// # Errors
/// As [`conversation()`].
pub fn contact(log: &dyn EventLog, id: ContactId) -> Result<Loaded<Contact>, Error> {
    let stream = contact_stream(id);
    load(log, stream, codec::snapshot::decode_contact, |state, at, event| match event {
        Event::Contact(event) => Ok(contact::evolve(state, at, event)),
        Event::Conversation(_)
        | Event::Configuration(_)
        | Event::Router(_)
        | Event::Engine(_)
        | Event::Directory(_) => Err(foreign(stream)),
    })
}

/// Loads a user's entry.
///
/// # Errors
/// As [`conversation()`].
pub fn user(log: &dyn EventLog, stream: StreamId) -> Result<Loaded<directory::Entry>, Error> {
    let unsnapshotted = |_: &[u8]| Err(codec::Error::Truncated);
    load(log, stream, unsnapshotted, |state, _, event| match event {
        Event::Directory(event) => Ok(directory::evolve(state, event)),
        Event::Contact(_)
        | Event::Conversation(_)
        | Event::Configuration(_)
        | Event::Router(_)
        | Event::Engine(_) => Err(foreign(stream)),
    })
}

/// The router's state as the rows of its checkpoint have it, which the log may be ahead of; `None` without such rows, or
/// if an older program wrote them.
///
/// # Errors
/// [`Error::Damaged`] if the rows cannot be read or make no state, [`Error::Store`] if the store fails.
pub fn router_checkpoint(log: &dyn EventLog) -> Result<Option<router::State>, Error> {
    router_rows::rows(log)
}

/// The first event of a conversation, which says with whom it is.
///
/// # Errors
/// As [`conversation()`].
pub(crate) fn opening(log: &dyn EventLog, id: ConversationId) -> Result<Option<ConversationEvent>, Error> {
    let first = log.read_stream(conversation_stream(id), 0, 1)?;
    let Some(first) = first.first() else { return Ok(None) };
    match codec::decode(&first.bytes)?.event {
        Event::Conversation(event) => Ok(Some(event)),
        Event::Contact(_)
        | Event::Configuration(_)
        | Event::Router(_)
        | Event::Engine(_)
        | Event::Directory(_) => Err(foreign(conversation_stream(id))),
    }
}

/// The channel of a contact: it stands in its first event.
///
/// # Errors
/// As [`conversation()`].
pub(crate) fn channel_of_contact(log: &dyn EventLog, id: ContactId) -> Result<Option<ChannelId>, Error> {
    let first = log.read_stream(contact_stream(id), 0, 1)?;
    let Some(first) = first.first() else { return Ok(None) };
    let event = codec::decode(&first.bytes)?.event;
    Ok(if let Event::Contact(ContactEvent::Created { channel, .. }) = event { Some(channel) } else { None })
}

/// A faulted conversation is not folded: folding it may be what fails. Its first and last events say enough.
fn faulted(log: &dyn EventLog, stream: StreamId) -> Result<Option<Loaded<Conversation>>, Error> {
    let version = log.version(stream)?;
    let Some(last) = last_event(log, stream, version)? else { return Ok(None) };
    let envelope = codec::decode(&last.bytes)?;
    let Event::Conversation(closed @ ConversationEvent::Closed { state: ClosedState::Faulted, .. }) =
        &envelope.event
    else {
        return Ok(None);
    };
    let first = log.read_stream(stream, 0, 1)?;
    let mut state = None;
    for (stored, event) in
        first.iter().filter_map(|stored| Some((stored, codec::decode(&stored.bytes).ok()?.event)))
    {
        if let Event::Conversation(opened @ ConversationEvent::Opened { .. }) = event {
            state = conversation::evolve(None, Timestamp(stored.at_ms), &opened);
        }
    }
    let mut state = conversation::evolve(state, envelope.at, closed);
    if let Some(state) = &mut state {
        state.version = version;
    }
    Ok(Some(Loaded { state, version, snapshot: version, position: last.position }))
}

fn last_event(log: &dyn EventLog, stream: StreamId, version: u64) -> Result<Option<StoredEvent>, Error> {
    let Some(before) = version.checked_sub(1) else { return Ok(None) };
    Ok(log.read_stream(stream, before, 1)?.pop())
}

fn load<S>(
    log: &dyn EventLog,
    stream: StreamId,
    decode_snapshot: impl Fn(&[u8]) -> Result<S, codec::Error>,
    evolve: impl Fn(Option<S>, Timestamp, &Event) -> Result<Option<S>, Error>,
) -> Result<Loaded<S>, Error> {
    let end = log.version(stream)?;
    // A snapshot that is ahead of its log, or cannot be read, is thrown away: it is a cache.
    let usable = log.snapshot(stream).ok().flatten().filter(|snapshot| snapshot.version <= end);
    let decoded =
        usable.and_then(|Snapshot { version, bytes }| Some((version, decode_snapshot(&bytes).ok()?)));
    let (mut version, mut state) = decoded.map_or((0, None), |(version, state)| (version, Some(state)));
    let snapshot = version;
    let mut position = Position(0);
    while version < end {
        for stored in log.read_stream(stream, version, PAGE)? {
            let envelope = codec::decode(&stored.bytes)?;
            state = evolve(state, envelope.at, &envelope.event)?;
            (version, position) = (stored.version, stored.position);
        }
    }
    if position == Position(0)
        && let Some(last) = last_event(log, stream, version)?
    {
        position = last.position;
    }
    Ok(Loaded { state, version, snapshot, position })
}

fn foreign(stream: StreamId) -> Error {
    Error::Damaged(format!("stream {:02x?} holds an event of another kind of stream", stream.0))
}
