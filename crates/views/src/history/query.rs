//! Reading histories: a window's page, what is unread and where it begins, and the earlier conversations of a requester.

use super::holders::Holder;
use super::rows::{self, Item};
use super::{Histories, keys};
use crate::conversations::{TABLE, index_key};
use crate::{Conversations, Error};
use domain::reading::{OpenWindow, Reading};
use domain::{ContactId, ConversationId, EventRef};
use std::collections::BTreeMap;
use std::time::Duration;
use store::PartitionId;

/// How many rows are compared at a time.
const CHUNK: usize = 512;
/// How many conversations of a requester are looked at for those that an agent may know of.
const VISITED_MAX: usize = 1024;
/// How many differences are told.
const TOLD_MAX: usize = 50;

/// One fact that a requester is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HistoryItem {
    /// Its number in the requester's history, from 1.
    pub number: u64,
    /// The conversation that it belongs to; a notification belongs to none.
    pub conversation: Option<ConversationId>,
    /// Where the fact is.
    pub fact: EventRef,
    /// Whether it is unread.
    pub unread: bool,
}

/// What a window shows of a history at one moment, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WindowPage {
    /// The page that it showed last.
    pub items: Vec<HistoryItem>,
    /// The oldest unread item of all that the window has shown: the separator stands before it (`MSG-5`).
    pub separator: Option<u64>,
    /// How many unread items are older than the page (`MSG-7`).
    pub above: u64,
    /// How many unread items are newer than the page.
    pub below: u64,
    /// How many items are unread in all (`MSG-3`).
    pub total: u64,
}

impl Conversations {
    /// How far a requester has read; one who was never seen has nothing to read.
    ///
    /// # Errors
    /// [`Error::Row`] if a row cannot be read, [`Error::Store`] if the store fails; likewise for the reads below.
    pub fn reading(&self, contact: ContactId) -> Result<Reading, Error> {
        let row = self.log.tables().get(TABLE, &keys::reading(contact))?;
        row.map_or_else(|| Ok(Reading::default()), |row| rows::decode_reading(&row))
    }

    /// The page that a window showed last; `None` if it is not open.
    ///
    /// # Errors
    /// As [`reading`](Self::reading).
    pub fn window_page(&self, contact: ContactId, window: uuid::Uuid) -> Result<Option<WindowPage>, Error> {
        let reading = self.reading(contact)?;
        let Some(OpenWindow { from, page_to, .. }) = reading.window(window).copied() else { return Ok(None) };
        let before = self.counted(contact, from - 1)?;
        let above = reading.unread_up_to(from - 1, before);
        let upto = reading.unread_up_to(page_to, self.counted(contact, page_to)?);
        let total = reading.total();
        let separator = match reading.first_unread_after(from - 1, before) {
            Some(count) => Some(self.counting(contact, count, &reading)?),
            None => None,
        };
        let items = self.items(contact, from, page_to, &reading)?;
        Ok(Some(WindowPage { items, separator, above, below: total - upto.max(above), total }))
    }

    /// The first unread item of a requester (`MSG-10`).
    ///
    /// # Errors
    /// As [`reading`](Self::reading).
    pub fn first_unread(&self, contact: ContactId) -> Result<Option<HistoryItem>, Error> {
        let reading = self.reading(contact)?;
        let Some(count) = reading.first_unread_after(0, 0) else { return Ok(None) };
        let number = self.counting(contact, count, &reading)?;
        Ok(self.items(contact, number, number, &reading)?.pop())
    }

    /// How much is unread of each conversation that has anything unread, at most `limit` of them, newest first; `None`
    /// stands for notifications.
    ///
    /// # Errors
    /// As [`reading`](Self::reading).
    pub fn unread_of_each(
        &self,
        contact: ContactId,
        limit: usize,
    ) -> Result<Vec<(Option<ConversationId>, u64)>, Error> {
        let found = self.log.tables().scan(TABLE, &keys::unreads(contact), None, limit)?;
        let entry = |(key, row): (Vec<u8>, Vec<u8>)| {
            let stream = keys::stream(&key).ok_or(Error::Row)?;
            Ok((conversation(contact, stream), rows::decode_count(&row)?))
        };
        found.into_iter().map(entry).collect()
    }

    /// How much is unread of one conversation.
    ///
    /// # Errors
    /// As [`reading`](Self::reading).
    pub fn unread_of(&self, contact: ContactId, id: ConversationId) -> Result<u64, Error> {
        let row = self.log.tables().get(TABLE, &keys::unread(contact, id.to_bytes()))?;
        row.map_or(Ok(0), |row| rows::decode_count(&row))
    }

    /// The conversations of a requester before this one, at most `limit`, newest first (`MSG-23`): those of the same
    /// contact, as long as the number did not have another holder (`ID-9`), and if `everywhere`, those of the same user
    /// wherever it is certain that they are that user (`OMN-5`, `OMN-6`).
    ///
    /// # Errors
    /// As [`reading`](Self::reading).
    pub fn conversations_before(
        &self,
        contact: ContactId,
        id: ConversationId,
        everywhere: bool,
        limit: usize,
    ) -> Result<Vec<ConversationId>, Error> {
        let own = self.whose(id)?;
        let (prefix, after) = (keys::conversations(contact), keys::conversation(contact, id));
        let mut found = self.before(&prefix, after, limit, |other| own.may_know(other))?;
        if let Some(user) = own.verified().filter(|_| everywhere) {
            let key = index_key(self.log.identity());
            let (prefix, after) = (keys::all_of_user(key, user), keys::of_user(key, user, id));
            found.extend(self.before(&prefix, after, limit, |other| other.verified() == Some(user))?);
        }
        // Ids sort by age.
        found.sort_unstable_by_key(|id| std::cmp::Reverse(id.to_bytes()));
        found.dedup();
        found.truncate(limit);
        Ok(found)
    }

