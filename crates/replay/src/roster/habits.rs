//! How the agents of a roster work: what a file says of it, for everybody and for single groups.

use domain::routing::{Agent, GroupId, Routing, limits};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The table `rehearsal` of a roster: what holds for everybody, and for the members of single groups instead.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Habits {
    /// How long an agent takes to answer an offer, or a further message of somebody whom they serve.
    pub accept_after: Option<Span>,
    /// How long an agent works on a conversation, from accepting it to ending it.
    pub handle: Option<Span>,
    /// How long an agent is away whose presence the router has changed.
    pub back_after: Option<Span>,
    /// How often an agent rejects an offer, from 0 to 1.
    pub decline: Option<f64>,
    /// How often an agent lets an offer time out, from 0 to 1.
    pub ignore: Option<f64>,
    /// The same by group.
    #[serde(default)]
    pub groups: BTreeMap<String, GroupHabits>,
}

/// What members of a group do otherwise than everybody. An agent of several groups goes by the first one, by name, that
/// says something.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupHabits {
    /// As in [`Habits`]; likewise below.
    pub accept_after: Option<Span>,
    /// See there.
    pub handle: Option<Span>,
    /// See there.
    pub back_after: Option<Span>,
    /// See there.
    pub decline: Option<f64>,
    /// See there.
    pub ignore: Option<f64>,
}

/// A span that chance decides, in seconds: never less than `least`, and beyond it exponentially distributed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Span {
    /// The shortest.
    #[serde(default)]
    pub least: u32,
    /// The mean; with `least` alike, every span is that long.
    pub mean: u32,
}

/// What one agent does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Habit {
    pub(crate) accept_after: Span,
    pub(crate) handle: Span,
    pub(crate) back_after: Span,
    pub(crate) decline: f64,
    pub(crate) ignore: f64,
}

impl Habit {
    /// What is done where nothing is said.
    const DEFAULT: Self = Self {
        accept_after: Span { least: 0, mean: 10 },
        handle: Span { least: 0, mean: 300 },
        back_after: Span { least: 0, mean: 60 },
        decline: 0.0,
        ignore: 0.0,
    };
}

impl Habits {
    /// Everything that is wrong, each in words; empty if it is legal.
    pub fn problems(&self, routing: &Routing) -> Vec<String> {
        let mut found = Vec::new();
        for group in self.groups.keys() {
            let there = GroupId::new(group).is_ok_and(|group| routing.groups.contains_key(&group));
            if !there {
                found.push(format!("rehearsal.groups.{group}: there is no such group"));
            }
        }
        let own = ("rehearsal".to_owned(), self.everybody());
        let of_groups = self.groups.iter().map(|(name, it)| (format!("rehearsal.groups.{name}"), it.clone()));
        for (place, habits) in std::iter::once(own).chain(of_groups) {
            habits.problems(&place, &mut found);
        }
        for agent in routing.agents.values() {
            let Habit { decline, ignore, .. } = self.of(agent);
            if decline + ignore > 1.0 {
                found.push("rehearsal: decline and ignore are more than 1 together".to_owned());
                break;
            }
        }
        found
    }

    /// What an agent does.
    pub(crate) fn of(&self, agent: &Agent) -> Habit {
        let own = agent.groups.iter().filter_map(|group| self.groups.get(group.as_str()));
        let everybody = self.everybody();
        let said: Vec<&GroupHabits> = own.chain([&everybody]).collect();
        fn first<T>(said: &[&GroupHabits], of: impl Fn(&GroupHabits) -> Option<T>, otherwise: T) -> T {
            said.iter().find_map(|habits| of(habits)).unwrap_or(otherwise)
        }
        let default = Habit::DEFAULT;
        Habit {
            accept_after: first(&said, |it| it.accept_after, default.accept_after),
            handle: first(&said, |it| it.handle, default.handle),
            back_after: first(&said, |it| it.back_after, default.back_after),
            decline: first(&said, |it| it.decline, default.decline),
            ignore: first(&said, |it| it.ignore, default.ignore),
        }
    }

    fn everybody(&self) -> GroupHabits {
        let Self { accept_after, handle, back_after, decline, ignore, groups: _ } = self.clone();
        GroupHabits { accept_after, handle, back_after, decline, ignore }
    }
}

impl GroupHabits {
    fn problems(&self, place: &str, found: &mut Vec<String>) {
        let Self { accept_after, handle, back_after, decline, ignore } = self;
        for (key, span) in [("accept_after", accept_after), ("handle", handle), ("back_after", back_after)] {
            let most = limits::WAIT_MAX_SECONDS;
            if span.is_some_and(|span| span.least > span.mean || span.mean > most) {
                found.push(format!("{place}.{key}: must have a mean of least to {most} seconds"));
            }
        }
        for (key, probability) in [("decline", decline), ("ignore", ignore)] {
            if probability.is_some_and(|probability| !(0.0..=1.0).contains(&probability)) {
                found.push(format!("{place}.{key}: must be 0 to 1"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(groups: &[&str]) -> Agent {
        let groups = groups.iter().map(|group| GroupId::new(group).unwrap()).collect();
        Agent { groups, ..Agent::default() }
    }

    fn habits() -> Habits {
        let of_group = |handle, decline| GroupHabits {
            handle: Some(Span { least: 0, mean: handle }),
            decline,
            ..GroupHabits::default()
        };
        let groups =
            [("back".to_owned(), of_group(900, None)), ("front".to_owned(), of_group(200, Some(0.5)))];
        Habits { accept_after: Some(Span { least: 1, mean: 5 }), groups: groups.into(), ..Habits::default() }
    }

    #[test]
    fn the_first_group_that_says_something_counts_then_what_holds_for_everybody() {
        let habits = habits();
        let both = habits.of(&member(&["front", "back"]));
        assert_eq!((both.handle.mean, both.decline, both.accept_after.least), (900, 0.5, 1));
        let neither = habits.of(&member(&["other"]));
        assert_eq!((neither.handle, neither.back_after), (Habit::DEFAULT.handle, Habit::DEFAULT.back_after));
        assert_eq!(neither.accept_after.mean, 5);
    }

    #[test]
    fn everything_that_is_wrong_is_told_with_its_place() {
        let mut wrong = habits();
        wrong.decline = Some(1.5);
        wrong.back_after = Some(Span { least: 9, mean: 8 });
        wrong.groups.get_mut("back").unwrap().ignore = Some(f64::NAN);
        let mut routing = Routing::default();
        routing.groups.insert(GroupId::new("back").unwrap(), domain::routing::Group::default());
        let found = wrong.problems(&routing);
        for place in [
            "rehearsal.groups.front: there is no such group",
            "rehearsal.back_after: ",
            "rehearsal.decline: must be 0 to 1",
            "rehearsal.groups.back.ignore: must be 0 to 1",
        ] {
            assert!(found.iter().any(|problem| problem.starts_with(place)), "{place}: {found:?}");
        }
        assert_eq!(found.len(), 4, "{found:?}");
    }
}
