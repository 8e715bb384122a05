//! Section 17 of the specification: what is wrong with a set of channels, told all at once.

use super::{
    ADDRESSES_MAX_COUNT, Actions, ChannelKind, ChannelSettings, IDLE_DEFAULT, IdleChat, Messages, Mode,
    Problem,
};
use crate::consent::SenderKind;
use crate::contact::PinLimits;
use crate::{Address, ChannelId};
use std::collections::{BTreeMap, BTreeSet};

/// Everything that is wrong with a set of channels; empty if they are legal.
pub fn validate(channels: &BTreeMap<ChannelId, ChannelSettings>) -> Vec<Problem> {
    let mut problems: Vec<Problem> =
        channels.iter().flat_map(|(id, settings)| problems_of(id, settings)).collect();
    let size: usize = channels.values().map(size).sum();
    if size > CONFIGURATION_MAX {
        let expected = format!(
            "fewer or shorter: all addresses and texts together have {size} bytes, of {CONFIGURATION_MAX}"
        );
        problems.push(Problem { channel: None, key: "channels", expected });
    }
    let web_modes: BTreeSet<Mode> = channels
        .values()
        .filter(|settings| settings.kind == ChannelKind::Mweb)
        .map(|settings| settings.mode)
        .collect();
    if web_modes.len() > 1 {
        let expected = "the same mode on all mweb channels (CH-3)".to_owned();
        problems.push(Problem { channel: None, key: "mode", expected });
    }
    problems
}

/// The most that all channels together may take, in bytes: one change of the configuration is one record (`X1`).
const CONFIGURATION_MAX: usize = 64 * 1024;

fn size(settings: &ChannelSettings) -> usize {
    let Messages {
        idle_chat_reminder_message,
        idle_chat_agent_message,
        idle_chat_cancel_message,
        prompt_agent_message,
    } = &settings.messages;
    let texts =
        [idle_chat_reminder_message, idle_chat_agent_message, idle_chat_cancel_message, prompt_agent_message];
    // What is neither an address nor a text takes less than this.
    const REST: usize = 256;
    let addresses: usize = settings.addresses.iter().map(|address| address.as_str().len() + 2).sum();
    addresses + texts.iter().map(|text| text.len()).sum::<usize>() + REST
}

fn problems_of(id: &ChannelId, settings: &ChannelSettings) -> Vec<Problem> {
    let mut found = Vec::new();
    let mut expect = |holds: bool, key: &'static str, expected: String| {
        if !holds {
            found.push(Problem { channel: Some(id.clone()), key, expected });
        }
    };
    let kind = settings.kind;
    if let Some(fixed) = kind.fixed_mode() {
        let expected = format!("{} for a channel of kind {} (CH-2)", fixed.name(), kind.name());
        expect(settings.mode == fixed, "mode", expected);
    }
    address_problems(settings, &mut expect);
    for (key, timeout) in [
        ("conversation_idle_timeout", settings.conversation_idle_timeout),
        ("conversation_idle_timeout", settings.global_idle_timeout),
    ] {
        let Some(timeout) = timeout else { continue };
        match settings.mode {
            Mode::Chat => {
                let legal = (1..=IDLE_DEFAULT.0).contains(&timeout.0);
                expect(legal, key, "1 to 7200 seconds for a chat (section 17, rule 2)".to_owned());
            }
            Mode::Messaging => {
                expect(timeout.0 > 0, key, "more than 0 seconds (section 17, rule 2)".to_owned())
            }
        }
    }
    expect(
        settings.chat_disconnect_timeout <= IDLE_DEFAULT,
        "chat_disconnect_timeout",
        "0 to 7200 seconds; 0 switches it off".to_owned(),
    );
    idle_chat_problems(&settings.idle_chat, &mut expect);
    pin_problems(settings.pin_limits, &mut expect);
    // PRO-1 is for messaging: a chat is opened by the requester only.
    expect(
        settings.mode == Mode::Messaging || !settings.proactive.active,
        "proactive_active",
        "false on a chat, which only the requester opens".to_owned(),
    );
    action_problems(settings, &mut expect);
    let Messages {
        idle_chat_reminder_message,
        idle_chat_agent_message,
        idle_chat_cancel_message,
        prompt_agent_message,
    } = &settings.messages;
    for (key, text) in [
        ("idle_chat_reminder_message", idle_chat_reminder_message),
        ("idle_chat_agent_message", idle_chat_agent_message),
        ("idle_chat_cancel_message", idle_chat_cancel_message),
        ("prompt_agent_message", prompt_agent_message),
    ] {
        expect(!text.trim().is_empty() && text.len() <= 1600, key, "a text of 1 to 1600 bytes".to_owned());
    }
    found
}

