//! What messages can carry and what the system says, as it is configured: texts by language, files by channel, components
//! by name.

use super::{Configuration, ConfigurationEvent, Problem};
use crate::channel::ChannelSettings;
use crate::notice::{NoticeKey, Texts, language_tag};
use crate::{AttachmentRules, COMPONENTS_MAX_COUNT, ChannelId, Component, ComponentName, Rejection};
use std::collections::BTreeMap;

/// Each part is all that there is to be of it; `None` leaves it as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wording {
    /// What system messages say differently from what is built in.
    pub texts: Option<Texts>,
    /// Which files come with messages, for channels that do not go by their kind.
    pub attachments: Option<BTreeMap<ChannelId, AttachmentRules>>,
    /// All components.
    pub components: Option<BTreeMap<ComponentName, Component>>,
}

/// What is wrong with a wording beside these channels. That each part is legal by itself its type has seen to.
pub(super) fn problems(channels: &BTreeMap<ChannelId, ChannelSettings>, wording: &Wording) -> Vec<Problem> {
    let Wording { texts: _, attachments, components } = wording;
    let attachments = attachments.iter().flatten();
    let mut problems: Vec<Problem> =
        attachments.filter_map(|(channel, rules)| attachment_problem(channels, channel, rules)).collect();
    problems.extend(components.as_ref().and_then(|all| count_problem(all.len())));
    problems
}

/// The facts that lead to a wording.
pub(super) fn facts(
    state: &Configuration,
    channels: &BTreeMap<ChannelId, ChannelSettings>,
    wording: &Wording,
) -> Vec<ConfigurationEvent> {
    let Wording { texts, attachments, components } = wording;
    let mut facts: Vec<ConfigurationEvent> =
        texts.iter().flat_map(|to| text_facts(&state.texts, to)).collect();
    facts.extend(attachments.iter().flat_map(|to| {
        // Those of a channel that is retired go with it.
        let staying =
            changes(&state.attachments, to).into_iter().filter(|(id, _)| channels.contains_key(*id));
        staying.map(|(channel, rules)| ConfigurationEvent::AttachmentsConfigured {
            channel: channel.clone(),
            rules: rules.cloned(),
        })
    }));
    facts.extend(components.iter().flat_map(|to| {
        changes(&state.components, to).into_iter().map(|(name, component)| {
            ConfigurationEvent::ComponentConfigured { name: name.clone(), component: component.cloned() }
        })
    }));
    facts
}

fn text_facts(from: &Texts, to: &Texts) -> Vec<ConfigurationEvent> {
    let fact = |language: &str, key, text: Option<&str>| ConfigurationEvent::TextConfigured {
        language: language.to_owned(),
        key,
        text: text.map(str::to_owned),
    };
    // What is gone goes first, so that there are never more languages than there may be.
    let gone = from.iter().filter(|(language, key, _)| to.get(language, *key).is_none());
    let new = to.iter().filter(|(language, key, text)| from.get(language, *key) != Some(*text));
    let gone = gone.map(|(language, key, _)| fact(language, key, None));
    gone.chain(new.map(|(language, key, text)| fact(language, key, Some(text)))).collect()
}

/// What is gone, then what is new or changed.
fn changes<'a, K: Ord, V: PartialEq>(
    from: &'a BTreeMap<K, V>,
    to: &'a BTreeMap<K, V>,
) -> Vec<(&'a K, Option<&'a V>)> {
    let gone = from.keys().filter(|key| !to.contains_key(*key)).map(|key| (key, None));
    let new = to.iter().filter(|(key, value)| from.get(*key) != Some(*value));
    gone.chain(new.map(|(key, value)| (key, Some(value)))).collect()
}

/// Says a message differently, or goes back.
pub(super) fn decide_text(
    state: &Configuration,
    language: &str,
    key: NoticeKey,
    text: Option<&str>,
) -> Result<Vec<ConfigurationEvent>, Rejection> {
    let before = state.texts.get(language, key);
    match text {
        Some(text) if before == Some(text) => return Ok(Vec::new()),
        Some(text) => {
            let mut texts = state.texts.clone();
            texts.set(language, key, text).map_err(|error| {
                let place = "texts".to_owned();
                bad(Problem { place, key: key.name(), expected: error.to_string() })
            })?;
        }
        None if before.is_none() => return Err(Rejection::EntryUnknown),
        None => {}
    }
    let language = language_tag(language).ok_or(Rejection::EntryUnknown)?;
    Ok(vec![ConfigurationEvent::TextConfigured { language, key, text: text.map(str::to_owned) }])
}

/// Sets which files come with messages.
pub(super) fn decide_attachments(
    state: &Configuration,
    channel: &ChannelId,
    rules: Option<&AttachmentRules>,
) -> Result<Vec<ConfigurationEvent>, Rejection> {
    let before = state.attachments.get(channel);
    let unknown = match rules {
        Some(_) => !state.channels.contains_key(channel),
        None => before.is_none(),
    };
    if unknown {
        return Err(Rejection::EntryUnknown);
    }
    if before == rules {
        return Ok(Vec::new());
    }
    let problem = rules.and_then(|rules| attachment_problem(&state.channels, channel, rules));
    if let Some(problem) = problem {
        return Err(bad(problem));
    }
    Ok(vec![ConfigurationEvent::AttachmentsConfigured { channel: channel.clone(), rules: rules.cloned() }])
}

/// Sets a component, or takes it away.
pub(super) fn decide_component(
    state: &Configuration,
    name: &ComponentName,
    component: Option<&Component>,
) -> Result<Vec<ConfigurationEvent>, Rejection> {
    let before = state.components.get(name);
    match component {
        None if before.is_none() => return Err(Rejection::EntryUnknown),
        Some(component) if before == Some(component) => return Ok(Vec::new()),
        Some(_) if before.is_none() => {
            if let Some(problem) = count_problem(state.components.len() + 1) {
                return Err(bad(problem));
            }
        }
        Some(_) | None => {}
    }
    Ok(vec![ConfigurationEvent::ComponentConfigured { name: name.clone(), component: component.cloned() }])
}

/// `PRO-8`: where there is only text beside them, only pictures come with messages.
fn attachment_problem(
    channels: &BTreeMap<ChannelId, ChannelSettings>,
    channel: &ChannelId,
    rules: &AttachmentRules,
) -> Option<Problem> {
    let place = format!("channels.{channel}");
    let problem =
        |expected: &str| Some(Problem { place, key: "attachment_types", expected: expected.to_owned() });
    match channels.get(channel) {
        None => problem("of a channel that there is"),
        Some(settings) if settings.kind.has_only_text() && !rules.takes_only_images() => {
            problem("images only on a channel of this kind (PRO-8)")
        }
        Some(_) => None,
    }
}

fn count_problem(count: usize) -> Option<Problem> {
    (count > COMPONENTS_MAX_COUNT).then(|| Problem {
        place: "components".to_owned(),
        key: "count",
        expected: format!("at most {COMPONENTS_MAX_COUNT}"),
    })
}

fn bad(problem: Problem) -> Rejection {
    Rejection::BadConfiguration(vec![problem])
}
