//! One try, whatever is tried: how long it may take, and how long to wait after it.

use crate::shared::Shared;
use crate::{Attempt, Deliver, Delivery};
use domain::{Seconds, Timestamp};
use futures_util::FutureExt as _;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

/// How long one try may take.
const TRY_MAX: Seconds = Seconds(30);
/// How long to wait after a failed try: at first, at most, and if the receiver asks for more.
const PAUSE_MS: (i64, i64, i64) = (1000, 300_000, 3_600_000);
/// How long to wait when the engine could not look or write.
pub(crate) const AGAIN_MS: i64 = 1000;
/// The longest that a process sleeps which delivers: the timeline is slewed.
pub(crate) const LOOK_MS_MAX: i64 = 30_000;
/// How long to wait after a failure of the store.
pub(crate) const RETRY_AFTER: Duration = Duration::from_secs(1);
/// How long a drain waits for tries that are under way; those that take longer come again after the next start.
pub(crate) const DRAIN_AFTER: Duration = Duration::from_secs(5);

/// Tries once, with the machine's time for what the try may take.
pub(crate) async fn once(deliver: &dyn Deliver, delivery: &Delivery) -> Attempt {
    let limit = Duration::from_secs(u64::from(TRY_MAX.0));
    // One that fails in an unforeseen way must not keep its lane for ever.
    let tried = AssertUnwindSafe(deliver.deliver(delivery)).catch_unwind();
    match tokio::time::timeout(limit, tried).await {
        Ok(Ok(attempt)) => attempt,
        Ok(Err(_)) => retry("panicked"),
        Err(_) => retry("timeout"),
    }
}

fn retry(code: &str) -> Attempt {
    Attempt::Retry { code: code.to_owned(), after: None }
}

/// How long to wait after so many failed tries: twice as long each time, and never quite the same, so that those that
/// failed together do not come back together.
pub(crate) fn pause_ms(shared: &Shared, times: u32, after: Option<Seconds>) -> i64 {
    let (first, most, asked_most) = PAUSE_MS;
    let whole = first.checked_shl(times.saturating_sub(1).min(20)).map_or(most, |pause| pause.min(most));
    let half = whole / 2;
    let jitter = i64::try_from(shared.ids.next() % half.unsigned_abs().max(1)).unwrap_or(0);
    let asked = after.map_or(0, |after| (i64::from(after.0) * 1000).min(asked_most));
    (half + jitter).max(asked)
}

/// A try of an engine that somebody drives. One that does not end when it is first looked at hangs: it is looked at again
/// whenever the engine settles, and is given up when its time is over, as the driver's clock has it.
pub(crate) struct Hanging<T> {
    /// What hangs on it.
    pub(crate) what: T,
    attempt: Pin<Box<dyn Future<Output = Attempt> + Send>>,
    give_up: Timestamp,
}

impl<T> Hanging<T> {
    pub(crate) fn begin(deliver: &Arc<dyn Deliver>, delivery: Delivery, what: T, now: Timestamp) -> Self {
        let deliver = Arc::clone(deliver);
        let attempt = Box::pin(async move { deliver.deliver(&delivery).await });
        Self { what, attempt, give_up: now.plus(TRY_MAX) }
    }

    pub(crate) const fn give_up(&self) -> Timestamp {
        self.give_up
    }

    /// Looks once whether it has ended.
    pub(crate) fn look(&mut self, now: Timestamp) -> Option<Attempt> {
        match self.attempt.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(attempt) => Some(attempt),
            Poll::Pending => (self.give_up <= now).then(|| retry("timeout")),
        }
    }
}
