//! What comes from a client over its socket.

use crate::access::{Caller, Streamers};
use crate::failure::Failure;
use crate::idempotency;
use crate::sending;
use crate::stream::Streams;
use crate::stream::frame;
use actix_web::web;
use api::{AcceptedResponse, ClientFrame, PostMessageRequest, ProblemCode, ServerFrame};
use domain::{ChannelId, ConversationId, Role};
use std::sync::Arc;
use std::time::{Duration, Instant};
use views::{Audience, Scene};

/// How many frames a client may send at once, and how many a second after that (`X1`).
const BURST: u32 = 60;
const PER_S: u32 = 20;
/// One is writing for a while; more often than this tells nobody anything.
const TYPING_EVERY: Duration = Duration::from_secs(1);

/// The speaking side of one socket.
pub(crate) struct Client {
    streams: Arc<Streams>,
    caller: Caller<Streamers>,
    /// The one channel that the stream is about, if it is.
    channel: Option<ChannelId>,
    audience: Audience,
    allowance: Allowance,
    typed: Option<(ConversationId, Instant)>,
}

/// What somebody says of how far they are, or of what they do.
#[derive(Clone, Copy)]
enum Sign {
    Typing,
    Delivered(u64),
    Read(u64),
}

impl Client {
    pub(crate) fn new(
        streams: Arc<Streams>,
        caller: Caller<Streamers>,
        channel: Option<ChannelId>,
        audience: Audience,
    ) -> Self {
        let allowance = Allowance { left: BURST, since: Instant::now() };
        Self { streams, caller, channel, audience, allowance, typed: None }
    }

    /// Whether their token has expired (`ID-18`).
    pub(crate) fn has_expired(&self) -> bool {
        self.caller.identity().has_expired()
    }

    /// Whether they have not sent too much already.
    pub(crate) fn may_speak(&mut self) -> bool {
        self.allowance.take(Instant::now())
    }

    /// Does what a frame says; the answer, if it has one.
    pub(crate) async fn said(&mut self, text: &str) -> Option<String> {
        let frame = match serde_json::from_str::<ClientFrame>(text) {
            Ok(frame) => frame,
            Err(_) => {
                let detail = "the frame is none of those that docs/stream.md lists";
                return Some(frame::refused(None, &Failure::new(ProblemCode::InvalidBody, detail)));
            }
        };
        match frame {
            ClientFrame::Ping {} => Some(frame::written(&ServerFrame::Pong {})),
            ClientFrame::Typing { conversation_id } => self.sign(&conversation_id, Sign::Typing).await,
            ClientFrame::Delivered { conversation_id, version } => {
                self.sign(&conversation_id, Sign::Delivered(version)).await
            }
            ClientFrame::Read { conversation_id, version } => {
                self.sign(&conversation_id, Sign::Read(version)).await
            }
            ClientFrame::Send {
                id,
                conversation_id,
                to,
                text,
                attachments,
                choices,
                component,
                answer,
                sent_at,
                context,
            } => {
                let message =
                    PostMessageRequest { text, attachments, sent_at, context, choices, component, answer };
                let sent = self.send(&id, conversation_id, to.as_deref(), message).await;
                Some(match sent {
                    Ok(accepted) => frame::written(&ServerFrame::Sent { id, accepted }),
                    Err(failure) => {
                        if let Some(reason) = failure.reason() {
                            tracing::error!(code = failure.code().code(), reason, "a message was not taken");
                        }
                        frame::refused(Some(id), &failure)
                    }
                })
            }
        }
    }

    async fn send(
        &self,
        id: &str,
        conversation: Option<String>,
        to: Option<&str>,
        message: PostMessageRequest,
    ) -> Result<AcceptedResponse, Failure> {
        let engine = &self.streams.engine;
        let accepted = if let Some(conversation) = conversation {
            let conversation =
                ConversationId::parse(&conversation).ok_or_else(Failure::conversation_unknown)?;
            let command = idempotency::from_stream(conversation, &self.caller, id.to_owned(), &message)?;
            sending::to_conversation(engine, &self.caller, conversation, message, Some(command)).await?
        } else {
            let channel = self.channel.as_ref().filter(|_| self.caller.role() == Role::Requester);
            let channel = channel.ok_or_else(|| {
                Failure::field(ProblemCode::InvalidBody, "conversation_id", "is required of an agent")
            })?;
            let command = idempotency::from_requester(channel, &self.caller, id.to_owned(), &message)?;
            sending::to_company(engine, &self.caller, channel, to, message, Some(command)).await?
        };
        Ok(crate::routes::accepted_response(&accepted))
    }

