//! Numbers as people write them, converted to E.164 with the country that they are of (`ID-8`).
//!
//! For the listed countries only, because they are simple: a calling code, and perhaps a digit that is dialled at home and
//! dropped from abroad. What cannot be converted for certain is refused, never guessed.

use crate::Address;
use std::fmt;

/// How numbers of a country are written at home.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Country {
    /// Its two letters.
    pub code: &'static str,
    /// What stands between `+` and the number.
    pub calling_code: &'static str,
    /// What is dialled before a number at home, and dropped from abroad.
    pub trunk: Option<&'static str>,
    /// The fewest and the most digits that a number may have without either.
    pub digits: (usize, usize),
}

/// Why a text is no phone number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhoneError {
    /// It is not in E.164, and without a country it cannot be told what it is.
    CountryNeeded,
    /// Numbers of that country cannot be converted.
    CountryUnknown,
    /// It is no number of that country, nor one in E.164.
    Malformed,
}

const fn country(
    code: &'static str,
    calling_code: &'static str,
    trunk: Option<&'static str>,
    digits: (usize, usize),
) -> Country {
    Country { code, calling_code, trunk, digits }
}

const ZERO: Option<&str> = Some("0");

/// The countries whose numbers can be converted. Italy keeps its zero, so it has none that is dropped; Canada and the
/// United States may dial a 1.
pub const COUNTRIES: [Country; 20] = [
    country("AT", "43", ZERO, (6, 13)),
    country("AU", "61", ZERO, (9, 9)),
    country("BE", "32", ZERO, (8, 9)),
    country("BR", "55", ZERO, (10, 11)),
    country("CA", "1", Some("1"), (10, 10)),
    country("CH", "41", ZERO, (9, 9)),
    country("DE", "49", ZERO, (6, 13)),
    country("DK", "45", None, (8, 8)),
    country("ES", "34", None, (9, 9)),
    country("FR", "33", ZERO, (9, 9)),
    country("GB", "44", ZERO, (9, 10)),
    country("IE", "353", ZERO, (7, 9)),
    country("IN", "91", ZERO, (10, 10)),
    country("IT", "39", None, (6, 11)),
    country("JP", "81", ZERO, (9, 10)),
    country("NL", "31", ZERO, (9, 9)),
    country("NO", "47", None, (8, 8)),
    country("PT", "351", None, (9, 9)),
    country("SE", "46", ZERO, (7, 9)),
    country("US", "1", Some("1"), (10, 10)),
];

/// Reads a number in E.164, or one as it is written in that country. Blanks and `-.()/` between digits do not count.
///
/// # Errors
/// [`PhoneError`].
pub fn read_phone(text: &str, location: Option<&str>) -> Result<Address, PhoneError> {
    let bare: String = text.chars().filter(|c| !" -.()/\u{a0}".contains(*c)).collect();
    let international = bare.starts_with('+').then(|| bare.clone());
    // Two zeros lead abroad from most of the listed countries; from the others no number begins with them.
    let international = international.or_else(|| bare.strip_prefix("00").map(|rest| format!("+{rest}")));
    if let Some(number) = international {
        return Address::e164(&number).map_err(|_| PhoneError::Malformed);
    }
    let location = location.ok_or(PhoneError::CountryNeeded)?;
    let country = COUNTRIES.iter().find(|country| country.code.eq_ignore_ascii_case(location));
    let country = country.ok_or(PhoneError::CountryUnknown)?;
    let national = match country.trunk {
        Some(trunk) => bare.strip_prefix(trunk).unwrap_or(&bare),
        None => &bare,
    };
    let (least, most) = country.digits;
    if !(least..=most).contains(&national.len()) {
        return Err(PhoneError::Malformed);
    }
    Address::e164(&format!("+{}{national}", country.calling_code)).map_err(|_| PhoneError::Malformed)
}

impl fmt::Display for PhoneError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CountryNeeded => "write the number as +, country code and digits, or say the country",
            Self::CountryUnknown => {
                "numbers of that country are not converted; write the number as +, country code and digits"
            }
            Self::Malformed => "this is no phone number; write it as +, country code and digits",
        })
    }
}
