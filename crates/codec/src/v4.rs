//! The fourth version of those facts that have one. Nothing below may change, as in [`v1`](crate::v1) to
//! [`v3`](crate::v3), whose parts it shares where they are the same.

pub(crate) mod configuration;
