//! Requesters who move between portals (`OMN-4`) and addresses that get another holder (`ID-9`): what of that is one record,
//! what a crash in between leaves, and what is hidden from whom.

use crate::support::{tell, tell_with};
use domain::channel::{ChannelKind, ChannelSettings, Mode, Portals, Proactive};
use domain::contact::Grounds;
use domain::conversation::StateReason;
use domain::{Content, ConversationId, Personal, Principal, Role, Seconds, UserId};
use engine::{AgentInitiated, Error, Request};
use sim::{Harness, Kill, Note, Pair, Setup, Step};
use uuid::Uuid;

fn with(portals: Portals) -> impl Fn(&mut Setup) {
    move |setup| {
        let channels = &mut setup.configuration.as_mut().unwrap().channels;
        let web = channels.values_mut().find(|settings| settings.kind == ChannelKind::Mweb);
        web.unwrap().portals = portals;
    }
}

/// One requester, through the portal of this number.
fn portal(number: u8) -> Pair {
    Pair::web(1, number)
}

async fn writes(harness: &Harness, through: u8, id: &str) -> Result<(ConversationId, bool), Error> {
    let accepted = harness.inbound(&portal(through), Note::new("hello").id(id)).await?;
    Ok((accepted.conversation, accepted.duplicate))
}

async fn reason(harness: &Harness, id: ConversationId) -> Option<StateReason> {
    harness.state(id).await.unwrap().closing.map(|(_, reason)| reason)
}

/// How many of a conversation's events are not for the requester, and how many it has.
async fn hidden(harness: &Harness, id: ConversationId) -> (u64, u64) {
    let state = harness.state(id).await.unwrap();
    (harness.engine.hidden_events(state.contact, id).await.unwrap(), state.version)
}

/// OMN-4
#[test]
fn shared_portals_lead_to_one_conversation_and_independent_ones_to_two() {
    for (portals, shared) in [(Portals::Shared, true), (Portals::Independent, false)] {
        tell_with(with(portals), async |harness| {
            let first = writes(harness, 0, "a").await.unwrap().0;
            let second = writes(harness, 1, "b").await.unwrap().0;
            assert_eq!(first == second, shared);
            assert_eq!(writes(harness, 0, "c").await.unwrap().0, first);
            assert_eq!(hidden(harness, first).await.0, 0);
        });
    }
}

/// OMN-4, L6: the other portal's conversation closes and is hidden in the record in which the new one opens; a message that
/// is delivered again moves nobody back.
#[test]
fn who_enters_another_portal_leaves_everything_behind_in_one_record() {
    tell_with(with(Portals::SkipHistory), async |harness| {
        let old = writes(harness, 0, "a").await.unwrap().0;
        let new = writes(harness, 1, "b").await.unwrap().0;
        assert_eq!(reason(harness, old).await, Some(StateReason::Superseded));
        let (gone, of) = hidden(harness, old).await;
        assert_eq!((gone, hidden(harness, new).await.0), (of, 0));
        assert_eq!(writes(harness, 0, "a").await.unwrap(), (old, true));
        assert_eq!(reason(harness, new).await, None);
    });
}

/// OMN-4: back to an agent's conversation is two records. Whatever dies around them, the message comes once and the
/// requester is where they went.
#[test]
fn a_crash_around_a_move_to_an_open_conversation_loses_and_doubles_nothing() {
    for (commit, step) in [
        (1, Step::BeforeCommit),
        (1, Step::AfterCommitBeforeReply),
        (2, Step::BeforeCommit),
        (2, Step::AfterCommitBeforeReply),
    ] {
        tell_with(with(Portals::SkipHistory), async |harness| {
            let held = writes(harness, 0, "a").await.unwrap().0;
            harness.join(held, "ann").await.unwrap();
            let left = writes(harness, 1, "b").await.unwrap().0;
            assert_eq!(reason(harness, held).await, None, "ann has it");
            harness.log.kill_at(Kill { commit, step });
            let died = writes(harness, 0, "c").await;
            assert!(matches!(died, Err(Error::Store(_))), "{died:?}");
            harness.restart(Seconds(1), None).await.unwrap();
            assert_eq!(writes(harness, 0, "c").await.unwrap().0, held);
            assert_eq!(reason(harness, left).await, Some(StateReason::Superseded));
            assert_eq!(harness.state(held).await.unwrap().messages.requester, 2);
            let (gone, of) = hidden(harness, held).await;
            assert_eq!(of - gone, 1, "the message");
        });
    }
}

