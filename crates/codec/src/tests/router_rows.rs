//! The router's state as rows, and back.

use super::arbitrary::router::event;
use super::properties::flipped;
use super::samples::router::{ITEM, queue};
use super::samples::router_rows::rows;
use super::samples::{AT, CONTACT, agent};
use crate::sealed::seal;
use crate::snapshot::{RouterRow, agent_key, core_key, item_key, served_key, waits_key};
use crate::snapshot::{router_core, router_rows, router_state};
use crate::{Error, snapshot};
use domain::router::{RouterEvent, State};
use domain::routing::WorkItemId;
use domain::{ContactId, Seconds};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use std::collections::BTreeSet;

/// A state to which facts led that came one after the other, some of them weeks apart. Each item has a number of
/// its own, as the router gives them.
fn state() -> impl Strategy<Value = State> {
    let span = prop_oneof![4 => 0..100_u32, 1 => 0..40 * 86_400_u32].prop_map(Seconds);
    vec((span, event()), 0..60).prop_map(|facts| {
        let (mut state, mut at) = (State::default(), AT);
        for (span, mut fact) in facts {
            at = at.plus(span);
            if let RouterEvent::ItemCreated { item, .. } = &mut fact {
                *item = WorkItemId(state.last_item + 1);
            }
            state.apply(at, &fact);
        }
        state
    })
}

fn stored(rows: &[RouterRow]) -> Vec<RouterRow> {
    rows.iter().map(|row| RouterRow::decode(&row.encode()).unwrap()).collect()
}

proptest! {
    /// L4
    #[test]
    fn the_rows_of_a_state_are_the_state_in_whatever_order_they_come(state in state(), by in any::<Index>()) {
        let rows = router_rows(&state);
        let mut stored = stored(&rows);
        prop_assert_eq!(&stored, &rows);
        stored.rotate_left(by.index(rows.len()));
        prop_assert_eq!(router_state(stored), Some(state));
    }

    #[test]
    fn each_row_has_a_key_of_its_own(state in state()) {
        let rows = router_rows(&state);
        let keys: BTreeSet<_> = rows.iter().map(RouterRow::key).collect();
        prop_assert_eq!(keys.len(), rows.len());
        prop_assert!(keys.iter().all(|key| key.len() <= 65));
    }

    #[test]
    fn a_row_with_a_flipped_bit_is_refused(row in any::<Index>(), at in any::<Index>()) {
        prop_assert!(RouterRow::decode(&flipped(row.get(&rows()).encode(), at)).is_err());
    }

    #[test]
    fn no_bytes_make_reading_a_row_panic(body in vec(prop_oneof![0..4_u8, any::<u8>()], 0..256)) {
        prop_assert!(RouterRow::decode(&body).is_err());
        let refused = |error: Error| ["payload", "unknown_number"].contains(&error.code());
        prop_assert!(RouterRow::decode(&seal(0x51, &body)).map_or_else(refused, |_| true));
    }
}

/// Whoever deletes a row has to find it.
#[test]
fn a_key_says_what_the_row_is_about() {
    assert_eq!(core_key(), [1]);
    assert_eq!(item_key(ITEM), [2, 0, 0, 0, 0, 0, 1, 0x11, 0x70]);
    assert_eq!(agent_key(&agent("ann.lee")), b"\x03ann.lee");
    assert_eq!(waits_key(&queue("billing")), b"\x04billing");
    assert_eq!(served_key(CONTACT), [&[5][..], &[0xab; 16]].concat());
    let keys: Vec<_> = rows().iter().map(RouterRow::key).collect();
    assert_eq!(keys.first(), Some(&core_key()));
    assert!(keys.is_sorted() && keys.contains(&item_key(ITEM)));
    let last = [agent_key(&agent("ann.lee")), waits_key(&queue("billing")), served_key(CONTACT)];
    assert!(keys.ends_with(&last));
}

/// What follows from other rows could contradict them if it were written.
#[test]
fn what_an_agent_has_is_told_by_the_items_alone() {
    let state = router_state(rows()).unwrap();
    let ann = agent("ann.lee");
    let of_ann: Vec<_> = state.items.values().filter(|item| item.agent() == Some(&ann)).collect();
    assert_eq!(state.agents[&ann].items, of_ann.iter().map(|item| item.id).collect());
    assert_eq!(of_ann.len(), 6, "asked twice, accepted four times");
    let misled = RouterRow::Agent(ann.clone(), state.agents[&ann].clone());
    let bare = RouterRow::decode(&misled.encode()).unwrap();
    assert!(matches!(bare, RouterRow::Agent(_, agent) if agent.items.is_empty()));
    let without_items = rows().into_iter().filter(|row| !matches!(row, RouterRow::Item(_)));
    let idle = router_state(without_items.chain([misled])).unwrap();
    assert!(idle.agents[&ann].items.is_empty() && idle.conversations.is_empty());
}

/// L4
#[test]
fn rows_that_do_not_make_a_state_are_told_from_an_empty_state() {
    assert_eq!(router_state(router_rows(&State::default())), Some(State::default()));
    assert_eq!(router_state([]), None);
    let without = |key: &[u8]| rows().into_iter().filter(|row| row.key() != key).collect::<Vec<_>>();
    assert_eq!(router_state(without(&core_key())), None);
    assert_eq!(router_state(without(&agent_key(&agent("ann.lee")))), None, "who has items");
}

/// AFF-1
#[test]
fn a_row_that_was_left_behind_when_it_was_forgotten_is_forgotten_again() {
    let served = |contact, days: u32| {
        let at = AT.plus(Seconds(days * 86_400));
        RouterRow::Served(ContactId([contact; 16]), agent("ann.lee"), at)
    };
    let rows = [router_core(&State::default()), served(3, 32), served(1, 0), served(2, 31)];
    let state = router_state(rows).unwrap();
    let remembered: Vec<_> = state.served.iter().map(|(contact, _, _)| contact.0[0]).collect();
    assert_eq!(remembered, [2, 3]);
}

#[test]
fn a_row_is_no_other_kind_of_state() {
    let bytes = rows()[0].encode();
    assert_eq!(snapshot::decode_contact(&bytes), Err(Error::Format { found: 0x51, expected: 0x25 }));
    assert_eq!(RouterRow::decode(&bytes[..bytes.len() - 1]), Err(Error::Checksum));
    assert_eq!(RouterRow::decode(&[]), Err(Error::Truncated));
}
