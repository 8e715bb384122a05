//! Routing in the snapshot of a configuration: its entries, each as the fact that sets it would be written.

use crate::registry::{self, Payload};
use crate::{Error, write};
use domain::Event;
use domain::configuration::ConfigurationEvent;
use domain::routing::Routing;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Serialize, Deserialize)]
pub(super) struct StoredEntry {
    number: u16,
    version: u16,
    payload: Vec<u8>,
}

pub(super) fn entries(routing: &Routing) -> Vec<StoredEntry> {
    let stored = |Payload { number, version, bytes }| StoredEntry { number, version, payload: bytes };
    routing.entries().iter().map(write::routing_entry).map(stored).collect()
}

pub(super) fn routing(entries: Vec<StoredEntry>) -> Result<Routing, Error> {
    // What everybody has from the start can be gone.
    let mut routing =
        Routing { presence: BTreeMap::new(), reject_reasons: BTreeMap::new(), ..Routing::default() };
    for StoredEntry { number, version, payload } in entries {
        match registry::decode(number, version, &payload)? {
            Event::Configuration(ConfigurationEvent::RoutingConfigured { entry }) => routing.put(*entry),
            Event::Configuration(
                ConfigurationEvent::ChannelConfigured { .. }
                | ConfigurationEvent::ChannelRetired { .. }
                | ConfigurationEvent::RoutingRemoved { .. }
                | ConfigurationEvent::TextConfigured { .. }
                | ConfigurationEvent::AttachmentsConfigured { .. }
                | ConfigurationEvent::ComponentConfigured { .. },
            )
            | Event::Contact(_)
            | Event::Conversation(_)
            | Event::Router(_)
            | Event::Engine(_)
            | Event::Directory(_) => {
                return Err(Error::Payload("it holds another fact than an entry".to_owned()));
            }
        }
    }
    Ok(routing)
}
