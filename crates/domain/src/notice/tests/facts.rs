//! Section 5, fact by fact: which system messages each of them gives, in either mode, to either audience, on the web and
//! on SMS.

use super::*;
use crate::channel::ChannelSettings;
use crate::conversation::{
    ClosedBy, ClosedState, ConversationEvent as E, StateReason, TimerKind, Unassignment,
};
use crate::routing::{OfferId, QueueId, WorkItemId};
use crate::{Address, AgentId, ChannelId, ContactId, Content, Message, MessageId, Personal, Timestamp};

fn agent(name: &str) -> AgentId {
    AgentId::new(name).unwrap()
}

fn opened(by_agent: Option<AgentId>) -> E {
    E::Opened {
        contact: ContactId([7; 16]),
        channel: ChannelId::new("c").unwrap(),
        requester: Personal::new(Address::opaque("guest").unwrap()),
        company: Address::opaque("shop").unwrap(),
        policy: ChannelSettings::defaults(ChannelKind::Mweb, Mode::Chat).policy(),
        by_agent,
        user: None,
    }
}

fn closed(by: ClosedBy, reason: StateReason) -> E {
    E::Closed { state: ClosedState::Complete, reason, by, requester_text: None }
}

fn by_timer(kind: TimerKind) -> E {
    closed(ClosedBy::Timer { kind, due: Timestamp(0) }, StateReason::NoUserResponse)
}

fn unassigned(why: Unassignment) -> E {
    E::Unassigned { agent: agent("ann"), why }
}

/// What is shown: keys of system messages, and `words` for somebody's own.
fn shown(event: &E, audience: Audience, mode: Mode, kind: ChannelKind) -> String {
    let mut texts = Texts::default();
    for key in [NoticeKey::ConversationAck, NoticeKey::IdleClosed] {
        texts.set("en", key, "Said.").unwrap();
    }
    let place = Place { mode, kind: Some(kind), texts: &texts, language: None };
    let said = match audience {
        Audience::Requester => to_requester(event, place),
        Audience::Agent => to_agent(event, place),
    };
    let name = |said: &Said<'_>| match said {
        Said::ByRequester(_) | Said::ByAgent(..) | Said::ByVirtualAgent(_) => "words",
        Said::Notice { key, .. } => key.name(),
    };
    said.iter().map(name).collect::<Vec<_>>().join(" ")
}

