//! The integrator's users: their facts in the log, and an index by number beside it.
//!
//! The index is a cache. A user's stream is marked in it before a fact is stored and unmarked when the index has caught up,
//! so that after a crash exactly those are indexed again; without an index all of it is made anew from the log.

mod asked;
mod attempt;
mod index;

pub(crate) use asked::Asked;
pub(crate) use attempt::{Attempt, Tried, attempt};
pub(crate) use index::{compare, prepare};

use crate::shared::{Shared, encode, record_of};
use crate::{Engine, Error, Request, load};
use domain::directory::{self, DirectoryCommand, DirectoryEvent, Entry, User};
use domain::{Address, ChannelId, Event, Personal, Rejection, UserId};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use store::{Append, Outcome, StreamId};

/// How many users are stored together.
const CHUNK: usize = 128;
/// How often users are decided anew because somebody else changed them first.
const ATTEMPTS_MAX: usize = 8;

/// One look-up at the integrator.
pub type Looking<'a> = Pin<Box<dyn Future<Output = Result<Vec<UserId>, &'static str>> + Send + 'a>>;

/// Asks the integrator whose number it is, where the directory does not know (`ID-1`).
pub trait LookUp: Send + Sync + 'static {
    /// Who has the number.
    ///
    /// # Errors
    /// A code that says why that could not be found out. It is counted, and taken for nobody.
    fn look_up<'a>(&'a self, channel: &'a ChannelId, number: &'a Personal<Address>) -> Looking<'a>;
}

/// What an import did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Imported {
    /// Users that are new or say something else now.
    pub changed: usize,
    /// Users who are as they were.
    pub unchanged: usize,
}

/// Some of the users.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// In a fixed order that says nothing.
    pub users: Vec<(UserId, User)>,
    /// After whom the next page begins, if there is one.
    pub next: Option<UserId>,
}

impl Engine {
    /// Has numbers that the directory does not know looked up; the first one who is given is asked.
    pub fn look_up_with(&self, look_up: Arc<dyn LookUp>) {
        let _ = self.shared().look_up.set(look_up);
    }

    /// What is known of a user.
    ///
    /// # Errors
    /// [`Rejection::UserUnknown`], or what is wrong with the store.
    pub async fn user(&self, id: &UserId) -> Result<User, Error> {
        let entry = entry(self.shared(), id).await?.state;
        entry.and_then(|entry| entry.user).ok_or(Error::Rejected(Rejection::UserUnknown))
    }

    /// At most `limit` users after one.
    ///
    /// # Errors
    /// What is wrong with the store.
    pub async fn users(&self, after: Option<&UserId>, limit: usize) -> Result<Page, Error> {
        let after = after.map(|user| self.shared().keys.user(user));
        self.shared().reading(move |log| index::page(log, after, limit)).await
    }

    /// Says what is known of users; those who are not named stay as they are. Repeating it does no harm, also after a
    /// failure in between.
    ///
    /// # Errors
    /// What is wrong with the store.
    pub async fn put_users(&self, users: Vec<(UserId, User)>, request: &Request) -> Result<Imported, Error> {
        let _pass = self.enter()?;
        let commands = users.into_iter().map(|(id, user)| (id, DirectoryCommand::Put(user))).collect();
        change(self.shared(), commands, request).await
    }

    /// Forgets a user. Conversations go on as they are.
    ///
    /// # Errors
    /// [`Rejection::UserUnknown`], or what is wrong with the store.
    pub async fn remove_user(&self, id: &UserId, request: &Request) -> Result<(), Error> {
        let _pass = self.enter()?;
        change(self.shared(), vec![(id.clone(), DirectoryCommand::Remove)], request).await.map(drop)
    }

    /// Gives a user a PIN (`ID-14`).
    ///
    /// # Errors
    /// [`Rejection::UserUnknown`], or what is wrong with the store.
    pub async fn set_pin(&self, id: &UserId, pin: &str, request: &Request) -> Result<(), Error> {
        let _pass = self.enter()?;
        let shared = self.shared();
        let (keys, stream, pin) = (shared.keys.clone(), shared.keys.user(id), pin.to_owned());
        let mut salt = [0; 16];
        salt[..8].copy_from_slice(&shared.ids.next().to_be_bytes());
        salt[8..].copy_from_slice(&shared.ids.next().to_be_bytes());
        let hash = shared.reading(move |_| Ok(crate::pin::hash(&keys, stream, &pin, salt))).await?;
        change(shared, vec![(id.clone(), DirectoryCommand::SetPin(hash))], request).await.map(drop)
    }
}

