//! What a message can carry, from outside: components with choices and their answers, files by channel, words as HTML;
//! and how administrators set all that.

use crate::http_client::{Answer, Client, message};
use crate::process::{CHANNELS, COMPANY, Server, Site, confined_token, token};
use domain::Role;
use reqwest::Method;
use serde_json::{Value, json};

const REQUESTER: &str = "+12025550101";

/// A conversation on each channel, both with ann.
struct Desk {
    server: Server,
    http: Client,
    ann: String,
    admin: String,
    gateway: String,
}

impl Desk {
    async fn open(site: &Site) -> Self {
        let server = site.serve().await;
        let http = server.http();
        let (ann, admin) = (token(Role::Agent, "ann"), token(Role::Admin, "adam"));
        Self { server, http, ann, admin, gateway: token(Role::Gateway, "widget") }
    }

    /// A conversation that ann has joined.
    async fn talk(&self, channel: &str) -> String {
        let (from, to) = if channel == "sms" { (REQUESTER, COMPANY) } else { ("guest-1", "shop") };
        let first = message(&format!("{channel}-1"), from, to, "Hello?");
        let id = self.http.inbound(channel, &self.gateway, &first).await.conversation;
        self.http.order(&id, "join", &self.ann, &json!({})).await;
        id
    }

    async fn post(&self, id: &str, token: &str, body: Value) -> Answer {
        self.http.post(&format!("/v1/conversations/{id}/messages"), token, &body).await
    }

    /// The latest message as one side sees it.
    async fn last(&self, id: &str, query: &str) -> Value {
        let path = format!("/v1/conversations/{id}/messages?limit=1000{query}");
        let page = self.http.get(&path, &self.ann).await.ok();
        page["messages"].as_array().unwrap().last().unwrap().clone()
    }

    async fn configure(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        self.configure_as(&self.admin, method, path, body).await
    }

    async fn configure_as(&self, token: &str, method: Method, path: &str, body: Option<Value>) -> Answer {
        let request = self.http.request(method, &format!("/v1/configuration{path}"), token);
        let request = body.iter().fold(request, |request, body| request.json(body));
        Client::send(request).await.unwrap()
    }
}

fn answer(to: &Value, value: &str) -> Value {
    json!({ "answer": { "message_id": to, "value": value } })
}

/// MSG-26: an agent sends a component in one action; the answer is an event tied to it, and ends nothing.
#[tokio::test]
async fn a_component_is_sent_in_one_action_and_its_answer_is_tied_to_it() {
    let site = Site::new(CHANNELS);
    let desk = Desk::open(&site).await;
    let id = desk.talk("web").await;
    let guest = token(Role::Requester, "guest-1");
    desk.post(&id, &desk.ann, json!({ "component": "answered_question" })).await.accepted();
    let asked = desk.last(&id, "&audience=requester").await;
    assert_eq!(asked["text"], "Have I successfully answered your question?");
    assert_eq!((&asked["component"], &asked["agent"]), (&json!("answered_question"), &json!("ann")));
    assert_eq!(asked["choices"][1], json!({ "value": "no", "label": "No" }));
    desk.post(&id, &guest, answer(&asked["message_id"], "no")).await.accepted();
    let answered = desk.last(&id, "").await;
    assert_eq!((&answered["from"], &answered["text"]), (&json!("requester"), &json!("No")));
    assert_eq!(answered["answer"], answer(&asked["message_id"], "no")["answer"]);
    let event = desk.http.events(&id, &guest).await.pop().unwrap();
    assert_eq!(event["data"]["answer"]["value"], "no");
    let state = desk.http.get(&format!("/v1/conversations/{id}"), &desk.ann).await.ok();
    assert_eq!(state["state"], "work_in_progress");
    // C1: what is over takes no answer any more.
    desk.http.order(&id, "end", &guest, &json!({})).await;
    let late = desk.post(&id, &guest, answer(&asked["message_id"], "yes")).await;
    late.problem(409, "conversation_closed");
    desk.server.stop().await;
    site.verify_store();
}

