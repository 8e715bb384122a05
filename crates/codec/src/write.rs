//! Facts as they are written now: each in its newest version. A new event or field breaks the build here.

mod identity;
mod notification;
mod outbound;
mod reach;
mod router;
mod routing;

pub(crate) use routing::configured as routing_entry;

use crate::numbers::Numbered;
use crate::registry::Payload;
use crate::v1::{
    configuration as configuration_v1, contact as contact_v1, conversation as conversation_v1,
    engine as engine_v1, identity as identity_v1, parts as parts_v1, presence as presence_v1,
    reach as reach_v1, virtual_agent as virtual_agent_v1, waiting as waiting_v1, window as window_v1,
    wording as wording_v1,
};
use crate::v2::{
    contact as contact_v2, conversation as conversation_v2, message as message_v2, waiting as waiting_v2,
    window as window_v2,
};
use crate::v3::conversation as conversation_v3;
use crate::v4::configuration as configuration_v4;
use domain::configuration::ConfigurationEvent;
use domain::contact::{ContactEvent, Notification};
use domain::conversation::Unassignment;
use domain::conversation::{ClosedBy, ClosedState, ConversationEvent, Policy, ResumedBy, StateReason};
use domain::routing::OfferId;
use domain::{
    Address, AgentId, ChannelId, ContactId, ConversationId, EngineEvent, Event, Message, Timestamp, UserId,
};

/// The payload of a fact.
pub(crate) fn current(event: &Event) -> Payload {
    match event {
        Event::Contact(event) => contact(event),
        Event::Conversation(event) => conversation(event),
        Event::Configuration(event) => configuration(event),
        Event::Router(event) => router::router(event),
        Event::Engine(event) => engine(event),
        Event::Directory(event) => identity::directory(event),
    }
}

fn conversation(event: &ConversationEvent) -> Payload {
    match event {
        ConversationEvent::Opened { contact, channel, requester, company, policy, by_agent, user } => {
            let (requester, whose) = (requester.expose(), user.as_ref());
            opened(*contact, channel, requester, company, policy, by_agent.as_ref(), whose)
        }
        ConversationEvent::RequesterMessagePosted { message, sent_at, counts_from } => {
            requester_message_posted(message, *sent_at, *counts_from)
        }
        ConversationEvent::AgentJoined { agent, assigned, offer, greeting } => {
            agent_joined(agent, *assigned, *offer, greeting.clone())
        }
        ConversationEvent::Unassigned { agent, why } => unassigned(agent, why),
        ConversationEvent::AgentRequested { from_virtual_agent } => {
            Payload::of(&waiting_v2::AgentRequested { from_virtual_agent: *from_virtual_agent })
        }
        ConversationEvent::VirtualAgentEngaged => Payload::of(&virtual_agent_v1::Engaged {}),
        ConversationEvent::VirtualAgentMessagePosted { message } => virtual_agent_message_posted(message),
        ConversationEvent::AgentRequestCancelled => Payload::of(&waiting_v1::AgentRequestCancelled {}),
        ConversationEvent::WaitEnded { item, requester_text } => {
            Payload::of(&waiting_v1::WaitEnded { item: item.0, requester_text: requester_text.clone() })
        }
        ConversationEvent::WaitMessageSent { item, number, text: said } => {
            let (number, text) = (*number, said.clone());
            Payload::of(&waiting_v1::WaitMessageSent { item: item.0, number, text })
        }
        ConversationEvent::AgentMessagePosted { agent, message } => {
            Payload::of(&message_v2::AgentMessagePosted { agent: text(agent), message: message.into() })
        }
        ConversationEvent::Held { agent } => Payload::of(&conversation_v1::Held { agent: text(agent) }),
        ConversationEvent::Resumed { by } => resumed(by),
        ConversationEvent::IdleReminderSent { due, requester_text, agent_text } => {
            Payload::of(&conversation_v1::IdleReminderSent {
                due_ms: due.0,
                requester_text: requester_text.clone(),
                agent_text: agent_text.clone(),
            })
        }
        ConversationEvent::AgentPrompted { due, agent, text: said } => {
            let (agent, said) = (text(agent), said.clone());
            Payload::of(&conversation_v1::AgentPrompted { due_ms: due.0, agent, text: said })
        }
        ConversationEvent::Closed { state, reason, by, requester_text } => {
            closed(*state, *reason, by, requester_text.clone())
        }
        ConversationEvent::Reassociated { from, to, grounds } => {
            identity::reassociated(from.as_ref(), to, grounds)
        }
        ConversationEvent::ConsentChanged { opted_out } => {
            Payload::of(&identity_v1::ConsentChanged { opted_out: *opted_out })
        }
        ConversationEvent::Dispatched { of, part, provider_id, attempts } => {
            outbound::dispatched(*of, *part, provider_id.as_ref(), *attempts)
        }
        ConversationEvent::DispatchFailed { of, part, code, attempts } => {
            outbound::dispatch_failed(*of, *part, code, *attempts)
        }
        ConversationEvent::Redriven { of, part, by } => outbound::redriven(*of, *part, by),
        ConversationEvent::Discarded { of, part, by } => outbound::discarded(*of, *part, by),
        ConversationEvent::ReceiptTaken { of, part, status, code } => {
            outbound::receipt_taken(*of, *part, *status, code.as_deref())
        }
        ConversationEvent::SeenByAgent { agent, up_to } => {
            Payload::of(&window_v1::SeenByAgent { agent: text(agent), up_to: *up_to })
        }
        ConversationEvent::RequesterDisconnected => Payload::of(&presence_v1::RequesterDisconnected {}),
        ConversationEvent::RequesterReconnected => Payload::of(&presence_v1::RequesterReconnected {}),
        ConversationEvent::RequesterConnected => Payload::of(&presence_v1::RequesterConnected {}),
        ConversationEvent::Acknowledged { text } => acknowledged(text),
    }
}

