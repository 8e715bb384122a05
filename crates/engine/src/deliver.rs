//! The way out: what the outbox asks of whoever reaches requesters and subscribers.
//!
//! The outbox decides what is delivered, in which order and how often it is tried; an implementation tries once.

use crate::keys::{contact_stream, conversation_stream};
use domain::channel::ChannelKind;
use domain::notice::NoticeKey;
use domain::{
    Address, AgentId, Attachment, ChannelId, Choice, ContactId, ConversationId, MessageId, Personal, Seconds,
    Timestamp,
};
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use store::StreamId;
use uuid::Uuid;

/// One try at a delivery.
pub type Trying<'a> = Pin<Box<dyn Future<Output = Attempt> + Send + 'a>>;

/// Reaches the outside.
pub trait Deliver: Send + Sync + 'static {
    /// Tries once. The same key may come again, after a crash even if it went through; whoever receives it can tell by
    /// the key (`L5`). Dropping the future gives up.
    fn deliver<'a>(&'a self, delivery: &'a Delivery) -> Trying<'a>;

    /// Whether what is said on a channel is pushed out. Otherwise it is pulled, or shown to whoever is connected.
    fn pushes(&self, channel: &ChannelId) -> bool;

    /// Something went out in an earlier life of the process, and this is how the provider calls it; told before the first
    /// try after a start, and more than once. Whoever looks up what went through must not take it for another's.
    fn remember(&self, _channel: &ChannelId, _key: DeliveryKey, _provider_id: &str) {}
}

/// How an engine reaches the outside.
#[derive(Clone, Default)]
pub struct Outside {
    /// Who tries; without one, nothing goes out and nothing waits to be pulled.
    pub deliver: Option<Arc<dyn Deliver>>,
    /// Who is told what happens, each under a name of its own.
    pub subscriptions: Vec<Subscription>,
}

/// Somebody who is told what happens in conversations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subscription {
    /// Its name for ever: how far it was told is remembered under it.
    pub name: String,
    /// Which facts: names such as `conversation.closed`, or beginnings of names that end in `*`; empty means all of
    /// conversations. What is due to requesters ([`DUE_TYPES`]) is told to whoever names it.
    pub types: Vec<String>,
    /// Of conversations on which channels; empty means all.
    pub channels: Vec<ChannelId>,
    /// Whether what is due is told without the texts of messages.
    pub without_texts: bool,
}

/// The facts of contacts that are told: a push or a digest is due (`MSG-11`, `MSG-13`).
pub const DUE_TYPES: [&str; 2] = ["contact.push_due", "contact.digest_due"];

impl Subscription {
    /// Whether facts of this name are told. Of contacts nothing else is told than what is due, and that only to those who
    /// ask for it: it holds what reaches people's devices.
    pub fn wants_type(&self, type_name: &str) -> bool {
        if type_name.starts_with("contact.") && !DUE_TYPES.contains(&type_name) {
            return false;
        }
        let is = |wanted: &String| match wanted.strip_suffix('*') {
            Some(beginning) => type_name.starts_with(beginning),
            None => type_name == wanted,
        };
        if DUE_TYPES.contains(&type_name) {
            return self.types.iter().filter(|wanted| wanted.starts_with("contact.")).any(is);
        }
        self.types.is_empty() || self.types.iter().any(is)
    }

    /// Whether anything is told that is due to requesters.
    pub fn wants_due(&self) -> bool {
        DUE_TYPES.iter().any(|type_name| self.wants_type(type_name))
    }

    /// Whether conversations on this channel are told of.
    pub fn wants_channel(&self, channel: &ChannelId) -> bool {
        self.channels.is_empty() || self.channels.contains(channel)
    }
}

/// Pushes nothing: everything that goes out waits to be pulled.
#[derive(Clone, Copy, Debug)]
pub struct PullOnly;

impl Deliver for PullOnly {
    fn deliver<'a>(&'a self, _: &'a Delivery) -> Trying<'a> {
        let attempt = Attempt::Retry { code: "not_pushed".to_owned(), after: None };
        Box::pin(std::future::ready(attempt))
    }

    fn pushes(&self, _: &ChannelId) -> bool {
        false
    }
}

/// Whose facts say what goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// A conversation's.
    Conversation(ConversationId),
    /// A contact's, whose notifications belong to no conversation (`NTF-1`).
    Contact(ContactId),
}

/// Names a delivery for ever: the fact that it tells, and which of the things that it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeliveryKey {
    /// Whose fact it is.
    pub source: Source,
    /// The version of the fact.
    pub version: u64,
    /// Which of the things that it says, from 0.
    pub part: u16,
}

