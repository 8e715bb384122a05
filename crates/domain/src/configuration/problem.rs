//! What is wrong with a configuration, whichever part of it.

use crate::channel;
use crate::routing::RoutingProblem;
use std::fmt;

/// One thing wrong with a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What it is about: a channel, an entry of routing such as `queues.support`, or all of either.
    pub place: String,
    /// The key that is wrong.
    pub key: &'static str,
    /// What would be legal.
    pub expected: String,
}

impl From<channel::Problem> for Problem {
    fn from(problem: channel::Problem) -> Self {
        let channel::Problem { channel, key, expected } = problem;
        let place = channel.map_or_else(|| "channels".to_owned(), |channel| format!("channels.{channel}"));
        Self { place, key, expected }
    }
}

impl From<RoutingProblem> for Problem {
    fn from(problem: RoutingProblem) -> Self {
        let RoutingProblem { entry, key, expected } = problem;
        let place = entry.map_or_else(|| "routing".to_owned(), |entry| entry.to_string());
        Self { place, key, expected }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} must be {}", self.place, self.key, self.expected)
    }
}
