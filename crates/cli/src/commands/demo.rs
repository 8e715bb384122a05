//! `colloquy demo`: everything on defaults, with a little traffic, and what to try next.

use crate::args::{Demo, Format, Load, ResumeArg, SettingsArgs};
use crate::channels;
use crate::commands::load;
use crate::exit::{Failure, Outcome};
use crate::server::{Server, start_logging};
use crate::settings::Settings;
use crate::ui;
use domain::{Role, Seconds};
use engine::{SystemWall, Wall as _};
use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// The demo's settings. Its folder is where relative paths begin.
const SETTINGS: &str = "\
# The settings of the demo; `colloquy serve --config` takes them too.
[store]
path = \"store\"
channels = \"channels.toml\"

[auth]
jwt_secret_file = \"secret\"

[log]
filter = \"warn\"
";

/// Who may do something in the demo: the file of the token, its role and its subject.
const TOKENS: [(&str, Role, &str); 3] = [
    ("gateway.token", Role::Gateway, "demo-gateway"),
    ("agent.token", Role::Agent, "ann"),
    ("supervisor.token", Role::Supervisor, "sue"),
];
const TOKEN_LIFETIME: Seconds = Seconds(7 * 24 * 3600);

pub(crate) fn run(args: &Demo) -> Outcome {
    furnish(&args.dir)?;
    let settings = Settings::load(&SettingsArgs {
        config: Some(args.dir.join("colloquy.toml")),
        listen: Some(args.listen.clone()),
        ..SettingsArgs::default()
    })?;
    start_logging(&settings.log)?;
    write_tokens(&args.dir, &settings)?;
    engine::block_on(async {
        // Nobody minds what was overdue in a demo that lay idle for a week.
        let server = Server::start(&settings, Some(ResumeArg::Wall)).await?;
        let url = format!("http://{}", server.address());
        let (over, traffic_over) = tokio::sync::oneshot::channel();
        let show = async {
            show_traffic(args, &settings, &url).await;
            let _ = over.send(());
        };
        let done = async {
            let _ = traffic_over.await;
            if !args.once {
                std::future::pending::<()>().await;
            }
        };
        let (outcome, ()) = tokio::join!(server.run(done), show);
        outcome
    })
}

/// Writes what is not there yet; what is there may have been changed on purpose.
fn furnish(dir: &Path) -> Result<(), Failure> {
    let failed = |error| Failure::said(format_args!("{} cannot be written: {error}", dir.display()));
    fs::create_dir_all(dir).map_err(failed)?;
    for (name, text) in [("colloquy.toml", SETTINGS), ("channels.toml", channels::SAMPLE)] {
        if !dir.join(name).exists() {
            fs::write(dir.join(name), text).map_err(failed)?;
        }
    }
    if !dir.join("secret").exists() {
        let mut random = [0; 32];
        getrandom::fill(&mut random).map_err(Failure::said)?;
        let mut secret = String::with_capacity(64);
        random.iter().for_each(|byte| {
            let _ = write!(secret, "{byte:02x}");
        });
        write_private(&dir.join("secret"), &secret).map_err(failed)?;
    }
    Ok(())
}

fn write_tokens(dir: &Path, settings: &Settings) -> Result<(), Failure> {
    for (file, role, subject) in TOKENS {
        let issued =
            gateway::issue_token(&settings.auth, role, subject, None, TOKEN_LIFETIME, SystemWall.read());
        let token = issued.map_err(Failure::user)?;
        let path = dir.join(file);
        write_private(&path, &token)
            .map_err(|error| Failure::said(format_args!("{} cannot be written: {error}", path.display())))?;
    }
    Ok(())
}

/// Only the user who runs the demo may read its secrets.
fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())
}

async fn show_traffic(args: &Demo, settings: &Settings, url: &str) {
    let traffic = Load {
        settings: SettingsArgs::default(),
        url: url.to_owned(),
        channel: "sms".to_owned(),
        company: "+12025550199".to_owned(),
        rate: 20.0,
        duration_s: args.traffic_s,
        requesters: 20,
        agents: 3,
        seed: 1,
        ledger: None,
        verify_only: false,
        format: Format::Text,
    };
    ui::say(format_args!(
        "\n{} seconds of synthetic traffic from 20 requesters and 3 agents ...",
        args.traffic_s
    ));
    match load::plan(&traffic, settings) {
        Ok(plan) => match ::load::run(plan, |_| ()).await {
            Ok(report) => {
                ui::say(ui::table(&::load::table(&report)));
                ui::say(what_next(&args.dir, url));
            }
            Err(error) => ui::say(format_args!("the traffic failed: {error}")),
        },
        Err(failure) => ui::complain(&failure),
    }
}

fn what_next(dir: &Path, url: &str) -> String {
    let dir = dir.display();
    format!(
        "\nNow in another terminal, a customer writes:\n\
         \n  curl -s {url}/v1/channels/sms/inbound \\\n    \
         -H \"Authorization: Bearer $(cat {dir}/gateway.token)\" -H 'Content-Type: application/json' \\\n    \
         -d '{{\"provider_message_id\":\"hello-1\",\"from\":\"+12025550123\",\"to\":\"+12025550199\",\"text\":\"Hello?\"}}'\n\
         \nThe conversations, and what happened in one of them (put its id in):\n\
         \n  curl -s {url}/v1/conversations -H \"Authorization: Bearer $(cat {dir}/agent.token)\"\n  \
         curl -s {url}/v1/conversations/ID/events -H \"Authorization: Bearer $(cat {dir}/agent.token)\"\n\
         \nStop with Ctrl-C, or with kill -9; start again, and everything is still there.\n"
    )
}
