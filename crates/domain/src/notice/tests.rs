//! Section 5 as a table, and the words with which it is said.

mod facts;
mod order;

use super::*;

fn table() -> Vec<(NoticeKey, &'static str)> {
    // Section 5: requester and agent in messaging, requester and agent in chat, requester on SMS.
    vec![
        (NoticeKey::ClosedByActor, "DDDDs"),
        (NoticeKey::ClosedBySystem, "SSDDs"),
        (NoticeKey::ParticipantEntered, "SSDDs"),
        (NoticeKey::InitialAgentResponse, "DSDSd"),
        (NoticeKey::IdleReminder, "SSDSs"),
        (NoticeKey::IdleReminderAgent, "SSSDs"),
        (NoticeKey::IdleClosed, "SSDSs"),
        (NoticeKey::AgentTransfer, "DSDSd"),
        (NoticeKey::NoAgentAvailable, "DSDSd"),
        (NoticeKey::MaxWaitElapsed, "DSDSd"),
        (NoticeKey::QueueWaitTrigger, "DSDSs"),
        (NoticeKey::PromptRequester, "DSSSd"),
        (NoticeKey::PromptAgent, "SDSSs"),
        (NoticeKey::ParticipantLeft, "SDDDs"),
        (NoticeKey::SupervisorJoined, "SDDDs"),
        (NoticeKey::EstimatedWait, "DSDSs"),
        (NoticeKey::ConversationAck, "DSDSd"),
        (NoticeKey::OptOutConfirmation, "SSSSs"),
    ]
}

/// Section 5: every line of the matrix, in both modes, for both audiences, and the reduced set on SMS.
#[test]
fn the_matrix_says_what_is_shown_to_whom() {
    assert_eq!(table().len(), NoticeKey::ALL.len());
    for (key, expected) in table() {
        let web = |audience, mode| is_shown(key, audience, mode, Some(ChannelKind::Mweb));
        let cells = [
            web(Audience::Requester, Mode::Messaging),
            web(Audience::Agent, Mode::Messaging),
            web(Audience::Requester, Mode::Chat),
            web(Audience::Agent, Mode::Chat),
        ];
        let sms = is_shown(key, Audience::Requester, Mode::Messaging, Some(ChannelKind::Sms));
        let shown: String = cells.iter().map(|shown| if *shown { 'D' } else { 'S' }).collect();
        assert_eq!(format!("{shown}{}", if sms { 'd' } else { 's' }), expected, "{}", key.name());
        assert_eq!(NoticeKey::parse(key.name()), Some(key));
    }
}

#[test]
fn a_text_is_found_in_the_language_its_main_language_english_or_what_is_built_in() {
    let mut texts = Texts::default();
    let find = |texts: &Texts, language| texts.find(NoticeKey::AgentTransfer, language).map(str::to_owned);
    assert_eq!(find(&texts, None).as_deref(), Some("Please wait while you are being connected."));
    texts.set("en", NoticeKey::AgentTransfer, "One moment.").unwrap();
    texts.set("DE", NoticeKey::AgentTransfer, "Einen Moment.").unwrap();
    assert_eq!(find(&texts, Some("fr")).as_deref(), Some("One moment."));
    assert_eq!(find(&texts, Some("de-AT")).as_deref(), Some("Einen Moment."));
    texts.unset("de", NoticeKey::AgentTransfer);
    assert_eq!(find(&texts, Some("de-AT")).as_deref(), Some("One moment."));
    assert_eq!(texts.iter().count(), 1);
}

#[test]
fn a_text_that_cannot_be_rendered_is_refused() {
    let mut texts = Texts::default();
    let mut set = |language: &str, text: &str| texts.set(language, NoticeKey::ClosedByActor, text);
    assert_eq!(set("en", " "), Err(TextError::Length));
    assert_eq!(set("en", "{name} left"), Err(TextError::Placeholder));
    assert_eq!(set("en", "a } alone"), Err(TextError::Placeholder));
    assert_eq!(set("e", "{agent} left"), Err(TextError::Language));
    assert_eq!(set("en-", "{agent} left"), Err(TextError::Language));
    assert_eq!(set("en", "{agent} left"), Ok(()));
    assert_eq!(render("{agent} left", Arguments { agent: Some("Ann"), minutes: None }), "Ann left");
}
