//! An id source that fails when it is told to: every actor asks for ids, so it is a way to make any of them panic.

use engine::IdSource;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Gives the ids of another source, or panics.
pub struct PanickingIds {
    inner: Arc<dyn IdSource>,
    panics: AtomicU32,
}

impl PanickingIds {
    /// Ids of `inner`, without panics so far.
    pub fn new(inner: Arc<dyn IdSource>) -> Self {
        Self { inner, panics: AtomicU32::new(0) }
    }

    /// Panics instead of giving each of the next `times` ids.
    pub fn panic_next(&self, times: u32) {
        self.panics.store(times, Ordering::SeqCst);
    }
}

impl IdSource for PanickingIds {
    fn next(&self) -> u64 {
        let fewer = |left: u32| left.checked_sub(1);
        let panics = self.panics.fetch_update(Ordering::SeqCst, Ordering::SeqCst, fewer).is_ok();
        assert!(!panics, "the id source was told to panic");
        self.inner.next()
    }
}
