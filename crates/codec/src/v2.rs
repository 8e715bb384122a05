//! The second version of those facts that have one. Nothing below may change, as in [`v1`](crate::v1), whose parts it
//! shares where they are the same.

pub(crate) mod configuration;
pub(crate) mod contact;
pub(crate) mod conversation;
pub(crate) mod message;
pub(crate) mod parts;
pub(crate) mod waiting;
pub(crate) mod window;
