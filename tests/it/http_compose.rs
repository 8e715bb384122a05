//! Before and when an agent writes first: what there is to choose from, what it is started from, and what the reply keeps
//! (`PRO-5` to `PRO-9`), over HTTP.

use crate::http_client::message;
use crate::http_office::{Office, ROUTED, requester};
use crate::http_world::{NUMBER, World};
use crate::process::{CHANNELS, COMPANY, Site, token};
use domain::Role;
use serde_json::{Value, json};

/// A chat with a guest that ann has.
async fn chat(world: &mut World) -> String {
    let said = world.says_to("web", "shop", "guest-1", "Please send it to my phone.").await;
    let id = said["conversation_id"].as_str().unwrap().to_owned();
    world.order(&id, "join", &json!({})).await.accepted();
    id
}

async fn compose(world: &World, query: &str) -> Value {
    world.http.get(&format!("/v1/compose?{query}"), &token(Role::Agent, "ann")).await.ok()
}

fn names(answer: &Value) -> Vec<&str> {
    let channels = answer["channels"].as_array().unwrap();
    channels.iter().map(|channel| channel["channel"].as_str().unwrap()).collect()
}

/// PRO-5, L6: a chat that goes on and is the agent's own; the new conversation says from which, to everybody but its
/// requester, and what was taken once is answered the same when the chat is over.
#[tokio::test]
async fn pro_5_an_agent_starts_from_their_chat_and_the_conversation_says_so() {
    let mut world = World::new().await;
    let chat = chat(&mut world).await;
    let ann = token(Role::Agent, "ann");
    let body = json!({ "channel": "sms", "to": NUMBER, "from": COMPANY, "text": "Here it is.", "started_from": chat });
    let start = async || world.http.post_as("first", "/v1/conversations", &ann, &body).await;
    let id = start().await.accepted().conversation;
    assert_ne!(id, chat);
    assert_eq!(world.state(&id).await["started_from"], json!(chat));
    assert_eq!(world.state(&chat).await["state"], "work_in_progress", "the chat goes on");
    let context = async |token: &str| {
        let events = world.http.events(&id, token).await;
        let posted =
            events.iter().find(|event| event["type"] == "conversation.agent_message_posted").unwrap();
        posted["data"]["context"]["started_from"].clone()
    };
    assert_eq!(context(&ann).await, json!(chat));
    let requester = token(Role::Requester, NUMBER);
    assert_eq!(context(&requester).await, Value::Null);
    let shown = world.http.get(&format!("/v1/conversations/{id}"), &requester).await.ok();
    assert_eq!(shown.get("started_from"), None);
    world.order(&chat, "end", &json!({})).await.accepted();
    assert!(start().await.accepted().duplicate);
    world.end().await;
}

/// PRO-5: open, no messaging, and one's own.
#[tokio::test]
async fn pro_5_nothing_is_started_from_what_is_closed_or_not_theirs_or_no_chat() {
    let mut world = World::new().await;
    let (chat, letters) = (chat(&mut world).await, world.writes("Hello?").await);
    world.order(&letters, "join", &json!({})).await.accepted();
    let other = world.says_to("web", "shop", "guest-2", "Hello?").await;
    let closed = world.says_to("web", "shop", "guest-3", "Hello?").await["conversation_id"].clone();
    world.order(closed.as_str().unwrap(), "join", &json!({})).await.accepted();
    world.order(closed.as_str().unwrap(), "end", &json!({})).await.accepted();
    for (from, status, code) in [
        (json!("019a0000-0000-7000-8000-000000000000"), 404, "conversation_unknown"),
        (other["conversation_id"].clone(), 409, "not_owner"),
        (closed, 409, "conversation_closed"),
        (json!(letters), 409, "not_a_chat"),
    ] {
        world.starts(&json!({ "to": "+12025550144", "started_from": from })).await.problem(status, code);
        let path = format!("/v1/compose?started_from={}", from.as_str().unwrap());
        world.http.get(&path, &token(Role::Agent, "ann")).await.problem(status, code);
    }
    let forged = json!({ "context": { "started_from": chat } });
    world.starts(&forged).await.problem(422, "invalid_body");
    assert_eq!(world.lookup_of("sms", "+12025550144").await["known"], false, "nothing was sent");
    world.end().await;
}

