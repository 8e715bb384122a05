//! Who a requester turns out to be: the contact's profile and the conversation change together (`ID-9`, `ID-14`).

use super::change::Change;
use super::{ContactActor, ContactAnswer};
use crate::{Error, Request};
use domain::contact::{self, ContactCommand, ContactEvent, Grounds, PinLimits};
use domain::conversation::Command;
use domain::{ConversationId, UserId};

/// Somebody else than assumed is behind the number.
#[derive(Clone)]
pub(crate) struct ReassociateJob {
    pub(crate) conversation: ConversationId,
    pub(crate) user: UserId,
    pub(crate) grounds: Grounds,
    pub(crate) request: Request,
}

/// A requester tried to prove who they are.
#[derive(Clone)]
pub(crate) struct VerifyJob {
    pub(crate) conversation: ConversationId,
    pub(crate) user: UserId,
    pub(crate) matched: bool,
    pub(crate) limits: PinLimits,
    pub(crate) request: Request,
}

impl ContactActor {
    pub(super) async fn reassociate(&mut self, job: &ReassociateJob) -> Result<ContactAnswer, Error> {
        for _ in 0..super::ATTEMPTS_MAX {
            self.load().await?;
            self.require_active(job.conversation)?;
            let now = self.shared.clock.now();
            let (user, grounds) = (job.user.clone(), job.grounds.clone());
            let command = Command::Reassociate { user: user.clone(), grounds: grounds.clone() };
            let Some(part) = self.part(job.conversation, &command, now).await? else {
                return Ok(ContactAnswer::Unsettled(job.conversation));
            };
            let contact = contact::decide(self.state(), &ContactCommand::Reassociate { user, grounds })?;
            let (conversations, conversation) = (vec![part], job.conversation);
            let change = Change { now, contact, conversations, conversation, message: None };
            if let Some(accepted) = self.store(change, &job.request).await? {
                return Ok(ContactAnswer::Accepted(accepted));
            }
        }
        Err(Error::Overloaded("contention"))
    }

    pub(super) async fn verify(&mut self, job: &VerifyJob) -> Result<ContactAnswer, Error> {
        for _ in 0..super::ATTEMPTS_MAX {
            self.load().await?;
            self.require_active(job.conversation)?;
            let now = self.shared.clock.now();
            let locked = self.state().is_some_and(|contact| contact.verification.is_locked(now));
            let (user, matched, limits) = (job.user.clone(), job.matched, job.limits);
            let contact =
                contact::decide(self.state(), &ContactCommand::Verify { user, matched, now, limits })?;
            let mut conversations = Vec::new();
            if matched && !locked {
                let command = Command::Reassociate { user: job.user.clone(), grounds: Grounds::Pin };
                let Some(part) = self.part(job.conversation, &command, now).await? else {
                    return Ok(ContactAnswer::Unsettled(job.conversation));
                };
                conversations.push(part);
            }
            let is_locked = locked
                || contact.iter().any(|event| matches!(event, ContactEvent::VerificationLocked { .. }));
            let conversation = job.conversation;
            let change = Change { now, contact, conversations, conversation, message: None };
            if self.store(change, &job.request).await?.is_some() {
                let outcome = if is_locked {
                    "locked"
                } else if matched {
                    "verified"
                } else {
                    "wrong"
                };
                metrics::counter!("colloquy_verifications_total", "outcome" => outcome).increment(1);
                return Ok(ContactAnswer::Verified(matched && !locked));
            }
        }
        Err(Error::Overloaded("contention"))
    }
}
