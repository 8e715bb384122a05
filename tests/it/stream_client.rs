//! A client of the live stream over a WebSocket, which trusts nothing: it reads frames as plain JSON.

use crate::process::{DEADLINE, Server};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::Value;
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

/// An open socket, behind its `hello`.
pub(crate) struct Stream {
    socket: WebSocketStream<TcpStream>,
    pub(crate) hello: Value,
    /// The cursor of the latest frame that has one.
    pub(crate) cursor: String,
}

/// What comes over a socket.
#[derive(Debug)]
pub(crate) enum Heard {
    Frame(Value),
    /// The code of the closing frame; 0 if there is none.
    Closed(u16),
}

/// How a socket is asked for.
#[derive(Clone, Default)]
pub(crate) struct Ask {
    pub(crate) token: Option<String>,
    pub(crate) query: String,
    pub(crate) origin: Option<String>,
    /// A small one, so that little is on the way to a client who does not read.
    pub(crate) receive_buffer: Option<u32>,
}

impl Ask {
    pub(crate) fn with(token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..Self::default() }
    }

    pub(crate) fn after(self, cursor: &str) -> Self {
        Self { query: format!("after={cursor}"), ..self }
    }

    /// Opens the socket, or gives the status with which that was refused.
    pub(crate) async fn open(&self, server: &Server) -> Result<Stream, u16> {
        let address = server.address().parse().unwrap();
        let socket = TcpSocket::new_v4().unwrap();
        if let Some(bytes) = self.receive_buffer {
            socket.set_recv_buffer_size(bytes).unwrap();
        }
        let tcp = socket.connect(address).await.unwrap();
        let url = format!("ws://{}/v1/stream?{}", server.address(), self.query);
        let mut request = url.into_client_request().unwrap();
        if let Some(token) = &self.token {
            request.headers_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
        }
        if let Some(origin) = &self.origin {
            request.headers_mut().insert("origin", origin.parse().unwrap());
        }
        let socket = match client_async(request, tcp).await {
            Ok((socket, _)) => socket,
            Err(Error::Http(response)) => return Err(response.status().as_u16()),
            Err(error) => panic!("{error}"),
        };
        let mut stream = Stream { socket, hello: Value::Null, cursor: String::new() };
        stream.hello = stream.next().await;
        assert_eq!(stream.hello["type"], "hello");
        Ok(stream)
    }
}

impl Stream {
    /// Opens a socket from now on.
    pub(crate) async fn open(server: &Server, token: &str) -> Self {
        Ask::with(token).open(server).await.unwrap()
    }

    /// What comes next.
    pub(crate) async fn hear(&mut self) -> Heard {
        loop {
            let next = tokio::time::timeout(DEADLINE, self.socket.next()).await;
            match next.expect("something is heard in time") {
                Some(Ok(Message::Text(text))) => {
                    let frame: Value = serde_json::from_str(&text).unwrap();
                    if let Some(cursor) = frame["cursor"].as_str() {
                        cursor.clone_into(&mut self.cursor);
                    }
                    return Heard::Frame(frame);
                }
                Some(Ok(Message::Close(frame))) => {
                    return Heard::Closed(frame.map_or(0, |frame| frame.code.into()));
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Heard::Closed(0),
            }
        }
    }

    /// The next frame.
    pub(crate) async fn next(&mut self) -> Value {
        match self.hear().await {
            Heard::Frame(frame) => frame,
            Heard::Closed(code) => panic!("the stream was closed with {code}"),
        }
    }

    /// The next frame of a type; what comes before it is of no interest.
    pub(crate) async fn next_of(&mut self, kind: &str) -> Value {
        loop {
            let frame = self.next().await;
            if frame["type"] == kind {
                return frame;
            }
        }
    }

    /// The code with which it is closed; what comes before that is of no interest.
    pub(crate) async fn closed(&mut self) -> u16 {
        loop {
            if let Heard::Closed(code) = self.hear().await {
                return code;
            }
        }
    }

    /// Says something.
    pub(crate) async fn say(&mut self, frame: Value) {
        self.say_raw(Message::text(frame.to_string())).await;
    }

    /// Says something that may be no frame of ours.
    pub(crate) async fn say_raw(&mut self, message: Message) {
        self.socket.send(message).await.unwrap();
    }

    /// Takes leave as a browser does.
    pub(crate) async fn close(mut self) {
        self.socket.close(None).await.unwrap();
        self.closed().await;
    }
}
