//! What a stop by SIGTERM does to requests that are under way, and a server on a Unix socket.

use crate::http_client::message;
use crate::process::{CHANNELS, COMPANY, DEADLINE, Site, eventually, token};
use domain::Role;
use serde_json::Value;
use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;

/// The head of a request that waits for the server to ask for its body.
fn head(token: &str, body: &str) -> String {
    format!(
        "POST /v1/channels/sms/inbound HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n",
        body.len()
    )
}

/// Reads the lines of a head.
fn read_head(reader: &mut impl BufRead) -> Vec<String> {
    let lines = reader.lines().map(Result::unwrap);
    lines.take_while(|line| !line.is_empty()).collect()
}

/// L1, X1
#[tokio::test]
async fn a_request_that_is_under_way_when_the_process_is_asked_to_stop_is_answered() {
    let site = Site::new(CHANNELS);
    let (server, gateway) = (site.serve().await, token(Role::Gateway, "twilio"));
    let body = message("SM-1", "+12025550101", COMPANY, "Hello?").to_string();
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    stream.write_all(head(&gateway, &body).as_bytes()).unwrap();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    // Now the handler has begun, and waits for the body.
    assert_eq!(read_head(&mut reader), ["HTTP/1.1 100 Continue"]);
    server.ask_to_stop();
    eventually("it stops", async || server.output().contains("answering what is under way").then_some(()))
        .await;
    stream.write_all(body.as_bytes()).unwrap();
    assert_eq!(read_head(&mut reader)[0], "HTTP/1.1 202 Accepted");
    let mut answer = String::new();
    reader.read_to_string(&mut answer).unwrap();
    let answer: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(server.ended().await.code(), Some(0));

    site.verify_store();
    let server = site.serve().await;
    let id = answer["conversation_id"].as_str().unwrap();
    let events = server.http().events(id, &gateway).await;
    assert_eq!(events[1]["data"]["message_id"], answer["message_id"]);
    server.stop().await;
}

/// L1: whatever a burst was answered, a yes is true and everything else is a designed refusal.
#[tokio::test]
async fn a_burst_into_a_stop_is_acknowledged_and_kept_or_refused() {
    let site = Site::new(CHANNELS);
    let (server, gateway) = (site.serve().await, token(Role::Gateway, "twilio"));
    let http = server.http();
    let mut posts = tokio::task::JoinSet::new();
    for number in 0..64 {
        let (http, gateway) = (http.clone(), gateway.clone());
        posts.spawn(async move {
            let sent =
                message(&format!("SM-{number}"), &format!("+1202555{:04}", 100 + number), COMPANY, "Hi");
            let request = http.request(reqwest::Method::POST, "/v1/channels/sms/inbound", &gateway);
            crate::http_client::Client::send(request.json(&sent)).await
        });
    }
    let mut answers = vec![posts.join_next().await.unwrap().unwrap()];
    server.ask_to_stop();
    answers.extend(posts.join_all().await);
    assert_eq!(server.ended().await.code(), Some(0));
    let mut kept = Vec::new();
    for answer in answers.into_iter().flatten() {
        if answer.status == 202 { kept.push(answer.accepted()) } else { answer.problem(503, "draining") }
    }
    let found = site.verify_store();
    let server = site.serve().await;
    for accepted in &kept {
        let events = server.http().events(&accepted.conversation, &gateway).await;
        assert_eq!(events[1]["data"]["message_id"], *accepted.message.as_ref().unwrap());
    }
    assert!(found["conversations"].as_u64().unwrap() >= kept.len() as u64 && !kept.is_empty());
}

/// Whoever reads the address may stop the process at once.
#[tokio::test]
async fn a_process_that_is_asked_to_stop_as_soon_as_it_listens_ends_in_peace() {
    let site = Site::new(CHANNELS);
    for _ in 0..8 {
        site.serve().await.stop().await;
    }
    site.verify_store();
}

#[tokio::test]
async fn a_unix_socket_serves_as_a_port_does_and_goes_with_its_server() {
    let site = Site::new(CHANNELS);
    let args = ["serve", "--config", "colloquy.toml", "--listen", "unix:sock"];
    let server = site.start_under(&["env", "-i"], &args).await;
    assert_eq!(server.address(), "unix:sock");
    let body = message("SM-1", "+12025550101", COMPANY, "Hello?").to_string();
    let mut stream = UnixStream::connect(site.path("sock")).unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    stream.write_all(head(&token(Role::Gateway, "twilio"), &body).as_bytes()).unwrap();
    stream.write_all(body.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.contains("HTTP/1.1 202 Accepted") && answer.contains("\"duplicate\":false"), "{answer}");
    // A second server may not take the socket's place while the first one has the store.
    assert_eq!(site.run(&args).code, 1);
    server.stop().await;
    assert!(!site.path("sock").exists());
}
