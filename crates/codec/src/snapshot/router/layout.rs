//! How the rows of the router's state are laid out, but for items.

use super::item::Item;
use super::{RouterCore, RouterRow};
use crate::Error;
use crate::v1::parts::{agent, queue};
use crate::v1::router::errand::Errand;
use crate::v1::router::parts::text;
use crate::v1::routing::{presence, service_channel, skill};
use domain::router::{AgentState, Wait as DomainWait, Waits as DomainWaits};
use domain::routing::{ServiceChannelId, SkillId, WorkItemId};
use domain::{ContactId, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Serialize, Deserialize)]
pub(super) enum Row {
    Core(Core),
    Item(Box<Item>),
    Agent { id: String, agent: Agent },
    Waits { queue: String, waits: Waits },
    Served { contact: [u8; 16], agent: String, at_ms: i64 },
}

#[derive(Serialize, Deserialize)]
pub(super) struct Core {
    version: u64,
    configuration: u64,
    on_since_ms: Option<i64>,
    taken_in: BTreeMap<u16, u64>,
    last_item: u64,
    /// Queue and pool, and whom.
    cursors: BTreeMap<(String, u8), String>,
    /// For which item; the errand says itself which it is.
    errands: Vec<(u64, Errand)>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Agent {
    presence: String,
    switched_off: BTreeSet<String>,
    since_ms: i64,
    disconnected_ms: Option<i64>,
    seen_ms: i64,
    /// By service channel, in milliseconds.
    assigned: BTreeMap<String, i64>,
    worked: BTreeMap<String, i64>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Waits {
    all: Vec<Wait>,
    by_skills: BTreeMap<BTreeSet<String>, Vec<Wait>>,
}

#[derive(Serialize, Deserialize)]
struct Wait {
    joined_ms: i64,
    waited_ms: i64,
}

impl From<&RouterRow> for Row {
    fn from(row: &RouterRow) -> Self {
        match row {
            RouterRow::Core(core) => Self::Core(core.into()),
            RouterRow::Item(item) => Self::Item(Box::new(item.as_ref().into())),
            RouterRow::Agent(id, agent) => Self::Agent { id: text(id), agent: agent.into() },
            RouterRow::Waits(queue, waits) => {
                Self::Waits { queue: queue.as_str().to_owned(), waits: waits.into() }
            }
            RouterRow::Served(contact, agent, at) => {
                Self::Served { contact: contact.0, agent: text(agent), at_ms: at.0 }
            }
        }
    }
}

impl TryFrom<Row> for RouterRow {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        Ok(match row {
            Row::Core(core) => Self::Core(core.try_into()?),
            Row::Item(item) => Self::Item(Box::new((*item).try_into()?)),
            Row::Agent { id, agent: state } => Self::Agent(agent(&id)?, state.try_into()?),
            Row::Waits { queue: of, waits } => Self::Waits(queue(&of)?, waits.try_into()?),
            Row::Served { contact, agent: by, at_ms } => {
                Self::Served(ContactId(contact), agent(&by)?, Timestamp(at_ms))
            }
        })
    }
}

impl From<&RouterCore> for Core {
    fn from(core: &RouterCore) -> Self {
        let RouterCore { version, configuration, on_since, taken_in, last_item, cursors, errands } = core;
        let cursors = cursors
            .iter()
            .map(|((queue, pool), agent)| ((queue.as_str().to_owned(), *pool), text(agent)))
            .collect();
        Self {
            version: *version,
            configuration: *configuration,
            on_since_ms: on_since.map(|at| at.0),
            taken_in: taken_in.clone(),
            last_item: *last_item,
            cursors,
            errands: errands.iter().map(|((item, _), errand)| (item.0, errand.into())).collect(),
        }
    }
}

impl TryFrom<Core> for RouterCore {
    type Error = Error;