    /// Passes a sign of life on to the other side's open streams. Nothing of it is stored: receipts that are come from
    /// providers, and reach agents with their facts.
    async fn sign(&mut self, conversation: &str, sign: Sign) -> Option<String> {
        let Some(id) = ConversationId::parse(conversation) else {
            return Some(frame::refused(None, &Failure::conversation_unknown()));
        };
        if matches!(sign, Sign::Typing) && !self.may_type(id) {
            return None;
        }
        let timeline = Arc::clone(&self.streams.timeline);
        let scene = match web::block(move || timeline.scene(id)).await {
            Ok(Ok(scene)) => scene.filter(|scene| self.takes_part(scene)),
            Ok(Err(_)) | Err(_) => None,
        };
        match scene {
            Some(scene) => self.pass_on(id, &scene, sign),
            None => return Some(frame::refused(None, &Failure::conversation_unknown())),
        }
        None
    }

    /// Whether it is theirs to say something about.
    fn takes_part(&self, scene: &Scene) -> bool {
        let on_channel = self.channel.as_ref().is_none_or(|channel| *channel == scene.channel);
        on_channel
            && match &self.audience {
                Audience::Contact(contact) => *contact == scene.contact,
                Audience::Agent(agent) => scene.agents.contains(agent),
                Audience::All => {
                    scene.agents.iter().any(|agent| agent.as_str() == self.caller.principal().name)
                }
            }
    }

    fn pass_on(&self, id: ConversationId, scene: &Scene, sign: Sign) {
        let conversation_id = id.to_string();
        let is_requester = matches!(self.audience, Audience::Contact(_));
        let from = if is_requester { "requester" } else { "agent" }.to_owned();
        let agent = (!is_requester).then(|| self.caller.principal().name.clone());
        let frame = frame::text(&match sign {
            Sign::Typing => ServerFrame::Typing { conversation_id, from, agent },
            Sign::Delivered(version) => {
                ServerFrame::Delivered { conversation_id, version, from, agent, alone: false }
            }
            Sign::Read(version) => ServerFrame::Read { conversation_id, version, from, agent, alone: false },
        });
        if is_requester {
            self.streams.hub.hint_agents(&scene.agents, &frame);
        } else {
            self.streams.hub.hint_contact(scene.contact, &frame);
        }
    }

    fn may_type(&mut self, id: ConversationId) -> bool {
        let now = Instant::now();
        let soon = |(same, at): (ConversationId, Instant)| same == id && now - at < TYPING_EVERY;
        if self.typed.is_some_and(soon) {
            return false;
        }
        self.typed = Some((id, now));
        true
    }
}

/// A burst, and so many a second after that.
struct Allowance {
    left: u32,
    since: Instant,
}

impl Allowance {
    fn take(&mut self, now: Instant) -> bool {
        let whole_s = u32::try_from((now - self.since).as_secs()).unwrap_or(u32::MAX);
        if whole_s > 0 {
            self.left = self.left.saturating_add(whole_s.saturating_mul(PER_S)).min(BURST);
            self.since = now;
        }
        let may = self.left > 0;
        self.left = self.left.saturating_sub(1);
        may
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// X1
    #[test]
    fn a_client_may_send_a_burst_and_then_so_many_a_second() {
        let begun = Instant::now();
        let mut allowance = Allowance { left: BURST, since: begun };
        assert!((0..BURST).all(|_| allowance.take(begun)));
        assert!(!allowance.take(begun));
        let later = begun + Duration::from_secs(1);
        assert!((0..PER_S).all(|_| allowance.take(later)));
        assert!(!allowance.take(later));
    }
}
