//! Text messages over Twilio, or whoever speaks as Twilio does: what comes in, what goes out, and what becomes of it.
//!
//! Rules: `MSG-25` and `ID-8` for what comes in, `MSG-19` for what becomes of it, `OPT-4` for error 21610.

mod form;
mod inbound;
mod receiver;
mod send;
mod sent_before;
pub mod signature;
mod status;

pub use form::{Fields, FormError};
pub use inbound::{Inbound, Media};
pub use receiver::{Receiver, Refused};
pub(crate) use send::{Sender, failed, taken};
pub(crate) use sent_before::listed;
pub use status::{Receipt, Status};

/// The error with which Twilio refuses a requester who has opted out of the sender (`OPT-4`).
pub const OPTED_OUT: u32 = 21610;