/// MSG-26, MSG-20: on SMS choices are words, and the words of one are its answer.
#[tokio::test]
async fn on_sms_a_number_answers_and_a_repeated_message_is_one_answer() {
    let site = Site::new(CHANNELS);
    let desk = Desk::open(&site).await;
    let id = desk.talk("sms").await;
    let choices = json!([{ "value": "am", "label": "Morning" }, { "value": "pm", "label": "Afternoon" }]);
    let asked = desk.post(&id, &desk.ann, json!({ "text": "When?", "choices": choices })).await.accepted();
    let reply = message("SM-9", REQUESTER, COMPANY, "2.");
    let first = desk.http.inbound("sms", &desk.gateway, &reply).await;
    let again = desk.http.inbound("sms", &desk.gateway, &reply).await;
    assert!(!first.duplicate && again.duplicate && first.message == again.message);
    let answered = desk.last(&id, "").await;
    let expected = answer(&json!(asked.message), "pm")["answer"].clone();
    assert_eq!((&answered["text"], &answered["answer"]), (&json!("2."), &expected));
    desk.http.inbound("sms", &desk.gateway, &message("SM-10", REQUESTER, COMPANY, "2")).await;
    assert_eq!(desk.last(&id, "").await.get("answer"), None, "it was answered before");
}

/// MSG-26
#[tokio::test]
async fn what_cannot_be_chosen_or_offered_is_refused_and_changes_nothing() {
    let site = Site::new(CHANNELS);
    let desk = Desk::open(&site).await;
    let id = desk.talk("web").await;
    let guest = token(Role::Requester, "guest-1");
    let offer = |choices: Value| json!({ "text": "Well?", "choices": choices });
    let yes = json!({ "value": "yes", "label": "Yes" });
    let asked = desk.post(&id, &desk.ann, offer(json!([yes]))).await.accepted();
    let asked = json!(asked.message);
    let before = desk.http.events(&id, &desk.ann).await.len();
    let ann = &desk.ann;
    for (token, body, status, code) in [
        (&guest, answer(&asked, "no"), 409, "choice_unknown"),
        (&guest, answer(&json!("01910000-0000-7000-8000-000000000001"), "yes"), 409, "choice_unknown"),
        (&guest, answer(&json!("no-id"), "yes"), 422, "invalid_body"),
        (&guest, json!({ "answer": { "value": "yes" } }), 422, "invalid_body"),
        (&guest, offer(json!([yes])), 422, "invalid_body"),
        (&guest, json!({ "component": "answered_question" }), 422, "invalid_body"),
        (ann, answer(&asked, "yes"), 422, "invalid_body"),
        (ann, json!({ "component": "no_such" }), 422, "component_unknown"),
        (ann, json!({ "component": "a b" }), 422, "component_unknown"),
        (ann, json!({ "component": "answered_question", "text": "x" }), 422, "invalid_body"),
        (ann, offer(json!([yes, yes])), 422, "invalid_message"),
        (ann, offer(json!([{ "value": "a b", "label": "x" }])), 422, "invalid_message"),
        (ann, offer(json!([{ "value": "a", "label": "" }])), 422, "invalid_message"),
        (ann, offer(json!(vec![yes.clone(); 11])), 422, "invalid_message"),
        (ann, offer(json!([{ "value": "a" }])), 422, "invalid_body"),
        (ann, json!({ "choices": [yes] }), 422, "invalid_message"),
    ] {
        desk.post(&id, token, body).await.problem(status, code);
    }
    assert_eq!(desk.http.events(&id, &desk.ann).await.len(), before);
    desk.post(&id, &guest, answer(&asked, "yes")).await.accepted();
}

