//! `colloquy token`: makes a token, for trying things out and for gateways that cannot sign their own.

use crate::args::Token;
use crate::exit::{Code, Failure, Outcome};
use crate::settings::Settings;
use crate::ui;
use domain::{ChannelId, Role, Seconds};
use engine::{SystemWall, Wall as _};

pub(crate) fn run(args: &Token) -> Outcome {
    let settings = Settings::load(&args.settings)?;
    let role = Role::parse(&args.role)
        .filter(|role| *role != Role::System)
        .ok_or_else(|| Failure::said("--role must be gateway, requester, agent, supervisor or admin"))?;
    let channel = match &args.channel {
        None => None,
        Some(name) => {
            Some(ChannelId::new(name).map_err(|error| Failure::said(format_args!("--channel: {error}")))?)
        }
    };
    let lifetime = Seconds(args.lifetime_s);
    let now = SystemWall.read();
    let token = gateway::issue_token(&settings.auth, role, &args.subject, channel.as_ref(), lifetime, now);
    ui::data(token.map_err(Failure::user)?);
    Ok(Code::Ok)
}
