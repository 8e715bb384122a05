//! What is missed, by script: what happens at which second, and what is due after it.

use super::*;
use crate::contact::{Device, Grounds};
use crate::{Content, Message, MessageId, UserId};

const PACE: Pace = Pace { push_after: Seconds(60), digest_after: Some(Seconds(900)) };
const TALK: [u8; 16] = [1; 16];
const OTHER: [u8; 16] = [2; 16];

/// A contact and the second that it is.
#[derive(Default)]
struct Story(Missed, i64);

impl Story {
    fn with_device() -> Self {
        Self::default().contact(registered("phone"))
    }

    fn known() -> Self {
        Self::default().contact(ContactEvent::SignedIn)
    }

    fn at(mut self, second: i64) -> Self {
        self.1 = second;
        self
    }

    fn contact(mut self, event: ContactEvent) -> Self {
        let (version, at) = (self.0.version + 1, Timestamp(self.1 * 1000));
        self.0.contact(&event, (version, at), true, PACE);
        self
    }

    fn item(mut self, stream: [u8; 16], version: u64) -> Self {
        let agent = Some(AgentId::new("ann").unwrap());
        let item = Item { fact: EventRef { stream, version }, at: Timestamp(self.1 * 1000), agent };
        self.0.arrived(item, PACE);
        self
    }

    fn opened(self, window: u128) -> Self {
        self.contact(ContactEvent::WindowOpened { window: Uuid::from_u128(window) })
    }

    fn closed(self, window: u128, why: WindowClosing) -> Self {
        self.contact(ContactEvent::WindowClosed { window: Uuid::from_u128(window), why })
    }

    /// The second at which a push is due, with how many items.
    fn push(&self) -> Option<(i64, usize)> {
        Some((self.0.push_due?.0 / 1000, self.0.items.len()))
    }

    /// The second at which a digest is due, with how many items of each conversation.
    fn digest(&self) -> Option<(i64, Vec<u32>)> {
        Some((self.0.digest_due?.0 / 1000, self.0.missed.iter().map(|part| part.count).collect()))
    }
}

fn registered(name: &str) -> ContactEvent {
    let id = DeviceId::new(name).unwrap();
    ContactEvent::DeviceRegistered(Device::new(id, "fcm", "t-1".to_owned(), None).unwrap())
}

fn pushed(items: &[(u64, [u8; 16])]) -> ContactEvent {
    let items = items.iter().map(|(version, stream)| EventRef { stream: *stream, version: *version });
    ContactEvent::PushDue(PushBatch { devices: Vec::new(), items: items.collect(), more: 0 })
}

fn digested(story: &Story) -> ContactEvent {
    ContactEvent::DigestDue(story.0.digest_batch())
}

/// MSG-11
#[test]
fn the_first_item_arms_the_push_and_what_follows_goes_with_it() {
    let story = Story::with_device().at(10).item(TALK, 3).at(40).item(OTHER, 7);
    assert_eq!(story.push(), Some((70, 2)));
    let story = story.at(69).item(TALK, 4).at(70).contact(pushed(&[(3, TALK), (7, OTHER)]));
    assert_eq!(story.push(), Some((129, 1)), "what came meanwhile is the next batch");
    assert_eq!(story.contact(pushed(&[(4, TALK)])).push(), None);
}

/// MSG-11, MSG-7
#[test]
fn what_a_window_shows_is_not_pushed() {
    let story = Story::with_device().item(TALK, 3).at(30).opened(1);
    assert_eq!(story.push(), None, "shown in time");
    let story = story.at(40).item(TALK, 4).at(50).closed(1, WindowClosing::Requester);
    assert_eq!(story.push(), None, "shown live");
    assert_eq!(story.at(60).item(TALK, 5).push(), Some((120, 1)));
}

/// MSG-7, MSG-11
#[test]
fn what_came_to_a_vanished_client_is_pushed_when_that_is_noticed() {
    let renewed = ContactEvent::WindowRenewed { window: Uuid::from_u128(1) };
    let story = Story::with_device().opened(1).item(TALK, 3).contact(renewed).at(70).item(TALK, 4);
    assert_eq!(story.at(120).closed(1, WindowClosing::TimedOut).push(), Some((180, 1)));
    let two = Story::with_device().opened(1).opened(2).at(5).item(TALK, 3).closed(1, WindowClosing::TimedOut);
    assert_eq!(two.push(), None, "another window is still open");
    assert_eq!(two.closed(2, WindowClosing::TimedOut).push(), Some((65, 1)));
}

/// MSG-11
#[test]
fn without_a_device_nothing_is_pushed() {
    assert_eq!(Story::default().item(TALK, 3).push(), None);
    let removed = ContactEvent::DeviceRemoved { device: DeviceId::new("phone").unwrap() };
    let story = Story::with_device().item(TALK, 3).contact(removed);
    assert_eq!((story.push(), story.0.is_nothing()), (None, true));
}

