//! The HTTP side of the process: routes, authentication, problems and metrics around an engine handle.
//!
//! Nothing here decides anything about conversations. A request becomes an order to the engine or a question to a
//! projection, and what comes back becomes JSON. What is decided here is who may ask, how much they may send, and how
//! a failure is told: every failure is a problem of RFC 9457 with a stable code, and none of them, like no log line and
//! no metric, holds a text, an address or a token (`P1`).

pub mod configuration;
#[doc(hidden)]
pub mod doors;

mod access;
mod auth;
mod body;
mod content;
mod failure;
mod gauges;
mod html;
mod idempotency;
mod look;
mod metrics;
mod observe;
mod query;
mod routes;
mod sending;
mod sessions;
mod settings;
mod shown;
mod startup;
mod stream;
mod token;
mod unread;
mod users;

#[cfg(test)]
mod tests;

pub use metrics::install_metrics;
pub use settings::{
    ApiKey, AuthSettings, KeyDigest, Listen, Secret, ServerSettings, Settings, SettingsError, WebSettings,
};
pub use startup::{Application, StartError};
pub use token::{IssueError, issue_token};
