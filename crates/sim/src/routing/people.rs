//! What requesters, agents and supervisors do.

use super::Stance;
use super::setting::{PARTITIONS, presence};
use super::world::World;
use crate::pair::channel;
use domain::channel::{Mode, Responder};
use domain::conversation::{Command, Opening, Origin, timers};
use domain::router::{Command as Ask, Place};
use domain::routing::{PresenceId, WorkItemId, presence_names};
use domain::{Address, AgentId, ContactId, Content, ConversationId, Message, MessageId, Personal};
use std::collections::BTreeSet;

impl World {
    /// The conversation that a requester has, if it is not over.
    pub(super) fn active(&self, requester: usize) -> Option<ConversationId> {
        let id = self.latest.get(requester).copied().flatten()?;
        self.conversations.get(&id).filter(|talk| !talk.state.is_closed()).map(|_| id)
    }

    /// Who has it.
    pub(super) fn owner(&self, requester: usize) -> Option<AgentId> {
        let id = self.active(requester)?;
        self.conversations.get(&id)?.state.owner.agent().cloned()
    }

    pub(super) fn write(&mut self, requester: usize) {
        let message = self.message();
        match self.active(requester) {
            Some(_) => self.ask(requester, &Command::Receive { message, sent_at: None, redelivered: false }),
            None => self.open(requester, message),
        }
    }

    fn open(&mut self, requester: usize, message: Message) {
        self.opened += 1;
        let partition = u16::try_from(requester % PARTITIONS).unwrap_or(0);
        let id = ConversationId::new(partition, self.now.0, self.opened);
        let policy = self.setting.requesters[requester].policy.clone();
        let name = match policy.mode() {
            Mode::Chat => "web",
            Mode::Messaging => "sms",
        };
        let address = |name: &str| Address::opaque(name).expect("it has no blanks");
        let opening = Opening {
            user: None,
            opted_out: false,
            contact: ContactId([u8::try_from(requester).unwrap_or(u8::MAX); 16]),
            channel: channel(name),
            requester: Personal::new(address("requester")),
            company: address("company"),
            policy,
            origin: Origin::Requester { sent_at: None, redelivered: false },
            responder: Responder::LiveAgent,
            message,
        };
        self.latest[requester] = Some(id);
        // A conversation that does not exist can always be opened.
        drop(self.order(id, &Command::Open(Box::new(opening))));
    }

    fn message(&mut self) -> Message {
        self.said += 1;
        let content = Content::text_only("a text").expect("it is within the bounds");
        Message { id: MessageId(uuid::Uuid::from_u128(self.said)), content }
    }

    pub(super) fn leave(&mut self, requester: usize) {
        self.ask(requester, &Command::EndByRequester);
    }

    pub(super) fn cancel(&mut self, requester: usize) {
        self.ask(requester, &Command::CancelRequest);
    }

    pub(super) fn ask_again(&mut self, requester: usize) {
        self.ask(requester, &Command::RequestAgent);
    }

    pub(super) fn answer(&mut self, requester: usize) {
        let message = self.message();
        self.as_owner(requester, |agent| Command::Post { agent, message });
    }

    pub(super) fn hold(&mut self, requester: usize) {
        self.as_owner(requester, |agent| Command::Hold { agent });
    }

    pub(super) fn resume(&mut self, requester: usize) {
        self.as_owner(requester, |agent| Command::Resume { agent });
    }

    pub(super) fn finish(&mut self, requester: usize) {
        self.as_owner(requester, |agent| Command::EndByAgent { agent });
    }

    pub(super) fn join(&mut self, requester: usize, agent: usize) {
        let agent = self.setting.agents[agent].clone();
        self.ask(requester, &Command::Join { agent });
    }

    pub(super) fn assign(&mut self, requester: usize, agent: usize) {
        let agent = self.setting.agents[agent].clone();
        let supervisor = AgentId::new("sam").expect("the name is legal");
        self.ask(requester, &Command::AssignManually { agent, supervisor });
    }

