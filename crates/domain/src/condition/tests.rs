//! Conditions as administrators write them, and every way to write one wrong.

mod properties;

use super::{Condition, Fields, Value, ValueRef, limits};
use std::collections::{BTreeMap, BTreeSet};

/// The fields that the tests look at. `amount`, `debt` and `vip` are text, as they come from outside.
fn fields() -> BTreeMap<String, Value> {
    let text = |text: &str| Value::Text(text.to_owned());
    BTreeMap::from([
        ("topic".to_owned(), text("billing")),
        ("text".to_owned(), text("I want a \"refund\" \\ now")),
        ("language".to_owned(), text("de")),
        ("amount".to_owned(), text("12")),
        ("debt".to_owned(), text("-3")),
        ("vip".to_owned(), text("false")),
        ("empty".to_owned(), text("")),
        ("contact.priority".to_owned(), Value::Number(2)),
        ("returning".to_owned(), Value::Flag(true)),
    ])
}

/// Each source is a condition with this answer.
fn check(expected: bool, sources: &[&str]) {
    for source in sources {
        match Condition::parse(source) {
            Ok(condition) => assert_eq!(condition.holds(&fields()), expected, "{source}"),
            Err(error) => panic!("{source}: {error}"),
        }
    }
}

/// The source is refused with these words.
fn refuse(source: &str, words: &str) {
    match Condition::parse(source) {
        Ok(_) => panic!("{source} is taken"),
        Err(error) => assert_eq!(error.to_string(), words, "{source}"),
    }
}

