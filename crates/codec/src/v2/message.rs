//! What people say, and the facts that they said it.

use crate::Error;
use crate::registry::Frozen;
use crate::v1::conversation as v1;
use crate::v1::parts::{self as v1_parts, agent};
use crate::v1::wording::{Choice, component_name};
use domain::conversation::ConversationEvent;
use domain::{
    Answer as DomainAnswer, Attachment as DomainAttachment, Choices as DomainChoices, Content, Event,
    Message as DomainMessage, MessageId, Parts, Personal, Timestamp,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

#[derive(Serialize, Deserialize)]
pub(crate) struct RequesterMessagePosted {
    pub(crate) message: Message,
    pub(crate) sent_at_ms: Option<i64>,
    pub(crate) counts_from_ms: i64,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct AgentMessagePosted {
    pub(crate) agent: String,
    pub(crate) message: Message,
}

/// New: choices and an answer.
#[derive(Serialize, Deserialize)]
pub(crate) struct Message {
    pub(crate) id: [u8; 16],
    pub(crate) text: String,
    pub(crate) attachments: Vec<Attachment>,
    pub(crate) context: BTreeMap<String, String>,
    pub(crate) choices: Option<Choices>,
    pub(crate) answer: Option<Answer>,
}

/// New: the size.
#[derive(Serialize, Deserialize)]
pub(crate) struct Attachment {
    pub(crate) url: String,
    pub(crate) content_type: String,
    pub(crate) name: Option<String>,
    pub(crate) size_bytes: Option<u64>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Choices {
    pub(crate) component: Option<String>,
    pub(crate) options: Vec<Choice>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Answer {
    pub(crate) message: [u8; 16],
    pub(crate) value: String,
}

impl From<v1::RequesterMessagePosted> for RequesterMessagePosted {
    fn from(old: v1::RequesterMessagePosted) -> Self {
        let v1::RequesterMessagePosted { message, sent_at_ms, counts_from_ms } = old;
        Self { message: message.into(), sent_at_ms, counts_from_ms }
    }
}

impl From<v1::AgentMessagePosted> for AgentMessagePosted {
    fn from(old: v1::AgentMessagePosted) -> Self {
        let v1::AgentMessagePosted { agent, message } = old;
        Self { agent, message: message.into() }
    }
}

/// Nothing could be chosen, and nobody knew how large a file was.
impl From<v1_parts::Message> for Message {
    fn from(old: v1_parts::Message) -> Self {
        let v1_parts::Message { id, text, attachments, context } = old;
        let attachments = attachments.into_iter().map(Attachment::from).collect();
        Self { id, text, attachments, context, choices: None, answer: None }
    }
}

impl From<v1_parts::Attachment> for Attachment {
    fn from(old: v1_parts::Attachment) -> Self {
        let v1_parts::Attachment { url, content_type, name } = old;
        Self { url, content_type, name, size_bytes: None }
    }
}

impl Frozen for RequesterMessagePosted {
    fn into_event(self) -> Result<Event, Error> {
        let Self { message, sent_at_ms, counts_from_ms } = self;
        Ok(Event::Conversation(ConversationEvent::RequesterMessagePosted {
            message: message.try_into()?,
            sent_at: sent_at_ms.map(Timestamp),
            counts_from: Timestamp(counts_from_ms),
        }))
    }
}

impl Frozen for AgentMessagePosted {
    fn into_event(self) -> Result<Event, Error> {
        let Self { agent: who, message } = self;
        let (agent, message) = (agent(&who)?, message.try_into()?);
        Ok(Event::Conversation(ConversationEvent::AgentMessagePosted { agent, message }))
    }
}

impl From<&DomainMessage> for Message {
    fn from(message: &DomainMessage) -> Self {
        let DomainMessage { id, content } = message;
        let context = content.context().iter().map(|(key, value)| (key.clone(), value.expose().clone()));
        Self {
            id: id.0.into_bytes(),
            text: content.text().expose().clone(),
            attachments: content.attachments().iter().map(Attachment::from).collect(),
            context: context.collect(),
            choices: content.choices().map(Choices::from),
            answer: content.answer().map(Answer::from),
        }
    }
}

impl TryFrom<Message> for DomainMessage {
    type Error = Error;

    fn try_from(message: Message) -> Result<Self, Error> {
        let Message { id, text, attachments, context, choices, answer } = message;
        let context = context.into_iter().map(|(key, value)| (key, Personal::new(value)));
        let parts = Parts {
            text: Personal::new(text),
            attachments: attachments.into_iter().map(DomainAttachment::from).collect(),
            context: context.collect(),
            choices: choices.map(DomainChoices::try_from).transpose()?,
            answer: answer.map(DomainAnswer::from),
        };
        Ok(Self { id: MessageId(Uuid::from_bytes(id)), content: Content::stored(parts) })
    }
}

impl From<&DomainAttachment> for Attachment {
    fn from(attachment: &DomainAttachment) -> Self {
        let DomainAttachment { url, content_type, name, size_bytes } = attachment;
        Self {
            url: url.expose().clone(),
            content_type: content_type.clone(),
            name: name.as_ref().map(|name| name.expose().clone()),
            size_bytes: *size_bytes,
        }
    }
}

impl From<Attachment> for DomainAttachment {
    fn from(attachment: Attachment) -> Self {
        let Attachment { url, content_type, name, size_bytes } = attachment;
        Self { url: Personal::new(url), content_type, name: name.map(Personal::new), size_bytes }
    }
}

impl From<&DomainChoices> for Choices {
    fn from(choices: &DomainChoices) -> Self {
        let component = choices.component().map(|name| name.as_str().to_owned());
        Self { component, options: choices.options().iter().map(Choice::from).collect() }
    }
}

impl TryFrom<Choices> for DomainChoices {
    type Error = Error;

    fn try_from(choices: Choices) -> Result<Self, Error> {
        let Choices { component, options } = choices;
        let component = component.as_deref().map(component_name).transpose()?;
        Ok(Self::stored(component, options.into_iter().map(Choice::into).collect()))
    }
}

impl From<&DomainAnswer> for Answer {
    fn from(answer: &DomainAnswer) -> Self {
        let DomainAnswer { message, value } = answer;
        Self { message: message.0.into_bytes(), value: value.clone() }
    }
}

impl From<Answer> for DomainAnswer {
    fn from(answer: Answer) -> Self {
        let Answer { message, value } = answer;
        Self { message: MessageId(Uuid::from_bytes(message)), value }
    }
}
