//! The process's settings: a TOML file, then `COLLOQUY_SECTION__KEY`, then flags. Channels are not among them, apart from
//! who delivers to them: those live in the store.

use crate::args::{ResumeArg, SettingsArgs};
use crate::channels::ChannelsFile;
use crate::exit::Failure;
use domain::Seconds;
use domain::configuration::Apply;
use engine::{Options, Resume};
use gateway::{AuthSettings, Listen, ServerSettings, WebSettings};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// What begins the name of a variable in the environment that overrides a key.
const PREFIX: &str = "COLLOQUY_";

/// Everything that the process needs.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Settings {
    pub(crate) server: ServerSettings,
    pub(crate) auth: AuthSettings,
    pub(crate) web: WebSettings,
    pub(crate) store: StoreSettings,
    pub(crate) engine: EngineSettings,
    pub(crate) delivery: ::channels::Settings,
    pub(crate) log: LogSettings,
}

/// Where the store is and how a new one is made.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct StoreSettings {
    /// Its folder.
    pub(crate) path: PathBuf,
    /// The channels with which a store without any begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) channels: Option<PathBuf>,
    /// Partitions of a new store; an existing one keeps its own.
    pub(crate) partitions: u16,
    /// Memory for its cache.
    pub(crate) cache_mib: u64,
}

/// How the engine runs; see `engine::Options`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct EngineSettings {
    pub(crate) arbiters: usize,
    pub(crate) mailbox_max: usize,
    pub(crate) commit_queue_max: usize,
    pub(crate) batch_max: usize,
    pub(crate) active_max: usize,
    pub(crate) passivate_after_s: u32,
    pub(crate) snapshot_every: u64,
    pub(crate) timers_in_memory_max: usize,
    pub(crate) fires_in_flight_max: usize,
    pub(crate) recovery_grace_s: u32,
    pub(crate) gap_max_s: u32,
    pub(crate) outbox_tries_for_s: u32,
    pub(crate) outbox_lanes_max: usize,
    pub(crate) push_after_s: u32,
    /// 0 is never.
    pub(crate) digest_after_s: u32,
}

/// What the process says of itself, on stderr.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct LogSettings {
    /// `text` or `json`.
    pub(crate) format: LogFormat,
    /// Such as `info`, or `info,engine=debug`.
    pub(crate) filter: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    #[default]
    Text,
    Json,
}

impl Default for StoreSettings {
    fn default() -> Self {
        Self { path: "colloquy-data".into(), channels: None, partitions: 1, cache_mib: 64 }
    }
}

impl Default for EngineSettings {
    fn default() -> Self {
        let options = Options::default();
        Self {
            arbiters: options.arbiters,
            mailbox_max: options.mailbox_max,
            commit_queue_max: options.commit_queue_max,
            batch_max: options.batch_max,
            active_max: options.active_max,
            passivate_after_s: options.passivate_after.0,
            snapshot_every: options.snapshot_every,
            timers_in_memory_max: options.timers_in_memory_max,
            fires_in_flight_max: options.fires_in_flight_max,
            recovery_grace_s: options.recovery_grace.0,
            gap_max_s: options.gap_max.0,
            outbox_tries_for_s: options.outbox_tries_for.0,
            outbox_lanes_max: options.outbox_lanes_max,
            push_after_s: options.push_after.0,
            digest_after_s: options.digest_after.map_or(0, |after| after.0),
        }
    }
}

impl Default for LogSettings {
    fn default() -> Self {
        Self { format: LogFormat::Text, filter: "info".to_owned() }
    }
}

impl Settings {
    /// Reads the file, lays the environment and the flags over it, and checks the bounds.
    pub(crate) fn load(args: &SettingsArgs) -> Result<Self, Failure> {
        let text = match &args.config {
            None => String::new(),
            Some(path) => std::fs::read_to_string(path)
                .map_err(|error| Failure::said(format_args!("{} cannot be read: {error}", path.display())))?,
        };
        let name =
            args.config.as_deref().map_or_else(|| "settings".to_owned(), |path| path.display().to_string());
        let mut settings =
            parse(&text, std::env::vars()).map_err(|error| Failure::said(format_args!("{name}: {error}")))?;
        if let Some(folder) = args.config.as_deref().and_then(Path::parent) {
            settings.resolve_paths(folder);
        }
        settings.take_flags(args)?;
        settings.check().map_err(|error| Failure::said(format_args!("{name}: {error}")))?;
        Ok(settings)
    }

