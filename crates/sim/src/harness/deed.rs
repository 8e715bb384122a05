//! Everything that can be asked of an engine about conversations, as one value that can be kept and sent again.

use crate::Pair;
use domain::{AgentId, Content, ConversationId, Personal, Principal, Role, Timestamp};
use engine::{Accepted, AgentInitiated, CommandId, Engine, Error, Inbound, Order, Request};
use uuid::Uuid;

/// Whose command ids all of them are, so that no two deeds may share one.
const SCOPE: &str = "sim";

/// What somebody does. An agent or a supervisor is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// A requester writes.
    Inbound(Pair),
    /// An agent writes first, or into the pair's conversation.
    Contribute(Pair, String),
    /// The requester writes into this conversation.
    Receive(ConversationId),
    /// An agent writes.
    Post(ConversationId, String),
    /// An agent joins.
    Join(ConversationId, String),
    /// An agent parks it.
    Hold(ConversationId, String),
    /// An agent takes it up again.
    Resume(ConversationId, String),
    /// The requester ends it.
    EndByRequester(ConversationId),
    /// An agent ends it.
    EndByAgent(ConversationId, String),
    /// A supervisor ends it.
    EndBySupervisor(ConversationId, String),
    /// The requester, a guest, has a connection.
    Connect(ConversationId),
    /// They have none left.
    Disconnect(ConversationId),
}

/// What comes with a deed: the text of a message, the command's id, the provider's time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Note {
    /// What a message says; other deeds ignore it.
    pub text: String,
    /// The command's id.
    pub id: Option<String>,
    /// When the provider says it was written.
    pub sent_at: Option<Timestamp>,
}

impl Note {
    /// A note without id.
    pub fn new(text: &str) -> Self {
        Self { text: text.to_owned(), ..Self::default() }
    }

    /// The same under an id.
    #[must_use]
    pub fn id(mut self, id: &str) -> Self {
        self.id = Some(id.to_owned());
        self
    }

    /// The same with the provider's time.
    #[must_use]
    pub const fn sent_at(mut self, at: Timestamp) -> Self {
        self.sent_at = Some(at);
        self
    }

    fn content(&self) -> Content {
        Content::text_only(&self.text).expect("a message of a test has a text within its bounds")
    }
}

impl From<&str> for Note {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl Deed {
    /// Whether it makes a message.
    pub const fn writes(&self) -> bool {
        match self {
            Self::Inbound(_) | Self::Contribute(..) | Self::Receive(_) | Self::Post(..) => true,
            Self::Join(..)
            | Self::Hold(..)
            | Self::Resume(..)
            | Self::EndByRequester(_)
            | Self::EndByAgent(..)
            | Self::EndBySupervisor(..)
            | Self::Connect(_)
            | Self::Disconnect(_) => false,
        }
    }

    /// The conversation to which it is addressed; `None` if it goes by its pair.
    pub const fn conversation(&self) -> Option<ConversationId> {
        match self {
            Self::Inbound(_) | Self::Contribute(..) => None,
            Self::Receive(id)
            | Self::Post(id, _)
            | Self::Join(id, _)
            | Self::Hold(id, _)
            | Self::Resume(id, _)
            | Self::EndByRequester(id)
            | Self::EndByAgent(id, _)
            | Self::EndBySupervisor(id, _)
            | Self::Connect(id)
            | Self::Disconnect(id) => Some(*id),
        }
    }

    /// The id under which a note is sent, as the engine sees it.
    pub fn command(&self, note: &Note) -> Option<CommandId> {
        let what = match self {
            // An address prints nothing of itself unless it is asked to.
            Self::Inbound(pair) => format!("inbound {pair}"),
            Self::Contribute(pair, agent) => format!("contribute {pair} {agent}"),
            Self::Receive(_)
            | Self::Post(..)
            | Self::Join(..)
            | Self::Hold(..)
            | Self::Resume(..)
            | Self::EndByRequester(_)
            | Self::EndByAgent(..)
            | Self::EndBySupervisor(..)
            | Self::Connect(_)
            | Self::Disconnect(_) => format!("{self:?}"),
        };
        let body = format!("{what} {}", note.text).into_bytes();
        note.id.clone().map(|id| CommandId { scope: SCOPE.to_owned(), id, body })
    }

    /// Asks it of an engine, as the request with that number.
    ///
    /// # Errors
    /// As [`Engine::inbound`].
    pub async fn send(&self, engine: &Engine, note: &Note, number: u64) -> Result<Accepted, Error> {
        let request = Request {
            principal: self.principal(),
            correlation: Uuid::from_u64_pair(0, number),
            command: self.command(note),
        };
        match self {
            Self::Inbound(pair) => {
                let inbound = Inbound {
                    from: Personal::new(pair.requester.clone()),
                    to: pair.company.clone(),
                    content: note.content(),
                    sent_at: note.sent_at,
                };
                engine.inbound(&pair.channel, inbound, request).await
            }
            Self::Contribute(pair, name) => {
                let first = AgentInitiated {
                    user: None,
                    take_over: false,
                    agent: agent(name),
                    to: Personal::new(pair.requester.clone()),
                    from: pair.company.clone(),
                    content: note.content(),
                };
                engine.contribute(&pair.channel, first, request).await
            }
            Self::Receive(id) => {
                let order = Order::Receive { content: note.content(), sent_at: note.sent_at };
                engine.order(*id, order, request).await
            }
            Self::Post(id, name) => {
                let order = Order::Post { agent: agent(name), content: note.content() };
                engine.order(*id, order, request).await
            }
            Self::Join(id, name) => engine.order(*id, Order::Join { agent: agent(name) }, request).await,
            Self::Hold(id, name) => engine.order(*id, Order::Hold { agent: agent(name) }, request).await,
            Self::Resume(id, name) => engine.order(*id, Order::Resume { agent: agent(name) }, request).await,
            Self::EndByRequester(id) => engine.order(*id, Order::EndByRequester, request).await,
            Self::EndByAgent(id, name) => {
                engine.order(*id, Order::EndByAgent { agent: agent(name) }, request).await
            }
            Self::EndBySupervisor(id, name) => {
                engine.order(*id, Order::EndBySupervisor { supervisor: agent(name) }, request).await
            }
            Self::Connect(id) => engine.order(*id, Order::Reconnect, request).await,
            Self::Disconnect(id) => engine.order(*id, Order::Disconnect, request).await,
        }
    }

    fn principal(&self) -> Principal {
        let (role, name) = match self {
            Self::Inbound(_) => (Role::Gateway, "provider"),
            Self::Receive(_) | Self::EndByRequester(_) => (Role::Requester, "requester"),
            Self::Connect(_) | Self::Disconnect(_) => (Role::System, "stream"),
            Self::EndBySupervisor(_, name) => (Role::Supervisor, name.as_str()),
            Self::Contribute(_, name)
            | Self::Post(_, name)
            | Self::Join(_, name)
            | Self::Hold(_, name)
            | Self::Resume(_, name)
            | Self::EndByAgent(_, name) => (Role::Agent, name.as_str()),
        };
        Principal { role, name: name.to_owned() }
    }
}

fn agent(name: &str) -> AgentId {
    AgentId::new(name).expect("the name is legal")
}
