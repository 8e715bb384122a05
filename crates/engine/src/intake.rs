//! The process that leads from conversations to the router: follows every partition and tells the router, in order and
//! once, what matters to routing. Where it stands is part of the router's state, so it commits with what follows.

use crate::keys::{CONFIGURATION_STREAM, ENGINE_STREAM, ROUTER_STREAM, conversation_stream};
use crate::shared::Shared;
use crate::{Error, Timers, load};
use domain::configuration::Configuration;
use domain::conversation::{ConversationEvent, Unassignment};
use domain::router::{Command, Fact, Subject, UnassignedWhy, Variables, What};
use domain::{Cause, ConversationId, Event, EventRef, Message, Personal, Timestamp};
use std::sync::Arc;
use store::{EventLog, PartitionId, Position, StoredRecord};
use tokio::sync::watch;

/// How many records are read at a time.
const PAGE: usize = 256;
/// How often the router may fail over one fact, and how often it is waited for.
const FAILURES_MAX: usize = 3;
const WAITS_MAX: usize = 200;
/// How long to wait after a failure.
const RETRY_AFTER: std::time::Duration = std::time::Duration::from_secs(1);

/// One record's facts, as a command with its cause.
#[derive(Clone)]
pub(crate) struct TakeIn {
    pub(crate) command: Command,
    pub(crate) cause: Cause,
}

/// Where the process stands in each partition; the router's state may lag behind by what was of no interest to it.
pub(crate) struct Intake {
    shared: Arc<Shared>,
    positions: Vec<Position>,
    /// The version of the configuration that the router was last told of.
    configuration: u64,
}

impl Intake {
    /// Goes on from what the router has taken in.
    pub(crate) async fn resume(shared: Arc<Shared>) -> Result<Self, Error> {
        let partitions = shared.log.identity().partitions;
        let taken_in = shared.router()?.look(|router, _| router.state().taken_in.clone()).await?;
        let position = |partition| Position(taken_in.get(&partition).copied().unwrap_or(0));
        Ok(Self { positions: (0..partitions).map(position).collect(), configuration: 0, shared })
    }

    /// Follows the log until `stopping` says so.
    pub(crate) async fn run(mut self, mut stopping: watch::Receiver<bool>) {
        let mut batches = self.shared.committer.batches();
        let mut configured = self.shared.configuration_version.subscribe();
        while !*stopping.borrow() {
            match self.catch_up().await {
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(code = error.code(), %error, "conversations could not be taken in; trying again");
                    tokio::time::sleep(RETRY_AFTER).await;
                    continue;
                }
            }
            tokio::select! {
                _ = stopping.changed() => {}
                _ = configured.changed() => {}
                changed = batches.changed() => if changed.is_err() { return },
            }
        }
    }

    /// Takes in everything that there is; how many records that were of interest.
    pub(crate) async fn catch_up(&mut self) -> Result<usize, Error> {
        let configuration = self.shared.configuration();
        if configuration.version != self.configuration {
            self.shared.router()?.follow_configuration(&self.shared).await?;
            self.configuration = configuration.version;
        }
        if !configuration.routing.is_on() {
            return Ok(0);
        }
        let mut taken = 0;
        for partition in 0..self.shared.log.identity().partitions {
            let place = usize::from(partition);
            loop {
                let (partition, after) = (PartitionId(partition), self.positions[place]);
                if self.shared.log.head(partition) <= after {
                    break;
                }
                let configuration = self.shared.configuration();
                let page =
                    self.shared.reading(move |log| read(log, partition, after, &configuration)).await?;
                let Some(last) = page.last else { break };
                taken += page.batch.len();
                if !page.batch.is_empty() {
                    self.hand_over(page.batch).await?;
                    if self.shared.options.timers == Timers::Driven {
                        // The same log each time: what follows is not taken in while it happens.
                        self.shared.router_progress.settled().await;
                    }
                }
                self.positions[place] = last;
            }
        }
        Ok(taken)
    }
}

impl Intake {
    /// Gives facts to the router: all at once, or, should one of them be more than it can take, one by one.
    async fn hand_over(&self, batch: Vec<TakeIn>) -> Result<(), Error> {
        match self.shared.router()?.take_in(batch.clone()).await {
            Err(Error::Malformed(_) | Error::ActorFailed | Error::Overloaded(_)) => {}
            other => return other,
        }
        for one in batch {
            self.hand_over_one(one).await?;
        }
        Ok(())
    }

