//! The file that describes channels, in TOML: keys by the names that administrators know, defaults and then each channel.

use crate::exit::Failure;
use domain::channel::{ChannelKind, ChannelSettings, Mode};
use domain::configuration::Apply;
use domain::{ChannelId, Seconds};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

/// The channels that a demo begins with, and an example for everybody else.
pub(crate) const SAMPLE: &str = include_str!("../samples/channels.toml");

/// A channels file: `[defaults]` for all channels, `[channels.NAME]` for each.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChannelsFile {
    #[serde(default)]
    defaults: Keys,
    #[serde(default)]
    channels: BTreeMap<String, Keys>,
}

/// What can be set; spans are whole seconds.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Keys {
    kind: Option<String>,
    mode: Option<String>,
    addresses: Option<Vec<String>>,
    conversation_idle_timeout: Option<u32>,
    idle_chat_timer_task_interval: Option<u32>,
    idle_chat_reminder_timeout: Option<u32>,
    idle_chat_cancel_timeout: Option<u32>,
    start_idle_timeout_after_agent_response: Option<bool>,
    quantise_to_interval: Option<bool>,
    idle_chat_reminder_message: Option<String>,
    idle_chat_agent_message: Option<String>,
    idle_chat_cancel_message: Option<String>,
    prompt_agent_active: Option<bool>,
    prompt_agent_after: Option<u32>,
    prompt_agent_message: Option<String>,
    abandon_active: Option<bool>,
    abandon_after: Option<u32>,
}

impl ChannelsFile {
    /// Reads a file.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| Failure::said(format_args!("{} cannot be read: {error}", path.display())))?;
        Self::parse(&text).map_err(|error| Failure::said(format_args!("{}: {error}", path.display())))
    }

    /// Reads a text. Unknown keys and wrong types are told with their line and column.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|error| error.to_string())
    }

    /// All channels, to be made the ones in force; legal ones.
    pub(crate) fn channels(&self) -> Result<Apply, String> {
        self.check_defaults()?;
        let mut channels = BTreeMap::new();
        for (name, keys) in &self.channels {
            let id = ChannelId::new(name).map_err(|error| format!("channel {name:?}: {error}"))?;
            let settings = self.channel(keys).map_err(|error| format!("channel {name}: {error}"))?;
            channels.insert(id, settings);
        }
        legal(&channels)?;
        Ok(Apply { channels })
    }

    /// The settings of a rehearsal: the defaults, and what the file says of a channel of that name over them.
    pub(crate) fn rehearsal(&self, mode: Mode) -> Result<ChannelSettings, String> {
        self.check_defaults()?;
        let mut settings = replay::Rehearsal::defaults(mode);
        self.defaults.set_defaults(&mut settings)?;
        if let Some(keys) = self.channels.get("rehearsal") {
            keys.set_channel(&mut settings)?;
        }
        let name = ChannelId::new("rehearsal").map_err(|error| error.to_string())?;
        legal(&BTreeMap::from([(name, settings.clone())]))?;
        Ok(settings)
    }

    fn check_defaults(&self) -> Result<(), String> {
        let Keys { kind, mode, addresses, .. } = &self.defaults;
        if kind.is_some() || mode.is_some() || addresses.is_some() {
            return Err("defaults: kind, mode and addresses belong to a channel".to_owned());
        }
        Ok(())
    }

    fn channel(&self, keys: &Keys) -> Result<ChannelSettings, String> {
        let kind = keys.kind.as_deref().ok_or("kind is missing")?;
        let kind = ChannelKind::parse(kind).ok_or_else(|| {
            let known: Vec<&str> = ChannelKind::ALL.iter().map(|kind| kind.name()).collect();
            format!("kind must be one of {}", known.join(", "))
        })?;
        let mode = match &keys.mode {
            Some(mode) => Mode::parse(mode).ok_or("mode must be chat or messaging")?,
            // The web channel ships as chat (CH-2).
            None => kind.fixed_mode().unwrap_or(Mode::Chat),
        };
        let mut settings = ChannelSettings::defaults(kind, mode);
        self.defaults.set_defaults(&mut settings)?;
        keys.set_channel(&mut settings)?;
        Ok(settings)
    }
}

/// Everything that the domain finds wrong, a line each.
fn legal(channels: &BTreeMap<ChannelId, ChannelSettings>) -> Result<(), String> {
    let problems = domain::channel::validate(channels);
    if problems.is_empty() {
        return Ok(());
    }
    let lines: Vec<String> = problems.iter().map(|problem| format!("\n  {problem}")).collect();
    Err(format!("the channels are not legal:{}", lines.concat()))
}

impl Keys {
    fn set_defaults(&self, settings: &mut ChannelSettings) -> Result<(), String> {
        settings.global_idle_timeout = self.conversation_idle_timeout.map(Seconds);
        // The actions of all channels are those of all messaging channels.
        if settings.mode == Mode::Messaging {
            self.set_actions(settings);
        }
        self.set_rest(settings).map_err(|error| format!("defaults: {error}"))
    }

