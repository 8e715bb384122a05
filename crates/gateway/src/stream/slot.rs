//! One listener's place in the hub: what it may hear, a bounded queue, and why it was closed.

use crate::auth::Identity;
use crate::stream::frame::SharedFact;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use tokio::sync::{Notify, mpsc};
use views::Audience;

/// How many things wait for one listener; one more closes it rather than taking memory (`X1`).
pub(crate) const QUEUE_MAX: usize = 256;

/// Why a stream ends: the code of the WebSocket's closing frame, and its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Close {
    pub(crate) code: u16,
    pub(crate) reason: &'static str,
}

impl Close {
    pub(crate) const GOING_AWAY: Self = Self { code: 1001, reason: "the server is stopping" };
    pub(crate) const UNSUPPORTED: Self = Self { code: 1003, reason: "frames are JSON text" };
    pub(crate) const POLICY: Self = Self { code: 1008, reason: "too many frames" };
    pub(crate) const TOO_BIG: Self = Self { code: 1009, reason: "the frame is too large" };
    pub(crate) const PROTOCOL: Self = Self { code: 1002, reason: "not a WebSocket frame" };
    pub(crate) const FAILED: Self = Self { code: 1011, reason: "the server failed" };
    pub(crate) const EXPIRED: Self = Self { code: 4001, reason: "the token has expired; get a new one" };
    pub(crate) const TOO_SLOW: Self = Self { code: 4008, reason: "too slow; resume from cursor" };
    pub(crate) const REPLACED: Self = Self { code: 4009, reason: "too many streams of one user" };
    pub(crate) const SILENT: Self = Self { code: 4010, reason: "nothing heard for too long" };
}

/// What waits for a listener.
#[derive(Clone)]
pub(crate) enum Item {
    /// A fact, to be told unless it was heard already.
    Fact(Arc<SharedFact>),
    /// A frame of the moment, as it goes out.
    Frame(Arc<str>),
}

/// One listener's place.
pub(crate) struct Slot {
    pub(crate) id: u64,
    pub(crate) identity: Identity,
    pub(crate) audience: Audience,
    /// Whether it is a lasting connection, whose end means that somebody is gone (`ID-12`); else it is a poll, after which
    /// they may come again.
    pub(crate) lasting: bool,
    live: AtomicBool,
    queue: Mutex<Option<mpsc::Sender<Item>>>,
    closed: OnceLock<Close>,
    closing: Notify,
}

impl Slot {
    /// A place, and the end from which its listener takes what waits.
    pub(crate) fn new(
        id: u64,
        identity: Identity,
        audience: Audience,
        lasting: bool,
    ) -> (Arc<Self>, mpsc::Receiver<Item>) {
        let (sender, receiver) = mpsc::channel(QUEUE_MAX);
        let slot = Self {
            id,
            identity,
            audience,
            lasting,
            live: AtomicBool::new(false),
            queue: Mutex::new(Some(sender)),
            closed: OnceLock::new(),
            closing: Notify::new(),
        };
        (Arc::new(slot), receiver)
    }

    /// From now on it is told what is new. The hub calls this while nothing is handed out.
    pub(crate) fn go_live(&self) {
        self.live.store(true, Ordering::Release);
    }

    /// Hands it a fact. A listener that has not caught up reads it from the timeline instead.
    pub(crate) fn tell(&self, fact: &Arc<SharedFact>) {
        if self.live.load(Ordering::Acquire) && self.push(Item::Fact(Arc::clone(fact))).is_err() {
            self.close(Close::TOO_SLOW);
        }
    }

    /// Hands it something of the moment, which is dropped where there is no room.
    pub(crate) fn hint(&self, frame: &Arc<str>) {
        if self.live.load(Ordering::Acquire) {
            // Nobody waits for it, and a slow listener has enough to do.
            let _ = self.push(Item::Frame(Arc::clone(frame)));
        }
    }

    /// Ends it. The first reason counts.
    pub(crate) fn close(&self, why: Close) {
        if self.closed.set(why).is_ok() {
            *self.queue.lock().unwrap_or_else(PoisonError::into_inner) = None;
            self.closing.notify_one();
        }
    }

    /// Why it ended, if it has.
    pub(crate) fn closed(&self) -> Option<Close> {
        self.closed.get().copied()
    }

    /// Resolves when it has ended. One may wait at a time.
    pub(crate) async fn ended(&self) -> Close {
        loop {
            if let Some(why) = self.closed() {
                return why;
            }
            self.closing.notified().await;
        }
    }

    fn push(&self, item: Item) -> Result<(), ()> {
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.as_ref().map_or(Ok(()), |queue| queue.try_send(item).map_err(drop))
    }
}
