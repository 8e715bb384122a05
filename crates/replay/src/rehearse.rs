//! Plays recorded traffic through the actors that serve, on a clock that jumps from one thing to the next.

use crate::{Counts, Error, History, Moment, Side, TraceLine, World, trace};
use domain::channel::{ChannelSettings, Mode};
use domain::configuration::Apply;
use domain::{AgentId, ChannelId, Event, Personal, Principal, Rejection, Role, Seconds, Timestamp};
use engine::{
    AgentInitiated, CommandId, Engine, Inbound, ManualClock, Options, Request, SequentialIds, Timers,
};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{EventLog, PartitionId, Position};
use uuid::Uuid;

/// The channel that the traffic is played on.
const CHANNEL: &str = "rehearsal";
/// How many records are read at a time.
const PAGE: usize = 512;

/// The secret of a rehearsal's store. It is no secret: the same traffic has to give the same ids on every machine.
pub const REHEARSAL_KEY: [u8; 32] = *b"every rehearsal hashes with this";

/// What to rehearse with.
pub struct Rehearsal {
    /// The settings of the channel that the traffic is played on.
    pub settings: ChannelSettings,
    /// From which all ids follow.
    pub seed: u64,
}

/// What came out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// What happened.
    pub counts: Counts,
    /// Events in the log, of contacts, configuration and engine too.
    pub events: u64,
    /// From the first message to the last event.
    pub simulated_seconds: i64,
    /// The hash of all state, rebuilt from the log.
    pub state_hash: String,
}

/// How far a rehearsal is.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// Messages played.
    pub played: usize,
    /// Messages in all.
    pub all: usize,
}

impl Rehearsal {
    /// Plays the history into an empty log, within a running actix system. After the last message time runs on until
    /// no timer is armed. Each event is given to `trace` as it is committed.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn play(
        self,
        log: Arc<dyn EventLog>,
        history: &History,
        mut progress: impl FnMut(Progress),
        mut trace: Option<&mut dyn FnMut(&TraceLine)>,
    ) -> Result<Report, Error> {
        if log.latest_ms().is_some() {
            return Err(Error::StoreNotEmpty);
        }
        let first = history.moments.first().ok_or(Error::Empty)?.at;
        let mut stage = Stage::set(self, Arc::clone(&log), first).await?;
        let mut refused = 0;
        for (index, moment) in history.moments.iter().enumerate() {
            stage.run_until(Some(moment.at)).await?;
            refused += u64::from(!stage.play(moment).await?);
            stage.follow(&mut trace)?;
            progress(Progress { played: index + 1, all: history.moments.len() });
        }
        stage.run_until(None).await?;
        stage.follow(&mut trace)?;
        stage.engine.drain().await;
        report(log.as_ref(), first, refused)
    }
}

/// An engine and the clock that drives it.
struct Stage {
    engine: Engine,
    clock: Arc<ManualClock>,
    log: Arc<dyn EventLog>,
    channel: ChannelId,
    followed: BTreeMap<u16, Position>,
}

impl Stage {
    async fn set(rehearsal: Rehearsal, log: Arc<dyn EventLog>, first: Timestamp) -> Result<Self, Error> {
        let clock = Arc::new(ManualClock::new(first));
        // The name is a legal one.
        #[expect(clippy::expect_used, reason = "see above")]
        let channel = ChannelId::new(CHANNEL).expect("a legal name");
        let seed = Apply { channels: BTreeMap::from([(channel.clone(), rehearsal.settings)]) };
        let options = Options { timers: Timers::Driven, recovery_grace: Seconds(0), ..Options::default() };
        let ids = Arc::new(SequentialIds::new(rehearsal.seed));
        let driven = Arc::clone(&clock);
        let started = Engine::start(Arc::clone(&log), options, driven, ids, Some(seed)).await;
        let engine = started.map_err(|error| match error {
            engine::StartError::Configuration(rejection) => Error::Configuration(rejection),
            engine::StartError::Gap { .. }
            | engine::StartError::Damaged(_)
            | engine::StartError::Store(_) => Error::Start(error),
        })?;
        Ok(Self { engine, clock, log, channel, followed: BTreeMap::new() })
    }

