//! What becomes of guests who were there when the process before this one died (`ID-12`).

use super::{ATTEMPTS_MAX, Committed, ConversationActor};
use crate::Error;
use domain::Timestamp;
use domain::conversation::{Command, Conversation};

impl ConversationActor {
    /// Writes down what happened without anybody doing anything: timers that are due, then that a guest's connection ended
    /// with the process that held it (`ID-12`).
    pub(super) async fn catch_up(
        &mut self,
        received: Timestamp,
        may_fire: impl Fn(Timestamp) -> bool,
    ) -> Result<(), Error> {
        for _ in 0..ATTEMPTS_MAX {
            self.settle(&may_fire).await?;
            let lost = self.state().and_then(Conversation::connected_since);
            let Some(since) = lost.filter(|since| self.shared.recovery.has_lost(since.at)) else {
                return Ok(());
            };
            let now = self.state().map_or(received, |state| received.max(state.last_at));
            let events = self.decide(&Command::Disconnect, now)?;
            match self.commit(&events, now, &self.own_cause("recovery", since.version), None, None).await? {
                Committed::Stored(_) => return Ok(()),
                Committed::Stale | Committed::Duplicate(_) => {}
            }
        }
        Err(Error::Overloaded("contention"))
    }
}
