//! A story is a table of what happens to one conversation, a row for each input: `seconds input -> what follows`.
//!
//! Inputs are what people do (`requester`, `ann joins`, `supervisor sam ends`), `tick` (whatever is due fires, as the
//! engine would do it), what the router does (`ann accepts 1.1`, `router ends 1`, `unassign ann`) and the questions
//! `timers`, `state`, `request` and `seen`. What follows are the facts, `-` for none, or `! code` for a refusal. Nothing fires
//! by itself between rows: a row without `tick` shows the rules alone.

mod show;

use crate::channel::{ChannelKind, ChannelSettings, Messages, Mode, Responder};
use crate::contact::Grounds;
use crate::conversation::{
    Command, Context, Conversation, ConversationEvent, Opening, Origin, Policy, Timer, TimerKind, decide,
    evolve, timers,
};
use crate::notice::Texts;
use crate::routing::{OfferId, QueueId, WorkItemId};
use crate::{
    Address, AgentId, AttachmentRules, ChannelId, ContactId, Content, Message, MessageId, Personal,
    Rejection, Seconds, Timestamp, UserId,
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
    opening_to(Responder::LiveAgent, policy, origin, message)
}

fn opening_to(responder: Responder, policy: Policy, origin: Origin, message: Message) -> Command {
    Command::Open(Box::new(Opening {
        contact: ContactId([7; 16]),
        channel: ChannelId::new("channel").unwrap(),
        requester: Personal::new(Address::opaque("requester-1").unwrap()),
        company: Address::opaque("company").unwrap(),
        policy,
        origin,
        responder,
        message,
        user: None,
        opted_out: false,
    }))
}

/// A user of that name.
pub(super) fn user(name: &str) -> UserId {
    UserId::new(name).unwrap()
}

/// One conversation and the rules.
pub(super) struct Teller {
    policy: Policy,
    messages: u128,
    pub(super) state: Option<Conversation>,
    pub(super) texts: Texts,
    pub(super) kind: ChannelKind,
}

impl Teller {
    pub(super) fn new(policy: Policy) -> Self {
        let kind = match policy.mode() {
            Mode::Chat => ChannelKind::Mweb,
            Mode::Messaging => ChannelKind::Sms,
        };
        Self { policy, messages: 0, state: None, texts: Texts::default(), kind }
    }

