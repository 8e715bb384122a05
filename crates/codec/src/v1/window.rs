//! Facts about what a requester and an agent look at, and notifications.

use super::parts::{address, agent};
use crate::Error;
use crate::numbers::Numbered;
use crate::registry::Frozen;
use crate::v2::window as v2;
use domain::Event;
use domain::contact::{ContactEvent, WindowClosing};
use domain::conversation::ConversationEvent;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Serialize, Deserialize)]
pub(crate) struct WindowOpened {
    pub(crate) window: [u8; 16],
}

#[derive(Serialize, Deserialize)]
pub(crate) struct WindowPaged {
    pub(crate) window: [u8; 16],
}

#[derive(Serialize, Deserialize)]
pub(crate) struct WindowClosed {
    pub(crate) window: [u8; 16],
    pub(crate) why: u8,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct NotificationSent {
    pub(crate) id: [u8; 16],
    pub(crate) text: String,
    pub(crate) link: Option<String>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct WindowRenewed {
    pub(crate) window: [u8; 16],
}

#[derive(Serialize, Deserialize)]
pub(crate) struct PortalEntered {
    pub(crate) company: String,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct SeenByAgent {
    pub(crate) agent: String,
    pub(crate) up_to: u64,
}

impl Frozen for WindowOpened {
    fn into_event(self) -> Result<Event, Error> {
        Ok(Event::Contact(ContactEvent::WindowOpened { window: Uuid::from_bytes(self.window) }))
    }
}

impl Frozen for WindowPaged {
    fn into_event(self) -> Result<Event, Error> {
        Ok(Event::Contact(ContactEvent::WindowPaged { window: Uuid::from_bytes(self.window) }))
    }
}

impl Frozen for WindowClosed {
    fn into_event(self) -> Result<Event, Error> {
        let Self { window, why } = self;
        let (window, why) = (Uuid::from_bytes(window), WindowClosing::from_stored(why)?);
        Ok(Event::Contact(ContactEvent::WindowClosed { window, why }))
    }
}

impl Frozen for NotificationSent {
    fn into_event(self) -> Result<Event, Error> {
        v2::NotificationSent::from(self).into_event()
    }
}

impl Frozen for WindowRenewed {
    fn into_event(self) -> Result<Event, Error> {
        Ok(Event::Contact(ContactEvent::WindowRenewed { window: Uuid::from_bytes(self.window) }))
    }
}

impl Frozen for PortalEntered {
    fn into_event(self) -> Result<Event, Error> {
        Ok(Event::Contact(ContactEvent::PortalEntered { company: address(&self.company)? }))
    }
}

impl Frozen for SeenByAgent {
    fn into_event(self) -> Result<Event, Error> {
        let Self { agent: who, up_to } = self;
        Ok(Event::Conversation(ConversationEvent::SeenByAgent { agent: agent(&who)?, up_to }))
    }
}
