//! Plays recorded requesters to agents who do not exist: they come for their shifts, are offered work by the router, take
//! it, answer, work on it for a while and end it. What comes of it is read from the log afterwards, and not from here.

mod chance;
mod crew;
mod habits;
#[cfg(test)]
mod tests;

pub use habits::{GroupHabits, Habits, Span};

use crate::stage::Stage;
use crate::{Error, History, Moment, Progress, Side, TraceLine};
use crew::{Crew, Deed};
use domain::channel::ChannelSettings;
use domain::router::State;
use domain::routing::{PresenceId, Routing, WorkItemId, presence_names};
use domain::{AgentId, Content, ConversationId, Event, Principal, Role, Seconds, Timestamp};
use engine::keys::ROUTER_STREAM;
use engine::{Clock as _, Order, Presence, Request};
use std::iter::Peekable;
use std::sync::Arc;
use store::EventLog;
use uuid::Uuid;

/// How long after the last message agents still come for what waits.
const AFTERMATH: Seconds = Seconds(14 * 86_400);
/// How many of the router's events are read at a time.
const PAGE: usize = 512;

/// Who works in a rehearsal, and how.
#[derive(Clone, Debug)]
pub struct Roster {
    /// Queues, agents, shifts and all the rest of routing.
    pub routing: Routing,
    /// How long agents take for what they do.
    pub habits: Habits,
}

/// Plays the requesters' part of a history into an empty log. After the last message time runs on until all work is done
/// that anybody does, and no timer is armed.
pub(crate) async fn play(
    roster: Roster,
    log: Arc<dyn EventLog>,
    settings: ChannelSettings,
    seed: u64,
    history: &History,
    mut progress: impl FnMut(Progress),
    mut trace: Option<&mut dyn FnMut(&TraceLine)>,
) -> Result<(), Error> {
    let mut floor = Floor::open(roster, log, settings, seed, history).await?;
    let (mut played, all) = (0, floor.messages.len());
    let mut over = false;
    while !over {
        match floor.step().await? {
            Step::Over => over = true,
            Step::Wrote { .. } => {
                played += 1;
                progress(Progress { played, all });
            }
            Step::Did { .. } | Step::Fired | Step::WentHome => {}
        }
        floor.stage.follow(&mut trace)?;
    }
    floor.stage.engine.drain().await;
    Ok(())
}

/// One thing that happened in a rehearsal.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    /// A requester wrote.
    Wrote {
        /// Into which conversation.
        conversation: Option<ConversationId>,
    },
    /// An agent did something, or found that it could not be done any more.
    Did {
        /// What.
        deed: Deed,
        /// Whether the engine took it.
        taken: bool,
    },
    /// The engine did what was due.
    Fired,
    /// All work is done, and nobody comes any more.
    WentHome,
    /// There is nothing left to happen.
    Over,
}

/// The engine, the recorded requesters and the agents.
struct Floor {
    stage: Stage,
    messages: Peekable<std::vec::IntoIter<Moment>>,
    crew: Crew,
    /// The router's state, folded from the log.
    state: State,
    /// Who has just written and may want an answer.
    wrote: Option<ConversationId>,
    /// Until when agents come.
    open_until: Timestamp,
    is_open: bool,
    requests: u64,
}

impl Floor {
    async fn open(
        roster: Roster,
        log: Arc<dyn EventLog>,
        settings: ChannelSettings,
        seed: u64,
        history: &History,
    ) -> Result<Self, Error> {
        let problems = roster.habits.problems(&roster.routing);
        if !problems.is_empty() {
            return Err(Error::Roster(problems.join("\n  ")));
        }
        let asked = |moment: &&Moment| moment.side == Side::Requester;
        let messages: Vec<Moment> = history.moments.iter().filter(asked).cloned().collect();
        let (first, last) = match (messages.first(), messages.last()) {
            (Some(first), Some(last)) => (first.at, last.at),
            (_, _) => return Err(Error::Empty),
        };
        let crew = Crew::new(&roster, &settings, seed, first);
        let stage = Stage::set(log, settings, Some(roster.routing), seed, first).await?;
        Ok(Self {
            stage,
            messages: messages.into_iter().peekable(),
            crew,
            state: State::default(),
            wrote: None,
            open_until: last.plus(AFTERMATH),
            is_open: true,
            requests: 0,
        })
    }

