//! The agents of a roster: when they come and go, and what they do about what the router asks of them.

use super::Roster;
use super::chance::Chance;
use super::habits::{Habit, Span};
use domain::channel::{ChannelSettings, Mode};
use domain::router::{Offer, Place, PresenceWhy, RouterEvent, State};
use domain::routing::{OfferId, WorkItemId, presence_names};
use domain::schedule::Schedule;
use domain::{AgentId, ConversationId, Timestamp};
use std::collections::BTreeMap;

/// Something that an agent does at its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    /// Begins a shift.
    Come(AgentId),
    /// Ends a shift, if it ends then.
    Go(AgentId),
    /// Is available again after the router took them for away.
    Return(AgentId),
    /// Accepts an offer.
    Accept(OfferId, AgentId),
    /// Rejects an offer.
    Decline(OfferId, AgentId),
    /// Writes to a requester; with `again`, goes on writing while they work on it.
    Write {
        /// Which item.
        item: WorkItemId,
        /// Who.
        agent: AgentId,
        /// See above.
        again: bool,
    },
    /// Ends a conversation.
    End(WorkItemId, AgentId),
}

struct Person {
    habit: Habit,
    shift: Option<Schedule>,
    at_work: bool,
}

/// All agents, and what they have before them.
pub(super) struct Crew {
    people: BTreeMap<AgentId, Person>,
    /// By time, then in the order in which it was planned.
    agenda: BTreeMap<(Timestamp, u64), Deed>,
    planned: u64,
    chance: Chance,
    /// How often an agent writes to a requester who says nothing, so that the chat is not taken for idle.
    write_every_ms: Option<i64>,
}

impl Crew {
    /// Everybody of a roster, on the way to their first shift.
    pub(super) fn new(roster: &Roster, settings: &ChannelSettings, seed: u64, first: Timestamp) -> Self {
        let reminder_ms = i64::from(settings.idle_chat.reminder_timeout.0) * 1000;
        let write_every_ms = match settings.mode {
            Mode::Chat => Some((reminder_ms / 2).max(1000)),
            Mode::Messaging => None,
        };
        let chance = Chance::new(seed);
        let mut crew =
            Self { people: BTreeMap::new(), agenda: BTreeMap::new(), planned: 0, chance, write_every_ms };
        for (id, agent) in roster.routing.agents.iter().filter(|(_, agent)| agent.active) {
            let shift = agent.shift.as_ref().and_then(|shift| roster.routing.schedules.get(shift)).cloned();
            let comes = shift.as_ref().map_or(Some(first), |shift| shift.opens_at(first));
            crew.people.insert(id.clone(), Person { habit: roster.habits.of(agent), shift, at_work: false });
            if let Some(comes) = comes {
                crew.plan(comes, Deed::Come(id.clone()));
            }
        }
        crew
    }

    /// When somebody does something next. What has lost its reason meanwhile is dropped.
    pub(super) fn next(&mut self, state: &State) -> Option<Timestamp> {
        while let Some(first) = self.agenda.first_entry() {
            let (at, _) = *first.key();
            if stands(first.get(), &self.people, state) {
                return Some(at);
            }
            first.remove();
        }
        None
    }

    /// What is next is being done.
    pub(super) fn take(&mut self) -> Option<Deed> {
        self.agenda.pop_first().map(|(_, deed)| deed)
    }

    /// Who is at work.
    pub(super) fn at_work(&self) -> Vec<AgentId> {
        let at_work = self.people.iter().filter(|(_, person)| person.at_work);
        at_work.map(|(id, _)| id.clone()).collect()
    }

    /// Nobody comes any more, and nobody is at work; what was begun is ended all the same.
    pub(super) fn go_home(&mut self) {
        self.people.values_mut().for_each(|person| person.at_work = false);
        self.agenda.retain(|_, deed| match deed {
            Deed::Come(_) | Deed::Go(_) | Deed::Return(_) => false,
            Deed::Accept(..) | Deed::Decline(..) | Deed::Write { .. } | Deed::End(..) => true,
        });
    }

    /// Whether a shift is over.
    pub(super) fn is_over(&self, agent: &AgentId, now: Timestamp) -> bool {
        let shift = self.people.get(agent).and_then(|person| person.shift.as_ref());
        shift.is_some_and(|shift| !shift.is_open(now))
    }

    /// Plans what follows from what was done.
    pub(super) fn done(&mut self, deed: &Deed, now: Timestamp) {
        match deed {
            Deed::Come(agent) | Deed::Go(agent) => self.shift_changed(agent, now),
            Deed::Write { item, agent, again: true } => {
                if let Some(every_ms) = self.write_every_ms {
                    let again = Deed::Write { item: *item, agent: agent.clone(), again: true };
                    self.plan(Timestamp(now.0 + every_ms), again);
                }
            }
            Deed::Write { again: false, .. }
            | Deed::Return(_)
            | Deed::Accept(..)
            | Deed::Decline(..)
            | Deed::End(..) => {}
        }
    }

