//! Who sees what, and that reading later shows what was told at once. Everybody here is invented.

use super::{Audience, Fact, Place, Published, Timeline};
use domain::channel::{ChannelKind, ChannelSettings, Mode};
use domain::contact::ContactEvent;
use domain::conversation::{ClosedBy, ClosedState, ConversationEvent, StateReason, Unassignment};
use domain::{
    Address, AgentId, Cause, ChannelId, ContactId, Content, ConversationId, Event, Message, MessageId,
    Personal, Principal, Role, Timestamp,
};
use std::sync::Arc;
use store::{Append, EventLog, Identity, MemoryLog, Outcome, PartitionId, Record, StreamId};
use uuid::Uuid;

const ANN: &str = "ann";
const BOB: &str = "bob";

fn agent(name: &str) -> AgentId {
    AgentId::new(name).unwrap()
}

fn opened(contact: u8) -> ConversationEvent {
    ConversationEvent::Opened {
        contact: ContactId([contact; 16]),
        channel: ChannelId::new("web").unwrap(),
        requester: Personal::new(Address::opaque("guest").unwrap()),
        company: Address::opaque("us").unwrap(),
        policy: ChannelSettings::defaults(ChannelKind::Mweb, Mode::Chat).policy(),
        by_agent: None,
        user: None,
    }
}

fn hello(language: Option<&str>) -> Message {
    let context = language.map(|tag| ("language".to_owned(), Personal::new(tag.to_owned())));
    let content = Content::new("Hello".to_owned(), Vec::new(), context.into_iter().collect());
    Message { id: MessageId(Uuid::from_u128(1)), content: content.unwrap() }
}

fn said_in(language: Option<&str>) -> ConversationEvent {
    let message = hello(language);
    ConversationEvent::RequesterMessagePosted { message, sent_at: None, counts_from: Timestamp(0) }
}

fn said() -> ConversationEvent {
    said_in(None)
}

fn joined(name: &str, assigned: bool) -> ConversationEvent {
    ConversationEvent::AgentJoined { agent: agent(name), assigned, offer: None, greeting: None }
}

fn closed() -> ConversationEvent {
    let (state, reason) = (ClosedState::Complete, StateReason::UserEnded);
    ConversationEvent::Closed { state, reason, by: ClosedBy::Requester, requester_text: None }
}

struct World {
    log: Arc<MemoryLog>,
    view: Timeline,
    told: Vec<Fact>,
}

impl World {
    fn new(partitions: u16) -> Self {
        let log = Arc::new(MemoryLog::new(Identity { partitions, key: [7; 32] }));
        let view = Timeline::open(Arc::<MemoryLog>::clone(&log)).unwrap();
        Self { log, view, told: Vec::new() }
    }

    fn id(&self, number: u16) -> ConversationId {
        ConversationId::new(number % self.log.identity().partitions, 1_700_000_000_000, number.into())
    }

    /// Commits facts of one conversation as one record, and folds them.
    fn commit(&mut self, number: u16, events: Vec<ConversationEvent>) {
        let id = self.id(number);
        let stream = StreamId(id.to_bytes());
        let cause = Cause {
            principal: Principal { role: Role::System, name: "test".to_owned() },
            causation: None,
            correlation: Uuid::nil(),
        };
        let encode = |event| {
            let (at, cause, event) = (Timestamp(0), cause.clone(), Event::Conversation(event));
            codec::encode(&codec::Envelope { at, cause, event })
        };
        let expected = self.log.version(stream).unwrap();
        let append = Append { stream, expected, events: events.into_iter().map(encode).collect() };
        let record = Record {
            partition: PartitionId(id.partition()),
            at_ms: 0,
            appends: vec![append],
            claims: Vec::new(),
            command: None,
            timers: Vec::new(),
        };
        assert!(matches!(self.log.commit(&[record]).unwrap()[..], [Outcome::Stored(_)]));
        let told = &mut self.told;
        let mut publish = |published: Vec<Published>| {
            told.extend(published.into_iter().filter_map(|each| match each {
                Published::Fact(fact) => Some(*fact),
                Published::Work { .. } | Published::Presence { .. } => None,
            }));
        };
        self.view.catch_up(&mut publish).unwrap();
    }

