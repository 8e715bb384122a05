//! Service channels and assignment rules.

use super::Reading;
use api::configuration as wire;
use domain::Seconds;
use domain::routing::{
    AssignBy, AssignmentRule, PresenceId, ScheduleId, ServiceChannel, ServiceKind, ShiftPreference, ShiftUse,
    SizeOverride, SkillUse,
};

/// Understands a service channel.
pub(crate) fn read_service_channel(
    channel: wire::ServiceChannel,
    at: &mut Reading,
) -> Option<ServiceChannel> {
    let wire::ServiceChannel { order, active, kind, condition, capacity, size, sizes, hours } = channel;
    let kinds = "chat, phone, messaging or other";
    let kind = at.choice("kind", Some(&kind), ServiceKind::Other, ServiceKind::parse, kinds);
    let condition = condition.and_then(|source| at.condition("condition", &source));
    let sizes = sizes.into_iter().enumerate().filter_map(|(place, wire::SizeOverride { when, size })| {
        let when = at.condition(format_args!("sizes[{place}].when"), &when)?;
        Some(SizeOverride { when, size })
    });
    let sizes = sizes.collect();
    let default = ServiceChannel::defaults(kind);
    Some(ServiceChannel {
        order: order.unwrap_or(default.order),
        active: active.unwrap_or(default.active),
        kind,
        condition,
        capacity: capacity.unwrap_or(default.capacity),
        size: size.unwrap_or(default.size),
        sizes,
        hours: at.name_if_any("hours", hours, ScheduleId::new),
    })
}

/// Says a service channel.
pub(crate) fn show_service_channel(channel: &ServiceChannel) -> wire::ServiceChannel {
    let ServiceChannel { order, active, kind, condition, capacity, size, sizes, hours } = channel;
    let other = |SizeOverride { when, size }: &SizeOverride| wire::SizeOverride {
        when: when.to_string(),
        size: *size,
    };
    wire::ServiceChannel {
        order: Some(*order),
        active: Some(*active),
        kind: kind.name().to_owned(),
        condition: condition.as_ref().map(ToString::to_string),
        capacity: Some(*capacity),
        size: Some(*size),
        sizes: sizes.iter().map(other).collect(),
        hours: hours.as_ref().map(ToString::to_string),
    }
}

/// Understands an assignment rule.
pub(crate) fn read_rule(rule: wire::Rule, at: &mut Reading) -> Option<AssignmentRule> {
    let wire::Rule {
        assign_by,
        auto_assign,
        reject_allowed,
        offer_timeout,
        timeout_presence,
        decline_presence,
        skills,
        shift,
    } = rule;
    let default = AssignmentRule::default();
    let assign_by = at.choice(
        "assign_by",
        assign_by.as_deref(),
        default.assign_by,
        AssignBy::parse,
        "most_capacity, last_assigned or round_robin",
    );
    let shift = shift.map(|wire::ShiftUse { prefer, required }| {
        let legal = "any, least_left or most_left";
        let (any, parse) = (ShiftPreference::Any, ShiftPreference::parse);
        let prefer = at.choice("shift.prefer", prefer.as_deref(), any, parse, legal);
        ShiftUse { prefer, required: Seconds(required) }
    });
    Some(AssignmentRule {
        assign_by,
        auto_assign: auto_assign.unwrap_or(default.auto_assign),
        reject_allowed: reject_allowed.unwrap_or(default.reject_allowed),
        offer_timeout: offer_timeout.map(Seconds),
        timeout_presence: at.name_if_any("timeout_presence", timeout_presence, PresenceId::new),
        decline_presence: at.name_if_any("decline_presence", decline_presence, PresenceId::new),
        skills: skills.map(|wire::SkillUse { levels, mandatory }| SkillUse { levels, mandatory }),
        shift,
    })
}

/// Says an assignment rule.
pub(crate) fn show_rule(rule: &AssignmentRule) -> wire::Rule {
    let AssignmentRule {
        assign_by,
        auto_assign,
        reject_allowed,
        offer_timeout,
        timeout_presence,
        decline_presence,
        skills,
        shift,
    } = rule;
    let shift_use = |ShiftUse { prefer, required }: &ShiftUse| wire::ShiftUse {
        prefer: Some(prefer.name().to_owned()),
        required: required.0,
    };
    wire::Rule {
        assign_by: Some(assign_by.name().to_owned()),
        auto_assign: Some(*auto_assign),
        reject_allowed: Some(*reject_allowed),
        offer_timeout: offer_timeout.map(|span| span.0),
        timeout_presence: timeout_presence.as_ref().map(ToString::to_string),
        decline_presence: decline_presence.as_ref().map(ToString::to_string),
        skills: skills.map(|SkillUse { levels, mandatory }| wire::SkillUse { levels, mandatory }),
        shift: shift.as_ref().map(shift_use),
    }
}
