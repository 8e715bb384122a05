//! MSG-2 to MSG-8: histories follow from the facts alone, whoever folds them and however often that is interrupted.

use super::Histories;
use crate::Conversations;
use crate::conversations::tests::support::*;
use domain::channel::Mode;
use domain::contact::{ContactEvent, Grounds, Notification, WhyProfile, WindowClosing};
use domain::conversation::ConversationEvent;
use domain::{AgentId, ContactId, ConversationId, Event, MessageId, Personal, UserId};
use proptest::prelude::*;
use std::sync::Arc;
use store::{EventLog, PartitionId, Position};
use uuid::Uuid;

/// The contact of all conversations of the support.
const CONTACT: ContactId = ContactId([1; 16]);

fn window(number: u8) -> Uuid {
    Uuid::from_u128(number.into())
}

fn contact(log: &dyn EventLog, event: ContactEvent) {
    commit_bytes(log, PartitionId(0), CONTACT.0, vec![encoded(at(0), Event::Contact(event))]);
}

fn notified() -> ContactEvent {
    let (id, text) = (MessageId(window(9)), Personal::new("Your parcel is here.".to_owned()));
    ContactEvent::NotificationSent(Notification { id, text, link: None, from: None })
}

fn user(name: &str) -> UserId {
    UserId::new(name).unwrap()
}

/// The requester turns out to be somebody, by their PIN.
fn becomes(from: Option<&str>, to: &str) -> ContactEvent {
    let (from, to) = (from.map(user), user(to));
    ContactEvent::ProfileReassociated { profile: 1, from, to, grounds: Grounds::Pin }
}

/// The conversations of a story are all in one partition, because they are of one contact.
fn conversation(number: u8) -> ConversationId {
    ConversationId::new(0, START + i64::from(number), 0)
}

fn say(log: &dyn EventLog, number: u8, event: ConversationEvent) {
    commit(log, conversation(number), at(1), [event]);
}

fn folded(log: &Arc<dyn EventLog>) -> Conversations {
    let view = Conversations::open(Arc::clone(log)).unwrap();
    view.catch_up().unwrap();
    view
}

/// Folds the whole log anew in memory, and holds the rows against that.
#[track_caller]
fn check(log: &dyn EventLog, view: &Conversations) {
    let mut histories = Histories::new(log.identity());
    for record in log.read_partition(PartitionId(0), Position(0), usize::MAX).unwrap() {
        for append in &record.appends {
            for (bytes, version) in append.events.iter().zip(append.first..) {
                histories.add(append.stream.0, version, &codec::decode(bytes).unwrap().event).unwrap();
            }
        }
        histories.keep().unwrap();
    }
    assert_eq!(view.compare_histories(&histories).unwrap().1, Vec::<String>::new());
    let of_each: u64 = view.unread_of_each(CONTACT, 100).unwrap().iter().map(|(_, unread)| unread).sum();
    assert_eq!(of_each, view.reading(CONTACT).unwrap().total());
}

/// MSG-4, MSG-8: one counter over all conversations, open and closed, and notifications beside them.
#[test]
fn unread_spans_conversations_and_notifications() {
    on_every_log(|log| {
        for number in [1, 2] {
            say(&*log, number, opened("web", Mode::Messaging));
            say(&*log, number, joined("ann", true));
            (0..number).for_each(|_| say(&*log, number, answered("ann")));
            say(&*log, number, closed(domain::conversation::ClosedState::Complete));
        }
        contact(&*log, notified());
        let view = folded(&log);
        let first = view.first_unread(CONTACT).unwrap().unwrap();
        assert_eq!((first.conversation, first.fact.version), (Some(conversation(1)), 3));
        let of_each = view.unread_of_each(CONTACT, 9).unwrap();
        assert_eq!(of_each.len(), 3);
        for expected in [(None, 1), (Some(conversation(1)), 1), (Some(conversation(2)), 2)] {
            assert!(of_each.contains(&expected), "{of_each:?}");
        }
        assert_eq!(view.unread_of(CONTACT, conversation(2)).unwrap(), 2);
        contact(&*log, ContactEvent::WindowOpened { window: window(1) });
        contact(&*log, ContactEvent::WindowClosed { window: window(1), why: WindowClosing::Requester });
        contact(&*log, ContactEvent::WindowOpened { window: window(2) });
        view.catch_up().unwrap();
        assert_eq!(view.unread_of_each(CONTACT, 9).unwrap(), []);
        assert_eq!(view.first_unread(CONTACT).unwrap(), None);
        check(&*log, &view);
    });
}

