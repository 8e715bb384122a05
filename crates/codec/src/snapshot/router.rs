//! The state of the router as rows of a table, because it is too large to be written as one value each time.
//!
//! What follows from other rows is in none: which items a conversation has and which an agent has is told by
//! the items. So whoever changes an item writes that one row.

mod item;
mod layout;

use super::ROUTER;
use crate::{Error, payload, sealed};
use domain::router::{AgentState, Errand, ErrandKind, Served, State, Waits, WorkItem};
use domain::routing::{QueueId, WorkItemId};
use domain::{AgentId, ContactId, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

// The first byte of each kind's keys, by which a table can be read kind by kind.
const CORE: u8 = 1;
const ITEM: u8 = 2;
const AGENT: u8 = 3;
const WAITS: u8 = 4;
const SERVED: u8 = 5;

/// One row of the router's checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RouterRow {
    /// What there is once.
    Core(RouterCore),
    /// An item that is not over.
    Item(Box<WorkItem>),
    /// An agent. Their items are not in the row.
    Agent(AgentId, AgentState),
    /// The last waits of a queue.
    Waits(QueueId, Waits),
    /// Who served a contact, and when.
    Served(ContactId, AgentId, Timestamp),
}

/// What there is once in the router's state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RouterCore {
    /// How many events the router has seen.
    pub version: u64,
    /// The version of the configuration that it goes by.
    pub configuration: u64,
    /// Since when conversations are routed.
    pub on_since: Option<Timestamp>,
    /// The position up to which each partition is taken in.
    pub taken_in: BTreeMap<u16, u64>,
    /// The number of the newest item.
    pub last_item: u64,
    /// Who was asked last, by queue and pool.
    pub cursors: BTreeMap<(QueueId, u8), AgentId>,
    /// What is still to be done to conversations.
    pub errands: BTreeMap<(WorkItemId, ErrandKind), Errand>,
}

impl RouterRow {
    /// The row's key: its kind, then a number with the highest byte first or a name. At most 65 bytes.
    pub fn key(&self) -> Vec<u8> {
        match self {
            Self::Core(_) => core_key(),
            Self::Item(item) => item_key(item.id),
            Self::Agent(agent, _) => agent_key(agent),
            Self::Waits(queue, _) => waits_key(queue),
            Self::Served(contact, _, _) => served_key(*contact),
        }
    }

    /// The row as stored.
    pub fn encode(&self) -> Vec<u8> {
        sealed::seal(ROUTER, &payload::write(&layout::Row::from(self)))
    }

    /// A row as stored.
    ///
    /// # Errors
    /// [`Error`] says what is wrong with the bytes; the state must then be rebuilt from its log.
    pub fn decode(bytes: &[u8]) -> Result<Self, Error> {
        payload::read::<layout::Row>(sealed::open(ROUTER, bytes)?)?.try_into()
    }
}

impl From<&State> for RouterCore {
    fn from(state: &State) -> Self {
        let State {
            version,
            configuration,
            on_since,
            taken_in,
            last_item,
            items: _,
            conversations: _,
            agents: _,
            waits: _,
            cursors,
            served: _,
            errands,
        } = state;
        Self {
            version: *version,
            configuration: *configuration,
            on_since: *on_since,
            taken_in: taken_in.clone(),
            last_item: *last_item,
            cursors: cursors.clone(),
            errands: errands.clone(),
        }
    }
}

/// The key of the row of what there is once.
pub fn core_key() -> Vec<u8> {
    vec![CORE]
}

/// The key of an item's row.
pub fn item_key(id: WorkItemId) -> Vec<u8> {
    key(ITEM, &id.0.to_be_bytes())
}

/// The key of an agent's row.
pub fn agent_key(id: &AgentId) -> Vec<u8> {
    key(AGENT, id.as_str().as_bytes())
}

/// The key of the row of a queue's waits.
pub fn waits_key(id: &QueueId) -> Vec<u8> {
    key(WAITS, id.as_str().as_bytes())
}

/// The key of the row that says who served a contact.
pub fn served_key(id: ContactId) -> Vec<u8> {
    key(SERVED, &id.0)
}

fn key(kind: u8, id: &[u8]) -> Vec<u8> {
    [&[kind], id].concat()
}

/// The row of what there is once.
pub fn router_core(state: &State) -> RouterRow {
    RouterRow::Core(RouterCore::from(state))
}

/// All rows of a state.
pub fn router_rows(state: &State) -> Vec<RouterRow> {
    let mut rows = vec![router_core(state)];
    rows.extend(state.items.values().map(|item| RouterRow::Item(Box::new(item.clone()))));
    let agent =
        |(id, agent): (&AgentId, &AgentState)| RouterRow::Agent(id.clone(), without_items(agent.clone()));
    rows.extend(state.agents.iter().map(agent));
    rows.extend(state.waits.iter().map(|(id, waits)| RouterRow::Waits(id.clone(), waits.clone())));
    let served = state.served.iter();
    rows.extend(served.map(|(contact, agent, at)| RouterRow::Served(contact, agent.clone(), at)));
    rows
}

/// The state that the rows are of, in whatever order they come. `None` if the row of what there is once is
/// missing, or that of an agent who has an item: then the state must be rebuilt from its log.
pub fn router_state(rows: impl IntoIterator<Item = RouterRow>) -> Option<State> {
    let mut state = State::default();
    let (mut core, mut items, mut served) = (None, Vec::new(), BTreeSet::new());
    for row in rows {
        match row {
            RouterRow::Core(found) => core = Some(found),
            RouterRow::Item(item) => items.push(*item),
            RouterRow::Agent(id, agent) => drop(state.agents.insert(id, without_items(agent))),
            RouterRow::Waits(id, waits) => drop(state.waits.insert(id, waits)),
            RouterRow::Served(contact, agent, at) => drop(served.insert((at, contact, agent))),
        }
    }
    let RouterCore { version, configuration, on_since, taken_in, last_item, cursors, errands } = core?;
    let served = remembered(served);
    state =
        State { version, configuration, on_since, taken_in, last_item, cursors, errands, served, ..state };
    for item in items {
        place(&mut state, item)?;
    }
    Some(state)
}

fn without_items(agent: AgentState) -> AgentState {
    AgentState { items: BTreeSet::new(), ..agent }
}

/// Puts an item where its conversation and its agent find it.
fn place(state: &mut State, item: WorkItem) -> Option<()> {
    if let Some(agent) = item.agent() {
        state.agents.get_mut(agent)?.items.insert(item.id);
    }
    state.conversations.entry(item.subject.conversation).or_default().insert(item.id);
    state.items.insert(item.id, item);
    Some(())
}

/// The oldest has to come first, as it came in the log: what is noted later makes older things forgotten. So rows
/// that were left behind when the state forgot do no harm.
fn remembered(served: BTreeSet<(Timestamp, ContactId, AgentId)>) -> Served {
    let mut remembered = Served::default();
    for (at, contact, agent) in served {
        remembered.note(contact, agent, at);
    }
    remembered
}
