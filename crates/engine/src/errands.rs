//! Does to conversations what the router wants done. An errand is tried until the conversation takes it or refuses it; one
//! that a crash interrupts is in the router's state and is run again after the start.

use crate::conversation_actor::ConversationJob;
use crate::shared::Shared;
use crate::{Error, quarantine};
use domain::conversation::Command;
use domain::router::Errand;
use domain::routing::WorkItemId;
use domain::{Cause, Rejection};
use std::sync::Arc;
use std::time::Duration;

/// How long to wait before an errand is tried again: at first, and at most.
const RETRY: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(5));

/// What became of an errand.
pub(crate) enum Outcome {
    /// The conversation took it, now or before.
    Taken,
    /// It does not, and never will.
    Refused(Rejection),
    /// The process is ending; the errand stays.
    Left,
}

/// Runs one errand and tells the router what became of it.
pub(crate) async fn run(shared: Arc<Shared>, item: WorkItemId, errand: Errand, cause: Cause) -> Outcome {
    let outcome = attempt(&shared, item, &errand, &cause).await;
    let taken = match &outcome {
        Outcome::Taken => true,
        Outcome::Refused(_) => false,
        Outcome::Left => return outcome,
    };
    let command = domain::router::Command::Ran { item, kind: errand.kind(), taken };
    // Should the router not hear of it, the errand stays and is run again; conversations take it once.
    if let Ok(router) = shared.router()
        && let Err(error) = router.command(command, cause).await
    {
        tracing::warn!(code = error.code(), "the router did not hear of an errand and will ask again");
    }
    outcome
}

async fn attempt(shared: &Shared, item: WorkItemId, errand: &Errand, cause: &Cause) -> Outcome {
    let command = command(item, errand);
    let mut pause = RETRY.0;
    loop {
        let job = || ConversationJob::Errand { command: command.clone(), cause: cause.clone() };
        let asked = match shared.actors() {
            Ok(actors) => actors.conversations.ask(errand.conversation().to_bytes(), job).await,
            Err(error) => Err(error),
        };
        match asked.and_then(|answer| answer.map(drop)) {
            Ok(()) => return Outcome::Taken,
            Err(Error::Rejected(rejection)) => return Outcome::Refused(rejection),
            Err(Error::Draining | Error::Store(_)) => return Outcome::Left,
            Err(error) => {
                if matches!(error, Error::ActorFailed) {
                    // What is wrong with the quarantine shows at the next attempt.
                    let _ = quarantine::after_panic(shared, errand.conversation()).await;
                }
                metrics::counter!("colloquy_errands_retried_total").increment(1);
                tracing::warn!(
                    code = error.code(),
                    errand = errand.kind().name(),
                    "an errand is tried again"
                );
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(RETRY.1);
            }
        }
    }
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
