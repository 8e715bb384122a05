//! Strategies for facts of every kind with their envelopes.

pub(super) mod identity;
pub(super) mod reach;
pub(super) mod router;
pub(super) mod routing;
pub(super) mod wording;

use crate::Envelope;
use domain::channel::{
    Actions, ChannelKind, ChannelSettings, IdleChat, Messages, Mode, Portals, Proactive, Responder,
};
use domain::configuration::ConfigurationEvent;
use domain::consent::SenderKind;
use domain::contact::{ContactEvent, Notification, PinLimits, WindowClosing};
use domain::conversation::{ClosedBy, ClosedState, ConversationEvent, Policy, ReceiptStatus, ResumedBy};
use domain::conversation::{StateReason, TimerKind, Unassignment};
use domain::outbound::OutboundEvent;
use domain::routing::{OfferId, QueueId, WorkItemId};
use domain::{Address, AgentId, Attachment, Cause, ChannelId, ContactId, Content, ConversationId};
use domain::{Answer, Choices, Parts};
use domain::{
    EngineEvent, Event, EventRef, Message, MessageId, Personal, Principal, Role, Seconds, Timestamp,
};
use proptest::collection::{btree_map, btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use uuid::Uuid;

pub(super) fn envelope() -> impl Strategy<Value = Envelope> {
    (timestamp(), cause(), event()).prop_map(|(at, cause, event)| Envelope { at, cause, event })
}

/// Boxed aggregate by aggregate: all of them together are too large for the stack of a test.
pub(super) fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        9 => conversation_event().prop_map(Event::Conversation).boxed(),
        3 => contact_event().prop_map(Event::Contact).boxed(),
        2 => configuration_event().prop_map(Event::Configuration).boxed(),
        9 => router::event().prop_map(Event::Router).boxed(),
        2 => engine_event().prop_map(Event::Engine).boxed(),
        2 => identity::directory_event().prop_map(Event::Directory).boxed(),
    ]
}

/// Names are short enough to be stored whole.
fn cause() -> impl Strategy<Value = Cause> {
    let roles =
        [Role::Gateway, Role::Requester, Role::Agent, Role::Supervisor, Role::Admin, Role::System].to_vec();
    let causation =
        (any::<[u8; 16]>(), any::<u64>()).prop_map(|(stream, version)| EventRef { stream, version });
    (select(roles), "\\PC{0,63}", option::of(causation), any::<[u8; 16]>()).prop_map(
        |(role, name, causation, correlation)| Cause {
            principal: Principal { role, name },
            causation,
            correlation: Uuid::from_bytes(correlation),
        },
    )
}

fn conversation_event() -> impl Strategy<Value = ConversationEvent> {
    use ConversationEvent as E;
    let opened = (
        contact_id(),
        channel(),
        address(),
        address(),
        policy(),
        option::of(agent()),
        option::of(identity::user()),
    )
        .prop_map(|(contact, channel, requester, company, policy, by_agent, user)| {
            let requester = Personal::new(requester);
            E::Opened { contact, channel, requester, company, policy, by_agent, user }
        });
    let resumed_by = prop_oneof![agent().prop_map(ResumedBy::Agent), Just(ResumedBy::RequesterMessage)];
    let states = [ClosedState::Complete, ClosedState::Abandoned, ClosedState::Faulted].to_vec();
    prop_oneof![
        opened,
        (message(), option::of(timestamp()), timestamp()).prop_map(|(message, sent_at, counts_from)| {
            E::RequesterMessagePosted { message, sent_at, counts_from }
        }),
        (agent(), any::<bool>(), option::of(offer()), option::of(any::<String>())).prop_map(
            |(agent, assigned, offer, greeting)| E::AgentJoined { agent, assigned, offer, greeting }
        ),
        (agent(), unassignment()).prop_map(|(agent, why)| E::Unassigned { agent, why }),
        any::<bool>().prop_map(|from_virtual_agent| E::AgentRequested { from_virtual_agent }),
        Just(E::VirtualAgentEngaged),
        message().prop_map(|message| E::VirtualAgentMessagePosted { message }),
        Just(E::AgentRequestCancelled),
        any::<String>().prop_map(|text| E::Acknowledged { text }),
        select(vec![E::RequesterDisconnected, E::RequesterReconnected, E::RequesterConnected]),
        (work_item(), option::of(any::<String>()))
            .prop_map(|(item, requester_text)| E::WaitEnded { item, requester_text }),
        (work_item(), any::<u32>(), any::<String>()).prop_map(|(item, number, text)| E::WaitMessageSent {
            item,
            number,
            text
        }),
        (agent(), message()).prop_map(|(agent, message)| E::AgentMessagePosted { agent, message }),
        agent().prop_map(|agent| E::Held { agent }),
        resumed_by.prop_map(|by| E::Resumed { by }),
        (timestamp(), any::<String>(), any::<String>()).prop_map(|(due, requester_text, agent_text)| {
            E::IdleReminderSent { due, requester_text, agent_text }
        }),
        (timestamp(), agent(), any::<String>()).prop_map(|(due, agent, text)| E::AgentPrompted {
            due,
            agent,
            text
        }),
        (agent(), any::<u64>()).prop_map(|(agent, up_to)| E::SeenByAgent { agent, up_to }),
        (select(states), reason(), closed_by(), option::of(any::<String>()))
            .prop_map(|(state, reason, by, requester_text)| E::Closed { state, reason, by, requester_text }),
        identity::conversation_event(),
        outbound_event(),
    ]
}