    /// A path in a file is meant from the file's own folder.
    fn resolve_paths(&mut self, folder: &Path) {
        self.store.path = folder.join(&self.store.path);
        self.store.channels = self.store.channels.take().map(|path| folder.join(path));
        self.auth.jwt_secret_file = self.auth.jwt_secret_file.take().map(|path| folder.join(path));
        self.delivery.resolve_paths(folder);
    }

    fn take_flags(&mut self, args: &SettingsArgs) -> Result<(), Failure> {
        if let Some(path) = &args.store {
            self.store.path.clone_from(path);
        }
        if let Some(path) = &args.channels {
            self.store.channels = Some(path.clone());
        }
        if let Some(listen) = &args.listen {
            self.server.listen = Listen::try_from(listen.clone())
                .map_err(|error| Failure::said(format_args!("--listen: {error}")))?;
        }
        Ok(())
    }

    pub(crate) fn check(&self) -> Result<(), String> {
        self.server.check().map_err(|error| error.to_string())?;
        self.web.check().map_err(|error| error.to_string())?;
        let engine = &self.engine;
        let rules = [
            ((1..=4096).contains(&self.store.partitions), "store.partitions must be 1 to 4096"),
            ((1..=1 << 20).contains(&self.store.cache_mib), "store.cache_mib must be 1 to 1048576"),
            ((1..=256).contains(&engine.arbiters), "engine.arbiters must be 1 to 256"),
            ((1..=1 << 16).contains(&engine.mailbox_max), "engine.mailbox_max must be 1 to 65536"),
            (
                (1..=1 << 20).contains(&engine.commit_queue_max),
                "engine.commit_queue_max must be 1 to 1048576",
            ),
            ((1..=1 << 16).contains(&engine.batch_max), "engine.batch_max must be 1 to 65536"),
            (engine.active_max >= 16, "engine.active_max must be at least 16"),
            (engine.passivate_after_s >= 1, "engine.passivate_after_s must be at least 1"),
            (engine.snapshot_every >= 1, "engine.snapshot_every must be at least 1"),
            (engine.timers_in_memory_max >= 16, "engine.timers_in_memory_max must be at least 16"),
            (engine.fires_in_flight_max >= 1, "engine.fires_in_flight_max must be at least 1"),
            (engine.recovery_grace_s <= 86_400, "engine.recovery_grace_s must be at most 86400"),
            (
                (60..=604_800).contains(&engine.outbox_tries_for_s),
                "engine.outbox_tries_for_s must be 60 to 604800",
            ),
            ((1..=1024).contains(&engine.outbox_lanes_max), "engine.outbox_lanes_max must be 1 to 1024"),
            (engine.push_after_s <= 3600, "engine.push_after_s must be at most 3600"),
            (engine.digest_after_s <= 604_800, "engine.digest_after_s must be at most 604800"),
        ];
        rules.into_iter().find(|(holds, _)| !holds).map_or(Ok(()), |(_, what)| Err(what.to_owned()))
    }

    /// The channels and the routing to begin with, if a file of them is named.
    pub(crate) fn seed(&self) -> Result<Option<Apply>, Failure> {
        let Some(path) = &self.store.channels else { return Ok(None) };
        let apply = ChannelsFile::read(path)?.apply();
        let apply = apply.map_err(|error| Failure::said(format_args!("{}: {error}", path.display())))?;
        Ok(Some(apply))
    }

    pub(crate) fn options(&self, resume: Option<ResumeArg>) -> Options {
        let EngineSettings {
            arbiters,
            mailbox_max,
            commit_queue_max,
            batch_max,
            active_max,
            passivate_after_s,
            snapshot_every,
            timers_in_memory_max,
            fires_in_flight_max,
            recovery_grace_s,
            gap_max_s,
            outbox_tries_for_s,
            outbox_lanes_max,
            push_after_s,
            digest_after_s,
        } = self.engine;
        Options {
            arbiters,
            mailbox_max,
            commit_queue_max,
            batch_max,
            active_max,
            passivate_after: Seconds(passivate_after_s),
            snapshot_every,
            timers_in_memory_max,
            fires_in_flight_max,
            recovery_grace: Seconds(recovery_grace_s),
            gap_max: Seconds(gap_max_s),
            outbox_tries_for: Seconds(outbox_tries_for_s),
            outbox_lanes_max,
            push_after: Seconds(push_after_s),
            digest_after: (digest_after_s > 0).then_some(Seconds(digest_after_s)),
            resume: match resume {
                None => Resume::Refuse,
                Some(ResumeArg::Wall) => Resume::Wall,
                Some(ResumeArg::LastCommit) => Resume::LastCommit,
            },
            ..Options::default()
        }
    }

