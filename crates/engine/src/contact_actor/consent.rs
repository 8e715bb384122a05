//! A word about what may be sent: never a message, and never a reason to open anything (`OPT-6`).

use super::change::Change;
use super::opening::Decided;
use super::{ContactActor, ContactAnswer};
use crate::{Error, Request};
use domain::consent::Keyword;
use domain::contact::{self, ContactCommand, ContactEvent};
use domain::conversation::Command;
use domain::{Address, ChannelId, ConversationId, Personal};

/// All that a word needs.
#[derive(Clone)]
pub(crate) struct ConsentJob {
    pub(crate) channel: ChannelId,
    pub(crate) requester: Personal<Address>,
    pub(crate) company: Address,
    pub(crate) keyword: Keyword,
    /// Whether the company has that address; a conversation that is there says so by itself.
    pub(crate) known: Result<(), Error>,
    pub(crate) request: Request,
}

impl ContactActor {
    pub(super) async fn consent(&mut self, job: &ConsentJob) -> Result<ContactAnswer, Error> {
        for _ in 0..super::ATTEMPTS_MAX {
            self.load().await?;
            let change = match self.decide_consent(job).await? {
                Decided::Change(change) => *change,
                Decided::Follow(active) | Decided::Unsettled(active) | Decided::Move(_, active) => {
                    return Ok(ContactAnswer::Unsettled(active));
                }
            };
            if let Some(accepted) = self.store(change, &job.request).await? {
                let keyword = job.keyword.name();
                metrics::counter!("colloquy_consent_keywords_total", "keyword" => keyword).increment(1);
                return Ok(ContactAnswer::Accepted(accepted));
            }
        }
        Err(Error::Overloaded("contention"))
    }

    /// The contact's fact and its conversation's are one record: nobody may see one without the other.
    async fn decide_consent(&self, job: &ConsentJob) -> Result<Decided, Error> {
        let active = self.state().and_then(|contact| contact.active.get(&job.company)).copied();
        if active.is_none() {
            job.known.clone()?;
        }
        let command = ContactCommand::Consent {
            channel: job.channel.clone(),
            address: job.requester.clone(),
            company: job.company.clone(),
            keyword: job.keyword,
        };
        let events = contact::decide(self.state(), &command)?;
        let now = self.shared.clock.now();
        let mut conversations = Vec::new();
        if let (Some(active), Some(opted_out)) = (active, opted_out(&events)) {
            let Some(part) = self.part(active, &Command::ChangeConsent { opted_out }, now).await? else {
                return Ok(Decided::Unsettled(active));
            };
            conversations.push(part);
        }
        let conversation = active.unwrap_or(ConversationId::NONE);
        let change = Change { now, contact: events, conversations, conversation, message: None };
        Ok(Decided::Change(Box::new(change)))
    }
}

/// What becomes of the block, if anything does.
fn opted_out(events: &[ContactEvent]) -> Option<bool> {
    events.iter().find_map(|event| {
        let opted_out = matches!(event, ContactEvent::OptedOut { .. });
        (opted_out || matches!(event, ContactEvent::OptedIn { .. })).then_some(opted_out)
    })
}
