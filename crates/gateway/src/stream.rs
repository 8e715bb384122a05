//! The live stream: what happens, as it happens, to everybody whom it concerns, and what was missed to those who come
//! back.
//!
//! In reading order: `hub` (who listens, and the one place where news is handed out), `feed` (one listener: first what
//! was missed, then what is new, without a gap and without a double), `socket` with `client` (a feed over a WebSocket and
//! what comes back over it), `frame` (how a fact reads), `cursor`, `inbox`, `guests` with `pollers`, and `tickets`.

pub(crate) mod client;
pub(crate) mod cursor;
pub(crate) mod entry;
pub(crate) mod feed;
pub(crate) mod frame;
pub(crate) mod guests;
pub(crate) mod hub;
pub(crate) mod inbox;
pub(crate) mod pollers;
pub(crate) mod slot;
pub(crate) mod socket;
pub(crate) mod tickets;

use crate::settings::WebSettings;
use crate::stream::hub::Hub;
use crate::stream::tickets::Tickets;
use api::{OpenConversation, ServerFrame};
use domain::ContactId;
use engine::Engine;
use std::sync::Arc;
use std::time::Duration;
use views::{Audience, Timeline};

/// How often the server pings, in seconds.
pub(crate) const HEARTBEAT_S: u64 = 25;
/// A client of which nothing is heard for this long is gone.
pub(crate) const SILENCE: Duration = Duration::from_secs(60);

/// How long a stream's beginning waits for what was committed just before.
const SEEN_WITHIN: Duration = Duration::from_millis(500);

/// What all streams of a server share.
pub(crate) struct Streams {
    pub(crate) hub: Hub,
    pub(crate) timeline: Arc<Timeline>,
    pub(crate) engine: Engine,
    pub(crate) web: WebSettings,
    pub(crate) tickets: Tickets,
    /// The largest frame of a client in bytes.
    pub(crate) frame_max: usize,
}

impl Streams {
    /// Nobody listens yet.
    pub(crate) fn new(engine: Engine, timeline: Arc<Timeline>, web: WebSettings, frame_max: usize) -> Self {
        let hub = Hub::new(Arc::clone(&timeline), web.streams_max, web.streams_per_user_max);
        Self { hub, timeline, engine, web, tickets: Tickets::default(), frame_max }
    }
}

/// Ends all streams, and resolves when they have ended and what follows from that is done.
pub(crate) async fn drain(streams: &Streams) {
    streams.hub.shut(slot::Close::GOING_AWAY);
    streams.hub.emptied().await;
    streams.hub.guests.part_with_pollers();
    streams.hub.guests.settled().await;
}

/// The first frame of a stream. A requester learns which of their conversations are not over (`RE-1`).
pub(crate) async fn hello(streams: &Arc<Streams>, feed: &feed::Feed) -> String {
    let conversations = match &feed.slot().audience {
        Audience::Contact(contact) => open_conversations(streams, *contact).await,
        Audience::Agent(_) | Audience::All => Vec::new(),
    };
    let cursor = feed.cursor().to_string();
    frame::written(&ServerFrame::Hello { cursor, heartbeat_s: HEARTBEAT_S, conversations })
}

async fn open_conversations(streams: &Arc<Streams>, contact: ContactId) -> Vec<OpenConversation> {
    let timeline = Arc::clone(&streams.timeline);
    let found = actix_web::web::block(move || {
        // Whoever reloads a page right after writing sees what they wrote.
        for (partition, head) in (0..).zip(timeline.heads()) {
            timeline.wait_for(partition, head, SEEN_WITHIN);
        }
        timeline.open_of(contact)
    });
    let mut open = Vec::new();
    for id in found.await.ok().and_then(Result::ok).unwrap_or_default() {
        // One that cannot be read now is found out about by whoever asks for it.
        let Ok(state) = streams.engine.conversation(id).await else { continue };
        if !state.is_closed() {
            open.push(OpenConversation {
                id: id.to_string(),
                mode: state.policy.mode().name().to_owned(),
                state: state.lifecycle.name().to_owned(),
                version: state.version,
                agent: state.owner.agent().map(ToString::to_string),
            });
        }
    }
    open
}
