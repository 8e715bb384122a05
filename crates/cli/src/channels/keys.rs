//! What can be set of one channel, or of all of them.

use domain::channel::{ChannelKind, ChannelSettings, Mode, Portals, Responder};
use domain::consent::SenderKind;
use domain::{AddressError, AttachmentRules, AttachmentRulesError, Seconds};
use serde::Deserialize;

/// What can be set; spans are whole seconds.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Keys {
    pub(super) kind: Option<String>,
    pub(super) mode: Option<String>,
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
    reassign_active: Option<bool>,
    reassign_after: Option<u32>,
    disable_live_agent: Option<bool>,
    first_responder: Option<String>,
    proactive_active: Option<bool>,
    proactive_require_existing_recipient: Option<bool>,
    proactive_allow_manual_recipient: Option<bool>,
    proactive_order: Option<u32>,
    pin_attempts: Option<u32>,
    pin_window: Option<u32>,
    attachment_types: Option<Vec<String>>,
    attachment_max_bytes: Option<u64>,
    chat_disconnect_timeout: Option<u32>,
    portals: Option<String>,
    sender_kind: Option<String>,
}

impl Keys {
    /// Some keys make no sense for all channels at once.
    pub(super) fn check_defaults(&self) -> Result<(), String> {
        let Self { kind, mode, addresses, sender_kind, attachment_types, attachment_max_bytes, .. } = self;
        if kind.is_some() || mode.is_some() || addresses.is_some() || sender_kind.is_some() {
            return Err("defaults: kind, mode, addresses and sender_kind belong to a channel".to_owned());
        }
        if self.portals.is_some() {
            return Err("defaults: portals belong to a channel".to_owned());
        }
        if attachment_types.is_some() || attachment_max_bytes.is_some() {
            let error = "defaults: attachment_types and attachment_max_bytes belong to a channel";
            return Err(error.to_owned());
        }
        Ok(())
    }

    /// Which files come with messages on a channel of this kind, if anything is set of that.
    pub(super) fn attachments(&self, kind: ChannelKind) -> Result<Option<AttachmentRules>, String> {
        if self.attachment_types.is_none() && self.attachment_max_bytes.is_none() {
            return Ok(None);
        }
        let defaults = AttachmentRules::defaults(kind);
        let types =
            self.attachment_types.clone().unwrap_or_else(|| defaults.types().iter().cloned().collect());
        let max_bytes = self.attachment_max_bytes.unwrap_or(defaults.max_bytes());
        AttachmentRules::new(types, max_bytes).map(Some).map_err(|error| {
            let key = match error {
                AttachmentRulesError::Types => "attachment_types",
                AttachmentRulesError::MaxBytes => "attachment_max_bytes",
            };
            format!("{key} must be {error}")
        })
    }

    /// Sets what holds for all channels.
    pub(super) fn set_defaults(&self, settings: &mut ChannelSettings) -> Result<(), String> {
        settings.global_idle_timeout = self.conversation_idle_timeout.map(Seconds);
        // The actions of all channels are those of all messaging channels.
        if settings.mode == Mode::Messaging {
            self.set_actions(settings).map_err(|error| format!("defaults: {error}"))?;
        }
        self.set_rest(settings).map_err(|error| format!("defaults: {error}"))?;
        // Agents write first on messaging channels alone, whatever is set for all.
        settings.proactive.active &= settings.mode == Mode::Messaging;
        Ok(())
    }

    /// Sets what holds for one channel, over the defaults.
    pub(super) fn set_channel(&self, settings: &mut ChannelSettings) -> Result<(), String> {
        settings.conversation_idle_timeout = self.conversation_idle_timeout.map(Seconds);
        if let Some(name) = &self.sender_kind {
            settings.sender_kind = SenderKind::parse(name)
                .ok_or_else(|| format!("sender_kind {name:?} is none of long_code, toll_free, short_code"))?;
        }
        for address in self.addresses.iter().flatten() {
            let address = settings.kind.company_address(settings.sender_kind, address);
            settings.addresses.insert(address.map_err(|error| match error {
                AddressError::NotE164 => "addresses must be phone numbers in E.164, such as +12025550123",
                AddressError::Malformed => "addresses must be 1 to 128 bytes without blanks",
                AddressError::NotShortCode => "addresses must be short codes of 3 to 8 digits",
            })?);
        }
        if let Some(name) = &self.portals {
            settings.portals = Portals::parse(name).ok_or_else(|| {
                format!("portals {name:?} is none of {}", Portals::ALL.map(Portals::name).join(", "))
            })?;
        }
        self.set_actions(settings)?;
        self.set_rest(settings)
    }

    /// A span that is set on a chat stays set, so that the domain can refuse it (section 17, rule 10).
    fn set_actions(&self, settings: &mut ChannelSettings) -> Result<(), String> {
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
        set(|settings| &mut settings.actions.reassign_after, self.reassign_active, self.reassign_after);
        // Unlike the other two it is not built in, so that there is no time that it could take.
        if self.reassign_active == Some(true) && settings.actions.reassign_after.is_none() {
            return Err("reassign_active needs reassign_after, which has no default".to_owned());
        }
        Ok(())
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
        flag(&mut settings.live_agents, self.disable_live_agent.map(|disabled| !disabled));
        if let Some(name) = &self.first_responder {
            settings.first_responder = Responder::parse(name)
                .ok_or_else(|| format!("first_responder {name:?} is neither live_agent nor virtual_agent"))?;
        }
        let first = &mut settings.proactive;
        flag(&mut first.active, self.proactive_active);
        flag(&mut first.require_existing_recipient, self.proactive_require_existing_recipient);
        flag(&mut first.allow_manual_recipient, self.proactive_allow_manual_recipient);
        self.proactive_order.into_iter().for_each(|order| first.order = order);
        self.pin_attempts.into_iter().for_each(|attempts| settings.pin_limits.attempts = attempts);
        seconds(&mut settings.pin_limits.window, self.pin_window);
        seconds(&mut settings.chat_disconnect_timeout, self.chat_disconnect_timeout);
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
