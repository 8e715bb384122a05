//! `colloquy rehearse --roster`: what agents make of recorded requesters can be worked out by hand where nothing is left to
//! chance, is the same on every run where it is, and leaves a sound store; and `colloquy explain` says how it came.

use crate::process::{Run, Site};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

/// One agent with room for two chats, who takes ten seconds to accept and five minutes for each; another comes at 10:10.
const ROSTER: &str = r#"
[rehearsal]
accept_after = { least = 10, mean = 10 }
handle = { least = 300, mean = 300 }

[schedules.all_day]
zone = "UTC"
weekly = ["monday-sunday 10:00-18:00"]
[schedules.later]
zone = "UTC"
weekly = ["monday-sunday 10:10-18:00"]

[service_channels.chat]
kind = "chat"
capacity = 2
[rules.offer]
offer_timeout = 60
timeout_presence = "away"
[groups.front]
[agents.ann]
groups = ["front"]
shift = "all_day"
[agents.bob]
groups = ["front"]
shift = "later"

[queues.chats]
service_channel = "chat"
condition = 'mode == "chat"'
target_wait = 60
max_wait = 400
max_wait_message = "Nobody is free."
pools = [{ groups = ["front"], rule = "offer" }]
"#;

/// When requesters write, with the seconds after 10:00. Agents' messages are in the recording too, and count for nothing.
fn write_traffic(site: &Site, after_s: &[u32]) {
    let mut lines = String::new();
    for (number, after_s) in after_s.iter().enumerate() {
        let at = |after_s: u32| format!("2026-03-02T10:{:02}:{:02}Z", after_s / 60, after_s % 60);
        let line = json!({
            "conversation": number.to_string(), "requester": format!("+1202555{number:04}"), "company": "acme",
            "company_number": "+12025550199", "messages": [
                { "id": (2 * number + 1).to_string(), "at": at(*after_s), "from": "requester", "text": "words" },
                { "id": (2 * number + 2).to_string(), "at": at(after_s + 1), "from": "agent", "text": "words" },
            ],
        });
        lines.push_str(&format!("{line}\n"));
    }
    fs::write(site.path("traffic.ndjson"), lines).unwrap();
}

fn site(roster: &str, after_s: &[u32]) -> Site {
    let site = Site::new("");
    fs::write(site.path("roster.toml"), roster).unwrap();
    write_traffic(&site, after_s);
    site
}

fn rehearse(site: &Site, more: &[&str]) -> Run {
    let args =
        ["rehearse", "traffic.ndjson", "--mode", "chat", "--roster", "roster.toml", "--format", "json"];
    site.run(&[&args, more].concat())
}

fn report(run: &Run) -> Value {
    assert_eq!(run.code, 0, "{run:?}");
    serde_json::from_str(&run.stdout).unwrap()
}

/// KPI-4, KPI-5, KPI-9
#[test]
fn waits_and_occupancy_are_those_that_can_be_worked_out_by_hand() {
    let site = site(ROSTER, &[0, 0, 1, 2, 3]);
    let found = report(&rehearse(&site, &[]));
    assert_eq!(found["counts"]["opened"], 5);
    assert_eq!(found["counts"]["agent_messages_refused"], 0);
    let roster = &found["roster"];
    // Ann has two from 10:00:10 to 10:05:10, and the next two from 10:05:20 on. The fifth has waited 400 seconds at
    // 10:06:43, before anybody has room.
    for (name, count) in [
        ("conversations", 5),
        ("work_items", 5),
        ("offers", 4),
        ("accepted", 4),
        ("rejected", 0),
        ("timed_out", 0),
        ("completed", 4),
        ("max_wait", 1),
        ("abandoned", 0),
        ("transferred", 0),
        ("reassigned", 0),
        ("late", 3),
        ("left_waiting", 0),
        ("left_open", 0),
    ] {
        assert_eq!(roster[name], count, "{name}: {roster}");
    }
    let wait = json!({
        "mean_ms": (10_000 + 10_000 + 319_000 + 318_000) / 4, "p50_ms": 10_000, "p90_ms": 319_000,
        "p99_ms": 319_000, "max_ms": 319_000,
    });
    assert_eq!(roster["queues"][0]["wait"], wait);
    // All is done at 10:10:20, when Bob has been there for twenty seconds with nothing to do.
    let group = &roster["groups"][0];
    assert_eq!((&group["agents"], &group["shift_seconds"]), (&json!(2), &json!(620 + 20)), "{group}");
    assert_eq!((&group["handled"], &group["mean_handling_ms"]), (&json!(4), &json!(300_000)), "{group}");
    let share = |name: &str| group[name].as_f64().unwrap();
    assert!((share("share_with_work") - 600.0 / 640.0).abs() < 1e-4, "{group}");
    // Two of two all the time, and Bob's two of which he needs none.
    assert!((share("mean_use") - 1240.0 / 1280.0).abs() < 1e-4, "{group}");
}

