//! The bounds and choices of an engine.

use domain::Seconds;

/// How an engine runs. Every number is a bound with a designed answer (`X1`).
#[derive(Clone, Debug)]
pub struct Options {
    /// Threads that run actors.
    pub arbiters: usize,
    /// Commands that may wait for one actor; more are refused.
    pub mailbox_max: usize,
    /// Jobs that may wait for the router; more are refused.
    pub router_mailbox_max: usize,
    /// Records that may wait for the committer; more are refused.
    pub commit_queue_max: usize,
    /// Records of one batch at most.
    pub batch_max: usize,
    /// Actors in memory; beyond it the least recently used are put to sleep.
    pub active_max: usize,
    /// How long an actor may idle before it is put to sleep.
    pub passivate_after: Seconds,
    /// How many events may follow a snapshot before a new one is taken.
    pub snapshot_every: u64,
    /// How many of the router's events may follow the rows of its checkpoint before they are brought up to date.
    pub router_rows_every: u64,
    /// The nearest timers that are kept in memory, for each partition.
    pub timers_in_memory_max: usize,
    /// Timers that may be firing at once, for each partition: the bounded rate of `T3`.
    pub fires_in_flight_max: usize,
    /// How long timers that close wait after a start for what providers redeliver (`T3`).
    pub recovery_grace: Seconds,
    /// The longest time since the last sign of life that is taken for an ordinary outage (`T4`).
    pub gap_max: Seconds,
    /// What to believe when the gap is longer.
    pub resume: Resume,
    /// Who fires timers.
    pub timers: Timers,
    /// How long something that is said is tried before it is given up, from when it was said (`CH-10`).
    pub outbox_tries_for: Seconds,
    /// The conversations of one channel for which a provider is asked at once.
    pub outbox_lanes_max: usize,
    /// How many records may follow the outbox's rows before they are brought up to date.
    pub outbox_rows_every: u64,
    /// How long a push waits for what else comes, from the first item (`MSG-11`).
    pub push_after: Seconds,
    /// How long somebody who is away is waited for until they get a digest, from the first item that they missed, unless they
    /// wish otherwise (`MSG-13`); `None` is for ever.
    pub digest_after: Option<Seconds>,
}

/// What an operator says about a long gap between the log and the machine's clock (`T4`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resume {
    /// Nothing: refuse to start.
    Refuse,
    /// The machine's clock is right and the service was off: what became due is overdue.
    Wall,
    /// The machine's clock is wrong: go on from the last moment that the log knows of.
    LastCommit,
}

/// Who fires timers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timers {
    /// The engine, when they are due.
    Automatic,
    /// Whoever drives the engine, with [`Engine::fire_due`](crate::Engine::fire_due): rehearsals and simulations.
    Driven,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            arbiters: std::thread::available_parallelism().map_or(1, usize::from),
            mailbox_max: 64,
            router_mailbox_max: 4096,
            commit_queue_max: 8192,
            batch_max: 1024,
            active_max: 50_000,
            passivate_after: Seconds(120),
            snapshot_every: 64,
            router_rows_every: 4096,
            timers_in_memory_max: 10_000,
            fires_in_flight_max: 256,
            recovery_grace: Seconds(60),
            gap_max: Seconds(86_400),
            resume: Resume::Refuse,
            timers: Timers::Automatic,
            outbox_tries_for: Seconds(86_400),
            outbox_lanes_max: 32,
            outbox_rows_every: 256,
            push_after: Seconds(60),
            digest_after: Some(Seconds(900)),
        }
    }
}
