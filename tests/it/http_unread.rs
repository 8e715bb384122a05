//! Windows, unread and notifications over HTTP, as a widget sees them (`MSG-1` to `MSG-10`, 18.18).

use crate::http_client::{Answer, Client, message};
use crate::process::{SECRET, Server, Site, confined_token, eventually, issue, machine_now, token};
use domain::{Role, Seconds, Timestamp};
use reqwest::Method;
use serde_json::{Value, json};

const CHANNELS: &str = r#"
[channels.app]
kind = "mweb"
mode = "messaging"
[channels.sms]
kind = "sms"
addresses = ["+12025550199"]
"#;
const GUEST: &str = "guest-7";

/// A server, a guest of the channel `app`, and ann.
struct Desk {
    server: Server,
    http: Client,
    gateway: String,
    guest: String,
    ann: String,
}

impl Desk {
    async fn open(site: &Site) -> Self {
        let server = site.serve_with(&[("COLLOQUY_STORE__PARTITIONS", "3")]).await;
        Self {
            http: server.http(),
            server,
            gateway: token(Role::Gateway, "twilio"),
            guest: confined_token(Role::Requester, GUEST, "app"),
            ann: token(Role::Agent, "ann"),
        }
    }

    /// The guest writes to one of the company's addresses, and ann joins; gives the conversation.
    async fn served(&self, company: &str) -> String {
        let first = message(&format!("M-{company}"), GUEST, company, "Hello?");
        let id = self.http.inbound("app", &self.gateway, &first).await.conversation;
        self.http.order(&id, "join", &self.ann, &json!({})).await;
        id
    }

    /// Ann writes so many messages; gives the position of the last one.
    async fn answers(&self, id: &str, times: usize) -> String {
        let mut position = String::new();
        for number in 1..=times {
            let said = json!({ "text": format!("answer {number}") });
            position = self.http.order(id, "messages", &self.ann, &said).await.position;
        }
        position
    }

    async fn window(&self) -> Value {
        self.http.post("/v1/windows", &self.guest, &json!({})).await.ok()
    }

    async fn ask(&self, window: &Value, what: &str) -> Answer {
        let id = window["window_id"].as_str().unwrap();
        self.http.post(&format!("/v1/windows/{id}/{what}"), &self.guest, &json!({})).await
    }

    /// Closes a window; gives the position of that.
    async fn close(&self, window: &Value) -> String {
        let answer = self.delete(window).await.ok();
        answer["position"].as_str().unwrap().to_owned()
    }

    async fn delete(&self, window: &Value) -> Answer {
        let path = format!("/v1/windows/{}", window["window_id"].as_str().unwrap());
        Client::send(self.http.request(Method::DELETE, &path, &self.guest)).await.unwrap()
    }

    async fn unread(&self, at_least: &str) -> Value {
        self.http.get(&format!("/v1/unread?at_least={at_least}"), &self.guest).await.ok()
    }
}

/// The texts of a page, each of its items as one.
fn texts(window: &Value) -> Vec<&str> {
    let items = window["items"].as_array().unwrap();
    items
        .iter()
        .flat_map(|item| item["parts"].as_array().unwrap())
        .filter_map(|part| part["text"].as_str())
        .collect()
}

fn counts(window: &Value) -> [&Value; 3] {
    ["unread_above", "unread_below", "unread_total"].map(|name| &window[name])
}

/// MSG-1, MSG-2, MSG-10: an agent's messages and notifications are unread; what the requester wrote and what the system
/// says are not.
#[tokio::test]
async fn a_badge_counts_what_agents_wrote_and_notifications_and_nothing_else() {
    let site = Site::new(CHANNELS);
    let desk = Desk::open(&site).await;
    assert_eq!(desk.unread("0-0").await, json!({ "total": 0, "conversations": [] }));
    let id = desk.served("shop").await;
    let position = desk.answers(&id, 2).await;
    let unread = desk.unread(&position).await;
    assert_eq!((&unread["total"], &unread["first"]["parts"][0]["text"]), (&json!(2), &json!("answer 1")));
    assert_eq!(unread["conversations"], json!([{ "conversation_id": id, "unread": 2 }]));
    // The close by an agent is shown, and is a system message.
    let position = desk.http.order(&id, "end", &desk.ann, &json!({})).await.position;
    assert_eq!(desk.unread(&position).await["total"], 2);
    let window = desk.window().await;
    assert_eq!(texts(&window), ["Hello?", "answer 1", "answer 2", "ann has closed the conversation."]);
}