/// L4
#[test]
fn the_same_seed_gives_the_same_report_and_the_same_state_in_a_store_too() {
    let by_chance = ROSTER
        .replace("{ least = 10, mean = 10 }", "{ mean = 10 }")
        .replace("{ least = 300, mean = 300 }", "{ mean = 300 }")
        .replace("[schedules.all_day]", "decline = 0.2\nignore = 0.2\n[schedules.all_day]");
    let after_s: Vec<u32> = (0..40).map(|number| number * number % 600).collect();
    let site = site(&by_chance, &after_s);
    let first = report(&rehearse(&site, &[]));
    let roster = &first["roster"];
    let happened = |name: &str| roster[name].as_u64().unwrap() > 0;
    assert!(["rejected", "timed_out", "max_wait", "completed"].into_iter().all(happened), "{roster}");
    assert_eq!(report(&rehearse(&site, &[])), first);
    assert_eq!(report(&rehearse(&site, &["--store", "store"])), first);
    let found = site.verify_store();
    assert_eq!((&found["state_hash"], &found["events"]), (&first["state_hash"], &first["events"]));
    assert_eq!((&found["offers"], &found["agreed"]), (&roster["offers"], &found["conversations"]));
    let other = report(&rehearse(&site, &["--seed", "2"]));
    assert_ne!(other["roster"], first["roster"]);
}

/// WI-3
#[test]
fn explain_says_step_by_step_who_was_asked_and_why_nobody_else() {
    let site = site(ROSTER, &[0, 0, 1]);
    report(&rehearse(&site, &["--store", "store"]));
    let explained = site.run(&["explain", "3", "--store", "store"]);
    assert_eq!(explained.code, 0, "{explained:?}");
    let lines: Vec<&str> = explained.stdout.lines().collect();
    assert_eq!(lines[0], "work item 3");
    let told: Vec<&str> = lines.iter().filter(|line| line.starts_with("2026-")).copied().collect();
    assert!(told[0].contains("10:00:01.000Z  created for conversation "), "{told:?}");
    assert_eq!(told[1], "2026-03-02T10:00:01.000Z  waits in chats, 1 of chat");
    assert_eq!(told[2], "2026-03-02T10:01:01.000Z  late since 2026-03-02T10:01:01.000Z");
    assert!(
        told[3].starts_with("2026-03-02T10:05:10.000Z  offered to ann: offer 1, through pool 0"),
        "{told:?}"
    );
    assert_eq!(*told.last().unwrap(), "2026-03-02T10:10:20.000Z  over: completed");
    for line in ["      1. ann: pool 0, room 1", "      presence: bob"] {
        assert!(lines.contains(&line), "{line}: {lines:?}");
    }
    assert!(lines.iter().any(|line| line.ends_with("by agent ann")), "{lines:?}");
    assert!(lines[3].contains("by system router, because of event 1 of conversation "), "{lines:?}");

    let json = site.run(&["explain", "3", "--store", "store", "--format", "json"]);
    let history: Value = serde_json::from_str(&json.stdout).unwrap();
    let steps = history["steps"].as_array().unwrap();
    let offered = steps.iter().find(|step| step["type"] == "router.offered").unwrap();
    let candidates = json!([
        { "agent": "ann", "rank": 1, "pool": 0, "preferred": false, "room": 1 },
        { "agent": "bob", "obstacle": "presence" },
    ]);
    assert_eq!((&history["item"], &offered["field"]["candidates"]), (&json!("3"), &candidates));
    assert_eq!(
        (&offered["data"]["offer"]["agent"], &steps[0]["cause"]["name"]),
        (&json!("ann"), &json!("router"))
    );
}

