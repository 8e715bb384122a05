//! A server small enough to lie on purpose: it speaks just enough HTTP to be loaded, and breaks the promises that a
//! test names.

use api::{AcceptedResponse, EventResponse, EventsResponse, InboundRequest, PostMessageRequest, ProblemCode};
use serde_json::{Value, json};
use std::{
    collections::{HashMap, HashSet},
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

/// What goes wrong, by the number of the stored message, counted from 1.
#[derive(Clone, Copy, Default)]
pub(crate) struct Faults {
    /// Acknowledged, but not stored.
    pub(crate) lose: Option<u64>,
    /// Stored twice under its id.
    pub(crate) double: Option<u64>,
    /// Stored again under another id.
    pub(crate) copy: Option<u64>,
    /// A second copy of any message is taken for a new one.
    pub(crate) forget_ids: bool,
    /// The first attempt of every message is answered with 503.
    pub(crate) busy_at_first: bool,
    /// This one holds up everything behind it.
    pub(crate) stall: Option<(u64, Duration)>,
    /// Every request is sent elsewhere.
    pub(crate) redirect: bool,
}

#[derive(Default)]
struct State {
    faults: Faults,
    stored: u64,
    attempted: HashSet<String>,
    accepted: HashMap<String, AcceptedResponse>,
    events: HashMap<String, Vec<EventResponse>>,
}

struct Request {
    path: String,
    query: String,
    token: String,
    body: Vec<u8>,
}

/// Starts one on a port of its own, and returns its address. It ends with the test's process.
pub(crate) fn start(faults: Faults) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let state = Arc::new(Mutex::new(State { faults, ..State::default() }));
    thread::spawn(move || {
        for connection in listener.incoming() {
            let state = state.clone();
            thread::spawn(move || serve(connection.unwrap(), &state));
        }
    });
    url
}

fn serve(mut connection: TcpStream, state: &Mutex<State>) {
    connection.set_nodelay(true).unwrap();
    let mut reader = BufReader::new(connection.try_clone().unwrap());
    while let Some(request) = read(&mut reader) {
        let (status, body) = state.lock().unwrap().answer(&request);
        let head = format!(
            "HTTP/1.1 {status} X\r\nContent-Length: {}\r\nRetry-After: 0\r\nLocation: http://192.0.2.1/\r\n\r\n",
            body.len()
        );
        if connection.write_all(&[head.as_bytes(), &body].concat()).is_err() {
            return;
        }
    }
}

fn read(reader: &mut impl BufRead) -> Option<Request> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|length| *length > 0)?;
    let target = line.split(' ').nth(1)?;
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut request =
        Request { path: path.to_owned(), query: query.to_owned(), token: String::new(), body: Vec::new() };
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        match name.to_ascii_lowercase().as_str() {
            "authorization" => request.token = value.to_owned(),
            "content-length" => length = value.parse().ok()?,
            _ => {}
        }
    }
    request.body.resize(length, 0);
    reader.read_exact(&mut request.body).ok()?;
    Some(request)
}

fn problem(code: ProblemCode) -> (u16, Vec<u8>) {
    (code.status(), serde_json::to_vec(&code.problem("")).unwrap())
}

impl State {
    fn answer(&mut self, request: &Request) -> (u16, Vec<u8>) {
        if self.faults.redirect {
            return (307, Vec::new());
        }
        let path: Vec<&str> = request.path.split('/').skip(2).collect();
        let role = if matches!(path[..], ["channels", ..] | [.., "events"]) { "gateway" } else { "agent" };
        if request.token != format!("Bearer {role}-secret") {
            return problem(ProblemCode::TokenInvalid);
        }
        match path[..] {
            ["channels", "sms", "inbound"] => self.inbound(serde_json::from_slice(&request.body).unwrap()),
            ["conversations", conversation, "events"] => self.events(conversation, &request.query),
            ["conversations", conversation, "messages"] => {
                let message: PostMessageRequest = serde_json::from_slice(&request.body).unwrap();
                let id = self.store(conversation, "conversation.agent_message_posted", &message.text);
                accepted(conversation, Some(id))
            }
            ["conversations", conversation, _] => accepted(conversation, None),
            _ => problem(ProblemCode::RouteUnknown),
        }
    }

    fn inbound(&mut self, message: InboundRequest) -> (u16, Vec<u8>) {
        let key = message.provider_message_id;
        if self.faults.busy_at_first && self.attempted.insert(key.clone()) {
            return problem(ProblemCode::Overloaded);
        }
        if let Some(first) = self.accepted.get(&key).filter(|_| !self.faults.forget_ids) {
            let again = AcceptedResponse { duplicate: true, ..first.clone() };
            return (202, serde_json::to_vec(&again).unwrap());
        }
        let conversation = format!("c{}", message.from.trim_start_matches('+'));
        let id = self.store(&conversation, "conversation.requester_message_posted", &message.text);
        let answer = accepted(&conversation, Some(id));
        self.accepted.insert(key, serde_json::from_slice(&answer.1).unwrap());
        answer
    }

    fn store(&mut self, conversation: &str, kind: &str, text: &str) -> String {
        self.stored += 1;
        let (number, faults) = (Some(self.stored), self.faults);
        if let Some((stalled, length)) = faults.stall
            && self.stored == stalled
        {
            // Under the lock, so that nothing else is answered meanwhile.
            thread::sleep(length);
        }
        let id = format!("m{}", self.stored);
        let mut ids = vec![id.clone()];
        if faults.double == number {
            ids.push(id.clone());
        }
        if faults.copy == number {
            ids.push(format!("{id}-copy"));
        }
        if faults.lose == number {
            ids.clear();
        }
        let events = self.events.entry(conversation.to_owned()).or_default();
        for id in ids {
            events.push(EventResponse {
                version: events.len() as u64 + 1,
                position: "0-1".to_owned(),
                kind: kind.to_owned(),
                at: "2026-01-01T00:00:00Z".to_owned(),
                cause: Value::Null,
                data: json!({ "message_id": id, "text": text }),
            });
        }
        id
    }

    /// Gives three events at most, whatever is asked for, as a server may.
    fn events(&self, conversation: &str, query: &str) -> (u16, Vec<u8>) {
        let Some(all) = self.events.get(conversation) else {
            return problem(ProblemCode::ConversationUnknown);
        };
        let after = query.split('&').find_map(|pair| pair.strip_prefix("after=")).unwrap().parse().unwrap();
        let events: Vec<_> = all.iter().filter(|event| event.version > after).take(3).cloned().collect();
        let next_after = events.last().map_or(after, |event| event.version);
        (200, serde_json::to_vec(&EventsResponse { events, next_after }).unwrap())
    }
}

fn accepted(conversation: &str, message_id: Option<String>) -> (u16, Vec<u8>) {
    let conversation_id = conversation.to_owned();
    let answer =
        AcceptedResponse { conversation_id, message_id, duplicate: false, position: "0-1".to_owned() };
    (202, serde_json::to_vec(&answer).unwrap())
}
