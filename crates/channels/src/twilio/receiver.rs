//! Takes what Twilio posts to us, if it is Twilio who does.

use super::form::{Fields, FormError};
use super::signature::{is_body_signed, is_form_signed};
use crate::settings::Secret;

/// Checks and reads what is posted for one channel.
#[derive(Clone, Debug)]
pub struct Receiver {
    /// Two while the account goes over from one to the other.
    auth_tokens: Vec<Secret>,
    /// What Twilio calls us, without a slash at its end.
    public_url: String,
}

/// Why a request is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It is not signed with one of the account's auth tokens for this URL.
    WrongSignature,
    /// It is signed, but not understood.
    Malformed(FormError),
}

impl Receiver {
    pub(crate) fn new(auth_tokens: Vec<Secret>, public_url: String) -> Self {
        Self { auth_tokens, public_url }
    }

    /// Checks a form that was posted to this path and query, as they stood in the request, and reads it.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn form(&self, path_and_query: &str, signature: &str, body: &[u8]) -> Result<Fields, Refused> {
        let url = self.url(path_and_query);
        let fields = Fields::form(body).map_err(Refused::Malformed)?;
        let is_by = |token: &Secret| is_form_signed(token.expose(), &url, fields.pairs(), signature);
        if self.auth_tokens.iter().any(is_by) { Ok(fields) } else { Err(Refused::WrongSignature) }
    }

    /// The same of a JSON object, whose digest must stand in the query.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn json(&self, path_and_query: &str, signature: &str, body: &[u8]) -> Result<Fields, Refused> {
        let url = self.url(path_and_query);
        let is_by = |token: &Secret| is_body_signed(token.expose(), &url, body, signature);
        if !self.auth_tokens.iter().any(is_by) {
            return Err(Refused::WrongSignature);
        }
        Fields::json(body).map_err(Refused::Malformed)
    }

    fn url(&self, path_and_query: &str) -> String {
        format!("{}{path_and_query}", self.public_url)
    }
}