/// Section 17, rule 11; what is sent from decides what a number looks like (`OPT-5`).
fn address_problems(settings: &ChannelSettings, expect: &mut impl FnMut(bool, &'static str, String)) {
    expect(
        settings.addresses.len() <= ADDRESSES_MAX_COUNT,
        "addresses",
        format!("at most {ADDRESSES_MAX_COUNT} of them"),
    );
    let sender = settings.sender_kind;
    let is_legal = |address: &Address| settings.kind.company_address(sender, address.as_str()).is_ok();
    let addresses_expected = match sender {
        SenderKind::LongCode | SenderKind::TollFree => "phone numbers in E.164, such as +12025550123",
        SenderKind::ShortCode => "short codes of 3 to 8 digits (OPT-5)",
    };
    expect(settings.addresses.iter().all(is_legal), "addresses", addresses_expected.to_owned());
    expect(
        settings.kind == ChannelKind::Sms || sender == SenderKind::LongCode,
        "sender_kind",
        "long_code on all channels but those of kind sms (OPT-5)".to_owned(),
    );
}

/// Section 17, rule 14: it can only be made harder.
fn pin_problems(limits: PinLimits, expect: &mut impl FnMut(bool, &'static str, String)) {
    let PinLimits { attempts: attempts_max, window: window_max } = PinLimits::MAX;
    expect(
        (1..=attempts_max).contains(&limits.attempts),
        "pin_attempts",
        format!("1 to {attempts_max} (ID-14)"),
    );
    let legal = (1..=window_max.0).contains(&limits.window.0);
    expect(legal, "pin_window", format!("1 to {} seconds (ID-14)", window_max.0));
}

/// Section 17, rule 10.
fn action_problems(settings: &ChannelSettings, expect: &mut impl FnMut(bool, &'static str, String)) {
    let Actions { prompt_agent_after, abandon_after, reassign_after } = settings.actions;
    for (key, duration) in [
        ("prompt_agent_after", prompt_agent_after),
        ("abandon_after", abandon_after),
        ("reassign_after", reassign_after),
    ] {
        let Some(duration) = duration else { continue };
        let messaging = settings.mode == Mode::Messaging;
        let refused = "unset: messaging actions are refused on a chat (section 17, rule 10)".to_owned();
        expect(messaging, key, refused);
        expect(duration.0 > 0, key, "more than 0 seconds (ACT-14)".to_owned());
    }
}

/// Section 17, rule 1, checked jointly (`IDLE-6`).
fn idle_chat_problems(idle: &IdleChat, expect: &mut impl FnMut(bool, &'static str, String)) {
    let (sweep, reminder, cancel) =
        (idle.timer_task_interval.0, idle.reminder_timeout.0, idle.cancel_timeout.0);
    expect(sweep > 0, "idle_chat_timer_task_interval", "more than 0 seconds".to_owned());
    expect(
        reminder >= sweep,
        "idle_chat_reminder_timeout",
        format!("at least idle_chat_timer_task_interval, {sweep} (IDLE-2)"),
    );
    let cancel_min = u64::from(reminder) + u64::from(sweep);
    expect(
        u64::from(cancel) >= cancel_min && cancel > reminder,
        "idle_chat_cancel_timeout",
        format!("at least idle_chat_reminder_timeout + idle_chat_timer_task_interval, {cancel_min} (IDLE-3)"),
    );
}
