//! Follows every partition and notes who may have something to say outside, and the dead letters.

use super::{lanes::key, rows, speaker};
use crate::keys::{CONFIGURATION_STREAM, ENGINE_STREAM, ROUTER_STREAM};
use crate::outbox::Outbox;
use crate::{DeliveryKey, Error, Source, load};
use domain::channel::Mode;
use domain::configuration::Configuration;
use domain::contact::ContactEvent;
use domain::conversation::{ConversationEvent, Utterance};
use domain::outbound::OutboundEvent;
use domain::{ChannelId, ContactId, ConversationId, Event};
use store::{EventLog, PartitionId, Position, StoredRecord};

/// How many records are read at a time.
const PAGE: usize = 256;

/// Where the outbox stands in each partition.
pub(super) struct Follower {
    positions: Vec<Position>,
    /// How many records were followed since the rows were written.
    unwritten: u64,
    dead: Vec<(DeliveryKey, Option<ChannelId>)>,
}

/// What a record means to the outbox.
enum News {
    /// There may be something to say.
    Says(Source, ChannelId),
    /// What is next there may be something else. The flag tells that it matters only to what waits to be pulled.
    Settled(Source, bool),
    /// Something was given up, on this channel, or is a dead letter no more.
    Dead(DeliveryKey, Option<ChannelId>),
}

impl Follower {
    pub(super) const fn new(positions: Vec<Position>) -> Self {
        Self { positions, unwritten: 0, dead: Vec::new() }
    }

    /// Follows everything that there is; how many records.
    pub(super) async fn catch_up(&mut self, outbox: &Outbox) -> Result<u64, Error> {
        let shared = &outbox.shared;
        let mut followed = 0;
        for partition in 0..shared.log.identity().partitions {
            let place = usize::from(partition);
            loop {
                let (partition, after) = (PartitionId(partition), self.positions[place]);
                if shared.log.head(partition) <= after {
                    break;
                }
                let configuration = shared.configuration();
                let read = move |log: &dyn EventLog| read(log, partition, after, &configuration);
                let (news, last, count) = shared.reading(read).await?;
                let Some(last) = last else { break };
                self.take(outbox, news);
                self.positions[place] = last;
                self.unwritten += count;
                followed += count;
                let is_dead = |(_, channel): &(DeliveryKey, Option<ChannelId>)| channel.is_some();
                // What somebody may look for is written at once; whether it still holds is seen when it is read.
                if self.unwritten >= shared.options.outbox_rows_every || self.dead.iter().any(is_dead) {
                    self.write_rows(outbox).await?;
                }
            }
        }
        Ok(followed)
    }

    fn take(&mut self, outbox: &Outbox, news: Vec<News>) {
        let now = outbox.shared.clock.now();
        let mut lanes = outbox.lanes();
        for news in news {
            match news {
                News::Says(source, channel) => lanes.note(source, &channel, now),
                News::Settled(source, pulled) => lanes.touch(source, pulled, now),
                News::Dead(key, channel) => self.dead.push((key, channel)),
            }
        }
    }

    /// Brings the rows up to date with what was followed.
    pub(super) async fn write_rows(&mut self, outbox: &Outbox) -> Result<(), Error> {
        let changed = outbox.lanes().take_changed();
        let (positions, dead) = (self.positions.clone(), self.dead.clone());
        let kept = changed.clone();
        let write = move |log: &dyn EventLog| rows::write(log, &positions, changed, dead);
        if let Err(error) = outbox.shared.reading(write).await {
            outbox.lanes().keep_changed(kept.into_iter().map(|(id, _)| id));
            return Err(error);
        }
        (self.unwritten, self.dead) = (0, Vec::new());
        Ok(())
    }
}

type Page = (Vec<News>, Option<Position>, u64);

fn read(
    log: &dyn EventLog,
    partition: PartitionId,
    after: Position,
    configuration: &Configuration,
) -> Result<Page, Error> {
    let records = log.read_partition(partition, after, PAGE)?;
    let mut all = Vec::new();
    for record in &records {
        match news(log, record, configuration) {
            Ok(news) => all.extend(news),
            // L3: the conversation is stopped until somebody looks at it; all others go on.
            Err(error @ Error::Damaged(_)) => {
                metrics::counter!("colloquy_outbox_damaged_total").increment(1);
                let position = record.position.0;
                tracing::error!(%error, partition = partition.0, position, "a record is not delivered");
            }
            Err(error) => return Err(error),
        }
    }
    Ok((all, records.last().map(|record| record.position), records.len() as u64))
}

fn news(
    log: &dyn EventLog,
    record: &StoredRecord,
    configuration: &Configuration,
) -> Result<Vec<News>, Error> {
    let mut news = Vec::new();
    for append in &record.appends {
        if [ROUTER_STREAM, CONFIGURATION_STREAM, ENGINE_STREAM].contains(&append.stream) {
            continue;
        }
        let (mut events, mut of_contact) = (Vec::new(), Vec::new());
        for bytes in &append.events {
            match codec::decode(bytes)?.event {
                Event::Conversation(event) => events.push(event),
                Event::Contact(event) => of_contact.push(event),
                Event::Configuration(_) | Event::Router(_) | Event::Engine(_) | Event::Directory(_) => {}
            }
        }
        let conversation = ConversationId::from_bytes(append.stream.0);
        let reader = Reader { log, conversation, configuration };
        reader.read(&events, &mut news)?;
        notifications(log, ContactId(append.stream.0), &of_contact, configuration, &mut news)?;
    }
    Ok(news)
}

