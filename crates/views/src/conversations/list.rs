//! Reading the projection: one row, all rows, or those that a filter admits, page by page.

use super::keys::Range;
use super::{Conversations, Row, TABLE, row};
use crate::Error;
use domain::{AgentId, ChannelId, ConversationId};
use std::fmt;
use uuid::Uuid;

/// So many entries are read at a time.
const CHUNK: usize = 64;

/// A call that has looked at so many entries ends its page (`X1`).
pub(super) const VISITED_MAX: usize = 1024;

/// What a list is narrowed to; what is not set admits all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only conversations in this state, by the name that [`Row::state`] has.
    pub state: Option<String>,
    /// Only conversations on this channel.
    pub channel: Option<ChannelId>,
    /// Only conversations that are assigned to this agent.
    pub agent: Option<AgentId>,
}

/// Where a page begins: behind a conversation. Opaque to clients. It outlives a rebuild, and fits any filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageCursor(ConversationId);

/// A part of a list, newest conversations first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The conversations; there can be none of them and still a next page.
    pub rows: Vec<Row>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<PageCursor>,
}

impl Conversations {
    /// At most `limit` conversations that the filter admits, newest first, from behind `after`; a limit of 0
    /// is taken for 1.
    ///
    /// A page can be shorter than `limit` and have a next one: where few are admitted among many, a call ends
    /// after a fixed amount of work. Going from page to page meets every conversation once that was there
    /// from the start and was admitted all the time, whatever else comes and goes.
    ///
    /// # Errors
    /// [`Error::Row`] if a row cannot be read, [`Error::Store`] if the store fails; likewise for the reads
    /// below.
    pub fn list(&self, filter: &Filter, after: Option<&PageCursor>, limit: usize) -> Result<Page, Error> {
        // What is no state at all comes from outside and makes no key.
        if filter.state.as_deref().is_some_and(|state| !row::STATES.contains(&state)) {
            return Ok(Page::default());
        }
        let range = self.indexes.narrowest(filter);
        let mut page = Page::default();
        let mut last = after.map(|cursor| cursor.0);
        let mut visited = 0;
        while visited < VISITED_MAX {
            let entries = self.entries(&range, last, CHUNK)?;
            let is_last = entries.len() < CHUNK;
            visited += entries.len();
            for (id, value) in entries {
                // The index was read a moment before the row, which may have changed since.
                if let Some(row) = self.entry_row(&range, id, &value)?.filter(|row| filter.admits(row)) {
                    if page.rows.len() >= limit.max(1) {
                        page.next = last.map(PageCursor);
                        return Ok(page);
                    }
                    page.rows.push(row);
                }
                last = Some(id);
            }
            if is_last {
                return Ok(page);
            }
        }
        page.next = last.map(PageCursor);
        Ok(page)
    }

    /// The row of a conversation, if there is such a conversation.
    ///
    /// # Errors
    /// As [`list`](Self::list).
    pub fn row(&self, id: ConversationId) -> Result<Option<Row>, Error> {
        let value = self.log.tables().get(TABLE, &Range::rows().key(id))?;
        value.map(|value| row::decode(id, &value)).transpose()
    }

    /// At most `limit` rows from behind the conversation `after`, newest first: all of them, for checking
    /// them against the log.
    ///
    /// # Errors
    /// As [`list`](Self::list).
    pub fn rows(&self, after: Option<ConversationId>, limit: usize) -> Result<Vec<Row>, Error> {
        let entries = self.entries(&Range::rows(), after, limit)?;
        entries.into_iter().map(|(id, value)| row::decode(id, &value)).collect()
    }

    fn entries(
        &self,
        range: &Range,
        after: Option<ConversationId>,
        limit: usize,
    ) -> Result<Vec<(ConversationId, Vec<u8>)>, Error> {
        let after = after.map(|id| range.key(id));
        let entries = self.log.tables().scan(TABLE, range.prefix(), after.as_deref(), limit)?;
        entries.into_iter().map(|(key, value)| Ok((range.id(&key).ok_or(Error::Row)?, value))).collect()
    }

    /// The row behind an entry; none if the projection was cleared in between.
    fn entry_row(&self, range: &Range, id: ConversationId, value: &[u8]) -> Result<Option<Row>, Error> {
        if *range == Range::rows() { row::decode(id, value).map(Some) } else { self.row(id) }
    }
}

impl Filter {
    /// Whether a row is among those that are asked for.
    pub fn admits(&self, row: &Row) -> bool {
        self.state.as_ref().is_none_or(|state| *state == row.state)
            && self.channel.as_ref().is_none_or(|channel| *channel == row.channel)
            && self.agent.as_ref().is_none_or(|agent| row.agent.as_ref() == Some(agent))
    }
}

impl PageCursor {
    /// Reads what [`Display`](fmt::Display) writes. `None` if it is anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let cursor = Self(ConversationId::parse(text.strip_prefix(CURSOR)?)?);
        (cursor.to_string() == text).then_some(cursor)
    }
}

/// What cursors of this kind begin with, so that one of another list is not taken for one of this.
const CURSOR: &str = "c1";

impl fmt::Display for PageCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{CURSOR}{}", Uuid::from_bytes(self.0.to_bytes()).simple())
    }
}
