//! Routing between the words of administrators and the domain, in both directions and for bodies and files alike.
//!
//! [`read`] finds everything that cannot be meant, such as a condition that is none, and tells all of it at once by key.
//! Whether what is meant is legal, and whether what is named exists, is for the domain to say.

mod people;
mod queue;
mod reading;
mod schedule;
mod settings;
mod wording;
mod work;

pub(crate) use people::{
    read_agent, read_group, read_presence_state, read_reject_reason, show_agent, show_group,
    show_presence_state, show_reject_reason,
};
pub(crate) use queue::{read_queue, show_queue};
pub(crate) use reading::Reading;
pub(crate) use schedule::{read_schedule, show_schedule};
pub(crate) use settings::{read_settings, show_settings};
pub(crate) use wording::{read_attachments, read_component, show_attachments, show_component, show_texts};
pub use wording::{read_wording, show_wording};
pub(crate) use work::{read_rule, read_service_channel, show_rule, show_service_channel};

use api::FieldError;
use api::configuration as wire;
use domain::configuration::Problem;
use domain::routing::{
    GroupId, PresenceId, QueueId, RejectReasonId, Routing, RuleId, ScheduleId, ServiceChannelId,
};
use domain::{AgentId, NameError};
use std::collections::BTreeMap;
use std::fmt::Display;

/// What stands before the keys of what is set once.
pub(crate) const SETTINGS: &str = "routing";

/// Understands all of routing. The presence states and reasons that everybody has are there unless they say otherwise
/// themselves.
///
/// # Errors
/// Everything that cannot be understood, each with its key, such as `queues.billing.condition`, and what is expected.
pub fn read(routing: wire::Routing) -> Result<Routing, Vec<FieldError>> {
    let wire::Routing {
        settings,
        schedules,
        presence_states,
        reject_reasons,
        service_channels,
        rules,
        groups,
        agents,
        queues,
    } = routing;
    let at = &mut Reading::of(SETTINGS);
    let mut read = Routing::default();
    read.settings = read_settings(settings, at).unwrap_or(read.settings);
    entries("schedules", schedules, ScheduleId::new, read_schedule, &mut read.schedules, at);
    entries("presence_states", presence_states, PresenceId::new, read_presence_state, &mut read.presence, at);
    let reasons = &mut read.reject_reasons;
    entries("reject_reasons", reject_reasons, RejectReasonId::new, read_reject_reason, reasons, at);
    let channels = &mut read.service_channels;
    entries("service_channels", service_channels, ServiceChannelId::new, read_service_channel, channels, at);
    entries("rules", rules, RuleId::new, read_rule, &mut read.rules, at);
    entries("groups", groups, GroupId::new, read_group, &mut read.groups, at);
    entries("agents", agents, AgentId::new, read_agent, &mut read.agents, at);
    entries("queues", queues, QueueId::new, read_queue, &mut read.queues, at);
    at.finish(Some(read))
}

/// Says all of routing, with every default that is in force; what is not set is left out.
pub fn show(routing: &Routing) -> wire::Routing {
    let Routing {
        settings,
        service_channels,
        queues,
        rules,
        groups,
        agents,
        presence,
        reject_reasons,
        schedules,
    } = routing;
    wire::Routing {
        settings: show_settings(settings),
        schedules: show_all(schedules, show_schedule),
        presence_states: show_all(presence, show_presence_state),
        reject_reasons: show_all(reject_reasons, show_reject_reason),
        service_channels: show_all(service_channels, show_service_channel),
        rules: show_all(rules, show_rule),
        groups: show_all(groups, show_group),
        agents: show_all(agents, show_agent),
        queues: show_all(queues, show_queue),
    }
}

/// What the domain finds wrong, by key.
pub fn explain(problem: &Problem) -> FieldError {
    let Problem { place, key, expected } = problem;
    FieldError { field: format!("{place}.{key}"), detail: format!("must be {expected}") }
}

/// Says the entries of one kind.
pub(crate) fn show_all<I: Display, E, W>(entries: &BTreeMap<I, E>, show: fn(&E) -> W) -> BTreeMap<String, W> {
    entries.iter().map(|(id, entry)| (id.to_string(), show(entry))).collect()
}

/// Understands the entries of one kind, and puts them over those that are there.
fn entries<I: Ord, E, W>(
    kind: &str,
    entries: BTreeMap<String, W>,
    id: fn(&str) -> Result<I, NameError>,
    read: fn(W, &mut Reading) -> Option<E>,
    into: &mut BTreeMap<I, E>,
    at: &mut Reading,
) {
    for (name, entry) in entries {
        match id(&name) {
            Ok(id) => {
                at.go_to(format!("{kind}.{name}"));
                if let Some(entry) = read(entry, at) {
                    into.insert(id, entry);
                }
            }
            Err(error) => {
                at.go_to(kind.to_owned());
                at.wrong(format_args!("{name:?}"), error);
            }
        }
    }
}

#[cfg(test)]
mod tests;
