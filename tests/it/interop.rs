//! The official helper libraries, unmodified, in Python: `scripts/interop` installs them at pinned versions.

use serde_json::Value;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Python with the libraries; `None`, said aloud, where `scripts/interop` was not run.
#[expect(clippy::print_stderr, reason = "a test that was skipped must say so")]
pub(crate) fn python() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let python = root.join("target/interop/bin/python");
    if python.exists() {
        return Some(python);
    }
    eprintln!("skipped: the helper libraries are not installed; `scripts/interop` installs them");
    None
}

/// Runs a script that finds `given` as `given` and leaves its answer as `answer`.
pub(crate) async fn run(python: &Path, script: &str, given: &Value) -> Value {
    let program =
        format!("import json, sys\ngiven = json.load(sys.stdin)\n{script}\njson.dump(answer, sys.stdout)\n");
    let mut command = Command::new(python);
    command.args(["-I", "-c", &program]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let given = given.to_string();
    // In a thread of its own: what it talks to may be served by this one.
    let ran = tokio::task::spawn_blocking(move || {
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(given.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    });
    let output = ran.await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}
