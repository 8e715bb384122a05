//! What may happen, in any order. What it is about is chosen when it happens, so that it mostly concerns something.

use super::super::story::{Story, World, at};
use super::companies::NAMES;
use crate::router::{Errand, Place, WorkItem};
use crate::routing::WorkItemId;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// One thing, and how long after the one before.
#[derive(Clone, Debug)]
pub(super) struct Happening {
    pub(super) pause: u32,
    what: What,
}

#[derive(Clone, Debug)]
enum What {
    /// A conversation does something that needs no agent.
    Says(&'static str, &'static str),
    /// An agent does something for themselves.
    Attends(&'static str, &'static str),
    /// Whoever was asked answers.
    Answers(Index, &'static str),
    /// Somebody answers what is not theirs, perhaps.
    Meddles(&'static str, Index, &'static str),
    /// An agent's conversation goes elsewhere; `{}` is the owner.
    Moves(Index, &'static str),
    /// Somebody joins by hand.
    Joins(&'static str, &'static str),
    /// An errand is run, or refused.
    Runs(Index, bool),
    /// Goes by this or the other configuration.
    Configures(bool),
    Crashes,
    /// Time passes, with or without a look at what is due.
    Ticks,
    Wakes,
}

pub(super) fn happenings() -> impl Strategy<Value = Vec<Happening>> {
    let pause = prop_oneof![3 => Just(0_u32), 3 => 1..10_u32, 1 => 10..100_u32];
    vec((pause, what()).prop_map(|(pause, what)| Happening { pause, what }), 1..70)
}

fn what() -> impl Strategy<Value = What> {
    let conversation = || select(vec!["c1", "c2", "c3", "c4", "c5", "m1", "m2", "m3"]);
    let who = || select(NAMES[..4].to_vec());
    let asks = select(vec![
        "asks",
        "asks",
        "asks side=1",
        "asks big=1",
        "asks who=bob,cid",
        "asks tier=2 rank=1",
        "asks tier=1",
        "asks mandatory_skills=tax:1",
        "asks big=1 side=1 optional_skills=law:3",
    ]);
    let says = select(vec!["writes", "writes side=1", "cancels", "closes", "closes", "held", "resumed"]);
    let states = select(vec![
        "available",
        "available",
        "available",
        "away",
        "offline",
        "backoffice",
        "lost",
        "back",
        "switches off chat",
        "switches off",
    ]);
    let answers = select(vec!["accepts", "accepts", "accepts", "rejects", "rejects", "busy"]);
    let moves = select(vec![
        "handed by {} to side",
        "handed by {} to inbox",
        "taken off {}",
        "transfers to bob",
        "transfers to ann",
        "keeps",
        "reassigned off {}",
    ]);
    prop_oneof![
        8 => (conversation(), asks).prop_map(|(name, said)| What::Says(name, said)),
        5 => (conversation(), says).prop_map(|(name, said)| What::Says(name, said)),
        5 => (who(), states).prop_map(|(who, does)| What::Attends(who, does)),
        7 => (any::<Index>(), answers).prop_map(|(which, answer)| What::Answers(which, answer)),
        1 => (who(), any::<Index>(), select(vec!["accepts", "rejects"]))
            .prop_map(|(who, which, answer)| What::Meddles(who, which, answer)),
        4 => (any::<Index>(), moves).prop_map(|(which, way)| What::Moves(which, way)),
        1 => (conversation(), who()).prop_map(|(name, who)| What::Joins(name, who)),
        4 => (any::<Index>(), prop::bool::weighted(0.8)).prop_map(|(which, taken)| What::Runs(which, taken)),
        1 => any::<bool>().prop_map(What::Configures),
        1 => Just(What::Crashes),
        2 => Just(What::Ticks),
        1 => Just(What::Wakes),
    ]
}

impl Happening {
    pub(super) fn happen(&self, story: &mut Story, now: u32, worlds: [&World; 2]) {
        let row = match &self.what {
            What::Says(name, said) => format!("{name} {said}"),
            What::Attends(who, does) => {
                let known = story.router.state().agents.keys().any(|agent| agent.as_str() == *who);
                if !known {
                    return;
                }
                format!("{who} {does}")
            }
            What::Answers(which, answer) => {
                let Some(item) = one(story, which, |item| matches!(item.place, Place::Offered(_))) else {
                    return;
                };
                let who = item.agent().unwrap();
                match *answer {
                    "busy" => format!("{who} rejects {} busy", item.id),
                    answer => format!("{who} {answer} {}", item.id),
                }
            }
            What::Meddles(who, which, answer) => {
                let item = WorkItemId(which.index(12) as u64 + 1);
                format!("{who} {answer} {item}")
            }
            What::Moves(which, way) => {
                let has_owner = |item: &WorkItem| matches!(item.place, Place::Accepted { .. });
                let Some(item) = one(story, which, has_owner) else { return };
                let (name, owner) =
                    (story.name(item.subject.conversation), item.agent().unwrap().to_string());
                match way.split_once(" to ") {
                    Some(("transfers", to)) => format!("{owner} transfers {name} to {to}"),
                    _ if *way == "keeps" => format!("{owner} keeps {name}"),
                    _ => format!("{name} {}", way.replace("{}", &owner)),
                }
            }
            What::Joins(name, who) => format!("{name} joined by {who}"),
            What::Runs(which, taken) => return run(story, now, which, *taken),
            What::Configures(other) => {
                story.configure(now, worlds[usize::from(*other)]);
                return;
            }
            What::Crashes => return story.crash(),
            What::Ticks => "tick".to_owned(),
            What::Wakes => "wake".to_owned(),
        };
        story.row(&format!("{now} {row}"));
    }
}

/// One of the items of which something holds.
fn one(story: &Story, which: &Index, holds: impl Fn(&WorkItem) -> bool) -> Option<WorkItem> {
    let items: Vec<&WorkItem> = story.router.state().items.values().filter(|item| holds(item)).collect();
    (!items.is_empty()).then(|| items[which.index(items.len())].clone())
}

/// Runs one of the errands that wait, if any does.
fn run(story: &mut Story, now: u32, which: &Index, taken: bool) {
    let errands = &story.router.state().errands;
    let waiting: Vec<(WorkItemId, Errand)> =
        errands.iter().map(|((item, _), errand)| (*item, errand.clone())).collect();
    if !waiting.is_empty() {
        let (item, errand) = &waiting[which.index(waiting.len())];
        story.row(&format!("{now} tick"));
        story.run(*item, errand, taken, at(now));
    }
}
