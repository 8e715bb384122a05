//! A small file beside sled's folder that remembers how far the log had come. sled takes a torn tail for the end and
//! drops it; this file is how we know that more had been there (`L3`).

use crate::Error;
use std::{
    fs::{self, File},
    io::Write as _,
    path::Path,
};

const NAME: &str = "checkpoint";
const MAGIC: &[u8; 8] = b"CLQCKP\x00\x01";

/// How far the log had come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Checkpoint {
    /// The position of each partition's newest record.
    pub(super) heads: Vec<u64>,
    /// The latest engine time.
    pub(super) latest_ms: Option<i64>,
}

/// Whether there is a file, readable or not: it tells a store that lost everything from one that never was.
pub(super) fn exists(folder: &Path) -> bool {
    folder.join(NAME).exists()
}

/// The checkpoint. One that cannot be read is as good as none: everything is then checked.
pub(super) fn read(folder: &Path) -> Option<Checkpoint> {
    decode(&fs::read(folder.join(NAME)).ok()?)
}

/// Replaces the checkpoint durably. A crash leaves the old one or the new one.
pub(super) fn write(folder: &Path, checkpoint: &Checkpoint) -> Result<(), Error> {
    let fail = |error: std::io::Error| Error::Io(format!("the checkpoint cannot be written: {error}"));
    let temporary = folder.join("checkpoint.new");
    let mut file = File::create(&temporary).map_err(fail)?;
    file.write_all(&encode(checkpoint)).map_err(fail)?;
    file.sync_all().map_err(fail)?;
    fs::rename(&temporary, folder.join(NAME)).map_err(fail)?;
    sync_folder(folder).map_err(fail)
}

/// Makes the names in a folder durable; without, a file that was synced may not be found after a power cut.
pub(super) fn sync_folder(folder: &Path) -> std::io::Result<()> {
    File::open(folder)?.sync_all()
}

fn encode(checkpoint: &Checkpoint) -> Vec<u8> {
    let mut out = MAGIC.to_vec();
    out.push(u8::from(checkpoint.latest_ms.is_some()));
    out.extend(checkpoint.latest_ms.unwrap_or_default().to_be_bytes());
    checkpoint.heads.iter().for_each(|head| out.extend(head.to_be_bytes()));
    let crc = crc32fast::hash(&out);
    out.extend(crc.to_be_bytes());
    out
}

fn decode(bytes: &[u8]) -> Option<Checkpoint> {
    let (body, crc) = bytes.split_last_chunk::<4>()?;
    if crc32fast::hash(body) != u32::from_be_bytes(*crc) {
        return None;
    }
    let body = body.strip_prefix(MAGIC)?;
    let (known, body) = body.split_first()?;
    let (latest, heads) = body.split_first_chunk::<8>()?;
    let heads = heads.chunks(8).map(|head| Some(u64::from_be_bytes(head.try_into().ok()?)));
    Some(Checkpoint {
        heads: heads.collect::<Option<_>>()?,
        latest_ms: (*known == 1).then_some(i64::from_be_bytes(*latest)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// L3: the checkpoint is what was written, or nothing.
    #[test]
    fn a_checkpoint_that_was_changed_is_none() {
        let checkpoint = Checkpoint { heads: vec![7, 0, 9], latest_ms: Some(-3) };
        let bytes = encode(&checkpoint);
        assert_eq!(decode(&bytes), Some(checkpoint));
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 0x10;
            assert_eq!(decode(&changed), None);
            assert_eq!(decode(&bytes[..at]), None);
        }
    }

    /// L3: writing replaces, and a folder without the file has no checkpoint.
    #[test]
    fn a_checkpoint_replaces_the_one_before() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(read(folder.path()), None);
        for head in 1..3 {
            let checkpoint = Checkpoint { heads: vec![head], latest_ms: None };
            write(folder.path(), &checkpoint).unwrap();
            assert_eq!(read(folder.path()), Some(checkpoint));
        }
    }
}