    /// Lets time pass to just before `until`, from one due timer to the next; to the end of all timers if it is `None`.
    async fn run_until(&self, until: Option<Timestamp>) -> Result<(), Error> {
        while let Some(due) = self.engine.next_due().await? {
            // A message precedes a timer due at the same instant (section 6.4).
            if until.is_some_and(|until| due >= until) {
                break;
            }
            self.clock.advance_to(due);
            self.engine.fire_due().await?;
        }
        if let Some(until) = until {
            self.clock.advance_to(until);
        }
        Ok(())
    }

    /// Plays one message; whether the rules took it.
    async fn play(&self, moment: &Moment) -> Result<bool, Error> {
        let answer = match &moment.side {
            Side::Requester => self.engine.inbound(&self.channel, inbound(moment), request(moment)).await,
            Side::Agent(agent) => {
                self.engine.contribute(&self.channel, first_word(moment, agent), request(moment)).await
            }
        };
        match answer {
            Ok(_) => Ok(true),
            Err(engine::Error::Rejected(Rejection::ChatNotAgentInitiated)) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Gives what was committed since the last look to the trace.
    fn follow(&mut self, trace: &mut Option<&mut dyn FnMut(&TraceLine)>) -> Result<(), Error> {
        let Some(trace) = trace else { return Ok(()) };
        for partition in 0..self.log.identity().partitions {
            let followed = self.followed.entry(partition).or_default();
            for record in self.log.read_partition(PartitionId(partition), *followed, usize::MAX)? {
                *followed = record.position;
                trace::lines(&record).map_err(engine::Error::from)?.iter().for_each(&mut **trace);
            }
        }
        Ok(())
    }
}

fn inbound(moment: &Moment) -> Inbound {
    Inbound {
        from: Personal::new(moment.requester.clone()),
        to: moment.company.clone(),
        content: moment.content.clone(),
        sent_at: Some(moment.at),
    }
}

fn first_word(moment: &Moment, agent: &AgentId) -> AgentInitiated {
    AgentInitiated {
        agent: agent.clone(),
        to: Personal::new(moment.requester.clone()),
        from: moment.company.clone(),
        content: moment.content.clone(),
    }
}

fn request(moment: &Moment) -> Request {
    let (role, name) = match &moment.side {
        Side::Requester => (Role::Gateway, CHANNEL.to_owned()),
        Side::Agent(agent) => (Role::Agent, agent.to_string()),
    };
    let body =
        [moment.requester.as_str(), moment.company.as_str(), moment.content.text().expose()].join("\0");
    Request {
        principal: Principal { role, name },
        correlation: Uuid::from_u64_pair(0, moment.id),
        command: Some(CommandId {
            scope: CHANNEL.to_owned(),
            id: moment.id.to_string(),
            body: body.into_bytes(),
        }),
    }
}

fn report(log: &dyn EventLog, first: Timestamp, agent_messages_refused: u64) -> Result<Report, Error> {
    let mut world = World::default();
    let mut counts = Counts { agent_messages_refused, ..Counts::default() };
    let (mut events, mut last) = (0, first);
    for partition in (0..log.identity().partitions).map(PartitionId) {
        let mut after = Position(0);
        loop {
            let page = log.read_partition(partition, after, PAGE)?;
            let Some(newest) = page.last() else { break };
            after = newest.position;
            for line in page
                .iter()
                .map(trace::lines)
                .collect::<Result<Vec<_>, _>>()
                .map_err(engine::Error::from)?
                .concat()
            {
                world.apply(line.stream, line.at, &line.event);
                if let Event::Conversation(event) = &line.event {
                    counts.add(event);
                }
                events += 1;
                last = last.max(line.at);
            }
        }
    }
    counts.open_at_end = world.open();
    Ok(Report { counts, events, simulated_seconds: last.since_ms(first) / 1000, state_hash: world.hash() })
}

/// The settings for a mode when nothing else is said: phone numbers on the web channel, which can have either mode.
impl Rehearsal {
    /// The documented defaults of a mode.
    pub fn defaults(mode: Mode) -> ChannelSettings {
        ChannelSettings::defaults(domain::channel::ChannelKind::Mweb, mode)
    }
}
