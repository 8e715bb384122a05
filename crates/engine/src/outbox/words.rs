//! What a conversation has to say to its requester next: a function of its facts and of its channel.

use crate::keys::conversation_stream;
use crate::{DeliveryKey, Error, OutgoingMessage, load};
use domain::channel::{ChannelKind, Mode};
use domain::configuration::Configuration;
use domain::conversation::{ClosedState, Conversation, ConversationEvent, Owner, StateReason, Utterance};
use domain::notice::{Place, Said, to_requester};
use domain::{Address, Content, ConversationId, Event, Personal, Timestamp, rendering};
use store::EventLog;
use uuid::Uuid;

/// How many events are read at a time.
const PAGE: usize = 64;
/// How many events before a fact may be of the same second.
const BEFORE_COUNT: u64 = 64;

/// What a look at a conversation finds.
pub(super) enum Found {
    /// Nothing goes out.
    Nothing,
    /// Its channel is not configured any more, so nobody knows how anything could go out.
    NoChannel,
    /// This is next.
    Next(Box<Next>),
}

/// What is next.
pub(super) struct Next {
    pub(super) which: Utterance,
    /// When the fact was committed.
    pub(super) at: Timestamp,
    /// From when its tries count: when somebody had it tried again, or else when the fact was committed.
    pub(super) since: Timestamp,
    /// Whether it waited for something that was tried, so that it has had no chance of its own.
    pub(super) waited: bool,
    pub(super) correlation: Uuid,
    /// Why it may not be said any more, if so.
    pub(super) barred: Option<&'static str>,
    pub(super) message: OutgoingMessage,
}

/// What was said before the requester opted out is not sent any more (`OPT-6`), nor what was meant for somebody who has
/// lost the number to another user since (`PRO-4`).
fn barred(state: &Conversation) -> Option<&'static str> {
    let closed = state.closing.map(|(_, reason)| reason);
    if state.opted_out.is_some() {
        Some("opted_out")
    } else if closed == Some(StateReason::Superseded) && state.owner != Owner::VirtualAgent {
        Some("superseded")
    } else {
        None
    }
}

/// Whether anything goes out on a channel of this kind; what is said on the web is shown to whoever is connected.
pub(crate) const fn goes_out(kind: ChannelKind) -> bool {
    match kind {
        ChannelKind::Mweb => false,
        ChannelKind::Sms
        | ChannelKind::Own
        | ChannelKind::Whatsapp
        | ChannelKind::Messenger
        | ChannelKind::Line
        | ChannelKind::AppleMessages
        | ChannelKind::Teams
        | ChannelKind::Slack => true,
    }
}

/// What a fact says to its requester that goes out, in order. The requester's own words never do.
pub(super) fn said<'a>(
    event: &'a ConversationEvent,
    mode: Mode,
    kind: Option<ChannelKind>,
    configuration: &Configuration,
    language: Option<&str>,
) -> Vec<Said<'a>> {
    let place = Place { mode, kind, texts: &configuration.texts, language };
    let mut said = to_requester(event, place);
    said.retain(|said| match said {
        Said::ByRequester(_) => false,
        Said::ByAgent(..) | Said::ByVirtualAgent(_) | Said::Notice { .. } => true,
    });
    said
}

/// What is next in a conversation. Blocks on the disk.
pub(super) fn next(
    log: &dyn EventLog,
    id: ConversationId,
    configuration: &Configuration,
) -> Result<Found, Error> {
    let Some(state) = load::conversation(log, id)?.state else { return Ok(Found::Nothing) };
    // What a faulted conversation holds cannot be trusted, and nothing can be written down of it any more.
    if matches!(state.closing, Some((ClosedState::Faulted, _))) {
        return Ok(Found::Nothing);
    }
    let Some(kind) = configuration.channels.get(&state.channel).map(|settings| settings.kind) else {
        return Ok(Found::NoChannel);
    };
    if !goes_out(kind) {
        return Ok(Found::Nothing);
    }
    let reader = Reader { log, id, state: &state, kind, configuration };
    for (which, since) in &state.outbound.redriven {
        let wanted = |found: Utterance| found == *which;
        if let Some(next) = reader.first(which.of, Some(which.of), wanted)? {
            return Ok(Found::Next(Box::new(Next { since: *since, ..next })));
        }
    }
    let settled = state.outbound.settled;
    let next = reader.first(settled.map_or(1, |settled| settled.of), None, |found| settled < Some(found))?;
    Ok(next.map_or(Found::Nothing, |next| Found::Next(Box::new(next))))
}

