//! One requester on several devices, before and after a conversation ends, and across channels (section 16).

use crate::http_client::{Client, message};
use crate::http_office::{Office, ROUTED, requester};
use crate::process::{CHANNELS, COMPANY, Site, confined_token, token};
use crate::stream_client::{Ask, Stream};
use domain::Role;
use reqwest::Method;
use serde_json::{Value, json};

const USER: &str = "user-7";

/// What is said in a conversation, as whoever has the token reads it after a version.
async fn said(http: &Client, id: &str, token: &str, after: u64) -> Vec<String> {
    let read = http.get(&format!("/v1/conversations/{id}/messages?after={after}"), token).await.ok();
    let messages = read["messages"].as_array().unwrap();
    messages.iter().map(|said| said["text"].as_str().unwrap().to_owned()).collect()
}

/// OMN-1: what both devices send is in one conversation, each hears everything once, and what one sends again is no
/// second message.
#[tokio::test]
async fn omn_1_two_devices_share_one_conversation_and_nothing_is_repeated() {
    let site = Site::new(CHANNELS);
    let server = site.serve().await;
    let user = confined_token(Role::Requester, USER, "web");
    let mut phone = Stream::open(&server, &user).await;
    let send = |id: &str, text: &str| json!({ "type": "send", "id": id, "to": "shop", "text": text });
    phone.say(send("a", "Hello?")).await;
    let id = phone.next_of("sent").await["conversation_id"].clone();
    let mut laptop = Ask::with(&user).after("start").open(&server).await.unwrap();
    laptop.say(send("b", "It is me.")).await;
    assert_eq!(laptop.next_of("sent").await["conversation_id"], id);
    laptop.say(send("a", "Hello?")).await;
    assert_eq!(laptop.next_of("sent").await["duplicate"], true);
    laptop.say(send("c", "Bye.")).await;
    // Wherever a device goes on from, the facts are the same and each comes once.
    let mut heard = Vec::new();
    let mut again = Ask::with(&user).after("start").open(&server).await.unwrap();
    while heard.last() != Some(&json!("Bye.")) {
        heard.push(again.next_of("said").await["text"].clone());
    }
    assert_eq!(heard, ["Hello?", "It is me.", "Bye."]);
    assert_eq!(said(&server.http(), id.as_str().unwrap(), &user, 0).await, ["Hello?", "It is me.", "Bye."]);
    server.stop().await;
}

/// OMN-2, OMN-7: what is over is read on another device at once, wholly or from somewhere on; a window has it too.
#[tokio::test]
async fn omn_2_omn_7_an_ended_conversation_is_read_again_at_once_on_any_device() {
    let site = Site::new(CHANNELS);
    let server = site.serve().await;
    let (http, ann) = (server.http(), token(Role::Agent, "ann"));
    let user = confined_token(Role::Requester, USER, "web");
    let first = message("M-1", USER, "shop", "Hello?");
    let id = http.inbound("web", &token(Role::Gateway, "app"), &first).await.conversation;
    http.order(&id, "join", &ann, &json!({})).await;
    http.order(&id, "messages", &ann, &json!({ "text": "All is well." })).await;
    http.order(&id, "end", &ann, &json!({})).await;
    let whole = said(&http, &id, &user, 0).await;
    assert_eq!([&whole[0], &whole[2]], ["Hello?", "All is well."], "{whole:?}");
    let events = http.events(&id, &ann).await;
    let answer = events.iter().find(|event| event["data"]["text"] == "All is well.").unwrap();
    let from = answer["version"].as_u64().unwrap() - 1;
    assert_eq!(said(&http, &id, &user, from).await, whole[2..]);
    let window = http.post("/v1/windows", &user, &json!({})).await.ok();
    assert!(window["items"].to_string().contains("All is well."), "{window}");
    let text = http.get(&format!("/v1/conversations/{id}/transcript"), &user).await.ok();
    assert!(text["text"].as_str().unwrap().contains("All is well."), "{text}");
    server.stop().await;
}

/// OMN-3: the agent who accepts reads all of it, what the virtual agent said included.
#[tokio::test]
async fn omn_3_an_agent_who_accepts_an_escalation_has_the_whole_history() {
    let site = Site::new(&ROUTED.replacen(
        "kind = \"sms\"",
        "kind = \"sms\"\nfirst_responder = \"virtual_agent\"",
        1,
    ));
    let office = Office::open(&site).await;
    office.comes("ann").await;
    let id = office.ask(1).await;
    let bot = token(Role::Gateway, "bot");
    office.http.order(&id, "virtual-agent/messages", &bot, &json!({ "text": "What is it about?" })).await;
    let more = message("SM-1b", &requester(1), COMPANY, "My parcel.");
    office.http.inbound("sms", &token(Role::Gateway, "twilio"), &more).await;
    office.http.order(&id, "agent-request", &bot, &json!({})).await;
    let card = office.card("ann", "offered").await;
    office.item(&card["item"], "accept", &office.ann, &json!({})).await.accepted();
    let read = said(&office.http, &id, &office.ann, 0).await;
    assert_eq!(read[..3], ["Bonjour?", "What is it about?", "My parcel."]);
}

/// OMN-6: two users of one name are two, a guest of that name is neither, and only a PIN makes the guest one of them.
#[tokio::test]
async fn omn_6_nobody_is_taken_for_another_by_their_name() {
    let site = Site::new(CHANNELS);
    let server = site.serve().await;
    let (http, admin, ann) = (server.http(), token(Role::Admin, "root"), token(Role::Agent, "ann"));
    let put = async |path: &str, body: Value| {
        let answer = Client::send(http.request(Method::PUT, path, &admin).json(&body)).await.unwrap();
        assert!(answer.status < 300, "{}", answer.text);
    };
    let numbers = ["+12025550141", "+12025550142", "+12025550143"];
    for (id, number) in ["ada-1", "ada-2"].into_iter().zip(numbers) {
        put(&format!("/v1/users/{id}"), json!({ "name": "Ada Lovelace", "phones": [number] })).await;
    }
    put("/v1/users/ada-1/pin", json!({ "pin": "2468" })).await;
    let mut opened = Vec::new();
    for number in numbers {
        let first = message(&format!("SM-{number}"), number, COMPANY, "It is Ada Lovelace.");
        opened.push(http.inbound("sms", &token(Role::Gateway, "twilio"), &first).await.conversation);
    }
    let user = async |id: &str| http.get(&format!("/v1/conversations/{id}"), &ann).await.ok()["user"].clone();
    let expected = [json!("ada-1"), json!("ada-2"), Value::Null];
    for (id, expected) in opened.iter().zip(expected) {
        assert_eq!(user(id).await, expected);
    }
    http.order(&opened[2], "join", &ann, &json!({})).await;
    let verify = format!("/v1/conversations/{}/verify", opened[2]);
    let proved = http.post(&verify, &ann, &json!({ "user": "ada-1", "pin": "2468" })).await.ok();
    assert_eq!((&proved["verified"], user(&opened[2]).await), (&json!(true), json!("ada-1")));
    assert_eq!(user(&opened[1]).await, "ada-2");
    server.stop().await;
}
