//! What happened to a work item and why, from the log alone: the router's events are folded anew, and before each offer
//! the whole field of candidates is looked at as it was.

use crate::Error;
use crate::keys::{CONFIGURATION_STREAM, ROUTER_STREAM};
use domain::configuration::{self, Configuration};
use domain::router::{Explanation, Router, RouterEvent, State};
use domain::routing::{Routing, WorkItemId};
use domain::{Cause, Event, Timestamp};
use std::sync::Arc;
use store::{EventLog, StoredEvent, StreamId};

const PAGE: usize = 512;

/// All that happened to an item.
#[derive(Clone, Debug)]
pub struct ItemHistory {
    /// Which.
    pub item: WorkItemId,
    /// In order.
    pub steps: Vec<ItemStep>,
}

/// One fact about an item.
#[derive(Clone, Debug)]
pub struct ItemStep {
    /// Its place in the router's stream.
    pub version: u64,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub cause: Cause,
    /// What.
    pub event: RouterEvent,
    /// Before an offer: who came into question, who did not and why, and who ranked first.
    pub field: Option<Explanation>,
}

impl ItemStep {
    /// The event's name, such as `router.offered`.
    pub fn type_name(&self) -> &'static str {
        codec::json::event_type(&Event::Router(self.event.clone()))
    }

    /// What it says, as JSON.
    pub fn data(&self) -> serde_json::Value {
        codec::json::event_data(&Event::Router(self.event.clone()))
    }

    /// Why it is, as JSON.
    pub fn cause_json(&self) -> serde_json::Value {
        codec::json::cause(&self.cause)
    }
}

/// The history of an item. Reads the router's whole stream up to the item's end, so it blocks for long on a large log.
///
/// # Errors
/// [`Error::Refused`] if there never was such an item, or what is wrong with the store.
pub fn history(log: &dyn EventLog, item: WorkItemId) -> Result<ItemHistory, Error> {
    let mut configurations = Configurations::new(log);
    let (mut state, mut steps, mut version) = (State::default(), Vec::new(), 0);
    loop {
        let page = log.read_stream(ROUTER_STREAM, version, PAGE)?;
        let Some(last) = page.last() else { break };
        version = last.version;
        for stored in &page {
            let envelope = codec::decode(&stored.bytes)?;
            let Event::Router(event) = envelope.event else { return Err(foreign(ROUTER_STREAM)) };
            if event.item() == Some(item) {
                let offered = matches!(event, RouterEvent::Offered { .. });
                let field =
                    if offered { field(&mut configurations, &state, item, envelope.at)? } else { None };
                let (at, cause) = (envelope.at, envelope.cause);
                steps.push(ItemStep { version: stored.version, at, cause, event: event.clone(), field });
            }
            state.apply(envelope.at, &event);
        }
        if state.last_item >= item.0 && !state.items.contains_key(&item) && !state.has_errands(item) {
            break;
        }
    }
    if steps.is_empty() {
        return Err(Error::Refused(domain::router::Refusal::ItemUnknown));
    }
    Ok(ItemHistory { item, steps })
}

fn field(
    configurations: &mut Configurations<'_>,
    state: &State,
    item: WorkItemId,
    at: Timestamp,
) -> Result<Option<Explanation>, Error> {
    let routing = configurations.at(state.configuration)?;
    Ok(Router::new(state.clone(), routing, at).explain(item, at))
}

/// The routing of each version of the configuration, asked for in ascending order.
pub struct Configurations<'a> {
    log: &'a dyn EventLog,
    state: Configuration,
    routing: Arc<Routing>,
    ahead: std::vec::IntoIter<StoredEvent>,
}

impl<'a> Configurations<'a> {
    /// From the first version on.
    pub fn new(log: &'a dyn EventLog) -> Self {
        let state = Configuration::default();
        Self { log, routing: Arc::new(state.routing.clone()), state, ahead: Vec::new().into_iter() }
    }

    /// The routing of a version.
    ///
    /// # Errors
    /// What is wrong with the store.
    pub fn at(&mut self, version: u64) -> Result<Arc<Routing>, Error> {
        if self.state.version >= version {
            return Ok(Arc::clone(&self.routing));
        }
        while self.state.version < version {
            let Some(stored) = self.ahead.next() else {
                let page = self.log.read_stream(CONFIGURATION_STREAM, self.state.version, PAGE)?;
                if page.is_empty() {
                    break;
                }
                self.ahead = page.into_iter();
                continue;
            };
            let Event::Configuration(event) = codec::decode(&stored.bytes)?.event else {
                return Err(foreign(CONFIGURATION_STREAM));
            };
            self.state = configuration::evolve(std::mem::take(&mut self.state), &event);
        }
        self.routing = Arc::new(self.state.routing.clone());
        Ok(Arc::clone(&self.routing))
    }
}

fn foreign(stream: StreamId) -> Error {
    Error::Damaged(format!("stream {:02x?} holds an event of another kind of stream", stream.0))
}
