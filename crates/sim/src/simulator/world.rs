//! One world: its people, its engine, and what it does next.

mod people;

use super::Outcome;
use crate::chance::Chance;
use crate::check::{Broken, holds};
use crate::model::{Model, Sent};
use crate::trace::Trace;
use crate::{Census, Deed, Harness, Kill, Note, Setup, Step, check, configuration};
use domain::channel::Mode;
use domain::{ConversationId, Seconds};
use engine::{Accepted, Error, SequentialIds};
use std::sync::Arc;

/// How often everything that is stored is read and checked.
const CHECK_EVERY: u32 = 40;
/// How long the world is left alone in the end, so that what can time out does.
const SILENCE: Seconds = Seconds(10 * 86_400);

pub(super) struct World {
    chance: Chance,
    harness: Harness,
    model: Model,
    trace: Trace,
    outcome: Outcome,
    grace: Seconds,
    /// Conversations that were answered about, oldest first.
    known: Vec<ConversationId>,
    steps: u32,
    /// How many ids of commands were given.
    commands: u32,
}

impl World {
    /// The seed also decides what the engine is like: partitions, grace, and bounds that are reached.
    pub(super) async fn new(seed: u64) -> Result<Self, Broken> {
        let mut chance = Chance::new(seed);
        let partitions = if chance.percent(50) { 1 } else { 3 };
        let mut setup = Setup { partitions, ids: Arc::new(SequentialIds::new(seed)), ..Setup::default() };
        setup.options.recovery_grace = Seconds(if chance.percent(50) { 0 } else { 60 });
        setup.options.snapshot_every = u64::from(chance.between(1, 12));
        setup.options.active_max = if chance.percent(50) { 2 } else { 1000 };
        setup.options.timers_in_memory_max = if chance.percent(50) { 3 } else { 1000 };
        let grace = setup.options.recovery_grace;
        let harness = Harness::start(setup).await.map_err(|error| ("L1", error.to_string()))?;
        Ok(Self {
            chance,
            harness,
            model: Model::default(),
            trace: Trace::new(),
            outcome: Outcome::default(),
            grace,
            known: Vec::new(),
            steps: 0,
            commands: 0,
        })
    }

    /// Whatever comes next.
    pub(super) async fn step(&mut self) -> Result<(), Broken> {
        self.steps += 1;
        match self.chance.below(100) {
            0..60 => self.somebody_acts().await?,
            60..68 => self.somebody_repeats().await?,
            68..71 => self.somebody_reuses_an_id().await?,
            71..90 => self.time_passes().await?,
            90..94 => self.plan_a_crash(),
            94..97 => self.restart().await?,
            97..98 => self.reconfigure().await?,
            _ => self.fire().await?,
        }
        if self.harness.log.is_dead() {
            self.outcome.crashes += 1;
            self.restart().await?;
        }
        if self.steps.is_multiple_of(CHECK_EVERY) {
            self.check()?;
        }
        Ok(())
    }

    /// Leaves the world alone until nothing moves any more, and checks all of it.
    pub(super) async fn finish(mut self) -> Result<Outcome, Broken> {
        loop {
            self.restart().await?;
            self.fired_by(self.harness.advance(SILENCE).await)?;
            // The last restart may have been planned to die too.
            if !self.harness.log.is_dead() {
                break;
            }
        }
        let next = self.harness.engine.next_due().await.map_err(|error| ("T1", error.to_string()))?;
        holds("T1", next.is_none_or(|due| due > self.harness.now()), || format!("{next:?} never fired"))?;
        let census = self.check()?;
        for (partition, record) in &census.records {
            self.trace.add(format!("{partition:?} {record:?}").as_bytes());
        }
        self.harness.engine.drain().await;
        Ok(Outcome {
            trace: self.trace.value(),
            accepted: self.model.accepted.len() as u64,
            conversations: census.conversations.len() as u64,
            closed: census.conversations.values().filter(|state| state.is_closed()).count() as u64,
            fired: census.fired,
            ..self.outcome
        })
    }

    /// Sends something new, under an id of its own.
    async fn send(&mut self, deed: Deed, mut note: Note) -> Result<(), Broken> {
        self.commands += 1;
        note.id = Some(format!("c{}", self.commands));
        let closed = self.is_closed(&deed).await?;
        let result = self.harness.send(&deed, &note).await;
        self.note(&result);
        if closed {
            let refused = matches!(result, Err(Error::Rejected(_) | Error::Store(_)));
            holds("C1", refused, || format!("{deed:?} on a closed conversation is {result:?}"))?;
        }
        self.model.answer(Sent { deed, note }, &result)
    }

    async fn is_closed(&self, deed: &Deed) -> Result<bool, Broken> {
        let Some(id) = deed.conversation() else { return Ok(false) };
        let state = self.harness.state(id).await.map_err(|error| ("L4", format!("{id}: {error}")))?;
        Ok(state.is_closed())
    }

    fn note(&mut self, result: &Result<Accepted, Error>) {
        self.trace.add(format!("{result:?}").as_bytes());
        match result {
            Ok(accepted) if !self.known.contains(&accepted.conversation) => {
                self.known.push(accepted.conversation);
            }
            Err(Error::Rejected(_)) => self.outcome.rejected += 1,
            Ok(_) | Err(_) => {}
        }
    }

