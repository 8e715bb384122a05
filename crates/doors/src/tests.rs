//! Every door over its seeds and over changed copies of them, the same ones in every run.

use crate::DOORS;
use std::collections::BTreeSet;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

/// How many changed copies each door is tried with.
const CHANGED: usize = 1500;
/// The longest of them, in bytes.
const LEN_MAX: usize = 4096;

/// What parsers of all kinds stumble over.
const TRICKS: [&[u8]; 24] = [
    b"\0",
    b"\xff",
    b"\xc3\x28",
    b"\n",
    b"\r\n",
    b"\"",
    b"'",
    b"\\",
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b"<",
    b">",
    b"&",
    b"%",
    b"-1",
    b"18446744073709551616",
    b"1e999",
    b"\xe2\x80\xae",
    b"\xef\xbb\xbf",
    b"../",
    b"{\"a\":",
];

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz")
}

/// The seeds of a door, by the names of their files.
fn seeds(door: &str) -> Vec<Vec<u8>> {
    let folder = fuzz().join("seeds").join(door);
    let mut files: Vec<PathBuf> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

/// Numbers that look random and are always the same (xorshift).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A number below another one; 0 if that is 0.
    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % (bound.max(1) as u64)).unwrap()
    }

    fn part<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let from = self.below(bytes.len());
        &bytes[from..from + self.below(bytes.len() - from + 1)]
    }
}

/// A copy of a seed with one to four changes.
fn changed(seeds: &[Vec<u8>], chance: &mut Chance) -> Vec<u8> {
    let mut bytes = seeds[chance.below(seeds.len())].clone();
    for _ in 0..=chance.below(4) {
        let at = chance.below(bytes.len() + 1);
        match chance.below(7) {
            0 if at < bytes.len() => bytes[at] ^= 1 << chance.below(8),
            1 if at < bytes.len() => bytes[at] = chance.next().to_be_bytes()[0],
            2 => bytes.truncate(at),
            3 => drop(bytes.drain(at..at + chance.below((bytes.len() - at).min(16) + 1))),
            4 => {
                let again = chance.part(&bytes).to_vec();
                bytes.splice(at..at, again);
            }
            5 => {
                let other = &seeds[chance.below(seeds.len())];
                bytes.splice(at..at, chance.part(other).iter().copied());
            }
            _ => drop(bytes.splice(at..at, TRICKS[chance.below(TRICKS.len())].iter().copied())),
        }
        bytes.truncate(LEN_MAX);
    }
    bytes
}

/// What a door broke on, if it did; why is told by the panic.
fn broken(name: &str, door: fn(&[u8]), bytes: &[u8]) -> Option<String> {
    let opened = catch_unwind(AssertUnwindSafe(|| door(bytes)));
    opened.err().map(|_| format!("{name} broke on b\"{}\"", bytes.escape_ascii()))
}

/// X1
#[test]
fn every_door_keeps_its_promises_for_its_seeds_and_for_changed_copies_of_them() {
    let mut found = Vec::new();
    for (name, door) in DOORS {
        let seeds = seeds(name);
        assert!(seeds.len() >= 2, "{name} has too few seeds");
        let mut chance =
            Chance(name.bytes().fold(88_172_645_463_325_252, |sum, byte| sum ^ (u64::from(byte) << 7)));
        let tried = (0..CHANGED).map(|_| changed(&seeds, &mut chance));
        let all = seeds.iter().cloned().chain([Vec::new()]).chain(tried);
        found.extend(all.filter_map(|bytes| broken(name, door, &bytes)).take(3));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// The stored bytes of every fact that was ever written are seeds of the codec's door too.
#[test]
fn every_golden_record_with_one_byte_changed_is_read_or_refused() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../codec/golden");
    let mut read = 0;
    for folder in fs::read_dir(golden).unwrap() {
        for file in fs::read_dir(folder.unwrap().path()).unwrap() {
            let text = fs::read_to_string(file.unwrap().path()).unwrap();
            for record in text.split("\n\n") {
                let digits: Vec<u32> = record.chars().filter_map(|c| c.to_digit(16)).collect();
                let bytes: Vec<u8> = digits.chunks_exact(2).map(|two| (two[0] * 16 + two[1]) as u8).collect();
                let mut chance = Chance(1 + bytes.len() as u64);
                for _ in 0..8 {
                    let mut bytes = bytes.clone();
                    let at = chance.below(bytes.len());
                    if let Some(byte) = bytes.get_mut(at) {
                        *byte ^= 1 << chance.below(8);
                    }
                    assert_eq!(broken("codec", crate::codec, &bytes), None);
                }
                read += 1;
            }
        }
    }
    assert!(read > 100, "{read}");
}

#[test]
fn every_door_is_a_target_with_seeds_and_a_line_in_the_readme_and_every_target_is_a_door() {
    let doors: BTreeSet<String> = DOORS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(doors.len(), DOORS.len());
    let stems = |folder: &str| -> BTreeSet<String> {
        let entries = fs::read_dir(fuzz().join(folder)).unwrap();
        entries.map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned()).collect()
    };
    assert_eq!(stems("targets"), doors);
    assert_eq!(stems("seeds"), doors);
    let manifest = fs::read_to_string(fuzz().join("Cargo.toml")).unwrap();
    let readme = fs::read_to_string(fuzz().join("README.md")).unwrap();
    assert_eq!(manifest.matches("[[bin]]").count(), doors.len());
    for door in &doors {
        let shell = fs::read_to_string(fuzz().join(format!("targets/{door}.rs"))).unwrap();
        let calls = format!("libfuzzer_sys::fuzz_target!(|bytes: &[u8]| doors::{door}(bytes));");
        assert!(shell.contains(&calls), "targets/{door}.rs does not open its door");
        assert!(manifest.contains(&format!("path = \"targets/{door}.rs\"")), "fuzz/Cargo.toml lacks {door}");
        assert!(readme.contains(&format!("| `{door}` |")), "fuzz/README.md lacks {door}");
    }
}
