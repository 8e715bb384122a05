//! Facts and answers, in the words of the tables. What follows from every offer that is accepted is not told.

use super::super::super::{
    AllocatedBy, Errand, Place, PresenceWhy, Refusal, Router, RouterEvent, UnroutedWhy, Verdict, WorkItem,
};
use super::input::{Cast, item};
use super::{agent, queue};
use crate::Timestamp;

/// What followed from a command.
pub(super) fn answer(
    cast: &Cast,
    events: &[RouterEvent],
    result: Result<(), Refusal>,
    by_hand: bool,
) -> String {
    let told: Vec<String> = events.iter().filter_map(|event| event_told(cast, event, by_hand)).collect();
    match (result, told.is_empty()) {
        (Ok(()), true) => "-".to_owned(),
        (Ok(()), false) => told.join(", "),
        (Err(refusal), true) => format!("! {}", refusal.code()),
        (Err(refusal), false) => format!("{} ! {}", told.join(", "), refusal.code()),
    }
}

fn event_told(cast: &Cast, event: &RouterEvent, by_hand: bool) -> Option<String> {
    Some(match event {
        RouterEvent::Reconfigured { .. }
        | RouterEvent::TakenIn { .. }
        | RouterEvent::ItemCreated { .. }
        | RouterEvent::VariablesLearned { .. }
        | RouterEvent::Accepting { .. }
        | RouterEvent::ErrandDone { .. } => return None,
        RouterEvent::Queued { item, queue, overflow_from, .. } => match overflow_from {
            Some(from) => format!("{item} in {queue} from {from}"),
            None => format!("{item} in {queue}"),
        },
        RouterEvent::Unrouted { item, why } => format!("{item} unrouted: {}", why.name()),
        RouterEvent::Offered { item, offer, .. } => format!("{item} to {}", offer.agent),
        RouterEvent::OfferEnded { item, agent, why, .. } => format!("{item} {} by {agent}", why.name()),
        RouterEvent::Accepted { item, agent, by, .. } => match by {
            AllocatedBy::Offer => format!("{item} with {agent}"),
            AllocatedBy::Auto | AllocatedBy::Hand | AllocatedBy::Transfer => {
                format!("{item} with {agent} by {}", by.name())
            }
        },
        RouterEvent::HoldChanged { item, on_hold: true } => format!("{item} on hold"),
        RouterEvent::HoldChanged { item, on_hold: false } => format!("{item} off hold"),
        RouterEvent::TargetExceeded { item, .. } => format!("{item} late"),
        RouterEvent::Ended { item, ending } => format!("{item} {}", ending.name()),
        RouterEvent::ErrandGiven { errand, .. } => return errand_told(cast, errand, by_hand),
        RouterEvent::PresenceChanged { agent, state, connected, why, .. } => {
            let why = match why {
                PresenceWhy::Chosen => String::new(),
                PresenceWhy::OfferTimedOut
                | PresenceWhy::Declined
                | PresenceWhy::Inactive
                | PresenceWhy::Disconnected => format!(" as {}", why.name()),
            };
            format!("{agent} {state}{why}{}", if *connected { "" } else { " without workspace" })
        }
        RouterEvent::AgentSeen { agent } => format!("{agent} seen"),
    })
}

fn errand_told(cast: &Cast, errand: &Errand, by_hand: bool) -> Option<String> {
    let name = cast.name(errand.conversation());
    let said = |text: &Option<String>| format!("{:?}", text.as_deref().unwrap_or_default());
    match errand {
        Errand::Assign { .. } if !by_hand => None,
        Errand::Assign { agent, .. } => Some(format!("assign {name} to {agent}")),
        Errand::Unassign { agent, .. } => Some(format!("unassign {name} from {agent}")),
        Errand::EndWait { text, .. } => Some(format!("end wait of {name}: {}", said(text))),
        Errand::Refuse { text, .. } => Some(format!("refuse {name}: {}", said(text))),
        Errand::Tell { number, text, .. } => Some(format!("tell {name} {number}: {text:?}")),
    }
}

/// The answer to a question, if it is one.
pub(super) fn question(router: &Router, cast: &Cast, words: &[&str], now: Timestamp) -> Option<String> {
    let _ = cast;
    Some(match *words {
        ["where", number] => router.state().items.get(&item(number)).map_or("over".to_owned(), place),
        ["position", number] => or_none(router.position(item(number))),
        ["estimate", number] => or_none(router.estimate(item(number), now).map(|estimate| estimate.0)),
        ["load", who] => load(router, who),
        ["inbox", who] => list(router.inbox(&agent(who)).into_iter().map(|item| item.id.to_string())),
        ["waiting", name] => {
            let figures = router.queue_figures(&queue(name), now)?;
            format!("{} and {} offered, {} late", figures.queued, figures.offered, figures.late)
        }
        ["online", name] => router.queue_figures(&queue(name), now)?.anybody_online.to_string(),
        ["next"] => or_none(router.next_due().map(|due| due.0 / 1000)),
        ["explain", number] => explain(router, number, now),
        _ => return None,
    })
}

fn place(item: &WorkItem) -> String {
    let queue = item.ticket.as_ref().map(|ticket| ticket.queue.to_string());
    match &item.place {
        Place::Unrouted(why) => unrouted(*why),
        Place::Queued => format!("in {}", queue.unwrap_or_default()),
        Place::Offered(offer) => format!("offered to {}", offer.agent),
        Place::Accepting(offer) => format!("accepted by {}", offer.agent),
        Place::Accepted { agent, .. } => format!("with {agent}"),
    }
}

fn unrouted(why: UnroutedWhy) -> String {
    format!("unrouted: {}", why.name())
}

fn load(router: &Router, who: &str) -> String {
    let figures = router.agent_figures(&agent(who)).unwrap_or_else(|| panic!("nobody knows {who}"));
    let on = figures.channels.iter().filter(|(_, channel)| channel.on || channel.in_use > 0);
    let channels = on.map(|(name, channel)| {
        format!("{name} {}/{}{}", channel.in_use, channel.max, if channel.on { "" } else { " off" })
    });
    let most = figures.universal_max.map(|most| format!("all {}/{most}", figures.universal_in_use));
    list(channels.chain(most))
}

fn explain(router: &Router, number: &str, now: Timestamp) -> String {
    let Some(explanation) = router.explain(item(number), now) else { return "does not wait".to_owned() };
    list(explanation.candidates.into_iter().map(|candidate| match candidate.verdict {
        Verdict::Candidate { rank, pool, preferred, room } => {
            let preferred = if preferred { " preferred" } else { "" };
            format!("{rank} {}{preferred} of pool {pool} with room for {room}", candidate.agent)
        }
        Verdict::Filtered(super::super::super::Obstacle::MissingSkill(skill)) => {
            format!("{} lacks {skill}", candidate.agent)
        }
        Verdict::Filtered(obstacle) => format!("{} {}", candidate.agent, obstacle.name()),
    }))
}

fn or_none(value: Option<impl ToString>) -> String {
    value.map_or("none".to_owned(), |value| value.to_string())
}

fn list(parts: impl Iterator<Item = String>) -> String {
    let parts: Vec<String> = parts.collect();
    if parts.is_empty() { "-".to_owned() } else { parts.join(", ") }
}
