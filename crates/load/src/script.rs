//! What follows from one arrival: the message, sometimes its second copy, an agent's answer, the end.

use crate::{
    Acknowledged, Author, Plan, Progress, Stage, Token,
    client::{Answer, Call, Client},
    report::Came,
    schedule::Arrival,
    tally::Tally,
    timings::Operation,
    wire,
};
use api::AcceptedResponse;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// What all arrivals of a run share.
pub(crate) struct Session {
    pub(crate) plan: Plan,
    pub(crate) client: Client,
    pub(crate) planned: u64,
    pub(crate) start: Instant,
    /// When the run ends, whatever is still under way.
    pub(crate) deadline: Instant,
    /// One permit per message that is being worked on; a message has one request under way at a time.
    pub(crate) slots: Arc<Semaphore>,
    tally: Mutex<Tally>,
    stage: Mutex<Stage>,
    /// The conversation of each requester that an agent has joined.
    joined: Mutex<HashMap<u32, String>>,
}

/// What an agent does.
#[derive(Clone, Copy)]
enum Command {
    Join,
    Answer,
    End,
}

impl Session {
    pub(crate) fn new(plan: Plan, client: Client, tally: Tally) -> Self {
        // Counting walks the whole schedule, so it comes before the clock starts.
        let planned = plan.planned();
        let start = Instant::now();
        Self {
            planned,
            start,
            deadline: start + Duration::from_secs(plan.duration_s) + plan.grace,
            slots: Arc::new(Semaphore::new(plan.connections_max)),
            tally: Mutex::new(tally),
            stage: Mutex::new(Stage::Sending),
            joined: Mutex::default(),
            plan,
            client,
        }
    }

    /// The counts. A panic elsewhere leaves them as they are: they are only added to.
    pub(crate) fn tally(&self) -> MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn enter(&self, stage: Stage) {
        *self.stage.lock().unwrap_or_else(PoisonError::into_inner) = stage;
    }

    pub(crate) fn progress(&self) -> Progress {
        Progress {
            stage: *self.stage.lock().unwrap_or_else(PoisonError::into_inner),
            elapsed: self.start.elapsed(),
            messages: self.tally().messages(self.planned),
            in_flight: self.plan.connections_max.saturating_sub(self.slots.available_permits()),
        }
    }

    fn joined(&self) -> MutexGuard<'_, HashMap<u32, String>> {
        self.joined.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends a request and counts what came of it. The time it took runs from when it was due, retries included.
    async fn ask(
        &self,
        operation: Operation,
        due: Instant,
        call: Call<'_>,
    ) -> Option<(AcceptedResponse, u32)> {
        let retried = |code: &str| self.tally().trouble(operation, Came::Retried, code);
        let answer = self.client.send(&call, self.deadline, retried).await;
        let latency = due.elapsed();
        let mut tally = self.tally();
        match answer {
            Answer::Yes { body, attempts } => {
                let reply = serde_json::from_slice(&body).ok();
                let whole =
                    |reply: &AcceptedResponse| reply.message_id.is_some() || !operation.makes_message();
                if let Some(reply) = reply.filter(whole) {
                    tally.timings.record(operation, latency);
                    return Some((reply, attempts));
                }
                tally.trouble(operation, Came::Failed, "bad_answer");
            }
            Answer::Refused(code) => tally.trouble(operation, Came::Refused, &code),
            Answer::Unknown(code) => tally.trouble(operation, Came::Failed, &code),
        }
        None
    }

    fn acknowledge(&self, author: Author, key: &str, reply: &AcceptedResponse) {
        let Some(message_id) = reply.message_id.clone() else { return };
        let conversation_id = reply.conversation_id.clone();
        self.tally().acknowledge(Acknowledged { key: key.to_owned(), author, conversation_id, message_id });
    }

    async fn inbound(
        &self,
        operation: Operation,
        due: Instant,
        key: &str,
        from: u32,
    ) -> Option<(AcceptedResponse, u32)> {
        let path = ["v1", "channels", &self.plan.channel, "inbound"];
        let body = Some(wire::inbound(&self.plan, from, key));
        let call = Call { path: &path, query: &[], token: &self.plan.gateway_token, key: None, body };
        let (reply, attempts) = self.ask(operation, due, call).await?;
        self.acknowledge(Author::Requester, key, &reply);
        Some((reply, attempts))
    }

    /// Sends the same message again and holds the second answer against the first.
    async fn again(&self, first: &AcceptedResponse, key: &str, from: u32) {
        let Some((second, _)) = self.inbound(Operation::Duplicate, Instant::now(), key, from).await else {
            return;
        };
        let same =
            (&second.conversation_id, &second.message_id) == (&first.conversation_id, &first.message_id);
        let duplicates = &mut self.tally().duplicates;
        duplicates.answered += 1;
        duplicates.unreported += u64::from(!second.duplicate);
        duplicates.unequal += u64::from(!same);
    }

    /// Sends an agent's command; its key follows from the message that it answers.
    async fn command(&self, command: Command, agent: &Token, conversation: &str, key: &str) -> Option<()> {
        let (verb, operation) = match command {
            Command::Join => ("join", Operation::Join),
            Command::Answer => ("messages", Operation::Message),
            Command::End => ("end", Operation::End),
        };
        let key = format!("{key}-{verb}");
        let body = match command {
            Command::Answer => wire::answer(&key),
            Command::Join | Command::End => wire::nothing(),
        };
        let path = ["v1", "conversations", conversation, verb];
        let call = Call { path: &path, query: &[], token: agent, key: Some(&key), body: Some(body) };
        let (reply, _) = self.ask(operation, Instant::now(), call).await?;
        self.acknowledge(Author::Agent, &key, &reply);
        Some(())
    }

    /// Lets the requester's agent answer, and stops where the server says no: the rest would be refused as well.
    async fn reply(&self, arrival: &Arrival, conversation: &str, key: &str) -> Option<()> {
        let (_, agent) = self.plan.agent_of(arrival.requester)?;
        let known = self.joined().get(&arrival.requester).is_some_and(|joined| joined == conversation);
        if !known {
            self.command(Command::Join, agent, conversation, key).await?;
            self.joined().insert(arrival.requester, conversation.to_owned());
        }
        if self.command(Command::Answer, agent, conversation, key).await.is_none() {
            // The agent may have lost the conversation; the next answer joins anew.
            self.joined().remove(&arrival.requester);
            return None;
        }
        if arrival.end {
            self.joined().remove(&arrival.requester);
            self.command(Command::End, agent, conversation, key).await?;
        }
        Some(())
    }
}

/// Plays one arrival to its end. The permit is held until then.
pub(crate) async fn play(session: Arc<Session>, arrival: Arrival, _permit: OwnedSemaphorePermit) {
    let due = session.start + arrival.due;
    session.tally().timings.record(Operation::SendDelay, due.elapsed());
    let key = session.plan.message_key(arrival.number);
    let Some((first, attempts)) = session.inbound(Operation::Inbound, due, &key, arrival.requester).await
    else {
        return;
    };
    let now = session.start.elapsed();
    session.tally().last_acknowledged = now;
    // A retry may well find that the attempt before it was stored; a first attempt may not.
    if first.duplicate && attempts == 1 {
        session.tally().duplicates.unexpected += 1;
    }
    if arrival.twice {
        session.again(&first, &key, arrival.requester).await;
    }
    if arrival.reply {
        session.reply(&arrival, &first.conversation_id, &key).await;
    }
}
