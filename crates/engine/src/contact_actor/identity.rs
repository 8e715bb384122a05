//! Who a requester turns out to be: the contact's profile and the conversation change together (`ID-9`, `ID-14`).

use super::change::Change;
use super::{ContactActor, ContactAnswer};
use crate::directory::{self, Attempt, Tried};
use crate::{Error, Request};
use domain::contact::{self, ContactCommand, Grounds, PinLimits};
use domain::conversation::Command;
use domain::{ConversationId, Personal, UserId};

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
    pub(crate) pin: Personal<String>,
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

    /// Counts for the user first, and only then for the number: a crash in between leaves an attempt too many, and never
    /// one too few.
    pub(super) async fn verify(&mut self, job: &VerifyJob) -> Result<ContactAnswer, Error> {
        self.load().await?;
        // A repetition is no attempt (`L6`); it is told what came of the first.
        if self.shared.earlier(job.request.command.as_ref()).await?.is_some() {
            return Ok(ContactAnswer::Verified(self.is_known_as(&job.user)));
        }
        self.require_active(job.conversation)?;
        let locked = self.is_locked();
        let VerifyJob { conversation, user, pin, limits, request } = job;
        let attempt = Attempt { user, pin: pin.expose(), limits: *limits, open: !locked };
        let tried = directory::attempt(&self.shared, &attempt, request).await?;
        let matched = tried == Tried::Right;
        for _ in 0..super::ATTEMPTS_MAX {
            self.load().await?;
            let now = self.shared.clock.now();
            let command = ContactCommand::Verify { user: user.clone(), matched, now, limits: *limits };
            let contact = contact::decide(self.state(), &command)?;
            let mut conversations = Vec::new();
            if matched {
                let command = Command::Reassociate { user: user.clone(), grounds: Grounds::Pin };
                let Some(part) = self.part(*conversation, &command, now).await? else {
                    return Ok(ContactAnswer::Unsettled(*conversation));
                };
                conversations.push(part);
            }
            let change = Change { now, contact, conversations, conversation: *conversation, message: None };
            if self.store(change, request).await?.is_some() {
                let outcome = match tried {
                    Tried::Right => "verified",
                    Tried::Wrong if self.is_locked() => "locked",
                    Tried::Wrong => "wrong",
                    Tried::Locked => "locked",
                };
                metrics::counter!("colloquy_verifications_total", "outcome" => outcome).increment(1);
                return Ok(ContactAnswer::Verified(matched));
            }
        }
        Err(Error::Overloaded("contention"))
    }

    /// Whether no PIN from this number is looked at, whosever it is.
    fn is_locked(&self) -> bool {
        let now = self.shared.clock.now();
        self.state().is_some_and(|contact| contact.verification.is_locked(now))
    }

    /// Whether it is confirmed that the number is that user's.
    fn is_known_as(&self, user: &UserId) -> bool {
        let profile = self.state().and_then(|contact| contact.profile.as_ref());
        profile.is_some_and(|profile| profile.verified && profile.user.as_ref() == Some(user))
    }
}
