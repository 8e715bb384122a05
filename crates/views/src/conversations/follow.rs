//! The thread that keeps the projection up with its log.

use super::Conversations;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError};
use std::thread::{Builder, JoinHandle};

impl Conversations {
    /// Starts a thread that catches up at once and again on every wake-up, until the sender is gone or
    /// something fails; [`failure`](Self::failure) then says what. A long way that is still to go does not
    /// hold up its end.
    ///
    /// # Panics
    /// If the system has no thread to give.
    pub fn follow(self: &Arc<Self>, wake: Receiver<()>) -> JoinHandle<()> {
        self.progress().failure = None;
        let view = Arc::clone(self);
        let thread = Builder::new().name("conversations".to_owned());
        thread.spawn(move || view.run(&wake)).expect("the system has a thread to give")
    }

    /// Why the follower has ended before its time; nothing personal is in it.
    pub fn failure(&self) -> Option<String> {
        self.progress().failure.clone()
    }

    fn run(&self, wake: &Receiver<()>) {
        loop {
            let (mut woken, mut gone) = (false, false);
            let go_on = || {
                match wake.try_recv() {
                    Ok(()) => woken = true,
                    Err(TryRecvError::Empty) => {}
                    Err(TryRecvError::Disconnected) => gone = true,
                }
                !gone
            };
            // The library under the store checks much by assertion; a thread that dies of it must not do so
            // unnoticed.
            match catch_unwind(AssertUnwindSafe(|| self.catch_up_while(go_on))) {
                Ok(Ok(_)) => {}
                Ok(Err(error)) => return self.fail(error.code(), error.to_string()),
                Err(_) => return self.fail("view_panicked", "the projection panicked".to_owned()),
            }
            // What was committed while it folded announced itself in between.
            if gone || !woken && wake.recv().is_err() {
                return;
            }
        }
    }

    fn fail(&self, code: &str, what: String) {
        tracing::error!(code, error = what, "the list of conversations is no longer kept up");
        self.progress().failure = Some(what);
        self.progressed.notify_all();
    }
}