#[test]
fn explain_refuses_what_is_no_item_or_no_store() {
    let site = site(ROSTER, &[0]);
    report(&rehearse(&site, &["--store", "store"]));
    let unknown = site.run(&["explain", "2", "--store", "store"]);
    assert_eq!((unknown.code, unknown.stdout.as_str()), (1, ""), "{unknown:?}");
    assert!(unknown.stderr.contains("no work item 2"), "{unknown:?}");
    assert_eq!(site.run(&["explain", "1", "--store", "elsewhere"]).code, 1);
    for wrong in ["0", "one", "-1"] {
        assert_eq!(site.run(&["explain", wrong, "--store", "store"]).code, 2, "{wrong}");
    }
}

#[test]
fn what_is_wrong_with_a_roster_is_told_with_its_place() {
    for (roster, said) in [
        ("[rehearsal]\nhandling = 5\n".to_owned(), "line 2"),
        ("[rehearsal]\n".to_owned(), "no service channel"),
        (ROSTER.replace("groups = [\"front\"]", "groups = [\"back\"]"), "agents.ann.groups"),
        (ROSTER.replace("mean = 10 }", "mean = 9 }"), "rehearsal.accept_after"),
        (format!("{ROSTER}\n[rehearsal.groups.back]\ndecline = 1.0\n"), "there is no such group"),
        (format!("{ROSTER}\n[rehearsal.groups.front]\ndecline = 2.0\n"), "must be 0 to 1"),
    ] {
        let run = rehearse(&site(&roster, &[0]), &[]);
        assert_eq!((run.code, run.stdout.as_str()), (1, ""), "{run:?}");
        assert!(run.stderr.contains("roster.toml") && run.stderr.contains(said), "{said}: {run:?}");
    }
}

/// The recording is not part of the project; who has it beside the project plays it to the sample.
#[test]
#[expect(clippy::print_stderr, reason = "a test that was skipped must say so")]
fn the_sample_roster_serves_the_recorded_traffic_of_2017() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let roster = root.join("crates/cli/samples/roster.toml");
    let site = site(&fs::read_to_string(&roster).unwrap(), &[0, 60]);
    let small = report(&rehearse(&site, &[]));
    // It is four in the morning in Chicago.
    assert_eq!(small["roster"]["max_wait"], 2, "{small}");
    let recording = root.parent().unwrap().join("shared/data/care-2017.ndjson");
    if !recording.exists() {
        eprintln!("skipped: {} is not there", recording.display());
        return;
    }
    for mode in ["chat", "messaging"] {
        let (recording, roster) = (recording.to_str().unwrap(), roster.to_str().unwrap());
        let args = ["rehearse", recording, "--mode", mode, "--roster", roster, "--format", "json"];
        let found = report(&site.run(&args));
        let (counts, routed) = (&found["counts"], &found["roster"]);
        assert_eq!(counts["requester_messages"], 1143, "{mode}");
        assert_eq!(
            (&routed["work_items"], &routed["left_waiting"]),
            (&counts["opened"], &json!(0)),
            "{mode}"
        );
        let ended = |name: &str| routed[name].as_u64().unwrap();
        assert_eq!(
            ended("completed") + ended("max_wait") + ended("abandoned"),
            ended("work_items"),
            "{mode}"
        );
    }
}
