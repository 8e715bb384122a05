//! What one subscription has yet to tell: one lane a conversation, so many at once, and up to where in each partition
//! everything was told. Knows nothing of facts but where they stand, and asks nobody for the time.

use domain::{ConversationId, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use store::Position;

/// How many conversations are told of at once.
const LANES_MAX: usize = 16;
/// How many conversations may wait to be told of; then the log is followed no further.
const WAITING_MAX: usize = 4096;

/// When a lane has its turn; what was queued first goes first.
type Turn = (Timestamp, u64, ConversationId);

pub(super) struct Backlog {
    /// Up to where each partition was followed.
    followed: Vec<Position>,
    lanes: BTreeMap<ConversationId, Lane>,
    queue: BTreeSet<Turn>,
    queued: u64,
    running: usize,
    /// How many records were followed, and how many facts were told, since the rows were written.
    unwritten: (u64, u64),
}

/// What is to be told of a conversation. What lies between is found in its stream, so that a lane is small however much
/// there is.
struct Lane {
    /// The version of the first fact that may be to be told.
    first: u64,
    /// The version of the last one that is.
    last: u64,
    /// Nothing that is to be told stands before this.
    floor: Position,
    /// How often the first was tried in this life of the process.
    attempts: u32,
    /// Where it lives, which the id of a contact does not say.
    partition: u16,
}

/// Where a fact stands that is to be told.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) conversation: ConversationId,
    pub(super) version: u64,
    pub(super) position: Position,
}

/// A lane that has its turn.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) conversation: ConversationId,
    /// What is next has a version from here…
    pub(super) first: u64,
    /// … to here.
    pub(super) last: u64,
    /// How often it was tried in this life of the process.
    pub(super) attempts: u32,
}

/// How a turn ended.
pub(super) enum Verdict {
    /// This was told or given up.
    Told(Place),
    /// There was nothing to tell.
    Nothing,
    /// This is tried again then.
    Wait { place: Place, attempts: u32, until: Timestamp },
    /// It cannot be looked at now.
    Later { at: Timestamp },
    /// The conversation cannot be read.
    Unreadable,
}

impl Backlog {
    pub(super) const fn new(followed: Vec<Position>) -> Self {
        Self {
            followed,
            lanes: BTreeMap::new(),
            queue: BTreeSet::new(),
            queued: 0,
            running: 0,
            unwritten: (0, 0),
        }
    }

    /// Up to where a partition was followed, if there is room for more.
    pub(super) fn follows(&self, partition: u16) -> Option<Position> {
        let has_room = self.lanes.len() < WAITING_MAX;
        self.followed.get(usize::from(partition)).copied().filter(|_| has_room)
    }

    /// Takes what was followed of a partition, up to `position`.
    pub(super) fn note(
        &mut self,
        partition: u16,
        position: Position,
        records: u64,
        found: &[Place],
        now: Timestamp,
    ) {
        for place in found {
            if let Some(lane) = self.lanes.get_mut(&place.conversation) {
                lane.last = place.version;
                continue;
            }
            let (first, last, floor) = (place.version, place.version, place.position);
            let lane = Lane { first, last, floor, attempts: 0, partition };
            self.lanes.insert(place.conversation, lane);
            self.queue(place.conversation, now);
        }
        if let Some(followed) = self.followed.get_mut(usize::from(partition)) {
            *followed = position;
        }
        self.unwritten.0 += records;
    }

    /// The lane whose turn it is, if one may have it now.
    pub(super) fn take(&mut self, now: Timestamp) -> Option<Job> {
        self.next_turn().filter(|due| *due <= now)?;
        let (_, _, conversation) = self.queue.pop_first()?;
        let lane = self.lanes.get(&conversation)?;
        self.running += 1;
        Some(Job { conversation, first: lane.first, last: lane.last, attempts: lane.attempts })
    }

    /// Ends a lane's turn.
    pub(super) fn finish(&mut self, job: &Job, verdict: Verdict, now: Timestamp) {
        let id = job.conversation;
        self.running = self.running.saturating_sub(1);
        let Some(lane) = self.lanes.get_mut(&id) else { return };
        let (told, due) = match verdict {
            Verdict::Told(place) => {
                // What comes next stands there or behind it: one record may hold several facts.
                lane.floor = place.position;
                (Some(place.version), now)
            }
            Verdict::Nothing => (Some(job.last), now),
            Verdict::Unreadable => (Some(lane.last), now),
            Verdict::Wait { place, attempts, until } => {
                (lane.first, lane.floor, lane.attempts) = (place.version, place.position, attempts);
                (None, until)
            }
            Verdict::Later { at } => (None, at),
        };
        if let Some(version) = told {
            (lane.first, lane.attempts) = (version + 1, 0);
            self.unwritten.1 += 1;
            if version >= lane.last {
                self.lanes.remove(&id);
                return;
            }
        }
        self.queue(id, due);
    }

    /// When a lane may have its turn next.
    pub(super) fn next_turn(&self) -> Option<Timestamp> {
        let (due, ..) = self.queue.first().filter(|_| self.running < LANES_MAX)?;
        Some(*due)
    }

    /// How many lanes have their turn.
    pub(super) const fn running(&self) -> usize {
        self.running
    }

    /// Whether enough happened to write it down; whatever was told, once nothing is left to tell.
    pub(super) fn is_row_due(&self, every: u64) -> bool {
        let (followed, told) = self.unwritten;
        followed.max(told) >= every || (told > 0 && self.lanes.is_empty())
    }

    /// Up to where everything was told in each partition, to be written down.
    pub(super) fn take_marks(&mut self) -> Vec<Position> {
        self.unwritten = (0, 0);
        self.marks()
    }

    /// How many records of the log, whose partitions end there, are behind what everything was told of.
    pub(super) fn behind(&self, heads: &[Position]) -> u64 {
        let records = |(head, mark): (&Position, Position)| head.0.saturating_sub(mark.0);
        heads.iter().zip(self.marks()).map(records).sum()
    }

    fn marks(&self) -> Vec<Position> {
        let mut marks = self.followed.clone();
        for lane in self.lanes.values() {
            if let Some(mark) = marks.get_mut(usize::from(lane.partition)) {
                *mark = (*mark).min(Position(lane.floor.0.saturating_sub(1)));
            }
        }
        marks
    }

    fn queue(&mut self, id: ConversationId, due: Timestamp) {
        self.queued += 1;
        self.queue.insert((due, self.queued, id));
    }
}

#[cfg(test)]
mod tests;
