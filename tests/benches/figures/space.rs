//! What is on the disk, beside what was said: whole conversations of twenty messages, then a clean stop.

use super::bench::{Bench, disk_bytes, say};
use super::report::Report;
use super::world;
use domain::{ConversationId, Role};
use engine::{Engine, Order};
use std::path::Path;
use std::sync::Arc;
use store::{EventLog, PartitionId, Position};
use views::Conversations;

/// Of each conversation, half of them the agent's.
const MESSAGES: u64 = 20;

const NOT_MEASURED: &[&str] = &[
    "stores that have been written to for weeks, where the library under the store reuses what it freed",
    "personal data that was erased",
    "attachments, which live elsewhere",
];

/// What a store holds and takes, in bytes.
struct Sizes {
    text: f64,
    events: f64,
    records: f64,
    long: f64,
    held: f64,
}

pub(crate) fn measure(bench: &Bench) -> anyhow::Result<Report> {
    let messages = bench.of(400, 40_000, 400_000);
    let says = format!("{messages} messages of {} bytes, {MESSAGES} a conversation", world::TEXT_BYTES);
    let mut report = Report::new("space", says, NOT_MEASURED);
    for (name, list) in [("with the list", true), ("the log alone", false)] {
        let mut rounds = Vec::new();
        for number in 0..bench.rounds {
            say(format_args!("space: {name}, round {}", number + 1));
            let folder = bench.folder()?;
            rounds.push(engine::block_on(fill(folder.path(), messages / MESSAGES, list))?);
        }
        let of = |part: fn(&Sizes) -> f64| rounds.iter().map(part).collect::<Vec<f64>>();
        let (text, events) = (of(|sizes| sizes.text), of(|sizes| sizes.events));
        report.ratio(format!("{name}: disk / texts"), &of(|sizes| sizes.long), &text);
        report.ratio(format!("{name}: disk / encoded events"), &of(|sizes| sizes.long), &events);
        let per_message = |bytes: fn(&Sizes) -> f64| {
            of(bytes).iter().map(|bytes| bytes / messages as f64).collect::<Vec<f64>>()
        };
        report.row(format!("{name}: disk"), "bytes a message", &per_message(|sizes| sizes.long));
        report.row(format!("{name}: blocks held"), "bytes a message", &per_message(|sizes| sizes.held));
        report.row(format!("{name}: encoded events"), "bytes a message", &per_message(|sizes| sizes.events));
        report.row(format!("{name}: records"), "a message", &per_message(|sizes| sizes.records));
    }
    Ok(report)
}

async fn fill(store: &Path, conversations: u64, list: bool) -> anyhow::Result<Sizes> {
    let log = world::open(store)?;
    let engine = world::start(Arc::clone(&log), world::options(), world::channels()?).await?;
    let list = if list { Some(Arc::new(Conversations::open(Arc::clone(&log))?)) } else { None };
    if let Some(list) = &list {
        list.follow(engine.subscribe());
    }
    let talking = engine.clone();
    world::crowd(256, 0..conversations, move |number| {
        let engine = talking.clone();
        async move { talk(&engine, number).await }
    })
    .await?;
    if let Some(list) = list {
        list.catch_up()?;
    }
    engine.drain().await;
    let (events, records) = events(log.as_ref())?;
    let (long, held) = disk_bytes(store)?;
    let text = conversations * MESSAGES * world::TEXT_BYTES as u64;
    let [text, events, records, long, held] = [text, events, records, long, held].map(|bytes| bytes as f64);
    Ok(Sizes { text, events, records, long, held })
}

/// The requester asks, an agent takes part, both write in turn, the agent ends it.
async fn talk(engine: &Engine, requester: u64) -> anyhow::Result<()> {
    let first = requester * MESSAGES;
    let id = world::write(engine, requester, first).await?.conversation;
    let agent = world::agent();
    order(engine, id, Order::Join { agent: agent.clone() }).await?;
    for number in first + 1..first + MESSAGES {
        if number % 2 == 1 {
            let content = world::content(&world::text(number))?;
            order(engine, id, Order::Post { agent: agent.clone(), content }).await?;
        } else {
            world::write(engine, requester, number).await?;
        }
    }
    order(engine, id, Order::EndByAgent { agent }).await
}

async fn order(engine: &Engine, id: ConversationId, order: Order) -> anyhow::Result<()> {
    engine.order(id, order, world::request(Role::Agent, None)).await?;
    Ok(())
}

/// The bytes of all encoded events, and the number of records.
fn events(log: &dyn EventLog) -> anyhow::Result<(u64, u64)> {
    let (mut bytes, mut after) = (0, Position(0));
    loop {
        let page = log.read_partition(PartitionId(0), after, 256)?;
        let Some(last) = page.last() else { return Ok((bytes, after.0)) };
        after = last.position;
        let events = page.iter().flat_map(|record| &record.appends).flat_map(|append| &append.events);
        bytes += events.map(|event| event.len() as u64).sum::<u64>();
    }
}
