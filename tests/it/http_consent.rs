//! The words with which requesters stop and go on, from outside, over HTTP (section 2.1).

use crate::http_client::{Client, message};
use crate::http_world::{NUMBER, World};
use crate::process::{COMPANY, token};
use domain::Role;
use serde_json::{Value, json};

/// One channel for each kind of sender.
const SENDERS: &str = r#"
[channels.sms]
kind = "sms"
addresses = ["+12025550199"]
[channels.free]
kind = "sms"
sender_kind = "toll_free"
addresses = ["+18005550199"]
proactive_active = true
proactive_allow_manual_recipient = true
[channels.short]
kind = "sms"
sender_kind = "short_code"
addresses = ["54321"]
proactive_active = true
proactive_allow_manual_recipient = true
"#;
const OPT_OUT: [&str; 8] = ["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"];

/// Whether nothing may be sent to a number.
async fn opted_out(world: &World, channel: &str, number: &str) -> bool {
    world.lookup_of(channel, number).await["consent"][0]["opted_out"] == true
}

/// Ann writes first on a channel; the problem's code, or nothing if it was taken.
async fn refused(world: &World, channel: &str, from: &str) -> Value {
    let body = json!({ "channel": channel, "to": NUMBER, "from": from, "text": "It is Ann." });
    world.as_agent("/v1/conversations", &body).await.body["code"].clone()
}

/// Whether what was said opened a conversation, or went into one.
fn is_message(answer: &Value) -> bool {
    answer.get("message_id").is_some()
}

/// OPT-2: the whole list of an ordinary number. Each word that opts out does so for whoever writes it, each that opts in
/// lifts it, and no word on the list is a message of theirs.
#[tokio::test]
async fn opt_2_every_word_of_the_list_opts_out_or_in_and_none_opens_a_conversation() {
    let mut world = World::with(SENDERS).await;
    for (number, word) in OPT_OUT.iter().enumerate() {
        let from = format!("+1202555010{number}");
        let lifting = ["START", "YES", "UNSTOP"][number % 3];
        for (text, blocked) in [(*word, true), (lifting, false)] {
            let answer = world.says_to("sms", COMPANY, &from, text).await;
            assert!(!is_message(&answer) && answer.get("conversation_id").is_none(), "{text}: {answer}");
            assert_eq!(opted_out(&world, "sms", &from).await, blocked, "{text}");
        }
    }
    for word in ["HELP", "INFO"] {
        assert!(!is_message(&world.says(word).await), "{word}");
    }
    assert_eq!(world.lookup().await["known"], false, "who asks for help has said nothing about consent");
    world.end().await;
}

/// OPT-5: of a toll-free number the carrier acts upon STOP, START and UNSTOP alone. Every other word is a message, so that
/// somebody reads it; HELP is nobody's to answer once they have opted out.
#[tokio::test]
async fn opt_5_a_toll_free_number_knows_stop_and_start_and_gives_no_reply_to_help() {
    const FREE: &str = "+18005550199";
    let mut world = World::with(SENDERS).await;
    for (number, word) in OPT_OUT.iter().skip(1).chain(&["YES", "INFO"]).enumerate() {
        let from = format!("+1202555020{number}");
        assert!(is_message(&world.says_to("free", FREE, &from, word).await), "{word}");
        assert!(!opted_out(&world, "free", &from).await, "{word}");
    }
    for lifting in ["START", "UNSTOP"] {
        assert!(!is_message(&world.says_to("free", FREE, NUMBER, "stop").await));
        assert_eq!(refused(&world, "free", FREE).await, "opted_out");
        let help = world.says_to("free", FREE, NUMBER, "HELP").await;
        assert!(!is_message(&help) && help.get("conversation_id").is_none(), "{help}");
        assert!(!is_message(&world.says_to("free", FREE, NUMBER, lifting).await));
        assert!(!opted_out(&world, "free", NUMBER).await, "{lifting}");
    }
    assert_eq!(refused(&world, "free", FREE).await, Value::Null);
    world.end().await;
}

