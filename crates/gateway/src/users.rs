//! Users between the wire, a file of them, and the domain.

use crate::failure::Failure;
use api::{FieldError, ProblemCode, PutUserRequest, UserResponse};
use domain::directory::{PHONES_MAX_COUNT, TEXT_MAX_BYTES, User, UserKind, read_phone};
use domain::{Address, Personal, UserId};
use std::collections::BTreeSet;

/// The columns of a file, as its first line has them.
const COLUMNS: &str = "id,name,phones,email,language,country";
/// The most users of one file (`X1`).
const LINES_MAX: usize = 10_000;
/// The most bad lines that are told.
const ERRORS_MAX: usize = 100;

/// Everything that is wrong with what was said of users.
pub(crate) fn refused(errors: Vec<FieldError>) -> Failure {
    let count = errors.len();
    let more = if count > ERRORS_MAX { format!("; the first {ERRORS_MAX} are told") } else { String::new() };
    let failure = Failure::new(
        ProblemCode::InvalidBody,
        format!("{count} things are wrong, and nothing was stored{more}"),
    );
    errors.into_iter().take(ERRORS_MAX).fold(failure, Failure::with_error)
}

/// Whether a text can be a PIN.
pub(crate) fn is_pin(text: &str) -> bool {
    (4..=12).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A user as a client reads them.
pub(crate) fn shown(id: &UserId, user: &User) -> UserResponse {
    let User { name, phones, email, language, location, kind } = user;
    let exposed = |text: &Option<Personal<String>>| text.as_ref().map(|text| text.expose().clone());
    UserResponse {
        id: id.to_string(),
        user: PutUserRequest {
            name: exposed(name),
            phones: phones.iter().map(|phone| phone.expose().as_str().to_owned()).collect(),
            email: exposed(email),
            language: language.clone(),
            country: location.clone(),
            kind: Some(kind.name().to_owned()),
        },
    }
}

/// What is meant, or everything that is wrong with it.
pub(crate) fn read(said: PutUserRequest) -> Result<User, Vec<FieldError>> {
    let PutUserRequest { name, phones, email, language, country, kind } = said;
    let mut errors = Vec::new();
    let mut expect = |holds: bool, field: &str, detail: &str| {
        if !holds {
            errors.push(FieldError { field: field.to_owned(), detail: detail.to_owned() });
        }
    };
    let short =
        |text: &Option<String>| text.as_ref().is_none_or(|text| (1..=TEXT_MAX_BYTES).contains(&text.len()));
    expect(short(&name), "name", "expected 1 to 256 bytes");
    let mail = email.as_ref().is_none_or(|text| text.contains('@') && !text.contains(char::is_whitespace));
    expect(short(&email) && mail, "email", "expected a mail address of at most 256 bytes");
    let tag = |text: &String| {
        (2..=35).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    expect(language.as_ref().is_none_or(tag), "language", "expected a tag such as en or pt-BR");
    let letters = |text: &String| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase());
    expect(country.as_ref().is_none_or(letters), "country", "expected two capital letters such as GB");
    let known = kind.as_deref().map_or(Some(UserKind::default()), UserKind::parse);
    expect(known.is_some(), "kind", "expected full or consumer");
    expect(phones.len() <= PHONES_MAX_COUNT, "phones", "expected at most 10 numbers");
    let mut numbers: BTreeSet<Address> = BTreeSet::new();
    for phone in phones.iter().take(PHONES_MAX_COUNT) {
        match read_phone(phone, country.as_deref()) {
            Ok(number) => drop(numbers.insert(number)),
            Err(error) => expect(false, "phones", &error.to_string()),
        }
    }
    match known {
        Some(kind) if errors.is_empty() => Ok(User {
            name: name.map(Personal::new),
            phones: numbers.into_iter().map(Personal::new).collect(),
            email: email.map(Personal::new),
            language,
            location: country,
            kind,
        }),
        Some(_) | None => Err(errors),
    }
}

/// Reads a file: a line for each user, after one that names the columns. Everything that is wrong is told by its line.
pub(crate) fn read_csv(text: &str) -> Result<Vec<(UserId, User)>, Vec<FieldError>> {
    let wrong = |number: usize, detail: &str| FieldError {
        field: format!("line {number}"),
        detail: detail.to_owned(),
    };
    let mut lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    if lines.next().is_none_or(|(_, line)| line.trim().trim_start_matches('\u{feff}') != COLUMNS) {
        return Err(vec![wrong(1, &format!("expected the columns {COLUMNS}"))]);
    }
    let (mut users, mut errors, mut seen) = (Vec::new(), Vec::new(), BTreeSet::new());
    for (number, line) in lines {
        if users.len() + errors.len() >= LINES_MAX {
            errors.push(wrong(number, "expected at most 10000 users; send the rest in another file"));
            break;
        }
        match read_line(line) {
            Ok((id, _)) if !seen.insert(id.clone()) => {
                errors.push(wrong(number, "this user has a line before"));
            }
            Ok(user) => users.push(user),
            Err(found) => {
                let told = found.into_iter().map(|error| format!("{}: {}", error.field, error.detail));
                errors.push(wrong(number, &told.collect::<Vec<_>>().join("; ")));
            }
        }
    }
    if errors.is_empty() { Ok(users) } else { Err(errors) }
}

fn read_line(line: &str) -> Result<(UserId, User), Vec<FieldError>> {
    let error =
        |field: &str, detail: &str| vec![FieldError { field: field.to_owned(), detail: detail.to_owned() }];
    let fields = fields(line).ok_or_else(|| error("line", "a quote is not closed"))?;
    let [id, name, phones, email, language, country] = <[String; 6]>::try_from(fields)
        .map_err(|fields| error("line", &format!("expected 6 fields, found {}", fields.len())))?;
    let id = UserId::new(&id).map_err(|wrong| error("id", &wrong.to_string()))?;
    let given = |text: String| Some(text).filter(|text| !text.is_empty());
    let user = read(PutUserRequest {
        name: given(name),
        phones: phones.split(';').map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned).collect(),
        email: given(email),
        language: given(language),
        country: given(country),
        kind: None,
    })?;
    Ok((id, user))
}

