//! The configuration of a running engine: read when it starts, then changed by commands.
//!
//! A change may be larger than a record. It is stored as several then, and the order of its facts makes sure that each
//! record leaves a legal configuration behind: whoever dies in between applies the same again.

use crate::keys::CONFIGURATION_STREAM;
use crate::shared::{Shared, encode};
use crate::start::record;
use crate::{Error, StartError};
use domain::configuration::{self, Apply, Change, Configuration, ConfigurationEvent};
use domain::{Cause, Event, Principal, Rejection, Role, Timestamp};
use std::sync::{Arc, PoisonError};
use store::{Append, EventLog, Outcome};

/// How much the events of one record take, in bytes; an event that would go beyond it begins another one. No event is
/// larger by itself, because every entry of the configuration has a bound (`X1`).
const RECORD_BYTES_MAX: usize = 64 * 1024;
/// How often a change is decided because it turned out that the log had gone on.
const ATTEMPTS_MAX: usize = 3;
/// How many events are read at once.
const PAGE: usize = 256;
/// The name of a seed, before the version that it leads to.
const SEED: &str = "seed up to version ";

type Decide = dyn Fn(&Configuration) -> Result<Vec<ConfigurationEvent>, Rejection> + Send + Sync;

/// The configuration that the log leads to.
pub(crate) fn load(log: &dyn EventLog) -> Result<Configuration, StartError> {
    follow(log, Configuration::default(), StartError::Damaged)
}

/// Makes a configuration the one of a store that has none yet, or goes on where a crash interrupted just that.
pub(crate) async fn seed(shared: &Arc<Shared>, wanted: &Apply, mut cause: Cause) -> Result<(), Error> {
    let known = shared.configuration();
    let version = known.version;
    if version > 0 && !shared.reading(move |log| is_half_seeded(log, version)).await? {
        return Ok(());
    }
    let facts = configuration::decide(&known, wanted)?.len() as u64;
    cause.principal.name = format!("{SEED}{}", version + facts);
    apply(shared, wanted, &cause).await.map(drop)
}

/// Whether the last change was a seed that did not come as far as it wanted to.
fn is_half_seeded(log: &dyn EventLog, version: u64) -> Result<bool, Error> {
    let last = log.read_stream(CONFIGURATION_STREAM, version - 1, 1)?;
    let Some(last) = last.first() else { return Ok(false) };
    let Principal { role, name } = codec::decode(&last.bytes)?.cause.principal;
    let end = name.strip_prefix(SEED).and_then(|end| end.parse::<u64>().ok());
    Ok(role == Role::System && end.is_some_and(|end| version < end))
}

/// Makes a configuration the one in force; how many facts that took.
pub(crate) async fn apply(shared: &Arc<Shared>, wanted: &Apply, cause: &Cause) -> Result<usize, Error> {
    let wanted = wanted.clone();
    run(shared, cause, Arc::new(move |state| configuration::decide(state, &wanted))).await
}

/// Changes one entry; whether that made a difference.
pub(crate) async fn change(shared: &Arc<Shared>, change: &Change, cause: &Cause) -> Result<bool, Error> {
    let change = change.clone();
    let facts =
        run(shared, cause, Arc::new(move |state| configuration::decide_change(state, &change))).await?;
    Ok(facts > 0)
}

/// A task of its own, which goes on when its caller goes away: what is stored has to become known here.
async fn run(shared: &Arc<Shared>, cause: &Cause, decide: Arc<Decide>) -> Result<usize, Error> {
    let work = decide_and_store(Arc::clone(shared), cause.clone(), decide);
    tokio::spawn(work).await.unwrap_or(Err(Error::ActorFailed))
}

async fn decide_and_store(shared: Arc<Shared>, cause: Cause, decide: Arc<Decide>) -> Result<usize, Error> {
    let _alone = shared.configuring.lock().await;
    let mut stored = 0;
    for _ in 0..ATTEMPTS_MAX {
        let before = shared.configuration();
        let (state, decide) = (Arc::clone(&before), Arc::clone(&decide));
        // With tens of thousands of agents this takes its time, and nobody else is to wait for it.
        let events = shared.reading(move |_| Ok(decide(&state)?)).await?;
        if store_all(&shared, before, events, &cause, &mut stored).await? {
            return Ok(stored);
        }
        catch_up(&shared).await?;
    }
    Err(Error::Overloaded("configuration"))
}

