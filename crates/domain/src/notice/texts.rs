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
}

impl Texts {
    /// Says something differently in a language from now on.
    ///
    /// # Errors
    /// [`TextError`]; nothing is changed then.
    pub fn set(&mut self, language: &str, key: NoticeKey, text: &str) -> Result<(), TextError> {
        let language = checked_language(language)?;
        if text.trim().is_empty() || text.len() > TEXT_MAX {
            return Err(TextError::Length);
        }
        placeholders(text)?;
        if !self.languages.contains_key(&language) && self.languages.len() >= LANGUAGES_MAX_COUNT {
            return Err(TextError::Language);
        }
        self.languages.entry(language).or_default().insert(key, text.to_owned());
        Ok(())
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
        let wanted = language.map(str::to_ascii_lowercase);
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

fn placeholders(text: &str) -> Result<(), TextError> {
    let bare = text.replace("{agent}", "").replace("{minutes}", "");
    if bare.contains(['{', '}']) { Err(TextError::Placeholder) } else { Ok(()) }
}

fn checked_language(tag: &str) -> Result<String, TextError> {
    let lower = tag.to_ascii_lowercase();
    let legal = (2..=16).contains(&lower.len())
        && lower
            .split('-')
            .all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()));
    if legal { Ok(lower) } else { Err(TextError::Language) }
}

impl fmt::Display for TextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length => write!(f, "a text of 1 to {TEXT_MAX} bytes"),
            Self::Placeholder => f.write_str("a text with no braces but {agent} and {minutes}"),
            Self::Language => {
                write!(f, "at most {LANGUAGES_MAX_COUNT} languages, each a tag such as de or pt-br")
            }
        }
    }
}
