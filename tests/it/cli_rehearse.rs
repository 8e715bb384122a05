//! `colloquy rehearse`: recorded traffic gives the counts that can be worked out by hand, the same on every run, and in
//! a store what `replay` finds there.

use crate::process::{Run, Site};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

/// Who wrote at which time of day, as lines of a recording: ids are counted on.
const TRAFFIC: [(&str, &[(&str, &str)]); 4] = [
    // Answered, reminded at 10:03:30, back, answered, reminded at 10:08 and cancelled at 10:11 (IDLE-2, IDLE-3, IDLE-5);
    // in messaging closed two days after 10:05 (ACT-3).
    (
        "+12025550101",
        &[("10:00:00", "requester"), ("10:00:30", "agent"), ("10:04:00", "requester"), ("10:05:00", "agent")],
    ),
    // Never answered: swept at 12:00:10 (IDLE-10); in messaging open for ever.
    ("+12025550102", &[("10:00:10", "requester")]),
    // An agent writes first, which only messaging allows (PRO-1); the answer waits, with a prompt at 11:31 (ACT-2).
    ("+12025550103", &[("11:00:00", "agent"), ("11:01:00", "requester")]),
    // The agent owes the answer: closed at 14:01 (IDLE-15), in messaging prompted at 12:31.
    ("+12025550104", &[("12:00:00", "requester"), ("12:00:05", "agent"), ("12:01:00", "requester")]),
];

fn write_traffic(site: &Site) {
    let mut id = 0;
    let mut lines = String::new();
    for (requester, messages) in TRAFFIC {
        let message = |(time, from): &(&str, &str)| {
            id += 1;
            json!({ "id": id.to_string(), "at": format!("2026-01-31T{time}Z"), "from": from, "text": "words" })
        };
        let messages: Vec<Value> = messages.iter().map(message).collect();
        let line = json!({
            "conversation": requester, "requester": requester, "company": "acme",
            "company_number": "+12025550199", "messages": messages,
        });
        lines.push_str(&format!("{line}\n"));
    }
    fs::write(site.path("traffic.ndjson"), lines).unwrap();
}

fn rehearse(site: &Site, more: &[&str]) -> Run {
    let mut args = vec!["rehearse", "traffic.ndjson", "--format", "json"];
    args.extend(more);
    site.run(&args)
}

fn report(run: &Run) -> Value {
    assert_eq!(run.code, 0, "{run:?}");
    serde_json::from_str(&run.stdout).unwrap()
}

/// Counts, of which all that are not named are 0.
fn counts(named: &[(&str, u64)]) -> Value {
    let mut counts = json!({});
    for name in [
        "requester_messages",
        "agent_messages",
        "agent_messages_refused",
        "opened",
        "opened_by_agent",
        "idle_reminders",
        "idle_closed",
        "closed_no_activity",
        "closed_unanswered",
        "closed_abandoned",
        "agent_prompts",
        "open_at_end",
    ] {
        counts[name] = named.iter().find(|(wanted, _)| *wanted == name).map_or(0, |(_, count)| *count).into();
    }
    counts
}

fn expected_chat() -> Value {
    counts(&[
        ("requester_messages", 6),
        ("agent_messages", 3),
        ("agent_messages_refused", 1),
        ("opened", 4),
        ("idle_reminders", 2),
        ("idle_closed", 1),
        ("closed_no_activity", 2),
        ("closed_unanswered", 1),
    ])
}

fn expected_messaging() -> Value {
    counts(&[
        ("requester_messages", 6),
        ("agent_messages", 4),
        ("opened", 4),
        ("opened_by_agent", 1),
        ("closed_abandoned", 1),
        ("agent_prompts", 2),
        ("open_at_end", 3),
    ])
}

/// IDLE-1 to IDLE-15, ACT-2, ACT-3, PRO-1, L4
#[test]
fn both_modes_make_of_a_recording_what_can_be_worked_out_by_hand_and_the_same_every_time() {
    let site = Site::new("");
    write_traffic(&site);
    for (mode, expected, seconds) in
        [("chat", expected_chat(), 14_460), ("messaging", expected_messaging(), 173_100)]
    {
        let first = report(&rehearse(&site, &["--mode", mode]));
        assert_eq!(first["counts"], expected, "{mode}");
        assert_eq!(first["simulated_seconds"], seconds, "{mode}");
        assert_eq!(report(&rehearse(&site, &["--mode", mode])), first, "{mode}");
        let spread = report(&rehearse(&site, &["--mode", mode, "--partitions", "3"]));
        assert_eq!(spread["counts"], expected, "{mode}");
        let other = report(&rehearse(&site, &["--mode", mode, "--seed", "2"]));
        assert_eq!(other["counts"], expected, "{mode}");
        assert_ne!(other["state_hash"], first["state_hash"], "{mode}");
    }
}

