//! What a requester and those who write to them outside of conversations can ask: windows, notifications, and the facts
//! of a history (`MSG-7`, `NTF-1`).

use crate::contact_actor::{ContactAnswer, ContactJob};
use crate::engine::count;
use crate::keys::{contact_stream, conversation_stream};
use crate::{Cursor, Engine, Error, EventRecord, Request, load};
use domain::contact::{ContactCommand, Notification};
use domain::{Address, ChannelId, ContactId, ConversationId, EventRef, MessageId, Personal};
use store::{EventLog, PartitionId, StreamId};
use uuid::Uuid;

/// Somebody as a channel knows them.
#[derive(Clone, Debug)]
pub struct Requester {
    /// The channel.
    pub channel: ChannelId,
    /// Their address on it.
    pub address: Personal<Address>,
}

/// A window that was opened.
#[derive(Clone, Copy, Debug)]
pub struct OpenedWindow {
    /// Whose.
    pub contact: ContactId,
    /// Its id, which nobody can guess.
    pub window: Uuid,
    /// From where on it can be seen.
    pub position: Cursor,
}

/// A notification that was sent, now or earlier under the same command id.
#[derive(Clone, Copy, Debug)]
pub struct Notified {
    /// Its id.
    pub id: MessageId,
    /// Whether it had been sent before, and nothing was written now.
    pub duplicate: bool,
    /// From where on it can be seen.
    pub position: Cursor,
}

impl Engine {
    /// The contact behind an address on a channel, known or not.
    pub fn contact_id(&self, requester: &Requester) -> ContactId {
        self.contact_of(&requester.channel, requester.address.expose())
    }

    /// The newest place in the log of a contact and all their conversations.
    pub fn contact_head(&self, contact: ContactId) -> Cursor {
        let partition = self.partition_of(contact);
        Cursor { partition, position: self.shared().log.head(partition) }
    }

    /// Opens a window for a requester (`MSG-7`). It closes by itself without a sign of life for
    /// [`WINDOW_TIMEOUT`](domain::contact::WINDOW_TIMEOUT).
    ///
    /// # Errors
    /// [`Error::UnknownChannel`], or what is wrong with the store; likewise below.
    pub async fn open_window(&self, requester: &Requester, request: &Request) -> Result<OpenedWindow, Error> {
        self.known_channel(&requester.channel)?;
        let Requester { channel, address } = requester.clone();
        let (contact, ids) = (self.contact_id(requester), &self.shared().ids);
        let window = Uuid::from_u64_pair(ids.next(), ids.next());
        let open = ContactCommand::OpenWindow { channel, address, window };
        let position = self.ask_contact(contact, &open, request).await?.1;
        Ok(OpenedWindow { contact, window, position })
    }

    /// Shows one page more in a window, which is a sign of life too.
    ///
    /// # Errors
    /// [`Rejection::WindowUnknown`](domain::Rejection::WindowUnknown) if it is not open (`MSG-9`); likewise below.
    pub async fn page_window(
        &self,
        contact: ContactId,
        window: Uuid,
        request: &Request,
    ) -> Result<Cursor, Error> {
        Ok(self.ask_contact(contact, &ContactCommand::PageWindow { window }, request).await?.1)
    }

    /// A sign of life of a window.
    ///
    /// # Errors
    /// As [`page_window`](Self::page_window).
    pub async fn renew_window(
        &self,
        contact: ContactId,
        window: Uuid,
        request: &Request,
    ) -> Result<Cursor, Error> {
        let renew = ContactCommand::RenewWindow { window, now: self.now() };
        Ok(self.ask_contact(contact, &renew, request).await?.1)
    }

    /// Closes a window.
    ///
    /// # Errors
    /// As [`page_window`](Self::page_window).
    pub async fn close_window(
        &self,
        contact: ContactId,
        window: Uuid,
        request: &Request,
    ) -> Result<Cursor, Error> {
        Ok(self.ask_contact(contact, &ContactCommand::CloseWindow { window }, request).await?.1)
    }

    /// An id for a notification that is to be sent.
    pub fn new_message_id(&self) -> MessageId {
        self.shared().new_message_id()
    }

