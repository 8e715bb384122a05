//! Reading back what the server acknowledged: each message once, where the server said it was.

use crate::{
    Acknowledged, Error, Token, bounds,
    client::{Answer, Call, Client},
    plan, wire,
};
use api::{EventResponse, EventsResponse, ProblemCode};
use serde::Serialize;
use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};
use tokio::{task::JoinSet, time::timeout};

/// What is wrong with an acknowledged message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Wrong {
    /// It is not in its conversation: the acknowledgement was not true.
    Missing,
    /// It is stored more than once, under its id or another.
    Doubled,
    /// It was acknowledged twice, under different ids.
    Unequal,
    /// Its id was given to another message as well.
    Shared,
}

/// One acknowledged message that something is wrong with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What.
    pub wrong: Wrong,
    /// The id that the generator gave it.
    pub key: String,
    /// The conversation that it was acknowledged in.
    pub conversation_id: String,
    /// The id that it was acknowledged with.
    pub message_id: String,
}

/// What reading back has found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Verification {
    /// Conversations that were read.
    pub conversations: u64,
    /// Different acknowledgements: found and missing together.
    pub acknowledged: u64,
    /// Of these, how many are in their conversation.
    pub found: u64,
    /// How many are not.
    pub missing: u64,
    /// How many are stored more than once.
    pub doubled: u64,
    /// How many were acknowledged again with other ids.
    pub unequal: u64,
    /// How many have the id of another message.
    pub shared: u64,
    /// The first hundred messages that something is wrong with.
    pub findings: Vec<Finding>,
}

impl Verification {
    /// Whether every acknowledgement was true.
    pub fn is_sound(&self) -> bool {
        self.missing + self.doubled + self.unequal + self.shared == 0
    }

    fn tell(&mut self, wrong: Wrong, entry: &Acknowledged) {
        match wrong {
            Wrong::Missing => self.missing += 1,
            Wrong::Doubled => self.doubled += 1,
            Wrong::Unequal => self.unequal += 1,
            Wrong::Shared => self.shared += 1,
        }
        if self.findings.len() < bounds::FINDINGS_MAX {
            self.findings.push(Finding {
                wrong,
                key: entry.key.clone(),
                conversation_id: entry.conversation_id.clone(),
                message_id: entry.message_id.clone(),
            });
        }
    }
}

/// Reads back what a ledger says was acknowledged, from a server on this machine.
///
/// # Errors
/// When nothing can be said: the address is not one of this machine, or a conversation could not be read.
pub async fn verify(base_url: &str, token: &Token, entries: &[Acknowledged]) -> Result<Verification, Error> {
    check(base_url, false, token, entries).await
}

pub(crate) async fn check(
    base_url: &str,
    allow_remote: bool,
    token: &Token,
    entries: &[Acknowledged],
) -> Result<Verification, Error> {
    let base = plan::address(base_url, allow_remote)?;
    let client = Client::new(base, bounds::READ_ATTEMPTS_MAX, bounds::READ_TIMEOUT, bounds::READERS)?;
    let mut verification = Verification::default();
    let conversations = by_conversation(entries, &mut verification);
    verification.conversations = conversations.len() as u64;
    let read = read_all(client, token, conversations.keys().map(|&id| id.to_owned()).collect());
    let stored = timeout(bounds::VERIFY_TIME, read).await.map_err(|_| Error::Late {
        conversations: verification.conversations,
        seconds: bounds::VERIFY_TIME.as_secs(),
    })??;
    for (conversation, entries) in conversations {
        for entry in entries {
            let with_id = stored.ids.get(conversation).and_then(|ids| ids.get(&entry.message_id)).copied();
            let with_text = stored.keys.get(&entry.key).copied();
            verification.found += u64::from(with_id.is_some());
            if with_id.is_none() {
                verification.tell(Wrong::Missing, entry);
            }
            if with_id.max(with_text) > Some(1) {
                verification.tell(Wrong::Doubled, entry);
            }
        }
    }
    Ok(verification)
}

