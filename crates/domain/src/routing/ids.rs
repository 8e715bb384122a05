//! The names of everything that routing is configured with, and the numbers of what it makes.
//!
//! Names are shared and not copied: thousands of items and indexes hold the same few.

use crate::NameError;
use crate::id::checked;
use std::fmt;
use std::sync::Arc;

/// Names with one alphabet; a type each, so that a queue cannot be taken for a group.
macro_rules! names {
    ($($(#[$doc:meta])* $name:ident,)+) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub struct $name(Arc<str>);

            impl $name {
                /// Checks and takes a name.
                ///
                /// # Errors
                /// [`NameError`].
                pub fn new(name: &str) -> Result<Self, NameError> {
                    checked(name).map(Self)
                }

                /// The name.
                pub fn as_str(&self) -> &str {
                    &self.0
                }
            }

            impl fmt::Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str(&self.0)
                }
            }
        )+
    };
}

names! {
    /// The name of a service channel: the routing side of a channel (`CH-8`).
    ServiceChannelId,
    /// The name of a queue.
    QueueId,
    /// The name of an assignment rule.
    RuleId,
    /// The name of a group of agents.
    GroupId,
    /// The name of a skill.
    SkillId,
    /// The name of a presence state.
    PresenceId,
    /// The name of a reason for rejecting an offer.
    RejectReasonId,
    /// The name of a schedule.
    ScheduleId,
}

/// The number of a work item. The router counts them from 1 and never uses one twice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WorkItemId(pub u64);

/// One offer of one work item. The same item offered again has the next number, so a late answer to an earlier
/// offer is told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OfferId {
    /// What is offered.
    pub item: WorkItemId,
    /// Which of its offers, from 1.
    pub number: u32,
}

impl WorkItemId {
    /// Reads what [`Display`](fmt::Display) writes.
    pub fn parse(text: &str) -> Option<Self> {
        text.parse().ok().filter(|number| *number > 0).map(Self)
    }
}

impl fmt::Display for WorkItemId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
