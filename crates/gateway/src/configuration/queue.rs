//! Queues with their pools, affinities and skills.

use super::Reading;
use api::configuration as wire;
use domain::Seconds;
use domain::routing::{
    Affinity, GroupId, Need, Pool, Queue, QueueId, RuleId, ScheduleId, ServiceChannelId, SkillDemand,
    SkillId, SortRule, WaitMessage, WhenNobody,
};

/// Understands a queue.
pub(crate) fn read_queue(queue: wire::Queue, at: &mut Reading) -> Option<Queue> {
    let service_channel = at.name("service_channel", &queue.service_channel, ServiceChannelId::new);
    let condition = queue.condition.and_then(|source| at.condition("condition", &source));
    let schedule = at.name_if_any("schedule", queue.schedule, ScheduleId::new);
    let nobody =
        at.choice("nobody", queue.nobody.as_deref(), WhenNobody::Wait, WhenNobody::parse, "wait or refuse");
    let overflow_queue = at.name_if_any("overflow_queue", queue.overflow_queue, QueueId::new);
    let pools = each(queue.pools, at, read_pool);
    let affinity = each(queue.affinity, at, read_affinity);
    let skills = each(queue.skills, at, read_demand);
    // Only now, because what is wrong with the rest has been noted before.
    let default = Queue::defaults(service_channel?);
    Some(Queue {
        service_channel: default.service_channel,
        order: queue.order.unwrap_or(default.order),
        active: queue.active.unwrap_or(default.active),
        condition,
        priority: queue.priority.unwrap_or(default.priority),
        priority_field: queue.priority_field,
        sort: queue.sort.into_iter().map(read_sort_rule).collect(),
        schedule,
        greeting: queue.greeting,
        target_wait: queue.target_wait.map(Seconds),
        max_wait: queue.max_wait.map(Seconds),
        max_wait_message: queue.max_wait_message,
        wait_messages: queue.wait_messages.into_iter().map(read_wait_message).collect(),
        size_cap: queue.size_cap,
        nobody,
        refusal_message: queue.refusal_message,
        overflow_queue,
        overflow_wait: queue.overflow_wait.map(Seconds),
        pools,
        affinity,
        hold_for_affine: queue.hold_for_affine.map_or(default.hold_for_affine, Seconds),
        skills,
        relax_after: queue.relax_after.map(Seconds),
        reoffer_after: queue.reoffer_after.map_or(default.reoffer_after, Seconds),
    })
}

fn each<W, T>(list: Vec<W>, at: &mut Reading, read: fn(usize, W, &mut Reading) -> Option<T>) -> Vec<T> {
    list.into_iter().enumerate().filter_map(|(place, wire)| read(place, wire, at)).collect()
}

fn read_sort_rule(rule: wire::SortRule) -> SortRule {
    let wire::SortRule { field, descending } = rule;
    SortRule { field, descending }
}

fn read_wait_message(message: wire::WaitMessage) -> WaitMessage {
    let wire::WaitMessage { after, text } = message;
    WaitMessage { after: Seconds(after), text }
}

fn read_pool(place: usize, pool: wire::Pool, at: &mut Reading) -> Option<Pool> {
    let wire::Pool { groups, rule, eligible_at } = pool;
    let groups = at.names(format_args!("pools[{place}].groups"), &groups, GroupId::new);
    let rule = at.name(format_args!("pools[{place}].rule"), &rule, RuleId::new)?;
    Some(Pool { groups, rule, eligible_at: Seconds(eligible_at) })
}

fn read_affinity(place: usize, affinity: wire::Affinity, at: &mut Reading) -> Option<Affinity> {
    let wire::Affinity { kind, days, field } = affinity;
    let expected = match (kind.as_str(), days, field) {
        ("historical", Some(days), None) => return Some(Affinity::Historical { days }),
        ("named", None, Some(field)) => return Some(Affinity::Named { field }),
        ("historical", _, _) => "must have `days` and no `field`, being historical",
        ("named", _, _) => "must have `field` and no `days`, being named",
        (_, _, _) => "must be of kind historical or named",
    };
    at.wrong(format_args!("affinity[{place}]"), expected);
    None
}