    /// Lets the next thing happen. At one instant a message comes before what is due (section 6.4), and agents act last.
    async fn step(&mut self) -> Result<Step, Error> {
        let due = self.stage.engine.next_due().await?;
        self.listen()?;
        let message = self.messages.peek().map(|moment| moment.at);
        let deed = self.crew.next(&self.state);
        let next = [(message, 0), (due, 1), (deed, 2)];
        let next = next.into_iter().filter_map(|(at, turn)| Some((at?, turn))).min();
        let late = next.is_none_or(|(at, _)| at > self.open_until);
        if self.is_open && message.is_none() && (late || self.state.items.is_empty()) {
            return self.go_home().await;
        }
        let Some((at, turn)) = next else { return Ok(Step::Over) };
        self.stage.clock.advance_to(at);
        match turn {
            0 => self.next_message().await,
            1 => {
                self.stage.engine.fire_due().await?;
                Ok(Step::Fired)
            }
            _ => self.next_deed().await,
        }
    }

    async fn next_message(&mut self) -> Result<Step, Error> {
        let Some(moment) = self.messages.next() else { return Ok(Step::Over) };
        let conversation = self.stage.play(&moment).await?;
        self.wrote = conversation;
        Ok(Step::Wrote { conversation })
    }

    async fn next_deed(&mut self) -> Result<Step, Error> {
        let Some(deed) = self.crew.take() else { return Ok(Step::Over) };
        let taken = self.perform(&deed).await?;
        self.crew.done(&deed, self.stage.clock.now());
        Ok(Step::Did { deed, taken })
    }

    /// Everybody hears what the router decided.
    fn listen(&mut self) -> Result<(), Error> {
        loop {
            let page = self.stage.log.read_stream(ROUTER_STREAM, self.state.version, PAGE)?;
            if page.is_empty() {
                break;
            }
            for stored in page {
                let envelope = codec::decode(&stored.bytes).map_err(engine::Error::from)?;
                let Event::Router(event) = envelope.event else { continue };
                self.state.apply(envelope.at, &event);
                self.crew.heard(envelope.at, &event);
            }
        }
        if let Some(conversation) = self.wrote.take() {
            self.crew.wrote(conversation, &self.state, self.stage.clock.now());
        }
        Ok(())
    }

    async fn go_home(&mut self) -> Result<Step, Error> {
        for agent in self.crew.at_work() {
            self.be(&agent, presence_names::OFFLINE).await?;
        }
        self.crew.go_home();
        self.is_open = false;
        Ok(Step::WentHome)
    }

    /// Does it; false if it could not be done any more.
    async fn perform(&mut self, deed: &Deed) -> Result<bool, Error> {
        let done = match deed {
            Deed::Come(agent) | Deed::Return(agent) => {
                self.be(agent, presence_names::AVAILABLE).await?;
                return Ok(true);
            }
            Deed::Go(agent) => {
                let over = self.crew.is_over(agent, self.stage.clock.now());
                if over {
                    self.be(agent, presence_names::OFFLINE).await?;
                }
                return Ok(over);
            }
            Deed::Accept(offer, agent) => {
                let request = self.request(agent);
                self.stage.engine.accept(offer.item, agent.clone(), request).await
            }
            Deed::Decline(offer, agent) => {
                let request = self.request(agent);
                self.stage.engine.reject(offer.item, agent.clone(), None, request).await
            }
            Deed::Write { item, agent, .. } => {
                let (agent, content) = (agent.clone(), answer());
                return self.order(*item, &agent.clone(), Order::Post { agent, content }).await;
            }
            Deed::End(item, agent) => {
                return self.order(*item, agent, Order::EndByAgent { agent: agent.clone() }).await;
            }
        };
        taken(done.map(drop))
    }

    async fn order(&mut self, item: WorkItemId, agent: &AgentId, order: Order) -> Result<bool, Error> {
        let Some(conversation) = self.state.items.get(&item).map(|item| item.subject.conversation) else {
            return Ok(false);
        };
        let request = self.request(agent);
        taken(self.stage.engine.order(conversation, order, request).await.map(drop))
    }

    async fn be(&mut self, agent: &AgentId, state: &str) -> Result<(), Error> {
        // The names are those that everybody has.
        #[expect(clippy::expect_used, reason = "see above")]
        let state = PresenceId::new(state).expect("a legal name");
        let presence = Presence { agent: agent.clone(), state, switched_off: None, connected: true };
        let request = self.request(agent);
        Ok(self.stage.engine.set_presence(presence, request).await?)
    }

    fn request(&mut self, agent: &AgentId) -> Request {
        self.requests += 1;
        Request {
            principal: Principal { role: Role::Agent, name: agent.as_str().to_owned() },
            correlation: Uuid::from_u64_pair(1, self.requests),
            command: None,
        }
    }
}

/// What agents write. Nobody reads it.
fn answer() -> Content {
    // The text is a legal one.
    #[expect(clippy::expect_used, reason = "see above")]
    Content::text_only("An answer.").expect("a legal text")
}

/// What the rules do not let an agent do is not done, and no failure.
fn taken(answer: Result<(), engine::Error>) -> Result<bool, Error> {
    match answer {
        Ok(()) => Ok(true),
        Err(engine::Error::Rejected(_) | engine::Error::Refused(_)) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
