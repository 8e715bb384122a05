//! Traffic while the server is killed at random moments, again and again (L1, L2, L6).
//!
//! `COLLOQUY_KILL_ROUNDS` sets how often, 4 unless set; a release is tested with 50. `COLLOQUY_SEED` repeats the moments
//! of an earlier run, as far as a machine repeats itself.

use crate::http_client::{Accepted, Client, message};
use crate::process::{CHANNELS, COMPANY, Site, machine_now, passed, token};
use domain::Role;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

const POSTERS: u64 = 6;
const LIFE_MS_MAX: u64 = 400;

/// What was acknowledged, by the command's key.
type Ledger = Arc<Mutex<BTreeMap<String, Accepted>>>;

/// A requester and the agent who answers. They do one thing after another, and what was not acknowledged is done again
/// before anything else.
struct Poster {
    number: u64,
    step: u64,
    conversation: String,
    pending: Option<Command>,
}

#[derive(Clone)]
struct Command {
    key: String,
    path: String,
    role: Role,
    body: Value,
    sent_before: bool,
}

impl Poster {
    fn next(&mut self) -> Command {
        let (number, step) = (self.number, self.step);
        self.step += 1;
        let key = format!("p{number}-{step}");
        let of = |what: &str| format!("/v1/conversations/{}/{what}", self.conversation);
        let (role, path, body) = match step % 8 {
            1 => (Role::Agent, of("join"), json!({})),
            2 | 4 | 6 => (Role::Agent, of("messages"), json!({ "text": key })),
            7 => (Role::Agent, of("end"), json!({})),
            _ => {
                let from = format!("+1202555{:04}", 100 + number);
                (Role::Gateway, "/v1/channels/sms/inbound".to_owned(), message(&key, &from, COMPANY, &key))
            }
        };
        Command { key, path, role, body, sent_before: false }
    }

    /// Goes on until the server is gone.
    async fn work(mut self, http: Client, ledger: Ledger) -> Self {
        loop {
            let mut command = self.pending.take().unwrap_or_else(|| self.next());
            let request = http
                .request(Method::POST, &command.path, &token(command.role, "ann"))
                .header("Idempotency-Key", &command.key)
                .json(&command.body);
            let Ok(answer) = Client::send(request).await else {
                command.sent_before = true;
                self.pending = Some(command);
                return self;
            };
            let accepted = answer.accepted();
            assert!(command.sent_before || !accepted.duplicate, "{}: {accepted:?}", command.key);
            self.conversation.clone_from(&accepted.conversation);
            let before = ledger.lock().unwrap().insert(command.key, accepted);
            assert!(before.is_none());
        }
    }
}

/// Reads all conversations of the ledger back: each message that was acknowledged is in its conversation, once and with
/// its id; and only the last of each poster can be there without having been acknowledged.
async fn check(http: &Client, ledger: &Ledger, posters: &[Poster]) {
    let ledger = ledger.lock().unwrap().clone();
    let mut stored: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    let conversations: BTreeSet<&String> = ledger.values().map(|accepted| &accepted.conversation).collect();
    let supervisor = token(Role::Supervisor, "sue");
    for conversation in conversations {
        for event in http.events(conversation, &supervisor).await {
            let data = &event["data"];
            if let (Some(text), Some(id)) = (data["text"].as_str(), data["message_id"].as_str()) {
                let place = (conversation.clone(), id.to_owned());
                stored.entry(text.to_owned()).or_default().push(place);
            }
        }
    }
    for (key, accepted) in &ledger {
        let Some(message) = &accepted.message else { continue };
        let expected = vec![(accepted.conversation.clone(), message.clone())];
        assert_eq!(stored.remove(key), Some(expected), "{key}");
    }
    for (key, places) in stored {
        let pending = posters.iter().filter_map(|poster| poster.pending.as_ref());
        assert!(pending.into_iter().any(|command| command.key == key), "{key} came from nowhere");
        assert_eq!(places.len(), 1, "{key}");
    }
}

/// L1, L2, L3, L6, C2
#[tokio::test]
#[expect(clippy::print_stderr, reason = "a failure is only worth something with its seed")]
async fn whatever_was_acknowledged_is_there_once_however_often_the_process_is_killed() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let rounds = number("COLLOQUY_KILL_ROUNDS").unwrap_or(4);
    let mut seed = number("COLLOQUY_SEED").unwrap_or_else(|| machine_now().0.unsigned_abs());
    eprintln!("rounds={rounds} seed={seed}");
    let site = Site::new(CHANNELS);
    let ledger = Ledger::default();
    let new = |number| Poster { number, step: 0, conversation: String::new(), pending: None };
    let mut posters: Vec<Poster> = (0..POSTERS).map(new).collect();
    for round in 0..rounds {
        let server = site.serve().await;
        check(&server.http(), &ledger, &posters).await;
        let known = ledger.lock().unwrap().len();
        let mut working = JoinSet::new();
        for poster in posters.drain(..) {
            working.spawn(poster.work(server.http(), Arc::clone(&ledger)));
        }
        let life = Duration::from_millis(random(&mut seed) % LIFE_MS_MAX);
        passed(Instant::now(), life).await;
        server.kill();
        posters = working.join_all().await;
        let found = site.verify_store();
        let new = ledger.lock().unwrap().len() - known;
        eprintln!("round {round}: {new} acknowledged in {life:?}, {} records", found["records"]);
    }
    let server = site.serve().await;
    check(&server.http(), &ledger, &posters).await;
    server.stop().await;
    assert!(ledger.lock().unwrap().len() > 100, "the traffic was too thin to show anything");
}

/// A step of splitmix64.
fn random(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