fn outbound_event() -> impl Strategy<Value = ConversationEvent> {
    use ConversationEvent as E;
    let which = || (any::<u64>(), any::<u16>());
    prop_oneof![
        (which(), option::of(any::<String>()), any::<u32>()).prop_map(|((of, part), id, attempts)| {
            E::Dispatched { of, part, provider_id: id.map(Personal::new), attempts }
        }),
        (which(), any::<String>(), any::<u32>()).prop_map(|((of, part), code, attempts)| E::DispatchFailed {
            of,
            part,
            code,
            attempts
        }),
        (which(), any::<String>()).prop_map(|((of, part), by)| E::Redriven { of, part, by }),
        (which(), any::<String>()).prop_map(|((of, part), by)| E::Discarded { of, part, by }),
        (which(), receipt_status(), option::of(any::<String>()))
            .prop_map(|((of, part), status, code)| E::ReceiptTaken { of, part, status, code }),
    ]
}

fn notification_outbound_event() -> impl Strategy<Value = OutboundEvent> {
    use OutboundEvent as E;
    let which = || (any::<u64>(), any::<u16>());
    prop_oneof![
        (which(), option::of(any::<String>()), any::<u32>()).prop_map(|((of, part), id, attempts)| {
            E::Dispatched { of, part, provider_id: id.map(Personal::new), attempts }
        }),
        (which(), any::<String>(), any::<u32>()).prop_map(|((of, part), code, attempts)| E::DispatchFailed {
            of,
            part,
            code,
            attempts
        }),
        (which(), any::<String>()).prop_map(|((of, part), by)| E::Redriven { of, part, by }),
        (which(), any::<String>()).prop_map(|((of, part), by)| E::Discarded { of, part, by }),
        (which(), receipt_status(), option::of(any::<String>()))
            .prop_map(|((of, part), status, code)| E::ReceiptTaken { of, part, status, code }),
    ]
}

pub(super) fn receipt_status() -> impl Strategy<Value = ReceiptStatus> {
    select(ReceiptStatus::ALL.to_vec())
}

fn unassignment() -> impl Strategy<Value = Unassignment> {
    prop_oneof![
        Just(Unassignment::Reassigned),
        timestamp().prop_map(|due| Unassignment::ReassignedByAction { due }),
        (queue(), agent()).prop_map(|(queue, by)| Unassignment::ToQueue { queue, by }),
    ]
}

fn closed_by() -> impl Strategy<Value = ClosedBy> {
    prop_oneof![
        Just(ClosedBy::Requester),
        agent().prop_map(ClosedBy::Agent),
        agent().prop_map(ClosedBy::Supervisor),
        (select(TimerKind::ALL.to_vec()), timestamp()).prop_map(|(kind, due)| ClosedBy::Timer { kind, due }),
        Just(ClosedBy::Engine),
        Just(ClosedBy::Router),
        Just(ClosedBy::VirtualAgent),
    ]
}

pub(super) fn reason() -> impl Strategy<Value = StateReason> {
    select(super::samples::REASONS.to_vec())
}

