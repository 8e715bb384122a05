//! A world: the router and the conversations as they are in production, and between them what is under way: facts that
//! the router has not taken in, errands that were not run, and results that it has not heard of.

use super::action::Action;
use super::flights::{Flight, cut};
use super::setting::{PARTITIONS, Setting};
use super::witness::{Witness, rows};
use domain::channel::ChannelKind;
use domain::conversation::{self, Context, Conversation, ConversationEvent};
use domain::notice::Texts;
use domain::router::{Command, Fact, Refusal, Router, RouterEvent, State};
use domain::routing::OfferId;
use domain::{AttachmentRules, ConversationId, Rejection, Timestamp};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

/// When every world begins.
const BEGINNING: Timestamp = Timestamp(1_700_000_000_000);

/// See above.
#[derive(Clone, Debug)]
pub struct World {
    pub(super) setting: Arc<Setting>,
    pub(super) now: Timestamp,
    pub(super) router: Router,
    /// Which configuration is in force.
    pub(super) variant: usize,
    /// Each requester's latest conversation.
    pub(super) latest: Vec<Option<ConversationId>>,
    pub(super) conversations: BTreeMap<ConversationId, Talk>,
    pub(super) logs: Vec<Log>,
    pub(super) flights: Vec<Flight>,
    /// The offers that conversations took, as long as anybody may still ask for one of them.
    pub(super) taken: BTreeSet<OfferId>,
    /// When the router last decided anything, or was started.
    pub(super) looked: Timestamp,
    /// Whether it has not decided anything since.
    pub(super) fresh: bool,
    /// Whether, and where, what it decides next is torn.
    pub(super) tear: Option<usize>,
    /// Until when nobody is given up after the last crash (`T3`).
    pub(super) grace: Option<Timestamp>,
    /// What it decided last.
    pub(super) events: Vec<RouterEvent>,
    pub(super) opened: u64,
    pub(super) said: u128,
}

/// A conversation, and whose.
#[derive(Clone, Debug)]
pub(super) struct Talk {
    pub(super) requester: usize,
    pub(super) state: Conversation,
}

/// What a partition has for the router.
#[derive(Clone, Debug, Default)]
pub(super) struct Log {
    /// The position of the last record.
    pub(super) end: u64,
    /// Records that the router has not taken in.
    pub(super) ahead: VecDeque<(u64, Vec<Fact>)>,
    /// Records that it took in and of which it says nothing, because they led to nothing. After a crash they come again.
    pub(super) passed: VecDeque<(u64, Vec<Fact>)>,
    /// What it took in last.
    pub(super) last: Vec<(u64, Vec<Fact>)>,
}

impl World {
    /// A world in which nothing has happened yet: its agents are available.
    ///
    /// # Errors
    /// A rule that does not hold; likewise below.
    pub fn new(setting: Arc<Setting>) -> Result<Self, String> {
        let routing = Arc::clone(&setting.variants[0]);
        let mut world = Self {
            now: BEGINNING,
            router: Router::new(State::default(), Arc::clone(&routing), BEGINNING),
            variant: 0,
            latest: vec![None; setting.requesters.len()],
            conversations: BTreeMap::new(),
            logs: vec![Log::default(); PARTITIONS],
            flights: Vec::new(),
            taken: BTreeSet::new(),
            looked: BEGINNING,
            fresh: true,
            tear: None,
            grace: None,
            events: Vec::new(),
            opened: 0,
            said: 0,
            setting,
        };
        world
            .decide(&Command::Reconfigure { version: 1, routing })?
            .map_err(|refusal| refusal.to_string())?;
        for agent in 0..world.setting.agents.len() {
            world.perform(Action::Presence(agent, super::Stance::Available))?;
        }
        Ok(world)
    }

    /// Lets something happen. Whether rules hold along the way is looked at here, and of the world that comes of it by
    /// [`check`](Self::check).
    ///
    /// # Errors
    /// See [`new`](Self::new).
    pub fn perform(&mut self, action: Action) -> Result<(), String> {
        self.events.clear();
        match action {
            Action::Write(requester) => self.write(requester),
            Action::Leave(requester) => self.leave(requester),
            Action::Cancel(requester) => self.cancel(requester),
            Action::AskAgain(requester) => self.ask_again(requester),
            Action::Answer(requester) => self.answer(requester),
            Action::Hold(requester) => self.hold(requester),
            Action::Resume(requester) => self.resume(requester),
            Action::Finish(requester) => self.finish(requester),
            Action::Join(requester, agent) => self.join(requester, agent),
            Action::Assign(requester, agent) => self.assign(requester, agent),
            Action::ToQueue(requester, queue) => self.hand_to_queue(requester, queue),
            Action::Fire(requester) => self.fire(requester),
            Action::Transfer(requester, agent) => self.transfer(requester, agent)?,
            Action::CancelTransfer(requester) => self.cancel_transfer(requester)?,
            Action::Accept(item) => self.accept(item)?,
            Action::Reject(item, reason) => self.reject(item, reason)?,
            Action::Presence(agent, stance) => self.set_presence(agent, stance)?,
            Action::Tick => self.tick()?,
            Action::Pass(seconds) => self.now = self.now.plus(domain::Seconds(seconds)),
            Action::TakeIn(partition, records) => self.take_in(partition, records)?,
            Action::Repeat(partition) => self.repeat(partition)?,
            Action::Run(flight) => self.run(flight)?,
            Action::Report(flight) => self.report(flight)?,
            Action::Lose(flight) => self.lose(flight),
            Action::Crash => self.crash(),
            Action::Tear(step) => self.tear = Some(step),
            Action::Reconfigure(variant) => self.reconfigure(variant)?,
        }
        Ok(())
    }

