//! IDLE-6: a configuration is legal as a whole or refused as a whole.

mod steps;
mod wording;

use super::*;
use crate::Seconds;
use crate::channel::{ChannelKind, Mode};
use crate::routing::{Group, GroupId, Queue, QueueId, RoutingSettings, ServiceChannel, ServiceChannelId};
use crate::routing::{PresenceId, ServiceKind};

fn channels(names: &[&str]) -> BTreeMap<ChannelId, ChannelSettings> {
    let settings = ChannelSettings::defaults(ChannelKind::Sms, Mode::Messaging);
    names.iter().map(|name| (ChannelId::new(name).unwrap(), settings.clone())).collect()
}

fn after(state: Configuration, wanted: Apply) -> (Configuration, usize) {
    let events = decide(&state, &wanted).unwrap();
    let count = events.len();
    (events.iter().fold(state, evolve), count)
}

fn only(channels: BTreeMap<ChannelId, ChannelSettings>) -> Apply {
    Apply { channels, ..Apply::default() }
}

fn chat() -> ServiceChannelId {
    ServiceChannelId::new("chat").unwrap()
}

fn queue(name: &str) -> QueueId {
    QueueId::new(name).unwrap()
}

fn group(name: &str) -> GroupId {
    GroupId::new(name).unwrap()
}

/// One service channel with these queues.
fn routing(queues: &[&str]) -> Routing {
    let mut routing = Routing::default();
    routing.service_channels.insert(chat(), ServiceChannel::defaults(ServiceKind::Chat));
    routing.queues = queues.iter().map(|name| (queue(name), Queue::defaults(chat()))).collect();
    routing
}

fn with(routing: Routing) -> Configuration {
    Configuration { routing, ..Configuration::default() }
}

/// The places and keys that a refusal tells.
fn told(refused: Result<Vec<ConfigurationEvent>, Rejection>) -> Vec<String> {
    let Err(Rejection::BadConfiguration(problems)) = refused else { panic!("{refused:?}") };
    problems.iter().map(|problem| format!("{}: {}", problem.place, problem.key)).collect()
}

#[test]
fn only_what_changes_becomes_a_fact() {
    let (state, facts) = after(Configuration::default(), only(channels(&["a", "b"])));
    assert_eq!((state.version, facts), (2, 2));
    let (state, facts) = after(state, only(channels(&["a", "b"])));
    assert_eq!((state.version, facts), (2, 0), "it is in force already");
    let mut wanted = channels(&["b", "c"]);
    wanted.values_mut().take(1).for_each(|b| b.conversation_idle_timeout = Some(Seconds(60)));
    let (state, facts) = after(state, only(wanted.clone()));
    assert_eq!((state.version, facts), (5, 3), "b changed, c is new, a is retired");
    assert_eq!(state.channels, wanted);
}

/// IDLE-6
#[test]
fn one_illegal_channel_refuses_them_all_and_says_everything_that_is_wrong() {
    let mut wanted = channels(&["a", "b"]);
    for settings in wanted.values_mut() {
        settings.idle_chat.reminder_timeout = Seconds(1);
        settings.conversation_idle_timeout = Some(Seconds(0));
    }
    let mut illegal = routing(&["support"]);
    illegal.settings.queued_max = 0;
    illegal.queues.get_mut(&queue("support")).unwrap().size_cap = Some(0);
    let wanted = Apply { channels: wanted, routing: Some(illegal), ..Apply::default() };
    assert_eq!(
        told(decide(&Configuration::default(), &wanted)),
        [
            "channels.a: conversation_idle_timeout",
            "channels.a: idle_chat_reminder_timeout",
            "channels.b: conversation_idle_timeout",
            "channels.b: idle_chat_reminder_timeout",
            "routing: queued_max",
            "queues.support: size_cap",
        ]
    );
}

#[test]
fn routing_is_set_as_a_whole_or_left_alone() {
    let wanted =
        Apply { channels: channels(&["a"]), routing: Some(routing(&["x", "y"])), ..Apply::default() };
    let (state, facts) = after(Configuration::default(), wanted.clone());
    assert_eq!(
        facts, 4,
        "a channel, a service channel and two queues; what is there from the start is no fact"
    );
    assert_eq!(Some(&state.routing), wanted.routing.as_ref());
    let (state, facts) = after(state, wanted);
    assert_eq!(facts, 0, "it is in force already");
    let (state, facts) = after(state, only(channels(&["b"])));
    assert_eq!((facts, state.routing.queues.len()), (2, 2), "only the channels are another");
    let (state, facts) = after(
        state,
        Apply { channels: channels(&["b"]), routing: Some(routing(&["y"])), ..Apply::default() },
    );
    assert_eq!((facts, state.routing), (1, routing(&["y"])), "a queue is gone");
}

#[test]
fn one_entry_is_changed_and_nothing_else() {
    let state = with(routing(&["x"]));
    let settings = RoutingSettings { queued_max: 7, ..RoutingSettings::default() };
    let put = Change::Put(Entry::Settings(settings.clone()));
    let events = decide_change(&state, &put).unwrap();
    let entry = Box::new(Entry::Settings(settings.clone()));
    assert_eq!(events, [ConfigurationEvent::RoutingConfigured { entry }]);
    let after = events.iter().fold(state.clone(), evolve);
    assert_eq!(after.version, 1);
    assert_eq!(after.routing, Routing { settings, ..state.routing });
    assert_eq!(decide_change(&after, &put), Ok(Vec::new()), "it is so already");
    let key = EntryKey::Queue(queue("x"));
    let events = decide_change(&after, &Change::Remove(key.clone())).unwrap();
    assert_eq!(events, [ConfigurationEvent::RoutingRemoved { key }]);
    assert!(events.iter().fold(after, evolve).routing.queues.is_empty());
}

#[test]
fn a_change_after_which_the_whole_is_not_legal_is_refused_with_everything_that_is_wrong() {
    let state = with(routing(&["x", "y"]));
    let change = |change| decide_change(&state, &change);
    let mut lost = Queue::defaults(ServiceChannelId::new("fax").unwrap());
    lost.size_cap = Some(0);
    let put = Change::Put(Entry::Queue(queue("x"), Box::new(lost)));
    assert_eq!(told(change(put)), ["queues.x: service_channel", "queues.x: size_cap"]);
    let remove = Change::Remove(EntryKey::ServiceChannel(chat()));
    assert_eq!(told(change(remove)), ["queues.x: service_channel", "queues.y: service_channel"]);
    let available = PresenceId::new("available").unwrap();
    assert_eq!(told(change(Change::Remove(EntryKey::Presence(available)))), ["routing: presence_states"]);
    let unknown = change(Change::Remove(EntryKey::Queue(queue("z"))));
    assert_eq!(unknown, Err(Rejection::EntryUnknown));
}
