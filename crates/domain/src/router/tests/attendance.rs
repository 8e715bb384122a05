//! Section 9: who counts as being there, and what happens to their work when they are not.

use super::story::{Story, World, agent, at, channel, check, group, presence};
use crate::Seconds;
use crate::router::PresenceWhy;

/// PR-1
#[test]
fn only_a_state_that_receives_work_brings_work() {
    let world = World::team("ann")
        .absent("ann")
        .presence("focus", |focus| focus.receives_work = false)
        .presence("backoffice", |_| {})
        .presence("retired", |retired| retired.active = false);
    check(
        &world,
        "0 c1 asks        -> 1 in main
         1 ann away       -> ann away
         2 ann focus      -> ann focus
         3 ann retired    -> ! presence_unknown
         4 ann nowhere    -> ! presence_unknown
         5 zed available  -> ! agent_unknown
         6 ann backoffice -> ann backoffice, 1 to ann",
    );
}

/// PR-1: a state for some channels.
#[test]
fn a_state_can_be_for_some_channels_only() {
    let world = World::team("ann").absent("ann").presence("typing", |typing| {
        typing.channels = Some([channel("messaging")].into());
    });
    check(
        &world,
        "0 c1 m1 ask     -> 1 in main, 2 in inbox
         1 ann typing    -> ann typing, 2 to ann
         1 explain 1     -> ann channel_off
         2 ann available -> ann available, 1 to ann
         3 ann typing    -> ann typing, 1 presence_changed by ann
         3 where 2       -> offered to ann",
    );
}

/// PR-1: a state that is kept to some groups.
#[test]
fn a_state_can_be_kept_to_groups() {
    let world = World::team("ann bob")
        .group("seniors", |_| {})
        .agent("bob", |bob| {
            bob.groups.insert(group("seniors"));
        })
        .presence("mentoring", |mentoring| mentoring.groups = [group("seniors")].into());
    check(
        &world,
        "0 ann mentoring -> ! presence_unknown
         0 bob mentoring -> bob mentoring",
    );
}

/// PR-1: deactivating Available stops all routing; activating it again goes on.
#[test]
fn without_the_available_state_nobody_gets_work() {
    let world = World::team("ann");
    let mut story = Story::new(&world);
    story.tell("0 c1 c2 ask -> 1 in main, 1 to ann, 2 in main, 2 to ann");
    story.tell("1 ann accepts 1 -> 1 with ann");
    let closed = world.clone().presence("available", |state| state.active = false);
    assert_eq!(story.configure(5, &closed), "2 withdrawn by ann");
    story.tell(
        "6 c3 asks -> 3 in main
         7 where 1 -> with ann",
    );
    assert_eq!(story.configure(9, &world), "2 to ann, 3 to ann");
}

/// PR-1: nor does an agent who was switched off, who keeps what they have.
#[test]
fn an_inactive_agent_gets_nothing_new() {
    let world = World::team("ann bob");
    let mut story = Story::new(&world);
    story.tell(
        "0 c1 c2 c3 ask  -> 1 in main, 1 to ann, 2 in main, 2 to bob, 3 in main, 3 to ann
         1 ann accepts 1 -> 1 with ann",
    );
    let without = world.agent("ann", |ann| ann.active = false);
    assert_eq!(story.configure(5, &without), "3 withdrawn by ann, 3 to bob");
    story.tell(
        "6 ann available -> ! agent_unknown
         7 where 1       -> with ann",
    );
}

/// PR-2: both the state and the switch have to be on.
#[test]
fn an_agent_may_switch_channels_off() {
    let world = World::team("ann").presence("fixed", |fixed| fixed.channels_fixed = true);
    check(
        &world,
        "0 c1 m1 ask              -> 1 in main, 1 to ann, 2 in inbox, 2 to ann
         1 ann switches off chat  -> ann available, 1 presence_changed by ann
         1 where 2                -> offered to ann
         2 ann switches off radio -> ! switch_not_allowed
         3 ann away               -> ann away, 2 presence_changed by ann
         4 ann available          -> ann available, 2 to ann
         4 explain 1              -> ann channel_off
         5 ann fixed              -> ann fixed
         6 ann switches off       -> ! switch_not_allowed
         7 ann available          -> ann available
         8 ann switches off       -> ann available, 1 to ann",
    );
}

/// PR-3: whoever's workspace closed stays assignable for a while; coming back in time changes nothing.
#[test]
fn a_closed_workspace_leaves_a_buffer() {
    assert_eq!(crate::routing::RoutingSettings::default().disconnect_buffer, Seconds(300));
    check(
        &World::team("ann"),
        "0   ann lost    -> ann available without workspace
         10  c1 asks     -> 1 in main, 1 to ann
         20  ann lost    -> -
         299 ann back    -> ann available
         400 where 1     -> offered to ann
         500 ann lost    -> ann available without workspace
         799 tick        -> -
         800 tick        -> ann offline as disconnected without workspace, 1 connection_lost by ann
         900 tick        -> -",
    );
}