fn read_demand(place: usize, demand: wire::SkillDemand, at: &mut Reading) -> Option<SkillDemand> {
    let wire::SkillDemand { skill, level, need, drop_order } = demand;
    let skill = at.name(format_args!("skills[{place}].skill"), &skill, SkillId::new);
    let expected = match (need.as_deref(), drop_order) {
        (None | Some("mandatory"), None) => {
            return Some(SkillDemand { skill: skill?, level, need: Need::Mandatory });
        }
        (Some("additional"), Some(drop_order)) => {
            return Some(SkillDemand { skill: skill?, level, need: Need::Additional { drop_order } });
        }
        (Some("optional"), None) => return Some(SkillDemand { skill: skill?, level, need: Need::Optional }),
        (Some("additional"), None) => "must have `drop_order`, being additional",
        (None | Some("mandatory" | "optional"), Some(_)) => "must have no `drop_order`, not being additional",
        (Some(_), _) => "must have a `need` of mandatory, additional or optional",
    };
    at.wrong(format_args!("skills[{place}]"), expected);
    None
}

/// Says a queue.
pub(crate) fn show_queue(queue: &Queue) -> wire::Queue {
    let seconds = |span: Option<Seconds>| span.map(|span| span.0);
    let Queue {
        service_channel,
        order,
        active,
        condition,
        priority,
        priority_field,
        sort,
        schedule,
        greeting,
        target_wait,
        max_wait,
        max_wait_message,
        wait_messages,
        size_cap,
        nobody,
        refusal_message,
        overflow_queue,
        overflow_wait,
        pools,
        affinity,
        hold_for_affine,
        skills,
        relax_after,
        reoffer_after,
    } = queue;
    wire::Queue {
        service_channel: service_channel.to_string(),
        order: Some(*order),
        active: Some(*active),
        condition: condition.as_ref().map(ToString::to_string),
        priority: Some(*priority),
        priority_field: priority_field.clone(),
        sort: sort.iter().map(show_sort_rule).collect(),
        schedule: schedule.as_ref().map(ToString::to_string),
        greeting: greeting.clone(),
        target_wait: seconds(*target_wait),
        max_wait: seconds(*max_wait),
        max_wait_message: max_wait_message.clone(),
        wait_messages: wait_messages.iter().map(show_wait_message).collect(),
        size_cap: *size_cap,
        nobody: Some(nobody.name().to_owned()),
        refusal_message: refusal_message.clone(),
        overflow_queue: overflow_queue.as_ref().map(ToString::to_string),
        overflow_wait: seconds(*overflow_wait),
        pools: pools.iter().map(show_pool).collect(),
        affinity: affinity.iter().map(show_affinity).collect(),
        hold_for_affine: Some(hold_for_affine.0),
        skills: skills.iter().map(show_demand).collect(),
        relax_after: seconds(*relax_after),
        reoffer_after: Some(reoffer_after.0),
    }
}

fn show_sort_rule(rule: &SortRule) -> wire::SortRule {
    let SortRule { field, descending } = rule;
    wire::SortRule { field: field.clone(), descending: *descending }
}

fn show_wait_message(message: &WaitMessage) -> wire::WaitMessage {
    let WaitMessage { after, text } = message;
    wire::WaitMessage { after: after.0, text: text.clone() }
}

fn show_pool(pool: &Pool) -> wire::Pool {
    let Pool { groups, rule, eligible_at } = pool;
    wire::Pool {
        groups: groups.iter().map(ToString::to_string).collect(),
        rule: rule.to_string(),
        eligible_at: eligible_at.0,
    }
}

fn show_affinity(affinity: &Affinity) -> wire::Affinity {
    let (kind, days, field) = match affinity {
        Affinity::Historical { days } => ("historical", Some(*days), None),
        Affinity::Named { field } => ("named", None, Some(field.clone())),
    };
    wire::Affinity { kind: kind.to_owned(), days, field }
}

fn show_demand(demand: &SkillDemand) -> wire::SkillDemand {
    let SkillDemand { skill, level, need } = demand;
    let (need, drop_order) = match need {
        Need::Mandatory => ("mandatory", None),
        Need::Additional { drop_order } => ("additional", Some(*drop_order)),
        Need::Optional => ("optional", None),
    };
    wire::SkillDemand { skill: skill.to_string(), level: *level, need: Some(need.to_owned()), drop_order }
}
