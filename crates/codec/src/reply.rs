//! What a command answered, stored with its id so that its repetition gets the same answer (`L6`).

use crate::bytes::Reader;
use crate::{Error, sealed};
use domain::{ConversationId, MessageId};
use uuid::Uuid;

const FORMAT: u8 = 0x41;

/// What a command answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The conversation that it was about or that it opened.
    pub conversation: ConversationId,
    /// The message that it posted, if it was about one.
    pub message: Option<MessageId>,
}

/// The reply as stored.
pub fn encode(reply: &Reply) -> Vec<u8> {
    let Reply { conversation, message } = reply;
    let mut body = conversation.to_bytes().to_vec();
    body.push(u8::from(message.is_some()));
    if let Some(MessageId(id)) = message {
        body.extend_from_slice(id.as_bytes());
    }
    sealed::seal(FORMAT, &body)
}

/// A reply as stored.
///
/// # Errors
/// [`Error`] says what is wrong with the bytes.
pub fn decode(bytes: &[u8]) -> Result<Reply, Error> {
    let mut body = Reader::new(sealed::open(FORMAT, bytes)?);
    let conversation = ConversationId::from_bytes(body.array()?);
    let message = if body.flag()? { Some(MessageId(Uuid::from_bytes(body.array()?))) } else { None };
    body.finish()?;
    Ok(Reply { conversation, message })
}
