//! What a message lets its reader choose from, and what they chose (`MSG-26`).

use super::{ContentError, limits};
use crate::id::checked;
use crate::{MessageId, NameError, Personal};
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

/// The name of a component: a message with choices that an administrator has defined.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ComponentName(Arc<str>);

/// One thing to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Its name for programs, of the characters of names.
    pub value: String,
    /// What the reader sees.
    pub label: Personal<String>,
}

/// What a message lets its reader choose from; an agent's side offers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choices {
    component: Option<ComponentName>,
    options: Vec<Choice>,
}

/// What a requester chose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The message that offered it.
    pub message: MessageId,
    /// The value of the choice.
    pub value: String,
}

impl ComponentName {
    /// Checks and takes a name.
    ///
    /// # Errors
    /// [`NameError`].
    pub fn new(name: &str) -> Result<Self, NameError> {
        checked(name).map(Self)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ComponentName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Choice {
    /// A choice; whether it is legal is looked at by [`Choices::new`].
    pub fn new(value: &str, label: &str) -> Self {
        Self { value: value.to_owned(), label: Personal::new(label.to_owned()) }
    }
}

impl Choices {
    /// Checks and takes choices: 1 to 10 of them, no two alike.
    ///
    /// # Errors
    /// [`ContentError::BadChoices`].
    pub fn new(component: Option<ComponentName>, options: Vec<Choice>) -> Result<Self, ContentError> {
        let values: BTreeSet<&str> = options.iter().map(|choice| choice.value.as_str()).collect();
        let labels: BTreeSet<String> = options.iter().map(|choice| folded(choice.label.expose())).collect();
        let legal = (1..=limits::CHOICES_MAX_COUNT).contains(&options.len())
            && values.len() == options.len()
            && labels.len() == options.len()
            && options.iter().all(is_legal);
        if legal { Ok(Self { component, options }) } else { Err(ContentError::BadChoices) }
    }

    /// Choices as they were stored; they were checked before.
    pub const fn stored(component: Option<ComponentName>, options: Vec<Choice>) -> Self {
        Self { component, options }
    }

    /// The component that they are of, if they are of one.
    pub const fn component(&self) -> Option<&ComponentName> {
        self.component.as_ref()
    }

    /// The choices, in order.
    pub fn options(&self) -> &[Choice] {
        &self.options
    }
}

/// The choice that somebody means who can only write: its label, or its number in the list.
pub(crate) fn meant<'a>(options: &'a [Choice], text: &str) -> Option<&'a Choice> {
    let said = folded(text.trim_end_matches(['.', ')', '!']));
    let by_label = options.iter().find(|choice| folded(choice.label.expose()) == said);
    let by_number = || {
        let number: usize = said.parse().ok()?;
        options.get(number.checked_sub(1)?)
    };
    by_label.or_else(by_number)
}

/// As two labels are compared.
fn folded(text: &str) -> String {
    text.trim().trim_end_matches(['.', ')', '!']).to_lowercase()
}

fn is_legal(choice: &Choice) -> bool {
    let label = choice.label.expose();
    checked(&choice.value).is_ok()
        && !folded(label).is_empty()
        && label.len() <= limits::CHOICE_LABEL_MAX
        && !label.contains(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options() -> Vec<Choice> {
        vec![Choice::new("yes", "Yes"), Choice::new("no", "No."), Choice::new("two", "3")]
    }

    /// X1, MSG-26
    #[test]
    fn choices_are_few_short_and_no_two_alike() {
        let new = |options: &[(&str, &str)]| {
            let options = options.iter().map(|(value, label)| Choice::new(value, label)).collect();
            Choices::new(None, options).map(drop)
        };
        assert!(new(&[("yes", "Yes"), ("no", "No")]).is_ok());
        let long = "a".repeat(limits::CHOICE_LABEL_MAX + 1);
        for illegal in [
            &[][..],
            &[("yes", "Yes"), ("yes", "No")],
            &[("yes", "Yes"), ("no", "yes ")],
            &[("a b", "Yes")],
            &[("yes", " ")],
            &[("yes", "a\nb")],
            &[("yes", &long)],
            &[("a", "b"); 11],
        ] {
            assert_eq!(new(illegal), Err(ContentError::BadChoices), "{illegal:?}");
        }
    }

    /// MSG-26
    #[test]
    fn whoever_can_only_write_means_a_choice_by_its_label_or_its_number() {
        for (text, expected) in [
            ("yes", Some("yes")),
            (" NO ", Some("no")),
            ("1", Some("yes")),
            ("2.", Some("no")),
            ("3", Some("two")),
            ("0", None),
            ("4", None),
            ("yes please", None),
            ("", None),
        ] {
            assert_eq!(meant(&options(), text).map(|choice| choice.value.as_str()), expected, "{text}");
        }
    }
}
