//! Section 17: which settings are legal, with the numbers of the specification.

use super::*;
use crate::conversation::Policy;
use std::collections::BTreeMap;

fn chat(change: impl FnOnce(&mut ChannelSettings)) -> ChannelSettings {
    let mut settings = ChannelSettings::defaults(ChannelKind::Mweb, Mode::Chat);
    change(&mut settings);
    settings
}

fn messaging(change: impl FnOnce(&mut ChannelSettings)) -> ChannelSettings {
    let mut settings = ChannelSettings::defaults(ChannelKind::Sms, Mode::Messaging);
    change(&mut settings);
    settings
}

/// J, R and C of one chat.
fn idle(sweep: u32, reminder: u32, cancel: u32) -> ChannelSettings {
    chat(|settings| {
        settings.idle_chat.timer_task_interval = Seconds(sweep);
        settings.idle_chat.reminder_timeout = Seconds(reminder);
        settings.idle_chat.cancel_timeout = Seconds(cancel);
    })
}

/// The keys that are wrong with one channel's settings.
fn wrong(settings: ChannelSettings) -> Vec<&'static str> {
    let channels = BTreeMap::from([(ChannelId::new("one").unwrap(), settings)]);
    validate(&channels).into_iter().map(|problem| problem.key).collect()
}

const REMINDER: &str = "idle_chat_reminder_timeout";
const CANCEL: &str = "idle_chat_cancel_timeout";

/// CH-4, IDLE-1, IDLE-2, IDLE-3
#[test]
fn the_documented_defaults_are_legal_and_are_these() {
    for kind in ChannelKind::ALL {
        for mode in [Mode::Chat, Mode::Messaging] {
            if kind.fixed_mode().is_none_or(|fixed| fixed == mode) {
                assert_eq!(wrong(ChannelSettings::defaults(kind, mode)), [""; 0], "{kind:?} as {mode:?}");
            }
        }
    }
    let (reminder, cancel, idle) = (Seconds(180), Seconds(360), Seconds(7200));
    let (exact, disconnect) = (Seconds(0), Seconds(300));
    assert_eq!(
        chat(|_| {}).policy(),
        Policy::Chat { reminder, cancel, human_only: false, quantum: exact, idle, disconnect }
    );
    assert_eq!(
        messaging(|_| {}).policy(),
        Policy::Messaging {
            prompt_agent_after: Some(Seconds(30 * 60)),
            abandon_after: Some(Seconds(2 * 86_400)),
            reassign_after: None,
            idle: None
        }
    );
}

/// CH-6, CH-2: the kinds of channels that there are, and what each is. Of those that are reached over somebody else's
/// network none can choose; the web can, and so can a channel of the integrator's own making.
#[test]
fn each_kind_of_channel_is_chat_or_messaging_or_the_web() {
    const KINDS: [(&str, Option<Mode>); 9] = [
        ("mweb", None),
        ("sms", Some(Mode::Messaging)),
        ("own", None),
        ("whatsapp", Some(Mode::Messaging)),
        ("messenger", Some(Mode::Messaging)),
        ("line", Some(Mode::Messaging)),
        ("apple_messages", Some(Mode::Messaging)),
        ("teams", Some(Mode::Chat)),
        ("slack", Some(Mode::Chat)),
    ];
    assert_eq!(ChannelKind::ALL.map(|kind| (kind.name(), kind.fixed_mode())), KINDS);
    for (name, mode) in KINDS {
        let kind = ChannelKind::parse(name).unwrap();
        let Some(fixed) = mode else { continue };
        let other = if fixed == Mode::Chat { Mode::Messaging } else { Mode::Chat };
        assert_eq!(wrong(ChannelSettings::defaults(kind, fixed)), [""; 0], "{name}");
        assert_eq!(wrong(ChannelSettings::defaults(kind, other)), ["mode"], "{name}");
    }
    assert_eq!(ChannelKind::parse("fax"), None);
}

