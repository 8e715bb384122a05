//! L1 at the lowest place where it can be seen: in the system calls. A real disk is synced before each yes.

use crate::http_client::{Client, message};
use crate::process::{CHANNELS, COMPANY, Site, send_signal, token};
use domain::Role;
use std::process::Command;

const MESSAGES: usize = 20;

/// What the trace shows, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// A request came in.
    Asked,
    /// A sync began.
    Syncs,
    /// A sync was done.
    Synced,
    /// A yes went out.
    Acknowledged,
}

/// Reads a line such as `123 fdatasync(9) = 0`. A call that blocks stands there in two parts.
fn step(line: &str) -> Option<Step> {
    let sync = line.contains("fdatasync") || line.contains("fsync");
    if sync {
        return Some(if line.contains("<unfinished") { Step::Syncs } else { Step::Synced });
    }
    if line.contains("HTTP/1.1 202") {
        return Some(Step::Acknowledged);
    }
    line.contains("POST /v1/channels").then_some(Step::Asked)
}

/// L1
#[tokio::test]
#[expect(clippy::print_stderr, reason = "a test that was skipped must say so")]
async fn every_yes_comes_after_a_sync_that_began_after_its_request() {
    if Command::new("strace").arg("-V").output().is_err() {
        eprintln!("skipped: there is no strace on this machine");
        return;
    }
    let site = Site::new(CHANNELS);
    let trace = site.path("trace");
    let calls = "trace=fdatasync,fsync,read,recvfrom,readv,sendto,write,writev";
    let strace = ["strace", "-f", "-s", "48", "-e", calls, "-o", trace.to_str().unwrap()];
    let args = ["serve", "--config", "colloquy.toml", "--listen", "127.0.0.1:0"];
    let server = site.start_under(&strace, &args).await;
    let (http, gateway): (Client, String) = (server.http(), token(Role::Gateway, "twilio"));
    for number in 0..MESSAGES {
        let sent = message(&format!("SM-{number}"), "+12025550101", COMPANY, "Hello?");
        http.inbound("sms", &gateway, &sent).await;
    }
    // strace forwards no signal, so the one under it is asked; strace ends with it.
    let children =
        Command::new("ps").args(["-o", "pid=", "--ppid", &server.pid().to_string()]).output().unwrap();
    let child = String::from_utf8(children.stdout).unwrap().trim().parse().unwrap();
    send_signal("TERM", child);
    assert_eq!(server.ended().await.code(), Some(0));

    let trace = std::fs::read(trace).unwrap();
    let steps: Vec<Step> = String::from_utf8_lossy(&trace).lines().filter_map(step).collect();
    let begins = steps.iter().position(|step| *step == Step::Asked).unwrap();
    let count = |wanted: Step| steps[begins..].iter().filter(|step| **step == wanted).count();
    assert_eq!(count(Step::Acknowledged), MESSAGES);
    assert!(count(Step::Synced) >= MESSAGES, "{steps:?}");
    for one in steps[begins..].split_inclusive(|step| *step == Step::Acknowledged).take(MESSAGES) {
        let asked = one.iter().position(|step| *step == Step::Asked);
        let synced = one.iter().rposition(|step| *step == Step::Synced);
        let began = one.iter().rposition(|step| *step == Step::Syncs).or(synced);
        assert!(asked.is_some() && synced > asked && began > asked, "no sync before the yes: {one:?}");
    }
}
