//! What a conversation goes by for all its life, taken from its channel's settings when it is opened (`CH-5`).

use crate::Seconds;
use crate::channel::{ChannelSettings, IDLE_DEFAULT, Mode};

/// Mode and timeouts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Policy {
    /// Synchronous.
    Chat {
        /// R (`IDLE-2`).
        reminder: Seconds,
        /// C (`IDLE-3`).
        cancel: Seconds,
        /// Whether only a person's message starts the idle clock (`IDLE-4`).
        human_only: bool,
        /// The grid to which firing is rounded up; 0 is exact (`IDLE-7`).
        quantum: Seconds,
        /// The conversation timeout (`IDLE-11`, `IDLE-15`).
        idle: Seconds,
        /// How long a guest may be gone (`ID-12`); 0 is as long as they like.
        disconnect: Seconds,
    },
    /// Asynchronous.
    Messaging {
        /// `ACT-2`, if active.
        prompt_agent_after: Option<Seconds>,
        /// `ACT-3`, if active.
        abandon_after: Option<Seconds>,
        /// How long a requester's message stays unanswered before the conversation is taken from its agent (`LC-11`), if
        /// that is active.
        reassign_after: Option<Seconds>,
        /// The lowest conversation timeout that was set explicitly (`IDLE-11`).
        idle: Option<Seconds>,
    },
}

impl Policy {
    /// The mode in which the conversation was opened (`CH-5`).
    pub const fn mode(&self) -> Mode {
        match self {
            Self::Chat { .. } => Mode::Chat,
            Self::Messaging { .. } => Mode::Messaging,
        }
    }
}

impl ChannelSettings {
    /// What a conversation opened now will go by for all its life.
    pub fn policy(&self) -> Policy {
        match self.mode {
            Mode::Chat => Policy::Chat {
                reminder: self.idle_chat.reminder_timeout,
                cancel: self.idle_chat.cancel_timeout,
                human_only: self.idle_chat.start_after_agent_response,
                quantum: if self.idle_chat.quantise_to_interval {
                    self.idle_chat.timer_task_interval
                } else {
                    Seconds::default()
                },
                idle: self.conversation_idle_timeout.or(self.global_idle_timeout).unwrap_or(IDLE_DEFAULT),
                disconnect: self.chat_disconnect_timeout,
            },
            Mode::Messaging => Policy::Messaging {
                prompt_agent_after: self.actions.prompt_agent_after,
                abandon_after: self.actions.abandon_after,
                reassign_after: self.actions.reassign_after,
                // IDLE-11, R6: only what was set explicitly counts, and the lowest of it wins.
                idle: [self.conversation_idle_timeout, self.global_idle_timeout].into_iter().flatten().min(),
            },
        }
    }
}
