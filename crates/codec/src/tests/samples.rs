//! The facts and states of which golden bytes are kept. Everybody in them is invented.
//!
//! Together they use every variant and every small number that the store knows. What is here already must
//! stay as it is; more goes to the end of its kind.

pub(super) mod identity;
mod reach;
pub(super) mod router;
pub(super) mod router_rows;
pub(super) mod routing;
pub(super) mod wording;

use crate::Envelope;
use domain::channel::{ChannelKind, ChannelSettings, IdleChat, Messages, Mode, Proactive};
use domain::configuration::ConfigurationEvent;
use domain::consent::SenderKind;
use domain::contact::{ContactEvent, Notification, PinLimits, WindowClosing};
use domain::conversation::{ClosedBy, ClosedState, ConversationEvent, Policy, ReceiptStatus, ResumedBy};
use domain::conversation::{StateReason, TimerKind, Unassignment};
use domain::outbound::OutboundEvent;
use domain::routing::{OfferId, QueueId, WorkItemId};
use domain::{Address, AgentId, Attachment, Cause, ChannelId, ContactId, Content, ConversationId};
use domain::{
    EngineEvent, Event, EventRef, Message, MessageId, Personal, Principal, Role, Seconds, Timestamp,
};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Any reason; new ones go to the end.
pub(super) const REASONS: [StateReason; 10] = [
    StateReason::LeftBeforeEngagement,
    StateReason::NoActivity,
    StateReason::UserEnded,
    StateReason::NoUserResponse,
    StateReason::AgentEnded,
    StateReason::RequesterSilent,
    StateReason::Error,
    StateReason::MaxWaitElapsed,
    StateReason::NotRouted,
    StateReason::Superseded,
];

/// The timers that there were at first.
const TIMERS_THEN: [TimerKind; 5] = [
    TimerKind::IdleReminder,
    TimerKind::IdleCancel,
    TimerKind::ConversationIdle,
    TimerKind::PromptAgent,
    TimerKind::Abandon,
];

const ROLES: [Role; 6] =
    [Role::Gateway, Role::Requester, Role::Agent, Role::Supervisor, Role::Admin, Role::System];

/// 2017-10-31T22:10:47.000Z
pub(super) const AT: Timestamp = Timestamp(1_509_487_847_000);

/// All of them, each in its envelope; roles and causations take turns.
pub(super) fn envelopes() -> Vec<Envelope> {
    let events = [
        conversation_events().into_iter().map(Event::Conversation).collect::<Vec<_>>(),
        contact_events().into_iter().map(Event::Contact).collect(),
        configuration_events().into_iter().map(Event::Configuration).collect(),
        engine_events().into_iter().map(Event::Engine).collect(),
        router::events().into_iter().map(Event::Router).collect(),
        identity::directory_events().into_iter().map(Event::Directory).collect(),
    ];
    events
        .into_iter()
        .flat_map(|events| events.into_iter().enumerate())
        .map(|(index, event)| Envelope { at: later(index), cause: cause(index), event })
        .collect()
}

pub(super) fn cause(index: usize) -> Cause {
    let role = ROLES[index % ROLES.len()];
    let version = u64::try_from(index).unwrap();
    Cause {
        principal: Principal { role, name: format!("{}-1", role.name()) },
        causation: (index % 2 == 1).then_some(EventRef { stream: conversation_id().to_bytes(), version }),
        correlation: Uuid::from_u128(0x0191_0000_0000_7000_8000_0000_0000_0001),
    }
}

fn conversation_events() -> Vec<ConversationEvent> {
    use ConversationEvent as E;
    let chat = Policy::Chat {
        reminder: Seconds(180),
        cancel: Seconds(360),
        human_only: true,
        quantum: Seconds(120),
        idle: Seconds(7200),
        disconnect: Seconds(0),
    };
    let mut events = vec![
        opened(chat, None),
        opened(messaging(None), Some(agent("ann.lee"))),
        E::RequesterMessagePosted { message: long_message(), sent_at: Some(AT), counts_from: later(1) },
        E::RequesterMessagePosted { message: short_message(), sent_at: None, counts_from: AT },
        joined("ann.lee", true),
        joined("bob@desk-4", false),
        E::AgentMessagePosted { agent: agent("ann.lee"), message: short_message() },
        E::Held { agent: agent("ann.lee") },
        E::Resumed { by: ResumedBy::Agent(agent("ann.lee")) },
        E::Resumed { by: ResumedBy::RequesterMessage },
        E::IdleReminderSent { due: AT, requester_text: "Still there?".into(), agent_text: "Wait.".into() },
        E::AgentPrompted { due: AT, agent: agent("ann.lee"), text: "Please answer.".into() },
    ];
    events.extend(first_closes());
    events.extend(routed_events());
    events.extend(identity::conversation_events());
    let mut of_a_user = opened(messaging(None), None);
    if let E::Opened { user, .. } = &mut of_a_user {
        *user = Some(identity::user("u-1"));
    }
    events.push(of_a_user);
    let (state, reason) = (ClosedState::Complete, StateReason::Superseded);
    events.push(E::Closed { state, reason, by: ClosedBy::Agent(agent("ann.lee")), requester_text: None });
    events.extend(outbound_events());
    events.extend(wording::chosen_events());
    events.extend(guest_events());
    events
}