/// MSG-5, MSG-7: the page, the separator, and what is above and below.
#[test]
fn a_window_says_where_the_separator_is_and_how_much_is_above_and_below() {
    let log = memory(1);
    say(&*log, 1, opened("web", Mode::Messaging));
    let page = |view: &Conversations| {
        view.catch_up().unwrap();
        let page = view.window_page(CONTACT, window(1)).unwrap().unwrap();
        let numbers =
            page.items.first().map(|item| item.number).zip(page.items.last().map(|item| item.number));
        (numbers, page.separator, page.above, page.below, page.total)
    };
    let view = folded(&log);
    // Two are read, and of 70 more 20 are above the newest 50. The opening is an item too.
    (0..2).for_each(|_| say(&*log, 1, answered("ann")));
    for _ in 0..2 {
        contact(&*log, ContactEvent::WindowOpened { window: window(1) });
        contact(&*log, ContactEvent::WindowClosed { window: window(1), why: WindowClosing::Requester });
    }
    (0..70).for_each(|_| say(&*log, 1, answered("ann")));
    contact(&*log, ContactEvent::WindowOpened { window: window(1) });
    assert_eq!(page(&view), (Some((24, 73)), Some(24), 20, 0, 70));
    contact(&*log, ContactEvent::WindowPaged { window: window(1) });
    assert_eq!(page(&view), (Some((1, 23)), Some(4), 0, 50, 70));
    // What comes now is shown live.
    say(&*log, 1, answered("ann"));
    contact(&*log, ContactEvent::WindowPaged { window: window(1) });
    assert_eq!(page(&view), (None, Some(4), 0, 70, 70));
    contact(&*log, ContactEvent::WindowClosed { window: window(1), why: WindowClosing::TimedOut });
    view.catch_up().unwrap();
    assert_eq!(view.window_page(CONTACT, window(1)).unwrap(), None);
    check(&*log, &view);
}

/// ID-9: whoever has the number now sees and counts nothing of before, of whatever conversation it was.
#[test]
fn another_holder_begins_with_nothing_and_a_guest_who_becomes_known_keeps_everything() {
    on_every_log(|log| {
        let ann = AgentId::new("ann").unwrap();
        for begun in [becomes(Some("ada"), "bea"), ContactEvent::ProfileDeactivated { profile: 1, by: ann }] {
            for number in [1, 2] {
                say(&*log, number, opened("web", Mode::Messaging));
                say(&*log, number, joined("ann", true));
                (0..60).for_each(|_| say(&*log, number, answered("ann")));
            }
            contact(&*log, notified());
            contact(&*log, becomes(None, "ada"));
            contact(&*log, becomes(Some("ada"), "ada"));
            let view = folded(&log);
            let before = view.reading(CONTACT).unwrap();
            assert_eq!(before.total(), 121);
            contact(&*log, begun);
            view.catch_up().unwrap();
            assert_eq!(view.reading(CONTACT).unwrap().total(), 0);
            assert_eq!(view.first_unread(CONTACT).unwrap(), None);
            assert_eq!(view.unread_of_each(CONTACT, 9).unwrap(), []);
            assert_eq!(view.unread_of(CONTACT, conversation(1)).unwrap(), 0);
            say(&*log, 2, answered("ann"));
            contact(&*log, ContactEvent::WindowOpened { window: window(1) });
            view.catch_up().unwrap();
            let page = view.window_page(CONTACT, window(1)).unwrap().unwrap();
            assert_eq!((page.items.len(), page.above, page.total), (1, 0, 1));
            assert_eq!(page.separator, Some(before.items + 1));
            contact(&*log, ContactEvent::WindowPaged { window: window(1) });
            view.catch_up().unwrap();
            assert_eq!(view.window_page(CONTACT, window(1)).unwrap().unwrap().items, []);
            check(&*log, &view);
            contact(&*log, ContactEvent::WindowClosed { window: window(1), why: WindowClosing::Requester });
            contact(&*log, ContactEvent::WindowOpened { window: window(1) });
            contact(&*log, ContactEvent::WindowClosed { window: window(1), why: WindowClosing::Requester });
        }
    });
}

