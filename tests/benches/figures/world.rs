//! What all figures share: channels, an engine on a store, and people who write.

use domain::channel::{ChannelKind, ChannelSettings, Mode, Proactive};
use domain::configuration::Apply;
use domain::{Address, AgentId, ChannelId, Content, Personal, Principal, Role, Seconds};
use engine::{
    Accepted, AgentInitiated, CommandId, Engine, Inbound, Options, RandomIds, Request, Resume, SystemWall,
    Timeline,
};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use store::{EventLog, SledLog, SledOptions};
use tokio::task::JoinSet;
use uuid::Uuid;

/// The company's number.
pub(crate) const COMPANY: &str = "+12025550199";
/// The messaging channel: an agent's message arms the timer of two days.
pub(crate) const SMS: &str = "sms";
/// The chat channel, whose timers come due within seconds.
pub(crate) const WEB: &str = "web";
/// How long each message's text is.
pub(crate) const TEXT_BYTES: usize = 120;
/// Who answers.
pub(crate) const AGENT: &str = "ann";

/// Two channels; the chat reminds after two seconds of silence and gives up after four.
pub(crate) fn channels() -> anyhow::Result<Apply> {
    let mut sms = ChannelSettings::defaults(ChannelKind::Sms, Mode::Messaging);
    sms.proactive = Proactive::ANYBODY;
    sms.addresses = BTreeSet::from([phone(COMPANY)?]);
    let mut web = ChannelSettings::defaults(ChannelKind::Mweb, Mode::Chat);
    web.idle_chat.timer_task_interval = Seconds(1);
    web.idle_chat.reminder_timeout = Seconds(2);
    web.idle_chat.cancel_timeout = Seconds(4);
    Ok(Apply { channels: BTreeMap::from([(channel(SMS), sms), (channel(WEB), web)]), ..Apply::default() })
}

/// Nothing waits for redelivery, because nobody redelivers here.
pub(crate) fn options() -> Options {
    Options { recovery_grace: Seconds(0), ..Options::default() }
}

pub(crate) fn open(store: &Path) -> anyhow::Result<Arc<dyn EventLog>> {
    Ok(Arc::new(SledLog::open(store, SledOptions::default())?))
}

/// Starts an engine as the serving process does. A store that was kept for days goes on where it ended.
pub(crate) async fn start(log: Arc<dyn EventLog>, options: Options, apply: Apply) -> anyhow::Result<Engine> {
    let clock = Timeline::begin(Box::new(SystemWall), log.latest_ms(), options.gap_max, Resume::LastCommit)?;
    Ok(Engine::start(log, options, Arc::new(clock), Arc::new(RandomIds), Some(apply)).await?)
}

/// A requester writes an SMS, with the id that its provider gave it.
pub(crate) async fn write(engine: &Engine, requester: u64, number: u64) -> anyhow::Result<Accepted> {
    let text = text(number);
    let command = CommandId {
        scope: format!("inbound/{SMS}"),
        id: format!("message-{number}"),
        body: text.clone().into_bytes(),
    };
    let inbound = Inbound {
        from: Personal::new(phone(&requester_phone(requester))?),
        to: phone(COMPANY)?,
        content: content(&text)?,
        sent_at: None,
    };
    Ok(engine.inbound(&channel(SMS), inbound, request(Role::Gateway, Some(command))).await?)
}

/// An agent writes first, which arms the timer of two days.
pub(crate) async fn contribute(engine: &Engine, requester: u64, number: u64) -> anyhow::Result<Accepted> {
    let first = AgentInitiated {
        user: None,
        take_over: false,
        agent: agent(),
        to: Personal::new(phone(&requester_phone(requester))?),
        from: phone(COMPANY)?,
        content: content(&text(number))?,
    };
    Ok(engine.contribute(&channel(SMS), first, request(Role::Agent, None)).await?)
}

/// A visitor opens a chat.
pub(crate) async fn chat(engine: &Engine, visitor: &str) -> anyhow::Result<Accepted> {
    chat_on(engine, WEB, visitor).await
}

/// A visitor opens a chat on this channel.
pub(crate) async fn chat_on(engine: &Engine, of: &str, visitor: &str) -> anyhow::Result<Accepted> {
    let inbound = Inbound {
        from: Personal::new(opaque(visitor)?),
        to: opaque("site")?,
        content: content(&text(0))?,
        sent_at: None,
    };
    Ok(engine.inbound(&channel(of), inbound, request(Role::Gateway, None)).await?)
}

/// Does numbered jobs, so many at a time.
pub(crate) async fn crowd<J, F>(tasks: usize, numbers: Range<u64>, job: J) -> anyhow::Result<()>
where
    J: Fn(u64) -> F + Clone + Send + 'static,
    F: Future<Output = anyhow::Result<()>> + Send,
{
    let next = Arc::new(AtomicU64::new(numbers.start));
    let mut crowd = JoinSet::new();
    for _ in 0..tasks {
        let (next, job) = (Arc::clone(&next), job.clone());
        crowd.spawn(async move {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= numbers.end {
                    return anyhow::Ok(());
                }
                job(number).await?;
            }
        });
    }
    while let Some(ended) = crowd.join_next().await {
        ended??;
    }
    Ok(())
}

/// Who asks, and under which id.
pub(crate) fn request(role: Role, command: Option<CommandId>) -> Request {
    let principal = Principal { role, name: AGENT.to_owned() };
    Request { principal, correlation: Uuid::nil(), command }
}

pub(crate) fn agent() -> AgentId {
    AgentId::new(AGENT).expect("the name is legal")
}

pub(crate) fn channel(name: &str) -> ChannelId {
    ChannelId::new(name).expect("the name is legal")
}

pub(crate) fn content(text: &str) -> anyhow::Result<Content> {
    Content::text_only(text).map_err(|error| anyhow::anyhow!("{error}"))
}

/// A fictional number: 999 is no area code. The same as the load generator's, who meets the same requesters.
pub(crate) fn requester_phone(requester: u64) -> String {
    format!("+1999{requester:07}")
}

/// A text of always the same length, and never the same twice.
pub(crate) fn text(number: u64) -> String {
    let words =
        "Good morning. The parcel that I ordered has not arrived, and nobody at the door has seen it.";
    let mut text = format!("[{number:012}] {words} Where may it be?");
    text.truncate(TEXT_BYTES);
    while text.len() < TEXT_BYTES {
        text.push('.');
    }
    text
}

fn phone(number: &str) -> anyhow::Result<Address> {
    Address::e164(number).map_err(|error| anyhow::anyhow!("{error:?}"))
}

fn opaque(name: &str) -> anyhow::Result<Address> {
    Address::opaque(name).map_err(|error| anyhow::anyhow!("{error:?}"))
}
