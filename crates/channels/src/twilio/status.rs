//! What Twilio says about a message some time after it was taken (`MSG-19`).

use super::OPTED_OUT;
use super::form::{Fields, FormError};

/// What became of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// Twilio's id of the message.
    pub sid: String,
    /// What is worth telling; `None` while it is only on its way.
    pub receipt: Option<Receipt>,
}

/// What is worth telling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Receipt {
    /// It arrived.
    Delivered,
    /// It was read, where the channel tells.
    Read,
    /// It never will arrive.
    Failed {
        /// `twilio_` and the number of the error, or the status if there is none.
        code: String,
        /// Whether the requester does not want to hear from this sender (`OPT-4`).
        opted_out: bool,
    },
}

impl Status {
    /// Reads a status.
    ///
    /// # Errors
    /// [`FormError::Field`] names the field that is missing.
    pub fn read(fields: &Fields) -> Result<Self, FormError> {
        let sid = fields.required("MessageSid")?.to_owned();
        let receipt = match fields.required("MessageStatus")? {
            "delivered" => Some(Receipt::Delivered),
            "read" => Some(Receipt::Read),
            failed @ ("failed" | "undelivered" | "canceled") => {
                let number = fields.get("ErrorCode").and_then(|text| text.parse::<u32>().ok());
                let code =
                    number.map_or_else(|| format!("twilio_{failed}"), |number| format!("twilio_{number}"));
                Some(Receipt::Failed { code, opted_out: number == Some(OPTED_OUT) })
            }
            // Accepted, queued, sending, sent, and whatever Twilio may come to say.
            _ => None,
        };
        Ok(Self { sid, receipt })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn receipt(status: &str) -> Option<Receipt> {
        Status::read(&Fields::form(format!("MessageSid=SM1&MessageStatus={status}").as_bytes()).unwrap())
            .unwrap()
            .receipt
    }

    /// MSG-19
    #[test]
    fn a_message_arrives_is_read_or_fails_and_on_its_way_there_is_nothing_to_tell() {
        for on_its_way in ["accepted", "queued", "sending", "sent", "scheduled", "partially_delivered", "x"] {
            assert_eq!(receipt(on_its_way), None, "{on_its_way}");
        }
        assert_eq!(receipt("delivered"), Some(Receipt::Delivered));
        assert_eq!(receipt("read"), Some(Receipt::Read));
        let failed = |code: &str, opted_out| Some(Receipt::Failed { code: code.to_owned(), opted_out });
        assert_eq!(receipt("undelivered&ErrorCode=30003"), failed("twilio_30003", false));
        assert_eq!(receipt("failed&ErrorCode="), failed("twilio_failed", false));
        assert_eq!(receipt("failed&ErrorCode=30003.5"), failed("twilio_failed", false));
    }

    /// OPT-4
    #[test]
    fn a_requester_who_opted_out_is_told_from_one_who_is_not_reached() {
        let opted_out = Receipt::Failed { code: "twilio_21610".to_owned(), opted_out: true };
        assert_eq!(receipt("failed&ErrorCode=21610"), Some(opted_out));
    }

    #[test]
    fn a_status_without_its_message_is_refused() {
        for (form, missing) in [("MessageStatus=sent", "MessageSid"), ("MessageSid=SM1", "MessageStatus")] {
            let fields = Fields::form(form.as_bytes()).unwrap();
            assert_eq!(Status::read(&fields), Err(FormError::Field(missing)));
        }
    }

    proptest! {
        #[test]
        fn no_status_breaks_the_reader_and_codes_stay_short(status in ".{1,20}", error in ".{0,20}|[0-9]{0,20}") {
            let pairs = [("MessageSid", "SM1"), ("MessageStatus", status.as_str()), ("ErrorCode", error.as_str())];
            let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
            let status = Status::read(&Fields::form(form.as_bytes()).unwrap()).unwrap();
            if let Some(Receipt::Failed { code, .. }) = status.receipt {
                prop_assert!(code.len() <= 20);
            }
        }
    }
}
