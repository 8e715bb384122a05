//! How big a run is, and where it may write.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// One run of the bench.
pub(crate) struct Bench {
    pub(crate) size: Size,
    pub(crate) rounds: u32,
    pub(crate) dir: PathBuf,
    pub(crate) keep: Option<PathBuf>,
}

/// How big things are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Size {
    Tiny,
    Small,
    Full,
}

impl Bench {
    /// The number for this size.
    pub(crate) fn of<T>(&self, tiny: T, small: T, full: T) -> T {
        match self.size {
            Size::Tiny => tiny,
            Size::Small => small,
            Size::Full => full,
        }
    }

    /// A folder for one store, gone when it is dropped.
    pub(crate) fn folder(&self) -> anyhow::Result<TempDir> {
        fs::create_dir_all(&self.dir)?;
        Ok(tempfile::tempdir_in(&self.dir)?)
    }
}

/// Tells whoever waits what is being done.
pub(crate) fn say(what: impl std::fmt::Display) {
    eprintln!("  … {what}");
}

/// For how long this thread has worked so far, without what others on the same cores did meanwhile.
pub(crate) fn worked() -> Duration {
    let worked = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::try_from(worked).unwrap_or_default()
}

/// How much memory this process occupies, in KiB.
pub(crate) fn resident_kib() -> anyhow::Result<f64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse().ok());
    kib.ok_or_else(|| anyhow::anyhow!("this system does not say how much memory a process occupies"))
}

/// The processor's time so far, in ticks: all that passed, all that was worked, and what this process and its children
/// have worked of it.
pub(crate) struct Ticks {
    passed: f64,
    worked: f64,
    ours: f64,
}

impl Ticks {
    /// Reads them. Work that the kernel does on behalf of nobody counts as that of others.
    pub(crate) fn now() -> anyhow::Result<Self> {
        let stat = fs::read_to_string("/proc/stat")?;
        let all: Vec<f64> = stat.split_whitespace().skip(1).take(8).flat_map(str::parse).collect();
        let own = fs::read_to_string("/proc/self/stat")?;
        // The name of the program may hold blanks; the fields after it are numbers.
        let fields = own.rsplit_once(')').map_or("", |(_, fields)| fields).split_whitespace();
        let ours = fields.skip(11).take(4).flat_map(str::parse::<f64>).sum();
        let idle: f64 = all.iter().skip(3).take(2).sum();
        let passed: f64 = all.iter().sum();
        Ok(Self { passed, worked: passed - idle, ours })
    }

    /// The share of the machine that others took since then, in percent.
    pub(crate) fn others_since(&self, then: &Self) -> f64 {
        let worked = (self.worked - then.worked) - (self.ours - then.ours);
        100.0 * worked.max(0.0) / (self.passed - then.passed).max(1.0)
    }
}

/// A thread that only ever sleeps for a millisecond, and notes how much later it woke. No program on this machine can
/// be more punctual at that time.
pub(crate) struct Pauses {
    over: Arc<AtomicBool>,
    thread: JoinHandle<Vec<f64>>,
}

impl Pauses {
    pub(crate) fn watch() -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let is_over = Arc::clone(&over);
        let thread = thread::spawn(move || {
            let mut late = Vec::new();
            while !is_over.load(Ordering::Relaxed) {
                let begun = Instant::now();
                thread::sleep(Duration::from_millis(1));
                late.push(begun.elapsed().as_secs_f64() * 1000.0 - 1.0);
            }
            late
        });
        Self { over, thread }
    }

    /// How late it woke each time, in milliseconds.
    pub(crate) fn stop(self) -> anyhow::Result<Vec<f64>> {
        self.over.store(true, Ordering::Relaxed);
        self.thread.join().map_err(|_| anyhow::anyhow!("the watching thread panicked"))
    }
}

/// The bytes of all files in a folder, as they are long and as the disk holds them.
pub(crate) fn disk_bytes(folder: &Path) -> anyhow::Result<(u64, u64)> {
    use std::os::unix::fs::MetadataExt as _;
    let mut sum = (0, 0);
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let metadata = entry.metadata()?;
        let (long, held) = if metadata.is_dir() {
            disk_bytes(&entry.path())?
        } else {
            (metadata.len(), metadata.blocks() * 512)
        };
        sum = (sum.0 + long, sum.1 + held);
    }
    Ok(sum)
}