/// PR-3: logging out is immediate, also from a workspace that is gone.
#[test]
fn logging_out_is_immediate() {
    check(
        &World::team("ann bob").absent("bob"),
        "0   c1 c2 ask     -> 1 in main, 1 to ann, 2 in main, 2 to ann
         1   ann accepts 1 -> 1 with ann
         2   ann offline   -> ann offline, 2 presence_changed by ann
         2   where 1       -> with ann
         3   bob available -> bob available, 2 to bob
         999 tick          -> -",
    );
}

/// PR-3: no sign of life; and a state may say that it does not matter.
#[test]
fn an_inactive_agent_goes_offline_unless_the_state_says_otherwise() {
    let world = World::team("ann bob")
        .presence("available", |state| state.inactive_after = Some(Seconds(100)))
        .presence("backoffice", |_| {});
    check(
        &world,
        "0    bob backoffice -> bob backoffice
         0    c1 asks        -> 1 in main, 1 to ann
         24   ann available  -> -
         25   ann available  -> ann seen
         60   ann accepts 1  -> ann seen, 1 with ann
         61   c2 asks        -> 2 in main, 2 to bob
         70   bob rejects 2  -> 2 rejected by bob, 2 to ann
         159  tick           -> -
         160  tick           -> ann offline as inactive, 2 connection_lost by ann
         160  where 1        -> with ann
         369  tick           -> -
         370  tick           -> 2 to bob
         9999 tick           -> -",
    );
}

/// PR-3: a sign of life counts for the state that one is in.
#[test]
fn a_change_of_state_is_a_sign_of_life() {
    let world = World::team("ann").presence("available", |state| state.inactive_after = Some(Seconds(100)));
    check(
        &world,
        "50  ann away      -> ann away
         300 ann available -> ann available
         399 tick          -> -
         400 tick          -> ann offline as inactive",
    );
}

/// PR-4, CAP-8: what was accepted stays, what was offered goes on at once, and the same agent may be asked again.
#[test]
fn leaving_gives_back_offers_and_keeps_what_was_accepted() {
    check(
        &World::team("ann bob"),
        "0 c1 asks       -> 1 in main, 1 to ann
         1 ann accepts 1 -> 1 with ann
         2 c2 asks       -> 2 in main, 2 to bob
         3 bob away      -> bob away, 2 presence_changed by bob, 2 to ann
         4 ann away      -> ann away, 2 presence_changed by ann
         5 bob available -> bob available, 2 to bob
         6 bob away      -> bob away, 2 presence_changed by bob
         7 ann available -> ann available, 2 to ann
         7 where 1       -> with ann
         8 c1 closes     -> 1 completed",
    );
}

/// PR-5
#[test]
fn every_change_of_presence_is_an_event_with_its_time_and_cause() {
    let mut story = Story::new(&World::team("ann"));
    let change = |why| {
        let who = agent("ann");
        let (state, connected) = (presence("away"), true);
        crate::router::RouterEvent::PresenceChanged {
            agent: who,
            state,
            switched_off: Default::default(),
            connected,
            why,
        }
    };
    let set = crate::router::Command::SetPresence {
        agent: agent("ann"),
        state: presence("away"),
        switched_off: None,
        connected: true,
    };
    assert_eq!(story.give(&set, at(7)), (vec![change(PresenceWhy::Chosen)], Ok(())));
    assert_eq!(story.give(&set, at(8)), (vec![], Ok(())), "it is away already");
    let figures = story.router.agent_figures(&agent("ann")).unwrap();
    assert_eq!(
        (figures.presence, figures.since, figures.connected),
        (Some(presence("away")), Some(at(7)), true)
    );
}

/// KPI-11: who is known, and who is not.
#[test]
fn figures_are_there_for_whoever_is_on_the_roster_or_was_ever_here() {
    let mut story = Story::new(&World::team("ann bob").absent("bob"));
    let figures = |story: &Story, who: &str| story.router.agent_figures(&agent(who));
    assert_eq!(figures(&story, "zed"), None);
    let bob = figures(&story, "bob").unwrap();
    assert_eq!((bob.presence, bob.since), (None, None));
    assert!(bob.channels.values().all(|channel| !channel.on));
    story.row("1 c1 joined by zed");
    let zed = figures(&story, "zed").unwrap();
    assert_eq!(zed.presence, Some(presence("offline")), "who joined by hand was not at work");
}
