//! What files of channels and routing say, and how they are refused.

use super::*;
use domain::Seconds;
use domain::consent::SenderKind;
use domain::notice::NoticeKey;
use domain::routing::PresenceId;

#[test]
fn the_sample_is_legal() {
    let apply = ChannelsFile::parse(SAMPLE).unwrap().apply().unwrap();
    assert_eq!(domain::channel::validate(&apply.channels), []);
    assert_eq!(apply.channels.len(), 2);
}

#[test]
fn an_unknown_key_or_a_wrong_type_is_told_with_its_place() {
    let unknown = ChannelsFile::parse("[defaults]\nidle_chat_remainder_timeout = 5\n").unwrap_err();
    assert!(
        unknown.contains("line 2, column 1") && unknown.contains("idle_chat_remainder_timeout"),
        "{unknown}"
    );
    let negative = ChannelsFile::parse("[channels.sms]\nabandon_after = -1\n").unwrap_err();
    assert!(negative.contains("line 2"), "{negative}");
}

/// IDLE-6
#[test]
fn reminder_and_cancel_are_set_together_or_not_at_all() {
    let file = ChannelsFile::parse("[defaults]\nidle_chat_reminder_timeout = 200\n").unwrap();
    let error = file.rehearsal(Mode::Chat).unwrap_err();
    assert!(error.contains("set together"), "{error}");
}

/// CH-7: on all channels or on one, which can also be the one that keeps them.
#[test]
fn live_agents_are_there_unless_they_are_disabled() {
    let live =
        |text: &str| ChannelsFile::parse(text).unwrap().rehearsal(Mode::Messaging).unwrap().live_agents;
    let on_all = "[defaults]\ndisable_live_agent = true\n";
    assert!(live(""));
    assert!(!live(on_all));
    assert!(!live("[channels.rehearsal]\ndisable_live_agent = true\n"));
    assert!(live(&format!("{on_all}[channels.rehearsal]\ndisable_live_agent = false\n")));
}

/// LC-11, ACT-11, section 17 rule 10
#[test]
fn a_conversation_is_taken_from_its_agent_only_where_a_time_is_set() {
    let after = |text: &str| {
        let settings = ChannelsFile::parse(text).unwrap().rehearsal(Mode::Messaging);
        settings.map(|settings| settings.actions.reassign_after)
    };
    let on_all = "[defaults]\nreassign_after = 3600\n";
    assert_eq!(after(""), Ok(None));
    assert_eq!(after(on_all), Ok(Some(Seconds(3600))));
    assert_eq!(after(&format!("{on_all}[channels.rehearsal]\nreassign_active = false\n")), Ok(None));
    assert_eq!(
        after(&format!("{on_all}[channels.rehearsal]\nreassign_active = true\n")),
        Ok(Some(Seconds(3600)))
    );
    let error = after("[channels.rehearsal]\nreassign_active = true\n").unwrap_err();
    assert!(error.contains("reassign_after"), "{error}");
    let chat = ChannelsFile::parse("[channels.rehearsal]\nreassign_after = 60\n").unwrap();
    assert!(chat.rehearsal(Mode::Chat).unwrap_err().contains("messaging actions are refused"));
}

/// IDLE-11, CH-9
#[test]
fn a_channels_own_timeout_stands_beside_the_global_one() {
    let text = "[defaults]\nconversation_idle_timeout = 600\n[channels.rehearsal]\nconversation_idle_timeout = 900\n";
    let settings = ChannelsFile::parse(text).unwrap().rehearsal(Mode::Messaging).unwrap();
    assert_eq!(
        (settings.global_idle_timeout, settings.conversation_idle_timeout),
        (Some(Seconds(600)), Some(Seconds(900)))
    );
}

/// The file's own routing, if it has one.
fn routing(text: &str) -> Result<Option<Routing>, String> {
    ChannelsFile::parse(text)?.apply().map(|apply| apply.routing)
}

/// Design, configuration: only a file that speaks of routing says anything about it, and then it says everything.
#[test]
fn a_file_says_all_of_routing_or_nothing() {
    assert_eq!(routing(SAMPLE), Ok(None));
    assert_eq!(routing("[channels.sms]\nkind = \"sms\"\n"), Ok(None));
    for table in ["routing", "schedules", "presence_states", "reject_reasons", "service_channels"] {
        assert_eq!(routing(&format!("[{table}]\n")), Ok(Some(Routing::default())), "{table}");
    }
    for table in ["rules", "groups", "agents", "queues"] {
        assert_eq!(routing(&format!("[{table}]\n")), Ok(Some(Routing::default())), "{table}");
    }
}