fn acknowledged(text: &str) -> Payload {
    Payload::of(&presence_v1::Acknowledged { text: text.to_owned() })
}

fn virtual_agent_message_posted(message: &Message) -> Payload {
    Payload::of(&virtual_agent_v1::MessagePosted { message: message.into() })
}

fn opened(
    contact: ContactId,
    channel: &ChannelId,
    requester: &Address,
    company: &Address,
    policy: &Policy,
    by_agent: Option<&AgentId>,
    user: Option<&UserId>,
) -> Payload {
    Payload::of(&conversation_v3::Opened {
        contact: contact.0,
        channel: channel.as_str().to_owned(),
        requester: requester.as_str().to_owned(),
        company: company.as_str().to_owned(),
        policy: conversation_v3::Policy::from(policy),
        by_agent: by_agent.map(text),
        user: user.map(identity::user),
    })
}

fn requester_message_posted(
    message: &Message,
    sent_at: Option<Timestamp>,
    counts_from: Timestamp,
) -> Payload {
    Payload::of(&message_v2::RequesterMessagePosted {
        message: message.into(),
        sent_at_ms: sent_at.map(|at| at.0),
        counts_from_ms: counts_from.0,
    })
}

fn agent_joined(
    agent: &AgentId,
    assigned: bool,
    offer: Option<OfferId>,
    greeting: Option<String>,
) -> Payload {
    let offer = offer.map(parts_v1::OfferId::from);
    Payload::of(&conversation_v2::AgentJoined { agent: text(agent), assigned, offer, greeting })
}

