//! One listener: first what was missed, then what is new, without a gap and without a double.
//!
//! While it catches up it reads the timeline and is told nothing. When little is left it goes live, so that what is new
//! waits in its queue, reads what is left, and from then on takes from the queue what it has not heard yet.

use crate::auth::Identity;
use crate::failure::Failure;
use crate::stream::cursor::{Cursor, Heard};
use crate::stream::frame::SharedFact;
use crate::stream::slot::{Close, Item, Slot};
use crate::stream::{Streams, guests};
use actix_web::web;
use domain::ChannelId;
use engine::DeviceInUse;
use std::collections::VecDeque;
use std::sync::Arc;
use tokio::sync::mpsc;
use views::{Audience, Fact, TimelinePage};

/// How many facts are read at once.
const PAGE: usize = 128;
/// With fewer than this in a round over all partitions, little is left.
const LITTLE: usize = 64;

/// What a listener gets.
pub(crate) enum Step {
    /// A frame to send.
    Frame(String),
    /// The end.
    Closed(Close),
}

/// One listener. It leaves the hub when it is dropped.
pub(crate) struct Feed {
    streams: Arc<Streams>,
    slot: Arc<Slot>,
    queue: mpsc::Receiver<Item>,
    cursor: Cursor,
    channel: Option<ChannelId>,
    ready: VecDeque<String>,
    phase: Phase,
    /// It is in use for as long as this is there.
    in_use: Option<DeviceInUse>,
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Reads what was missed: of which partition next, and how much this round had.
    Behind { partition: u16, found: usize },
    /// The same, while new facts wait in the queue.
    Joining { partition: u16 },
    /// Takes from the queue.
    Live,
}

impl Feed {
    /// Begins to listen behind a cursor, or from now on.
    pub(crate) fn begin(
        streams: &Arc<Streams>,
        identity: Identity,
        audience: Audience,
        channel: Option<ChannelId>,
        after: Option<Cursor>,
        lasting: bool,
    ) -> Result<Self, Failure> {
        let (slot, queue) = streams.hub.join(identity, audience, lasting)?;
        let (cursor, phase) = match after {
            Some(cursor) => (cursor, Phase::Behind { partition: 0, found: 0 }),
            None => (Cursor::at(streams.hub.go_live(&slot)), Phase::Live),
        };
        guests::came(&streams.hub, &slot);
        let (streams, ready) = (Arc::clone(streams), VecDeque::new());
        Ok(Self { streams, slot, queue, cursor, channel, ready, phase, in_use: None })
    }

    /// Says on which device it is.
    pub(crate) fn is_on(&mut self, device: DeviceInUse) {
        self.in_use = Some(device);
    }

    /// Up to where everything was given out, frames that wait for [`next`](Self::next) excepted.
    pub(crate) const fn cursor(&self) -> &Cursor {
        &self.cursor
    }

    /// Its place in the hub.
    pub(crate) const fn slot(&self) -> &Arc<Slot> {
        &self.slot
    }

    /// Whether something can be given out without waiting.
    pub(crate) fn has_ready(&self) -> bool {
        !self.ready.is_empty()
    }

    /// The next thing for this listener. If it is dropped before it resolves, nothing is lost.
    pub(crate) async fn next(&mut self) -> Step {
        loop {
            // The cursor covers what is ready already, so it is handed out whatever happened meanwhile.
            if let Some(frame) = self.ready.pop_front() {
                return Step::Frame(frame);
            }
            if let Some(why) = self.slot.closed() {
                return Step::Closed(why);
            }
            match self.phase {
                Phase::Live => match self.queue.recv().await {
                    None => return Step::Closed(self.slot.closed().unwrap_or(Close::FAILED)),
                    Some(Item::Frame(frame)) => return Step::Frame(frame.to_string()),
                    Some(Item::Fact(fact)) => self.hear(&fact),
                },
                Phase::Behind { partition, .. } | Phase::Joining { partition } => {
                    match self.read(partition).await {
                        Ok(page) => self.take(partition, page),
                        Err(why) => return Step::Closed(why),
                    }
                }
            }
        }
    }

    async fn read(&self, partition: u16) -> Result<TimelinePage, Close> {
        let (timeline, audience) = (Arc::clone(&self.streams.timeline), self.slot.audience.clone());
        let from = self.cursor.heard(partition).next();
        let read = web::block(move || timeline.page(&audience, partition, from, PAGE)).await;
        match read {
            Ok(Ok(page)) => Ok(page),
            Ok(Err(error)) => {
                tracing::error!(code = error.code(), %error, "a stream cannot read what was missed");
                Err(Close::FAILED)
            }
            Err(_) => Err(Close::GOING_AWAY),
        }
    }

    fn take(&mut self, partition: u16, page: TimelinePage) {
        let TimelinePage { facts, next, more } = page;
        let read = facts.len();
        facts.into_iter().for_each(|fact| self.hear(&SharedFact::new(fact)));
        self.cursor.hear(partition, Heard::before(next));
        if more {
            if let Phase::Behind { found, .. } = &mut self.phase {
                *found += read;
            }
            return;
        }
        let following = partition + 1;
        let rest = following < self.cursor.partitions();
        self.phase = match self.phase {
            Phase::Behind { found, .. } if rest => {
                Phase::Behind { partition: following, found: found + read }
            }
            Phase::Behind { found, .. } if found + read > LITTLE => Phase::Behind { partition: 0, found: 0 },
            Phase::Behind { .. } => {
                self.streams.hub.go_live(&self.slot);
                Phase::Joining { partition: 0 }
            }
            Phase::Joining { .. } if rest => Phase::Joining { partition: following },
            Phase::Joining { .. } | Phase::Live => Phase::Live,
        };
    }

    /// Makes frames of a fact, unless it was heard before.
    fn hear(&mut self, shared: &SharedFact) {
        let Fact { partition, place, scene, .. } = &shared.fact;
        let (partition, place) = (*partition, *place);
        let elsewhere = self.channel.as_ref().is_some_and(|channel| *channel != scene.channel);
        if elsewhere {
            self.cursor.hear(partition, Heard::fact(place));
            return;
        }
        if matches!(self.slot.audience, Audience::Contact(_)) {
            let configuration = self.streams.engine.configuration();
            let kind = configuration.channels.get(&scene.channel).map(|settings| settings.kind);
            for (number, part) in (0..).zip(shared.said(kind, &configuration.texts)) {
                if self.cursor.hear(partition, Heard::part(place, number)) {
                    self.ready.push_back(shared.part(number, part, self.cursor.to_string()));
                }
            }
            self.cursor.hear(partition, Heard::fact(place));
        } else if self.cursor.hear(partition, Heard::fact(place)) {
            // Before the fact, whose cursor says that both were heard.
            self.ready.extend(shared.tick());
            self.ready.push_back(shared.whole(&self.cursor));
        }
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        // Who polls must not seem to be gone in between.
        guests::stays(&self.streams.hub, &self.slot);
        self.streams.hub.leave(&self.slot);
        guests::went(&self.streams.hub, &self.slot);
    }
}
