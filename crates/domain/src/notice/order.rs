//! What a requester wrote in a row, in the order in which they wrote it: webhooks may overtake one another.

use crate::Timestamp;
use crate::conversation::ConversationEvent;

/// Facts of a conversation in the order in which they are to be read.
///
/// The log has messages in the order in which they came, and all that is decided follows it. Who reads wants them as they
/// were written. So messages that the requester wrote in a row, and of which the provider says when, stand in that
/// order; what came at the same moment, as it came. Nothing else moves, and nothing moves past what somebody else
/// said in between, or past a message of which nobody knows when it was written.
pub fn in_written_order<T>(facts: Vec<T>, event: impl Fn(&T) -> Option<&ConversationEvent>) -> Vec<T> {
    let mut places: Vec<usize> = (0..facts.len()).collect();
    let mut row: Vec<(Timestamp, usize)> = Vec::new();
    for (index, fact) in facts.iter().enumerate() {
        let Some(event) = event(fact) else { continue };
        if let ConversationEvent::RequesterMessagePosted { sent_at: Some(sent_at), .. } = event {
            row.push((*sent_at, index));
        } else if is_said(event) {
            settle(&mut row, &mut places);
        }
    }
    settle(&mut row, &mut places);
    let mut placed: Vec<(usize, T)> = places.into_iter().zip(facts).collect();
    placed.sort_by_key(|(place, _)| *place);
    placed.into_iter().map(|(_, fact)| fact).collect()
}

/// Whether somebody's own words are in it.
const fn is_said(event: &ConversationEvent) -> bool {
    matches!(
        event,
        ConversationEvent::RequesterMessagePosted { .. }
            | ConversationEvent::AgentMessagePosted { .. }
            | ConversationEvent::VirtualAgentMessagePosted { .. }
    )
}

/// Gives the messages of a row the places that they have together, the earliest the first.
fn settle(row: &mut Vec<(Timestamp, usize)>, places: &mut [usize]) {
    let taken: Vec<usize> = row.iter().map(|(_, index)| *index).collect();
    row.sort_unstable();
    for ((_, index), place) in row.drain(..).zip(taken) {
        if let Some(of) = places.get_mut(index) {
            *of = place;
        }
    }
}