    pub(crate) fn gateway(&self) -> gateway::Settings {
        gateway::Settings { server: self.server.clone(), auth: self.auth.clone(), web: self.web.clone() }
    }
}

/// The file alone is read first, because only then an error has a line and a column.
pub(crate) fn parse(
    text: &str,
    environment: impl Iterator<Item = (String, String)>,
) -> Result<Settings, String> {
    let settings: Settings = toml::from_str(text).map_err(|error| error.to_string())?;
    let mut table: toml::Table = toml::from_str(text).map_err(|error| error.to_string())?;
    let mut overridden = Vec::new();
    for (variable, value) in environment {
        let Some((sections, key)) = variable.strip_prefix(PREFIX).and_then(|name| name.rsplit_once("__"))
        else {
            continue;
        };
        let mut section = &mut table;
        for name in sections.to_lowercase().split("__") {
            let inner = section.entry(name).or_insert_with(|| toml::Table::new().into());
            section = inner.as_table_mut().ok_or_else(|| format!("{variable} names no section"))?;
        }
        section.insert(key.to_lowercase(), value_of(&value));
        overridden.push(variable);
    }
    if overridden.is_empty() {
        return Ok(settings);
    }
    table
        .try_into()
        .map_err(|error: toml::de::Error| format!("{}: {}", overridden.join(", "), error.message()))
}

/// A value of the environment is TOML if it reads as TOML, and else the text that it is.
fn value_of(text: &str) -> toml::Value {
    let parsed: Result<toml::Table, _> = toml::from_str(&format!("value = {text}"));
    let value = parsed.ok().and_then(|mut table| table.remove("value"));
    value.unwrap_or_else(|| toml::Value::String(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(text: &str, environment: &[(&str, &str)]) -> Result<Settings, String> {
        parse(text, environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
    }

    #[test]
    fn the_environment_overrides_the_file_and_numbers_stay_numbers() {
        let settings = with(
            "[engine]\nrecovery_grace_s = 10\nactive_max = 99\n",
            &[
                ("COLLOQUY_ENGINE__RECOVERY_GRACE_S", "0"),
                ("COLLOQUY_STORE__PATH", "/tmp/x"),
                ("HOME", "/root"),
            ],
        );
        let settings = settings.unwrap();
        assert_eq!((settings.engine.recovery_grace_s, settings.engine.active_max), (0, 99));
        assert_eq!(settings.store.path, Path::new("/tmp/x"));
    }

    #[test]
    fn a_secret_of_one_channel_can_come_from_the_environment() {
        let file = "[delivery.channels.sms]\nprovider = \"twilio\"\naccount_sid = \"AC1\"\n";
        let settings = with(file, &[("COLLOQUY_DELIVERY__CHANNELS__SMS__AUTH_TOKEN", "t-o-k-e-n")]).unwrap();
        let ::channels::ChannelSettings::Twilio(sms) = &settings.delivery.channels["sms"] else { panic!() };
        assert_eq!(sms.auth_token.as_ref().map(::channels::Secret::expose), Some("t-o-k-e-n"));
        let url = ("COLLOQUY_DELIVERY__PUBLIC_URL", "https://talk.example.org");
        let through = with("", &[url, ("COLLOQUY_DELIVERY__PUBLIC_URL__SMS", "1")]).unwrap_err();
        assert!(through.contains("COLLOQUY_DELIVERY__PUBLIC_URL__SMS names no section"), "{through}");
    }

    #[test]
    fn an_unknown_key_is_refused_with_its_place_or_its_variable() {
        let unknown = with("[engine]\nrecovery_grace = 1\n", &[]).unwrap_err();
        assert!(unknown.contains("line 2, column 1"), "{unknown}");
        let unknown = with("", &[("COLLOQUY_ENGINE__GRACE", "1")]).unwrap_err();
        assert!(unknown.contains("COLLOQUY_ENGINE__GRACE") && unknown.contains("unknown field"), "{unknown}");
    }
}
