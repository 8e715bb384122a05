//! Queues, each by itself; how they overflow into each other is in `overflow`.

use super::{Check, RoutingProblem, limits};
use crate::Seconds;
use crate::routing::{Affinity, EntryKey, Pool, Queue, Routing, WaitMessage};

pub(super) fn check(routing: &Routing, found: &mut Vec<RoutingProblem>) {
    for (id, queue) in &routing.queues {
        let check = &mut Check { found, entry: Some(EntryKey::Queue(id.clone())) };
        check.exists("service_channel", &routing.service_channels, &queue.service_channel);
        if let Some(schedule) = &queue.schedule {
            check.exists("schedule", &routing.schedules, schedule);
        }
        texts(queue, check);
        waits(queue, check);
        wait_messages(&queue.wait_messages, queue.max_wait, check);
        order(queue, check);
        pools(&queue.pools, routing, check);
        preferences(queue, check);
    }
}

fn texts(queue: &Queue, check: &mut Check<'_>) {
    for (key, text) in [
        ("greeting", &queue.greeting),
        ("max_wait_message", &queue.max_wait_message),
        ("refusal_message", &queue.refusal_message),
    ] {
        if let Some(text) = text {
            check.text(key, text);
        }
    }
}

fn waits(queue: &Queue, check: &mut Check<'_>) {
    for (key, span) in [
        ("target_wait", queue.target_wait),
        ("max_wait", queue.max_wait),
        ("overflow_wait", queue.overflow_wait),
        ("relax_after", queue.relax_after),
    ] {
        if let Some(span) = span {
            check.span(key, span, 1);
        }
    }
    check.span("hold_for_affine", queue.hold_for_affine, 0);
    check.span("reoffer_after", queue.reoffer_after, 0);
    check.expect(
        queue.max_wait.is_none() || queue.max_wait_message.is_some(),
        "max_wait_message",
        "set with max_wait (section 17, rule 4)",
    );
    // Otherwise a requester whom everybody declined would wait for ever, and nobody would ever say so.
    check.expect(
        queue.reoffer_after.0 > 0 || queue.max_wait.is_some(),
        "reoffer_after",
        "more than 0 seconds without max_wait",
    );
    check.expect(queue.size_cap != Some(0), "size_cap", "more than 0");
}

fn wait_messages(messages: &[WaitMessage], max_wait: Option<Seconds>, check: &mut Check<'_>) {
    const KEY: &str = "wait_messages";
    check.at_most(KEY, messages.len(), limits::WAIT_MESSAGES_MAX_COUNT);
    for WaitMessage { after, text } in messages {
        check.text(KEY, text);
        check.span(KEY, *after, 1);
        check.expect(
            max_wait.is_none_or(|max_wait| *after < max_wait),
            KEY,
            "before max_wait (section 17, rule 4)",
        );
    }
    let ascending = messages.is_sorted_by(|one, next| one.after < next.after);
    check.expect(ascending, KEY, "in the order in which they are said, each later than the one before");
}

fn order(queue: &Queue, check: &mut Check<'_>) {
    check.at_most("sort", queue.sort.len(), limits::SORT_RULES_MAX_COUNT);
    for rule in &queue.sort {
        check.field("sort", &rule.field);
    }
    if let Some(field) = &queue.priority_field {
        check.field("priority_field", field);
    }
}

fn pools(pools: &[Pool], routing: &Routing, check: &mut Check<'_>) {
    const KEY: &str = "pools";
    check.at_most(KEY, pools.len(), limits::POOLS_MAX_COUNT);
    for Pool { groups, rule, eligible_at } in pools {
        check.expect(!groups.is_empty(), KEY, "with at least one group each");
        check.at_most("pools.groups", groups.len(), limits::POOL_GROUPS_MAX_COUNT);
        for group in groups {
            check.exists("pools.groups", &routing.groups, group);
        }
        check.exists("pools.rule", &routing.rules, rule);
        check.span("pools.eligible_at", *eligible_at, 0);
    }
    let ascending = pools.is_sorted_by_key(|pool| pool.eligible_at);
    check.expect(ascending, "pools.eligible_at", "ascending from pool to pool (AR-1)");
}

fn preferences(queue: &Queue, check: &mut Check<'_>) {
    check.at_most("affinity", queue.affinity.len(), limits::AFFINITIES_MAX_COUNT);
    for affinity in &queue.affinity {
        match affinity {
            Affinity::Historical { days } => {
                let most = limits::AFFINITY_MAX_DAYS;
                check.expect(
                    (1..=most).contains(days),
                    "affinity",
                    format_args!("with 1 to {most} days back (section 17, rule 7)"),
                );
            }
            Affinity::Named { field } => check.field("affinity", field),
        }
    }
    check.at_most("skills", queue.skills.len(), limits::QUEUE_SKILLS_MAX_COUNT);
    for demand in &queue.skills {
        check.level("skills", demand.level);
    }
}