struct Reader<'a> {
    log: &'a dyn EventLog,
    conversation: ConversationId,
    configuration: &'a Configuration,
}

impl Reader<'_> {
    fn read(&self, events: &[ConversationEvent], news: &mut Vec<News>) -> Result<(), Error> {
        // Most facts say nothing, and then nobody has to look where they were.
        let candidates = [Mode::Chat, Mode::Messaging];
        let speaks = |event: &ConversationEvent| {
            candidates
                .iter()
                .any(|mode| !speaker::said(event, *mode, None, self.configuration, None).is_empty())
        };
        let settles = |event: &ConversationEvent| event.settles().is_some();
        if !events.iter().any(|event| settles(event) || speaks(event)) {
            return Ok(());
        }
        let Some((channel, mode)) = self.place(events)? else { return Ok(()) };
        let kind = self.configuration.channels.get(&channel).map(|settings| settings.kind);
        let goes_out = kind.is_none_or(speaker::goes_out);
        let says = |event| goes_out && !speaker::said(event, mode, kind, self.configuration, None).is_empty();
        for event in events {
            let source = Source::Conversation(self.conversation);
            if let Some((which, settling)) = settling(event) {
                settled(key(source, which), settling, &channel, news);
            }
            if says(event) {
                news.push(News::Says(source, channel.clone()));
            }
        }
        Ok(())
    }

    /// Where the conversation is: it stands in its first event.
    fn place(&self, events: &[ConversationEvent]) -> Result<Option<(ChannelId, Mode)>, Error> {
        let place = |event: &ConversationEvent| {
            let ConversationEvent::Opened { channel, policy, .. } = event else { return None };
            Some((channel.clone(), policy.mode()))
        };
        match events.iter().find_map(place) {
            Some(found) => Ok(Some(found)),
            None => Ok(load::opening(self.log, self.conversation)?.as_ref().and_then(place)),
        }
    }
}

/// What a fact says that became of something.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Settling {
    Dispatched,
    Dead,
    Redriven,
    Discarded,
}

fn settling(event: &ConversationEvent) -> Option<(Utterance, Settling)> {
    let settling = if matches!(event, ConversationEvent::Dispatched { .. }) {
        Settling::Dispatched
    } else if matches!(event, ConversationEvent::DispatchFailed { .. }) {
        Settling::Dead
    } else if matches!(event, ConversationEvent::Redriven { .. }) {
        Settling::Redriven
    } else if matches!(event, ConversationEvent::Discarded { .. }) {
        Settling::Discarded
    } else {
        return None;
    };
    Some((event.settles()?, settling))
}

/// Whether a fact of a contact may bar what waits of its notifications, or let it go out after all.
fn bars(event: &ContactEvent) -> bool {
    let is_consent = matches!(
        event,
        ContactEvent::OptedOut { .. } | ContactEvent::OptedIn { .. } | ContactEvent::NotificationsSet { .. }
    );
    is_consent || event.changes_holder()
}

/// The notifications of a contact that leave, and what became of them.
fn notifications(
    log: &dyn EventLog,
    id: ContactId,
    events: &[ContactEvent],
    configuration: &Configuration,
    news: &mut Vec<News>,
) -> Result<(), Error> {
    // Whoever pulls is not shown what is barred, so that nobody else would find out that it is over.
    if events.iter().any(bars) {
        news.push(News::Settled(Source::Contact(id), true));
    }
    let concerns = |event: &ContactEvent| {
        matches!(event, ContactEvent::Outbound(_)) || speaker::notified(event).is_some()
    };
    if !events.iter().any(concerns) {
        return Ok(());
    }
    let Some(channel) = load::channel_of_contact(log, id)? else { return Ok(()) };
    let kind = configuration.channels.get(&channel).map(|settings| settings.kind);
    let (source, goes_out) = (Source::Contact(id), kind.is_none_or(speaker::goes_out));
    for event in events {
        if let ContactEvent::Outbound(event) = event {
            let settling = match event {
                OutboundEvent::Dispatched { .. } => Settling::Dispatched,
                OutboundEvent::DispatchFailed { .. } => Settling::Dead,
                OutboundEvent::Redriven { .. } => Settling::Redriven,
                OutboundEvent::Discarded { .. } => Settling::Discarded,
                OutboundEvent::ReceiptTaken { .. } => continue,
            };
            settled(key(source, event.which()), settling, &channel, news);
        }
        if goes_out && speaker::notified(event).is_some() {
            news.push(News::Says(source, channel.clone()));
        }
    }
    Ok(())
}

fn settled(key: DeliveryKey, settling: Settling, channel: &ChannelId, news: &mut Vec<News>) {
    news.push(News::Dead(key, (settling == Settling::Dead).then(|| channel.clone())));
    if settling == Settling::Redriven {
        news.push(News::Says(key.source, channel.clone()));
    }
    // The outbox knows what it settled itself; what is pulled is settled by others.
    let by_others = matches!(settling, Settling::Dead | Settling::Dispatched);
    news.push(News::Settled(key.source, by_others));
}