/// OPT-5, section 17 rule 11
#[test]
fn only_text_messages_are_sent_from_anything_but_an_ordinary_number() {
    for kind in ChannelKind::ALL {
        let mode = kind.fixed_mode().unwrap_or(Mode::Messaging);
        let from = |sender_kind| ChannelSettings { sender_kind, ..ChannelSettings::defaults(kind, mode) };
        assert_eq!(wrong(from(SenderKind::LongCode)), [""; 0], "{kind:?}");
        for sender in [SenderKind::TollFree, SenderKind::ShortCode] {
            let legal = kind == ChannelKind::Sms;
            assert_eq!(wrong(from(sender)), if legal { vec![] } else { vec!["sender_kind"] }, "{kind:?}");
        }
    }
    let with = |sender_kind, address| {
        wrong(messaging(|settings| {
            settings.sender_kind = sender_kind;
            settings.addresses.insert(Address::opaque(address).unwrap());
        }))
    };
    assert_eq!(with(SenderKind::ShortCode, "54321"), [""; 0]);
    assert_eq!(with(SenderKind::TollFree, "+18005550199"), [""; 0]);
    for (sender, address) in [
        (SenderKind::LongCode, "54321"),
        (SenderKind::TollFree, "54321"),
        (SenderKind::ShortCode, "+12025550123"),
        (SenderKind::ShortCode, "12"),
        (SenderKind::ShortCode, "123456789"),
    ] {
        assert_eq!(with(sender, address), ["addresses"], "{address} as {}", sender.name());
    }
}

/// CH-2
#[test]
fn only_the_web_and_the_integrators_own_channel_may_be_either() {
    for kind in ChannelKind::ALL {
        let legal = [Mode::Chat, Mode::Messaging]
            .into_iter()
            .filter(|mode| wrong(ChannelSettings::defaults(kind, *mode)).is_empty())
            .count();
        let either = matches!(kind, ChannelKind::Mweb | ChannelKind::Own);
        assert_eq!(legal, if either { 2 } else { 1 }, "{kind:?}");
    }
}

/// CH-3, section 17 rule 12
#[test]
fn web_channels_run_in_one_mode_only() {
    let channels = |first, second| {
        BTreeMap::from([
            (ChannelId::new("one").unwrap(), ChannelSettings::defaults(ChannelKind::Mweb, first)),
            (ChannelId::new("two").unwrap(), ChannelSettings::defaults(ChannelKind::Mweb, second)),
            (ChannelId::new("sms").unwrap(), messaging(|_| {})),
        ])
    };
    assert_eq!(validate(&channels(Mode::Chat, Mode::Chat)), []);
    assert_eq!(validate(&channels(Mode::Messaging, Mode::Messaging)), []);
    let problems = validate(&channels(Mode::Chat, Mode::Messaging));
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert_eq!((problems[0].key, &problems[0].channel), ("mode", &None), "it is about all of them");
}

/// IDLE-2, section 17 rule 1
#[test]
fn the_reminder_comes_after_at_least_one_sweep() {
    assert_eq!(wrong(idle(120, 120, 240)), [""; 0]);
    assert_eq!(wrong(idle(120, 119, 240)), [REMINDER]);
    assert_eq!(wrong(idle(60, 60, 120)), [""; 0], "lower if the sweep is");
}

/// IDLE-3, section 17 rule 1
#[test]
fn cancel_comes_at_least_one_sweep_after_the_reminder() {
    assert_eq!(wrong(idle(120, 300, 420)), [""; 0]);
    assert_eq!(wrong(idle(120, 300, 419)), [CANCEL]);
    assert_eq!(wrong(idle(60, 60, 120)), [""; 0]);
    assert_eq!(wrong(idle(60, 60, 119)), [CANCEL]);
    assert_eq!(wrong(idle(120, 180, 180)), [CANCEL]);
}

/// IDLE-6, 18.1
#[test]
fn the_figures_of_the_examples_need_a_sweep_of_at_most_30_seconds() {
    assert_eq!(wrong(idle(120, 30, 60)), [REMINDER, CANCEL], "illegal by default, and both are told");
    assert_eq!(wrong(idle(31, 30, 60)), [REMINDER, CANCEL]);
    assert_eq!(wrong(idle(30, 30, 60)), [""; 0]);
    assert_eq!(wrong(idle(0, 30, 60)), ["idle_chat_timer_task_interval"]);
}

/// IDLE-3: the sum of the largest numbers must not wrap round into a legal one.
#[test]
fn the_largest_numbers_do_not_overflow() {
    assert_eq!(wrong(idle(u32::MAX, u32::MAX, u32::MAX)), [CANCEL]);
}