/// PRO-8, MSG-20: on the web any permitted type, on SMS images only, never what could be run.
#[tokio::test]
async fn files_come_with_messages_as_their_channel_takes_them() {
    let site = Site::new(CHANNELS);
    let desk = Desk::open(&site).await;
    let (web, sms) = (desk.talk("web").await, desk.talk("sms").await);
    let file = |url: &str, kind: &str, size: u64| json!({ "attachments": [{ "url": url, "content_type": kind, "size_bytes": size }] });
    let url = "https://files.example/1";
    for (body, on_web, on_sms) in [
        (file(url, "image/png", 1000), None, None),
        (file(url, "application/pdf", 1000), None, Some("attachment_type_refused")),
        (file(url, "text/html", 1), Some("attachment_type_refused"), Some("attachment_type_refused")),
        (file(url, "image/svg+xml", 1), Some("attachment_type_refused"), Some("attachment_type_refused")),
        (file(url, "image/png", 11 << 20), Some("attachment_too_large"), Some("attachment_too_large")),
        (
            file("http://files.example/1", "image/png", 1),
            Some("attachment_url_refused"),
            Some("attachment_url_refused"),
        ),
        (
            file("javascript:alert(1)", "image/png", 1),
            Some("attachment_url_refused"),
            Some("attachment_url_refused"),
        ),
    ] {
        for (id, code) in [(&web, on_web), (&sms, on_sms)] {
            for side in [&desk.ann, &desk.gateway] {
                let said = desk.post(id, side, body.clone()).await;
                match code {
                    Some(code) => said.problem(422, code),
                    None => drop(said.accepted()),
                }
            }
        }
    }
    assert_eq!(desk.last(&web, "").await["attachments"][0]["size_bytes"], 1000);
    // The first message of a conversation is no way around.
    let mut first = message("web-9", "guest-9", "shop", "Hi");
    first["attachments"] = file(url, "text/html", 1)["attachments"].clone();
    let refused = desk.http.post("/v1/channels/web/inbound", &desk.gateway, &first).await;
    refused.problem(422, "attachment_type_refused");
    let rules = "/channels/web/attachments";
    let wider = json!({ "types": ["audio/*"], "max_bytes": 2000 });
    desk.configure(Method::PUT, rules, Some(wider)).await.ok();
    desk.post(&web, &desk.ann, file(url, "audio/mpeg", 2000)).await.accepted();
    desk.post(&web, &desk.ann, file(url, "audio/mpeg", 2001)).await.problem(422, "attachment_too_large");
    desk.post(&web, &desk.ann, file(url, "image/png", 1)).await.problem(422, "attachment_type_refused");
}

/// What runs never comes through, in neither view.
#[tokio::test]
async fn words_are_rendered_as_html_that_cannot_run() {
    let site = Site::new(CHANNELS);
    let desk = Desk::open(&site).await;
    let id = desk.talk("web").await;
    let text = "**Yes**, [here](https://a.example) <script>x</script> [no](javascript:x)";
    desk.post(&id, &desk.ann, json!({ "text": text })).await.accepted();
    let html = "<p><strong>Yes</strong>, <a href=\"https://a.example\" rel=\"noopener nofollow\">here</a> \
                &lt;script&gt;x&lt;/script&gt; <a rel=\"noopener nofollow\">no</a></p>";
    let shown = desk.last(&id, "&render=html").await;
    assert_eq!((&shown["text"], &shown["html"]), (&json!(text), &json!(html)));
    assert_eq!(desk.last(&id, "").await.get("html"), None);
    desk.post(&id, &desk.gateway, json!({ "text": "**5** < 6" })).await.accepted();
    assert_eq!(desk.last(&id, "&render=html").await["html"], "**5** &lt; 6", "requesters write no markdown");
    let events =
        desk.http.get(&format!("/v1/conversations/{id}/events?render=html"), &desk.gateway).await.ok();
    let rendered: Vec<&Value> =
        events["events"].as_array().unwrap().iter().map(|event| &event["data"]["html"]).collect();
    assert_eq!(
        rendered,
        [&Value::Null, &json!("Hello?"), &Value::Null, &json!(html), &json!("**5** &lt; 6")]
    );
    let wrong = desk.http.get(&format!("/v1/conversations/{id}/messages?render=pdf"), &desk.ann).await;
    wrong.problem(400, "invalid_query");
}

