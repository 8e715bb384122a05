//! L6: a command that was accepted once gets the same answer again and makes no event, whatever happens meanwhile.

use crate::support::{census, tell};
use engine::{Accepted, Error};
use futures_util::future::join_all;
use sim::{Deed, Note, Pair};

/// L6, MSG-25
#[test]
fn one_message_delivered_three_times_at_once_is_one_message() {
    tell(async |harness| {
        let (pair, note) = (Pair::sms(1, 0), Note::new("hello").id("m1"));
        let answers = join_all([(); 3].map(|()| harness.inbound(&pair, note.clone()))).await;
        let answers: Vec<Accepted> = answers.into_iter().map(Result::unwrap).collect();
        assert_eq!(answers.iter().filter(|answer| !answer.duplicate).count(), 1, "{answers:?}");
        let same = |answer: &Accepted| Accepted { duplicate: false, ..*answer } == first(&answers);
        assert!(answers.iter().all(same), "{answers:?}");
        let story = harness.story(answers[0].conversation).await.unwrap();
        assert_eq!(story, ["opened", "requester_message_posted"]);
    });
}

fn first(answers: &[Accepted]) -> Accepted {
    *answers.iter().find(|answer| !answer.duplicate).unwrap()
}

/// L6: three conversations' worth of deliveries of one message into a conversation that is open already.
#[test]
fn the_same_holds_in_an_open_conversation() {
    tell(async |harness| {
        let pair = Pair::web(1, 0);
        let opened = harness.inbound(&pair, "hello").await.unwrap();
        let note = Note::new("again").id("m2");
        let answers = join_all([(); 3].map(|()| harness.inbound(&pair, note.clone()))).await;
        assert_eq!(answers.iter().flatten().filter(|answer| !answer.duplicate).count(), 1, "{answers:?}");
        let story = harness.story(opened.conversation).await.unwrap();
        assert_eq!(story, ["opened", "requester_message_posted", "requester_message_posted"]);
    });
}

/// L6
#[test]
fn the_same_id_with_another_body_is_refused() {
    tell(async |harness| {
        let pair = Pair::sms(1, 0);
        let opened = harness.inbound(&pair, Note::new("hello").id("m1")).await.unwrap();
        let other_text = harness.inbound(&pair, Note::new("goodbye").id("m1")).await;
        assert!(matches!(other_text, Err(Error::CommandReused)), "{other_text:?}");
        let other_pair = harness.inbound(&Pair::sms(2, 0), Note::new("hello").id("m1")).await;
        assert!(matches!(other_pair, Err(Error::CommandReused)), "{other_pair:?}");
        let other_deed =
            harness.send(&Deed::Join(opened.conversation, "ann".to_owned()), &Note::default().id("m1")).await;
        assert!(matches!(other_deed, Err(Error::CommandReused)), "{other_deed:?}");
        assert_eq!(census(harness).conversations.len(), 1, "nothing was opened for the refused ones");
    });
}

/// L6: the answer outlives its conversation, and the pair's next one.
#[test]
fn a_message_that_comes_again_after_the_close_opens_nothing() {
    tell(async |harness| {
        let (pair, note) = (Pair::sms(1, 0), Note::new("hello").id("m1"));
        let opened = harness.inbound(&pair, note.clone()).await.unwrap();
        harness.leave(opened.conversation).await.unwrap();
        let again = Accepted { duplicate: true, ..opened };
        assert_eq!(harness.inbound(&pair, note.clone()).await.unwrap(), again);
        let next = harness.inbound(&pair, "a new matter").await.unwrap();
        assert_ne!(next.conversation, opened.conversation);
        assert_eq!(harness.inbound(&pair, note).await.unwrap(), again, "it is of the first one");
        assert_eq!(harness.events(next.conversation).await.unwrap().len(), 2);
    });
}

/// L6: also where the rules would refuse the command now.
#[test]
fn every_kind_of_command_gets_its_answer_again_after_the_close() {
    tell(async |harness| {
        let (ann, bob) = (|| "ann".to_owned(), || "bob".to_owned());
        let id = harness.inbound(&Pair::sms(1, 0), "hello").await.unwrap().conversation;
        let deeds = [
            Deed::Join(id, ann()),
            Deed::Post(id, ann()),
            Deed::Receive(id),
            Deed::Hold(id, ann()),
            Deed::Resume(id, ann()),
            Deed::Contribute(Pair::sms(1, 0), bob()),
            Deed::EndByAgent(id, ann()),
        ];
        let note = |index: usize| Note::new(&format!("text {index}")).id(&format!("c{index}"));
        let mut answers = Vec::new();
        for (index, deed) in deeds.iter().enumerate() {
            answers.push(harness.send(deed, &note(index)).await.unwrap());
        }
        let before = harness.events(id).await.unwrap().len();
        for (index, (deed, answer)) in deeds.iter().zip(&answers).enumerate() {
            let again = harness.send(deed, &note(index)).await.unwrap();
            assert_eq!(again, Accepted { duplicate: true, ..*answer }, "{deed:?}");
        }
        assert_eq!(harness.events(id).await.unwrap().len(), before);
    });
}

/// L6: what was fulfilled already made no event; its id is taken all the same.
#[test]
fn a_command_that_changed_nothing_is_remembered_too() {
    tell(async |harness| {
        let id = harness.inbound(&Pair::sms(1, 0), "hello").await.unwrap().conversation;
        harness.join(id, "ann").await.unwrap();
        let (join, note) = (Deed::Join(id, "ann".to_owned()), Note::default().id("c1"));
        let first = harness.send(&join, &note).await.unwrap();
        assert!(!first.duplicate);
        assert_eq!(harness.story(id).await.unwrap().len(), 3, "she had joined");
        let post = harness.send(&Deed::Post(id, "ann".to_owned()), &Note::new("hi").id("c1")).await;
        assert!(matches!(post, Err(Error::CommandReused)), "{post:?}");
        harness.leave(id).await.unwrap();
        assert_eq!(harness.send(&join, &note).await.unwrap(), Accepted { duplicate: true, ..first });
    });
}

/// L6: an id is free as long as nothing was accepted under it.
#[test]
fn a_refused_command_leaves_its_id_free() {
    tell(async |harness| {
        let id = harness.inbound(&Pair::sms(1, 0), "hello").await.unwrap().conversation;
        let (post, note) = (Deed::Post(id, "ann".to_owned()), Note::new("hi").id("c1"));
        assert!(matches!(harness.send(&post, &note).await, Err(Error::Rejected(_))), "she has not joined");
        harness.join(id, "ann").await.unwrap();
        assert!(!harness.send(&post, &note).await.unwrap().duplicate);
    });
}
