//! Addresses of requesters and of the company on a channel.

use std::fmt;

/// Where somebody is reached on a channel: a phone number in E.164 on SMS, a user or guest id elsewhere.
///
/// Personal when it is a requester's: hold it as `Personal<Address>`. Its `Debug` shows nothing either, because the
/// type cannot know whose it is.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address(String);

/// Why a text is no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressError {
    /// It is not `+`, a country code and at most 15 digits in all (section 17, rule 11).
    NotE164,
    /// It is empty, longer than 128 bytes, or has blanks or control characters.
    Malformed,
    /// It is not 3 to 8 digits.
    NotShortCode,
}

impl Address {
    /// A phone number: `+`, then 7 to 15 digits of which the first is not 0.
    ///
    /// # Errors
    /// [`AddressError::NotE164`].
    pub fn e164(text: &str) -> Result<Self, AddressError> {
        let digits = text.strip_prefix('+').ok_or(AddressError::NotE164)?;
        let legal = (7..=15).contains(&digits.len())
            && digits.bytes().all(|b| b.is_ascii_digit())
            && !digits.starts_with('0');
        if legal { Ok(Self(text.to_owned())) } else { Err(AddressError::NotE164) }
    }

    /// A short code from which a company sends: 3 to 8 digits. It has no country, so no requester is reached by one.
    ///
    /// # Errors
    /// [`AddressError::NotShortCode`].
    pub fn short_code(text: &str) -> Result<Self, AddressError> {
        let legal = (3..=8).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        if legal { Ok(Self(text.to_owned())) } else { Err(AddressError::NotShortCode) }
    }

    /// Any other address: 1 to 128 bytes without blanks and control characters.
    ///
    /// # Errors
    /// [`AddressError::Malformed`].
    pub fn opaque(text: &str) -> Result<Self, AddressError> {
        let legal =
            (1..=128).contains(&text.len()) && !text.chars().any(|c| c.is_whitespace() || c.is_control());
        if legal { Ok(Self(text.to_owned())) } else { Err(AddressError::Malformed) }
    }

    /// The text of the address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(address)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Section 17, rule 11
    #[test]
    fn a_phone_number_is_a_plus_and_7_to_15_digits() {
        for legal in ["+1202555", "+12025550123", "+123456789012345"] {
            assert!(Address::e164(legal).is_ok(), "{legal}");
        }
        for illegal in [
            "",
            "+",
            "12025550123",
            "+02025550123",
            "+120255",
            "+1234567890123456",
            "+1202555o123",
            "+1 2025550123",
        ] {
            assert_eq!(Address::e164(illegal), Err(AddressError::NotE164), "{illegal}");
        }
    }

    #[test]
    fn an_opaque_address_has_no_blanks_and_a_bound() {
        assert!(Address::opaque("guest-7").is_ok());
        assert_eq!(Address::opaque(""), Err(AddressError::Malformed));
        assert_eq!(Address::opaque("a b"), Err(AddressError::Malformed));
        assert_eq!(Address::opaque(&"a".repeat(129)), Err(AddressError::Malformed));
    }
}
