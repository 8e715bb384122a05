//! Who served which contact, for a while: what historical affinity asks (`AFF-1`).

use crate::{AgentId, ContactId, Seconds, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// The longest that a rule may look back.
const KEPT: Seconds = Seconds(30 * 86_400);
/// How many contacts are remembered; beyond it whoever was served longest ago is forgotten (`X1`).
const CONTACTS_MAX: usize = 200_000;

/// The last agent of each contact.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Served {
    by_contact: BTreeMap<ContactId, (Timestamp, AgentId)>,
    by_age: BTreeSet<(Timestamp, ContactId)>,
}

impl Served {
    /// Notes who served a contact. What nobody may ask for any more is forgotten.
    pub fn note(&mut self, contact: ContactId, agent: AgentId, at: Timestamp) {
        if let Some((before, _)) = self.by_contact.insert(contact, (at, agent)) {
            self.by_age.remove(&(before, contact));
        }
        self.by_age.insert((at, contact));
        while let Some((oldest, contact)) = self.by_age.first().copied() {
            if oldest.plus(KEPT) >= at && self.by_age.len() <= CONTACTS_MAX {
                break;
            }
            self.by_age.remove(&(oldest, contact));
            self.by_contact.remove(&contact);
        }
    }

    /// Who served a contact within so many days before now.
    pub fn by(&self, contact: ContactId, days: u8, now: Timestamp) -> Option<&AgentId> {
        let (at, agent) = self.by_contact.get(&contact)?;
        (at.plus(Seconds(u32::from(days) * 86_400)) >= now).then_some(agent)
    }

    /// Who served a contact last, and when.
    pub fn of(&self, contact: ContactId) -> Option<(&AgentId, Timestamp)> {
        self.by_contact.get(&contact).map(|(at, agent)| (agent, *at))
    }

    /// Everything that is remembered.
    pub fn iter(&self) -> impl Iterator<Item = (ContactId, &AgentId, Timestamp)> {
        self.by_contact.iter().map(|(contact, (at, agent))| (*contact, agent, *at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// AFF-1
    #[test]
    fn an_agent_is_remembered_for_as_many_days_as_the_rule_says() {
        let day = |days: i64| Timestamp(days * 86_400_000);
        let (contact, ann) = (ContactId([1; 16]), AgentId::new("ann").unwrap());
        let mut served = Served::default();
        served.note(contact, ann.clone(), day(0));
        assert_eq!(served.by(contact, 7, day(7)), Some(&ann));
        assert_eq!(served.by(contact, 7, Timestamp(day(7).0 + 1)), None);
        served.note(ContactId([2; 16]), ann, day(31));
        assert_eq!(served.by(contact, 30, day(0)), None, "it was forgotten");
        assert_eq!(served.iter().count(), 1);
    }
}
