//! How facts read: whole for agents and supervisors, as words for a requester.

use crate::content::{show_attachment, show_choice, time_text};
use crate::failure::Failure;
use api::ServerFrame;
use domain::channel::ChannelKind;
use domain::conversation::{ConversationEvent, ReceiptStatus};
use domain::notice::{Place, Said, Texts, to_requester};
use domain::{Event, Message};
use std::sync::{Arc, OnceLock};
use views::{Fact, Scene};

/// A fact that several listeners are told, rendered at most once for all agents among them.
pub(crate) struct SharedFact {
    pub(crate) fact: Fact,
    whole: OnceLock<String>,
}

impl SharedFact {
    pub(crate) const fn new(fact: Fact) -> Self {
        Self { fact, whole: OnceLock::new() }
    }

    /// The frame for an agent or a supervisor. Only the cursor differs from listener to listener.
    pub(crate) fn whole(&self, cursor: &impl std::fmt::Display) -> String {
        let rest = self.whole.get_or_init(|| without_cursor(&self.fact));
        format!("{{\"type\":\"event\",\"cursor\":\"{cursor}\"{rest}")
    }

    /// The tick that a stored receipt stands for, in the words in which a web client's comes (`MSG-19`).
    pub(crate) fn tick(&self) -> Option<String> {
        let Event::Conversation(ConversationEvent::ReceiptTaken { of, status, code, .. }) =
            &self.fact.envelope.event
        else {
            return None;
        };
        let conversation_id = self.fact.conversation.to_string();
        let (version, from, agent, alone) = (*of, "requester".to_owned(), None, true);
        Some(written(&match status {
            ReceiptStatus::Delivered => {
                ServerFrame::Delivered { conversation_id, version, from, agent, alone }
            }
            ReceiptStatus::Read => ServerFrame::Read { conversation_id, version, from, agent, alone },
            ReceiptStatus::Failed => ServerFrame::Failed { conversation_id, version, code: code.clone() },
        }))
    }

    /// What its requester is shown of it, in this order; `cursor` is asked for each part.
    pub(crate) fn said(&self, kind: Option<ChannelKind>, texts: &Texts) -> Vec<Part> {
        let Event::Conversation(event) = &self.fact.envelope.event else { return Vec::new() };
        let Scene { mode, language, .. } = self.fact.scene.as_ref();
        let place = Place { mode: *mode, kind, texts, language: language.as_deref() };
        to_requester(event, place).into_iter().map(Part::of).collect()
    }

    /// The frame for one part of what a requester is shown.
    pub(crate) fn part(&self, number: u32, part: Part, cursor: String) -> String {
        let Part { from, agent, notice, text, attachments, choices, message_id } = part;
        written(&ServerFrame::Said {
            cursor,
            conversation_id: self.fact.conversation.to_string(),
            version: self.fact.version,
            part: number,
            at: time_text(self.fact.envelope.at),
            from: from.to_owned(),
            agent,
            notice: notice.map(str::to_owned),
            text,
            attachments,
            choices,
            message_id,
        })
    }
}

/// One thing that a requester is shown.
pub(crate) struct Part {
    from: &'static str,
    agent: Option<String>,
    notice: Option<&'static str>,
    text: String,
    attachments: Vec<api::Attachment>,
    choices: Vec<api::Choice>,
    message_id: Option<String>,
}

impl Part {
    fn of(said: Said<'_>) -> Self {
        match said {
            Said::ByRequester(message) => Self::words("requester", None, message),
            Said::ByVirtualAgent(message) => Self::words("virtual_agent", None, message),
            Said::ByAgent(agent, message) => Self::words("agent", Some(agent.to_string()), message),
            Said::Notice { key, text } => Self {
                from: "system",
                agent: None,
                notice: Some(key.name()),
                text,
                attachments: Vec::new(),
                choices: Vec::new(),
                message_id: None,
            },
        }
    }

    fn words(from: &'static str, agent: Option<String>, message: &Message) -> Self {
        let Message { id, content } = message;
        Self {
            from,
            agent,
            notice: None,
            text: content.text().expose().clone(),
            attachments: content.attachments().iter().map(show_attachment).collect(),
            choices: content
                .choices()
                .into_iter()
                .flat_map(|choices| choices.options())
                .map(show_choice)
                .collect(),
            message_id: Some(id.to_string()),
        }
    }
}

/// A frame as it goes out to several.
pub(crate) fn text(frame: &ServerFrame) -> Arc<str> {
    written(frame).into()
}

/// A frame as it goes out.
pub(crate) fn written(frame: &ServerFrame) -> String {
    // All keys are texts and no number is infinite, so this does not fail.
    serde_json::to_string(frame).unwrap_or_default()
}

/// The cursor of a frame that has one: it always stands right behind the type.
pub(crate) fn cursor(frame: &str) -> Option<&str> {
    let (_, rest) = frame.strip_prefix("{\"type\":\"")?.split_once("\",\"")?;
    rest.strip_prefix("cursor\":\"")?.split('"').next()
}

/// Why something was refused, as a frame.
pub(crate) fn refused(id: Option<String>, failure: &Failure) -> String {
    written(&ServerFrame::Problem { id, problem: failure.problem(None) })
}

/// Everything behind the cursor.
fn without_cursor(fact: &Fact) -> String {
    let Fact { conversation, version, envelope, .. } = fact;
    let frame = serde_json::json!({
        "conversation_id": conversation.to_string(),
        "version": version,
        "event": fact.type_name(),
        "at": time_text(envelope.at),
        "cause": fact.cause(),
        "data": fact.data(),
    });
    frame.to_string().replacen('{', ",", 1)
}
