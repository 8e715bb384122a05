//! When which requester writes, and what follows from it: drawn ahead from the seed, so that nothing the server does
//! can move it.

use crate::{Plan, chance::Chance};
use std::time::Duration;

/// One message of a requester, as planned.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Arrival {
    /// Counts from 0 within the run.
    pub(crate) number: u64,
    /// When it is meant to be sent, from the start of the run.
    pub(crate) due: Duration,
    /// Who writes it.
    pub(crate) requester: u32,
    /// Whether the gateway sends it a second time with the same id.
    pub(crate) twice: bool,
    /// Whether an agent answers.
    pub(crate) reply: bool,
    /// Whether the agent ends the conversation after the answer.
    pub(crate) end: bool,
}

/// The arrivals of a plan, in order of their time: open, so their times depend on nothing but the seed.
#[derive(Clone, Debug)]
pub(crate) struct Schedule {
    times: Chance,
    // A sequence of its own, so that another probability or another number of requesters moves no arrival.
    choices: Chance,
    rate_per_s: f64,
    duration_s: f64,
    requesters: u32,
    duplicate_probability: f64,
    reply_probability: f64,
    end_probability: f64,
    at_s: f64,
    number: u64,
}

impl Schedule {
    pub(crate) fn new(plan: &Plan) -> Self {
        Self {
            times: Chance::new(plan.seed, 1),
            choices: Chance::new(plan.seed, 2),
            rate_per_s: plan.rate_per_s,
            duration_s: plan.duration_s as f64,
            requesters: plan.requesters,
            duplicate_probability: plan.duplicate_probability,
            reply_probability: plan.reply_probability,
            end_probability: plan.end_probability,
            at_s: 0.0,
            number: 0,
        }
    }
}

impl Iterator for Schedule {
    type Item = Arrival;

    fn next(&mut self) -> Option<Arrival> {
        self.at_s += self.times.gap_s(self.rate_per_s);
        if self.at_s >= self.duration_s {
            return None;
        }
        let number = self.number;
        self.number += 1;
        // Every choice is drawn each time, used or not, so that one probability does not shift the others.
        let requester = self.choices.below(self.requesters);
        let twice = self.choices.happens(self.duplicate_probability);
        let reply = self.choices.happens(self.reply_probability);
        let end = self.choices.happens(self.end_probability);
        let due = Duration::from_secs_f64(self.at_s);
        Some(Arrival { number, due, requester, twice, reply, end: reply && end })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::tests::plan;

    fn arrivals(change: impl FnOnce(&mut Plan)) -> Vec<Arrival> {
        let mut plan = plan("http://127.0.0.1:1");
        plan.rate_per_s = 50.0;
        plan.duration_s = 200;
        change(&mut plan);
        Schedule::new(&plan).collect()
    }

    #[test]
    fn a_seed_gives_one_schedule() {
        assert_eq!(arrivals(|_| ()), arrivals(|_| ()));
        assert_ne!(arrivals(|_| ()), arrivals(|plan| plan.seed += 1));
    }

    #[test]
    fn the_mean_rate_is_the_rate_asked_for_and_the_gaps_are_exponential() {
        let all = arrivals(|_| ());
        let expected = 10_000.0;
        assert!((all.len() as f64 - expected).abs() < 4.0 * expected.sqrt(), "{}", all.len());
        let gaps: Vec<f64> = all
            .windows(2)
            .map(|pair| (pair[1].due.checked_sub(pair[0].due).unwrap()).as_secs_f64())
            .collect();
        // Of exponential gaps, 1/e are longer than the mean; of even ones none or all would be.
        let longer = gaps.iter().filter(|gap| **gap > 0.02).count() as f64 / gaps.len() as f64;
        assert!((longer - (-1.0_f64).exp()).abs() < 0.03, "{longer}");
    }

    #[test]
    fn another_probability_moves_no_arrival_and_no_other_choice() {
        let (few, many) =
            (arrivals(|plan| plan.reply_probability = 0.1), arrivals(|plan| plan.reply_probability = 0.9));
        assert_eq!(few.len(), many.len());
        for (a, b) in few.iter().zip(&many) {
            assert_eq!((a.due, a.requester, a.twice), (b.due, b.requester, b.twice));
        }
        assert!(few.iter().filter(|a| a.reply).count() < many.iter().filter(|a| a.reply).count());
    }
}
