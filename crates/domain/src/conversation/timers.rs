//! Which timers a conversation has: a pure function of its state (section 6.4, `T2`).

use super::{Conversation, Owner, Policy};
use crate::channel::IDLE_DEFAULT;
use crate::{Seconds, Stamp, Timestamp};

/// One armed timer. A fire is valid only while exactly this is in the set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timer {
    /// When it fires.
    pub due: Timestamp,
    /// What it does.
    pub kind: TimerKind,
    /// The version of the event that armed it.
    pub armed_by: u64,
}

/// What a timer does when it is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TimerKind {
    /// Asks an idle chat's requester whether they are still there (`IDLE-2`).
    IdleReminder,
    /// Closes an idle chat (`IDLE-3`).
    IdleCancel,
    /// Closes a conversation whose requester has been silent for the conversation timeout (`IDLE-10`, `IDLE-15`).
    ConversationIdle,
    /// Reminds the agent of an unanswered message (`ACT-2`).
    PromptAgent,
    /// Closes a conversation whose requester does not answer the agent (`ACT-3`).
    Abandon,
    /// Takes the conversation from an agent who does not answer (`LC-11`, `ACT-11`).
    Reassign,
    /// Closes a chat whose requester, a guest, is gone (`ID-12`).
    Disconnect,
}

impl TimerKind {
    /// Every kind there is.
    pub const ALL: [Self; 7] = [
        Self::IdleReminder,
        Self::IdleCancel,
        Self::ConversationIdle,
        Self::PromptAgent,
        Self::Abandon,
        Self::Reassign,
        Self::Disconnect,
    ];

    /// The kind's name for clients.
    pub const fn name(self) -> &'static str {
        match self {
            Self::IdleReminder => "idle_reminder",
            Self::IdleCancel => "idle_cancel",
            Self::ConversationIdle => "conversation_idle",
            Self::PromptAgent => "prompt_agent",
            Self::Abandon => "abandon",
            Self::Reassign => "reassign",
            Self::Disconnect => "disconnect",
        }
    }

    /// The kind's number in the store. Never reuse one.
    pub const fn number(self) -> u8 {
        match self {
            Self::IdleReminder => 1,
            Self::IdleCancel => 2,
            Self::ConversationIdle => 3,
            Self::PromptAgent => 4,
            Self::Abandon => 5,
            Self::Reassign => 6,
            Self::Disconnect => 7,
        }
    }

    /// The kind of that number.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.number() == number)
    }

    /// Whether it closes the conversation, and so waits for redelivery after an outage (`T3`).
    pub const fn closes(self) -> bool {
        match self {
            Self::IdleCancel | Self::ConversationIdle | Self::Abandon | Self::Disconnect => true,
            Self::IdleReminder | Self::PromptAgent | Self::Reassign => false,
        }
    }
}

/// The conversation's armed timers, in the order in which they are due.
pub fn timers(conversation: &Conversation) -> Vec<Timer> {
    if conversation.is_closed() {
        return Vec::new();
    }
    let mut armed = match &conversation.policy {
        Policy::Chat { .. } => chat_timers(conversation),
        Policy::Messaging { .. } => messaging_timers(conversation),
    };
    armed.sort_unstable();
    armed
}

/// ID-12: the idle clock runs on beside the guest's absence, and whichever comes first ends the chat.
fn chat_timers(conversation: &Conversation) -> Vec<Timer> {
    let Policy::Chat { disconnect, .. } = conversation.policy else { return Vec::new() };
    let gone = conversation.anchors.disconnected.filter(|_| disconnect > Seconds(0));
    let gone = gone.map(|since| after(since, disconnect, TimerKind::Disconnect));
    idle_timers(conversation).into_iter().chain(gone).collect()
}

fn idle_timers(conversation: &Conversation) -> Vec<Timer> {
    let Policy::Chat { reminder, cancel, human_only, quantum, idle, disconnect: _ } = conversation.policy
    else {
        return Vec::new();
    };
    let anchors = &conversation.anchors;
    if let Some(since) = anchors.idle_since {
        // IDLE-3, 18.1: both legs share one origin.
        let leg = |kind, span: Seconds| {
            let due = since.at.plus(span).rounded_up_to(quantum);
            Timer { due, kind, armed_by: since.version }
        };
        let remind = (!anchors.reminded).then(|| leg(TimerKind::IdleReminder, reminder));
        return remind.into_iter().chain([leg(TimerKind::IdleCancel, cancel)]).collect();
    }
    // IDLE-15: where only a person's message starts the clock and none has written, a chat that an agent has never times
    // out. Back in the queue it does again, as any other that waits.
    let owned = conversation.owner.agent().is_some();
    if owned && human_only && !anchors.human_agent_spoke {
        return Vec::new();
    }
    // TR-1: who is sent to a queue is made to wait, and that is no silence.
    let since = later(silent_since(conversation), anchors.transferred);
    vec![after(since, idle, TimerKind::ConversationIdle)]
}

fn messaging_timers(conversation: &Conversation) -> Vec<Timer> {
    let Policy::Messaging { prompt_agent_after, abandon_after, reassign_after, idle } = conversation.policy
    else {
        return Vec::new();
    };
    // IDLE-10, IDLE-11: with the virtual agent it times out as a chat does, also where nobody set a time.
    let idle = idle.or((conversation.owner == Owner::VirtualAgent).then_some(IDLE_DEFAULT));
    let anchors = &conversation.anchors;
    // An agent has to have it for one to be prompted, or to lose it.
    // Nobody can be prompted to answer, or lose it for not doing so, whose answer would not be sent (OPT-6).
    let answerable = conversation.owner.agent().is_some() && conversation.opted_out.is_none();
    let waiting = anchors.first_unanswered.filter(|_| answerable);
    let unprompted = waiting.filter(|_| !anchors.prompted);
    // Whoever gets it late has the whole time too. Else it would go round among all agents at once.
    let unanswered = waiting.map(|since| later(since, anchors.assigned));
    // Who opted out without an answer from an agent falls silent with that.
    let silence = anchors.agent_last.or(conversation.opted_out);
    [
        unprompted.zip(prompt_agent_after).map(|(since, span)| after(since, span, TimerKind::PromptAgent)),
        unanswered.zip(reassign_after).map(|(since, span)| after(since, span, TimerKind::Reassign)),
        silence.zip(abandon_after).map(|(since, span)| after(since, span, TimerKind::Abandon)),
        idle.map(|span| after(silent_since(conversation), span, TimerKind::ConversationIdle)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Since when the requester has said nothing; of a conversation in which they never spoke, since its opening.
fn silent_since(conversation: &Conversation) -> Stamp {
    conversation.anchors.requester_last.unwrap_or(conversation.opened)
}

/// The one that counts from later on.
fn later(first: Stamp, second: Option<Stamp>) -> Stamp {
    second.filter(|second| second.at > first.at).unwrap_or(first)
}

fn after(since: Stamp, span: Seconds, kind: TimerKind) -> Timer {
    Timer { due: since.at.plus(span), kind, armed_by: since.version }
}
