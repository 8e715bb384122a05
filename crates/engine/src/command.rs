//! What crosses the handle: orders going in, answers coming out.

use domain::conversation::{Command, ConversationEvent};
use domain::routing::QueueId;
use domain::{
    Address, AgentId, Content, ConversationId, Event, Message, MessageId, Personal, Principal, Timestamp,
    UserId,
};
use std::fmt;
use store::{PartitionId, Position};
use uuid::Uuid;

/// Who asks, and under which id.
#[derive(Clone, Debug)]
pub struct Request {
    /// Who asks.
    pub principal: Principal,
    /// Groups all that follows from this request.
    pub correlation: Uuid,
    /// The command's id, if its sender gave it one: the same again gets the same answer (`L6`).
    pub command: Option<CommandId>,
}

/// A command's id in the scope of its sender, with a digest of what was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandId {
    /// Whose ids these are, such as a channel or a principal.
    pub scope: String,
    /// The id.
    pub id: String,
    /// Bytes that differ whenever the body differs; they are hashed before they are stored.
    pub body: Vec<u8>,
}

/// A message from a requester, as a gateway pushes it in.
#[derive(Clone, Debug)]
pub struct Inbound {
    /// The requester's address.
    pub from: Personal<Address>,
    /// The company's address.
    pub to: Address,
    /// What it says.
    pub content: Content,
    /// When the provider says it was written.
    pub sent_at: Option<Timestamp>,
}

/// A message with which an agent writes first, or into the pair's active conversation (`PRO-1`, `PRO-2`).
#[derive(Clone, Debug)]
pub struct AgentInitiated {
    /// Who writes.
    pub agent: AgentId,
    /// The requester's address.
    pub to: Personal<Address>,
    /// The company's address.
    pub from: Address,
    /// What it says.
    pub content: Content,
    /// To whom, if not just to a number.
    pub user: Option<UserId>,
    /// Whether the number may be taken from another user, whose conversation is closed then (`PRO-4`).
    pub take_over: bool,
}

/// What can be asked of one conversation.
#[derive(Clone, Debug)]
pub enum Order {
    /// The requester writes into this conversation and no other (`MSG-24`).
    Receive {
        /// What it says.
        content: Content,
        /// When the client says it was written.
        sent_at: Option<Timestamp>,
    },
    /// An agent who has joined writes.
    Post {
        /// Who.
        agent: AgentId,
        /// What it says.
        content: Content,
    },
    /// The virtual agent writes, as long as it has the conversation (`C3`).
    PostVirtual {
        /// What it says.
        content: Content,
    },
    /// The virtual agent is done.
    EndByVirtualAgent,
    /// An agent takes part (`LC-5`, `LC-13`).
    Join {
        /// Who.
        agent: AgentId,
    },
    /// The agent who has it parks it (`LC-6`).
    Hold {
        /// Who.
        agent: AgentId,
    },
    /// The agent who has it takes it up again (`LC-6`).
    Resume {
        /// Who.
        agent: AgentId,
    },
    /// The requester ends it (`LC-10`).
    EndByRequester,
    /// The agent who has it ends it (`PRO-13`).
    EndByAgent {
        /// Who.
        agent: AgentId,
    },
    /// A supervisor ends it (`PRO-13`).
    EndBySupervisor {
        /// Who.
        supervisor: AgentId,
    },
    /// The requester wants an agent (section 11).
    RequestAgent,
    /// The requester does not want one any more (`VA-6`).
    CancelRequest,
    /// A supervisor gives it to an agent (`LC-13`, `SUP-6`).
    AssignManually {
        /// To whom.
        agent: AgentId,
        /// Who does it.
        supervisor: AgentId,
    },
    /// Its requester is back and its agent is not there (`RE-10`).
    Return {
        /// Who has it.
        agent: AgentId,
    },
    /// It goes to a queue (`TR-1`).
    TransferToQueue {
        /// Who sends it there: the agent who has it, or a supervisor.
        by: AgentId,
        /// Which of the two.
        supervisor: bool,
        /// Where.
        queue: QueueId,
    },
    /// The agent who has it looked at it (`MSG-15`).
    MarkSeen {
        /// Who.
        agent: AgentId,
        /// The version of the last event that they saw.
        up_to: u64,
    },
    /// The requester, a guest, has no connection left (`ID-12`).
    Disconnect,
    /// They are back.
    Reconnect,
}

