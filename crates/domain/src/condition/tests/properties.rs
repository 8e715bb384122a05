//! What holds for every source and for every condition.

use crate::condition::{Condition, Value, limits};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use std::collections::BTreeMap;

const NUMBER: i64 = 3;
const TEXT: &str = "a\"b\\a";

/// A condition that is not yet written down, and on which the rules of evaluation are tried in their plainest form.
#[derive(Clone, Debug)]
enum Tree {
    Any(Vec<Self>),
    All(Vec<Self>),
    Not(Box<Self>),
    /// A comparison, and what comes out of it for [`fields`].
    Leaf(String, bool),
}

impl Tree {
    fn holds(&self) -> bool {
        match self {
            Self::Any(parts) => parts.iter().filter(|part| part.holds()).count() > 0,
            Self::All(parts) => parts.iter().filter(|part| !part.holds()).count() == 0,
            Self::Not(part) => !part.holds(),
            Self::Leaf(_, holds) => *holds,
        }
    }

    /// Writes the tree with no more parentheses than the levels of binding ask for: 0 for `or`, 1 `and`, 2 `not`.
    fn render(&self, around: usize) -> String {
        let join = |parts: &[Self], word: &str, level: usize| {
            let parts: Vec<String> = parts.iter().map(|part| part.render(level)).collect();
            if around > level { format!("( {} )", parts.join(word)) } else { parts.join(word) }
        };
        match self {
            Self::Any(parts) => join(parts, " or ", 0),
            Self::All(parts) => join(parts, "\nand ", 1),
            Self::Not(part) => format!("not {}", part.render(2)),
            Self::Leaf(source, _) => source.clone(),
        }
    }
}

fn fields() -> BTreeMap<String, Value> {
    BTreeMap::from([
        ("number".to_owned(), Value::Number(NUMBER)),
        ("numeral".to_owned(), Value::Text(NUMBER.to_string())),
        ("text".to_owned(), Value::Text(TEXT.to_owned())),
        ("flag".to_owned(), Value::Flag(true)),
    ])
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn leaf() -> impl Strategy<Value = Tree> {
    let numbers = (select(vec!["number", "numeral"]), 0..7_usize, NUMBER - 2..NUMBER + 3, -9_i64..9)
        .prop_map(|(field, operator, literal, other)| {
            let (operator, holds) = [
                ("==", NUMBER == literal),
                ("!=", NUMBER != literal),
                ("<", NUMBER < literal),
                ("<=", NUMBER <= literal),
                (">", NUMBER > literal),
                (">=", NUMBER >= literal),
                ("in", [other, literal].contains(&NUMBER)),
            ][operator];
            match operator {
                "in" => Tree::Leaf(format!("{field} in ({other},{literal})"), holds),
                _ => Tree::Leaf(format!("{field}{operator}{literal}"), holds),
            }
        });
    let texts = (0..4_usize, "[ab\"\\\\]{0,3}").prop_map(|(operator, literal)| {
        let (operator, holds) = [
            ("==", TEXT == literal),
            ("!=", TEXT != literal),
            ("contains", TEXT.contains(&literal)),
            ("starts_with", TEXT.starts_with(&literal)),
        ][operator];
        Tree::Leaf(format!("text {operator} {}", quoted(&literal)), holds)
    });
    let others = any::<bool>().prop_flat_map(|flag| {
        select(vec![
            Tree::Leaf(format!("flag == {flag}"), flag),
            Tree::Leaf(format!("missing != {flag}"), false),
            Tree::Leaf("exists flag".to_owned(), true),
            Tree::Leaf("exists missing".to_owned(), false),
        ])
    });
    prop_oneof![3 => numbers, 2 => texts, 1 => others]
}

fn tree() -> impl Strategy<Value = Tree> {
    leaf().prop_recursive(3, 27, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 2..=3).prop_map(Tree::Any),
            vec(inner.clone(), 2..=3).prop_map(Tree::All),
            inner.prop_map(|part| Tree::Not(Box::new(part))),
        ]
    })
}

/// Whatever the source: a condition that can be asked, or an error inside it.
fn answers(source: &str) {
    match Condition::parse(source) {
        Ok(condition) => {
            condition.holds(&fields());
            assert!(condition.fields().iter().all(|name| source.contains(name)));
            assert_eq!(condition.source(), source);
        }
        Err(error) => {
            assert!((1..=source.len() + 1).contains(&error.column), "{error} in {source:?}");
            assert!(error.column <= limits::SOURCE_MAX + 1);
            assert!(source.is_char_boundary(error.column - 1), "{error} in {source:?}");
        }
    }
}

proptest! {
    #[test]
    fn any_text_is_taken_or_refused(source in any::<String>()) {
        answers(&source);
    }

    #[test]
    fn any_row_of_tokens_is_taken_or_refused(
        tokens in vec(select(vec![
            "a", "b.c", "_", "exists", "and", "or", "not", "in", "contains", "starts_with", "==", "!=", "<", "<=",
            ">", ">=", "=", "!", "(", ")", "(", ")", ",", "1", "-1", "-", "99999999999999999999", "true", "false",
            "\"x\"", "\"", "\\", "\"\\\"\"", ".", "ü", "A", "a == 1", "exists a", "a in (1, 2)", "\0",
        ]), 0..80),
        glue in select(vec!["", " ", "\n"]),
    ) {
        answers(&tokens.join(glue));
    }

    #[test]
    fn a_tree_written_down_is_read_back_with_its_meaning(tree in tree()) {
        let source = tree.render(0);
        let condition = Condition::parse(&source);
        prop_assert_eq!(condition.map(|condition| condition.holds(&fields())), Ok(tree.holds()), "{}", source);
    }
}
