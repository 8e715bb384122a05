//! The readers of files and variables, for the crate `doors` alone, which tries them with bytes that nobody thought of.

use crate::channels::ChannelsFile;
use crate::settings;
use domain::channel::Mode;
use domain::configuration::Apply;
use replay::Roster;

/// The settings that a file and some variables say, written as a file again.
///
/// # Errors
/// What is wrong, as people are told.
pub fn settings(text: &str, environment: Vec<(String, String)>) -> Result<String, String> {
    let settings = settings::parse(text, environment.into_iter())?;
    settings.check()?;
    toml::to_string(&settings).map_err(|error| error.to_string())
}

/// What a file of channels says, whole.
///
/// # Errors
/// What is wrong, as people are told.
pub fn channels(text: &str) -> Result<Apply, String> {
    ChannelsFile::parse(text)?.apply()
}

/// Who works in a rehearsal with this file.
///
/// # Errors
/// What is wrong, as people are told.
pub fn roster(text: &str) -> Result<Roster, String> {
    let file = ChannelsFile::parse(text)?;
    file.rehearsal(Mode::Messaging)?;
    file.roster()
}
