//! Facts about the running of the engine.

use crate::Error;
use crate::registry::Frozen;
use domain::{EngineEvent, Event, Timestamp};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub(crate) struct Started {
    pub(crate) wall_ms: i64,
    pub(crate) timeline_ms: i64,
    pub(crate) last_ms: Option<i64>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct ClockStepped {
    pub(crate) wall_ms: i64,
    pub(crate) step_ms: i64,
}

impl Frozen for Started {
    fn into_event(self) -> Result<Event, Error> {
        let Self { wall_ms, timeline_ms, last_ms } = self;
        Ok(Event::Engine(EngineEvent::Started {
            wall: Timestamp(wall_ms),
            timeline: Timestamp(timeline_ms),
            last: last_ms.map(Timestamp),
        }))
    }
}

impl Frozen for ClockStepped {
    fn into_event(self) -> Result<Event, Error> {
        let Self { wall_ms, step_ms } = self;
        Ok(Event::Engine(EngineEvent::ClockStepped { wall: Timestamp(wall_ms), step_ms }))
    }
}
