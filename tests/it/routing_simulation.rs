//! Lets chance have its way in larger worlds of routing: agents with skills, presence and limits, queues with pools,
//! accepts, rejects, time-outs, transfers, crashes. R1 to R3, C2 and C3 are looked at after every step.

use sim::routing::simulate;
use std::thread;

/// Worlds, and steps in each: more than a million in all.
const WORLDS: u64 = 52;
const STEPS: u64 = 20_000;
const THREADS: u64 = 2;

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// R1-R3, C2, C3. `COLLOQUY_ROUTING_SEED` and `COLLOQUY_ROUTING_STEPS` run other worlds, or one of them again.
#[test]
#[expect(clippy::print_stdout, reason = "the seed is what a run can be repeated by")]
fn a_million_steps_of_routing_keep_the_rules() {
    let (first, steps) = (setting("COLLOQUY_ROUTING_SEED", 1), setting("COLLOQUY_ROUTING_STEPS", STEPS));
    let run = |thread: u64| {
        for seed in (first..first + WORLDS).filter(|seed| seed % THREADS == thread) {
            simulate(seed, steps).unwrap_or_else(|violation| panic!("{violation}"));
        }
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|thread| scope.spawn(move || run(thread))).collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    });
    println!("{} steps in {WORLDS} worlds from seed {first}", WORLDS * steps);
}

/// The same seed leads the same way, so what it finds can be found again.
#[test]
fn a_world_of_chance_can_be_repeated() {
    let once = simulate(7, 5_000).unwrap();
    assert_eq!(once, simulate(7, 5_000).unwrap());
    assert_ne!(once.trace, simulate(8, 5_000).unwrap().trace);
    for event in ["offered", "accepted.offer", "offer.rejected", "offer.timed_out", "ended.transferred"] {
        assert!(once.happened.contains_key(event), "{event} never happened: {:?}", once.happened);
    }
}
