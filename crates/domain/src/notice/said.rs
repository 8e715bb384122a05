//! What a fact of a conversation says, to whom, and in which words.

use super::{Arguments, Audience, NoticeKey, Texts, is_shown, render};
use crate::channel::{ChannelKind, Mode};
use crate::conversation::{ClosedBy, ConversationEvent, StateReason, TimerKind, Unassignment};
use crate::{AgentId, Message};

/// Something that is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said<'a> {
    /// The requester's own words.
    ByRequester(&'a Message),
    /// An agent's words.
    ByAgent(&'a AgentId, &'a Message),
    /// A system message.
    Notice {
        /// What it means.
        key: NoticeKey,
        /// What it says.
        text: String,
    },
}

/// Where something is shown.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The mode of the conversation (`CH-5`).
    pub mode: Mode,
    /// The kind of its channel; `None` if the channel is gone.
    pub kind: Option<ChannelKind>,
    /// The words in force.
    pub texts: &'a Texts,
    /// The requester's language, if it is known.
    pub language: Option<&'a str>,
}

/// What would be shown, if the matrix lets it.
enum Candidate<'a> {
    /// Somebody's own words, which are always shown.
    Words(Said<'a>),
    /// A system message, with the words that came with the fact, if any did.
    Notice { key: NoticeKey, said: Option<&'a str>, agent: Option<&'a AgentId> },
}

/// What the requester is shown of a fact, in this order.
pub fn to_requester<'a>(event: &'a ConversationEvent, place: Place<'_>) -> Vec<Said<'a>> {
    shown(for_requester(event, place.mode), Audience::Requester, place)
}

/// What the agents of the conversation are shown of a fact, in this order.
pub fn to_agent<'a>(event: &'a ConversationEvent, place: Place<'_>) -> Vec<Said<'a>> {
    shown(for_agent(event), Audience::Agent, place)
}

fn shown<'a>(candidates: Vec<Candidate<'a>>, audience: Audience, place: Place<'_>) -> Vec<Said<'a>> {
    candidates.into_iter().filter_map(|candidate| candidate.shown(audience, place)).collect()
}

impl<'a> Candidate<'a> {
    const fn of(key: NoticeKey) -> Self {
        Self::Notice { key, said: None, agent: None }
    }

    const fn by(key: NoticeKey, agent: &'a AgentId) -> Self {
        Self::Notice { key, said: None, agent: Some(agent) }
    }

    const fn saying(key: NoticeKey, text: &'a str) -> Self {
        Self::Notice { key, said: Some(text), agent: None }
    }

    fn shown(self, audience: Audience, place: Place<'_>) -> Option<Said<'a>> {
        let (key, said, agent) = match self {
            Self::Words(said) => return Some(said),
            Self::Notice { key, said, agent } => (key, said, agent),
        };
        if !is_shown(key, audience, place.mode, place.kind) {
            return None;
        }
        let text = match said {
            Some(text) => text.to_owned(),
            None => {
                let arguments = Arguments { agent: agent.map(AgentId::as_str), minutes: None };
                render(place.texts.find(key, place.language)?, arguments)
            }
        };
        Some(Said::Notice { key, text })
    }
}

fn for_requester(event: &ConversationEvent, mode: Mode) -> Vec<Candidate<'_>> {
    match event {
        ConversationEvent::RequesterMessagePosted { message, .. } => {
            vec![Candidate::Words(Said::ByRequester(message))]
        }
        ConversationEvent::AgentMessagePosted { agent, message } => {
            vec![Candidate::Words(Said::ByAgent(agent, message))]
        }
        ConversationEvent::Opened { by_agent: None, .. } => vec![Candidate::of(NoticeKey::ConversationAck)],
        ConversationEvent::AgentJoined { agent, greeting, .. } => {
            let entered = Candidate::by(NoticeKey::ParticipantEntered, agent);
            let greeting = greeting.iter();
            let greeting = greeting.map(|text| Candidate::saying(NoticeKey::InitialAgentResponse, text));
            std::iter::once(entered).chain(greeting).collect()
        }
        // Between agents and queues it is silent in messaging.
        ConversationEvent::Unassigned { .. } | ConversationEvent::AgentRequested => match mode {
            Mode::Chat => vec![Candidate::of(NoticeKey::AgentTransfer)],
            Mode::Messaging => Vec::new(),
        },
        ConversationEvent::WaitEnded { requester_text: Some(text), .. } => {
            vec![Candidate::saying(NoticeKey::MaxWaitElapsed, text)]
        }
        ConversationEvent::WaitMessageSent { text, .. } => {
            vec![Candidate::saying(NoticeKey::QueueWaitTrigger, text)]
        }
        ConversationEvent::IdleReminderSent { requester_text, .. } => {
            vec![Candidate::saying(NoticeKey::IdleReminder, requester_text)]
        }
        ConversationEvent::Closed { by, reason, requester_text, .. } => {
            vec![closed(by, *reason, requester_text.as_deref())]
        }
        ConversationEvent::Opened { by_agent: Some(_), .. }
        | ConversationEvent::WaitEnded { requester_text: None, .. }
        | ConversationEvent::AgentRequestCancelled
        | ConversationEvent::Held { .. }
        | ConversationEvent::Resumed { .. }
        | ConversationEvent::AgentPrompted { .. }
        | ConversationEvent::RequesterDisconnected
        | ConversationEvent::RequesterReconnected => Vec::new(),
    }
}

