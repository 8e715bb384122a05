//! Whole runs against a server that keeps its promises, and against ones that do not.

use crate::{
    Acknowledged, Author, Error, Ledger, Plan, Report, Stage, Wrong,
    fake_server::{self, Faults},
    plan::tests::plan,
    report::Came,
    run, table, verify,
};
use std::{cell::Cell, collections::BTreeSet, time::Duration};

fn small(faults: Faults) -> Plan {
    let mut plan = plan(&fake_server::start(faults));
    plan.rate_per_s = 100.0;
    plan.duration_s = 1;
    plan.requesters = 10;
    plan.duplicate_probability = 0.2;
    plan.reply_probability = 0.4;
    plan.end_probability = 0.3;
    plan
}

async fn report(plan: Plan) -> Report {
    run(plan, |_| ()).await.unwrap()
}

fn wrongs(report: &Report) -> Vec<Wrong> {
    report.verification.as_ref().unwrap().findings.iter().map(|finding| finding.wrong).collect()
}

#[tokio::test]
async fn an_honest_server_gets_a_sound_report_in_which_everything_adds_up() {
    let stages = Cell::new(Vec::new());
    let progress = |progress: crate::Progress| {
        let mut seen = stages.take();
        seen.push(progress.stage);
        stages.set(seen);
    };
    let report = run(small(Faults::default()), progress).await.unwrap();
    assert!(report.is_sound(), "{report:?}");
    let messages = report.messages;
    assert!(messages.planned > 50);
    assert_eq!((messages.acknowledged, messages.unsent), (messages.planned, 0));
    assert!(report.duplicates.answered > 0);
    let count = |name: &str| report.operations[name].count;
    assert_eq!((count("inbound"), count("send_delay")), (messages.planned, messages.planned));
    assert!(count("join") > 0 && count("end") > 0 && count("message") >= count("join"));
    let verification = report.verification.as_ref().unwrap();
    assert_eq!(verification.found, messages.acknowledged + count("message"));
    assert_eq!(stages.take().last(), Some(&Stage::Done));
}

#[tokio::test]
async fn a_message_that_was_acknowledged_and_not_stored_is_told_as_missing() {
    let report = report(small(Faults { lose: Some(20), ..Faults::default() })).await;
    assert!(!report.is_sound());
    assert_eq!(wrongs(&report), [Wrong::Missing]);
    let verification = report.verification.unwrap();
    assert_eq!((verification.missing, verification.findings[0].message_id.as_str()), (1, "m20"));
    assert_eq!(verification.found + 1, verification.acknowledged);
}

#[tokio::test]
async fn a_message_that_was_stored_twice_is_told_as_doubled_whatever_its_second_id() {
    let report = report(small(Faults { double: Some(5), copy: Some(9), ..Faults::default() })).await;
    assert!(!report.is_sound());
    assert_eq!(wrongs(&report), [Wrong::Doubled, Wrong::Doubled]);
    let ids: BTreeSet<String> =
        report.verification.unwrap().findings.into_iter().map(|f| f.message_id).collect();
    assert_eq!(ids, ["m5", "m9"].map(str::to_owned).into());
}

#[tokio::test]
async fn a_server_that_forgets_ids_is_found_out_by_duplicates() {
    let report = report(small(Faults { forget_ids: true, ..Faults::default() })).await;
    let duplicates = report.duplicates;
    assert!(duplicates.answered > 0 && !report.is_sound());
    assert_eq!((duplicates.unreported, duplicates.unequal), (duplicates.answered, duplicates.answered));
    assert_eq!(report.verification.unwrap().unequal, duplicates.answered);
}

#[tokio::test]
async fn a_busy_server_is_asked_again_with_the_same_id_and_that_is_counted() {
    let report = report(small(Faults { busy_at_first: true, ..Faults::default() })).await;
    assert!(report.is_sound(), "{report:?}");
    assert_eq!(report.messages.acknowledged, report.messages.planned);
    let [trouble] = &report.troubles[..] else { panic!("{:?}", report.troubles) };
    assert_eq!(
        (trouble.operation, trouble.came, trouble.code.as_str()),
        ("inbound", Came::Retried, "overloaded")
    );
    assert_eq!(trouble.count, report.messages.planned);
}

