//! Whose turn it is: one lane for each conversation and for each contact's notifications, so many at once a channel, and a
//! channel whose provider fails for many of them at once is left alone for a while. Knows nothing of messages, and asks nobody for the time.

use super::desk::{Desk, Turn};
use super::job::{Head, Job, Owed, Verdict};
use crate::{DeliveryKey, Source};
use domain::conversation::Utterance;
use domain::{ChannelId, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

/// Those of whom something may have to go out.
pub(super) struct Lanes {
    lanes: BTreeMap<Source, Lane>,
    desks: BTreeMap<ChannelId, Desk>,
    /// Lanes of which is known what becomes of what is next: no provider is asked for it.
    settling: BTreeSet<Turn>,
    queued: u64,
    per_channel_max: usize,
    /// Those who came or went since the rows were last written.
    changed: BTreeSet<Source>,
}

struct Lane {
    channel: ChannelId,
    place: Place,
    /// Whether there is news since its turn began.
    noted: bool,
    /// Whether since then somebody had something tried again or thrown away, so that nothing has to wait.
    hurried: bool,
    head: Option<Head>,
    /// What was tried and waits behind something that is tried again before it.
    aside: Option<Head>,
    owed: Option<Owed>,
}

/// Where a lane is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In its channel's queue.
    Queued(Turn),
    /// Among those that are settled.
    Settling(Turn),
    /// It has its turn.
    Running,
    /// Waits for the channel to be configured again.
    Parked,
}

impl Lanes {
    pub(super) fn new(per_channel_max: usize) -> Self {
        Self {
            lanes: BTreeMap::new(),
            desks: BTreeMap::new(),
            settling: BTreeSet::new(),
            queued: 0,
            per_channel_max,
            changed: BTreeSet::new(),
        }
    }

    /// Something of this source may have to go out.
    pub(super) fn note(&mut self, source: Source, channel: &ChannelId, now: Timestamp) {
        if let Some(lane) = self.lanes.get_mut(&source) {
            lane.noted = true;
            return;
        }
        let lane = Lane {
            channel: channel.clone(),
            place: Place::Running,
            noted: false,
            hurried: false,
            head: None,
            aside: None,
            owed: None,
        };
        self.lanes.insert(source, lane);
        self.changed.insert(source);
        self.queue(source, now);
    }

    /// What is next may be something else now, or nothing. `pulled` says that this matters only where it waits to be pulled.
    pub(super) fn touch(&mut self, source: Source, pulled: bool, now: Timestamp) {
        let Some(lane) = self.lanes.get_mut(&source) else { return };
        lane.noted = true;
        lane.hurried |= !pulled;
        let is_pulled = lane.head.as_ref().is_some_and(|head| {
            let key = key(source, head.which);
            self.desks.get(&lane.channel).is_some_and(|desk| desk.pulled.contains(&(head.at, key)))
        });
        if matches!(lane.place, Place::Queued(_)) && (is_pulled || !pulled) {
            self.unqueue(source);
            self.queue(source, now);
        }
    }

    /// Channels may have come back.
    pub(super) fn unpark(&mut self, now: Timestamp) {
        let parked = self.lanes.iter().filter(|(_, lane)| lane.place == Place::Parked);
        let parked: Vec<Source> = parked.map(|(id, _)| *id).collect();
        parked.into_iter().for_each(|id| self.queue(id, now));
    }

    /// The lane whose turn it is, if one may have it now.
    pub(super) fn take(&mut self, now: Timestamp) -> Option<Job> {
        let settling = self.settling.first().copied();
        let max = self.per_channel_max;
        let queued =
            self.desks.values().filter(|desk| desk.is_free(max, now)).filter_map(|desk| desk.queue.first());
        let turn = queued.copied().chain(settling).min().filter(|(due, ..)| *due <= now)?;
        let source = turn.2;
        self.unqueue(source);
        let lane = self.lanes.get_mut(&source)?;
        (lane.noted, lane.hurried) = (false, false);
        let desk = self.desks.entry(lane.channel.clone()).or_default();
        desk.running += 1;
        let (head, aside) = (lane.head.clone(), lane.aside.clone());
        Some(Job { source, channel: lane.channel.clone(), head, aside, owed: lane.owed.take() })
    }

    /// Ends a lane's turn.
    pub(super) fn finish(&mut self, job: &Job, verdict: Verdict, now: Timestamp) {
        let id = job.source;
        if let Some(desk) = self.desks.get_mut(&job.channel) {
            desk.running = desk.running.saturating_sub(1);
        }
        let Some(lane) = self.lanes.get_mut(&id) else { return };
        match verdict {
            Verdict::Empty if !lane.noted => {
                self.lanes.remove(&id);
                self.changed.insert(id);
            }
            Verdict::Empty | Verdict::GoOn => {
                lane.put_aside();
                self.queue(id, now);
            }
            Verdict::Wait { head, until } => {
                lane.put_aside();
                lane.head = Some(head);
                // What was tried has to wait; what somebody wants tried again meanwhile has not.
                let until = if lane.hurried { now } else { until };
                self.queue(id, until);
            }
            Verdict::Pulled { head } => {
                let until = if lane.noted { now } else { head.expires };
                let desk = self.desks.entry(lane.channel.clone()).or_default();
                desk.pulled.insert((head.at, key(id, head.which)));
                lane.put_aside();
                lane.head = Some(head);
                self.queue(id, until);
            }
            Verdict::Settle { owed, at } => {
                lane.owed = Some(owed);
                self.settle(id, at);
            }
            Verdict::Park => lane.place = Place::Parked,
            Verdict::Later { at } => self.queue(id, at),
            Verdict::Leave => {}
        }
    }