    /// Sends a simple notification (`NTF-1`). One that names the company's address leaves for the outside, if its channel
    /// is not one that is shown.
    ///
    /// # Errors
    /// [`Error::UnknownChannel`], [`Error::UnknownCompanyAddress`], [`Error::CommandReused`], what the contact's consent
    /// says, or what is wrong with the store.
    pub async fn notify(
        &self,
        to: &Requester,
        notification: Notification,
        request: &Request,
    ) -> Result<Notified, Error> {
        self.known_channel(&to.channel)?;
        let Requester { channel, address } = to.clone();
        if let Some(from) = &notification.from {
            self.policy(&channel, from)?;
        }
        let new = notification.id;
        let by_phone = self.by_phone(&channel);
        let notify = ContactCommand::Notify { channel, address, by_phone, notification };
        let (earlier, position) = self.ask_contact(self.contact_id(to), &notify, request).await?;
        Ok(Notified { id: earlier.unwrap_or(new), duplicate: earlier.is_some(), position })
    }

    /// Facts of a contact and their conversations, each by its stream and version, in the order in which they are asked
    /// for.
    ///
    /// # Errors
    /// [`Error::Damaged`] if there is no such fact, or what is wrong with the store.
    pub async fn facts(&self, contact: ContactId, facts: Vec<EventRef>) -> Result<Vec<EventRecord>, Error> {
        let partition = self.partition_of(contact);
        self.shared()
            .reading(move |log| {
                let read = |EventRef { stream, version }: EventRef| {
                    let before = version.saturating_sub(1);
                    let found = log.read_stream(StreamId(stream), before, 1)?.pop();
                    let stored = found.ok_or_else(|| {
                        Error::Damaged(format!("stream {stream:02x?} has no version {version}"))
                    })?;
                    let envelope = codec::decode(&stored.bytes)?;
                    Ok(EventRecord {
                        envelope,
                        version,
                        position: Cursor { partition, position: stored.position },
                    })
                };
                facts.into_iter().map(read).collect()
            })
            .await
    }

    /// How many of a conversation's first events came before its contact's history last began anew (`ID-9`, `OMN-4`), so
    /// that they are not for the requester as they are now.
    ///
    /// # Errors
    /// [`Error::Damaged`] if the log does not have what the contact says, or what is wrong with the store.
    pub async fn hidden_events(&self, contact: ContactId, id: ConversationId) -> Result<u64, Error> {
        self.shared().reading(move |log| hidden_events(log, contact, id)).await
    }

    /// What came before; the id of an earlier message if the command was stored before.
    pub(crate) async fn ask_contact(
        &self,
        contact: ContactId,
        command: &ContactCommand,
        request: &Request,
    ) -> Result<(Option<MessageId>, Cursor), Error> {
        let _pass = self.enter()?;
        let job = || ContactJob::Command { command: Box::new(command.clone()), request: request.clone() };
        let answer = self.shared().actors()?.contacts.ask(contact_stream(contact).0, job).await?;
        let accepted = answer.and_then(|answer| match answer {
            ContactAnswer::Accepted(accepted) => Ok(accepted),
            ContactAnswer::Active(_)
            | ContactAnswer::Closed(_)
            | ContactAnswer::Verified(_)
            | ContactAnswer::Unsettled(_)
            | ContactAnswer::Fired
            | ContactAnswer::Stale => Err(Error::ActorFailed),
        });
        count("contact", &accepted);
        let accepted = accepted?;
        Ok((accepted.message.filter(|_| accepted.duplicate), accepted.position))
    }

    pub(crate) fn known_channel(&self, channel: &ChannelId) -> Result<(), Error> {
        let known = self.configuration().channels.contains_key(channel);
        if known { Ok(()) } else { Err(Error::UnknownChannel) }
    }

    fn partition_of(&self, contact: ContactId) -> PartitionId {
        PartitionId(self.shared().keys.partition(contact))
    }
}

/// A contact and its conversations are in one partition, and a conversation that begins in the record with which the
/// history begins anew comes after that.
fn hidden_events(log: &dyn EventLog, contact: ContactId, id: ConversationId) -> Result<u64, Error> {
    let anew = load::contact(log, contact)?.state.map_or(0, |contact| contact.anew);
    if anew == 0 {
        return Ok(0);
    }
    let position = |stream: StreamId, version: u64| {
        let found = log.read_stream(stream, version.saturating_sub(1), 1)?.pop();
        let missing = || Error::Damaged(format!("stream {:02x?} has no version {version}", stream.0));
        Ok::<_, Error>(found.ok_or_else(missing)?.position)
    };
    let (since, stream) = (position(contact_stream(contact), anew)?, conversation_stream(id));
    if position(stream, 1)? >= since {
        return Ok(0);
    }
    // The first `hidden` are from before, and the first `shown` are not all.
    let (mut hidden, mut shown) = (1, log.version(stream)? + 1);
    while shown - hidden > 1 {
        let middle = hidden + (shown - hidden) / 2;
        match position(stream, middle)? <= since {
            true => hidden = middle,
            false => shown = middle,
        }
    }
    Ok(hidden)
}
