//! Time zones by name, from the database that is built in.

use crate::Timestamp;
use jiff::SignedDuration;
use jiff::civil::{Date, Time};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use std::fmt;

/// A time zone of the IANA database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone(TimeZone);

/// The database has no zone of that name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ZoneError;

impl Zone {
    /// The zone of that name, such as `Europe/Berlin` or `UTC`. Upper and lower case are the same.
    ///
    /// # Errors
    /// [`ZoneError`].
    pub fn parse(name: &str) -> Result<Self, ZoneError> {
        let zone = TimeZoneDatabase::bundled().get(name).map_err(|_| ZoneError)?;
        // The database also answers to a name that stands for no zone, `Etc/Unknown`.
        if zone.is_unknown() || zone.iana_name().is_none() { Err(ZoneError) } else { Ok(Self(zone)) }
    }

    /// The name as the database spells it.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or_default()
    }

    /// The local date at a time; `None` if no calendar has it.
    pub(super) fn date(&self, at: Timestamp) -> Option<Date> {
        let at = jiff::Timestamp::from_millisecond(at.0).ok()?;
        Some(self.0.to_datetime(at).date())
    }

    /// The time at which the local clock shows so many minutes after the midnight on which a date begins. `None` if
    /// no calendar has it.
    pub(super) fn at(&self, date: Date, minutes: u16) -> Option<Timestamp> {
        let after_midnight = SignedDuration::from_mins(i64::from(minutes));
        let local = date.to_datetime(Time::midnight()).checked_add(after_midnight).ok()?;
        Some(Timestamp(self.0.to_timestamp(local).ok()?.as_millisecond()))
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for ZoneError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a time zone is a name of the IANA database, such as Europe/Berlin")
    }
}
