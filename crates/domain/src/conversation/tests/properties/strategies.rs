//! Any policy, any fact, and any story.

use super::super::story::{agent, chat, message, messaging, user};
use crate::contact::Grounds;
use crate::conversation::{
    ClosedBy, ClosedState, ConversationEvent, Policy, ReceiptStatus, ResumedBy, StateReason, Unassignment,
};
use crate::routing::{OfferId, QueueId, WorkItemId};
use crate::{Address, ChannelId, ContactId, Personal, Seconds, Timestamp};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

pub(super) fn policy() -> impl Strategy<Value = Policy> {
    let chats = (any::<bool>(), any::<bool>(), proptest::option::of(1_u32..7200)).prop_map(
        |(human_only, quantise, idle)| {
            chat(|settings| {
                settings.idle_chat.start_after_agent_response = human_only;
                settings.idle_chat.quantise_to_interval = quantise;
                settings.conversation_idle_timeout = idle.map(Seconds);
            })
        },
    );
    let messagings = (any::<[bool; 3]>(), proptest::option::of(1_u32..400_000)).prop_map(
        |([prompt, abandon, reassign], idle)| {
            messaging(|settings| {
                settings.actions.reassign_after = reassign.then_some(Seconds(3000));
                settings.actions.prompt_agent_after = prompt.then_some(Seconds(1800));
                settings.actions.abandon_after = abandon.then_some(Seconds(172_800));
                settings.conversation_idle_timeout = idle.map(Seconds);
            })
        },
    );
    prop_oneof![chats, messagings]
}

/// Any fact at any time, whether or not it could follow from what went before.
pub(super) fn fact() -> impl Strategy<Value = (Timestamp, ConversationEvent)> {
    let who = || select(vec!["ann", "bob"]).prop_map(agent);
    let when = || any::<i64>().prop_map(Timestamp);
    let event = prop_oneof![
        policy().prop_map(|policy| ConversationEvent::Opened {
            contact: ContactId([1; 16]),
            channel: ChannelId::new("channel").unwrap(),
            requester: Personal::new(Address::opaque("requester-1").unwrap()),
            company: Address::opaque("company").unwrap(),
            policy,
            by_agent: None,
            user: None,
        }),
        when().prop_map(|counts_from| ConversationEvent::RequesterMessagePosted {
            message: message(1),
            sent_at: None,
            counts_from
        }),
        (who(), any::<bool>(), proptest::option::of(offer())).prop_map(|(agent, assigned, offer)| {
            ConversationEvent::AgentJoined { agent, assigned, offer, greeting: None }
        }),
        (who(), unassignment()).prop_map(|(agent, why)| ConversationEvent::Unassigned { agent, why }),
        any::<bool>().prop_map(|from_virtual_agent| ConversationEvent::AgentRequested { from_virtual_agent }),
        Just(ConversationEvent::VirtualAgentEngaged),
        Just(ConversationEvent::VirtualAgentMessagePosted { message: message(3) }),
        Just(ConversationEvent::AgentRequestCancelled),
        Just(ConversationEvent::RequesterDisconnected),
        Just(ConversationEvent::RequesterReconnected),
        Just(ConversationEvent::RequesterConnected),
        Just(ConversationEvent::Acknowledged { text: "We got it.".to_owned() }),
        offer().prop_map(|OfferId { item, .. }| ConversationEvent::WaitEnded { item, requester_text: None }),
        offer().prop_map(|OfferId { item, number }| ConversationEvent::WaitMessageSent {
            item,
            number,
            text: String::new()
        }),
        who().prop_map(|agent| ConversationEvent::AgentMessagePosted { agent, message: message(2) }),
        who().prop_map(|agent| ConversationEvent::Held { agent }),
        who().prop_map(|agent| ConversationEvent::Resumed { by: ResumedBy::Agent(agent) }),
        when().prop_map(|due| ConversationEvent::IdleReminderSent {
            due,
            requester_text: String::new(),
            agent_text: String::new()
        }),
        (when(), who()).prop_map(|(due, agent)| ConversationEvent::AgentPrompted {
            due,
            agent,
            text: String::new()
        }),
        (who(), any::<u64>()).prop_map(|(agent, up_to)| ConversationEvent::SeenByAgent { agent, up_to }),
        Just(ConversationEvent::Closed {
            state: ClosedState::Complete,
            reason: StateReason::UserEnded,
            by: ClosedBy::Requester,
            requester_text: None,
        }),
        any::<bool>().prop_map(|opted_out| ConversationEvent::ConsentChanged { opted_out }),
        Just(ConversationEvent::Reassociated { from: None, to: user("u-1"), grounds: Grounds::Pin }),
        outcome(),
    ];
    (when(), event)
}

fn outcome() -> impl Strategy<Value = ConversationEvent> {
    (0_u64..6, 0_u16..2, select(ReceiptStatus::ALL.to_vec()), 0..5).prop_map(|(of, part, status, kind)| {
        match kind {
            0 => ConversationEvent::Dispatched { of, part, provider_id: None, attempts: 1 },
            1 => ConversationEvent::DispatchFailed { of, part, code: String::new(), attempts: 1 },
            2 => ConversationEvent::Redriven { of, part, by: String::new() },
            3 => ConversationEvent::Discarded { of, part, by: String::new() },
            _ => ConversationEvent::ReceiptTaken { of, part, status, code: None },
        }
    })
}

fn offer() -> impl Strategy<Value = OfferId> {
    (1_u64..4, 1_u32..4).prop_map(|(item, number)| OfferId { item: WorkItemId(item), number })
}

fn unassignment() -> impl Strategy<Value = Unassignment> {
    prop_oneof![
        Just(Unassignment::Reassigned),
        any::<i64>().prop_map(|due| Unassignment::ReassignedByAction { due: Timestamp(due) }),
        Just(Unassignment::ToQueue { queue: QueueId::new("sales").unwrap(), by: agent("ann") }),
    ]
}

/// What people and the router do, as the stories say it; each after a pause of so many seconds.
pub(super) fn inputs() -> impl Strategy<Value = Vec<(u32, &'static str)>> {
    let input = select(vec![
        "requester",
        "requester",
        "requester redelivered 100",
        "bot posts",
        "bot ends",
        "ann joins",
        "bob joins",
        "ann posts",
        "ann posts",
        "bob contributes",
        "ann holds",
        "ann resumes",
        "ann ends",
        "requester ends",
        "supervisor sam ends",
        "tick",
        "tick",
        "fault",
        "requester asks",
        "requester cancels",
        "ann accepts 1.1",
        "bob accepts 1.1",
        "bob accepts 2.1 from ann",
        "supervisor sam assigns ann",
        "unassign ann",
        "unassign bob",
        "ann transfers to sales",
        "supervisor sam transfers to sales",
        "router ends 1",
        "router refuses 1",
        "router tells 1.1",
        "router tells 2.1",
        "opts out",
        "opts in",
        "ann takes it for u-1",
        "pin of u-2",
        "superseded by ann",
        "left behind",
    ]);
    let pause = prop_oneof![4 => 0_u32..120, 2 => 0_u32..2000, 1 => 0_u32..200_000];
    vec((pause, input), 1..40)
}
