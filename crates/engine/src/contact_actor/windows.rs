//! What is the contact's alone: its windows with their timers, and simple notifications.

use super::change::Change;
use super::{ATTEMPTS_MAX, ContactActor, ContactAnswer};
use crate::{Error, Request};
use domain::contact::{self, ContactCommand, WindowTimer};
use domain::{ConversationId, MessageId, Principal, Rejection, Role, Timestamp};
use store::TimerEntry;
use uuid::Uuid;

impl ContactActor {
    /// Does something that concerns no conversation; `message` is what it makes, if it makes one.
    pub(super) async fn command(
        &mut self,
        command: &ContactCommand,
        message: Option<MessageId>,
        request: &Request,
    ) -> Result<ContactAnswer, Error> {
        for _ in 0..ATTEMPTS_MAX {
            self.load().await?;
            let contact = contact::decide(self.state(), command)?;
            let change = self.own(contact, message);
            if let Some(accepted) = self.store(change, request).await? {
                return Ok(ContactAnswer::Accepted(accepted));
            }
        }
        Err(Error::Overloaded("contention"))
    }

    /// Closes the window whose timer the queue found due, if it still has that timer.
    pub(super) async fn fire(&mut self, entry: TimerEntry) -> Result<ContactAnswer, Error> {
        let timer = WindowTimer { due: Timestamp(entry.due_ms), armed_by: entry.armed_by };
        let request = Request {
            principal: Principal { role: Role::System, name: "timer".to_owned() },
            correlation: Uuid::from_u64_pair(self.shared.ids.next(), self.shared.ids.next()),
            command: None,
        };
        for _ in 0..ATTEMPTS_MAX {
            if self.load().await? == 0 {
                // The index can be seen a moment before the opening that armed the timer is durable.
                self.loaded = None;
                return Err(Error::Rejected(Rejection::WindowUnknown));
            }
            let contact = contact::decide(self.state(), &ContactCommand::ExpireWindow(timer))?;
            if contact.is_empty() {
                return Ok(ContactAnswer::Stale);
            }
            let change = self.own(contact, None);
            if self.store(change, &request).await?.is_some() {
                return Ok(ContactAnswer::Fired);
            }
        }
        Err(Error::Overloaded("contention"))
    }

    /// A change of the contact alone. Where an answer has to name a conversation, the contact's id stands for it.
    fn own(&self, contact: Vec<contact::ContactEvent>, message: Option<MessageId>) -> Change {
        Change {
            now: self.shared.clock.now(),
            contact,
            conversations: Vec::new(),
            conversation: ConversationId::from_bytes(self.id.0),
            message,
        }
    }
}
