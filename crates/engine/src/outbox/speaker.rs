//! Whoever has something to say to the outside: a conversation to its requester, or the company to a contact by
//! notification. What they say is a function of their facts and of the channel.

use crate::{Error, OutgoingMessage, Source, load};
use domain::channel::{ChannelKind, Mode};
use domain::configuration::Configuration;
use domain::contact::{Contact, ContactEvent, Notification, may_notify};
use domain::conversation::{ClosedState, Conversation, ConversationEvent, Owner, StateReason, Utterance};
use domain::notice::{Place, Said, to_requester};
use domain::outbound::Outbound;
use domain::{Address, ChannelId, ContactId, Content, Event, Personal, rendering};
use store::EventLog;

/// Why nobody is told what was meant for whoever had their place before.
const SUPERSEDED: Option<&str> = Some("superseded");

/// The state of one.
pub(super) enum Speaker {
    Conversation(Box<Conversation>),
    Contact(ContactId, Box<Contact>),
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

/// What a fact of a conversation says to its requester that goes out, in order. The requester's own words never do.
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

/// The notification that a contact's fact sends, and from where; one without an address is only shown.
pub(super) fn notified(event: &ContactEvent) -> Option<(&Notification, &Address)> {
    let ContactEvent::NotificationSent(notification) = event else { return None };
    Some((notification, notification.from.as_ref()?))
}

impl Speaker {
    /// Blocks on the disk.
    pub(super) fn load(log: &dyn EventLog, source: Source) -> Result<Option<Self>, Error> {
        Ok(match source {
            Source::Conversation(id) => {
                load::conversation(log, id)?.state.map(|state| Self::Conversation(Box::new(state)))
            }
            Source::Contact(id) => {
                load::contact(log, id)?.state.map(|state| Self::Contact(id, Box::new(state)))
            }
        })
    }

    pub(super) fn channel(&self) -> &ChannelId {
        match self {
            Self::Conversation(state) => &state.channel,
            Self::Contact(_, state) => &state.channel,
        }
    }

    /// How far what it says has come.
    pub(super) fn outbound(&self) -> &Outbound {
        match self {
            Self::Conversation(state) => &state.outbound,
            Self::Contact(_, state) => &state.outbound,
        }
    }

    pub(super) fn contact(&self) -> ContactId {
        match self {
            Self::Conversation(state) => state.contact,
            Self::Contact(id, _) => *id,
        }
    }

    /// To whom it speaks.
    pub(super) fn requester(&self) -> &Personal<Address> {
        match self {
            Self::Conversation(state) => &state.requester,
            Self::Contact(_, state) => &state.address,
        }
    }

    /// What a faulted conversation holds cannot be trusted, and nothing can be written down of it any more.
    pub(super) fn is_faulted(&self) -> bool {
        match self {
            Self::Conversation(state) => matches!(state.closing, Some((ClosedState::Faulted, _))),
            Self::Contact(..) => false,
        }
    }

    /// Why something may not be said any more, if so. What was said before the requester opted out is not sent any more
    /// (`OPT-6`), nor what was meant for somebody who has lost the number to another user since (`PRO-4`, `ID-9`).
    pub(super) fn barred(&self, which: Utterance, message: &OutgoingMessage) -> Option<&'static str> {
        let opted_out = Some("opted_out");
        match self {
            // Where anything goes out, nothing but another holder has a history begin anew.
            Self::Contact(_, state) if which.of < state.anew => SUPERSEDED,
            Self::Contact(_, state) => {
                let by_phone = message.kind.uses_phone_numbers();
                may_notify(Some(state.as_ref()), by_phone, Some(&message.from)).err().map(|why| why.code())
            }
            Self::Conversation(state) if state.opted_out.is_some() => opted_out,
            Self::Conversation(state) => {
                let closed = state.closing.map(|(_, reason)| reason);
                let superseded =
                    closed == Some(StateReason::Superseded) && state.owner != Owner::VirtualAgent;
                SUPERSEDED.filter(|_| superseded)
            }
        }
    }

    /// What one of its facts says that goes out, in order.
    pub(super) fn messages(
        &self,
        event: &Event,
        kind: ChannelKind,
        configuration: &Configuration,
    ) -> Vec<OutgoingMessage> {
        match (self, event) {
            (Self::Conversation(state), Event::Conversation(event)) => {
                let (mode, language) = (state.policy.mode(), state.language.as_deref());
                let said = said(event, mode, Some(kind), configuration, language);
                said.into_iter().map(|said| self.message(kind, &state.company, said)).collect()
            }
            (Self::Contact(..), Event::Contact(event)) => {
                let notified = notified(event).map(|(notification, from)| OutgoingMessage {
                    notification: Some(notification.id),
                    text: Personal::new(notification.as_text()),
                    ..self.empty(kind, from)
                });
                notified.into_iter().collect()
            }
            (Self::Conversation(_) | Self::Contact(..), _) => Vec::new(),
        }
    }

    fn empty(&self, kind: ChannelKind, from: &Address) -> OutgoingMessage {
        OutgoingMessage {
            channel: self.channel().clone(),
            kind,
            from: from.clone(),
            to: self.requester().clone(),
            message: None,
            agent: None,
            notice: None,
            notification: None,
            text: Personal::new(String::new()),
            attachments: Vec::new(),
            choices: Vec::new(),
        }
    }

    fn message(&self, kind: ChannelKind, company: &Address, said: Said<'_>) -> OutgoingMessage {
        let mut message = self.empty(kind, company);
        match said {
            Said::ByRequester(_) => {}
            Said::ByAgent(agent, words) => {
                message.message = Some(words.id);
                message.agent = Some(agent.clone());
                put(&mut message, &words.content);
            }
            Said::ByVirtualAgent(words) => {
                message.message = Some(words.id);
                put(&mut message, &words.content);
            }
            Said::Notice { key, text } => {
                message.notice = Some(key);
                message.text = Personal::new(text);
            }
        }
        message
    }
}

/// Somebody's words, where there is only text with the choices written out (`MSG-20`, `MSG-26`).
fn put(message: &mut OutgoingMessage, content: &Content) {
    message.attachments = content.attachments().to_vec();
    if message.kind.has_only_text() {
        message.text = Personal::new(rendering::as_text(content));
    } else {
        message.text = content.text().clone();
        message.choices = content.choices().map(|choices| choices.options().to_vec()).unwrap_or_default();
    }
}
