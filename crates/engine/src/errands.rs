//! Does to conversations what the router wants done. An errand is tried until the conversation takes it or refuses it; one
//! that a crash interrupts is in the router's state and is run again after the start.

use crate::conversation_actor::ConversationJob;
use crate::shared::Shared;
use crate::{CommandId, Error, quarantine};
use domain::Cause;
use domain::conversation::Command;
use domain::router::Errand;
use domain::routing::WorkItemId;
use std::sync::Arc;
use std::time::Duration;

/// How long to wait before an errand is tried again: at first, and at most.
const RETRY: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(5));

/// What became of an errand.
pub(crate) enum Outcome {
    /// The conversation took it, now or before.
    Taken,
    /// It does not, and never will: the rules refuse it, or the conversation cannot be read.
    Refused(Error),
    /// The process is ending; the errand stays.
    Left,
}

impl Outcome {
    /// Why the conversation did not take it.
    pub(crate) fn refusal(self) -> Option<Error> {
        match self {
            Self::Taken => None,
            Self::Refused(error) => Some(error),
            Self::Left => Some(Error::Draining),
        }
    }
}

/// Runs one errand until it is taken or refused, and tells the router. The id, if there is one, is remembered with what
/// the conversation does.
pub(crate) async fn run(
    shared: Arc<Shared>,
    item: WorkItemId,
    errand: Errand,
    cause: Cause,
    id: Option<CommandId>,
) -> Outcome {
    let mut pause = RETRY.0;
    loop {
        if let Some(outcome) = try_once(&shared, item, &errand, &cause, id.as_ref()).await {
            return tell(&shared, item, &errand, cause, outcome).await;
        }
        metrics::counter!("colloquy_errands_retried_total").increment(1);
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(RETRY.1);
    }
}

/// Tells the router what became of an errand, as often as it has no room to hear it. Nothing that the router waits for
/// may wait for this.
pub(crate) async fn tell(
    shared: &Shared,
    item: WorkItemId,
    errand: &Errand,
    cause: Cause,
    outcome: Outcome,
) -> Outcome {
    while !tell_once(shared, item, errand, &cause, &outcome).await {
        tokio::time::sleep(RETRY.0).await;
    }
    outcome
}

/// Whether the router has heard what became of an errand, or will ask again of its own accord: should it fail or the
/// process end, it runs the errand again, and conversations take it once.
pub(crate) async fn tell_once(
    shared: &Shared,
    item: WorkItemId,
    errand: &Errand,
    cause: &Cause,
    outcome: &Outcome,
) -> bool {
    let taken = match outcome {
        Outcome::Taken => true,
        Outcome::Refused(_) => false,
        Outcome::Left => return true,
    };
    let Ok(router) = shared.router() else { return true };
    let command = domain::router::Command::Ran { item, kind: errand.kind(), taken };
    !matches!(router.command(command, cause.clone()).await, Err(Error::Overloaded(_)))
}

/// One attempt; nothing if it has to be tried again.
pub(crate) async fn try_once(
    shared: &Shared,
    item: WorkItemId,
    errand: &Errand,
    cause: &Cause,
    id: Option<&CommandId>,
) -> Option<Outcome> {
    let command = command(item, errand);
    let job = || ConversationJob::Errand { command: command.clone(), cause: cause.clone(), id: id.cloned() };
    let asked = match shared.actors() {
        Ok(actors) => actors.conversations.ask(errand.conversation().to_bytes(), job).await,
        Err(error) => Err(error),
    };
    let error = match asked.and_then(|answer| answer.map(drop)) {
        Ok(()) => return Some(Outcome::Taken),
        Err(
            error @ (Error::Rejected(_) | Error::CommandReused | Error::Damaged(_) | Error::Malformed(_)),
        ) => {
            return Some(Outcome::Refused(error));
        }
        Err(Error::Draining | Error::Store(_)) => return Some(Outcome::Left),
        Err(error) => error,
    };
    if matches!(error, Error::ActorFailed) {
        // What is wrong with the quarantine shows at the next attempt.
        let _ = quarantine::after_panic(shared, errand.conversation()).await;
    }
    tracing::warn!(code = error.code(), errand = errand.kind().name(), "an errand is tried again");
    None
}

fn command(item: WorkItemId, errand: &Errand) -> Command {
    match errand.clone() {
        Errand::Assign { agent, offer, transferred_from, greeting, .. } => {
            Command::AssignOffered { agent, offer, transferred_from, greeting }
        }
        Errand::Unassign { agent, .. } => Command::Unassign { agent },
        Errand::EndWait { text, .. } => Command::EndWait { item, text },
        Errand::Refuse { text, .. } => Command::Refuse { item, text },
        Errand::Tell { number, text, .. } => Command::TellWaiting { item, number, text },
    }
}
