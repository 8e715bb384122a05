//! The index of users: by number, and of all. Keys are hashes (`P1`); what a row says of a user is under them.

use super::Page;
use crate::{Error, Keys, load};
use domain::directory::{Entry, User};
use domain::{Event, UserId};
use std::collections::{BTreeMap, BTreeSet};
use store::{EventLog, PartitionId, Position, StreamId, TableWrite};

const TABLE: &str = "directory";
/// Another layout needs another format, and is made anew.
const FORMAT: &[u8] = &[1];
/// Says which format the rows have.
const FORMAT_KEY: &[u8] = b"f";
/// Before the hash of a number and a user's stream: the user's id.
const PHONE: u8 = b'p';
/// Before a user's stream: the id, and the hashes of the numbers that are indexed.
const USER: u8 = b'u';
/// Before the stream of a user whose facts may be ahead of the rows.
const MARK: u8 = b'm';
/// How many rows or records are read at a time.
const PAGE: usize = 256;
/// More holders of a number than one are as good as many.
const HOLDERS_MAX: usize = 2;
/// How many differences are told.
const TOLD_MAX: usize = 50;

/// The key and the value of a row.
type Row = (Vec<u8>, Vec<u8>);

/// Makes sure at a start that the index says what the log says.
pub(crate) fn prepare(log: &dyn EventLog, keys: &Keys) -> Result<(), Error> {
    let tables = log.tables();
    if tables.get(TABLE, FORMAT_KEY)?.as_deref() != Some(FORMAT) {
        tables.clear(TABLE)?;
        bring_up_to_date(log, keys, &streams(log)?)?;
        tables.write(TABLE, &[TableWrite::Put(FORMAT_KEY.to_vec(), FORMAT.to_vec())])?;
    }
    loop {
        let marked = tables.scan(TABLE, &[MARK], None, PAGE)?;
        let marked: Vec<StreamId> = marked.iter().filter_map(|(key, _)| stream_in(key)).collect();
        if marked.is_empty() {
            return Ok(());
        }
        bring_up_to_date(log, keys, &marked)?;
    }
}

/// Notes that the facts of these may get ahead of the rows.
pub(super) fn mark(log: &dyn EventLog, streams: &[StreamId]) -> Result<(), Error> {
    let writes: Vec<_> = streams.iter().map(|it| TableWrite::Put(key(MARK, *it), Vec::new())).collect();
    Ok(log.tables().write(TABLE, &writes)?)
}

/// Makes the rows of these say what their facts say, and unmarks them.
pub(super) fn bring_up_to_date(log: &dyn EventLog, keys: &Keys, streams: &[StreamId]) -> Result<(), Error> {
    for stream in streams {
        let mut writes = Vec::new();
        if let Some(row) = log.tables().get(TABLE, &key(USER, *stream))? {
            let (_, phones) = row_of(&row)?;
            writes.extend(phones.iter().map(|phone| TableWrite::Delete(phone_key(*phone, *stream))));
        }
        match load::user(log, *stream)?.state.and_then(|entry| Some((entry.id, entry.user?))) {
            Some((id, user)) => {
                let rows = rows(keys, *stream, &id, &user);
                writes.extend(rows.into_iter().map(|(key, row)| TableWrite::Put(key, row)));
            }
            None => writes.push(TableWrite::Delete(key(USER, *stream))),
        }
        writes.push(TableWrite::Delete(key(MARK, *stream)));
        log.tables().write(TABLE, &writes)?;
    }
    Ok(())
}

/// The rows of a user.
fn rows(keys: &Keys, stream: StreamId, id: &UserId, user: &User) -> Vec<Row> {
    let phones: Vec<[u8; 16]> = user.phones.iter().map(|phone| keys.phone(phone.expose())).collect();
    let by_number = phones.iter().map(|phone| (phone_key(*phone, stream), id.as_str().as_bytes().to_vec()));
    by_number.chain([(key(USER, stream), row(id, &phones))]).collect()
}

