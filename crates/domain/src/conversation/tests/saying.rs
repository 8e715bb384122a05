//! MSG-26, PRO-8, VA-4: choices and their answers, files, and the language in which somebody is spoken to.

use super::story::{Teller, agent, at, chat, fire, message, messaging, opening};
use crate::channel::{ChannelKind, Mode};
use crate::conversation::{Command, ConversationEvent, Origin, TimerKind};
use crate::notice::{NoticeKey, Place, Said, Texts, to_requester};
use crate::{
    Answer, Attachment, AttachmentRefusal, Choice, Choices, Content, Message, MessageId, Parts, Personal,
    Rejection,
};
use uuid::Uuid;

/// A conversation of ann's, in which she has offered `yes` and `no` with message 100.
fn asked(kind: ChannelKind) -> Teller {
    let mut teller = Teller::new(messaging(|_| {}));
    teller.kind = kind;
    teller.tell(0, "requester");
    teller.tell(1, "ann joins");
    teller.give(at(2), &post(choices(100, &["yes", "no"]))).unwrap();
    teller
}

fn saying(number: u128, parts: Parts) -> Message {
    Message { id: MessageId(Uuid::from_u128(number)), content: Content::of(parts).unwrap() }
}

fn words(text: &str) -> Parts {
    Parts { text: Personal::new(text.to_owned()), ..Parts::default() }
}

fn choices(number: u128, values: &[&str]) -> Message {
    let options = values.iter().map(|value| Choice::new(value, &value.to_uppercase())).collect();
    saying(number, Parts { choices: Some(Choices::new(None, options).unwrap()), ..words("Well?") })
}

fn answer(to: u128, value: &str) -> Parts {
    let message = MessageId(Uuid::from_u128(to));
    Parts { answer: Some(Answer { message, value: value.to_owned() }), ..Parts::default() }
}

fn post(message: Message) -> Command {
    Command::Post { agent: agent("ann"), message }
}

fn receive(parts: Parts) -> Command {
    Command::Receive { message: saying(7, parts), sent_at: None, redelivered: false }
}

/// The answer that a requester's words were taken for, and what they say in the log.
fn taken(teller: &mut Teller, parts: Parts) -> Result<(Option<String>, String), Rejection> {
    let events = teller.give(at(3), &receive(parts))?;
    let [ConversationEvent::RequesterMessagePosted { message, .. }] = events.as_slice() else {
        panic!("an answer is one fact and ends nothing: {events:?}");
    };
    let content = &message.content;
    Ok((content.answer().map(|answer| answer.value.clone()), content.text().expose().clone()))
}

/// MSG-26
#[test]
fn an_answer_is_tied_to_the_choices_and_ends_nothing() {
    let mut teller = asked(ChannelKind::Mweb);
    assert_eq!(taken(&mut teller, answer(100, "no")), Ok((Some("no".to_owned()), "NO".to_owned())));
    let state = teller.state.as_ref().unwrap();
    assert!(!state.is_closed() && state.question.as_ref().unwrap().answered);
    assert_eq!(taken(&mut teller, answer(100, "yes")).unwrap().0.as_deref(), Some("yes"), "minds change");
}

/// MSG-26
#[test]
fn an_answer_to_what_was_not_offered_or_not_last_is_refused() {
    let refused = Err(Rejection::ChoiceUnknown);
    let mut teller = asked(ChannelKind::Mweb);
    assert_eq!(taken(&mut teller, answer(100, "perhaps")), refused);
    assert_eq!(taken(&mut teller, answer(99, "yes")), refused);
    teller.give(at(4), &post(choices(101, &["maybe"]))).unwrap();
    assert_eq!(taken(&mut teller, answer(100, "yes")), refused);
    assert!(taken(&mut teller, answer(101, "maybe")).is_ok());
    let mut fresh = Teller::new(messaging(|_| {}));
    let origin = Origin::Requester { sent_at: None, redelivered: false };
    let first = opening(messaging(|_| {}), origin, saying(7, answer(100, "yes")));
    assert_eq!(fresh.give(at(0), &first).map(drop), Err(Rejection::ChoiceUnknown));
}

/// MSG-26, MSG-20
#[test]
fn on_sms_a_label_or_a_number_is_an_answer_once_and_on_the_web_words_are_words() {
    for (kind, said, expected) in [
        (ChannelKind::Sms, "2", Some("no")),
        (ChannelKind::Sms, " yes. ", Some("yes")),
        (ChannelKind::Sms, "yes, thanks", None),
        (ChannelKind::Sms, "3", None),
        (ChannelKind::Mweb, "2", None),
        (ChannelKind::Mweb, "yes", None),
    ] {
        let mut teller = asked(kind);
        let (found, text) = taken(&mut teller, words(said)).unwrap();
        assert_eq!((found.as_deref(), text.as_str()), (expected, said), "{kind:?}");
    }
    let mut teller = asked(ChannelKind::Sms);
    taken(&mut teller, words("2")).unwrap();
    assert_eq!(taken(&mut teller, words("2")).unwrap().0, None, "it was answered");
}

