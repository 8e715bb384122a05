//! Runs a story on an engine over a log in memory, once with one partition and once with three, and then holds what is
//! stored against all rules that can be read off it.

use sim::{Census, Harness, PanickingIds, Setup, check};
use std::sync::Arc;

/// Tells a story with the documented defaults.
pub(crate) fn tell(story: impl AsyncFn(&mut Harness)) {
    tell_with(|_| {}, story);
}

/// Tells a story with another setup.
pub(crate) fn tell_with(change: impl Fn(&mut Setup), story: impl AsyncFn(&mut Harness)) {
    for partitions in [1, 3] {
        let mut setup = Setup { partitions, ..Setup::default() };
        change(&mut setup);
        engine::block_on(Box::pin(async {
            let mut harness = Harness::start(setup).await.unwrap();
            story(&mut harness).await;
            harness.engine.drain().await;
            census(&harness);
        }));
    }
}

/// Tells a story in which ids, and with them actors, fail on demand.
pub(crate) fn tell_with_panics(story: impl AsyncFn(&mut Harness, &PanickingIds)) {
    for partitions in [1, 3] {
        let setup = Setup { partitions, ..Setup::default() };
        let ids = Arc::new(PanickingIds::new(Arc::clone(&setup.ids)));
        let setup = Setup { ids: Arc::<PanickingIds>::clone(&ids), ..setup };
        engine::block_on(Box::pin(async {
            let mut harness = Harness::start(setup).await.unwrap();
            story(&mut harness, &ids).await;
            harness.engine.drain().await;
            census(&harness);
        }));
    }
}

/// Everything that is stored; it must be sound, also to the eyes of `replay --verify`.
pub(crate) fn census(harness: &Harness) -> Census {
    let log = harness.log.survivor();
    let found = replay::verify(&log, |_| {}).unwrap();
    assert_eq!(found.told, Vec::<String>::new());
    check(log.as_ref(), harness.setup.options.recovery_grace)
        .unwrap_or_else(|(rule, what)| panic!("{rule} is broken: {what}"))
}
