//! The router: decides who gets which work, at once and exactly.
//!
//! One router decides every offer. Its state is a fold of its events ([`State`]); beside it stand indexes that make
//! finding the next match cheap, built from state and configuration and never stored. It acts when something happens
//! (work arrives, capacity frees, an agent appears) or when one of its own times is due, and never sweeps.
//!
//! In reading order: `item`, `event` and `state` (what there is), `command` (what may be asked), `intake`, `offers` and
//! `attendance` (what follows from it), `placing` (which queue), `matching` (who gets what) with `demand`, `lines`,
//! `shelf`, `benches`, `standing` and `tiers` under it, `due` and `clockwork` (time), `explain` and `look` (answers).

mod attendance;
mod benches;
mod clockwork;
mod command;
mod demand;
mod due;
mod errand;
mod event;
mod evolve;
mod explain;
mod fields;
mod index;
mod intake;
mod item;
mod lines;
mod look;
mod matching;
mod offers;
mod placing;
mod served;
mod shelf;
mod standing;
mod state;
mod tiers;
mod transfer;
mod waits;
mod worker;

pub use command::{Command, Fact, Refusal, UnassignedWhy, What};
pub use demand::Obstacle;
pub use errand::{Errand, ErrandKind};
pub use event::{Exclude, OfferEnd, PresenceWhy, RouterEvent};
pub use explain::{Candidate, Explanation, Verdict};
pub use item::{
    AllocatedBy, Ending, ItemOrigin, Offer, Place, Subject, Ticket, UnroutedWhy, Variables, WorkItem, learn,
};
pub use look::{AgentFigures, ChannelFigures, QueueFigures};
pub use served::Served;
pub use state::{AgentState, Load, State};
pub use waits::{SAMPLES, WINDOW, Wait, Waits, remaining_minutes};

use crate::routing::{QueueId, Routing, WorkItemId};
use crate::{AgentId, ContactId, Timestamp};
use index::{Index, Room};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The router with its working state: what it has decided counts for its next decision at once.
#[derive(Clone, Debug)]
pub struct Router {
    state: State,
    routing: Arc<Routing>,
    index: Index,
    /// What the present command has led to so far.
    decided: Vec<RouterEvent>,
    agenda: Agenda,
    touched: Touched,
    /// Whether nothing was decided yet since the state was loaded.
    fresh: bool,
    /// Until when nobody is given up or signed off after an outage (`T3`).
    grace_until: Option<Timestamp>,
}

/// What decisions have changed since somebody last asked: which rows of a checkpoint are out of date.
#[derive(Clone, Debug, Default)]
pub struct Touched {
    /// Items that are new, changed or over.
    pub items: BTreeSet<WorkItemId>,
    /// Agents.
    pub agents: BTreeSet<AgentId>,
    /// Queues whose waits have changed.
    pub queues: BTreeSet<QueueId>,
    /// Contacts who were served.
    pub contacts: BTreeSet<ContactId>,
}

impl Touched {
    /// Adds what else was touched.
    pub fn extend(&mut self, other: Self) {
        let Self { items, agents, queues, contacts } = other;
        self.items.extend(items);
        self.agents.extend(agents);
        self.queues.extend(queues);
        self.contacts.extend(contacts);
    }
}

/// Who and what has to be matched before the present command is done (`R3`).
#[derive(Clone, Debug, Default)]
struct Agenda {
    agents: BTreeSet<AgentId>,
    items: BTreeSet<WorkItemId>,
}

impl Router {
    /// A router with a state that was folded from its events, under the configuration that the state names. What became
    /// possible while nobody looked (a pool has widened, say) is done with the first command.
    pub fn new(state: State, routing: Arc<Routing>, now: Timestamp) -> Self {
        let mut router = Self {
            state,
            routing,
            index: Index::default(),
            decided: Vec::new(),
            agenda: Agenda::default(),
            touched: Touched::default(),
            fresh: true,
            grace_until: None,
        };
        router.rebuild_index(now);
        router.index.settle_benches(&router.state, &router.routing);
        router
    }