/// The answer to a command that was accepted, and is durable (`L1`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The conversation that it went to.
    pub conversation: ConversationId,
    /// The message that it made, if it was one.
    pub message: Option<MessageId>,
    /// Whether it had been accepted before, and nothing was written now.
    pub duplicate: bool,
    /// From where on it can be seen.
    pub position: Cursor,
}

/// A place in the log; opaque to clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor {
    /// The partition.
    pub partition: PartitionId,
    /// The place in it.
    pub position: Position,
}

/// One event of a conversation, rendered for readers.
#[derive(Clone, Debug)]
pub struct EventRecord {
    /// The event, its time and its cause.
    pub envelope: codec::Envelope,
    /// Its place in its conversation.
    pub version: u64,
    /// Its record's place in the log.
    pub position: Cursor,
}

impl EventRecord {
    /// The event's name, such as `conversation.opened`.
    pub fn type_name(&self) -> &'static str {
        codec::json::event_type(&self.envelope.event)
    }

    /// What it says, as JSON.
    pub fn data(&self) -> serde_json::Value {
        codec::json::event_data(&self.envelope.event)
    }

    /// Why it is, as JSON.
    pub fn cause(&self) -> serde_json::Value {
        codec::json::cause(&self.envelope.cause)
    }

    /// The event as one of a conversation, if it is one.
    pub const fn of_conversation(&self) -> Option<&ConversationEvent> {
        match &self.envelope.event {
            Event::Conversation(event) => Some(event),
            Event::Contact(_)
            | Event::Configuration(_)
            | Event::Router(_)
            | Event::Directory(_)
            | Event::Engine(_) => None,
        }
    }

    /// When it was committed.
    pub const fn at(&self) -> Timestamp {
        self.envelope.at
    }
}

impl Cursor {
    /// Reads what [`Display`](fmt::Display) writes.
    pub fn parse(text: &str) -> Option<Self> {
        let (partition, position) = text.split_once('-')?;
        Some(Self {
            partition: PartitionId(partition.parse().ok()?),
            position: Position(position.parse().ok()?),
        })
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.partition.0, self.position.0)
    }
}

impl Order {
    /// The domain's command for it. `message` is taken by those that write one.
    pub(crate) fn into_command(self, message: MessageId, redelivered: bool) -> Command {
        let with_id = |content| Message { id: message, content };
        match self {
            Self::Receive { content, sent_at } => {
                Command::Receive { message: with_id(content), sent_at, redelivered }
            }
            Self::Post { agent, content } => Command::Post { agent, message: with_id(content) },
            Self::PostVirtual { content } => Command::PostVirtual { message: with_id(content) },
            Self::EndByVirtualAgent => Command::EndByVirtualAgent,
            Self::Join { agent } => Command::Join { agent },
            Self::Hold { agent } => Command::Hold { agent },
            Self::Resume { agent } => Command::Resume { agent },
            Self::EndByRequester => Command::EndByRequester,
            Self::EndByAgent { agent } => Command::EndByAgent { agent },
            Self::EndBySupervisor { supervisor } => Command::EndBySupervisor { supervisor },
            Self::RequestAgent => Command::RequestAgent,
            Self::CancelRequest => Command::CancelRequest,
            Self::AssignManually { agent, supervisor } => Command::AssignManually { agent, supervisor },
            Self::Return { agent } => Command::Return { agent },
            Self::TransferToQueue { by, supervisor, queue } => {
                Command::TransferToQueue { by, supervisor, queue }
            }
            Self::MarkSeen { agent, up_to } => Command::MarkSeen { agent, up_to },
            Self::Disconnect => Command::Disconnect,
            Self::Reconnect => Command::Reconnect,
        }
    }

    /// Whether it makes a message.
    pub(crate) const fn writes_message(&self) -> bool {
        match self {
            Self::Receive { .. } | Self::Post { .. } | Self::PostVirtual { .. } => true,
            Self::EndByVirtualAgent
            | Self::Join { .. }
            | Self::Hold { .. }
            | Self::Resume { .. }
            | Self::EndByRequester
            | Self::EndByAgent { .. }
            | Self::EndBySupervisor { .. }
            | Self::RequestAgent
            | Self::CancelRequest
            | Self::Disconnect
            | Self::Reconnect
            | Self::AssignManually { .. }
            | Self::Return { .. }
            | Self::TransferToQueue { .. }
            | Self::MarkSeen { .. } => false,
        }
    }
}
