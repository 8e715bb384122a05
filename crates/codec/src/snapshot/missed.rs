//! What a contact has missed, laid out for a row.

use crate::Error;
use crate::v1::{parts, reach};
use domain::missed::{Item, Known, Missed};
use domain::{EventRef, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Serialize, Deserialize)]
pub(super) struct MissedState {
    version: u64,
    devices: Vec<String>,
    windows: Vec<[u8; 16]>,
    /// Signed in, and verified.
    known: (bool, bool),
    digest_after_s: Option<u32>,
    items: Vec<ItemState>,
    more: u32,
    push_due_ms: Option<i64>,
    unsure: Vec<ItemState>,
    missed: Vec<reach::MissedPart>,
    missed_more: u32,
    digest_due_ms: Option<i64>,
    told: bool,
}

#[derive(Serialize, Deserialize)]
struct ItemState {
    stream: [u8; 16],
    version: u64,
    at_ms: i64,
    agent: Option<String>,
}

impl From<&Item> for ItemState {
    fn from(Item { fact: EventRef { stream, version }, at, agent }: &Item) -> Self {
        let agent = agent.as_ref().map(|agent| agent.as_str().to_owned());
        Self { stream: *stream, version: *version, at_ms: at.0, agent }
    }
}

impl TryFrom<ItemState> for Item {
    type Error = Error;

    fn try_from(ItemState { stream, version, at_ms, agent }: ItemState) -> Result<Self, Error> {
        let agent = agent.as_deref().map(parts::agent).transpose()?;
        Ok(Self { fact: EventRef { stream, version }, at: Timestamp(at_ms), agent })
    }
}

impl From<&Missed> for MissedState {
    fn from(state: &Missed) -> Self {
        let Missed { version, devices, windows, known, digest, items, more, push_due, .. } = state;
        let Missed { unsure, missed, missed_more, digest_due, told, .. } = state;
        Self {
            version: *version,
            devices: devices.iter().map(|id| id.as_str().to_owned()).collect(),
            windows: windows.iter().map(|id| *id.as_bytes()).collect(),
            known: (known.signed_in, known.verified),
            digest_after_s: reach::wish_to_stored(*digest),
            items: items.iter().map(ItemState::from).collect(),
            more: *more,
            push_due_ms: push_due.map(|due| due.0),
            unsure: unsure.iter().map(ItemState::from).collect(),
            missed: missed.iter().map(reach::MissedPart::from).collect(),
            missed_more: *missed_more,
            digest_due_ms: digest_due.map(|due| due.0),
            told: *told,
        }
    }
}

impl TryFrom<MissedState> for Missed {
    type Error = Error;

    fn try_from(state: MissedState) -> Result<Self, Error> {
        let items = |items: Vec<ItemState>| items.into_iter().map(Item::try_from).collect::<Result<_, _>>();
        let devices = state.devices.iter().map(|name| reach::device_id(name)).collect::<Result<_, _>>()?;
        let (signed_in, verified) = state.known;
        Ok(Self {
            version: state.version,
            devices,
            windows: state.windows.into_iter().map(Uuid::from_bytes).collect(),
            known: Known { signed_in, verified },
            digest: reach::wish_from_stored(state.digest_after_s),
            items: items(state.items)?,
            more: state.more,
            push_due: state.push_due_ms.map(Timestamp),
            unsure: items(state.unsure)?,
            missed: state.missed.into_iter().map(reach::MissedPart::into_part).collect::<Result<_, _>>()?,
            missed_more: state.missed_more,
            digest_due: state.digest_due_ms.map(Timestamp),
            told: state.told,
        })
    }
}
