//! Service channels, assignment rules and schedules: what work is and how it is offered.

use super::{Check, RoutingProblem, limits};
use crate::routing::{AssignmentRule, EntryKey, Routing, ServiceChannel};
use crate::schedule::Schedule;

pub(super) fn check(routing: &Routing, found: &mut Vec<RoutingProblem>) {
    for (id, schedule) in &routing.schedules {
        check_schedule(schedule, &mut Check { found, entry: Some(EntryKey::Schedule(id.clone())) });
    }
    for (id, channel) in &routing.service_channels {
        let entry = Some(EntryKey::ServiceChannel(id.clone()));
        check_channel(channel, routing, &mut Check { found, entry });
    }
    for (id, rule) in &routing.rules {
        check_rule(rule, routing, &mut Check { found, entry: Some(EntryKey::Rule(id.clone())) });
    }
}

fn check_schedule(schedule: &Schedule, check: &mut Check<'_>) {
    for problem in schedule.problems() {
        check.expect(false, "weekly", format_args!("a legal schedule with its closed dates; {problem}"));
    }
}

fn check_channel(channel: &ServiceChannel, routing: &Routing, check: &mut Check<'_>) {
    let ServiceChannel { capacity, size, sizes, hours, order: _, active: _, kind: _, condition: _ } = channel;
    check.capacity("capacity", *capacity);
    check.size("size", *size);
    check.at_most("sizes", sizes.len(), limits::SIZES_MAX_COUNT);
    for other in sizes {
        check.size("sizes", other.size);
    }
    let length: usize = sizes.iter().map(|other| other.when.source().len()).sum();
    let most = limits::SIZES_CONDITIONS_MAX;
    check.expect(
        length <= most,
        "sizes",
        format_args!("shorter: all their conditions together have {length} bytes, of {most}"),
    );
    if let Some(hours) = hours {
        check.exists("hours", &routing.schedules, hours);
    }
}

fn check_rule(rule: &AssignmentRule, routing: &Routing, check: &mut Check<'_>) {
    let AssignmentRule {
        auto_assign,
        reject_allowed,
        offer_timeout,
        timeout_presence,
        decline_presence,
        shift,
        assign_by: _,
        skills: _,
    } = rule;
    // Section 17, rule 6: what is accepted at once can neither be rejected nor time out.
    check.expect(
        !(*auto_assign && *reject_allowed),
        "reject_allowed",
        "false with auto_assign (section 17, rule 6)",
    );
    check.expect(
        !(*auto_assign && offer_timeout.is_some()),
        "offer_timeout",
        "unset with auto_assign (section 17, rule 6)",
    );
    if let Some(timeout) = offer_timeout {
        let most = limits::OFFER_TIMEOUT_MAX_SECONDS;
        check.expect((1..=most).contains(&timeout.0), "offer_timeout", format_args!("1 to {most} seconds"));
    }
    check.expect(
        timeout_presence.is_none() || offer_timeout.is_some(),
        "timeout_presence",
        "unset without offer_timeout (AR-9)",
    );
    check.expect(
        decline_presence.is_none() || *reject_allowed,
        "decline_presence",
        "unset without reject_allowed (SFR-5)",
    );
    for (key, presence) in [("timeout_presence", timeout_presence), ("decline_presence", decline_presence)] {
        if let Some(presence) = presence {
            check.exists(key, &routing.presence, presence);
        }
    }
    if let Some(shift) = shift {
        check.span("shift.required", shift.required, 0);
    }
}
