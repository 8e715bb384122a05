//! IDLE-6: a configuration is legal as a whole or refused as a whole.

use super::*;
use crate::Seconds;
use crate::channel::{ChannelKind, Mode};

fn channels(names: &[&str]) -> BTreeMap<ChannelId, ChannelSettings> {
    let settings = ChannelSettings::defaults(ChannelKind::Sms, Mode::Messaging);
    names.iter().map(|name| (ChannelId::new(name).unwrap(), settings.clone())).collect()
}

fn after(state: Configuration, channels: BTreeMap<ChannelId, ChannelSettings>) -> (Configuration, usize) {
    let events = decide(&state, &Apply { channels }).unwrap();
    let count = events.len();
    (events.iter().fold(state, evolve), count)
}

#[test]
fn only_what_changes_becomes_a_fact() {
    let (state, facts) = after(Configuration::default(), channels(&["a", "b"]));
    assert_eq!((state.version, facts), (2, 2));
    let (state, facts) = after(state, channels(&["a", "b"]));
    assert_eq!((state.version, facts), (2, 0), "it is in force already");
    let mut wanted = channels(&["b", "c"]);
    wanted.values_mut().take(1).for_each(|b| b.conversation_idle_timeout = Some(Seconds(60)));
    let (state, facts) = after(state, wanted.clone());
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
    let refused = decide(&Configuration::default(), &Apply { channels: wanted }).unwrap_err();
    let Rejection::BadConfiguration(problems) = refused else { panic!("{refused:?}") };
    let told: Vec<(&str, &str)> =
        problems.iter().map(|problem| (problem.channel.as_ref().unwrap().as_str(), problem.key)).collect();
    let each = ["conversation_idle_timeout", "idle_chat_reminder_timeout"];
    assert_eq!(told, [("a", each[0]), ("a", each[1]), ("b", each[0]), ("b", each[1])]);
}
