//! A story is a table of what happens to the router, a row for each input: `seconds input -> what follows`.
//!
//! Inputs are what conversations do (`c1 asks topic=billing`, `c1 closes`; those named `c` are chats, those named `m`
//! messaging), what agents do (`ann away`, `ann accepts 1`, `ann rejects 1 busy`) and `tick`; then there are questions
//! such as `where 1` and `load ann`. What follows are the facts, `-` for none, with `! code` for a refusal at their end.
//!
//! The story plays the conversations' side: what the router wants done to one is done at once, unless the story says
//! `by_hand`. It plays the clock too, and fails if something happens at a time that no row tells of. After every command
//! it looks whether the router's promises hold, see `promises`.

mod input;
mod promises;
mod show;
mod world;

pub(super) use world::*;

use super::super::{Command, Errand, Fact, Refusal, Router, RouterEvent, State, UnassignedWhy, What};
use crate::routing::{Routing, WorkItemId};
use crate::{ConversationId, Seconds, Timestamp};
use input::Cast;
use std::sync::Arc;

/// Tells a story and compares what follows with what the table says.
pub(super) fn check(world: &World, table: &str) {
    Story::new(world).tell(table);
}

/// A point of the story's time.
pub(super) const fn at(seconds: u32) -> Timestamp {
    Timestamp(0).plus(Seconds(seconds))
}

/// The router, and all that happened to it.
pub(super) struct Story {
    pub(super) router: Router,
    /// Every event, folded by itself.
    folded: State,
    /// Everybody who was ever in the story.
    cast: Cast,
    now: Timestamp,
    /// The last fact that was told.
    position: u64,
    /// Whether errands wait for the story to run them.
    by_hand: bool,
    /// Whether things may happen of which no row tells.
    carefree: bool,
    /// The router that did not crash when the other one did.
    twin: Option<Router>,
}

impl Story {
    /// The story's beginning: the router is told its configuration, and everybody who is present comes to work.
    pub(super) fn new(world: &World) -> Self {
        let mut story = Self::asleep();
        story.configure(0, world);
        for agent in &world.present {
            story.row(&format!("0 {agent} available"));
        }
        story
    }

    /// A router that has never been configured.
    pub(super) fn asleep() -> Self {
        Self {
            router: Router::new(State::default(), Arc::default(), at(0)),
            folded: State::default(),
            cast: Cast::default(),
            now: at(0),
            position: 0,
            by_hand: false,
            carefree: false,
            twin: None,
        }
    }

    /// From now on errands are run by rows such as `run 1 assign` and `refuse 1 assign`.
    pub(super) fn by_hand(mut self) -> Self {
        self.by_hand = true;
        self
    }

    /// From now on nobody minds what happens by itself between two rows.
    pub(super) fn carefree(mut self) -> Self {
        self.carefree = true;
        self
    }

    /// Compares whole tables, so that a failure shows where the story took another turn.
    pub(super) fn tell(&mut self, table: &str) {
        let rows: Vec<(&str, &str)> = table
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .map(|line| line.split_once("->").unwrap_or_else(|| panic!("a row needs an arrow: {line}")))
            .map(|(given, then)| (given.trim(), then.trim()))
            .collect();
        assert!(!rows.is_empty(), "a story without rows shows nothing");
        let row = |(given, then): (&str, &str)| {
            let words: Vec<&str> = given.split_whitespace().collect();
            format!("{} -> {then}", words.join(" "))
        };
        let told: Vec<String> = rows.iter().map(|(given, _)| row((given, &self.row(given)))).collect();
        let expected: Vec<String> = rows.iter().copied().map(row).collect();
        assert!(told == expected, "\ntold:\n{}\nexpected:\n{}\n", told.join("\n"), expected.join("\n"));
    }

    /// Goes by another configuration; what follows.
    pub(super) fn configure(&mut self, seconds: u32, world: &World) -> String {
        self.cast.meet(&world.routing);
        let version = self.folded.configuration + 1;
        let command = Command::Reconfigure { version, routing: world.build() };
        self.pass_time(at(seconds));
        let (events, result) = self.give(&command, at(seconds));
        show::answer(&self.cast, &events, result, self.by_hand)
    }

    /// Goes on after a crash, with a router that is made from what it had written. The one before goes on as well, to see
    /// whether it would have decided the same.
    pub(super) fn crash(&mut self) {
        let after = Router::new(self.folded.clone(), Arc::clone(self.routing()), self.now);
        self.twin = Some(std::mem::replace(&mut self.router, after));
    }

