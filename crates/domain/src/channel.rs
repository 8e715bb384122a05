//! What an administrator sets per channel: kind, mode, timeouts, messages. Validated jointly (section 17).

mod validate;

pub use validate::validate;

use crate::consent::SenderKind;
use crate::contact::PinLimits;
use crate::{Address, ChannelId, Seconds};
use std::collections::BTreeSet;
use std::fmt;

/// Whether both sides are expected to be there (`CH-1`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// Synchronous: silence is soon a sign that the requester has left.
    Chat,
    /// Asynchronous: silence of hours is normal.
    Messaging,
}

/// What a channel is. All but two are bound to one mode (`CH-2`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChannelKind {
    /// The web client, in a browser or an app; either mode, the same for all of them (`CH-3`).
    Mweb,
    /// Text messages between two phone numbers.
    Sms,
    /// An integrator's own channel; either mode.
    Own,
    /// WhatsApp.
    Whatsapp,
    /// Facebook Messenger.
    Messenger,
    /// LINE.
    Line,
    /// Apple Messages for Business.
    AppleMessages,
    /// Microsoft Teams.
    Teams,
    /// Slack.
    Slack,
}

/// Who answers a requester first (`VA-12`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Responder {
    /// An agent, whom the router finds.
    LiveAgent,
    /// The integrator's virtual agent, until an agent is asked for.
    VirtualAgent,
}

/// The settings of one channel, as a whole: reminder and cancel cannot be set apart (`IDLE-6`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelSettings {
    /// What it is.
    pub kind: ChannelKind,
    /// How conversations opened from now on behave; one keeps the mode it was opened with (`CH-5`).
    pub mode: Mode,
    /// The company's addresses on it; empty means any.
    pub addresses: BTreeSet<Address>,
    /// The silence after which the conversation timeout closes, set for all channels (`IDLE-10`).
    pub global_idle_timeout: Option<Seconds>,
    /// The same for this channel, which a chat prefers (`CH-9`).
    pub conversation_idle_timeout: Option<Seconds>,
    /// The idle clock of an engaged chat.
    pub idle_chat: IdleChat,
    /// The built-in actions of a messaging channel.
    pub actions: Actions,
    /// Whether live agents serve it; if not, asking for one is refused (`CH-7`).
    pub live_agents: bool,
    /// Who answers first (`VA-12`).
    pub first_responder: Responder,
    /// The texts that the engine says.
    pub messages: Messages,
    /// Whether and to whom agents may write first.
    pub proactive: Proactive,
    /// How often a requester may try a PIN (`ID-14`).
    pub pin_limits: PinLimits,
    /// How long a guest of a chat may be gone before it ends (`ID-12`); 0 is as long as they like.
    pub chat_disconnect_timeout: Seconds,
    /// What the company sends from (`OPT-5`); text messages only.
    pub sender_kind: SenderKind,
}

/// What an agent may do who writes first (`PRO-6`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Proactive {
    /// `proactive_active`: whether agents may at all.
    pub active: bool,
    /// `proactive_require_existing_recipient`: only to numbers that have a profile.
    pub require_existing_recipient: bool,
    /// `proactive_allow_manual_recipient`: also to a number that was typed instead of to a user.
    pub allow_manual_recipient: bool,
    /// `proactive_order`: the place among the channels to choose from, the lowest first.
    pub order: u32,
}

/// `IDLE-1` to `IDLE-4`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdleChat {
    /// J, `idle_chat_timer_task_interval`: the bound against which the other two are checked (`IDLE-7`).
    pub timer_task_interval: Seconds,
    /// R, `idle_chat_reminder_timeout`.
    pub reminder_timeout: Seconds,
    /// C, `idle_chat_cancel_timeout`, from the same origin as R.
    pub cancel_timeout: Seconds,
    /// `start_idle_timeout_after_agent_response`: only what a person typed starts the clock.
    pub start_after_agent_response: bool,
    /// `quantise_to_interval`: round firing up to a multiple of J, as a sweep would.
    pub quantise_to_interval: bool,
}

/// The messaging actions, of which two are built in (`CH-4`); `None` switches one off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actions {
    /// `ACT-2`: how long a requester's message stays unanswered before the agent is prompted.
    pub prompt_agent_after: Option<Seconds>,
    /// `ACT-3`: how long an agent's message stays unanswered before the conversation is closed.
    pub abandon_after: Option<Seconds>,
    /// `LC-11`, `ACT-11`: how long a requester's message stays unanswered before the agent loses the conversation.
    pub reassign_after: Option<Seconds>,
}

/// What the engine says, changeable at run time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Messages {
    /// To the requester, with the reminder (`IDLE-2`).
    pub idle_chat_reminder_message: String,
    /// To the agent, at the same moment (`IDLE-16`).
    pub idle_chat_agent_message: String,
    /// To the requester, when the chat is cancelled (`IDLE-16`).
    pub idle_chat_cancel_message: String,
    /// To the agent, when a message waits too long (`ACT-2`).
    pub prompt_agent_message: String,
}

/// One thing wrong with a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The channel, if it is about one.
    pub channel: Option<ChannelId>,
    /// The key that is wrong.
    pub key: &'static str,
    /// What would be legal.
    pub expected: String,
}

impl Mode {
    /// The mode's name in configuration and events.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Messaging => "messaging",
        }
    }

    /// The mode of that name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Chat, Self::Messaging].into_iter().find(|mode| mode.name() == name)
    }
}

impl Responder {
    /// The name in configuration and events.
    pub const fn name(self) -> &'static str {
        match self {
            Self::LiveAgent => "live_agent",
            Self::VirtualAgent => "virtual_agent",
        }
    }

    /// The responder of that name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::LiveAgent, Self::VirtualAgent].into_iter().find(|responder| responder.name() == name)
    }
}

