//! Tickets: a browser cannot put a token into the head of a WebSocket's request, and a token in a URL would end up in
//! logs. A ticket is good for one stream and for a few seconds.

use crate::auth::Identity;
use crate::failure::Failure;
use api::ProblemCode;
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// For how long a ticket is good.
pub(crate) const LIFETIME: Duration = Duration::from_secs(30);
/// The most tickets that are not used yet (`X1`).
const TICKETS_MAX: usize = 10_000;

/// The tickets that are not used yet, by a digest: what is looked up tells nothing of what would be found.
#[derive(Default)]
pub(crate) struct Tickets(Mutex<HashMap<[u8; 32], (Identity, Instant)>>);

impl Tickets {
    /// A ticket for somebody.
    pub(crate) fn issue(&self, identity: Identity) -> Result<String, Failure> {
        let now = Instant::now();
        let mut tickets = self.tickets();
        if tickets.len() >= TICKETS_MAX {
            tickets.retain(|_, (_, until)| *until > now);
        }
        if tickets.len() >= TICKETS_MAX {
            return Err(Failure::new(ProblemCode::Overloaded, "too many tickets are not used yet"));
        }
        let ticket = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
        tickets.insert(digest(&ticket), (identity, now + LIFETIME));
        Ok(ticket)
    }

    /// Whose ticket it is; it is used up with this.
    pub(crate) fn take(&self, ticket: &str) -> Result<Identity, Failure> {
        match self.tickets().remove(&digest(ticket)) {
            Some((identity, until)) if until > Instant::now() => Ok(identity),
            Some(_) | None => {
                let detail = "the ticket is unknown, was used or is older than 30 s; get a new one";
                Err(Failure::new(ProblemCode::TicketInvalid, detail))
            }
        }
    }

    fn tickets(&self) -> MutexGuard<'_, HashMap<[u8; 32], (Identity, Instant)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn digest(ticket: &str) -> [u8; 32] {
    Sha256::digest(ticket.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{Principal, Role};

    /// X1
    #[test]
    fn a_ticket_opens_one_stream_and_another_text_opens_none() {
        let principal = Principal { role: Role::Agent, name: "ann".to_owned() };
        let identity = Identity { principal, channel: None, guest: false, expires_s: None };
        let tickets = Tickets::default();
        let ticket = tickets.issue(identity).unwrap();
        assert!(tickets.take(&ticket[1..]).is_err());
        assert_eq!(tickets.take(&ticket).unwrap().principal.name, "ann");
        assert_eq!(tickets.take(&ticket).unwrap_err().code(), ProblemCode::TicketInvalid);
    }
}
