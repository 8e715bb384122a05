//! The history of a work item in words. Of what came with a message it names the fields only; what is in them is in the
//! JSON.

use codec::json::timestamp;
use domain::router::{
    Candidate, Exclude, Explanation, ItemOrigin, Offer, OfferEnd, RouterEvent, Variables, Verdict,
};
use domain::{AgentId, Cause, EventRef, Principal};
use engine::keys::ROUTER_STREAM;
use engine::{ItemHistory, ItemStep};
use std::collections::BTreeMap;

/// How many agents are named of those who ranked, and for each obstacle.
const NAMED_MAX: usize = 20;

/// All of it, line by line.
pub(super) fn lines(history: &ItemHistory) -> Vec<String> {
    let mut lines = vec![format!("work item {}", history.item)];
    for ItemStep { version, at, cause, event, field } in &history.steps {
        lines.push(String::new());
        lines.push(format!("{}  {}", timestamp(*at), what(event)));
        lines.push(format!("    router event {version}, {}", why(cause)));
        lines.extend(field.as_ref().into_iter().flat_map(candidates).map(|line| format!("    {line}")));
    }
    lines
}

fn why(cause: &Cause) -> String {
    let Cause { principal: Principal { role, name }, causation, correlation: _ } = cause;
    let by = format!("by {} {name}", role.name());
    match causation {
        None => by,
        Some(EventRef { stream, version }) if *stream == ROUTER_STREAM.0 => {
            format!("{by}, because of router event {version}")
        }
        Some(EventRef { stream, version }) => {
            let stream = uuid::Uuid::from_bytes(*stream);
            format!("{by}, because of event {version} of conversation {stream}")
        }
    }
}

fn what(event: &RouterEvent) -> String {
    match event {
        RouterEvent::ItemCreated { subject, variables, origin, previous, asked, .. } => {
            let mut said = format!(
                "created for conversation {} on {} ({}), {}; asked at {}",
                subject.conversation,
                subject.channel,
                subject.mode.name(),
                self::origin(origin),
                timestamp(*asked)
            );
            if let Some(previous) = previous {
                said.push_str(&format!("; follows item {previous}"));
            }
            said + &known(variables)
        }
        RouterEvent::VariablesLearned { variables, .. } => format!("more is known{}", known(variables)),
        RouterEvent::Queued { .. } => queued(event),
        RouterEvent::Unrouted { why, .. } => format!("in no queue: {}", why.name()),
        RouterEvent::Offered { offer, .. } => offered(offer),
        RouterEvent::OfferEnded { agent, why, exclude, .. } => offer_ended(agent, why, *exclude),
        RouterEvent::Accepting { agent, .. } => format!("{agent} takes it"),
        RouterEvent::Accepted { agent, by, service_channel, size, .. } => {
            let of = service_channel.as_ref().map(|channel| format!(", {size} of {channel}"));
            format!("{agent} has it, by {}{}", by.name(), of.unwrap_or_default())
        }
        RouterEvent::HoldChanged { on_hold: true, .. } => "on hold".to_owned(),
        RouterEvent::HoldChanged { on_hold: false, .. } => "taken up again".to_owned(),
        RouterEvent::TargetExceeded { due, .. } => format!("late since {}", timestamp(*due)),
        RouterEvent::Ended { ending, .. } => format!("over: {}", ending.name()),
        RouterEvent::ErrandGiven { errand, .. } => {
            format!("the conversation is asked to {}", errand.kind().name())
        }
        RouterEvent::ErrandDone { kind, taken: true, .. } => format!("the conversation did {}", kind.name()),
        RouterEvent::ErrandDone { kind, taken: false, .. } => {
            format!("the conversation did not {}", kind.name())
        }
        RouterEvent::Reconfigured { .. }
        | RouterEvent::TakenIn { .. }
        | RouterEvent::PresenceChanged { .. }
        | RouterEvent::AgentSeen { .. } => {
            codec::json::event_type(&domain::Event::Router(event.clone())).to_owned()
        }
    }
}

fn origin(origin: &ItemOrigin) -> String {
    match origin {
        ItemOrigin::Asked => "because its requester wants an agent".to_owned(),
        ItemOrigin::Reassigned { from, by_action: false } => format!("because {from} was unavailable"),
        ItemOrigin::Reassigned { from, by_action: true } => format!("because {from} did not answer"),
        ItemOrigin::ToQueue { from, queue } => format!("sent to {queue}, {from} had it"),
        ItemOrigin::ToAgent { from } => format!("handed over by {from}"),
        ItemOrigin::ByHand => "assigned by hand".to_owned(),
    }
}

fn known(variables: &Variables) -> String {
    if variables.is_empty() {
        return String::new();
    }
    let names: Vec<&str> = variables.keys().map(String::as_str).collect();
    format!("; it has {}", names.join(", "))
}

