//! A story is a table of what happens to one conversation, a row for each input: `seconds input -> what follows`.
//!
//! Inputs are what people do (`requester`, `ann joins`, `supervisor sam ends`), `tick` (whatever is due fires, as the
//! engine would do it) and the questions `timers` and `state`. What follows are the facts, `-` for none, or
//! `! code` for a refusal. Nothing fires by itself between rows: a row without `tick` shows the rules alone.

use crate::channel::{ChannelKind, ChannelSettings, Messages, Mode};
use crate::conversation::{
    ClosedBy, Command, Context, Conversation, ConversationEvent, Opening, Origin, Owner, Policy, ResumedBy,
    Timer, TimerKind, decide, evolve, timers,
};
use crate::{
    Address, AgentId, ChannelId, ContactId, Content, Message, MessageId, Personal, Rejection, Seconds,
    Timestamp,
};

/// Tells the story and compares what follows with what the table says. The whole tables are compared, so that a
/// failure shows where the story took another turn.
pub(super) fn check(policy: &Policy, table: &str) {
    let rows: Vec<(&str, &str)> = table
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(|line| line.split_once("->").unwrap_or_else(|| panic!("a row needs an arrow: {line}")))
        .map(|(given, then)| (given.trim(), then.trim()))
        .collect();
    assert!(!rows.is_empty(), "a story without rows shows nothing");
    let mut teller = Teller::new(policy.clone());
    let told: Vec<String> = rows.iter().map(|(given, _)| show(given, &teller.row(given))).collect();
    let expected: Vec<String> = rows.iter().map(|(given, then)| show(given, then)).collect();
    assert_eq!(told, expected, "\ntold:\n{}\nexpected:\n{}\n", told.join("\n"), expected.join("\n"));
}

fn show(given: &str, then: &str) -> String {
    let words: Vec<&str> = given.split_whitespace().collect();
    format!("{} -> {then}", words.join(" "))
}

/// A chat with the documented defaults, changed as the test wants it.
pub(super) fn chat(change: impl FnOnce(&mut ChannelSettings)) -> Policy {
    let mut settings = ChannelSettings::defaults(ChannelKind::Mweb, Mode::Chat);
    change(&mut settings);
    settings.policy()
}

/// A messaging channel with the documented defaults, changed as the test wants it.
pub(super) fn messaging(change: impl FnOnce(&mut ChannelSettings)) -> Policy {
    let mut settings = ChannelSettings::defaults(ChannelKind::Sms, Mode::Messaging);
    change(&mut settings);
    settings.policy()
}

/// A point of the story's time.
pub(super) const fn at(seconds: u32) -> Timestamp {
    Timestamp(0).plus(Seconds(seconds))
}

/// An agent of that name.
pub(super) fn agent(name: &str) -> AgentId {
    AgentId::new(name).unwrap()
}

/// A message with that number.
pub(super) fn message(number: u128) -> Message {
    Message { id: MessageId(uuid::Uuid::from_u128(number)), content: Content::text_only("hello").unwrap() }
}

/// How a conversation of the stories begins.
pub(super) fn opening(policy: Policy, origin: Origin, message: Message) -> Command {
    Command::Open(Box::new(Opening {
        contact: ContactId([7; 16]),
        channel: ChannelId::new("channel").unwrap(),
        requester: Personal::new(Address::opaque("requester-1").unwrap()),
        company: Address::opaque("company").unwrap(),
        policy,
        origin,
        message,
    }))
}

/// One conversation and the rules.
pub(super) struct Teller {
    policy: Policy,
    messages: u128,
    pub(super) state: Option<Conversation>,
}

impl Teller {
    pub(super) fn new(policy: Policy) -> Self {
        Self { policy, messages: 0, state: None }
    }

    /// Gives a command to the rules and applies what follows.
    pub(super) fn give(
        &mut self,
        now: Timestamp,
        command: &Command,
    ) -> Result<Vec<ConversationEvent>, Rejection> {
        let texts = Messages::default();
        let events = decide(self.state.as_ref(), command, Context { now, messages: &texts })?;
        self.state = events.iter().fold(self.state.take(), |state, event| evolve(state, now, event));
        Ok(events)
    }

    /// Fires what is due, one after the other, and looks anew each time at what is armed.
    pub(super) fn tick(&mut self, now: Timestamp) -> Vec<ConversationEvent> {
        let mut fired = Vec::new();
        while let Some(timer) = self.armed().into_iter().find(|timer| timer.due <= now) {
            let events = self.give(now, &fire(timer)).unwrap();
            assert!(!events.is_empty(), "an armed timer that is due does something: {timer:?}");
            fired.extend(events);
            assert!(fired.len() <= TimerKind::ALL.len(), "timers fire for ever: {fired:?}");
        }
        fired
    }

    /// The timers that are armed.
    pub(super) fn armed(&self) -> Vec<Timer> {
        self.state.as_ref().map(timers).unwrap_or_default()
    }

    /// Gives the input of a row, such as `ann joins`; what follows, or why it is refused.
    pub(super) fn attempt(&mut self, seconds: u32, input: &str) -> Result<Vec<ConversationEvent>, Rejection> {
        let words: Vec<&str> = input.split_whitespace().collect();
        if words == ["tick"] {
            return Ok(self.tick(at(seconds)));
        }
        let command = self.command(&words);
        self.give(at(seconds), &command)
    }

