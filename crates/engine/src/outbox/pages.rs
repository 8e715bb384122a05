//! What waits to be pulled, and what was given up, in pages.

use super::api::which;
use super::rows;
use super::speaker::Speaker;
use super::words::{self, Found};
use crate::{Delivery, DeliveryKey, Engine, Error, Outgoing};
use domain::{ChannelId, Timestamp};
use std::fmt;
use std::time::Duration;
use store::EventLog;

/// How much is looked at for one page, listed or not.
const LOOKED_AT_MAX: usize = 1000;

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
    /// At most `limit` of what waits to be pulled on a channel, in the order in which it was said, and where to go on if there
    /// may be more: the next one of each conversation and of each contact's notifications, because whatever follows it must
    /// not go out before it is settled (`CH-10`). Nothing on a channel whose provider the engine asks itself.
    ///
    /// # Errors
    /// [`Error::UnknownChannel`], or what is wrong with the store.
    pub async fn outbound(
        &self,
        channel: &ChannelId,
        after: Option<OutboundCursor>,
        limit: usize,
    ) -> Result<(Vec<Delivery>, Option<OutboundCursor>), Error> {
        if !self.shared().configuration().channels.contains_key(channel) {
            return Err(Error::UnknownChannel);
        }
        let Some(outbox) = self.outbox() else { return Ok((Vec::new(), None)) };
        let mut deliveries = Vec::with_capacity(limit);
        let (mut last, mut looked_at) = (after, 0);
        loop {
            let after = last.map(|OutboundCursor { at, key }| (at, key));
            let page = outbox.lanes().pulled(channel, after, limit);
            let ends = page.len() < limit;
            for (at, key) in page {
                (last, looked_at) = (Some(OutboundCursor { at, key }), looked_at + 1);
                // What is next there may have changed since, and then it is no part of the page.
                deliveries.extend(self.next_of(key).await?);
                if deliveries.len() == limit {
                    return Ok((deliveries, last));
                }
            }
            if ends {
                return Ok((deliveries, None));
            }
            if looked_at >= LOOKED_AT_MAX {
                return Ok((deliveries, last));
            }
        }
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
    ) -> Result<(Vec<Delivery>, Option<OutboundCursor>), Error> {
        let mut news = self.outbox().map(|outbox| outbox.pulled.subscribe());
        let ends = tokio::time::Instant::now() + wait;
        loop {
            let found = self.outbound(channel, after, limit).await?;
            if !found.0.is_empty() || found.1.is_some() {
                return Ok(found);
            }
            let Some(news) = &mut news else { return Ok(found) };
            match tokio::time::timeout_at(ends, news.changed()).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) | Err(_) => return Ok(found),
            }
        }
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

    /// The delivery, if it is next where it was said.
    pub(super) async fn next_of(&self, key: DeliveryKey) -> Result<Option<Delivery>, Error> {
        let configuration = self.shared().configuration();
        let source = key.source;
        let look = move |log: &dyn EventLog| words::next(log, source, &configuration);
        let Found::Next(next) = self.shared().reading(look).await? else { return Ok(None) };
        if next.barred.is_some() {
            return Ok(None);
        }
        let delivery =
            Delivery { key, attempt: 1, at: next.at, what: Outgoing::Message(Box::new(next.message)) };
        Ok((next.which == which(key)).then_some(delivery))
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
                // The row may be behind: only whoever said it knows.
                let speaker = Speaker::load(log, key.source)?;
                let dead = speaker.and_then(|speaker| speaker.outbound().dead.get(&which(key)).cloned());
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
