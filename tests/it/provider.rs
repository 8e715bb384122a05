//! A provider that does what a test tells it, over real sockets; and deliveries for it.

use channels::{Channels, Settings};
use domain::channel::ChannelKind;
use domain::{Address, AgentId, Attachment, ChannelId, ConversationId, MessageId, Personal, Timestamp};
use engine::{
    Attempt, Deliver as _, Delivery, DeliveryKey, Outgoing, OutgoingEvent, OutgoingMessage, Source, Wall,
};
use serde_json::Value;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// When everything here happens: 2026-01-31T22:10:47.900Z.
pub(crate) const NOW: Timestamp = Timestamp(1_769_897_447_900);
/// A key of Standard Webhooks, and another one.
pub(crate) const KEYS: [&str; 2] =
    ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="];

/// What the provider does with a request.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    /// Answers with a status, headers and a body.
    Answer(u16, &'static str, String),
    /// Never answers.
    Hang,
    /// Begins to answer, a byte at a time.
    Drip,
    /// Hangs up.
    Close,
    /// Hangs up in the middle of the answer.
    Half,
    /// Says something that is no HTTP.
    Garbage,
    /// Answers without an end.
    Endless,
}

/// What the provider was asked.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// Such as `POST /path?query`.
    pub(crate) line: String,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// The provider.
pub(crate) struct Provider {
    pub(crate) port: u16,
    asked: Arc<Mutex<Vec<Asked>>>,
    replies: Arc<Mutex<VecDeque<Reply>>>,
}

impl Provider {
    /// Listens, and gives these replies one after another; then it only hangs up.
    pub(crate) async fn with(replies: impl IntoIterator<Item = Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (asked, replies) = (Arc::default(), Arc::new(Mutex::new(replies.into_iter().collect())));
        let provider = Self { port, asked, replies };
        let (asked, replies) = (Arc::clone(&provider.asked), Arc::clone(&provider.replies));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (asked, replies) = (Arc::clone(&asked), Arc::clone(&replies));
                tokio::spawn(async move { serve(stream, &asked, &replies).await });
            }
        });
        provider
    }

    /// What it has been asked so far.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// Everything is delivered to it: `sms` as Twilio, `own` as an own gateway, and to the subscriber `crm`.
    pub(crate) fn channels(&self, timeout_s: u64) -> Channels {
        let [first, second] = KEYS;
        let port = self.port;
        channels(&format!(
            "public_url = \"https://talk.example.org\"\nallow_private_addresses = true\ntimeout_s = {timeout_s}
            [channels.sms]\nprovider = \"twilio\"\naccount_sid = \"AC1\"\nauth_token = \"t-o-k-e-n\"\nper_second = 1000
            base_url = \"http://127.0.0.1:{port}\"
            [channels.own]\nprovider = \"webhook\"\nurl = \"http://127.0.0.1:{port}/out\"\nsecrets = [\"{first}\", \"{second}\"]
            [[subscriptions]]\nname = \"crm\"\nurl = \"http://127.0.0.1:{port}/crm\"\nsecrets = [\"{first}\", \"{second}\"]"
        ))
    }
}

