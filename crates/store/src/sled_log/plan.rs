//! One commit before it is written: what each record meets in the tree and in the records before it, and the one
//! batch that comes of it.

use super::{keys, tree};
use crate::{
    ClaimKey, CommandKey, Error, Outcome, Position, Record, Refusal, StoredCommand, StreamId, TimerChange,
    Version, record,
};
use sled::{Batch, Tree};
use std::collections::HashMap;

/// What a commit will write, and what its later records have to see of the earlier ones.
pub(super) struct Plan<'a> {
    tree: &'a Tree,
    /// What to apply, as one.
    pub(super) batch: Batch,
    /// The position of each partition's newest record, once the batch is applied.
    pub(super) heads: Vec<u64>,
    /// The latest engine time among the records to be stored; `None` if there are none.
    pub(super) latest_ms: Option<i64>,
    /// How many records will be stored.
    pub(super) stored: u64,
    versions: HashMap<StreamId, Version>,
    claims: HashMap<ClaimKey, Option<[u8; 16]>>,
    commands: HashMap<CommandKey, StoredCommand>,
}

impl<'a> Plan<'a> {
    /// An empty plan for a log whose partitions stand at `heads`.
    pub(super) fn new(tree: &'a Tree, heads: Vec<u64>) -> Self {
        Self {
            tree,
            batch: Batch::default(),
            heads,
            latest_ms: None,
            stored: 0,
            versions: HashMap::new(),
            claims: HashMap::new(),
            commands: HashMap::new(),
        }
    }

    /// Takes up a record or refuses it. Damage that is met before anything is written concerns this record alone: the
    /// store is no less known than before.
    pub(super) fn add_or_refuse(&mut self, record: &Record) -> Result<Outcome, Error> {
        match self.add(record) {
            Err(error @ Error::Damaged { .. }) => Ok(Outcome::Refused(Refusal::Damaged(error.to_string()))),
            other => other,
        }
    }

    fn add(&mut self, record: &Record) -> Result<Outcome, Error> {
        if let Some(answer) = self.known_command(record)? {
            return Ok(answer);
        }
        for append in &record.appends {
            if let Some(actual) = self.conflict(append.stream, append.expected)? {
                let (stream, expected) = (append.stream, append.expected);
                return Ok(Outcome::Refused(Refusal::Version { stream, expected, actual }));
            }
        }
        for claim in &record.claims {
            let actual = match self.claims.get(&claim.key) {
                Some(holder) => *holder,
                None => holder(self.tree, claim.key)?,
            };
            if actual != claim.expected {
                return Ok(Outcome::Refused(Refusal::Claim { key: claim.key, actual }));
            }
        }
        self.store(record).map(Outcome::Stored)
    }

    fn known_command(&self, record: &Record) -> Result<Option<Outcome>, Error> {
        let Some(command) = &record.command else { return Ok(None) };
        let known = match self.commands.get(&command.key) {
            Some(known) => Some(known.clone()),
            None => stored_command(self.tree, command.key)?,
        };
        Ok(known.map(|known| {
            if known.fingerprint == command.fingerprint {
                Outcome::Duplicate(known)
            } else {
                Outcome::Refused(Refusal::CommandReused)
            }
        }))
    }

    /// The stream's version if it is not the expected one. The common case, that it is, costs two lookups of neighbours
    /// and does not search for the end of the stream.
    fn conflict(&self, stream: StreamId, expected: Version) -> Result<Option<Version>, Error> {
        if let Some(actual) = self.versions.get(&stream) {
            return Ok((*actual != expected).then_some(*actual));
        }
        let key = keys::pointer(stream, expected);
        let there = expected == 0 || self.tree.contains_key(key).map_err(tree::failed)?;
        let more = || tree::following(self.tree, &keys::stream(stream), Some(&key)).next().transpose();
        if there && more()?.is_none() {
            return Ok(None);
        }
        version(self.tree, stream).map(Some)
    }

    fn store(&mut self, record: &Record) -> Result<Position, Error> {
        let head = &mut self.heads[usize::from(record.partition.0)];
        let position = Position(*head + 1);
        let bytes = record::encode(position, record)?;
        *head = position.0;
        tree::put_new(&mut self.batch, &keys::record(record.partition, position), &bytes);
        let place = keys::place(record.partition, position);
        for append in &record.appends {
            let last = last_version(append.expected + 1, append.events.len());
            self.batch.insert(&keys::pointer(append.stream, last), &place);
            self.versions.insert(append.stream, last);
        }
        for claim in &record.claims {
            match claim.value {
                Some(holder) => self.batch.insert(&keys::claim(claim.key), &holder),
                None => self.batch.remove(&keys::claim(claim.key)),
            }
            self.claims.insert(claim.key, claim.value);
        }
        if let Some(command) = record.command.clone() {
            self.batch.insert(&keys::command(command.key), &place);
            let (fingerprint, reply) = (command.fingerprint, command.reply);
            let stored = StoredCommand { position, partition: record.partition, fingerprint, reply };
            self.commands.insert(command.key, stored);
        }
        for change in &record.timers {
            match change {
                TimerChange::Arm(entry) => self.batch.insert(&keys::timer(record.partition, entry)[..], &[]),
                TimerChange::Disarm(entry) => self.batch.remove(&keys::timer(record.partition, entry)[..]),
            }
        }
        self.latest_ms = self.latest_ms.max(Some(record.at_ms));
        self.stored += 1;
        Ok(position)
    }
}

/// The version of the last of `count` events of which the first has version `first`.
pub(super) fn last_version(first: Version, count: usize) -> Version {
    first.saturating_add(count as u64).saturating_sub(1)
}

/// The stream's version, durable or not.
fn version(tree: &Tree, stream: StreamId) -> Result<Version, Error> {
    let Some((key, _)) = tree::newest(tree, &keys::stream(stream))? else { return Ok(0) };
    keys::version(&key).ok_or_else(|| keys::unreadable("the pointer of a stream"))
}

/// Who holds a claim.
pub(super) fn holder(tree: &Tree, key: ClaimKey) -> Result<Option<[u8; 16]>, Error> {
    let value = tree.get(keys::claim(key)).map_err(tree::failed)?;
    value.map(|value| (*value).try_into().map_err(|_| keys::unreadable("a claim"))).transpose()
}

/// What became of a command, which is noted in its record.
pub(super) fn stored_command(tree: &Tree, key: CommandKey) -> Result<Option<StoredCommand>, Error> {
    let value = tree.get(keys::command(key)).map_err(tree::failed)?;
    value.map(|value| command_at(tree, key, &value)).transpose()
}

/// The command that a pointer leads to.
pub(super) fn command_at(tree: &Tree, key: CommandKey, pointer: &[u8]) -> Result<StoredCommand, Error> {
    let (partition, position) = keys::placed(pointer)?;
    let command =
        super::read::record(tree, partition, position)?.command.filter(|command| command.key == key);
    let command = command.ok_or_else(|| Error::Damaged {
        place: Some((partition, position)),
        what: "a command points to a record that is not its own".to_owned(),
    })?;
    Ok(StoredCommand { position, partition, fingerprint: command.fingerprint, reply: command.reply })
}