    /// Hears of a fact.
    pub(super) fn heard(&mut self, at: Timestamp, event: &RouterEvent) {
        match event {
            RouterEvent::Offered { item, offer, .. } => self.asked(*item, offer, at),
            RouterEvent::Accepted { item, agent, .. } => {
                let Some(habit) = self.habit(agent) else { return };
                self.plan(at, Deed::Write { item: *item, agent: agent.clone(), again: true });
                self.plan_after(at, habit.handle, Deed::End(*item, agent.clone()));
            }
            RouterEvent::PresenceChanged { agent, why, .. } if *why != PresenceWhy::Chosen => {
                let Some(habit) = self.habit(agent) else { return };
                self.plan_after(at, habit.back_after, Deed::Return(agent.clone()));
            }
            RouterEvent::PresenceChanged { .. }
            | RouterEvent::Reconfigured { .. }
            | RouterEvent::TakenIn { .. }
            | RouterEvent::ItemCreated { .. }
            | RouterEvent::VariablesLearned { .. }
            | RouterEvent::Queued { .. }
            | RouterEvent::Unrouted { .. }
            | RouterEvent::OfferEnded { .. }
            | RouterEvent::Accepting { .. }
            | RouterEvent::HoldChanged { .. }
            | RouterEvent::TargetExceeded { .. }
            | RouterEvent::Ended { .. }
            | RouterEvent::ErrandGiven { .. }
            | RouterEvent::ErrandDone { .. }
            | RouterEvent::AgentSeen { .. } => {}
        }
    }

    /// A requester wrote: whoever serves them answers.
    pub(super) fn wrote(&mut self, conversation: ConversationId, state: &State, now: Timestamp) {
        let Some(item) = state.own_item(conversation) else { return };
        let Place::Accepted { agent, .. } = &item.place else { return };
        let Some(habit) = self.habit(agent) else { return };
        let answer = Deed::Write { item: item.id, agent: agent.clone(), again: false };
        self.plan_after(now, habit.accept_after, answer);
    }

    /// What an agent makes of an offer. One that may not be rejected is accepted instead, and so is one that never ends
    /// instead of being ignored.
    fn asked(&mut self, item: WorkItemId, offer: &Offer, at: Timestamp) {
        let Some(habit) = self.habit(&offer.agent) else { return };
        let drawn = self.chance.unit();
        if drawn < habit.ignore && offer.expires.is_some() {
            return;
        }
        let (id, agent) = (OfferId { item, number: offer.number }, offer.agent.clone());
        let declines = (habit.ignore..habit.ignore + habit.decline).contains(&drawn) && offer.reject_allowed;
        let deed = if declines { Deed::Decline(id, agent) } else { Deed::Accept(id, agent) };
        self.plan_after(at, habit.accept_after, deed);
    }

    fn shift_changed(&mut self, agent: &AgentId, now: Timestamp) {
        let Some(person) = self.people.get_mut(agent) else { return };
        let ends = person.shift.as_ref().and_then(|shift| shift.open_until(now));
        let comes = person.shift.as_ref().and_then(|shift| shift.opens_at(now));
        person.at_work = person.shift.is_none() || ends.is_some();
        match (ends, comes) {
            (Some(ends), _) => self.plan(ends, Deed::Go(agent.clone())),
            (None, Some(comes)) => self.plan(comes, Deed::Come(agent.clone())),
            (None, None) => {}
        }
    }

    fn habit(&self, agent: &AgentId) -> Option<Habit> {
        self.people.get(agent).map(|person| person.habit)
    }

    fn plan_after(&mut self, now: Timestamp, span: Span, deed: Deed) {
        let after_ms = self.chance.span_ms(span);
        self.plan(Timestamp(now.0 + after_ms), deed);
    }

    fn plan(&mut self, at: Timestamp, deed: Deed) {
        self.planned += 1;
        self.agenda.insert((at, self.planned), deed);
    }
}

/// Whether there is still a reason for something that was planned.
fn stands(deed: &Deed, people: &BTreeMap<AgentId, Person>, state: &State) -> bool {
    let place = |item: &WorkItemId| state.items.get(item).map(|item| &item.place);
    match deed {
        Deed::Come(_) | Deed::Go(_) => true,
        Deed::Return(agent) => {
            let at_work = people.get(agent).is_some_and(|person| person.at_work);
            let presence = state.agents.get(agent).map(|here| here.presence.as_str());
            at_work && presence != Some(presence_names::AVAILABLE)
        }
        Deed::Accept(id, agent) | Deed::Decline(id, agent) => {
            let pending = |offer: &Offer| offer.agent == *agent && offer.number == id.number;
            matches!(place(&id.item), Some(Place::Offered(offer)) if pending(offer))
        }
        Deed::Write { item, agent, .. } | Deed::End(item, agent) => {
            matches!(place(item), Some(Place::Accepted { agent: owner, .. }) if owner == agent)
        }
    }
}
