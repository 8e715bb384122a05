//! A day of traffic in seconds, heard over sockets that break again and again: everything arrives once and in order.

use crate::http_client::{Client, message};
use crate::process::{Server, Site, confined_token, token};
use crate::stream_client::{Ask, Heard};
use domain::Role;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tokio::sync::watch;

const CHANNELS: &str = "[channels.app]\nkind = \"own\"\nmode = \"messaging\"\n";
const REQUESTERS: u64 = 6;
const ROUNDS: u64 = 100;

/// Numbers that look like chance and are the same every time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

/// By conversation, what was heard of it in the order of hearing: version and part.
type Heap = BTreeMap<String, Vec<(u64, u64)>>;

/// Listens until it has heard the last version of every conversation that `until` names, over sockets that break after a
/// random number of frames, at a moment when more is on its way.
async fn listen(
    server: Arc<Server>,
    ask: Ask,
    mut chance: Chance,
    mut until: watch::Receiver<Option<BTreeMap<String, u64>>>,
) -> Heap {
    let mut heap = Heap::new();
    let mut cursor: Option<String> = None;
    let mut breaks = 0;
    loop {
        let ask = match &cursor {
            None => ask.clone().after("start"),
            Some(cursor) => ask.clone().after(cursor),
        };
        let mut stream = ask.open(&server).await.unwrap();
        let frames = 1 + chance.below(25);
        for _ in 0..frames {
            let complete = |last: &BTreeMap<String, u64>| {
                last.iter().all(|(id, version)| {
                    heap.get(id).and_then(|heard| heard.last()).is_some_and(|(at, _)| at >= version)
                })
            };
            if until.borrow().as_ref().is_some_and(complete) {
                assert!(breaks > 5, "a stream that never breaks proves nothing: {breaks}");
                return heap;
            }
            let heard = tokio::select! {
                heard = stream.hear() => heard,
                _ = until.changed() => continue,
            };
            let Heard::Frame(frame) = heard else { panic!("the server closed a stream: {heard:?}") };
            if !matches!(frame["type"].as_str(), Some("event" | "said")) {
                continue;
            }
            cursor = Some(frame["cursor"].as_str().unwrap().to_owned());
            let heard = (frame["version"].as_u64().unwrap(), frame["part"].as_u64().unwrap_or(0));
            heap.entry(frame["conversation_id"].as_str().unwrap().to_owned()).or_default().push(heard);
        }
        // Dropped, not closed: the client is gone and what was on its way is lost.
        drop(stream);
        breaks += 1;
    }
}

async fn write(http: Client, number: u64, conversation: Arc<tokio::sync::OnceCell<String>>) {
    let (gateway, ann) = (token(Role::Gateway, "app"), token(Role::Agent, "ann"));
    let from = format!("user-{number}");
    for round in 0..ROUNDS {
        let note = message(&format!("{number}-{round}"), &from, "us", "Hi");
        let id = http.inbound("app", &gateway, &note).await.conversation;
        conversation.get_or_init(async || id.clone()).await;
        if round == 3 {
            http.order(&id, "join", &ann, &json!({})).await;
        }
        if round > 3 {
            http.order(&id, "messages", &ann, &json!({ "text": "Yes?" })).await;
        }
    }
}

/// Every version once, in order.
fn check_order(heap: &Heap) {
    for (id, heard) in heap {
        assert!(heard.is_sorted_by(|a, b| a < b), "{id}: {heard:?}");
    }
}

fn versions(events: &[Value], wanted: impl Fn(&Value) -> bool) -> BTreeSet<u64> {
    events.iter().filter(|event| wanted(event)).map(|event| event["version"].as_u64().unwrap()).collect()
}

fn heard(heap: &Heap, id: &str) -> BTreeSet<u64> {
    heap.get(id).into_iter().flatten().map(|(version, _)| *version).collect()
}

/// The stream's promise, for requesters, an agent and a supervisor, with one and with three partitions.
#[tokio::test]
async fn a_day_of_traffic_over_breaking_sockets_arrives_once_and_in_order() {
    for partitions in ["1", "3"] {
        let site = Site::new(CHANNELS);
        let server = Arc::new(site.serve_with(&[("COLLOQUY_STORE__PARTITIONS", partitions)]).await);
        let (done, until) = watch::channel(None);
        let listener = |ask: Ask, seed: u64, until: &watch::Receiver<_>| {
            let chance = Chance(0x9e37_79b9_7f4a_7c15 ^ seed);
            tokio::spawn(listen(Arc::clone(&server), ask, chance, until.clone()))
        };
        let agent = listener(Ask::with(&token(Role::Agent, "ann")), 100, &until);
        let supervisor = listener(Ask::with(&token(Role::Supervisor, "sam")), 200, &until);
        let mut requesters = Vec::new();
        let mut writers = tokio::task::JoinSet::new();
        for number in 0..REQUESTERS {
            let (own_done, own_until) = watch::channel(None);
            let ask = Ask::with(&confined_token(Role::Requester, &format!("user-{number}"), "app"));
            let conversation = Arc::new(tokio::sync::OnceCell::new());
            writers.spawn(write(server.http(), number, Arc::clone(&conversation)));
            requesters.push((conversation, listener(ask, number, &own_until), own_done));
        }
        writers.join_all().await;
        let (http, admin) = (server.http(), token(Role::Admin, "root"));
        let mut all = BTreeMap::new();
        for (conversation, _, own_done) in &requesters {
            let id = conversation.get().unwrap().clone();
            let events = http.events(&id, &admin).await;
            own_done.send(Some(BTreeMap::from([(id.clone(), events.len() as u64)]))).unwrap();
            all.insert(id, events);
        }
        let last = all.iter().map(|(id, events)| (id.clone(), events.len() as u64)).collect();
        done.send(Some(last)).unwrap();

        let (agent, supervisor) = (agent.await.unwrap(), supervisor.await.unwrap());
        check_order(&agent);
        check_order(&supervisor);
        for (id, events) in &all {
            assert_eq!(heard(&supervisor, id), versions(events, |_| true), "a supervisor hears everything");
            let joined = versions(events, |event| event["type"] == "conversation.agent_joined");
            let since = *joined.first().unwrap();
            let theirs = versions(events, |event| event["version"].as_u64().unwrap() >= since);
            assert_eq!(heard(&agent, id), theirs, "an agent hears all from their coming on");
        }
        for (conversation, listener, _) in requesters {
            let (id, heap) = (conversation.get().unwrap(), listener.await.unwrap());
            check_order(&heap);
            assert_eq!(heap.keys().collect::<Vec<_>>(), [id], "nobody hears of others");
            let words =
                versions(&all[id], |event| event["type"].as_str().unwrap().ends_with("message_posted"));
            assert!(words.is_subset(&heard(&heap, id)) && words.len() as u64 > ROUNDS);
        }
        Arc::into_inner(server).unwrap().stop().await;
        site.verify_store();
    }
}
