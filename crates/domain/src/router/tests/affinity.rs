//! Section 8.4: who is preferred, and how little that overrides.

use super::story::{World, channel, check, group, skill, teach};
use crate::Seconds;
use crate::routing::{Affinity, Need, SkillUse};

const WEEK: u32 = 7 * 86_400;

/// Whoever served a contact in the last week is preferred, then whom the account names. Without either ann comes first.
fn loyal() -> World {
    World::team("ann bob cid").queue("main", |main| {
        main.affinity =
            vec![Affinity::Historical { days: 7 }, Affinity::Named { field: "account_team".to_owned() }];
    })
}

/// Bob serves dora's first chat, and later she asks again.
fn dora_returns(world: &World, after: u32, then: &str) {
    check(
        world,
        &format!(
            "0        c1 asks contact=dora -> 1 in main, 1 to ann
             1        ann rejects 1        -> 1 rejected by ann, 1 to bob
             2        bob accepts 1        -> 1 with bob
             3        c1 closes            -> 1 completed
             {after}  c2 asks contact=dora -> {then}"
        ),
    );
}

/// AFF-1: exactly N days later is within N days.
#[test]
fn whoever_served_the_contact_in_the_last_days_is_preferred() {
    dora_returns(&loyal(), 2 + WEEK, "2 in main, 2 to bob");
    dora_returns(&loyal(), 3 + WEEK, "2 in main, 2 to cid");
}

/// AFF-1: the last one who served them.
#[test]
fn the_latest_of_several_is_preferred() {
    check(
        &loyal(),
        "0 c1 asks contact=dora  -> 1 in main, 1 to ann
         1 ann accepts 1         -> 1 with ann
         2 c1 closes             -> 1 completed
         3 c2 joined by cid      -> 2 with cid by hand
         4 c2 closes             -> 2 completed
         5 c3 asks contact=c2    -> 3 in main, 3 to cid
         6 c4 asks contact=dora  -> 4 in main, 4 to ann
         7 c5 asks contact=emil  -> 5 in main, 5 to bob",
    );
}

/// AFF-1, section 17 rule 7: at most 30 days, exactly 30 included, whoever else is served by then.
#[test]
fn a_contact_is_remembered_for_thirty_days() {
    const MONTH: u32 = 30 * 86_400;
    let world = World::team("ann bob").queue("main", |main| {
        main.affinity = vec![Affinity::Historical { days: 30 }];
    });
    for (after, who) in [(MONTH, "bob"), (MONTH + 1, "ann")] {
        check(
            &world,
            &format!(
                "0       c1 joined by bob   -> 1 with bob by hand
                 1       c1 closes          -> 1 completed
                 {after} c2 joined by zed   -> 2 with zed by hand
                 {after} c3 asks contact=c1 -> 3 in main, 3 to {who}"
            ),
        );
    }
}

/// AFF-2: the rules one after the other, each for whoever has room, then the normal ranking.
#[test]
fn the_rules_are_tried_in_turn() {
    dora_returns(&loyal().absent("cid"), 10, "2 in main, 2 to bob");
    check(
        &loyal().channel("chat", |chat| chat.capacity = 1),
        "0 c1 asks contact=dora                       -> 1 in main, 1 to ann
         1 ann accepts 1                              -> 1 with ann
         2 c2 asks contact=dora account_team=zed,cid,bob -> 2 in main, 2 to cid
         3 c3 asks contact=dora account_team=cid      -> 3 in main, 3 to bob",
    );
}

/// AFF-3, AR-13: not presence, not the pool, not skills, not room, and not a rejection; ranking, it does.
#[test]
fn preference_overrides_nothing_but_the_ranking() {
    let named = "account_team=bob";
    let told = |world: &World, then: &str| check(world, &format!("0 c1 asks {named} -> 1 in main{then}"));
    told(&loyal(), ", 1 to bob");
    told(&loyal().absent("bob"), ", 1 to ann");
    told(
        &loyal().agent("bob", |bob| bob.groups = [group("others")].into()).group("others", |_| {}),
        ", 1 to ann",
    );
    told(
        &loyal().agent("bob", |bob| {
            bob.capacity.insert(channel("chat"), 0);
        }),
        ", 1 to ann",
    );
    told(&loyal().agent("bob", |bob| bob.active = false).absent("bob"), ", 1 to ann");
    let skilled = loyal()
        .rule(|rule| rule.skills = Some(SkillUse { levels: true, mandatory: true }))
        .queue("main", |main| {
            main.skills = vec![skill("tax", 1, Need::Optional), skill("law", 5, Need::Mandatory)]
        })
        .agent("cid", |cid| teach(cid, "law:5 tax:1"));
    told(&skilled.clone().agent("bob", |bob| teach(bob, "law:5")), ", 1 to bob");
    told(&skilled.agent("bob", |bob| teach(bob, "law:4")), ", 1 to cid");
    check(
        &loyal(),
        "0 c1 asks account_team=bob -> 1 in main, 1 to bob
         1 bob rejects 1            -> 1 rejected by bob, 1 to ann",
    );
}

/// AFF-4: not offered by itself.
#[test]
fn without_a_hold_nobody_waits_for_a_preferred_agent() {
    check(&loyal().absent("bob"), "0 c1 asks account_team=bob -> 1 in main, 1 to ann");
}

fn holding() -> World {
    loyal().queue("main", |main| main.hold_for_affine = Seconds(30))
}

/// AFF-4
#[test]
fn an_item_is_held_for_a_preferred_agent_and_then_for_anybody() {
    check(
        &holding().absent("bob"),
        "0  c1 asks account_team=bob -> 1 in main
         0  explain 1                -> ann held_for_other, bob presence, cid held_for_other
         1  c2 asks                  -> 2 in main, 2 to ann
         29 tick                     -> -
         30 tick                     -> 1 to cid",
    );
    check(
        &holding().absent("bob"),
        "0  c1 asks account_team=bob -> 1 in main
         29 bob available            -> bob available, 1 to bob",
    );
}

/// AFF-4, WI-6: there is nothing to hold for once they have declined.
#[test]
fn a_hold_ends_when_the_preferred_agents_have_declined() {
    check(
        &holding(),
        "0 c1 asks account_team=bob,cid -> 1 in main, 1 to bob
         1 bob rejects 1                -> 1 rejected by bob, 1 to cid
         2 cid rejects 1                -> 1 rejected by cid, 1 to ann",
    );
}

/// AFF-4: whom nobody is preferred for does not wait.
#[test]
fn nothing_is_held_for_nobody() {
    check(
        &holding(),
        "0 c1 asks                     -> 1 in main, 1 to ann
         1 c2 asks account_team=       -> 2 in main, 2 to bob
         2 c3 asks account_team=a+b,,! -> 3 in main, 3 to cid",
    );
}