    pub(super) fn hand_to_queue(&mut self, requester: usize, queue: usize) {
        let queue = self.setting.queues[queue].clone();
        self.as_owner(requester, |by| Command::TransferToQueue { by, supervisor: false, queue });
    }

    pub(super) fn fire(&mut self, requester: usize) {
        let talk = self.active(requester).and_then(|id| self.conversations.get(&id));
        let due = talk.and_then(|talk| timers(&talk.state).first().copied());
        if let Some(timer) = due.filter(|timer| timer.due <= self.now) {
            let (kind, due, armed_by) = (timer.kind, timer.due, timer.armed_by);
            self.ask(requester, &Command::Fire { kind, due, armed_by });
        }
    }

    fn as_owner(&mut self, requester: usize, command: impl FnOnce(AgentId) -> Command) {
        if let Some(agent) = self.owner(requester) {
            self.ask(requester, &command(agent));
        }
    }

    /// Asks a requester's conversation for something, which it may refuse.
    fn ask(&mut self, requester: usize, command: &Command) {
        if let Some(id) = self.active(requester) {
            drop(self.order(id, command));
        }
    }

    pub(super) fn transfer(&mut self, requester: usize, agent: usize) -> Result<(), String> {
        let to = self.setting.agents[agent].clone();
        match (self.active(requester), self.owner(requester)) {
            (Some(conversation), Some(from)) => {
                self.decide(&Ask::Transfer { conversation, from, to }).map(drop)
            }
            (None, _) | (_, None) => Ok(()),
        }
    }

    pub(super) fn cancel_transfer(&mut self, requester: usize) -> Result<(), String> {
        match (self.active(requester), self.owner(requester)) {
            (Some(conversation), Some(from)) => {
                self.decide(&Ask::CancelTransfer { conversation, from }).map(drop)
            }
            (None, _) | (_, None) => Ok(()),
        }
    }

    /// Who was asked to take an item.
    fn asked(&self, item: WorkItemId) -> Option<AgentId> {
        match &self.router.state().items.get(&item)?.place {
            Place::Offered(offer) => Some(offer.agent.clone()),
            Place::Unrouted(_) | Place::Queued | Place::Accepting(_) | Place::Accepted { .. } => None,
        }
    }

    pub(super) fn accept(&mut self, item: WorkItemId) -> Result<(), String> {
        let Some(agent) = self.asked(item) else { return Ok(()) };
        self.decide(&Ask::Accept { item, agent }).map(drop)
    }

    pub(super) fn reject(&mut self, item: WorkItemId, reason: usize) -> Result<(), String> {
        let Some(agent) = self.asked(item) else { return Ok(()) };
        let reason = self.setting.reasons[reason].clone();
        self.decide(&Ask::Reject { item, agent, reason }).map(drop)
    }

    pub(super) fn set_presence(&mut self, agent: usize, stance: Stance) -> Result<(), String> {
        let agent = self.setting.agents[agent].clone();
        let first = self.router.routing().service_channels.keys().next().cloned();
        let before = self.router.state().agents.get(&agent).map(|here| here.presence.clone());
        let (state, switched_off): (PresenceId, Option<BTreeSet<_>>) = match stance {
            Stance::Available => (presence(presence_names::AVAILABLE), Some(BTreeSet::new())),
            Stance::Narrow => (presence(presence_names::AVAILABLE), Some(first.into_iter().collect())),
            Stance::Away => (presence(presence_names::AWAY), None),
            Stance::Offline => (presence(presence_names::OFFLINE), None),
            Stance::Gone => (before.unwrap_or_else(|| presence(presence_names::OFFLINE)), None),
        };
        let connected = stance != Stance::Gone;
        self.decide(&Ask::SetPresence { agent, state, switched_off, connected }).map(drop)
    }
}
