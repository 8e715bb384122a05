//! Gathers what is wrong while entries are read, so that all of it can be told at once.

use api::FieldError;
use domain::NameError;
use domain::condition::Condition;
use domain::routing::limits;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

/// Where a reader is, and what it has found wrong. What is wrong is never repeated, only what would be legal, because a
/// value may be anything (`P1`).
pub(crate) struct Reading {
    place: String,
    found: Vec<FieldError>,
}

impl Reading {
    /// A reading that begins at this entry.
    pub(crate) fn of(place: impl Into<String>) -> Self {
        Self { place: place.into(), found: Vec::new() }
    }

    /// What was read, if nothing was wrong.
    pub(crate) fn finish<T>(&mut self, read: Option<T>) -> Result<T, Vec<FieldError>> {
        match read {
            Some(read) if self.found.is_empty() => Ok(read),
            Some(_) | None => Err(std::mem::take(&mut self.found)),
        }
    }

    /// Goes on with another entry.
    pub(super) fn go_to(&mut self, place: String) {
        self.place = place;
    }

    /// Notes what is wrong with a key of the entry. The domain stops at so many too (X1).
    pub(super) fn wrong(&mut self, key: impl Display, expected: impl Display) {
        if self.found.len() < limits::PROBLEMS_MAX_COUNT {
            let field = format!("{}.{key}", self.place);
            self.found.push(FieldError { field, detail: expected.to_string() });
        }
    }

    /// A name of something.
    pub(super) fn name<T>(
        &mut self,
        key: impl Display,
        name: &str,
        new: impl FnOnce(&str) -> Result<T, NameError>,
    ) -> Option<T> {
        new(name).map_err(|error| self.wrong(key, error)).ok()
    }

    /// A name that may be left out.
    pub(super) fn name_if_any<T>(
        &mut self,
        key: &str,
        name: Option<String>,
        new: fn(&str) -> Result<T, NameError>,
    ) -> Option<T> {
        name.and_then(|name| self.name(key, &name, new))
    }

    /// A list of names.
    pub(super) fn names<T: Ord>(
        &mut self,
        key: impl Display,
        names: &[String],
        new: fn(&str) -> Result<T, NameError>,
    ) -> BTreeSet<T> {
        let names = names.iter().enumerate();
        names.filter_map(|(place, name)| self.name(format_args!("{key}[{place}]"), name, new)).collect()
    }

    /// A number for each of some names.
    pub(super) fn numbers<T: Ord, N>(
        &mut self,
        key: &str,
        numbers: BTreeMap<String, N>,
        new: fn(&str) -> Result<T, NameError>,
    ) -> BTreeMap<T, N> {
        let numbers = numbers.into_iter();
        numbers.filter_map(|(name, number)| Some((self.name(key, &name, new)?, number))).collect()
    }

    /// One of some choices, or the default.
    pub(super) fn choice<T>(
        &mut self,
        key: impl Display,
        name: Option<&str>,
        default: T,
        parse: impl FnOnce(&str) -> Option<T>,
        legal: &str,
    ) -> T {
        let Some(name) = name else { return default };
        parse(name).unwrap_or_else(|| {
            self.wrong(key, format_args!("must be {legal}"));
            default
        })
    }

    /// A condition.
    pub(super) fn condition(&mut self, key: impl Display, source: &str) -> Option<Condition> {
        Condition::parse(source).map_err(|error| self.wrong(key, error)).ok()
    }
}
