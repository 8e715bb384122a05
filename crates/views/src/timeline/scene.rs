//! What the timeline has to know of a conversation to say who sees its facts.

use crate::Error;
use domain::channel::Mode;
use domain::conversation::ConversationEvent;
use domain::{AgentId, ChannelId, ContactId, ConversationId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A conversation as far as it matters for who sees it and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scene {
    /// With whom.
    pub contact: ContactId,
    /// On which channel.
    pub channel: ChannelId,
    /// In which mode (`CH-5`).
    pub mode: Mode,
    /// The agent to whom it is assigned.
    pub owner: Option<AgentId>,
    /// The agents who are in it.
    pub agents: BTreeSet<AgentId>,
    /// Whether it is over.
    pub closed: bool,
    /// The requester's language, as far as it is known (`VA-4`).
    pub language: Option<String>,
}

/// Applies one fact. Total, and in step with the domain's own `evolve`.
pub(super) fn fold(scene: Option<Scene>, event: &ConversationEvent) -> Option<Scene> {
    let mut scene = scene.or_else(|| opened(event))?;
    match event {
        ConversationEvent::AgentJoined { agent, assigned, .. } => {
            if *assigned {
                if let Some(previous) = scene.owner.take().filter(|previous| previous != agent) {
                    scene.agents.remove(&previous);
                }
                scene.owner = Some(agent.clone());
            }
            scene.agents.insert(agent.clone());
        }
        ConversationEvent::Unassigned { agent, .. } => {
            scene.agents.remove(agent);
            scene.owner = None;
        }
        ConversationEvent::Closed { .. } => scene.closed = true,
        ConversationEvent::RequesterMessagePosted { message, .. } => {
            if let Some(language) = message.content.language() {
                scene.language = Some(language);
            }
        }
        // The requester's own word goes before an agent's (`PRO-9`).
        ConversationEvent::AgentMessagePosted { message, .. } => {
            scene.language = scene.language.take().or_else(|| message.content.language());
        }
        ConversationEvent::Opened { .. }
        | ConversationEvent::IdleReminderSent { .. }
        | ConversationEvent::AgentPrompted { .. }
        | ConversationEvent::AgentRequested { .. }
        | ConversationEvent::VirtualAgentEngaged
        | ConversationEvent::VirtualAgentMessagePosted { .. }
        | ConversationEvent::Reassociated { .. }
        | ConversationEvent::ConsentChanged { .. }
        | ConversationEvent::Dispatched { .. }
        | ConversationEvent::DispatchFailed { .. }
        | ConversationEvent::Redriven { .. }
        | ConversationEvent::Discarded { .. }
        | ConversationEvent::ReceiptTaken { .. }
        | ConversationEvent::SeenByAgent { .. }
        | ConversationEvent::AgentRequestCancelled
        | ConversationEvent::WaitEnded { .. }
        | ConversationEvent::WaitMessageSent { .. }
        | ConversationEvent::Held { .. }
        | ConversationEvent::Resumed { .. }
        | ConversationEvent::RequesterDisconnected
        | ConversationEvent::RequesterReconnected
        | ConversationEvent::RequesterConnected
        | ConversationEvent::Acknowledged { .. } => {}
    }
    Some(scene)
}

fn opened(event: &ConversationEvent) -> Option<Scene> {
    let ConversationEvent::Opened { contact, channel, policy, .. } = event else { return None };
    Some(Scene {
        contact: *contact,
        channel: channel.clone(),
        mode: policy.mode(),
        owner: None,
        agents: BTreeSet::new(),
        closed: false,
        language: None,
    })
}

/// A scene as stored. Another shape needs another [`VERSION`](super::VERSION).
#[derive(Serialize, Deserialize)]
struct Stored {
    contact: [u8; 16],
    channel: String,
    mode: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    owner: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    agents: Vec<String>,
    #[serde(default)]
    closed: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    language: Option<String>,
}

/// The value under which a scene is stored.
pub(super) fn encode(scene: &Scene) -> Result<Vec<u8>, Error> {
    let name = |agent: &AgentId| agent.as_str().to_owned();
    let stored = Stored {
        contact: scene.contact.0,
        channel: scene.channel.as_str().to_owned(),
        mode: scene.mode.name().to_owned(),
        owner: scene.owner.as_ref().map(name),
        agents: scene.agents.iter().map(name).collect(),
        closed: scene.closed,
        language: scene.language.clone(),
    };
    serde_json::to_vec(&stored).map_err(|_| Error::Row)
}

/// The scene that is stored in a value.
pub(super) fn decode(value: &[u8]) -> Result<Scene, Error> {
    let stored: Stored = serde_json::from_slice(value).map_err(|_| Error::Row)?;
    let agent = |name: &String| AgentId::new(name).map_err(|_| Error::Row);
    Ok(Scene {
        contact: ContactId(stored.contact),
        channel: ChannelId::new(&stored.channel).map_err(|_| Error::Row)?,
        mode: Mode::parse(&stored.mode).ok_or(Error::Row)?,
        owner: stored.owner.as_ref().map(agent).transpose()?,
        agents: stored.agents.iter().map(agent).collect::<Result<_, _>>()?,
        closed: stored.closed,
        language: stored.language,
    })
}

/// A work item as far as it matters for whom something changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Item {
    /// Whose work it is.
    pub(super) conversation: ConversationId,
    /// Who is asked for it, or has it.
    pub(super) agent: Option<AgentId>,
}

impl Item {
    /// The value under which it is stored.
    pub(super) fn encode(&self) -> Vec<u8> {
        let agent = self.agent.as_ref().map_or("", AgentId::as_str);
        [&self.conversation.to_bytes()[..], agent.as_bytes()].concat()
    }

    /// The item that is stored in a value.
    pub(super) fn decode(value: &[u8]) -> Result<Self, Error> {
        let (conversation, agent) = value.split_first_chunk::<16>().ok_or(Error::Row)?;
        let agent = if agent.is_empty() { None } else { Some(agent_of(agent)?) };
        Ok(Self { conversation: ConversationId::from_bytes(*conversation), agent })
    }
}

/// The agent whose name is stored.
pub(super) fn agent_of(value: &[u8]) -> Result<AgentId, Error> {
    let name = str::from_utf8(value).map_err(|_| Error::Row)?;
    AgentId::new(name).map_err(|_| Error::Row)
}
