//! A router in memory with its agents and requesters, and what each of its decisions takes.

use super::bench::worked;
use super::staff::{self, Chance};
use domain::router::{Command, ErrandKind, Fact, OfferEnd, Router, RouterEvent, State, What};
use domain::routing::{Routing, WorkItemId, presence_names};
use domain::{AgentId, ConversationId, Timestamp};
use hdrhistogram::Histogram;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// How much later each thing happens than the one before.
const STEP_MS: i64 = 10;

/// What decisions of one kind took, in nanoseconds.
pub(crate) type Took = BTreeMap<&'static str, Histogram<u64>>;

/// See above.
pub(crate) struct Floor {
    pub(crate) router: Router,
    pub(crate) now: Timestamp,
    pub(crate) chance: Chance,
    /// Conversations that an agent has.
    pub(crate) served: Vec<(ConversationId, AgentId)>,
    position: u64,
    number: u64,
    took: Took,
}

/// An offer that was made.
pub(crate) struct Offered {
    pub(crate) item: WorkItemId,
    pub(crate) conversation: ConversationId,
    pub(crate) agent: AgentId,
}

impl Floor {
    /// Everybody is offline, and nobody waits.
    pub(crate) fn new(routing: &Arc<Routing>, seed: u64) -> Self {
        let now = staff::MORNING;
        let mut router = Router::new(State::default(), Arc::default(), now);
        let _ = router.decide(&Command::Reconfigure { version: 1, routing: Arc::clone(routing) }, now);
        let (served, took) = (Vec::new(), Took::new());
        Self { router, now, chance: Chance(seed), served, position: 0, number: 0, took }
    }

    /// All decisions since the last call.
    pub(crate) fn take_took(&mut self) -> Took {
        std::mem::take(&mut self.took)
    }

    /// Time passes, and what is due by then is done, each thing at its time.
    pub(crate) fn step(&mut self) -> anyhow::Result<()> {
        let until = Timestamp(self.now.0 + STEP_MS);
        while let Some(due) = self.router.next_due().filter(|due| *due <= until) {
            self.now = self.now.max(due);
            self.tick()?;
        }
        self.now = until;
        Ok(())
    }

    fn tick(&mut self) -> anyhow::Result<()> {
        let (events, took) = self.decide(&Command::Tick)?;
        let timed_out = |event: &RouterEvent| {
            let RouterEvent::OfferEnded { agent, why: OfferEnd::TimedOut { .. }, .. } = event else {
                return None;
            };
            Some(agent.clone())
        };
        let timed_out: Vec<AgentId> = events.iter().filter_map(timed_out).collect();
        self.note(if timed_out.is_empty() { "a pool opens" } else { "an offer times out" }, took)?;
        for offered in self.offered(&events) {
            self.accept(&offered)?;
        }
        for agent in timed_out {
            // Some rules have sent them away.
            if !self.router.is_on(&agent, None) {
                for offered in self.presence("an agent comes back", &agent, presence_names::AVAILABLE)? {
                    self.accept(&offered)?;
                }
            }
        }
        Ok(())
    }

    /// A requester comes.
    pub(crate) fn arrive(&mut self, kind: &'static str) -> anyhow::Result<(ConversationId, Vec<Offered>)> {
        let (subject, variables) = staff::requester(self.number, &mut self.chance);
        let conversation = subject.conversation;
        self.number += 1;
        let what = What::Asked { subject: Box::new(subject), variables };
        Ok((conversation, self.did(kind, conversation, what)?))
    }

    /// A conversation is over.
    pub(crate) fn close(
        &mut self,
        kind: &'static str,
        conversation: ConversationId,
    ) -> anyhow::Result<Vec<Offered>> {
        self.did(kind, conversation, What::Closed)
    }

    fn did(
        &mut self,
        kind: &'static str,
        conversation: ConversationId,
        what: What,
    ) -> anyhow::Result<Vec<Offered>> {
        self.position += 1;
        let facts = vec![Fact { conversation, at: self.now, what }];
        self.timed(kind, &Command::TakeIn { partition: 0, position: self.position, facts })
    }

    /// An agent changes their presence.
    pub(crate) fn presence(
        &mut self,
        kind: &'static str,
        agent: &AgentId,
        to: &str,
    ) -> anyhow::Result<Vec<Offered>> {
        let (agent, state) = (agent.clone(), staff::presence(to));
        self.timed(kind, &Command::SetPresence { agent, state, switched_off: None, connected: true })
    }

    /// An agent accepts, and the conversation takes them.
    pub(crate) fn accept(&mut self, offered: &Offered) -> anyhow::Result<()> {
        let Offered { item, conversation, agent } = offered;
        self.timed("an offer is accepted", &Command::Accept { item: *item, agent: agent.clone() })?;
        let ran = Command::Ran { item: *item, kind: ErrandKind::Assign, taken: true };
        self.timed("the conversation takes the agent", &ran)?;
        self.served.push((*conversation, agent.clone()));
        Ok(())
    }

    /// Any conversation that an agent has.
    pub(crate) fn any_served(&mut self) -> anyhow::Result<(ConversationId, AgentId)> {
        anyhow::ensure!(!self.served.is_empty(), "no agent has anything");
        let at = usize::try_from(self.chance.below(self.served.len() as u64))?;
        Ok(self.served.swap_remove(at))
    }

    fn timed(&mut self, kind: &'static str, command: &Command) -> anyhow::Result<Vec<Offered>> {
        let (events, took) = self.decide(command)?;
        self.note(kind, took)?;
        Ok(self.offered(&events))
    }

    pub(crate) fn decide(&mut self, command: &Command) -> anyhow::Result<(Vec<RouterEvent>, Duration)> {
        let begun = worked();
        let (events, result) = self.router.decide(command, self.now);
        let took = worked().saturating_sub(begun);
        result.map_err(|refusal| anyhow::anyhow!("the router refused: {refusal}"))?;
        // As the engine does after each decision.
        drop(self.router.take_touched());
        Ok((events, took))
    }

    fn note(&mut self, kind: &'static str, took: Duration) -> anyhow::Result<()> {
        let histogram = match self.took.get_mut(kind) {
            Some(histogram) => histogram,
            None => self.took.entry(kind).or_insert(Histogram::new(3)?),
        };
        histogram.record(u64::try_from(took.as_nanos())?)?;
        Ok(())
    }

    fn offered(&self, events: &[RouterEvent]) -> Vec<Offered> {
        let offered = |event: &RouterEvent| {
            let RouterEvent::Offered { item, offer, .. } = event else { return None };
            // What was due in one moment may have taken it back.
            let there = self.router.state().items.get(item).filter(|item| item.offer() == Some(offer))?;
            let conversation = there.subject.conversation;
            Some(Offered { item: *item, conversation, agent: offer.agent.clone() })
        };
        events.iter().filter_map(offered).collect()
    }
}
