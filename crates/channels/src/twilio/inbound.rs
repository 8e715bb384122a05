//! A requester's message as Twilio sends it in.

use super::form::{Fields, FormError};
use domain::Personal;

/// The most files of one message; Twilio sends no more.
const MEDIA_MAX_COUNT: usize = 10;

/// A requester's message. Addresses and bounds of content are the business of whoever takes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inbound {
    /// Twilio's id of the message, under which it may come more than once (`MSG-25`).
    pub sid: String,
    /// Who wrote it.
    pub from: Personal<String>,
    /// The company's number.
    pub to: String,
    /// What it says; empty if there are only files.
    pub text: Personal<String>,
    /// Its files, in order.
    pub media: Vec<Media>,
}

/// A file of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Media {
    /// Where it is; reading it needs the account's credentials.
    pub url: Personal<String>,
    /// Its media type.
    pub content_type: String,
}

impl Inbound {
    /// Reads a message.
    ///
    /// # Errors
    /// [`FormError::Field`] names the first field that is missing or is not what it should be.
    pub fn read(fields: &Fields) -> Result<Self, FormError> {
        let count = match fields.get("NumMedia") {
            None | Some("") => 0,
            Some(text) => text
                .parse()
                .ok()
                .filter(|count| *count <= MEDIA_MAX_COUNT)
                .ok_or(FormError::Field("NumMedia"))?,
        };
        let media = (0..count).map(|number| {
            let field = |name: &str| fields.get(&format!("{name}{number}")).unwrap_or_default().to_owned();
            let (url, content_type) = (field("MediaUrl"), field("MediaContentType"));
            if url.is_empty() || content_type.is_empty() {
                return Err(FormError::Field("MediaUrl"));
            }
            Ok(Media { url: Personal::new(url), content_type })
        });
        Ok(Self {
            sid: fields.required("MessageSid")?.to_owned(),
            from: Personal::new(fields.required("From")?.to_owned()),
            to: fields.required("To")?.to_owned(),
            text: Personal::new(fields.get("Body").unwrap_or_default().to_owned()),
            media: media.collect::<Result<_, _>>()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PLAIN: &str = "MessageSid=SM1&From=%2B12025550123&To=%2B12025550100";

    fn read(form: &str) -> Result<Inbound, FormError> {
        Inbound::read(&Fields::form(form.as_bytes()).unwrap())
    }

    #[test]
    fn a_message_has_its_text_and_its_files_in_order() {
        let form = format!(
            "{PLAIN}&Body=Look&NumMedia=2&MediaUrl1=b&MediaContentType1=image/gif&MediaUrl0=a&MediaContentType0=image/png"
        );
        let Inbound { sid, from, to, text, media } = read(&form).unwrap();
        assert_eq!((sid.as_str(), to.as_str()), ("SM1", "+12025550100"));
        assert_eq!((from.expose().as_str(), text.expose().as_str()), ("+12025550123", "Look"));
        let media: Vec<_> =
            media.iter().map(|file| (file.url.expose().as_str(), file.content_type.as_str())).collect();
        assert_eq!(media, [("a", "image/png"), ("b", "image/gif")]);
        assert_eq!(read(PLAIN).unwrap().media, []);
    }

    #[test]
    fn what_is_missing_is_named() {
        let field = |name| Err(FormError::Field(name));
        assert_eq!(read("MessageSid=SM1&To=x"), field("From"));
        assert_eq!(read("MessageSid=&From=x&To=x"), field("MessageSid"));
        assert_eq!(read(&format!("{PLAIN}&NumMedia=11")), field("NumMedia"));
        assert_eq!(read(&format!("{PLAIN}&NumMedia=-1")), field("NumMedia"));
        assert_eq!(read(&format!("{PLAIN}&NumMedia=1&MediaUrl0=a")), field("MediaUrl"));
    }

    proptest! {
        #[test]
        fn no_form_breaks_the_reader(
            count in "[0-9]{0,3}|.{0,3}", pairs in prop::collection::vec(("(MediaUrl|MediaContentType|Body)[0-9]?", ".{0,9}"), 0..30)
        ) {
            let all = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
            let all = all.chain([("NumMedia", count.as_str()), ("MessageSid", "SM1"), ("From", "a"), ("To", "b")]);
            let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(all).finish();
            if let Ok(message) = read(&form) {
                prop_assert!(message.media.len() <= MEDIA_MAX_COUNT);
            }
        }
    }
}
