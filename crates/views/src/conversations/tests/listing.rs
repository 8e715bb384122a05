//! Pages: what is on them, where they end, and that they are all of the list.

use super::super::list::VISITED_MAX;
use super::support::*;
use crate::conversations::Conversations;
use crate::{Filter, PageCursor};
use domain::ConversationId;
use domain::channel::Mode;
use domain::conversation::ClosedState;
use std::sync::Arc;
use store::EventLog;

fn ids(log: &dyn EventLog, numbers: impl IntoIterator<Item = u16>) -> Vec<ConversationId> {
    numbers.into_iter().map(|number| id(log, number)).collect()
}

fn open_some(log: &dyn EventLog, numbers: impl IntoIterator<Item = u16>) {
    for number in numbers {
        commit(log, id(log, number), at(number), [opened("web", Mode::Chat), asked()]);
    }
}

#[test]
fn pages_cover_every_conversation_once_while_new_ones_arrive() {
    on_every_log(|log| {
        open_some(&*log, 100..110);
        let view = Conversations::open(Arc::clone(&log)).unwrap();
        view.catch_up().unwrap();
        let (mut seen, mut cursor, mut next_number) = (Vec::new(), None, 200);
        loop {
            let page = view.list(&Filter::default(), cursor.as_ref(), 3).unwrap();
            seen.extend(page.rows.iter().map(|row| row.id));
            open_some(&*log, [next_number]);
            view.catch_up().unwrap();
            next_number += 1;
            let Some(next) = page.next else { break };
            cursor = Some(PageCursor::parse(&next.to_string()).unwrap());
        }
        assert_eq!(seen, ids(&*log, (100..110).rev()), "newest first, and none that came later");
    });
}

#[test]
fn a_page_that_is_just_full_and_has_all_is_the_last() {
    on_every_log(|log| {
        let view = Conversations::open(Arc::clone(&log)).unwrap();
        assert_eq!(view.list(&Filter::default(), None, 5).unwrap(), crate::Page::default());
        open_some(&*log, 0..4);
        view.catch_up().unwrap();
        let page = |limit| view.list(&Filter::default(), None, limit).unwrap();
        assert_eq!((page(4).rows.len(), page(4).next), (4, None));
        assert_eq!((page(0).rows.len(), page(0).next.is_some()), (1, true));
    });
}

#[test]
fn a_conversation_is_found_by_what_it_is_now_and_not_by_what_it_was() {
    on_every_log(|log| {
        open_some(&*log, 0..4);
        commit(&*log, id(&*log, 4), at(4), [opened("sms", Mode::Messaging)]);
        let view = Conversations::open(Arc::clone(&log)).unwrap();
        view.catch_up().unwrap();
        commit(&*log, id(&*log, 1), at(9), [joined("ann", true), answered("ann")]);
        commit(&*log, id(&*log, 4), at(9), [joined("ann", true), joined("bob", false)]);
        commit(&*log, id(&*log, 3), at(9), [closed(ClosedState::Abandoned)]);
        view.catch_up().unwrap();
        let found = |state: Option<&str>, on: Option<&str>, who: Option<&str>| {
            let (state, channel) = (state.map(str::to_owned), on.map(channel));
            let page = view.list(&Filter { state, channel, agent: who.map(agent) }, None, 9).unwrap();
            assert_eq!(page.next, None);
            page.rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
        };
        assert_eq!(found(Some("new"), None, None), ids(&*log, [2, 0]));
        assert_eq!(found(Some("work_in_progress"), None, None), ids(&*log, [4, 1]));
        assert_eq!(found(Some("closed_abandoned"), Some("web"), None), ids(&*log, [3]));
        assert_eq!(found(None, Some("web"), None), ids(&*log, [3, 2, 1, 0]));
        assert_eq!(found(None, None, Some("ann")), ids(&*log, [4, 1]));
        assert_eq!(found(Some("work_in_progress"), Some("sms"), Some("ann")), ids(&*log, [4]));
        assert_eq!(found(None, None, Some("bob")), [], "who takes part does not have it");
        for unheard_of in ["closed", "", "new\0", "new\0\u{1}"] {
            assert_eq!(found(Some(unheard_of), None, None), []);
        }
    });
}

/// X1: two indexes that have much alone and nothing in common.
#[test]
fn a_call_ends_after_a_bounded_number_of_rows_and_the_next_goes_on() {
    let log = memory(1);
    let many = u16::try_from(VISITED_MAX).unwrap() + 10;
    for number in 0..many {
        let on = if number == 0 { "sms" } else { "web" };
        commit(&*log, id(&*log, number), at(number), [opened(on, Mode::Messaging), joined("ann", true)]);
    }
    let view = Conversations::open(Arc::clone(&log)).unwrap();
    view.catch_up().unwrap();
    let filter = Filter { channel: Some(channel("sms")), agent: Some(agent("ann")), state: None };
    let first = view.list(&filter, None, 5).unwrap();
    assert!(first.rows.is_empty());
    let second = view.list(&filter, first.next.as_ref(), 5).unwrap();
    assert_eq!(second.rows.iter().map(|row| row.id).collect::<Vec<_>>(), ids(&*log, [0]));
    assert_eq!(second.next, None);
}

#[test]
fn all_rows_are_read_in_pages_too() {
    on_every_log(|log| {
        open_some(&*log, 0..5);
        let view = Conversations::open(Arc::clone(&log)).unwrap();
        view.catch_up().unwrap();
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let rows = view.rows(after, 2).unwrap();
            seen.extend(rows.iter().map(|row| row.id));
            after = rows.last().map(|row| row.id);
            if after.is_none() {
                break;
            }
        }
        assert_eq!(seen, ids(&*log, (0..5).rev()));
    });
}

#[test]
fn a_cursor_is_read_only_as_it_was_written() {
    let log = memory(1);
    open_some(&*log, 0..2);
    let view = Conversations::open(Arc::clone(&log)).unwrap();
    view.catch_up().unwrap();
    let cursor = view.list(&Filter::default(), None, 1).unwrap().next.unwrap();
    let text = cursor.to_string();
    assert_eq!(PageCursor::parse(&text), Some(cursor));
    let id = id(&*log, 1).to_string();
    for other in ["", "c1", &text[1..], &text.to_uppercase(), &format!("c1{id}"), &format!("{text}0"), "c1ä"]
    {
        assert_eq!(PageCursor::parse(other), None, "{other}");
    }
}
