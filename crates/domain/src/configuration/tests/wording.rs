//! What is set of texts, files and components is in force, and going back leaves nothing behind.

use super::*;
use crate::channel::ChannelKind;
use crate::{Choice, Component, ComponentName, Personal};

fn state() -> Configuration {
    let web = ChannelSettings::defaults(ChannelKind::Mweb, Mode::Chat);
    let channels = channels(&["sms"]).into_iter().chain([(channel("web"), web)]).collect();
    Configuration { channels, ..Configuration::default() }
}

fn channel(name: &str) -> ChannelId {
    ChannelId::new(name).unwrap()
}

fn text(language: &str, text: Option<&str>) -> Change {
    let (language, text) = (language.to_owned(), text.map(str::to_owned));
    Change::Text { language, key: NoticeKey::AgentTransfer, text }
}

fn files(channel_name: &str, types: Option<&str>) -> Change {
    let rules = types.map(|types| AttachmentRules::new([types.to_owned()], 10).unwrap());
    Change::Attachments { channel: channel(channel_name), rules }
}

fn component(name: &str, text: Option<&str>) -> Change {
    let choices = vec![Choice { value: "a".to_owned(), label: Personal::new("A".to_owned()) }];
    let component = text.map(|text| Component::new(text.to_owned(), choices).unwrap());
    Change::Component { name: ComponentName::new(name).unwrap(), component }
}

fn changed(state: &Configuration, change: &Change) -> Configuration {
    let events = decide_change(state, change).unwrap();
    assert_eq!(events.len(), 1, "{change:?}");
    let after = events.iter().fold(state.clone(), evolve);
    assert_ne!(&Configuration { version: state.version, ..after.clone() }, state);
    after
}

/// PRO-8, MSG-26
#[test]
fn what_is_set_is_in_force_once_and_going_back_leaves_nothing_behind() {
    for (set, unset) in [
        (text("DE", Some("Moment.")), text("de", None)),
        (files("web", Some("audio/*")), files("web", None)),
        (component("rate", Some("How was it?")), component("rate", None)),
    ] {
        let before = state();
        let after = changed(&before, &set);
        assert_eq!(decide_change(&after, &set), Ok(Vec::new()), "it is in force already");
        let back = changed(&after, &unset);
        assert_eq!(Configuration { version: 0, ..back.clone() }, before);
        assert_eq!(decide_change(&back, &unset), Err(Rejection::EntryUnknown));
    }
}

/// PRO-8, MSG-20, OPT-4
#[test]
fn what_cannot_be_is_refused_with_its_place() {
    let told = |change: &Change| super::told(decide_change(&state(), change));
    assert_eq!(told(&text("a language", Some("Moment."))), ["texts: agent_transfer"]);
    assert_eq!(told(&text("de", Some("{agent}"))), ["texts: agent_transfer"]);
    assert_eq!(told(&files("sms", Some("application/pdf"))), ["channels.sms: attachment_types"]);
    let key = NoticeKey::OptOutConfirmation;
    let opt_out = Change::Text { language: "en".to_owned(), key, text: Some("Bye.".to_owned()) };
    assert_eq!(told(&opt_out), ["texts: opt_out_confirmation"]);
    assert_eq!(decide_change(&state(), &files("fax", Some("image/*"))), Err(Rejection::EntryUnknown));
}

#[test]
fn a_whole_wording_leads_to_itself_and_leaves_alone_what_it_says_nothing_of() {
    let before = [text("fr", Some("Un moment.")), component("old", Some("Old?"))];
    let before = before.iter().fold(state(), |state, change| changed(&state, change));
    let wanted =
        [text("de", Some("Moment.")), files("web", Some("audio/*")), component("rate", Some("Well?"))];
    let wanted = wanted.iter().fold(state(), |state, change| changed(&state, change));
    let Configuration { texts, attachments, components, .. } = wanted;
    let apply = |wording| Apply { channels: state().channels, routing: None, wording };
    let all = Wording {
        texts: Some(texts.clone()),
        attachments: Some(attachments.clone()),
        components: Some(components.clone()),
    };
    let (after, count) = super::after(before.clone(), apply(all));
    assert_eq!((after.texts, after.attachments, after.components), (texts, attachments, components));
    assert_eq!(count, 5, "fr gone, de new, files set, old gone, rate new");
    assert_eq!(decide(&before, &apply(Wording::default())), Ok(Vec::new()));
}

#[test]
fn the_files_of_a_channel_go_with_it() {
    let before = changed(&state(), &files("web", Some("audio/*")));
    let (after, _) = super::after(before, only(channels(&["sms"])));
    assert_eq!(after.attachments, BTreeMap::new());
}
