//! Plays recorded traffic through the actors that serve, on a clock that jumps from one thing to the next.

use crate::figures::Figures;
use crate::roster::{self, Roster};
use crate::stage::Stage;
use crate::{Counts, Error, History, RosterReport, TraceLine, World, trace};
use domain::channel::{ChannelSettings, Mode, Portals, Proactive};
use domain::{Event, Timestamp};
use serde::Serialize;
use std::sync::Arc;
use store::{EventLog, PartitionId, Position};

/// How many records are read at a time.
const PAGE: usize = 512;

/// The secret of a rehearsal's store. It is no secret: the same traffic has to give the same ids on every machine.
pub const REHEARSAL_KEY: [u8; 32] = *b"every rehearsal hashes with this";

/// What to rehearse with.
pub struct Rehearsal {
    /// The settings of the channel that the traffic is played on.
    pub settings: ChannelSettings,
    /// Who works, instead of the recorded agents; without it, those.
    pub roster: Option<Roster>,
    /// From which all ids follow, and all that agents of a roster do by chance.
    pub seed: u64,
}

/// What came out.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// What happened.
    pub counts: Counts,
    /// Events in the log, of contacts, configuration and engine too.
    pub events: u64,
    /// From the first message to the last event.
    pub simulated_seconds: i64,
    /// The hash of all state, rebuilt from the log.
    pub state_hash: String,
    /// What a roster led to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roster: Option<RosterReport>,
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
        progress: impl FnMut(Progress),
        trace: Option<&mut dyn FnMut(&TraceLine)>,
    ) -> Result<Report, Error> {
        let first = history.moments.first().ok_or(Error::Empty)?.at;
        let Self { settings, roster, seed } = self;
        let with_roster = roster.is_some();
        let refused = match roster {
            None => {
                let stage = Stage::set(Arc::clone(&log), settings, None, seed, first).await?;
                as_recorded(stage, history, progress, trace).await?
            }
            Some(roster) => {
                let work = roster::play(roster, Arc::clone(&log), settings, seed, history, progress, trace);
                Box::pin(work).await?;
                0
            }
        };
        report(log.as_ref(), first, refused, with_roster)
    }

    /// The documented defaults of a mode, for when nothing else is said: phone numbers on the web channel, which can have
    /// either mode.
    pub fn defaults(mode: Mode) -> ChannelSettings {
        let mut settings = ChannelSettings::defaults(domain::channel::ChannelKind::Mweb, mode);
        // Whoever wrote to two companies had two conversations.
        settings.portals = Portals::Independent;
        // What is rehearsed has happened, also where an agent wrote first.
        if mode == Mode::Messaging {
            settings.proactive = Proactive::ANYBODY;
        }
        settings
    }
}

/// Plays both sides as they were recorded; how many of the agents' messages the rules refused.
async fn as_recorded(
    mut stage: Stage,
    history: &History,
    mut progress: impl FnMut(Progress),
    mut trace: Option<&mut dyn FnMut(&TraceLine)>,
) -> Result<u64, Error> {
    let mut refused = 0;
    for (index, moment) in history.moments.iter().enumerate() {
        stage.run_until(Some(moment.at)).await?;
        refused += u64::from(stage.play(moment).await?.is_none());
        stage.follow(&mut trace)?;
        progress(Progress { played: index + 1, all: history.moments.len() });
    }
    stage.run_until(None).await?;
    stage.follow(&mut trace)?;
    stage.engine.drain().await;
    Ok(refused)
}

/// What came of a rehearsal, from its log alone.
pub(crate) fn report(
    log: &dyn EventLog,
    first: Timestamp,
    agent_messages_refused: u64,
    with_roster: bool,
) -> Result<Report, Error> {
    let mut world = World::default();
    let mut counts = Counts { agent_messages_refused, ..Counts::default() };
    let mut figures = with_roster.then(Figures::default);
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
                if let (Some(figures), Event::Router(event)) = (&mut figures, &line.event) {
                    figures.before(&world, line.at, event);
                    world.apply(line.stream, line.at, &line.event);
                    figures.after(&world, line.at, event);
                } else {
                    world.apply(line.stream, line.at, &line.event);
                }
                if let Event::Conversation(event) = &line.event {
                    counts.add(event);
                }
                events += 1;
                last = last.max(line.at);
            }
        }
    }
    counts.open_at_end = world.open();
    let roster = figures.map(|figures| figures.report(&world, last));
    let (simulated_seconds, state_hash) = (last.since_ms(first) / 1000, world.hash());
    Ok(Report { counts, events, simulated_seconds, state_hash, roster })
}
