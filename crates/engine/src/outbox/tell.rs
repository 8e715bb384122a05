//! Has whoever said something write down what became of it, in their own stream.

use super::job::Owed;
use crate::contact_actor::{ContactAnswer, ContactJob};
use crate::conversation_actor::ConversationJob;
use crate::shared::Shared;
use crate::{Accepted, Error, Request, Source, identity};
use domain::contact::ContactCommand;
use domain::conversation::{Command, OutboundCommand, Utterance};
use domain::{Cause, ContactId, EventRef, Personal, Principal, Role};
use uuid::Uuid;

/// What the outbox knows became of something. That the requester wants nothing more from the address (`OPT-4`) comes first:
/// should the process die in between, the delivery is still open, and is refused again.
pub(super) async fn settled(
    shared: &Shared,
    source: Source,
    owed: &Owed,
    correlation: Option<Uuid>,
) -> Result<(), Error> {
    let (which, command) = command(owed);
    if matches!(owed, Owed::Failed { opted_out: true, .. })
        && let Err(error) = identity::provider_refused(shared, source, which).await
    {
        // What the rules refuse or nobody can read is no better the next time; the next send is refused again.
        if !matches!(error, Error::Rejected(_) | Error::Damaged(_) | Error::Malformed(_)) {
            return Err(error);
        }
        tracing::warn!(code = error.code(), "an opt-out that a provider reports could not be written down");
    }
    let new = || Uuid::from_u64_pair(shared.ids.next(), shared.ids.next());
    let cause = Cause {
        principal: Principal { role: Role::System, name: "outbox".to_owned() },
        // Caused by the fact that said it.
        causation: Some(EventRef { stream: source.stream().0, version: which.of }),
        correlation: correlation.unwrap_or_else(new),
    };
    match source {
        Source::Conversation(id) => {
            let ask = || ConversationJob::Errand {
                command: Command::Outbound(command.clone()),
                cause: cause.clone(),
                id: None,
            };
            shared.actors()?.conversations.ask(id.to_bytes(), ask).await?.map(drop)
        }
        Source::Contact(id) => {
            // Which fact it is about stands in the fact; a contact's commands name no other cause.
            let Cause { principal, correlation, causation: _ } = cause;
            let request = Request { principal, correlation, command: None };
            contact(shared, id, &command, &request).await.map(drop)
        }
    }
}

/// Asks a contact about a notification.
pub(super) async fn contact(
    shared: &Shared,
    id: ContactId,
    command: &OutboundCommand,
    request: &Request,
) -> Result<Accepted, Error> {
    let ask = || ContactJob::Command {
        command: Box::new(ContactCommand::Outbound(command.clone())),
        request: request.clone(),
    };
    match identity::ask_contact(shared, id, ask).await? {
        ContactAnswer::Accepted(accepted) => Ok(accepted),
        ContactAnswer::Active(_)
        | ContactAnswer::Closed(_)
        | ContactAnswer::Verified(_)
        | ContactAnswer::Unsettled(_)
        | ContactAnswer::Fired
        | ContactAnswer::Stale => Err(Error::ActorFailed),
    }
}

fn command(owed: &Owed) -> (Utterance, OutboundCommand) {
    match owed.clone() {
        Owed::Dispatched { which, provider_id, attempts } => {
            let provider_id = provider_id.map(Personal::new);
            (which, OutboundCommand::SettleDispatched { which, provider_id, attempts })
        }
        Owed::Failed { which, code, attempts, opted_out: _ } => {
            (which, OutboundCommand::SettleFailed { which, code, attempts })
        }
    }
}
