//! One try at a text message against a provider that speaks as Twilio does, well and badly: each answer means one thing.

use crate::provider::{
    Asked, NOW, Provider, Reply, answer, channels, event, key, message, refused, retry, sent, sms, try_once,
};
use domain::Seconds;
use domain::channel::ChannelKind;
use engine::{Attempt, Deliver as _, Delivery};
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use serde_json::{Value, json};

const MESSAGES: &str = "/2010-04-01/Accounts/AC1/Messages.json";

fn taken(sid: &str) -> Reply {
    answer(201, &json!({ "sid": sid, "status": "queued", "error_code": null }))
}

/// A page of the list, as Twilio gives it.
fn listed(messages: &[(&str, &str, &str)]) -> Reply {
    let one = |(sid, body, created): &(&str, &str, &str)| {
        let (direction, status) = ("outbound-api", "sent");
        json!({ "sid": sid, "body": body, "direction": direction, "date_created": created, "status": status })
    };
    let messages: Vec<Value> = messages.iter().map(one).collect();
    answer(200, &json!({ "messages": messages, "page_size": 20 }))
}

fn again(delivery: Delivery) -> Delivery {
    Delivery { attempt: 2, ..delivery }
}

fn lines(provider: &Provider) -> Vec<String> {
    provider.asked().iter().map(|asked| asked.line.split('?').next().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_text_goes_out_with_all_that_twilio_needs_to_know() {
    let provider = Provider::with([taken("SM1")]).await;
    let delivery = message("sms", ChannelKind::Sms, "Größe?", &["image/png", "IMAGE/GIF"]);
    assert_eq!(try_once(&provider.channels(15), &delivery).await, sent("SM1"));
    let asked: Asked = provider.asked().remove(0);
    assert_eq!(asked.line, format!("POST {MESSAGES}"));
    assert_eq!(asked.header("authorization"), "Basic QUMxOnQtby1rLWUtbg==");
    let callback = format!("https://talk.example.org/v1/channels/sms/twilio/status/{}", key(4));
    let expected = [
        ("To", "+12025550123"),
        ("From", "+12025550100"),
        ("StatusCallback", callback.as_str()),
        ("Body", "Größe?"),
        ("MediaUrl", "https://files.example/1"),
        ("MediaUrl", "https://files.example/1"),
    ];
    assert_eq!(asked.form(), expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
}

/// OPT-4, MSG-19
#[tokio::test]
async fn each_answer_means_one_thing() {
    let opted_out = Attempt::Refused { code: "twilio_21610".to_owned(), opted_out: true };
    let later = |code: &str, after| Attempt::Retry { code: code.to_owned(), after: Some(Seconds(after)) };
    let failing = |status, headers, code| Reply::Answer(status, headers, json!({ "code": code }).to_string());
    let date = "retry-after: Sat, 31 Jan 2026 22:11:17 GMT\r\n";
    for (reply, expected) in [
        (taken("SM1"), sent("SM1")),
        (failing(400, "", 21610), opted_out),
        (failing(400, "", 21211), refused("twilio_21211")),
        (failing(401, "", 20003), retry("twilio_20003")),
        (failing(429, "retry-after: 7\r\n", 20429), later("twilio_20429", 7)),
        (Reply::Answer(503, date, String::new()), later("http_503", 30)),
        (Reply::Answer(500, "", "oh".to_owned()), retry("http_500")),
        (Reply::Answer(404, "", "<html>".to_owned()), refused("http_404")),
        (Reply::Answer(201, "", "<html>".to_owned()), retry("bad_answer")),
        (answer(201, &json!({ "sid": "a b" })), retry("bad_answer")),
        (answer(201, &json!({ "sid": null })), retry("bad_answer")),
        (Reply::Half, retry("bad_answer")),
        (Reply::Close, retry("bad_answer")),
        (Reply::Garbage, retry("bad_answer")),
        (Reply::Endless, retry("bad_answer")),
    ] {
        let provider = Provider::with([reply.clone()]).await;
        assert_eq!(try_once(&provider.channels(15), &sms("Hello")).await, expected, "{reply:?}");
        assert_eq!(provider.asked().len(), 1, "one try is one request: {reply:?}");
    }
}

#[tokio::test]
async fn a_provider_that_hangs_or_drips_or_hangs_up_is_given_up() {
    for reply in [Reply::Hang, Reply::Drip] {
        let provider = Provider::with([reply.clone()]).await;
        assert_eq!(try_once(&provider.channels(1), &sms("Hello")).await, retry("timeout"), "{reply:?}");
    }
    let provider = Provider::with([]).await;
    let attempt = try_once(&provider.channels(15), &sms("Hello")).await;
    assert_eq!(attempt, retry("bad_answer"), "it is there, and hangs up");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let target = Provider::with([taken("SM2")]).await;
    let location: &'static str = format!("location: http://127.0.0.1:{}/\r\n", target.port).leak();
    for status in [302, 307] {
        let provider = Provider::with([Reply::Answer(status, location, String::new())]).await;
        let attempt = try_once(&provider.channels(15), &sms("Hello")).await;
        assert_eq!(attempt, refused(&format!("http_{status}")));
    }
    assert_eq!(target.asked().len(), 0);
}

/// L5
#[tokio::test]
async fn a_text_whose_answer_was_lost_is_found_and_not_sent_again() {
    for lost in [Reply::Hang, Reply::Half, Reply::Close, Reply::Answer(502, "", String::new())] {
        let page = listed(&[("SM1", "Hello", "Sat, 31 Jan 2026 22:10:48 +0000")]);
        let provider = Provider::with([lost, page]).await;
        let channels = provider.channels(1);
        let first = try_once(&channels, &sms("Hello")).await;
        assert!(matches!(first, Attempt::Retry { .. }), "{first:?}");
        assert_eq!(try_once(&channels, &again(sms("Hello"))).await, sent("SM1"));
        assert_eq!(lines(&provider), [format!("POST {MESSAGES}"), format!("GET {MESSAGES}")]);
        let query = provider.asked()[1].line.split_once('?').unwrap().1.to_owned();
        assert_eq!(query, "To=%2B12025550123&From=%2B12025550100&PageSize=20");
    }
}

#[tokio::test]
async fn a_text_that_is_not_found_is_sent_again() {
    let before = "Sat, 31 Jan 2026 22:10:40 +0000";
    let after = "Sat, 31 Jan 2026 22:10:48 +0000";
    let page = listed(&[("SM1", "Hello", before), ("SM2", "Hello!", after)]);
    let provider = Provider::with([page, taken("SM3")]).await;
    assert_eq!(try_once(&provider.channels(15), &again(sms("Hello"))).await, sent("SM3"));
    assert_eq!(lines(&provider), [format!("GET {MESSAGES}"), format!("POST {MESSAGES}")]);
}

#[tokio::test]
async fn the_same_text_said_twice_is_not_taken_for_one() {
    let created = "Sat, 31 Jan 2026 22:10:48 +0000";
    let provider = Provider::with([taken("SM1"), listed(&[("SM1", "Yes", created)]), taken("SM2")]).await;
    let channels = provider.channels(15);
    assert_eq!(try_once(&channels, &sms("Yes")).await, sent("SM1"));
    let second = Delivery { key: key(5), at: NOW, ..again(sms("Yes")) };
    assert_eq!(try_once(&channels, &second).await, sent("SM2"));
}

#[tokio::test]
async fn while_it_is_not_known_whether_a_text_went_through_nothing_is_sent() {
    for (reply, expected) in [
        (Reply::Answer(500, "", String::new()), retry("http_500")),
        (Reply::Half, retry("bad_answer")),
        (answer(200, &json!({ "messages": {} })), retry("bad_answer")),
    ] {
        let provider = Provider::with([reply, taken("SM1")]).await;
        assert_eq!(try_once(&provider.channels(15), &again(sms("Hello"))).await, expected);
        assert_eq!(lines(&provider), [format!("GET {MESSAGES}")]);
    }
}

/// MSG-20, PRO-8
#[tokio::test]
async fn what_no_text_message_can_carry_is_refused_before_anybody_is_asked() {
    let provider = Provider::with([taken("SM1")]).await;
    let channels = provider.channels(15);
    for (delivery, code) in [
        (sms(&"ä".repeat(1601)), "text_too_long"),
        (message("sms", ChannelKind::Sms, "", &["image/png", "application/pdf"]), "attachment_not_image"),
        (message("sms", ChannelKind::Whatsapp, "Hello", &[]), "kind_unsupported"),
        (message("fax", ChannelKind::Own, "Hello", &[]), "channel_not_pushed"),
    ] {
        assert_eq!(try_once(&channels, &delivery).await, refused(code));
    }
    assert_eq!(provider.asked().len(), 0);
    assert_eq!(try_once(&channels, &sms(&"ä".repeat(1600))).await, sent("SM1"));
    let pushed = |name: &str| channels.pushes(&domain::ChannelId::new(name).unwrap());
    assert!(pushed("sms") && pushed("own") && !pushed("web"));
    let unknown = crate::provider::channels("");
    assert_eq!(try_once(&unknown, &event()).await, refused("subscription_unknown"));
}

/// CH-10: whoever would have to wait long for the sender's turn is sent away, and tried later.
#[tokio::test]
async fn a_number_sends_no_faster_than_it_may() {
    let provider = Provider::with((1..5).map(|number| taken(&format!("SM{number}")))).await;
    let slow = channels(&format!(
        "public_url = \"https://talk.example.org\"\nallow_private_addresses = true
        [channels.sms]\nprovider = \"twilio\"\naccount_sid = \"AC1\"\nauth_token = \"t\"\nbase_url = \"http://127.0.0.1:{}\"",
        provider.port
    ));
    let deliveries: Vec<Delivery> = (0..5).map(|_| sms("Hello")).collect();
    let mut tries: FuturesUnordered<_> = deliveries.iter().map(|delivery| slow.deliver(delivery)).collect();
    let mut first = Vec::new();
    while first.len() < 3 {
        first.push(tries.next().await.unwrap());
    }
    let limited = |attempt: &&Attempt| matches!(attempt, Attempt::Retry { code, after: Some(Seconds(3)) } if code == "rate_limited");
    assert_eq!(first.iter().filter(limited).count(), 2, "{first:?}");
    assert!(first.contains(&sent("SM1")), "{first:?}");
    assert_eq!(provider.asked().len(), 1);
}