/// MSG-2: what the virtual agent says is shown and does not count; a live agent's message does.
#[tokio::test]
async fn what_the_virtual_agent_says_is_no_part_of_the_badge() {
    let channels = CHANNELS.replacen(
        "mode = \"messaging\"",
        "mode = \"messaging\"\nfirst_responder = \"virtual_agent\"",
        1,
    );
    let site = Site::new(&channels);
    let desk = Desk::open(&site).await;
    let first = message("M-1", GUEST, "shop", "Hello?");
    let id = desk.http.inbound("app", &desk.gateway, &first).await.conversation;
    let said = json!({ "text": "How can I help?" });
    let position = desk.http.order(&id, "virtual-agent/messages", &desk.gateway, &said).await.position;
    assert_eq!(desk.unread(&position).await["total"], 0);
    desk.http.order(&id, "agent-request", &desk.gateway, &json!({})).await;
    desk.http.order(&id, "join", &desk.ann, &json!({})).await;
    let position = desk.answers(&id, 1).await;
    assert_eq!(desk.unread(&position).await["total"], 1);
    assert!(texts(&desk.window().await).contains(&"How can I help?"));
}

/// MSG-7, MSG-8: what comes while any window is open was shown live, whichever it is; every widget, and the gateway, is told
/// the same.
#[tokio::test]
async fn nothing_is_unread_that_came_while_any_of_two_windows_was_open() {
    let site = Site::new(CHANNELS);
    let desk = Desk::open(&site).await;
    let id = desk.served("shop").await;
    desk.answers(&id, 1).await;
    let (first, second) = (desk.window().await, desk.window().await);
    assert_eq!(counts(&second)[2], 1, "the second window reads nothing: the first was not closed");
    desk.close(&first).await;
    desk.answers(&id, 1).await;
    let position = desk.close(&second).await;
    assert_eq!(desk.unread(&position).await["total"], 1, "the other one was open when it came");
    let position = desk.answers(&id, 1).await;
    let mine = desk.unread(&position).await;
    assert_eq!(mine["total"], 2);
    let path = format!("/v1/unread?at_least={position}&channel=app&address={GUEST}");
    assert_eq!(desk.http.get(&path, &desk.gateway).await.ok(), mine);
    let window = desk.window().await;
    assert_eq!(counts(&window)[2], 1, "all that was shown is read, and what came after is not");
    let again = desk.unread(window["position"].as_str().unwrap()).await;
    assert_eq!(again["total"], 1, "the badge and the window tell the same");
}

/// MSG-3, MSG-5, MSG-7: the newest 50 are shown, 50 more with each page, and the answer says what is above and below.
#[tokio::test]
async fn at_most_fifty_are_shown_at_once_and_all_are_counted() {
    let site = Site::new(CHANNELS);
    let desk = Desk::open(&site).await;
    let id = desk.served("shop").await;
    let position = desk.answers(&id, 120).await;
    assert_eq!(desk.unread(&position).await["total"], 120);
    let window = desk.window().await;
    assert_eq!((texts(&window).len(), texts(&window)[49]), (50, "answer 120"), "it lands on the last one");
    assert_eq!(counts(&window), [70, 0, 120].map(|n| json!(n)).each_ref());
    assert_eq!(window["separator"], window["items"][0]["number"]);
    let page = desk.ask(&window, "page").await.ok();
    assert_eq!((texts(&page).len(), counts(&page)), (50, [20, 50, 120].map(|n| json!(n)).each_ref()));
    let position = desk.close(&window).await;
    assert_eq!(desk.unread(&position).await["total"], 120, "18.18: nothing is read yet");
    let window = desk.window().await;
    assert_eq!(
        counts(&window),
        [20, 0, 20].map(|n| json!(n)).each_ref(),
        "what was never shown stays unread"
    );
}

