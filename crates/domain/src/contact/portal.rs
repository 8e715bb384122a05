//! On the web the company's addresses are the portals through which a requester comes (`OMN-4`): into which conversation
//! what they write goes, and what becomes of those of the other portals.

use super::{Contact, ContactEvent};
use crate::channel::Portals;
use crate::{Address, ConversationId};

/// An active conversation, and the company's address that it is with.
pub type Active = (Address, ConversationId);

/// What it means for a contact's conversations that a message comes for one of the company's addresses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entrance {
    /// The active conversation that it is for; without one it begins another.
    pub into: Option<Active>,
    /// Whether the requester moved here from another portal, of which nothing is shown to them any more.
    pub moved: bool,
    /// The conversations that they leave behind, which close unless an agent has them.
    pub left: Vec<Active>,
}

/// Where a message for one of the company's addresses goes. An agent who writes first moves no requester.
pub fn enter(state: Option<&Contact>, company: &Address, portals: Portals, by_requester: bool) -> Entrance {
    let Some(contact) = state else { return Entrance::default() };
    let entry = |(company, id): (&Address, &ConversationId)| (company.clone(), *id);
    let own = contact.active.get_key_value(company).map(entry);
    match portals {
        Portals::Independent => Entrance { into: own, ..Entrance::default() },
        Portals::Shared => {
            // There may be several from a time when the portals were not shared; the newest is the one they had last.
            let newest = || contact.active.iter().max_by_key(|(_, id)| **id).map(entry);
            Entrance { into: own.or_else(newest), ..Entrance::default() }
        }
        Portals::SkipHistory => {
            let is_elsewhere = contact.portal.as_ref().is_some_and(|portal| portal != company);
            let moved = by_requester && is_elsewhere && !contact.near.contains(company);
            let others = contact.active.iter().filter(|(other, _)| moved && *other != company);
            Entrance { into: own, moved, left: others.map(entry).collect() }
        }
    }
}

/// A conversation begins at a portal. That an agent begins it does not bring the requester there, and neither does it hide
/// what the agent said when they answer it.
pub(super) fn activated(contact: &mut Contact, company: &Address, by_agent: bool) {
    contact.near.insert(company.clone());
    if !by_agent {
        contact.portal.get_or_insert_with(|| company.clone());
    }
}

/// That the requester came from another portal is a fact once.
pub(super) fn entered(state: Option<&Contact>, company: &Address) -> Vec<ContactEvent> {
    let moved = state.and_then(|contact| contact.portal.as_ref()).is_some_and(|portal| portal != company);
    moved.then(|| ContactEvent::PortalEntered { company: company.clone() }).into_iter().collect()
}
