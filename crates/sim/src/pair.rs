//! Who writes to whom: fictional requesters and company addresses.

use domain::{Address, ChannelId};
use std::fmt;

/// A requester and an address of the company, on one channel.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pair {
    /// The channel.
    pub channel: ChannelId,
    /// The requester's address.
    pub requester: Address,
    /// The company's address.
    pub company: Address,
}

impl Pair {
    /// The channel of text messages.
    pub const SMS: &'static str = "sms";
    /// The channel of the web client.
    pub const WEB: &'static str = "web";

    /// A requester, of 90, who writes text messages to one of 10 numbers of the company.
    pub fn sms(requester: u8, company: u8) -> Self {
        let number = |last: u8| Address::e164(&format!("+12025550{}", 100 + u16::from(last)));
        Self {
            channel: channel(Self::SMS),
            requester: number(requester % 90).expect("it is a phone number"),
            company: number(90 + company % 10).expect("it is a phone number"),
        }
    }

    /// A guest of the web client at one of the company's desks.
    pub fn web(requester: u8, company: u8) -> Self {
        let name = |text: String| Address::opaque(&text).expect("it has no blanks");
        Self {
            channel: channel(Self::WEB),
            requester: name(format!("guest-{requester}")),
            company: name(format!("desk-{company}")),
        }
    }
}

impl fmt::Display for Pair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.channel, self.requester.as_str(), self.company.as_str())
    }
}

/// A channel's name that is known to be legal.
pub(crate) fn channel(name: &str) -> ChannelId {
    ChannelId::new(name).expect("the name is legal")
}
