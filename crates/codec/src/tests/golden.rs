//! Bytes as they were once written, kept in files: what was released is read for ever, and written the same
//! for ever.
//!
//! `UPDATE_GOLDEN=1` writes the files of the current versions. Do this for a new fact, a new version or a new
//! sample at the end of its kind; never to make a test pass that was green before a release.

use super::samples::{self, AT, CONTACT, agent, channel, company, conversation_id, later, requester};
use crate::registry::{ROWS, Row};
use crate::reply::{self, Reply};
use crate::{Envelope, Error, decode, encode, json, snapshot};
use domain::channel::{ChannelKind, Mode};
use domain::configuration::Configuration;
use domain::contact::{Consent, Contact, Device, DeviceId, DigestWish, Profile, Verification, Window};
use domain::conversation::{
    Anchors, ClosedState, Conversation, DeadLetter, Lifecycle, MessageCounts, Outbound, Owner, Policy,
    Question, ReceiptStatus, StateReason, Utterance,
};
use domain::notice::NoticeKey;
use domain::routing::{OfferId, WorkItemId};
use domain::{AttachmentRules, Choice, Component, MessageId, Personal, Seconds, Stamp};
use std::fs;
use std::path::{Path, PathBuf};
use uuid::Uuid;

fn file(folder: &str, name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("golden").join(folder).join(format!("{name}.hex"))
}

fn updating() -> bool {
    std::env::var_os("UPDATE_GOLDEN").is_some()
}

/// Hex in lines of 32 bytes, with an empty line between records.
fn to_hex(records: &[Vec<u8>]) -> String {
    let paragraph = |record: &Vec<u8>| -> String {
        let line = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>() + "\n";
        record.chunks(32).map(line).collect()
    };
    records.iter().map(paragraph).collect::<Vec<_>>().join("\n")
}

fn from_hex(text: &str) -> Vec<Vec<u8>> {
    let byte = |digits: &[u8]| u8::from_str_radix(str::from_utf8(digits).unwrap(), 16).unwrap();
    text.split("\n\n")
        .map(|paragraph| paragraph.split_whitespace().collect::<String>())
        .map(|digits| digits.as_bytes().chunks(2).map(byte).collect())
        .collect()
}

/// The records in the file, after it was written if that is wanted.
fn golden(path: &Path, current: &[Vec<u8>]) -> Vec<Vec<u8>> {
    if updating() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, to_hex(current)).unwrap();
    }
    let text = fs::read_to_string(path);
    from_hex(&text.unwrap_or_else(|error| panic!("{}: {error}", path.display())))
}

/// What a line of the table is expected to read: the samples of its fact.
fn samples_of(row: &Row) -> Vec<Envelope> {
    samples::envelopes()
        .into_iter()
        .filter(|envelope| json::event_type(&envelope.event) == row.name)
        .collect()
}

/// How many samples an older version has: those that there were when it was the newest. What is new since then they do
/// not use, so that they read as the same facts.
fn samples_then(row: &Row) -> Option<usize> {
    let newest = ROWS.iter().filter(|other| other.number == row.number).map(|other| other.version).max();
    (newest > Some(row.version)).then(|| match (row.name, row.version) {
        ("conversation.opened" | "conversation.agent_joined", 1) => 2,
        ("conversation.agent_requested", 1) => 1,
        ("configuration.channel_configured", 1) => 9,
        ("conversation.opened", 2) => 3,
        ("configuration.channel_configured", 2) => 10,
        ("configuration.channel_configured", 3) => 12,
        ("conversation.requester_message_posted", 1) => 2,
        ("conversation.agent_message_posted", 1) => 1,
        ("contact.notification_sent", 1) => 2,
        ("contact.conversation_activated", 1) => 1,
        (name, version) => panic!("how many samples has version {version} of {name}?"),
    })
}

/// L4
#[test]
fn every_older_version_of_every_fact_is_read_as_the_newest_one_would_be() {
    for (row, count) in ROWS.iter().filter_map(|row| samples_then(row).map(|count| (row, count))) {
        let stored = fs::read_to_string(file(&format!("v{}", row.version), row.name)).unwrap();
        let stored = from_hex(&stored);
        let header = [row.number.to_be_bytes(), row.version.to_be_bytes()].concat();
        assert!(stored.iter().all(|bytes| bytes[2..6] == header), "{} is another version", row.name);
        let read: Vec<_> = stored.iter().map(|bytes| decode(bytes).unwrap()).collect();
        assert_eq!(read, samples_of(row)[..count], "{}", row.name);
    }
}

