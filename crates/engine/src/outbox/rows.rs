//! The outbox's rows: how far it has followed each partition, which conversations had something to go out there, and which
//! dead letters were open. A cache that never runs ahead of the log: without it the outbox follows from the beginning.

use crate::{DeliveryKey, Error};
use domain::{ChannelId, ConversationId};
use store::{EventLog, Position, Row, TableWrite};

const TABLE: &str = "outbox";
const PAGE: usize = 1024;
/// What the rows below mean; rows of another meaning are thrown away.
const VERSION: &[u8] = &[1];

const VERSION_KEY: &[u8] = b"v";
const POSITION: u8 = b'p';
const CONVERSATION: u8 = b'c';
const DEAD: u8 = b'd';

/// What the rows say.
pub(super) struct Rows {
    pub(super) positions: Vec<Position>,
    pub(super) conversations: Vec<(ConversationId, ChannelId)>,
}

/// Reads the rows; what cannot be read is thrown away with all the rest.
pub(super) fn load(log: &dyn EventLog) -> Result<Rows, Error> {
    let partitions = log.identity().partitions;
    match read(log, partitions)? {
        Some(rows) => Ok(rows),
        None => {
            log.tables().clear(TABLE)?;
            log.tables().write(TABLE, &[TableWrite::Put(VERSION_KEY.to_vec(), VERSION.to_vec())])?;
            Ok(Rows { positions: vec![Position(0); usize::from(partitions)], conversations: Vec::new() })
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
    let (mut conversations, mut after) = (Vec::new(), None);
    loop {
        let page = tables.scan(TABLE, &[CONVERSATION], after.as_deref(), PAGE)?;
        let Some((last, _)) = page.last() else { break };
        after = Some(last.clone());
        for row in &page {
            let Some(row) = conversation(row) else { return Ok(None) };
            conversations.push(row);
        }
    }
    Ok(Some(Rows { positions, conversations }))
}

/// Brings the rows up to date, all of them or none.
pub(super) fn write(
    log: &dyn EventLog,
    positions: &[Position],
    conversations: Vec<(ConversationId, Option<ChannelId>)>,
    dead: Vec<(DeliveryKey, Option<ChannelId>)>,
) -> Result<(), Error> {
    let row = |key: Vec<u8>, channel: Option<ChannelId>| match channel {
        Some(channel) => TableWrite::Put(key, channel.as_str().as_bytes().to_vec()),
        None => TableWrite::Delete(key),
    };
    let positions = (0_u16..).zip(positions).map(|(partition, position)| {
        TableWrite::Put(position_key(partition).to_vec(), position.0.to_be_bytes().to_vec())
    });
    let conversations = conversations.into_iter().map(|(id, channel)| {
        let key = [&[CONVERSATION][..], &id.to_bytes()].concat();
        row(key, channel)
    });
    let dead = dead.into_iter().map(|(key, channel)| row(dead_key(key), channel));
    let writes: Vec<TableWrite> = positions.chain(conversations).chain(dead).collect();
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

fn dead_key(DeliveryKey { conversation, version, part }: DeliveryKey) -> Vec<u8> {
    [&[DEAD][..], &conversation.to_bytes(), &version.to_be_bytes(), &part.to_be_bytes()].concat()
}

fn channel(bytes: &[u8]) -> Option<ChannelId> {
    ChannelId::new(str::from_utf8(bytes).ok()?).ok()
}

fn conversation((key, value): &Row) -> Option<(ConversationId, ChannelId)> {
    let id: [u8; 16] = key.get(1..)?.try_into().ok()?;
    Some((ConversationId::from_bytes(id), channel(value)?))
}

fn dead_letter((key, value): &Row) -> Option<(DeliveryKey, ChannelId)> {
    let (id, rest) = key.get(1..)?.split_first_chunk::<16>()?;
    let (version, part) = rest.split_first_chunk::<8>()?;
    let key = DeliveryKey {
        conversation: ConversationId::from_bytes(*id),
        version: u64::from_be_bytes(*version),
        part: u16::from_be_bytes(part.try_into().ok()?),
    };
    Some((key, channel(value)?))
}
