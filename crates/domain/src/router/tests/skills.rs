//! AR-11 and SFR-6: what agents have to be able to do, what they had better be able to do, and what is let go of.

use super::story::{Story, World, channel, check, skill, teach};
use crate::Seconds;
use crate::routing::{Need, SkillDemand, SkillUse};

/// A team whose rule looks at skills.
fn skilled(agents: &[(&str, &str)], levels: bool, mandatory: bool) -> World {
    let names: Vec<&str> = agents.iter().map(|(name, _)| *name).collect();
    let world = World::team(&names.join(" ")).rule(|rule| rule.skills = Some(SkillUse { levels, mandatory }));
    agents.iter().fold(world, |world, (name, skills)| world.agent(name, |agent| teach(agent, skills)))
}

fn needs(world: World, skills: &[SkillDemand]) -> World {
    world.queue("main", |main| main.skills = skills.to_vec())
}

/// Who is asked for one chat.
fn asked(world: &World) -> String {
    let told = Story::new(world).row("0 c1 asks");
    told.strip_prefix("1 in main").unwrap().trim_start_matches(", 1 to ").to_owned()
}

const OPTIONAL: Need = Need::Optional;
const MANDATORY: Need = Need::Mandatory;

/// AR-11: off by default.
#[test]
fn without_skills_in_the_rule_nobody_needs_any() {
    let world = skilled(&[("ann", ""), ("bob", "french:9")], true, true).rule(|rule| rule.skills = None);
    assert_eq!(asked(&needs(world, &[skill("french", 5, MANDATORY)])), "ann");
}

/// AR-11, AR-13: before room.
#[test]
fn more_matching_skills_go_first() {
    let agents = [("ann", "french:1"), ("bob", "french:1 tax:1"), ("cid", "tax:9")];
    let world = skilled(&agents, false, false).agent("bob", |bob| {
        bob.capacity.insert(channel("chat"), 1);
    });
    let world = needs(world, &[skill("french", 5, OPTIONAL), skill("tax", 5, OPTIONAL)]);
    check(
        &world,
        "0 c1 asks -> 1 in main, 1 to bob
         1 c2 asks -> 2 in main, 2 to ann
         2 c3 asks -> 3 in main, 3 to cid",
    );
}

/// AR-11: of equally many, those at the level; and only if levels are looked at.
#[test]
fn of_equal_matches_the_one_at_the_level_goes_first() {
    let world = |levels| {
        let world = skilled(&[("ann", "french:4"), ("bob", "french:5")], levels, false);
        needs(world, &[skill("french", 5, OPTIONAL)])
    };
    assert_eq!(asked(&world(true)), "bob");
    assert_eq!(asked(&world(false)), "ann");
}

/// AR-11
#[test]
fn a_fuller_match_below_level_beats_a_smaller_match_at_level() {
    let agents = [("ann", "french:9"), ("bob", "french:1 tax:1")];
    let world = skilled(&agents, true, false);
    assert_eq!(asked(&needs(world, &[skill("french", 5, OPTIONAL), skill("tax", 5, OPTIONAL)])), "bob");
}

/// AR-11: every one of them, at its level, exactly that is enough; without enforcement they only rank.
#[test]
fn a_mandatory_skill_is_needed_at_its_level() {
    let demands = [skill("french", 5, MANDATORY), skill("tax", 1, MANDATORY)];
    let agents = [("ann", "french:4 tax:9"), ("bob", "french:5"), ("cid", "french:5 tax:1")];
    let world = needs(skilled(&agents, true, true), &demands);
    check(
        &world.absent("cid"),
        "0 c1 asks       -> 1 in main
         0 explain 1     -> ann lacks french, bob lacks tax, cid presence
         1 cid available -> cid available, 1 to cid",
    );
    let ranked = needs(skilled(&agents[..2], true, false), &demands);
    assert_eq!(asked(&ranked), "ann", "the fuller match");
}

