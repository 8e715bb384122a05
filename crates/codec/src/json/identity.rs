//! Facts about who requesters are and what may be sent to them as JSON.

use super::{outbound, reach, timestamp};
use domain::contact::{ContactEvent, Grounds, Notification};
use domain::directory::{DirectoryEvent, User};
use domain::{Address, UserId};
use serde_json::{Value, json};

pub(super) fn contact(event: &ContactEvent) -> Value {
    match event {
        ContactEvent::Created { channel, address } => {
            json!({ "channel": channel.as_str(), "address": address.expose().as_str() })
        }
        ContactEvent::ConversationActivated { company, conversation, by_agent } => {
            let conversation = conversation.to_string();
            json!({ "company": company.as_str(), "conversation": conversation, "by_agent": by_agent })
        }
        ContactEvent::ConversationReleased { company, conversation } => {
            json!({ "company": company.as_str(), "conversation": conversation.to_string() })
        }
        ContactEvent::ProfileCreated { profile, user, why } => {
            json!({ "profile": profile, "user": name(user.as_ref()), "why": why.name() })
        }
        ContactEvent::ProfileReassociated { profile, from, to, grounds } => {
            let mut value = reassociated(from.as_ref(), to, grounds);
            value["profile"] = json!(profile);
            value
        }
        ContactEvent::ProfileDeactivated { profile, by } => json!({ "profile": profile, "by": by.as_str() }),
        ContactEvent::OptedOut { company, keyword } | ContactEvent::OptedIn { company, keyword } => {
            json!({ "company": company.as_str(), "keyword": keyword.name() })
        }
        ContactEvent::PortalEntered { company } => json!({ "company": company.as_str() }),
        ContactEvent::NotificationsSet { company, on } => json!({ "company": company.as_str(), "on": on }),
        ContactEvent::VerificationFailed { at } => json!({ "at": timestamp(*at) }),
        ContactEvent::VerificationLocked { until } => json!({ "until": timestamp(*until) }),
        ContactEvent::WindowOpened { window }
        | ContactEvent::WindowPaged { window }
        | ContactEvent::WindowRenewed { window } => json!({ "window": window.to_string() }),
        ContactEvent::WindowClosed { window, why } => {
            json!({ "window": window.to_string(), "why": why.name() })
        }
        ContactEvent::Outbound(event) => outbound::fact(event),
        ContactEvent::NotificationSent(Notification { id, text, link, from }) => json!({
            "notification_id": id.to_string(),
            "text": text.expose(),
            "link": link.as_ref().map(|link| link.expose()),
            "from": from.as_ref().map(Address::as_str),
        }),
        ContactEvent::DeviceRegistered(device) => reach::device(device),
        ContactEvent::DeviceRemoved { device } => json!({ "device": device.as_str() }),
        ContactEvent::SignedIn => json!({}),
        ContactEvent::DigestWished { wish } => reach::wished(*wish),
        ContactEvent::PushDue(batch) => reach::push(batch),
        ContactEvent::DigestDue(batch) => reach::digest(batch),
    }
}

/// The name of a fact about a user.
pub(super) const fn directory_type(event: &DirectoryEvent) -> &'static str {
    match event {
        DirectoryEvent::UserPut { .. } => "directory.user_put",
        DirectoryEvent::UserRemoved { .. } => "directory.user_removed",
        DirectoryEvent::PinSet { .. } => "directory.pin_set",
        DirectoryEvent::PinFailed { .. } => "directory.pin_failed",
        DirectoryEvent::PinLocked { .. } => "directory.pin_locked",
        DirectoryEvent::PinAccepted { .. } => "directory.pin_accepted",
    }
}

/// What is kept of a PIN is nobody's business.
pub(super) fn directory(event: &DirectoryEvent) -> Value {
    match event {
        DirectoryEvent::UserPut { id, user } => {
            let User { name, phones, email, language, location, kind } = user.as_ref();
            json!({
                "user": id.as_str(),
                "name": name.as_ref().map(|name| name.expose()),
                "phones": phones.iter().map(|phone| phone.expose().as_str()).collect::<Vec<_>>(),
                "email": email.as_ref().map(|email| email.expose()),
                "language": language,
                "location": location,
                "kind": kind.name(),
            })
        }
        DirectoryEvent::UserRemoved { id }
        | DirectoryEvent::PinSet { id, hash: _ }
        | DirectoryEvent::PinAccepted { id } => json!({ "user": id.as_str() }),
        DirectoryEvent::PinFailed { id, at } => json!({ "user": id.as_str(), "at": timestamp(*at) }),
        DirectoryEvent::PinLocked { id, until } => {
            json!({ "user": id.as_str(), "until": timestamp(*until) })
        }
    }
}

pub(super) fn reassociated(from: Option<&UserId>, to: &UserId, grounds: &Grounds) -> Value {
    let mut value = json!({ "from": name(from), "to": to.as_str() });
    match grounds {
        Grounds::Stated { by, supervisor, reason } => {
            let kind = if *supervisor { "supervisor" } else { "agent" };
            value["by"] = json!({ "kind": kind, "agent": by.as_str() });
            value["reason"] = json!(reason.expose());
        }
        Grounds::Pin => {
            value["by"] = json!({ "kind": "requester" });
            value["reason"] = json!("pin");
        }
    }
    value
}

fn name(user: Option<&UserId>) -> Option<&str> {
    user.map(UserId::as_str)
}
