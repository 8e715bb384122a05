//! The way to the router's actor: commands, facts and looks, each answered when what it rests on is durable.

use crate::Error;
use crate::intake::TakeIn;
use crate::router_actor::{RouterJob, Through};
use crate::runtime::{self, Lost};
use crate::shared::Shared;
use domain::conversation::Conversation;
use domain::router::{Command, Router};
use domain::routing::{PresenceId, ServiceChannelId, WorkItemId};
use domain::{AgentId, Cause, ConversationId, Principal, Role, Timestamp};
use std::collections::BTreeSet;
use std::sync::Arc;
use store::{CommandEntry, Position};
use tokio::sync::{oneshot, watch};
use uuid::Uuid;

/// What an agent, or a supervisor for them, says of their presence (section 9).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presence {
    /// Whose.
    pub agent: AgentId,
    /// The state.
    pub state: PresenceId,
    /// The channels that are switched off; `None` leaves them.
    pub switched_off: Option<BTreeSet<ServiceChannelId>>,
    /// Whether the agent's workspace is there.
    pub connected: bool,
}

/// What became of a command.
#[derive(Clone, Debug)]
pub(crate) struct Done {
    /// Where its facts are; `None` if it led to none.
    pub(crate) position: Option<Position>,
    /// Why the conversation refused what followed, if it did.
    pub(crate) refused: Option<Error>,
}

/// Sends to the router.
pub(crate) struct RouterHandle {
    jobs: runtime::Intake<RouterJob>,
    /// When the router wants to look at the clock next.
    pub(crate) next_due: watch::Receiver<Option<Timestamp>>,
}

impl RouterHandle {
    pub(crate) fn new(
        jobs: runtime::Intake<RouterJob>,
        next_due: watch::Receiver<Option<Timestamp>>,
    ) -> Self {
        Self { jobs, next_due }
    }

    /// Asks something of the router that nobody outside asked for.
    pub(crate) async fn command(&self, command: Command, cause: Cause) -> Result<Done, Error> {
        self.ask(command, cause, None, None).await
    }

    /// Asks something of the router. With `through`, the answer waits for what follows at the conversation.
    pub(crate) async fn ask(
        &self,
        command: Command,
        cause: Cause,
        entry: Option<CommandEntry>,
        through: Option<Through>,
    ) -> Result<Done, Error> {
        let (reply, answer) = oneshot::channel();
        self.send(RouterJob::Command { command: Box::new(command), cause, entry, through, reply })?;
        answer.await.unwrap_or(Err(Error::ActorFailed))
    }

    /// Hands over what conversations did; answered when all that follows is durable.
    pub(crate) async fn take_in(&self, batch: Vec<TakeIn>) -> Result<(), Error> {
        let (reply, answer) = oneshot::channel();
        self.send(RouterJob::TakeIn { batch, reply })?;
        answer.await.unwrap_or(Err(Error::ActorFailed))
    }

    /// Looks at the router; answered when everything that can be seen is durable.
    pub(crate) async fn look<T: Send + 'static>(
        &self,
        look: impl FnOnce(&Router, Timestamp) -> T + Send + 'static,
    ) -> Result<T, Error> {
        let (reply, answer) = oneshot::channel();
        let look = move |router: &Router, now| {
            let seen = look(router, now);
            let tell = move || drop(reply.send(seen));
            Box::new(tell) as Box<dyn FnOnce() + Send>
        };
        self.send(RouterJob::Look(Box::new(look)))?;
        answer.await.map_err(|_| Error::Overloaded("router"))
    }

    /// Makes the router go by the configuration in force, if it goes by another one.
    pub(crate) async fn follow_configuration(&self, shared: &Shared) -> Result<(), Error> {
        let configuration = shared.configuration();
        let version = self.look(|router, _| router.state().configuration).await?;
        let concerns_routing = configuration.routing.is_on() || version > 0;
        if version >= configuration.version || !concerns_routing {
            return Ok(());
        }
        let routing = Arc::new(configuration.routing.clone());
        let command = Command::Reconfigure { version: configuration.version, routing };
        self.command(command, cause(shared)).await.map(drop)
    }

    /// Runs what is still to be done to conversations since before the start.
    pub(crate) async fn resume(&self) -> Result<(), Error> {
        let (reply, answer) = oneshot::channel();
        self.send(RouterJob::Resume { reply })?;
        answer.await.map_err(|_| Error::ActorFailed)
    }

    /// Tells the router that facts of this life did not become durable.
    pub(crate) fn failed(&self, life: u64) {
        self.jobs.push(RouterJob::Failed { life });
    }

    /// Gives the router a working state again.
    pub(crate) fn reloaded(&self, loaded: Result<Router, Error>) {
        self.jobs.push(RouterJob::Reloaded(Box::new(loaded)));
    }

    fn send(&self, job: RouterJob) -> Result<(), Error> {
        self.jobs.send(job).map_err(|lost| match lost {
            Lost::Full => Error::Overloaded("router"),
            Lost::Gone => Error::Draining,
            Lost::Panicked => Error::ActorFailed,
        })
    }
}

