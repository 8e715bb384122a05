//! What is under way between the router and the conversations, and what a crash makes of it.

use super::world::World;
use domain::conversation::Command;
use domain::router::{Command as Ask, Errand, ErrandKind, Fact, Router, RouterEvent, State};
use domain::routing::{Routing, WorkItemId};
use std::sync::Arc;

/// An errand that was given: first it is run at its conversation, then the router learns what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Flight {
    pub(super) item: WorkItemId,
    pub(super) errand: Errand,
    /// Whether the conversation took it, once it was run.
    pub(super) taken: Option<bool>,
}

impl World {
    /// Sends off what the router has just given.
    pub(super) fn launch(&mut self, events: &[RouterEvent]) {
        for event in events {
            if let RouterEvent::ErrandGiven { item, errand } = event {
                self.flights.push(Flight { item: *item, errand: errand.clone(), taken: None });
            }
        }
    }

    /// The first step of an errand: the conversation takes it or refuses.
    pub(super) fn run(&mut self, flight: usize) -> Result<(), String> {
        let Some(Flight { item, errand, taken: None }) = self.flights.get(flight).cloned() else {
            return Ok(());
        };
        let id = errand.conversation();
        let waits = self.conversations.get(&id).is_some_and(|talk| talk.state.request.is_some());
        let result = self.order(id, &command(item, &errand));
        if let Errand::Assign { offer, transferred_from, .. } = &errand
            && result.as_ref().is_ok_and(|events| !events.is_empty())
        {
            if !waits && transferred_from.is_none() {
                return Err(format!("LC-5: {errand:?} is taken, and nobody waits"));
            }
            if !self.taken.insert(*offer) {
                return Err(format!("L6: {errand:?} is taken twice"));
            }
        }
        self.flights[flight].taken = Some(result.is_ok());
        Ok(())
    }

    /// The second step: the router learns of it.
    pub(super) fn report(&mut self, flight: usize) -> Result<(), String> {
        let Some(Flight { item, errand, taken: Some(taken) }) = self.flights.get(flight).cloned() else {
            return Ok(());
        };
        self.flights.remove(flight);
        self.decide(&Ask::Ran { item, kind: errand.kind(), taken }).map(drop)
    }

    /// The result is lost on its way, so the errand is run again while the router still has it to do.
    pub(super) fn lose(&mut self, flight: usize) {
        let Some(Flight { item, errand, taken: Some(_) }) = self.flights.get(flight) else { return };
        if self.router.state().errands.get(&(*item, errand.kind())) == Some(errand) {
            self.flights[flight].taken = None;
        } else {
            self.flights.remove(flight);
        }
    }

    /// The router takes in the next records of a partition.
    pub(super) fn take_in(&mut self, partition: usize, records: usize) -> Result<(), String> {
        let log = &mut self.logs[partition];
        let count = records.min(log.ahead.len());
        log.last = log.ahead.drain(..count).collect();
        self.tell(partition)?;
        let known = self.known(partition);
        let backlog = self.setting.backlog;
        let log = &mut self.logs[partition];
        log.passed.extend(log.last.iter().cloned());
        log.passed.retain(|(position, _)| *position > known);
        // So that there is an end to it, a checkpoint tells that the first of them were seen.
        let over = log.passed.len().saturating_sub(backlog);
        log.passed.drain(..over);
        Ok(())
    }

    /// Records that it says it has taken in come again.
    pub(super) fn repeat(&mut self, partition: usize) -> Result<(), String> {
        let last = self.logs[partition].last.last().map(|(position, _)| *position);
        if last.is_none_or(|last| last > self.known(partition)) {
            return Ok(());
        }
        self.tell(partition)?;
        if self.events.iter().any(|event| matches!(event, RouterEvent::TakenIn { .. })) {
            return Err(format!("L6: facts are taken in twice: {:?}", self.events));
        }
        Ok(())
    }

    /// Up to where the router says that it has taken a partition in.
    fn known(&self, partition: usize) -> u64 {
        let partition = u16::try_from(partition).unwrap_or(u16::MAX);
        self.router.state().taken_in.get(&partition).copied().unwrap_or(0)
    }

    fn tell(&mut self, partition: usize) -> Result<(), String> {
        let last = &self.logs[partition].last;
        let Some((position, _)) = last.last() else { return Ok(()) };
        let facts: Vec<Fact> = last.iter().flat_map(|(_, facts)| facts.clone()).collect();
        let partition = u16::try_from(partition).unwrap_or(u16::MAX);
        self.decide(&Ask::TakeIn { partition, position: *position, facts }).map(drop)
    }

