//! Starts, stops and kills the real `colloquy`, each in a folder of its own, and makes tokens for it.
//!
//! Only what was started here is ended, at the latest when it is dropped.

use crate::http_client::Client;
use domain::{ChannelId, Role, Seconds, Timestamp};
use gateway::{AuthSettings, Secret};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long anything may take before a test gives up on it. Long, because the machine may be busy with something else.
pub(crate) const DEADLINE: Duration = Duration::from_secs(20);
/// The secret of every site.
pub(crate) const SECRET: &str = "a-secret-of-the-tests-0123456789abcdef";
/// The company's number on the channel `sms`.
pub(crate) const COMPANY: &str = "+12025550199";
/// One channel of each mode, with timers that no test lives to see.
pub(crate) const CHANNELS: &str = r#"
[channels.sms]
kind = "sms"
proactive_active = true
proactive_allow_manual_recipient = true
addresses = ["+12025550199"]
[channels.web]
kind = "mweb"
mode = "chat"
"#;

/// A folder with settings, channels and a store, which outlives the processes that use it.
pub(crate) struct Site {
    folder: TempDir,
    started: AtomicU32,
}

/// A serving process.
pub(crate) struct Server {
    child: Child,
    address: String,
    output: PathBuf,
    client: Client,
}

/// How a command that ended by itself went.
#[derive(Debug)]
pub(crate) struct Run {
    /// The exit code; -1 if a signal ended it.
    pub(crate) code: i32,
    /// What it gave as data.
    pub(crate) stdout: String,
    /// What it said.
    pub(crate) stderr: String,
}

impl Site {
    /// A site with these channels.
    pub(crate) fn new(channels: &str) -> Self {
        Self::with(channels, "")
    }

    /// A site with these channels and more settings, as sections of TOML.
    pub(crate) fn with(channels: &str, settings: &str) -> Self {
        let site = Self { folder: tempfile::tempdir().unwrap(), started: AtomicU32::new(0) };
        let own = format!(
            "[store]\npath = \"store\"\nchannels = \"channels.toml\"\n[auth]\njwt_secret = \"{SECRET}\"\n"
        );
        fs::write(site.path("colloquy.toml"), own + settings).unwrap();
        fs::write(site.path("channels.toml"), channels).unwrap();
        site
    }

    /// A path in the folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs `colloquy` in the folder until it ends by itself.
    pub(crate) fn run(&self, args: &[&str]) -> Run {
        run(command(args).current_dir(self.folder.path()))
    }

    /// Checks a store that nobody uses: nothing beside the log may differ from it. Gives what was found.
    pub(crate) fn verify_store(&self) -> serde_json::Value {
        let run = self.run(&["replay", "--store", "store", "--verify", "--format", "json"]);
        assert_eq!(run.code, 0, "{run:?}");
        serde_json::from_str(&run.stdout).unwrap()
    }

    /// Starts a server on any free port.
    pub(crate) async fn serve(&self) -> Server {
        self.serve_with(&[]).await
    }

    /// The same with settings in the environment.
    pub(crate) async fn serve_with(&self, environment: &[(&str, &str)]) -> Server {
        self.start(&["serve", "--config", "colloquy.toml", "--listen", "127.0.0.1:0"], environment).await
    }

    /// Starts a command that serves, under another command if `under` names one, and waits for its address.
    pub(crate) async fn start_under(&self, under: &[&str], args: &[&str]) -> Server {
        let mut all = under.to_vec();
        all.push(binary().to_str().unwrap());
        all.extend(args);
        self.spawn(Command::new(all[0]).args(&all[1..])).await
    }

    async fn start(&self, args: &[&str], environment: &[(&str, &str)]) -> Server {
        self.spawn(command(args).envs(environment.iter().copied())).await
    }

    async fn spawn(&self, command: &mut Command) -> Server {
        let number = self.started.fetch_add(1, Ordering::Relaxed);
        let output = self.path(&format!("output-{number}"));
        let file = File::create(&output).unwrap();
        command.current_dir(self.folder.path()).stdin(Stdio::null());
        command.stdout(file.try_clone().unwrap()).stderr(file);
        let client = Client::new(String::new());
        let child = command.spawn().unwrap();
        let mut server = Server { child, address: String::new(), output, client };
        let address = eventually("the address is printed", async || {
            let said = server.output();
            assert!(server.child.try_wait().unwrap().is_none(), "it ended at once: {said}");
            let line = said.lines().find_map(|line| line.strip_prefix("listening on "))?.to_owned();
            said.contains(&format!("{line}\n")).then_some(line)
        })
        .await;
        server.client = Client::new(format!("http://{address}"));
        server.address = address;
        server
    }
}

