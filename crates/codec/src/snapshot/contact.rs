//! The state of a contact, laid out for a snapshot.

use super::outbound::OutboundState;
use crate::Error;
use crate::v1::{parts, reach};
use domain::contact::{
    Consent, Contact, Profile as DomainProfile, Verification as DomainVerification, Window,
};
use domain::{ConversationId, Personal, Stamp, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

#[derive(Serialize, Deserialize)]
pub(super) struct ContactState {
    version: u64,
    channel: String,
    address: String,
    active: BTreeMap<String, [u8; 16]>,
    /// Opted out, and notifications.
    consent: BTreeMap<String, (bool, bool)>,
    profile: Option<Profile>,
    profiles: u32,
    failed_ms: Vec<i64>,
    locked_until_ms: Option<i64>,
    windows: Vec<WindowState>,
    anew: u64,
    portal: Option<String>,
    near: BTreeSet<String>,
    devices: Vec<reach::DeviceRegistered>,
    signed_in: bool,
    digest_after_s: Option<u32>,
    outbound: OutboundState,
}

#[derive(Serialize, Deserialize)]
struct WindowState {
    id: [u8; 16],
    seen_version: u64,
    seen_ms: i64,
}

#[derive(Serialize, Deserialize)]
struct Profile {
    number: u32,
    user: Option<String>,
    verified: bool,
}

impl From<&Contact> for ContactState {
    fn from(state: &Contact) -> Self {
        let Contact {
            version,
            channel,
            address,
            active,
            consent,
            profile,
            profiles,
            verification,
            windows,
            anew,
            portal,
            near,
            devices,
            signed_in,
            digest,
            outbound,
        } = state;
        let windows = windows.iter().map(|Window { id, seen }| WindowState {
            id: *id.as_bytes(),
            seen_version: seen.version,
            seen_ms: seen.at.0,
        });
        let active = active.iter().map(|(company, id)| (company.as_str().to_owned(), id.to_bytes()));
        let consent = consent.iter().map(|(company, Consent { opted_out, notifications })| {
            (company.as_str().to_owned(), (*opted_out, *notifications))
        });
        let profile = profile.as_ref().map(|DomainProfile { number, user, verified }| Profile {
            number: *number,
            user: user.as_ref().map(|user| user.as_str().to_owned()),
            verified: *verified,
        });
        let DomainVerification { failed, locked_until } = verification;
        Self {
            version: *version,
            channel: channel.as_str().to_owned(),
            address: address.expose().as_str().to_owned(),
            active: active.collect(),
            consent: consent.collect(),
            profile,
            profiles: *profiles,
            failed_ms: failed.iter().map(|at| at.0).collect(),
            locked_until_ms: locked_until.map(|until| until.0),
            windows: windows.collect(),
            anew: *anew,
            portal: portal.as_ref().map(|company| company.as_str().to_owned()),
            near: near.iter().map(|company| company.as_str().to_owned()).collect(),
            devices: devices.iter().map(reach::DeviceRegistered::from).collect(),
            signed_in: *signed_in,
            digest_after_s: reach::wish_to_stored(*digest),
            outbound: outbound.into(),
        }
    }
}

impl TryFrom<ContactState> for Contact {
    type Error = Error;

    fn try_from(state: ContactState) -> Result<Self, Error> {
        let active = state
            .active
            .into_iter()
            .map(|(company, id)| Ok((parts::address(&company)?, ConversationId::from_bytes(id))));
        let consent = state.consent.into_iter().map(|(company, (opted_out, notifications))| {
            Ok((parts::address(&company)?, Consent { opted_out, notifications }))
        });
        let windows = state.windows.into_iter().map(|WindowState { id, seen_version, seen_ms }| Window {
            id: Uuid::from_bytes(id),
            seen: Stamp { version: seen_version, at: Timestamp(seen_ms) },
        });
        let devices = state.devices.into_iter().map(reach::DeviceRegistered::into_device);
        let profile = |Profile { number, user, verified }| {
            let user = user.as_deref().map(parts::user).transpose()?;
            Ok::<_, Error>(DomainProfile { number, user, verified })
        };
        Ok(Self {
            version: state.version,
            channel: parts::channel(&state.channel)?,
            address: Personal::new(parts::address(&state.address)?),
            active: active.collect::<Result<_, Error>>()?,
            consent: consent.collect::<Result<_, Error>>()?,
            profile: state.profile.map(profile).transpose()?,
            profiles: state.profiles,
            verification: DomainVerification {
                failed: state.failed_ms.into_iter().map(Timestamp).collect(),
                locked_until: state.locked_until_ms.map(Timestamp),
            },
            windows: windows.collect(),
            anew: state.anew,
            portal: state.portal.as_deref().map(parts::address).transpose()?,
            near: state.near.iter().map(|company| parts::address(company)).collect::<Result<_, Error>>()?,
            devices: devices.collect::<Result<_, Error>>()?,
            signed_in: state.signed_in,
            digest: reach::wish_from_stored(state.digest_after_s),
            outbound: state.outbound.try_into()?,
        })
    }
}
