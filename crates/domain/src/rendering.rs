//! Messages as a channel shows them that has only text: without the marks of markdown, and with the choices written out
//! (`MSG-20`, `MSG-26`).

use crate::{Choices, Content};

/// What an agent's message says where there is only text. Files are not part of it.
pub fn as_text(content: &Content) -> String {
    let mut said = plain(content.text().expose());
    if let Some(choices) = content.choices() {
        if !said.is_empty() {
            said.push('\n');
        }
        said.push_str(&numbered(choices));
    }
    said
}

/// Choices a line each, with the numbers by which they can be answered.
pub fn numbered(choices: &Choices) -> String {
    let lines = choices.options().iter().enumerate();
    let lines = lines.map(|(place, choice)| format!("{}. {}", place + 1, choice.label.expose()));
    lines.collect::<Vec<_>>().join("\n")
}

/// A text without the marks of the small markdown that messages may have: bold, italics, code, headings and links. A
/// link keeps its address, as nobody could follow it otherwise. What only looks like a mark, such as `2 * 3 * 4`, stays.
pub fn plain(text: &str) -> String {
    text.split('\n').map(|line| inline(heading(line), 0)).collect::<Vec<_>>().join("\n")
}

fn heading(line: &str) -> &str {
    let bare = line.trim_start_matches('#');
    match line.len() - bare.len() {
        1..=6 => bare.strip_prefix(' ').unwrap_or(line),
        _ => line,
    }
}

/// How deep marks may be in each other; deeper ones stay as they are, so that no text can exhaust the stack (`X1`).
const DEPTH_MAX: u8 = 6;

fn inline(line: &str, depth: u8) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let before = out.chars().next_back();
        let span = match first {
            '\\' => escaped(rest),
            '*' | '_' if depth < DEPTH_MAX => emphasis(rest, before, depth),
            '`' => code(rest),
            '[' if depth < DEPTH_MAX => link(rest, depth),
            _ => None,
        };
        match span {
            Some((said, after)) => {
                out.push_str(&said);
                rest = after;
            }
            None => {
                out.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
    }
    out
}

/// A mark that is meant as itself.
fn escaped(text: &str) -> Option<(String, &str)> {
    let next = text[1..].chars().next().filter(|next| r"*_`[]#\".contains(*next))?;
    Some((next.to_string(), &text[1 + next.len_utf8()..]))
}

/// What is between one or two of a mark and the same again, neither of them beside a blank. An underscore within a word
/// is no mark.
fn emphasis(text: &str, before: Option<char>, depth: u8) -> Option<(String, &str)> {
    let mark = text.chars().next()?;
    let two = text[1..].starts_with(mark);
    let width = if two { 2 } else { 1 };
    let marks = &text[..width];
    let inner = &text[width..];
    if inner.starts_with(char::is_whitespace) || (mark == '_' && before.is_some_and(char::is_alphanumeric)) {
        return None;
    }
    let mut from = 0;
    loop {
        let mut end = from + inner[from..].find(marks)?;
        // Of three marks the last two belong to what began with two.
        while two && inner[end + width..].starts_with(mark) {
            end += 1;
        }
        let after = &inner[end + width..];
        let closes = end > 0
            && !inner[..end].ends_with(char::is_whitespace)
            && (two || !after.starts_with(mark))
            && !(mark == '_' && after.starts_with(char::is_alphanumeric));
        if closes {
            return Some((inline(&inner[..end], depth + 1), after));
        }
        // Past the whole run of marks, so that one of a pair is not taken for a single one.
        from = end + inner[end..].len() - inner[end..].trim_start_matches(mark).len();
    }
}

fn code(text: &str) -> Option<(String, &str)> {
    let (inner, after) = text[1..].split_once('`')?;
    (!inner.is_empty()).then(|| (inner.to_owned(), after))
}

fn link(text: &str, depth: u8) -> Option<(String, &str)> {
    let (label, rest) = text[1..].split_once("](")?;
    if label.contains(['[', ']']) {
        return None;
    }
    let (target, after) = rest.split_once(')')?;
    if target.is_empty() || target.contains(char::is_whitespace) {
        return None;
    }
    let label = inline(label, depth + 1);
    Some((if label == target { label } else { format!("{label} ({target})") }, after))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Choice, Parts, Personal};
    use proptest::prelude::*;

    #[test]
    fn marks_of_markdown_are_taken_away_and_what_only_looks_like_them_stays() {
        for (text, expected) in [
            ("plain", "plain"),
            ("**bold** and *so*, __bold__ and _so_", "bold and so, bold and so"),
            ("***both***", "both"),
            ("## Title\ntext", "Title\ntext"),
            ("#1 in line", "#1 in line"),
            ("use `a * b`", "use a * b"),
            ("see [our page](https://a.example/x)", "see our page (https://a.example/x)"),
            ("[https://a.example](https://a.example)", "https://a.example"),
            ("2 * 3 * 4", "2 * 3 * 4"),
            ("snake_case_name", "snake_case_name"),
            ("a*b", "a*b"),
            ("- one\n- two", "- one\n- two"),
            ("[not a link] (x)", "[not a link] (x)"),
            (r"\*kept\*", "*kept*"),
            ("**open", "**open"),
            ("", ""),
        ] {
            assert_eq!(plain(text), expected, "{text}");
        }
    }

    /// MSG-26: on SMS as text.
    #[test]
    fn choices_are_written_out_with_numbers() {
        let options = vec![Choice::new("yes", "Yes"), Choice::new("no", "No")];
        let parts = Parts {
            text: Personal::new("**Done?**".to_owned()),
            choices: Some(Choices::new(None, options).unwrap()),
            ..Parts::default()
        };
        assert_eq!(as_text(&Content::of(parts).unwrap()), "Done?\n1. Yes\n2. No");
    }

    proptest! {
        #[test]
        fn any_text_can_be_made_plain_and_nothing_of_its_words_is_lost(text in "[a-c *_`#\\[\\]()\\\\\n]{0,60}") {
            let words = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
            prop_assert_eq!(words(&plain(&text)), words(&text));
        }
    }
}
