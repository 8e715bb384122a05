//! Has a contact say that something is due.

use super::{Followed, pace, rows};
use crate::contact_actor::{ContactAnswer, ContactJob};
use crate::keys::contact_stream;
use crate::shared::Shared;
use crate::{Cursor, Error, Request};
use domain::contact::{ContactCommand, Reach};
use domain::missed::Missed;
use domain::{ContactId, Principal, Role, Seconds, Timestamp};
use uuid::Uuid;

/// How soon it is looked again at the earliest when somebody cannot be told now.
const AGAIN_AFTER_MIN: Seconds = Seconds(10);

/// Does what is due first for a contact, as of the end of the log.
pub(super) async fn tell(
    shared: &Shared,
    followed: &Followed,
    contact: ContactId,
    mut missed: Missed,
    now: Timestamp,
) -> Result<(), Error> {
    let is_push = missed.push_due.is_some_and(|due| due <= now);
    let due = if is_push { missed.push_due } else { missed.digest_due };
    // Nobody wants to hear of the day before yesterday because the process was off.
    if due.is_some_and(|due| due.plus(shared.options.outbox_tries_for) < now) {
        if is_push {
            missed.forget_push()
        } else {
            missed.forget_digest()
        }
        return shared.reading(move |log| rows::put(log, contact, missed)).await;
    }
    let in_use = shared.in_use.of(contact);
    let reach = if is_push {
        let items = missed.items.iter().map(|item| item.fact).collect();
        Some(Reach::Push { seen: missed.version, in_use, items, more: missed.more })
    } else {
        // Whoever has a device in use is not away, and their absence begins anew.
        let is_away = in_use.is_empty();
        is_away.then(|| Reach::Digest { seen: missed.version, batch: missed.digest_batch() })
    };
    let Some(reach) = reach else {
        let (wish, pace) = (missed.digest, pace(shared));
        missed.digest_due = wish.span(pace.digest_after).map(|after| now.plus(after));
        return shared.reading(move |log| rows::put(log, contact, missed)).await;
    };
    match ask(shared, contact, reach).await {
        // Whatever was written, if it was not this: the log goes on, and is followed before anything else.
        Ok(Some(position)) if is_behind(followed, position) => Ok(()),
        Ok(_) => later(shared, contact, missed, is_push, now).await,
        // One who cannot be told must not hold up all others.
        Err(error @ (Error::ActorFailed | Error::Damaged(_) | Error::Overloaded(_))) => {
            tracing::warn!(
                code = error.code(),
                "a contact could not say that something is due; trying again"
            );
            later(shared, contact, missed, is_push, now).await
        }
        Err(error) => Err(error),
    }
}

fn is_behind(followed: &Followed, Cursor { partition, position }: Cursor) -> bool {
    followed.positions.get(usize::from(partition.0)).is_none_or(|followed| *followed < position)
}

/// All devices are in use, say: it is looked again when the next batch would be due.
async fn later(
    shared: &Shared,
    contact: ContactId,
    mut missed: Missed,
    is_push: bool,
    now: Timestamp,
) -> Result<(), Error> {
    let again = Some(now.plus(shared.options.push_after.max(AGAIN_AFTER_MIN)));
    if is_push {
        missed.push_due = again;
    } else {
        missed.digest_due = again;
    }
    shared.reading(move |log| rows::put(log, contact, missed)).await
}

/// The position of the newest of the contact's facts, after what it decided.
async fn ask(shared: &Shared, contact: ContactId, reach: Reach) -> Result<Option<Cursor>, Error> {
    let request = Request {
        principal: Principal { role: Role::System, name: "missed".to_owned() },
        correlation: Uuid::from_u64_pair(shared.ids.next(), shared.ids.next()),
        command: None,
    };
    let command = ContactCommand::Reach(reach);
    let job = || ContactJob::Command { command: Box::new(command.clone()), request: request.clone() };
    match shared.actors()?.contacts.ask(contact_stream(contact).0, job).await?? {
        ContactAnswer::Accepted(accepted) => Ok(Some(accepted.position)),
        ContactAnswer::Active(_)
        | ContactAnswer::Closed(_)
        | ContactAnswer::Verified(_)
        | ContactAnswer::Unsettled(_)
        | ContactAnswer::Fired
        | ContactAnswer::Stale => Err(Error::ActorFailed),
    }
}