fn contact_event() -> impl Strategy<Value = ContactEvent> {
    let closings = [
        WindowClosing::Requester,
        WindowClosing::TimedOut,
        WindowClosing::Replaced,
        WindowClosing::BegunAnew,
    ]
    .to_vec();
    prop_oneof![
        1 => (channel(), address())
            .prop_map(|(channel, at)| ContactEvent::Created { channel, address: Personal::new(at) }),
        1 => (address(), conversation_id(), any::<bool>()).prop_map(|(company, conversation, by_agent)| {
            ContactEvent::ConversationActivated { company, conversation, by_agent }
        }),
        1 => (address(), conversation_id()).prop_map(|(company, conversation)| {
            ContactEvent::ConversationReleased { company, conversation }
        }),
        5 => identity::contact_event(),
        1 => uuid().prop_map(|window| ContactEvent::WindowOpened { window }),
        1 => uuid().prop_map(|window| ContactEvent::WindowPaged { window }),
        1 => (uuid(), select(closings)).prop_map(|(window, why)| ContactEvent::WindowClosed { window, why }),
        1 => (uuid(), any::<String>(), option::of(any::<String>()), option::of(address())).prop_map(
            |(id, text, link, from)| {
                let (id, text, link) = (MessageId(id), Personal::new(text), link.map(Personal::new));
                ContactEvent::NotificationSent(Notification { id, text, link, from })
            }
        ),
        3 => notification_outbound_event().prop_map(ContactEvent::Outbound),
        1 => uuid().prop_map(|window| ContactEvent::WindowRenewed { window }),
        1 => address().prop_map(|company| ContactEvent::PortalEntered { company }),
        3 => reach::contact_event(),
    ]
}

pub(super) fn uuid() -> impl Strategy<Value = Uuid> {
    any::<[u8; 16]>().prop_map(Uuid::from_bytes)
}

fn configuration_event() -> impl Strategy<Value = ConfigurationEvent> {
    prop_oneof![
        1 => (channel(), settings()).prop_map(|(channel, settings)| {
            ConfigurationEvent::ChannelConfigured { channel, settings: Box::new(settings) }
        }),
        1 => channel().prop_map(|channel| ConfigurationEvent::ChannelRetired { channel }),
        4 => routing::event(),
        3 => wording::event(),
    ]
}

fn engine_event() -> impl Strategy<Value = EngineEvent> {
    prop_oneof![
        (timestamp(), timestamp(), option::of(timestamp()))
            .prop_map(|(wall, timeline, last)| EngineEvent::Started { wall, timeline, last }),
        (timestamp(), any::<i64>()).prop_map(|(wall, step_ms)| EngineEvent::ClockStepped { wall, step_ms }),
    ]
}

pub(super) fn policy() -> impl Strategy<Value = Policy> {
    prop_oneof![
        (seconds(), seconds(), any::<bool>(), seconds(), seconds(), seconds()).prop_map(
            |(reminder, cancel, human_only, quantum, idle, disconnect)| {
                Policy::Chat { reminder, cancel, human_only, quantum, idle, disconnect }
            }
        ),
        (actions(), option::of(seconds())).prop_map(
            |(Actions { prompt_agent_after, abandon_after, reassign_after }, idle)| {
                Policy::Messaging { prompt_agent_after, abandon_after, reassign_after, idle }
            }
        ),
    ]
}

fn message() -> impl Strategy<Value = Message> {
    let texts = || any::<String>().prop_map(Personal::new);
    let attachment = (texts(), any::<String>(), option::of(texts()), option::of(any::<u64>()))
        .prop_map(|(url, content_type, name, size_bytes)| Attachment { url, content_type, name, size_bytes });
    let context = btree_map(any::<String>(), texts(), 0..4);
    let choices = (option::of(wording::component_name()), vec(wording::choice(), 0..3))
        .prop_map(|(component, options)| Choices::stored(component, options));
    let answer = (message_id(), any::<String>()).prop_map(|(message, value)| Answer { message, value });
    let parts = (texts(), vec(attachment, 0..3), context, option::of(choices), option::of(answer)).prop_map(
        |(text, attachments, context, choices, answer)| Parts { text, attachments, context, choices, answer },
    );
    (message_id(), parts).prop_map(|(id, parts)| Message { id, content: Content::stored(parts) })
}

pub(super) fn message_id() -> impl Strategy<Value = MessageId> {
    any::<[u8; 16]>().prop_map(|id| MessageId(Uuid::from_bytes(id)))
}