/// Q-2
#[test]
fn a_queue_is_matched_by_what_the_context_says() {
    check(
        true,
        &[
            r#"topic == "billing" and (language in ("de", "en") or contact.priority >= 2) and not vip == true"#,
            "topic == \"billing\"\r\n\tand\nlanguage in(\"fr\",\"de\")",
            r#"text contains "refund""#,
            "exists topic",
            "exists empty and not exists order_id",
        ],
    );
    check(false, &[r#"topic == "sales" or language == "en""#, "exists order_id", "not exists topic"]);
}

#[test]
fn not_binds_closer_than_and_and_and_closer_than_or() {
    let [yes, no] = ["exists topic", "exists order_id"];
    check(
        true,
        &[
            &format!("{yes} or {yes} and {no}"),
            &format!("{no} and {no} or {yes}"),
            &format!("not {no} or {yes} and {no}"),
            &format!("not {no} and {yes}"),
            &format!("not ({no} and {yes})"),
            &format!("not not {yes}"),
        ],
    );
    check(
        false,
        &[
            &format!("({yes} or {yes}) and {no}"),
            &format!("{no} and ({no} or {yes})"),
            &format!("not {yes} and {no}"),
            &format!("not {no} and {no}"),
            &format!("not ({no} or {yes})"),
        ],
    );
}

#[test]
fn a_text_from_outside_is_read_as_the_type_of_the_literal() {
    check(
        true,
        &[
            "amount == 12 and amount > 2 and amount <= 12 and amount in (1, 12)",
            "amount == \"12\" and amount != \"012\"",
            "debt == -3 and debt < 0",
            "vip == false and vip != true and vip in (false)",
            "contact.priority > 1 and contact.priority < 3 and contact.priority != 3",
            "returning == true and returning in (false, true)",
            "contact.priority < 9223372036854775807 and contact.priority > -9223372036854775808",
        ],
    );
    check(false, &["amount == \"12 \"", "amount > 12", "amount < 12", "vip == true"]);
}

#[test]
fn a_comparison_of_a_missing_or_unreadable_field_is_false() {
    for field in ["missing", "topic", "empty", "returning"] {
        for test in ["== 1", "!= 1", "< 1", "<= 1", "> 1", ">= 1", "in (1, 2)"] {
            check(false, &[&format!("{field} {test}")]);
            check(true, &[&format!("not ({field} {test})"), &format!("not {field} {test}")]);
        }
    }
    for field in ["missing", "returning", "contact.priority"] {
        for test in ["== \"2\"", "!= \"3\"", "in (\"true\")", "contains \"\"", "starts_with \"\""] {
            check(false, &[&format!("{field} {test}")]);
        }
    }
    for field in ["missing", "topic", "contact.priority", "amount"] {
        check(false, &[&format!("{field} == true"), &format!("{field} != true")]);
    }
}

#[test]
fn texts_are_compared_exactly() {
    check(
        true,
        &[
            r#"text contains "a \"refund\" \\ n" and text starts_with "I want""#,
            r#"topic starts_with "" and empty == """#,
            r#"topic != "Billing" and topic != "billing ""#,
        ],
    );
    check(false, &[r#"topic contains "BILL""#, r#"topic starts_with "illing""#, r#"topic == "bill""#]);
}

#[test]
fn types_are_checked_when_a_condition_is_read() {
    refuse("a < \"1\"", "at column 5: expected a number");
    refuse("a >= true", "at column 6: expected a number");
    refuse("a contains 1", "at column 12: expected a text in double quotes");
    refuse("a starts_with false", "at column 15: expected a text in double quotes");
    refuse("a in (1, \"1\")", "at column 10: expected a number");
    refuse("a in (\"1\", 1)", "at column 12: expected a text in double quotes");
    refuse("a in (true, 1)", "at column 13: expected true or false");
}

#[test]
fn an_error_says_where_it_is_and_what_was_expected() {
    let literal = "a text in double quotes, a number, true or false";
    let operator = "one of == != < <= > >= in contains starts_with";
    for (source, column, expected) in [
        ("", 1, "a comparison, \"not\" or \"(\""),
        ("  ", 3, "a comparison, \"not\" or \"(\""),
        ("true", 1, "a comparison, \"not\" or \"(\""),
        ("1 == a", 1, "a comparison, \"not\" or \"(\""),
        ("Topic == 1", 1, "a comparison, \"not\" or \"(\""),
        ("a == 1 and", 11, "a comparison, \"not\" or \"(\""),
        ("not", 4, "a comparison, \"not\" or \"(\""),
        ("()", 2, "a comparison, \"not\" or \"(\""),
        ("exists 1", 8, "a field name"),
        ("exists and", 8, "a field name"),
        ("a", 2, operator),
        ("a = 1", 3, operator),
        ("a == ", 6, literal),
        ("a == b", 6, literal),
        ("a == -", 6, literal),
        ("a == ü", 6, literal),
        ("a in 1", 6, "\"(\" and the items of the list"),
        ("a in ()", 7, literal),
        ("a in (1 2)", 9, "\",\" or \")\""),
        ("a in (1,)", 9, "a number"),
        ("a == 1 b == 2", 8, "\"and\", \"or\" or the end"),
        ("a == \"ü\" AND", 11, "\"and\", \"or\" or the end"),
        ("a == 2.5", 7, "\"and\", \"or\" or the end"),
        ("a == 1)", 7, "\"and\", \"or\" or the end"),
        ("(a == 1", 8, "\"and\", \"or\" or \")\""),
        ("a == \"x", 8, "a double quote that ends the text"),
        ("a == \"\\n\"", 8, "\" or \\ after the backslash"),
        ("a == \"\\", 8, "\" or \\ after the backslash"),
        ("a == 99999999999999999999", 6, "a number from -9223372036854775808 to 9223372036854775807"),
        ("a == 1-2", 6, "a number from -9223372036854775808 to 9223372036854775807"),
    ] {
        refuse(source, &format!("at column {column}: expected {expected}"));
    }
}

#[test]
fn every_bound_is_held_exactly() {
    let parses = |source: &str| assert!(Condition::parse(source).is_ok(), "{source}");
    let padded = |len: usize| format!("{:len$}", "exists a");
    parses(&padded(limits::SOURCE_MAX));
    refuse(&padded(limits::SOURCE_MAX + 1), "at column 2049: expected at most 2048 bytes");

    parses(&format!("exists {}", "a".repeat(64)));
    refuse(&format!("exists {}", "a".repeat(65)), "at column 8: expected a field name of at most 64 bytes");

    let chain = |count: usize| vec!["exists a"; count].join(" or ");
    parses(&chain(64));
    refuse(&chain(65), "at column 769: expected at most 64 comparisons");

    let list = |count: usize| format!("a in ({})", vec!["1"; count].join(","));
    parses(&list(64));
    refuse(&list(65), "at column 135: expected at most 64 items");

    let nested = |count: usize| format!("{}exists a{}", "(".repeat(count), ")".repeat(count));
    parses(&nested(16));
    refuse(&nested(17), "at column 17: expected at most 16 levels of nesting");
    parses(&format!("{}exists a", "not ".repeat(16)));
    refuse(&format!("{}exists a", "not ".repeat(17)), "at column 65: expected at most 16 levels of nesting");
    refuse(&"(".repeat(2048), "at column 17: expected at most 16 levels of nesting");
    // Levels side by side do not add up.
    parses(&vec!["not (exists a)"; 60].join(" and "));
}

#[test]
fn a_condition_names_its_fields_and_keeps_its_source() {
    let source = r#"b == 1 and (not exists a.x or b in (2)) and c contains "d""#;
    let condition = Condition::parse(source).unwrap();
    assert_eq!(condition.fields(), BTreeSet::from(["a.x", "b", "c"]));
    assert_eq!((condition.source(), condition.to_string()), (source, source.to_owned()));
    // A word of the language may begin a field name.
    assert_eq!(Condition::parse("order == 1").unwrap().fields(), BTreeSet::from(["order"]));
}

#[test]
fn fields_may_come_from_anywhere() {
    struct Length(usize);
    impl Fields for Length {
        fn field(&self, name: &str) -> Option<ValueRef<'_>> {
            (name == "length").then_some(ValueRef::Number(self.0 as i64))
        }
    }
    let condition = Condition::parse("length > 3").unwrap();
    let sources: [&dyn Fields; 2] = [&Length(4), &Length(3)];
    assert_eq!(sources.map(|source| condition.holds(source)), [true, false]);
}

/// P1
#[test]
fn a_lent_text_prints_nothing_of_itself() {
    let lent = [ValueRef::Text("+12025550123"), ValueRef::Number(7), ValueRef::Flag(true)];
    assert_eq!(format!("{lent:?}"), "[Text(..), Number(7), Flag(true)]");
}
