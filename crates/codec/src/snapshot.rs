//! States of aggregates as bytes: caches that spare the reading of a log, and what state hashes are taken of.
//!
//! A cache need not be readable for ever. Each kind of state has one format byte (the upper half says which
//! aggregate, the lower half which format); bytes of any other format are refused, and whoever reads then
//! rebuilds the state from its log (`L4`). Equal states have equal bytes, because everything is written in
//! one order. A change of what is below, or of the parts of facts that it uses, needs a new format byte; the
//! golden files notice one that was forgotten.

mod contact;
mod conversation;
mod missed;
mod outbound;
mod router;
mod routing;

pub use router::{RouterCore, RouterRow, agent_key, core_key, item_key, router_core, router_rows};
pub use router::{router_state, served_key, waits_key};

use crate::v1::wording::{AttachmentRules, Component, component_name, notice_key};
use crate::v1::{directory, parts};
use crate::v4::configuration::Settings;
use crate::{Error, payload, sealed};
use domain::configuration::Configuration;
use domain::contact::Contact;
use domain::conversation::Conversation;
use domain::directory::Entry;
use domain::missed::Missed;
use domain::notice::NoticeKey;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const CONVERSATION: u8 = 0x15;
const CONTACT: u8 = 0x25;
const CONFIGURATION: u8 = 0x36;
const ROUTER: u8 = 0x51;
const USER: u8 = 0x63;
/// How the rows of what contacts have missed are laid out.
pub const MISSED: u8 = 0x71;

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
    sealed::seal(CONTACT, &payload::write(&contact::ContactState::from(state)))
}

/// The state of a contact.
///
/// # Errors
/// [`Error`] says what is wrong with the bytes; the state must then be rebuilt.
pub fn decode_contact(bytes: &[u8]) -> Result<Contact, Error> {
    payload::read::<contact::ContactState>(sealed::open(CONTACT, bytes)?)?.try_into()
}

/// What a contact has missed as bytes.
pub fn encode_missed(state: &Missed) -> Vec<u8> {
    sealed::seal(MISSED, &payload::write(&missed::MissedState::from(state)))
}

/// What a contact has missed.
///
/// # Errors
/// [`Error`] says what is wrong with the bytes; the state must then be rebuilt.
pub fn decode_missed(bytes: &[u8]) -> Result<Missed, Error> {
    payload::read::<missed::MissedState>(sealed::open(MISSED, bytes)?)?.try_into()
}

/// What is known of a user as bytes, for the hash of all state: users are few facts, and have no snapshots.
pub fn encode_user(state: &Entry) -> Vec<u8> {
    let Entry { version, id, user, pin, verification } = state;
    let user = user.as_ref().map(|user| directory::UserPut::new(id, user));
    let pin = pin.as_ref().map(|pin| (pin.salt, pin.rounds, pin.hash));
    let failed: Vec<i64> = verification.failed.iter().map(|at| at.0).collect();
    let locked = verification.locked_until.map(|until| until.0);
    sealed::seal(USER, &payload::write(&(*version, id.as_str(), user, pin, failed, locked)))
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
struct ConfigurationState {
    version: u64,
    channels: BTreeMap<String, Settings>,
    routing: Vec<routing::StoredEntry>,
    /// Language, name of the message, text.
    texts: Vec<(String, String, String)>,
    attachments: BTreeMap<String, AttachmentRules>,
    components: BTreeMap<String, Component>,
}

impl From<&Configuration> for ConfigurationState {
    fn from(state: &Configuration) -> Self {
        let Configuration { version, channels, routing, texts, attachments, components } = state;
        let channels = channels.iter().map(|(id, settings)| (id.as_str().to_owned(), settings.into()));
        let text = |(language, key, text): (&str, NoticeKey, &str)| {
            (language.into(), key.name().into(), text.into())
        };
        let attachments = attachments.iter().map(|(id, rules)| (id.as_str().to_owned(), rules.into()));
        let components = components.iter().map(|(name, it)| (name.as_str().to_owned(), it.into()));
        Self {
            version: *version,
            channels: channels.collect(),
            routing: routing::entries(routing),
            texts: texts.iter().map(text).collect(),
            attachments: attachments.collect(),
            components: components.collect(),
        }
    }
}

impl TryFrom<ConfigurationState> for Configuration {
    type Error = Error;

    fn try_from(state: ConfigurationState) -> Result<Self, Error> {
        let ConfigurationState { version, channels, routing, texts, attachments, components } = state;
        let texts = texts.into_iter().map(|(language, key, text)| Ok((language, notice_key(&key)?, text)));
        let attachments = attachments.into_iter().map(|(id, rules)| Ok((parts::channel(&id)?, rules.into())));
        let components = components.into_iter().map(|(name, it)| Ok((component_name(&name)?, it.into())));
        let channels =
            channels.into_iter().map(|(id, settings)| Ok((parts::channel(&id)?, settings.try_into()?)));
        Ok(Self {
            version,
            channels: channels.collect::<Result<_, Error>>()?,
            routing: routing::routing(routing)?,
            texts: texts.collect::<Result<_, Error>>()?,
            attachments: attachments.collect::<Result<_, Error>>()?,
            components: components.collect::<Result<_, Error>>()?,
        })
    }
}
