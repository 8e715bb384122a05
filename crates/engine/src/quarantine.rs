//! A conversation whose actor panics again and again is closed as Faulted, and its pair is freed.

use crate::Error;
use crate::contact_actor::ContactJob;
use crate::keys::contact_stream;
use crate::load;
use crate::shared::Shared;
use domain::ConversationId;
use domain::conversation::ConversationEvent;

/// How many panics in a row are borne.
const CRASHES_MAX: u32 = 3;

/// Called after a panic of the conversation's actor; closes the conversation if it was one too many.
pub(crate) async fn after_panic(shared: &Shared, id: ConversationId) -> Result<(), Error> {
    let actors = shared.actors()?;
    if actors.conversations.crashes(&id.to_bytes()) < CRASHES_MAX {
        return Ok(());
    }
    let opening = shared.reading(move |log| load::opening(log, id)).await?;
    let Some(ConversationEvent::Opened { contact, company, .. }) = opening else {
        return Err(Error::Damaged(format!("conversation {id} does not begin with its opening")));
    };
    tracing::error!(conversation = %id, "the conversation's actor failed again and again; it is closed as faulted");
    let job = || ContactJob::Fault { company: company.clone(), conversation: id };
    actors.contacts.ask(contact_stream(contact).0, job).await??;
    metrics::counter!("colloquy_conversations_faulted_total").increment(1);
    Ok(())
}
