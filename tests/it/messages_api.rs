//! A local stand-in for Twilio's Messages API: it keeps the messages that it took, also those whose answer got lost, and
//! lists them. What goes wrong is scripted by the number of the requester.

use crate::process::machine_now;
use crate::provider::{Asked, read};
use channels::twilio::Fields;
use chrono::DateTime;
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

const MESSAGES: &str = "/2010-04-01/Accounts/AC1/Messages.json";

/// What goes wrong with one request.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Mishap {
    /// Nothing.
    Nothing,
    /// It does what it is asked, and answers only after a while.
    Slow,
    /// It does what it is asked, and never answers.
    Hang,
    /// It does what it is asked, and hangs up.
    Close,
    /// It does what it is asked, and hangs up in the middle of the answer.
    Half,
    /// It does nothing and says no: the status, headers, and Twilio's number.
    Refuse(u16, &'static str, u32),
}

/// Its own trouble.
pub(crate) const BROKEN: Mishap = Mishap::Refuse(500, "", 20500);
/// Too many requests; one second is asked for.
pub(crate) const BUSY: Mishap = Mishap::Refuse(429, "retry-after: 1\r\n", 20429);
/// The requester wants nothing more.
pub(crate) const UNSUBSCRIBED: Mishap = Mishap::Refuse(400, "", 21610);

/// A message that it took.
#[derive(Clone, Debug)]
pub(crate) struct Taken {
    pub(crate) sid: String,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) body: String,
    /// Where it tells what becomes of it.
    pub(crate) callback: String,
    created: String,
}

/// The provider.
pub(crate) struct MessagesApi {
    pub(crate) port: u16,
    /// Holds the port until it listens.
    socket: Mutex<Option<TcpSocket>>,
    account: Arc<Mutex<Account>>,
}

#[derive(Default)]
struct Account {
    messages: Vec<Taken>,
    /// What becomes of the next requests about a number, look-ups too.
    scripts: BTreeMap<String, VecDeque<Mishap>>,
    /// What becomes of all others.
    always: BTreeMap<String, Mishap>,
    /// The requests about a number: `GET`, or `POST` and the text.
    asked: BTreeMap<String, Vec<String>>,
}

impl MessagesApi {
    /// One that does not listen yet: whoever wants to connect is refused.
    pub(crate) fn absent() -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let port = socket.local_addr().unwrap().port();
        Self { port, socket: Mutex::new(Some(socket)), account: Arc::default() }
    }

    /// One that listens.
    pub(crate) fn open() -> Self {
        let api = Self::absent();
        api.listen();
        api
    }

    /// Begins to listen.
    pub(crate) fn listen(&self) {
        let socket = self.socket.lock().unwrap().take().unwrap();
        let listener = socket.listen(64).unwrap();
        let account = Arc::clone(&self.account);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let account = Arc::clone(&account);
                tokio::spawn(async move { serve(stream, &account).await });
            }
        });
    }

    /// What becomes of the next requests about a number, one after another.
    pub(crate) fn script<const N: usize>(&self, number: &str, mishaps: [Mishap; N]) {
        self.account.lock().unwrap().scripts.entry(number.to_owned()).or_default().extend(mishaps);
    }

    /// What becomes of every request about a number for which there is no script.
    pub(crate) fn always(&self, number: &str, mishap: Mishap) {
        self.account.lock().unwrap().always.insert(number.to_owned(), mishap);
    }

    /// The messages to a number, in the order in which they were taken.
    pub(crate) fn taken(&self, number: &str) -> Vec<Taken> {
        let account = self.account.lock().unwrap();
        account.messages.iter().filter(|message| message.to == number).cloned().collect()
    }

    /// What they say.
    pub(crate) fn texts(&self, number: &str) -> Vec<String> {
        self.taken(number).into_iter().map(|message| message.body).collect()
    }

    /// The requests about a number so far: `GET`, or `POST` and the text.
    pub(crate) fn asked(&self, number: &str) -> Vec<String> {
        self.account.lock().unwrap().asked.get(number).cloned().unwrap_or_default()
    }
}

async fn serve(mut stream: TcpStream, account: &Mutex<Account>) -> Option<()> {
    let request = read(&mut stream).await?;
    let (mishap, status, body) = account.lock().unwrap().ask(&request);
    let headers = if let Mishap::Refuse(_, headers, _) = mishap { headers } else { "" };
    let body = body.to_string();
    let head = format!(
        "HTTP/1.1 {status} x\r\ncontent-type: application/json\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    match mishap {
        Mishap::Hang => while stream.read(&mut [0; 64]).await.is_ok_and(|count| count > 0) {},
        Mishap::Close => {}
        Mishap::Half => stream.write_all((head + &body[..body.len() / 2]).as_bytes()).await.ok()?,
        Mishap::Nothing | Mishap::Slow | Mishap::Refuse(..) => {
            if matches!(mishap, Mishap::Slow) {
                tokio::time::sleep(Duration::from_millis(300)).await;
            }
            stream.write_all((head + &body).as_bytes()).await.ok()?;
        }
    }
    Some(())
}

impl Account {
    /// Does what is asked, or not; gives what goes wrong, the status and the body.
    fn ask(&mut self, request: &Asked) -> (Mishap, u16, Value) {
        assert_eq!(request.header("authorization"), "Basic QUMxOnQtby1rLWUtbg==");
        let (line, query) = request.line.split_once('?').unwrap_or((&request.line, ""));
        let (method, path) = line.split_once(' ').unwrap();
        assert_eq!(path, MESSAGES);
        let is_post = method == "POST";
        let fields = Fields::form(if is_post { &request.body } else { query.as_bytes() }).unwrap();
        let field = |name: &str| fields.get(name).unwrap_or_default().to_owned();
        let (to, from, body) = (field("To"), field("From"), field("Body"));
        self.asked.entry(to.clone()).or_default().push(format!("{method} {body}").trim().to_owned());
        let scripted = self.scripts.get_mut(&to).and_then(VecDeque::pop_front);
        let mishap = scripted.or_else(|| self.always.get(&to).copied()).unwrap_or(Mishap::Nothing);
        if let Mishap::Refuse(status, _, code) = mishap {
            return (mishap, status, json!({ "code": code, "status": status }));
        }
        if !is_post {
            let page = self.messages.iter().rev().filter(|taken| taken.to == to && taken.from == from);
            let page: Vec<Value> = page.take(20).map(Taken::show).collect();
            return (mishap, 200, json!({ "messages": page, "page_size": 20 }));
        }
        let sid = format!("SM{:032}", self.messages.len());
        let created = DateTime::from_timestamp_millis(machine_now().0).unwrap().to_rfc2822();
        let taken = Taken { sid, from, to, body, callback: field("StatusCallback"), created };
        let shown = taken.show();
        self.messages.push(taken);
        (mishap, 201, shown)
    }
}

impl Taken {
    fn show(&self) -> Value {
        json!({
            "sid": self.sid, "from": self.from, "to": self.to, "body": self.body, "direction": "outbound-api",
            "status": "queued", "date_created": self.created, "error_code": null,
        })
    }
}