/// AR-11, VA-4: what a conversation brings with it is asked for as well; what is no skill is left out.
#[test]
fn a_conversations_own_skills_are_asked_for() {
    let world = skilled(&[("ann", ""), ("bob", "french:7"), ("cid", "french:6 tax:1")], true, true);
    check(
        &world,
        "0 c1 asks mandatory_skills=french:7                        -> 1 in main, 1 to bob
         1 c2 asks optional_skills=tax                              -> 2 in main, 2 to cid
         2 c3 asks mandatory_skills=french:6,tax optional_skills=tax:9 -> 3 in main, 3 to cid
         3 c4 asks mandatory_skills=tax:1,wrong+name,x:99            -> 4 in main, 4 to cid
         4 c5 asks mandatory_skills=french:8                        -> 5 in main",
    );
}

/// AR-11: a skill that the queue likes and the conversation demands is demanded.
#[test]
fn the_harder_of_two_demands_counts() {
    let world = skilled(&[("ann", "french:3")], true, true);
    check(
        &needs(world, &[skill("french", 9, OPTIONAL), skill("tax", 0, OPTIONAL)]),
        "0 c1 asks mandatory_skills=french:3 -> 1 in main, 1 to ann
         1 c2 asks mandatory_skills=tax      -> 2 in main",
    );
}

/// SFR-6: the highest number first, the same number together, the mandatory ones never.
#[test]
fn additional_skills_are_dropped_one_group_after_the_other() {
    let additional = |name, drop_order| skill(name, 1, Need::Additional { drop_order });
    let agents = [("ann", "a:1 b:1"), ("bob", "a:1 c:1"), ("cid", "a:1 b:1 c:1 d:1"), ("dan", "a:1")];
    let world = skilled(&[&agents[..], &[("eve", "b:1 c:1 d:1 e:1")]].concat(), true, true).absent("cid");
    let demands = [
        skill("a", 1, MANDATORY),
        additional("b", 1),
        additional("c", 2),
        additional("d", 9),
        additional("e", 9),
    ];
    let world = needs(world, &demands).queue("main", |main| main.relax_after = Some(Seconds(30)));
    check(
        &world.absent("ann"),
        "0  c1 asks       -> 1 in main
         0  explain 1     -> ann presence, bob lacks b, cid presence, dan lacks b, eve lacks a
         29 cid available -> cid available
         29 explain 1     -> ann presence, bob lacks b, cid lacks e, dan lacks b, eve lacks a
         30 tick          -> 1 to cid
         31 cid rejects 1 -> 1 rejected by cid
         59 ann available -> ann available
         59 explain 1     -> ann lacks c, bob lacks b, cid declined, dan lacks b, eve lacks a
         60 tick          -> 1 to ann
         61 ann rejects 1 -> 1 rejected by ann
         89 tick          -> -
         90 tick          -> 1 to bob
         91 bob rejects 1 -> 1 rejected by bob, 1 to dan
         92 dan rejects 1 -> 1 rejected by dan
         200 tick         -> -",
    );
}

/// SFR-6, AR-11: what was dropped is still liked.
#[test]
fn a_dropped_skill_still_ranks() {
    let world = skilled(&[("ann", ""), ("bob", "french:1")], true, true);
    let world = needs(world, &[skill("french", 5, Need::Additional { drop_order: 1 })]);
    check(
        &world.queue("main", |main| main.relax_after = Some(Seconds(30))),
        "0  c1 asks   -> 1 in main
         0  explain 1 -> ann lacks french, bob lacks french
         29 tick      -> -
         30 tick      -> 1 to bob",
    );
}

/// SFR-6: without a time none is dropped.
#[test]
fn additional_skills_stay_needed_without_a_time_to_drop_them() {
    let world = skilled(&[("ann", "")], true, true);
    check(
        &needs(world, &[skill("french", 1, Need::Additional { drop_order: 1 })]),
        "0     c1 asks   -> 1 in main
         0     next      -> none
         90000 tick      -> -
         90000 explain 1 -> ann lacks french",
    );
}
