//! Small languages: conditions, schedules, markdown, texts with placeholders.

use crate::text;
use api::configuration as words;
use domain::condition::{Condition, Value, limits};
use domain::notice::{Arguments, NoticeKey, TEXT_MAX, Texts, render};
use domain::schedule::Schedule;
use domain::{Seconds, Timestamp};
use gateway::doors;
use std::collections::BTreeMap;

/// A condition. An error names a place in the source; what is a condition looks at fields with names, and obeys the laws of
/// `not`, `and`, `or` whatever the fields hold.
pub fn condition(bytes: &[u8]) {
    let source = &*text(bytes);
    let condition = match Condition::parse(source) {
        Ok(condition) => condition,
        Err(error) => {
            assert!((1..=source.len() + 1).contains(&error.column) && !error.expected.is_empty());
            let too_long = source.len() > limits::SOURCE_MAX;
            assert!(too_long || source.is_char_boundary(error.column - 1), "column {}", error.column);
            return;
        }
    };
    assert!(source.len() <= limits::SOURCE_MAX && condition.source() == source);
    assert!(condition.fields().iter().all(|name| (1..=limits::FIELD_MAX).contains(&name.len())));
    let all = |value: Value| -> BTreeMap<String, Value> {
        condition.fields().iter().map(|name| ((*name).to_owned(), value.clone())).collect()
    };
    let worlds = [
        BTreeMap::new(),
        all(Value::Number(2)),
        all(Value::Flag(true)),
        all(Value::Text("2".to_owned())),
        all(Value::Text("de".to_owned())),
    ];
    for (law, same) in [
        (format!("not ({source})"), false),
        (format!("({source}) and ({source})"), true),
        (format!("({source}) or ({source})"), true),
    ] {
        // It may be too long or too deep with that.
        let Ok(other) = Condition::parse(&law) else { continue };
        assert!(
            worlds.iter().all(|fields| (other.holds(fields) == condition.holds(fields)) == same),
            "{law}"
        );
    }
}

/// A schedule: a line for the zone, then lines for openings, and for closed dates if they begin with a digit. What is read
/// is the same when it is shown and read again; a legal one is open exactly when it says that it opens.
pub fn schedule(bytes: &[u8]) {
    let said = text(bytes);
    let mut lines = said.lines();
    let zone = lines.next().unwrap_or_default().to_owned();
    let (closed, weekly) =
        lines.map(str::to_owned).partition(|line| line.starts_with(|c: char| c.is_ascii_digit()));
    let Ok(schedule) = doors::schedule(words::Schedule { zone, weekly, closed }) else { return };
    assert_eq!(doors::schedule(doors::shown_schedule(&schedule)).as_ref(), Ok(&schedule));
    if !schedule.problems().is_empty() {
        return;
    }
    // Any time will do, and always the same one for the same bytes.
    let sum = bytes.iter().fold(0_i64, |sum, byte| sum.wrapping_mul(31).wrapping_add(i64::from(*byte)));
    for at in [1_700_000_000_000 + sum.rem_euclid(400 * 86_400_000), sum, i64::MAX, i64::MIN] {
        assert_agrees(&schedule, Timestamp(at));
    }
}

fn assert_agrees(schedule: &Schedule, at: Timestamp) {
    let until = schedule.open_until(at);
    assert_eq!(schedule.is_open(at), until.is_some());
    if let Some(until) = until {
        let farthest = at.plus(Seconds(8 * 86_400));
        assert!(until > at && (until == farthest || !schedule.is_open(until)));
    }
    if let Some(opens) = schedule.opens_at(at) {
        assert!(opens >= at && schedule.is_open(opens));
    }
}

/// Markdown and plain text as HTML. There are only tags of the list, each closed in its turn; links lead to nothing that
/// runs, and nothing but them and the starts of lists has attributes; and a text does not grow without bound.
pub fn html(bytes: &[u8]) {
    let said = &*text(bytes);
    let rendered = doors::markdown(said);
    assert_harmless(&rendered);
    assert!(rendered.len() <= 100 * said.len() + 300_000);
    let plain = doors::plain(said);
    assert!(plain.replace("<br>", "").chars().all(|c| !"<>\"'".contains(c)));
    assert!(plain.len() <= 6 * said.len());
}

/// Reads HTML as strictly as we write it: anything else than the exact words of the list is wrong.
fn assert_harmless(html: &str) {
    const PLAIN: [&str; 9] = ["p", "strong", "em", "code", "pre", "blockquote", "ul", "ol", "li"];
    let mut open = Vec::new();
    let mut pieces = html.split('<');
    assert!(pieces.next().is_some_and(|text| !text.contains('>')));
    for piece in pieces {
        let Some((tag, text)) = piece.split_once('>') else { panic!("a tag without an end: {piece}") };
        assert!(!text.contains('>'), "{piece}");
        match tag.strip_prefix('/') {
            Some(name) => assert_eq!(open.pop(), Some(name), "{html}"),
            None if tag == "br" => {}
            None if PLAIN.contains(&tag) => open.push(tag),
            None if is_numbered_list(tag) => open.push("ol"),
            None => {
                assert_link(tag);
                open.push("a");
            }
        }
    }
    assert!(open.is_empty(), "{html}");
}

/// A list that begins with some number.
fn is_numbered_list(tag: &str) -> bool {
    let start = tag.strip_prefix("ol start=\"").and_then(|tag| tag.strip_suffix('"'));
    start.is_some_and(|start| start.parse::<u64>().is_ok())
}

fn assert_link(tag: &str) {
    let link = tag.strip_prefix("a ").and_then(|tag| tag.strip_suffix("rel=\"noopener nofollow\""));
    let Some(link) = link else { panic!("a tag that is not on the list: {tag}") };
    if link.is_empty() {
        return;
    }
    let href = link.strip_prefix("href=\"").and_then(|link| link.strip_suffix("\" "));
    let Some(href) = href else { panic!("an attribute that is not on the list: {tag}") };
    assert!(!href.contains(['"', '<', '\n']), "{tag}");
    let scheme = href.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
    let known = scheme.is_some_and(|scheme| ["http", "https", "mailto"].contains(&scheme.as_str()));
    assert!(known, "{tag}");
}

/// A system message: a line for the language, one for its name, and the text. What is taken is found again, and nothing
/// of a placeholder is left in what is said.
pub fn wording(bytes: &[u8]) {
    let said = text(bytes);
    let mut parts = said.splitn(3, '\n');
    let (Some(language), Some(name), Some(template)) = (parts.next(), parts.next(), parts.next()) else {
        return;
    };
    let Some(key) = NoticeKey::parse(name) else { return };
    let mut texts = Texts::default();
    if texts.set(language, key, template).is_err() {
        assert_eq!(texts, Texts::default());
        return;
    }
    assert!(template.len() <= TEXT_MAX);
    assert_eq!(texts.get(language, key), Some(template));
    assert_eq!(texts.find(key, Some(language)), Some(template));
    for arguments in [Arguments::default(), Arguments { agent: Some("ann"), minutes: Some(7) }] {
        let rendered = render(template, arguments);
        assert!(!rendered.contains(['{', '}']), "{rendered}");
    }
}
