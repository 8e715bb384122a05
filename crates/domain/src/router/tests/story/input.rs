//! The words of a row, as commands.

use super::super::super::{Command, ErrandKind, Fact, Subject, UnassignedWhy, Variables, What};
use super::{Story, agent, channel, mode_of, presence, queue, reason};
use crate::channel::{ChannelKind, Mode};
use crate::routing::{OfferId, Routing, WorkItemId};
use crate::{Address, AgentId, ChannelId, ContactId, ConversationId, Personal, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// Who is in the story.
#[derive(Default)]
pub(super) struct Cast {
    conversations: BTreeMap<String, Subject>,
    /// Which version of the configuration's presence states there are.
    states: BTreeSet<String>,
}

impl Cast {
    pub(super) fn meet(&mut self, routing: &Routing) {
        self.states.extend(routing.presence.keys().map(ToString::to_string));
    }

    /// The conversation of that name; each has a requester of its own unless it is said whose it is.
    fn conversation(&mut self, name: &str, contact: Option<&str>) -> Subject {
        let number: u8 = (self.conversations.len() + 1).try_into().unwrap();
        let of = |contact: &str| {
            let mut bytes = [0; 16];
            bytes.iter_mut().zip(contact.bytes()).for_each(|(place, byte)| *place = byte);
            ContactId(bytes)
        };
        let mode = mode_of(name);
        let (kind, place) = match mode {
            Mode::Chat => (ChannelKind::Mweb, "web"),
            Mode::Messaging => (ChannelKind::Sms, "sms"),
        };
        let fresh = || Subject {
            conversation: ConversationId::new(0, 0, number.into()),
            contact: of(contact.unwrap_or(name)),
            channel: ChannelId::new(place).unwrap(),
            kind: Some(kind),
            mode,
            company: Address::opaque("company").unwrap(),
        };
        self.conversations.entry(name.to_owned()).or_insert_with(fresh).clone()
    }

    pub(super) fn subject(&self, id: ConversationId) -> &Subject {
        self.conversations.values().find(|subject| subject.conversation == id).unwrap()
    }

    /// The name of a conversation.
    pub(super) fn name(&self, id: ConversationId) -> &str {
        self.conversations.iter().find(|(_, subject)| subject.conversation == id).unwrap().0
    }
}

impl Story {
    pub(in super::super) fn command(&mut self, words: &[&str], now: Timestamp) -> Command {
        match *words {
            ["tick" | "wake"] => Command::Tick,
            [ref names @ .., "ask"] => {
                let facts = names.iter().map(|name| self.asked(name, &[], now)).collect();
                self.facts(facts)
            }
            [name, "asks", ref variables @ ..] => {
                let fact = self.asked(name, variables, now);
                self.facts(vec![fact])
            }
            [name, "writes", ref said @ ..] => {
                self.did(name, What::Wrote { variables: variables(said) }, now)
            }
            [name, "cancels"] => self.did(name, What::Cancelled, now),
            [name, "closes"] => self.did(name, What::Closed, now),
            [name, "held"] => self.did(name, What::HoldChanged { on_hold: true }, now),
            [name, "resumed"] => self.did(name, What::HoldChanged { on_hold: false }, now),
            [name, "joined", "by", who] => {
                let subject = Box::new(self.cast.conversation(name, None));
                self.did(name, What::Assigned { agent: agent(who), offer: None, subject }, now)
            }
            [name, "assigned", "to", who, "by", offer] => {
                let (item, number) = offer.split_once('.').unwrap();
                let offer = Some(OfferId { item: self::item(item), number: number.parse().unwrap() });
                let subject = Box::new(self.cast.conversation(name, None));
                self.did(name, What::Assigned { agent: agent(who), offer, subject }, now)
            }
            [name, "handed", "by", who, "to", to] => {
                self.unassigned(name, who, UnassignedWhy::ToQueue(queue(to)), now)
            }
            [name, "taken", "off", who] => self.unassigned(name, who, UnassignedWhy::ByAction, now),
            [name, "reassigned", "off", who] => self.unassigned(name, who, UnassignedWhy::Reassigned, now),
            ["run", number, kind] => self.ran(number, kind, true),
            ["refuse", number, kind] => self.ran(number, kind, false),
            _ => self.by_agent(words),
        }
    }

    fn by_agent(&mut self, words: &[&str]) -> Command {
        match *words {
            [who, "accepts", number] => Command::Accept { item: item(number), agent: agent(who) },
            [who, "rejects", number] => {
                Command::Reject { item: item(number), agent: agent(who), reason: None }
            }
            [who, "rejects", number, why] => {
                Command::Reject { item: item(number), agent: agent(who), reason: Some(reason(why)) }
            }
            [who, "transfers", name, "to", to] => Command::Transfer {
                conversation: self.cast.conversation(name, None).conversation,
                from: agent(who),
                to: agent(to),
            },
            [who, "keeps", name] => Command::CancelTransfer {
                conversation: self.cast.conversation(name, None).conversation,
                from: agent(who),
            },
            [who, "lost"] => self.appears(who, None, None, false),
            [who, "back"] => self.appears(who, None, None, true),
            [who, "switches", "off", ref off @ ..] => {
                let off = off.iter().map(|name| channel(name)).collect();
                self.appears(who, None, Some(off), true)
            }
            [who, state] if self.cast.states.contains(state) || state == "nowhere" => {
                self.appears(who, Some(state), None, true)
            }
            _ => panic!("no such input: {words:?}"),
        }
    }

    fn asked(&mut self, name: &str, said: &[&str], now: Timestamp) -> Fact {
        let set = |key: &str| said.iter().find_map(|word| word.strip_prefix(key));
        let subject = Box::new(self.cast.conversation(name, set("contact=")));
        let at = set("at=").map_or(now, |seconds| super::at(seconds.parse().unwrap()));
        let conversation = subject.conversation;
        Fact { conversation, at, what: What::Asked { subject, variables: variables(said) } }
    }

    fn did(&mut self, name: &str, what: What, now: Timestamp) -> Command {
        let subject = self.cast.conversation(name, None);
        self.fact(subject.conversation, what, now)
    }

    fn unassigned(&mut self, name: &str, who: &str, why: UnassignedWhy, now: Timestamp) -> Command {
        let subject = Box::new(self.cast.conversation(name, None));
        let variables = Variables::new();
        self.did(name, What::Unassigned { agent: agent(who), why, subject, variables }, now)
    }

    /// The conversation's answer to an errand; what the conversation did is not told by itself.
    fn ran(&self, number: &str, kind: &str, taken: bool) -> Command {
        let kind = ErrandKind::ALL.into_iter().find(|each| each.name() == kind).unwrap();
        Command::Ran { item: item(number), kind, taken }
    }

    fn appears(
        &self,
        who: &str,
        state: Option<&str>,
        switched_off: Option<BTreeSet<crate::routing::ServiceChannelId>>,
        connected: bool,
    ) -> Command {
        let who: AgentId = agent(who);
        let as_before = || self.folded.agents[&who].presence.clone();
        let state = state.map_or_else(as_before, presence);
        Command::SetPresence { agent: who, state, switched_off, connected }
    }
}

/// A work item by its number.
pub(super) fn item(number: &str) -> WorkItemId {
    WorkItemId::parse(number).unwrap_or_else(|| panic!("not a work item: {number}"))
}

/// What the requester's side says: every `name=value`. A `+` in a value is a blank.
fn variables(said: &[&str]) -> Variables {
    let pairs = said.iter().map(|word| word.split_once('=').unwrap_or_else(|| panic!("not a=b: {word}")));
    let own = pairs.filter(|(name, _)| !["contact", "at"].contains(name));
    own.map(|(name, value)| (name.to_owned(), Personal::new(value.replace('+', " ")))).collect()
}
