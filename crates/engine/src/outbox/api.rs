//! What can be asked of a running engine about what goes out.

use super::speaker::Speaker;
use super::{tell, turn, words};
use crate::conversation_actor::ConversationJob;
use crate::engine::count;
use crate::outbox::Outbox;
use crate::{Accepted, DeliveryKey, Engine, Error, Request, Source, identity};
use domain::conversation::{Command, OutboundCommand, ReceiptStatus, Utterance};
use domain::{ChannelId, ConversationId, Personal, Rejection};
use std::sync::Arc;
use store::EventLog;

/// What became of something that was pulled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settlement {
    /// It went out.
    Sent {
        /// How the provider calls it, if it does.
        provider_id: Option<String>,
    },
    /// It did not, and never will.
    Failed {
        /// Why, as a short stable code.
        code: String,
    },
}

/// What a receiver says of something that went out (`MSG-19`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// What became of it.
    pub status: ReceiptStatus,
    /// Why, as a short stable code, if there is one.
    pub code: Option<String>,
    /// Whether the requester wants nothing more from the company's address (`OPT-4`).
    pub opted_out: bool,
}

impl Engine {
    /// The channel on which a delivery goes out.
    ///
    /// # Errors
    /// [`Rejection::DeliveryUnknown`], or what is wrong with the store.
    pub async fn channel_of(&self, key: DeliveryKey) -> Result<ChannelId, Error> {
        Ok(self.speaker_of(key).await?.channel().clone())
    }

    /// Says what became of something that was pulled. Saying it again changes nothing.
    ///
    /// # Errors
    /// [`Rejection::DeliveryUnknown`], [`Rejection::DeliveryNotNext`], or what is wrong with the store.
    pub async fn settle_delivery(
        &self,
        key: DeliveryKey,
        settlement: Settlement,
        request: Request,
    ) -> Result<Accepted, Error> {
        let _pass = self.enter()?;
        let speaker = self.speaker_of(key).await?;
        if !self.outbox().is_some_and(|outbox| outbox.is_pulled(speaker.channel())) {
            return Err(Error::Rejected(Rejection::DeliveryUnknown));
        }
        let which = which(key);
        let is_news = speaker.outbound().is_open(which);
        if is_news && self.next_of(key).await?.is_none() {
            self.require_said(key).await?;
            return Err(Error::Rejected(Rejection::DeliveryNotNext));
        }
        let outcome = match &settlement {
            Settlement::Sent { .. } => "sent",
            Settlement::Failed { .. } => "refused",
        };
        let kind = self.kind(speaker.channel());
        let command = match settlement {
            Settlement::Sent { provider_id } => {
                let provider_id = provider_id.map(Personal::new);
                OutboundCommand::SettleDispatched { which, provider_id, attempts: 1 }
            }
            Settlement::Failed { code } => OutboundCommand::SettleFailed { which, code, attempts: 1 },
        };
        let accepted = self.about_delivery(key, command, request).await?;
        if let Some(kind) = kind.filter(|_| is_news) {
            turn::count(kind.name(), outcome);
        }
        Ok(accepted)
    }

    /// Takes what a receiver says of something that went out. What says less than is known changes nothing (`MSG-19`).
    ///
    /// That the requester opted out is written down before the receipt: should the process die in between, the receipt is
    /// still news when the provider repeats it. Of an old receipt it is not taken, because the requester may have opted in
    /// since.
    ///
    /// # Errors
    /// [`Rejection::DeliveryUnknown`], or what is wrong with the store.
    pub async fn receipt(
        &self,
        key: DeliveryKey,
        receipt: Receipt,
        request: Request,
    ) -> Result<Accepted, Error> {
        let _pass = self.enter()?;
        let (which, Receipt { status, code, opted_out }) = (which(key), receipt);
        let speaker = self.speaker_of(key).await?;
        self.require_said(key).await?;
        if opted_out && speaker.outbound().is_news(which, status) {
            metrics::counter!("colloquy_opt_outs_reported_total").increment(1);
            identity::provider_refused(self.shared(), key.source, which).await?;
        }
        self.about_delivery(key, OutboundCommand::TakeReceipt { which, status, code }, request).await
    }

    /// Has a dead letter tried again. It goes out before whatever waits where it was said.
    ///
    /// # Errors
    /// [`Rejection::DeliveryNotDead`], [`Rejection::DeliveryUnknown`], or what is wrong with the store.
    pub async fn redrive(&self, key: DeliveryKey, request: Request) -> Result<Accepted, Error> {
        let _pass = self.enter()?;
        let command = OutboundCommand::Redrive { which: which(key), by: request.principal.name.clone() };
        self.about_delivery(key, command, request).await
    }

    /// Gives a dead letter up for ever.
    ///
    /// # Errors
    /// As [`redrive`](Self::redrive).
    pub async fn discard(&self, key: DeliveryKey, request: Request) -> Result<Accepted, Error> {
        let _pass = self.enter()?;
        let command = OutboundCommand::Discard { which: which(key), by: request.principal.name.clone() };
        self.about_delivery(key, command, request).await
    }

    async fn about_delivery(
        &self,
        key: DeliveryKey,
        command: OutboundCommand,
        request: Request,
    ) -> Result<Accepted, Error> {
        self.speaker_of(key).await?;
        let asked = self.ask_speaker(key.source, &command, &request).await;
        let result = match asked {
            Err(error) => self.earlier_or(&request, error).await,
            Ok(accepted) => Ok(accepted),
        };
        count("outbound", &result);
        match key.source {
            Source::Conversation(_) => result,
            Source::Contact(_) => result.map(|it| Accepted { conversation: ConversationId::NONE, ..it }),
        }
    }

    async fn ask_speaker(
        &self,
        source: Source,
        command: &OutboundCommand,
        request: &Request,
    ) -> Result<Accepted, Error> {
        match source {
            Source::Conversation(conversation) => {
                let job = || ConversationJob::Errand {
                    command: Command::Outbound(command.clone()),
                    cause: request.cause(),
                    id: request.command.clone(),
                };
                self.ask_conversation(conversation, job).await
            }
            Source::Contact(id) => tell::contact(self.shared(), id, command, request).await,
        }
    }

    /// A key of nobody names no delivery.
    async fn speaker_of(&self, key: DeliveryKey) -> Result<Speaker, Error> {
        let unknown = Error::Rejected(Rejection::DeliveryUnknown);
        if key.conversation().is_some_and(|id| self.known(id).is_err()) {
            return Err(unknown);
        }
        let load = move |log: &dyn EventLog| Speaker::load(log, key.source);
        self.shared().reading(load).await?.ok_or(unknown)
    }

    async fn require_said(&self, key: DeliveryKey) -> Result<(), Error> {
        let configuration = self.shared().configuration();
        let (source, which) = (key.source, which(key));
        let says = move |log: &dyn EventLog| words::pair(log, source, which, &configuration);
        let is_said = self.shared().reading(says).await?.is_some();
        if is_said { Ok(()) } else { Err(Error::Rejected(Rejection::DeliveryUnknown)) }
    }
}

impl Outbox {
    fn is_pulled(self: &Arc<Self>, channel: &ChannelId) -> bool {
        !self.deliver.pushes(channel)
    }
}

pub(super) const fn which(key: DeliveryKey) -> Utterance {
    Utterance { of: key.version, part: key.part }
}
