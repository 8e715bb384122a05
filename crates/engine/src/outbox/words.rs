//! What somebody has to say to the outside next: a function of their facts and of the channel.

use super::speaker::{Speaker, goes_out};
use crate::{Error, OutgoingMessage, Source};
use domain::channel::ChannelKind;
use domain::configuration::Configuration;
use domain::conversation::Utterance;
use domain::{Address, ChannelId, ContactId, Personal, Timestamp};
use store::EventLog;
use uuid::Uuid;

/// How many events are read at a time.
const PAGE: usize = 64;

/// What a look finds.
pub(super) enum Found {
    /// Nothing goes out.
    Nothing,
    /// The channel is not configured any more, so nobody knows how anything could go out.
    NoChannel,
    /// This is next.
    Next(Box<Next>),
}

/// What is next.
pub(super) struct Next {
    pub(super) which: Utterance,
    /// When the fact was committed.
    pub(super) at: Timestamp,
    /// When somebody had it tried again, if so: its tries count from then, and not from when the fact was committed.
    pub(super) redriven: Option<Timestamp>,
    /// Whether it waited for something that was tried, so that it has had no chance of its own.
    pub(super) waited: bool,
    pub(super) correlation: Uuid,
    /// Why it may not be said any more, if so.
    pub(super) barred: Option<&'static str>,
    pub(super) message: OutgoingMessage,
}

/// Between whom something is said.
pub(crate) struct Pair {
    pub(crate) contact: ContactId,
    pub(crate) channel: ChannelId,
    pub(crate) requester: Personal<Address>,
    pub(crate) company: Address,
}

/// What is next. Blocks on the disk.
pub(super) fn next(
    log: &dyn EventLog,
    source: Source,
    configuration: &Configuration,
) -> Result<Found, Error> {
    let Some(speaker) = Speaker::load(log, source)?.filter(|speaker| !speaker.is_faulted()) else {
        return Ok(Found::Nothing);
    };
    let Some(kind) = configuration.channels.get(speaker.channel()).map(|settings| settings.kind) else {
        return Ok(Found::NoChannel);
    };
    if !goes_out(kind) {
        return Ok(Found::Nothing);
    }
    let reader = Reader { log, source, speaker: &speaker, kind, configuration };
    for (which, since) in &speaker.outbound().redriven {
        let wanted = |found: Utterance| found == *which;
        if let Some(next) = reader.first(which.of, Some(which.of), wanted)? {
            return Ok(Found::Next(Box::new(Next { redriven: Some(*since), ..next })));
        }
    }
    let settled = speaker.outbound().settled;
    let next = reader.first(settled.map_or(1, |settled| settled.of), None, |found| settled < Some(found))?;
    Ok(next.map_or(Found::Nothing, |next| Found::Next(Box::new(next))))
}

/// Between whom this is said, finished or not; nobody says what does not go out. Blocks on the disk.
pub(crate) fn pair(
    log: &dyn EventLog,
    source: Source,
    which: Utterance,
    configuration: &Configuration,
) -> Result<Option<Pair>, Error> {
    let Some(speaker) = Speaker::load(log, source)? else { return Ok(None) };
    let kind = configuration.channels.get(speaker.channel()).map(|settings| settings.kind);
    let Some(kind) = kind.filter(|kind| goes_out(*kind) && which.of > 0) else { return Ok(None) };
    let reader = Reader { log, source, speaker: &speaker, kind, configuration };
    let found = reader.first(which.of, Some(which.of), |found| found == which)?;
    Ok(found.map(|Next { message, .. }| {
        let (contact, channel, requester) = (speaker.contact(), message.channel, message.to);
        Pair { contact, channel, requester, company: message.from }
    }))
}

struct Reader<'a> {
    log: &'a dyn EventLog,
    source: Source,
    speaker: &'a Speaker,
    kind: ChannelKind,
    configuration: &'a Configuration,
}

impl Reader<'_> {
    /// The first thing that is wanted, of the facts with versions from `from` to `to`.
    fn first(
        &self,
        from: u64,
        to: Option<u64>,
        wanted: impl Fn(Utterance) -> bool,
    ) -> Result<Option<Next>, Error> {
        let mut after = from.saturating_sub(1);
        loop {
            let limit = if to == Some(from) { 1 } else { PAGE };
            let page = self.log.read_stream(self.source.stream(), after, limit)?;
            let Some(last) = page.last() else { return Ok(None) };
            after = last.version;
            for stored in &page {
                let envelope = codec::decode(&stored.bytes)?;
                let messages = self.speaker.messages(&envelope.event, self.kind, self.configuration);
                for (part, message) in (0_u16..).zip(messages) {
                    let which = Utterance { of: stored.version, part };
                    if wanted(which) {
                        let (at, correlation) = (envelope.at, envelope.cause.correlation);
                        let waited = self.speaker.outbound().tried_at >= Some(at);
                        let barred = self.speaker.barred(which, &message);
                        let redriven = None;
                        return Ok(Some(Next { which, at, redriven, waited, correlation, barred, message }));
                    }
                }
            }
            if to.is_some() {
                return Ok(None);
            }
        }
    }
}
