//! Goes through small worlds of routing in every order in which anything can happen in them, with crashes: the decisions
//! of production, the router's and the conversations', keep R1 to R3, C2 and C3 in every world that is reached.

use sim::routing::{Coverage, Setting, explore};
use std::sync::Arc;

/// More than any of the settings has of which all is seen.
const ALL: usize = 250_000;
/// How many worlds are looked at of a setting that has far more. `COLLOQUY_ROUTING_STATES` sets another number.
const MANY: usize = 40_000;

#[expect(clippy::print_stdout, reason = "how much was covered is part of what the test says")]
fn check(name: &str, setting: Setting, most: usize) -> Coverage {
    let coverage = explore(&Arc::new(setting), most).unwrap_or_else(|found| panic!("{name}: {found}"));
    println!(
        "{name}: {} worlds, {} steps, {} actions deep, {}",
        coverage.states,
        coverage.steps,
        coverage.depth,
        if coverage.exhaustive { "all there are" } else { "not all" },
    );
    assert!(coverage.settled > 1 && coverage.steps > coverage.states, "{coverage:?}");
    coverage
}

/// Every world that the setting leads to.
fn check_all(name: &str, setting: Setting) {
    let coverage = check(name, setting, ALL);
    assert!(coverage.exhaustive, "{name} has grown: {coverage:?}");
}

/// The nearest ones.
fn check_many(name: &str, setting: Setting) {
    let most = std::env::var("COLLOQUY_ROUTING_STATES").ok().and_then(|text| text.parse().ok());
    check(name, setting, most.unwrap_or(MANY));
}

/// R1-R3, C2, C3, LC-5: an accept, step by step, against everything that can come between.
#[test]
fn one_conversation_keeps_the_rules_in_every_order() {
    check_all("one conversation", Setting::one_conversation());
}

/// RE-2, RE-5, PR-3
#[test]
fn a_conversation_whose_agents_leave_keeps_the_rules_in_every_order() {
    check_all("reassigning", Setting::reassigning());
}

/// QT-1, VA-6
#[test]
fn a_wait_in_vain_keeps_the_rules_in_every_order() {
    check_all("in vain", Setting::in_vain());
}

/// R1, R3, Q-12
#[test]
fn one_agent_with_two_conversations_keeps_the_rules_in_every_order() {
    check_all("one agent", Setting::one_agent());
}

/// PR-4, AR-9, LC-6, L4: also where a decision is stored in part.
#[test]
fn agents_who_come_and_go_keep_the_rules_as_far_as_can_be_seen() {
    check_many("coming and going", Setting::coming_and_going());
}

/// L4: under a configuration that changes, and a decision that is stored in part.
#[test]
fn waits_that_are_given_up_keep_the_rules_as_far_as_can_be_seen() {
    check_many("giving up", Setting::giving_up());
}

/// TR-1, TR-2, WI-12
#[test]
fn two_agents_with_two_conversations_keep_the_rules_as_far_as_can_be_seen() {
    check_many("two agents", Setting::two_agents());
}

/// R1-R3, C2, C3
#[test]
fn three_agents_with_three_conversations_keep_the_rules_as_far_as_can_be_seen() {
    check_many("everything", Setting::everything());
}
