//! The fourth version of those facts that have one. Nothing below may change, as in the versions before it, whose parts it
//! shares where they are the same.

pub(crate) mod configuration;