/// Whether the conversation says this, finished or not. Blocks on the disk.
pub(super) fn says(
    log: &dyn EventLog,
    id: ConversationId,
    state: &Conversation,
    which: Utterance,
    configuration: &Configuration,
) -> Result<bool, Error> {
    let kind = configuration.channels.get(&state.channel).map(|settings| settings.kind);
    let Some(kind) = kind.filter(|kind| goes_out(*kind)) else { return Ok(false) };
    let reader = Reader { log, id, state, kind, configuration };
    Ok(which.of > 0 && reader.first(which.of, Some(which.of), |found| found == which)?.is_some())
}

/// How the provider calls what went out since this fact, or shortly before it. Blocks on the disk.
pub(super) fn dispatched(
    log: &dyn EventLog,
    id: ConversationId,
    since: u64,
) -> Result<Vec<(DeliveryKey, Personal<String>)>, Error> {
    // What went out in the same second counts too, and its fact may stand before this one.
    let mut after = since.saturating_sub(BEFORE_COUNT);
    let mut known = Vec::new();
    loop {
        let page = log.read_stream(conversation_stream(id), after, PAGE)?;
        let Some(last) = page.last() else { return Ok(known) };
        after = last.version;
        for stored in &page {
            if let Event::Conversation(ConversationEvent::Dispatched { of, part, provider_id, .. }) =
                codec::decode(&stored.bytes)?.event
            {
                let key = super::lanes::key(id, Utterance { of, part });
                known.extend(provider_id.map(|provider_id| (key, provider_id)));
            }
        }
    }
}

struct Reader<'a> {
    log: &'a dyn EventLog,
    id: ConversationId,
    state: &'a Conversation,
    kind: ChannelKind,
    configuration: &'a Configuration,
}

impl Reader<'_> {
    /// The first thing that is wanted, of the facts with versions from `from` to `to`.
    fn first(
        &self,
        from: u64,
        to: Option<u64>,
        wanted: impl Fn(Utterance) -> bool,
    ) -> Result<Option<Next>, Error> {
        let mut after = from.saturating_sub(1);
        loop {
            let limit = if to == Some(from) { 1 } else { PAGE };
            let page = self.log.read_stream(conversation_stream(self.id), after, limit)?;
            let Some(last) = page.last() else { return Ok(None) };
            after = last.version;
            for stored in &page {
                let envelope = codec::decode(&stored.bytes)?;
                let Event::Conversation(event) = &envelope.event else { continue };
                let (mode, language) = (self.state.policy.mode(), self.state.language.as_deref());
                let said = said(event, mode, self.kind.into(), self.configuration, language);
                for (part, said) in (0_u16..).zip(said) {
                    let which = Utterance { of: stored.version, part };
                    if wanted(which) {
                        let (at, correlation) = (envelope.at, envelope.cause.correlation);
                        let waited = self.state.outbound.tried_at >= Some(at);
                        let message = self.message(said);
                        let barred = barred(self.state);
                        return Ok(Some(Next { which, at, since: at, waited, correlation, barred, message }));
                    }
                }
            }
            if to.is_some() {
                return Ok(None);
            }
        }
    }

    /// Somebody's words, where there is only text with the choices written out (`MSG-20`, `MSG-26`).
    fn put(&self, message: &mut OutgoingMessage, content: &Content) {
        message.attachments = content.attachments().to_vec();
        if self.kind.has_only_text() {
            message.text = Personal::new(rendering::as_text(content));
        } else {
            message.text = content.text().clone();
            message.choices = content.choices().map(|choices| choices.options().to_vec()).unwrap_or_default();
        }
    }

    fn message(&self, said: Said<'_>) -> OutgoingMessage {
        let Conversation { channel, company, requester, .. } = self.state;
        let address: &Address = requester.expose();
        let mut message = OutgoingMessage {
            channel: channel.clone(),
            kind: self.kind,
            from: company.clone(),
            to: Personal::new(address.clone()),
            message: None,
            agent: None,
            notice: None,
            text: Personal::new(String::new()),
            attachments: Vec::new(),
            choices: Vec::new(),
        };
        match said {
            Said::ByRequester(_) => {}
            Said::ByAgent(agent, words) => {
                message.message = Some(words.id);
                message.agent = Some(agent.clone());
                self.put(&mut message, &words.content);
            }
            Said::ByVirtualAgent(words) => {
                message.message = Some(words.id);
                self.put(&mut message, &words.content);
            }
            Said::Notice { key, text } => {
                message.notice = Some(key);
                message.text = Personal::new(text);
            }
        }
        message
    }
}
