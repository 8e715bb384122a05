//! Who listens, and the one place of a process where news is handed out.

use crate::auth::Identity;
use crate::failure::Failure;
use crate::stream::frame::{self, SharedFact};
use crate::stream::guests::Guests;
use crate::stream::inbox::Inboxes;
use crate::stream::slot::{Close, Item, Slot};
use api::{ProblemCode, ServerFrame};
use domain::conversation::ConversationEvent;
use domain::{AgentId, ContactId, Event};
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Notify, mpsc};
use views::{Audience, Fact, News, Published, Timeline};

/// All listeners of a process.
pub(crate) struct Hub {
    timeline: Arc<Timeline>,
    streams_max: usize,
    per_user_max: usize,
    listeners: Mutex<Listeners>,
    /// Wakes whoever waits until nobody listens any more.
    left: Notify,
    pub(crate) inboxes: Inboxes,
    pub(crate) guests: Guests,
}

/// Each list is in the order of coming.
#[derive(Default)]
struct Listeners {
    contacts: HashMap<ContactId, Vec<Arc<Slot>>>,
    agents: HashMap<AgentId, Vec<Arc<Slot>>>,
    all: Vec<Arc<Slot>>,
    count: usize,
    last_id: u64,
    /// Nobody is taken in any more.
    shut: Option<Close>,
}

impl Hub {
    /// Nobody listens.
    pub(crate) fn new(timeline: Arc<Timeline>, streams_max: usize, per_user_max: usize) -> Self {
        Self {
            timeline,
            streams_max,
            per_user_max,
            listeners: Mutex::default(),
            left: Notify::new(),
            inboxes: Inboxes::default(),
            guests: Guests::default(),
        }
    }

    /// Takes a listener in, who hears nothing before going live. One too many of a user closes the oldest.
    pub(crate) fn join(
        &self,
        identity: Identity,
        audience: Audience,
        lasting: bool,
    ) -> Result<(Arc<Slot>, mpsc::Receiver<Item>), Failure> {
        let mut listeners = self.listeners();
        match listeners.shut {
            Some(Close::GOING_AWAY) => {
                return Err(Failure::new(ProblemCode::Draining, "the server is stopping; try again shortly"));
            }
            Some(_) => return Err(Failure::internal("the timeline is no longer kept up")),
            None => {}
        }
        if listeners.count >= self.streams_max {
            let detail = "too many streams are open (web.streams_max)";
            return Err(Failure::new(ProblemCode::Overloaded, detail));
        }
        listeners.last_id += 1;
        listeners.count += 1;
        let (slot, receiver) = Slot::new(listeners.last_id, identity, audience, lasting);
        let peers = listeners.peers(&slot.audience);
        let of_user = peers
            .iter()
            .filter(|peer| peer.identity.principal == slot.identity.principal && peer.closed().is_none());
        if of_user.clone().count() >= self.per_user_max
            && let Some(oldest) = of_user.clone().next()
        {
            oldest.close(Close::REPLACED);
        }
        peers.push(Arc::clone(&slot));
        metrics::gauge!("colloquy_streams").set(gauge(listeners.count));
        Ok((slot, receiver))
    }

    /// Lets a listener hear what is new from now on; by partition, up to where the timeline is.
    pub(crate) fn go_live(&self, slot: &Slot) -> Vec<u64> {
        let _held = self.listeners();
        slot.go_live();
        // A poll that was told would come again at once.
        if let (true, Audience::Agent(agent)) = (slot.lasting, &slot.audience) {
            self.inboxes.changed(agent, None);
        }
        self.timeline.consumed()
    }

    /// Forgets a listener.
    pub(crate) fn leave(&self, slot: &Slot) {
        let mut listeners = self.listeners();
        let peers = listeners.peers(&slot.audience);
        let before = peers.len();
        peers.retain(|peer| peer.id != slot.id);
        let (gone, empty) = (before - peers.len(), peers.is_empty());
        listeners.count -= gone;
        if empty {
            listeners.forget(&slot.audience);
        }
        metrics::gauge!("colloquy_streams").set(gauge(listeners.count));
        if let Some(why) = slot.closed() {
            metrics::counter!("colloquy_streams_closed_total", "code" => why.code.to_string()).increment(1);
        }
        self.left.notify_waiters();
    }

    /// Whether a contact has a stream, or polls and is between two polls.
    pub(crate) fn is_here(&self, contact: ContactId) -> bool {
        self.listeners().contacts.contains_key(&contact) || self.guests.polls(contact)
    }

