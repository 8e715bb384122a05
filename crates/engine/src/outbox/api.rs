//! What can be asked of a running engine about what goes out.

use super::{rows, turn, words};
use crate::conversation_actor::ConversationJob;
use crate::engine::count;
use crate::outbox::Outbox;
use crate::{Accepted, Delivery, DeliveryKey, Engine, Error, Outgoing, Request, load};
use domain::conversation::{Command, Conversation, OutboundCommand, ReceiptStatus, Utterance};
use domain::{ChannelId, Personal, Rejection, Timestamp};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use store::EventLog;
use words::Found;

/// How many dead letters are looked at for one page, listed or not.
const LOOKED_AT_MAX: usize = 1000;

/// What became of something that was pulled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settlement {
    /// It went out.
    Sent {
        /// How the provider calls it, if it does.
        provider_id: Option<String>,
    },
    /// It did not, and never will.
    Failed {
        /// Why, as a short stable code.
        code: String,
    },
}

/// A place among what waits to be pulled; opaque to clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OutboundCursor {
    /// When the fact was committed.
    pub at: Timestamp,
    /// Which delivery it was.
    pub key: DeliveryKey,
}

/// Something that was given up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    /// Its key.
    pub key: DeliveryKey,
    /// On which channel.
    pub channel: ChannelId,
    /// Why, as a short stable code.
    pub code: String,
    /// When.
    pub at: Timestamp,
}

impl Engine {
    /// What waits to be pulled on a channel, in the order in which it was said: the next one of each conversation, because
    /// whatever follows it must not go out before it is settled (`CH-10`). Nothing on a channel whose provider the engine
    /// asks itself.
    ///
    /// # Errors
    /// [`Error::UnknownChannel`], or what is wrong with the store.
    pub async fn outbound(
        &self,
        channel: &ChannelId,
        after: Option<OutboundCursor>,
        limit: usize,
    ) -> Result<Vec<Delivery>, Error> {
        if !self.shared().configuration().channels.contains_key(channel) {
            return Err(Error::UnknownChannel);
        }
        let Some(outbox) = self.outbox() else { return Ok(Vec::new()) };
        let after = after.map(|OutboundCursor { at, key }| (at, key));
        let keys = outbox.lanes().pulled(channel, after, limit);
        let mut deliveries = Vec::with_capacity(keys.len());
        for key in keys {
            deliveries.extend(self.next_of(key).await?);
        }
        Ok(deliveries)
    }

