//! Tells agents who listen what they have in front of them whenever that changes, many changes at once.

use crate::look;
use crate::stream::Streams;
use crate::stream::frame;
use api::{Card, ServerFrame};
use domain::AgentId;
use domain::routing::WorkItemId;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

/// Changes within this time are told together: a look holds the router up.
const TOGETHER: Duration = Duration::from_millis(20);

/// Whose inbox has changed, and what was newly offered to them.
#[derive(Default)]
pub(crate) struct Inboxes {
    changed: Mutex<BTreeMap<AgentId, BTreeSet<WorkItemId>>>,
    wake: Notify,
}

impl Inboxes {
    /// Notes a change.
    pub(crate) fn changed(&self, agent: &AgentId, offered: Option<WorkItemId>) {
        let mut changed = self.changed.lock().unwrap_or_else(PoisonError::into_inner);
        changed.entry(agent.clone()).or_default().extend(offered);
        self.wake.notify_one();
    }

    fn take(&self) -> BTreeMap<AgentId, BTreeSet<WorkItemId>> {
        std::mem::take(&mut *self.changed.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Runs for as long as the server does.
pub(crate) async fn run(streams: Arc<Streams>) {
    loop {
        streams.hub.inboxes.wake.notified().await;
        tokio::time::sleep(TOGETHER).await;
        let changed = streams.hub.inboxes.take();
        if changed.is_empty() || !streams.engine.configuration().routing.is_on() {
            continue;
        }
        let seen = streams.engine.look(move |router, now| {
            let look = |(agent, offered): (AgentId, BTreeSet<WorkItemId>)| {
                let items = router.inbox(&agent);
                let cards = items.iter().map(|item| (item.id, look::card(router, item, now))).collect();
                Seen { agent, offered, cards }
            };
            changed.into_iter().map(look).collect::<Vec<_>>()
        });
        match seen.await {
            Ok(seen) => seen.into_iter().for_each(|seen| seen.tell(&streams)),
            // What is in front of somebody is told whole with the next change; until then a look at the inbox tells.
            Err(error) => {
                tracing::warn!(code = error.code(), "agents were not told of a change of their inbox")
            }
        }
    }
}

struct Seen {
    agent: AgentId,
    offered: BTreeSet<WorkItemId>,
    cards: Vec<(WorkItemId, Card)>,
}

impl Seen {
    fn tell(self, streams: &Streams) {
        for slot in streams.hub.of_agent(&self.agent) {
            let channel = slot.identity.channel.as_ref().map(domain::ChannelId::as_str);
            let shown = |card: &&(WorkItemId, Card)| channel.is_none_or(|channel| channel == card.1.channel);
            for (_, card) in self.cards.iter().filter(shown).filter(|(id, _)| self.offered.contains(id)) {
                slot.hint(&frame::text(&ServerFrame::Offer { card: Box::new(card.clone()) }));
            }
            let cards = self.cards.iter().filter(shown).map(|(_, card)| card.clone()).collect();
            slot.hint(&frame::text(&ServerFrame::Inbox { cards }));
        }
    }
}