pub(super) fn settings() -> impl Strategy<Value = ChannelSettings> {
    let idle_chat = (seconds(), seconds(), seconds(), any::<bool>(), any::<bool>()).prop_map(
        |(timer_task_interval, reminder_timeout, cancel_timeout, human, quantise)| IdleChat {
            timer_task_interval,
            reminder_timeout,
            cancel_timeout,
            start_after_agent_response: human,
            quantise_to_interval: quantise,
        },
    );
    let messages = any::<[String; 4]>().prop_map(|[reminder, agent, cancel, prompt]| Messages {
        idle_chat_reminder_message: reminder,
        idle_chat_agent_message: agent,
        idle_chat_cancel_message: cancel,
        prompt_agent_message: prompt,
    });
    let timeouts = (option::of(seconds()), option::of(seconds()), seconds());
    let modes = select([Mode::Chat, Mode::Messaging].to_vec());
    let kinds = select(ChannelKind::ALL.to_vec());
    let actions = (actions(), any::<bool>());
    let first = (any::<[bool; 3]>(), any::<u32>()).prop_map(|([active, existing, manual], order)| {
        Proactive { active, require_existing_recipient: existing, allow_manual_recipient: manual, order }
    });
    let responders = select(vec![Responder::LiveAgent, Responder::VirtualAgent]);
    let senders = select(SenderKind::ALL.to_vec());
    let pins = (any::<u32>(), seconds()).prop_map(|(attempts, window)| PinLimits { attempts, window });
    (
        kinds,
        modes,
        btree_set(address(), 0..4),
        timeouts,
        idle_chat,
        actions,
        messages,
        (first, pins, responders, select(Portals::ALL.to_vec()), senders),
    )
        .prop_map(
            |(kind, mode, addresses, timeouts, idle_chat, (actions, live_agents), messages, first)| {
                ChannelSettings {
                    kind,
                    mode,
                    addresses,
                    global_idle_timeout: timeouts.0,
                    conversation_idle_timeout: timeouts.1,
                    idle_chat,
                    actions,
                    live_agents,
                    messages,
                    proactive: first.0,
                    pin_limits: first.1,
                    first_responder: first.2,
                    chat_disconnect_timeout: timeouts.2,
                    portals: first.3,
                    sender_kind: first.4,
                }
            },
        )
}

fn actions() -> impl Strategy<Value = Actions> {
    (option::of(seconds()), option::of(seconds()), option::of(seconds())).prop_map(
        |(prompt_agent_after, abandon_after, reassign_after)| Actions {
            prompt_agent_after,
            abandon_after,
            reassign_after,
        },
    )
}

pub(super) fn timestamp() -> impl Strategy<Value = Timestamp> {
    any::<i64>().prop_map(Timestamp)
}

fn seconds() -> impl Strategy<Value = Seconds> {
    any::<u32>().prop_map(Seconds)
}

pub(super) fn contact_id() -> impl Strategy<Value = ContactId> {
    any::<[u8; 16]>().prop_map(ContactId)
}

pub(super) fn conversation_id() -> impl Strategy<Value = ConversationId> {
    any::<[u8; 16]>().prop_map(ConversationId::from_bytes)
}

pub(super) fn channel() -> impl Strategy<Value = ChannelId> {
    "[A-Za-z0-9._@-]{1,64}".prop_map(|name| ChannelId::new(&name).unwrap())
}

pub(super) fn agent() -> impl Strategy<Value = AgentId> {
    "[A-Za-z0-9._@-]{1,64}".prop_map(|name| AgentId::new(&name).unwrap())
}

pub(super) fn work_item() -> impl Strategy<Value = WorkItemId> {
    any::<u64>().prop_map(WorkItemId)
}

pub(super) fn offer() -> impl Strategy<Value = OfferId> {
    (work_item(), any::<u32>()).prop_map(|(item, number)| OfferId { item, number })
}

fn queue() -> impl Strategy<Value = QueueId> {
    "[A-Za-z0-9._@-]{1,64}".prop_map(|name| QueueId::new(&name).unwrap())
}

pub(super) fn address() -> impl Strategy<Value = Address> {
    prop_oneof![
        "\\+1[0-9]{3}55501[0-9]{2}".prop_map(|text| Address::e164(&text).unwrap()),
        "[^\\s\\p{Cc}]{1,32}".prop_map(|text| Address::opaque(&text).unwrap()),
    ]
}
