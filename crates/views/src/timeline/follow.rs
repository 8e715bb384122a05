//! The one thread of a process that keeps the timeline up with its log and hands on what is new.

use super::{Published, Timeline};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError};
use std::thread::{Builder, JoinHandle};

/// What the follower hands on.
#[derive(Clone, Debug)]
pub enum News {
    /// Facts that are folded in, in the order of each partition.
    Published(Vec<Published>),
    /// The follower has ended before its time: nothing new will come.
    Failed,
}

impl Timeline {
    /// Starts a thread that catches up at once and again on every wake-up, until the sender is gone or something fails.
    ///
    /// # Panics
    /// If the system has no thread to give.
    pub fn follow(
        self: &Arc<Self>,
        wake: Receiver<()>,
        mut tell: impl FnMut(News) + Send + 'static,
    ) -> JoinHandle<()> {
        self.progress().failure = None;
        let view = Arc::clone(self);
        let thread = Builder::new().name("timeline".to_owned());
        thread.spawn(move || view.run(&wake, &mut tell)).expect("the system has a thread to give")
    }

    fn run(&self, wake: &Receiver<()>, tell: &mut dyn FnMut(News)) {
        loop {
            let (mut woken, mut gone) = (false, false);
            let mut go_on = || {
                match wake.try_recv() {
                    Ok(()) => woken = true,
                    Err(TryRecvError::Empty) => {}
                    Err(TryRecvError::Disconnected) => gone = true,
                }
                !gone
            };
            let mut publish = |published| tell(News::Published(published));
            // The library under the store checks much by assertion; a thread that dies of it must not do so
            // unnoticed.
            let caught = AssertUnwindSafe(|| self.catch_up_while(&mut go_on, &mut publish));
            let failure = match catch_unwind(caught) {
                Ok(Ok(_)) => None,
                Ok(Err(error)) => Some((error.code(), error.to_string())),
                Err(_) => Some(("view_panicked", "the projection panicked".to_owned())),
            };
            if let Some((code, what)) = failure {
                tracing::error!(code, error = what, "the live stream is no longer fed");
                self.progress().failure = Some(what);
                self.progressed.notify_all();
                return tell(News::Failed);
            }
            // What was committed while it folded announced itself in between.
            if gone || !woken && wake.recv().is_err() {
                return;
            }
        }
    }
}