#[test]
fn the_sample_of_routing_is_legal_and_uses_every_table() {
    let sample = include_str!("../../samples/routing.toml");
    let apply = ChannelsFile::parse(sample).unwrap().apply().unwrap();
    assert_eq!(apply.channels.len(), 2);
    let routing = apply.routing.unwrap();
    let default = Routing::default();
    assert!(routing.is_on() && routing.settings != default.settings);
    assert_eq!(routing.presence.len(), default.presence.len() + 1);
    assert_eq!(routing.reject_reasons.len(), default.reject_reasons.len() + 1);
    assert!(!routing.schedules.is_empty() && !routing.rules.is_empty() && !routing.groups.is_empty());
    assert_eq!((routing.agents.len(), routing.queues.len()), (2, 3));
}

#[test]
fn what_the_sample_of_channels_says_of_routing_is_legal_without_its_comment_signs() {
    let (channels, comment) = SAMPLE.split_once("#\n# [service_channels").unwrap();
    let tables: String = format!("# [service_channels{comment}")
        .lines()
        .map(|line| format!("{}\n", line.strip_prefix('#').unwrap()))
        .collect();
    let routing = routing(&format!("{channels}{tables}")).unwrap().unwrap();
    assert_eq!((routing.agents.len(), routing.queues.len()), (1, 1));
}

#[test]
fn everything_that_is_wrong_with_channels_and_routing_is_told_at_once() {
    let text = "[channels.sms]\nkind = \"sms\"\nabandon_after = 0\n\
                [routing]\nestimate = \"guess\"\n\
                [queues.billing]\nservice_channel = \"chat\"\ncondition = 'topic billing'\nnobody = \"hope\"\n";
    let error = routing(text).unwrap_err();
    for words in [
        "abandon_after",
        "\n  routing.estimate: must be mean or weighted",
        "\n  queues.billing.condition: at column 7: expected one of == !=",
        "\n  queues.billing.nobody: must be wait or refuse",
    ] {
        assert!(error.contains(words), "{words:?} is missing: {error}");
    }
    let understood =
        "[queues.billing]\nservice_channel = \"chat\"\nmax_wait = 60\noverflow_queue = \"general\"\n";
    let error = routing(understood).unwrap_err();
    for key in ["service_channel", "max_wait_message", "overflow_queue"] {
        assert!(error.contains(&format!("\n  queues.billing.{key}: must be ")), "{key} is missing: {error}");
    }
}

#[test]
fn an_unknown_or_missing_key_of_routing_is_told_with_its_place() {
    for (text, place, words) in [
        (
            "[queues.billing]\nservice_channel = \"chat\"\nmax_waiting = 1\n",
            "line 3, column 1",
            "max_waiting",
        ),
        ("[queues.billing]\norder = 1\n", "line 1, column 1", "service_channel"),
        ("[agents.ann]\nskills = { german = 300 }\n", "line 2, column 21", "u8"),
        ("[queue.billing]\n", "line 1, column 2", "queue"),
        ("[schedules.office]\nzone = 1\n", "line 2, column 8", "string"),
    ] {
        let error = routing(text).unwrap_err();
        assert!(error.contains(place) && error.contains(words), "{error}");
    }
}

/// PR-1
#[test]
fn a_state_that_everybody_has_stays_unless_it_is_set_anew() {
    let text = "[presence_states.available]\nreceives_work = true\ninactive_after = 900\n";
    let mut expected = Routing::default();
    let available = PresenceId::new("available").unwrap();
    expected.presence.get_mut(&available).unwrap().inactive_after = Some(Seconds(900));
    assert_eq!(routing(text), Ok(Some(expected)));
}

