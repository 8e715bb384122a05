//! Which way round to store: (A) the record once under its position with pointers under its streams, or (B) the events
//! under their streams with pointers under the positions. Both run on the same machine, right after each other.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench talks to whoever runs it, and stops there"
)]

use sled::{Batch, Tree};
use std::{
    fs::{self, File},
    hint::black_box,
    path::Path,
    time::{Duration, Instant},
};

const EVENTS: u64 = 200_000;
const PER_STREAM: u64 = 20;
const BATCH: u64 = 64;
const EVENT_BYTES: usize = 185;
const READS: u64 = 5_000;

/// What one layout cost.
struct Cost {
    written: Duration,
    disk: u64,
    /// One stream of twenty events.
    stream: Duration,
    /// One record when a partition is followed.
    follow: Duration,
}

/// Streams grow side by side, as conversations do: a thousand are open at a time.
fn place(number: u64) -> ([u8; 16], u64) {
    const OPEN: u64 = 1_000;
    let (round, within) = (number / (OPEN * PER_STREAM), number % (OPEN * PER_STREAM));
    let id = u128::from(round * OPEN + within % OPEN).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835);
    (id.to_be_bytes(), within / OPEN + 1)
}

/// Bytes that do not compress, cheap to make.
fn event(number: u64) -> Vec<u8> {
    let mut state = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut bytes = Vec::with_capacity(EVENT_BYTES + 8);
    while bytes.len() < EVENT_BYTES {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend(state.to_le_bytes());
    }
    bytes.truncate(EVENT_BYTES);
    bytes
}

fn by_position(number: u64) -> Vec<u8> {
    [&b"R\0\0"[..], &(number + 1).to_be_bytes()].concat()
}

fn by_stream(stream: [u8; 16], version: u64) -> Vec<u8> {
    [&b"S"[..], &stream, &version.to_be_bytes()].concat()
}

fn write(tree: &Tree, file: &File, event_at_position: bool) {
    for start in (0..EVENTS).step_by(BATCH as usize) {
        let mut batch = Batch::default();
        for number in start..EVENTS.min(start + BATCH) {
            let (stream, version) = place(number);
            let (position_key, stream_key) = (by_position(number), by_stream(stream, version));
            // What a commit looks up to see that nobody else wrote the stream.
            black_box(tree.get_gt(&stream_key).unwrap());
            if event_at_position {
                batch.insert(stream_key, &position_key[1..]);
                batch.insert(position_key, event(number));
            } else {
                batch.insert(position_key, &stream_key[1..]);
                batch.insert(stream_key, event(number));
            }
        }
        tree.apply_batch(batch).unwrap();
        tree.flush().unwrap();
        file.sync_data().unwrap();
    }
}

fn read_stream(tree: &Tree, stream: [u8; 16], event_at_position: bool) -> usize {
    let entries = tree.scan_prefix(&by_stream(stream, 0)[..17]).map(Result::unwrap);
    let events = entries.map(|(_, value)| {
        if event_at_position { tree.get([b"R", &value[..]].concat()).unwrap().unwrap() } else { value }
    });
    events.map(|event| event.len()).sum()
}

fn follow(tree: &Tree, event_at_position: bool) -> usize {
    let entries = tree.scan_prefix(b"R").take(READS as usize * PER_STREAM as usize).map(Result::unwrap);
    let events = entries.map(|(_, value)| {
        if event_at_position { value } else { tree.get([b"S", &value[..]].concat()).unwrap().unwrap() }
    });
    events.map(|event| event.len()).sum()
}

fn size(path: &Path) -> u64 {
    let entries = fs::read_dir(path).unwrap().map(|entry| entry.unwrap());
    entries
        .map(
            |entry| if entry.path().is_dir() { size(&entry.path()) } else { entry.metadata().unwrap().len() },
        )
        .sum()
}

fn measure(event_at_position: bool) -> Cost {
    let home = tempfile::tempdir().unwrap();
    let open = || {
        sled::Config::new().path(home.path()).cache_capacity(64 << 20).flush_every_ms(None).open().unwrap()
    };
    let db = open();
    let tree = db.open_tree("log").unwrap();
    let file = File::open(home.path().join("db")).unwrap();
    let start = Instant::now();
    write(&tree, &file, event_at_position);
    let written = start.elapsed();
    drop((tree, db));
    let disk = size(home.path());

    let tree = open().open_tree("log").unwrap();
    let start = Instant::now();
    for number in 0..READS {
        let (stream, _) =
            place(number * 37 % (EVENTS / PER_STREAM) / 1_000 * 1_000 * PER_STREAM + number * 37 % 1_000);
        assert_eq!(read_stream(&tree, stream, event_at_position), EVENT_BYTES * PER_STREAM as usize);
    }
    let stream = start.elapsed() / READS as u32;
    let start = Instant::now();
    assert_eq!(follow(&tree, event_at_position), EVENT_BYTES * (READS * PER_STREAM) as usize);
    let follow = start.elapsed() / (READS * PER_STREAM) as u32;
    Cost { written, disk, stream, follow }
}

fn main() {
    println!(
        "{EVENTS} events of {EVENT_BYTES} bytes, {PER_STREAM} a stream, {BATCH} a batch, each batch synced"
    );
    let payload = (EVENTS * EVENT_BYTES as u64) as f64;
    let costs = [("A, by position", true), ("B, by stream", false)].map(|(name, layout)| {
        let cost = measure(layout);
        let rate = EVENTS as f64 / cost.written.as_secs_f64();
        let disk = cost.disk as f64 / payload;
        println!(
            "{name:14} {rate:8.0} events/s, disk {disk:4.2} x payload, one stream {:?}, following {:?} a record",
            cost.stream, cost.follow
        );
        [rate, disk, cost.stream.as_secs_f64(), cost.follow.as_secs_f64()]
    });
    let [rate, disk, stream, follow] = [0, 1, 2, 3].map(|index| costs[1][index] / costs[0][index]);
    println!("B / A: rate {rate:.2}, disk {disk:.2}, one stream {stream:.2}, following {follow:.2}");
}
