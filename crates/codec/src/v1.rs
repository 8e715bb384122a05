//! The first version of every fact. Nothing below may change: a change is a new version beside it.
//!
//! The structs repeat the domain's on purpose, so that the domain can change while the bytes stay. bincode
//! writes fields and variants by their place, so the order here is part of the format, and a variant may only
//! be added at the end. None of them implements `Debug`, because they hold personal values without their mark
//! (`P1`).

pub(crate) mod configuration;
pub(crate) mod contact;
pub(crate) mod conversation;
pub(crate) mod directory;
pub(crate) mod engine;
pub(crate) mod identity;
pub(crate) mod notification;
pub(crate) mod outbound;
pub(crate) mod parts;
pub(crate) mod presence;
pub(crate) mod reach;
pub(crate) mod router;
pub(crate) mod routing;
pub(crate) mod virtual_agent;
pub(crate) mod waiting;
pub(crate) mod window;
pub(crate) mod wording;