    /// Gives a command to the rules and applies what follows.
    pub(super) fn give(
        &mut self,
        now: Timestamp,
        command: &Command,
    ) -> Result<Vec<ConversationEvent>, Rejection> {
        let context = Context {
            now,
            messages: &Messages::default(),
            texts: &self.texts,
            kind: Some(self.kind),
            attachments: AttachmentRules::defaults(self.kind),
        };
        let events = decide(self.state.as_ref(), command, context)?;
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
            "timers" => show::list(self.armed().into_iter().map(show::timer)),
            "state" => show::state(self.state.as_ref()),
            "request" => show::request(self.state.as_ref()),
            "seen" => self.state.as_ref().map_or(0, |state| state.seen).to_string(),
            input => match self.attempt(number(seconds), input) {
                Ok(events) => show::list(events.iter().map(show::event)),
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
            ["requester", "to", "bot"] => {
                let origin = Origin::Requester { sent_at: None, redelivered: false };
                opening_to(Responder::VirtualAgent, self.policy.clone(), origin, message)
            }
            ["bot", "posts"] => Command::PostVirtual { message },
            [name, "takes", "over"] => Command::TakeFromVirtual { agent: agent(name) },
            ["bot", "ends"] => Command::EndByVirtualAgent,
            ["requester", "ends"] => Command::EndByRequester,
            ["requester", "asks"] => Command::RequestAgent,
            ["requester", "cancels"] => Command::CancelRequest,
            ["requester", "disconnects"] => Command::Disconnect,
            ["requester", "reconnects"] => Command::Reconnect,
            ["supervisor", name, "ends"] => Command::EndBySupervisor { supervisor: agent(name) },
            ["supervisor", name, "assigns", to] => {
                Command::AssignManually { agent: agent(to), supervisor: agent(name) }
            }
            ["supervisor", name, "transfers", "to", to] => transfer(name, true, to),
            ["router", "ends", item] => Command::EndWait { item: work_item(item), text: text("no agent") },
            ["router", "refuses", item] => Command::Refuse { item: work_item(item), text: text("closed") },
            ["router", "tells", message] => {
                let OfferId { item, number } = offer(message);
                Command::TellWaiting { item, number, text: "please wait".to_owned() }
            }
            ["unassign", name] => Command::Unassign { agent: agent(name) },
            ["requester", "returns", "to", name] => Command::Return { agent: agent(name) },
            ["fault"] => Command::Fault,
            ["opts", way] => Command::ChangeConsent { opted_out: way == "out" },
            [name, "takes", "it", "for", to] => reassociate(to, stated(name, false)),
            ["supervisor", name, "takes", "it", "for", to] => reassociate(to, stated(name, true)),
            ["pin", "of", to] => reassociate(to, Grounds::Pin),
            ["left", "behind"] => Command::LeaveBehind,
            ["superseded", "by", name] => Command::Supersede { agent: agent(name) },
            ["fire", kind, "due", due, "armed", version] => {
                let kind = TimerKind::ALL.into_iter().find(|each| each.name() == kind).unwrap();
                Command::Fire { kind, due: at(number(due)), armed_by: u64::from(number(version)) }
            }
            [name, "opens"] => opening(self.policy.clone(), Origin::Agent(agent(name)), message),
            [name, "joins"] => Command::Join { agent: agent(name) },
            [name, "accepts", of] => accept(name, of, None),
            [name, "accepts", of, "from", owner] => accept(name, of, Some(agent(owner))),
            [name, "transfers", "to", to] => transfer(name, false, to),
            [name, "posts"] => Command::Post { agent: agent(name), message },
            [name, "contributes"] => Command::Contribute { agent: agent(name), message },
            [name, "holds"] => Command::Hold { agent: agent(name) },
            [name, "resumes"] => Command::Resume { agent: agent(name) },
            [name, "sees", version] => {
                Command::MarkSeen { agent: agent(name), up_to: u64::from(number(version)) }
            }
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
}

/// The command with which the engine fires a timer.
pub(super) const fn fire(timer: Timer) -> Command {
    Command::Fire { kind: timer.kind, due: timer.due, armed_by: timer.armed_by }
}

fn accept(name: &str, of: &str, transferred_from: Option<AgentId>) -> Command {
    Command::AssignOffered { agent: agent(name), offer: offer(of), transferred_from, greeting: text("hello") }
}

fn reassociate(to: &str, grounds: Grounds) -> Command {
    Command::Reassociate { user: user(to), grounds }
}

fn stated(by: &str, supervisor: bool) -> Grounds {
    Grounds::Stated { by: agent(by), supervisor, reason: Personal::new("she said so".to_owned()) }
}

fn transfer(by: &str, supervisor: bool, to: &str) -> Command {
    Command::TransferToQueue { by: agent(by), supervisor, queue: QueueId::new(to).unwrap() }
}

/// An offer, or a wait message: work item and number with a dot between.
fn offer(word: &str) -> OfferId {
    let (item, count) = word.split_once('.').unwrap_or_else(|| panic!("not an offer: {word:?}"));
    OfferId { item: work_item(item), number: number(count) }
}

fn work_item(word: &str) -> WorkItemId {
    WorkItemId(number(word).into())
}

fn text(said: &str) -> Option<String> {
    Some(said.to_owned())
}

fn number(word: &str) -> u32 {
    word.parse().unwrap_or_else(|_| panic!("not a number: {word:?}"))
}