    /// Asks the router for something, and looks at everything that comes of it.
    pub(super) fn decide(&mut self, command: &Command) -> Result<Result<(), Refusal>, String> {
        let before = self.router.state().clone();
        let routing = Arc::clone(self.router.routing());
        let late = self.router.next_due().is_some_and(|due| due < self.now);
        // Where several things are overdue, a router that has just been started does not know which came first.
        let known = !late && self.grace.is_none_or(|until| until < self.looked);
        let rebuilt = known.then(|| Router::new(before.clone(), Arc::clone(&routing), self.looked));
        let (events, answer) = self.router.decide(command, self.now);
        if let Some(mut rebuilt) = rebuilt {
            let (again, other) = rebuilt.decide(command, self.now);
            if other != answer || !are_alike(&again, &events) {
                return Err(format!("L4: {command:?} gives {events:?}, after a restart {again:?}"));
            }
        }
        let witness = Witness {
            state: before.clone(),
            routing: Arc::clone(&routing),
            now: self.now,
            taken: &self.taken,
            follows: matches!(command, Command::TakeIn { .. }),
            late,
        };
        witness.see_all(&events, &self.router)?;
        let touched = self.router.take_touched();
        rows(&before, self.router.state(), &touched)?;
        let parted = !matches!(command, Command::TakeIn { .. });
        let cut = self.tear.filter(|_| parted).and_then(|step| cut(&events, step));
        if let Some(cut) = cut {
            self.tear = None;
            self.tear_at(before, &routing, &events[..cut]);
            return Ok(answer);
        }
        (self.looked, self.fresh) = (self.now, false);
        self.launch(&events);
        self.events = events;
        self.forget();
        Ok(answer)
    }

    /// Asks a conversation for something.
    pub(super) fn order(
        &mut self,
        id: ConversationId,
        command: &conversation::Command,
    ) -> Result<Vec<ConversationEvent>, Rejection> {
        let setting = Arc::clone(&self.setting);
        let context = Context {
            now: self.now,
            messages: &setting.messages,
            texts: &Texts::default(),
            kind: None,
            attachments: AttachmentRules::defaults(ChannelKind::Own),
        };
        let state = self.conversations.get(&id).map(|talk| &talk.state);
        let events = conversation::decide(state, command, context)?;
        self.commit(id, &events);
        Ok(events)
    }

    /// Stores what a conversation decided as one record.
    fn commit(&mut self, id: ConversationId, events: &[ConversationEvent]) {
        let mut state = self.conversations.get(&id).map(|talk| talk.state.clone());
        let mut facts = Vec::new();
        for event in events {
            state = conversation::evolve(state, self.now, event);
            if let Some(state) = &state {
                facts.extend(self.fact(id, state, event, events));
            }
        }
        let Some(state) = state.filter(|_| !events.is_empty()) else { return };
        let requester = self.latest.iter().position(|latest| *latest == Some(id));
        let known = self.conversations.get(&id).map(|talk| talk.requester);
        if let Some(requester) = known.or(requester) {
            self.conversations.insert(id, Talk { requester, state });
        }
        let log = &mut self.logs[usize::from(id.partition())];
        log.end += 1;
        if !facts.is_empty() {
            log.ahead.push_back((log.end, facts));
        }
    }

    /// Drops what nothing can come of any more, so that worlds do not grow.
    fn forget(&mut self) {
        let state = self.router.state();
        let flights = &self.flights;
        self.taken.retain(|offer| {
            state.items.contains_key(&offer.item) || flights.iter().any(|flight| flight.item == offer.item)
        });
        if self.setting.returns {
            let latest = &self.latest;
            let logs = &self.logs;
            let ahead = |id: &ConversationId| {
                let facts = logs.iter().flat_map(|log| &log.ahead).flat_map(|(_, facts)| facts);
                facts.into_iter().any(|fact| fact.conversation == *id)
            };
            self.conversations.retain(|id, talk| {
                !talk.state.is_closed()
                    || latest.contains(&Some(*id))
                    || state.conversations.contains_key(id)
                    || flights.iter().any(|flight| flight.errand.conversation() == *id)
                    || ahead(id)
            });
        }
    }
}

/// Whether two answers to one command are the same, in whichever order. Where several agents are asked at one moment, it
/// is not said who comes first, and who comes first may decide who is asked for what.
fn are_alike(one: &[RouterEvent], other: &[RouterEvent]) -> bool {
    let offers = |events: &[RouterEvent]| {
        events.iter().filter(|event| matches!(event, RouterEvent::Offered { .. })).count()
    };
    let sorted = |events: &[RouterEvent]| {
        let mut all: Vec<String> = events.iter().map(|event| format!("{event:?}")).collect();
        all.sort();
        all
    };
    one == other || (offers(one) > 1 && offers(one) == offers(other)) || sorted(one) == sorted(other)
}
