//! Who requesters are and what may be sent to them, as the handle is asked for it.

use crate::contact_actor::{ConsentJob, ContactAnswer, ContactJob, OpenJob, ReassociateJob, VerifyJob};
use crate::conversation_actor::ConversationJob;
use crate::keys::contact_stream;
use crate::outbox::{self, Pair};
use crate::shared::Shared;
use crate::{Accepted, Engine, Error, Order, Request, Source, load};
use domain::channel::ChannelKind;
use domain::consent::{Keyword, SenderKind};
use domain::contact::{Contact, Grounds, PinLimits};
use domain::conversation::{Conversation, Origin, Utterance};
use domain::{
    Address, ChannelId, ContactId, Content, ConversationId, Personal, Principal, Rejection, Role, UserId,
};
use store::EventLog;
use uuid::Uuid;

/// How often a contact is asked because what is due had to happen first.
const ATTEMPTS_MAX: usize = 4;

impl Engine {
    /// What is known of a contact; nothing of one who was never seen.
    ///
    /// # Errors
    /// What is wrong with the store.
    pub async fn contact(&self, channel: &ChannelId, address: &Address) -> Result<Option<Contact>, Error> {
        let id = self.shared().keys.contact(channel, address);
        Ok(self.shared().reading(move |log| load::contact(log, id)).await?.state)
    }

    /// Says that somebody else than assumed is the requester of a conversation, and has the number (`ID-9`).
    ///
    /// # Errors
    /// [`domain::Rejection`] of an agent who does not have the conversation or of one that is closed, or what is wrong
    /// with the store.
    pub async fn reassociate(
        &self,
        conversation: ConversationId,
        user: UserId,
        grounds: Grounds,
        request: Request,
    ) -> Result<Accepted, Error> {
        let _pass = self.enter()?;
        let state = self.conversation(conversation).await?;
        let job = ReassociateJob { conversation, user, grounds, request: request.clone() };
        let answer = ask(self.shared(), &state, || ContactJob::Reassociate(Box::new(job.clone()))).await;
        let accepted = match answer {
            Ok(ContactAnswer::Accepted(accepted)) => Ok(accepted),
            Ok(
                ContactAnswer::Active(_)
                | ContactAnswer::Closed(_)
                | ContactAnswer::Verified(_)
                | ContactAnswer::Unsettled(_)
                | ContactAnswer::Fired
                | ContactAnswer::Stale,
            ) => Err(Error::ActorFailed),
            Err(error) => self.earlier_or(&request, error).await,
        };
        crate::engine::count("reassociate", &accepted);
        accepted
    }

    /// Holds a PIN against the user's; whether it was right and may be tried. If so, the requester is that user from now
    /// on. Attempts count for the user from whatever number they come, and for the number whomever they mean. Who is
    /// unknown, has no PIN or may not try any more is told the same as who is wrong, after the same work (`ID-14`).
    ///
    /// # Errors
    /// [`domain::Rejection`] of a conversation that is closed, or what is wrong with the store.
    pub async fn verify(
        &self,
        conversation: ConversationId,
        user: UserId,
        pin: &str,
        request: Request,
    ) -> Result<bool, Error> {
        let _pass = self.enter()?;
        let shared = self.shared();
        let state = self.conversation(conversation).await?;
        let channels = shared.configuration();
        let limits = channels.channels.get(&state.channel).map_or(PinLimits::MAX, |it| it.pin_limits);
        let pin = Personal::new(pin.to_owned());
        let job = VerifyJob { conversation, user, pin, limits, request };
        match ask(shared, &state, || ContactJob::Verify(Box::new(job.clone()))).await? {
            ContactAnswer::Verified(verified) => Ok(verified),
            ContactAnswer::Active(_)
            | ContactAnswer::Accepted(_)
            | ContactAnswer::Closed(_)
            | ContactAnswer::Unsettled(_)
            | ContactAnswer::Fired
            | ContactAnswer::Stale => Err(Error::ActorFailed),
        }
    }

    /// The word that a message on a channel is, if it is one; there are such words where there are numbers, and which ones
    /// there are hangs on what is sent from (`OPT-3`, `OPT-5`).
    pub(crate) fn keyword(&self, channel: &ChannelId, content: &Content) -> Option<Keyword> {
        let configuration = self.shared().configuration();
        let settings = configuration.channels.get(channel)?;
        let bare = content.attachments().is_empty() && settings.kind.uses_phone_numbers();
        bare.then(|| settings.sender_kind.keyword(content.text().expose())).flatten()
    }