    /// Commits a fact of a contact, in the partition of the conversation with this number.
    fn contact(&mut self, number: u16, contact: u8, event: ContactEvent) {
        let stream = StreamId([contact; 16]);
        let cause = Cause {
            principal: Principal { role: Role::System, name: "test".to_owned() },
            causation: None,
            correlation: Uuid::nil(),
        };
        let bytes = codec::encode(&codec::Envelope { at: Timestamp(0), cause, event: Event::Contact(event) });
        let expected = self.log.version(stream).unwrap();
        let record = Record {
            partition: PartitionId(self.id(number).partition()),
            at_ms: 0,
            appends: vec![Append { stream, expected, events: vec![bytes] }],
            claims: Vec::new(),
            command: None,
            timers: Vec::new(),
        };
        assert!(matches!(self.log.commit(&[record]).unwrap()[..], [Outcome::Stored(_)]));
        self.view.catch_up(&mut |_| {}).unwrap();
    }

    /// All that somebody reads, in pages of two.
    fn read(&self, audience: &Audience) -> Vec<(ConversationId, u64)> {
        let mut all = Vec::new();
        for partition in 0..self.log.identity().partitions {
            let mut from = Place::default();
            loop {
                let page = self.view.page(audience, partition, from, 2).unwrap();
                all.extend(page.facts.iter().map(|fact| (fact.conversation, fact.version)));
                from = page.next;
                if !page.more {
                    break;
                }
            }
        }
        all
    }

    /// All that they were told, by partition.
    fn heard(&self, audience: &Audience) -> Vec<(ConversationId, u64)> {
        let concerns = |fact: &&Fact| match audience {
            Audience::Contact(contact) => fact.scene.contact == *contact,
            Audience::Agent(agent) => fact.agents.contains(agent),
            Audience::All => true,
        };
        let mut heard: Vec<_> = self.told.iter().filter(concerns).collect();
        heard.sort_by_key(|fact| (fact.partition, fact.place));
        heard.iter().map(|fact| (fact.conversation, fact.version)).collect()
    }
}

fn story(world: &mut World) {
    world.commit(1, vec![opened(1), said()]);
    world.commit(2, vec![opened(2), said()]);
    world.commit(1, vec![joined(ANN, true)]);
    world.commit(1, vec![said()]);
    world.commit(2, vec![joined(ANN, true), joined(BOB, false)]);
    // Ann loses it to the queue, hears that, and nothing more.
    let why = Unassignment::Reassigned;
    world.commit(1, vec![said(), ConversationEvent::Unassigned { agent: agent(ANN), why }]);
    world.commit(1, vec![joined(BOB, true)]);
    world.commit(1, vec![said(), closed()]);
    world.commit(2, vec![said()]);
}

#[test]
fn what_is_read_later_is_what_was_told_at_once_and_concerns_whoever_reads_it() {
    for partitions in [1, 3] {
        let mut world = World::new(partitions);
        story(&mut world);
        let [one, two] = [1, 2].map(|number| world.id(number));
        let contacts = [1, 2].map(|contact| Audience::Contact(ContactId([contact; 16])));
        let agents = [ANN, BOB].map(|name| Audience::Agent(agent(name)));
        for audience in contacts.iter().chain(&agents).chain([&Audience::All]) {
            assert_eq!(world.read(audience), world.heard(audience), "{audience:?}");
        }
        let versions = |audience: &Audience, id| -> Vec<u64> {
            world.read(audience).into_iter().filter(|(of, _)| *of == id).map(|(_, version)| version).collect()
        };
        assert_eq!(versions(&contacts[0], one), (1..=9).collect::<Vec<_>>());
        assert_eq!(versions(&contacts[0], two), [0; 0], "nobody hears of others");
        assert_eq!(versions(&agents[0], one), [3, 4, 5, 6], "from the coming on to the going");
        assert_eq!(versions(&agents[1], one), [7, 8, 9]);
        assert_eq!(versions(&agents[1], two), [4, 5]);
        assert_eq!(world.view.open_of(ContactId([1; 16])).unwrap(), []);
        assert_eq!(world.view.open_of(ContactId([2; 16])).unwrap(), [two]);
        let scene = world.view.scene(two).unwrap().unwrap();
        assert_eq!((scene.owner, scene.agents), (Some(agent(ANN)), [agent(ANN), agent(BOB)].into()));
    }
}

