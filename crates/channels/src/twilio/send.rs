//! Sends one message over the Messages API, and reads the answer.

use super::OPTED_OUT;
use super::sent_before::{Acknowledged, sent_before};
use crate::http::{ANSWER_MAX, Answer, Client, is_temporary};
use crate::limit::Limit;
use crate::settings::Secret;
use crate::signed::is_id;
use domain::channel::ChannelKind;
use domain::{Seconds, Timestamp};
use engine::{Attempt, Delivery, DeliveryKey, OutgoingMessage};
use reqwest::RequestBuilder;
use serde::Deserialize;
use url::Url;

/// The longest text of one message, in characters. A longer one is refused and not split: of several requests some could
/// fail, and nobody could say what the requester has read.
const TEXT_MAX_CHARS: usize = 1600;

/// The error for which Twilio wants to be asked again later, beside HTTP's own 429.
const TOO_MANY: u32 = 20429;

/// One channel's account with Twilio.
#[derive(Debug)]
pub(crate) struct Sender {
    pub(crate) account_sid: String,
    pub(crate) auth_token: Secret,
    /// Where messages are posted and listed.
    pub(crate) messages_url: Url,
    pub(crate) messaging_service_sid: Option<String>,
    /// What Twilio calls us, without a slash at its end.
    pub(crate) public_url: String,
    pub(crate) limit: Limit,
    pub(crate) acknowledged: Acknowledged,
}

/// What Twilio says of a message that it took.
#[derive(Deserialize)]
struct Taken {
    sid: String,
}

/// What Twilio says of one that it did not take.
#[derive(Deserialize)]
struct Error {
    code: u32,
}

impl Sender {
    /// Tries once. From the second try on it first looks whether an earlier one went through.
    pub(crate) async fn send(
        &self,
        client: &Client,
        delivery: &Delivery,
        message: &OutgoingMessage,
        now: Timestamp,
    ) -> Attempt {
        let never = |code: &str| Attempt::Refused { code: code.to_owned(), opted_out: false };
        if message.kind != ChannelKind::Sms {
            return never("kind_unsupported");
        }
        if message.text.expose().chars().count() > TEXT_MAX_CHARS {
            return never("text_too_long");
        }
        if delivery.attempt > 1 {
            match sent_before(self, client, delivery, message, now).await {
                Ok(None) => {}
                Ok(Some(sid)) => return self.taken(delivery.key, sid),
                Err(attempt) => return attempt,
            }
        }
        if let Err(after) = self.limit.turn(&message.from).await {
            return Attempt::Retry { code: engine::HELD_BACK.to_owned(), after: Some(after) };
        }
        let form = self.form(delivery.key, message);
        let request = self.authorised(client.post(self.messages_url.clone())).form(&form);
        match client.send(request, ANSWER_MAX, now).await {
            Err(error) => error.into(),
            Ok(answer) => self.attempt(delivery.key, &answer),
        }
    }

    /// The parameters of the message. The sender is named even where a messaging service is: the requester's answer has
    /// to come back to the address with which the conversation is held.
    fn form(&self, key: DeliveryKey, message: &OutgoingMessage) -> Vec<(&'static str, String)> {
        let callback =
            format!("{}/v1/channels/{}/twilio/status/{key}", self.public_url, message.channel.as_str());
        let mut form = vec![
            ("To", message.to.expose().as_str().to_owned()),
            ("From", message.from.as_str().to_owned()),
            ("StatusCallback", callback),
        ];
        form.extend(self.messaging_service_sid.iter().map(|sid| ("MessagingServiceSid", sid.clone())));
        if !message.text.expose().is_empty() {
            form.push(("Body", message.text.expose().clone()));
        }
        form.extend(message.attachments.iter().map(|file| ("MediaUrl", file.url.expose().clone())));
        form
    }

    /// Adds the account's credentials.
    pub(super) fn authorised(&self, request: RequestBuilder) -> RequestBuilder {
        request.basic_auth(&self.account_sid, Some(self.auth_token.expose()))
    }

    fn attempt(&self, key: DeliveryKey, answer: &Answer) -> Attempt {
        if !matches!(answer.status, 200..300) {
            return failed(answer);
        }
        // It was taken, but nobody knows as what: the next try looks it up.
        taken(&answer.body).map_or_else(bad_answer, |sid| self.taken(key, sid))
    }

    fn taken(&self, key: DeliveryKey, sid: String) -> Attempt {
        self.acknowledged.add(key, &sid);
        Attempt::Sent { provider_id: Some(sid) }
    }
}

/// The id that the message has with Twilio.
pub(crate) fn taken(body: &[u8]) -> Option<String> {
    serde_json::from_slice(body).ok().map(|Taken { sid }| sid).filter(|sid| is_id(sid))
}

/// What an answer other than yes means.
pub(crate) fn failed(answer: &Answer) -> Attempt {
    let number = serde_json::from_slice::<Error>(&answer.body).ok().map(|error| error.code);
    let code = number.map_or_else(|| format!("http_{}", answer.status), |number| format!("twilio_{number}"));
    // A 401 is about our token and not about the message, which goes out once the token is right.
    if is_temporary(answer.status) || answer.status == 401 || number == Some(TOO_MANY) {
        let after: Option<Seconds> = answer.retry_after;
        return Attempt::Retry { code, after };
    }
    Attempt::Refused { code, opted_out: number == Some(OPTED_OUT) }
}

pub(super) fn bad_answer() -> Attempt {
    Attempt::Retry { code: "bad_answer".to_owned(), after: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    use proptest::prelude::*;

    fn of(status: u16, body: &str) -> Attempt {
        failed(&Answer { status, body: body.into(), retry_after: None })
    }

    proptest! {
        /// X1
        #[test]
        fn no_answer_breaks_the_reader_and_codes_stay_short(
            status in 100u16..1000, body in ".{0,80}|\\{\"code\":[0-9.eE-]{0,12}\\}"
        ) {
            match of(status, &body) {
                Attempt::Sent { .. } => prop_assert!(false, "{} is no yes", status),
                Attempt::Retry { code, .. } | Attempt::Refused { code, .. } => prop_assert!(code.len() <= 20),
            }
        }
    }

    /// OPT-4
    #[test]
    fn a_requester_who_opted_out_is_refused_for_good_and_as_such() {
        let opted_out = Attempt::Refused { code: "twilio_21610".to_owned(), opted_out: true };
        assert_eq!(of(400, r#"{"code":21610,"message":"unsubscribed","status":400}"#), opted_out);
        let other = Attempt::Refused { code: "twilio_21211".to_owned(), opted_out: false };
        assert_eq!(of(400, r#"{"code":21211}"#), other);
    }

    #[test]
    fn what_may_pass_by_itself_is_tried_again_and_an_answer_without_a_number_has_its_status() {
        let later = |code: &str| Attempt::Retry { code: code.to_owned(), after: None };
        assert_eq!(of(429, r#"{"code":20429}"#), later("twilio_20429"));
        assert_eq!(of(400, r#"{"code":20429}"#), later("twilio_20429"));
        assert_eq!(of(401, r#"{"code":20003}"#), later("twilio_20003"));
        assert_eq!(of(503, "<html>"), later("http_503"));
        assert_eq!(
            of(404, r#"{"code":"x"}"#),
            Attempt::Refused { code: "http_404".to_owned(), opted_out: false }
        );
    }
}
