//! A virtual agent answers first: what the requester, the integrator's bot and an agent do with it over HTTP.

use crate::http_client::{Answer, Client, message};
use crate::http_office::{Office, ROUTED, requester};
use crate::process::{COMPANY, Site, token};
use domain::Role;
use reqwest::Method;
use serde_json::{Value, json};

/// As an office, where the virtual agent is the first to answer.
fn with_bot() -> String {
    ROUTED.replacen("kind = \"sms\"", "kind = \"sms\"\nfirst_responder = \"virtual_agent\"", 1)
}

struct Bot<'a> {
    http: &'a Client,
    token: String,
    conversation: String,
}

impl Bot<'_> {
    async fn says(&self, text: &str) -> Answer {
        let path = format!("/v1/conversations/{}/virtual-agent/messages", self.conversation);
        self.http.post(&path, &self.token, &json!({ "text": text })).await
    }

    async fn hands_over(&self) {
        let path = format!("/v1/conversations/{}/agent-request", self.conversation);
        self.http.post(&path, &self.token, &json!({})).await.accepted();
    }
}

async fn owner(office: &Office, conversation: &str) -> Value {
    let state = office.state(conversation).await;
    json!([state["state"], state["owner"]["kind"]])
}

/// LC-3, VA-1, VA-12, C3: messages stay with the virtual agent until it hands over, and then it may not write any more.
#[tokio::test]
async fn lc_3_a_message_while_the_virtual_agent_has_it_goes_into_the_same_conversation() {
    let site = Site::new(&with_bot());
    let office = Office::open(&site).await;
    office.comes("ann").await;
    let id = office.ask(1).await;
    let bot = Bot { http: &office.http, token: token(Role::Gateway, "bot"), conversation: id.clone() };
    assert_eq!(owner(&office, &id).await, json!(["work_in_progress", "virtual_agent"]));
    bot.says("What is it about?").await.accepted();
    let more = message("SM-1b", &requester(1), COMPANY, "My parcel.");
    assert_eq!(office.http.inbound("sms", &token(Role::Gateway, "twilio"), &more).await.conversation, id);
    assert_eq!(office.inbox("ann").await, Vec::<Value>::new(), "nobody was asked for");
    bot.hands_over().await;
    let card = office.card("ann", "offered").await;
    bot.says("One more thing.").await.problem(409, "not_owner");
    office.item(&card["item"], "accept", &office.ann, &json!({})).await.accepted();
    assert_eq!(owner(&office, &id).await, json!(["work_in_progress", "agent"]));
}

/// VA-6, WI-8: who no longer wants an agent is with the virtual agent again.
#[tokio::test]
async fn va_6_a_cancelled_request_goes_back_to_the_virtual_agent_and_its_offer_is_gone() {
    let site = Site::new(&with_bot());
    let office = Office::open(&site).await;
    office.comes("ann").await;
    let id = office.ask(1).await;
    let bot = Bot { http: &office.http, token: token(Role::Gateway, "bot"), conversation: id.clone() };
    bot.hands_over().await;
    office.card("ann", "offered").await;
    let path = format!("/v1/conversations/{id}/agent-request");
    let cancel = office.http.request(Method::DELETE, &path, &bot.token);
    Client::send(cancel).await.unwrap().accepted();
    office.no_card("ann").await;
    assert_eq!(owner(&office, &id).await, json!(["work_in_progress", "virtual_agent"]));
    bot.says("Where were we?").await.accepted();
    let end = format!("/v1/conversations/{id}/virtual-agent/end");
    office.http.post(&end, &office.ann, &json!({})).await.problem(403, "role_forbidden");
    office.http.post(&end, &bot.token, &json!({})).await.accepted();
    assert_eq!(office.state(&id).await["reason"], "auto_closed");
}