/// Design, configuration: set, read, changed and taken away, each change once, with its author, beyond a crash.
#[tokio::test]
async fn words_are_configured_over_http_and_outlive_the_process() {
    let site = Site::new(CHANNELS);
    let desk = Desk::open(&site).await;
    let component = json!({ "text": "Well?", "choices": [{ "value": "a", "label": "A" }] });
    let entries = [
        ("/texts/DE/agent_transfer", json!({ "text": "Einen Moment." })),
        ("/components/rate", component.clone()),
        ("/channels/web/attachments", json!({ "types": ["image/png"], "max_bytes": 5 })),
    ];
    for (path, body) in &entries {
        let put = || desk.configure(Method::PUT, path, Some(body.clone()));
        assert_eq!(put().await.ok(), json!({ "changed": true }), "{path}");
        assert_eq!(put().await.ok(), json!({ "changed": false }), "{path}");
        assert_eq!(desk.configure(Method::GET, path, None).await.ok(), *body);
    }
    desk.server.kill();
    let desk = Desk::open(&site).await;
    let get = |path: &'static str| desk.configure(Method::GET, path, None);
    assert_eq!(get("/texts").await.ok(), json!({ "texts": { "de": { "agent_transfer": "Einen Moment." } } }));
    let components = get("/components").await.ok();
    assert_eq!(components["components"]["rate"], component);
    assert_eq!(components["components"]["answered_question"]["choices"][0]["value"], "yes");
    for (path, _) in &entries {
        assert_eq!(desk.configure(Method::DELETE, path, None).await.ok(), json!({ "changed": true }));
        desk.configure(Method::DELETE, path, None).await.problem(404, "entry_unknown");
    }
    get("/texts/de/agent_transfer").await.problem(404, "entry_unknown");
    get("/components/rate").await.problem(404, "entry_unknown");
    assert_eq!(get("/channels/web/attachments").await.ok()["max_bytes"], 10 << 20, "the defaults are back");
    desk.server.stop().await;
    site.verify_store();
}

/// Section 5, PRO-8, OPT-4
#[tokio::test]
async fn words_that_cannot_be_are_refused_and_only_admins_set_any() {
    let site = Site::new(CHANNELS);
    let desk = Desk::open(&site).await;
    let text = |text: &str| json!({ "text": text });
    let component = |choices: Value| json!({ "text": "Well?", "choices": choices });
    let files = |types: &str| json!({ "types": [types], "max_bytes": 10 });
    for (path, body, status, code, field) in [
        ("/texts/de/no_such", text("x"), 404, "entry_unknown", ""),
        ("/texts/d/agent_transfer", text("x"), 422, "bad_configuration", "texts.agent_transfer"),
        ("/texts/de/agent_transfer", text("{name}"), 422, "bad_configuration", "texts.agent_transfer"),
        ("/texts/de/agent_transfer", text(" "), 422, "bad_configuration", "texts.agent_transfer"),
        ("/texts/de/opt_out_confirmation", text("x"), 422, "bad_configuration", "texts.opt_out_confirmation"),
        ("/texts/de/agent_transfer", json!({}), 422, "invalid_body", "text"),
        ("/components/a%20b", component(json!([])), 422, "bad_configuration", "components"),
        ("/components/rate", component(json!([])), 422, "bad_configuration", "components.rate.choices"),
        ("/components/rate", json!({ "text": "x" }), 422, "invalid_body", "choices"),
        (
            "/channels/sms/attachments",
            files("audio/*"),
            422,
            "bad_configuration",
            "channels.sms.attachment_types",
        ),
        ("/channels/web/attachments", files("text/html"), 422, "bad_configuration", "channels.web.types"),
        ("/channels/fax/attachments", files("image/*"), 404, "channel_unknown", ""),
    ] {
        let refused = desk.configure(Method::PUT, path, Some(body)).await;
        refused.problem(status, code);
        assert_eq!(refused.body["errors"][0]["field"].as_str().unwrap_or_default(), field, "{path}");
    }
    let confined = confined_token(Role::Admin, "adam", "web");
    for token in [&desk.ann, &token(Role::Supervisor, "sue"), &confined] {
        for (path, body) in [
            ("/texts/de/agent_transfer", text("x")),
            ("/components/rate", component(json!([{ "value": "a", "label": "A" }]))),
            ("/channels/web/attachments", files("image/*")),
        ] {
            let put = desk.configure_as(token, Method::PUT, path, Some(body)).await;
            put.problem(403, "role_forbidden");
            desk.configure_as(token, Method::DELETE, path, None).await.problem(403, "role_forbidden");
        }
    }
    desk.configure_as(&desk.ann, Method::GET, "/components", None).await.ok();
    desk.configure_as(&desk.gateway, Method::GET, "/components", None).await.problem(403, "role_forbidden");
}
