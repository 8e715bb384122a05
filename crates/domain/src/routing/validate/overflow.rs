//! How queues overflow into each other (`BH-4`): work has to arrive somewhere, and to be work of that place.

use super::{Check, RoutingProblem};
use crate::routing::{EntryKey, Queue, QueueId, Routing};
use std::collections::BTreeMap;

pub(super) fn check(routing: &Routing, found: &mut Vec<RoutingProblem>) {
    for (id, queue) in &routing.queues {
        let check = &mut Check { found, entry: Some(EntryKey::Queue(id.clone())) };
        check.expect(
            queue.overflow_wait.is_none() || queue.overflow_queue.is_some(),
            "overflow_wait",
            "unset without overflow_queue (BH-4)",
        );
        if let Some(target) = &queue.overflow_queue {
            check_target(id, queue, target, routing, check);
        }
    }
    check_chains(routing, found);
}

fn check_target(id: &QueueId, queue: &Queue, target: &QueueId, routing: &Routing, check: &mut Check<'_>) {
    const KEY: &str = "overflow_queue";
    check.expect(target != id, KEY, "another queue");
    check.exists(KEY, &routing.queues, target);
    let Some(found) = routing.queues.get(target).filter(|_| target != id) else { return };
    check.expect(found.active, KEY, format_args!("an active queue; {target} is not active"));
    check.expect(
        found.service_channel == queue.service_channel,
        KEY,
        format_args!("a queue of the same service channel; {target} is of {}", found.service_channel),
    );
}

/// Follows each chain until it ends or comes to where somebody was before; each queue is passed once.
fn check_chains(routing: &Routing, found: &mut Vec<RoutingProblem>) {
    let mut passed: BTreeMap<&QueueId, &QueueId> = BTreeMap::new();
    for start in routing.queues.keys() {
        let mut at = start;
        while let Some((id, queue)) = routing.queues.get_key_value(at) {
            if let Some(walk) = passed.insert(id, start) {
                if walk == start {
                    let check = &mut Check { found, entry: Some(EntryKey::Queue(id.clone())) };
                    check.expect(false, "overflow_queue", "on no way that leads back to the queue itself");
                }
                break;
            }
            // One that names itself was told of already.
            match &queue.overflow_queue {
                Some(target) if target != id => at = target,
                Some(_) | None => break,
            }
        }
    }
}
