//! How far a listener has heard: a place in each partition, as one opaque text.

use std::fmt;
use views::Place;

/// Everything of a record.
const MAX_STEP: u32 = u32::MAX;
/// The most parts of one event. Steps within a record count its events, and the parts of what each of them says.
const PARTS: u32 = 8;

/// A place in each partition, up to which everything was heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cursor(Vec<Heard>);

/// Everything of the records before `position`, and of that record everything up to `step`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Heard {
    position: u64,
    step: u32,
}

impl Heard {
    /// Everything up to and with a record.
    pub(crate) const fn whole(position: u64) -> Self {
        Self { position, step: MAX_STEP }
    }

    /// Up to one part of what a fact says.
    pub(crate) const fn part(place: Place, part: u32) -> Self {
        let last = PARTS - 1;
        let part = if part < last { part } else { last };
        Self { position: place.position, step: place.ordinal.saturating_mul(PARTS).saturating_add(part) }
    }

    /// Everything of a fact.
    pub(crate) const fn fact(place: Place) -> Self {
        Self::part(place, PARTS)
    }

    /// Everything that stands before a place.
    pub(crate) const fn before(next: Place) -> Self {
        match next.ordinal {
            0 => Self::whole(next.position.saturating_sub(1)),
            ordinal => Self::fact(Place { position: next.position, ordinal: ordinal - 1 }),
        }
    }

    /// Where to read on: a fact of which only some parts were heard is read again.
    pub(crate) const fn next(self) -> Place {
        if self.step == MAX_STEP {
            return Place { position: self.position.saturating_add(1), ordinal: 0 };
        }
        Place { position: self.position, ordinal: self.step / PARTS }
    }
}

impl Cursor {
    /// Everything up to these positions.
    pub(crate) fn at(positions: impl IntoIterator<Item = u64>) -> Self {
        Self(positions.into_iter().map(Heard::whole).collect())
    }

    /// Reads what [`Display`](fmt::Display) writes, or `start` for the beginning; `None` if it is nothing of the kind
    /// or speaks of what the log does not have.
    pub(crate) fn parse(text: &str, heads: &[u64]) -> Option<Self> {
        if text == "start" {
            return Some(Self::at(heads.iter().map(|_| 0)));
        }
        let heard: Option<Vec<Heard>> = text.split('_').map(Heard::parse).collect();
        let heard = heard.filter(|heard| heard.len() == heads.len())?;
        let known = heard.iter().zip(heads).all(|(heard, head)| heard.position <= *head);
        known.then_some(Self(heard))
    }

    /// How far it is in a partition.
    pub(crate) fn heard(&self, partition: u16) -> Heard {
        self.0.get(usize::from(partition)).copied().unwrap_or(Heard::whole(0))
    }

    /// Notes that something was heard; whether it was new.
    pub(crate) fn hear(&mut self, partition: u16, heard: Heard) -> bool {
        match self.0.get_mut(usize::from(partition)) {
            Some(last) if *last < heard => {
                *last = heard;
                true
            }
            Some(_) | None => false,
        }
    }

    /// How many partitions there are.
    pub(crate) fn partitions(&self) -> u16 {
        u16::try_from(self.0.len()).unwrap_or(u16::MAX)
    }
}

impl Heard {
    fn parse(text: &str) -> Option<Self> {
        match text.split_once('.') {
            None => text.parse().ok().map(Self::whole),
            Some((position, step)) => {
                Some(Self { position: position.parse().ok()?, step: step.parse().ok()? })
            }
        }
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, Heard { position, step }) in self.0.iter().enumerate() {
            let between = if number == 0 { "" } else { "_" };
            match *step {
                MAX_STEP => write!(f, "{between}{position}")?,
                step => write!(f, "{between}{position}.{step}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_as_it_was_written_and_nothing_else_is_one() {
        let mut cursor = Cursor::at([7, 0, 3]);
        assert!(cursor.hear(1, Heard::part(Place { position: 2, ordinal: 1 }, 1)));
        assert_eq!(cursor.to_string(), "7_2.9_3");
        assert_eq!(Cursor::parse("7_2.9_3", &[7, 2, 3]), Some(cursor));
        assert_eq!(Cursor::parse("start", &[7, 2]), Some(Cursor::at([0, 0])));
        for wrong in ["", "7", "7_2_3_4", "8_2_3", "7_-2_3", "7_2._3", "7_2.x_3", "7__3", "7_2_3 "] {
            assert_eq!(Cursor::parse(wrong, &[7, 2, 3]), None, "{wrong}");
        }
    }

    #[test]
    fn what_was_heard_before_is_not_new_and_a_half_heard_fact_is_read_again() {
        let place = Place { position: 5, ordinal: 2 };
        let mut cursor = Cursor::at([4]);
        assert_eq!(cursor.heard(0).next(), Place { position: 5, ordinal: 0 });
        assert!(cursor.hear(0, Heard::part(place, 0)));
        assert!(!cursor.hear(0, Heard::part(place, 0)));
        assert_eq!(cursor.heard(0).next(), place);
        assert!(cursor.hear(0, Heard::part(place, 1)));
        assert!(cursor.hear(0, Heard::fact(place)));
        assert!(!cursor.hear(0, Heard::whole(4)));
        assert!(cursor.hear(0, Heard::whole(5)));
        assert!(!cursor.hear(0, Heard::fact(place)));
    }
}
