//! A server with routing, and what agents and supervisors do there over HTTP.

use crate::http_client::{Answer, Client, message};
use crate::process::{COMPANY, Server, Site, eventually, token};
use domain::Role;
use reqwest::Method;
use serde_json::{Value, json};

/// One queue that is offered to whoever speaks French, and one whose work is given by hand. Everybody has room for one.
pub(crate) const ROUTED: &str = r#"
[channels.sms]
kind = "sms"
proactive_active = true
proactive_allow_manual_recipient = true
addresses = ["+12025550199"]
[service_channels.messaging]
kind = "messaging"
capacity = 1
[rules.offer]
offer_timeout = 3600
skills = { mandatory = true }
[groups.front]
[agents.ann]
groups = ["front"]
skills = { french = 5 }
[agents.bob]
groups = ["front"]
skills = { french = 5 }
[agents.cid]
groups = ["front"]
[queues.letters]
service_channel = "messaging"
condition = 'mode == "messaging"'
skills = [{ skill = "french", level = 1 }]
pools = [{ groups = ["front"], rule = "offer" }]
[queues.parked]
service_channel = "messaging"
"#;

/// A server with routing, and everybody's tokens.
pub(crate) struct Office {
    /// Ends the process when it is dropped.
    pub(crate) server: Server,
    pub(crate) http: Client,
    pub(crate) ann: String,
    pub(crate) bob: String,
    pub(crate) sue: String,
}

impl Office {
    pub(crate) async fn open(site: &Site) -> Self {
        let server = site.serve().await;
        let http = server.http();
        let (ann, bob) = (token(Role::Agent, "ann"), token(Role::Agent, "bob"));
        Self { server, http, ann, bob, sue: token(Role::Supervisor, "sue") }
    }

    /// A requester of this number writes; gives the conversation.
    pub(crate) async fn ask(&self, number: u32) -> String {
        let from = requester(number);
        let mut first = message(&format!("SM-{number}"), &from, COMPANY, "Bonjour?");
        first["context"] = json!({ "topic": "parcel" });
        self.http.inbound("sms", &token(Role::Gateway, "twilio"), &first).await.conversation
    }

    /// An agent goes into a presence state; gives how they stand then.
    pub(crate) async fn presence(&self, agent: &str, body: &Value) -> Answer {
        let path = format!("/v1/agents/{agent}/presence");
        let request = self.http.request(Method::PUT, &path, &token(Role::Agent, agent));
        Client::send(request.json(body)).await.unwrap()
    }

    /// An agent comes to work.
    pub(crate) async fn comes(&self, agent: &str) {
        self.presence(agent, &json!({ "state": "available" })).await.ok();
    }

    /// The cards of an agent.
    pub(crate) async fn inbox(&self, agent: &str) -> Vec<Value> {
        let inbox = self.http.get(&format!("/v1/agents/{agent}/inbox"), &self.sue).await.ok();
        inbox["cards"].as_array().unwrap().clone()
    }

    /// Waits until an agent has exactly one card, in this place.
    pub(crate) async fn card(&self, agent: &str, place: &str) -> Value {
        eventually(&format!("{agent} has one card that is {place}"), async || {
            let cards = self.inbox(agent).await;
            (cards.len() == 1 && cards[0]["place"] == place).then(|| cards[0].clone())
        })
        .await
    }

    /// Waits until an agent has nothing.
    pub(crate) async fn no_card(&self, agent: &str) {
        eventually(&format!("{agent} has no card"), async || {
            self.inbox(agent).await.is_empty().then_some(())
        })
        .await;
    }

    /// Asks something of a work item.
    pub(crate) async fn item(&self, item: &Value, what: &str, token: &str, body: &Value) -> Answer {
        let path = format!("/v1/work-items/{}/{what}", item.as_str().unwrap());
        self.http.post(&path, token, body).await
    }

    pub(crate) async fn state(&self, conversation: &str) -> Value {
        self.http.get(&format!("/v1/conversations/{conversation}"), &self.sue).await.ok()
    }

    /// Waits for a conversation's place in line.
    pub(crate) async fn position(&self, conversation: &str, position: u64) {
        eventually(&format!("place {position} in line"), async || {
            (self.state(conversation).await["waiting"]["position"] == position).then_some(())
        })
        .await;
    }
}

/// The number of a requester.
pub(crate) fn requester(number: u32) -> String {
    format!("+1202555{:04}", 1000 + number)
}
