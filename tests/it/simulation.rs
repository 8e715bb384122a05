//! The seeded simulator over fixed seeds; a failure names the seed that leads to it.

use sim::{Outcome, run};

const SEEDS: u64 = 20;
const STEPS: u32 = 250;

/// All rules that the simulator checks; and L4 in the large: the same seed goes the same way.
#[test]
fn twenty_worlds_keep_the_rules_and_can_be_repeated() {
    let mut total = Outcome::default();
    for seed in 0..SEEDS {
        let outcome = run(seed, STEPS).unwrap_or_else(|violation| panic!("{violation}"));
        assert_eq!(run(seed, STEPS).as_ref(), Ok(&outcome), "seed {seed} went another way the second time");
        total.crashes += outcome.crashes;
        total.restarts += outcome.restarts;
        total.repeated += outcome.repeated;
        total.reused += outcome.reused;
        total.fired += outcome.fired;
        total.closed += outcome.closed;
        total.accepted += outcome.accepted;
    }
    // Worlds in which nothing happens keep every rule.
    for (what, count) in [
        ("crashes", total.crashes),
        ("restarts", total.restarts),
        ("repeated commands", total.repeated),
        ("reused ids", total.reused),
        ("timers", total.fired),
        ("closed conversations", total.closed),
        ("accepted commands", total.accepted),
    ] {
        assert!(count >= 100, "only {count} {what} in {SEEDS} worlds");
    }
}
