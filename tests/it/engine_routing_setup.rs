//! The configuration of routing in a running engine: changes of many records, crashes in between, and two at once.

use crate::support::tell;
use domain::channel::Mode;
use domain::configuration::{Apply, Change, ConfigurationEvent, decide_change};
use domain::routing::{
    Agent, AssignmentRule, Entry, EntryKey, Group, GroupId, Pool, Queue, QueueId, Routing, RuleId,
    ServiceChannel, ServiceChannelId, ServiceKind, validate,
};
use domain::{AgentId, Cause, Event, Principal, Rejection, Role, Seconds};
use engine::keys::CONFIGURATION_STREAM;
use engine::{Error, StartError};
use futures_util::future::{join, join_all};
use sim::{FaultyLog, Harness, Kill, Setup, Step, configuration};
use std::sync::Arc;
use store::{Append, EventLog as _, Identity, MemoryLog, PartitionId, Record};
use uuid::Uuid;

fn chat() -> ServiceChannelId {
    ServiceChannelId::new("chat").unwrap()
}

fn queue(name: &str) -> QueueId {
    QueueId::new(name).unwrap()
}

fn group() -> GroupId {
    GroupId::new("team").unwrap()
}

fn agent(number: usize) -> AgentId {
    AgentId::new(&format!("agent-{number:04}")).unwrap()
}

/// A group and a queue that name each other, a queue that overflows into it, and so many agents.
fn routing(agents: usize) -> Routing {
    let mut routing = Routing::default();
    let rule = RuleId::new("push").unwrap();
    let pool = Pool { groups: [group()].into(), rule: rule.clone(), eligible_at: Seconds(0) };
    let support = Queue { pools: vec![pool], ..Queue::defaults(chat()) };
    let busy = Queue { overflow_queue: Some(queue("support")), ..support.clone() };
    routing.service_channels.insert(chat(), ServiceChannel::defaults(ServiceKind::Chat));
    routing.rules.insert(rule, AssignmentRule::default());
    routing.groups.insert(group(), Group { queue_order: [(queue("support"), 1)].into(), ..Group::default() });
    routing.queues = [(queue("support"), support), (queue("busy"), busy)].into();
    let one = Agent { groups: [group()].into(), ..Agent::default() };
    routing.agents = (0..agents).map(|number| (agent(number), one.clone())).collect();
    routing
}

fn retired(number: usize) -> Change {
    Change::Put(Entry::Agent(agent(number), Agent { active: false, ..Agent::default() }))
}

fn with(routing: Routing) -> Apply {
    Apply { routing: Some(routing), ..configuration(Mode::Chat) }
}

/// X1: what is larger than a record becomes several, and is all in force afterwards.
#[test]
fn five_thousand_agents_come_and_go_in_a_few_records() {
    tell(async |harness| {
        let (many, none) = (with(routing(5000)), with(Routing::default()));
        let before = harness.log.commits();
        let facts = harness.configure(&many).await.unwrap();
        let records = harness.log.commits() - before;
        assert!((2..50).contains(&records), "{records} records");
        assert!(facts > 5000, "{facts} facts");
        assert_eq!(Some(&harness.engine.configuration().routing), many.routing.as_ref());
        assert_eq!(harness.configure(&many).await.unwrap(), 0, "it is in force already");
        harness.restart(Seconds(1), None).await.unwrap();
        assert_eq!(Some(&harness.engine.configuration().routing), many.routing.as_ref());
        harness.configure(&none).await.unwrap();
        assert_eq!(harness.engine.configuration().routing, Routing::default());
    });
}

/// Design, partitions: a record is stored whole or not at all, and several are stored one after the other. Wherever it
/// stops, what is there is legal, and the same again leads on to what was wanted.
#[test]
fn a_crash_between_two_records_leaves_a_legal_configuration_that_can_be_completed() {
    for step in [Step::BeforeCommit, Step::AfterCommitBeforeReply] {
        for (from, to) in [(0, 1200), (1200, 0)] {
            tell(async |harness| {
                let wanted = with(if to == 0 { Routing::default() } else { routing(to) });
                let mut crashes = 0;
                if from > 0 {
                    harness.configure(&with(routing(from))).await.unwrap();
                }
                // Each life is killed over its second record, so that it gets one record further at least.
                loop {
                    harness.log.kill_at(Kill { commit: 2, step });
                    let done = harness.configure(&wanted).await;
                    harness.restart(Seconds(1), None).await.unwrap();
                    let routing = harness.engine.configuration().routing.clone();
                    assert_eq!(validate(&routing), []);
                    match done {
                        Ok(_) => break,
                        Err(error) => assert!(matches!(error, Error::Store(_)), "{error}"),
                    }
                    crashes += 1;
                }
                assert!(crashes > 0, "it fitted into one record");
                assert_eq!(Some(&harness.engine.configuration().routing), wanted.routing.as_ref());
                assert_eq!(harness.configure(&wanted).await.unwrap(), 0);
            });
        }
    }
}