    async fn somebody_repeats(&mut self) -> Result<(), Broken> {
        let Some((sent, first)) = self.chance.pick(&self.model.accepted).cloned() else { return Ok(()) };
        let result = self.harness.send(&sent.deed, &sent.note).await;
        self.note(&result);
        self.outcome.repeated += 1;
        Model::repeated(&sent, &first, &result)
    }

    async fn somebody_reuses_an_id(&mut self) -> Result<(), Broken> {
        let Some((Sent { deed, mut note }, _)) = self.chance.pick(&self.model.accepted).cloned() else {
            return Ok(());
        };
        note.text.push_str(", and something else");
        let result = self.harness.send(&deed, &note).await;
        self.note(&result);
        self.outcome.reused += 1;
        let refused = matches!(result, Err(Error::CommandReused | Error::Store(_)));
        holds("L6", refused, || format!("{deed:?} under a used id is {result:?}"))
    }

    async fn time_passes(&mut self) -> Result<(), Broken> {
        let span = Seconds(match self.chance.below(20) {
            0..11 => self.chance.between(1, 120),
            11..16 => self.chance.between(120, 4000),
            16..19 => self.chance.between(4000, 40_000),
            _ => self.chance.between(86_400, 200_000),
        });
        // Now and then timers are late, and a message comes before them.
        if self.chance.percent(25) {
            self.harness.pass(span);
            return Ok(());
        }
        self.fired_by(self.harness.advance(span).await)
    }

    async fn fire(&mut self) -> Result<(), Broken> {
        self.fired_by(self.harness.engine.fire_due().await)
    }

    fn fired_by(&self, result: Result<u64, Error>) -> Result<(), Broken> {
        match result {
            Ok(_) => Ok(()),
            Err(_) if self.harness.log.is_dead() => Ok(()),
            Err(error) => Err(("T1", error.to_string())),
        }
    }

    fn plan_a_crash(&mut self) {
        let kill = self.kill();
        self.harness.log.kill_at(kill);
    }

    fn kill(&mut self) -> Kill {
        let commit = u64::from(self.chance.between(1, 6));
        let step = if self.chance.percent(50) { Step::BeforeCommit } else { Step::AfterCommitBeforeReply };
        Kill { commit, step }
    }

    /// Another mode and other timeouts; conversations keep what they were opened with (`CH-5`).
    async fn reconfigure(&mut self) -> Result<(), Broken> {
        let mut wanted = configuration(if self.chance.percent(50) { Mode::Chat } else { Mode::Messaging });
        for settings in wanted.channels.values_mut() {
            settings.conversation_idle_timeout =
                self.chance.percent(50).then(|| Seconds(self.chance.between(600, 7200)));
        }
        match self.harness.configure(&wanted).await {
            Ok(_) | Err(Error::Store(_)) => Ok(()),
            Err(error) => Err(("L1", format!("the configuration is refused: {error}"))),
        }
    }

    /// The process dies where it stands and comes back, after seconds or hours, perhaps to die at once; then senders
    /// repeat what they never had an answer to.
    async fn restart(&mut self) -> Result<(), Broken> {
        let before = self.harness.now();
        let span = if self.chance.percent(60) { (0, 90) } else { (90, 20_000) };
        let outage = Seconds(self.chance.between(span.0, span.1));
        self.outcome.restarts += 1;
        let mut kill = self.chance.percent(15).then(|| self.kill());
        while let Err(error) = self.harness.restart(outage, kill).await {
            holds("L1", self.harness.log.is_dead(), || format!("the engine does not start: {error}"))?;
            self.outcome.crashes += 1;
            kill = None;
        }
        let census = self.check()?;
        self.senders_try_again(&census).await?;
        self.requesters_wrote_meanwhile(before).await
    }

    async fn senders_try_again(&mut self, census: &Census) -> Result<(), Broken> {
        for sent in std::mem::take(&mut self.model.unknown) {
            let stored = self.is_stored(&sent, census)?;
            let result = self.harness.send(&sent.deed, &sent.note).await;
            self.note(&result);
            self.outcome.repeated += 1;
            self.model.settled(sent, stored, &result)?;
        }
        Ok(())
    }

    /// Whether a command whose answer was lost is stored after all: the log remembers its id (`L6`).
    fn is_stored(&self, sent: &Sent, census: &Census) -> Result<bool, Broken> {
        let Some(command) = sent.deed.command(&sent.note) else { return Ok(false) };
        let key = self.harness.keys().command(&command);
        let stored = self.harness.log.survivor().command(key).map_err(|error| ("L3", error.to_string()))?;
        let said = !census.saying(&sent.note.text).is_empty();
        holds("L6", !sent.deed.writes() || said == stored.is_some(), || {
            format!("{sent:?}: its message is stored: {said}, its id: {stored:?}")
        })?;
        Ok(stored.is_some())
    }

    fn check(&self) -> Result<Census, Broken> {
        let census = check(self.harness.log.survivor().as_ref(), self.grace)?;
        self.model.compare(&census)?;
        Ok(census)
    }
}