/// MSG-23
#[test]
fn earlier_conversations_come_newest_first() {
    let log = memory(1);
    (1..=4).for_each(|number| say(&*log, number, opened("web", Mode::Messaging)));
    let view = folded(&log);
    let before =
        |number, limit| view.conversations_before(CONTACT, conversation(number), true, limit).unwrap();
    assert_eq!(before(4, 2), [conversation(3), conversation(2)]);
    assert_eq!(before(2, 9), [conversation(1)]);
    assert_eq!(before(1, 9), []);
}

/// Opens a conversation for a user, together with what makes the number theirs, which stands behind it in the log.
fn begins(log: &dyn EventLog, number: u8, name: Option<&str>, profile: Option<u32>) {
    let mut opening = opened("sms", Mode::Messaging);
    let ConversationEvent::Opened { user: opened_for, .. } = &mut opening else { panic!() };
    *opened_for = name.map(user);
    let of_contact = profile.map(|profile| {
        let why = WhyProfile::Agent;
        encoded(at(0), Event::Contact(ContactEvent::ProfileCreated { profile, user: name.map(user), why }))
    });
    let opening = (conversation(number).to_bytes(), vec![encoded(at(0), Event::Conversation(opening))]);
    let of_contact = of_contact.map(|bytes| (CONTACT.0, vec![bytes]));
    commit_together(log, PartitionId(0), std::iter::once(opening).chain(of_contact));
}

fn reassociated(from: Option<&str>, to: &str) -> ContactEvent {
    ContactEvent::ProfileReassociated {
        profile: 1,
        from: from.map(user),
        to: user(to),
        grounds: Grounds::Pin,
    }
}

/// ID-9, PRO-4: a guest's are the user's who the guest turns out to be; another holder has none of them, and whoever has
/// the number again has their own again.
#[test]
fn earlier_conversations_stay_with_the_holder_of_their_time() {
    on_every_log(|log| {
        begins(&*log, 1, None, Some(1));
        contact(&*log, reassociated(None, "ada"));
        begins(&*log, 2, Some("ada"), None);
        begins(&*log, 3, Some("bea"), Some(2));
        begins(&*log, 4, Some("bea"), None);
        contact(&*log, reassociated(Some("bea"), "ada"));
        begins(&*log, 5, Some("ada"), None);
        // Somebody who is locked is a guest, whoever has the number.
        begins(&*log, 6, None, None);
        let view = folded(&log);
        let before = |number| view.conversations_before(CONTACT, conversation(number), true, 9).unwrap();
        assert_eq!(before(2), [conversation(1)]);
        assert_eq!(before(3), []);
        assert_eq!(before(4), [conversation(3)]);
        assert_eq!(before(5), [conversation(2)]);
        assert_eq!(before(6), []);
        check(&*log, &view);
    });
}

/// ID-9, MSG-23: what goes on with another address of the company passes to the number's next holder as well, and nobody
/// who looks on from a conversation of the earlier one finds it.
#[test]
fn what_goes_on_with_another_address_passes_to_the_next_holder() {
    let ann = AgentId::new("ann").unwrap();
    let [confirmed, taken] = [true, false];
    for how in [confirmed, taken] {
        let log = memory(1);
        begins(&*log, 1, Some("ada"), Some(1));
        begins(&*log, 2, Some("ada"), None);
        for (number, company) in [(1, "+12025550100"), (2, "+12025550101")] {
            let company = domain::Address::e164(company).unwrap();
            contact(
                &*log,
                ContactEvent::ConversationActivated {
                    company,
                    conversation: conversation(number),
                    by_agent: false,
                },
            );
        }
        contact(&*log, reassociated(Some("ada"), "ada"));
        // Somebody's who is certainly Ada, on another channel.
        let of_another = ContactId([9; 16]);
        begins(&*log, 3, Some("ada"), None);
        let before = |contact, number| {
            folded(&log).conversations_before(contact, conversation(number), true, 9).unwrap()
        };
        assert_eq!(before(of_another, 3), [conversation(2), conversation(1)]);
        if how == confirmed {
            contact(&*log, reassociated(Some("ada"), "bea"));
        } else {
            contact(&*log, ContactEvent::ProfileDeactivated { profile: 1, by: ann.clone() });
            let why = WhyProfile::Agent;
            contact(&*log, ContactEvent::ProfileCreated { profile: 2, user: Some(user("bea")), why });
        }
        assert_eq!(before(of_another, 3), []);
        begins(&*log, 4, Some("bea"), None);
        assert_eq!(before(CONTACT, 4), [conversation(2), conversation(1)]);
        let is_certain = before(of_another, 4) == [conversation(2), conversation(1)];
        assert_eq!(is_certain, how == confirmed);
        check(&*log, &folded(&log));
    }
}

