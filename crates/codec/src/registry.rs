//! The numbers of all facts in all their versions, in one table.

use crate::{Error, payload, v1, v2, v3, v4};
use domain::Event;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A payload as one version of one fact laid it out. Such a struct never changes once a record with it may
/// exist.
///
/// Reading goes upwards: the newest version becomes the domain's fact, and an older one becomes the next
/// newer one and leaves the rest to it, `v2::Opened::from(self).into_event()`. So a new version touches only
/// the one before it.
pub(crate) trait Frozen: Serialize + DeserializeOwned {
    /// The fact, brought up to date.
    fn into_event(self) -> Result<Event, Error>;
}

/// Where a frozen struct stands in the table.
pub(crate) trait Registered: Frozen {
    const NUMBER: u16;
    const VERSION: u16;
}

/// One line of the table.
pub(crate) struct Row {
    pub(crate) number: u16,
    pub(crate) version: u16,
    /// The fact's name for people; the same as in JSON.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "names the golden file; outside tests the table documents with it")
    )]
    pub(crate) name: &'static str,
    pub(crate) decode: fn(&[u8]) -> Result<Event, Error>,
}

/// Makes the table, and from the same line the numbers with which a struct is written, so that the two cannot
/// differ.
macro_rules! registry {
    ($($number:literal $version:literal $name:literal => $frozen:ty,)+) => {
        $(impl $crate::registry::Registered for $frozen {
            const NUMBER: u16 = $number;
            const VERSION: u16 = $version;
        })+

        /// All that can be read.
        pub(crate) const ROWS: &[$crate::registry::Row] = &[
            $($crate::registry::Row {
                number: $number,
                version: $version,
                name: $name,
                decode: |bytes| {
                    let frozen: $frozen = $crate::payload::read(bytes)?;
                    $crate::registry::Frozen::into_event(frozen)
                },
            },)+
        ];
    };
}

