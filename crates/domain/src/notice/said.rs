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
    /// The virtual agent's words.
    ByVirtualAgent(&'a Message),
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
    Notice { key: NoticeKey, said: Option<&'a str>, actor: Option<&'a str> },
}

/// What the requester is shown of a fact, in this order.
pub fn to_requester<'a>(event: &'a ConversationEvent, place: Place<'_>) -> Vec<Said<'a>> {
    shown(for_requester(event, place.mode), Audience::Requester, place)
}

/// What the agents of the conversation are shown of a fact, in this order.
pub fn to_agent<'a>(event: &'a ConversationEvent, place: Place<'_>) -> Vec<Said<'a>> {
    shown(for_agent(event), Audience::Agent, place)
}

/// Whether a fact has a place in the requester's history: whether the matrix shows anything of it, in a window and
/// whatever the words in force, which may change while the history may not.
pub fn concerns_requester(event: &ConversationEvent, mode: Mode) -> bool {
    // What a requester opened keeps its place among the items, which are numbered for ever, though it says nothing itself.
    let is_opening = matches!(event, ConversationEvent::Opened { by_agent: None, .. });
    is_opening
        || for_requester(event, mode).iter().any(|candidate| match candidate {
            Candidate::Words(_) => true,
            Candidate::Notice { key, .. } => is_shown(*key, Audience::Requester, mode, None),
        })
}

fn shown<'a>(candidates: Vec<Candidate<'a>>, audience: Audience, place: Place<'_>) -> Vec<Said<'a>> {
    candidates.into_iter().filter_map(|candidate| candidate.shown(audience, place)).collect()
}

impl<'a> Candidate<'a> {
    const fn of(key: NoticeKey) -> Self {
        Self::Notice { key, said: None, actor: None }
    }

    fn by(key: NoticeKey, agent: &'a AgentId) -> Self {
        Self::Notice { key, said: None, actor: Some(agent.as_str()) }
    }

    const fn perhaps_saying(key: NoticeKey, said: Option<&'a str>) -> Self {
        Self::Notice { key, said, actor: None }
    }

    const fn saying(key: NoticeKey, text: &'a str) -> Self {
        Self::Notice { key, said: Some(text), actor: None }
    }

