//! What is wrong with settings and channels is told before anything is done, by the name of the key and its place; and
//! channels are applied to a store as a difference.

use crate::http_client::message;
use crate::process::{CHANNELS, COMPANY, Run, SECRET, Site, command, run, token};
use domain::Role;
use std::fs;

const SERVE: [&str; 5] = ["serve", "--config", "colloquy.toml", "--listen", "127.0.0.1:0"];
const CHECK: [&str; 4] = ["config", "check", "--config", "colloquy.toml"];

/// Checks that a command refuses, naming all of this, and has made no store.
#[track_caller]
fn check_refused(site: &Site, run: &Run, words: &[&str]) {
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.stderr.starts_with("error: ") && run.stdout.is_empty(), "{run:?}");
    for word in words {
        assert!(run.stderr.contains(word), "{word:?} is missing: {}", run.stderr);
    }
    assert!(!site.path("store").exists());
}

/// IDLE-2, IDLE-3, IDLE-6, CH-2, CH-3, ACT-14, section 17
#[test]
fn channels_that_are_not_legal_are_refused_by_check_and_by_serve_with_their_key() {
    let sms = "[channels.sms]\nkind = \"sms\"\n";
    let web = "[channels.web]\nkind = \"mweb\"\nmode = \"chat\"\n";
    for (channels, words) in [
        (
            format!("{web}idle_chat_reminder_timeout = 60\nidle_chat_cancel_timeout = 360\n"),
            ["web", "idle_chat_reminder_timeout"],
        ),
        (
            format!("{web}idle_chat_reminder_timeout = 180\nidle_chat_cancel_timeout = 299\n"),
            ["web", "idle_chat_cancel_timeout"],
        ),
        (format!("{web}idle_chat_reminder_timeout = 180\n"), ["idle_chat_cancel_timeout", "together"]),
        (format!("{web}idle_chat_timer_task_interval = 0\n"), ["web", "idle_chat_timer_task_interval"]),
        (format!("{web}conversation_idle_timeout = 7201\n"), ["web", "conversation_idle_timeout"]),
        (format!("{sms}conversation_idle_timeout = 0\n"), ["sms", "conversation_idle_timeout"]),
        (format!("{web}abandon_after = 60\n"), ["web", "abandon_after"]),
        (format!("{sms}prompt_agent_after = 0\n"), ["sms", "prompt_agent_after"]),
        (format!("{sms}idle_chat_reminder_message = \" \"\n"), ["sms", "idle_chat_reminder_message"]),
        (format!("{sms}mode = \"chat\"\n"), ["sms", "mode"]),
        (format!("{sms}addresses = [\"555-0100\"]\n"), ["sms", "addresses"]),
        (format!("{web}[channels.app]\nkind = \"mweb\"\nmode = \"messaging\"\n"), ["mode", "CH-3"]),
        ("[channels.fax]\nkind = \"fax\"\n".to_owned(), ["fax", "kind"]),
        ("[channels.\"a b\"]\nkind = \"sms\"\n".to_owned(), ["a b", "channel"]),
        (format!("{sms}abandon_afterwards = 60\n"), ["abandon_afterwards", "line 3, column 1"]),
        (format!("{sms}abandon_after = -1\n"), ["abandon_after", "line 3, column 17"]),
        (format!("{sms}abandon_after = 5000000000\n"), ["abandon_after", "line 3, column 17"]),
        (format!("{sms}abandon_after = \n"), ["channels.toml", "line 3"]),
        (format!("{sms}{sms}"), ["channels.toml", "line 3"]),
    ] {
        let site = Site::new(&channels);
        for args in [CHECK.as_slice(), &SERVE] {
            check_refused(&site, &site.run(args), &words);
        }
    }
}

#[test]
fn settings_that_are_not_legal_are_refused_with_their_key_and_place() {
    for (settings, words) in [
        ("[engine]\nrecovery_graze_s = 1\n", ["recovery_graze_s", "line 7, column 1"]),
        ("[engine]\nrecovery_grace_s = \"soon\"\n", ["recovery_grace_s", "line 7, column 20"]),
        ("[engin]\nrecovery_grace_s = 1\n", ["engin", "line 6, column 2"]),
        ("[engine]\nrecovery_grace_s = 86401\n", ["engine.recovery_grace_s", "86400"]),
        ("[engine]\nmailbox_max = 0\n", ["engine.mailbox_max", "1 to 65536"]),
        ("[server]\nworkers = 0\n", ["server.workers", "1 to 256"]),
        ("[server]\nbody_max = 5\n", ["server.body_max", "1024"]),
        ("[delivery]\npublic_uri = \"https://a.example\"\n", ["public_uri", "line 7, column 1"]),
        ("[delivery]\npublic_url = \"a.example\"\n", ["delivery.public_url", "https://talk.example.org"]),
        ("[delivery.channels.sms]\nprovider = \"smoke\"\n", ["provider", "smoke"]),
        (
            "[delivery.channels.sms]\nprovider = \"twilio\"\naccount_sid = \"AC1\"\nauth_token = \"t\"\n",
            ["delivery.public_url", "delivery.channels.sms"],
        ),
        ("[server]\nlisten = \"localhost\"\n", ["listen", "line 7, column 10"]),
    ] {
        let site = Site::with(CHANNELS, settings);
        for args in [CHECK.as_slice(), &SERVE] {
            check_refused(&site, &site.run(args), &words);
        }
    }
    let site = Site::with(CHANNELS, "[log]\nfilter = \"=loud=\"\n");
    check_refused(&site, &site.run(&SERVE), &["log.filter"]);
    let site = Site::new(CHANNELS);
    let in_folder =
        |variable: &str, value: &str| run(command(&CHECK).current_dir(site.path("")).env(variable, value));
    check_refused(&site, &in_folder("COLLOQUY_ENGINE__GRACE", "1"), &["COLLOQUY_ENGINE__GRACE"]);
    check_refused(&site, &in_folder("COLLOQUY_ENGINE__MAILBOX_MAX", "0"), &["engine.mailbox_max"]);
    assert_eq!(in_folder("COLLOQUY_ENGINE__MAILBOX_MAX", "1").code, 0);
    check_refused(&site, &site.run(&["serve", "--config", "nothing.toml"]), &["nothing.toml"]);
    check_refused(&site, &site.run(&["serve", "--config", "colloquy.toml", "--listen", "x"]), &["--listen"]);
}

