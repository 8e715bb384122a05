//! The readers of what providers answer to us, for the crate `doors` alone, which tries them with bytes that nobody
//! thought of.

use crate::http::Answer;
use crate::{signed, twilio};
use domain::Timestamp;
use engine::Attempt;

/// What an own gateway's answer and Twilio's mean. Twilio's only where it is no yes: a yes belongs to a sender.
pub fn attempts(status: u16, body: &[u8]) -> Vec<Attempt> {
    let answer = Answer { status, body: body.to_vec(), retry_after: None };
    let twilio = (!matches!(status, 200..300)).then(|| twilio::failed(&answer));
    [Some(signed::attempt(&answer)), twilio].into_iter().flatten().collect()
}

/// The id of the message that Twilio says it took.
pub fn taken(body: &[u8]) -> Option<String> {
    twilio::taken(body)
}

/// The ids of the messages in Twilio's list that say this text and were made since; `None` if it is no list.
pub fn sent_before(body: &[u8], text: &str, since: Timestamp) -> Option<Vec<String>> {
    twilio::listed(body, text, since)
}