/// Who has a number, as far as the directory or the integrator knows; several if it could be any of them (`ID-6`).
pub(crate) async fn holders(
    shared: &Shared,
    channel: &ChannelId,
    number: &Personal<Address>,
    asked: &Asked,
) -> Result<Vec<UserId>, Error> {
    let phone = shared.keys.phone(number.expose());
    let known = shared.reading(move |log| index::holders(log, phone)).await?;
    let Some(look_up) = shared.look_up.get().filter(|_| known.is_empty()) else { return Ok(known) };
    Ok(asked.holders(&**look_up, channel, number).await)
}

/// A user's entry, read from the log.
pub(crate) async fn entry(shared: &Shared, id: &UserId) -> Result<load::Loaded<Entry>, Error> {
    let stream = shared.keys.user(id);
    shared.reading(move |log| load::user(log, stream)).await
}

/// A task of its own, which goes on when its caller goes away: what is stored has to be found.
async fn change(
    shared: &Arc<Shared>,
    commands: Vec<(UserId, DirectoryCommand)>,
    request: &Request,
) -> Result<Imported, Error> {
    let (shared, request) = (Arc::clone(shared), request.clone());
    tokio::spawn(async move {
        let _alone = shared.directing.lock().await;
        let mut done = Imported { changed: 0, unchanged: 0 };
        for chunk in commands.chunks(CHUNK) {
            let changed = change_some(&shared, chunk.to_vec(), &request).await?;
            done.changed += changed;
            done.unchanged += chunk.len() - changed;
        }
        Ok(done)
    })
    .await
    .unwrap_or(Err(Error::ActorFailed))
}

/// How many of them made a difference. Who was changed meanwhile, as by an attempt with their PIN, is decided anew.
async fn change_some(
    shared: &Shared,
    commands: Vec<(UserId, DirectoryCommand)>,
    request: &Request,
) -> Result<usize, Error> {
    let (mut left, mut changed) = (commands, 0);
    for _ in 0..ATTEMPTS_MAX {
        let (stored, refused) = change_once(shared, left, request).await?;
        changed += stored;
        if refused.is_empty() {
            return Ok(changed);
        }
        left = refused;
    }
    Err(Error::Overloaded("contention"))
}

/// How many of them were stored, and which have to be decided anew. Each user's facts are a record of their own.
async fn change_once(
    shared: &Shared,
    commands: Vec<(UserId, DirectoryCommand)>,
    request: &Request,
) -> Result<(usize, Vec<(UserId, DirectoryCommand)>), Error> {
    let keys = shared.keys.clone();
    let decided = shared
        .reading(move |log| {
            let mut decided = Vec::new();
            for (id, command) in commands {
                let stream = keys.user(&id);
                let loaded = load::user(log, stream)?;
                let events = directory::decide(loaded.state.as_ref(), &id, &command);
                let events = events.ok_or(Error::Rejected(Rejection::UserUnknown))?;
                if !events.is_empty() {
                    let change = Change { stream, expected: loaded.version, events };
                    decided.push((change, (id, command)));
                }
            }
            let streams: Vec<StreamId> = decided.iter().map(|(change, _)| change.stream).collect();
            index::mark(log, &streams)?;
            Ok(decided)
        })
        .await?;
    let now = shared.clock.now();
    let submit = |(Change { stream, expected, events }, command)| {
        let events = encode(&events, now, &request.cause(), Event::Directory);
        let record = record_of(shared.keys.user_partition(stream), now, Append { stream, expected, events });
        (stream, shared.committer.submit(record), command)
    };
    let submitted: Vec<_> = decided.into_iter().map(submit).collect();
    let (mut streams, mut stored, mut refused, mut failed) = (Vec::new(), 0, Vec::new(), None);
    for (stream, one, command) in submitted {
        streams.push(stream);
        match one.wait().await {
            Ok(Outcome::Stored(_)) => stored += 1,
            Ok(Outcome::Refused(_) | Outcome::Duplicate(_)) => refused.push(command),
            Err(error) => failed = Some(error),
        }
    }
    let keys = shared.keys.clone();
    shared.reading(move |log| index::bring_up_to_date(log, &keys, &streams)).await?;
    failed.map_or(Ok((stored, refused)), Err)
}

/// What is to be stored of one user.
struct Change {
    stream: StreamId,
    expected: u64,
    events: Vec<DirectoryEvent>,
}
