//! The words with which somebody tells a sender to stop or to go on (section 2.1).

/// One word, the whole of a message (`OPT-2`), or the provider speaking for the requester.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Keyword {
    /// Opts out.
    Stop,
    /// Opts out.
    StopAll,
    /// Opts out.
    Unsubscribe,
    /// Opts out.
    Cancel,
    /// Opts out.
    End,
    /// Opts out.
    Quit,
    /// Opts out.
    Revoke,
    /// Opts out.
    OptOut,
    /// Opts in, and subscribes notifications (`OPT-1`).
    Start,
    /// Opts in.
    Yes,
    /// Opts in.
    Unstop,
    /// Asks the provider for help.
    Help,
    /// Asks the provider for help.
    Info,
    /// Nobody wrote it: the provider refused a send because the requester had opted out (`OPT-4`, 21610).
    Provider,
}

/// What a keyword does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing may be sent any more.
    OptOut,
    /// Sending is allowed again.
    OptIn,
    /// The provider answers by itself.
    Help,
}

impl Keyword {
    /// Every keyword there is.
    pub const ALL: [Self; 14] = [
        Self::Stop,
        Self::StopAll,
        Self::Unsubscribe,
        Self::Cancel,
        Self::End,
        Self::Quit,
        Self::Revoke,
        Self::OptOut,
        Self::Start,
        Self::Yes,
        Self::Unstop,
        Self::Help,
        Self::Info,
        Self::Provider,
    ];

    /// The keyword's name in events and metrics; but for the last one, also the word itself.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::StopAll => "stopall",
            Self::Unsubscribe => "unsubscribe",
            Self::Cancel => "cancel",
            Self::End => "end",
            Self::Quit => "quit",
            Self::Revoke => "revoke",
            Self::OptOut => "optout",
            Self::Start => "start",
            Self::Yes => "yes",
            Self::Unstop => "unstop",
            Self::Help => "help",
            Self::Info => "info",
            Self::Provider => "provider",
        }
    }

    /// The keyword of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|keyword| keyword.name() == name)
    }

    /// The keyword that a text is: exactly the one word, trimmed and in any case (`OPT-3`).
    pub fn in_text(text: &str) -> Option<Self> {
        let word = text.trim();
        let mut words = Self::ALL.into_iter().filter(|keyword| *keyword != Self::Provider);
        words.find(|keyword| keyword.name().eq_ignore_ascii_case(word))
    }

    /// What it does.
    pub const fn effect(self) -> Effect {
        match self {
            Self::Stop
            | Self::StopAll
            | Self::Unsubscribe
            | Self::Cancel
            | Self::End
            | Self::Quit
            | Self::Revoke
            | Self::OptOut
            | Self::Provider => Effect::OptOut,
            Self::Start | Self::Yes | Self::Unstop => Effect::OptIn,
            Self::Help | Self::Info => Effect::Help,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// OPT-2, OPT-3
    #[test]
    fn only_the_one_word_is_a_keyword_in_any_case() {
        for text in ["STOP", "stop", "  Stop\n", "StopAll", "OPTOUT", "revoke", "yes", "INFO"] {
            assert!(Keyword::in_text(text).is_some(), "{text}");
        }
        for text in ["", "stop please", "stop.", "please stop", "s top", "provider", "no", "STOP STOP"] {
            assert_eq!(Keyword::in_text(text), None, "{text}");
        }
    }

    #[test]
    fn every_keyword_is_found_by_its_name() {
        for keyword in Keyword::ALL {
            assert_eq!(Keyword::parse(keyword.name()), Some(keyword));
        }
    }
}