    /// The same, but waits for something to be there, as long as is said.
    ///
    /// # Errors
    /// As [`outbound`](Self::outbound).
    pub async fn outbound_within(
        &self,
        channel: &ChannelId,
        after: Option<OutboundCursor>,
        limit: usize,
        wait: Duration,
    ) -> Result<Vec<Delivery>, Error> {
        let mut news = self.outbox().map(|outbox| outbox.pulled.subscribe());
        let ends = tokio::time::Instant::now() + wait;
        loop {
            let found = self.outbound(channel, after, limit).await?;
            if !found.is_empty() {
                return Ok(found);
            }
            let Some(news) = &mut news else { return Ok(found) };
            match tokio::time::timeout_at(ends, news.changed()).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) | Err(_) => return Ok(found),
            }
        }
    }

    /// Says what became of something that was pulled. Saying it again changes nothing.
    ///
    /// # Errors
    /// [`Rejection::DeliveryUnknown`], [`Rejection::DeliveryNotNext`], or what is wrong with the store.
    pub async fn settle_delivery(
        &self,
        key: DeliveryKey,
        settlement: Settlement,
        request: Request,
    ) -> Result<Accepted, Error> {
        let _pass = self.enter()?;
        let state = self.conversation_of(key).await?;
        if !self.outbox().is_some_and(|outbox| outbox.is_pulled(&state.channel)) {
            return Err(Error::Rejected(Rejection::DeliveryUnknown));
        }
        let which = which(key);
        if state.outbound.is_open(which) && self.next_of(key).await?.is_none() {
            self.require_said(key, state).await?;
            return Err(Error::Rejected(Rejection::DeliveryNotNext));
        }
        let outcome = match &settlement {
            Settlement::Sent { .. } => "sent",
            Settlement::Failed { .. } => "refused",
        };
        let is_news = state.outbound.is_open(which);
        let kind = self.shared().configuration().channels.get(&state.channel).map(|settings| settings.kind);
        let command = match settlement {
            Settlement::Sent { provider_id } => {
                let provider_id = provider_id.map(Personal::new);
                OutboundCommand::SettleDispatched { which, provider_id, attempts: 1 }
            }
            Settlement::Failed { code } => OutboundCommand::SettleFailed { which, code, attempts: 1 },
        };
        let accepted = self.about_delivery(key, command, request).await?;
        if let Some(kind) = kind.filter(|_| is_news) {
            turn::count(kind.name(), outcome);
        }
        Ok(accepted)
    }

    /// Takes what a receiver says of something that went out. What says less than is known changes nothing (`MSG-19`).
    ///
    /// # Errors
    /// [`Rejection::DeliveryUnknown`], or what is wrong with the store.
    pub async fn receipt(
        &self,
        key: DeliveryKey,
        status: ReceiptStatus,
        code: Option<String>,
        request: Request,
    ) -> Result<Accepted, Error> {
        let _pass = self.enter()?;
        let state = self.conversation_of(key).await?;
        self.require_said(key, state).await?;
        let command = OutboundCommand::TakeReceipt { which: which(key), status, code };
        self.about_delivery(key, command, request).await
    }

    /// At most `limit` dead letters with keys above `after`, and where to go on if there may be more. An engine that
    /// delivers nothing knows of none.
    ///
    /// # Errors
    /// What is wrong with the store.
    pub async fn dead_letters(
        &self,
        channel: Option<&ChannelId>,
        after: Option<DeliveryKey>,
        limit: usize,
    ) -> Result<(Vec<DeadLetter>, Option<DeliveryKey>), Error> {
        if self.outbox().is_none() {
            return Ok((Vec::new(), None));
        }
        let channel = channel.cloned();
        self.shared().reading(move |log| dead_letters(log, channel.as_ref(), after, limit)).await
    }

    /// Has a dead letter tried again. It goes out before whatever waits in its conversation.
    ///
    /// # Errors
    /// [`Rejection::DeliveryNotDead`], [`Rejection::DeliveryUnknown`], or what is wrong with the store.
    pub async fn redrive(&self, key: DeliveryKey, request: Request) -> Result<Accepted, Error> {
        let _pass = self.enter()?;
        let command = OutboundCommand::Redrive { which: which(key), by: request.principal.name.clone() };
        self.about_delivery(key, command, request).await
    }

    /// Gives a dead letter up for ever.
    ///
    /// # Errors
    /// As [`redrive`](Self::redrive).
    pub async fn discard(&self, key: DeliveryKey, request: Request) -> Result<Accepted, Error> {
        let _pass = self.enter()?;
        let command = OutboundCommand::Discard { which: which(key), by: request.principal.name.clone() };
        self.about_delivery(key, command, request).await
    }

    async fn about_delivery(
        &self,
        key: DeliveryKey,
        command: OutboundCommand,
        request: Request,
    ) -> Result<Accepted, Error> {
        self.conversation_of(key).await?;
        let job = || ConversationJob::Errand {
            command: Command::Outbound(command.clone()),
            cause: request.cause(),
            id: request.command.clone(),
        };
        let result = match self.ask_conversation(key.conversation, job).await {
            Err(error) => self.earlier_or(&request, error).await,
            Ok(accepted) => Ok(accepted),
        };
        count("outbound", &result);
        result
    }

    /// A key of no conversation names no delivery.
    async fn conversation_of(&self, key: DeliveryKey) -> Result<Conversation, Error> {
        let found = self.conversation(key.conversation).await;
        if matches!(found, Err(Error::Rejected(Rejection::ConversationUnknown))) {
            return Err(Error::Rejected(Rejection::DeliveryUnknown));
        }
        found
    }

    async fn require_said(&self, key: DeliveryKey, state: Conversation) -> Result<(), Error> {
        let configuration = self.shared().configuration();
        let (id, which) = (key.conversation, which(key));
        let says = move |log: &dyn EventLog| words::says(log, id, &state, which, &configuration);
        let is_said = self.shared().reading(says).await?;
        if is_said { Ok(()) } else { Err(Error::Rejected(Rejection::DeliveryUnknown)) }
    }

    /// The delivery, if it is next in its conversation.
    async fn next_of(&self, key: DeliveryKey) -> Result<Option<Delivery>, Error> {
        let configuration = self.shared().configuration();
        let id = key.conversation;
        let look = move |log: &dyn EventLog| words::next(log, id, &configuration);
        let Found::Next(next) = self.shared().reading(look).await? else { return Ok(None) };
        if next.barred.is_some() {
            return Ok(None);
        }
        let delivery =
            Delivery { key, attempt: 1, at: next.at, what: Outgoing::Message(Box::new(next.message)) };
        Ok((next.which == which(key)).then_some(delivery))
    }
}

impl Outbox {
    fn is_pulled(self: &Arc<Self>, channel: &ChannelId) -> bool {
        !self.deliver.pushes(channel)
    }
}

fn dead_letters(
    log: &dyn EventLog,
    wanted: Option<&ChannelId>,
    after: Option<DeliveryKey>,
    limit: usize,
) -> Result<(Vec<DeadLetter>, Option<DeliveryKey>), Error> {
    let (mut letters, mut last) = (Vec::new(), after);
    let mut looked_at = 0;
    while looked_at < LOOKED_AT_MAX {
        let page = rows::dead(log, last, limit)?;
        let ends = page.len() < limit;
        for (key, channel) in page {
            looked_at += 1;
            last = Some(key);
            if wanted.is_none_or(|wanted| *wanted == channel) {
                // The row may be behind: only the conversation knows.
                let state = load::conversation(log, key.conversation)?.state;
                let dead = state.and_then(|state| state.outbound.dead.get(&which(key)).cloned());
                letters.extend(dead.map(|dead| DeadLetter { key, channel, code: dead.code, at: dead.at }));
            }
            if letters.len() == limit {
                return Ok((letters, last));
            }
        }
        if ends {
            return Ok((letters, None));
        }
    }
    Ok((letters, last))
}

const fn which(key: DeliveryKey) -> Utterance {
    Utterance { of: key.version, part: key.part }
}

impl Delivery {
    /// Where it stands among what waits to be pulled.
    pub const fn cursor(&self) -> OutboundCursor {
        OutboundCursor { at: self.at, key: self.key }
    }
}

impl OutboundCursor {
    /// Reads what [`Display`](fmt::Display) writes.
    pub fn parse(text: &str) -> Option<Self> {
        let (at, key) = text.split_once('~')?;
        Some(Self { at: Timestamp(at.parse().ok()?), key: DeliveryKey::parse(key)? })
    }
}

impl fmt::Display for OutboundCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}~{}", self.at.0, self.key)
    }
}
