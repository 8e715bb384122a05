//! Components: named messages with choices that administrators define and agents send in one action (`MSG-26`).

use crate::notice::TEXT_MAX;
use crate::{Choice, Choices, ComponentName, Content, ContentError, Parts, Personal};
use std::collections::BTreeMap;

/// The most components (`X1`).
pub const COMPONENTS_MAX_COUNT: usize = 200;

/// What a component says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Component {
    text: String,
    choices: Vec<Choice>,
}

impl Component {
    /// Checks and takes a component.
    ///
    /// # Errors
    /// [`ContentError`]: of the text, which has at most [`TEXT_MAX`] bytes, or of the choices.
    pub fn new(text: String, choices: Vec<Choice>) -> Result<Self, ContentError> {
        if text.trim().is_empty() {
            return Err(ContentError::Empty);
        }
        if text.len() > TEXT_MAX {
            return Err(ContentError::TextTooLong);
        }
        Choices::new(None, choices.clone())?;
        Ok(Self { text, choices })
    }

    /// A component as it was stored; it was checked before.
    pub const fn stored(text: String, choices: Vec<Choice>) -> Self {
        Self { text, choices }
    }

    /// What it says.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What it lets choose from.
    pub fn choices(&self) -> &[Choice] {
        &self.choices
    }

    /// The message that it is.
    pub fn content(&self, name: &ComponentName) -> Content {
        Content::stored(Parts {
            text: Personal::new(self.text.clone()),
            choices: Some(Choices::stored(Some(name.clone()), self.choices.clone())),
            ..Parts::default()
        })
    }
}

/// What there is before anybody defines anything.
pub fn shipped_components() -> BTreeMap<ComponentName, Component> {
    let text = "Have I successfully answered your question?".to_owned();
    let answered = Component { text, choices: vec![Choice::new("yes", "Yes"), Choice::new("no", "No")] };
    ComponentName::new("answered_question").into_iter().map(|name| (name, answered.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// MSG-26
    #[test]
    fn what_is_shipped_is_legal_and_becomes_a_message_with_choices() {
        let shipped = shipped_components();
        let (name, component) = shipped.first_key_value().unwrap();
        assert_eq!((shipped.len(), name.as_str()), (1, "answered_question"));
        let Component { text, choices } = component.clone();
        assert_eq!(Component::new(text, choices).as_ref(), Ok(component));
        assert_eq!(component.content(name).choices().unwrap().component(), Some(name));
        assert_eq!(Component::new(" ".to_owned(), Vec::new()), Err(ContentError::Empty));
    }
}