    /// A provider answered.
    pub(super) fn answered(&mut self, channel: &ChannelId) {
        if let Some(desk) = self.desks.get_mut(channel) {
            desk.circuit.close();
        }
    }

    /// A provider did not take something and may later. `pause_ms` is what a circuit waits that opens now.
    pub(super) fn failed(
        &mut self,
        job: &Job,
        code: &str,
        now: Timestamp,
        pause_ms: impl FnOnce(u32) -> i64,
    ) {
        let Some(desk) = self.desks.get_mut(&job.channel) else { return };
        if desk.circuit.fail(job.source, now, pause_ms) {
            // Nobody asks for these for a while, and their time runs out all the same.
            let waiting: Vec<Source> = desk.queue.iter().map(|(.., id)| *id).collect();
            waiting.into_iter().for_each(|id| self.expire(id, code, now));
        }
    }

    fn expire(&mut self, id: Source, code: &str, now: Timestamp) {
        let Some(lane) = self.lanes.get_mut(&id) else { return };
        let Some(head) = lane.head.as_ref().filter(|head| head.expires <= now) else { return };
        let code = head.code.as_deref().unwrap_or(code).to_owned();
        lane.owed = Some(Owed::Failed { which: head.which, code, attempts: head.attempts, opted_out: false });
        self.unqueue(id);
        self.settle(id, now);
    }

    /// When a lane may have its turn next.
    pub(super) fn next_due(&self) -> Option<Timestamp> {
        let desks = self.desks.values().filter_map(|desk| desk.next_due(self.per_channel_max));
        desks.chain(self.settling.first().map(|(due, ..)| *due)).min()
    }

    /// What waits to be pulled on a channel, behind `after`.
    pub(super) fn pulled(
        &self,
        channel: &ChannelId,
        after: Option<(Timestamp, DeliveryKey)>,
        limit: usize,
    ) -> Vec<(Timestamp, DeliveryKey)> {
        let Some(desk) = self.desks.get(channel) else { return Vec::new() };
        let behind = after.map_or(Bound::Unbounded, Bound::Excluded);
        desk.pulled.range((behind, Bound::Unbounded)).take(limit).copied().collect()
    }

    /// Those who came (with their channel) or went since this was last asked.
    pub(super) fn take_changed(&mut self) -> Vec<(Source, Option<ChannelId>)> {
        let changed = std::mem::take(&mut self.changed).into_iter();
        changed.map(|id| (id, self.lanes.get(&id).map(|lane| lane.channel.clone()))).collect()
    }

    /// Takes back what was asked for in vain.
    pub(super) fn keep_changed(&mut self, changed: impl Iterator<Item = Source>) {
        self.changed.extend(changed);
    }

    /// How many have something to go out, how many of them have their turn, and the oldest such fact.
    pub(super) fn census(&self) -> (usize, usize, Option<Timestamp>) {
        let running = self.desks.values().map(|desk| desk.running).sum();
        let oldest = self.lanes.values().filter_map(|lane| Some(lane.head.as_ref()?.at)).min();
        (self.lanes.len(), running, oldest)
    }

    fn queue(&mut self, id: Source, due: Timestamp) {
        self.queued += 1;
        let turn = (due, self.queued, id);
        if let Some(lane) = self.lanes.get_mut(&id) {
            lane.place = Place::Queued(turn);
            self.desks.entry(lane.channel.clone()).or_default().queue.insert(turn);
        }
    }

    fn settle(&mut self, id: Source, due: Timestamp) {
        self.queued += 1;
        let turn = (due, self.queued, id);
        if let Some(lane) = self.lanes.get_mut(&id) {
            lane.place = Place::Settling(turn);
            self.settling.insert(turn);
        }
    }

    /// Takes a lane out of wherever it waits.
    fn unqueue(&mut self, id: Source) {
        let Some(lane) = self.lanes.get_mut(&id) else { return };
        let desk = self.desks.entry(lane.channel.clone()).or_default();
        match std::mem::replace(&mut lane.place, Place::Running) {
            Place::Queued(turn) => drop(desk.queue.remove(&turn)),
            Place::Settling(turn) => drop(self.settling.remove(&turn)),
            Place::Running | Place::Parked => {}
        }
        if let Some(head) = &lane.head {
            desk.pulled.remove(&(head.at, key(id, head.which)));
        }
    }
}

impl Lane {
    /// Keeps of what is next how often it was tried, should something that is tried again go before it. Of several the last
    /// is kept: only that one stands in its order, and all others count as tried anyway.
    fn put_aside(&mut self) {
        let Some(head) = self.head.take().filter(|head| head.attempts > 0) else { return };
        if self.aside.as_ref().is_none_or(|aside| aside.which <= head.which) {
            self.aside = Some(head);
        }
    }
}

pub(super) const fn key(source: Source, which: Utterance) -> DeliveryKey {
    DeliveryKey { source, version: which.of, part: which.part }
}
