//! What could happen next in a world.

use super::action::{Action, Kind, Stance};
use super::world::World;
use domain::conversation::{Lifecycle, timers};
use domain::router::Place;
use domain::routing::{WorkItemId, presence_names};

/// How much time passes at once, in seconds: mostly little.
const PASSES: [u32; 3] = [1, 7, 45];
const PAUSE: u32 = 400;

impl World {
    /// Everything that could happen, as far as the setting allows it.
    pub fn actions(&self) -> Vec<Action> {
        let busy = self.flights.len() >= self.setting.errands;
        let kinds = self.setting.kinds.iter().map(|(kind, _)| *kind);
        kinds.filter(|kind| !busy || kind.is_of_errands()).flat_map(|kind| self.actions_of(kind)).collect()
    }

    /// Everything of one kind that could happen and would not be refused for a plain reason.
    pub(super) fn actions_of(&self, kind: Kind) -> Vec<Action> {
        let agents = || 0..self.setting.agents.len();
        match kind {
            Kind::Write => self.requesters(|world, it| world.may_write(it), Action::Write),
            Kind::Leave => self.requesters(|world, it| world.active(it).is_some(), Action::Leave),
            Kind::Cancel => self.requesters(|world, it| world.waits(it) == Some(true), Action::Cancel),
            Kind::AskAgain => self.requesters(|world, it| world.waits(it) == Some(false), Action::AskAgain),
            Kind::Answer => self.requesters(Self::is_unanswered, Action::Answer),
            Kind::Hold => {
                let parked = |world: &Self, it| world.lifecycle(it) == Some(Lifecycle::OnHold);
                let busy = |world: &Self, it| world.lifecycle(it) == Some(Lifecycle::WorkInProgress);
                let mut all = self.requesters(busy, Action::Hold);
                all.extend(self.requesters(parked, Action::Resume));
                all
            }
            Kind::Finish => self.requesters(|world, it| world.owner(it).is_some(), Action::Finish),
            Kind::Fire => self.requesters(Self::is_due, Action::Fire),
            Kind::Join => self.pairs(|world, it| world.waits(it).is_some(), agents(), Action::Join),
            Kind::Assign => self.pairs(|world, it| world.waits(it).is_some(), agents(), Action::Assign),
            Kind::ToQueue => {
                let queues = 0..self.setting.queues.len();
                self.pairs(|world, it| world.owner(it).is_some(), queues, Action::ToQueue)
            }
            Kind::Accept => self.offered().map(Action::Accept).collect(),
            Kind::Reject => self.rejects(),
            Kind::Transfer => self.pairs(|world, it| world.owner(it).is_some(), agents(), Action::Transfer),
            Kind::CancelTransfer => self.pending_transfers(),
            Kind::Presence => self.presences(),
            Kind::Tick => self.router.next_due().map(|_| Action::Tick).into_iter().collect(),
            Kind::Pass => PASSES.map(Action::Pass).to_vec(),
            Kind::Pause => vec![Action::Pass(PAUSE)],
            Kind::TakeIn => self.records(),
            Kind::Repeat => (0..self.logs.len()).map(Action::Repeat).collect(),
            Kind::Run => self.under_way(false, Action::Run),
            Kind::Report => self.under_way(true, Action::Report),
            Kind::Lose => self.under_way(true, Action::Lose),
            Kind::Crash => vec![Action::Crash],
            Kind::Tear if self.tear.is_none() => vec![Action::Tear(0), Action::Tear(1)],
            Kind::Tear => Vec::new(),
            Kind::Reconfigure => {
                let others = (0..self.setting.variants.len()).filter(|variant| *variant != self.variant);
                others.map(Action::Reconfigure).collect()
            }
        }
    }

    /// Requesters for whom something holds and in whose partition there is room for another record.
    fn requesters(&self, holds: impl Fn(&Self, usize) -> bool, action: fn(usize) -> Action) -> Vec<Action> {
        let free = |requester: &usize| {
            let log = &self.logs[requester % self.logs.len()];
            log.ahead.len() < self.setting.backlog && holds(self, *requester)
        };
        (0..self.latest.len()).filter(free).map(action).collect()
    }

