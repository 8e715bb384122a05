//! The reading side: what is folded from the log so that it can be asked for, and can be thrown away and
//! rebuilt.
//!
//! [`Conversations`] lists conversations, and knows of each requester what they were shown and have not read. Its rows live in the store's tables, so a dormant conversation
//! costs no memory and starting reads no conversation's log. How far it has read stands among its rows and is
//! written with them in one step, so a crash loses nothing and counts nothing twice. Texts and addresses
//! never get into it (`P1`).

mod conversations;
mod error;
mod history;

pub use conversations::{Conversations, Filter, Page, PageCursor, Row, fold};
pub use error::Error;
pub use history::{Histories, HistoryItem, WindowPage};
