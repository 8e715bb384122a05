//! Section 2.1: what a contact allows to be sent.

use super::*;
use crate::consent::Keyword;

fn said(company: &str, keyword: Keyword) -> ContactCommand {
    ContactCommand::Consent {
        channel: ChannelId::new("sms").unwrap(),
        address: Personal::new(address("+12025550123")),
        company: address(company),
        keyword,
    }
}

/// What the words lead to, and how many facts the last one took.
fn consent_after(words: &[Keyword]) -> (Option<Contact>, usize) {
    let mut last = 0;
    let state = words.iter().fold(None, |state, word| {
        let events = decide(state.as_ref(), &said("front", *word)).unwrap();
        last = events.len();
        events.iter().fold(state, |state, event| evolve(state, Timestamp(0), event))
    });
    (state, last)
}

fn consent(words: &[Keyword]) -> (bool, bool) {
    let contact = consent_after(words).0.unwrap();
    let Consent { opted_out, notifications } = contact.consent_for(&address("front"));
    (opted_out, notifications)
}

/// OPT-1, OPT-6: the two layers of the same words.
#[test]
fn stop_blocks_and_unsubscribes_start_lifts_and_subscribes() {
    use Keyword::{OptOut, Start, Stop, Unstop, Yes};
    for (words, expected) in [
        (&[Stop][..], (true, false)),
        (&[Start], (false, true)),
        (&[Start, Stop], (true, false)),
        (&[Start, Stop, Start], (false, true)),
        (&[Start, Stop, Yes], (false, false)),
        (&[OptOut, Unstop], (false, false)),
        (&[Keyword::Provider, Start], (false, true)),
    ] {
        assert_eq!(consent(words), expected, "{words:?}");
    }
}

/// OPT-6: saying it again is no news.
#[test]
fn a_word_that_changes_nothing_leaves_no_trace() {
    use Keyword::{Help, Start, Stop, Yes};
    for words in [&[Stop, Stop][..], &[Start, Start], &[Stop, Help], &[Start, Yes]] {
        assert_eq!(consent_after(words).1, 0, "{words:?}");
    }
    assert_eq!(consent_after(&[Help]).0, None, "who only asks for help is nobody yet");
}

/// OPT-6: the key is the pair.
#[test]
fn consent_is_about_one_address_of_the_company() {
    let contact = consent_after(&[Keyword::Stop]).0.unwrap();
    assert!(contact.consent_for(&address("front")).opted_out);
    assert_eq!(contact.consent_for(&address("back")), Consent::default());
}

/// 18.19: "YES" may be the answer to a question.
#[test]
fn a_word_that_only_opts_in_is_ordinary_unless_they_had_opted_out() {
    use Keyword::{Help, Start, Stop, Unstop, Yes};
    let front = address("front");
    let out = consent_after(&[Stop]).0;
    let neither = consent_after(&[Start]).0;
    for (word, when_out, otherwise) in [
        (Yes, true, false),
        (Unstop, true, false),
        (Start, true, true),
        (Stop, true, true),
        (Help, true, true),
    ] {
        assert_eq!(is_consent(out.as_ref(), &front, word), when_out, "{word:?}");
        assert_eq!(is_consent(neither.as_ref(), &front, word), otherwise, "{word:?}");
        assert_eq!(is_consent(None, &front, word), otherwise, "{word:?}");
    }
}

/// NTF-1, OPT-1, OPT-6: by phone only to who subscribed, and to nobody who has opted out; each address for itself.
#[test]
fn a_notification_needs_a_subscription_by_phone_and_no_opt_out() {
    let state = |words: &[Keyword]| consent_after(words).0;
    for (words, by_phone, elsewhere) in [
        (&[][..], false, true),
        (&[Keyword::Start][..], true, true),
        (&[Keyword::Start, Keyword::Stop][..], false, false),
    ] {
        let state = state(words);
        let may = |by_phone, from: Option<&str>| {
            may_notify(state.as_ref(), by_phone, from.map(address).as_ref()).is_ok()
        };
        for from in [None, Some("front")] {
            assert_eq!(may(true, from), by_phone, "{words:?} by phone");
            assert_eq!(may(false, from), elsewhere, "{words:?} elsewhere");
        }
        assert_eq!(
            (may(true, Some("back")), may(false, Some("back"))),
            (false, true),
            "{words:?} of another"
        );
    }
}

/// OPT-1, ID-9: what the old holder subscribed to is not for the new one; the provider's block is the number's.
#[test]
fn a_new_holder_has_subscribed_to_nothing_and_is_blocked_where_the_number_is() {
    let start = |company| said(company, Keyword::Start);
    let state = after(&[start("front"), start("back"), said("back", Keyword::Stop)]);
    let gone = ContactEvent::ProfileDeactivated { profile: 1, by: AgentId::new("ann").unwrap() };
    let contact = evolve(state, AT, &gone).unwrap();
    let blocked = Consent { opted_out: true, notifications: false };
    assert_eq!(contact.consent, BTreeMap::from([(address("back"), blocked)]));
}
