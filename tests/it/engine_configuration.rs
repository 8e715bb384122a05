//! What a change of the configuration does to what is running, and what it does not.

use crate::support::{tell, tell_with};
use domain::channel::Mode;
use domain::configuration::Apply;
use domain::{Address, ChannelId, Rejection, Seconds};
use engine::Error;
use sim::{Pair, configuration};

fn web() -> ChannelId {
    ChannelId::new(Pair::WEB).unwrap()
}

/// Design, aggregates: a file seeds an empty store; starting never overrides.
#[test]
fn a_seed_never_overrides_what_is_configured() {
    tell(async |harness| {
        let before = harness.engine.configuration();
        assert_eq!(before.channels, configuration(Mode::Chat).channels);
        harness.setup.configuration = Some(configuration(Mode::Messaging));
        harness.restart(Seconds(1), None).await.unwrap();
        assert_eq!(harness.engine.configuration(), before);
        assert_eq!(harness.configure(&configuration(Mode::Messaging)).await.unwrap(), 1);
        harness.setup.configuration = Some(configuration(Mode::Chat));
        harness.restart(Seconds(1), None).await.unwrap();
        assert_eq!(harness.engine.configuration().channels, configuration(Mode::Messaging).channels);
    });
}

/// CH-5
#[test]
fn a_conversation_keeps_the_mode_in_which_it_was_opened() {
    tell(async |harness| {
        let old = harness.inbound(&Pair::web(1, 0), "hello").await.unwrap().conversation;
        harness.configure(&configuration(Mode::Messaging)).await.unwrap();
        harness.restart(Seconds(1), None).await.unwrap();
        let new = harness.inbound(&Pair::web(2, 0), "hello too").await.unwrap().conversation;
        for id in [old, new] {
            harness.join(id, "ann").await.unwrap();
        }
        assert_eq!(harness.state(old).await.unwrap().policy.mode(), Mode::Chat);
        assert_eq!(harness.state(new).await.unwrap().policy.mode(), Mode::Messaging);
        harness.advance(Seconds(600)).await.unwrap();
        assert_eq!(harness.story(old).await.unwrap()[3..], ["idle_reminder_sent", "closed"]);
        assert_eq!(harness.story(new).await.unwrap().len(), 3, "messaging has no idle clock");
    });
}

/// IDLE-2: the text of the reminder is changeable at run time, also for conversations that are open.
#[test]
fn the_text_in_force_when_a_timer_fires_is_what_is_said() {
    tell(async |harness| {
        let id = harness.inbound(&Pair::web(1, 0), "hello").await.unwrap().conversation;
        harness.join(id, "ann").await.unwrap();
        let mut wanted = configuration(Mode::Chat);
        wanted.channels.get_mut(&web()).unwrap().messages.idle_chat_reminder_message = "Hello?".to_owned();
        harness.configure(&wanted).await.unwrap();
        harness.advance(Seconds(180)).await.unwrap();
        assert_eq!(harness.events(id).await.unwrap()[3].data()["requester_text"], "Hello?");
    });
}

/// IDLE-6
#[test]
fn an_illegal_configuration_changes_nothing() {
    tell(async |harness| {
        let before = harness.engine.configuration();
        let mut wanted = configuration(Mode::Messaging);
        wanted.channels.get_mut(&web()).unwrap().idle_chat.reminder_timeout = Seconds(1);
        let refused = harness.configure(&wanted).await;
        assert!(matches!(refused, Err(Error::Rejected(Rejection::BadConfiguration(_)))), "{refused:?}");
        assert_eq!(harness.engine.configuration(), before);
    });
}

#[test]
fn a_message_on_no_channel_or_to_no_address_of_the_company_is_refused() {
    tell_with(
        |setup| {
            let mut seed = configuration(Mode::Chat);
            let desk = Address::opaque("desk-0").unwrap();
            seed.channels.get_mut(&web()).unwrap().addresses.insert(desk);
            setup.configuration = Some(seed);
        },
        async |harness| {
            harness.inbound(&Pair::web(1, 0), "hello").await.unwrap();
            let elsewhere = harness.inbound(&Pair::web(1, 1), "hello").await;
            assert!(matches!(elsewhere, Err(Error::UnknownCompanyAddress)), "{elsewhere:?}");
            let nowhere = Pair { channel: ChannelId::new("fax").unwrap(), ..Pair::web(1, 0) };
            let nowhere = harness.inbound(&nowhere, "hello").await;
            assert!(matches!(nowhere, Err(Error::UnknownChannel)), "{nowhere:?}");
        },
    );
}

/// PRO-1: nobody can be called into a chat.
#[test]
fn an_agent_cannot_write_first_in_a_chat() {
    tell(async |harness| {
        let refused = harness.contribute(&Pair::web(1, 0), "ann", "hello").await;
        assert!(matches!(refused, Err(Error::Rejected(Rejection::ChatNotAgentInitiated))), "{refused:?}");
    });
}

/// What `ChannelRetired` says: it takes no new conversations; open ones go on.
#[test]
fn the_open_conversations_of_a_retired_channel_go_on() {
    tell(async |harness| {
        let pair = Pair::web(1, 0);
        let id = harness.inbound(&pair, "hello").await.unwrap().conversation;
        let mut channels = configuration(Mode::Chat).channels;
        channels.remove(&web());
        harness.configure(&Apply { channels, ..Apply::default() }).await.unwrap();
        let refused = harness.inbound(&Pair::web(2, 0), "hello").await;
        assert!(matches!(refused, Err(Error::UnknownChannel)), "{refused:?}");
        harness.join(id, "ann").await.unwrap();
        assert_eq!(harness.inbound(&pair, "still there?").await.unwrap().conversation, id);
    });
}