/// PRO-6, PRO-7: the channels on which agents write first in their order, each with what it has to choose from; where there
/// is just one address it is preselected. Whom a chat was opened for is the recipient unless another user is named.
#[tokio::test]
async fn pro_7_compose_offers_addresses_and_preselects_where_there_is_one() {
    let more = r#"
[channels.two]
kind = "sms"
addresses = ["+12025550197", "+12025550198"]
proactive_active = true
proactive_order = 1
[channels.known]
kind = "whatsapp"
addresses = ["+12025550196"]
proactive_active = true
proactive_require_existing_recipient = true
[channels.closed]
kind = "sms"
"#;
    let mut world = World::with(&format!("{CHANNELS}{more}")).await;
    world.user("ada", &[NUMBER]).await;
    world.user("bea", &["+12025550145", "+12025550146"]).await;
    assert_eq!(names(&compose(&world, "").await), ["known", "sms", "two"], "nobody is meant yet");
    let ada = compose(&world, "user=ada").await;
    assert_eq!(ada["recipient"], json!({ "user": "ada", "source": "named" }));
    let expected = json!([
        { "channel": "sms", "kind": "sms", "from": [COMPANY], "preselected_from": COMPANY,
          "to": [NUMBER], "preselected_to": NUMBER, "manual": true },
        { "channel": "two", "kind": "sms", "from": ["+12025550197", "+12025550198"],
          "to": [NUMBER], "preselected_to": NUMBER, "manual": false },
    ]);
    assert_eq!(ada["channels"], expected, "she has never written on `known`");
    world.says_to("known", "+12025550196", NUMBER, "Hello?").await;
    assert_eq!(names(&compose(&world, "user=ada").await), ["known", "sms", "two"]);
    let bea = compose(&world, "user=bea").await;
    assert_eq!(names(&bea), ["sms", "two"]);
    assert_eq!(bea["channels"][0]["to"], json!(["+12025550145", "+12025550146"]));
    assert_eq!(bea["channels"][0].get("preselected_to"), None);

    let chat = chat(&mut world).await;
    let of_guest = compose(&world, &format!("started_from={chat}")).await;
    assert_eq!(of_guest.get("recipient"), None);
    let who = json!({ "user": "ada", "reason": "She signed in." });
    world.order(&chat, "reassociate", &who).await.accepted();
    let of_ada = compose(&world, &format!("started_from={chat}")).await;
    assert_eq!(of_ada["recipient"], json!({ "user": "ada", "source": "opened_for" }));
    assert_eq!(of_ada["channels"][1]["preselected_to"], NUMBER);
    let named = compose(&world, &format!("started_from={chat}&user=bea")).await;
    assert_eq!(named["recipient"], json!({ "user": "bea", "source": "named" }));

    let get = async |query: &str, token: &str| world.http.get(&format!("/v1/compose?{query}"), token).await;
    let ann = token(Role::Agent, "ann");
    get("user=nobody", &ann).await.problem(404, "user_unknown");
    get("users=ada", &ann).await.problem(400, "invalid_query");
    get("", &token(Role::Requester, NUMBER)).await.problem(403, "role_forbidden");
    // A number of the company's that was typed has to be one of the channel's.
    world.starts(&json!({ "from": "+12025550190" })).await.problem(422, "company_address_unknown");
    world.starts(&json!({ "channel": "two", "from": "+12025550198" })).await.problem(409, "manual_recipient");
    let typed = json!({ "channel": "two", "from": "+12025550198", "to": "", "user": "ada" });
    world.starts(&typed).await.accepted();
    world.end().await;
}

/// PRO-9: the reply stays with the agent, and what the system says is in the language of the first message until the
/// requester says another one.
#[tokio::test]
async fn pro_9_the_reply_keeps_the_agent_and_the_language() {
    const SPEAKING: &str = r#"
[channels.inbox]
kind = "own"
mode = "messaging"
proactive_active = true
proactive_allow_manual_recipient = true
[texts.de]
closed_by_actor = "{agent} hat beendet."
[texts.fr]
closed_by_actor = "{agent} a fini."
"#;
    let mut world = World::with(SPEAKING).await;
    for (requester, reply, expected) in
        [("guest-1", json!({}), "ann hat beendet."), ("guest-2", json!({ "language": "fr" }), "ann a fini.")]
    {
        let first = json!({ "channel": "inbox", "to": requester, "from": "shop", "text": "Guten Tag.",
            "context": { "language": "de" } });
        let id = world.as_agent("/v1/conversations", &first).await.accepted().conversation;
        let mut said = message(&format!("M-{requester}"), requester, "shop", "Hallo.");
        said["context"] = reply;
        let gateway = token(Role::Gateway, "widget");
        assert_eq!(world.http.inbound("inbox", &gateway, &said).await.conversation, id);
        assert_eq!(world.state(&id).await["owner"]["agent"], "ann");
        world.order(&id, "end", &json!({})).await.accepted();
        let path = format!("/v1/conversations/{id}/messages");
        let page = world.http.get(&path, &token(Role::Requester, requester)).await.ok();
        assert_eq!(page["messages"].as_array().unwrap().last().unwrap()["text"], expected);
    }
    assert!(world.says_to("inbox", "shop", "guest-1", "Hallo?").await["conversation_id"].is_string());
    world.end().await;
}

/// PRO-9: the variables of the first message are there when the reply is handed to a queue.
#[tokio::test]
async fn pro_9_the_reply_keeps_the_variables_of_the_first_message() {
    let site = Site::new(ROUTED);
    let office = Office::open(&site).await;
    office.comes("bob").await;
    let first = json!({ "channel": "sms", "to": requester(1), "from": COMPANY, "text": "Your refund is here.",
        "context": { "topic": "refund" } });
    let id = office.http.post("/v1/conversations", &office.ann, &first).await.accepted().conversation;
    let reply = message("SM-1", &requester(1), COMPANY, "Too little.");
    assert_eq!(office.http.inbound("sms", &token(Role::Gateway, "twilio"), &reply).await.conversation, id);
    let path = format!("/v1/conversations/{id}/transfer");
    office.http.post(&path, &office.ann, &json!({ "to_queue": "letters" })).await.accepted();
    let card = office.card("bob", "offered").await;
    assert_eq!((&card["conversation"], &card["variables"]["topic"]), (&json!(id), &json!("refund")));
}