/// A fact, and what is shown of it: to the requester in messaging on the web, on SMS, in chat; to the agent in messaging,
/// in chat. A dot is nothing.
fn table() -> Vec<(E, [&'static str; 5])> {
    let (item, text) = (WorkItemId(1), || "Said.".to_owned());
    let message = || Message { id: MessageId(uuid::Uuid::nil()), content: Content::text_only("Hi").unwrap() };
    let offer = Some(OfferId { item, number: 1 });
    let at = Timestamp(0);
    let to_queue = Unassignment::ToQueue { queue: QueueId::new("q").unwrap(), by: agent("bob") };
    let left = [".", ".", "participant_left agent_transfer", "participant_left", "participant_left"];
    let by_person = ["closed_by_actor", ".", "closed_by_actor", "closed_by_actor", "closed_by_actor"];
    let by_system = [".", ".", "closed_by_system", ".", "closed_by_system"];
    let (words, nothing) = (["words"; 5], ["."; 5]);
    let no_agent = |key: &'static str| [key, key, key, ".", "closed_by_system"];
    vec![
        (opened(None), nothing),
        (
            E::Acknowledged { text: text() },
            ["conversation_ack", "conversation_ack", "conversation_ack", ".", "."],
        ),
        (opened(Some(agent("ann"))), nothing),
        (E::RequesterMessagePosted { message: message(), sent_at: None, counts_from: at }, words),
        (E::AgentMessagePosted { agent: agent("ann"), message: message() }, words),
        (
            E::AgentJoined { agent: agent("ann"), assigned: true, offer, greeting: Some(text()) },
            [
                "initial_agent_response",
                "initial_agent_response",
                "participant_entered initial_agent_response",
                ".",
                "participant_entered",
            ],
        ),
        (
            E::AgentJoined { agent: agent("bob"), assigned: false, offer: None, greeting: None },
            [".", ".", "participant_entered", ".", "participant_entered"],
        ),
        (unassigned(Unassignment::Reassigned), left),
        (unassigned(Unassignment::ReassignedByAction { due: at }), left),
        (unassigned(to_queue), left),
        (E::AgentRequested { from_virtual_agent: false }, [".", ".", "agent_transfer", ".", "."]),
        (
            E::AgentRequested { from_virtual_agent: true },
            ["agent_transfer", "agent_transfer", "agent_transfer", ".", "."],
        ),
        (E::VirtualAgentEngaged, nothing),
        (E::AgentRequestCancelled, nothing),
        (
            E::WaitEnded { item, requester_text: Some(text()) },
            ["max_wait_elapsed", "max_wait_elapsed", "max_wait_elapsed", ".", "."],
        ),
        (
            E::WaitMessageSent { item, number: 1, text: text() },
            ["queue_wait_trigger", ".", "queue_wait_trigger", ".", "."],
        ),
        (E::Held { agent: agent("ann") }, nothing),
        (
            E::IdleReminderSent { due: at, requester_text: text(), agent_text: text() },
            [".", ".", "idle_reminder", ".", "idle_reminder_agent"],
        ),
        (
            E::AgentPrompted { due: at, agent: agent("ann"), text: text() },
            [".", ".", ".", "prompt_agent", "."],
        ),
        (closed(ClosedBy::Requester, StateReason::UserEnded), by_person),
        (closed(ClosedBy::Agent(agent("ann")), StateReason::AgentEnded), by_person),
        (closed(ClosedBy::Supervisor(agent("eve")), StateReason::AgentEnded), by_person),
        (closed(ClosedBy::Engine, StateReason::Error), by_system),
        (by_timer(TimerKind::ConversationIdle), by_system),
        (by_timer(TimerKind::Abandon), by_system),
        (by_timer(TimerKind::IdleCancel), [".", ".", "idle_closed", ".", "closed_by_system"]),
        (closed(ClosedBy::Router, StateReason::MaxWaitElapsed), no_agent("max_wait_elapsed")),
        (closed(ClosedBy::Router, StateReason::NotRouted), no_agent("no_agent_available")),
    ]
}

/// Section 5
#[test]
fn every_fact_gives_the_system_messages_of_the_matrix() {
    let places = [
        (Audience::Requester, Mode::Messaging, ChannelKind::Mweb),
        (Audience::Requester, Mode::Messaging, ChannelKind::Sms),
        (Audience::Requester, Mode::Chat, ChannelKind::Mweb),
        (Audience::Agent, Mode::Messaging, ChannelKind::Sms),
        (Audience::Agent, Mode::Chat, ChannelKind::Mweb),
    ];
    for (event, expected) in table() {
        for ((audience, mode, kind), expected) in places.into_iter().zip(expected) {
            let expected = expected.trim_matches('.');
            assert_eq!(
                shown(&event, audience, mode, kind),
                expected,
                "{event:?} {audience:?} {mode:?} {kind:?}"
            );
        }
    }
}

/// P1, section 5: who did it is named, but for the requester.
#[test]
fn a_system_message_names_the_agent_and_never_the_requester() {
    let texts = Texts::default();
    let place = Place { mode: Mode::Chat, kind: Some(ChannelKind::Mweb), texts: &texts, language: None };
    let text = |by| match to_agent(&closed(by, StateReason::UserEnded), place).remove(0) {
        Said::Notice { text, .. } => text,
        Said::ByRequester(_) | Said::ByAgent(..) | Said::ByVirtualAgent(_) => panic!("nobody said anything"),
    };
    assert_eq!(text(ClosedBy::Agent(agent("ann"))), "ann has closed the conversation.");
    assert_eq!(text(ClosedBy::Requester), "The requester has closed the conversation.");
}