/// What came with guests.
fn guest_events() -> Vec<ConversationEvent> {
    use ConversationEvent as E;
    let [reminder, cancel, quantum, idle, disconnect] = [180, 360, 0, 7200, 300].map(Seconds);
    let by = ClosedBy::Timer { kind: TimerKind::Disconnect, due: AT };
    let (state, reason) = (ClosedState::Complete, StateReason::GuestDisconnected);
    vec![
        opened(Policy::Chat { reminder, cancel, human_only: false, quantum, idle, disconnect }, None),
        E::RequesterDisconnected,
        E::RequesterReconnected,
        E::Closed { state, reason, by, requester_text: None },
        E::RequesterConnected,
        E::Acknowledged { text: "We got it.".to_owned() },
    ]
}

/// What came with routing.
fn routed_events() -> Vec<ConversationEvent> {
    use ConversationEvent as E;
    let (item, greeting) = (WorkItemId(7), Some("Ann is here.".to_owned()));
    let offer = Some(OfferId { item, number: 2 });
    let to_queue = Unassignment::ToQueue { queue: QueueId::new("billing").unwrap(), by: agent("eve") };
    let unassigned = |why| E::Unassigned { agent: agent("ann.lee"), why };
    let closed = |state, reason, by, text: Option<&str>| {
        let requester_text = text.map(str::to_owned);
        E::Closed { state, reason, by, requester_text }
    };
    // No action of this kind closes anything; it is here for its number.
    let by_timer = ClosedBy::Timer { kind: TimerKind::Reassign, due: AT };
    let (complete, abandoned) = (ClosedState::Complete, ClosedState::Abandoned);
    vec![
        opened(messaging(Some(Seconds(3600))), None),
        E::AgentJoined { agent: agent("ann.lee"), assigned: true, offer, greeting },
        unassigned(Unassignment::Reassigned),
        unassigned(Unassignment::ReassignedByAction { due: AT }),
        unassigned(to_queue),
        E::AgentRequested { from_virtual_agent: false },
        E::AgentRequestCancelled,
        E::WaitEnded { item, requester_text: Some("Nobody is free.".into()) },
        E::WaitEnded { item, requester_text: None },
        E::WaitMessageSent { item, number: 3, text: "Please wait.".into() },
        closed(abandoned, StateReason::MaxWaitElapsed, ClosedBy::Router, Some("Nobody is free.")),
        closed(complete, StateReason::NotRouted, ClosedBy::Router, None),
        closed(complete, StateReason::NoUserResponse, by_timer, None),
        E::AgentRequested { from_virtual_agent: true },
        E::VirtualAgentEngaged,
        E::VirtualAgentMessagePosted { message: short_message() },
        closed(complete, StateReason::AutoClosed, ClosedBy::VirtualAgent, None),
    ]
}

/// What came with deliveries.
fn outbound_events() -> Vec<ConversationEvent> {
    use ConversationEvent as E;
    let provider_id = Some(Personal::new("SM0123456789".to_owned()));
    let (code, by) = ("twilio_21610".to_owned(), "eve".to_owned());
    let receipt = |status, code: Option<&str>| {
        let code = code.map(str::to_owned);
        E::ReceiptTaken { of: 7, part: 1, status, code }
    };
    vec![
        E::Dispatched { of: 7, part: 1, provider_id, attempts: 2 },
        E::Dispatched { of: 3, part: 0, provider_id: None, attempts: 1 },
        E::DispatchFailed { of: 7, part: 1, code, attempts: 12 },
        E::Redriven { of: 7, part: 1, by: by.clone() },
        E::Discarded { of: 7, part: 1, by },
        receipt(ReceiptStatus::Delivered, None),
        receipt(ReceiptStatus::Read, None),
        receipt(ReceiptStatus::Failed, Some("twilio_30005")),
        E::SeenByAgent { agent: agent("ann.lee"), up_to: 300 },
    ]
}

fn messaging(reassign_after: Option<Seconds>) -> Policy {
    let prompt_agent_after = Some(Seconds(1800));
    Policy::Messaging { prompt_agent_after, abandon_after: None, reassign_after, idle: None }
}

fn opened(policy: Policy, by_agent: Option<AgentId>) -> ConversationEvent {
    let (channel, requester) = (channel("sms"), Personal::new(requester()));
    let (contact, company, user) = (CONTACT, company(), None);
    ConversationEvent::Opened { contact, channel, requester, company, policy, by_agent, user }
}

