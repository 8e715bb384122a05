//! Whose each conversation is, as far as an agent who reads on from one of them may know (`MSG-23`, `OMN-6`, `ID-9`).
//!
//! A number changes hands: when its holder changes, what was said under the old one stays with the old one. Across channels
//! only a user counts who was confirmed by a PIN or by an agent, never a name and never a number alone.

use super::{Histories, keys};
use crate::Error;
use domain::conversation::ConversationEvent;
use domain::{ContactId, ConversationId, UserId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Who holds a number, or held it while a conversation went on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Holder {
    /// The how many-eth holder of the number.
    pub(super) turn: u32,
    /// The user, if anybody knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) user: Option<String>,
    /// Whether that was confirmed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) verified: bool,
}

/// A number: who holds it now, and its conversations that go on.
#[derive(Default, Serialize, Deserialize)]
struct Number {
    holder: Holder,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    active: BTreeSet<String>,
}

/// Something was said of whose a conversation is. It is settled when the record's facts are all known, because those of
/// the contact stand behind those of the conversation.
pub(super) struct Said {
    id: ConversationId,
    contact: ContactId,
    what: What,
}

#[derive(Clone)]
enum What {
    /// It was opened for whoever is taken to hold the number.
    Opened(Option<UserId>),
    /// It is this user's.
    Is(UserId),
    /// If it is taken for this user's, it is.
    Confirmed(UserId),
    /// It goes on with whoever holds the number now.
    PassedOn,
}

impl Holder {
    pub(super) fn encode(&self) -> Result<Vec<u8>, Error> {
        serde_json::to_vec(self).map_err(|_| Error::Row)
    }

    pub(super) fn decode(row: &[u8]) -> Result<Self, Error> {
        serde_json::from_slice(row).map_err(|_| Error::Row)
    }

    /// The user, if it is certain who it is.
    pub(super) fn verified(&self) -> Option<&str> {
        self.user.as_deref().filter(|_| self.verified)
    }

    /// Whether an agent of this holder's conversation may know of one of that holder's, of the same number: of the same
    /// user's always, of a guest's if the number has not changed hands since, and as a guest's of no user's.
    pub(super) fn may_know(&self, other: &Self) -> bool {
        match (&self.user, &other.user) {
            (Some(user), Some(other)) => user == other,
            (Some(_) | None, None) => self.turn == other.turn,
            (None, Some(_)) => false,
        }
    }
}

impl Histories<'_> {
    /// Notes what a fact says of whose a conversation is.
    pub(super) fn hear(&mut self, id: ConversationId, contact: ContactId, event: &ConversationEvent) {
        if let ConversationEvent::Opened { user, .. } = event {
            self.said.push(Said { id, contact, what: What::Opened(user.clone()) });
        }
        if let ConversationEvent::Reassociated { to, .. } = event {
            self.said.push(Said { id, contact, what: What::Is(to.clone()) });
        }
    }

    /// A conversation goes on from here, or no longer.
    pub(super) fn goes_on(
        &mut self,
        contact: ContactId,
        id: ConversationId,
        active: bool,
    ) -> Result<(), Error> {
        let mut number = self.number(contact)?;
        let id = id.to_string();
        let _ = if active { number.active.insert(id) } else { number.active.remove(&id) };
        self.put_number(contact, &number)
    }

    /// A number has a holder for the first time, or another one (`PRO-4`), to whom all that goes on passes.
    pub(super) fn held_by(&mut self, contact: ContactId, user: Option<&UserId>) -> Result<(), Error> {
        let mut number = self.number(contact)?;
        let (turn, user) = (number.holder.turn, user.map(|user| user.as_str().to_owned()));
        // A locked user's conversation, with which a number may have got its first holder, is a guest's (`ID-14`).
        if turn > 0 {
            self.pass(contact, &number, &What::PassedOn)?;
        }
        number.holder = Holder { turn: turn.saturating_add(1), user, verified: false };
        self.put_number(contact, &number)
    }

    /// It was confirmed who holds a number (`ID-9`). A conversation that goes on has no fact of its own that says so: if
    /// it was taken for theirs it is theirs, and with another holder it is that holder's, whosever it was.
    pub(super) fn confirmed(
        &mut self,
        contact: ContactId,
        from: Option<&UserId>,
        to: &UserId,
    ) -> Result<(), Error> {
        let mut number = self.number(contact)?;
        let other = from.is_some_and(|from| from != to);
        let turn = number.holder.turn.saturating_add(u32::from(other));
        number.holder = Holder { turn, user: Some(to.as_str().to_owned()), verified: true };
        let what = if other { What::PassedOn } else { What::Confirmed(to.clone()) };
        self.pass(contact, &number, &what)?;
        self.put_number(contact, &number)
    }

    /// The same is said of all conversations of a number that go on.
    fn pass(&mut self, contact: ContactId, number: &Number, what: &What) -> Result<(), Error> {
        for id in &number.active {
            let id = ConversationId::parse(id).ok_or(Error::Row)?;
            self.said.push(Said { id, contact, what: what.clone() });
        }
        Ok(())
    }

    /// Settles what was said since the last record.
    pub(super) fn settle(&mut self) -> Result<(), Error> {
        for Said { id, contact, what } in std::mem::take(&mut self.said) {
            let holder = self.number(contact)?.holder;
            let before = self.get(&keys::whose(id))?.map(|row| Holder::decode(&row)).transpose()?;
            let is = |user: UserId| (Some(user.as_str().to_owned()), true);
            let (user, verified) = match what {
                What::Opened(user) => {
                    let user = user.map(|user| user.as_str().to_owned());
                    let verified = holder.verified && user.is_some() && holder.user == user;
                    (user, verified)
                }
                What::Is(user) => is(user),
                What::Confirmed(user) => {
                    let taken = before.as_ref().and_then(|whose| whose.user.as_deref());
                    if taken != Some(user.as_str()) {
                        continue;
                    }
                    is(user)
                }
                What::PassedOn => (holder.user.clone(), holder.verified),
            };
            if let Some(user) = before.as_ref().and_then(Holder::verified) {
                let key = keys::of_user(self.key, user, id);
                self.changes.insert(key, None);
            }
            let whose = Holder { turn: holder.turn, user, verified };
            if let Some(user) = whose.verified() {
                self.put(keys::of_user(self.key, user, id), Vec::new());
            }
            self.put(keys::whose(id), whose.encode()?);
        }
        Ok(())
    }

    fn number(&self, contact: ContactId) -> Result<Number, Error> {
        let Some(row) = self.get(&keys::number_of(contact))? else { return Ok(Number::default()) };
        serde_json::from_slice(&row).map_err(|_| Error::Row)
    }

    fn put_number(&mut self, contact: ContactId, number: &Number) -> Result<(), Error> {
        self.put(keys::number_of(contact), serde_json::to_vec(number).map_err(|_| Error::Row)?);
        Ok(())
    }
}
