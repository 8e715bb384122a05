//! What holds whatever happens, in companies of any kind. The promises themselves are in `story::promises`, which looks at
//! each of them after every command; here is what happens.

mod companies;
mod happenings;

use super::story::{Story, World, at, presence};
use crate::router::{Command, Place, PresenceWhy, Router, RouterEvent, Verdict};
use crate::routing::WorkItemId;
use companies::company;
use happenings::{Happening, happenings};
use proptest::prelude::*;
use std::sync::Arc;

/// Each case is a long story that is looked at from all sides, so a part of the usual number is plenty.
fn fewer() -> ProptestConfig {
    let usual = ProptestConfig::default();
    ProptestConfig { cases: usual.cases.div_ceil(8), ..usual }
}

/// When everything that happens has happened.
const LATER: u32 = 10_000;

/// Everybody comes to work at one moment, while the router does not look.
fn everybody_comes(story: &Story, world: &World) -> Router {
    let mut state = story.router.state().clone();
    for name in world.routing.agents.keys() {
        let come = RouterEvent::PresenceChanged {
            agent: name.clone(),
            state: presence("available"),
            switched_off: Default::default(),
            connected: true,
            why: PresenceWhy::Chosen,
        };
        state.apply(at(LATER), &come);
    }
    Router::new(state, Arc::clone(story.routing()), at(LATER))
}

fn queued(router: &Router) -> Vec<WorkItemId> {
    let items = router.state().items.values();
    items.filter(|item| item.place == Place::Queued).map(|item| item.id).collect()
}

fn happen(story: &mut Story, world: &World, other: &World, happenings: &[Happening]) {
    let mut now = 0;
    for happening in happenings {
        now += happening.pause;
        happening.happen(story, now, [world, other]);
    }
}

proptest! {
    #![proptest_config(fewer())]

    /// R1, R2, R3, L4, T1, AR-13: with errands that are run at once.
    #[test]
    fn the_promises_hold_whatever_happens(
        world in company(),
        other in company(),
        happenings in happenings(),
    ) {
        let mut story = Story::new(&world).carefree();
        happen(&mut story, &world, &other, &happenings);
    }

    /// The same with errands that are run late, in any order, or not at all.
    #[test]
    fn the_promises_hold_however_late_conversations_answer(
        world in company(),
        other in company(),
        happenings in happenings(),
    ) {
        let mut story = Story::new(&world).carefree().by_hand();
        happen(&mut story, &world, &other, &happenings);
    }

    /// WI-3, AR-13: the explanation, the slow ranking and the fast choice are of one opinion, and so it happens.
    #[test]
    fn whoever_is_explained_to_be_first_is_asked(
        world in company(),
        other in company(),
        happenings in happenings(),
    ) {
        let mut story = Story::new(&world).carefree();
        happen(&mut story, &world, &other, &happenings);
        story.row(&format!("{LATER} tick"));
        let now = at(LATER);
        let mut router = everybody_comes(&story, &world);
        for item in queued(&router) {
            let explanation = router.explain(item, now).unwrap();
            let ranking = router.ranking(item, now);
            let candidates = explanation.candidates.iter().filter_map(|candidate| match candidate.verdict {
                Verdict::Candidate { pool, .. } => Some((candidate.agent.clone(), pool)),
                Verdict::Filtered(_) => None,
            });
            prop_assert_eq!(&candidates.collect::<Vec<_>>(), &ranking);
            prop_assert_eq!(explanation.candidates.len(), router.routing().agents.len());
            let choice = router.best_agent(item, now).map(|choice| (choice.agent, choice.pool));
            prop_assert_eq!(choice.as_ref(), ranking.first());
        }
        let before = router.clone();
        let (events, _) = router.decide(&Command::Tick, at(LATER));
        let first = events.iter().find_map(|event| {
            let RouterEvent::Offered { item, offer, .. } = event else { return None };
            Some((*item, offer.agent.clone()))
        });
        if let Some((item, asked)) = first {
            prop_assert_eq!(&before.explain(item, at(LATER)).unwrap().candidates[0].agent, &asked);
        }
    }
}

/// A company has to be able to do what the properties are about, or they would show nothing.
#[test]
fn the_companies_of_the_properties_do_work() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let (mut offered, mut accepted, mut rejected, mut timed_out, mut overflowed, mut handed) =
        (0, 0, 0, 0, 0, 0);
    for _ in 0..20 {
        let mut any = || (company(), company(), happenings()).new_tree(&mut runner).unwrap().current();
        let (world, other, happenings) = any();
        let mut story = Story::new(&world).carefree();
        happen(&mut story, &world, &other, &happenings);
        for item in story.router.state().items.values() {
            offered += item.offers;
            rejected += u32::from(item.rejected);
            timed_out += u32::from(item.timed_out);
            accepted += u32::from(matches!(item.place, Place::Accepted { .. }));
            handed += u32::from(item.previous.is_some());
            overflowed += u32::from(item.ticket.as_ref().is_some_and(|ticket| ticket.entered > ticket.since));
        }
    }
    let counts = [offered, accepted, rejected, timed_out, overflowed, handed];
    assert!(counts.iter().all(|count| *count > 0), "{counts:?}");
}
