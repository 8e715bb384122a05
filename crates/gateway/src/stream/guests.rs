//! Guests who are gone and come back (`ID-12`): their open conversations are told, and keep the time.
//!
//! One task tells them all, one contact after the other, and looks whether the guest is there right before it does. So
//! whatever comes and goes in between, the last thing told is what is true.

use crate::stream::Streams;
use crate::stream::hub::Hub;
use crate::stream::pollers::Pollers;
use crate::stream::slot::Slot;
use domain::{ContactId, Principal, Role};
use engine::{Order, Request};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Notify;
use uuid::Uuid;
use views::Audience;

/// How long a conversation that was just opened may take to be seen. The log's own order is not waited for longer.
const SEEN_WITHIN: Duration = Duration::from_secs(2);
/// After how long conversations are told again that could not be told.
const AGAIN_AFTER: Duration = Duration::from_secs(1);

/// The guests who came or went and whose conversations do not know it yet, and those who poll.
#[derive(Default)]
pub(crate) struct Guests {
    moved: Mutex<Moved>,
    wake: Notify,
    done: Notify,
}

#[derive(Default)]
struct Moved {
    contacts: BTreeSet<ContactId>,
    telling: bool,
    /// Those who could not be told of, and when that is tried again. Nobody waits for them to be.
    again: BTreeSet<(Instant, ContactId)>,
    pollers: Pollers,
}

impl Moved {
    fn is_told(&self) -> bool {
        self.contacts.is_empty() && !self.telling
    }

    /// Who is told of next; a poller who did not come again comes last.
    fn next(&mut self) -> Option<ContactId> {
        let now = Instant::now();
        let next = self.contacts.pop_first().or_else(|| self.take_again(now));
        let next = next.or_else(|| self.pollers.take_gone(now));
        self.telling = next.is_some();
        next
    }

    fn take_again(&mut self, now: Instant) -> Option<ContactId> {
        self.again.first().filter(|(at, _)| *at <= now)?;
        self.again.pop_first().map(|(_, contact)| contact)
    }

    /// When somebody is told of next, if nobody comes or goes before.
    fn next_at(&self) -> Option<Instant> {
        let again = self.again.first().map(|(at, _)| *at);
        [again, self.pollers.next_gone()].into_iter().flatten().min()
    }
}

impl Guests {
    /// Resolves when everybody is told.
    pub(crate) async fn settled(&self) {
        loop {
            let done = self.done.notified();
            if self.lock().is_told() {
                return;
            }
            done.await;
        }
    }

    /// Notes that a guest may have come or gone.
    pub(crate) fn moved(&self, contact: ContactId) {
        self.lock().contacts.insert(contact);
        self.wake.notify_one();
    }

    /// Whether a guest is between two polls.
    pub(crate) fn polls(&self, contact: ContactId) -> bool {
        self.lock().pollers.has(contact)
    }

    /// Nobody can poll again, so nobody is waited for.
    pub(crate) fn part_with_pollers(&self) {
        let mut moved = self.lock();
        let pollers = moved.pollers.take_all();
        moved.contacts.extend(pollers);
        self.wake.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, Moved> {
        self.moved.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The contact of a guest's stream.
fn guest(slot: &Slot) -> Option<ContactId> {
    match &slot.audience {
        Audience::Contact(contact) if slot.identity.guest => Some(*contact),
        Audience::Contact(_) | Audience::Agent(_) | Audience::All => None,
    }
}

/// Notes that a stream has begun. Who polls again was not gone.
pub(crate) fn came(hub: &Hub, slot: &Slot) {
    let Some(contact) = guest(slot) else { return };
    // Another tab of somebody who polls leaves them between two polls.
    let polled = !slot.lasting && hub.guests.lock().pollers.begun(contact);
    if !polled {
        hub.guests.moved(contact);
    }
}

/// Notes that a poll is about to end: its guest counts as there for a while.
pub(crate) fn stays(hub: &Hub, slot: &Slot) {
    let Some(contact) = guest(slot).filter(|_| !slot.lasting) else { return };
    if hub.guests.lock().pollers.ended(contact, Instant::now()) {
        hub.guests.wake.notify_one();
    }
}

/// Notes that a stream has ended. Who has polled and is waited for has not gone.
pub(crate) fn went(hub: &Hub, slot: &Slot) {
    let Some(contact) = guest(slot) else { return };
    if slot.lasting || !hub.guests.polls(contact) {
        hub.guests.moved(contact);
    }
}

/// Runs for as long as the server does.
pub(crate) async fn run(streams: Arc<Streams>) {
    let guests = &streams.hub.guests;
    loop {
        let (next, next_at) = {
            let mut moved = guests.lock();
            (moved.next(), moved.next_at())
        };
        let Some(contact) = next else {
            guests.done.notify_waiters();
            let woken = guests.wake.notified();
            match next_at {
                Some(at) => drop(tokio::time::timeout_at(at.into(), woken).await),
                None => woken.await,
            }
            continue;
        };
        if !tell(&streams, contact).await {
            guests.lock().again.insert((Instant::now() + AGAIN_AFTER, contact));
        }
    }
}

/// Tells a guest's conversations whether they are there; whether all of them know.
async fn tell(streams: &Arc<Streams>, contact: ContactId) -> bool {
    let timeline = Arc::clone(&streams.timeline);
    let open = actix_web::web::block(move || {
        for (partition, head) in (0..).zip(timeline.heads()) {
            timeline.wait_for(partition, head, SEEN_WITHIN);
        }
        timeline.open_of(contact)
    });
    let open = match open.await {
        Ok(Ok(open)) => open,
        Ok(Err(error)) => {
            tracing::error!(code = error.code(), "a guest's conversations are not known; asking again");
            return false;
        }
        // The server is stopping.
        Err(_) => return true,
    };
    let mut all = true;
    for conversation in open {
        let here = streams.hub.is_here(contact);
        let order = if here { Order::Reconnect } else { Order::Disconnect };
        let principal = Principal { role: Role::System, name: "stream".to_owned() };
        let request = Request { principal, correlation: Uuid::new_v4(), command: None };
        match streams.engine.order(conversation, order, request).await {
            // It may have closed meanwhile.
            Ok(_) | Err(engine::Error::Rejected(_)) => {}
            Err(error) => {
                tracing::warn!(
                    code = error.code(),
                    here,
                    "a conversation was not told of its guest; trying again"
                );
                all = false;
            }
        }
    }
    all
}
