//! Recorded traffic: one conversation a line, played as one sequence of messages.

use crate::Error;
use domain::{Address, AgentId, Content, Timestamp};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::io::BufRead;

/// Messages in the order in which they are played: by time, then by id.
#[derive(Debug)]
pub struct History {
    /// In that order.
    pub moments: Vec<Moment>,
}

/// One recorded message.
#[derive(Clone, Debug)]
pub struct Moment {
    /// When it was written.
    pub at: Timestamp,
    /// Its id with the provider; unique, unless the very same message was recorded twice.
    pub id: u64,
    /// Who wrote it.
    pub side: Side,
    /// The requester's address.
    pub requester: Address,
    /// The company's address.
    pub company: Address,
    /// What it says.
    pub content: Content,
}

/// Who wrote a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Side {
    /// The requester.
    Requester,
    /// The company's agent.
    Agent(AgentId),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    #[serde(rename = "conversation")]
    _conversation: String,
    requester: String,
    company: String,
    company_number: String,
    messages: Vec<Recorded>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Recorded {
    id: String,
    at: String,
    from: From,
    text: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum From {
    Requester,
    Agent,
}

impl History {
    /// Reads lines of JSON. Blank lines are passed over.
    ///
    /// # Errors
    /// [`Error::BadLine`] names the first line that is wrong, [`Error::Empty`] if there is no message.
    pub fn read(input: impl BufRead) -> Result<Self, Error> {
        let mut moments = Vec::new();
        let mut seen: BTreeMap<u64, Moment> = BTreeMap::new();
        for (index, line) in input.split(b'\n').enumerate() {
            let bad = |what: String| Error::BadLine { line: index + 1, what };
            let bytes = line?;
            let text = std::str::from_utf8(&bytes).map_err(|_| bad("it is not UTF-8".to_owned()))?;
            if text.trim().is_empty() {
                continue;
            }
            let line: Line = serde_json::from_str(text).map_err(|error| bad(describe(&error)))?;
            for moment in line.moments().map_err(bad)? {
                match seen.get(&moment.id) {
                    Some(earlier) if !earlier.is_same(&moment) => {
                        return Err(bad(format!(
                            "message id {} stands for another message already",
                            moment.id
                        )));
                    }
                    Some(_) => {}
                    None => drop(seen.insert(moment.id, moment.clone())),
                }
                moments.push(moment);
            }
        }
        if moments.is_empty() {
            return Err(Error::Empty);
        }
        moments.sort_by_key(|moment| (moment.at, moment.id));
        Ok(Self { moments })
    }
}

impl Line {
    fn moments(self) -> Result<Vec<Moment>, String> {
        let number = |key: &str, text: &str| {
            Address::e164(text)
                .map_err(|_| format!("{key} is not a phone number in E.164, such as +12025550123"))
        };
        let requester = number("requester", &self.requester)?;
        let company = number("company_number", &self.company_number)?;
        let agent = agent(&self.company);
        let moment = |(index, recorded): (usize, Recorded)| {
            let bad = |what: &str| format!("messages[{index}]: {what}");
            Ok(Moment {
                at: codec::json::parse_timestamp(&recorded.at)
                    .ok_or_else(|| bad("at is not a time in RFC 3339, such as 2017-10-31T22:10:47Z"))?,
                id: recorded.id.parse().map_err(|_| bad("id is not a whole number"))?,
                side: match recorded.from {
                    From::Requester => Side::Requester,
                    From::Agent => Side::Agent(agent.clone()),
                },
                requester: requester.clone(),
                company: company.clone(),
                content: Content::text_only(&recorded.text).map_err(|error| bad(&error.to_string()))?,
            })
        };
        self.messages.into_iter().enumerate().map(moment).collect()
    }
}

impl Moment {
    fn is_same(&self, other: &Self) -> bool {
        (self.at, &self.side, &self.requester, &self.company, &self.content)
            == (other.at, &other.side, &other.requester, &other.company, &other.content)
    }
}

/// One agent answers for each company; a name may hold what an agent's id may not.
fn agent(company: &str) -> AgentId {
    let legal = |c: char| if c.is_ascii_alphanumeric() || ".-_@".contains(c) { c } else { '-' };
    let name: String = company.chars().map(legal).take(64).collect();
    // The name is legal by now, unless it was empty.
    #[expect(clippy::expect_used, reason = "see above")]
    AgentId::new(&name).or_else(|_| AgentId::new("agent")).expect("a legal name")
}

/// What serde says, without its line number: that is always 1 here. It can quote a value of the wrong type, which is
/// the reader's own file.
fn describe(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let cut = text.rfind(" at line ").unwrap_or(text.len());
    format!("{} (column {})", &text[..cut], error.column())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{"conversation":"1","requester":"+12025550101","company":"acme","company_number":"+12025550199","messages":[{"id":"2","at":"2017-10-31T22:10:47Z","from":"requester","text":"hi"}]}"#;

    fn complaint(text: &str) -> String {
        History::read(text.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn a_bad_line_is_named_by_its_number_and_what_is_wrong() {
        for (wrong, right, expected) in [
            ("", r#""requester":"+12025550101","#, "line 2: missing field `requester`"),
            (
                r#""requester":"2025550101","#,
                r#""requester":"+12025550101","#,
                "line 2: requester is not a phone number",
            ),
            (
                r#""at":"yesterday""#,
                r#""at":"2017-10-31T22:10:47Z""#,
                "line 2: messages[0]: at is not a time",
            ),
            (r#""from":"bot""#, r#""from":"requester""#, "line 2: unknown variant `bot`"),
            (r#""id":"x""#, r#""id":"2""#, "line 2: messages[0]: id is not a whole number"),
            (r#""text":" ""#, r#""text":"hi""#, "line 2: messages[0]: a message needs a text"),
            (r#""text":5"#, r#""text":"hi""#, "line 2: invalid type"),
            (r#""text":"other""#, r#""text":"hi""#, "line 2: message id 2 stands for another message"),
            ("[", "[{", "line 2: "),
        ] {
            let said = complaint(&format!("{GOOD}\n{}\n", GOOD.replace(right, wrong)));
            assert!(said.starts_with(expected), "{said}");
        }
        assert_eq!(complaint("\n \n"), "there is no message to play");
    }

    #[test]
    fn messages_are_played_by_time_and_then_by_number() {
        let line = |id: &str, at: &str| GOOD.replace(r#""id":"2""#, id).replace("22:10:47Z", at);
        let text = [
            line(r#""id":"10""#, "22:10:47Z"),
            line(r#""id":"9""#, "22:10:47Z"),
            line(r#""id":"11""#, "22:10:46Z"),
        ];
        let history = History::read(text.join("\n").as_bytes()).unwrap();
        let ids: Vec<u64> = history.moments.iter().map(|moment| moment.id).collect();
        assert_eq!(ids, [11, 9, 10]);
    }
}
