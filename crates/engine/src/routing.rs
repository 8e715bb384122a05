//! What can be asked of a running engine about routing.

use crate::engine::count;
use crate::router::{self, Done};
use crate::router_actor::Through;
use crate::shared::HOME;
use crate::{Accepted, Cursor, Engine, Error, ItemHistory, Order, Presence, Request, explain};
use domain::router::{Command, Refusal, Router};
use domain::routing::{QueueId, RejectReasonId, WorkItemId};
use domain::{AgentId, ConversationId, Timestamp};
use store::Position;

impl Engine {
    /// Sets an agent's presence; saying the same again is a sign of life (section 9).
    ///
    /// # Errors
    /// [`Error::Refused`], or what is wrong with the store.
    pub async fn set_presence(&self, presence: Presence, request: Request) -> Result<(), Error> {
        let _pass = self.enter()?;
        let Presence { agent, state, switched_off, connected } = presence;
        let command = Command::SetPresence { agent, state, switched_off, connected };
        self.shared().router()?.command(command, request.cause()).await.map(drop)
    }

    /// An agent accepts what they were offered; answered when the conversation is theirs (`LC-5`, `WI-7`).
    ///
    /// # Errors
    /// [`Error::Refused`] if it is not offered to them, [`Error::Rejected`] if the conversation is not to be had any more.
    pub async fn accept(
        &self,
        item: WorkItemId,
        agent: AgentId,
        request: Request,
    ) -> Result<Accepted, Error> {
        self.about_item(item, Command::Accept { item, agent }, request, true).await
    }

    /// An agent rejects what they were offered (`WI-4`).
    ///
    /// # Errors
    /// [`Error::Refused`].
    pub async fn reject(
        &self,
        item: WorkItemId,
        agent: AgentId,
        reason: Option<RejectReasonId>,
        request: Request,
    ) -> Result<Accepted, Error> {
        self.about_item(item, Command::Reject { item, agent, reason }, request, false).await
    }

    /// A supervisor gives an item that nobody has to an agent who is there, whatever the agent's capacity (`LC-13`,
    /// `CAP-9`, `AR-10`).
    ///
    /// # Errors
    /// [`Error::Refused`], or [`Error::Rejected`] if somebody has the conversation already.
    pub async fn assign(
        &self,
        item: WorkItemId,
        agent: AgentId,
        supervisor: AgentId,
        request: Request,
    ) -> Result<Accepted, Error> {
        if let Some(earlier) = self.shared().earlier(request.command.as_ref()).await? {
            return Ok(earlier);
        }
        let who = agent.clone();
        let view = self.look(move |router, _| router::view(router, item, &who)).await??;
        if !view.is_free {
            return Err(Error::Refused(Refusal::AlreadyAssigned));
        }
        if !view.agent_is_available {
            return Err(Error::Refused(Refusal::AgentUnavailable));
        }
        self.order(view.conversation, Order::AssignManually { agent, supervisor }, request).await
    }

    /// An agent offers their conversation to another agent (`TR-2`).
    ///
    /// # Errors
    /// [`Error::Refused`].
    pub async fn transfer_to_agent(
        &self,
        conversation: ConversationId,
        from: AgentId,
        to: AgentId,
        request: Request,
    ) -> Result<Accepted, Error> {
        self.about(conversation, Command::Transfer { conversation, from, to }, request, None).await
    }

    /// An agent takes such an offer back.
    ///
    /// # Errors
    /// [`Error::Refused`].
    pub async fn cancel_transfer(
        &self,
        conversation: ConversationId,
        from: AgentId,
        request: Request,
    ) -> Result<Accepted, Error> {
        self.about(conversation, Command::CancelTransfer { conversation, from }, request, None).await
    }