/// PRO-8, MSG-20: whoever sends it, and however the conversation begins.
#[test]
fn a_file_that_the_channel_does_not_take_is_refused_on_both_sides() {
    let file = |content_type: &str, size_bytes| {
        let url = Personal::new("https://files.example/1".to_owned());
        let file = Attachment { url, content_type: content_type.to_owned(), name: None, size_bytes };
        Parts { attachments: vec![file], ..Parts::default() }
    };
    let pdf = || file("application/pdf", None);
    let refused = Err(Rejection::AttachmentRefused(AttachmentRefusal::Type));
    let mut sms = asked(ChannelKind::Sms);
    let contribute = Command::Contribute { agent: agent("bob"), message: saying(8, pdf()) };
    for command in [receive(pdf()), post(saying(8, pdf())), contribute] {
        assert_eq!(sms.give(at(3), &command).map(drop), refused);
    }
    let origins = [Origin::Requester { sent_at: None, redelivered: false }, Origin::Agent(agent("ann"))];
    for origin in origins {
        let command = opening(messaging(|_| {}), origin, saying(7, pdf()));
        let mut fresh = Teller::new(messaging(|_| {}));
        assert_eq!(fresh.give(at(0), &command).map(drop), refused);
    }
    let mut web = asked(ChannelKind::Mweb);
    assert!(web.give(at(3), &receive(pdf())).is_ok());
    let large = web.give(at(4), &receive(file("application/pdf", Some(11 << 20)))).unwrap_err();
    assert_eq!(large.code(), "attachment_too_large");
}

/// VA-4: the latest language that was said counts, and one that is none says nothing.
#[test]
fn the_requesters_language_is_the_latest_that_their_messages_say() {
    let mut teller = asked(ChannelKind::Mweb);
    let mut say = |name: &str, value: &str| {
        let context = [(name.to_owned(), Personal::new(value.to_owned()))].into();
        teller.give(at(3), &receive(Parts { context, ..words("Hi") })).unwrap();
        teller.state.as_ref().unwrap().language.clone()
    };
    assert_eq!(say("page", "de"), None);
    assert_eq!(say("Language", "pt_BR").as_deref(), Some("pt-br"));
    assert_eq!(say("language", "the language of love"), Some("pt-br".to_owned()));
    assert_eq!(say("language", "de").as_deref(), Some("de"));
}

/// VA-4, IDLE-2, IDLE-16: the texts in the requester's language go before the channel's own.
#[test]
fn a_reminder_speaks_the_requesters_language() {
    let texts_after = |language: Option<&str>| {
        let mut teller = Teller::new(chat(|_| {}));
        teller.texts.set("de", NoticeKey::IdleReminder, "Sind Sie noch da? {agent} fragt.").unwrap();
        teller.texts.set("de", NoticeKey::IdleClosed, "Bis bald.").unwrap();
        let origin = Origin::Requester { sent_at: None, redelivered: false };
        let context = language.map(|tag| ("language".to_owned(), Personal::new(tag.to_owned())));
        let parts = Parts { context: context.into_iter().collect(), ..words("Hi") };
        teller.give(at(0), &opening(chat(|_| {}), origin, saying(1, parts))).unwrap();
        teller.tell(1, "ann joins");
        teller.give(at(2), &post(message(2))).unwrap();
        let mut said = Vec::new();
        for kind in [TimerKind::IdleReminder, TimerKind::IdleCancel] {
            let timer = teller.armed().into_iter().find(|timer| timer.kind == kind).unwrap();
            let events = teller.give(timer.due, &fire(timer)).unwrap();
            let place = Place { mode: Mode::Chat, kind: None, texts: &Texts::default(), language: None };
            said.extend(events.iter().flat_map(|event| to_requester(event, place)).map(|said| match said {
                Said::Notice { text, .. } => text,
                Said::ByRequester(_) | Said::ByAgent(..) | Said::ByVirtualAgent(_) => panic!("nobody wrote"),
            }));
        }
        said
    };
    assert_eq!(texts_after(Some("de-AT")), ["Sind Sie noch da? ann fragt.", "Bis bald."]);
    let own = crate::channel::Messages::default();
    let own = [own.idle_chat_reminder_message, own.idle_chat_cancel_message];
    assert_eq!(texts_after(None), own);
    assert_eq!(texts_after(Some("fr")), own);
}