/// ID-9: a requester who comes later reads from where they took another one's place, and who works reads everything.
#[test]
fn another_holder_reads_nothing_of_before() {
    for partitions in [1, 3] {
        let mut world = World::new(partitions);
        world.commit(1, vec![opened(1), said()]);
        world.commit(1, vec![joined(ANN, true)]);
        let (requester, agent) = (Audience::Contact(ContactId([1; 16])), Audience::Agent(agent(ANN)));
        world.contact(1, 1, ContactEvent::ProfileDeactivated { profile: 1, by: AgentId::new(ANN).unwrap() });
        assert_eq!(world.read(&requester), []);
        world.commit(1, vec![said(), closed()]);
        let one = world.id(1);
        assert_eq!(world.read(&requester), [(one, 4), (one, 5)]);
        assert_eq!(world.read(&agent), [(one, 3), (one, 4), (one, 5)]);
        assert_eq!(world.read(&Audience::All).len(), 5);
        world.log.tables().clear(super::TABLE).unwrap();
        world.view = Timeline::open(Arc::<MemoryLog>::clone(&world.log)).unwrap();
        world.view.catch_up(&mut |_| {}).unwrap();
        assert_eq!(world.read(&requester), [(one, 4), (one, 5)], "also when it is rebuilt");
    }
}

/// PRO-9: what an agent writes first says the language until the requester says another one.
#[test]
fn a_scene_keeps_the_language_of_the_first_message_until_the_requester_says_another() {
    let mut world = World::new(1);
    let by_agent =
        |tag| ConversationEvent::AgentMessagePosted { agent: agent(ANN), message: hello(Some(tag)) };
    for (fact, expected) in [
        (opened(1), None),
        (by_agent("de"), Some("de")),
        (by_agent("fr"), Some("de")),
        (said(), Some("de")),
        (said_in(Some("it")), Some("it")),
        (by_agent("de"), Some("it")),
    ] {
        world.commit(1, vec![fact]);
        let scene = world.view.scene(world.id(1)).unwrap().unwrap();
        assert_eq!(scene.language.as_deref(), expected);
    }
}

/// L4: another instance over the same rows goes on, and one without rows comes to the same.
#[test]
fn a_timeline_goes_on_where_its_rows_are_and_is_rebuilt_where_there_are_none() {
    let mut world = World::new(3);
    story(&mut world);
    let before = world.read(&Audience::Agent(agent(BOB)));
    world.view = Timeline::open(Arc::<MemoryLog>::clone(&world.log)).unwrap();
    assert_eq!(world.view.catch_up(&mut |_| {}).unwrap(), 0);
    assert_eq!(world.read(&Audience::Agent(agent(BOB))), before);
    world.log.tables().clear(super::TABLE).unwrap();
    world.view = Timeline::open(Arc::<MemoryLog>::clone(&world.log)).unwrap();
    assert_eq!(world.read(&Audience::All), [], "nothing that is not folded in is shown");
    assert_eq!(world.view.catch_up(&mut |_| {}).unwrap(), 9);
    assert_eq!(world.read(&Audience::Agent(agent(BOB))), before);
}