// A number is never given to another fact and no line is ever deleted, as records with it may exist for ever.
registry! {
    0x0101 1 "conversation.opened" => v1::conversation::Opened,
    0x0101 2 "conversation.opened" => v2::conversation::Opened,
    0x0101 3 "conversation.opened" => v3::conversation::Opened,
    0x0102 1 "conversation.requester_message_posted" => v1::conversation::RequesterMessagePosted,
    0x0102 2 "conversation.requester_message_posted" => v2::message::RequesterMessagePosted,
    0x0103 1 "conversation.agent_joined" => v1::conversation::AgentJoined,
    0x0103 2 "conversation.agent_joined" => v2::conversation::AgentJoined,
    0x0104 1 "conversation.agent_message_posted" => v1::conversation::AgentMessagePosted,
    0x0104 2 "conversation.agent_message_posted" => v2::message::AgentMessagePosted,
    0x0105 1 "conversation.held" => v1::conversation::Held,
    0x0106 1 "conversation.resumed" => v1::conversation::Resumed,
    0x0107 1 "conversation.idle_reminder_sent" => v1::conversation::IdleReminderSent,
    0x0108 1 "conversation.agent_prompted" => v1::conversation::AgentPrompted,
    0x0109 1 "conversation.closed" => v1::conversation::Closed,
    0x010a 1 "conversation.unassigned" => v1::waiting::Unassigned,
    0x010b 1 "conversation.agent_requested" => v1::waiting::AgentRequested,
    0x010b 2 "conversation.agent_requested" => v2::waiting::AgentRequested,
    0x010c 1 "conversation.agent_request_cancelled" => v1::waiting::AgentRequestCancelled,
    0x010d 1 "conversation.wait_ended" => v1::waiting::WaitEnded,
    0x010e 1 "conversation.wait_message_sent" => v1::waiting::WaitMessageSent,
    0x0114 1 "conversation.reassociated" => v1::identity::Reassociated,
    0x0115 1 "conversation.consent_changed" => v1::identity::ConsentChanged,
    0x011a 1 "conversation.virtual_agent_engaged" => v1::virtual_agent::Engaged,
    0x011b 1 "conversation.virtual_agent_message_posted" => v1::virtual_agent::MessagePosted,
    0x010f 1 "conversation.dispatched" => v1::outbound::Dispatched,
    0x0110 1 "conversation.dispatch_failed" => v1::outbound::DispatchFailed,
    0x0111 1 "conversation.redriven" => v1::outbound::Redriven,
    0x0112 1 "conversation.discarded" => v1::outbound::Discarded,
    0x0113 1 "conversation.receipt_taken" => v1::outbound::ReceiptTaken,
    0x0118 1 "conversation.requester_disconnected" => v1::presence::RequesterDisconnected,
    0x0119 1 "conversation.requester_reconnected" => v1::presence::RequesterReconnected,
    0x0120 1 "conversation.requester_connected" => v1::presence::RequesterConnected,
    0x0121 1 "conversation.acknowledged" => v1::presence::Acknowledged,
    0x0201 1 "contact.created" => v1::contact::Created,
    0x0202 1 "contact.conversation_activated" => v1::contact::ConversationActivated,
    0x0202 2 "contact.conversation_activated" => v2::contact::ConversationActivated,
    0x0203 1 "contact.conversation_released" => v1::contact::ConversationReleased,
    0x0204 1 "contact.profile_created" => v1::identity::ProfileCreated,
    0x0205 1 "contact.profile_reassociated" => v1::identity::ProfileReassociated,
    0x0206 1 "contact.profile_deactivated" => v1::identity::ProfileDeactivated,
    0x0207 1 "contact.opted_out" => v1::identity::OptedOut,
    0x0208 1 "contact.opted_in" => v1::identity::OptedIn,
    0x0209 1 "contact.notifications_set" => v1::identity::NotificationsSet,
    0x020a 1 "contact.verification_failed" => v1::identity::VerificationFailed,
    0x020b 1 "contact.verification_locked" => v1::identity::VerificationLocked,
    0x0116 1 "conversation.seen_by_agent" => v1::window::SeenByAgent,
    0x0210 1 "contact.window_opened" => v1::window::WindowOpened,
    0x0211 1 "contact.window_paged" => v1::window::WindowPaged,
    0x0212 1 "contact.window_closed" => v1::window::WindowClosed,
    0x0213 1 "contact.notification_sent" => v1::window::NotificationSent,
    0x0213 2 "contact.notification_sent" => v2::window::NotificationSent,
    0x0214 1 "contact.window_renewed" => v1::window::WindowRenewed,
    0x0230 1 "contact.portal_entered" => v1::window::PortalEntered,
    0x0240 1 "contact.dispatched" => v1::notification::Dispatched,
    0x0241 1 "contact.dispatch_failed" => v1::notification::DispatchFailed,
    0x0242 1 "contact.redriven" => v1::notification::Redriven,
    0x0243 1 "contact.discarded" => v1::notification::Discarded,
    0x0244 1 "contact.receipt_taken" => v1::notification::ReceiptTaken,
    0x0301 1 "configuration.channel_configured" => v1::configuration::ChannelConfigured,
    0x0301 2 "configuration.channel_configured" => v2::configuration::ChannelConfigured,
    0x0301 3 "configuration.channel_configured" => v3::configuration::ChannelConfigured,
    0x0301 4 "configuration.channel_configured" => v4::configuration::ChannelConfigured,
    0x0302 1 "configuration.channel_retired" => v1::configuration::ChannelRetired,
    0x0303 1 "configuration.routing_settings_configured" => v1::routing::SettingsConfigured,
    0x0304 1 "configuration.schedule_configured" => v1::routing::ScheduleConfigured,
    0x0305 1 "configuration.presence_state_configured" => v1::routing::PresenceStateConfigured,
    0x0306 1 "configuration.reject_reason_configured" => v1::routing::RejectReasonConfigured,
    0x0307 1 "configuration.service_channel_configured" => v1::routing::ServiceChannelConfigured,
    0x0308 1 "configuration.rule_configured" => v1::routing::RuleConfigured,
    0x0309 1 "configuration.group_configured" => v1::routing::GroupConfigured,
    0x030a 1 "configuration.agent_configured" => v1::routing::AgentConfigured,
    0x030b 1 "configuration.queue_configured" => v1::routing::QueueConfigured,
    0x030c 1 "configuration.routing_removed" => v1::routing::Removed,
    0x030d 1 "configuration.text_configured" => v1::wording::TextConfigured,
    0x030e 1 "configuration.attachments_configured" => v1::wording::AttachmentsConfigured,
    0x030f 1 "configuration.component_configured" => v1::wording::ComponentConfigured,
    0x0401 1 "engine.started" => v1::engine::Started,
    0x0402 1 "engine.clock_stepped" => v1::engine::ClockStepped,
    0x0501 1 "router.reconfigured" => v1::router::Reconfigured,
    0x0502 1 "router.taken_in" => v1::router::TakenIn,
    0x0503 1 "router.item_created" => v1::router::ItemCreated,
    0x0504 1 "router.variables_learned" => v1::router::VariablesLearned,
    0x0505 1 "router.queued" => v1::router::Queued,
    0x0506 1 "router.unrouted" => v1::router::Unrouted,
    0x0507 1 "router.offered" => v1::router::Offered,
    0x0508 1 "router.offer_ended" => v1::router::OfferEnded,
    0x0509 1 "router.accepting" => v1::router::Accepting,
    0x050a 1 "router.accepted" => v1::router::Accepted,
    0x050b 1 "router.hold_changed" => v1::router::HoldChanged,
    0x050c 1 "router.target_exceeded" => v1::router::TargetExceeded,
    0x050d 1 "router.ended" => v1::router::Ended,
    0x050e 1 "router.errand_given" => v1::router::ErrandGiven,
    0x050f 1 "router.errand_done" => v1::router::ErrandDone,
    0x0510 1 "router.presence_changed" => v1::router::PresenceChanged,
    0x0511 1 "router.agent_seen" => v1::router::AgentSeen,
    0x0601 1 "directory.user_put" => v1::directory::UserPut,
    0x0602 1 "directory.user_removed" => v1::directory::UserRemoved,
    0x0603 1 "directory.pin_set" => v1::directory::PinSet,
    0x0604 1 "directory.pin_failed" => v1::directory::PinFailed,
    0x0605 1 "directory.pin_locked" => v1::directory::PinLocked,
    0x0606 1 "directory.pin_accepted" => v1::directory::PinAccepted,
    0x0220 1 "contact.device_registered" => v1::reach::DeviceRegistered,
    0x0221 1 "contact.device_removed" => v1::reach::DeviceRemoved,
    0x0222 1 "contact.signed_in" => v1::reach::SignedIn,
    0x0223 1 "contact.digest_wished" => v1::reach::DigestWished,
    0x0224 1 "contact.push_due" => v1::reach::PushDue,
    0x0225 1 "contact.digest_due" => v1::reach::DigestDue,
}