    /// The same, with somebody or something else.
    fn pairs(
        &self,
        holds: impl Fn(&Self, usize) -> bool,
        others: std::ops::Range<usize>,
        action: fn(usize, usize) -> Action,
    ) -> Vec<Action> {
        let found = self.requesters(holds, Action::Write);
        let mut all = Vec::new();
        for first in found {
            if let Action::Write(requester) = first {
                all.extend(others.clone().map(|other| action(requester, other)));
            }
        }
        all
    }

    fn may_write(&self, requester: usize) -> bool {
        self.latest[requester].is_none() || self.setting.returns || self.active(requester).is_some()
    }

    /// Whether a conversation that nobody has waits for an agent; `None` if somebody has it.
    fn waits(&self, requester: usize) -> Option<bool> {
        let talk = self.conversations.get(&self.active(requester)?)?;
        talk.state.owner.agent().is_none().then_some(talk.state.request.is_some())
    }

    fn lifecycle(&self, requester: usize) -> Option<Lifecycle> {
        let id = self.active(requester)?;
        Some(self.conversations.get(&id)?.state.lifecycle)
    }

    fn is_unanswered(&self, requester: usize) -> bool {
        let talk = self.active(requester).and_then(|id| self.conversations.get(&id));
        talk.is_some_and(|talk| {
            talk.state.owner.agent().is_some() && talk.state.anchors.first_unanswered.is_some()
        })
    }

    fn is_due(&self, requester: usize) -> bool {
        let talk = self.active(requester).and_then(|id| self.conversations.get(&id));
        let first = talk.and_then(|talk| timers(&talk.state).first().copied());
        first.is_some_and(|timer| timer.due <= self.now)
    }

    fn offered(&self) -> impl Iterator<Item = WorkItemId> {
        let items = self.router.state().items.values();
        items.filter(|item| matches!(item.place, Place::Offered(_))).map(|item| item.id)
    }

    fn rejects(&self) -> Vec<Action> {
        let reasons = 0..self.setting.reasons.len();
        let each = |item| reasons.clone().map(move |reason| Action::Reject(item, reason));
        self.offered().flat_map(each).collect()
    }

    fn pending_transfers(&self) -> Vec<Action> {
        let state = self.router.state();
        let pending =
            |requester: &usize| self.active(*requester).is_some_and(|id| state.handover(id).is_some());
        (0..self.latest.len()).filter(pending).map(Action::CancelTransfer).collect()
    }

    fn presences(&self) -> Vec<Action> {
        let mut all = Vec::new();
        for (number, agent) in self.setting.agents.iter().enumerate() {
            let here = self.router.state().agents.get(agent);
            let name = here.map_or(presence_names::OFFLINE, |here| here.presence.as_str());
            let there = here.is_some_and(|here| here.disconnected.is_none());
            let narrow = here.is_some_and(|here| !here.switched_off.is_empty());
            let changes = |stance: &Stance| match stance {
                Stance::Available => name != presence_names::AVAILABLE || narrow || !there,
                Stance::Narrow => name != presence_names::AVAILABLE || !narrow || !there,
                Stance::Away => name != presence_names::AWAY || !there,
                Stance::Offline => name != presence_names::OFFLINE || !there,
                Stance::Gone => there && name != presence_names::OFFLINE,
            };
            let stances = self.setting.stances.iter().copied().filter(changes);
            all.extend(stances.map(|stance| Action::Presence(number, stance)));
        }
        all
    }

    /// One record, or all that there are.
    fn records(&self) -> Vec<Action> {
        let mut all = Vec::new();
        for (partition, log) in self.logs.iter().enumerate() {
            let ahead = log.ahead.len();
            if ahead > 0 {
                all.push(Action::TakeIn(partition, 1));
            }
            if ahead > 1 && self.setting.returns {
                all.push(Action::TakeIn(partition, ahead));
            }
        }
        all
    }

    fn under_way(&self, done: bool, action: fn(usize) -> Action) -> Vec<Action> {
        let flights = self.flights.iter().enumerate().filter(|(_, flight)| flight.taken.is_some() == done);
        flights.map(|(number, _)| action(number)).collect()
    }
}
