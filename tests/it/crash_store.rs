//! Stores that are damaged, in use, of the wrong kind or not there (L3): always an answer with a way out, never a panic.

use crate::http_client::message;
use crate::process::{CHANNELS, COMPANY, Run, Site, token};
use domain::Role;
use serde_json::Value;
use std::fs;
use std::path::Path;

/// A site with some traffic in a store that nobody uses, and what a sound replay of it says.
async fn furnished() -> (Site, Value) {
    let site = Site::new(CHANNELS);
    let (server, gateway) = (site.serve().await, token(Role::Gateway, "twilio"));
    for number in 0..60 {
        let from = format!("+120255501{:02}", number % 7);
        let text = format!("{number} ").repeat(200);
        server
            .http()
            .inbound("sms", &gateway, &message(&format!("SM-{number}"), &from, COMPANY, &text))
            .await;
    }
    server.kill();
    let found = site.verify_store();
    (site, found)
}

/// A failure with a code, a reason and a way out.
#[track_caller]
fn check_refused(run: &Run, code: i32, words: &[&str]) {
    assert_eq!(run.code, code, "{run:?}");
    for word in ["error: ", "hint: "].iter().chain(words) {
        assert!(run.stderr.contains(word), "{word:?} is missing: {}", run.stderr);
    }
    assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
}

/// What a store says after its file was changed: that it is damaged, or, if the bytes meant nothing, what it said before.
fn check_damaged_or_unchanged(site: &Site, sound: &Value, what: &str) -> bool {
    let run = site.run(&["replay", "--store", "store", "--verify", "--format", "json"]);
    match run.code {
        0 => {
            let found: Value = serde_json::from_str(&run.stdout).unwrap();
            assert_eq!(found["state_hash"], sound["state_hash"], "{what}");
            assert_eq!(found["records"], sound["records"], "{what}");
            false
        }
        4 => panic!("{what}: damage came through as a difference: {run:?}"),
        _ => {
            check_refused(&run, 3, &["damaged", "restore the store from a copy"]);
            true
        }
    }
}

/// L3
#[tokio::test]
async fn a_store_with_flipped_bytes_is_called_damaged_or_they_meant_nothing() {
    let (site, sound) = furnished().await;
    let file = site.path("store/log/db");
    let bytes = fs::read(&file).unwrap();
    let used = bytes.iter().rposition(|byte| *byte != 0).unwrap();
    let copy = copy_of(&site);
    let mut damaged = 0;
    for part in 0..24 {
        let mut changed = bytes.clone();
        let at = used * part / 24;
        changed[at..at + 8].iter_mut().for_each(|byte| *byte ^= 0xa5);
        fs::write(&file, changed).unwrap();
        damaged += usize::from(check_damaged_or_unchanged(&site, &sound, &format!("flipped at {at}")));
        restore(&copy, &site);
    }
    assert!(damaged > 0, "no flip was noticed");
    assert_eq!(site.verify_store()["state_hash"], sound["state_hash"]);
}

/// L3
#[tokio::test]
async fn a_store_that_was_cut_off_is_called_damaged_and_left_as_it_is() {
    let (site, sound) = furnished().await;
    let file = site.path("store/log/db");
    let bytes = fs::read(&file).unwrap();
    let used = bytes.iter().rposition(|byte| *byte != 0).unwrap();
    let copy = copy_of(&site);
    for length in [0, 100, used / 2, used * 9 / 10] {
        fs::write(&file, &bytes[..length]).unwrap();
        let what = format!("cut to {length} of {used}");
        assert!(check_damaged_or_unchanged(&site, &sound, &what), "{what}: not noticed");
        let serve = site.run(&["serve", "--config", "colloquy.toml", "--listen", "127.0.0.1:0"]);
        check_refused(&serve, 3, &["damaged"]);
        restore(&copy, &site);
    }
}

fn copy_of(site: &Site) -> std::path::PathBuf {
    let copy = site.path("copy");
    copy_folder(&site.path("store"), &copy);
    copy
}

fn restore(copy: &Path, site: &Site) {
    fs::remove_dir_all(site.path("store")).unwrap();
    copy_folder(copy, &site.path("store"));
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

#[tokio::test]
async fn a_second_process_on_a_store_is_told_that_the_store_is_in_use() {
    let site = Site::new(CHANNELS);
    let server = site.serve().await;
    for args in [
        ["serve", "--config", "colloquy.toml", "--listen", "127.0.0.1:0"].as_slice(),
        &["replay", "--store", "store", "--verify"],
        &["config", "apply", "--config", "colloquy.toml"],
    ] {
        check_refused(&site.run(args), 1, &["in use by another process"]);
    }
    assert_eq!(server.http().get("/readyz", "none").await.status, 200);
    server.stop().await;
    site.verify_store();
}

#[test]
fn a_store_that_is_not_there_or_is_a_file_is_told_so_and_nothing_is_made() {
    let site = Site::new(CHANNELS);
    for args in [
        ["replay", "--store", "nothing"].as_slice(),
        &["config", "apply", "--config", "colloquy.toml", "--store", "nothing"],
    ] {
        check_refused(&site.run(args), 1, &["there is no store at", "nothing"]);
        assert!(!site.path("nothing").exists());
    }
    fs::write(site.path("file"), "not a store").unwrap();
    for args in [
        ["serve", "--config", "colloquy.toml", "--listen", "127.0.0.1:0", "--store", "file"].as_slice(),
        &["replay", "--store", "file"],
    ] {
        check_refused(&site.run(args), 1, &["file"]);
    }
    assert_eq!(fs::read_to_string(site.path("file")).unwrap(), "not a store");
}