/// L4
#[test]
fn the_newest_version_of_every_fact_is_read_and_written_as_it_was_released() {
    for row in ROWS.iter().filter(|row| samples_then(row).is_none()) {
        let expected = samples_of(row);
        assert!(!expected.is_empty(), "{} has no sample", row.name);
        let written: Vec<_> = expected.iter().map(encode).collect();
        let stored = golden(&file(&format!("v{}", row.version), row.name), &written);
        let read: Vec<_> = stored.iter().map(|bytes| decode(bytes).unwrap()).collect();
        assert_eq!(read, expected, "{}", row.name);
        assert_eq!(to_hex(&written), to_hex(&stored), "{}", row.name);
        let header = [row.number.to_be_bytes(), row.version.to_be_bytes()].concat();
        assert!(
            written.iter().all(|bytes| bytes[2..6] == header),
            "{} is written as something else",
            row.name
        );
    }
}

fn conversation() -> Conversation {
    let stamp = |version, seconds| Stamp { version, at: later(seconds) };
    Conversation {
        version: 300,
        contact: CONTACT,
        channel: channel("web"),
        requester: Personal::new(requester()),
        company: company(),
        policy: Policy::Messaging {
            prompt_agent_after: Some(Seconds(1800)),
            abandon_after: Some(Seconds(172_800)),
            reassign_after: Some(Seconds(3600)),
            idle: None,
        },
        opened: stamp(1, 0),
        last_at: later(9),
        lifecycle: Lifecycle::Closed,
        closing: Some((ClosedState::Abandoned, StateReason::RequesterSilent)),
        owner: Owner::Agent(agent("ann.lee")),
        participants: [agent("ann.lee"), agent("bob")].into(),
        engaged: true,
        has_virtual_agent: true,
        request: Some(4),
        offer: Some(OfferId { item: WorkItemId(7), number: 2 }),
        told: Some((WorkItemId(6), 3)),
        anchors: Anchors {
            requester_last: Some(stamp(2, 1)),
            first_unanswered: None,
            prompted: false,
            agent_last: Some(stamp(4, 3)),
            human_agent_spoke: true,
            idle_since: Some(stamp(5, 4)),
            reminded: false,
            assigned: Some(stamp(6, 5)),
            transferred: None,
            disconnected: Some(stamp(7, 6)),
            connected: Some(stamp(8, 6)),
        },
        messages: MessageCounts { requester: 1, agent: 2 },
        user: Some(samples::identity::user("u-1")),
        opted_out: Some(stamp(7, 6)),
        outbound: outbound(),
        seen: 290,
        language: Some("pt-br".to_owned()),
        question: Some(Question {
            message: MessageId(Uuid::from_u128(3)),
            options: vec![Choice::new("yes", "Yes"), Choice::new("no", "No")],
            answered: true,
        }),
    }
}

fn outbound() -> Outbound {
    let which = |of, part| Utterance { of, part };
    let dead = DeadLetter { code: "http_500".to_owned(), at: later(7) };
    Outbound {
        settled: Some(which(6, 1)),
        tried_at: Some(later(6)),
        dead: [(which(4, 0), dead)].into(),
        redriven: [(which(5, 0), later(8))].into(),
        receipts: [(which(6, 0), ReceiptStatus::Delivered)].into(),
    }
}

fn contact() -> Contact {
    let active = [(company(), conversation_id())].into();
    let phone = DeviceId::new("phone-1").unwrap();
    let device = Device::new(phone, "fcm", "t-o-k-e-n".to_owned(), Some("de")).unwrap();
    Contact {
        version: 2,
        channel: channel("sms"),
        address: Personal::new(requester()),
        active,
        consent: [(company(), Consent { opted_out: true, notifications: false })].into(),
        profile: Some(Profile { number: 2, user: Some(samples::identity::user("u-1")), verified: true }),
        profiles: 2,
        verification: Verification { failed: vec![AT], locked_until: Some(later(9)) },
        windows: vec![Window { id: Uuid::from_u128(9), seen: Stamp { version: 2, at: later(3) } }],
        anew: 1,
        portal: Some(company()),
        near: [company()].into(),
        devices: vec![device],
        signed_in: true,
        digest: DigestWish::After(Seconds(7200)),
        outbound: outbound(),
    }
}

