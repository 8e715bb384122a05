//! The router's checkpoint: rows of a table that are brought up to date now and then, so that a start reads them and the
//! few events after them instead of all events there ever were. A cache: bad rows are thrown away.

use crate::Error;
use crate::keys::ROUTER_STREAM;
use crate::shared::Shared;
use codec::snapshot::{self, RouterRow};
use domain::router::{Router, State, Touched};
use domain::routing::{QueueId, WorkItemId};
use domain::{AgentId, ContactId, Event};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use store::{EventLog, TableWrite};
use tokio::sync::watch;

const TABLE: &str = "router";
const PAGE: usize = 1024;

/// Brings the rows up to date, one change at a time.
pub(crate) struct Checkpoint {
    shared: Arc<Shared>,
    written: u64,
    touched: Touched,
    busy: Arc<AtomicBool>,
    /// Whether all rows have to be written: what is touched counts from the last change of the rows, which is not known
    /// after a start, and not true after a change that failed.
    whole: Arc<AtomicBool>,
}

impl Checkpoint {
    /// The rows hold, with the events after them, a state of this version.
    pub(crate) fn new(shared: Arc<Shared>, version: u64) -> Self {
        let whole = Arc::new(AtomicBool::new(true));
        Self { shared, written: version, touched: Touched::default(), busy: Arc::default(), whole }
    }

    /// Notes what a decision touched; every so often, writes it when the decision is durable.
    pub(crate) fn follow(&mut self, router: &mut Router, number: u64, durable: &watch::Sender<u64>) {
        self.touched.extend(router.take_touched());
        let version = router.state().version;
        if version < self.written + self.shared.options.router_rows_every
            || self.busy.swap(true, Ordering::SeqCst)
        {
            return;
        }
        self.written = version;
        let touched = std::mem::take(&mut self.touched);
        let is_whole = self.whole.swap(false, Ordering::SeqCst);
        let writes = if is_whole { all(router.state()) } else { writes(&touched, router.state()) };
        let (shared, busy, whole) =
            (Arc::clone(&self.shared), Arc::clone(&self.busy), Arc::clone(&self.whole));
        let (mut durable, open) = (durable.subscribe(), self.shared.router_progress.open());
        crate::runtime::spawn(async move {
            if durable.wait_for(|done| *done >= number).await.is_ok_and(|done| *done != u64::MAX) {
                let write = move |log: &dyn EventLog| write(log, &writes, is_whole);
                if let Err(error) = shared.reading(write).await {
                    whole.store(true, Ordering::SeqCst);
                    tracing::warn!(code = error.code(), "the router's rows could not be brought up to date");
                }
            }
            busy.store(false, Ordering::SeqCst);
            // Whoever loads the router after a failure waits for the rows.
            drop(open);
        });
    }
}

/// Rows that take the place of all others begin with none and end with the one that makes them count, so that what a crash
/// leaves of them is not taken for a state.
fn write(log: &dyn EventLog, writes: &[TableWrite], whole: bool) -> Result<(), Error> {
    let tables = log.tables();
    if !whole {
        return Ok(tables.write(TABLE, writes)?);
    }
    tables.clear(TABLE)?;
    writes.chunks(PAGE).try_for_each(|chunk| Ok(tables.write(TABLE, chunk)?))
}

/// All rows of a state, the one without which the others do not count at the end.
fn all(state: &State) -> Vec<TableWrite> {
    let rows = snapshot::router_rows(state).into_iter().rev();
    rows.map(|row| TableWrite::Put(row.key(), row.encode())).collect()
}

/// The rows of what was touched as it stands now.
fn writes(touched: &Touched, state: &State) -> Vec<TableWrite> {
    let put = |row: RouterRow| TableWrite::Put(row.key(), row.encode());
    let agent = |id: &AgentId| Some(put(RouterRow::Agent(id.clone(), state.agents.get(id)?.clone())));
    let waits = |id: &QueueId| Some(put(RouterRow::Waits(id.clone(), state.waits.get(id)?.clone())));
    let served = |id: &ContactId| {
        let (agent, at) = state.served.of(*id)?;
        Some(put(RouterRow::Served(*id, agent.clone(), at)))
    };
    let item = |id: &WorkItemId| match state.items.get(id) {
        Some(item) => put(RouterRow::Item(Box::new(item.clone()))),
        None => TableWrite::Delete(snapshot::item_key(*id)),
    };
    std::iter::once(put(snapshot::router_core(state)))
        .chain(touched.agents.iter().filter_map(agent))
        .chain(touched.queues.iter().filter_map(waits))
        .chain(touched.contacts.iter().filter_map(served))
        .chain(touched.items.iter().map(item))
        .collect()
}

/// Loads the router: its rows, the events after them, and the configuration that it goes by.
pub(crate) async fn load(shared: &Arc<Shared>) -> Result<Router, Error> {
    let routing = Arc::new(shared.configuration().routing.clone());
    let now = shared.clock.now();
    let mut router = shared.reading(move |log| Ok(Router::new(load_state(log)?, routing, now))).await?;
    if shared.recovery.last.is_some() {
        router.hold_closing_until(shared.recovery.grace_until);
    }
    Ok(router)
}

/// The router's state as the log has it, with the help of its rows.
pub(crate) fn load_state(log: &dyn EventLog) -> Result<State, Error> {
    let end = log.version(ROUTER_STREAM)?;
    let state = match rows(log) {
        Ok(state) => state.filter(|state| state.version <= end),
        Err(error) => {
            tracing::warn!(
                code = error.code(),
                "the router's rows cannot be read; it is built from its events"
            );
            None
        }
    };
    let mut state = match state {
        Some(state) => state,
        None => {
            log.tables().clear(TABLE)?;
            State::default()
        }
    };
    while state.version < end {
        let page = log.read_stream(ROUTER_STREAM, state.version, PAGE)?;
        for stored in page {
            let envelope = codec::decode(&stored.bytes)?;
            match envelope.event {
                Event::Router(event) => state.apply(envelope.at, &event),
                Event::Contact(_)
                | Event::Conversation(_)
                | Event::Configuration(_)
                | Event::Engine(_)
                | Event::Directory(_) => {
                    return Err(Error::Damaged("the router's stream holds another event".to_owned()));
                }
            }
        }
    }
    Ok(state)
}

pub(crate) fn rows(log: &dyn EventLog) -> Result<Option<State>, Error> {
    let (mut rows, mut after) = (Vec::new(), None);
    loop {
        let page = log.tables().scan(TABLE, &[], after.as_deref(), PAGE)?;
        let Some((last, _)) = page.last() else { break };
        after = Some(last.clone());
        for (_, bytes) in &page {
            if snapshot::is_outdated(bytes) {
                return Ok(None);
            }
            rows.push(RouterRow::decode(bytes)?);
        }
    }
    if rows.is_empty() {
        return Ok(None);
    }
    let state = snapshot::router_state(rows);
    state.map(Some).ok_or_else(|| Error::Damaged("rows of the router are missing".to_owned()))
}