impl ChannelKind {
    /// Every kind there is.
    pub const ALL: [Self; 9] = [
        Self::Mweb,
        Self::Sms,
        Self::Own,
        Self::Whatsapp,
        Self::Messenger,
        Self::Line,
        Self::AppleMessages,
        Self::Teams,
        Self::Slack,
    ];

    /// The kind's name in configuration and events.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mweb => "mweb",
            Self::Sms => "sms",
            Self::Own => "own",
            Self::Whatsapp => "whatsapp",
            Self::Messenger => "messenger",
            Self::Line => "line",
            Self::AppleMessages => "apple_messages",
            Self::Teams => "teams",
            Self::Slack => "slack",
        }
    }

    /// The kind of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The one mode that the kind can have, or `None` if it can have either (`CH-2`).
    pub const fn fixed_mode(self) -> Option<Mode> {
        match self {
            Self::Mweb | Self::Own => None,
            Self::Sms | Self::Whatsapp | Self::Messenger | Self::Line | Self::AppleMessages => {
                Some(Mode::Messaging)
            }
            Self::Teams | Self::Slack => Some(Mode::Chat),
        }
    }

    /// Whether its addresses are phone numbers in E.164 (section 17, rule 11).
    pub const fn uses_phone_numbers(self) -> bool {
        match self {
            Self::Sms | Self::Whatsapp => true,
            Self::Mweb
            | Self::Own
            | Self::Messenger
            | Self::Line
            | Self::AppleMessages
            | Self::Teams
            | Self::Slack => false,
        }
    }

    /// Whether it carries nothing but text and pictures (`MSG-20`), so that choices are written out and requesters see
    /// the reduced set of system messages (section 5).
    pub const fn has_only_text(self) -> bool {
        match self {
            Self::Sms => true,
            Self::Mweb
            | Self::Own
            | Self::Whatsapp
            | Self::Messenger
            | Self::Line
            | Self::AppleMessages
            | Self::Teams
            | Self::Slack => false,
        }
    }

    /// Reads an address of this kind.
    ///
    /// # Errors
    /// As [`Address::e164`] and [`Address::opaque`].
    pub fn address(self, text: &str) -> Result<Address, crate::AddressError> {
        if self.uses_phone_numbers() { Address::e164(text) } else { Address::opaque(text) }
    }

    /// Reads an address of the company's on a channel of this kind, from which such a sender sends (`OPT-5`).
    ///
    /// # Errors
    /// As [`address`](Self::address) and [`Address::short_code`].
    pub fn company_address(self, sender: SenderKind, text: &str) -> Result<Address, crate::AddressError> {
        match sender {
            SenderKind::LongCode | SenderKind::TollFree => self.address(text),
            SenderKind::ShortCode => Address::short_code(text),
        }
    }
}

impl Proactive {
    /// Agents may write to anybody.
    pub const ANYBODY: Self =
        Self { active: true, require_existing_recipient: false, allow_manual_recipient: true, order: 0 };
}

impl ChannelSettings {
    /// The documented defaults for a kind in a mode.
    pub fn defaults(kind: ChannelKind, mode: Mode) -> Self {
        Self {
            kind,
            mode,
            addresses: BTreeSet::new(),
            global_idle_timeout: None,
            conversation_idle_timeout: None,
            idle_chat: IdleChat::default(),
            actions: Actions::defaults(mode),
            live_agents: true,
            first_responder: Responder::LiveAgent,
            messages: Messages::default(),
            proactive: Proactive::default(),
            pin_limits: PinLimits::MAX,
            chat_disconnect_timeout: DISCONNECT_DEFAULT,
            sender_kind: SenderKind::default(),
        }
    }
}

/// The conversation timeout of a chat where nobody set one (`IDLE-10`), and the most that one may be (R10).
pub const IDLE_DEFAULT: Seconds = Seconds(7200);

/// How long a guest of a chat may be gone where nobody said otherwise (`ID-12`).
pub const DISCONNECT_DEFAULT: Seconds = Seconds(300);

/// The most addresses of the company on one channel: its settings have to fit into one event (`X1`).
pub const ADDRESSES_MAX_COUNT: usize = 500;

impl Default for IdleChat {
    fn default() -> Self {
        Self {
            timer_task_interval: Seconds(120),
            reminder_timeout: Seconds(180),
            cancel_timeout: Seconds(360),
            start_after_agent_response: false,
            quantise_to_interval: false,
        }
    }
}

impl Actions {
    /// A messaging channel has both built-in actions from the start, a chat has none (`CH-4`).
    pub const fn defaults(mode: Mode) -> Self {
        match mode {
            Mode::Chat => Self { prompt_agent_after: None, abandon_after: None, reassign_after: None },
            Mode::Messaging => Self {
                prompt_agent_after: Some(Seconds(1800)),
                abandon_after: Some(Seconds(172_800)),
                reassign_after: None,
            },
        }
    }
}

impl Default for Messages {
    fn default() -> Self {
        Self {
            idle_chat_reminder_message: "The conversation is timing out, are you still there?".to_owned(),
            idle_chat_agent_message: "User response will indicate if they want to continue the chat."
                .to_owned(),
            idle_chat_cancel_message: "It seems you have left the conversation".to_owned(),
            prompt_agent_message: "A message of the requester is still waiting for an answer.".to_owned(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(channel) = &self.channel {
            write!(f, "channel {channel}: ")?;
        }
        write!(f, "{} must be {}", self.key, self.expected)
    }
}

#[cfg(test)]
mod tests;
