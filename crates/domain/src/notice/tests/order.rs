//! In which order messages are read that came in another one than they were written in.

use super::*;
use crate::conversation::ConversationEvent as E;
use crate::{AgentId, Content, Message, MessageId, Timestamp};

/// What the log has, and how it is read: `a5` is a message "a" of the requester that was sent at 5, `a` one of which the
/// provider does not say when, `A` one of an agent, `.` a system message.
fn check(log: &str, read: &str) {
    let facts = log.split(' ').map(|word| (word, fact(word))).collect();
    let ordered = in_written_order(facts, |(_, fact)| Some(fact));
    assert_eq!(ordered.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(" "), read);
}

fn fact(word: &str) -> E {
    let (letter, sent_at) = word.split_at(1);
    let message = Message { id: MessageId(uuid::Uuid::nil()), content: Content::text_only(letter).unwrap() };
    let agent = AgentId::new("ann").unwrap();
    match letter {
        "." => E::Acknowledged { text: "We got it.".to_owned() },
        "A" => E::AgentMessagePosted { agent, message },
        _ => E::RequesterMessagePosted {
            message,
            sent_at: sent_at.parse().ok().map(Timestamp),
            counts_from: Timestamp(0),
        },
    }
}

#[test]
fn messages_in_a_row_are_read_as_they_were_written() {
    check("b2 a1", "a1 b2");
    check("c3 . a1 b2", "a1 . b2 c3");
    check("a1 b1 c1", "a1 b1 c1");
    check("c9 b5 a1", "a1 b5 c9");
}

#[test]
fn nothing_moves_past_what_anybody_said_in_between_or_past_what_has_no_time() {
    check("b2 A a1", "b2 A a1");
    check("d4 c3 A b2 a1", "c3 d4 A a1 b2");
    check("b2 x a1", "b2 x a1");
    check("b2 A", "b2 A");
}
