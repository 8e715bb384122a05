//! `colloquy load`: synthetic traffic at a running server, and a check that nothing acknowledged is lost or doubled.

use crate::args::{Format, Load};
use crate::exit::{Code, Failure, Outcome};
use crate::settings::Settings;
use crate::ui;
use ::load::{Ledger, Plan, Token};
use domain::{Role, Seconds};
use engine::{SystemWall, Wall as _};
use std::collections::BTreeMap;

/// Long enough for any run and the check after it.
const TOKEN_LIFETIME: Seconds = Seconds(24 * 3600);

pub(crate) fn run(args: &Load) -> Outcome {
    let settings = Settings::load(&args.settings)?;
    engine::block_on(async {
        match &args.ledger {
            Some(path) if args.verify_only => {
                let entries = Ledger::read(path).map_err(Failure::user)?;
                verify(args, &token(&settings, Role::Gateway, "load")?, &entries).await
            }
            Some(_) | None => generate(args, &settings).await,
        }
    })
}

async fn verify(args: &Load, token: &Token, entries: &[::load::Acknowledged]) -> Outcome {
    let found = ::load::verify(&args.url, token, entries).await.map_err(Failure::user)?;
    ui::data(serde_json::json!(found));
    Ok(if found.is_sound() { Code::Ok } else { Code::Diverged })
}

async fn generate(args: &Load, settings: &Settings) -> Outcome {
    let plan = plan(args, settings)?;
    ui::say(format_args!("seed={}", args.seed));
    let bar = ui::progress("messages acknowledged", None);
    let report = ::load::run(plan, |progress| bar.set_position(progress.messages.acknowledged)).await;
    bar.finish_and_clear();
    let report = report.map_err(Failure::user)?;
    match args.format {
        Format::Json => ui::data(serde_json::json!(report)),
        Format::Text => ui::data(ui::table(&::load::table(&report))),
    }
    Ok(if report.is_sound() { Code::Ok } else { Code::Diverged })
}

/// The plan of the arguments, with tokens that the server's secret signed.
pub(crate) fn plan(args: &Load, settings: &Settings) -> Result<Plan, Failure> {
    let agents: Result<BTreeMap<String, Token>, Failure> = (1..=args.agents)
        .map(|number| {
            let name = format!("load-agent-{number}");
            Ok((name.clone(), token(settings, Role::Agent, &name)?))
        })
        .collect();
    let gateway_token = token(settings, Role::Gateway, "load")?;
    let nonce = format!("{:x}", SystemWall.read().0);
    Ok(Plan {
        rate_per_s: args.rate,
        duration_s: args.duration_s,
        requesters: args.requesters,
        agents: agents?,
        seed: args.seed,
        ledger: args.ledger.clone(),
        ..Plan::new(&args.url, gateway_token, &args.channel, &args.company, &nonce)
    })
}

fn token(settings: &Settings, role: Role, subject: &str) -> Result<Token, Failure> {
    let issued = gateway::issue_token(&settings.auth, role, subject, None, TOKEN_LIFETIME, SystemWall.read());
    let hint = "name the settings of the server under load with --config, for its secret";
    issued.map(Token::new).map_err(|error| Failure::user(error).hint(hint))
}
