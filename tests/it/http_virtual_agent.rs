//! A virtual agent answers first: what the requester, the integrator's bot and an agent do with it over HTTP.

use crate::http_client::{Answer, Client};
use crate::http_office::{Office, ROUTED};
use crate::process::{Site, token};
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

/// VA-1, VA-12, C3: the virtual agent answers until it hands over, and then it may not write any more.
#[tokio::test]
async fn va_1_the_virtual_agent_hands_over_and_may_not_write_any_more() {
    let site = Site::new(&with_bot());
    let office = Office::open(&site).await;
    office.comes("ann").await;
    let id = office.ask(1).await;
    let bot = Bot { http: &office.http, token: token(Role::Gateway, "bot"), conversation: id.clone() };
    assert_eq!(owner(&office, &id).await, json!(["work_in_progress", "virtual_agent"]));
    bot.says("What is it about?").await.accepted();
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

/// CH-7: where there are no live agents nobody gets one from the virtual agent, which keeps the conversation.
#[tokio::test]
async fn ch_7_the_virtual_agent_cannot_hand_over_where_live_agents_are_disabled() {
    let site =
        Site::new(&with_bot().replacen("kind = \"sms\"", "kind = \"sms\"\ndisable_live_agent = true", 1));
    let office = Office::open(&site).await;
    let id = office.ask(1).await;
    let path = format!("/v1/conversations/{id}/agent-request");
    let bot = token(Role::Gateway, "bot");
    office.http.post(&path, &bot, &json!({})).await.problem(409, "live_agents_disabled");
    assert_eq!(owner(&office, &id).await, json!(["work_in_progress", "virtual_agent"]));
}
