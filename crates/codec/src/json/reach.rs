//! Facts about how a requester is reached outside of windows as JSON. Streams are shown as UUIDs, as conversations are
//! everywhere.

use super::timestamp;
use domain::EventRef;
use domain::contact::{Device, DigestBatch, DigestWish, MissedPart, PushBatch};
use serde_json::{Value, json};
use uuid::Uuid;

pub(super) fn device(Device { id, platform, token, language }: &Device) -> Value {
    json!({
        "device": id.as_str(),
        "platform": platform,
        "token": token.expose(),
        "language": language,
    })
}

pub(super) fn wished(wish: DigestWish) -> Value {
    match wish {
        DigestWish::Usual => json!({ "wish": "usual" }),
        DigestWish::Never => json!({ "wish": "never" }),
        DigestWish::After(span) => json!({ "wish": "after", "after_s": span.0 }),
    }
}

pub(super) fn push(PushBatch { devices, items, more }: &PushBatch) -> Value {
    let devices: Vec<&str> = devices.iter().map(|id| id.as_str()).collect();
    let item = |EventRef { stream, version }: &EventRef| json!({ "stream": Uuid::from_bytes(*stream).to_string(), "version": version });
    let items: Vec<Value> = items.iter().map(item).collect();
    json!({ "devices": devices, "items": items, "more": more })
}

pub(super) fn digest(DigestBatch { parts, more }: &DigestBatch) -> Value {
    let part = |MissedPart { stream, count, first_at, last_at, agent }: &MissedPart| {
        json!({
            "stream": Uuid::from_bytes(*stream).to_string(),
            "count": count,
            "first_at": timestamp(*first_at),
            "last_at": timestamp(*last_at),
            "agent": agent.as_ref().map(|agent| agent.as_str()),
        })
    };
    json!({ "parts": parts.iter().map(part).collect::<Vec<_>>(), "more": more })
}
