//! What messages can carry and what the system says.

use crate::message::Choice;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Texts and components as a file has them. A table that is left out leaves things as they are; one that is there says
/// all there is to be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wording {
    /// What system messages say, by language and by the message's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub texts: Option<BTreeMap<String, BTreeMap<String, String>>>,
    /// Components by name. Those that are shipped are there unless they are set here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub components: Option<BTreeMap<String, Component>>,
}

/// What a system message says in a language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// 1 to 2000 bytes; `{agent}` and `{minutes}` are filled in where there is such a thing.
    pub text: String,
}

/// All texts that are said differently from what is built in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextsResponse {
    /// By language and by the message's name.
    pub texts: BTreeMap<String, BTreeMap<String, String>>,
}

/// A named message with choices, which agents send in one action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Component {
    /// What it says, 1 to 2000 bytes.
    pub text: String,
    /// What it lets choose from: 1 to 10 choices, no two alike.
    pub choices: Vec<Choice>,
}

/// All components.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComponentsResponse {
    /// By name.
    pub components: BTreeMap<String, Component>,
}

/// Which files come with messages on a channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attachments {
    /// Media types such as `image/png`, or all of a kind as `image/*`.
    pub types: Vec<String>,
    /// The largest size of one file, in bytes.
    pub max_bytes: u64,
}