/// Stores the events in as many records as they take, each in force as soon as it is stored. False if the log
/// has changes that are not known here; `stored` counts what was stored in any case.
async fn store_all(
    shared: &Shared,
    mut state: Arc<Configuration>,
    events: Vec<ConfigurationEvent>,
    cause: &Cause,
    stored: &mut usize,
) -> Result<bool, Error> {
    let mut rest = events;
    while !rest.is_empty() {
        let now = shared.clock.now();
        let encoded = first_record(&rest, now, cause);
        let mut first = rest;
        rest = first.split_off(encoded.len());
        let append = Append { stream: CONFIGURATION_STREAM, expected: state.version, events: encoded };
        match shared.committer.commit(record(now, append)).await? {
            Outcome::Stored(_) => {
                *stored += first.len();
                state = in_force(shared, state, first).await?;
            }
            Outcome::Refused(_) | Outcome::Duplicate(_) => return Ok(false),
        }
    }
    Ok(true)
}

/// As many of the events as a record takes, at least one, encoded.
fn first_record(events: &[ConfigurationEvent], now: Timestamp, cause: &Cause) -> Vec<Vec<u8>> {
    let (mut encoded, mut size) = (Vec::new(), 0);
    for event in events {
        let bytes = encode(std::slice::from_ref(event), now, cause, Event::Configuration);
        size += bytes.iter().map(Vec::len).sum::<usize>();
        if size > RECORD_BYTES_MAX && !encoded.is_empty() {
            break;
        }
        encoded.extend(bytes);
    }
    encoded
}

/// Puts into force what was stored.
async fn in_force(
    shared: &Shared,
    before: Arc<Configuration>,
    events: Vec<ConfigurationEvent>,
) -> Result<Arc<Configuration>, Error> {
    let evolve = move || events.iter().fold(before.as_ref().clone(), configuration::evolve);
    let after = Arc::new(shared.reading(move |_| Ok(evolve())).await?);
    set(shared, &after);
    Ok(after)
}

/// Brings what is known here up to the log: what was stored last may have failed before it got known.
async fn catch_up(shared: &Shared) -> Result<(), Error> {
    let known = shared.configuration();
    let latest = shared.reading(move |log| follow(log, known.as_ref().clone(), Error::Damaged)).await?;
    set(shared, &Arc::new(latest));
    Ok(())
}

/// Unless a later one is known already, which says all that this one says.
fn set(shared: &Shared, latest: &Arc<Configuration>) {
    {
        let mut known = shared.configuration.write().unwrap_or_else(PoisonError::into_inner);
        if known.version < latest.version {
            *known = Arc::clone(latest);
        }
    }
    shared.configured();
}

/// A configuration after all further events of the log.
fn follow<E: From<store::Error>>(
    log: &dyn EventLog,
    mut state: Configuration,
    damaged: fn(String) -> E,
) -> Result<Configuration, E> {
    loop {
        let page = log.read_stream(CONFIGURATION_STREAM, state.version, PAGE)?;
        if page.is_empty() {
            return Ok(state);
        }
        for stored in page {
            match codec::decode(&stored.bytes).map_err(|error| damaged(error.to_string()))?.event {
                Event::Configuration(event) => state = configuration::evolve(state, &event),
                Event::Contact(_)
                | Event::Conversation(_)
                | Event::Router(_)
                | Event::Engine(_)
                | Event::Directory(_) => {
                    return Err(damaged("the configuration's stream holds another event".to_owned()));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::AgentId;
    use domain::routing::{Agent, Entry, GroupId};
    use uuid::Uuid;

    fn agent(number: usize, groups: usize) -> ConfigurationEvent {
        let groups = (0..groups).map(|number| GroupId::new(&format!("{number:x>64}")).unwrap());
        let agent = Agent { groups: groups.collect(), ..Agent::default() };
        let entry = Entry::Agent(AgentId::new(&format!("agent-{number}")).unwrap(), agent);
        ConfigurationEvent::RoutingConfigured { entry: Box::new(entry) }
    }

    fn records(mut events: Vec<ConfigurationEvent>) -> Vec<Vec<Vec<u8>>> {
        let principal = Principal { role: Role::Admin, name: "admin".to_owned() };
        let cause = Cause { principal, causation: None, correlation: Uuid::nil() };
        let mut records = Vec::new();
        while !events.is_empty() {
            let record = first_record(&events, Timestamp(0), &cause);
            events.drain(..record.len());
            records.push(record);
        }
        records
    }

    /// X1
    #[test]
    fn many_small_events_share_a_record_and_a_large_one_still_fits() {
        let small = records((0..5000).map(|number| agent(number, 0)).collect());
        let bytes = |record: &Vec<Vec<u8>>| record.iter().map(Vec::len).sum::<usize>();
        assert!(small.len() > 1 && small.iter().all(|record| bytes(record) <= RECORD_BYTES_MAX));
        assert!(
            small.iter().rev().skip(1).all(|record| bytes(record) > RECORD_BYTES_MAX - 1024),
            "they are full"
        );
        assert_eq!(small.iter().map(Vec::len).sum::<usize>(), 5000);
        let large = records(vec![agent(0, 1), agent(1, 2000), agent(2, 1)]);
        assert_eq!(large.iter().map(Vec::len).collect::<Vec<_>>(), [1, 1, 1]);
    }
}
