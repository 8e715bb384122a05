//! A server, a requester who writes text messages, and ann, who answers them or writes first: over HTTP.

use crate::http_client::{Answer, Client, message};
use crate::process::{CHANNELS, COMPANY, Server, Site, token};
use domain::Role;
use reqwest::Method;
use serde_json::{Value, json};

/// The requester's number.
pub(crate) const NUMBER: &str = "+12025550143";

/// A server and everybody who talks to it.
pub(crate) struct World {
    pub(crate) site: Site,
    pub(crate) server: Server,
    pub(crate) http: Client,
    sent: u32,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(CHANNELS).await
    }

    /// A world with other channels.
    pub(crate) async fn with(channels: &str) -> Self {
        let site = Site::new(channels);
        let server = site.serve().await;
        let http = server.http();
        Self { site, server, http, sent: 0 }
    }

    pub(crate) async fn user(&self, id: &str, phones: &[&str]) {
        let admin = token(Role::Admin, "root");
        let request = self.http.request(Method::PUT, &format!("/v1/users/{id}"), &admin);
        Client::send(request.json(&json!({ "phones": phones }))).await.unwrap().ok();
    }

    /// The requester of the number writes to the company's on `sms`.
    pub(crate) async fn says(&mut self, text: &str) -> Value {
        self.says_to("sms", COMPANY, NUMBER, text).await
    }

    /// Somebody writes to an address of the company's on a channel.
    pub(crate) async fn says_to(&mut self, channel: &str, to: &str, from: &str, text: &str) -> Value {
        self.sent += 1;
        let said = message(&format!("SM-{}", self.sent), from, to, text);
        let path = format!("/v1/channels/{channel}/inbound");
        let answer = self.http.post(&path, &token(Role::Gateway, "twilio"), &said).await;
        assert_eq!(answer.status, 202, "{}", answer.text);
        answer.body
    }

    /// The conversation to which the message went.
    pub(crate) async fn writes(&mut self, text: &str) -> String {
        self.says(text).await["conversation_id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn state(&self, id: &str) -> Value {
        self.http.get(&format!("/v1/conversations/{id}"), &token(Role::Agent, "ann")).await.ok()
    }

    pub(crate) async fn as_agent(&self, path: &str, body: &Value) -> Answer {
        self.http.post(path, &token(Role::Agent, "ann"), body).await
    }

    pub(crate) async fn order(&self, id: &str, what: &str, body: &Value) -> Answer {
        self.as_agent(&format!("/v1/conversations/{id}/{what}"), body).await
    }

    /// Ann writes first.
    pub(crate) async fn starts(&self, more: &Value) -> Answer {
        let mut body = json!({ "channel": "sms", "to": NUMBER, "from": COMPANY, "text": "It is Ann." });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.as_agent("/v1/conversations", &body).await
    }

    pub(crate) async fn lookup(&self) -> Value {
        self.lookup_of("sms", NUMBER).await
    }

    /// What is known of a number on a channel.
    pub(crate) async fn lookup_of(&self, channel: &str, number: &str) -> Value {
        let path = format!("/v1/contacts/lookup?channel={channel}&address=%2B{}", &number[1..]);
        self.http.get(&path, &token(Role::Agent, "ann")).await.ok()
    }

    /// Everything that is stored must be sound.
    pub(crate) async fn end(self) {
        self.server.stop().await;
        assert_eq!(self.site.verify_store()["differences"], 0);
    }
}
