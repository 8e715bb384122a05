//! Conditions over context fields, as administrators write them to match queues and channels or to size work (`Q-2`).
//!
//! ```text
//! condition   = all-of { "or" all-of }
//! all-of      = part { "and" part }
//! part        = "not" part | "(" condition ")" | comparison
//! comparison  = "exists" FIELD
//!             | FIELD ( "==" | "!=" ) LITERAL
//!             | FIELD ( "<" | "<=" | ">" | ">=" ) NUMBER
//!             | FIELD "in" "(" LITERAL { "," LITERAL } ")"
//!             | FIELD ( "contains" | "starts_with" ) TEXT
//! FIELD       = [a-z_][a-z0-9_.]*, none of the words of the language
//! LITERAL     = TEXT | NUMBER | "true" | "false"
//! TEXT        = characters between double quotes, in which \" and \\ stand for " and \
//! NUMBER      = an integer of 64 bits, with or without a minus
//! ```
//!
//! For example `topic == "billing" and (language in ("de", "en") or priority >= 2)`. Blanks and line ends may stand
//! between any two tokens. Texts are compared exactly: case and blanks count.
//!
//! **Types.** A literal has a type, and all items of a list have the same one. A field that holds a text is read as
//! the type of the literal, since whatever comes from outside is text: as a number if it is decimal digits with or
//! without a sign, as a flag if it is `true` or `false`. A comparison of a field that is missing or cannot be read so
//! is false whatever the operator: both `x == 1` and `x != 1`. `not (x == 1)` is true then.
//!
//! **Cost.** [`limits`] bounds the source; nothing in the language repeats or backtracks, so that a condition costs
//! one pass over at most that many comparisons.

mod evaluate;
mod lexer;
mod parser;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Bounds of a condition. In bytes unless the name says otherwise.
pub mod limits {
    /// The longest source.
    pub const SOURCE_MAX: usize = 2048;
    /// The longest name of a field.
    pub const FIELD_MAX: usize = 64;
    /// The most comparisons, each `exists` counting as one.
    pub const COMPARISONS_MAX_COUNT: usize = 64;
    /// The deepest nesting; each `not` and each pair of parentheses is one level.
    pub const NESTING_MAX_COUNT: usize = 16;
    /// The most items of one list.
    pub const LIST_MAX_COUNT: usize = 64;
}

/// A checked condition. It keeps its source, which is also how it is shown and stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    source: String,
    root: Node,
}

/// Where a condition finds the values that it looks at.
pub trait Fields {
    /// The value of a field; `None` if it is missing.
    fn field(&self, name: &str) -> Option<ValueRef<'_>>;
}

/// What a field holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A text.
    Text(String),
    /// An integer.
    Number(i64),
    /// True or false.
    Flag(bool),
}

/// The same, lent. Its `Debug` shows no text, because the text may be a person's (`P1`).
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum ValueRef<'a> {
    /// A text.
    Text(&'a str),
    /// An integer.
    Number(i64),
    /// True or false.
    Flag(bool),
}

/// Why a source is no condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConditionError {
    /// Where, in bytes of the source; the first is 1.
    pub column: usize,
    /// What should be there, in words.
    pub expected: String,
}

/// A checked condition as a tree. Its depth is bounded by that of the source, so walking down it may recurse.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Node {
    /// One of these holds.
    Any(Vec<Self>),
    /// Each of these holds.
    All(Vec<Self>),
    /// This does not hold.
    Not(Box<Self>),
    /// A field passes a test.
    Field { name: String, test: Test },
}

/// What a field is tested for. A test that breaks the rules of types cannot be written down.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Test {
    Exists,
    Equal(Value),
    Unequal(Value),
    Less(i64),
    AtMost(i64),
    More(i64),
    AtLeast(i64),
    /// Equal to one of these, which are of one type.
    OneOf(Vec<Value>),
    Contains(String),
    StartsWith(String),
}

/// The type of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    Number,
    Flag,
}

impl Condition {
    /// Reads and checks a condition. Answers for any source, in time proportional to its length.
    ///
    /// # Errors
    /// [`ConditionError`] with the first place that is wrong.
    pub fn parse(source: &str) -> Result<Self, ConditionError> {
        Ok(Self { root: parser::parse(source)?, source: source.to_owned() })
    }

    /// The source as it was written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Whether the condition is true of these fields.
    pub fn holds(&self, fields: &(impl Fields + ?Sized)) -> bool {
        evaluate::holds(&self.root, fields)
    }

    /// The names of the fields that it looks at.
    pub fn fields(&self) -> BTreeSet<&str> {
        let mut names = BTreeSet::new();
        self.root.collect_fields(&mut names);
        names
    }
}

impl Node {
    fn collect_fields<'n>(&'n self, names: &mut BTreeSet<&'n str>) {
        match self {
            Self::Any(parts) | Self::All(parts) => parts.iter().for_each(|part| part.collect_fields(names)),
            Self::Not(part) => part.collect_fields(names),
            Self::Field { name, .. } => {
                names.insert(name);
            }
        }
    }
}

impl Value {
    /// The value, lent.
    pub const fn lend(&self) -> ValueRef<'_> {
        match self {
            Self::Text(text) => ValueRef::Text(text.as_str()),
            Self::Number(number) => ValueRef::Number(*number),
            Self::Flag(flag) => ValueRef::Flag(*flag),
        }
    }

    const fn kind(&self) -> Kind {
        match self {
            Self::Text(_) => Kind::Text,
            Self::Number(_) => Kind::Number,
            Self::Flag(_) => Kind::Flag,
        }
    }
}

impl Kind {
    /// What to write for a literal of this type.
    const fn wanted(self) -> &'static str {
        match self {
            Self::Text => "a text in double quotes",
            Self::Number => "a number",
            Self::Flag => "true or false",
        }
    }
}

impl Fields for BTreeMap<String, Value> {
    fn field(&self, name: &str) -> Option<ValueRef<'_>> {
        self.get(name).map(Value::lend)
    }
}

impl fmt::Debug for ValueRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(_) => f.write_str("Text(..)"),
            Self::Number(number) => f.debug_tuple("Number").field(number).finish(),
            Self::Flag(flag) => f.debug_tuple("Flag").field(flag).finish(),
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)
    }
}

impl fmt::Display for ConditionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at column {}: expected {}", self.column, self.expected)
    }
}

#[cfg(test)]
mod tests;