    /// At most `limit` of the conversations under a prefix behind a key whose holders are admitted. However many are not,
    /// it ends after a fixed amount of work (`X1`).
    fn before(
        &self,
        prefix: &[u8],
        mut after: Vec<u8>,
        limit: usize,
        admits: impl Fn(&Holder) -> bool,
    ) -> Result<Vec<ConversationId>, Error> {
        let (mut found, mut visited) = (Vec::new(), 0);
        while visited < VISITED_MAX {
            let page = self.log.tables().scan(TABLE, prefix, Some(&after), CHUNK)?;
            let is_last = page.len() < CHUNK;
            visited += page.len();
            for (key, _) in page {
                let id = keys::stream(&key).map(ConversationId::from_bytes).ok_or(Error::Row)?;
                if admits(&self.whose(id)?) {
                    found.push(id);
                }
                if found.len() >= limit {
                    return Ok(found);
                }
                after = key;
            }
            if is_last {
                break;
            }
        }
        Ok(found)
    }

    /// Whose a conversation is.
    fn whose(&self, id: ConversationId) -> Result<Holder, Error> {
        let row = self.log.tables().get(TABLE, &keys::whose(id))?;
        row.map_or_else(|| Ok(Holder::default()), |row| Holder::decode(&row))
    }

    /// Waits until all that the partition has by now is folded in, and says whether it is.
    pub fn wait_for_head(&self, partition: PartitionId, timeout: Duration) -> bool {
        self.wait_for(partition, self.log.head(partition), timeout)
    }

    /// Holds all rows of histories against those that the log leads to; how many there are, and what differs.
    ///
    /// # Errors
    /// As [`reading`](Self::reading).
    pub fn compare_histories(&self, expected: &Histories<'_>) -> Result<(u64, Vec<String>), Error> {
        let mut expected: BTreeMap<&[u8], &[u8]> = expected.rows().collect();
        let (count, mut told) = (expected.len() as u64, Vec::new());
        for kind in keys::KINDS {
            let mut after = None;
            loop {
                let page = self.log.tables().scan(TABLE, &[kind], after.as_deref(), CHUNK)?;
                for (key, row) in &page {
                    if expected.remove(key.as_slice()) != Some(row) && told.len() < TOLD_MAX {
                        told.push(format!("row {key:02x?} of a requester's history is wrong (L4)"));
                    }
                }
                let Some((last, _)) = page.into_iter().next_back() else { break };
                after = Some(last);
            }
        }
        let missing = expected.keys().take(TOLD_MAX);
        told.extend(missing.map(|key| format!("row {key:02x?} of a requester's history is missing (L4)")));
        Ok((count, told))
    }

    fn items(
        &self,
        contact: ContactId,
        from: u64,
        to: u64,
        reading: &Reading,
    ) -> Result<Vec<HistoryItem>, Error> {
        let Some(limit) = (to + 1).checked_sub(from).filter(|limit| *limit > 0) else {
            return Ok(Vec::new());
        };
        let (prefix, after) = (keys::items(contact), keys::item(contact, from - 1));
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let found = self.log.tables().scan(TABLE, &prefix, Some(&after), limit)?;
        let item = |(key, row): (Vec<u8>, Vec<u8>)| {
            let number = keys::number(&key).ok_or(Error::Row)?;
            let Item { stream, version, counts, counted: _ } = Item::decode(&row)?;
            Ok(HistoryItem {
                number,
                conversation: conversation(contact, stream),
                fact: EventRef { stream, version },
                unread: counts && reading.is_unread(number),
            })
        };
        found.into_iter().map(item).collect()
    }

    /// How many of the first so many items count.
    fn counted(&self, contact: ContactId, items: u64) -> Result<u64, Error> {
        if items == 0 {
            return Ok(0);
        }
        let row = self.log.tables().get(TABLE, &keys::item(contact, items))?;
        Ok(Item::decode(&row.ok_or(Error::Row)?)?.counted)
    }

    /// The number of the item that is the so many-th that counts.
    fn counting(&self, contact: ContactId, count: u64, reading: &Reading) -> Result<u64, Error> {
        // Up to `below` too few count, up to `enough` as many.
        let (mut below, mut enough) = (0, reading.items);
        while enough - below > 1 {
            let middle = below + (enough - below) / 2;
            match self.counted(contact, middle)? < count {
                true => below = middle,
                false => enough = middle,
            }
        }
        Ok(enough)
    }
}

/// The contact's own stream belongs to no conversation.
fn conversation(contact: ContactId, stream: [u8; 16]) -> Option<ConversationId> {
    (stream != contact.0).then(|| ConversationId::from_bytes(stream))
}