fn configuration() -> Configuration {
    let channels = [("sms", ChannelKind::Sms, Mode::Messaging), ("web", ChannelKind::Mweb, Mode::Chat)]
        .map(|(name, kind, mode)| (channel(name), samples::settings(kind, mode)));
    let text = ("de".to_owned(), NoticeKey::AgentTransfer, "Einen Moment.".to_owned());
    let choices = vec![Choice::new("yes", "Yes")];
    Configuration {
        version: 2,
        channels: channels.into(),
        routing: samples::routing::routing(),
        texts: [text].into_iter().collect(),
        attachments: [(channel("web"), AttachmentRules::stored(["image/*".to_owned()].into(), 70_000))]
            .into(),
        components: [(samples::wording::component("well"), Component::stored("Well?".to_owned(), choices))]
            .into(),
    }
}

/// L4, L6
#[test]
fn a_format_byte_stands_for_one_layout() {
    let replies = [None, Some(MessageId(Uuid::from_u128(1)))]
        .map(|message| Reply { conversation: conversation_id(), message });
    let written = [
        ("conversation", vec![snapshot::encode_conversation(&conversation())]),
        ("contact", vec![snapshot::encode_contact(&contact())]),
        ("configuration", vec![snapshot::encode_configuration(&configuration())]),
        ("router", samples::router_rows::rows().iter().map(snapshot::RouterRow::encode).collect()),
        ("reply", replies.iter().map(reply::encode).collect()),
    ];
    for (name, written) in written {
        let stored = golden(&file("formats", name), &written);
        assert_eq!(to_hex(&written), to_hex(&stored), "{name}: a changed layout needs a new format byte");
    }
}

#[test]
fn the_bytes_of_one_kind_of_state_are_no_other_kind_of_state() {
    let bytes = snapshot::encode_contact(&contact());
    assert_eq!(snapshot::decode_conversation(&bytes), Err(Error::Format { found: 0x25, expected: 0x15 }));
    assert_eq!(reply::decode(&bytes).unwrap_err().code(), "format");
    assert_eq!(snapshot::decode_contact(&[]), Err(Error::Truncated));
    assert!(!snapshot::is_outdated(&bytes) && !snapshot::is_outdated(&[]) && !snapshot::is_outdated(&[0xff]));
    assert!([0x11, 0x12, 0x22].iter().all(|format| snapshot::is_outdated(&[*format])), "former formats");
    assert_eq!(snapshot::decode_contact(&bytes[..3]), Err(Error::Truncated));
    assert_eq!(snapshot::decode_contact(&bytes[..bytes.len() - 1]), Err(Error::Checksum));
}

#[test]
fn a_principal_s_name_that_is_too_long_is_cut_between_two_characters() {
    let mut envelope = samples::envelopes().remove(0);
    envelope.cause.principal.name = "ä".repeat(200);
    let read = decode(&encode(&envelope)).unwrap();
    assert_eq!(read.cause.principal.name, "ä".repeat(127));
    assert_eq!((read.at, read.event), (AT, envelope.event));
}

/// P1
#[test]
fn an_error_says_nothing_of_the_content() {
    let event = samples::envelopes().remove(0);
    let mut bytes = encode(&event);
    let at = bytes.windows(12).position(|window| window == b"+12025550123").unwrap();
    bytes[at + 11] = b' ';
    let end = bytes.len() - 4;
    let checksum = crc32fast::hash(&bytes[..end]);
    bytes[end..].copy_from_slice(&checksum.to_be_bytes());
    assert_eq!(decode(&bytes), Err(Error::Payload("an address is malformed".to_owned())));
}

#[test]
fn what_is_wrong_with_a_header_is_told_apart() {
    let bytes = encode(&samples::envelopes().remove(0));
    let with = |at: usize, byte: u8| {
        let mut changed = bytes.clone();
        changed[at] = byte;
        decode(&changed).unwrap_err()
    };
    assert_eq!(with(0, 0), Error::BadMagic { found: 0 });
    assert_eq!(with(1, 2), Error::EnvelopeVersion { version: 2 });
    assert_eq!(with(2, 0xff), Error::Checksum, "damage is never taken for an unknown fact");
    assert_eq!(decode(&[]), Err(Error::Truncated));
}
