//! An agent writes first, or into a conversation that they have not joined (section 12).

use crate::contact_actor::{First, OpenJob};
use crate::conversation_actor::ConversationJob;
use crate::directory::Asked;
use crate::{Accepted, AgentInitiated, Engine, Error, Request};
use domain::channel::Mode;
use domain::conversation::{Conversation, Origin};
use domain::{Address, AgentId, ChannelId, ConversationId, Personal, Rejection, UserId};

/// To whom an agent writes first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recipient {
    /// A number or another address that was typed.
    Address(Personal<Address>),
    /// A user, at their only number.
    User(UserId),
}

impl Engine {
    /// An agent writes first, or into the pair's active conversation (`PRO-1`, `PRO-2`, `PRO-4`).
    ///
    /// # Errors
    /// As [`inbound`](Self::inbound); [`Rejection::NumberHeld`] if the number is another user's and may not be taken from
    /// them, and whatever else section 12 refuses.
    pub async fn contribute(
        &self,
        channel: &ChannelId,
        first: AgentInitiated,
        request: Request,
    ) -> Result<Accepted, Error> {
        let _pass = self.enter()?;
        let allowed = self.allowed(channel, &first);
        let require_existing = *allowed.as_ref().unwrap_or(&false);
        let AgentInitiated { agent, to, from, content, user, take_over } = first;
        let received = self.now();
        let opening = OpenJob {
            // What may not be opened may still go on (`PRO-1`).
            policy: allowed.and_then(|_| self.policy(channel, &from)),
            known: self.company_address(channel, &from),
            channel: channel.clone(),
            requester: to,
            company: from,
            origin: Origin::Agent(agent.clone()),
            responder: domain::channel::Responder::LiveAgent,
            content: content.clone(),
            request: request.clone(),
            keyword: None,
            portals: self.portals(channel),
            by_phone: self.by_phone(channel),
            asked: Asked::default(),
            first: Some(First { agent: agent.clone(), user, take_over, require_existing, instead_of: None }),
        };
        let follow = || ConversationJob::Contribute {
            agent: agent.clone(),
            content: content.clone(),
            request: request.clone(),
            received,
        };
        let result = self.to_pair(opening, follow).await;
        crate::engine::count("contribute", &result);
        result
    }

    /// As [`contribute`](Self::contribute), by an agent who has a chat in front of them and starts from it (`PRO-5`).
    ///
    /// # Errors
    /// As [`contribute`](Self::contribute) and [`may_start_from`](Self::may_start_from).
    pub async fn contribute_from(
        &self,
        chat: ConversationId,
        channel: &ChannelId,
        first: AgentInitiated,
        request: Request,
    ) -> Result<Accepted, Error> {
        match self.may_start_from(chat, &first.agent).await {
            Ok(_) => self.contribute(channel, first, request).await,
            // The chat may be over since the same was accepted (`L6`).
            Err(error) => self.earlier_or(&request, error).await,
        }
    }

    /// The chat, if an agent may write first from it: it goes on and is theirs (`PRO-5`).
    ///
    /// # Errors
    /// [`Rejection::ConversationUnknown`], [`Rejection::ConversationClosed`], [`Rejection::NotOwner`],
    /// [`Rejection::NotAChat`], or what is wrong with the store.
    pub async fn may_start_from(&self, chat: ConversationId, agent: &AgentId) -> Result<Conversation, Error> {
        let state = self.conversation(chat).await?;
        if state.is_closed() {
            Err(Rejection::ConversationClosed.into())
        } else if !state.is_owned_by(agent) {
            Err(Rejection::NotOwner.into())
        } else if state.policy.mode() != Mode::Chat {
            Err(Rejection::NotAChat.into())
        } else {
            Ok(state)
        }
    }

    /// Where a recipient is reached.
    ///
    /// # Errors
    /// [`Rejection::UserUnknown`], [`Rejection::RecipientAmbiguous`] if the user has no number or several, or what is
    /// wrong with the store.
    pub async fn address_of(&self, recipient: Recipient) -> Result<Personal<Address>, Error> {
        let user = match recipient {
            Recipient::Address(address) => return Ok(address),
            Recipient::User(user) => user,
        };
        let phones = <[Personal<Address>; 1]>::try_from(self.user(&user).await?.phones);
        phones.map(|[phone]| phone).map_err(|_| Rejection::RecipientAmbiguous.into())
    }

    /// Whether the channel lets an agent write that first (`PRO-6`), and if so whether the number must be known.
    /// A conversation that is active goes on whatever this says; whether there is one shows later.
    fn allowed(&self, channel: &ChannelId, first: &AgentInitiated) -> Result<bool, Error> {
        let configuration = self.configuration();
        let Some(settings) = configuration.channels.get(channel) else { return Ok(false) };
        let proactive = settings.proactive;
        let rejection = if settings.mode == Mode::Chat {
            Rejection::ChatNotAgentInitiated
        } else if !proactive.active {
            Rejection::ProactiveDisabled
        } else if first.user.is_none() && !proactive.allow_manual_recipient {
            Rejection::ManualRecipient
        } else {
            return Ok(proactive.require_existing_recipient);
        };
        Err(rejection.into())
    }
}
