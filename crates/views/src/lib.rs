//! The reading side: what is folded from the log so that it can be asked for, and can be thrown away and
//! rebuilt.
//!
//! [`Conversations`] lists conversations. Its rows live in the store's tables, so a dormant conversation
//! costs no memory and starting reads no conversation's log. How far it has read stands among its rows and is
//! written with them in one step, so a crash loses nothing and counts nothing twice. [`Timeline`] knows what each
//! requester and agent gets to see, and feeds the live stream. Texts and addresses
//! never get into it (`P1`).

mod conversations;
mod error;
mod timeline;

pub use conversations::{Conversations, Filter, Page, PageCursor, Row, fold};
pub use error::Error;
pub use timeline::{Audience, Fact, News, Page as TimelinePage, Place, Published, Scene, Timeline};
