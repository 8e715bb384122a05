//! Finds the field at which a parser stopped, because the parser itself tells only line and column.

/// What is open at some place in a JSON text.
enum Level {
    /// An object, and the key whose value comes next, once it was read.
    Object(Option<String>),
    /// An array, and the index of the element.
    Array(usize),
}

/// The path of the field at a place that a parser has reached, such as `attachments[1].url`; empty at the top. What
/// lies before the place is JSON, because the parser took it.
pub(super) fn field_at(json: &[u8], line: usize, column: usize) -> String {
    let before = &json[..offset(json, line, column)];
    let mut levels = Vec::new();
    let mut at = 0;
    while let Some(byte) = before.get(at) {
        at += 1;
        match byte {
            b'{' => levels.push(Level::Object(None)),
            b'[' => levels.push(Level::Array(0)),
            b'}' | b']' => drop(levels.pop()),
            b',' => match levels.last_mut() {
                Some(Level::Object(key)) => *key = None,
                Some(Level::Array(index)) => *index += 1,
                None => {}
            },
            b'"' => {
                let text = string(&before[at..]);
                at += text.len() + 1;
                if let Some(Level::Object(key @ None)) = levels.last_mut() {
                    *key = Some(name(text));
                }
            }
            _ => {}
        }
    }
    path(&levels)
}

/// Lines are counted from 1, and a column is the number of bytes of the line that were read.
fn offset(json: &[u8], line: usize, column: usize) -> usize {
    let start: usize =
        json.split_inclusive(|byte| *byte == b'\n').take(line.saturating_sub(1)).map(<[u8]>::len).sum();
    (start + column).min(json.len())
}

/// What is between a quote and the one that ends the string, or all there is.
fn string(json: &[u8]) -> &[u8] {
    let mut escaped = false;
    let end = json.iter().position(|byte| {
        let ends = *byte == b'"' && !escaped;
        escaped = *byte == b'\\' && !escaped;
        ends
    });
    &json[..end.unwrap_or(json.len())]
}

/// A key as it may be repeated to the client: only one that looks like the name of a field and holds no number of any
/// length, since keys of a context are free and might be an address (P1).
fn name(key: &[u8]) -> String {
    let legal = key.len() <= 64
        && key.first().is_some_and(u8::is_ascii_alphabetic)
        && key.iter().filter(|byte| byte.is_ascii_digit()).count() <= 4
        && key.iter().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(byte));
    if legal { String::from_utf8_lossy(key).into_owned() } else { "?".to_owned() }
}

fn path(levels: &[Level]) -> String {
    let mut path = String::new();
    for level in levels {
        match level {
            Level::Object(None) => break,
            Level::Object(Some(key)) => {
                if !path.is_empty() {
                    path.push('.');
                }
                path.push_str(key);
            }
            Level::Array(index) => path.push_str(&format!("[{index}]")),
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_of_a_place_is_its_keys_and_indices() {
        let check = |json: &str, expected: &str| {
            let line = 1 + json.matches('\n').count();
            let column = json.len() - json.rfind('\n').map_or(0, |at| at + 1);
            assert_eq!(field_at(json.as_bytes(), line, column), expected, "{json}");
        };
        check("", "");
        check(r#"{"text": 5"#, "text");
        check(r#"{"a": "b,c}\"]", "text"#, "text");
        check("{\"a\": {\"b\": 1},\n \"c\": [1, {\"d\": true", "c[1].d");
        check(r#"{"a": [{}], "b": {"c": 1}"#, "b");
        check(r#"{"context": {"+12025550123": 1"#, "context.?");
        check(r#"{"context": {"tel-12025550123": 1"#, "context.?");
        check(r#"]]}}"#, "");
    }
}