/// The fields of a line; one in quotes may have commas, and quotes that are doubled. `None` if a quote stays open.
fn fields(line: &str) -> Option<Vec<String>> {
    let (mut fields, mut field, mut quoted) = (Vec::new(), String::new(), false);
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                field.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(std::mem::take(&mut field).trim().to_owned()),
            c => field.push(c),
        }
    }
    fields.push(field.trim().to_owned());
    (!quoted).then_some(fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn csv(lines: &str) -> Result<Vec<(UserId, User)>, Vec<FieldError>> {
        read_csv(&format!("{COLUMNS}\n{lines}"))
    }

    /// ID-8
    #[test]
    fn a_file_of_users_is_read_with_their_numbers_in_e164() {
        let users = csv("u-1,\"Byron, Ada\",020 7946 0018; +12025550101,ada@example.com,en,GB\n\nu-2,,,,,\n")
            .unwrap();
        assert_eq!(users.len(), 2);
        let shown = shown(&users[0].0, &users[0].1);
        assert_eq!(shown.user.name.as_deref(), Some("Byron, Ada"));
        assert_eq!(shown.user.phones, ["+12025550101", "+442079460018"]);
    }

    /// X1: a file is taken whole or not at all, and everything that is wrong with it is told.
    #[test]
    fn every_bad_line_is_told_by_its_number_and_what_it_says_is_not() {
        let text = "u-1,,020 7946 0018,,,\nu 2,,,,,\nu-3,,,nobody,,gb\nu-4,\nu-5,,,,,\nu-5,,,,,\nu-6,\"x,,,,";
        let errors = csv(text).unwrap_err();
        let lines: Vec<&str> = errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(lines, ["line 2", "line 3", "line 4", "line 5", "line 7", "line 8"]);
        assert!(
            errors.iter().all(|error| !error.detail.contains("7946") && !error.detail.contains("nobody"))
        );
        assert!(read_csv("u-1,,,,,").is_err(), "the columns are missing");
    }

    /// X1
    #[test]
    fn a_file_has_at_most_ten_thousand_users() {
        let lines = |count: usize| (0..count).map(|number| format!("u-{number},,,,,\n")).collect::<String>();
        assert_eq!(csv(&lines(LINES_MAX)).unwrap().len(), LINES_MAX);
        assert_eq!(csv(&lines(LINES_MAX + 1)).unwrap_err().len(), 1);
    }

    #[test]
    fn a_pin_is_4_to_12_digits() {
        assert!(is_pin("2468") && is_pin("123456789012"));
        for wrong in ["", "123", "1234567890123", "12a4", "12 34"] {
            assert!(!is_pin(wrong), "{wrong}");
        }
    }
}