/// OMN-4, PRO-9: who answers an agent at another portal sees what they answer, and loses nothing where they were.
#[test]
fn an_answer_to_an_agent_who_wrote_first_at_another_portal_is_no_move() {
    let setup = |setup: &mut Setup| {
        let channels = &mut setup.configuration.as_mut().unwrap().channels;
        let web = channels.get_mut(&portal(0).channel).unwrap();
        *web = ChannelSettings::defaults(ChannelKind::Mweb, Mode::Messaging);
        (web.portals, web.proactive) = (Portals::SkipHistory, Proactive::ANYBODY);
    };
    tell_with(setup, async |harness| {
        let there = writes(harness, 0, "a").await.unwrap().0;
        let through = portal(1);
        let written = harness.engine.contribute(&through.channel, by_bob(&through), request()).await.unwrap();
        assert_eq!(writes(harness, 1, "b").await.unwrap().0, written.conversation);
        assert_eq!(hidden(harness, written.conversation).await.0, 0);
        assert_eq!((hidden(harness, there).await.0, reason(harness, there).await), (0, None));
        // Who goes on to a third portal leaves both behind.
        let third = writes(harness, 2, "c").await.unwrap().0;
        assert_eq!(hidden(harness, third).await.0, 0);
        for left in [there, written.conversation] {
            let (gone, of) = hidden(harness, left).await;
            assert_eq!(gone, of);
        }
    });
}

/// Bob writes first, to a requester whom he only knows by where they are.
fn by_bob(through: &Pair) -> AgentInitiated {
    AgentInitiated {
        agent: domain::AgentId::new("bob").unwrap(),
        to: Personal::new(through.requester.clone()),
        from: through.company.clone(),
        content: Content::text_only("I am here too.").unwrap(),
        user: None,
        take_over: false,
    }
}

/// ID-9, PRO-4: the earlier holder's conversation is hidden, and the first message to the new one is not.
#[test]
fn what_was_said_before_a_number_was_taken_over_is_hidden() {
    tell(async |harness| {
        let pair = Pair::sms(1, 0);
        let mut opened = Vec::new();
        for user in ["ada", "bea"] {
            let first = AgentInitiated {
                agent: domain::AgentId::new("ann").unwrap(),
                to: Personal::new(pair.requester.clone()),
                from: pair.company.clone(),
                content: Content::text_only("It is Ann.").unwrap(),
                user: Some(UserId::new(user).unwrap()),
                take_over: true,
            };
            let begun = harness.engine.contribute(&pair.channel, first, request()).await.unwrap();
            opened.push(begun.conversation);
        }
        let (gone, of) = hidden(harness, opened[0]).await;
        assert_eq!((gone, hidden(harness, opened[1]).await.0), (of, 0));
    });
}

/// ID-9: in the conversation that goes on, what comes after is for the new holder; a guest who becomes known keeps all.
#[test]
fn what_was_said_before_another_user_was_recognised_is_hidden() {
    tell(async |harness| {
        let pair = Pair::sms(1, 0);
        let id = harness.inbound(&pair, "hello").await.unwrap().conversation;
        harness.join(id, "ann").await.unwrap();
        let mut expected = 0;
        for user in ["ada", "bea", "ada"] {
            harness.post(id, "ann", "who is there?").await.unwrap();
            let user = UserId::new(user).unwrap();
            harness.engine.reassociate(id, user, Grounds::Pin, request()).await.unwrap();
            let (gone, of) = hidden(harness, id).await;
            assert_eq!(gone, expected);
            // What was said until the next one comes, and that fact itself.
            expected = of + 2;
        }
    });
}

/// PRO-2, OMN-4: an agent who may not write first may still write into what goes on, also through another portal that
/// shares it; and that makes no address of one that the company does not have.
#[test]
fn an_agent_who_may_not_write_first_writes_into_a_shared_conversation() {
    for known in [true, false] {
        let setup = |setup: &mut Setup| {
            with(Portals::Shared)(setup);
            let channels = &mut setup.configuration.as_mut().unwrap().channels;
            let web = channels.get_mut(&portal(0).channel).unwrap();
            web.proactive.active = false;
            web.addresses = (0..=u8::from(known)).map(|number| portal(number).company).collect();
        };
        tell_with(setup, async |harness| {
            let id = writes(harness, 0, "a").await.unwrap().0;
            harness.join(id, "ann").await.unwrap();
            let through = portal(1);
            let written = harness.engine.contribute(&through.channel, by_bob(&through), request()).await;
            match written {
                Ok(accepted) => assert_eq!((accepted.conversation, known), (id, true)),
                Err(error) => assert_eq!((error.code(), known), (Error::UnknownCompanyAddress.code(), false)),
            }
        });
    }
}

fn request() -> Request {
    let principal = Principal { role: Role::Supervisor, name: "sue".to_owned() };
    Request { principal, correlation: Uuid::nil(), command: None }
}
