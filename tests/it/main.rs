//! Black-box and cross-crate tests.

#[cfg(test)]
mod architecture;
#[cfg(test)]
mod cli_commands;
#[cfg(test)]
mod cli_rehearse;
#[cfg(test)]
mod cli_rehearse_roster;
#[cfg(test)]
mod cli_routing;
#[cfg(test)]
mod cli_settings;
#[cfg(test)]
mod crash_kill_loop;
#[cfg(test)]
mod crash_store;
#[cfg(test)]
mod crash_sync;
#[cfg(test)]
mod delivery_twilio;
#[cfg(test)]
mod delivery_webhook;
#[cfg(test)]
mod engine_configuration;
#[cfg(test)]
mod engine_duplicates;
#[cfg(test)]
mod engine_failures;
#[cfg(test)]
mod engine_identity;
#[cfg(test)]
mod engine_races;
#[cfg(test)]
mod engine_recovery;
#[cfg(test)]
mod engine_routing;
#[cfg(test)]
mod engine_routing_recovery;
#[cfg(test)]
mod engine_routing_setup;
#[cfg(test)]
mod engine_timers;
#[cfg(test)]
mod engine_windows;
#[cfg(test)]
mod http_client;
#[cfg(test)]
mod http_compose;
#[cfg(test)]
mod http_configuration;
#[cfg(test)]
mod http_consent;
#[cfg(test)]
mod http_content;
#[cfg(test)]
mod http_desk;
#[cfg(test)]
mod http_drain;
#[cfg(test)]
mod http_handover;
#[cfg(test)]
mod http_idempotency;
#[cfg(test)]
mod http_identity;
#[cfg(test)]
mod http_lifecycle;
#[cfg(test)]
mod http_office;
#[cfg(test)]
mod http_outbound;
#[cfg(test)]
mod http_reading;
#[cfg(test)]
mod http_refusals;
#[cfg(test)]
mod http_routing;
#[cfg(test)]
mod http_rows;
#[cfg(test)]
mod http_said;
#[cfg(test)]
mod http_subscriptions;
#[cfg(test)]
mod http_timers;
#[cfg(test)]
mod http_twilio;
#[cfg(test)]
mod http_unread;
#[cfg(test)]
mod http_virtual_agent;
#[cfg(test)]
mod http_world;
#[cfg(test)]
mod interop;
#[cfg(test)]
mod interop_twilio;
#[cfg(test)]
mod interop_webhooks;
#[cfg(test)]
mod messages_api;
#[cfg(test)]
mod outbox;
#[cfg(test)]
mod outbox_crashes;
#[cfg(test)]
mod outbox_dead;
#[cfg(test)]
mod outbox_pull;
#[cfg(test)]
mod outbox_world;
#[cfg(test)]
mod privacy;
#[cfg(test)]
mod proactive_virtual_agent;
#[cfg(test)]
mod process;
#[cfg(test)]
mod provider;
#[cfg(test)]
mod routing_crashes;
#[cfg(test)]
mod routing_desk;
#[cfg(test)]
mod routing_model;
#[cfg(test)]
mod routing_simulation;
#[cfg(test)]
mod simulation;
#[cfg(test)]
mod sms_end_to_end;
#[cfg(test)]
mod sms_world;
#[cfg(test)]
mod stream_client;
#[cfg(test)]
mod stream_day;
#[cfg(test)]
mod stream_fallbacks;
#[cfg(test)]
mod stream_guests;
#[cfg(test)]
mod stream_refusals;
#[cfg(test)]
mod stream_talk;
#[cfg(test)]
mod subscriptions;
#[cfg(test)]
mod support;