#[tokio::test]
async fn a_stall_is_charged_to_every_message_that_was_due_in_it() {
    let mut plan = small(Faults { stall: Some((10, Duration::from_millis(500))), ..Faults::default() });
    (plan.connections_max, plan.reply_probability, plan.duplicate_probability) = (1, 0.0, 0.0);
    let report = report(plan).await;
    // From the time of sending, one message in a hundred would be slow; half of them were due during the stall.
    assert!(report.operations["inbound"].p90_ms > 200.0, "{:?}", report.operations);
    assert!(report.operations["send_delay"].p90_ms > 200.0);
    assert!(report.messages.waited > 20);
}

#[tokio::test]
async fn messages_that_nobody_answered_for_are_unacknowledged_and_not_missing() {
    let mut plan = small(Faults::default());
    // Nothing listens on the port of a listener that is gone.
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    (plan.base_url, plan.attempts_max) = (format!("http://{gone}"), 2);
    let report = report(plan).await;
    assert_eq!((report.messages.unacknowledged, report.messages.acknowledged), (report.messages.planned, 0));
    assert_eq!(report.verification.as_ref().unwrap().missing, 0);
    let failed = report.troubles.iter().find(|trouble| trouble.came == Came::Failed).unwrap();
    assert_eq!((failed.code.as_str(), failed.count), ("not_connected", report.messages.planned));
}

#[tokio::test]
async fn a_server_that_never_answers_does_not_hold_the_run_beyond_its_grace() {
    let mut plan = small(Faults { stall: Some((1, Duration::from_secs(60))), ..Faults::default() });
    (plan.grace, plan.verify, plan.connections_max) = (Duration::from_millis(100), false, 4);
    let report = report(plan).await;
    let messages = report.messages;
    assert!(report.elapsed_s < 5.0, "{}", report.elapsed_s);
    assert_eq!((messages.acknowledged, messages.unacknowledged), (0, 4));
    assert_eq!(messages.unsent, messages.planned - 4);
}

#[tokio::test]
async fn a_refusal_is_counted_by_its_code_and_a_redirect_is_not_followed() {
    let mut plan = small(Faults::default());
    plan.gateway_token = crate::Token::new("wrong");
    let refused = report(plan).await;
    assert_eq!(refused.messages.refused, refused.messages.planned);
    assert_eq!(refused.troubles[0].code, "token_invalid");
    let redirected = report(small(Faults { redirect: true, ..Faults::default() })).await;
    assert_eq!(redirected.messages.unacknowledged, redirected.messages.planned);
    assert_eq!(redirected.troubles[0].code, "http_307");
}

#[tokio::test]
async fn a_ledger_is_enough_to_verify_later() {
    let folder = tempfile::tempdir().unwrap();
    let mut plan = small(Faults { lose: Some(3), ..Faults::default() });
    (plan.ledger, plan.verify) = (Some(folder.path().join("ledger.jsonl")), false);
    let (url, token) = (plan.base_url.clone(), plan.gateway_token.clone());
    let report = report(plan).await;
    assert!(report.verification.is_none() && report.is_sound());
    let mut entries = Ledger::read(&folder.path().join("ledger.jsonl")).unwrap();
    let found = verify(&url, &token, &entries).await.unwrap();
    assert_eq!((found.missing, found.doubled, found.unequal), (1, 0, 0));
    // A conversation that the server does not know at all has lost its messages too.
    entries.push(Acknowledged {
        key: "load-lost".to_owned(),
        author: Author::Requester,
        conversation_id: "lost".to_owned(),
        message_id: "m1".to_owned(),
    });
    // Two messages cannot have one id.
    entries.push(Acknowledged { key: "load-other".to_owned(), ..entries[0].clone() });
    let found = verify(&url, &token, &entries).await.unwrap();
    assert_eq!((found.missing, found.shared), (2, 1));
    assert!(matches!(verify("http://192.0.2.1", &token, &entries).await, Err(Error::Remote { .. })));
    let forbidden = verify(&url, &crate::Token::new("wrong"), &entries).await;
    assert!(matches!(forbidden, Err(Error::Unreadable { code, .. }) if code == "token_invalid"));
}

#[tokio::test]
async fn a_report_is_json_for_programs_and_rows_for_people() {
    let report = report(small(Faults { lose: Some(7), ..Faults::default() })).await;
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["verification"]["missing"], 1);
    assert_eq!(json["verification"]["findings"][0]["wrong"], "missing");
    assert!(json["operations"]["inbound"]["p99_9_ms"].is_number());
    assert!(!json.to_string().contains("secret"));
    let rows = table(&report);
    let find = |name: &str| rows.iter().find(|row| row[0] == name).unwrap();
    assert_eq!(find("inbound").len(), rows[0].len());
    assert_eq!(find("missing")[1], "1");
    assert!(find("missing message")[1].contains("m7"));
}
