//! The bounds of the generator itself, in one place.

use std::time::Duration;

/// Messages of one plan: the ledger and the schedule are held in memory or walked twice.
pub(crate) const MESSAGES_MAX: f64 = 5_000_000.0;
/// What seven digits of a fictional phone number can tell apart.
pub(crate) const REQUESTERS_MAX: u32 = 10_000_000;
/// Requests at the same time.
pub(crate) const CONNECTIONS_MAX: usize = 10_000;
/// How often one request is sent before it counts as unacknowledged.
pub(crate) const ATTEMPTS_MAX: u32 = 20;
/// How long a connection may take to come up.
pub(crate) const CONNECT_TIME: Duration = Duration::from_secs(3);
/// The longest answer that is read; a page of events is well below.
pub(crate) const ANSWER_BYTES_MAX: usize = 16 * 1024 * 1024;
/// The first pause before a retry; it doubles each time.
pub(crate) const PAUSE_FIRST: Duration = Duration::from_millis(50);
/// The longest pause before a retry, unless the server asks for a longer one.
pub(crate) const PAUSE_MAX: Duration = Duration::from_secs(2);
/// Different codes that are counted by name; a server that invents more is counted under one.
pub(crate) const CODES_MAX: usize = 64;
/// The longest code that is kept.
pub(crate) const CODE_CHARS_MAX: usize = 64;
/// Arrivals that the pacer may be ahead of the sender: enough to ride out a stall, no more.
pub(crate) const ARRIVALS_QUEUED_MAX: usize = 1024;
/// Events asked for in one page.
pub(crate) const PAGE_EVENTS: u32 = 200;
/// Conversations that are read at the same time by the check.
pub(crate) const READERS: usize = 8;
/// How often the check asks for one page before it gives up.
pub(crate) const READ_ATTEMPTS_MAX: u32 = 8;
/// How long one page may take to read.
pub(crate) const READ_TIMEOUT: Duration = Duration::from_secs(10);
/// How long the whole check may take.
pub(crate) const VERIFY_TIME: Duration = Duration::from_secs(600);
/// Findings that are told one by one; the counts are always complete.
pub(crate) const FINDINGS_MAX: usize = 100;
/// The longest latency that is told apart; a longer one counts as this.
pub(crate) const LATENCY_MAX: Duration = Duration::from_secs(3600);
/// How often progress is told.
pub(crate) const PROGRESS_EVERY: Duration = Duration::from_millis(250);
