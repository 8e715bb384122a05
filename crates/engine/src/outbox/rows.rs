//! The outbox's rows: how far it has followed each partition, who had something to go out there, and which dead
//! letters were open. A cache that never runs ahead of the log: without it the outbox follows from the beginning.

use crate::{DeliveryKey, Error, Source};
use domain::{ChannelId, ContactId, ConversationId};
use store::{EventLog, Position, Row, TableWrite};

const TABLE: &str = "outbox";
const PAGE: usize = 1024;
/// What the rows below mean; rows of another meaning are thrown away.
const VERSION: &[u8] = &[2];

const VERSION_KEY: &[u8] = b"v";
const POSITION: u8 = b'p';
const LANE: u8 = b'l';
const DEAD: u8 = b'd';

/// What a source's bytes begin with.
const CONVERSATION: u8 = 0;
const CONTACT: u8 = 1;
/// How long they are.
const SOURCE_LEN: usize = 17;

/// What the rows say.
pub(super) struct Rows {
    pub(super) positions: Vec<Position>,
    pub(super) lanes: Vec<(Source, ChannelId)>,
}

/// Reads the rows; what cannot be read is thrown away with all the rest.
pub(super) fn load(log: &dyn EventLog) -> Result<Rows, Error> {
    let partitions = log.identity().partitions;
    match read(log, partitions)? {
        Some(rows) => Ok(rows),
        None => {
            log.tables().clear(TABLE)?;
            log.tables().write(TABLE, &[TableWrite::Put(VERSION_KEY.to_vec(), VERSION.to_vec())])?;
            Ok(Rows { positions: vec![Position(0); usize::from(partitions)], lanes: Vec::new() })
        }
    }
}

fn read(log: &dyn EventLog, partitions: u16) -> Result<Option<Rows>, Error> {
    let tables = log.tables();
    if tables.get(TABLE, VERSION_KEY)?.as_deref() != Some(VERSION) {
        return Ok(None);
    }
    let mut positions = Vec::new();
    for partition in 0..partitions {
        let bytes = tables.get(TABLE, &position_key(partition))?.unwrap_or_else(|| vec![0; 8]);
        let Ok(bytes) = bytes.try_into() else { return Ok(None) };
        let position = Position(u64::from_be_bytes(bytes));
        // Rows of a log that was longer: of another store, or of one whose end was lost.
        if position > log.head(store::PartitionId(partition)) {
            return Ok(None);
        }
        positions.push(position);
    }
    let (mut lanes, mut after) = (Vec::new(), None);
    loop {
        let page = tables.scan(TABLE, &[LANE], after.as_deref(), PAGE)?;
        let Some((last, _)) = page.last() else { break };
        after = Some(last.clone());
        for row in &page {
            let Some(row) = lane(row) else { return Ok(None) };
            lanes.push(row);
        }
    }
    Ok(Some(Rows { positions, lanes }))
}

/// Brings the rows up to date, all of them or none.
pub(super) fn write(
    log: &dyn EventLog,
    positions: &[Position],
    lanes: Vec<(Source, Option<ChannelId>)>,
    dead: Vec<(DeliveryKey, Option<ChannelId>)>,
) -> Result<(), Error> {
    let row = |key: Vec<u8>, channel: Option<ChannelId>| match channel {
        Some(channel) => TableWrite::Put(key, channel.as_str().as_bytes().to_vec()),
        None => TableWrite::Delete(key),
    };
    let positions = (0_u16..).zip(positions).map(|(partition, position)| {
        TableWrite::Put(position_key(partition).to_vec(), position.0.to_be_bytes().to_vec())
    });
    let lanes = lanes.into_iter().map(|(source, channel)| {
        let key = [&[LANE][..], &source_bytes(source)].concat();
        row(key, channel)
    });
    let dead = dead.into_iter().map(|(key, channel)| row(dead_key(key), channel));
    let writes: Vec<TableWrite> = positions.chain(lanes).chain(dead).collect();
    Ok(log.tables().write(TABLE, &writes)?)
}

/// At most `limit` dead letters with keys above `after`, in the order of keys.
pub(super) fn dead(
    log: &dyn EventLog,
    after: Option<DeliveryKey>,
    limit: usize,
) -> Result<Vec<(DeliveryKey, ChannelId)>, Error> {
    let after = after.map(dead_key);
    let page = log.tables().scan(TABLE, &[DEAD], after.as_deref(), limit)?;
    Ok(page.iter().filter_map(dead_letter).collect())
}

fn position_key(partition: u16) -> [u8; 3] {
    let [high, low] = partition.to_be_bytes();
    [POSITION, high, low]
}

fn dead_key(DeliveryKey { source, version, part }: DeliveryKey) -> Vec<u8> {
    [&[DEAD][..], &source_bytes(source), &version.to_be_bytes(), &part.to_be_bytes()].concat()
}

/// In the order of sources.
fn source_bytes(source: Source) -> [u8; SOURCE_LEN] {
    let (kind, id) = match source {
        Source::Conversation(id) => (CONVERSATION, id.to_bytes()),
        Source::Contact(id) => (CONTACT, id.0),
    };
    let mut bytes = [kind; SOURCE_LEN];
    bytes[1..].copy_from_slice(&id);
    bytes
}

fn source(bytes: &[u8; SOURCE_LEN]) -> Option<Source> {
    let (kind, id) = bytes.split_first()?;
    let id: [u8; 16] = id.try_into().ok()?;
    match *kind {
        CONVERSATION => Some(Source::Conversation(ConversationId::from_bytes(id))),
        CONTACT => Some(Source::Contact(ContactId(id))),
        _ => None,
    }
}

fn channel(bytes: &[u8]) -> Option<ChannelId> {
    ChannelId::new(str::from_utf8(bytes).ok()?).ok()
}

fn lane((key, value): &Row) -> Option<(Source, ChannelId)> {
    Some((source(key.get(1..)?.try_into().ok()?)?, channel(value)?))
}

fn dead_letter((key, value): &Row) -> Option<(DeliveryKey, ChannelId)> {
    let (whose, rest) = key.get(1..)?.split_first_chunk::<SOURCE_LEN>()?;
    let (version, part) = rest.split_first_chunk::<8>()?;
    let key = DeliveryKey {
        source: source(whose)?,
        version: u64::from_be_bytes(*version),
        part: u16::from_be_bytes(part.try_into().ok()?),
    };
    Some((key, channel(value)?))
}
