//! Turns facts into bytes that can still be read in ten years, and into JSON for people and other programs.
//!
//! A record is a hand-written [envelope](encode) around a payload. The envelope names the payload's type and
//! version by numbers from an explicit registry, never by the place of a variant in an enum, because a
//! variant that is put in the middle would turn old records into other facts without any error. For each
//! version that was ever written there is a frozen struct, which is brought up to date when it is read; what
//! is stored is never rewritten.

pub mod json;
pub mod reply;
pub mod snapshot;

mod bytes;
mod envelope;
mod error;
mod numbers;
mod payload;
mod registry;
mod sealed;
mod v1;
mod v2;
mod v3;
mod v4;
mod write;

#[cfg(test)]
mod tests;

pub use envelope::{Envelope, decode, encode};
pub use error::Error;
