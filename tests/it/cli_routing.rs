//! Routing in the file of channels: what is wrong is told by key before anything is done, a store is seeded with it, and
//! a changed file is applied as a difference.

use crate::process::{CHANNELS, Run, Server, Site, token};
use domain::Role;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

const SERVE: [&str; 5] = ["serve", "--config", "colloquy.toml", "--listen", "127.0.0.1:0"];
const CHECK: [&str; 4] = ["config", "check", "--config", "colloquy.toml"];
const APPLY: [&str; 4] = ["config", "apply", "--config", "colloquy.toml"];
/// Everybody's chats, for one group.
const TABLES: &str = r#"
[service_channels.chat]
kind = "chat"
[rules.offer]
offer_timeout = 60
[groups.front]
[agents.ann]
groups = ["front"]
[queues.chats]
service_channel = "chat"
condition = 'mode == "chat"'
max_wait = 600
max_wait_message = "Sorry."
pools = [{ groups = ["front"], rule = "offer" }]
"#;

fn file(tables: &str) -> String {
    format!("{CHANNELS}{tables}")
}

/// What a server says of its routing.
async fn routing(server: &Server) -> Value {
    server.http().get("/v1/configuration/routing", &token(Role::Admin, "adam")).await.ok()
}

#[track_caller]
fn check_ok(run: &Run) -> &Run {
    assert_eq!(run.code, 0, "{run:?}");
    run
}

#[test]
fn the_sample_of_routing_is_legal_and_says_so() {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/cli/samples/routing.toml");
    let site = Site::new(&fs::read_to_string(sample).unwrap());
    let run = site.run(&CHECK);
    assert!(
        check_ok(&run).stderr.contains("2 channels are legal, and routing with 3 queues and 2 agents"),
        "{run:?}"
    );
    let run = Site::new(CHANNELS).run(&CHECK);
    assert!(
        check_ok(&run).stderr.contains("2 channels are legal, and nothing is said of routing"),
        "{run:?}"
    );
}

/// Section 17, rules 4, 6, 7 and 15
#[test]
fn routing_that_is_not_legal_is_refused_by_check_and_by_serve_with_its_keys() {
    for (tables, words) in [
        ("[routing]\nlookback = 60\n".to_owned(), &["lookback", "line 11, column 1"] as &[_]),
        ("[queues.a]\norder = 1\n".to_owned(), &["service_channel", "line 10, column 1"]),
        ("[agents.ann]\nuniversal = -1\n".to_owned(), &["universal", "line 11, column 13"]),
        (
            "[routing]\nestimate = \"guess\"\nqueued_max = 0\n".to_owned(),
            &["routing.estimate: must be mean or weighted"],
        ),
        (
            TABLES.replace("mode ==", "mode").replace("\"chat\"\n[rules", "\"talk\"\n[rules"),
            &[
                "queues.chats.condition: at column 6: expected",
                "service_channels.chat.kind: must be chat, phone",
            ],
        ),
        (
            TABLES.replace("max_wait_message = \"Sorry.\"", "")
                + "affinity = [{ kind = \"historical\", days = 31 }]\n",
            &[
                "queues.chats.max_wait_message: must be set",
                "queues.chats.affinity: must be with 1 to 30 days",
            ],
        ),
        (
            TABLES
                .replace("offer_timeout", "auto_assign = true\noffer_timeout")
                .replace("[groups.front]", ""),
            &[
                "rules.offer.reject_allowed: must be",
                "agents.ann.groups: must be one that exists; there is no front",
                "queues.chats.pools.groups: must be one that exists",
            ],
        ),
        (format!("{TABLES}[groups.\"back office\"]\n"), &["groups.\"back office\": a name is 1 to 64"]),
    ] {
        let site = Site::new(&file(&tables));
        for args in [CHECK.as_slice(), &SERVE] {
            let run = site.run(args);
            assert_eq!(run.code, 1, "{run:?}");
            for word in words {
                assert!(run.stderr.contains(word), "{word:?} is missing: {}", run.stderr);
            }
            assert!(!site.path("store").exists());
        }
    }
}

