//! Guests who are gone and come back (`ID-12`): their open conversations are told, and keep the time.
//!
//! One task tells them all, one contact after the other, and looks whether the guest is there right before it does. So
//! whatever comes and goes in between, the last thing told is what is true.

use crate::stream::Streams;
use crate::stream::slot::Slot;
use domain::{ContactId, Principal, Role};
use engine::{Order, Request};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use uuid::Uuid;
use views::Audience;

/// How long a conversation that was just opened may take to be seen. The log's own order is not waited for longer.
const SEEN_WITHIN: Duration = Duration::from_secs(2);

/// The guests who came or went and whose conversations do not know it yet.
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
}

impl Moved {
    fn is_told(&self) -> bool {
        self.contacts.is_empty() && !self.telling
    }
}

impl Guests {
    /// Resolves when everybody is told.
    pub(crate) async fn settled(&self) {
        loop {
            let done = self.done.notified();
            if self.moved().is_told() {
                return;
            }
            done.await;
        }
    }

    fn moved(&self) -> MutexGuard<'_, Moved> {
        self.moved.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Notes that a stream came or went.
pub(crate) fn came_or_went(streams: &Streams, slot: &Slot) {
    let (true, Audience::Contact(contact)) = (slot.identity.guest, &slot.audience) else { return };
    streams.guests.moved().contacts.insert(*contact);
    streams.guests.wake.notify_one();
}

/// Runs for as long as the server does.
pub(crate) async fn run(streams: Arc<Streams>) {
    loop {
        let next = {
            let mut moved = streams.guests.moved();
            let next = moved.contacts.pop_first();
            moved.telling = next.is_some();
            next
        };
        match next {
            Some(contact) => tell(&streams, contact).await,
            None => {
                streams.guests.done.notify_waiters();
                streams.guests.wake.notified().await;
            }
        }
    }
}

async fn tell(streams: &Arc<Streams>, contact: ContactId) {
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
            return tracing::error!(code = error.code(), "a guest's conversations are not known");
        }
        Err(_) => return,
    };
    for conversation in open {
        let here = streams.hub.is_here(contact);
        let order = if here { Order::Reconnect } else { Order::Disconnect };
        let principal = Principal { role: Role::System, name: "stream".to_owned() };
        let request = Request { principal, correlation: Uuid::new_v4(), command: None };
        match streams.engine.order(conversation, order, request).await {
            // It may have closed meanwhile.
            Ok(_) | Err(engine::Error::Rejected(_)) => {}
            Err(error) => {
                tracing::warn!(code = error.code(), here, "a conversation was not told of its guest")
            }
        }
    }
}