/// Holds the rows against those that the facts lead to: how many there should be, and what differs, of which only some is
/// told. What a start would make anew is no difference: an index of another format, and the rows of those who are marked.
pub(crate) fn compare(
    log: &dyn EventLog,
    keys: &Keys,
    users: &BTreeMap<StreamId, Entry>,
) -> Result<(u64, Vec<String>), Error> {
    let tables = log.tables();
    if tables.get(TABLE, FORMAT_KEY)?.as_deref() != Some(FORMAT) {
        return Ok((0, Vec::new()));
    }
    let known = users.iter().filter_map(|(stream, entry)| Some((*stream, entry, entry.user.as_ref()?)));
    let mut expected: BTreeMap<Vec<u8>, Vec<u8>> =
        known.flat_map(|(stream, entry, user)| rows(keys, stream, &entry.id, user)).collect();
    let (count, mut told) = (expected.len() as u64, Vec::new());
    let is_ahead = |key: &[u8]| -> Result<bool, Error> {
        let Some(stream) = key.last_chunk() else { return Ok(false) };
        Ok(tables.get(TABLE, &self::key(MARK, StreamId(*stream)))?.is_some())
    };
    for kind in [PHONE, USER] {
        let mut after = None;
        loop {
            let page = tables.scan(TABLE, &[kind], after.as_deref(), PAGE)?;
            for (key, row) in &page {
                if expected.remove(key).as_ref() != Some(row) && told.len() < TOLD_MAX && !is_ahead(key)? {
                    told.push(format!("row {key:02x?} of the directory is wrong (L4)"));
                }
            }
            let Some((last, _)) = page.into_iter().next_back() else { break };
            after = Some(last);
        }
    }
    for key in expected.keys() {
        if told.len() < TOLD_MAX && !is_ahead(key)? {
            told.push(format!("row {key:02x?} of the directory is missing (L4)"));
        }
    }
    Ok((count, told))
}

/// Who has a number; of many only some.
pub(super) fn holders(log: &dyn EventLog, phone: [u8; 16]) -> Result<Vec<UserId>, Error> {
    let prefix = [&[PHONE][..], &phone].concat();
    let rows = log.tables().scan(TABLE, &prefix, None, HOLDERS_MAX)?;
    rows.iter().map(|(_, id)| user_id(id)).collect()
}

/// At most `limit` users whose streams come after one.
pub(super) fn page(log: &dyn EventLog, after: Option<StreamId>, limit: usize) -> Result<Page, Error> {
    let after = after.map(|stream| key(USER, stream));
    let rows = log.tables().scan(TABLE, &[USER], after.as_deref(), limit)?;
    let mut users = Vec::with_capacity(rows.len());
    let full = rows.len() == limit;
    let mut last = None;
    for (key, row) in &rows {
        let (id, _) = row_of(row)?;
        last = Some(id.clone());
        let Some(stream) = stream_in(key) else { continue };
        let user = load::user(log, stream)?.state.and_then(|entry| entry.user);
        users.extend(user.map(|user| (id, user)));
    }
    Ok(Page { users, next: last.filter(|_| full) })
}

/// The streams of all users that the log knows.
fn streams(log: &dyn EventLog) -> Result<Vec<StreamId>, Error> {
    let mut found = BTreeSet::new();
    for partition in (0..log.identity().partitions).map(PartitionId) {
        let mut after = Position(0);
        loop {
            let page = log.read_partition(partition, after, PAGE)?;
            let Some(last) = page.last() else { break };
            after = last.position;
            for append in page.iter().flat_map(|record| &record.appends) {
                // A user's stream begins with a fact about the user; what cannot be read is none of theirs.
                let first = append.events.first().and_then(|bytes| codec::decode(bytes).ok());
                if matches!(first.map(|envelope| envelope.event), Some(Event::Directory(_))) {
                    found.insert(append.stream);
                }
            }
        }
    }
    Ok(found.into_iter().collect())
}

fn key(kind: u8, stream: StreamId) -> Vec<u8> {
    [&[kind][..], &stream.0].concat()
}

fn phone_key(phone: [u8; 16], stream: StreamId) -> Vec<u8> {
    [&[PHONE][..], &phone, &stream.0].concat()
}

fn stream_in(key: &[u8]) -> Option<StreamId> {
    Some(StreamId(key.get(1..)?.try_into().ok()?))
}

/// The length of the id, the id, and the numbers' hashes.
fn row(id: &UserId, phones: &[[u8; 16]]) -> Vec<u8> {
    let id = id.as_str().as_bytes();
    // An id has at most 64 bytes.
    let len = u8::try_from(id.len()).unwrap_or(u8::MAX);
    [&[len][..], id, phones.as_flattened()].concat()
}

fn row_of(row: &[u8]) -> Result<(UserId, Vec<[u8; 16]>), Error> {
    let damaged = || Error::Damaged("a row of the directory's index cannot be read".to_owned());
    let (len, rest) = row.split_first().ok_or_else(damaged)?;
    let (id, phones) = rest.split_at_checked(usize::from(*len)).ok_or_else(damaged)?;
    let (phones, []) = phones.as_chunks::<16>() else { return Err(damaged()) };
    Ok((user_id(id)?, phones.to_vec()))
}

fn user_id(bytes: &[u8]) -> Result<UserId, Error> {
    let id = str::from_utf8(bytes).ok().and_then(|text| UserId::new(text).ok());
    id.ok_or_else(|| Error::Damaged("a row of the directory's index names no user".to_owned()))
}