/// Sorts the acknowledgements, one per message, and finds what contradicts itself before anything is read.
fn by_conversation<'a>(
    entries: &'a [Acknowledged],
    verification: &mut Verification,
) -> BTreeMap<&'a str, Vec<&'a Acknowledged>> {
    let place = |entry: &'a Acknowledged| (entry.conversation_id.as_str(), entry.message_id.as_str());
    let mut by_key: HashMap<&str, &Acknowledged> = HashMap::new();
    let mut by_id: HashMap<(&str, &str), &str> = HashMap::new();
    let mut conversations: BTreeMap<&str, Vec<&Acknowledged>> = BTreeMap::new();
    for entry in entries {
        let known = by_key.get(entry.key.as_str()).copied();
        if known.is_some_and(|first| place(first) == place(entry)) {
            continue;
        }
        if known.is_some() {
            verification.tell(Wrong::Unequal, entry);
        } else {
            by_key.insert(&entry.key, entry);
        }
        if by_id.insert(place(entry), &entry.key).is_some_and(|key| key != entry.key) {
            verification.tell(Wrong::Shared, entry);
        }
        verification.acknowledged += 1;
        conversations.entry(&entry.conversation_id).or_default().push(entry);
    }
    conversations
}

/// How often each message is stored.
#[derive(Default)]
struct Stored {
    /// By conversation and the server's id.
    ids: HashMap<String, HashMap<String, u32>>,
    /// By the generator's id, which the text carries, over all conversations that were read.
    keys: HashMap<String, u32>,
}

async fn read_all(client: Client, token: &Token, conversations: Vec<String>) -> Result<Stored, Error> {
    let reader = Arc::new((client, token.clone(), Mutex::new(Stored::default())));
    let mut readers = JoinSet::new();
    let mut waiting = conversations.into_iter();
    loop {
        while readers.len() < bounds::READERS
            && let Some(conversation) = waiting.next()
        {
            let reader = reader.clone();
            readers.spawn(async move { read(&reader.0, &reader.1, &conversation, &reader.2).await });
        }
        let Some(ended) = readers.join_next().await else { break };
        ended.map_err(|error| Error::Task(error.to_string()))??;
    }
    Ok(std::mem::take(&mut *reader.2.lock().unwrap_or_else(PoisonError::into_inner)))
}

/// Reads all events of a conversation. One that the server does not know has none: then its messages are missing.
async fn read(
    client: &Client,
    token: &Token,
    conversation: &str,
    stored: &Mutex<Stored>,
) -> Result<(), Error> {
    let unreadable =
        |code: &str| Error::Unreadable { conversation_id: conversation.to_owned(), code: code.to_owned() };
    let path = ["v1", "conversations", conversation, "events"];
    let limit = bounds::PAGE_EVENTS.to_string();
    let mut after = 0;
    loop {
        let from = after.to_string();
        let query = [("after", from.as_str()), ("limit", limit.as_str())];
        let call = Call { path: &path, query: &query, token, key: None, body: None };
        let deadline = Instant::now() + bounds::VERIFY_TIME;
        let body = match client.send(&call, deadline, |_| ()).await {
            Answer::Yes { body, attempts: _ } => body,
            Answer::Refused(code) if code == ProblemCode::ConversationUnknown.code() => return Ok(()),
            Answer::Refused(code) | Answer::Unknown(code) => return Err(unreadable(&code)),
        };
        let page: EventsResponse = serde_json::from_slice(&body).map_err(|_| unreadable("bad_answer"))?;
        // A short page may only mean that the server gives fewer than were asked for; an empty one is the end.
        if page.events.is_empty() {
            return Ok(());
        }
        // A cursor that does not move would be read for ever.
        if page.next_after <= after {
            return Err(unreadable("bad_cursor"));
        }
        after = page.next_after;
        let mut stored = stored.lock().unwrap_or_else(PoisonError::into_inner);
        page.events.iter().for_each(|event| stored.add(conversation, event));
    }
}

impl Stored {
    fn add(&mut self, conversation: &str, event: &EventResponse) {
        let Some(id) = wire::message_id(event) else { return };
        *self.ids.entry(conversation.to_owned()).or_default().entry(id.to_owned()).or_default() += 1;
        if let Some(key) = wire::key(event) {
            *self.keys.entry(key.to_owned()).or_default() += 1;
        }
    }
}