    /// After an outage: until then no wait is given up and no agent is signed off, so that both sides can come back first
    /// (`T3`).
    pub const fn hold_closing_until(&mut self, grace_until: Timestamp) {
        self.grace_until = Some(grace_until);
    }

    /// What it knows.
    pub const fn state(&self) -> &State {
        &self.state
    }

    /// What it goes by.
    pub fn routing(&self) -> &Arc<Routing> {
        &self.routing
    }

    /// Turns an intent into facts, which count at once, or refuses it. What was due before comes first.
    ///
    /// # Errors
    /// [`Refusal`] says why; whatever was due has happened all the same and is in the first part of the answer.
    pub fn decide(&mut self, command: &Command, now: Timestamp) -> (Vec<RouterEvent>, Result<(), Refusal>) {
        if std::mem::take(&mut self.fresh) {
            // Of a large change of presence or configuration a crash may have kept the first part only.
            self.withdraw_offers(None, now);
            self.place_again(now);
        }
        self.run_due(now);
        let result = self.execute(command, now);
        self.settle(now);
        // What came back into a queue, or is under another configuration, may be late already.
        self.run_due(now);
        self.index.settle_benches(&self.state, &self.routing);
        (std::mem::take(&mut self.decided), result)
    }

    /// When it has to be asked to [`Command::Tick`] next.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.index.due.first().map(|(at, _)| *at)
    }

    /// What changed since this was last asked.
    pub fn take_touched(&mut self) -> Touched {
        std::mem::take(&mut self.touched)
    }

    fn execute(&mut self, command: &Command, now: Timestamp) -> Result<(), Refusal> {
        match command {
            Command::Reconfigure { version, routing } => {
                self.reconfigure(*version, routing, now);
                Ok(())
            }
            Command::TakeIn { partition, position, facts } => {
                self.take_in(*partition, *position, facts, now);
                Ok(())
            }
            Command::SetPresence { agent, state, switched_off, connected } => {
                self.set_presence(agent, state, switched_off.as_ref(), *connected, now)
            }
            Command::Accept { item, agent } => self.accept(*item, agent, now),
            Command::Reject { item, agent, reason } => self.reject(*item, agent, reason.as_ref(), now),
            Command::Transfer { conversation, from, to } => self.transfer(*conversation, from, to, now),
            Command::CancelTransfer { conversation, from } => self.cancel_transfer(*conversation, from, now),
            Command::Tick => Ok(()),
            Command::Ran { item, kind, taken } => {
                self.ran(*item, *kind, *taken, now);
                Ok(())
            }
        }
    }

    /// Writes a fact down: it counts from here on, and whatever it touches is looked at again.
    fn emit(&mut self, event: RouterEvent, now: Timestamp) {
        let touched = event.item();
        let holder = |router: &Self| touched.and_then(|id| router.state.items.get(&id)?.agent().cloned());
        let before = holder(self);
        if matches!(event, RouterEvent::Accepted { .. }) {
            let item = touched.and_then(|id| self.state.items.get(&id));
            self.touched.contacts.extend(item.map(|item| item.subject.contact));
            self.touched.queues.extend(item.and_then(|item| Some(item.ticket.as_ref()?.queue.clone())));
        }
        self.touched.items.extend(touched);
        self.state.apply(now, &event);
        if !event.leaves_places() {
            let after = holder(self);
            if let Some(id) = touched {
                self.touch_item(id, now);
            }
            let named = event.agent().cloned();
            let agents: BTreeSet<AgentId> = [before, after, named].into_iter().flatten().collect();
            for agent in &agents {
                self.touch_agent(agent, now);
            }
            self.touched.agents.extend(agents);
        }
        self.decided.push(event);
    }

    fn touch_item(&mut self, id: WorkItemId, now: Timestamp) {
        if self.index.refresh_item(id, &self.state, &self.routing, now) {
            self.agenda.items.insert(id);
        }
    }

    fn touch_agent(&mut self, id: &AgentId, now: Timestamp) {
        match self.index.refresh_agent(id, &self.state, &self.routing, now) {
            Room::More => drop(self.agenda.agents.insert(id.clone())),
            // What came at the same moment has not been looked at by anybody.
            Room::Some if !self.agenda.items.is_empty() => drop(self.agenda.agents.insert(id.clone())),
            Room::Some => {}
            Room::None => drop(self.agenda.agents.remove(id)),
        }
    }

    fn rebuild_index(&mut self, now: Timestamp) {
        self.index = Index::under(&self.routing);
        let items: Vec<WorkItemId> = self.state.items.keys().copied().collect();
        for id in items {
            self.touch_item(id, now);
        }
        let agents: Vec<AgentId> = self.state.agents.keys().cloned().collect();
        for id in &agents {
            self.touch_agent(id, now);
        }
    }

    /// Goes by another configuration: what no longer fits is put right, and all that is affected is matched anew.
    fn reconfigure(&mut self, version: u64, routing: &Arc<Routing>, now: Timestamp) {
        if version <= self.state.configuration {
            return;
        }
        let before = std::mem::replace(&mut self.routing, Arc::clone(routing));
        self.emit(RouterEvent::Reconfigured { version, on: routing.is_on() }, now);
        let changed = routing.agents_changed_since(&before);
        match changed.filter(|changed| self.index.know_skills_of(changed, routing)) {
            // Nothing that waits is affected by that, and nobody else.
            Some(changed) => {
                for id in &changed {
                    self.index.forget_agent(id, &before);
                    self.touch_agent(id, now);
                }
                self.withdraw_offers(Some(&changed), now);
            }
            None => {
                self.rebuild_index(now);
                self.withdraw_offers(None, now);
                self.place_again(now);
            }
        }
    }
}