/// MSG-6, MSG-7, 18.18: what was shown becomes read when the window is closed and opened again, and what comes while one
/// is open never is unread. The store is the only memory of it.
#[tokio::test]
async fn what_was_shown_is_read_once_the_window_is_opened_again_also_after_a_kill() {
    let site = Site::new(CHANNELS);
    let desk = Desk::open(&site).await;
    let id = desk.served("shop").await;
    desk.answers(&id, 3).await;
    let window = desk.window().await;
    assert_eq!((counts(&window)[2], &window["items"][2]["unread"]), (&json!(3), &json!(true)));
    let position = desk.answers(&id, 1).await;
    assert_eq!(desk.unread(&position).await["total"], 3, "the fourth was shown live");
    desk.close(&window).await;
    let position = desk.answers(&id, 1).await;
    assert_eq!(desk.unread(&position).await["total"], 4);
    desk.server.kill();
    let server = site.serve().await;
    let desk = Desk { http: server.http(), server, gateway: desk.gateway, guest: desk.guest, ann: desk.ann };
    assert_eq!(desk.unread(&position).await["total"], 4);
    let window = desk.window().await;
    assert_eq!(counts(&window)[2], 1, "the three are read, the fifth is not");
    assert_eq!(window["items"][6]["number"], window["separator"]);
    desk.close(&window).await;
    assert_eq!(counts(&desk.window().await)[2], 0);
    desk.server.stop().await;
    assert!(site.verify_store()["history_rows"].as_u64().unwrap() > 0);
}

/// MSG-4, MSG-8: one counter over conversations that are open and closed, which clears as one.
#[tokio::test]
async fn unread_spans_open_and_closed_conversations_and_clears_as_one() {
    let site = Site::new(CHANNELS);
    let desk = Desk::open(&site).await;
    let (closed, open) = (desk.served("shop").await, desk.served("bank").await);
    desk.answers(&closed, 2).await;
    desk.http.order(&closed, "end", &desk.ann, &json!({})).await;
    let position = desk.answers(&open, 1).await;
    let unread = desk.unread(&position).await;
    assert_eq!(unread["total"], 3);
    let of_each =
        json!([{ "conversation_id": open, "unread": 1 }, { "conversation_id": closed, "unread": 2 }]);
    assert_eq!(unread["conversations"], of_each);
    let window = desk.window().await;
    desk.close(&window).await;
    let window = desk.window().await;
    assert_eq!(counts(&window)[2], 0);
    assert_eq!(
        desk.unread(window["position"].as_str().unwrap()).await,
        json!({ "total": 0, "conversations": [] })
    );
}

/// MSG-9: a window that is not open, and a session that has ended, are clear problems.
#[tokio::test]
async fn a_closed_window_and_an_ended_session_are_clear_problems() {
    let site = Site::new(CHANNELS);
    let desk = Desk::open(&site).await;
    let window = desk.window().await;
    desk.ask(&window, "renew").await.ok();
    desk.close(&window).await;
    for what in ["page", "renew"] {
        desk.ask(&window, what).await.problem(404, "window_unknown");
    }
    desk.delete(&window).await.problem(404, "window_unknown");
    desk.ask(&json!({ "window_id": "nonsense" }), "renew").await.problem(404, "window_unknown");
    // Of another requester it does not exist either.
    let window = desk.window().await;
    let path = format!("/v1/windows/{}/renew", window["window_id"].as_str().unwrap());
    let other = confined_token(Role::Requester, "guest-8", "app");
    desk.http.post(&path, &other, &json!({})).await.problem(404, "window_unknown");
    let long_ago = Timestamp(machine_now().0 - i64::from(Seconds(7200).0) * 1000);
    let expired = issue(SECRET, Role::Requester, GUEST, None, long_ago);
    desk.http.get("/v1/unread?channel=app", &expired).await.problem(401, "token_expired");
}

/// A requester asks for themselves only, and a gateway says for whom it asks.
#[tokio::test]
async fn whose_history_it_is_follows_from_the_token_or_is_said_by_a_gateway() {
    let site = Site::new(CHANNELS);
    let desk = Desk::open(&site).await;
    let position = desk.answers(&desk.served("shop").await, 1).await;
    let path = |query: &str| format!("/v1/unread?at_least={position}{query}");
    let get = async |query: &str, token: &str| desk.http.get(&path(query), token).await;
    assert_eq!(get("&channel=app&address=guest-7", &desk.gateway).await.ok()["total"], 1);
    assert_eq!(get("&channel=app&address=guest-8", &desk.gateway).await.ok()["total"], 0);
    get("&channel=app", &desk.gateway).await.problem(400, "invalid_query");
    get("&address=guest-7", &desk.gateway).await.problem(400, "invalid_query");
    get("&channel=none&address=guest-7", &desk.gateway).await.problem(404, "channel_unknown");
    get("&address=guest-8", &desk.guest).await.problem(403, "role_forbidden");
    get("&channel=sms", &desk.guest).await.problem(403, "role_forbidden");
    let unconfined = token(Role::Requester, GUEST);
    get("", &unconfined).await.problem(400, "invalid_query");
    assert_eq!(get("&channel=app", &unconfined).await.ok()["total"], 1);
    get("", &desk.ann).await.problem(403, "role_forbidden");
    let named = json!({ "channel": "app", "address": GUEST });
    let window = desk.http.post("/v1/windows", &desk.gateway, &named).await.ok();
    assert_eq!(texts(&window), ["Hello?", "answer 1"]);
    desk.http.post("/v1/windows", &desk.gateway, &json!({})).await.problem(422, "invalid_body");
}

