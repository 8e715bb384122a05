//! What an operator sets about browsers: which pages may use the server, guests, and how many streams may be open.

use super::SettingsError;
use serde::{Deserialize, Serialize};

/// Browsers and live streams. Every number is a bound with a designed answer (`X1`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WebSettings {
    /// The origins of pages that may use the server, such as `https://shop.example`; its own always may.
    pub origins: Vec<String>,
    /// Whether guests may come to channels of kind `mweb`.
    pub guest_sessions: bool,
    /// How long a guest's token is good unless it is renewed (`ID-13`).
    pub guest_session_timeout_s: u32,
    /// Whether a guest who comes again with a token goes on as the same guest (`ID-10`).
    pub guest_session_resumable: bool,
    /// How long a browser should keep a guest's token: -1 until it is closed, or seconds (`ID-11`).
    pub guest_cookie_life_s: i32,
    /// How many sessions one network address may begin in a minute.
    pub guest_sessions_per_minute: u32,
    /// How many streams may be open at once.
    pub streams_max: usize,
    /// How many streams one user may have open; one more closes the oldest.
    pub streams_per_user_max: usize,
    /// How many conversations an agent may have open as tabs of a workspace at once (`MSG-17`).
    pub tabs_per_agent_max: u32,
}

impl Default for WebSettings {
    fn default() -> Self {
        Self {
            origins: Vec::new(),
            guest_sessions: false,
            guest_session_timeout_s: 1800,
            guest_session_resumable: false,
            guest_cookie_life_s: -1,
            guest_sessions_per_minute: 30,
            streams_max: 2048,
            streams_per_user_max: 10,
            tabs_per_agent_max: 10,
        }
    }
}

impl WebSettings {
    /// Checks the bounds.
    ///
    /// # Errors
    /// [`SettingsError::Web`] for the first that is out of range.
    pub fn check(&self) -> Result<(), SettingsError> {
        let rules = [
            (
                self.origins.iter().all(|origin| is_origin(origin)),
                "origins",
                "origins such as `https://shop.example`, nothing behind host and port",
            ),
            (
                (300..=1800).contains(&self.guest_session_timeout_s),
                "guest_session_timeout_s",
                "300 to 1800 seconds",
            ),
            (
                self.guest_cookie_life_s == -1 || (1..=31_536_000).contains(&self.guest_cookie_life_s),
                "guest_cookie_life_s",
                "-1, or 1 to 31536000 seconds",
            ),
            (
                (1..=1_000_000).contains(&self.guest_sessions_per_minute),
                "guest_sessions_per_minute",
                "1 to 1000000",
            ),
            ((1..=1_000_000).contains(&self.streams_max), "streams_max", "1 to 1000000"),
            ((1..=1000).contains(&self.streams_per_user_max), "streams_per_user_max", "1 to 1000"),
            ((1..=10).contains(&self.tabs_per_agent_max), "tabs_per_agent_max", "1 to 10"),
        ];
        match rules.into_iter().find(|(holds, ..)| !holds) {
            None => Ok(()),
            Some((_, key, expected)) => Err(SettingsError::Web { key, expected }),
        }
    }

    /// Whether a page of this origin may use a server that was asked under this host.
    pub(crate) fn admits(&self, origin: &str, host: &str) -> bool {
        let own = origin.split_once("://").is_some_and(|(_, rest)| rest.eq_ignore_ascii_case(host));
        own || self.origins.iter().any(|listed| listed.eq_ignore_ascii_case(origin))
    }
}

fn is_origin(text: &str) -> bool {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
    host.is_some_and(|host| !host.is_empty() && host.bytes().all(legal))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_admitted_if_it_is_the_servers_own_or_listed() {
        let web = WebSettings { origins: vec!["https://shop.example".to_owned()], ..WebSettings::default() };
        assert!(web.check().is_ok());
        for (origin, admitted) in [
            ("https://shop.example", true),
            ("https://chat.example", true),
            ("http://shop.example", false),
            ("https://shop.example.evil.example", false),
            ("https://evil.example", false),
            ("null", false),
            ("", false),
        ] {
            assert_eq!(web.admits(origin, "chat.example"), admitted, "{origin}");
        }
    }

    /// ID-13, X1
    #[test]
    fn an_origin_with_a_path_and_a_timeout_out_of_range_are_refused() {
        let refused = |web: WebSettings| match web.check() {
            Err(SettingsError::Web { key, .. }) => key,
            _ => "",
        };
        let with = |origin: &str| WebSettings { origins: vec![origin.to_owned()], ..WebSettings::default() };
        assert_eq!(refused(with("https://shop.example/")), "origins");
        assert_eq!(refused(with("*")), "origins");
        for seconds in [299, 1801] {
            let web = WebSettings { guest_session_timeout_s: seconds, ..WebSettings::default() };
            assert_eq!(refused(web), "guest_session_timeout_s");
        }
        assert_eq!(WebSettings::default().guest_session_timeout_s, 1800);
    }

    /// MSG-17, section 17 rule 8
    #[test]
    fn an_agent_has_at_most_ten_tabs_and_an_operator_may_allow_fewer() {
        let legal = |tabs| WebSettings { tabs_per_agent_max: tabs, ..WebSettings::default() }.check().is_ok();
        assert_eq!(WebSettings::default().tabs_per_agent_max, 10);
        assert_eq!([0, 1, 10, 11].map(legal), [false, true, true, false]);
    }
}