/// Who acts when the router does something of its own accord.
pub(crate) fn principal() -> Principal {
    Principal { role: Role::System, name: "router".to_owned() }
}

/// Why the router does something that no single fact led to.
pub(crate) fn cause(shared: &Shared) -> Cause {
    let correlation = Uuid::from_u64_pair(shared.ids.next(), shared.ids.next());
    Cause { principal: principal(), causation: None, correlation }
}

/// Keeps the router's time: asks it to look whenever something is due, until `stopping` says so.
pub(crate) async fn keep_time(shared: Arc<Shared>, mut stopping: watch::Receiver<bool>) {
    const LOOK_MS_MAX: i64 = 30_000;
    let Ok(router) = shared.router() else { return };
    let mut next_due = router.next_due.clone();
    while !*stopping.borrow() {
        let due = *next_due.borrow_and_update();
        let wait_ms = due.map_or(LOOK_MS_MAX, |due| due.since_ms(shared.clock.now()).clamp(0, LOOK_MS_MAX));
        tokio::select! {
            _ = stopping.changed() => return,
            changed = next_due.changed() => if changed.is_err() { return },
            () = tokio::time::sleep(std::time::Duration::from_millis(wait_ms.unsigned_abs())) => {
                if due.is_some_and(|due| due <= shared.clock.now())
                    && let Err(error) = router.command(Command::Tick, cause(&shared)).await
                {
                    tracing::warn!(code = error.code(), "the router could not look at the clock and will again");
                    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                }
            }
        }
    }
}

/// What can be seen of an item's conversation and channel before something is asked of it.
pub(crate) struct ItemView {
    pub(crate) conversation: ConversationId,
    pub(crate) is_free: bool,
    pub(crate) agent_is_available: bool,
}

/// Looks at an item for whoever wants to assign it to an agent by hand.
pub(crate) fn view(
    router: &Router,
    item: WorkItemId,
    agent: &AgentId,
) -> Result<ItemView, domain::router::Refusal> {
    use domain::router::{Place, Refusal};
    let gone = if item.0 <= router.state().last_item { Refusal::ItemOver } else { Refusal::ItemUnknown };
    let found = router.state().items.get(&item).ok_or(gone)?;
    if !router.routing().agents.contains_key(agent) {
        return Err(Refusal::AgentUnknown);
    }
    let is_free = match found.place {
        Place::Unrouted(_) | Place::Queued | Place::Offered(_) => !found.is_handover(),
        Place::Accepting(_) | Place::Accepted { .. } => false,
    };
    Ok(ItemView {
        conversation: found.subject.conversation,
        is_free,
        agent_is_available: router.is_on(agent, found.service_channel.as_ref()),
    })
}

/// Whether a conversation may be handed to a queue of a service channel (`TR-2`, `OMN-8`).
pub(crate) fn may_enter(
    router: &Router,
    conversation: &Conversation,
    id: ConversationId,
    queue: &domain::routing::QueueId,
) -> bool {
    let Some(queue) = router.routing().queues.get(queue).filter(|queue| queue.active) else { return false };
    let own = router.state().own_item(id).and_then(|item| item.service_channel.clone());
    !conversation.is_closed() && own.is_none_or(|channel| channel == queue.service_channel)
}