    /// The agent who has it, or a supervisor, sends a conversation to a queue (`TR-1`).
    ///
    /// # Errors
    /// [`Error::Refused`] if there is no such queue for it, [`Error::Rejected`].
    pub async fn transfer_to_queue(
        &self,
        conversation: ConversationId,
        by: AgentId,
        supervisor: bool,
        queue: QueueId,
        request: Request,
    ) -> Result<Accepted, Error> {
        if let Some(earlier) = self.shared().earlier(request.command.as_ref()).await? {
            return Ok(earlier);
        }
        let state = self.conversation(conversation).await?;
        let wanted = queue.clone();
        let fits = move |router: &Router, _| router::may_enter(router, &state, conversation, &wanted);
        if !self.look(fits).await? {
            return Err(Error::Refused(Refusal::QueueUnknown));
        }
        self.order(conversation, Order::TransferToQueue { by, supervisor, queue }, request).await
    }

    /// A requester opened the window of a messaging conversation whose agent is not available: with `reassign_on = open`
    /// it goes to somebody else at once (`RE-10`). Whether it did.
    ///
    /// # Errors
    /// What is wrong with the store; nothing to read or to wait for is no error.
    pub async fn window_opened(&self, conversation: ConversationId, request: Request) -> Result<bool, Error> {
        let owner = self.look(move |router, _| router.absent_owner(conversation).cloned()).await?;
        let Some(agent) = owner else { return Ok(false) };
        match self.order(conversation, Order::Return { agent }, request).await {
            Ok(_) => Ok(true),
            Err(Error::Rejected(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Looks at the router; what can be seen is durable. The closure holds the router up, so it should be quick.
    ///
    /// # Errors
    /// [`Error::Overloaded`], [`Error::Draining`].
    pub async fn look<T: Send + 'static>(
        &self,
        look: impl FnOnce(&Router, Timestamp) -> T + Send + 'static,
    ) -> Result<T, Error> {
        self.shared().router()?.look(look).await
    }

    /// What happened to an item and why, from the log alone; may take long on a large log.
    ///
    /// # Errors
    /// As [`explain::history`].
    pub async fn explain(&self, item: WorkItemId) -> Result<ItemHistory, Error> {
        self.shared().reading(move |log| explain::history(log, item)).await
    }

    async fn about_item(
        &self,
        item: WorkItemId,
        command: Command,
        request: Request,
        through: bool,
    ) -> Result<Accepted, Error> {
        let find = move |router: &Router, _| {
            let state = router.state();
            let gone = if (1..=state.last_item).contains(&item.0) {
                Refusal::ItemOver
            } else {
                Refusal::ItemUnknown
            };
            state.items.get(&item).map(|item| item.subject.conversation).ok_or(gone)
        };
        match self.look(find).await? {
            Ok(conversation) => self.about(conversation, command, request, through.then_some(item)).await,
            Err(refusal) => {
                let earlier = self.shared().earlier(request.command.as_ref()).await?;
                earlier.ok_or(Error::Refused(refusal))
            }
        }
    }

    /// Asks the router about a conversation, once for each id (`L6`).
    async fn about(
        &self,
        conversation: ConversationId,
        command: Command,
        request: Request,
        through: Option<WorkItemId>,
    ) -> Result<Accepted, Error> {
        let _pass = self.enter()?;
        let shared = self.shared();
        if let Some(earlier) = shared.earlier(request.command.as_ref()).await? {
            return Ok(earlier);
        }
        // An accept is remembered by the conversation that takes it, and anything else by the router.
        let (entry, through) = match through {
            Some(item) => (None, Some(Through { item, command: request.command.clone() })),
            None => (shared.command_entry(request.command.as_ref(), conversation, None), None),
        };
        let done = shared.router()?.ask(command, request.cause(), entry, through).await;
        let result = done.and_then(|done| accepted(conversation, done));
        count("routing", &result);
        result
    }
}

fn accepted(conversation: ConversationId, done: Done) -> Result<Accepted, Error> {
    if let Some(refused) = done.refused {
        return Err(refused);
    }
    let position = Cursor { partition: HOME, position: done.position.unwrap_or(Position(0)) };
    Ok(Accepted { conversation, message: None, duplicate: false, position })
}