    /// Hands out what the timeline tells.
    pub(crate) fn tell(&self, news: News) {
        match news {
            News::Failed => self.shut(Close::FAILED),
            News::Published(published) => {
                let listeners = self.listeners();
                for each in published {
                    self.tell_one(&listeners, each);
                }
            }
        }
    }

    /// Hands something of the moment to a contact's streams.
    pub(crate) fn hint_contact(&self, contact: ContactId, frame: &Arc<str>) {
        let listeners = self.listeners();
        listeners.contacts.get(&contact).into_iter().flatten().for_each(|slot| slot.hint(frame));
    }

    /// Hands something of the moment to these agents' streams, a supervisor's who is among them included.
    pub(crate) fn hint_agents(&self, agents: &BTreeSet<AgentId>, frame: &Arc<str>) {
        let listeners = self.listeners();
        let named = |slot: &&Arc<Slot>| {
            let name = slot.identity.principal.name.as_str();
            agents.iter().any(|agent| agent.as_str() == name)
        };
        let slots = agents.iter().filter_map(|agent| listeners.agents.get(agent)).flatten();
        slots.chain(listeners.all.iter().filter(named)).for_each(|slot| slot.hint(frame));
    }

    /// The streams of an agent.
    pub(crate) fn of_agent(&self, agent: &AgentId) -> Vec<Arc<Slot>> {
        self.listeners().agents.get(agent).cloned().unwrap_or_default()
    }

    /// Ends all streams and takes nobody in any more.
    pub(crate) fn shut(&self, why: Close) {
        let mut listeners = self.listeners();
        listeners.shut.get_or_insert(why);
        let Listeners { contacts, agents, all, .. } = &*listeners;
        contacts.values().chain(agents.values()).chain([all]).flatten().for_each(|slot| slot.close(why));
    }

    /// Resolves when nobody listens any more.
    pub(crate) async fn emptied(&self) {
        loop {
            let left = self.left.notified();
            if self.listeners().count == 0 {
                return;
            }
            left.await;
        }
    }

    fn tell_one(&self, listeners: &Listeners, published: Published) {
        match published {
            Published::Fact(fact) => {
                self.note_opening(listeners, &fact);
                listeners.tell(*fact);
            }
            Published::Work { agent, offered } => {
                if listeners.agents.contains_key(&agent) {
                    self.inboxes.changed(&agent, offered);
                }
            }
            Published::Presence { agent, state, connected } => {
                let own = listeners.agents.get(&agent);
                if own.is_none() && listeners.all.is_empty() {
                    return;
                }
                let frame = ServerFrame::Presence { agent: agent.to_string(), state, connected };
                let frame = frame::text(&frame);
                own.into_iter().flatten().chain(&listeners.all).for_each(|slot| slot.hint(&frame));
            }
        }
    }

    /// A conversation that begins does not know yet that its guest is there.
    fn note_opening(&self, listeners: &Listeners, fact: &Fact) {
        if !matches!(fact.envelope.event, Event::Conversation(ConversationEvent::Opened { .. })) {
            return;
        }
        let contact = fact.scene.contact;
        let slots = listeners.contacts.get(&contact);
        let is_guest = slots.is_some_and(|slots| slots.iter().any(|slot| slot.identity.guest));
        if is_guest || self.guests.polls(contact) {
            self.guests.moved(contact);
        }
    }

    fn listeners(&self) -> MutexGuard<'_, Listeners> {
        self.listeners.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Listeners {
    fn tell(&self, fact: Fact) {
        let of_contact = self.contacts.get(&fact.scene.contact);
        let of_agents: Vec<_> = fact.agents.iter().filter_map(|agent| self.agents.get(agent)).collect();
        if of_contact.is_none() && of_agents.is_empty() && self.all.is_empty() {
            return;
        }
        let fact = Arc::new(SharedFact::new(fact));
        let slots = of_contact.into_iter().chain(of_agents).flatten().chain(&self.all);
        slots.for_each(|slot| slot.tell(&fact));
    }

    fn peers(&mut self, audience: &Audience) -> &mut Vec<Arc<Slot>> {
        match audience {
            Audience::Contact(contact) => self.contacts.entry(*contact).or_default(),
            Audience::Agent(agent) => self.agents.entry(agent.clone()).or_default(),
            Audience::All => &mut self.all,
        }
    }

    fn forget(&mut self, audience: &Audience) {
        match audience {
            Audience::Contact(contact) => drop(self.contacts.remove(contact)),
            Audience::Agent(agent) => drop(self.agents.remove(agent)),
            Audience::All => {}
        }
    }
}

/// A count for a gauge; there are never so many that a number loses its end.
fn gauge(count: usize) -> f64 {
    u32::try_from(count).unwrap_or(u32::MAX).into()
}
