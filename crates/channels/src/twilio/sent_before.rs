//! Whether an earlier try went through although its answer was lost. Twilio takes no key by which it could drop a second
//! request, so the list of messages is looked at before anything is sent again.
//!
//! What it can tell: a message from and to the same numbers, with the same text, made since the fact was committed, that
//! is not the answer to another delivery, is taken for ours. What it cannot tell: the list shows neither the callback nor
//! any key of ours. Which message answered which delivery is remembered, and after a restart read from the facts of all that
//! was said between the two numbers. Should two deliveries of the same text be open, each takes one message at the most, so
//! that the requester gets the text as often as it was said, whichever of them is taken for which. A text is sent twice if the account's clock is behind ours, if Twilio changed the text (a trial account's preface, smart
//! encoding), or if the message is not in the list yet. In doubt a requester gets a text twice rather than never.

use super::send::{Sender, bad_answer, failed};
use crate::http::Client;
use crate::signed::is_id;
use chrono::DateTime;
use domain::Timestamp;
use engine::{Attempt, Delivery, DeliveryKey, OutgoingMessage};
use serde::Deserialize;
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

/// How many messages are looked at: the newest between the two numbers, which come first. They are not filtered by date,
/// because one that still waits at Twilio has no date of sending.
const PAGE: &str = "20";
/// The most bytes of such a page; texts may be long.
const PAGE_MAX: usize = 512 * 1024;
/// How many answers are remembered (`X1`).
const REMEMBERED_MAX_COUNT: usize = 4096;

/// Which message answered which delivery, as far back as memory goes.
#[derive(Debug, Default)]
pub(crate) struct Acknowledged(Mutex<VecDeque<(DeliveryKey, String)>>);

#[derive(Deserialize)]
struct Page {
    messages: Vec<Listed>,
}

#[derive(Deserialize)]
struct Listed {
    sid: String,
    body: Option<String>,
    direction: Option<String>,
    date_created: Option<String>,
}

/// The id of the message that an earlier try made, if there is one.
pub(super) async fn sent_before(
    sender: &Sender,
    client: &Client,
    delivery: &Delivery,
    message: &OutgoingMessage,
    now: Timestamp,
) -> Result<Option<String>, Attempt> {
    let query = [("To", message.to.expose().as_str()), ("From", message.from.as_str()), ("PageSize", PAGE)];
    let request = sender.authorised(client.get(sender.messages_url.clone())).query(&query);
    let answer = client.send(request, PAGE_MAX, now).await?;
    if !matches!(answer.status, 200..300) {
        return Err(failed(&answer));
    }
    let like = listed(&answer.body, message.text.expose(), delivery.at).ok_or_else(bad_answer)?;
    Ok(like.into_iter().find(|sid| !sender.acknowledged.is_others(delivery.key, sid)))
}

/// The ids of the messages in a list that say this text and were made since; `None` if it is no list.
pub(crate) fn listed(body: &[u8], text: &str, since: Timestamp) -> Option<Vec<String>> {
    let page: Page = serde_json::from_slice(body).ok()?;
    let like = page.messages.into_iter().filter(|listed| is_id(&listed.sid) && is_it(listed, text, since));
    Some(like.map(|listed| listed.sid).collect())
}

/// Twilio tells whole seconds, so one that was made in the second of the commit may be ours.
fn is_it(listed: &Listed, text: &str, committed: Timestamp) -> bool {
    let outbound = listed.direction.as_deref().is_some_and(|direction| direction.starts_with("outbound"));
    let created = listed.date_created.as_deref().and_then(|text| DateTime::parse_from_rfc2822(text).ok());
    let since = created.is_some_and(|at| at.timestamp() >= committed.0.div_euclid(1000));
    outbound && since && listed.body.as_deref().unwrap_or_default() == text
}

impl Acknowledged {
    /// Remembers an answer.
    pub(crate) fn add(&self, key: DeliveryKey, sid: &str) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.iter().any(|(whose, answer)| *whose == key && answer == sid) {
            return;
        }
        if known.len() == REMEMBERED_MAX_COUNT {
            known.pop_front();
        }
        known.push_back((key, sid.to_owned()));
    }

    /// Whether a message is the answer to another delivery.
    fn is_others(&self, key: DeliveryKey, sid: &str) -> bool {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.iter().any(|(whose, answer)| answer == sid && *whose != key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ConversationId;
    use engine::Source;

    /// 2026-01-31T22:10:47.900Z
    const COMMITTED: Timestamp = Timestamp(1_769_897_447_900);

    fn listed(body: &str, direction: &str, created: &str) -> Listed {
        let text = |text: &str| Some(text.to_owned());
        Listed {
            sid: "SM1".to_owned(),
            body: text(body),
            direction: text(direction),
            date_created: text(created),
        }
    }

    #[test]
    fn a_message_is_ours_by_text_direction_and_time() {
        let at = "Sat, 31 Jan 2026 22:10:47 +0000";
        assert!(is_it(&listed("Hello", "outbound-api", at), "Hello", COMMITTED));
        assert!(!is_it(&listed("Hello!", "outbound-api", at), "Hello", COMMITTED));
        assert!(!is_it(&listed("Hello", "inbound", at), "Hello", COMMITTED));
        let before = "Sat, 31 Jan 2026 22:10:46 +0000";
        assert!(!is_it(&listed("Hello", "outbound-api", before), "Hello", COMMITTED));
        assert!(!is_it(&listed("Hello", "outbound-api", "yesterday"), "Hello", COMMITTED));
    }

    /// X1
    #[test]
    fn what_is_no_id_is_not_kept_as_one() {
        let at = "Sat, 31 Jan 2026 22:10:47 +0000";
        let page = |sid: &str| {
            serde_json::json!({ "messages": [
                { "sid": sid, "body": "Hello", "direction": "outbound-api", "date_created": at },
            ] })
            .to_string()
        };
        let ids = |sid: &str| super::listed(page(sid).as_bytes(), "Hello", COMMITTED).unwrap();
        assert_eq!(ids("SM1"), ["SM1"]);
        for wrong in ["", "a b", "\n", &"a".repeat(129)] {
            assert!(ids(wrong).is_empty(), "{wrong}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_entry_of_the_list_breaks_the_comparison(
            body in ".{0,9}", direction in ".{0,9}", created in ".{0,40}|[A-Z][a-z]{2}, [0-9]{1,2} [A-Z][a-z]{2} [0-9]{1,5} [0-9:]{5,8} [+-][0-9]{4}"
        ) {
            is_it(&listed(&body, &direction, &created), "Hello", COMMITTED);
        }
    }

    #[test]
    fn a_message_that_answered_another_delivery_is_not_ours() {
        let key = |version| DeliveryKey {
            source: Source::Conversation(ConversationId::new(0, 1, 1)),
            version,
            part: 0,
        };
        let known = Acknowledged::default();
        for version in 0..5000 {
            known.add(key(version), &format!("SM{version}"));
        }
        assert!(known.is_others(key(1), "SM4999") && !known.is_others(key(4999), "SM4999"));
        assert!(!known.is_others(key(1), "SM0"), "memory has an end (X1)");
    }
}
