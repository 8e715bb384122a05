//! A server that talks to its requesters by text message, over a stand-in for Twilio in both directions.

use crate::http_client::{Answer, Client};
use crate::messages_api::MessagesApi;
use crate::process::{CHANNELS, COMPANY, Server, Site, eventually, token};
use channels::twilio::signature::sign;
use domain::Role;
use reqwest::Method;
use serde_json::{Value, json};

const PUBLIC: &str = "https://talk.example.org";
const TOKEN: &str = "t-o-k-e-n";
const INBOUND: &str = "/v1/channels/sms/twilio";

/// The server and its provider.
pub(crate) struct World {
    pub(crate) api: MessagesApi,
    pub(crate) http: Client,
    site: Site,
    server: Option<Server>,
}

impl World {
    /// A world whose server gives a request so many seconds.
    pub(crate) async fn new(api: MessagesApi, timeout_s: u32) -> Self {
        let account = format!(
            "provider = \"twilio\"\naccount_sid = \"AC1\"\nauth_token = \"{TOKEN}\"
            per_second = 1000\nbase_url = \"http://127.0.0.1:{}\"",
            api.port
        );
        let delivery = format!(
            "[delivery]\npublic_url = \"{PUBLIC}\"\nallow_private_addresses = true\ntimeout_s = {timeout_s}
            [delivery.channels.sms]\n{account}\n[delivery.channels.other]\n{account}\n"
        );
        let channels =
            format!("{CHANNELS}[channels.other]\nkind = \"sms\"\naddresses = [\"+12025550198\"]\n");
        let site = Site::with(&channels, &delivery);
        let server = site.serve().await;
        Self { api, http: server.http(), site, server: Some(server) }
    }

    /// The process is gone at once, and there is another one.
    pub(crate) async fn kill_and_restart(&mut self) {
        self.server.take().unwrap().kill();
        let server = self.site.serve().await;
        self.http = server.http();
        self.server = Some(server);
    }

    /// Everything that is stored must be sound.
    pub(crate) async fn end(mut self) {
        self.server.take().unwrap().stop().await;
        assert_eq!(self.site.verify_store()["differences"], 0);
    }

    /// Twilio posts something and signs it.
    pub(crate) async fn post_signed(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let form: Vec<(String, String)> = fields.iter().map(own).collect();
        let signature = sign(TOKEN, &format!("{PUBLIC}{path}"), &form);
        let request = self.http.request(Method::POST, path, "none").header("x-twilio-signature", signature);
        Client::send(request.form(&form)).await.unwrap()
    }

    /// A requester writes, and is heard.
    pub(crate) async fn hears(&self, number: &str, sid: &str, text: &str) {
        let fields =
            [("MessageSid", sid), ("From", number), ("To", COMPANY), ("Body", text), ("NumMedia", "0")];
        let answer = self.post_signed(INBOUND, &fields).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
    }

    /// Says what becomes of a message whose callback this is.
    pub(crate) async fn call_back(&self, callback: &str, status: &str, code: &str) -> Answer {
        let path = callback.strip_prefix(PUBLIC).unwrap();
        let fields = [("MessageSid", "SM0"), ("MessageStatus", status), ("ErrorCode", code)];
        self.post_signed(path, &fields).await
    }

    /// The same, and is heard.
    pub(crate) async fn report(&self, callback: &str, status: &str, code: &str) {
        let answer = self.call_back(callback, status, code).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
    }

    /// The conversations with a number.
    pub(crate) async fn conversations(&self, number: &str) -> Vec<Value> {
        let path = format!("/v1/contacts/lookup?channel=sms&address=%2B{}", &number[1..]);
        let found = self.http.get(&path, &token(Role::Agent, "ann")).await.ok();
        found["conversations"].as_array().unwrap().clone()
    }

    /// A requester writes, and an agent joins.
    pub(crate) async fn joined(&self, number: &str) -> String {
        self.hears(number, &format!("SM-in-{number}"), "Hello?").await;
        let id = self.conversations(number).await[0]["id"].as_str().unwrap().to_owned();
        self.order(&id, "join", &json!({})).await.accepted();
        id
    }

    /// The agent asks something of a conversation.
    pub(crate) async fn order(&self, id: &str, what: &str, body: &Value) -> Answer {
        self.http.post(&format!("/v1/conversations/{id}/{what}"), &token(Role::Agent, "ann"), body).await
    }

    /// The agent writes all this.
    pub(crate) async fn says<const N: usize>(&self, id: &str, texts: [&str; N]) {
        for text in texts {
            self.order(id, "messages", &json!({ "text": text })).await.accepted();
        }
    }

    /// The events of one type.
    pub(crate) async fn events(&self, id: &str, kind: &str) -> Vec<Value> {
        let events = self.http.events(id, &token(Role::Agent, "ann")).await;
        events.into_iter().filter(|event| event["type"] == format!("conversation.{kind}")).collect()
    }

    /// Waits until there are so many events of one type.
    pub(crate) async fn so_many(&self, id: &str, kind: &str, count: usize) -> Vec<Value> {
        eventually(&format!("{count} times {kind}"), async || {
            let found = self.events(id, kind).await;
            (found.len() >= count).then_some(found)
        })
        .await
    }

    /// Waits until this has gone out to a number, and checks that it arrived in this order, each once, and is known by
    /// the provider's names for it.
    pub(crate) async fn arrived<const N: usize>(&self, id: &str, number: &str, texts: [&str; N]) {
        let dispatched = self.so_many(id, "dispatched", N).await;
        assert_eq!(self.api.texts(number), texts);
        let posted = self.events(id, "agent_message_posted").await;
        let which = |of: &Value, sid: &Value| (of.as_u64().unwrap(), sid.as_str().unwrap().to_owned());
        let told: Vec<_> = dispatched
            .iter()
            .map(|event| which(&event["data"]["of"], &event["data"]["provider_id"]))
            .collect();
        let taken = self.api.taken(number);
        let expected: Vec<_> = posted
            .iter()
            .zip(taken)
            .map(|(event, taken)| which(&event["version"], &json!(taken.sid)))
            .collect();
        assert_eq!(told, expected);
    }

    /// Waits until a try has failed.
    pub(crate) async fn failed(&self) {
        eventually("a try has failed", async || {
            let metrics = self.http.get("/metrics", &token(Role::Admin, "eve")).await.text;
            metrics.contains(r#"colloquy_deliveries_total{kind="sms",outcome="retry"}"#).then_some(())
        })
        .await;
    }
}
