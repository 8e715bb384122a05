//! Sessions of guests: who comes without a name gets one, and a token that says so (`ID-10` to `ID-13`).

use crate::auth::{Authenticator, Identity};
use crate::failure::Failure;
use crate::settings::{AuthSettings, WebSettings};
use crate::token::issue_guest_token;
use api::{ProblemCode, SessionResponse};
use domain::{ChannelId, Seconds};
use engine::{SystemWall, Wall as _};
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// A browser that reloads a page right when its token has expired is not somebody else yet.
const GRACE_S: u64 = 60;
/// The most network addresses that are counted at once (`X1`).
const SOURCES_MAX: usize = 10_000;
const MINUTE: Duration = Duration::from_secs(60);

/// Gives sessions to guests.
pub(crate) struct Sessions {
    auth: AuthSettings,
    web: WebSettings,
    begun: Mutex<HashMap<Option<IpAddr>, Begun>>,
}

/// How many sessions were begun in a minute.
#[derive(Clone, Copy)]
struct Begun {
    since: Instant,
    count: u32,
}

impl Sessions {
    pub(crate) fn new(auth: AuthSettings, web: WebSettings) -> Self {
        Self { auth, web, begun: Mutex::default() }
    }

    /// Refuses where guests may not come at all.
    pub(crate) fn check_allowed(&self) -> Result<(), Failure> {
        if self.web.guest_sessions { Ok(()) } else { Err(forbidden("sessions for guests are off")) }
    }

    /// Counts a session that somebody wants to begin.
    pub(crate) fn check_rate(&self, source: Option<IpAddr>) -> Result<(), Failure> {
        let now = Instant::now();
        let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        if begun.len() >= SOURCES_MAX {
            begun.retain(|_, begun| now - begun.since < MINUTE);
        }
        let full = begun.len() >= SOURCES_MAX && !begun.contains_key(&source);
        let entry =
            if full { None } else { Some(begun.entry(source).or_insert(Begun { since: now, count: 0 })) };
        let within = entry.is_some_and(|begun| {
            if now - begun.since >= MINUTE {
                *begun = Begun { since: now, count: 0 };
            }
            begun.count = begun.count.saturating_add(1);
            begun.count <= self.web.guest_sessions_per_minute
        });
        if within {
            return Ok(());
        }
        let detail = "too many sessions were begun from this network address (web.guest_sessions_per_minute)";
        Err(Failure::new(ProblemCode::TooManyRequests, detail))
    }

    /// A session: of the guest whose token this is where that is allowed, else of somebody new.
    pub(crate) fn begin(
        &self,
        authenticator: &Authenticator,
        channel: &ChannelId,
        token: Option<&str>,
    ) -> Result<SessionResponse, Failure> {
        let token = token.filter(|_| self.web.guest_session_resumable);
        let returning = token
            .and_then(|token| authenticator.returning_guest(token, GRACE_S))
            .filter(|identity| identity.channel.as_ref() == Some(channel));
        let resumed = returning.is_some();
        let name = match returning {
            Some(Identity { principal, .. }) => principal.name,
            None => format!("guest-{}", Uuid::new_v4().simple()),
        };
        self.session(name, channel, resumed)
    }

    /// The same session with a new token.
    pub(crate) fn renew(&self, identity: &Identity) -> Result<SessionResponse, Failure> {
        self.check_allowed()?;
        match (&identity.channel, identity.guest) {
            (Some(channel), true) => self.session(identity.principal.name.clone(), channel, true),
            (_, _) => Err(Failure::new(
                ProblemCode::RoleForbidden,
                "only a guest's session is renewed here; get a new token from whoever issued this one",
            )),
        }
    }

    fn session(&self, guest: String, channel: &ChannelId, resumed: bool) -> Result<SessionResponse, Failure> {
        let lifetime = self.web.guest_session_timeout_s;
        let token = issue_guest_token(&self.auth, &guest, channel, Seconds(lifetime), SystemWall.read())
            .map_err(|error| Failure::internal(error.to_string()))?;
        Ok(SessionResponse {
            token,
            guest,
            channel: channel.to_string(),
            expires_in_s: lifetime,
            cookie_life_s: self.web.guest_cookie_life_s,
            resumed,
        })
    }
}

/// Guests may not come.
pub(crate) fn forbidden(why: &str) -> Failure {
    Failure::new(ProblemCode::GuestsForbidden, why)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Secret;

    fn sessions(web: WebSettings) -> (Sessions, Authenticator) {
        let secret = Secret::new("a secret of more than thirty-two bytes".to_owned());
        let auth = AuthSettings { jwt_secret: Some(secret), ..AuthSettings::default() };
        let authenticator = Authenticator::new(&auth).unwrap();
        (Sessions::new(auth, WebSettings { guest_sessions: true, ..web }), authenticator)
    }

    fn web(name: &str) -> ChannelId {
        ChannelId::new(name).unwrap()
    }

    /// ID-10
    #[test]
    fn a_guest_who_comes_again_is_somebody_new_unless_sessions_are_resumable() {
        for resumable in [false, true] {
            let settings = WebSettings { guest_session_resumable: resumable, ..WebSettings::default() };
            let (sessions, authenticator) = sessions(settings);
            let begin =
                |channel, token: Option<&str>| sessions.begin(&authenticator, &web(channel), token).unwrap();
            let first = begin("web", None);
            let again = begin("web", Some(&first.token));
            assert_eq!((again.guest == first.guest, again.resumed), (resumable, resumable));
            let elsewhere = begin("other", Some(&first.token));
            assert!(elsewhere.guest != first.guest && !elsewhere.resumed, "it is another channel's");
            assert!(!begin("web", Some("no token")).resumed);
        }
    }

    /// ID-11
    #[test]
    fn a_session_says_how_long_a_browser_keeps_it() {
        for life in [-1, 900] {
            let settings = WebSettings { guest_cookie_life_s: life, ..WebSettings::default() };
            let (sessions, authenticator) = sessions(settings);
            assert_eq!(sessions.begin(&authenticator, &web("web"), None).unwrap().cookie_life_s, life);
        }
        assert_eq!(WebSettings::default().guest_cookie_life_s, -1);
    }

    /// X1
    #[test]
    fn one_address_begins_so_many_sessions_a_minute() {
        let settings = WebSettings { guest_sessions_per_minute: 2, ..WebSettings::default() };
        let (sessions, _) = sessions(settings);
        let [one, other] = [1, 2].map(|last| Some(IpAddr::from([127, 0, 0, last])));
        assert!(sessions.check_rate(one).is_ok() && sessions.check_rate(one).is_ok());
        assert_eq!(sessions.check_rate(one).unwrap_err().code(), ProblemCode::TooManyRequests);
        assert!(sessions.check_rate(other).is_ok());
    }
}
