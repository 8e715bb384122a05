//! An engine on a clock that only its driver moves: what a rehearsal plays on.

use crate::{Error, Moment, Side, TraceLine, trace};
use domain::channel::ChannelSettings;
use domain::configuration::Apply;
use domain::routing::Routing;
use domain::{AgentId, ChannelId, ConversationId, Personal, Principal, Rejection, Role, Seconds, Timestamp};
use engine::{
    AgentInitiated, CommandId, Engine, Inbound, ManualClock, Options, Request, SequentialIds, Timers,
};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{EventLog, PartitionId, Position};
use uuid::Uuid;

/// The channel that the traffic is played on.
const CHANNEL: &str = "rehearsal";

/// An engine and the clock that drives it.
pub(crate) struct Stage {
    pub(crate) engine: Engine,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) log: Arc<dyn EventLog>,
    channel: ChannelId,
    followed: BTreeMap<u16, Position>,
}

impl Stage {
    /// Starts an engine on an empty log. Without routing nothing is routed.
    pub(crate) async fn set(
        log: Arc<dyn EventLog>,
        settings: ChannelSettings,
        routing: Option<Routing>,
        seed: u64,
        first: Timestamp,
    ) -> Result<Self, Error> {
        if log.latest_ms().is_some() {
            return Err(Error::StoreNotEmpty);
        }
        let clock = Arc::new(ManualClock::new(first));
        // The name is a legal one.
        #[expect(clippy::expect_used, reason = "see above")]
        let channel = ChannelId::new(CHANNEL).expect("a legal name");
        let channels = BTreeMap::from([(channel.clone(), settings)]);
        let options = Options { timers: Timers::Driven, recovery_grace: Seconds(0), ..Options::default() };
        let ids = Arc::new(SequentialIds::new(seed));
        let (driven, wanted) = (Arc::clone(&clock), Apply { channels, routing, ..Apply::default() });
        let started = Engine::start(Arc::clone(&log), options, driven, ids, Some(wanted)).await;
        let engine = started.map_err(|error| match error {
            engine::StartError::Configuration(rejection) => Error::Configuration(rejection),
            engine::StartError::Gap { .. }
            | engine::StartError::Damaged(_)
            | engine::StartError::Store(_) => Error::Start(error),
        })?;
        Ok(Self { engine, clock, log, channel, followed: BTreeMap::new() })
    }

    /// Lets time pass to just before `until`, from one due timer to the next; to the end of all timers if it is `None`.
    pub(crate) async fn run_until(&self, until: Option<Timestamp>) -> Result<(), Error> {
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

    /// Plays one message; the conversation that took it, or `None` if the rules did not let it.
    pub(crate) async fn play(&self, moment: &Moment) -> Result<Option<ConversationId>, Error> {
        let answer = match &moment.side {
            Side::Requester => self.engine.inbound(&self.channel, inbound(moment), request(moment)).await,
            Side::Agent(agent) => {
                self.engine.contribute(&self.channel, first_word(moment, agent), request(moment)).await
            }
        };
        match answer {
            Ok(accepted) => Ok(Some(accepted.conversation)),
            Err(engine::Error::Rejected(Rejection::ChatNotAgentInitiated)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Gives what was committed since the last look to the trace.
    pub(crate) fn follow(&mut self, trace: &mut Option<&mut dyn FnMut(&TraceLine)>) -> Result<(), Error> {
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
        user: None,
        take_over: false,
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