fn queued(event: &RouterEvent) -> String {
    let RouterEvent::Queued {
        item: _,
        queue,
        service_channel,
        size,
        skills,
        affine,
        hold_until,
        spared,
        overflow_from,
    } = event
    else {
        return String::new();
    };
    let mut said = format!("waits in {queue}, {size} of {service_channel}");
    if let Some(from) = overflow_from {
        said.push_str(&format!("; {from} did not have it any more"));
    }
    if !skills.is_empty() {
        let skill = |it: &domain::routing::SkillDemand| format!("{} {}", it.skill, it.level);
        said.push_str(&format!("; needs {}", skills.iter().map(skill).collect::<Vec<_>>().join(", ")));
    }
    if !affine.is_empty() {
        said.push_str(&format!("; prefers {}", named(affine)));
    }
    if let Some(until) = hold_until {
        said.push_str(&format!(", and nobody else until {}", timestamp(*until)));
    }
    if let Some((agent, until)) = spared {
        said.push_str(&format!("; not {agent} until {}", timestamp(*until)));
    }
    said
}

fn offered(offer: &Offer) -> String {
    let Offer { agent, number, at: _, expires, pool, reject_allowed: _, transferred_from } = offer;
    let through = match (pool, transferred_from) {
        (_, Some(from)) => format!(", handed over by {from}"),
        (Some(pool), None) => format!(", through pool {pool}"),
        (None, None) => String::new(),
    };
    let until = expires.map_or_else(String::new, |until| format!(", until {}", timestamp(until)));
    format!("offered to {agent}: offer {number}{through}{until}")
}

fn offer_ended(agent: &AgentId, why: &OfferEnd, exclude: Exclude) -> String {
    let reason = match why {
        OfferEnd::Rejected { reason: Some(reason) } => format!(" ({reason})"),
        OfferEnd::Rejected { reason: None }
        | OfferEnd::TimedOut { .. }
        | OfferEnd::PresenceChanged
        | OfferEnd::ConnectionLost
        | OfferEnd::Withdrawn => String::new(),
    };
    let again = match exclude {
        Exclude::No => String::new(),
        Exclude::Until(until) => format!("; not asked again before {}", timestamp(until)),
        Exclude::ForGood => "; not asked again".to_owned(),
    };
    format!("the offer to {agent} is over: {}{reason}{again}", why.name())
}

/// Who came into question, the first one first, and what was in the way of the others.
fn candidates(field: &Explanation) -> Vec<String> {
    let mut ranked = Vec::new();
    let mut filtered: BTreeMap<String, Vec<&AgentId>> = BTreeMap::new();
    for Candidate { agent, verdict } in &field.candidates {
        match verdict {
            Verdict::Candidate { rank, pool, preferred, room } => {
                let preferred = if *preferred { ", preferred" } else { "" };
                ranked.push(format!("{rank}. {agent}: pool {pool}, room {room}{preferred}"));
            }
            Verdict::Filtered(obstacle) => {
                let name = match super::missing_skill(obstacle) {
                    Some(skill) => format!("{} {skill}", obstacle.name()),
                    None => obstacle.name().to_owned(),
                };
                filtered.entry(name).or_default().push(agent);
            }
        }
    }
    let pools =
        if field.open_pools == 1 { "1 pool".to_owned() } else { format!("{} pools", field.open_pools) };
    let mut lines = vec![format!("{} came into question, with {pools} open:", ranked.len())];
    let omitted = ranked.len().saturating_sub(NAMED_MAX);
    lines.extend(ranked.into_iter().take(NAMED_MAX).map(|line| format!("  {line}")));
    if omitted > 0 {
        lines.push(format!("  and {omitted} more"));
    }
    let filtered = filtered.into_iter();
    lines.extend(filtered.map(|(obstacle, agents)| format!("  {obstacle}: {}", named(agents))));
    lines
}

/// The first of them by name, and how many more there are.
fn named<'a>(agents: impl IntoIterator<Item = &'a AgentId>) -> String {
    let names: Vec<&str> = agents.into_iter().map(AgentId::as_str).collect();
    let shown = names.iter().take(NAMED_MAX).copied().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(NAMED_MAX) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Timestamp;
    use domain::router::Obstacle;
    use domain::routing::WorkItemId;

    fn agent(number: usize) -> AgentId {
        AgentId::new(&format!("agent-{number:02}")).unwrap()
    }

    #[test]
    fn at_most_twenty_are_named_for_each_obstacle_and_the_others_are_counted() {
        let verdict = |number| match number {
            0 => Verdict::Candidate { rank: 1, pool: 0, preferred: true, room: 3 },
            1 => Verdict::Filtered(Obstacle::Shift),
            _ => Verdict::Filtered(Obstacle::Presence),
        };
        let candidates =
            (0..30).map(|number| Candidate { agent: agent(number), verdict: verdict(number) }).collect();
        let field = Explanation { item: WorkItemId(1), at: Timestamp(0), open_pools: 1, candidates };
        let lines = super::candidates(&field);
        assert_eq!(lines[0], "1 came into question, with 1 pool open:");
        assert_eq!(lines[1], "  1. agent-00: pool 0, room 3, preferred");
        assert!(lines[2].starts_with("  presence: agent-02, ") && lines[2].ends_with("agent-21 and 8 more"));
        assert_eq!(lines[3], "  shift: agent-01");
        assert_eq!(lines.len(), 4);
    }
}
