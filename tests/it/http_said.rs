//! Section 5 from outside: a chat and a messaging conversation are played through, and each side is shown what it is
//! shown, in its language.

use crate::http_client::{Client, message};
use crate::process::{COMPANY, Server, Site, eventually, token};
use crate::stream_client::Ask;
use domain::Role;
use serde_json::{Value, json};

/// One channel of each mode, texts in two languages, and a chat that soon reminds and closes.
const SPEAKING: &str = r#"
[channels.sms]
kind = "sms"
addresses = ["+12025550199"]
[channels.inbox]
kind = "own"
mode = "messaging"
[channels.web]
kind = "mweb"
mode = "chat"
[channels.quick]
kind = "mweb"
mode = "chat"
idle_chat_timer_task_interval = 1
idle_chat_reminder_timeout = 1
idle_chat_cancel_timeout = 2
[texts.en]
conversation_ack = "We got it."
[texts.de]
participant_entered = "{agent} ist da."
closed_by_actor = "{agent} hat beendet."
idle_reminder = "Sind Sie noch da?"
"#;

/// A conversation that two agents have joined and ann has ended, and who may look at it.
struct Played {
    http: Client,
    id: String,
    ann: String,
    requester: String,
}

/// Two agents join, one answers and ends. The requester says that they speak German, in the first message.
async fn play(server: &Server, channel: &str, from: &str, to: &str, language: &str) -> Played {
    let (http, ann, bob) = (server.http(), token(Role::Agent, "ann"), token(Role::Agent, "bob"));
    let gateway = token(Role::Gateway, "widget");
    let mut first = message(&format!("{channel}-{from}"), from, to, "Hallo?");
    first["context"] = json!({ "language": language });
    let id = http.inbound(channel, &gateway, &first).await.conversation;
    http.order(&id, "join", &ann, &json!({})).await;
    http.order(&id, "messages", &ann, &json!({ "text": "Guten Tag." })).await;
    http.order(&id, "join", &bob, &json!({})).await;
    http.order(&id, "end", &ann, &json!({})).await;
    Played { http, id, ann, requester: token(Role::Requester, from) }
}

impl Played {
    async fn page(&self, token: &str, query: &str) -> Value {
        self.http.get(&format!("/v1/conversations/{}/messages{query}", self.id), token).await.ok()
    }

    /// What is shown, as the names of system messages and the words of people.
    async fn shown(&self, token: &str, query: &str) -> Vec<String> {
        let page = self.page(token, query).await;
        let name = |said: &Value| said["notice"].as_str().or(said["text"].as_str()).unwrap().to_owned();
        page["messages"].as_array().unwrap().iter().map(name).collect()
    }
}

