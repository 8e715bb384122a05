//! How a message finds its pair's active conversation, or opens one for whoever is behind the number.

use super::change::{Change, Part};
use super::{ContactActor, OpenJob};
use crate::{Error, directory};
use domain::contact::{self, Contact, ContactCommand, ContactEvent, Entrance, WhyProfile};
use domain::conversation::{Command, Opening};
use domain::{ConversationId, Message, Rejection, Timestamp, UserId};

/// What becomes of a message.
pub(super) enum Decided {
    /// It is for the pair's active conversation.
    Follow(ConversationId),
    /// It makes this.
    Change(Box<Change>),
    /// The requester moves to this conversation from another portal (`OMN-4`): that first, then the message.
    Move(Box<Change>, ConversationId),
    /// It has to wait for what is due in that conversation.
    Unsettled(ConversationId),
}

impl ContactActor {
    /// `LC-1`, `PRO-1`, `PRO-4`
    pub(super) async fn decide_opening(&self, job: &OpenJob) -> Result<Decided, Error> {
        let state = self.state();
        let entrance = contact::enter(state, &job.company, job.portals, job.first.is_none());
        let active = entrance.into.clone();
        let held = match &job.first {
            Some(first) => {
                let known = state.is_some_and(|contact| contact.profile.is_some());
                if first.require_existing && !known && active.is_none() {
                    return Err(Rejection::RecipientUnknown.into());
                }
                let held =
                    first.user.as_ref().filter(|user| state.is_some_and(|it| it.is_held_by_another(user)));
                if held.is_some() && !first.take_over {
                    return Err(Rejection::NumberHeld.into());
                }
                held
            }
            None => None,
        };
        match active {
            Some((_, active)) if held.is_none() && !is_to_go(job, active) => {
                self.follow(job, entrance, active).await
            }
            superseded => self.open_new(job, Entrance { into: superseded, ..entrance }).await,
        }
    }

    /// Into an active conversation, which may be that of another portal or of the one that the requester moves to.
    async fn follow(
        &self,
        job: &OpenJob,
        entrance: Entrance,
        active: ConversationId,
    ) -> Result<Decided, Error> {
        if entrance.into.as_ref().is_some_and(|(company, _)| *company != job.company) {
            // Sharing a conversation makes no address of one that the company does not have. Whether one may be opened
            // there does not matter (`PRO-2`).
            job.known.clone()?;
        }
        if !entrance.moved {
            return Ok(Decided::Follow(active));
        }
        let now = self.shared.clock.now();
        let mut moving = Moving { facts: Facts::of(self.state(), now), conversations: Vec::new() };
        if let Some(unsettled) = self.leave_behind(job, entrance, &mut moving).await? {
            return Ok(Decided::Unsettled(unsettled));
        }
        let (contact, conversations) = (moving.facts.events, moving.conversations);
        let change = Change { now, contact, conversations, conversation: active, message: None };
        Ok(Decided::Move(Box::new(change), active))
    }

    /// `OMN-4`: what is left behind closes, and the history begins anew. The conversation that has to settle first, if one
    /// has.
    async fn leave_behind(
        &self,
        job: &OpenJob,
        entrance: Entrance,
        moving: &mut Moving,
    ) -> Result<Option<ConversationId>, Error> {
        if !entrance.moved {
            return Ok(None);
        }
        for (company, conversation) in entrance.left {
            let now = moving.facts.now;
            let Some(part) = self.part(conversation, &Command::LeaveBehind, now).await? else {
                return Ok(Some(conversation));
            };
            // An agent has it.
            if part.events.is_empty() {
                continue;
            }
            moving.conversations.push(part);
            moving.facts.add(&ContactCommand::Release { company, conversation })?;
        }
        moving.facts.add(&ContactCommand::EnterPortal { company: job.company.clone() })?;
        Ok(None)
    }

