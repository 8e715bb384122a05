//! The other commands: help, tokens, the demo, synthetic traffic, and the exit codes that scripts rely on.

use crate::http_client::message;
use crate::process::{CHANNELS, COMPANY, Site, eventually};
use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;

#[test]
fn every_command_has_its_help_and_a_wrong_one_has_code_2() {
    let site = Site::new(CHANNELS);
    for command in [
        vec![],
        vec!["serve"],
        vec!["demo"],
        vec!["config"],
        vec!["config", "check"],
        vec!["config", "apply"],
        vec!["token"],
        vec!["replay"],
        vec!["explain"],
        vec!["rehearse"],
        vec!["load"],
    ] {
        let help = site.run(&[command.as_slice(), &["--help"]].concat());
        assert_eq!(help.code, 0, "{help:?}");
        assert!(help.stdout.contains("Usage: colloquy"), "{help:?}");
        assert!(help.stderr.is_empty(), "{help:?}");
    }
    let version = site.run(&["--version"]);
    assert_eq!((version.code, version.stdout.starts_with("colloquy ")), (0, true));
    for wrong in [
        &[] as &[&str],
        &["serv"],
        &["serve", "--colour"],
        &["rehearse"],
        &["explain"],
        &["load", "--verify-only"],
    ] {
        assert_eq!(site.run(wrong).code, 2, "{wrong:?}");
    }
}

#[tokio::test]
async fn a_token_of_the_command_line_opens_the_server_to_its_role() {
    let site = Site::new(CHANNELS);
    let server = site.serve().await;
    let issue = |more: &[&str]| site.run(&[&["token", "--config", "colloquy.toml"], more].concat());
    let issued = issue(&["--role", "gateway", "--subject", "twilio", "--channel", "sms"]);
    assert_eq!(issued.code, 0, "{issued:?}");
    let token = issued.stdout.trim();
    server.http().inbound("sms", token, &message("SM-1", "+12025550101", COMPANY, "Hello?")).await;
    let web = message("W-1", "guest-1", "shop", "Hello?");
    server.http().post("/v1/channels/web/inbound", token, &web).await.problem(403, "role_forbidden");
    for wrong in [
        ["--role", "system", "--subject", "x"],
        ["--role", "god", "--subject", "x"],
        ["--role", "agent", "--subject", "a b"],
        ["--role", "requester", "--subject", ""],
    ] {
        let refused = issue(&wrong);
        assert_eq!((refused.code, refused.stdout.as_str()), (1, ""), "{wrong:?}");
    }
}

/// L1, L6: synthetic traffic, then a kill, then the check of what was acknowledged.
#[tokio::test]
async fn load_checks_after_a_kill_that_what_it_was_promised_is_there_and_sees_what_is_not() {
    let site = Site::new(CHANNELS);
    let server = site.serve().await;
    let url = format!("http://{}", server.address());
    let load = ["load", "--config", "colloquy.toml", "--ledger", "ledger", "--format", "json", "--url"];
    let run = site
        .run(&[load.as_slice(), &[&url, "--rate", "60", "--duration-s", "1", "--requesters", "9"]].concat());
    assert_eq!(run.code, 0, "{run:?}");
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    assert!(report["messages"]["acknowledged"].as_u64().unwrap() > 20, "{report}");
    server.kill();
    let server = site.serve().await;
    let url = format!("http://{}", server.address());
    let verify = || site.run(&[load.as_slice(), &[&url, "--verify-only"]].concat());
    let sound = verify();
    assert_eq!(sound.code, 0, "{sound:?}");

    let ledger = fs::read_to_string(site.path("ledger")).unwrap();
    let first: Value = serde_json::from_str(ledger.lines().next().unwrap()).unwrap();
    let message = first["message_id"].as_str().unwrap();
    let changed = ledger.replace(message, "00000000-0000-4000-8000-000000000000");
    fs::write(site.path("ledger"), changed).unwrap();
    let missing = verify();
    assert_eq!(missing.code, 4, "{missing:?}");
    let remote = site.run(&[load.as_slice(), &["http://203.0.113.1", "--duration-s", "1"]].concat());
    assert_eq!(remote.code, 1, "{remote:?}");
    server.stop().await;
}

#[tokio::test]
async fn the_demo_serves_shows_its_traffic_and_leaves_a_sound_store() {
    let site = Site::new(CHANNELS);
    let args = ["demo", "--dir", "demo", "--listen", "127.0.0.1:0", "--traffic-s", "1", "--once"];
    let server = site.start_under(&["env", "-i"], &args).await;
    let secret = fs::metadata(site.path("demo/secret")).unwrap();
    assert_eq!(secret.permissions().mode() & 0o777, 0o600);
    let agent = fs::read_to_string(site.path("demo/agent.token")).unwrap();
    eventually("traffic is seen", async || {
        let list = server.http().get("/v1/conversations", &agent).await.ok();
        (!list["conversations"].as_array().unwrap().is_empty()).then_some(())
    })
    .await;
    assert_eq!(server.ended().await.code(), Some(0));
    let verified = site.run(&["replay", "--store", "demo/store", "--verify"]);
    assert_eq!(verified.code, 0, "{verified:?}");
    assert!(verified.stdout.contains("state hash"), "{verified:?}");
}
