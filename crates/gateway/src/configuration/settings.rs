//! What is set once for all of routing.

use super::Reading;
use api::configuration as wire;
use domain::Seconds;
use domain::routing::{EstimateBy, ReassignOn, RoutingSettings};

/// Understands it.
pub(crate) fn read_settings(settings: wire::Settings, at: &mut Reading) -> Option<RoutingSettings> {
    let wire::Settings {
        look_back,
        queued_max,
        bypass_max_wait,
        no_agent_message,
        reassign_enabled,
        reassign_on,
        disconnect_buffer,
        estimate,
    } = settings;
    let default = RoutingSettings::default();
    let reassign_on = at.choice(
        "reassign_on",
        reassign_on.as_deref(),
        default.reassign_on,
        ReassignOn::parse,
        "message or open",
    );
    let estimate =
        at.choice("estimate", estimate.as_deref(), default.estimate, EstimateBy::parse, "mean or weighted");
    Some(RoutingSettings {
        look_back: look_back.map_or(default.look_back, Seconds),
        queued_max: queued_max.unwrap_or(default.queued_max),
        bypass_max_wait: bypass_max_wait.unwrap_or(default.bypass_max_wait),
        no_agent_message: no_agent_message.unwrap_or(default.no_agent_message),
        reassign_enabled: reassign_enabled.unwrap_or(default.reassign_enabled),
        reassign_on,
        disconnect_buffer: disconnect_buffer.map_or(default.disconnect_buffer, Seconds),
        estimate,
    })
}

/// Says it.
pub(crate) fn show_settings(settings: &RoutingSettings) -> wire::Settings {
    let RoutingSettings {
        look_back,
        queued_max,
        bypass_max_wait,
        no_agent_message,
        reassign_enabled,
        reassign_on,
        disconnect_buffer,
        estimate,
    } = settings;
    wire::Settings {
        look_back: Some(look_back.0),
        queued_max: Some(*queued_max),
        bypass_max_wait: Some(*bypass_max_wait),
        no_agent_message: Some(no_agent_message.clone()),
        reassign_enabled: Some(*reassign_enabled),
        reassign_on: Some(reassign_on.name().to_owned()),
        disconnect_buffer: Some(disconnect_buffer.0),
        estimate: Some(estimate.name().to_owned()),
    }
}
