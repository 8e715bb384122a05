//! `colloquy explain`: what happened to a work item and why, from the log of a store that nobody uses.

mod text;

use crate::args::{Explain, Format};
use crate::exit::{Code, Failure, Outcome};
use crate::ui;
use api::{CandidateResponse, FieldOfCandidates, ItemHistoryResponse, ItemStepResponse};
use domain::router::{Candidate, Explanation, Obstacle, Refusal, Verdict};
use domain::routing::WorkItemId;
use engine::{ItemHistory, ItemStep};
use std::sync::Arc;
use store::{EventLog, SledLog, SledOptions};

pub(crate) fn run(args: &Explain) -> Outcome {
    let options = SledOptions { create: false, ..SledOptions::default() };
    let log: Arc<dyn EventLog> = Arc::new(SledLog::open(&args.store, options)?);
    let item = WorkItemId(args.work_item);
    let history = engine::explain::history(log.as_ref(), item).map_err(|error| failure(item, error))?;
    match args.format {
        Format::Json => ui::data(serde_json::to_string(&response(&history)).map_err(Failure::user)?),
        Format::Text => text::lines(&history).iter().for_each(ui::data),
    }
    Ok(Code::Ok)
}

fn failure(item: WorkItemId, error: engine::Error) -> Failure {
    match error {
        engine::Error::Refused(Refusal::ItemUnknown) => {
            Failure::said(format_args!("the store has no work item {item}"))
                .hint("work items are numbered from 1; a running server lists those that are not over")
        }
        engine::Error::Damaged(_) => Failure::user(error).with(Code::Damaged),
        engine::Error::Store(_) => Failure::user(error).with(Code::Failed),
        engine::Error::Rejected(_)
        | engine::Error::Refused(_)
        | engine::Error::UnknownChannel
        | engine::Error::UnknownCompanyAddress
        | engine::Error::CommandReused
        | engine::Error::Overloaded(_)
        | engine::Error::Draining
        | engine::Error::ActorFailed
        | engine::Error::Malformed(_) => Failure::user(error),
    }
}

/// The same as over HTTP, with everybody who was looked at.
fn response(history: &ItemHistory) -> ItemHistoryResponse {
    let step = |step: &ItemStep| ItemStepResponse {
        version: step.version,
        at: codec::json::timestamp(step.at),
        kind: step.type_name().to_owned(),
        cause: step.cause_json(),
        data: step.data(),
        field: step.field.as_ref().map(field),
    };
    ItemHistoryResponse { item: history.item.to_string(), steps: history.steps.iter().map(step).collect() }
}

fn field(field: &Explanation) -> FieldOfCandidates {
    let candidate = |Candidate { agent, verdict }: &Candidate| {
        let agent = agent.as_str().to_owned();
        match verdict {
            Verdict::Candidate { rank, pool, preferred, room } => CandidateResponse::Ranked {
                agent,
                rank: *rank,
                pool: *pool,
                preferred: *preferred,
                room: *room,
            },
            Verdict::Filtered(obstacle) => CandidateResponse::Filtered {
                agent,
                obstacle: obstacle.name().to_owned(),
                skill: missing_skill(obstacle),
            },
        }
    };
    let candidates = field.candidates.iter().map(candidate).collect();
    FieldOfCandidates { open_pools: field.open_pools, candidates, omitted: 0 }
}

fn missing_skill(obstacle: &Obstacle) -> Option<String> {
    match obstacle {
        Obstacle::MissingSkill(skill) => Some(skill.as_str().to_owned()),
        Obstacle::NotInPool
        | Obstacle::PoolNotOpen
        | Obstacle::Inactive
        | Obstacle::Presence
        | Obstacle::ChannelOff
        | Obstacle::ChannelFull
        | Obstacle::UniversalFull
        | Obstacle::Declined
        | Obstacle::HeldForOther
        | Obstacle::Shift => None,
    }
}
