//! The company's addresses on the web are its portals: shared, independent, or such that hide each other (`OMN-4`).

use crate::http_client::{Accepted, Client, message};
use crate::process::{Server, Site, confined_token, token};
use domain::Role;
use serde_json::{Value, json};

const GUEST: &str = "guest-7";

/// A server whose virtual agent answers first, a guest, and ann.
struct Web {
    server: Server,
    http: Client,
    gateway: String,
    guest: String,
    ann: String,
    sent: u32,
}

impl Web {
    async fn open(site: &Site) -> Self {
        let server = site.serve().await;
        Self {
            http: server.http(),
            server,
            gateway: token(Role::Gateway, "bot"),
            guest: confined_token(Role::Requester, GUEST, "app"),
            ann: token(Role::Agent, "ann"),
            sent: 0,
        }
    }

    async fn writes(&mut self, portal: &str, text: &str) -> Accepted {
        self.sent += 1;
        self.repeats(self.sent, portal, text).await
    }

    async fn repeats(&self, number: u32, portal: &str, text: &str) -> Accepted {
        let said = message(&format!("M-{number}"), GUEST, portal, text);
        self.http.inbound("app", &self.gateway, &said).await
    }

    async fn bot_says(&self, id: &str, text: &str) {
        self.http.order(id, "virtual-agent/messages", &self.gateway, &json!({ "text": text })).await;
    }

    /// What the guest reads of a conversation.
    async fn reads(&self, id: &str) -> Vec<String> {
        let read = self.http.get(&format!("/v1/conversations/{id}/messages"), &self.guest).await.ok();
        let messages = read["messages"].as_array().unwrap();
        messages.iter().map(|said| said["text"].as_str().unwrap().to_owned()).collect()
    }

    /// What a new window shows the guest.
    async fn window(&self) -> Vec<String> {
        let window = self.http.post("/v1/windows", &self.guest, &json!({})).await.ok();
        let items = window["items"].as_array().unwrap().iter();
        let parts = items.flat_map(|item| item["parts"].as_array().unwrap());
        parts.filter_map(|part| Some(part["text"].as_str()?.to_owned())).collect()
    }

    async fn state(&self, id: &str) -> Value {
        let state = self.http.get(&format!("/v1/conversations/{id}"), &self.ann).await.ok();
        json!([state["state"], state["reason"]])
    }

    async fn end(self, site: &Site) {
        self.server.stop().await;
        assert_eq!(site.verify_store()["differences"], 0);
    }
}

fn site(portals: &str) -> Site {
    let channel =
        "[channels.app]\nkind = \"mweb\"\nmode = \"messaging\"\nfirst_responder = \"virtual_agent\"\n";
    Site::new(&format!("{channel}addresses = [\"it\", \"hr\"]\n{portals}"))
}

/// OMN-4: from the start one conversation follows the requester.
#[tokio::test]
async fn one_conversation_follows_the_requester_from_portal_to_portal() {
    let site = site("");
    let mut web = Web::open(&site).await;
    let id = web.writes("hr", "My payslip?").await.conversation;
    web.bot_says(&id, "Here it is.").await;
    assert_eq!(web.writes("it", "My mouse is dead.").await.conversation, id);
    assert_eq!(web.reads(&id).await, ["My payslip?", "Here it is.", "My mouse is dead."]);
    let nowhere = message("M-9", GUEST, "shop", "Hello?");
    let refused = web.http.post("/v1/channels/app/inbound", &web.gateway, &nowhere).await;
    refused.problem(422, "company_address_unknown");
    web.end(&site).await;
}

/// OMN-4: *multiple active conversations*
#[tokio::test]
async fn independent_portals_have_a_conversation_and_a_transcript_each() {
    let site = site("portals = \"independent\"\n");
    let mut web = Web::open(&site).await;
    let hr = web.writes("hr", "My payslip?").await.conversation;
    let it = web.writes("it", "My mouse is dead.").await.conversation;
    assert_ne!(hr, it);
    assert_eq!(web.writes("hr", "Hello?").await.conversation, hr);
    assert_eq!(web.reads(&hr).await, ["My payslip?", "Hello?"]);
    assert_eq!(web.reads(&it).await, ["My mouse is dead."]);
    web.end(&site).await;
}

/// OMN-4: *skip history*. What the virtual agent has closes; a message that comes a second time moves nobody.
#[tokio::test]
async fn who_enters_another_portal_begins_anew_and_leaves_a_closed_conversation_behind() {
    let site = site("portals = \"skip_history\"\n");
    let mut web = Web::open(&site).await;
    let hr = web.writes("hr", "My payslip?").await.conversation;
    web.bot_says(&hr, "Here it is.").await;
    assert_eq!(web.window().await, ["My payslip?", "Here it is."]);
    let it = web.writes("it", "My mouse is dead.").await.conversation;
    assert_ne!(hr, it);
    assert_eq!(web.state(&hr).await, json!(["closed_complete", "superseded"]));
    assert_eq!(web.window().await, ["My mouse is dead."]);
    web.http.get(&format!("/v1/conversations/{hr}"), &web.guest).await.problem(404, "conversation_unknown");
    let again = web.repeats(1, "hr", "My payslip?").await;
    assert_eq!((again.conversation, again.duplicate), (hr, true));
    assert_eq!(web.state(&it).await, json!(["work_in_progress", null]), "they are still here");
    assert_eq!(web.window().await, ["My mouse is dead."]);
    web.end(&site).await;
}

/// OMN-4: nobody is cut off who talks with an agent; what the agent says from then on is shown.
#[tokio::test]
async fn a_conversation_that_an_agent_has_is_not_closed_by_entering_another_portal() {
    let site = site("portals = \"skip_history\"\n");
    let mut web = Web::open(&site).await;
    let hr = web.writes("hr", "My payslip?").await.conversation;
    web.http.order(&hr, "join", &web.ann, &json!({})).await;
    let it = web.writes("it", "My mouse is dead.").await.conversation;
    assert_eq!(web.state(&hr).await, json!(["work_in_progress", null]));
    web.http.order(&hr, "messages", &web.ann, &json!({ "text": "Which month?" })).await;
    assert_eq!(web.window().await, ["My mouse is dead.", "Which month?"]);
    assert_eq!(web.writes("hr", "May.").await.conversation, hr, "it goes on where it was");
    assert_eq!(web.state(&it).await, json!(["closed_complete", "superseded"]));
    assert_eq!(web.window().await, ["May."]);
    web.end(&site).await;
}