/// X1
#[test]
fn a_push_names_the_newest_items_and_counts_the_others() {
    let story = (1..=103).fold(Story::with_device(), |story, version| story.item(TALK, version));
    assert_eq!((story.push(), story.0.more), (Some((60, 100)), 3));
    assert_eq!(story.0.items.first().map(|item| item.fact.version), Some(4));
    let story = story.contact(pushed(&[(103, TALK)]));
    assert_eq!((story.push(), story.0.more), (None, 0));
}

/// MSG-13
#[test]
fn a_digest_waits_for_the_first_missed_item_and_says_each_conversation() {
    let story = Story::known().at(10).item(TALK, 3).at(500).item(OTHER, 7).item(TALK, 4);
    assert_eq!(story.digest(), Some((910, vec![2, 1])));
    let part = &story.0.missed[0];
    assert_eq!((part.first_at, part.last_at), (Timestamp(10_000), Timestamp(500_000)));
    assert_eq!(story.push(), None, "there is no device");
}

/// MSG-13
#[test]
fn there_is_one_digest_for_each_absence() {
    let story = Story::known().item(TALK, 3);
    let digest = digested(&story);
    let story = story.at(900).contact(digest).at(950).item(TALK, 4);
    assert_eq!(story.digest(), None, "they were told, and have not been here since");
    let story = story.opened(1).closed(1, WindowClosing::Requester).at(1000).item(TALK, 5);
    assert_eq!(story.digest(), Some((1900, vec![1])));
}

/// MSG-13
#[test]
fn whoever_opens_a_window_in_time_gets_no_digest_and_whoever_writes_gets_it_later() {
    assert_eq!(Story::known().item(TALK, 3).at(899).opened(1).digest(), None);
    let mut story = Story::known().item(TALK, 3);
    story.0.wrote(Timestamp(300_000), PACE);
    assert_eq!(story.digest(), Some((1200, vec![1])));
}

/// MSG-13
#[test]
fn a_guest_gets_no_digest_until_an_agent_confirms_who_they_are() {
    assert_eq!(Story::with_device().item(TALK, 3).digest(), None);
    let reassociated = ContactEvent::ProfileReassociated {
        profile: 1,
        from: None,
        to: UserId::new("u-1").unwrap(),
        grounds: Grounds::Pin,
    };
    let story = Story::default().contact(reassociated).item(TALK, 3);
    assert_eq!(story.digest(), Some((900, vec![1])));
    let taken = ContactEvent::ProfileDeactivated { profile: 1, by: AgentId::new("ann").unwrap() };
    assert_eq!(story.contact(taken).digest(), None, "the number is somebody else's now");
}

/// MSG-13
#[test]
fn digests_come_when_they_are_wished_for_or_never() {
    let wished = |wish| Story::known().contact(ContactEvent::DigestWished { wish }).item(TALK, 3).digest();
    assert_eq!(wished(DigestWish::Never), None);
    assert_eq!(wished(DigestWish::After(Seconds(7200))), Some((7200, vec![1])));
    assert_eq!(wished(DigestWish::Usual), Some((900, vec![1])));
    let never = ContactEvent::DigestWished { wish: DigestWish::Never };
    assert_eq!(Story::known().item(TALK, 3).contact(never).digest(), None, "what waits is let go");
}

/// MSG-12
#[test]
fn words_are_told_of_and_of_system_messages_the_idle_reminder_alone() {
    let content = Content::new("Hi".to_owned(), Vec::new(), [].into()).unwrap();
    let message = Message { id: MessageId(Uuid::from_u128(1)), content };
    let agent = AgentId::new("ann").unwrap();
    let (requester_text, agent_text) = ("Still there?".to_owned(), String::new());
    let due = Timestamp(0);
    for (event, told) in [
        (ConversationEvent::AgentMessagePosted { agent, message: message.clone() }, true),
        (ConversationEvent::VirtualAgentMessagePosted { message: message.clone() }, true),
        (ConversationEvent::IdleReminderSent { due, requester_text, agent_text }, true),
        (
            ConversationEvent::RequesterMessagePosted { message, sent_at: None, counts_from: Timestamp(0) },
            false,
        ),
        (ConversationEvent::RequesterDisconnected, false),
        (ConversationEvent::VirtualAgentEngaged, false),
    ] {
        assert_eq!(is_told(&event), told, "{event:?}");
    }
}

/// MSG-13, ID-9: that the old holder was told is nothing to the new one.
#[test]
fn a_new_holder_gets_a_digest_although_the_old_one_was_told() {
    let becomes = |from: Option<&str>, to: &str| {
        let user = |name: &str| UserId::new(name).unwrap();
        let (from, to) = (from.map(user), user(to));
        ContactEvent::ProfileReassociated { profile: 1, from, to, grounds: Grounds::Pin }
    };
    let ada = Story::default().contact(becomes(None, "ada")).item(TALK, 3).at(900);
    let digest = digested(&ada);
    let told = ada.contact(digest).item(TALK, 4);
    assert_eq!(told.digest(), None, "ada was told");
    let bea = told.at(1000).contact(becomes(Some("ada"), "bea")).item(TALK, 5);
    assert_eq!(bea.digest(), Some((1900, vec![1])));
}
