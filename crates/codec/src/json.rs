//! Facts as JSON, for exports, the admin's view of a stream and subscribers.
//!
//! Texts and addresses are shown: whoever calls this has checked that its reader may see them (`P1`).

mod configuration;
mod conversation;
mod identity;
mod outbound;
mod reach;
mod router;
mod routing;
mod time;

pub use time::{parse_timestamp, timestamp};

use domain::configuration::ConfigurationEvent;
use domain::contact::ContactEvent;
use domain::conversation::ConversationEvent;
use domain::{Cause, EngineEvent, Event, EventRef, Principal};
use serde_json::{Value, json};
use uuid::Uuid;

/// The name of the kind of fact; what is between aggregate and fact is a dot. Names never change.
pub const fn event_type(event: &Event) -> &'static str {
    match event {
        Event::Conversation(event) => conversation_type(event),
        Event::Contact(event) => contact_type(event),
        Event::Configuration(event) => match event {
            ConfigurationEvent::ChannelConfigured { .. } => "configuration.channel_configured",
            ConfigurationEvent::ChannelRetired { .. } => "configuration.channel_retired",
            ConfigurationEvent::RoutingConfigured { entry } => routing::configured(entry),
            ConfigurationEvent::RoutingRemoved { .. } => "configuration.routing_removed",
            ConfigurationEvent::TextConfigured { .. } => "configuration.text_configured",
            ConfigurationEvent::AttachmentsConfigured { .. } => "configuration.attachments_configured",
            ConfigurationEvent::ComponentConfigured { .. } => "configuration.component_configured",
        },
        Event::Router(event) => router::name(event),
        Event::Engine(event) => match event {
            EngineEvent::Started { .. } => "engine.started",
            EngineEvent::ClockStepped { .. } => "engine.clock_stepped",
        },
        Event::Directory(event) => identity::directory_type(event),
    }
}

/// The same for a fact of a conversation.
const fn conversation_type(event: &ConversationEvent) -> &'static str {
    match event {
        ConversationEvent::Opened { .. } => "conversation.opened",
        ConversationEvent::RequesterMessagePosted { .. } => "conversation.requester_message_posted",
        ConversationEvent::AgentJoined { .. } => "conversation.agent_joined",
        ConversationEvent::AgentMessagePosted { .. } => "conversation.agent_message_posted",
        ConversationEvent::Held { .. } => "conversation.held",
        ConversationEvent::Resumed { .. } => "conversation.resumed",
        ConversationEvent::IdleReminderSent { .. } => "conversation.idle_reminder_sent",
        ConversationEvent::AgentPrompted { .. } => "conversation.agent_prompted",
        ConversationEvent::Closed { .. } => "conversation.closed",
        ConversationEvent::Unassigned { .. } => "conversation.unassigned",
        ConversationEvent::VirtualAgentEngaged => "conversation.virtual_agent_engaged",
        ConversationEvent::VirtualAgentMessagePosted { .. } => "conversation.virtual_agent_message_posted",
        ConversationEvent::AgentRequested { .. } => "conversation.agent_requested",
        ConversationEvent::AgentRequestCancelled => "conversation.agent_request_cancelled",
        ConversationEvent::WaitEnded { .. } => "conversation.wait_ended",
        ConversationEvent::WaitMessageSent { .. } => "conversation.wait_message_sent",
        ConversationEvent::Reassociated { .. } => "conversation.reassociated",
        ConversationEvent::ConsentChanged { .. } => "conversation.consent_changed",
        ConversationEvent::Dispatched { .. } => "conversation.dispatched",
        ConversationEvent::DispatchFailed { .. } => "conversation.dispatch_failed",
        ConversationEvent::Redriven { .. } => "conversation.redriven",
        ConversationEvent::Discarded { .. } => "conversation.discarded",
        ConversationEvent::ReceiptTaken { .. } => "conversation.receipt_taken",
        ConversationEvent::SeenByAgent { .. } => "conversation.seen_by_agent",
        ConversationEvent::RequesterDisconnected => "conversation.requester_disconnected",
        ConversationEvent::RequesterReconnected => "conversation.requester_reconnected",
        ConversationEvent::RequesterConnected => "conversation.requester_connected",
        ConversationEvent::Acknowledged { .. } => "conversation.acknowledged",
    }
}

const fn contact_type(event: &ContactEvent) -> &'static str {
    match event {
        ContactEvent::Created { .. } => "contact.created",
        ContactEvent::ConversationActivated { .. } => "contact.conversation_activated",
        ContactEvent::ConversationReleased { .. } => "contact.conversation_released",
        ContactEvent::ProfileCreated { .. } => "contact.profile_created",
        ContactEvent::ProfileReassociated { .. } => "contact.profile_reassociated",
        ContactEvent::ProfileDeactivated { .. } => "contact.profile_deactivated",
        ContactEvent::OptedOut { .. } => "contact.opted_out",
        ContactEvent::OptedIn { .. } => "contact.opted_in",
        ContactEvent::NotificationsSet { .. } => "contact.notifications_set",
        ContactEvent::VerificationFailed { .. } => "contact.verification_failed",
        ContactEvent::VerificationLocked { .. } => "contact.verification_locked",
        ContactEvent::WindowOpened { .. } => "contact.window_opened",
        ContactEvent::WindowPaged { .. } => "contact.window_paged",
        ContactEvent::WindowClosed { .. } => "contact.window_closed",
        ContactEvent::NotificationSent(_) => "contact.notification_sent",
        ContactEvent::WindowRenewed { .. } => "contact.window_renewed",
        ContactEvent::DeviceRegistered(_) => "contact.device_registered",
        ContactEvent::DeviceRemoved { .. } => "contact.device_removed",
        ContactEvent::SignedIn => "contact.signed_in",
        ContactEvent::DigestWished { .. } => "contact.digest_wished",
        ContactEvent::PushDue(_) => "contact.push_due",
        ContactEvent::DigestDue(_) => "contact.digest_due",
        ContactEvent::PortalEntered { .. } => "contact.portal_entered",
        ContactEvent::Outbound(event) => outbound::event_type(event),
    }
}

/// What the fact says, as an object.
pub fn event_data(event: &Event) -> Value {
    match event {
        Event::Conversation(event) => conversation::data(event),
        Event::Contact(event) => identity::contact(event),
        Event::Configuration(event) => configuration::data(event),
        Event::Router(event) => router::data(event),
        Event::Engine(event) => engine(event),
        Event::Directory(event) => identity::directory(event),
    }
}

/// Who wanted it, and what it follows from. Streams are shown as UUIDs, as conversations are everywhere.
pub fn cause(cause: &Cause) -> Value {
    let Cause { principal: Principal { role, name }, causation, correlation } = cause;
    let mut value = json!({ "role": role.name(), "name": name, "correlation": correlation.to_string() });
    if let Some(EventRef { stream, version }) = causation {
        let stream = Uuid::from_bytes(*stream).to_string();
        value["causation"] = json!({ "stream": stream, "version": version });
    }
    value
}

fn engine(event: &EngineEvent) -> Value {
    match event {
        EngineEvent::Started { wall, timeline, last } => json!({
            "wall": timestamp(*wall),
            "timeline": timestamp(*timeline),
            "last": last.map(timestamp),
        }),
        EngineEvent::ClockStepped { wall, step_ms } => {
            json!({ "wall": timestamp(*wall), "step_ms": step_ms })
        }
    }
}