    fn set_channel(&self, settings: &mut ChannelSettings) -> Result<(), String> {
        settings.conversation_idle_timeout = self.conversation_idle_timeout.map(Seconds);
        for address in self.addresses.iter().flatten() {
            let address = settings.kind.address(address).map_err(|_| {
                if settings.kind.uses_phone_numbers() {
                    "addresses must be phone numbers in E.164, such as +12025550123"
                } else {
                    "addresses must be 1 to 128 bytes without blanks"
                }
            })?;
            settings.addresses.insert(address);
        }
        self.set_actions(settings);
        self.set_rest(settings)
    }

    /// A span that is set on a chat stays set, so that the domain can refuse it (section 17, rule 10).
    fn set_actions(&self, settings: &mut ChannelSettings) {
        let mut set =
            |action: fn(&mut ChannelSettings) -> &mut Option<Seconds>, active: Option<bool>, span| {
                let action = action(settings);
                match (active, span) {
                    (Some(false), _) => *action = None,
                    (Some(true) | None, Some(span)) => *action = Some(Seconds(span)),
                    (Some(true) | None, None) => {}
                }
            };
        set(
            |settings| &mut settings.actions.prompt_agent_after,
            self.prompt_agent_active,
            self.prompt_agent_after,
        );
        set(|settings| &mut settings.actions.abandon_after, self.abandon_active, self.abandon_after);
    }

    fn set_rest(&self, settings: &mut ChannelSettings) -> Result<(), String> {
        let (reminder, cancel) = (self.idle_chat_reminder_timeout, self.idle_chat_cancel_timeout);
        if reminder.is_some() != cancel.is_some() {
            return Err("idle_chat_reminder_timeout and idle_chat_cancel_timeout are set together (IDLE-6)"
                .to_owned());
        }
        let idle = &mut settings.idle_chat;
        let seconds =
            |target: &mut Seconds, value: Option<u32>| value.into_iter().for_each(|s| *target = Seconds(s));
        seconds(&mut idle.timer_task_interval, self.idle_chat_timer_task_interval);
        seconds(&mut idle.reminder_timeout, reminder);
        seconds(&mut idle.cancel_timeout, cancel);
        let flag = |target: &mut bool, value: Option<bool>| value.into_iter().for_each(|flag| *target = flag);
        flag(&mut idle.start_after_agent_response, self.start_idle_timeout_after_agent_response);
        flag(&mut idle.quantise_to_interval, self.quantise_to_interval);
        let messages = &mut settings.messages;
        let text = |target: &mut String, value: &Option<String>| {
            value.iter().for_each(|text| target.clone_from(text))
        };
        text(&mut messages.idle_chat_reminder_message, &self.idle_chat_reminder_message);
        text(&mut messages.idle_chat_agent_message, &self.idle_chat_agent_message);
        text(&mut messages.idle_chat_cancel_message, &self.idle_chat_cancel_message);
        text(&mut messages.prompt_agent_message, &self.prompt_agent_message);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_is_legal() {
        let apply = ChannelsFile::parse(SAMPLE).unwrap().channels().unwrap();
        assert_eq!(domain::channel::validate(&apply.channels), []);
        assert_eq!(apply.channels.len(), 2);
    }

    #[test]
    fn an_unknown_key_or_a_wrong_type_is_told_with_its_place() {
        let unknown = ChannelsFile::parse("[defaults]\nidle_chat_remainder_timeout = 5\n").unwrap_err();
        assert!(
            unknown.contains("line 2, column 1") && unknown.contains("idle_chat_remainder_timeout"),
            "{unknown}"
        );
        let negative = ChannelsFile::parse("[channels.sms]\nabandon_after = -1\n").unwrap_err();
        assert!(negative.contains("line 2"), "{negative}");
    }

    /// IDLE-6
    #[test]
    fn reminder_and_cancel_are_set_together_or_not_at_all() {
        let file = ChannelsFile::parse("[defaults]\nidle_chat_reminder_timeout = 200\n").unwrap();
        let error = file.rehearsal(Mode::Chat).unwrap_err();
        assert!(error.contains("set together"), "{error}");
    }

    /// IDLE-11, CH-9
    #[test]
    fn a_channels_own_timeout_stands_beside_the_global_one() {
        let text = "[defaults]\nconversation_idle_timeout = 600\n[channels.rehearsal]\nconversation_idle_timeout = 900\n";
        let settings = ChannelsFile::parse(text).unwrap().rehearsal(Mode::Messaging).unwrap();
        assert_eq!(
            (settings.global_idle_timeout, settings.conversation_idle_timeout),
            (Some(Seconds(600)), Some(Seconds(900)))
        );
    }
}