    fn try_from(core: Core) -> Result<Self, Error> {
        let Core { version, configuration, on_since_ms, taken_in, last_item, cursors, errands } = core;
        let cursors = cursors.iter().map(|((of, pool), asked)| Ok(((queue(of)?, *pool), agent(asked)?)));
        let errands = errands.into_iter().map(|(item, errand)| {
            let errand = domain::router::Errand::try_from(errand)?;
            Ok(((WorkItemId(item), errand.kind()), errand))
        });
        Ok(Self {
            version,
            configuration,
            on_since: on_since_ms.map(Timestamp),
            taken_in,
            last_item,
            cursors: cursors.collect::<Result<_, Error>>()?,
            errands: errands.collect::<Result<_, Error>>()?,
        })
    }
}

impl From<&AgentState> for Agent {
    fn from(agent: &AgentState) -> Self {
        let AgentState { presence, switched_off, since, disconnected, seen, items: _, assigned, worked } =
            agent;
        Self {
            presence: presence.as_str().to_owned(),
            switched_off: switched_off.iter().map(|name| name.as_str().to_owned()).collect(),
            since_ms: since.0,
            disconnected_ms: disconnected.map(|at| at.0),
            seen_ms: seen.0,
            assigned: by_name(assigned),
            worked: by_name(worked),
        }
    }
}

impl TryFrom<Agent> for AgentState {
    type Error = Error;

    fn try_from(agent: Agent) -> Result<Self, Error> {
        let Agent { presence: state, switched_off, since_ms, disconnected_ms, seen_ms, assigned, worked } =
            agent;
        let switched_off = switched_off.iter().map(|name| service_channel(name));
        Ok(Self {
            presence: presence(&state)?,
            switched_off: switched_off.collect::<Result<_, _>>()?,
            since: Timestamp(since_ms),
            disconnected: disconnected_ms.map(Timestamp),
            seen: Timestamp(seen_ms),
            items: BTreeSet::new(),
            assigned: by_channel(&assigned)?,
            worked: by_channel(&worked)?,
        })
    }
}

fn by_name(times: &BTreeMap<ServiceChannelId, Timestamp>) -> BTreeMap<String, i64> {
    times.iter().map(|(channel, at)| (channel.as_str().to_owned(), at.0)).collect()
}

fn by_channel(times: &BTreeMap<String, i64>) -> Result<BTreeMap<ServiceChannelId, Timestamp>, Error> {
    times.iter().map(|(channel, at_ms)| Ok((service_channel(channel)?, Timestamp(*at_ms)))).collect()
}

impl From<&DomainWaits> for Waits {
    fn from(waits: &DomainWaits) -> Self {
        let DomainWaits { all, by_skills } = waits;
        let names =
            |skills: &BTreeSet<SkillId>| skills.iter().map(|skill| skill.as_str().to_owned()).collect();
        let by_skills = by_skills
            .iter()
            .map(|(skills, waits)| (names(skills), waits.iter().map(Wait::from).collect()))
            .collect();
        Self { all: all.iter().map(Wait::from).collect(), by_skills }
    }
}

impl TryFrom<Waits> for DomainWaits {
    type Error = Error;

    fn try_from(waits: Waits) -> Result<Self, Error> {
        let Waits { all, by_skills } = waits;
        let by_skills = by_skills.into_iter().map(|(skills, waits)| {
            let skills = skills.iter().map(|name| skill(name)).collect::<Result<_, _>>()?;
            Ok((skills, waits.into_iter().map(DomainWait::from).collect()))
        });
        Ok(Self {
            all: all.into_iter().map(DomainWait::from).collect(),
            by_skills: by_skills.collect::<Result<_, Error>>()?,
        })
    }
}

impl From<&DomainWait> for Wait {
    fn from(wait: &DomainWait) -> Self {
        let DomainWait { joined, waited_ms } = wait;
        Self { joined_ms: joined.0, waited_ms: *waited_ms }
    }
}

impl From<Wait> for DomainWait {
    fn from(wait: Wait) -> Self {
        let Wait { joined_ms, waited_ms } = wait;
        Self { joined: Timestamp(joined_ms), waited_ms }
    }
}