/// OMN-6: a conversation that goes on for whom a number is taken for is certain once the number is, and one that was over
/// is not.
#[test]
fn what_goes_on_while_its_requester_is_confirmed_is_certain() {
    let log = memory(1);
    let company = domain::Address::e164("+12025550100").unwrap();
    begins(&*log, 1, Some("ada"), Some(1));
    begins(&*log, 2, Some("ada"), None);
    contact(
        &*log,
        ContactEvent::ConversationActivated { company, conversation: conversation(2), by_agent: false },
    );
    contact(&*log, reassociated(Some("ada"), "ada"));
    begins(&*log, 3, Some("ada"), None);
    let view = folded(&log);
    let of_another = ContactId([9; 16]);
    let before = |contact| view.conversations_before(contact, conversation(3), true, 9).unwrap();
    assert_eq!(before(of_another), [conversation(2)]);
    assert_eq!(before(CONTACT), [conversation(2), conversation(1)]);
    check(&*log, &view);
}

#[derive(Clone, Debug)]
enum Deed {
    Say(u8, ConversationEvent),
    Contact(ContactEvent),
    /// The process that folds is another one from here on.
    Restart,
    CatchUp,
}

fn deed() -> impl Strategy<Value = Deed> {
    let number = || 1..3_u8;
    let id = || number().prop_map(window);
    prop_oneof![
        4 => (number(), any_fact()).prop_map(|(number, fact)| Deed::Say(number, fact)),
        4 => number().prop_map(|number| Deed::Say(number, answered("ann"))),
        2 => id().prop_map(|window| Deed::Contact(ContactEvent::WindowOpened { window })),
        1 => id().prop_map(|window| Deed::Contact(ContactEvent::WindowPaged { window })),
        2 => id().prop_map(|window| {
            Deed::Contact(ContactEvent::WindowClosed { window, why: WindowClosing::Requester })
        }),
        1 => id().prop_map(|window| Deed::Contact(ContactEvent::WindowRenewed { window })),
        1 => id().prop_map(|window| {
            Deed::Contact(ContactEvent::WindowClosed { window, why: WindowClosing::TimedOut })
        }),
        1 => Just(Deed::Contact(notified())),
        1 => Just(Deed::Contact(becomes(Some("ada"), "bea"))),
        1 => (0..3_u32).prop_map(|profile| {
            let user = (profile > 0).then(|| user("u-1"));
            Deed::Contact(ContactEvent::ProfileCreated { profile, user, why: WhyProfile::NoMatch })
        }),
        1 => any::<bool>().prop_map(|known| {
            Deed::Contact(reassociated(known.then_some("u-1"), if known { "u-2" } else { "u-1" }))
        }),
        1 => Just(Deed::Restart),
        1 => Just(Deed::CatchUp),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// L4, MSG-8: whatever happened, and wherever folding was interrupted, the rows are those of the log.
    #[test]
    fn the_rows_are_those_that_the_log_leads_to(deeds in prop::collection::vec(deed(), 0..60)) {
        for partitions in [1, 3] {
            let log = memory(partitions);
            say(&*log, 1, opened("web", Mode::Messaging));
            say(&*log, 2, opened("web", Mode::Chat));
            let mut view = folded(&log);
            for deed in &deeds {
                match deed.clone() {
                    Deed::Say(number, fact) => say(&*log, number, fact),
                    Deed::Contact(event) => contact(&*log, event),
                    Deed::Restart => view = Conversations::open(Arc::clone(&log)).unwrap(),
                    Deed::CatchUp => drop(view.catch_up().unwrap()),
                }
            }
            view.catch_up().unwrap();
            check(&*log, &view);
            view.rebuild().unwrap();
            check(&*log, &view);
        }
    }
}
