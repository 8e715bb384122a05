//! How clients who have no token of their own, or cannot send one, come to a live stream.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A ticket that opens one stream.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketResponse {
    /// To be sent as `?ticket=`, once.
    pub ticket: String,
    /// For how long it is good.
    pub expires_in_s: u64,
}

/// A guest who comes to a web channel.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionRequest {
    /// The channel's name.
    pub channel: String,
    /// The token of an earlier session, to go on with it where sessions are resumable (`ID-10`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

/// A guest's session.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionResponse {
    /// The bearer token, of role `requester` and confined to the channel.
    pub token: String,
    /// The guest's address.
    pub guest: String,
    /// The channel.
    pub channel: String,
    /// For how long the token is good unless it is renewed (`ID-13`).
    pub expires_in_s: u32,
    /// How long a browser should keep the token: -1 until it is closed, or seconds (`ID-11`).
    pub cookie_life_s: i32,
    /// Whether an earlier session was gone on with.
    pub resumed: bool,
}

impl fmt::Debug for TicketResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TicketResponse").finish_non_exhaustive()
    }
}

impl fmt::Debug for SessionRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionRequest").field("channel", &self.channel).finish_non_exhaustive()
    }
}

impl fmt::Debug for SessionResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionResponse").field("channel", &self.channel).finish_non_exhaustive()
    }
}
