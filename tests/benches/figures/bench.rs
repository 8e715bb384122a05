//! How big a run is, and where it may write.

use std::fs;
use std::path::{Path, PathBuf};
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

/// How much memory this process occupies, in KiB.
pub(crate) fn resident_kib() -> anyhow::Result<f64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse().ok());
    kib.ok_or_else(|| anyhow::anyhow!("this system does not say how much memory a process occupies"))
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
