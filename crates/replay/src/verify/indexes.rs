//! What is kept beside the log, held against what the log leads to: timers, claims, command ids, the projection and the
//! index of users.

use super::{Checker, PAGE};
use crate::Error;
use domain::ConversationId;
use engine::derived;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::{EventLog, PartitionId};

impl Checker<'_> {
    pub(super) fn compare_timers(&mut self) -> Result<(), Error> {
        let partitions = self.log.identity().partitions;
        let mut expected: BTreeMap<u16, BTreeSet<_>> =
            (0..partitions).map(|p| (p, BTreeSet::new())).collect();
        for (id, conversation) in &self.world.conversations {
            let entries = derived::timer_entries(*id, Some(conversation));
            self.found.timers += entries.len() as u64;
            expected.entry(id.partition()).or_default().extend(entries);
        }
        for (id, contact) in &self.world.contacts {
            let entries = derived::window_entries(*id, Some(contact));
            self.found.timers += entries.len() as u64;
            expected.entry(self.keys.partition(*id)).or_default().extend(entries);
        }
        for (partition, mut expected) in expected {
            let mut after = None;
            loop {
                let page = self.log.timers(PartitionId(partition), after, PAGE)?;
                let Some(last) = page.last() else { break };
                after = Some(*last);
                for entry in page {
                    if !expected.remove(&entry) && !self.faulted.contains(&entry.stream) {
                        let id = ConversationId::from_bytes(entry.stream.0);
                        self.differ(format!(
                            "conversation {id}: the index has a timer that the state has not (T2)"
                        ));
                    }
                }
            }
            for entry in expected {
                let id = ConversationId::from_bytes(entry.stream.0);
                self.differ(format!("conversation {id}: a timer is missing in the index (T2)"));
            }
        }
        Ok(())
    }

    pub(super) fn compare_claims(&mut self) -> Result<(), Error> {
        self.found.claims = self.claims.len() as u64;
        let mut expected = std::mem::take(&mut self.claims);
        let mut after = None;
        loop {
            let page = self.log.claims(after, PAGE)?;
            let Some((last, _)) = page.last() else { break };
            after = Some(*last);
            for (key, holder) in page {
                if expected.remove(&key) != Some(holder) {
                    self.differ(format!("claim {:02x?}: its holder is not the one of the log (C2)", key.0));
                }
            }
        }
        for key in expected.into_keys() {
            self.differ(format!("claim {:02x?}: it is missing (C2)", key.0));
        }
        Ok(())
    }

    pub(super) fn compare_commands(&mut self) -> Result<(), Error> {
        self.found.commands = self.commands.len() as u64;
        let mut expected = std::mem::take(&mut self.commands);
        let mut after = None;
        loop {
            let page = self.log.commands(after, PAGE)?;
            let Some((last, _)) = page.last() else { break };
            after = Some(*last);
            for (key, stored) in page {
                if expected.remove(&key).as_ref() != Some(&stored) {
                    self.differ(format!("command {:02x?}: it is not what the log says (L6)", key.0));
                }
            }
        }
        for key in expected.into_keys() {
            self.differ(format!("command {:02x?}: it is missing (L6)", key.0));
        }
        Ok(())
    }

    /// The projection may lag behind; it is brought up to date, and then has to be what the events give.
    pub(super) fn compare_rows(&mut self, log: &Arc<dyn EventLog>) -> Result<(), Error> {
        let projection = views::Conversations::open(Arc::clone(log))?;
        projection.catch_up()?;
        self.found.rows = self.rows.len() as u64;
        let mut expected = std::mem::take(&mut self.rows);
        let mut after = None;
        loop {
            let page = projection.rows(after, PAGE)?;
            let Some(last) = page.last() else { break };
            after = Some(last.id);
            for row in page {
                let id = row.id;
                if expected.remove(&id) != Some(row) {
                    self.differ(format!("conversation {id}: its row in the projection is wrong (L4)"));
                }
            }
        }
        for id in expected.into_keys() {
            self.differ(format!("conversation {id}: its row in the projection is missing (L4)"));
        }
        let (count, told) = projection.compare_histories(&self.histories)?;
        self.found.history_rows = count;
        told.into_iter().for_each(|what| self.differ(what));
        Ok(())
    }

    pub(super) fn compare_directory(&mut self) {
        match derived::compare_directory(self.log, &self.keys, &self.world.users) {
            Ok((count, told)) => {
                self.found.directory_rows = count;
                told.into_iter().for_each(|what| self.differ(what));
            }
            Err(error) => self.differ(format!("the directory's rows cannot be read: {error}")),
        }
    }
}
