//! Asks whether a condition is true of some fields.

use super::{Fields, Kind, Node, Test, ValueRef};

/// Whether the tree is true of the fields. Parts that cannot change the answer any more are not looked at.
pub(super) fn holds(node: &Node, fields: &(impl Fields + ?Sized)) -> bool {
    match node {
        Node::Any(parts) => parts.iter().any(|part| holds(part, fields)),
        Node::All(parts) => parts.iter().all(|part| holds(part, fields)),
        Node::Not(part) => !holds(part, fields),
        Node::Field { name, test } => fields.field(name).is_some_and(|value| passes(value, test)),
    }
}

fn passes(value: ValueRef<'_>, test: &Test) -> bool {
    match test {
        Test::Exists => true,
        Test::Equal(literal) => read_as(value, literal.kind()).is_some_and(|read| read == literal.lend()),
        Test::Unequal(literal) => read_as(value, literal.kind()).is_some_and(|read| read != literal.lend()),
        Test::Less(bound) => number(value).is_some_and(|number| number < *bound),
        Test::AtMost(bound) => number(value).is_some_and(|number| number <= *bound),
        Test::More(bound) => number(value).is_some_and(|number| number > *bound),
        Test::AtLeast(bound) => number(value).is_some_and(|number| number >= *bound),
        Test::OneOf(items) => items
            .first()
            .and_then(|first| read_as(value, first.kind()))
            .is_some_and(|read| items.iter().any(|item| read == item.lend())),
        Test::Contains(part) => text(value).is_some_and(|text| text.contains(part)),
        Test::StartsWith(start) => text(value).is_some_and(|text| text.starts_with(start)),
    }
}

/// The value as one of the given type, if it can be read so.
fn read_as(value: ValueRef<'_>, kind: Kind) -> Option<ValueRef<'_>> {
    match kind {
        Kind::Text => text(value).map(ValueRef::Text),
        Kind::Number => number(value).map(ValueRef::Number),
        Kind::Flag => flag(value).map(ValueRef::Flag),
    }
}

fn text(value: ValueRef<'_>) -> Option<&str> {
    match value {
        ValueRef::Text(text) => Some(text),
        ValueRef::Number(_) | ValueRef::Flag(_) => None,
    }
}

fn number(value: ValueRef<'_>) -> Option<i64> {
    match value {
        ValueRef::Text(text) => text.parse().ok(),
        ValueRef::Number(number) => Some(number),
        ValueRef::Flag(_) => None,
    }
}

fn flag(value: ValueRef<'_>) -> Option<bool> {
    match value {
        ValueRef::Text(text) => text.parse().ok(),
        ValueRef::Number(_) => None,
        ValueRef::Flag(flag) => Some(flag),
    }
}