/// Section 5: in a chat both sides are told who comes and goes.
#[tokio::test]
async fn in_a_chat_both_sides_see_who_comes_and_who_ends_it() {
    let site = Site::new(SPEAKING);
    let server = site.serve().await;
    let chat = play(&server, "web", "guest-1", "shop", "de").await;
    let joined = "participant_entered";
    assert_eq!(
        chat.shown(&chat.requester, "").await,
        ["Hallo?", "conversation_ack", joined, "Guten Tag.", joined, "closed_by_actor"]
    );
    assert_eq!(chat.shown(&chat.ann, "").await, ["Hallo?", joined, "Guten Tag.", joined, "closed_by_actor"]);
    assert_eq!(
        chat.shown(&chat.ann, "?audience=requester").await,
        chat.shown(&chat.requester, "?audience=requester").await
    );
    // VA-4: the requester's own language; English where there are no words in it. Nobody knows an agent's.
    let texts = |page: Value| -> Vec<String> {
        let said = page["messages"].as_array().unwrap().clone();
        let system = said.iter().filter(|said| said["from"] == "system");
        system.map(|said| said["text"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(
        texts(chat.page(&chat.requester, "").await),
        ["We got it.", "ann ist da.", "bob ist da.", "ann hat beendet."]
    );
    assert_eq!(texts(chat.page(&chat.ann, "").await)[2], "ann has closed the conversation.");
}

/// Section 5: in messaging agents come and go in silence, and on SMS even the end is silent for the requester.
#[tokio::test]
async fn in_messaging_only_the_end_by_a_person_is_told_and_not_even_that_on_sms() {
    let site = Site::new(SPEAKING);
    let server = site.serve().await;
    let own = play(&server, "inbox", "guest-1", "shop", "de").await;
    let told = ["Hallo?", "conversation_ack", "Guten Tag.", "closed_by_actor"];
    let to_agents = ["Hallo?", "Guten Tag.", "closed_by_actor"];
    assert_eq!(own.shown(&own.requester, "").await, told);
    assert_eq!(own.shown(&own.ann, "").await, to_agents);
    let sms = play(&server, "sms", "+12025550101", COMPANY, "de").await;
    assert_eq!(sms.shown(&sms.requester, "").await, told[..3]);
    assert_eq!(sms.shown(&sms.ann, "").await, to_agents);
    // Section 5: suppression is of showing only; the fact is recorded all the same.
    let events = sms.http.events(&sms.id, &sms.requester).await;
    assert_eq!(events.last().unwrap()["type"], "conversation.closed");
}

/// IDLE-2, IDLE-16, VA-4: the reminder speaks the requester's language; where there are no words in it, the channel's own.
#[tokio::test]
async fn an_idle_chat_is_reminded_and_closed_in_the_requesters_language() {
    let site = Site::new(SPEAKING);
    let server = site.serve().await;
    let (http, ann) = (server.http(), token(Role::Agent, "ann"));
    let mut first = message("quick-1", "guest-1", "shop", "Hallo?");
    first["context"] = json!({ "language": "de-AT" });
    let id = http.inbound("quick", &token(Role::Gateway, "widget"), &first).await.conversation;
    http.order(&id, "join", &ann, &json!({})).await;
    http.order(&id, "messages", &ann, &json!({ "text": "Guten Tag." })).await;
    http.event(&id, "conversation.closed", &ann).await;
    let chat = Played { http, id, ann, requester: token(Role::Requester, "guest-1") };
    let said = chat.page(&chat.requester, "?after=5").await["messages"].clone();
    let texts: Vec<&Value> = said.as_array().unwrap().iter().map(|said| &said["text"]).collect();
    assert_eq!(texts, ["Sind Sie noch da?", "It seems you have left the conversation"]);
    assert_eq!(chat.shown(&chat.ann, "?after=5").await, ["idle_reminder_agent", "closed_by_system"]);
}

/// MSG-24, P1: a page says where the next one begins; each side sees its own view, and nobody another's conversation.
#[tokio::test]
async fn pages_follow_each_other_and_nobody_sees_what_is_not_theirs() {
    let site = Site::new(SPEAKING);
    let server = site.serve().await;
    let chat = play(&server, "web", "guest-1", "shop", "en").await;
    let (mut after, mut all) = (0, Vec::new());
    loop {
        let page = chat.page(&chat.requester, &format!("?limit=2&after={after}")).await;
        all.extend(page["messages"].as_array().unwrap().clone());
        if page["next_after"] == after {
            break;
        }
        after = page["next_after"].as_u64().unwrap();
    }
    assert_eq!(json!(all), chat.page(&chat.requester, "").await["messages"]);
    let path = format!("/v1/conversations/{}/messages", chat.id);
    let agents_view = format!("{path}?audience=agent");
    chat.http.get(&agents_view, &chat.requester).await.problem(403, "role_forbidden");
    chat.http.get(&path, &token(Role::Requester, "guest-2")).await.problem(404, "conversation_unknown");
    chat.http.get(&format!("{path}?audience=all"), &chat.ann).await.problem(400, "invalid_query");
    chat.http.get(&format!("{path}?limit=0"), &chat.ann).await.problem(400, "invalid_query");
    chat.http.get("/v1/conversations/x/messages", &chat.ann).await.problem(404, "conversation_unknown");
    let gateway = chat.page(&token(Role::Gateway, "widget"), "").await;
    assert_eq!(gateway["messages"], chat.page(&chat.requester, "").await["messages"]);
}

/// CH-10, MSG-22: webhooks that overtook one another are read as the provider says that they were written, up to where
/// somebody else spoke; the log keeps how they came.
#[tokio::test]
async fn messages_are_read_in_the_order_in_which_the_provider_says_they_were_written() {
    let site = Site::new(SPEAKING);
    let server = site.serve().await;
    let (http, ann, gateway) = (server.http(), token(Role::Agent, "ann"), token(Role::Gateway, "own"));
    let hear = async |text: &str, second: u32| {
        let mut heard = message(text, "guest-1", "shop", text);
        heard["sent_at"] = json!(format!("2026-01-31T22:11:{second:02}Z"));
        http.inbound("inbox", &gateway, &heard).await.conversation
    };
    let id = hear("two", 2).await;
    hear("three", 3).await;
    hear("one", 1).await;
    http.order(&id, "join", &ann, &json!({})).await;
    http.order(&id, "messages", &ann, &json!({ "text": "Guten Tag." })).await;
    hear("late", 0).await;
    let chat = Played { http: server.http(), id, ann, requester: token(Role::Requester, "guest-1") };
    let read = ["one", "two", "three", "Guten Tag.", "late"];
    assert_eq!(chat.shown(&chat.ann, "").await, read);
    let path = format!("/v1/conversations/{}/transcript?format=text", chat.id);
    let transcript = chat.http.get(&path, &chat.ann).await.text;
    let places: Vec<usize> = read.iter().map(|text| transcript.find(text).unwrap()).collect();
    assert!(places.is_sorted(), "{transcript}");
    let events = chat.http.events(&chat.id, &chat.ann).await;
    let came: Vec<&str> = events.iter().filter_map(|event| event["data"]["text"].as_str()).collect();
    assert_eq!(came, ["two", "three", "one", "Guten Tag.", "late"]);
}
/// A requester's frames of a poll that waits for the first of them, from the beginning on.
async fn polled(http: &Client, token: &str, enough: &str) -> Vec<Value> {
    let (mut cursor, mut frames) = ("start".to_owned(), Vec::new());
    while !frames.iter().any(|frame: &Value| frame["notice"] == enough) {
        let path = format!("/v1/stream/poll?channel=web&after={cursor}&wait_s=10");
        let page = http.get(&path, token).await.ok();
        page["cursor"].as_str().unwrap().clone_into(&mut cursor);
        frames.extend(page["frames"].as_array().unwrap().clone());
    }
    frames
}

/// VA-4, MSG-8: whichever way a requester looks at a conversation, live, later or in a window, the system speaks their
/// language, and from the first message on.
#[tokio::test]
async fn live_frames_polls_windows_and_messages_speak_the_requesters_language() {
    let french = "[texts.fr]\nparticipant_entered = \"{agent} est là.\"\nconversation_ack = \"Bien reçu.\"\n\
                  closed_by_actor = \"{agent} a terminé.\"\n";
    let site = Site::new(&format!("{SPEAKING}{french}"));
    let server = site.serve().await;
    for (language, expected) in [
        ("fr-CA", ["Bien reçu.", "ann est là.", "bob est là.", "ann a terminé."]),
        ("de", ["We got it.", "ann ist da.", "bob ist da.", "ann hat beendet."]),
    ] {
        let from = format!("guest-{language}");
        let requester = token(Role::Requester, &from);
        let ask = Ask { query: "channel=web".to_owned(), ..Ask::with(&requester) };
        let mut live = ask.open(&server).await.unwrap();
        let chat = play(&server, "web", &from, "shop", language).await;
        let mut heard = Vec::new();
        while heard.len() < expected.len() {
            let said = live.next_of("said").await;
            heard.extend((said["from"] == "system").then(|| said["text"].clone()));
        }
        assert_eq!(heard, expected, "live");
        let later = polled(&chat.http, &requester, "closed_by_actor").await;
        let later = later.iter().filter(|said| said["from"] == "system").map(|said| &said["text"]);
        assert_eq!(later.collect::<Vec<_>>(), expected, "read later");
        let body = json!({ "channel": "web" });
        let window = chat.http.post("/v1/windows", &requester, &body).await.ok();
        let items = window["items"].as_array().unwrap().iter();
        let parts = items.flat_map(|item| item["parts"].as_array().unwrap());
        let notices = parts.filter(|part| part["kind"] == "notice").map(|part| &part["text"]);
        assert_eq!(notices.collect::<Vec<_>>(), expected, "in a window");
    }
    server.stop().await;
}

/// What an opening says is settled when it happens: words that are configured later say nothing of it, nor after a
/// restart, and only to those who write after that.
#[tokio::test]
async fn words_that_are_configured_later_say_nothing_of_what_happened_before() {
    let site = Site::new("[channels.inbox]\nkind = \"own\"\nmode = \"messaging\"\n");
    let server = site.serve().await;
    let (http, gateway, admin) = (server.http(), token(Role::Gateway, "widget"), token(Role::Admin, "root"));
    let before =
        http.inbound("inbox", &gateway, &message("1", "guest-1", "shop", "Hello?")).await.conversation;
    let path = "/v1/configuration/texts/en/conversation_ack";
    let said = http.request(reqwest::Method::PUT, path, &admin).json(&json!({ "text": "We got it." }));
    assert!(Client::send(said).await.unwrap().status < 300);
    server.kill();
    let server = site.serve().await;
    let (http, ann) = (server.http(), token(Role::Agent, "ann"));
    let after =
        http.inbound("inbox", &gateway, &message("2", "guest-2", "shop", "Hello?")).await.conversation;
    for id in [&before, &after] {
        http.order(id, "join", &ann, &json!({})).await;
        http.order(id, "messages", &ann, &json!({ "text": "Yes?" })).await;
    }
    let next = |answer: Value| -> Vec<(Value, Value)> {
        let deliveries = answer["deliveries"].as_array().unwrap().clone();
        let of = |it: Value| (it["conversation_id"].clone(), it["text"].clone());
        deliveries.into_iter().map(of).collect()
    };
    let waiting = eventually("both have something to say", async || {
        let waiting = next(http.get("/v1/channels/inbox/outbound", &gateway).await.ok());
        (waiting.len() == 2).then_some(waiting)
    })
    .await;
    assert!(waiting.contains(&(json!(before), json!("Yes?"))), "{waiting:?}");
    assert!(waiting.contains(&(json!(after), json!("We got it."))), "{waiting:?}");
    for (id, expected) in [(&before, 1), (&after, 2)] {
        let page =
            http.get(&format!("/v1/conversations/{id}/messages?audience=requester"), &gateway).await.ok();
        let shown = page["messages"].as_array().unwrap().iter().filter(|said| said["from"] != "requester");
        assert_eq!(shown.count(), expected);
    }
    server.stop().await;
    site.verify_store();
}
