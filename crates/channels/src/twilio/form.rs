//! The fields of a request from Twilio, from a form or from a JSON object, within bounds (`X1`).

use std::fmt;
use url::form_urlencoded;

/// The most fields.
const FIELDS_MAX_COUNT: usize = 200;
/// The longest name.
const NAME_MAX: usize = 256;
/// The longest value.
const VALUE_MAX: usize = 16 * 1024;

/// Names and values, in order. Its `Debug` shows none of them (`P1`).
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Fields(Vec<(String, String)>);

/// Why a body is not understood. None of it repeats what the body says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormError {
    /// A bound is broken.
    TooMuch,
    /// It is no object of texts, numbers and truth values.
    BadJson,
    /// A field that has to be there is missing or is not what it should be.
    Field(&'static str),
}

impl Fields {
    /// Reads a form.
    ///
    /// # Errors
    /// [`FormError::TooMuch`]. Bytes that are no text become replacement characters.
    pub fn form(body: &[u8]) -> Result<Self, FormError> {
        Self::bounded(
            form_urlencoded::parse(body).map(|(name, value)| (name.into_owned(), value.into_owned())),
        )
    }

    /// Reads a JSON object with the same names.
    ///
    /// # Errors
    /// [`FormError::TooMuch`], [`FormError::BadJson`].
    pub fn json(body: &[u8]) -> Result<Self, FormError> {
        use serde_json::Value;
        let object: serde_json::Map<String, Value> =
            serde_json::from_slice(body).map_err(|_| FormError::BadJson)?;
        let texts = object.into_iter().map(|(name, value)| match value {
            Value::String(text) => Ok((name, text)),
            Value::Number(number) => Ok((name, number.to_string())),
            Value::Bool(truth) => Ok((name, truth.to_string())),
            Value::Null => Ok((name, String::new())),
            Value::Array(_) | Value::Object(_) => Err(FormError::BadJson),
        });
        Self::bounded(texts.collect::<Result<Vec<_>, _>>()?)
    }

    fn bounded(pairs: impl IntoIterator<Item = (String, String)>) -> Result<Self, FormError> {
        let mut fields = Vec::new();
        for (name, value) in pairs {
            if fields.len() == FIELDS_MAX_COUNT || name.len() > NAME_MAX || value.len() > VALUE_MAX {
                return Err(FormError::TooMuch);
            }
            fields.push((name, value));
        }
        Ok(Self(fields))
    }

    /// The names and values, in order.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.0
    }

    /// The first value of that name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// A value that has to be there.
    pub(super) fn required(&self, name: &'static str) -> Result<&str, FormError> {
        self.get(name).filter(|value| !value.is_empty()).ok_or(FormError::Field(name))
    }
}

impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({} fields)", self.0.len())
    }
}

impl fmt::Display for FormError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooMuch => {
                write!(
                    f,
                    "at most {FIELDS_MAX_COUNT} fields, names of {NAME_MAX} and values of {VALUE_MAX} bytes"
                )
            }
            Self::BadJson => f.write_str("the body must be a JSON object of texts, numbers and truth values"),
            Self::Field(name) => write!(f, "`{name}` is missing or not what it should be"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_form_and_a_json_object_with_the_same_names_are_the_same() {
        let form = Fields::form(b"Body=a+b%26&NumMedia=0&SmsSid=").unwrap();
        let json = Fields::json(br#"{"Body":"a b&","NumMedia":0,"SmsSid":null}"#).unwrap();
        assert_eq!(form, json);
        assert_eq!(form.get("Body"), Some("a b&"));
        assert_eq!(format!("{form:?}"), "(3 fields)");
        for illegal in ["", "[]", r#"{"a":[]}"#, r#"{"a":{}}"#, "{"] {
            assert_eq!(Fields::json(illegal.as_bytes()), Err(FormError::BadJson), "{illegal}");
        }
    }

    /// X1
    #[test]
    fn a_form_over_its_bounds_is_refused() {
        for illegal in
            ["a=&".repeat(201), format!("{}=", "n".repeat(257)), format!("a={}", "v".repeat(16 * 1024 + 1))]
        {
            assert_eq!(Fields::form(illegal.as_bytes()), Err(FormError::TooMuch));
        }
    }

    proptest! {
        #[test]
        fn no_body_breaks_the_reader_and_the_bounds_hold(body: Vec<u8>, text in "([A-Za-z0-9%+]{0,8}[=&]?){0,300}") {
            for body in [&body, text.as_bytes()] {
                for fields in [Fields::form(body), Fields::json(body)].into_iter().flatten() {
                    prop_assert!(fields.pairs().len() <= FIELDS_MAX_COUNT);
                }
            }
        }
    }
}