#[test]
fn a_secret_that_is_no_secret_is_refused() {
    for (secret, word) in [("", "auth.jwt_secret"), ("jwt_secret = \"short\"\n", "32")] {
        let site = Site::new(CHANNELS);
        fs::write(site.path("colloquy.toml"), format!("[store]\npath = \"store\"\n[auth]\n{secret}"))
            .unwrap();
        for args in [CHECK.as_slice(), &SERVE] {
            check_refused(&site, &site.run(args), &[word]);
        }
    }
}

#[test]
fn settings_are_printed_as_they_would_be_used_and_without_the_secret() {
    let delivery = "[delivery]\npublic_url = \"https://a.example\"\n[delivery.channels.sms]\nprovider = \"twilio\"\n\
                    account_sid = \"AC1\"\nauth_token = \"t-o-k-e-n\"\n";
    let site = Site::with(CHANNELS, &format!("[engine]\nrecovery_grace_s = 7\n{delivery}"));
    let printed = site.run(&["serve", "--config", "colloquy.toml", "--print-config", "--store", "elsewhere"]);
    assert_eq!(printed.code, 0, "{printed:?}");
    for line in [
        "recovery_grace_s = 7",
        "path = \"elsewhere\"",
        "mailbox_max = 64",
        "auth_token = \"(secret)\"",
        "provider = \"twilio\"",
    ] {
        assert!(printed.stdout.contains(line), "{}", printed.stdout);
    }
    assert!(!printed.stdout.contains(SECRET) && !printed.stdout.contains("t-o-k-e-n"));
}

#[tokio::test]
async fn delivery_for_what_the_store_does_not_have_is_told_at_the_start() {
    let twilio = "provider = \"twilio\"\naccount_sid = \"AC1\"\nauth_token = \"t\"\n";
    let site = Site::with(
        CHANNELS,
        &format!(
            "[delivery]\npublic_url = \"https://a.example\"\n[delivery.channels.fax]\n{twilio}\
             [delivery.channels.sms]\n{twilio}[delivery.channels.web]\n{twilio}"
        ),
    );
    let server = site.serve().await;
    let said = server.output();
    for word in ["delivery.channels.fax names no channel", "delivery.channels.web is Twilio's"] {
        assert!(said.contains(word), "{said}");
    }
    assert!(!said.contains("channels.sms"), "{said}");
    server.stop().await;
}

/// A file of channels only seeds: starting never changes them, applying does.
#[tokio::test]
async fn channels_of_a_store_change_only_when_they_are_applied() {
    let site = Site::new(CHANNELS);
    site.serve().await.stop().await;
    let changed = CHANNELS.replace(COMPANY, "+12025550198") + "[channels.new]\nkind = \"own\"\n";
    fs::write(site.path("channels.toml"), changed.replace("[channels.web]", "[channels.site]")).unwrap();
    let gateway = token(Role::Gateway, "twilio");
    let server = site.serve().await;
    assert!(server.output().contains("config apply"), "{}", server.output());
    server.http().inbound("sms", &gateway, &message("SM-1", "+12025550101", COMPANY, "Hello?")).await;
    server.stop().await;

    let apply = ["config", "apply", "--config", "colloquy.toml"];
    let shown = site.run(&[apply.as_slice(), &["--dry-run"]].concat());
    assert_eq!(shown.code, 0, "{shown:?}");
    for line in ["changed sms addresses", "new new", "new site", "retired web"] {
        assert!(shown.stdout.contains(line), "{line:?}: {}", shown.stdout);
    }
    let applied = site.run(&apply);
    assert_eq!((applied.code, &applied.stdout), (0, &shown.stdout), "{applied:?}");
    let again = site.run(&apply);
    assert_eq!((again.code, again.stdout.as_str()), (0, ""), "{again:?}");
    site.verify_store();
    let server = site.serve().await;
    assert!(!server.output().contains("config apply"), "{}", server.output());
    let old = message("SM-2", "+12025550102", COMPANY, "Hello?");
    let answer = server.http().post("/v1/channels/sms/inbound", &gateway, &old).await;
    answer.problem(422, "company_address_unknown");
    let web = message("W-1", "guest-1", "shop", "Hello?");
    server.http().post("/v1/channels/web/inbound", &gateway, &web).await.problem(404, "channel_unknown");
    server.stop().await;
}
