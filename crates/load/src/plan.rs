//! What a run is to do, and the checks that keep it from doing harm.

use crate::{Error, bounds, chance::Chance, schedule::Schedule};
use reqwest::Url;
use std::{collections::BTreeMap, fmt, net::IpAddr, path::PathBuf, time::Duration};

/// A secret that authorises requests. It prints nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// Takes the text of a token.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(token)")
    }
}

/// What a run is to do. [`Plan::new`] fills in what a small local run wants; the rest is changed field by field.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Where the server is, such as `http://127.0.0.1:7080`.
    pub base_url: String,
    /// Whether the server may be another machine. Tokens then travel unencrypted: there is no TLS here.
    pub allow_remote: bool,
    /// A token of the role gateway.
    pub gateway_token: Token,
    /// The agents by name, each with a token of the role agent. Without agents nobody answers.
    pub agents: BTreeMap<String, Token>,
    /// The channel that the messages come in on.
    pub channel: String,
    /// The company's address on the channel.
    pub company: String,
    /// Messages of requesters per second, on average.
    pub rate_per_s: f64,
    /// How long messages arrive.
    pub duration_s: u64,
    /// How many requesters there are; each message comes from one of them.
    pub requesters: u32,
    /// Decides all times and choices.
    pub seed: u64,
    /// What is new in this run: with the seed and a counter it makes ids that no earlier run has used.
    pub nonce: String,
    /// Requests at the same time. A message that finds all of them taken waits, and is measured with its wait.
    pub connections_max: usize,
    /// How probable it is that a message is sent twice with the same id.
    pub duplicate_probability: f64,
    /// How probable it is that an agent answers a message.
    pub reply_probability: f64,
    /// How probable it is that the agent ends the conversation after the answer.
    pub end_probability: f64,
    /// How often one request is sent, in all, before it counts as unacknowledged.
    pub attempts_max: u32,
    /// How long one attempt may take.
    pub request_timeout: Duration,
    /// How long answers and retries may go on after the last arrival; then the run ends regardless.
    pub grace: Duration,
    /// Whether the run ends with reading back what was acknowledged.
    pub verify: bool,
    /// Where every acknowledgement is appended while the run goes on.
    pub ledger: Option<PathBuf>,
}

impl Plan {
    /// A plan of ten messages per second for half a minute. The nonce must be new for each run against one store.
    pub fn new(base_url: &str, gateway_token: Token, channel: &str, company: &str, nonce: &str) -> Self {
        Self {
            base_url: base_url.to_owned(),
            allow_remote: false,
            gateway_token,
            agents: BTreeMap::new(),
            channel: channel.to_owned(),
            company: company.to_owned(),
            rate_per_s: 10.0,
            duration_s: 30,
            requesters: 100,
            seed: 1,
            nonce: nonce.to_owned(),
            connections_max: 64,
            duplicate_probability: 0.02,
            reply_probability: 0.3,
            end_probability: 0.1,
            attempts_max: 5,
            request_timeout: Duration::from_secs(10),
            grace: Duration::from_secs(30),
            verify: true,
            ledger: None,
        }
    }

    /// Refuses what makes no sense or has no bound; returns the parsed address.
    pub(crate) fn check(&self) -> Result<Url, Error> {
        let wrong = |what| Err(Error::Plan(what));
        if !(self.rate_per_s.is_finite() && self.rate_per_s > 0.0) || self.duration_s == 0 {
            return wrong("the rate and the duration must be above 0");
        }
        if self.rate_per_s * self.duration_s as f64 > bounds::MESSAGES_MAX {
            return wrong("rate times duration is more than 5 million messages");
        }
        if !(1..=bounds::REQUESTERS_MAX).contains(&self.requesters) {
            return wrong("there must be 1 to 10 million requesters");
        }
        if !(1..=bounds::CONNECTIONS_MAX).contains(&self.connections_max) {
            return wrong("connections_max must be 1 to 10000");
        }
        if !(1..=bounds::ATTEMPTS_MAX).contains(&self.attempts_max) {
            return wrong("attempts_max must be 1 to 20");
        }
        let probabilities = [self.duplicate_probability, self.reply_probability, self.end_probability];
        if !probabilities.iter().all(|p| (0.0..=1.0).contains(p)) {
            return wrong("a probability must be 0 to 1");
        }
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if !(1..=48).contains(&self.nonce.len()) || !self.nonce.chars().all(plain) {
            return wrong("the nonce must be 1 to 48 letters, digits, hyphens or underscores");
        }
        if self.request_timeout.is_zero() || self.request_timeout.max(self.grace) > bounds::LATENCY_MAX {
            return wrong("request_timeout must be above 0, and it and grace at most an hour");
        }
        if self.channel.is_empty() || self.company.is_empty() {
            return wrong("the channel and the company's address must not be empty");
        }
        address(&self.base_url, self.allow_remote)
    }