fn for_agent(event: &ConversationEvent) -> Vec<Candidate<'_>> {
    match event {
        ConversationEvent::RequesterMessagePosted { message, .. } => {
            vec![Candidate::Words(Said::ByRequester(message))]
        }
        ConversationEvent::AgentMessagePosted { agent, message } => {
            vec![Candidate::Words(Said::ByAgent(agent, message))]
        }
        ConversationEvent::AgentJoined { agent, .. } => {
            vec![Candidate::by(NoticeKey::ParticipantEntered, agent)]
        }
        ConversationEvent::Unassigned { agent, why } => match why {
            Unassignment::Reassigned
            | Unassignment::ReassignedByAction { .. }
            | Unassignment::ToQueue { .. } => {
                vec![Candidate::by(NoticeKey::ParticipantLeft, agent)]
            }
        },
        ConversationEvent::IdleReminderSent { agent_text, .. } => {
            vec![Candidate::saying(NoticeKey::IdleReminderAgent, agent_text)]
        }
        ConversationEvent::AgentPrompted { text, .. } => {
            vec![Candidate::saying(NoticeKey::PromptAgent, text)]
        }
        ConversationEvent::Closed { by, reason, .. } => vec![closed(by, *reason, None)],
        ConversationEvent::Opened { .. }
        | ConversationEvent::AgentRequested
        | ConversationEvent::AgentRequestCancelled
        | ConversationEvent::WaitEnded { .. }
        | ConversationEvent::WaitMessageSent { .. }
        | ConversationEvent::Held { .. }
        | ConversationEvent::Resumed { .. }
        | ConversationEvent::RequesterDisconnected
        | ConversationEvent::RequesterReconnected => Vec::new(),
    }
}

/// A close by a person names them; one by the system says what it came to.
fn closed<'a>(by: &'a ClosedBy, reason: StateReason, text: Option<&'a str>) -> Candidate<'a> {
    let (key, agent) = match by {
        ClosedBy::Agent(agent) | ClosedBy::Supervisor(agent) => (NoticeKey::ClosedByActor, Some(agent)),
        ClosedBy::Requester => (NoticeKey::ClosedByActor, None),
        ClosedBy::Timer { kind: TimerKind::IdleCancel, .. } => (NoticeKey::IdleClosed, None),
        ClosedBy::Router if reason == StateReason::MaxWaitElapsed => (NoticeKey::MaxWaitElapsed, None),
        ClosedBy::Router => (NoticeKey::NoAgentAvailable, None),
        ClosedBy::Timer { .. } | ClosedBy::Engine => (NoticeKey::ClosedBySystem, None),
    };
    Candidate::Notice { key, said: text, agent }
}
