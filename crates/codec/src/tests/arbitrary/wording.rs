//! Strategies for what messages carry and what the system says.

use super::channel;
use domain::configuration::ConfigurationEvent;
use domain::notice::NoticeKey;
use domain::{AttachmentRules, Choice, Component, ComponentName};
use proptest::collection::{btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

pub(in crate::tests) fn choice() -> impl Strategy<Value = Choice> {
    any::<[String; 2]>().prop_map(|[value, label]| Choice::new(&value, &label))
}

pub(in crate::tests) fn component_name() -> impl Strategy<Value = ComponentName> {
    "[A-Za-z0-9._@-]{1,64}".prop_map(|name| ComponentName::new(&name).unwrap())
}

pub(in crate::tests) fn component() -> impl Strategy<Value = Component> {
    (any::<String>(), vec(choice(), 0..3)).prop_map(|(text, choices)| Component::stored(text, choices))
}

pub(in crate::tests) fn attachment_rules() -> impl Strategy<Value = AttachmentRules> {
    (btree_set(any::<String>(), 0..3), any::<u64>())
        .prop_map(|(types, max_bytes)| AttachmentRules::stored(types, max_bytes))
}

pub(in crate::tests) fn notice_key() -> impl Strategy<Value = NoticeKey> {
    select(NoticeKey::ALL.to_vec())
}

pub(super) fn event() -> impl Strategy<Value = ConfigurationEvent> {
    use ConfigurationEvent as E;
    prop_oneof![
        (any::<String>(), notice_key(), option::of(any::<String>()))
            .prop_map(|(language, key, text)| E::TextConfigured { language, key, text }),
        (channel(), option::of(attachment_rules()))
            .prop_map(|(channel, rules)| E::AttachmentsConfigured { channel, rules }),
        (component_name(), option::of(component()))
            .prop_map(|(name, component)| E::ComponentConfigured { name, component }),
    ]
}