    pub(crate) fn planned(&self) -> u64 {
        Schedule::new(self).count() as u64
    }

    /// The id of a message at its provider.
    pub(crate) fn message_key(&self, number: u64) -> String {
        format!("load-{}-{:x}-{number}", self.nonce, self.seed)
    }

    /// The agent who looks after a requester: always the same, as conversations have one agent at a time.
    pub(crate) fn agent_of(&self, requester: u32) -> Option<(&str, &Token)> {
        let count = u32::try_from(self.agents.len()).unwrap_or(u32::MAX);
        // Drawn, not counted off, so that neighbouring requesters do not share an agent by rule.
        let index = Chance::new(self.seed, 3 + u64::from(requester)).below(count);
        self.agents.iter().nth(index as usize).map(|(name, token)| (name.as_str(), token))
    }
}

/// A fictional phone number: 999 is no area code, so nobody is ever called by accident.
pub(crate) fn phone(requester: u32) -> String {
    format!("+1999{requester:07}")
}

/// Parses the address of a server. Load goes to this machine unless it was said aloud that it may go elsewhere.
pub(crate) fn address(base_url: &str, allow_remote: bool) -> Result<Url, Error> {
    let url = Url::parse(base_url).map_err(|_| Error::Url("it is not a URL"))?;
    if url.scheme() != "http" {
        return Err(Error::Url("only http is spoken here, without TLS"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Error::Url("it carries a name or a password; tokens go elsewhere"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(Error::Url("it has a query or a fragment"));
    }
    let host = url.host_str().ok_or(Error::Url("it has no host"))?;
    let ip: Option<IpAddr> = host.trim_start_matches('[').trim_end_matches(']').parse().ok();
    // A name other than localhost may resolve to anything by the time it is used.
    if allow_remote || host == "localhost" || ip.is_some_and(|ip| ip.is_loopback()) {
        return Ok(url);
    }
    Err(Error::Remote { host: host.to_owned() })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn plan(base_url: &str) -> Plan {
        let mut plan = Plan::new(base_url, Token::new("gateway-secret"), "sms", "+12025550100", "test");
        plan.agents = ["ada", "bo"].map(|name| (name.to_owned(), Token::new("agent-secret"))).into();
        plan
    }

    #[test]
    fn only_this_machine_is_loaded_unless_the_plan_allows_more() {
        let here =
            ["http://127.0.0.1:7080", "http://127.9.9.9/", "http://[::1]:80", "http://localhost:1/prefix"];
        for url in here {
            assert!(address(url, false).is_ok(), "{url}");
        }
        let elsewhere =
            ["http://example.com", "http://10.0.0.1", "http://[::2]", "http://localhost.example.com"];
        for url in elsewhere {
            assert!(matches!(address(url, false), Err(Error::Remote { .. })), "{url}");
            assert!(address(url, true).is_ok(), "{url}");
        }
        for url in
            ["https://127.0.0.1", "http://me:pw@127.0.0.1", "127.0.0.1:7080", "http://127.0.0.1/?a", ""]
        {
            assert!(matches!(address(url, true), Err(Error::Url(_))), "{url}");
        }
    }

    #[test]
    fn a_plan_without_bounds_is_refused() {
        let sound = plan("http://127.0.0.1:1");
        assert!(sound.check().is_ok());
        let changes: [fn(&mut Plan); 8] = [
            |plan| plan.rate_per_s = 0.0,
            |plan| plan.rate_per_s = f64::NAN,
            |plan| plan.duration_s = u64::MAX,
            |plan| plan.requesters = 0,
            |plan| plan.connections_max = 0,
            |plan| plan.attempts_max = 0,
            |plan| plan.end_probability = 1.5,
            |plan| plan.nonce = "a b".to_owned(),
        ];
        for change in changes {
            let mut plan = sound.clone();
            change(&mut plan);
            assert!(matches!(plan.check(), Err(Error::Plan(_))), "{plan:?}");
        }
    }

    #[test]
    fn a_plan_prints_no_token() {
        assert!(!format!("{:?}", plan("http://127.0.0.1:1")).contains("secret"));
    }

    #[test]
    fn a_requester_has_one_number_and_one_agent_and_ids_do_not_repeat_between_runs() {
        let plan = plan("http://127.0.0.1:1");
        assert_eq!(phone(42), "+19990000042");
        assert_eq!(plan.agent_of(5), plan.agent_of(5));
        let other = Plan { nonce: "again".to_owned(), ..plan.clone() };
        assert_ne!(plan.message_key(1), other.message_key(1));
        assert_ne!(plan.message_key(1), plan.message_key(2));
        assert_eq!(Plan { agents: BTreeMap::new(), ..plan }.agent_of(5), None);
    }
}