fn joined(name: &str, assigned: bool) -> ConversationEvent {
    ConversationEvent::AgentJoined { agent: agent(name), assigned, offer: None, greeting: None }
}

/// One for each reason that there was at first, in which every state, closer and timer of that time occurs.
fn first_closes() -> impl Iterator<Item = ConversationEvent> {
    const REASONS_THEN: usize = 7;
    let by_timer = TIMERS_THEN.map(|kind| ClosedBy::Timer { kind, due: later(2) });
    let by = [
        ClosedBy::Requester,
        ClosedBy::Agent(agent("ann.lee")),
        ClosedBy::Supervisor(agent("eve")),
        ClosedBy::Engine,
    ];
    let states = [ClosedState::Complete, ClosedState::Abandoned, ClosedState::Faulted];
    by.into_iter().chain(by_timer).enumerate().map(move |(index, by)| ConversationEvent::Closed {
        state: states[index % states.len()],
        reason: REASONS[index % REASONS_THEN],
        by,
        requester_text: (index % 2 == 0).then(|| "It seems you have left.".to_owned()),
    })
}

fn contact_events() -> Vec<ContactEvent> {
    let (company, conversation) = (company(), conversation_id());
    let window = Uuid::from_u128(0x0191_0000_0000_7000_8000_0000_0000_0002);
    let closed = |why| ContactEvent::WindowClosed { window, why };
    let notification = |link: Option<&str>, from| {
        let (id, text) = (MessageId(Uuid::from_u128(3)), Personal::new("Your parcel is here.".to_owned()));
        let link = link.map(|link| Personal::new(link.to_owned()));
        ContactEvent::NotificationSent(Notification { id, text, link, from })
    };
    let mut events = vec![
        ContactEvent::Created { channel: channel("sms"), address: Personal::new(requester()) },
        ContactEvent::ConversationActivated { company: company.clone(), conversation, by_agent: false },
        ContactEvent::ConversationReleased { company: company.clone(), conversation },
    ];
    events.extend(identity::contact_events());
    events.extend([
        ContactEvent::WindowOpened { window },
        ContactEvent::WindowPaged { window },
        closed(WindowClosing::Requester),
        closed(WindowClosing::TimedOut),
        closed(WindowClosing::Replaced),
        notification(Some("https://example.com/parcels/1"), None),
        notification(None, None),
        ContactEvent::WindowRenewed { window },
        notification(None, Some(company)),
        closed(WindowClosing::BegunAnew),
        ContactEvent::PortalEntered { company: self::company() },
    ]);
    events.extend(reach::contact_events());
    events.extend(notification_outbound_events().map(ContactEvent::Outbound));
    events.push(ContactEvent::ConversationActivated {
        company: self::company(),
        conversation,
        by_agent: true,
    });
    events
}

/// What became of a notification.
fn notification_outbound_events() -> [OutboundEvent; 7] {
    use OutboundEvent as E;
    let provider_id = Some(Personal::new("SM0123456789".to_owned()));
    let (code, by) = ("twilio_21610".to_owned(), "eve".to_owned());
    let receipt = |status, code: Option<&str>| {
        let code = code.map(str::to_owned);
        E::ReceiptTaken { of: 9, part: 0, status, code }
    };
    [
        E::Dispatched { of: 9, part: 0, provider_id, attempts: 2 },
        E::Dispatched { of: 2, part: 0, provider_id: None, attempts: 1 },
        E::DispatchFailed { of: 9, part: 0, code, attempts: 12 },
        E::Redriven { of: 9, part: 0, by: by.clone() },
        E::Discarded { of: 9, part: 0, by },
        receipt(ReceiptStatus::Delivered, None),
        receipt(ReceiptStatus::Failed, Some("twilio_30005")),
    ]
}