impl RouterEvent {
    /// The item that it is about.
    pub const fn item(&self) -> Option<WorkItemId> {
        match self {
            Self::ItemCreated { item, .. }
            | Self::VariablesLearned { item, .. }
            | Self::Queued { item, .. }
            | Self::Unrouted { item, .. }
            | Self::Offered { item, .. }
            | Self::OfferEnded { item, .. }
            | Self::Accepting { item, .. }
            | Self::Accepted { item, .. }
            | Self::HoldChanged { item, .. }
            | Self::TargetExceeded { item, .. }
            | Self::Ended { item, .. }
            | Self::ErrandGiven { item, .. }
            | Self::ErrandDone { item, .. } => Some(*item),
            Self::Reconfigured { .. }
            | Self::TakenIn { .. }
            | Self::PresenceChanged { .. }
            | Self::AgentSeen { .. } => None,
        }
    }

    /// Whether everybody and everything is where it was, and nothing else becomes due.
    const fn leaves_places(&self) -> bool {
        match self {
            Self::ErrandGiven { errand, .. } => !matches!(errand, Errand::Tell { .. }),
            Self::ErrandDone { .. } | Self::TakenIn { .. } | Self::Reconfigured { .. } => true,
            Self::ItemCreated { .. }
            | Self::VariablesLearned { .. }
            | Self::Queued { .. }
            | Self::Unrouted { .. }
            | Self::Offered { .. }
            | Self::OfferEnded { .. }
            | Self::Accepting { .. }
            | Self::Accepted { .. }
            | Self::HoldChanged { .. }
            | Self::TargetExceeded { .. }
            | Self::Ended { .. }
            | Self::PresenceChanged { .. }
            | Self::AgentSeen { .. } => false,
        }
    }

    /// The agent whom it names, beside whoever had the item before or has it now.
    const fn agent(&self) -> Option<&AgentId> {
        match self {
            Self::PresenceChanged { agent, .. }
            | Self::AgentSeen { agent }
            | Self::OfferEnded { agent, .. }
            | Self::Accepting { agent, .. }
            | Self::Accepted { agent, .. } => Some(agent),
            Self::Reconfigured { .. }
            | Self::TakenIn { .. }
            | Self::ItemCreated { .. }
            | Self::VariablesLearned { .. }
            | Self::Queued { .. }
            | Self::Unrouted { .. }
            | Self::Offered { .. }
            | Self::HoldChanged { .. }
            | Self::TargetExceeded { .. }
            | Self::Ended { .. }
            | Self::ErrandGiven { .. }
            | Self::ErrandDone { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests;
