//! Texts, components and files.

use super::{FieldError, Reading};
use crate::content::show_choice;
use api::configuration as wire;
use domain::configuration::{Configuration, Wording};
use domain::notice::{NoticeKey, Texts};
use domain::{
    AttachmentRules, AttachmentRulesError, Choice, Component, ComponentName, ContentError, shipped_components,
};
use std::collections::BTreeMap;

/// Understands texts and components as a file has them; of files it says nothing.
///
/// # Errors
/// Everything that cannot be understood or is not legal, each with its key, such as `texts.de.agent_transfer`.
pub fn read_wording(wording: wire::Wording) -> Result<Wording, Vec<FieldError>> {
    let wire::Wording { texts, components } = wording;
    let at = &mut Reading::of("texts");
    let texts = texts.map(|texts| read_texts(&texts, at));
    let components = components.map(|components| {
        let mut all = shipped_components();
        super::entries("components", components, ComponentName::new, read_component, &mut all, at);
        all
    });
    at.finish(Some(Wording { texts, attachments: None, components }))
}

/// Says the texts and components that are in force.
pub fn show_wording(configuration: &Configuration) -> wire::Wording {
    let components = super::show_all(&configuration.components, show_component);
    wire::Wording { texts: Some(show_texts(&configuration.texts)), components: Some(components) }
}

fn read_texts(said: &BTreeMap<String, BTreeMap<String, String>>, at: &mut Reading) -> Texts {
    let mut texts = Texts::default();
    for (language, by_key) in said {
        at.go_to(format!("texts.{language}"));
        for (name, text) in by_key {
            match NoticeKey::parse(name) {
                None => at.wrong(name, "there is no system message of that name"),
                Some(key) => {
                    if let Err(error) = texts.set(language, key, text) {
                        at.wrong(name, format_args!("must be {error}"));
                    }
                }
            }
        }
    }
    texts
}

/// Says what is said differently, by language and name.
pub(crate) fn show_texts(texts: &Texts) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut shown: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for (language, key, text) in texts.iter() {
        shown.entry(language.to_owned()).or_default().insert(key.name().to_owned(), text.to_owned());
    }
    shown
}

/// Understands a component.
pub(crate) fn read_component(component: wire::Component, at: &mut Reading) -> Option<Component> {
    let wire::Component { text, choices } = component;
    let choices = choices.iter().map(|choice| Choice::new(&choice.value, &choice.label)).collect();
    Component::new(text, choices)
        .map_err(|error| match error {
            ContentError::BadChoices => at.wrong("choices", format_args!("must be {error}")),
            ContentError::Empty
            | ContentError::TextTooLong
            | ContentError::BadAttachment
            | ContentError::ContextTooLarge
            | ContentError::UnsafeUrl => {
                at.wrong("text", format_args!("must be a text of 1 to {} bytes", domain::notice::TEXT_MAX));
            }
        })
        .ok()
}

/// Says a component.
pub(crate) fn show_component(component: &Component) -> wire::Component {
    let choices = component.choices().iter().map(show_choice).collect();
    wire::Component { text: component.text().to_owned(), choices }
}

/// Understands which files come with messages.
pub(crate) fn read_attachments(rules: wire::Attachments, at: &mut Reading) -> Option<AttachmentRules> {
    let wire::Attachments { types, max_bytes } = rules;
    AttachmentRules::new(types, max_bytes)
        .map_err(|error| {
            let key = match error {
                AttachmentRulesError::Types => "types",
                AttachmentRulesError::MaxBytes => "max_bytes",
            };
            at.wrong(key, format_args!("must be {error}"));
        })
        .ok()
}

/// Says which files come with messages.
pub(crate) fn show_attachments(rules: &AttachmentRules) -> wire::Attachments {
    wire::Attachments { types: rules.types().iter().cloned().collect(), max_bytes: rules.max_bytes() }
}
