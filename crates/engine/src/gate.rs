//! Lets commands in, until the engine stops.

use crate::Error;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use tokio::sync::Notify;

/// Counts the commands under way, so that a drain can wait for them.
#[derive(Default)]
pub(crate) struct Gate {
    under_way: AtomicUsize,
    draining: AtomicBool,
    left: Notify,
}

/// Leave to work on one command; given back when it is dropped.
pub(crate) struct Pass<'a>(&'a Gate);

impl Gate {
    pub(crate) fn is_closed(&self) -> bool {
        self.draining.load(Ordering::SeqCst)
    }

    /// Lets a command in, unless the engine is stopping.
    pub(crate) fn enter(&self) -> Result<Pass<'_>, Error> {
        self.under_way.fetch_add(1, Ordering::SeqCst);
        let pass = Pass(self);
        if self.draining.load(Ordering::SeqCst) { Err(Error::Draining) } else { Ok(pass) }
    }

    /// Lets nobody in any more, and waits until everybody has left.
    pub(crate) async fn close(&self) {
        self.draining.store(true, Ordering::SeqCst);
        loop {
            // Whoever leaves between the look and the wait has to be noticed, by everybody who waits.
            let mut left = pin!(self.left.notified());
            left.as_mut().enable();
            if self.under_way.load(Ordering::SeqCst) == 0 {
                return;
            }
            left.await;
        }
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        if self.0.under_way.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.0.left.notify_waiters();
        }
    }
}
