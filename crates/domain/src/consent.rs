//! The words with which somebody tells a sender to stop or to go on, and which of them a sender knows (section 2.1).

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

/// What the company sends from. Which words the provider acts upon, and what it answers by itself, hangs on it (`OPT-5`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SenderKind {
    /// An ordinary number: the provider acts upon every word.
    #[default]
    LongCode,
    /// A toll-free number: the carrier acts upon STOP, START and UNSTOP alone. HELP is the provider's to answer.
    TollFree,
    /// A short code of its own, without an opt-out service: nobody acts upon anything but this system.
    ShortCode,
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
    fn in_text(text: &str) -> Option<Self> {
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

impl SenderKind {
    /// Every kind there is.
    pub const ALL: [Self; 3] = [Self::LongCode, Self::TollFree, Self::ShortCode];

    /// The kind's name in configuration and events.
    pub const fn name(self) -> &'static str {
        match self {
            Self::LongCode => "long_code",
            Self::TollFree => "toll_free",
            Self::ShortCode => "short_code",
        }
    }

    /// The kind of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The word that a message to such a sender is, if it is one (`OPT-2`, `OPT-3`). What is none is an ordinary message,
    /// so that no word is lost that nobody acts upon.
    pub fn keyword(self, text: &str) -> Option<Keyword> {
        Keyword::in_text(text).filter(|keyword| self.knows(*keyword))
    }

    const fn knows(self, keyword: Keyword) -> bool {
        match self {
            Self::LongCode => true,
            Self::TollFree => {
                matches!(keyword, Keyword::Stop | Keyword::Start | Keyword::Unstop | Keyword::Help)
            }
            // Nobody answers a call for help but whoever reads the message.
            Self::ShortCode => !matches!(keyword.effect(), Effect::Help),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// OPT-3
    #[test]
    fn only_the_one_word_is_a_keyword_in_any_case() {
        for text in ["STOP", "stop", "  Stop\n", "StopAll", "OPTOUT", "revoke", "yes", "INFO"] {
            assert!(Keyword::in_text(text).is_some(), "{text}");
        }
        for text in ["", "stop please", "stop.", "please stop", "s top", "provider", "no", "STOP STOP"] {
            assert_eq!(Keyword::in_text(text), None, "{text}");
        }
    }

    /// OPT-2, OPT-5: the whole list, and what each kind of sender makes of it.
    #[test]
    fn each_kind_of_sender_acts_upon_its_own_list_of_words() {
        use Effect::{Help, OptIn, OptOut};
        const WORDS: [(&str, Effect, [bool; 3]); 13] = [
            ("STOP", OptOut, [true, true, true]),
            ("STOPALL", OptOut, [true, false, true]),
            ("UNSUBSCRIBE", OptOut, [true, false, true]),
            ("CANCEL", OptOut, [true, false, true]),
            ("END", OptOut, [true, false, true]),
            ("QUIT", OptOut, [true, false, true]),
            ("REVOKE", OptOut, [true, false, true]),
            ("OPTOUT", OptOut, [true, false, true]),
            ("START", OptIn, [true, true, true]),
            ("YES", OptIn, [true, false, true]),
            ("UNSTOP", OptIn, [true, true, true]),
            ("HELP", Help, [true, true, false]),
            ("INFO", Help, [true, false, false]),
        ];
        for (word, effect, known) in WORDS {
            for (kind, known) in SenderKind::ALL.into_iter().zip(known) {
                let found = kind.keyword(word).map(Keyword::effect);
                assert_eq!(found, known.then_some(effect), "{word} to a {}", kind.name());
            }
        }
        // The list is the whole of it.
        assert_eq!(WORDS.len() + 1, Keyword::ALL.len());
    }

    #[test]
    fn every_kind_of_sender_is_found_by_its_name() {
        for kind in SenderKind::ALL {
            assert_eq!(SenderKind::parse(kind.name()), Some(kind));
        }
    }

    #[test]
    fn every_keyword_is_found_by_its_name() {
        for keyword in Keyword::ALL {
            assert_eq!(Keyword::parse(keyword.name()), Some(keyword));
        }
    }
}
