//! A provider that answers as a test plans it, and remembers what it was asked and what arrived.

use domain::{ChannelId, ConversationId, Seconds, Timestamp};
use engine::{Attempt, Clock as _, Deliver, Delivery, DeliveryKey, ManualClock, Outgoing, Source, Trying};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

/// How a try ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It arrives, and the engine is told so.
    Take,
    /// It arrives, and the engine is not told.
    TakeAndSayNothing,
    /// Nobody answers.
    Hang,
    /// It may come again.
    Retry(&'static str, Option<Seconds>),
    /// It never may.
    Refuse(&'static str),
    /// It never may, because the requester opted out.
    OptedOut(&'static str),
}

/// One try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tried {
    /// When.
    pub at: Timestamp,
    /// Of what.
    pub key: DeliveryKey,
    /// The how many-th, as the engine says.
    pub attempt: u32,
    /// For which subscription, if it is a fact.
    pub subscription: Option<String>,
    /// On which channel.
    pub channel: ChannelId,
    /// What it says, or how the fact is called.
    pub text: String,
    /// What the fact says, as JSON; empty for what is said to a requester.
    pub data: String,
    /// Whether it arrived.
    pub arrived: bool,
}

type Plan = Box<dyn Fn(&Tried, usize) -> Answer + Send>;

/// The world outside. It outlives the engine's process.
pub struct Provider {
    pulled: BTreeSet<ChannelId>,
    clock: OnceLock<Arc<ManualClock>>,
    plan: Mutex<Plan>,
    tried: Mutex<Vec<Tried>>,
}

impl Default for Provider {
    fn default() -> Self {
        Self::pulling([])
    }
}

impl Provider {
    /// Takes everything but what is said on these channels, which waits to be pulled.
    pub fn pulling(channels: impl IntoIterator<Item = &'static str>) -> Self {
        let pulled = channels.into_iter().map(crate::pair::channel).collect();
        let (clock, tried) = (OnceLock::new(), Mutex::default());
        Self { pulled, clock, plan: Mutex::new(Box::new(|_, _| Answer::Take)), tried }
    }

    /// Answers like this from now on. The plan is told of the try, and how often the same came before.
    pub fn plan(&self, plan: impl Fn(&Tried, usize) -> Answer + Send + 'static) {
        *self.plan.lock().unwrap_or_else(PoisonError::into_inner) = Box::new(plan);
    }

    /// All tries, in order.
    pub fn tried(&self) -> Vec<Tried> {
        self.all().clone()
    }

    /// What arrived, each key once for each receiver, in order: what a receiver has that drops repeats.
    pub fn arrived(&self) -> Vec<Tried> {
        let mut seen = BTreeSet::new();
        let all = self.all();
        let whose = |tried: &Tried| (tried.subscription.clone(), tried.channel.clone(), tried.key);
        all.iter().filter(|tried| tried.arrived && seen.insert(whose(tried))).cloned().collect()
    }

    /// The names of the facts of a conversation that arrived at a subscription's subscriber, in order.
    pub fn told(&self, subscription: &str, conversation: ConversationId) -> Vec<String> {
        let of = |tried: &Tried| {
            tried.subscription.as_deref() == Some(subscription)
                && tried.key.conversation() == Some(conversation)
        };
        self.arrived().into_iter().filter(of).map(|tried| tried.text).collect()
    }

    /// The texts that arrived of a conversation, in order.
    pub fn texts(&self, conversation: ConversationId) -> Vec<String> {
        self.texts_of(Source::Conversation(conversation))
    }

    /// The texts that arrived of a conversation or of a contact's notifications, in order.
    pub fn texts_of(&self, source: Source) -> Vec<String> {
        let of = |tried: &Tried| tried.subscription.is_none() && tried.key.source == source;
        self.arrived().into_iter().filter(of).map(|tried| tried.text).collect()
    }

    pub(crate) fn follow(&self, clock: &Arc<ManualClock>) {
        let _ = self.clock.set(Arc::clone(clock));
    }

    fn all(&self) -> MutexGuard<'_, Vec<Tried>> {
        self.tried.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(&self, delivery: &Delivery) -> Answer {
        let (subscription, channel, text, data) = match &delivery.what {
            Outgoing::Message(message) => {
                (None, message.channel.clone(), message.text.expose().clone(), String::new())
            }
            Outgoing::Event(event) => {
                let (channel, data) = (event.channel.clone(), event.data.expose().to_string());
                (Some(event.subscription.clone()), channel, event.type_name.to_owned(), data)
            }
        };
        let at = self.clock.get().map_or(Timestamp(0), |clock| clock.now());
        let Delivery { key, attempt, .. } = *delivery;
        let mut tried = Tried { at, key, attempt, subscription, channel, text, data, arrived: false };
        let is_same = |other: &&Tried| {
            (other.key, &other.subscription, &other.text) == (key, &tried.subscription, &tried.text)
        };
        let before = self.all().iter().filter(is_same).count();
        let answer = (self.plan.lock().unwrap_or_else(PoisonError::into_inner))(&tried, before);
        tried.arrived = matches!(answer, Answer::Take | Answer::TakeAndSayNothing);
        self.all().push(tried);
        answer
    }
}

impl Deliver for Provider {
    fn deliver<'a>(&'a self, delivery: &'a Delivery) -> Trying<'a> {
        let attempt = match self.answer(delivery) {
            Answer::Take => Attempt::Sent { provider_id: Some(format!("P-{}", delivery.key)) },
            Answer::TakeAndSayNothing | Answer::Hang => return Box::pin(std::future::pending()),
            Answer::Retry(code, after) => Attempt::Retry { code: code.to_owned(), after },
            Answer::Refuse(code) => Attempt::Refused { code: code.to_owned(), opted_out: false },
            Answer::OptedOut(code) => Attempt::Refused { code: code.to_owned(), opted_out: true },
        };
        Box::pin(std::future::ready(attempt))
    }

    fn pushes(&self, channel: &ChannelId) -> bool {
        !self.pulled.contains(channel)
    }
}