/// A payload with what the envelope says of it.
pub(crate) struct Payload {
    pub(crate) number: u16,
    pub(crate) version: u16,
    pub(crate) bytes: Vec<u8>,
}

impl Payload {
    pub(crate) fn of<T: Registered>(frozen: &T) -> Self {
        Self { number: T::NUMBER, version: T::VERSION, bytes: payload::write(frozen) }
    }
}

/// The fact that a payload holds.
pub(crate) fn decode(number: u16, version: u16, payload: &[u8]) -> Result<Event, Error> {
    decode_with(ROWS, number, version, payload)
}

fn decode_with(rows: &[Row], number: u16, version: u16, payload: &[u8]) -> Result<Event, Error> {
    let mut error = Error::UnknownType { number };
    for row in rows.iter().filter(|row| row.number == number) {
        if row.version == version {
            return (row.decode)(payload);
        }
        error = Error::UnknownVersion { number, version };
    }
    Err(error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{EngineEvent, Timestamp};
    use serde::Deserialize;
    use std::collections::BTreeSet;

    #[test]
    fn no_number_and_no_name_stands_for_two_facts() {
        let lines: BTreeSet<_> = ROWS.iter().map(|row| (row.number, row.version)).collect();
        assert_eq!(lines.len(), ROWS.len());
        let facts: BTreeSet<_> = ROWS.iter().map(|row| (row.number, row.name)).collect();
        let numbers: BTreeSet<_> = facts.iter().map(|fact| fact.0).collect();
        let names: BTreeSet<_> = facts.iter().map(|fact| fact.1).collect();
        assert_eq!((numbers.len(), names.len()), (facts.len(), facts.len()));
    }

    /// A history that no fact has yet: the first version knew whole seconds only.
    #[derive(Serialize, Deserialize)]
    struct StepV1 {
        step_s: i32,
    }

    #[derive(Serialize, Deserialize)]
    struct StepV2 {
        step_ms: i64,
    }

    impl From<StepV1> for StepV2 {
        fn from(old: StepV1) -> Self {
            Self { step_ms: i64::from(old.step_s) * 1000 }
        }
    }

    impl Frozen for StepV1 {
        fn into_event(self) -> Result<Event, Error> {
            StepV2::from(self).into_event()
        }
    }

    impl Frozen for StepV2 {
        fn into_event(self) -> Result<Event, Error> {
            Ok(Event::Engine(EngineEvent::ClockStepped { wall: Timestamp(0), step_ms: self.step_ms }))
        }
    }

    mod history {
        use super::{StepV1, StepV2};

        registry! {
            0xff01 1 "test.step" => StepV1,
            0xff01 2 "test.step" => StepV2,
        }
    }

    /// L4
    #[test]
    fn an_old_version_is_read_as_the_fact_that_the_current_one_would_be() {
        let old = Payload::of(&StepV1 { step_s: -3 });
        let new = Payload::of(&StepV2 { step_ms: -3000 });
        assert_eq!((old.version, new.version), (1, 2));
        assert_ne!(old.bytes, new.bytes);
        let read = |payload: &Payload| {
            decode_with(history::ROWS, payload.number, payload.version, &payload.bytes).unwrap()
        };
        assert_eq!(read(&old), read(&new));
    }

    #[test]
    fn an_unknown_version_is_told_from_an_unknown_fact() {
        let error = |number, version| decode_with(history::ROWS, number, version, &[]).unwrap_err();
        assert_eq!(error(0xff01, 3), Error::UnknownVersion { number: 0xff01, version: 3 });
        assert_eq!(error(0xff02, 1), Error::UnknownType { number: 0xff02 });
    }
}