/// Something to deliver.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// The same for every try.
    pub key: DeliveryKey,
    /// Which try it is, from 1.
    pub attempt: u32,
    /// When the fact was committed.
    pub at: Timestamp,
    /// What goes out.
    pub what: Outgoing,
}

/// What goes out.
#[derive(Clone, Debug)]
pub enum Outgoing {
    /// Something that is said to a requester.
    Message(Box<OutgoingMessage>),
    /// A fact that a subscriber is told.
    Event(Box<OutgoingEvent>),
}

/// Something that is said to a requester.
#[derive(Clone, Debug)]
pub struct OutgoingMessage {
    /// On which channel.
    pub channel: ChannelId,
    /// What the channel is.
    pub kind: ChannelKind,
    /// The company's address.
    pub from: Address,
    /// The requester's address.
    pub to: Personal<Address>,
    /// The message's id, if it is somebody's.
    pub message: Option<MessageId>,
    /// Who wrote it, if somebody did.
    pub agent: Option<AgentId>,
    /// What it means, if the system says it.
    pub notice: Option<NoticeKey>,
    /// The notification's id, if it is one, which belongs to no conversation (`NTF-1`).
    pub notification: Option<MessageId>,
    /// The words; empty if there are only files.
    pub text: Personal<String>,
    /// Files, in order.
    pub attachments: Vec<Attachment>,
    /// What the requester may choose from; none where the text has them written out.
    pub choices: Vec<Choice>,
}

/// A fact that a subscriber is told.
#[derive(Clone, Debug)]
pub struct OutgoingEvent {
    /// The subscription's name.
    pub subscription: String,
    /// The fact's name, such as `conversation.closed`.
    pub type_name: &'static str,
    /// The conversation's channel.
    pub channel: ChannelId,
    /// What the fact says, as JSON.
    pub data: Personal<serde_json::Value>,
}

/// The code of a try that our own limit held back before anybody was asked.
pub const HELD_BACK: &str = "rate_limited";

/// What came of a try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// It was taken.
    Sent {
        /// How the provider calls it, if it does.
        provider_id: Option<String>,
    },
    /// It was not, and may be tried again.
    Retry {
        /// Why, as a short stable code such as `http_500`, `timeout` or `twilio_20429`.
        code: String,
        /// How long the receiver wants to be left alone, if it says so.
        after: Option<Seconds>,
    },
    /// It was not, and never will be.
    Refused {
        /// Why, as above.
        code: String,
        /// Whether the requester does not want to hear from this address (`OPT-4`).
        opted_out: bool,
    },
}

impl DeliveryKey {
    /// Reads what [`Display`](fmt::Display) writes.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let key = Self {
            source: Source::parse(parts.next()?)?,
            version: parts.next()?.parse().ok()?,
            part: parts.next()?.parse().ok()?,
        };
        parts.next().is_none().then_some(key)
    }

    /// The conversation, if it is one's.
    pub const fn conversation(&self) -> Option<ConversationId> {
        match self.source {
            Source::Conversation(id) => Some(id),
            Source::Contact(_) => None,
        }
    }
}

/// What the text of a contact begins with, so that it is no conversation's.
const CONTACT: &str = "contact-";

impl Source {
    /// Where its facts are.
    pub(crate) fn stream(self) -> StreamId {
        match self {
            Self::Conversation(id) => conversation_stream(id),
            Self::Contact(id) => contact_stream(id),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let Some(contact) = text.strip_prefix(CONTACT) else {
            return ConversationId::parse(text).map(Self::Conversation);
        };
        let id = ContactId(Uuid::try_parse(contact).ok()?.into_bytes());
        // One text for each.
        (id.to_string() == contact).then_some(Self::Contact(id))
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Conversation(id) => id.fmt(f),
            Self::Contact(id) => write!(f, "{CONTACT}{id}"),
        }
    }
}

impl fmt::Display for DeliveryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.source, self.version, self.part)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// L6
    #[test]
    fn a_key_is_read_as_it_is_written_and_no_other_way() {
        let contact = Source::Contact(ContactId([0xab; 16]));
        for source in [Source::Conversation(ConversationId::new(0, 1, 1)), contact] {
            let key = DeliveryKey { source, version: 4, part: 1 };
            assert_eq!(DeliveryKey::parse(&key.to_string()), Some(key));
            assert_eq!(DeliveryKey::parse(&format!("{key}.0")), None);
        }
        let hex = "ab".repeat(16);
        assert_eq!(DeliveryKey::parse(&format!("contact-{hex}.4.1")).unwrap().source, contact);
        for wrong in [hex.as_str(), "contact-", "contact-AB", &format!("contact-{}", hex.to_uppercase())] {
            assert_eq!(DeliveryKey::parse(&format!("{wrong}.4.1")), None, "{wrong}");
        }
    }
}
