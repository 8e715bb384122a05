//! Facts about contacts.

use super::{identity, notification, reach};
use crate::numbers::Numbered;
use crate::registry::Payload;
use crate::v1::{contact as contact_v1, identity as identity_v1, reach as reach_v1, window as window_v1};
use crate::v2::{contact as contact_v2, window as window_v2};
use domain::contact::ContactEvent;

pub(super) fn contact(event: &ContactEvent) -> Payload {
    match event {
        ContactEvent::Created { channel, address } => Payload::of(&contact_v1::Created {
            channel: channel.as_str().to_owned(),
            address: address.expose().as_str().to_owned(),
        }),
        ContactEvent::ConversationActivated { company, conversation, by_agent } => {
            Payload::of(&contact_v2::ConversationActivated {
                company: company.as_str().to_owned(),
                conversation: conversation.to_bytes(),
                by_agent: *by_agent,
            })
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
        ContactEvent::NotificationSent(notification) => Payload::of(&window_v2::NotificationSent {
            id: *notification.id.0.as_bytes(),
            text: notification.text.expose().clone(),
            link: notification.link.as_ref().map(|link| link.expose().clone()),
            from: notification.from.as_ref().map(|from| from.as_str().to_owned()),
        }),
        ContactEvent::WindowRenewed { window } => {
            Payload::of(&window_v1::WindowRenewed { window: *window.as_bytes() })
        }
        ContactEvent::PortalEntered { company } => reach::portal_entered(company),
        ContactEvent::DeviceRegistered(device) => Payload::of(&reach_v1::DeviceRegistered::from(device)),
        ContactEvent::DeviceRemoved { device } => reach::device_removed(device),
        ContactEvent::SignedIn => Payload::of(&reach_v1::SignedIn {}),
        ContactEvent::DigestWished { wish } => reach::digest_wished(*wish),
        ContactEvent::PushDue(batch) => reach::push_due(batch),
        ContactEvent::DigestDue(batch) => reach::digest_due(batch),
        ContactEvent::Outbound(event) => notification::outbound(event),
    }
}
