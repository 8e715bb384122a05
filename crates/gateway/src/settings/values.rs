//! Types of single settings: checked when they are read, and silent about themselves where they must be.

use serde::{Deserialize, Serialize, Serializer};
use std::fmt;
use std::path::PathBuf;

const HIDDEN: &str = "(secret)";

/// An address to listen on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Listen {
    /// Host and port.
    Tcp(String),
    /// A socket in the file system.
    Unix(PathBuf),
}

/// SHA-256 of an API key. Not shown either: it is as good as the key to somebody who can guess.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct KeyDigest([u8; 32]);

impl TryFrom<String> for Listen {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.strip_prefix("unix:") {
            Some("") => Err("expected a path behind `unix:`"),
            Some(path) => Ok(Self::Unix(path.into())),
            None => {
                let port = text.rsplit_once(':').and_then(|(_, port)| port.parse::<u16>().ok());
                port.map(|_| Self::Tcp(text)).ok_or("expected an address with a port, or `unix:` and a path")
            }
        }
    }
}

impl From<Listen> for String {
    fn from(listen: Listen) -> Self {
        listen.to_string()
    }
}

impl fmt::Display for Listen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => f.write_str(address),
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

impl KeyDigest {
    /// The digest's bytes.
    pub(crate) const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl TryFrom<String> for KeyDigest {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        const EXPECTED: &str = "expected a SHA-256 digest: 64 digits in hex";
        let digits: Option<Vec<u32>> = text.chars().map(|c| c.to_digit(16)).collect();
        let digits = digits.filter(|digits| digits.len() == 64).ok_or(EXPECTED)?;
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = u8::try_from(pair[0] * 16 + pair[1]).map_err(|_| EXPECTED)?;
        }
        Ok(Self(bytes))
    }
}

impl fmt::Debug for KeyDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}

impl Serialize for KeyDigest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(HIDDEN)
    }
}

/// Roles by their names. The engine's own role is not one that anybody may have.
pub(super) mod role {
    use domain::Role;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(crate) fn serialize<S: Serializer>(role: &Role, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(role.name())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Role, D::Error> {
        let name = String::deserialize(deserializer)?;
        Role::parse(&name)
            .filter(|role| *role != Role::System)
            .ok_or_else(|| D::Error::custom("expected gateway, requester, agent, supervisor or admin"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listen_address_is_host_and_port_or_a_socket_path() {
        let parse = |text: &str| Listen::try_from(text.to_owned());
        assert_eq!(parse("[::1]:0"), Ok(Listen::Tcp("[::1]:0".to_owned())));
        assert_eq!(parse("unix:/tmp/a").map(String::from), Ok("unix:/tmp/a".to_owned()));
        for illegal in ["", "localhost", "localhost:http", "127.0.0.1:70800", "unix:"] {
            assert!(parse(illegal).is_err(), "{illegal}");
        }
    }

    #[test]
    fn a_digest_is_64_hex_digits() {
        let parse = |text: &str| KeyDigest::try_from(text.to_owned());
        assert_eq!(parse(&"0F".repeat(32)).unwrap().bytes(), &[15; 32]);
        for illegal in ["", "0f", &"0g".repeat(32), &"0f".repeat(33)] {
            assert!(parse(illegal).is_err(), "{illegal}");
        }
    }
}
