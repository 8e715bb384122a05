//! Goes through small worlds of routing in every order in which anything can happen in them, with crashes: the decisions
//! of production, the router's and the conversations', keep R1 to R3, C2 and C3 in every world that is reached.

use sim::routing::{Setting, explore};
use std::sync::Arc;

/// How many worlds of each setting are looked at; a small setting has fewer.
const STATES_MAX: usize = 40_000;

#[expect(clippy::print_stdout, reason = "how much was covered is part of what the test says")]
fn check(name: &str, setting: Setting) {
    let coverage = explore(&Arc::new(setting), STATES_MAX).unwrap_or_else(|found| panic!("{name}: {found}"));
    println!(
        "{name}: {} worlds, {} steps, {} actions deep, {}",
        coverage.states,
        coverage.steps,
        coverage.depth,
        if coverage.exhaustive { "all there are" } else { "not all" },
    );
    assert!(coverage.settled > 1 && coverage.steps > coverage.states, "{coverage:?}");
}

/// R1-R3, C3
#[test]
fn one_conversation_keeps_the_rules_in_every_order() {
    check("one conversation", Setting::one_conversation());
}

/// PR-4, AR-9
#[test]
fn agents_who_come_and_go_keep_the_rules_in_every_order() {
    check("coming and going", Setting::coming_and_going());
}

///
#[test]
fn waits_that_are_given_up_keep_the_rules_in_every_order() {
    check("giving up", Setting::giving_up());
}

/// R1, WI-12
#[test]
fn one_agent_with_two_conversations_keeps_the_rules_in_every_order() {
    check("one agent", Setting::one_agent());
}

/// TR-1, TR-2
#[test]
fn two_agents_with_two_conversations_keep_the_rules_in_every_order() {
    check("two agents", Setting::two_agents());
}

/// R1-R3, C2, C3
#[test]
fn three_agents_with_three_conversations_keep_the_rules_as_far_as_can_be_seen() {
    check("everything", Setting::everything());
}