    /// Whether requesters on a channel are known by their numbers.
    pub(crate) fn by_phone(&self, channel: &ChannelId) -> bool {
        self.kind(channel).is_some_and(ChannelKind::uses_phone_numbers)
    }

    pub(crate) fn kind(&self, channel: &ChannelId) -> Option<ChannelKind> {
        self.shared().configuration().channels.get(channel).map(|settings| settings.kind)
    }

    /// What a requester's word into one conversation is answered; nothing if it is an ordinary message there.
    pub(crate) async fn keyword_order(
        &self,
        id: ConversationId,
        order: &Order,
        request: &Request,
    ) -> Result<Option<Accepted>, Error> {
        let Order::Receive { content, .. } = order else { return Ok(None) };
        // The longest list there is: most messages need no look at their conversation.
        if SenderKind::LongCode.keyword(content.text().expose()).is_none() {
            return Ok(None);
        }
        let Conversation { contact, channel, requester, company, .. } = self.conversation(id).await?;
        let Some(keyword) = self.keyword(&channel, content) else { return Ok(None) };
        let known = self.shared().reading(move |log| load::contact(log, contact)).await?.state;
        if !domain::contact::is_consent(known.as_ref(), &company, keyword) {
            return Ok(None);
        }
        let opening = OpenJob {
            policy: self.policy(&channel, &company),
            known: self.company_address(&channel, &company),
            channel,
            requester,
            company,
            origin: Origin::Requester { sent_at: None, redelivered: false },
            responder: domain::channel::Responder::LiveAgent,
            content: content.clone(),
            request: request.clone(),
            keyword: Some(keyword),
            portals: domain::channel::Portals::Independent,
            by_phone: true,
            asked: crate::directory::Asked::default(),
            first: None,
        };
        let job = || ContactJob::Open(Box::new(opening.clone()));
        match ask_contact(self.shared(), contact, job).await? {
            ContactAnswer::Accepted(accepted) => Ok(Some(accepted)),
            // Another word came first, and this one is ordinary after it.
            ContactAnswer::Active(_)
            | ContactAnswer::Closed(_)
            | ContactAnswer::Verified(_)
            | ContactAnswer::Unsettled(_)
            | ContactAnswer::Fired
            | ContactAnswer::Stale => Ok(None),
        }
    }
}

/// The provider refused a send because the requester had opted out (`OPT-4`, 21610): from now on it is known here. What is
/// named is what was sent.
///
/// # Errors
/// [`Rejection::DeliveryUnknown`], or what is wrong with the store.
pub(crate) async fn provider_refused(shared: &Shared, source: Source, which: Utterance) -> Result<(), Error> {
    let configuration = shared.configuration();
    let look = move |log: &dyn EventLog| outbox::pair(log, source, which, &configuration);
    let pair = shared.reading(look).await?.ok_or(Error::Rejected(Rejection::DeliveryUnknown))?;
    let Pair { contact, channel, requester, company } = pair;
    let job = ConsentJob {
        channel,
        requester,
        company,
        keyword: Keyword::Provider,
        known: Ok(()),
        request: Request {
            principal: Principal { role: Role::System, name: "provider".to_owned() },
            correlation: Uuid::from_u64_pair(shared.ids.next(), shared.ids.next()),
            command: None,
        },
    };
    ask_contact(shared, contact, || ContactJob::Consent(Box::new(job.clone()))).await.map(drop)
}

async fn ask(
    shared: &Shared,
    state: &Conversation,
    job: impl FnMut() -> ContactJob,
) -> Result<ContactAnswer, Error> {
    ask_contact(shared, state.contact, job).await
}

/// Asks a contact, and has a conversation do first what is due in it where the contact finds that it has to (`T3`).
pub(crate) async fn ask_contact(
    shared: &Shared,
    contact: ContactId,
    mut job: impl FnMut() -> ContactJob,
) -> Result<ContactAnswer, Error> {
    let actors = shared.actors()?;
    for _ in 0..ATTEMPTS_MAX {
        match actors.contacts.ask(contact_stream(contact).0, &mut job).await?? {
            ContactAnswer::Unsettled(id) => {
                actors.conversations.ask(id.to_bytes(), || ConversationJob::Settle).await??;
            }
            answer @ (ContactAnswer::Active(_)
            | ContactAnswer::Accepted(_)
            | ContactAnswer::Closed(_)
            | ContactAnswer::Verified(_)
            | ContactAnswer::Fired
            | ContactAnswer::Stale) => return Ok(answer),
        }
    }
    Err(Error::Overloaded("contention"))
}
