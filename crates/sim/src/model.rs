//! What the outside world was told, which is all that it can rely on.

use crate::check::{Broken, holds};
use crate::{Census, Deed, Note, Said};
use engine::{Accepted, Error};
use std::collections::{BTreeMap, BTreeSet};

/// One command as its sender remembers it.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) deed: Deed,
    pub(crate) note: Note,
}

/// Everything that was sent, by what came back.
#[derive(Default)]
pub(crate) struct Model {
    /// Answered with yes.
    pub(crate) accepted: Vec<(Sent, Accepted)>,
    /// Answered with an error that leaves open whether it was stored.
    pub(crate) unknown: Vec<Sent>,
    /// The texts of messages that were answered with no.
    refused: BTreeSet<String>,
}

impl Model {
    /// Notes the answer to a command under a fresh id, and says whether such an answer may be.
    pub(crate) fn answer(&mut self, sent: Sent, result: &Result<Accepted, Error>) -> Result<(), Broken> {
        match result {
            Ok(accepted) => {
                holds("L6", !accepted.duplicate, || format!("{sent:?} is new, and answered as a duplicate"))?;
                holds("L6", accepted.message.is_some() == sent.deed.writes(), || {
                    format!("{sent:?} is answered with {accepted:?}")
                })?;
                self.accepted.push((sent, *accepted));
            }
            Err(Error::Rejected(rejection)) => {
                holds("LC-4", !matches!(sent.deed, Deed::Inbound(_)), || {
                    format!("a requester's message is refused: {rejection}")
                })?;
                self.refused.extend(sent.deed.writes().then_some(sent.note.text));
            }
            Err(Error::Store(_)) => self.unknown.push(sent),
            Err(
                error @ (Error::Refused(_)
                | Error::UnknownChannel
                | Error::UnknownCompanyAddress
                | Error::CommandReused
                | Error::Overloaded(_)
                | Error::Draining
                | Error::ActorFailed
                | Error::Malformed(_)
                | Error::Damaged(_)),
            ) => return Err(("L6", format!("{sent:?} is answered with {error}"))),
        }
        Ok(())
    }

    /// Notes the answer to a repeated command that had been accepted before: the same, and nothing new.
    pub(crate) fn repeated(
        sent: &Sent,
        first: &Accepted,
        result: &Result<Accepted, Error>,
    ) -> Result<(), Broken> {
        match result {
            Ok(again) => holds("L6", *again == Accepted { duplicate: true, ..*first }, || {
                format!("{sent:?} was answered with {first:?}, and again with {again:?}")
            }),
            Err(Error::Store(_)) => Ok(()),
            Err(error) => Err(("L6", format!("{sent:?} was accepted, and again is {error}"))),
        }
    }

    /// Notes the answer to a repeated command of which nobody knew what had become, and now everybody does.
    pub(crate) fn settled(
        &mut self,
        sent: Sent,
        stored: bool,
        result: &Result<Accepted, Error>,
    ) -> Result<(), Broken> {
        match result {
            Ok(accepted) => {
                holds("L6", accepted.duplicate == stored, || {
                    format!("{sent:?} was stored: {stored}, and its repetition is {accepted:?}")
                })?;
                self.accepted.push((sent, Accepted { duplicate: false, ..*accepted }));
                Ok(())
            }
            Err(_) => {
                holds("L6", !stored || matches!(result, Err(Error::Store(_))), || {
                    format!("{sent:?} was stored, and its repetition is {result:?}")
                })?;
                self.answer(sent, result)
            }
        }
    }

    /// Holds what was told against what is stored: every accepted message once, where its answer said, and nothing
    /// that was refused or never sent.
    pub(crate) fn compare(&self, census: &Census) -> Result<(), Broken> {
        let mut left: BTreeMap<&str, &Said> = BTreeMap::new();
        for said in &census.said {
            let twice = left.insert(&said.text, said);
            holds("L6", twice.is_none(), || format!("it is stored twice: {said:?} and {twice:?}"))?;
        }
        for (sent, accepted) in self.accepted.iter().filter(|(sent, _)| sent.deed.writes()) {
            let said = left.remove(sent.note.text.as_str());
            let found = said.map(|said| (said.conversation, Some(said.message), said.at));
            let place = (accepted.position.partition, accepted.position.position);
            let told = (accepted.conversation, accepted.message, place);
            holds("L1", found == Some(told), || format!("{sent:?} was told {told:?}, stored is {found:?}"))?;
        }
        for (text, said) in left {
            let sent = self.unknown.iter().any(|sent| sent.note.text == text);
            holds("L1", sent, || format!("{text:?} is stored in {said:?}, and nobody was told"))?;
        }
        let refused = self.refused.iter().find(|text| !census.saying(text).is_empty());
        holds("L1", refused.is_none(), || format!("{refused:?} was refused, and is stored"))
    }
}