    /// A fact over which the router fails again and again is left out, loudly: all others go on.
    async fn hand_over_one(&self, one: TakeIn) -> Result<(), Error> {
        let (mut failures, mut waits) = (0, 0);
        loop {
            match self.shared.router()?.take_in(vec![one.clone()]).await {
                // The router is being loaded again after a failure.
                Err(Error::Overloaded(_)) if waits < WAITS_MAX => {
                    waits += 1;
                    tokio::time::sleep(RETRY_AFTER / 20).await;
                }
                Err(error @ (Error::Malformed(_) | Error::ActorFailed)) => {
                    failures += 1;
                    if failures == FAILURES_MAX {
                        metrics::counter!("colloquy_intake_damaged_total").increment(1);
                        tracing::error!(code = error.code(), cause = ?one.cause.causation, "a fact is not routed");
                        return Ok(());
                    }
                }
                other => return other,
            }
        }
    }
}

struct Page {
    batch: Vec<TakeIn>,
    /// The position of the last record that was read.
    last: Option<Position>,
}

fn read(
    log: &dyn EventLog,
    partition: PartitionId,
    after: Position,
    configuration: &Configuration,
) -> Result<Page, Error> {
    let records = log.read_partition(partition, after, PAGE)?;
    let last = records.last().map(|record| record.position);
    let mut batch = Vec::new();
    for record in &records {
        match take_in(log, partition, record, configuration) {
            Ok(taken) => batch.extend(taken),
            // L3: the conversation is stopped until somebody looks at it; all others go on.
            Err(error @ Error::Damaged(_)) => {
                metrics::counter!("colloquy_intake_damaged_total").increment(1);
                let position = record.position.0;
                tracing::error!(%error, partition = partition.0, position, "a record is not routed");
            }
            Err(error) => return Err(error),
        }
    }
    Ok(Page { batch, last })
}

/// What a record means to routing; nothing if no conversation did anything of interest in it.
fn take_in(
    log: &dyn EventLog,
    partition: PartitionId,
    record: &StoredRecord,
    configuration: &Configuration,
) -> Result<Option<TakeIn>, Error> {
    let mut facts = Vec::new();
    let mut cause = None;
    for append in &record.appends {
        if [ROUTER_STREAM, CONFIGURATION_STREAM, ENGINE_STREAM].contains(&append.stream) {
            continue;
        }
        let mut events = Vec::new();
        for bytes in &append.events {
            let envelope = codec::decode(bytes)?;
            if let Event::Conversation(event) = envelope.event {
                cause.get_or_insert((envelope.cause, append.first));
                events.push(event);
            }
        }
        let conversation = ConversationId::from_bytes(append.stream.0);
        let reader = Reader { log, configuration, conversation, at: Timestamp(record.at_ms) };
        facts.extend(reader.facts(&events)?);
    }
    let Some((cause, version)) = cause.filter(|_| !facts.is_empty()) else { return Ok(None) };
    let stream = facts.first().map_or([0; 16], |fact| fact.conversation.to_bytes());
    let cause = Cause {
        principal: crate::router::principal(),
        causation: Some(EventRef { stream, version }),
        correlation: cause.correlation,
    };
    let command = Command::TakeIn { partition: partition.0, position: record.position.0, facts };
    Ok(Some(TakeIn { command, cause }))
}

/// Reads one conversation's events of one record.
struct Reader<'a> {
    log: &'a dyn EventLog,
    configuration: &'a Configuration,
    conversation: ConversationId,
    at: Timestamp,
}