    fn shown(self, audience: Audience, place: Place<'_>) -> Option<Said<'a>> {
        let (key, said, actor) = match self {
            Self::Words(said) => return Some(said),
            Self::Notice { key, said, actor } => (key, said, actor),
        };
        if !is_shown(key, audience, place.mode, place.kind) {
            return None;
        }
        let text = match said {
            Some(text) => text.to_owned(),
            None => {
                let arguments = Arguments { agent: actor, minutes: None };
                render(place.texts.find(key, place.language)?, arguments)
            }
        };
        Some(Said::Notice { key, text })
    }
}

/// Section 5, fact by fact. Three lines of it have no fact in a conversation: an estimate is asked for, not told; an action
/// that prompts the requester and a supervisor who becomes visible are facts of their own once there are any.
fn for_requester(event: &ConversationEvent, mode: Mode) -> Vec<Candidate<'_>> {
    match event {
        ConversationEvent::RequesterMessagePosted { message, .. } => {
            vec![Candidate::Words(Said::ByRequester(message))]
        }
        ConversationEvent::AgentMessagePosted { agent, message } => {
            vec![Candidate::Words(Said::ByAgent(agent, message))]
        }
        ConversationEvent::VirtualAgentMessagePosted { message } => {
            vec![Candidate::Words(Said::ByVirtualAgent(message))]
        }
        ConversationEvent::Acknowledged { text } => {
            vec![Candidate::saying(NoticeKey::ConversationAck, text)]
        }
        ConversationEvent::AgentJoined { agent, greeting, .. } => {
            let entered = Candidate::by(NoticeKey::ParticipantEntered, agent);
            let greeting = greeting.iter();
            let greeting = greeting.map(|text| Candidate::saying(NoticeKey::InitialAgentResponse, text));
            std::iter::once(entered).chain(greeting).collect()
        }
        ConversationEvent::AgentRequested { from_virtual_agent: true } => {
            vec![Candidate::of(NoticeKey::AgentTransfer)]
        }
        ConversationEvent::Unassigned { agent, why: _ } => {
            let left = Candidate::by(NoticeKey::ParticipantLeft, agent);
            std::iter::once(left).chain(connecting(mode)).collect()
        }
        ConversationEvent::AgentRequested { from_virtual_agent: false } => {
            connecting(mode).into_iter().collect()
        }
        ConversationEvent::WaitEnded { requester_text, .. } => {
            vec![Candidate::perhaps_saying(NoticeKey::MaxWaitElapsed, requester_text.as_deref())]
        }
        ConversationEvent::WaitMessageSent { text, .. } => {
            vec![Candidate::saying(NoticeKey::QueueWaitTrigger, text)]
        }
        ConversationEvent::IdleReminderSent { requester_text, .. } => {
            vec![Candidate::saying(NoticeKey::IdleReminder, requester_text)]
        }
        // PRO-4: whoever has the number now is not told of another one's conversation.
        ConversationEvent::Closed { reason: StateReason::Superseded, .. } => Vec::new(),
        ConversationEvent::Closed { by, reason, requester_text, .. } => {
            vec![closed_for_requester(by, *reason, requester_text.as_deref())]
        }
        ConversationEvent::Opened { .. }
        | ConversationEvent::AgentRequestCancelled
        | ConversationEvent::VirtualAgentEngaged
        | ConversationEvent::Held { .. }
        | ConversationEvent::Resumed { .. }
        | ConversationEvent::AgentPrompted { .. }
        | ConversationEvent::Reassociated { .. }
        | ConversationEvent::ConsentChanged { .. }
        | ConversationEvent::Dispatched { .. }
        | ConversationEvent::DispatchFailed { .. }
        | ConversationEvent::Redriven { .. }
        | ConversationEvent::Discarded { .. }
        | ConversationEvent::ReceiptTaken { .. }
        | ConversationEvent::SeenByAgent { .. }
        | ConversationEvent::RequesterDisconnected
        | ConversationEvent::RequesterReconnected
        | ConversationEvent::RequesterConnected => Vec::new(),
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
        ConversationEvent::VirtualAgentMessagePosted { message } => {
            vec![Candidate::Words(Said::ByVirtualAgent(message))]
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
        ConversationEvent::Closed { by, .. } => vec![closed_for_agent(by)],
        ConversationEvent::Opened { .. }
        | ConversationEvent::AgentRequested { .. }
        | ConversationEvent::VirtualAgentEngaged
        | ConversationEvent::AgentRequestCancelled
        | ConversationEvent::WaitEnded { .. }
        | ConversationEvent::WaitMessageSent { .. }
        | ConversationEvent::Held { .. }
        | ConversationEvent::Resumed { .. }
        | ConversationEvent::Reassociated { .. }
        | ConversationEvent::ConsentChanged { .. }
        | ConversationEvent::Dispatched { .. }
        | ConversationEvent::DispatchFailed { .. }
        | ConversationEvent::Redriven { .. }
        | ConversationEvent::Discarded { .. }
        | ConversationEvent::ReceiptTaken { .. }
        | ConversationEvent::SeenByAgent { .. }
        | ConversationEvent::RequesterDisconnected
        | ConversationEvent::RequesterReconnected
        | ConversationEvent::RequesterConnected
        | ConversationEvent::Acknowledged { .. } => Vec::new(),
    }
}

/// Agents and queues are changed in silence in messaging; only the handoff of a virtual agent is told there.
fn connecting(mode: Mode) -> Option<Candidate<'static>> {
    match mode {
        Mode::Chat => Some(Candidate::of(NoticeKey::AgentTransfer)),
        Mode::Messaging => None,
    }
}

/// Who closed it, where a person did. A requester's name is an address, which no system message repeats (`P1`).
fn closer(by: &ClosedBy) -> Option<&str> {
    match by {
        ClosedBy::Agent(agent) | ClosedBy::Supervisor(agent) => Some(agent.as_str()),
        ClosedBy::Requester => Some("The requester"),
        ClosedBy::Timer { .. } | ClosedBy::Router | ClosedBy::Engine | ClosedBy::VirtualAgent => None,
    }
}

/// A close by a person names them; one by the system says what it came to.
fn closed_for_requester<'a>(by: &'a ClosedBy, reason: StateReason, text: Option<&'a str>) -> Candidate<'a> {
    let key = match by {
        ClosedBy::Agent(_) | ClosedBy::Supervisor(_) | ClosedBy::Requester => NoticeKey::ClosedByActor,
        ClosedBy::Timer { kind: TimerKind::IdleCancel, .. } => NoticeKey::IdleClosed,
        ClosedBy::Router if reason == StateReason::MaxWaitElapsed => NoticeKey::MaxWaitElapsed,
        ClosedBy::Router => NoticeKey::NoAgentAvailable,
        ClosedBy::Timer { .. } | ClosedBy::Engine | ClosedBy::VirtualAgent => NoticeKey::ClosedBySystem,
    };
    Candidate::Notice { key, said: text, actor: closer(by) }
}

/// What it came to is said to the requester; an agent sees who closed it, or that nobody did.
fn closed_for_agent(by: &ClosedBy) -> Candidate<'_> {
    let actor = closer(by);
    let key = if actor.is_some() { NoticeKey::ClosedByActor } else { NoticeKey::ClosedBySystem };
    Candidate::Notice { key, said: None, actor }
}
