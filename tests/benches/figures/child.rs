//! Jobs that need a process of their own: memory that no other measurement has touched, a start that is one, a death.

use super::{dormant, matching, memory, recovery, restart, sockets};
use anyhow::Context as _;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::io::{BufReader, Read as _};
use std::process::{Child, ChildStdout, Command, Stdio};

/// What a child is to do.
#[derive(Serialize, Deserialize)]
pub(crate) enum Job {
    Open(memory::Open),
    Prepare(dormant::Prepare),
    Start(dormant::Start),
    Write(recovery::Write),
    Weigh(matching::Weigh),
    Fill(restart::Fill),
    Strip(restart::Strip),
    Reopen(restart::Open),
    Sockets(sockets::Serve),
}

/// Does a job in this process, and writes what came of it to stdout.
pub(crate) fn perform(job: &str) -> anyhow::Result<()> {
    let outcome = match serde_json::from_str(job)? {
        Job::Open(job) => serde_json::to_string(&job.perform()?)?,
        Job::Prepare(job) => serde_json::to_string(&job.perform()?)?,
        Job::Start(job) => serde_json::to_string(&job.perform()?)?,
        Job::Write(job) => serde_json::to_string(&job.perform()?)?,
        Job::Weigh(job) => serde_json::to_string(&job.perform()?)?,
        Job::Fill(job) => serde_json::to_string(&job.perform()?)?,
        Job::Strip(job) => serde_json::to_string(&job.perform()?)?,
        Job::Reopen(job) => serde_json::to_string(&job.perform()?)?,
        Job::Sockets(job) => serde_json::to_string(&job.perform()?)?,
    };
    println!("{outcome}");
    Ok(())
}

/// Has a job done by a new process.
pub(crate) fn run<T: DeserializeOwned>(job: &Job) -> anyhow::Result<T> {
    let (mut child, mut stdout) = spawn(job)?;
    let mut outcome = String::new();
    stdout.read_to_string(&mut outcome)?;
    let ended = child.wait()?;
    anyhow::ensure!(ended.success(), "a process of the bench failed: {ended}");
    Ok(serde_json::from_str(&outcome)?)
}

/// Starts a process that does a job.
pub(crate) fn spawn(job: &Job) -> anyhow::Result<(Child, BufReader<ChildStdout>)> {
    let mut child = Command::new(std::env::current_exe()?)
        .args(["--child", &serde_json::to_string(job)?])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()?;
    let stdout = child.stdout.take().context("the child has no stdout")?;
    Ok((child, BufReader::new(stdout)))
}