impl Reader<'_> {
    fn facts(&self, events: &[ConversationEvent]) -> Result<Vec<Fact>, Error> {
        let mut facts = Vec::new();
        let said = variables_in(events);
        let asks_anew = events.iter().any(|event| matches!(event, ConversationEvent::AgentRequested { .. }));
        // VA-12: who is with the virtual agent has not asked for anybody.
        let answered = events.iter().any(|event| matches!(event, ConversationEvent::VirtualAgentEngaged));
        for event in events {
            let what = match event {
                ConversationEvent::Opened { by_agent: None, .. } if !answered => self.asked(said.clone())?,
                ConversationEvent::AgentRequested { .. } => self.asked(self.all_variables()?)?,
                ConversationEvent::RequesterMessagePosted { .. } if !is_opening(events) && !asks_anew => {
                    Some(What::Wrote { variables: said.clone() })
                }
                ConversationEvent::AgentRequestCancelled => Some(What::Cancelled),
                ConversationEvent::AgentJoined { agent, assigned: true, offer, greeting: _ } => {
                    let (agent, offer) = (agent.clone(), *offer);
                    self.subject()?.map(|subject| What::Assigned { agent, offer, subject: Box::new(subject) })
                }
                ConversationEvent::Unassigned { agent, why } => self.unassigned(agent, why)?,
                ConversationEvent::Held { .. } => Some(What::HoldChanged { on_hold: true }),
                ConversationEvent::Resumed { .. } => Some(What::HoldChanged { on_hold: false }),
                ConversationEvent::WaitEnded { .. } => Some(What::WaitEnded),
                ConversationEvent::Closed { .. } => Some(What::Closed),
                // OPT-6: it waits no longer, or is parked; whichever it was.
                ConversationEvent::ConsentChanged { opted_out: true } => {
                    facts.push(Fact { conversation: self.conversation, at: self.at, what: What::Cancelled });
                    Some(What::HoldChanged { on_hold: true })
                }
                ConversationEvent::Opened { .. }
                | ConversationEvent::VirtualAgentEngaged
                | ConversationEvent::VirtualAgentMessagePosted { .. }
                | ConversationEvent::RequesterMessagePosted { .. }
                | ConversationEvent::AgentJoined { assigned: false, .. }
                | ConversationEvent::AgentMessagePosted { .. }
                | ConversationEvent::IdleReminderSent { .. }
                | ConversationEvent::AgentPrompted { .. }
                | ConversationEvent::WaitMessageSent { .. }
                | ConversationEvent::Reassociated { .. }
                | ConversationEvent::ConsentChanged { opted_out: false }
                | ConversationEvent::Dispatched { .. }
                | ConversationEvent::DispatchFailed { .. }
                | ConversationEvent::Redriven { .. }
                | ConversationEvent::Discarded { .. }
                | ConversationEvent::ReceiptTaken { .. }
                | ConversationEvent::SeenByAgent { .. }
                | ConversationEvent::RequesterDisconnected
                | ConversationEvent::RequesterReconnected => None,
            };
            let (conversation, at) = (self.conversation, self.at);
            facts.extend(what.map(|what| Fact { conversation, at, what }));
        }
        Ok(facts)
    }

    /// `CH-7`: on a channel without live agents nobody is asked for one.
    fn asked(&self, variables: Variables) -> Result<Option<What>, Error> {
        let Some(subject) = self.subject()? else { return Ok(None) };
        let channel = self.configuration.channels.get(&subject.channel);
        let wanted = channel.is_none_or(|channel| channel.live_agents);
        Ok(wanted.then(|| What::Asked { subject: Box::new(subject), variables }))
    }

    fn unassigned(&self, agent: &domain::AgentId, why: &Unassignment) -> Result<Option<What>, Error> {
        let why = match why {
            Unassignment::Reassigned => UnassignedWhy::Reassigned,
            Unassignment::ReassignedByAction { .. } => UnassignedWhy::ByAction,
            Unassignment::ToQueue { queue, .. } => UnassignedWhy::ToQueue(queue.clone()),
        };
        let (agent, variables) = (agent.clone(), self.all_variables()?);
        Ok(self.subject()?.map(|subject| What::Unassigned {
            agent,
            why,
            subject: Box::new(subject),
            variables,
        }))
    }

    /// Who and where: it stands in the conversation's first event.
    fn subject(&self) -> Result<Option<Subject>, Error> {
        let Some(ConversationEvent::Opened { contact, channel, company, policy, .. }) =
            load::opening(self.log, self.conversation)?
        else {
            return Ok(None);
        };
        let kind = self.configuration.channels.get(&channel).map(|channel| channel.kind);
        let (conversation, mode) = (self.conversation, policy.mode());
        Ok(Some(Subject { conversation, contact, channel, kind, mode, company }))
    }

    /// Everything that came with the messages so far, of which an agent may have written the first (`PRO-9`); what was said
    /// later counts.
    fn all_variables(&self) -> Result<Variables, Error> {
        let (mut variables, mut version) = (Variables::new(), 0);
        loop {
            let page = self.log.read_stream(conversation_stream(self.conversation), version, PAGE)?;
            let Some(last) = page.last() else { return Ok(variables) };
            version = last.version;
            for stored in &page {
                if let Event::Conversation(event) = codec::decode(&stored.bytes)?.event {
                    domain::router::learn(&mut variables, &variables_in(&[event]));
                }
            }
        }
    }
}

fn is_opening(events: &[ConversationEvent]) -> bool {
    events.iter().any(|event| matches!(event, ConversationEvent::Opened { .. }))
}

/// Conditions name fields in lower case, whatever the client's habit.
fn variables_in(events: &[ConversationEvent]) -> Variables {
    let of = |message: &Message| -> Vec<(String, Personal<String>)> {
        let context = message.content.context().iter();
        context.map(|(name, value)| (name.to_ascii_lowercase(), value.clone())).collect()
    };
    let messages = events.iter().filter_map(|event| {
        let (ConversationEvent::RequesterMessagePosted { message, .. }
        | ConversationEvent::AgentMessagePosted { message, .. }) = event
        else {
            return None;
        };
        Some(of(message))
    });
    messages.flatten().collect()
}