    /// The process dies where it stands: what was under way is gone, the router is what its events say (each step has
    /// checked that its state is their fold), and it is given its errands again.
    pub(super) fn crash(&mut self) {
        self.start(self.router.state().clone(), Arc::clone(self.router.routing()));
    }

    /// The process dies while the router's decision is being stored, and only its first part is.
    pub(super) fn tear_at(&mut self, before: State, routing: &Arc<Routing>, stored: &[RouterEvent]) {
        let mut state = before;
        stored.iter().for_each(|event| state.apply(self.now, event));
        let changed = stored.iter().any(|event| matches!(event, RouterEvent::Reconfigured { .. }));
        let routing = if changed { Arc::clone(self.router.routing()) } else { Arc::clone(routing) };
        let variant = self.setting.variants.iter().position(|variant| Arc::ptr_eq(variant, &routing));
        self.variant = variant.unwrap_or(self.variant);
        self.start(state, routing);
    }

    fn start(&mut self, state: State, routing: Arc<Routing>) {
        let again = |((item, _), errand): (&(WorkItemId, ErrandKind), &Errand)| Flight {
            item: *item,
            errand: errand.clone(),
            taken: None,
        };
        self.flights = state.errands.iter().map(again).collect();
        for log in &mut self.logs {
            let again = std::mem::take(&mut log.passed);
            log.ahead = again.into_iter().chain(std::mem::take(&mut log.ahead)).collect();
        }
        self.router = Router::new(state, routing, self.now);
        self.grace = self.setting.grace.map(|grace| self.now.plus(grace));
        self.grace.into_iter().for_each(|until| self.router.hold_closing_until(until));
        (self.looked, self.fresh) = (self.now, true);
    }

    pub(super) fn reconfigure(&mut self, variant: usize) -> Result<(), String> {
        self.variant = variant;
        let routing = Arc::clone(&self.setting.variants[variant]);
        let version = self.router.state().configuration + 1;
        self.decide(&Ask::Reconfigure { version, routing }).map(drop)
    }

    /// Time moves on to whatever the router has to do next.
    pub(super) fn tick(&mut self) -> Result<(), String> {
        if let Some(due) = self.router.next_due() {
            self.now = self.now.max(due);
        }
        self.decide(&Ask::Tick).map(drop)
    }
}

/// Where a decision may be torn for the n-th time: before a step that the router can also take after a start. A large one
/// is stored as several records.
pub(super) fn cut(events: &[RouterEvent], step: usize) -> Option<usize> {
    let places = (1..events.len()).filter(|place| may_part(&events[place - 1], &events[*place]));
    let places: Vec<usize> = places.collect();
    (!places.is_empty()).then(|| places[step % places.len()])
}

fn may_part(before: &RouterEvent, event: &RouterEvent) -> bool {
    let begins = match event {
        RouterEvent::Queued { .. }
        | RouterEvent::Unrouted { .. }
        | RouterEvent::Offered { .. }
        | RouterEvent::OfferEnded { .. }
        | RouterEvent::TargetExceeded { .. }
        | RouterEvent::Ended { .. }
        | RouterEvent::ErrandGiven { errand: Errand::Tell { .. }, .. }
        | RouterEvent::PresenceChanged { .. } => true,
        RouterEvent::Reconfigured { .. }
        | RouterEvent::TakenIn { .. }
        | RouterEvent::ItemCreated { .. }
        | RouterEvent::VariablesLearned { .. }
        | RouterEvent::Accepting { .. }
        | RouterEvent::Accepted { .. }
        | RouterEvent::HoldChanged { .. }
        | RouterEvent::ErrandGiven { .. }
        | RouterEvent::ErrandDone { .. }
        | RouterEvent::AgentSeen { .. } => false,
    };
    // What has just been made has no place yet, and what an errand came to is one with the errand's end.
    let opens = matches!(before, RouterEvent::ItemCreated { .. } | RouterEvent::ErrandDone { .. });
    begins && !opens
}

fn command(item: WorkItemId, errand: &Errand) -> Command {
    match errand.clone() {
        Errand::Assign { conversation: _, agent, offer, transferred_from, greeting } => {
            Command::AssignOffered { agent, offer, transferred_from, greeting }
        }
        Errand::Unassign { conversation: _, agent } => Command::Unassign { agent },
        Errand::EndWait { conversation: _, text } => Command::EndWait { item, text },
        Errand::Refuse { conversation: _, text } => Command::Refuse { item, text },
        Errand::Tell { conversation: _, number, text } => Command::TellWaiting { item, number, text },
    }
}
