//! Which actors are awake. Wakes one when it is asked for, puts the least recently used to sleep, counts crashes.

use crate::Error;
use crate::runtime::{Behaviour, Lost, Mailbox};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, Weak};

/// Names one aggregate's actor: the bytes of its stream.
pub(crate) type ActorId = [u8; 16];

/// How often a job is sent again because its actor had just gone to sleep.
const ATTEMPTS_MAX: usize = 8;
const SHARDS: usize = 64;
/// How many entries are looked at to find one that has not been used for long.
const SAMPLE: usize = 8;

/// The awake actors of one kind.
pub(crate) struct Registry<B: Behaviour> {
    shards: Vec<Mutex<Shard<B>>>,
    spawn: Box<dyn Fn(ActorId, Ticket<B>) -> Mailbox<B> + Send + Sync>,
    active: AtomicUsize,
    active_max: usize,
    incarnations: AtomicU64,
    uses: AtomicU64,
    kind: &'static str,
    sleep: fn() -> B::Job,
}

struct Shard<B: Behaviour> {
    awake: HashMap<ActorId, Entry<B>>,
    /// Panics of each actor since it last did a job.
    crashes: HashMap<ActorId, u32>,
}

struct Entry<B: Behaviour> {
    mailbox: Mailbox<B>,
    incarnation: u64,
    /// The number of the last use, of all uses of the registry.
    used: u64,
    /// The sweep of the housekeeping at which it was last found in use.
    sweep: u64,
    /// Whether it was told to sleep and has not been used since.
    leaving: bool,
}

/// An actor's tie to its entry: it can only ever remove its own incarnation.
pub(crate) struct Ticket<B: Behaviour> {
    registry: Weak<Registry<B>>,
    id: ActorId,
    incarnation: u64,
}

impl<B: Behaviour> Clone for Ticket<B> {
    fn clone(&self) -> Self {
        Self { registry: Weak::clone(&self.registry), id: self.id, incarnation: self.incarnation }
    }
}

impl<B: Behaviour> Ticket<B> {
    /// Takes the actor off the registry before it sleeps, so that the next job wakes a successor.
    pub(crate) fn leave(&self) {
        if let Some(registry) = self.registry.upgrade() {
            registry.remove(&self.id, self.incarnation);
        }
    }

    /// The same after a panic, which is counted.
    pub(crate) fn crash(&self) {
        if let Some(registry) = self.registry.upgrade() {
            metrics::counter!("colloquy_actor_crashes_total", "kind" => registry.kind).increment(1);
            *registry.shard(&self.id).crashes.entry(self.id).or_default() += 1;
            registry.remove(&self.id, self.incarnation);
        }
    }
}

impl<B: Behaviour> Registry<B> {
    /// `sleep` makes the job that puts an actor to sleep.
    pub(crate) fn new(
        kind: &'static str,
        active_max: usize,
        sleep: fn() -> B::Job,
        spawn: impl Fn(ActorId, Ticket<B>) -> Mailbox<B> + Send + Sync + 'static,
    ) -> Arc<Self> {
        let shard = || Mutex::new(Shard { awake: HashMap::new(), crashes: HashMap::new() });
        Arc::new(Self {
            shards: (0..SHARDS).map(|_| shard()).collect(),
            spawn: Box::new(spawn),
            active: AtomicUsize::new(0),
            active_max,
            incarnations: AtomicU64::new(0),
            uses: AtomicU64::new(0),
            kind,
            sleep,
        })
    }

    /// Sends a job to the aggregate's actor, awake or not. `job` makes it anew for each attempt.
    pub(crate) async fn ask(
        self: &Arc<Self>,
        id: ActorId,
        mut job: impl FnMut() -> B::Job,
    ) -> Result<B::Answer, Error> {
        for _ in 0..ATTEMPTS_MAX {
            let (mailbox, incarnation) = self.awake(id);
            match mailbox.ask(job()).await {
                Ok(answer) => {
                    self.forgive(&id);
                    return Ok(answer);
                }
                Err(Lost::Full) => return Err(Error::Overloaded("mailbox")),
                Err(Lost::Panicked) => return Err(Error::ActorFailed),
                Err(Lost::Gone) => self.remove(&id, incarnation),
            }
        }
        Err(Error::Overloaded("passivation"))
    }

    /// How often the actor has panicked since it last did a job.
    pub(crate) fn crashes(&self, id: &ActorId) -> u32 {
        self.shard(id).crashes.get(id).copied().unwrap_or(0)
    }

    /// How many actors are awake.
    pub(crate) fn active(&self) -> usize {
        self.active.load(Ordering::Relaxed)
    }

    /// Puts to sleep whatever was not used since the sweep before the last one.
    pub(crate) fn sweep(&self) {
        for shard in &self.shards {
            let idle: Vec<Mailbox<B>> = {
                let mut shard = lock(shard);
                shard.awake.values_mut().filter_map(|entry| entry.idle_since_last_sweep()).collect()
            };
            idle.iter().for_each(|mailbox| mailbox.tell((self.sleep)()));
        }
    }

    fn awake(self: &Arc<Self>, id: ActorId) -> (Mailbox<B>, u64) {
        let used = self.uses.fetch_add(1, Ordering::Relaxed);
        let (mailbox, incarnation, oldest) = {
            let mut shard = self.shard(&id);
            if let Some(entry) = shard.awake.get_mut(&id) {
                entry.used = used;
                entry.leaving = false;
                return (entry.mailbox.clone(), entry.incarnation);
            }
            let incarnation = self.incarnations.fetch_add(1, Ordering::Relaxed);
            let ticket = Ticket { registry: Arc::downgrade(self), id, incarnation };
            let mailbox = (self.spawn)(id, ticket);
            let full = self.active.fetch_add(1, Ordering::Relaxed) >= self.active_max;
            let oldest = full.then(|| shard.oldest()).flatten();
            shard.awake.insert(
                id,
                Entry { mailbox: mailbox.clone(), incarnation, used, sweep: u64::MAX, leaving: false },
            );
            (mailbox, incarnation, oldest)
        };
        if let Some(oldest) = oldest {
            oldest.tell((self.sleep)());
        }
        (mailbox, incarnation)
    }

    fn remove(&self, id: &ActorId, incarnation: u64) {
        let mut shard = self.shard(id);
        if shard.awake.get(id).is_some_and(|entry| entry.incarnation == incarnation) {
            shard.awake.remove(id);
            self.active.fetch_sub(1, Ordering::Relaxed);
        }
    }

    fn forgive(&self, id: &ActorId) {
        let mut shard = self.shard(id);
        if !shard.crashes.is_empty() {
            shard.crashes.remove(id);
        }
    }

    fn shard(&self, id: &ActorId) -> MutexGuard<'_, Shard<B>> {
        // The last byte is random in every id.
        lock(&self.shards[usize::from(id[15]) % SHARDS])
    }
}

impl<B: Behaviour> Shard<B> {
    /// One that has not been used for long, of a few; told once.
    fn oldest(&mut self) -> Option<Mailbox<B>> {
        let few = self.awake.values_mut().filter(|entry| !entry.leaving).take(SAMPLE);
        let oldest = few.min_by_key(|entry| entry.used)?;
        oldest.leaving = true;
        Some(oldest.mailbox.clone())
    }
}

impl<B: Behaviour> Entry<B> {
    fn idle_since_last_sweep(&mut self) -> Option<Mailbox<B>> {
        let idle = self.sweep == self.used;
        self.sweep = self.used;
        idle.then(|| self.mailbox.clone())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