fn unassigned(agent: &AgentId, why: &Unassignment) -> Payload {
    let why = match why {
        Unassignment::Reassigned => waiting_v1::Unassignment::Reassigned,
        Unassignment::ReassignedByAction { due } => {
            waiting_v1::Unassignment::ReassignedByAction { due_ms: due.0 }
        }
        Unassignment::ToQueue { queue, by } => {
            waiting_v1::Unassignment::ToQueue { queue: queue.as_str().to_owned(), by: text(by) }
        }
    };
    Payload::of(&waiting_v1::Unassigned { agent: text(agent), why })
}

fn resumed(by: &ResumedBy) -> Payload {
    let by = match by {
        ResumedBy::Agent(agent) => conversation_v1::ResumedBy::Agent(text(agent)),
        ResumedBy::RequesterMessage => conversation_v1::ResumedBy::RequesterMessage,
    };
    Payload::of(&conversation_v1::Resumed { by })
}

fn closed(state: ClosedState, reason: StateReason, by: &ClosedBy, requester_text: Option<String>) -> Payload {
    let by = match by {
        ClosedBy::Requester => conversation_v1::ClosedBy::Requester,
        ClosedBy::Agent(agent) => conversation_v1::ClosedBy::Agent(text(agent)),
        ClosedBy::Supervisor(agent) => conversation_v1::ClosedBy::Supervisor(text(agent)),
        ClosedBy::Timer { kind, due } => {
            conversation_v1::ClosedBy::Timer { kind: kind.to_stored(), due_ms: due.0 }
        }
        ClosedBy::Engine => conversation_v1::ClosedBy::Engine,
        ClosedBy::Router => conversation_v1::ClosedBy::Router,
        ClosedBy::VirtualAgent => conversation_v1::ClosedBy::VirtualAgent,
    };
    let (state, reason) = (state.to_stored(), reason.to_stored());
    Payload::of(&conversation_v1::Closed { state, reason, by, requester_text })
}

fn activated(company: &Address, conversation: ConversationId, by_agent: bool) -> Payload {
    let (company, conversation) = (company.as_str().to_owned(), conversation.to_bytes());
    Payload::of(&contact_v2::ConversationActivated { company, conversation, by_agent })
}

fn notification_sent(notification: &Notification) -> Payload {
    Payload::of(&window_v2::NotificationSent {
        id: *notification.id.0.as_bytes(),
        text: notification.text.expose().clone(),
        link: notification.link.as_ref().map(|link| link.expose().clone()),
        from: notification.from.as_ref().map(|from| from.as_str().to_owned()),
    })
}

