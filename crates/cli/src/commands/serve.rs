//! `colloquy serve`: the process that integrators run.

use crate::args::Serve;
use crate::exit::{Code, Failure, Outcome};
use crate::server::{Server, start_logging};
use crate::settings::Settings;
use crate::ui;

pub(crate) fn run(args: &Serve) -> Outcome {
    let settings = Settings::load(&args.settings)?;
    if args.print_config {
        ui::data(toml::to_string(&settings).map_err(Failure::user)?);
        return Ok(Code::Ok);
    }
    start_logging(&settings.log)?;
    engine::block_on(async {
        let server = Server::start(&settings, args.resume).await?;
        server.run(std::future::pending()).await
    })
}
