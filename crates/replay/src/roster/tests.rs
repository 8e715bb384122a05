//! What agents of a roster do, by the clock and by what the log says of it afterwards.

use super::*;
use crate::samples::{MONDAY_NINE, exactly, history, log, on_shift, roster, routing};
use crate::{Rehearsal, Report};
use domain::channel::Mode;
use std::collections::BTreeMap;

/// What somebody on the floor sees, who knows nothing of the log.
#[derive(Default)]
struct Diary {
    asked: BTreeMap<ConversationId, Timestamp>,
    waits_ms: Vec<i64>,
    declined: u64,
    begun: BTreeMap<WorkItemId, Timestamp>,
    handling_ms: Vec<i64>,
    agents: BTreeMap<AgentId, Seen>,
}

/// One agent, and how it was until the last change.
#[derive(Default)]
struct Seen {
    since: Timestamp,
    is_there: bool,
    has: u64,
    shift_ms: i64,
    work_ms: i64,
    after_shift_ms: i64,
}

impl Seen {
    fn pass(&mut self, now: Timestamp) {
        let span_ms = now.since_ms(self.since);
        let work_ms = if self.has > 0 { span_ms } else { 0 };
        if self.is_there {
            self.shift_ms += span_ms;
            self.work_ms += work_ms;
        } else {
            self.after_shift_ms += work_ms;
        }
        self.since = now;
    }
}

impl Diary {
    fn note(&mut self, floor: &Floor, step: &Step) {
        let now = floor.stage.clock.now();
        match step {
            Step::Wrote { conversation } => {
                self.asked.entry(conversation.unwrap()).or_insert(now);
            }
            Step::Did { deed: Deed::Come(agent), .. } => self.seen(agent, now).is_there = true,
            Step::Did { deed: Deed::Go(agent), taken: true } => self.seen(agent, now).is_there = false,
            Step::Did { deed: Deed::Accept(offer, agent), taken: true } => {
                let conversation = floor.state.items[&offer.item].subject.conversation;
                self.waits_ms.push(now.since_ms(self.asked[&conversation]));
                self.begun.insert(offer.item, now);
                self.seen(agent, now).has += 1;
            }
            Step::Did { deed: Deed::Decline(..), taken: true } => self.declined += 1,
            Step::Did { deed: Deed::End(item, agent), taken: true } => {
                let begun = self.begun.remove(item).unwrap();
                self.handling_ms.push(now.since_ms(begun));
                self.seen(agent, now).has -= 1;
            }
            Step::WentHome => {
                for seen in self.agents.values_mut() {
                    seen.pass(now);
                    seen.is_there = false;
                }
            }
            Step::Did { .. } | Step::Fired | Step::Over => {}
        }
    }

    fn seen(&mut self, agent: &AgentId, now: Timestamp) -> &mut Seen {
        let seen = self.agents.entry(agent.clone()).or_default();
        seen.pass(now);
        seen
    }

    fn sum(&self, part: impl Fn(&Seen) -> i64) -> i64 {
        self.agents.values().map(part).sum()
    }
}

fn rehearse(roster: Roster, history: &History) -> Report {
    let settings = Rehearsal::defaults(Mode::Chat);
    let rehearsal = Rehearsal { settings, roster: Some(roster), seed: 1 };
    engine::block_on(Box::pin(rehearsal.play(log(), history, |_| {}, None))).unwrap()
}

/// KPI-4, KPI-5, KPI-9: the figures come from the router's facts; whoever watches the floor counts the same.
#[test]
fn the_log_tells_the_waits_and_the_occupancy_that_were_seen_on_the_floor() {
    let mut roster = roster(
        on_shift(routing(&["ann", "bob", "cid"], 2), 50),
        Span { least: 1, mean: 15 },
        Span { least: 30, mean: 400 },
    );
    (roster.habits.decline, roster.habits.ignore) = (Some(0.2), Some(0.1));
    let history = history(&[0, 1, 2, 3, 60, 61, 90, 300, 900, 901, 902, 2000, 2950, 2990, 3500, 3599]);
    let (log, mut diary) = (log(), Diary::default());
    engine::block_on(Box::pin(async {
        let settings = Rehearsal::defaults(Mode::Chat);
        let mut floor = Floor::open(roster, Arc::clone(&log), settings, 3, &history).await.unwrap();
        let mut step = Step::Fired;
        while step != Step::Over {
            step = floor.step().await.unwrap();
            diary.note(&floor, &step);
        }
        floor.stage.engine.drain().await;
    }));
    let report = crate::rehearse::report(log.as_ref(), MONDAY_NINE, 0, true).unwrap().roster.unwrap();
    let (routed, queue, group) = (&report.routed, &report.queues[0], &report.groups[0]);
    assert_eq!((routed.conversations, routed.completed), (16, 16), "{report:?}");
    assert!(routed.rejected > 0 && routed.timed_out > 0 && group.after_shift_seconds > 0, "{report:?}");
    assert_eq!(routed.rejected, diary.declined);
    diary.waits_ms.sort_unstable();
    let (count, waits) = (diary.waits_ms.len(), &diary.waits_ms);
    assert_eq!((routed.accepted, queue.accepted), (count as u64, count as u64));
    assert_eq!(queue.wait.mean_ms, waits.iter().sum::<i64>() / count as i64);
    assert_eq!((queue.wait.p50_ms, queue.wait.max_ms), (waits[count / 2 - 1], waits[count - 1]));
    assert_eq!(group.handled, diary.handling_ms.len() as u64);
    assert_eq!(group.mean_handling_ms, diary.handling_ms.iter().sum::<i64>() / count as i64);
    let (shift_ms, work_ms) = (diary.sum(|seen| seen.shift_ms), diary.sum(|seen| seen.work_ms));
    assert_eq!(group.shift_seconds, shift_ms / 1000);
    assert!((group.share_with_work - work_ms as f64 / shift_ms as f64).abs() < 1e-4);
    assert_eq!(group.after_shift_seconds, diary.sum(|seen| seen.after_shift_ms) / 1000);
}