fn configuration_events() -> Vec<ConfigurationEvent> {
    let mut events: Vec<_> = ChannelKind::ALL
        .into_iter()
        .map(|kind| ConfigurationEvent::ChannelConfigured {
            channel: channel(kind.name()),
            settings: Box::new(settings(kind, kind.fixed_mode().unwrap_or(Mode::Chat))),
        })
        .collect();
    events.push(ConfigurationEvent::ChannelRetired { channel: channel("fax") });
    let mut unserved = settings(ChannelKind::Own, Mode::Messaging);
    unserved.live_agents = false;
    unserved.actions.reassign_after = Some(Seconds(3600));
    events.push(ConfigurationEvent::ChannelConfigured {
        channel: channel("unserved"),
        settings: Box::new(unserved),
    });
    events.extend(routing::events());
    let mut writing_first = settings(ChannelKind::Sms, Mode::Messaging);
    writing_first.proactive =
        Proactive { active: true, require_existing_recipient: true, allow_manual_recipient: false, order: 7 };
    writing_first.pin_limits = PinLimits { attempts: 2, window: Seconds(3600) };
    events.push(ConfigurationEvent::ChannelConfigured {
        channel: channel("writing-first"),
        settings: Box::new(writing_first),
    });
    events.extend(wording::events());
    let mut patient = settings(ChannelKind::Mweb, Mode::Chat);
    patient.chat_disconnect_timeout = Seconds(0);
    events.push(ConfigurationEvent::ChannelConfigured {
        channel: channel("patient"),
        settings: Box::new(patient),
    });
    for portals in domain::channel::Portals::ALL {
        let mut portal = settings(ChannelKind::Mweb, Mode::Chat);
        portal.portals = portals;
        let (channel, settings) = (channel(portals.name()), Box::new(portal));
        events.push(ConfigurationEvent::ChannelConfigured { channel, settings });
    }
    let mut toll_free = settings(ChannelKind::Sms, Mode::Messaging);
    toll_free.sender_kind = SenderKind::TollFree;
    events.push(ConfigurationEvent::ChannelConfigured {
        channel: channel("toll-free"),
        settings: Box::new(toll_free),
    });
    events
}

/// Spelt out rather than taken from the defaults, which may change while these bytes may not.
pub(super) fn settings(kind: ChannelKind, mode: Mode) -> ChannelSettings {
    ChannelSettings {
        kind,
        mode,
        addresses: [company(), Address::e164("+12025550199").unwrap()].into(),
        global_idle_timeout: Some(Seconds(7000)),
        conversation_idle_timeout: None,
        idle_chat: IdleChat {
            timer_task_interval: Seconds(120),
            reminder_timeout: Seconds(180),
            cancel_timeout: Seconds(360),
            start_after_agent_response: true,
            quantise_to_interval: false,
        },
        actions: domain::channel::Actions {
            prompt_agent_after: Some(Seconds(1800)),
            abandon_after: None,
            reassign_after: None,
        },
        live_agents: true,
        first_responder: domain::channel::Responder::LiveAgent,
        messages: Messages {
            idle_chat_reminder_message: "Still there?".to_owned(),
            idle_chat_agent_message: "Wait.".to_owned(),
            idle_chat_cancel_message: "It seems you have left.".to_owned(),
            prompt_agent_message: "Please answer.".to_owned(),
        },
        // What an older version is read as.
        proactive: Proactive {
            active: mode == Mode::Messaging,
            require_existing_recipient: false,
            allow_manual_recipient: mode == Mode::Messaging,
            order: 0,
        },
        pin_limits: PinLimits { attempts: 3, window: Seconds(86_400) },
        chat_disconnect_timeout: Seconds(300),
        portals: domain::channel::Portals::Independent,
        sender_kind: SenderKind::LongCode,
    }
}

fn engine_events() -> Vec<EngineEvent> {
    vec![
        EngineEvent::Started { wall: AT, timeline: later(1), last: Some(later(1)) },
        EngineEvent::Started { wall: AT, timeline: AT, last: None },
        EngineEvent::ClockStepped { wall: AT, step_ms: -3_600_000 },
    ]
}

pub(super) fn long_message() -> Message {
    let attachment = Attachment {
        url: Personal::new("https://files.example/1.png".to_owned()),
        content_type: "image/png".to_owned(),
        name: Some(Personal::new("receipt.png".to_owned())),
        size_bytes: None,
    };
    let bare = Attachment { name: None, ..attachment.clone() };
    let context = [("language", "de"), ("page", "/cart")]
        .map(|(key, value)| (key.to_owned(), Personal::new(value.to_owned())));
    Message {
        id: MessageId(Uuid::from_u128(2)),
        content: Content::new("Grüße, where is my order?".to_owned(), vec![attachment, bare], context.into())
            .unwrap(),
    }
}

fn short_message() -> Message {
    let content = Content::new("Hello.".to_owned(), Vec::new(), BTreeMap::new()).unwrap();
    Message { id: MessageId(Uuid::from_u128(1)), content }
}

pub(super) const CONTACT: ContactId = ContactId([0xab; 16]);

pub(super) fn conversation_id() -> ConversationId {
    ConversationId::new(5, AT.0, 7)
}

pub(super) fn requester() -> Address {
    Address::e164("+12025550123").unwrap()
}

pub(super) fn company() -> Address {
    Address::e164("+12025550100").unwrap()
}

pub(super) fn channel(name: &str) -> ChannelId {
    ChannelId::new(name).unwrap()
}

pub(super) fn agent(name: &str) -> AgentId {
    AgentId::new(name).unwrap()
}

/// So many seconds after [`AT`].
pub(super) fn later(seconds: usize) -> Timestamp {
    AT.plus(Seconds(u32::try_from(seconds).unwrap()))
}