/// Section 17 rule 2, R10
#[test]
fn a_chats_conversation_timeout_is_1_to_7200_and_that_of_messaging_any_positive_one() {
    let key = "conversation_idle_timeout";
    for (seconds, chat_legal, messaging_legal) in
        [(0, false, false), (1, true, true), (7200, true, true), (7201, false, true), (u32::MAX, false, true)]
    {
        for global in [false, true] {
            let set = |settings: &mut ChannelSettings| {
                let timeout = if global {
                    &mut settings.global_idle_timeout
                } else {
                    &mut settings.conversation_idle_timeout
                };
                *timeout = Some(Seconds(seconds));
            };
            let expected = |legal: bool| if legal { vec![] } else { vec![key] };
            assert_eq!(wrong(chat(set)), expected(chat_legal), "chat of {seconds}, global: {global}");
            assert_eq!(wrong(messaging(set)), expected(messaging_legal), "messaging of {seconds}");
        }
    }
}

/// Section 17 rule 10, ACT-14
#[test]
fn messaging_actions_take_a_positive_time_and_are_refused_on_a_chat() {
    let with = |prompt, abandon, reassign| Actions {
        prompt_agent_after: Some(Seconds(prompt)),
        abandon_after: Some(Seconds(abandon)),
        reassign_after: Some(Seconds(reassign)),
    };
    let keys = ["prompt_agent_after", "abandon_after", "reassign_after"];
    assert_eq!(wrong(messaging(|settings| settings.actions = with(1, 1, 1))), [""; 0]);
    assert_eq!(wrong(messaging(|settings| settings.actions = with(0, 0, 0))), keys);
    assert_eq!(wrong(chat(|settings| settings.actions = with(1800, 172_800, 3600))), keys);
}

/// CH-7, LC-11: live agents serve every channel unless it is said otherwise, and no action takes from them.
#[test]
fn a_channel_begins_with_live_agents_who_keep_what_they_have() {
    for mode in [Mode::Chat, Mode::Messaging] {
        let settings = ChannelSettings::defaults(ChannelKind::Own, mode);
        assert!(settings.live_agents);
        assert_eq!(settings.actions.reassign_after, None);
    }
}

/// Section 17 rule 11
#[test]
fn the_companys_addresses_are_of_the_channels_kind() {
    let number = Address::opaque("+12025550123").unwrap();
    let name = Address::opaque("front-desk").unwrap();
    let set = |address: &Address| {
        let address = address.clone();
        move |settings: &mut ChannelSettings| settings.addresses = BTreeSet::from([address])
    };
    assert_eq!(wrong(messaging(set(&number))), [""; 0]);
    assert_eq!(wrong(messaging(set(&name))), ["addresses"]);
    assert_eq!(wrong(chat(set(&name))), [""; 0]);
}

/// IDLE-2, section 17 rule 10
#[test]
fn what_the_engine_says_is_never_empty_and_has_a_bound() {
    let keys = [
        "idle_chat_reminder_message",
        "idle_chat_agent_message",
        "idle_chat_cancel_message",
        "prompt_agent_message",
    ];
    for text in [String::new(), " \n".to_owned(), "a".repeat(1601)] {
        let all = Messages {
            idle_chat_reminder_message: text.clone(),
            idle_chat_agent_message: text.clone(),
            idle_chat_cancel_message: text.clone(),
            prompt_agent_message: text,
        };
        assert_eq!(wrong(messaging(|settings| settings.messages = all)), keys);
    }
}

/// IDLE-7
#[test]
fn the_grid_is_the_sweep_and_only_where_it_is_asked_for() {
    let quantum = |settings: ChannelSettings| match settings.policy() {
        Policy::Chat { quantum, .. } => quantum,
        Policy::Messaging { .. } => panic!("it is a chat"),
    };
    assert_eq!(quantum(chat(|_| {})), Seconds(0));
    assert_eq!(quantum(chat(|settings| settings.idle_chat.quantise_to_interval = true)), Seconds(120));
}

#[test]
fn names_lead_back_to_what_they_name() {
    for kind in ChannelKind::ALL {
        assert_eq!(ChannelKind::parse(kind.name()), Some(kind));
    }
    for mode in [Mode::Chat, Mode::Messaging] {
        assert_eq!(Mode::parse(mode.name()), Some(mode));
    }
    assert_eq!((ChannelKind::parse("fax"), Mode::parse("both")), (None, None));
}
