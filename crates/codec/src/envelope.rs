//! What stands around every stored fact, written by hand so that no library decides what it looks like.
//!
//! All integers are big-endian:
//!
//! ```text
//! magic u8 | envelope version u8 | event type u16 | type version u16 | at in ms i64
//! | role u8 | name length u8 | name
//! | has causation u8 [| stream 16 bytes | version u64] | correlation 16 bytes
//! | payload length u32 | payload | CRC-32 of everything before it u32
//! ```

use crate::bytes::Reader;
use crate::numbers::Numbered;
use crate::{Error, registry, write};
use domain::{Cause, Event, EventRef, Principal, Role, Timestamp};
use uuid::Uuid;

const MAGIC: u8 = 0xc7;
const VERSION: u8 = 1;

/// A fact with its time and cause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// When it was committed, in engine time.
    pub at: Timestamp,
    /// Why it came to be.
    pub cause: Cause,
    /// The fact.
    pub event: Event,
}

/// The record of a fact, always in the current versions. A principal's name that is longer than 255 bytes is
/// cut.
pub fn encode(envelope: &Envelope) -> Vec<u8> {
    let Envelope { at, cause, event } = envelope;
    let payload = write::current(event);
    let mut bytes = Vec::with_capacity(128 + payload.bytes.len());
    bytes.extend_from_slice(&[MAGIC, VERSION]);
    bytes.extend_from_slice(&payload.number.to_be_bytes());
    bytes.extend_from_slice(&payload.version.to_be_bytes());
    bytes.extend_from_slice(&at.0.to_be_bytes());
    put_cause(&mut bytes, cause);
    let len = u32::try_from(payload.bytes.len()).expect("a fact is far smaller than 4 GiB");
    bytes.extend_from_slice(&len.to_be_bytes());
    bytes.extend_from_slice(&payload.bytes);
    bytes.extend_from_slice(&crc32fast::hash(&bytes).to_be_bytes());
    bytes
}

/// The fact of a record, brought up to the current version. Takes all of the bytes or none.
///
/// # Errors
/// [`Error`] says what is wrong with the bytes. There are no bytes with which this panics.
pub fn decode(bytes: &[u8]) -> Result<Envelope, Error> {
    let raw = Raw::read(bytes)?;
    let event = registry::decode(raw.number, raw.version, raw.payload)?;
    let name =
        std::str::from_utf8(raw.name).map_err(|_| bad("the principal's name is not UTF-8"))?.to_owned();
    Ok(Envelope {
        at: raw.at,
        cause: Cause {
            principal: Principal { role: Role::from_stored(raw.role)?, name },
            causation: raw.causation,
            correlation: raw.correlation,
        },
        event,
    })
}

/// A record taken apart and found undamaged, but not yet understood. The checksum comes before any
/// understanding, so that a damaged record is never reported as one from a newer program.
struct Raw<'a> {
    number: u16,
    version: u16,
    at: Timestamp,
    role: u8,
    name: &'a [u8],
    causation: Option<EventRef>,
    correlation: Uuid,
    payload: &'a [u8],
}

impl<'a> Raw<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self, Error> {
        let mut reader = Reader::new(bytes);
        let found = reader.u8()?;
        if found != MAGIC {
            return Err(Error::BadMagic { found });
        }
        let version = reader.u8()?;
        if version != VERSION {
            return Err(Error::EnvelopeVersion { version });
        }
        let raw = Self::read_fields(&mut reader)?;
        let checksum = reader.u32()?;
        reader.finish()?;
        let covered = bytes.split_last_chunk::<4>().ok_or(Error::Truncated)?.0;
        if crc32fast::hash(covered) == checksum { Ok(raw) } else { Err(Error::Checksum) }
    }

    fn read_fields(reader: &mut Reader<'a>) -> Result<Self, Error> {
        Ok(Self {
            number: reader.u16()?,
            version: reader.u16()?,
            at: Timestamp(reader.i64()?),
            role: reader.u8()?,
            name: {
                let len = reader.u8()?;
                reader.take(len.into())?
            },
            causation: if reader.flag()? {
                Some(EventRef { stream: reader.array()?, version: reader.u64()? })
            } else {
                None
            },
            correlation: Uuid::from_bytes(reader.array()?),
            payload: {
                let len = reader.u32()?;
                reader.take(len.try_into().map_err(|_| Error::Truncated)?)?
            },
        })
    }
}

fn put_cause(bytes: &mut Vec<u8>, cause: &Cause) {
    let Cause { principal: Principal { role, name }, causation, correlation } = cause;
    bytes.push(role.to_stored());
    let (len, name) = short(name);
    bytes.push(len);
    bytes.extend_from_slice(name.as_bytes());
    bytes.push(u8::from(causation.is_some()));
    if let Some(EventRef { stream, version }) = causation {
        bytes.extend_from_slice(stream);
        bytes.extend_from_slice(&version.to_be_bytes());
    }
    bytes.extend_from_slice(correlation.as_bytes());
}

/// As much of a name as a length of one byte can announce. A token's subject may be longer than any name of
/// ours; a fact must not fail because of it.
fn short(name: &str) -> (u8, &str) {
    let len = (0..=u8::MAX).rev().find(|len| name.is_char_boundary((*len).into())).unwrap_or(0);
    (len, &name[..len.into()])
}

fn bad(what: &str) -> Error {
    Error::Payload(what.to_owned())
}