impl Server {
    /// Where it listens.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Talks to it over HTTP.
    pub(crate) fn http(&self) -> Client {
        self.client.clone()
    }

    /// Everything that it has printed so far.
    pub(crate) fn output(&self) -> String {
        String::from_utf8_lossy(&fs::read(&self.output).unwrap()).into_owned()
    }

    /// The id of its process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Ends it as a power cut would end the process: nothing of it runs after this.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to stop.
    pub(crate) fn ask_to_stop(&self) {
        send_signal("TERM", self.child.id());
    }

    /// Waits until it has ended by itself.
    pub(crate) async fn ended(mut self) -> ExitStatus {
        eventually("the process ends", async || self.child.try_wait().unwrap()).await
    }

    /// Asks it to stop and checks that it does so in peace.
    pub(crate) async fn stop(self) {
        self.ask_to_stop();
        let output = self.output.clone();
        let status = self.ended().await;
        assert_eq!(status.code(), Some(0), "{}", fs::read_to_string(output).unwrap());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends a signal to one process; the standard library knows only one.
pub(crate) fn send_signal(name: &str, pid: u32) {
    let sent = Command::new("sh").args(["-c", &format!("kill -{name} {pid}")]).status().unwrap();
    assert!(sent.success());
}

/// Waits until there is what is asked for: the only place of these tests where time passes.
pub(crate) async fn eventually<T>(what: &str, mut probe: impl AsyncFnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = probe().await {
            return found;
        }
        assert!(begun.elapsed() < DEADLINE, "waited in vain: {what}");
        // Polling, not waiting for a guess of how long something takes.
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Waits until so much time has passed since a moment, for what can only be seen by its absence.
pub(crate) async fn passed(since: Instant, span: Duration) {
    eventually("time passes", async || (since.elapsed() >= span).then_some(())).await;
}

/// The command line with nothing of the developer's environment.
pub(crate) fn command(args: &[&str]) -> Command {
    let mut command = Command::new(binary());
    command.args(args).env_clear();
    command
}

/// Runs a command until it ends by itself.
pub(crate) fn run(command: &mut Command) -> Run {
    let Output { status, stdout, stderr } = command.stdin(Stdio::null()).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Run { code: status.code().unwrap_or(-1), stdout: text(stdout), stderr: text(stderr) }
}

/// The binary, built before its first use: no test of another package makes cargo build it.
fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        let test = std::env::current_exe().unwrap();
        let folder = test.ancestors().nth(2).unwrap();
        let profile = match folder.file_name().unwrap().to_str().unwrap() {
            "debug" => "dev",
            other => other,
        };
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let built = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "-p", "cli", "--bin", "colloquy", "--profile", profile])
            .arg("--target-dir")
            .arg(folder.parent().unwrap())
            .current_dir(root)
            .status();
        assert!(built.unwrap().success(), "colloquy does not build");
        folder.join("colloquy")
    })
}

/// A good token of any site.
pub(crate) fn token(role: Role, subject: &str) -> String {
    issue(SECRET, role, subject, None, machine_now())
}

/// A good token that is confined to one channel.
pub(crate) fn confined_token(role: Role, subject: &str, channel: &str) -> String {
    issue(SECRET, role, subject, Some(&ChannelId::new(channel).unwrap()), machine_now())
}

/// A token for an hour from `now` on.
pub(crate) fn issue(
    secret: &str,
    role: Role,
    subject: &str,
    channel: Option<&ChannelId>,
    now: Timestamp,
) -> String {
    let auth = AuthSettings { jwt_secret: Some(Secret::new(secret.to_owned())), ..AuthSettings::default() };
    gateway::issue_token(&auth, role, subject, channel, Seconds(3600), now).unwrap()
}

/// The machine's clock, for what only it can say: when a token expires, and when a message was written.
pub(crate) fn machine_now() -> Timestamp {
    engine::Wall::read(&engine::SystemWall)
}
