//! The words of system messages: built-in English, and what an administrator says instead, by language.

use super::NoticeKey;
use std::collections::BTreeMap;
use std::fmt;

/// The longest text, in bytes (`X1`).
pub const TEXT_MAX: usize = 2000;
/// The most languages.
pub const LANGUAGES_MAX_COUNT: usize = 50;

/// The texts in force. What is not in here is said in built-in English.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts {
    /// By language, in lower case as in `de` or `pt-br`, then by meaning.
    languages: BTreeMap<String, BTreeMap<NoticeKey, String>>,
}

/// What a text may name in braces.
#[derive(Clone, Copy, Debug, Default)]
pub struct Arguments<'a> {
    /// `{agent}`: the agent in question.
    pub agent: Option<&'a str>,
    /// `{minutes}`: a time to wait.
    pub minutes: Option<u64>,
}

/// Why a text cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextError {
    /// It is blank or longer than [`TEXT_MAX`].
    Length,
    /// It names something in braces that it may not, or a brace stands alone.
    Placeholder,
    /// The language is no tag such as `de` or `pt-br`, or there are too many.
    Language,
    /// Its words come from elsewhere: from the queue, or from the provider (`OPT-4`).
    NotOurs,
}

impl Texts {
    /// Says something differently in a language from now on.
    ///
    /// # Errors
    /// [`TextError`]; nothing is changed then.
    pub fn set(&mut self, language: &str, key: NoticeKey, text: &str) -> Result<(), TextError> {
        let tag = language_tag(language).ok_or(TextError::Language)?;
        if !is_ours(key) {
            return Err(TextError::NotOurs);
        }
        if text.trim().is_empty() || text.len() > TEXT_MAX {
            return Err(TextError::Length);
        }
        placeholders(key, text)?;
        if !self.languages.contains_key(&tag) && self.languages.len() >= LANGUAGES_MAX_COUNT {
            return Err(TextError::Language);
        }
        self.put(tag, key, text.to_owned());
        Ok(())
    }

    /// As [`set`](Self::set), for what was checked before.
    pub(crate) fn put(&mut self, tag: String, key: NoticeKey, text: String) {
        self.languages.entry(tag).or_default().insert(key, text);
    }

    /// What is said differently for a meaning in exactly this language.
    pub fn get(&self, language: &str, key: NoticeKey) -> Option<&str> {
        self.languages.get(&language_tag(language)?)?.get(&key).map(String::as_str)
    }

    /// Goes back to what is built in.
    pub fn unset(&mut self, language: &str, key: NoticeKey) {
        if let Some(texts) = self.languages.get_mut(language) {
            texts.remove(&key);
            if texts.is_empty() {
                self.languages.remove(language);
            }
        }
    }

    /// All that is said differently: language, meaning, text.
    pub fn iter(&self) -> impl Iterator<Item = (&str, NoticeKey, &str)> {
        self.languages.iter().flat_map(|(language, texts)| {
            texts.iter().map(move |(key, text)| (language.as_str(), *key, text.as_str()))
        })
    }

    /// The words for a meaning: in the language, in its main language (`pt` for `pt-br`), in configured English, or built
    /// in. `None` where nothing is said unless somebody configures it.
    pub fn find(&self, key: NoticeKey, language: Option<&str>) -> Option<&str> {
        let wanted = language.and_then(language_tag);
        let main = wanted.as_deref().and_then(|tag| tag.split('-').next());
        let tags = [wanted.as_deref(), main, Some("en")].into_iter().flatten();
        let configured = tags.filter_map(|tag| self.languages.get(tag)?.get(&key)).next();
        configured.map(String::as_str).or(built_in(key))
    }
}