/// A file seeds; starting never changes anything, applying does, and says what.
#[tokio::test]
async fn routing_of_a_store_changes_only_when_it_is_applied() {
    let site = Site::new(&file(TABLES));
    let server = site.serve().await;
    let seeded = routing(&server).await;
    assert_eq!(seeded["queues"]["chats"]["max_wait"], 600);
    server.stop().await;

    let changed =
        TABLES.replace("max_wait = 600", "max_wait = 900\nsize_cap = 5").replace("agents.ann", "agents.bob")
            + "[routing]\nlook_back = 60\n";
    fs::write(site.path("channels.toml"), file(&changed)).unwrap();
    let server = site.serve().await;
    assert!(server.output().contains("the store's routing differs"), "{}", server.output());
    assert_eq!(routing(&server).await, seeded);
    server.stop().await;

    let dry = site.run(&[APPLY.as_slice(), &["--dry-run"]].concat());
    let expected = "new agents.bob\n\
                    changed queues.chats max_wait: 600 -> 900\n\
                    changed queues.chats size_cap: unset -> 5\n\
                    changed routing look_back: 600 -> 60\n\
                    removed agents.ann\n";
    assert_eq!(check_ok(&dry).stdout, expected, "{dry:?}");
    let applied = site.run(&APPLY);
    assert_eq!((check_ok(&applied).stdout.as_str(), applied.stderr.contains("4 changes")), (expected, true));
    let again = site.run(&APPLY);
    assert_eq!(check_ok(&again).stdout, "");
    site.verify_store();
    let server = site.serve().await;
    assert!(!server.output().contains("config apply"), "{}", server.output());
    let applied = routing(&server).await;
    assert_eq!(applied["agents"].as_object().unwrap().keys().collect::<Vec<_>>(), ["bob"]);
    assert_eq!(applied["settings"]["look_back"], 60);
    server.stop().await;
}

/// Groups and queues may name each other, which takes more than one step; each is shown once.
#[tokio::test]
async fn what_names_each_other_comes_and_goes_together() {
    let site = Site::new(&file("[routing]\n"));
    site.serve().await.stop().await;
    let tables = TABLES.replace("[groups.front]", "[groups.front]\nqueue_order = { chats = 10 }");
    fs::write(site.path("channels.toml"), file(&tables)).unwrap();
    let applied = site.run(&APPLY);
    let expected =
        "new agents.ann\nnew groups.front\nnew queues.chats\nnew rules.offer\nnew service_channels.chat\n";
    assert_eq!(check_ok(&applied).stdout, expected);
    fs::write(site.path("channels.toml"), file("[routing]\n")).unwrap();
    let removed = site.run(&APPLY);
    assert_eq!(check_ok(&removed).stdout, expected.replace("new ", "removed "));
    site.verify_store();
}

/// A file without a table of routing leaves routing alone; an empty one takes all of it away.
#[tokio::test]
async fn a_file_that_says_nothing_of_routing_leaves_it_as_it_is() {
    let site = Site::new(CHANNELS);
    let server = site.serve().await;
    let admin = token(Role::Admin, "adam");
    let group = server
        .http()
        .request(reqwest::Method::PUT, "/v1/configuration/routing/groups/front", &admin)
        .json(&json!({}));
    crate::http_client::Client::send(group).await.unwrap().ok();
    server.stop().await;
    assert_eq!(check_ok(&site.run(&APPLY)).stdout, "");
    let server = site.serve().await;
    assert_eq!(routing(&server).await["groups"], json!({ "front": {} }));
    assert!(!server.output().contains("config apply"), "{}", server.output());
    server.stop().await;
    fs::write(site.path("channels.toml"), file("[routing]\n")).unwrap();
    assert_eq!(check_ok(&site.run(&APPLY)).stdout, "removed groups.front\n");
    site.verify_store();
}