/// NTF-1: it is shown and counted, belongs to no conversation and makes none, and the same id is the same notification.
#[tokio::test]
async fn a_notification_is_shown_and_counted_and_opens_nothing() {
    let site = Site::new(CHANNELS);
    let desk = Desk::open(&site).await;
    let body = json!({
        "channel": "app", "address": GUEST, "text": "Your parcel is here.", "link": "https://example.com/p/1",
    });
    let notify = async || desk.http.post_as("N-1", "/v1/notifications", &desk.gateway, &body).await;
    let first = notify().await;
    assert_eq!((first.status, &first.body["duplicate"]), (202, &json!(false)));
    let again = notify().await.body;
    assert_eq!(
        (&again["duplicate"], &again["notification_id"]),
        (&json!(true), &first.body["notification_id"])
    );
    let unread = desk.unread(first.body["position"].as_str().unwrap()).await;
    assert_eq!((&unread["total"], &unread["conversations"]), (&json!(1), &json!([{ "unread": 1 }])));
    let part = &unread["first"]["parts"][0];
    assert_eq!((&part["kind"], &part["link"]), (&json!("notification"), &json!("https://example.com/p/1")));
    let list = desk.http.get("/v1/conversations", &desk.ann).await.ok();
    assert_eq!(list["conversations"], json!([]));
    let refused = async |body: Value, token: &str| desk.http.post("/v1/notifications", token, &body).await;
    refused(body.clone(), &desk.guest).await.problem(403, "role_forbidden");
    let with = |name: &str, value: &str| {
        let mut body = body.clone();
        body[name] = json!(value);
        body
    };
    refused(with("link", "javascript:alert(1)"), &desk.gateway).await.problem(422, "invalid_notification");
    refused(with("text", " "), &desk.gateway).await.problem(422, "invalid_notification");
    refused(with("channel", "none"), &desk.gateway).await.problem(404, "channel_unknown");
    let window = desk.window().await;
    assert_eq!(texts(&window), ["Your parcel is here."]);
}

/// RE-10: opening the window with something unread of an absent agent takes the conversation to another one; with nothing
/// unread it does not.
#[tokio::test]
async fn opening_a_window_with_something_unread_of_an_absent_agent_reassigns() {
    const ROUTED: &str = r#"
[routing]
reassign_enabled = true
reassign_on = "open"
[channels.app]
kind = "mweb"
mode = "messaging"
[service_channels.messaging]
kind = "messaging"
capacity = 5
[rules.push]
auto_assign = true
reject_allowed = false
[groups.front]
[agents.ann]
groups = ["front"]
[queues.letters]
service_channel = "messaging"
condition = 'mode == "messaging"'
pools = [{ groups = ["front"], rule = "push" }]
"#;
    let site = Site::new(ROUTED);
    let desk = Desk::open(&site).await;
    let presence = async |state: &str| {
        let request = desk.http.request(Method::PUT, "/v1/agents/ann/presence", &desk.ann);
        Client::send(request.json(&json!({ "state": state }))).await.unwrap().ok()
    };
    presence("available").await;
    let first = message("M-1", GUEST, "shop", "Hello?");
    let id = desk.http.inbound("app", &desk.gateway, &first).await.conversation;
    let owner = async || {
        let state = desk.http.get(&format!("/v1/conversations/{id}"), &desk.ann).await.ok();
        state["owner"]["kind"].as_str().unwrap().to_owned()
    };
    eventually("ann has it", async || (owner().await == "agent").then_some(())).await;
    presence("away").await;
    let window = desk.window().await;
    assert_eq!(owner().await, "agent", "the requester waits, and has nothing to read");
    desk.close(&window).await;
    desk.answers(&id, 1).await;
    desk.window().await;
    eventually("it waits again", async || (owner().await == "queue").then_some(())).await;
}
