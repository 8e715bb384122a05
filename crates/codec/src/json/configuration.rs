//! Facts about the configuration as JSON, with the names that administrators know from it.

use super::conversation::{choice, seconds};
use super::routing;
use domain::channel::{Actions, ChannelSettings, IdleChat, Messages, Proactive};
use domain::configuration::ConfigurationEvent;
use domain::contact::PinLimits;
use domain::{AttachmentRules, Component};
use serde_json::{Value, json};

pub(super) fn data(event: &ConfigurationEvent) -> Value {
    match event {
        ConfigurationEvent::ChannelConfigured { channel, settings } => {
            json!({ "channel": channel.as_str(), "settings": channel_settings(settings) })
        }
        ConfigurationEvent::ChannelRetired { channel } => json!({ "channel": channel.as_str() }),
        ConfigurationEvent::RoutingConfigured { entry } => routing::data(entry),
        ConfigurationEvent::RoutingRemoved { key } => json!({ "kind": key.kind(), "name": key.name() }),
        ConfigurationEvent::TextConfigured { language, key, text } => {
            json!({ "language": language, "key": key.name(), "text": text })
        }
        ConfigurationEvent::AttachmentsConfigured { channel, rules } => json!({
            "channel": channel.as_str(),
            "types": rules.as_ref().map(AttachmentRules::types),
            "max_bytes": rules.as_ref().map(AttachmentRules::max_bytes),
        }),
        ConfigurationEvent::ComponentConfigured { name, component } => json!({
            "component": name.as_str(),
            "text": component.as_ref().map(Component::text),
            "choices": component.as_ref().map(|component| component.choices().iter().map(choice).collect::<Vec<_>>()),
        }),
    }
}

fn channel_settings(settings: &ChannelSettings) -> Value {
    let ChannelSettings {
        kind,
        mode,
        addresses,
        global_idle_timeout,
        conversation_idle_timeout,
        idle_chat,
        actions: Actions { prompt_agent_after, abandon_after, reassign_after },
        live_agents,
        first_responder,
        messages,
        proactive: Proactive { active, require_existing_recipient, allow_manual_recipient, order },
        pin_limits: PinLimits { attempts, window },
        chat_disconnect_timeout,
        sender_kind,
    } = settings;
    json!({
        "kind": kind.name(),
        "mode": mode.name(),
        "addresses": addresses.iter().map(|address| address.as_str()).collect::<Vec<_>>(),
        "global_idle_timeout_s": seconds(*global_idle_timeout),
        "conversation_idle_timeout_s": seconds(*conversation_idle_timeout),
        "idle_chat": idle(idle_chat),
        "actions": {
            "prompt_agent_after_s": seconds(*prompt_agent_after),
            "abandon_after_s": seconds(*abandon_after),
            "reassign_after_s": seconds(*reassign_after),
        },
        "live_agents": live_agents,
        "first_responder": first_responder.name(),
        "messages": texts(messages),
        "proactive": {
            "active": active,
            "require_existing_recipient": require_existing_recipient,
            "allow_manual_recipient": allow_manual_recipient,
            "order": order,
        },
        "pin_limits": { "attempts": attempts, "window_s": window.0 },
        "chat_disconnect_timeout_s": chat_disconnect_timeout.0,
        "sender_kind": sender_kind.name(),
    })
}

fn idle(idle: &IdleChat) -> Value {
    let IdleChat {
        timer_task_interval,
        reminder_timeout,
        cancel_timeout,
        start_after_agent_response,
        quantise_to_interval,
    } = idle;
    json!({
        "timer_task_interval_s": timer_task_interval.0,
        "reminder_timeout_s": reminder_timeout.0,
        "cancel_timeout_s": cancel_timeout.0,
        "start_after_agent_response": start_after_agent_response,
        "quantise_to_interval": quantise_to_interval,
    })
}

fn texts(messages: &Messages) -> Value {
    let Messages {
        idle_chat_reminder_message,
        idle_chat_agent_message,
        idle_chat_cancel_message,
        prompt_agent_message,
    } = messages;
    json!({
        "idle_chat_reminder_message": idle_chat_reminder_message,
        "idle_chat_agent_message": idle_chat_agent_message,
        "idle_chat_cancel_message": idle_chat_cancel_message,
        "prompt_agent_message": prompt_agent_message,
    })
}