fn contact(event: &ContactEvent) -> Payload {
    match event {
        ContactEvent::Created { channel, address } => Payload::of(&contact_v1::Created {
            channel: channel.as_str().to_owned(),
            address: address.expose().as_str().to_owned(),
        }),
        ContactEvent::ConversationActivated { company, conversation, by_agent } => {
            activated(company, *conversation, *by_agent)
        }
        ContactEvent::ConversationReleased { company, conversation } => {
            Payload::of(&contact_v1::ConversationReleased {
                company: company.as_str().to_owned(),
                conversation: conversation.to_bytes(),
            })
        }
        ContactEvent::ProfileCreated { profile, user, why } => {
            identity::profile_created(*profile, user.as_ref(), *why)
        }
        ContactEvent::ProfileReassociated { profile, from, to, grounds } => {
            identity::profile_reassociated(*profile, from.as_ref(), to, grounds)
        }
        ContactEvent::ProfileDeactivated { profile, by } => identity::profile_deactivated(*profile, by),
        ContactEvent::OptedOut { company, keyword } => {
            let (company, keyword) = (identity::address(company), keyword.name().to_owned());
            Payload::of(&identity_v1::OptedOut { company, keyword })
        }
        ContactEvent::OptedIn { company, keyword } => {
            let (company, keyword) = (identity::address(company), keyword.name().to_owned());
            Payload::of(&identity_v1::OptedIn { company, keyword })
        }
        ContactEvent::NotificationsSet { company, on } => {
            Payload::of(&identity_v1::NotificationsSet { company: identity::address(company), on: *on })
        }
        ContactEvent::VerificationFailed { at } => {
            Payload::of(&identity_v1::VerificationFailed { at_ms: at.0 })
        }
        ContactEvent::VerificationLocked { until } => {
            Payload::of(&identity_v1::VerificationLocked { until_ms: until.0 })
        }
        ContactEvent::WindowOpened { window } => {
            Payload::of(&window_v1::WindowOpened { window: *window.as_bytes() })
        }
        ContactEvent::WindowPaged { window } => {
            Payload::of(&window_v1::WindowPaged { window: *window.as_bytes() })
        }
        ContactEvent::WindowClosed { window, why } => {
            Payload::of(&window_v1::WindowClosed { window: *window.as_bytes(), why: why.to_stored() })
        }
        ContactEvent::NotificationSent(notification) => notification_sent(notification),
        ContactEvent::WindowRenewed { window } => {
            Payload::of(&window_v1::WindowRenewed { window: *window.as_bytes() })
        }
        ContactEvent::PortalEntered { company } => {
            Payload::of(&window_v1::PortalEntered { company: identity::address(company) })
        }
        ContactEvent::DeviceRegistered(device) => Payload::of(&reach_v1::DeviceRegistered::from(device)),
        ContactEvent::DeviceRemoved { device } => {
            Payload::of(&reach_v1::DeviceRemoved { device: device.as_str().to_owned() })
        }
        ContactEvent::SignedIn => Payload::of(&reach_v1::SignedIn {}),
        ContactEvent::DigestWished { wish } => {
            Payload::of(&reach_v1::DigestWished { after_s: reach_v1::wish_to_stored(*wish) })
        }
        ContactEvent::PushDue(batch) => reach::push_due(batch),
        ContactEvent::DigestDue(batch) => reach::digest_due(batch),
        ContactEvent::Outbound(event) => notification::outbound(event),
    }
}

fn configuration(event: &ConfigurationEvent) -> Payload {
    match event {
        ConfigurationEvent::ChannelConfigured { channel, settings } => {
            Payload::of(&configuration_v4::ChannelConfigured {
                channel: channel.as_str().to_owned(),
                settings: settings.as_ref().into(),
            })
        }
        ConfigurationEvent::ChannelRetired { channel } => {
            Payload::of(&configuration_v1::ChannelRetired { channel: channel.as_str().to_owned() })
        }
        ConfigurationEvent::RoutingConfigured { entry } => routing::configured(entry),
        ConfigurationEvent::RoutingRemoved { key } => routing::removed(key),
        ConfigurationEvent::TextConfigured { language, key, text } => {
            let (language, key, text) = (language.clone(), key.name().to_owned(), text.clone());
            Payload::of(&wording_v1::TextConfigured { language, key, text })
        }
        ConfigurationEvent::AttachmentsConfigured { channel, rules } => {
            let rules = rules.as_ref().map(wording_v1::AttachmentRules::from);
            Payload::of(&wording_v1::AttachmentsConfigured { channel: channel.as_str().to_owned(), rules })
        }
        ConfigurationEvent::ComponentConfigured { name, component } => {
            let component = component.as_ref().map(wording_v1::Component::from);
            Payload::of(&wording_v1::ComponentConfigured { name: name.as_str().to_owned(), component })
        }
    }
}

fn engine(event: &EngineEvent) -> Payload {
    match event {
        EngineEvent::Started { wall, timeline, last } => Payload::of(&engine_v1::Started {
            wall_ms: wall.0,
            timeline_ms: timeline.0,
            last_ms: last.map(|at| at.0),
        }),
        EngineEvent::ClockStepped { wall, step_ms } => {
            Payload::of(&engine_v1::ClockStepped { wall_ms: wall.0, step_ms: *step_ms })
        }
    }
}

fn text(agent: &AgentId) -> String {
    agent.as_str().to_owned()
}