/// PRO-8, MSG-26, section 5: each kind of table says all there is to be of it, or nothing.
#[test]
fn a_file_says_what_the_system_says_what_agents_send_and_which_files_come() {
    let wording = |text: &str| ChannelsFile::parse(text).unwrap().apply().map(|apply| apply.wording);
    assert_eq!(wording(SAMPLE), Ok(Wording::default()));
    let all = wording(
        "[channels.web]\nkind = \"mweb\"\nattachment_max_bytes = 1000\n\
         [channels.sms]\nkind = \"sms\"\n\
         [texts.de]\nagent_transfer = \"Einen Moment.\"\n\
         [components.rate]\ntext = \"Well?\"\nchoices = [{ value = \"good\", label = \"Good\" }]\n",
    );
    let Wording { texts, attachments, components } = all.unwrap();
    assert_eq!(texts.unwrap().get("de", NoticeKey::AgentTransfer), Some("Einen Moment."));
    let components = components.unwrap();
    let names: Vec<&str> = components.keys().map(|name| name.as_str()).collect();
    assert_eq!(names, ["answered_question", "rate"], "what is shipped stays");
    let attachments = attachments.unwrap();
    let web = AttachmentRules::defaults(ChannelKind::Mweb).types().clone();
    assert_eq!(attachments.values().collect::<Vec<_>>(), [&AttachmentRules::stored(web, 1000)]);
}

#[test]
fn everything_that_is_wrong_with_words_and_files_is_told() {
    let error = |text: &str| ChannelsFile::parse(text).unwrap().apply().unwrap_err();
    let words = error(
        "[texts.de]\nagent_transfer = \"{name}\"\nhello = \"x\"\n\
         [texts.\"a b\"]\nagent_transfer = \"x\"\n\
         [components.rate]\ntext = \"\"\nchoices = []\n[components.\"a b\"]\ntext = \"x\"\nchoices = []\n",
    );
    for key in [
        "texts.de.agent_transfer: must be",
        "texts.de.hello: there is no",
        "texts.a b.agent_transfer: must be at most 50 languages",
        "components.rate.text: must be",
        "components.\"a b\": a name is",
    ] {
        assert!(words.contains(key), "{key:?} is missing: {words}");
    }
    let files = error("[channels.web]\nkind = \"mweb\"\nattachment_types = [\"text/html\"]\n");
    assert!(files.contains("channel web: attachment_types must be"), "{files}");
    let files = error("[defaults]\nattachment_max_bytes = 1\n");
    assert!(files.contains("belong to a channel"), "{files}");
}

/// PRO-6, section 17 rule 14: off unless it is set, for messaging alone, and PINs can only be made harder to guess.
#[test]
fn agents_write_first_only_where_it_is_set_and_never_on_a_chat() {
    let settings = |text: &str| ChannelsFile::parse(text).unwrap().channels();
    let active = |text: &str| -> Vec<bool> {
        settings(text).unwrap().values().map(|settings| settings.proactive.active).collect()
    };
    let both = "[channels.a]\nkind = \"sms\"\n[channels.b]\nkind = \"mweb\"\n";
    assert_eq!(active(both), [false, false]);
    assert_eq!(active(&format!("[defaults]\nproactive_active = true\n{both}")), [true, false]);
    for (wrong, key) in
        [("proactive_active = true", "proactive_active"), ("pin_attempts = 4", "pin_attempts")]
    {
        let error = settings(&format!("{both}{wrong}\n")).unwrap_err();
        assert!(error.contains(key), "{error}");
    }
}

/// OPT-5
#[test]
fn what_is_sent_from_is_said_of_a_channel_and_decides_its_addresses() {
    let settings = |text: &str| {
        let apply =
            ChannelsFile::parse(&format!("[channels.sms]\nkind = \"sms\"\n{text}")).unwrap().apply()?;
        Ok::<_, String>(apply.channels.into_values().next().unwrap())
    };
    let kind = |text: &str| settings(text).map(|settings| settings.sender_kind);
    assert_eq!(kind(""), Ok(SenderKind::LongCode));
    assert_eq!(
        kind("sender_kind = \"toll_free\"\naddresses = [\"+18005550199\"]\n"),
        Ok(SenderKind::TollFree)
    );
    let short = settings("sender_kind = \"short_code\"\naddresses = [\"54321\"]\n").unwrap();
    assert_eq!(short.addresses.iter().map(domain::Address::as_str).collect::<Vec<_>>(), ["54321"]);
    for (text, expected) in [
        ("sender_kind = \"premium\"\n", "none of long_code"),
        ("addresses = [\"54321\"]\n", "E.164"),
        ("sender_kind = \"short_code\"\naddresses = [\"+12025550123\"]\n", "short codes"),
    ] {
        assert!(kind(text).unwrap_err().contains(expected), "{text}");
    }
    let defaults = ChannelsFile::parse("[defaults]\nsender_kind = \"toll_free\"\n").unwrap().apply();
    assert!(defaults.unwrap_err().contains("belong to a channel"));
}