/// Design, aggregates: a file seeds an empty store, all of it however often the process dies; then it never overrides.
#[test]
fn a_seed_that_a_crash_interrupted_is_completed_and_one_that_was_complete_is_not_repeated() {
    engine::block_on(Box::pin(async {
        let store = Arc::new(MemoryLog::new(Identity { partitions: 1, key: [7; 32] }));
        let whole = with(routing(1200));
        let setup = |seed: &Apply| Setup { configuration: Some(seed.clone()), ..Setup::default() };
        let mut crashes = 0;
        let seeded = loop {
            let dying = Arc::new(FaultyLog::new(Arc::<MemoryLog>::clone(&store)));
            // The note that the engine started, one record of the seed, and then no more.
            dying.kill_at(Kill { commit: 3, step: Step::BeforeCommit });
            match Harness::start_on(dying, setup(&whole)).await {
                Ok(harness) => break harness,
                Err(error) => assert!(matches!(error, StartError::Store(_)), "{error}"),
            }
            crashes += 1;
        };
        assert!(crashes > 0, "it fitted into one record");
        let configuration = seeded.engine.configuration();
        assert_eq!(configuration.channels, whole.channels);
        assert_eq!(Some(&configuration.routing), whole.routing.as_ref());
        seeded.engine.drain().await;
        let later = Harness::start_on(store, setup(&with(routing(3000)))).await.unwrap();
        assert_eq!(later.engine.configuration(), configuration);
        later.engine.drain().await;
    }));
}

/// The second of two changes is decided on what the first one made.
#[test]
fn two_changes_at_once_of_different_entries_both_land() {
    tell(async |harness| {
        harness.configure(&with(routing(10))).await.unwrap();
        let (one, another) = (retired(1), retired(2));
        harness.log.hold();
        let both = join(harness.change(&one), harness.change(&another));
        let (both, ()) = join(both, async { harness.log.release() }).await;
        assert_eq!((both.0.unwrap(), both.1.unwrap()), (true, true));
        let agents = harness.engine.configuration().routing.agents.clone();
        let inactive = |number| !agents[&agent(number)].active;
        assert_eq!((0..4).map(inactive).collect::<Vec<_>>(), [false, true, true, false]);
        harness.restart(Seconds(1), None).await.unwrap();
        assert_eq!(harness.engine.configuration().routing.agents, agents);
    });
}

/// The same with a change of many records: neither is lost, whichever comes first.
#[test]
fn small_changes_beside_a_large_one_are_all_in_force_afterwards() {
    tell(async |harness| {
        harness.configure(&with(routing(10))).await.unwrap();
        let mut wanted = routing(3000);
        for number in 0..4 {
            wanted.agents.insert(agent(number), Agent { active: false, ..Agent::default() });
        }
        let wanted = with(wanted);
        let changes: Vec<Change> = (0..4).map(retired).collect();
        let small = join_all(changes.iter().map(|change| harness.change(change)));
        let (large, small) = join(harness.configure(&wanted), small).await;
        assert!(large.unwrap() >= 2990);
        assert!(small.into_iter().all(|changed| changed.is_ok()));
        assert_eq!(Some(&harness.engine.configuration().routing), wanted.routing.as_ref());
    });
}

/// L2: a change is refused that goes by less than the log has, and is decided anew on all of it.
#[test]
fn a_change_that_the_log_knows_and_the_engine_does_not_is_taken_in() {
    tell(async |harness| {
        harness.configure(&with(routing(10))).await.unwrap();
        let known = harness.engine.configuration();
        let events = decide_change(&known, &retired(1)).unwrap();
        let at = harness.now();
        let principal = Principal { role: Role::Admin, name: "admin".to_owned() };
        let cause = Cause { principal, causation: None, correlation: Uuid::nil() };
        let encode = |event: &ConfigurationEvent| {
            codec::encode(&codec::Envelope {
                at,
                cause: cause.clone(),
                event: Event::Configuration(event.clone()),
            })
        };
        let append = Append {
            stream: CONFIGURATION_STREAM,
            expected: known.version,
            events: events.iter().map(encode).collect(),
        };
        let record = Record {
            partition: PartitionId(0),
            at_ms: at.0,
            appends: vec![append],
            claims: Vec::new(),
            command: None,
            timers: Vec::new(),
        };
        harness.log.commit(&[record]).unwrap();
        assert_eq!(harness.engine.configuration(), known, "nobody told it");
        assert!(harness.change(&retired(2)).await.unwrap());
        let latest = harness.engine.configuration();
        assert_eq!(latest.version, known.version + 2);
        assert!(!latest.routing.agents[&agent(1)].active && !latest.routing.agents[&agent(2)].active);
    });
}

/// What is referred to stays, and what is not there cannot be taken away.
#[test]
fn a_change_that_the_rules_refuse_changes_nothing() {
    tell(async |harness| {
        harness.configure(&with(routing(1))).await.unwrap();
        let before = harness.engine.configuration();
        let remove = |key| Change::Remove(key);
        let refused = harness.change(&remove(EntryKey::ServiceChannel(chat()))).await;
        let Err(Error::Rejected(Rejection::BadConfiguration(problems))) = refused else {
            panic!("{refused:?}")
        };
        assert_eq!(
            problems[0].to_string(),
            "queues.busy: service_channel must be one that exists; there is no chat"
        );
        let unknown = harness.change(&remove(EntryKey::Queue(queue("fax")))).await;
        assert!(matches!(unknown, Err(Error::Rejected(Rejection::EntryUnknown))), "{unknown:?}");
        let same = Change::Put(Entry::Agent(agent(0), before.routing.agents[&agent(0)].clone()));
        assert!(!harness.change(&same).await.unwrap(), "it is so already");
        assert_eq!(harness.engine.configuration(), before);
        assert!(harness.change(&remove(EntryKey::Agent(agent(0)))).await.unwrap());
        assert!(harness.engine.configuration().routing.agents.is_empty());
    });
}