/// L4
#[test]
fn a_rehearsal_in_a_store_is_the_same_and_replay_finds_the_same_state() {
    let site = Site::new("");
    write_traffic(&site);
    let in_memory = report(&rehearse(&site, &["--mode", "messaging"]));
    let stored = report(&rehearse(&site, &["--mode", "messaging", "--store", "store"]));
    assert_eq!(stored, in_memory);
    let found = site.verify_store();
    assert_eq!(found["state_hash"], in_memory["state_hash"]);
    assert_eq!(found["events"], in_memory["events"]);
    assert_eq!((&found["conversations"], &found["open"]), (&json!(4), &json!(3)));
    // A store that has something in it is not played into.
    let again = rehearse(&site, &["--mode", "messaging", "--store", "store"]);
    assert_eq!(again.code, 1, "{again:?}");
    assert_eq!(site.verify_store(), found);
}

#[test]
fn a_rehearsal_goes_by_the_timeouts_that_it_is_given() {
    let site = Site::new("[defaults]\nidle_chat_reminder_timeout = 600\nidle_chat_cancel_timeout = 7200\n");
    write_traffic(&site);
    let found = report(&rehearse(&site, &["--mode", "chat", "--config", "channels.toml"]));
    // Only the last silence of the first chat is long enough.
    assert_eq!(found["counts"]["idle_reminders"], 1);
    assert_eq!(found["counts"]["idle_closed"], 1);
}

#[test]
fn what_is_wrong_with_a_recording_is_told_with_its_line() {
    let site = Site::new("");
    write_traffic(&site);
    let good = fs::read_to_string(site.path("traffic.ndjson")).unwrap();
    for (right, wrong) in
        [("+12025550103", "555"), ("2026-01-31T11:01:00Z", "11:01"), ("{\"company\"", "{\"compani\"")]
    {
        let lines: Vec<String> = good
            .lines()
            .enumerate()
            .map(|(index, line)| if index == 2 { line.replacen(right, wrong, 9) } else { line.to_owned() })
            .collect();
        fs::write(site.path("traffic.ndjson"), lines.join("\n")).unwrap();
        let run = rehearse(&site, &["--mode", "chat"]);
        assert_eq!(run.code, 1, "{run:?}");
        assert!(run.stderr.contains("traffic.ndjson") && run.stderr.contains("line 3"), "{run:?}");
        assert!(run.stdout.is_empty(), "{run:?}");
    }
    fs::write(site.path("traffic.ndjson"), "").unwrap();
    assert_eq!(rehearse(&site, &["--mode", "chat"]).code, 1);
    assert_eq!(rehearse(&site, &["--mode", "telepathy"]).code, 1);
    assert_eq!(site.run(&["rehearse", "nothing.ndjson", "--mode", "chat"]).code, 1);
}

/// The recording is not part of the project, because its licence does not fit; who has it beside the project checks it.
#[test]
#[expect(clippy::print_stderr, reason = "a test that was skipped must say so")]
fn the_recorded_traffic_of_2017_gives_its_known_counts() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let recording = root.parent().unwrap().join("shared/data/care-2017.ndjson");
    if !recording.exists() {
        eprintln!("skipped: {} is not there", recording.display());
        return;
    }
    let chat = [
        ("requester_messages", 1143),
        ("agent_messages", 793),
        ("agent_messages_refused", 239),
        ("opened", 900),
        ("idle_reminders", 667),
        ("idle_closed", 621),
        ("closed_no_activity", 238),
        ("closed_unanswered", 41),
    ];
    let messaging = [
        ("requester_messages", 1143),
        ("agent_messages", 1032),
        ("opened", 665),
        ("opened_by_agent", 3),
        ("closed_abandoned", 587),
        ("agent_prompts", 154),
        ("open_at_end", 78),
    ];
    let site = Site::new("");
    for (mode, expected) in [("chat", counts(&chat)), ("messaging", counts(&messaging))] {
        let run = site.run(&["rehearse", recording.to_str().unwrap(), "--mode", mode, "--format", "json"]);
        assert_eq!(report(&run)["counts"], expected, "{mode}");
    }
}
