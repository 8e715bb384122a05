//! A feed over a WebSocket: what goes out, what comes in, and the heartbeat between the two.

use crate::stream::client::Client;
use crate::stream::feed::{Feed, Step};
use crate::stream::slot::Close;
use crate::stream::{HEARTBEAT_S, SILENCE};
use actix_ws::{AggregatedMessage, AggregatedMessageStream, CloseCode, CloseReason, ProtocolError, Session};
use futures_util::StreamExt as _;
use std::time::{Duration, Instant};

/// How long a client may leave a frame unread before it counts as too slow.
const SEND_MAX: Duration = Duration::from_secs(30);
/// How long the closing frame may take to be sent; who does not read is hung up on, and sooner when the server stops.
const CLOSE_MAX: Duration = Duration::from_secs(5);
const CLOSE_MAX_STOPPING: Duration = Duration::from_secs(1);

/// One open socket.
pub(crate) struct Socket {
    pub(crate) session: Session,
    pub(crate) incoming: AggregatedMessageStream,
    pub(crate) feed: Feed,
    pub(crate) client: Client,
}

/// What a socket's loop has to do next.
enum Turn {
    Out(Step),
    In(Option<Result<AggregatedMessage, ProtocolError>>),
    Beat,
}

impl Socket {
    /// Runs until either side ends it. The first thing that goes out is `hello`.
    pub(crate) async fn run(mut self, hello: String) {
        let why = match self.send(hello).await {
            Ok(()) => self.turn().await,
            Err(why) => why,
        };
        let Self { session, feed, .. } = self;
        let Some(Close { code, reason }) = why else { return };
        // The hub knows why, for its figures.
        feed.slot().close(Close { code, reason });
        let reason = CloseReason { code: CloseCode::from(code), description: Some(reason.to_owned()) };
        let patience = if code == Close::GOING_AWAY.code { CLOSE_MAX_STOPPING } else { CLOSE_MAX };
        let _ = tokio::time::timeout(patience, session.close(Some(reason))).await;
    }

    /// Turns until there is a reason to end; none if the client is gone already.
    async fn turn(&mut self) -> Option<Close> {
        let mut heard = Instant::now();
        let mut beat = tokio::time::interval(Duration::from_secs(HEARTBEAT_S));
        beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        beat.reset();
        loop {
            let turn = tokio::select! {
                step = self.feed.next() => Turn::Out(step),
                message = self.incoming.next() => Turn::In(message),
                _ = beat.tick() => Turn::Beat,
            };
            let outcome = match turn {
                Turn::Out(Step::Frame(frame)) => self.send(frame).await,
                Turn::Out(Step::Closed(why)) => Err(Some(why)),
                Turn::In(_) if self.client.has_expired() => Err(Some(Close::EXPIRED)),
                Turn::In(message) => {
                    heard = Instant::now();
                    self.receive(message).await
                }
                Turn::Beat if heard.elapsed() >= SILENCE => Err(Some(Close::SILENT)),
                Turn::Beat if self.client.has_expired() => Err(Some(Close::EXPIRED)),
                Turn::Beat => self.session.ping(b"").await.map_err(|_| None),
            };
            if let Err(why) = outcome {
                return why;
            }
        }
    }

    async fn send(&mut self, frame: String) -> Result<(), Option<Close>> {
        tokio::select! {
            sent = self.session.text(frame) => sent.map_err(|_| None),
            why = self.feed.slot().ended() => Err(Some(why)),
            () = tokio::time::sleep(SEND_MAX) => Err(Some(Close::TOO_SLOW)),
        }
    }

    async fn receive(
        &mut self,
        message: Option<Result<AggregatedMessage, ProtocolError>>,
    ) -> Result<(), Option<Close>> {
        match message {
            None | Some(Ok(AggregatedMessage::Close(_))) => Err(None),
            Some(Ok(AggregatedMessage::Text(text))) => {
                if !self.client.may_speak() {
                    return Err(Some(Close::POLICY));
                }
                match self.client.said(&text).await {
                    Some(answer) => self.send(answer).await,
                    None => Ok(()),
                }
            }
            Some(Ok(AggregatedMessage::Ping(bytes))) => self.session.pong(&bytes).await.map_err(|_| None),
            Some(Ok(AggregatedMessage::Pong(_))) => Ok(()),
            Some(Ok(AggregatedMessage::Binary(_))) => Err(Some(Close::UNSUPPORTED)),
            Some(Err(ProtocolError::Overflow)) => Err(Some(Close::TOO_BIG)),
            Some(Err(ProtocolError::Io(_))) => Err(None),
            Some(Err(_)) => Err(Some(Close::PROTOCOL)),
        }
    }
}