async fn serve(
    mut stream: TcpStream,
    asked: &Mutex<Vec<Asked>>,
    replies: &Mutex<VecDeque<Reply>>,
) -> Option<()> {
    let request = read(&mut stream).await?;
    // The request is known before its answer is.
    asked.lock().unwrap().push(request);
    let reply = replies.lock().unwrap().pop_front().unwrap_or(Reply::Close);
    match reply {
        Reply::Answer(status, headers, body) => {
            let head = format!(
                "HTTP/1.1 {status} x\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n",
                body.len()
            );
            stream.write_all((head + &body).as_bytes()).await.ok()?;
        }
        Reply::Hang => while stream.read(&mut [0; 64]).await.is_ok_and(|count| count > 0) {},
        Reply::Drip => {
            for byte in b"HTTP/1.1 200 ok\r\n".iter().chain(std::iter::repeat(&b'x')) {
                stream.write_all(&[*byte]).await.ok()?;
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
        Reply::Close => {}
        Reply::Half => {
            stream.write_all(b"HTTP/1.1 201 x\r\ncontent-length: 90\r\n\r\n{\"sid\":\"SM1\"").await.ok()?
        }
        Reply::Garbage => stream.write_all(b"220 mail.example ESMTP\r\n\r\n").await.ok()?,
        Reply::Endless => {
            stream.write_all(b"HTTP/1.1 201 x\r\n\r\n").await.ok()?;
            while stream.write_all(&[b' '; 4096]).await.is_ok() {}
        }
    }
    Some(())
}

/// Reads one request; nothing if the other side hangs up before its end.
pub(crate) async fn read(stream: &mut TcpStream) -> Option<Asked> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break at;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(bytes[..end].to_vec()).ok()?;
    let mut lines = head.split("\r\n");
    let line = lines.next()?.trim_end_matches(" HTTP/1.1").to_owned();
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    let mut asked = Asked { line, headers, body: bytes[end + 4..].to_vec() };
    let len: usize = asked.header("content-length").parse().unwrap_or(0);
    while asked.body.len() < len {
        if stream.read_buf(&mut asked.body).await.ok()? == 0 {
            return None;
        }
    }
    Some(asked)
}

impl Asked {
    /// A header, or nothing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// The fields of a form, in order.
    pub(crate) fn form(&self) -> Vec<(String, String)> {
        channels::twilio::Fields::form(&self.body).unwrap().pairs().to_vec()
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// A yes with JSON.
pub(crate) fn answer(status: u16, body: &Value) -> Reply {
    Reply::Answer(status, "content-type: application/json\r\n", body.to_string())
}

/// The ways out that settings describe.
pub(crate) fn channels(settings: &str) -> Channels {
    let settings: Settings = toml::from_str(settings).unwrap();
    Channels::new(&settings, Arc::new(At(NOW))).unwrap()
}

struct At(Timestamp);

impl Wall for At {
    fn read(&self) -> Timestamp {
        self.0
    }
}

/// The key of the delivery of so many.
pub(crate) fn key(version: u64) -> DeliveryKey {
    DeliveryKey { source: Source::Conversation(ConversationId::new(0, NOW.0, 7)), version, part: 0 }
}

/// A message of an agent on a channel, in its first try.
pub(crate) fn message(channel: &str, kind: ChannelKind, text: &str, files: &[&str]) -> Delivery {
    let file = |content_type: &&str| Attachment {
        url: Personal::new("https://files.example/1".to_owned()),
        content_type: (*content_type).to_owned(),
        name: Some(Personal::new("a file".to_owned())),
        size_bytes: None,
    };
    let message = OutgoingMessage {
        channel: ChannelId::new(channel).unwrap(),
        kind,
        from: Address::e164("+12025550100").unwrap(),
        to: Personal::new(Address::e164("+12025550123").unwrap()),
        message: Some(MessageId(uuid::Uuid::from_u128(5))),
        agent: Some(AgentId::new("ann").unwrap()),
        notice: None,
        notification: None,
        text: Personal::new(text.to_owned()),
        attachments: files.iter().map(file).collect(),
        choices: Vec::new(),
    };
    Delivery { key: key(4), attempt: 1, at: NOW, what: Outgoing::Message(Box::new(message)) }
}

/// A text message in its first try.
pub(crate) fn sms(text: &str) -> Delivery {
    message("sms", ChannelKind::Sms, text, &[])
}

/// A fact for the subscriber.
pub(crate) fn event() -> Delivery {
    let event = OutgoingEvent {
        subscription: "crm".to_owned(),
        type_name: "conversation.closed",
        channel: ChannelId::new("sms").unwrap(),
        data: Personal::new(serde_json::json!({ "reason": "ended_by_agent" })),
    };
    Delivery { key: key(9), attempt: 1, at: NOW, what: Outgoing::Event(Box::new(event)) }
}

/// Tries once.
pub(crate) async fn try_once(channels: &Channels, delivery: &Delivery) -> Attempt {
    channels.deliver(delivery).await
}

/// It was taken, under this name.
pub(crate) fn sent(provider_id: &str) -> Attempt {
    Attempt::Sent { provider_id: Some(provider_id.to_owned()) }
}

/// It may be tried again.
pub(crate) fn retry(code: &str) -> Attempt {
    Attempt::Retry { code: code.to_owned(), after: None }
}

/// It never will be taken.
pub(crate) fn refused(code: &str) -> Attempt {
    Attempt::Refused { code: code.to_owned(), opted_out: false }
}
