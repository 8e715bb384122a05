//! One requester as a channel knows them, and which conversation is active with each of the company's addresses.

use crate::{Address, ChannelId, ConversationId, Personal, Rejection};
use std::collections::BTreeMap;

/// The state of a contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// How many events it has seen.
    pub version: u64,
    /// The channel that knows them.
    pub channel: ChannelId,
    /// Where they are reached on it.
    pub address: Personal<Address>,
    /// At most one active conversation for each of the company's addresses (`C2`).
    pub active: BTreeMap<Address, ConversationId>,
}

/// What can be asked of a contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContactCommand {
    /// Makes a new conversation the active one of a pair (`LC-1`).
    Activate {
        /// The channel.
        channel: ChannelId,
        /// The requester's address on it.
        address: Personal<Address>,
        /// The company's address.
        company: Address,
        /// The new conversation.
        conversation: ConversationId,
    },
    /// Frees the pair because its conversation closes.
    Release {
        /// The company's address.
        company: Address,
        /// The closing conversation.
        conversation: ConversationId,
    },
}

/// A fact about a contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContactEvent {
    /// Somebody was seen on a channel for the first time.
    Created {
        /// The channel.
        channel: ChannelId,
        /// Their address on it.
        address: Personal<Address>,
    },
    /// A conversation became the active one of a pair.
    ConversationActivated {
        /// The company's address.
        company: Address,
        /// The conversation.
        conversation: ConversationId,
    },
    /// The pair is free again.
    ConversationReleased {
        /// The company's address.
        company: Address,
        /// The conversation that was active.
        conversation: ConversationId,
    },
}

/// Turns an intent into facts, or refuses.
///
/// # Errors
/// [`Rejection::PairBusy`] if another conversation is active, [`Rejection::NotActive`] if the closing one is not.
pub fn decide(state: Option<&Contact>, command: &ContactCommand) -> Result<Vec<ContactEvent>, Rejection> {
    match command {
        ContactCommand::Activate { channel, address, company, conversation } => {
            let mut events = Vec::new();
            match state {
                None => {
                    events.push(ContactEvent::Created { channel: channel.clone(), address: address.clone() });
                }
                Some(contact) => {
                    if let Some(active) = contact.active.get(company) {
                        return Err(Rejection::PairBusy(*active));
                    }
                }
            }
            events.push(ContactEvent::ConversationActivated {
                company: company.clone(),
                conversation: *conversation,
            });
            Ok(events)
        }
        ContactCommand::Release { company, conversation } => {
            let active = state.and_then(|contact| contact.active.get(company));
            if active != Some(conversation) {
                return Err(Rejection::NotActive);
            }
            Ok(vec![ContactEvent::ConversationReleased {
                company: company.clone(),
                conversation: *conversation,
            }])
        }
    }
}

/// Applies one fact. Total: a fact that cannot be, such as one of a contact that was never created, changes nothing.
#[must_use]
pub fn evolve(state: Option<Contact>, event: &ContactEvent) -> Option<Contact> {
    let mut contact = match (state, event) {
        (None, ContactEvent::Created { channel, address }) => Contact {
            version: 0,
            channel: channel.clone(),
            address: address.clone(),
            active: BTreeMap::new(),
        },
        (None, ContactEvent::ConversationActivated { .. } | ContactEvent::ConversationReleased { .. }) => {
            return None;
        }
        (Some(contact), _) => contact,
    };
    contact.version += 1;
    match event {
        ContactEvent::Created { .. } => {}
        ContactEvent::ConversationActivated { company, conversation } => {
            contact.active.insert(company.clone(), *conversation);
        }
        ContactEvent::ConversationReleased { company, conversation } => {
            if contact.active.get(company) == Some(conversation) {
                contact.active.remove(company);
            }
        }
    }
    Some(contact)
}

#[cfg(test)]
mod tests;
