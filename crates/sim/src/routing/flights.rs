//! What is under way between the router and the conversations, and what a crash makes of it.

use super::world::World;
use domain::conversation::Command;
use domain::router::{Command as Ask, Errand, ErrandKind, Fact, Router, RouterEvent};
use domain::routing::WorkItemId;
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
        self.tell(partition)
    }

    /// Records that it has taken in come again, as they do when a reader does not know how far it had come.
    pub(super) fn repeat(&mut self, partition: usize) -> Result<(), String> {
        self.tell(partition)?;
        if self.events.iter().any(|event| matches!(event, RouterEvent::TakenIn { .. })) {
            return Err(format!("L6: facts are taken in twice: {:?}", self.events));
        }
        Ok(())
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
        let state = self.router.state().clone();
        let again = |((item, _), errand): (&(WorkItemId, ErrandKind), &Errand)| Flight {
            item: *item,
            errand: errand.clone(),
            taken: None,
        };
        self.flights = state.errands.iter().map(again).collect();
        self.router = Router::new(state, Arc::clone(self.router.routing()), self.now);
        self.decided = None;
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
