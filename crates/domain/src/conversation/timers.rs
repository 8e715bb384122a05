//! Which timers a conversation has: a pure function of its state (section 6.4, `T2`).

use super::{Conversation, Policy};
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
}

impl TimerKind {
    /// Every kind there is.
    pub const ALL: [Self; 5] =
        [Self::IdleReminder, Self::IdleCancel, Self::ConversationIdle, Self::PromptAgent, Self::Abandon];

    /// The kind's name for clients.
    pub const fn name(self) -> &'static str {
        match self {
            Self::IdleReminder => "idle_reminder",
            Self::IdleCancel => "idle_cancel",
            Self::ConversationIdle => "conversation_idle",
            Self::PromptAgent => "prompt_agent",
            Self::Abandon => "abandon",
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
        }
    }

    /// The kind of that number.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.number() == number)
    }

    /// Whether it closes the conversation, and so waits for redelivery after an outage (`T3`).
    pub const fn closes(self) -> bool {
        match self {
            Self::IdleCancel | Self::ConversationIdle | Self::Abandon => true,
            Self::IdleReminder | Self::PromptAgent => false,
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

fn chat_timers(conversation: &Conversation) -> Vec<Timer> {
    let Policy::Chat { reminder, cancel, human_only, quantum, idle } = conversation.policy else {
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
    // IDLE-15: where only a person's message starts the clock and none has written, an engaged chat never times out.
    if conversation.is_engaged() && human_only && !anchors.human_agent_spoke {
        return Vec::new();
    }
    vec![after(silent_since(conversation), idle, TimerKind::ConversationIdle)]
}

fn messaging_timers(conversation: &Conversation) -> Vec<Timer> {
    let Policy::Messaging { prompt_agent_after, abandon_after, idle } = conversation.policy else {
        return Vec::new();
    };
    let anchors = &conversation.anchors;
    let waiting = anchors.first_unanswered.filter(|_| conversation.is_engaged() && !anchors.prompted);
    [
        waiting.zip(prompt_agent_after).map(|(since, span)| after(since, span, TimerKind::PromptAgent)),
        anchors.agent_last.zip(abandon_after).map(|(since, span)| after(since, span, TimerKind::Abandon)),
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

fn after(since: Stamp, span: Seconds, kind: TimerKind) -> Timer {
    Timer { due: since.at.plus(span), kind, armed_by: since.version }
}
