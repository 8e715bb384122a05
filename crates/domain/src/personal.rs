//! Marks a value as personal, so that it cannot slip into a log or a metric (`P1`).

use std::fmt;

/// A text, address or name of a person. Its `Debug` prints nothing of it and it has no `Display`; whoever needs the
/// value says so with [`expose`](Self::expose).
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Personal<T>(T);

impl<T> Personal<T> {
    /// Marks a value.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself, for storing it or for showing it to somebody who may see it.
    pub const fn expose(&self) -> &T {
        &self.0
    }
}

impl<T> fmt::Debug for Personal<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(personal)")
    }
}

#[cfg(test)]
mod tests {
    use super::Personal;

    /// P1
    #[test]
    fn a_personal_value_prints_nothing_of_itself() {
        assert_eq!(format!("{:?}", Some(Personal::new("+12025550123"))), "Some((personal))");
    }
}
