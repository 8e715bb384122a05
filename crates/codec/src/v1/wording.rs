//! Facts about what messages can carry and what the system says.

use super::parts::channel;
use crate::Error;
use crate::registry::Frozen;
use domain::configuration::ConfigurationEvent;
use domain::notice::NoticeKey;
use domain::{
    AttachmentRules as DomainRules, Choice as DomainChoice, Component as DomainComponent, ComponentName,
    Event, Personal,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The key is the message's name, as in configuration.
#[derive(Serialize, Deserialize)]
pub(crate) struct TextConfigured {
    pub(crate) language: String,
    pub(crate) key: String,
    pub(crate) text: Option<String>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct AttachmentsConfigured {
    pub(crate) channel: String,
    pub(crate) rules: Option<AttachmentRules>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct AttachmentRules {
    pub(crate) types: BTreeSet<String>,
    pub(crate) max_bytes: u64,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct ComponentConfigured {
    pub(crate) name: String,
    pub(crate) component: Option<Component>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Component {
    pub(crate) text: String,
    pub(crate) choices: Vec<Choice>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Choice {
    pub(crate) value: String,
    pub(crate) label: String,
}

impl Frozen for TextConfigured {
    fn into_event(self) -> Result<Event, Error> {
        let Self { language, key, text } = self;
        let key = notice_key(&key)?;
        Ok(Event::Configuration(ConfigurationEvent::TextConfigured { language, key, text }))
    }
}

impl Frozen for AttachmentsConfigured {
    fn into_event(self) -> Result<Event, Error> {
        let Self { channel: which, rules } = self;
        let (channel, rules) = (channel(&which)?, rules.map(DomainRules::from));
        Ok(Event::Configuration(ConfigurationEvent::AttachmentsConfigured { channel, rules }))
    }
}

impl Frozen for ComponentConfigured {
    fn into_event(self) -> Result<Event, Error> {
        let Self { name, component } = self;
        let (name, component) = (component_name(&name)?, component.map(DomainComponent::from));
        Ok(Event::Configuration(ConfigurationEvent::ComponentConfigured { name, component }))
    }
}

impl From<&DomainRules> for AttachmentRules {
    fn from(rules: &DomainRules) -> Self {
        Self { types: rules.types().clone(), max_bytes: rules.max_bytes() }
    }
}

impl From<AttachmentRules> for DomainRules {
    fn from(rules: AttachmentRules) -> Self {
        let AttachmentRules { types, max_bytes } = rules;
        Self::stored(types, max_bytes)
    }
}

impl From<&DomainComponent> for Component {
    fn from(component: &DomainComponent) -> Self {
        let choices = component.choices().iter().map(Choice::from).collect();
        Self { text: component.text().to_owned(), choices }
    }
}

impl From<Component> for DomainComponent {
    fn from(component: Component) -> Self {
        let Component { text, choices } = component;
        Self::stored(text, choices.into_iter().map(DomainChoice::from).collect())
    }
}

impl From<&DomainChoice> for Choice {
    fn from(choice: &DomainChoice) -> Self {
        let DomainChoice { value, label } = choice;
        Self { value: value.clone(), label: label.expose().clone() }
    }
}

impl From<Choice> for DomainChoice {
    fn from(choice: Choice) -> Self {
        let Choice { value, label } = choice;
        Self { value, label: Personal::new(label) }
    }
}

pub(crate) fn notice_key(name: &str) -> Result<NoticeKey, Error> {
    NoticeKey::parse(name).ok_or_else(|| Error::Payload("there is no system message of that name".to_owned()))
}

pub(crate) fn component_name(name: &str) -> Result<ComponentName, Error> {
    ComponentName::new(name).map_err(|error| Error::Payload(format!("a component: {error}")))
}