    /// The same for an input that must be accepted.
    pub(super) fn tell(&mut self, seconds: u32, input: &str) -> Vec<ConversationEvent> {
        self.attempt(seconds, input).unwrap_or_else(|rejection| panic!("{input}: {rejection}"))
    }

    fn row(&mut self, row: &str) -> String {
        let (seconds, input) = row.split_once(' ').unwrap_or_else(|| panic!("a row has an input: {row}"));
        match input.trim() {
            "timers" => list(self.armed().into_iter().map(show_timer)),
            "state" => self.show_state(),
            input => match self.attempt(number(seconds), input) {
                Ok(events) => list(events.iter().map(show_event)),
                Err(rejection) => format!("! {}", rejection.code()),
            },
        }
    }

    fn command(&mut self, words: &[&str]) -> Command {
        self.messages += 1;
        let message = message(self.messages);
        match *words {
            ["requester"] => self.requester(message, None, false),
            ["requester", "claims", sent] => self.requester(message, Some(at(number(sent))), false),
            ["requester", "redelivered", sent] => self.requester(message, Some(at(number(sent))), true),
            ["requester", "ends"] => Command::EndByRequester,
            ["supervisor", name, "ends"] => Command::EndBySupervisor { supervisor: agent(name) },
            ["fault"] => Command::Fault,
            ["fire", kind, "due", due, "armed", version] => {
                let kind = TimerKind::ALL.into_iter().find(|each| each.name() == kind).unwrap();
                Command::Fire { kind, due: at(number(due)), armed_by: u64::from(number(version)) }
            }
            [name, "opens"] => opening(self.policy.clone(), Origin::Agent(agent(name)), message),
            [name, "joins"] => Command::Join { agent: agent(name) },
            [name, "posts"] => Command::Post { agent: agent(name), message },
            [name, "contributes"] => Command::Contribute { agent: agent(name), message },
            [name, "holds"] => Command::Hold { agent: agent(name) },
            [name, "resumes"] => Command::Resume { agent: agent(name) },
            [name, "ends"] => Command::EndByAgent { agent: agent(name) },
            _ => panic!("no such input: {words:?}"),
        }
    }

    fn requester(&self, message: Message, sent_at: Option<Timestamp>, redelivered: bool) -> Command {
        if self.state.is_some() {
            return Command::Receive { message, sent_at, redelivered };
        }
        opening(self.policy.clone(), Origin::Requester { sent_at, redelivered }, message)
    }

    fn show_state(&self) -> String {
        let Some(state) = &self.state else { return "none".to_owned() };
        let owner = match &state.owner {
            Owner::Queue => "queue".to_owned(),
            Owner::Agent(agent) => agent.to_string(),
        };
        let participants: Vec<String> = state.participants.iter().map(ToString::to_string).collect();
        format!("{} of {owner} with [{}]", state.lifecycle.name(), participants.join(" "))
    }
}

/// The command with which the engine fires a timer.
pub(super) const fn fire(timer: Timer) -> Command {
    Command::Fire { kind: timer.kind, due: timer.due, armed_by: timer.armed_by }
}

fn number(word: &str) -> u32 {
    word.parse().unwrap_or_else(|_| panic!("not a number: {word:?}"))
}

fn list(items: impl Iterator<Item = String>) -> String {
    let items: Vec<String> = items.collect();
    if items.is_empty() { "-".to_owned() } else { items.join(", ") }
}

fn show_timer(timer: Timer) -> String {
    format!("{} at {}", timer.kind.name(), seconds(timer.due))
}

fn show_event(event: &ConversationEvent) -> String {
    match event {
        ConversationEvent::Opened { by_agent, .. } => {
            by_agent.as_ref().map_or("opened".to_owned(), |agent| format!("opened by {agent}"))
        }
        ConversationEvent::RequesterMessagePosted { counts_from, .. } => {
            format!("message of {}", seconds(*counts_from))
        }
        ConversationEvent::AgentJoined { agent, assigned } => {
            format!("{agent} {}", if *assigned { "assigned" } else { "added" })
        }
        ConversationEvent::AgentMessagePosted { agent, .. } => format!("{agent} wrote"),
        ConversationEvent::Held { agent } => format!("held by {agent}"),
        ConversationEvent::Resumed { by: ResumedBy::Agent(agent) } => format!("resumed by {agent}"),
        ConversationEvent::Resumed { by: ResumedBy::RequesterMessage } => "resumed".to_owned(),
        ConversationEvent::IdleReminderSent { due, .. } => format!("reminder due {}", seconds(*due)),
        ConversationEvent::AgentPrompted { due, agent, .. } => {
            format!("{agent} prompted due {}", seconds(*due))
        }
        ConversationEvent::Closed { state, reason, by, .. } => {
            format!("{}/{} by {}", state.name(), reason.name(), show_closer(by))
        }
    }
}

fn show_closer(by: &ClosedBy) -> String {
    match by {
        ClosedBy::Requester => "requester".to_owned(),
        ClosedBy::Agent(agent) => agent.to_string(),
        ClosedBy::Supervisor(agent) => format!("supervisor {agent}"),
        ClosedBy::Timer { kind, due } => format!("{} due {}", kind.name(), seconds(*due)),
        ClosedBy::Engine => "engine".to_owned(),
    }
}

fn seconds(at: Timestamp) -> i64 {
    assert_eq!(at.0 % 1000, 0, "the stories happen at whole seconds");
    at.0 / 1000
}
