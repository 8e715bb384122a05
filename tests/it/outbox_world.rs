//! Stories about what goes out: an engine, and a provider that the test plans.

use crate::routing_desk::request;
use crate::support::tell_with;
use domain::channel::{ChannelKind, ChannelSettings, Mode, Proactive};
use domain::contact::Notification;
use domain::{Address, ChannelId, ConversationId, Personal, Timestamp};
use engine::{CommandId, Error, Notified, Request, Requester, Source};
use sim::{Answer, Harness, Note, Pair, Provider, Setup, Tried};
use std::sync::Arc;

/// Tells a story with a provider, and beside the usual channels `own`, an integrator's channel for messaging.
pub(crate) fn tell_outside(change: impl Fn(&mut Setup), story: impl AsyncFn(&mut Harness, &Provider)) {
    tell_pulling(&[], change, story);
}

/// The same, where what is said on some channels waits to be pulled.
pub(crate) fn tell_pulling(
    pulled: &[&'static str],
    change: impl Fn(&mut Setup),
    story: impl AsyncFn(&mut Harness, &Provider),
) {
    let setup = |setup: &mut Setup| {
        setup.provider = Some(Arc::new(Provider::pulling(pulled.iter().copied())));
        let proactive = Proactive::ANYBODY;
        let own =
            ChannelSettings { proactive, ..ChannelSettings::defaults(ChannelKind::Own, Mode::Messaging) };
        let channels = &mut setup.configuration.as_mut().unwrap().channels;
        channels.insert(ChannelId::new("own").unwrap(), own);
        change(setup);
    };
    tell_with(setup, async |harness| {
        let provider = Arc::clone(harness.setup.provider.as_ref().unwrap());
        story(harness, &provider).await;
    });
}

/// An agent opens a conversation by text message and says all this; nothing of it has left yet.
pub(crate) async fn says(harness: &Harness, requester: u8, texts: &[&str]) -> ConversationId {
    let (first, rest) = texts.split_first().unwrap();
    let pair = Pair::sms(requester, 0);
    let id = harness.contribute(&pair, "ann", *first).await.unwrap().conversation;
    for text in rest {
        harness.post(id, "ann", *text).await.unwrap();
    }
    id
}

/// The same of one text, which is said once however often it is asked for.
pub(crate) async fn says_once(harness: &Harness, requester: u8, text: &str) -> Result<ConversationId, Error> {
    let note = Note::new(text).id(text);
    Ok(harness.contribute(&Pair::sms(requester, 0), "ann", note).await?.conversation)
}

/// A plan: until then, what is meant comes back.
pub(crate) fn while_before(
    back: Timestamp,
    meant: impl Fn(&Tried) -> bool + Send + 'static,
) -> impl Fn(&Tried, usize) -> Answer + Send + 'static {
    move |tried, _| {
        if tried.at < back && meant(tried) { Answer::Retry("http_503", None) } else { Answer::Take }
    }
}

/// Sends a notification, always under one id for one text.
pub(crate) async fn notify(harness: &Harness, pair: &Pair, text: &str) -> Result<Notified, Error> {
    let Pair { channel, requester, company } = pair.clone();
    let to = Requester { channel, address: Personal::new(requester) };
    let id = harness.engine.new_message_id();
    let notification = Notification::new(id, text.to_owned(), None, Some(company)).unwrap();
    let command = CommandId { scope: "shop".to_owned(), id: text.to_owned(), body: text.into() };
    let request = Request { command: Some(command), ..request("shop") };
    harness.engine.notify(&to, notification, &request).await
}

/// Whose the notifications of a pair's requester are.
pub(crate) fn contact(harness: &Harness, pair: &Pair) -> Source {
    Source::Contact(harness.keys().contact(&pair.channel, &pair.requester))
}

/// A requester of the integrator's own channel.
pub(crate) fn guest() -> Pair {
    let address = |name| Address::opaque(name).unwrap();
    Pair { channel: ChannelId::new("own").unwrap(), requester: address("guest-1"), company: address("shop") }
}
