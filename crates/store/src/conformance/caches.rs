//! Snapshots and tables (`L4`).

use super::stream;
use crate::{Error, EventLog, MAX_ROW_KEY_BYTES, MAX_VALUE_BYTES, Snapshot, TableWrite};

fn put(key: &[u8], value: &[u8]) -> TableWrite {
    TableWrite::Put(key.to_vec(), value.to_vec())
}

fn snapshot(version: u64, len: usize) -> Snapshot {
    Snapshot { version, bytes: vec![7; len] }
}

/// L4: a stream has one snapshot, the last, however long it and those before it are.
pub(super) fn a_snapshot_replaces_the_one_before(log: &dyn EventLog) {
    assert_eq!(log.snapshot(stream(1)).unwrap(), None);
    for (len, version) in [0, 100, 50_000, 20_000, 10, MAX_VALUE_BYTES].into_iter().zip(1..) {
        log.put_snapshot(stream(1), &snapshot(version, len)).unwrap();
        assert_eq!(log.snapshot(stream(1)).unwrap(), Some(snapshot(version, len)));
    }
    for number in [255, 0, 9] {
        log.put_snapshot(stream(number), &snapshot(u64::from(number), 3)).unwrap();
    }
    let (first, rest) = (log.snapshots(None, 2).unwrap(), log.snapshots(Some(stream(1)), 9).unwrap());
    let streams = first.into_iter().chain(rest).map(|(stream, _)| stream);
    assert!(streams.eq([0, 1, 9, 255].map(stream)));
    let refused = log.put_snapshot(stream(2), &snapshot(1, MAX_VALUE_BYTES + 1));
    assert!(matches!(refused, Err(Error::Malformed(_))));
    assert_eq!(log.snapshot(stream(2)).unwrap(), None);
}

/// L4: a write is applied whole, in order, and to its own table; one that is malformed is not applied at all.
pub(super) fn a_table_is_written_whole(log: &dyn EventLog) {
    let tables = log.tables();
    let delete = |key: &[u8]| TableWrite::Delete(key.to_vec());
    tables
        .write("a", &[put(b"k", b"1"), put(b"l", b"2"), put(b"k", b"3"), delete(b"none"), delete(b"l")])
        .unwrap();
    tables.write("a", &[put(b"", b""), delete(b"m"), put(b"m", b"4")]).unwrap();
    let get = |table, key| tables.get(table, key).unwrap();
    assert_eq!(get("a", b"k"), Some(b"3".to_vec()));
    assert_eq!((get("a", b"l"), get("b", b"k")), (None, None));
    assert_eq!((get("a", b""), get("a", b"m")), (Some(Vec::new()), Some(b"4".to_vec())));
    let (long_key, long_value) = (vec![1; MAX_ROW_KEY_BYTES + 1], vec![1; MAX_VALUE_BYTES + 1]);
    for malformed in [put(&long_key, b"x"), put(b"x", &long_value), delete(&long_key)] {
        let refused = tables.write("a", &[put(b"k", b"9"), malformed]);
        assert!(matches!(refused, Err(Error::Malformed(_))));
    }
    assert_eq!(get("a", b"k"), Some(b"3".to_vec()));
}

/// L4: a scan keeps to its prefix, its start and its limit.
pub(super) fn a_table_is_scanned_by_prefix(log: &dyn EventLog) {
    let tables = log.tables();
    let keys: [&[u8]; 7] = [b"", b"a", b"a\x00", b"ab", b"a\xff", b"b", b"\xff\xff"];
    let writes: Vec<_> = keys.iter().map(|key| put(key, key)).collect();
    tables.write("t", &writes).unwrap();
    let scan = |prefix: &[u8], after: Option<&[u8]>, limit| {
        let rows = tables.scan("t", prefix, after, limit).unwrap();
        assert!(rows.iter().all(|(key, value)| key == value));
        rows.into_iter().map(|(key, _)| key).collect::<Vec<_>>()
    };
    assert_eq!(scan(b"", None, 99), keys);
    assert_eq!(scan(b"a", None, 99), keys[1..5]);
    assert_eq!(scan(b"a", Some(b"a"), 99), keys[2..5]);
    assert_eq!(scan(b"a", Some(b"a"), 2), keys[2..4]);
    assert_eq!(scan(b"a", Some(b""), 1), keys[1..2]);
    assert!(scan(b"a", Some(b"b"), 9).is_empty() && scan(b"c", None, 9).is_empty());
    assert_eq!(scan(b"\xff", None, 9), keys[6..]);
    assert!(scan(b"", None, 0).is_empty());
}

/// L4: a table can be thrown away and filled again, and no other goes with it.
pub(super) fn a_cleared_table_is_empty(log: &dyn EventLog) {
    let tables = log.tables();
    tables.clear("t").unwrap();
    let writes: Vec<_> = (0..500_u16).map(|number| put(&number.to_be_bytes(), b"x")).collect();
    tables.write("t", &writes).unwrap();
    tables.write("u", &writes[..1]).unwrap();
    tables.clear("t").unwrap();
    assert!(tables.scan("t", b"", None, 9).unwrap().is_empty());
    assert_eq!(tables.scan("u", b"", None, 9).unwrap().len(), 1);
    tables.write("t", &writes[3..5]).unwrap();
    assert_eq!(tables.scan("t", b"", None, 9).unwrap().len(), 2);
}

/// L4: rows of any allowed length replace each other without a trace.
pub(super) fn large_rows_are_replaced_and_removed(log: &dyn EventLog) {
    let tables = log.tables();
    let row = |len| put(b"k", &vec![len as u8; len]);
    for len in [MAX_VALUE_BYTES, 7_000, 6 * 1024, 6 * 1024 + 1, 0, 40_000] {
        tables.write("t", &[row(len)]).unwrap();
        assert_eq!(tables.scan("t", b"", None, 9).unwrap(), [(b"k".to_vec(), vec![len as u8; len])]);
    }
    tables.write("t", &[row(30_000), TableWrite::Delete(b"k".to_vec()), row(7_000)]).unwrap();
    assert_eq!(tables.get("t", b"k").unwrap().map(|value| value.len()), Some(7_000));
    tables.write("t", &[TableWrite::Delete(b"k".to_vec())]).unwrap();
    assert!(tables.scan("t", b"", None, 9).unwrap().is_empty());
    assert_eq!(tables.get("t", b"k").unwrap(), None);
}
