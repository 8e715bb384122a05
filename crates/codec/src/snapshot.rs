//! States of aggregates as bytes: caches that spare the reading of a log, and what state hashes are taken of.
//!
//! A cache need not be readable for ever. Each kind of state has one format byte (the upper half says which
//! aggregate, the lower half which format); bytes of any other format are refused, and whoever reads then
//! rebuilds the state from its log (`L4`). Equal states have equal bytes, because everything is written in
//! one order. A change of what is below, or of the parts of facts that it uses, needs a new format byte; the
//! golden files notice one that was forgotten.

mod conversation;
mod router;
mod routing;

pub use router::{RouterCore, RouterRow, agent_key, core_key, item_key, router_core, router_rows};
pub use router::{router_state, served_key, waits_key};

use crate::v1::parts;
use crate::v4::configuration::Settings;
use crate::{Error, payload, sealed};
use domain::configuration::Configuration;
use domain::contact::Contact;
use domain::conversation::Conversation;
use domain::{ConversationId, Personal};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const CONVERSATION: u8 = 0x13;
const CONTACT: u8 = 0x21;
const CONFIGURATION: u8 = 0x33;
const ROUTER: u8 = 0x51;

/// Whether the bytes begin like a snapshot of a format that was once written and is no longer read. Such a cache is not
/// damaged, only of no use.
pub fn is_outdated(bytes: &[u8]) -> bool {
    let older = |format: u8, newest: u8| format >> 4 == newest >> 4 && format < newest;
    let formats = [CONVERSATION, CONTACT, CONFIGURATION, ROUTER];
    bytes.first().is_some_and(|format| formats.iter().any(|newest| older(*format, *newest)))
}

/// The state of a conversation as bytes.
pub fn encode_conversation(state: &Conversation) -> Vec<u8> {
    sealed::seal(CONVERSATION, &payload::write(&conversation::ConversationState::from(state)))
}

/// The state of a conversation.
///
/// # Errors
/// [`Error`] says what is wrong with the bytes; the state must then be rebuilt.
pub fn decode_conversation(bytes: &[u8]) -> Result<Conversation, Error> {
    payload::read::<conversation::ConversationState>(sealed::open(CONVERSATION, bytes)?)?.try_into()
}

/// The state of a contact as bytes.
pub fn encode_contact(state: &Contact) -> Vec<u8> {
    sealed::seal(CONTACT, &payload::write(&ContactState::from(state)))
}

/// The state of a contact.
///
/// # Errors
/// [`Error`] says what is wrong with the bytes; the state must then be rebuilt.
pub fn decode_contact(bytes: &[u8]) -> Result<Contact, Error> {
    payload::read::<ContactState>(sealed::open(CONTACT, bytes)?)?.try_into()
}

/// The configuration as bytes.
pub fn encode_configuration(state: &Configuration) -> Vec<u8> {
    sealed::seal(CONFIGURATION, &payload::write(&ConfigurationState::from(state)))
}

/// The configuration.
///
/// # Errors
/// [`Error`] says what is wrong with the bytes; the state must then be rebuilt.
pub fn decode_configuration(bytes: &[u8]) -> Result<Configuration, Error> {
    payload::read::<ConfigurationState>(sealed::open(CONFIGURATION, bytes)?)?.try_into()
}

#[derive(Serialize, Deserialize)]
struct ContactState {
    version: u64,
    channel: String,
    address: String,
    active: BTreeMap<String, [u8; 16]>,
}

#[derive(Serialize, Deserialize)]
struct ConfigurationState {
    version: u64,
    channels: BTreeMap<String, Settings>,
    routing: Vec<routing::StoredEntry>,
}

impl From<&Contact> for ContactState {
    fn from(state: &Contact) -> Self {
        let Contact { version, channel, address, active } = state;
        let active = active.iter().map(|(company, id)| (company.as_str().to_owned(), id.to_bytes()));
        Self {
            version: *version,
            channel: channel.as_str().to_owned(),
            address: address.expose().as_str().to_owned(),
            active: active.collect(),
        }
    }
}

impl TryFrom<ContactState> for Contact {
    type Error = Error;

    fn try_from(state: ContactState) -> Result<Self, Error> {
        let ContactState { version, channel, address, active } = state;
        let active = active
            .into_iter()
            .map(|(company, id)| Ok((parts::address(&company)?, ConversationId::from_bytes(id))));
        Ok(Self {
            version,
            channel: parts::channel(&channel)?,
            address: Personal::new(parts::address(&address)?),
            active: active.collect::<Result<_, Error>>()?,
        })
    }
}

impl From<&Configuration> for ConfigurationState {
    fn from(state: &Configuration) -> Self {
        let Configuration { version, channels, routing } = state;
        let channels = channels.iter().map(|(id, settings)| (id.as_str().to_owned(), settings.into()));
        Self { version: *version, channels: channels.collect(), routing: routing::entries(routing) }
    }
}

impl TryFrom<ConfigurationState> for Configuration {
    type Error = Error;

    fn try_from(state: ConfigurationState) -> Result<Self, Error> {
        let ConfigurationState { version, channels, routing } = state;
        let channels =
            channels.into_iter().map(|(id, settings)| Ok((parts::channel(&id)?, settings.try_into()?)));
        Ok(Self {
            version,
            channels: channels.collect::<Result<_, Error>>()?,
            routing: routing::routing(routing)?,
        })
    }
}
