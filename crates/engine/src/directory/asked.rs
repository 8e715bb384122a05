//! What the integrator is asked and says of one message's number (`ID-1`).

use super::LookUp;
use domain::{Address, ChannelId, Personal, UserId};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::OnceCell;

/// How long the integrator may take to say whose number it is; a requester waits for it.
const LOOK_UP_MAX: Duration = Duration::from_secs(2);

/// What the integrator said of the number of one message, also if that was nothing. It is asked once, however often is
/// decided what becomes of the message, because its requester waits.
#[derive(Clone, Default)]
pub(crate) struct Asked(Arc<OnceCell<Vec<UserId>>>);

impl Asked {
    /// Who has the number; nobody if that could not be found out in time.
    pub(super) async fn holders(
        &self,
        look_up: &dyn LookUp,
        channel: &ChannelId,
        number: &Personal<Address>,
    ) -> Vec<UserId> {
        let ask = async || {
            let asked = tokio::time::timeout(LOOK_UP_MAX, look_up.look_up(channel, number)).await;
            let found = asked.unwrap_or(Err("timeout"));
            let outcome = found.as_ref().map_or_else(|code| *code, |_| "answered");
            metrics::counter!("colloquy_user_look_ups_total", "outcome" => outcome).increment(1);
            found.unwrap_or_default()
        };
        self.0.get_or_init(ask).await.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::Looking;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// Knows nobody, and counts how often it was asked.
    #[derive(Default)]
    struct Counting(AtomicUsize);

    impl LookUp for Counting {
        fn look_up<'a>(&'a self, _: &'a ChannelId, _: &'a Personal<Address>) -> Looking<'a> {
            self.0.fetch_add(1, Ordering::Relaxed);
            Box::pin(async { Err("timeout") })
        }
    }

    /// ID-1: what becomes of a message may be decided several times; its requester waits for one look-up only.
    #[tokio::test]
    async fn the_integrator_is_asked_once_for_each_message() {
        let look_up = Counting::default();
        let number = Personal::new(Address::e164("+12025550123").unwrap());
        let channel = ChannelId::new("sms").unwrap();
        for messages in 1..3 {
            let asked = Asked::default();
            for job in [asked.clone(), asked] {
                assert_eq!(job.holders(&look_up, &channel, &number).await, []);
            }
            assert_eq!(look_up.0.load(Ordering::Relaxed), messages);
        }
    }
}