    /// A new conversation, in the place of the active one if there is one.
    async fn open_new(&self, job: &OpenJob, entrance: Entrance) -> Result<Decided, Error> {
        let policy = job.policy.clone()?;
        let now = self.shared.clock.now();
        let id = self.shared.new_conversation_id(self.partition().0, now);
        let message = Message { id: self.shared.new_message_id(), content: job.content.clone() };
        let message_id = message.id;
        let opted_out = self.state().is_some_and(|contact| contact.consent_for(&job.company).opted_out);
        let superseded = entrance.into.clone();
        let mut moving = Moving { facts: Facts::of(self.state(), now), conversations: Vec::new() };
        if let Some(unsettled) = self.leave_behind(job, entrance, &mut moving).await? {
            return Ok(Decided::Unsettled(unsettled));
        }
        let Moving { mut facts, mut conversations } = moving;
        if let (Some((company, old)), Some(first)) = (superseded, &job.first) {
            let agent = first.agent.clone();
            let is_to_go = is_to_go(job, old);
            let command =
                if is_to_go { Command::TakeFromVirtual { agent } } else { Command::Supersede { agent } };
            let part = match self.part(old, &command, now).await {
                // Somebody has it meanwhile, so it is joined.
                Err(Error::Rejected(Rejection::NotOwner)) if is_to_go => return Ok(Decided::Follow(old)),
                part => part?,
            };
            let Some(part) = part else { return Ok(Decided::Unsettled(old)) };
            conversations.push(part);
            facts.add(&ContactCommand::Release { company, conversation: old })?;
        }
        facts.add(&ContactCommand::Activate {
            channel: job.channel.clone(),
            address: job.requester.clone(),
            company: job.company.clone(),
            conversation: id,
            by_agent: job.first.is_some(),
        })?;
        self.identify(job, &mut facts).await?;
        let opening = Opening {
            contact: self.id,
            channel: job.channel.clone(),
            requester: job.requester.clone(),
            company: job.company.clone(),
            policy,
            origin: job.origin.clone(),
            responder: job.responder,
            message,
            user: self.opened_for(job, facts.state.as_ref(), now).await?,
            opted_out,
        };
        let open = Command::Open(Box::new(opening));
        let events = self.shared.decide(None, &job.channel, &open, now)?;
        conversations.push(Part { id, version: 0, before: None, events });
        let (contact, message) = (facts.events, Some(message_id));
        let change = Change { now, contact, conversations, conversation: id, message };
        Ok(Decided::Change(Box::new(change)))
    }

    /// Whoever holds the number goes on holding it, unless an agent says otherwise (`ID-1` to `ID-6`, `PRO-4`).
    async fn identify(&self, job: &OpenJob, facts: &mut Facts) -> Result<(), Error> {
        if let Some(first) = &job.first
            && let Some(user) = &first.user
        {
            return facts.add(&ContactCommand::TakeOver { user: user.clone(), by: first.agent.clone() });
        }
        if facts.state.as_ref().is_some_and(|contact| contact.profile.is_some()) {
            return Ok(());
        }
        let (user, why) = self.who(job).await?;
        facts.add(&ContactCommand::Identify { user, why })
    }

    /// Whom a new conversation is for: the holder of the number, unless too many wrong PINs were tried as theirs. Then it
    /// is a guest's, and the profile stays as it is (`ID-14`). An agent who names the user knows whom they write to.
    async fn opened_for(
        &self,
        job: &OpenJob,
        contact: Option<&Contact>,
        now: Timestamp,
    ) -> Result<Option<UserId>, Error> {
        let Some(user) = contact.and_then(Contact::user).cloned() else { return Ok(None) };
        if job.first.as_ref().is_some_and(|first| first.user.is_some()) {
            return Ok(Some(user));
        }
        let entry = directory::entry(&self.shared, &user).await?.state;
        let locked = entry.is_some_and(|entry| entry.verification.is_locked(now));
        Ok(Some(user).filter(|_| !locked))
    }

    /// Who has the number, as far as the directory knows.
    async fn who(&self, job: &OpenJob) -> Result<(Option<UserId>, WhyProfile), Error> {
        if !job.by_phone {
            return Ok((None, WhyProfile::NoMatch));
        }
        let users = directory::holders(&self.shared, &job.channel, &job.requester, &job.asked).await?;
        Ok(match <[UserId; 1]>::try_from(users) {
            Ok([user]) => (Some(user), WhyProfile::DirectoryMatch),
            Err(users) if users.is_empty() => (None, WhyProfile::NoMatch),
            Err(_) => (None, WhyProfile::Ambiguous),
        })
    }
}

/// Whether the conversation was found with the virtual agent, and makes room for an agent (`PRO-3`).
fn is_to_go(job: &OpenJob, active: ConversationId) -> bool {
    job.first.as_ref().is_some_and(|first| first.instead_of == Some(active))
}

/// What a requester who moves to another portal leaves behind, and what comes after that.
struct Moving {
    facts: Facts,
    conversations: Vec<Part>,
}

/// The contact's facts so far, and where they lead.
struct Facts {
    now: Timestamp,
    state: Option<Contact>,
    events: Vec<ContactEvent>,
}

impl Facts {
    fn of(state: Option<&Contact>, now: Timestamp) -> Self {
        Self { now, state: state.cloned(), events: Vec::new() }
    }

    fn add(&mut self, command: &ContactCommand) -> Result<(), Error> {
        let events = contact::decide(self.state.as_ref(), command)?;
        let state = self.state.take();
        self.state = events.iter().fold(state, |state, event| contact::evolve(state, self.now, event));
        self.events.extend(events);
        Ok(())
    }
}
