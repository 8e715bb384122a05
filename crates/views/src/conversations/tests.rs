//! What the list of conversations promises, on every log and with one partition and several.

mod folding;
mod following;
mod keeping;
mod listing;
pub(crate) mod support;
