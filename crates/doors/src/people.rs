//! Users and their numbers.

use crate::{assert_keeps_quiet, number_after, text};
use domain::Address;
use domain::directory::{COUNTRIES, read_phone};
use gateway::doors;

/// A number, behind two bytes of which the first chooses a country. What is read is in E.164 and is read as itself, and
/// blanks between the digits change nothing; what is of a country has its code and as many digits as it may.
pub fn phone(bytes: &[u8]) {
    let Some(([which, wanted], said)) = bytes.split_first_chunk() else { return };
    let country = COUNTRIES[usize::from(*which) % COUNTRIES.len()];
    let location = (wanted % 4 != 0).then_some(country.code);
    let said = text(said);
    let Ok(number) = read_phone(&said, location) else { return };
    assert!(Address::e164(number.as_str()).is_ok());
    assert_eq!(read_phone(number.as_str(), None).as_ref(), Ok(&number));
    let spread: String = said.chars().flat_map(|c| [c, ' ']).collect();
    assert_eq!(read_phone(&spread, location).as_ref(), Ok(&number));
    let bare = said.trim_start_matches([' ', '-', '.', '(', ')', '/', '\u{a0}']);
    if location.is_some() && !bare.starts_with('+') && !bare.starts_with('0') {
        let national =
            number.as_str().strip_prefix('+').and_then(|rest| rest.strip_prefix(country.calling_code));
        let (least, most) = country.digits;
        assert!(national.is_some_and(|digits| (least..=most).contains(&digits.len())), "{}", country.code);
    }
}

/// A file of users. Those that are read are the same when the file is written again, and each can be put by itself; what
/// is wrong is told by a line that there is, without what stands in it.
pub fn users(bytes: &[u8]) {
    let said = &*text(bytes);
    match doors::users(said) {
        Ok(users) => {
            let mut file = "id,name,phones,email,language,country\n".to_owned();
            for (id, user) in &users {
                let shown = doors::shown_user(id, user);
                // A file says nothing of kinds.
                let alone = doors::user(shown.clone());
                assert_eq!(alone.as_ref(), Ok(user));
                let [name, email, language, country] =
                    [shown.name, shown.email, shown.language, shown.country].map(Option::unwrap_or_default);
                let fields = [id.to_string(), name, shown.phones.join(";"), email, language, country];
                let quoted = fields.map(|field| format!("\"{}\"", field.replace('"', "\"\"")));
                file += &(quoted.join(",") + "\n");
            }
            assert_eq!(doors::users(&file), Ok(users));
        }
        Err(errors) => {
            assert!(!errors.is_empty());
            for error in errors {
                let line = number_after("line ", &error.field);
                assert!(line.is_some_and(|line| (1..=said.lines().count().max(1)).contains(&line)));
                assert_keeps_quiet(said, &error.detail);
            }
        }
    }
}
