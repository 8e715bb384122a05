//! The reading side: what is folded from the log so that it can be asked for, and can be thrown away and
//! rebuilt.
//!
//! [`Conversations`] lists conversations, and knows of each requester what they were shown and have not read.
//! [`Timeline`] knows what each requester and agent gets to see, and feeds the live stream. Their rows live in the store's
//! tables, so a dormant conversation costs no memory and starting reads no conversation's log. How far each has read stands
//! among its rows and is written with them in one step, so a crash loses nothing and counts nothing twice. Texts and
//! addresses never get into them (`P1`).

mod conversations;
mod error;
mod history;
mod timeline;

pub use conversations::{Conversations, Filter, Page, PageCursor, Row, fold};
pub use error::Error;
pub use history::{Histories, HistoryItem, WindowPage};
pub use timeline::{Audience, Fact, News, Page as TimelinePage, Place, Published, Scene, Timeline};