/// OPT-5, OPT-6: nobody acts for a short code but this system. It blocks and lifts by every word, and a call for help is a
/// message, because nobody else would answer it.
#[tokio::test]
async fn opt_5_a_short_code_is_blocked_here_and_its_help_is_read_by_whoever_answers() {
    let mut world = World::with(SENDERS).await;
    for (number, word) in OPT_OUT.iter().enumerate() {
        let from = format!("+1202555030{number}");
        assert!(!is_message(&world.says_to("short", "54321", &from, word).await), "{word}");
        assert!(opted_out(&world, "short", &from).await, "{word}");
    }
    assert!(!is_message(&world.says_to("short", "54321", NUMBER, "END").await));
    assert_eq!(refused(&world, "short", "54321").await, "opted_out");
    assert!(is_message(&world.says_to("short", "54321", NUMBER, "HELP").await));
    assert!(!is_message(&world.says_to("short", "54321", NUMBER, "Yes").await));
    assert!(!opted_out(&world, "short", NUMBER).await);
    assert_eq!(refused(&world, "short", "54321").await, Value::Null);
    assert!(!is_message(&world.says_to("short", "54321", NUMBER, "START").await));
    let news = json!({ "channel": "short", "address": NUMBER, "from": "54321", "text": "It has shipped." });
    let sent = world.http.post("/v1/notifications", &token(Role::Gateway, "twilio"), &news).await;
    assert_eq!(sent.status, 202, "{}", sent.text);
    let body = json!({ "channel": "short", "to": NUMBER, "from": "+12025550199", "text": "?" });
    world.as_agent("/v1/conversations", &body).await.problem(422, "invalid_address");
    world.end().await;
}

/// CH-11: a message by id is taken only while its conversation goes on; a word of consent is taken at any time, and changes
/// nothing in what is over.
#[tokio::test]
async fn ch_11_a_closed_conversation_takes_no_message_but_a_word_of_consent_still_counts() {
    let mut world = World::new().await;
    let id = world.writes("Hello?").await;
    world.order(&id, "join", &json!({})).await.accepted();
    let requester = token(Role::Requester, NUMBER);
    let path = format!("/v1/conversations/{id}/messages");
    let say = async |http: &Client, text: &str| http.post(&path, &requester, &json!({ "text": text })).await;
    assert_eq!(say(&world.http, "Are you there?").await.accepted().conversation, id);
    world.order(&id, "end", &json!({})).await.accepted();
    let events = world.http.events(&id, &requester).await.len();
    say(&world.http, "One more thing.").await.problem(409, "conversation_closed");
    say(&world.http, "yes").await.problem(409, "conversation_closed");
    let stop = say(&world.http, "STOP").await;
    assert_eq!((stop.status, is_message(&stop.body)), (202, false), "{}", stop.text);
    assert!(opted_out(&world, "sms", NUMBER).await);
    // As an answer they could not give now "yes" was refused; now it lifts the block.
    assert_eq!(say(&world.http, "yes").await.status, 202);
    assert!(!opted_out(&world, "sms", NUMBER).await);
    assert_eq!(world.http.events(&id, &requester).await.len(), events, "C1: what is over stays as it was");
    assert_eq!(world.lookup().await["conversations"], json!([]), "and nothing was opened");
    world.end().await;
}

/// OPT-3, OPT-6, 18.19: a word alone opens nothing; what is more than the word is a message.
#[tokio::test]
async fn a_consent_keyword_opens_no_conversation_and_more_than_the_word_does() {
    let mut world = World::new().await;
    for word in ["STOP", " help ", "START"] {
        assert_eq!(world.says(word).await.get("conversation_id"), None, "{word}");
    }
    let id = world.writes("stop please").await;
    assert_eq!(world.writes("yes").await, id, "they have not opted out, so it is an answer");
    assert_eq!(world.state(&id).await["messages"]["requester"], 2);
    world.end().await;
}

/// OPT-4, OPT-6, ACT-6, L6
#[tokio::test]
async fn stop_parks_the_conversation_and_blocks_the_agent_until_start() {
    let mut world = World::new().await;
    let id = world.writes("Hello?").await;
    let say = json!({ "text": "Here I am." });
    world.order(&id, "join", &json!({})).await.accepted();
    world.order(&id, "messages", &say).await.accepted();
    assert_eq!(world.writes("Stop").await, id);
    let parked = world.state(&id).await;
    assert_eq!((&parked["state"], &parked["opted_out"]), (&json!("on_hold"), &json!(true)));
    assert_eq!(parked["messages"]["requester"], 1, "it is no message");
    world.order(&id, "messages", &say).await.problem(409, "opted_out");
    world.starts(&json!({})).await.problem(409, "opted_out");
    assert_eq!(world.lookup().await["consent"][0]["opted_out"], true);
    let stop = message("SM-2", NUMBER, COMPANY, "Stop");
    let again = world.http.inbound("sms", &token(Role::Gateway, "twilio"), &stop).await;
    assert!(again.duplicate);
    assert_eq!(world.writes("START").await, id);
    assert_eq!(world.state(&id).await["state"], "on_hold", "the agent takes it up by hand");
    world.order(&id, "resume", &json!({})).await.accepted();
    world.order(&id, "messages", &say).await.accepted();
    world.end().await;
}