    /// What follows from the input of a row, or the answer to its question.
    pub(super) fn row(&mut self, row: &str) -> String {
        let words: Vec<&str> = row.split_whitespace().collect();
        let (seconds, words) = words.split_first().unwrap_or_else(|| panic!("an empty row"));
        let now = at(seconds.parse().unwrap_or_else(|_| panic!("a row begins with its second: {row}")));
        if let Some(answer) = show::question(&self.router, &self.cast, words, now) {
            return answer;
        }
        // Whoever wakes late has not ticked meanwhile.
        if *words != ["wake"] {
            self.pass_time(now);
        }
        let command = self.command(words, now);
        let (events, result) = self.give(&command, now);
        show::answer(&self.cast, &events, result, self.by_hand)
    }

    /// Gives a command, and does to the conversations what follows from it.
    pub(super) fn give(
        &mut self,
        command: &Command,
        now: Timestamp,
    ) -> (Vec<RouterEvent>, Result<(), Refusal>) {
        let (mut events, result) = self.decide(command, now);
        let mut seen = 0;
        while let Some(event) = events.get(seen).cloned() {
            seen += 1;
            if let RouterEvent::ErrandGiven { item, errand } = event
                && !self.by_hand
            {
                events.extend(self.run(item, &errand, true, now));
            }
        }
        (events, result)
    }

    /// Runs an errand, tells the router so, and tells it what the conversation did.
    pub(super) fn run(
        &mut self,
        item: WorkItemId,
        errand: &Errand,
        taken: bool,
        now: Timestamp,
    ) -> Vec<RouterEvent> {
        let (mut events, result) = self.decide(&Command::Ran { item, kind: errand.kind(), taken }, now);
        assert_eq!(result, Ok(()));
        let conversation = errand.conversation();
        for what in self.done(errand).into_iter().filter(|_| taken) {
            let fact = self.fact(conversation, what, now);
            events.extend(self.decide(&fact, now).0);
        }
        events
    }

    /// What a conversation does when an errand is run.
    fn done(&self, errand: &Errand) -> Option<What> {
        let subject = Box::new(self.cast.subject(errand.conversation()).clone());
        match errand {
            Errand::Assign { agent, offer, .. } => {
                Some(What::Assigned { agent: agent.clone(), offer: Some(*offer), subject })
            }
            Errand::Unassign { agent, .. } => Some(What::Unassigned {
                agent: agent.clone(),
                why: UnassignedWhy::Reassigned,
                subject,
                variables: Default::default(),
            }),
            Errand::EndWait { .. } => match subject.mode {
                crate::channel::Mode::Chat => Some(What::Closed),
                crate::channel::Mode::Messaging => Some(What::WaitEnded),
            },
            Errand::Refuse { .. } => Some(What::Closed),
            Errand::Tell { .. } => None,
        }
    }

    /// Tells the router what a conversation did.
    fn fact(&mut self, conversation: ConversationId, what: What, at: Timestamp) -> Command {
        self.facts(vec![Fact { conversation, at, what }])
    }

    fn facts(&mut self, facts: Vec<Fact>) -> Command {
        self.position += 1;
        Command::TakeIn { partition: 0, position: self.position, facts }
    }

    /// Decides one command and looks whether the promises hold.
    fn decide(&mut self, command: &Command, now: Timestamp) -> (Vec<RouterEvent>, Result<(), Refusal>) {
        assert!(now >= self.now, "time goes on");
        self.now = now;
        let late = self.router.next_due().is_some_and(|due| due < now);
        let routing = Arc::clone(self.router.routing());
        let (events, result) = self.router.decide(command, now);
        if let Some(mut twin) = self.twin.take() {
            let (same, same_result) = twin.decide(command, now);
            let sorted = |events: &[RouterEvent]| {
                let mut told: Vec<String> = events.iter().map(|event| format!("{event:?}")).collect();
                told.sort_unstable();
                told
            };
            assert_eq!(
                (sorted(&same), same_result),
                (sorted(&events), result),
                "L4: a crash changes no decision"
            );
            // What is decided at one moment may come in another order, by which the circles of AR-5 go on differently.
            self.twin = (same == events).then_some(twin);
        }
        let before = promises::Before { folded: &mut self.folded, routing, late };
        promises::check(before, &self.router, &events, now);
        (events, result)
    }

    /// Ticks whenever the router wants to be asked, until just before a point of time.
    fn pass_time(&mut self, until: Timestamp) {
        while let Some(due) = self.router.next_due().filter(|due| *due < until) {
            let (events, _) = self.give(&Command::Tick, due);
            let told = show::answer(&self.cast, &events, Ok(()), self.by_hand);
            let known = self.carefree || told == "-";
            assert!(known, "at {} something happens that no row tells: {told}", due.0 / 1000);
        }
    }

    pub(super) fn routing(&self) -> &Arc<Routing> {
        self.router.routing()
    }

    /// The name of a conversation.
    pub(super) fn name(&self, conversation: ConversationId) -> String {
        self.cast.name(conversation).to_owned()
    }
}