/// What is said where nothing is configured.
const fn built_in(key: NoticeKey) -> Option<&'static str> {
    match key {
        NoticeKey::ClosedByActor => Some("{agent} has closed the conversation."),
        NoticeKey::ClosedBySystem => Some("The conversation has ended."),
        NoticeKey::ParticipantEntered => Some("{agent} has joined the conversation."),
        NoticeKey::ParticipantLeft => Some("{agent} has left the conversation."),
        NoticeKey::SupervisorJoined => Some("{agent} has joined as a supervisor."),
        NoticeKey::AgentTransfer => Some("Please wait while you are being connected."),
        NoticeKey::NoAgentAvailable => Some("Nobody is available at the moment."),
        NoticeKey::MaxWaitElapsed => Some("Nobody could take your conversation in time."),
        NoticeKey::EstimatedWait => Some("The wait is about {minutes} min."),
        // IDLE-16 and the queue's own texts come with their facts.
        NoticeKey::InitialAgentResponse
        | NoticeKey::IdleReminder
        | NoticeKey::IdleReminderAgent
        | NoticeKey::IdleClosed
        | NoticeKey::QueueWaitTrigger
        | NoticeKey::PromptRequester
        | NoticeKey::PromptAgent
        | NoticeKey::ConversationAck
        | NoticeKey::OptOutConfirmation => None,
    }
}

/// Fills in what a text names. A name without a value stands for nobody in particular.
pub fn render(text: &str, arguments: Arguments<'_>) -> String {
    let minutes = arguments.minutes.map(|minutes| minutes.to_string());
    let agent = arguments.agent.unwrap_or("Somebody");
    text.replace("{agent}", agent).replace("{minutes}", minutes.as_deref().unwrap_or("some"))
}

/// Whether administrators say how it is put. A greeting and the messages to whoever waits are set with the queue, and an
/// opt-out is confirmed by the provider, never by us (`OPT-4`).
const fn is_ours(key: NoticeKey) -> bool {
    !matches!(
        key,
        NoticeKey::InitialAgentResponse | NoticeKey::QueueWaitTrigger | NoticeKey::OptOutConfirmation
    )
}

/// Which names a text may use: of an agent, and of a time.
const fn may_name(key: NoticeKey) -> (bool, bool) {
    match key {
        NoticeKey::ClosedByActor
        | NoticeKey::ParticipantEntered
        | NoticeKey::ParticipantLeft
        | NoticeKey::SupervisorJoined
        | NoticeKey::IdleReminder
        | NoticeKey::IdleReminderAgent
        | NoticeKey::IdleClosed
        | NoticeKey::PromptRequester
        | NoticeKey::PromptAgent => (true, false),
        NoticeKey::EstimatedWait => (false, true),
        NoticeKey::ClosedBySystem
        | NoticeKey::InitialAgentResponse
        | NoticeKey::AgentTransfer
        | NoticeKey::NoAgentAvailable
        | NoticeKey::MaxWaitElapsed
        | NoticeKey::QueueWaitTrigger
        | NoticeKey::ConversationAck
        | NoticeKey::OptOutConfirmation => (false, false),
    }
}

fn placeholders(key: NoticeKey, text: &str) -> Result<(), TextError> {
    let (agent, minutes) = may_name(key);
    let without =
        |text: String, name: &str, allowed: bool| if allowed { text.replace(name, "") } else { text };
    let bare = without(without(text.to_owned(), "{agent}", agent), "{minutes}", minutes);
    if bare.contains(['{', '}']) { Err(TextError::Placeholder) } else { Ok(()) }
}

/// A language as it is kept: in lower case, of 2 to 16 letters, digits and hyphens, as `de` or `pt-br`. `None` if it is
/// none.
pub fn language_tag(text: &str) -> Option<String> {
    let tag = text.trim().to_ascii_lowercase().replace('_', "-");
    let part =
        |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let legal = (2..=16).contains(&tag.len()) && tag.split('-').all(part);
    legal.then_some(tag)
}

/// Texts as they were stored: language, meaning, text.
impl FromIterator<(String, NoticeKey, String)> for Texts {
    fn from_iter<I: IntoIterator<Item = (String, NoticeKey, String)>>(texts: I) -> Self {
        let mut all = Self::default();
        texts.into_iter().for_each(|(tag, key, text)| all.put(tag, key, text));
        all
    }
}

impl fmt::Display for TextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length => write!(f, "a text of 1 to {TEXT_MAX} bytes"),
            Self::Placeholder => f.write_str(
                "a text with no braces but {agent} where an agent does it and {minutes} in an estimate",
            ),
            Self::NotOurs => {
                f.write_str("set elsewhere: with the queue, or by the provider if it confirms an opt-out")
            }
            Self::Language => {
                write!(f, "at most {LANGUAGES_MAX_COUNT} languages, each a tag such as de or pt-br")
            }
        }
    }
}