/// One agent with room for one: the second requester waits for the first one's end.
#[test]
fn one_agent_serves_one_after_the_other_and_goes_when_all_is_done() {
    let report = rehearse(roster(routing(&["ann"], 1), exactly(10), exactly(300)), &history(&[0, 5]));
    let roster = report.roster.unwrap();
    let (wait, group) = (roster.queues[0].wait, &roster.groups[0]);
    // Offered at 0, accepted at 10, ended at 310; then the same again, for somebody who asked at 5.
    assert_eq!((wait.p50_ms, wait.max_ms, wait.mean_ms), (10_000, 315_000, 162_500));
    assert_eq!((group.shift_seconds, group.after_shift_seconds), (620, 0));
    assert_eq!((group.share_with_work, group.mean_use), (0.9677, 1.0));
    assert_eq!((group.handled, group.mean_handling_ms), (2, 300_000));
    // An answer at once, and again every 90 s, which is before the requester would be reminded.
    assert_eq!((report.counts.agent_messages, report.counts.idle_reminders), (8, 0));
    assert_eq!(report.simulated_seconds, 620);
}

/// PR-4: what is offered when a shift ends goes back, what was accepted is finished, and the next shift goes on.
#[test]
fn agents_come_and_go_with_their_shifts() {
    let report = rehearse(
        roster(on_shift(routing(&["ann"], 1), 10), exactly(20), exactly(300)),
        &history(&[270, 580]),
    );
    let roster = report.roster.unwrap();
    let (routed, wait, group) = (&roster.routed, roster.queues[0].wait, &roster.groups[0]);
    // The first is ended at 590, so the second is offered then; the shift ends at 600, and there is one more at 3600.
    assert_eq!((routed.offers, routed.withdrawn, routed.accepted), (3, 1, 2));
    assert_eq!((wait.p50_ms, wait.max_ms), (20_000, 3_600_000 - 580_000 + 20_000));
    // From the first message on, and until the last work is done.
    assert_eq!(group.shift_seconds, 330 + 320);
}

/// AR-9, WI-4: who says nothing is away for a while, who declines is not asked again at once.
#[test]
fn offers_are_ignored_and_declined_as_often_as_the_roster_says() {
    let with = |decline, ignore| {
        let mut roster = roster(routing(&["ann", "bob"], 1), exactly(1), exactly(60));
        (roster.habits.decline, roster.habits.ignore) = (Some(decline), Some(ignore));
        rehearse(roster, &history(&[0])).roster.unwrap().routed
    };
    let accepted = with(0.0, 0.0);
    assert_eq!((accepted.offers, accepted.accepted), (1, 1));
    let declined = with(1.0, 0.0);
    assert!(declined.rejected > 2 && declined.accepted == 0, "{declined:?}");
    let ignored = with(0.0, 1.0);
    assert!(ignored.timed_out > 2 && ignored.rejected == 0 && ignored.accepted == 0, "{ignored:?}");
}

#[test]
fn a_roster_that_is_not_legal_is_refused_before_anything_happens() {
    let mut roster = roster(routing(&["ann"], 1), exactly(1), exactly(60));
    roster.habits.decline = Some(2.0);
    let (log, settings) = (log(), Rehearsal::defaults(Mode::Chat));
    let rehearsal = Rehearsal { settings, roster: Some(roster), seed: 1 };
    let history = history(&[0]);
    let played = engine::block_on(Box::pin(rehearsal.play(Arc::clone(&log), &history, |_| {}, None)));
    assert!(matches!(played, Err(Error::Roster(_))), "{played:?}");
    assert_eq!(log.latest_ms(), None);
}
