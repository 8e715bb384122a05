//! Reads a whole log as a stranger would, and holds it against the rules: `L2` to `L4`, `L6`, `T1` to `T3`, `C1`, `C2`,
//! `ID-12`.
//!
//! Nothing here asks the engine. What a log must look like follows from the domain and from the names of streams.

mod derived;
mod history;

use domain::contact::Contact;
use domain::conversation::Conversation;
use domain::{ContactId, ConversationId, MessageId, Seconds, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use store::{EventLog, PartitionId, Position, StoredRecord, StreamId};

/// What is broken: the rule's id, and how.
pub(crate) type Broken = (&'static str, String);

/// Fails with the rule unless it holds.
pub(crate) fn holds(
    rule: &'static str,
    condition: bool,
    what: impl FnOnce() -> String,
) -> Result<(), Broken> {
    if condition { Ok(()) } else { Err((rule, what())) }
}

/// A message that is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// In which conversation.
    pub conversation: ConversationId,
    /// Under which id.
    pub message: MessageId,
    /// In which record.
    pub at: (PartitionId, Position),
    /// What it says.
    pub text: String,
}

/// All that a log holds, rebuilt.
#[derive(Default)]
pub struct Census {
    /// Every message, in the order of the partitions.
    pub said: Vec<Said>,
    /// Every conversation.
    pub conversations: BTreeMap<ConversationId, Conversation>,
    /// Every contact.
    pub contacts: BTreeMap<ContactId, Contact>,
    /// How many timers have fired.
    pub fired: u64,
    /// Everything that is stored, in order.
    pub(crate) records: Vec<(PartitionId, StoredRecord)>,
    pub(crate) ids: BTreeSet<MessageId>,
    pub(crate) versions: BTreeMap<StreamId, u64>,
    /// From when on timers that close may fire, for each start of the engine.
    pub(crate) graces: BTreeMap<Timestamp, Timestamp>,
    /// The last moment that the log knew of before each start of the engine.
    pub(crate) lives: BTreeMap<Timestamp, Timestamp>,
}

impl Census {
    /// Every message that says this.
    pub fn saying(&self, text: &str) -> Vec<&Said> {
        self.said.iter().filter(|said| said.text == text).collect()
    }
}

/// Rebuilds everything from the log and checks it. `grace` is the `recovery_grace` of all engines that wrote it.
///
/// # Errors
/// The id of the first rule that does not hold, and how it is broken.
pub fn check(log: &dyn EventLog, grace: Seconds) -> Result<Census, Broken> {
    let mut census = Census::default();
    for number in 0..log.identity().partitions {
        census.read(log, PartitionId(number), grace)?;
    }
    census.check_streams(log)?;
    census.check_timers(log)?;
    census.check_claims(log)?;
    census.check_snapshots(log)?;
    census.check_loading(log)?;
    Ok(census)
}

/// A log that cannot be read to its end breaks a rule too.
pub(crate) fn read<T>(result: Result<T, store::Error>) -> Result<T, Broken> {
    result.map_err(|error| ("L3", error.to_string()))
}
