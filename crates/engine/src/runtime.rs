//! The seam over actix: spawn an actor, send it a job. Nothing above this file names the crate.
//!
//! Three of its traps are closed here. A handler runs alone: the actor's mailbox waits until the job's future is done,
//! so "decide, commit, apply" never interleaves. Jobs are only ever sent with `try_send`, because the other ways ignore
//! the mailbox's bound. A panic is caught, counted by the caller and ends this incarnation only.

use actix::prelude::*;
use futures_util::FutureExt as _;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use tokio::sync::oneshot;

/// What an actor does with its jobs. One at a time, in the order of the mailbox.
pub(crate) trait Behaviour: Send + Unpin + 'static {
    type Job: Send + 'static;
    type Answer: Send + 'static;

    /// Does one job. It may wait for the committer; the actor's other jobs wait meanwhile.
    fn handle(&mut self, job: Self::Job) -> impl Future<Output = Next<Self::Answer>>;

    /// Called instead of an answer when `handle` panicked; the actor is gone.
    fn on_panic(mourner: &Self::Mourner);

    /// What is left of the actor after a panic: enough to report it.
    type Mourner: Clone + Send + Unpin + 'static;
}

/// What decides at once and answers later: its jobs are done one at a time, but what each leaves to wait for runs beside
/// the jobs after it. Each job carries whom to answer.
pub(crate) trait Pipelined: Send + Unpin + 'static {
    type Job: Send + 'static;

    /// Does one job; what it returns is waited for without holding up the next one.
    fn handle(&mut self, job: Self::Job) -> impl Future<Output = ()> + 'static;

    /// Called when `handle` panicked. What it had in memory can no longer be trusted; it goes on with its next job.
    fn on_panic(&mut self);
}

/// What follows a job.
pub(crate) enum Next<A> {
    /// The actor goes on.
    Answer(A),
    /// The actor is put to sleep; jobs behind this one are sent again by their senders.
    Sleep,
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lost {
    /// The actor's mailbox is full.
    Full,
    /// The actor is asleep or dead; nothing of the job was done. Ask its successor.
    Gone,
    /// The actor panicked over this job.
    Panicked,
}

struct Deliver<B: Behaviour> {
    job: B::Job,
    reply: Option<oneshot::Sender<Result<B::Answer, Lost>>>,
}

impl<B: Behaviour> Message for Deliver<B> {
    type Result = ();
}

/// Sends jobs to one incarnation of one actor. All clones are one sender to actix, because each sender of its own may
/// put one more message into a full mailbox, which then would have no bound.
pub(crate) struct Mailbox<B: Behaviour>(Arc<Recipient<Deliver<B>>>);

impl<B: Behaviour> Clone for Mailbox<B> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<B: Behaviour> Mailbox<B> {
    /// Sends a job and waits for its answer.
    pub(crate) async fn ask(&self, job: B::Job) -> Result<B::Answer, Lost> {
        let (reply, answer) = oneshot::channel();
        match self.0.try_send(Deliver { job, reply: Some(reply) }) {
            Ok(()) => answer.await.unwrap_or(Err(Lost::Gone)),
            Err(SendError::Full(_)) => Err(Lost::Full),
            Err(SendError::Closed(_)) => Err(Lost::Gone),
        }
    }

    /// Sends a job whose answer nobody waits for, if there is room.
    pub(crate) fn tell(&self, job: B::Job) {
        // A full or closed mailbox is fine: what is told is only ever a hint.
        let _ = self.0.try_send(Deliver { job, reply: None });
    }
}

/// The threads on which actors run.
pub(crate) struct Arbiters(Vec<Arbiter>);

impl Arbiters {
    pub(crate) fn start(count: usize) -> Self {
        Self((0..count.max(1)).map(|_| Arbiter::new()).collect())
    }

    /// Starts an actor on the thread that its number falls to.
    pub(crate) fn spawn<B: Behaviour>(
        &self,
        number: u64,
        mailbox_max: usize,
        behaviour: B,
        mourner: B::Mourner,
    ) -> Mailbox<B> {
        let arbiter = &self.0[usize::try_from(number).unwrap_or(0) % self.0.len()];
        let addr = Cell::start_in_arbiter(&arbiter.handle(), move |ctx| {
            ctx.set_mailbox_capacity(mailbox_max);
            Cell { behaviour: Some(behaviour), mourner }
        });
        Mailbox(Arc::new(addr.recipient()))
    }

    /// Starts a pipelined actor on the thread that its number falls to.
    pub(crate) fn spawn_pipelined<P: Pipelined>(
        &self,
        number: usize,
        mailbox_max: usize,
        pipelined: P,
    ) -> Intake<P::Job> {
        let addr = Pipe::start_in_arbiter(&self.0[number % self.0.len()].handle(), move |ctx| {
            ctx.set_mailbox_capacity(mailbox_max);
            Pipe(pipelined)
        });
        Intake(Arc::new(addr.recipient()))
    }

    /// Runs a task that belongs to no actor on one of the threads.
    pub(crate) fn run(&self, number: usize, task: impl Future<Output = ()> + Send + 'static) {
        self.0[number % self.0.len()].spawn(task);
    }

    pub(crate) fn stop(&self) {
        for arbiter in &self.0 {
            arbiter.stop();
        }
    }
}

/// The actix actor around a behaviour. The behaviour is away while a job is being done.
struct Cell<B: Behaviour> {
    behaviour: Option<B>,
    mourner: B::Mourner,
}

impl<B: Behaviour> Actor for Cell<B> {
    type Context = Context<Self>;
}

impl<B: Behaviour> Handler<Deliver<B>> for Cell<B> {
    type Result = ();

    fn handle(&mut self, message: Deliver<B>, ctx: &mut Context<Self>) {
        let Deliver { job, reply } = message;
        // Dropping the reply tells the sender to ask the successor.
        let Some(mut behaviour) = self.behaviour.take() else { return };
        let work = async move {
            let next = AssertUnwindSafe(behaviour.handle(job)).catch_unwind().await;
            (behaviour, next)
        };
        ctx.wait(work.into_actor(self).map(move |(behaviour, next), cell, ctx| {
            let answer = match next {
                Ok(Next::Answer(answer)) => {
                    cell.behaviour = Some(behaviour);
                    Ok(answer)
                }
                Ok(Next::Sleep) => {
                    ctx.stop();
                    Err(Lost::Gone)
                }
                Err(_) => {
                    // Counted before the sender learns of it, so that it can look at the count.
                    B::on_panic(&cell.mourner);
                    ctx.stop();
                    Err(Lost::Panicked)
                }
            };
            if let Some(reply) = reply {
                let _ = reply.send(answer);
            }
        }));
    }
}

struct Handed<J: Send + 'static>(J);

impl<J: Send + 'static> Message for Handed<J> {
    type Result = ();
}

/// Sends jobs to a pipelined actor; one sender to actix, as [`Mailbox`] is.
pub(crate) struct Intake<J: Send + 'static>(Arc<Recipient<Handed<J>>>);

impl<J: Send + 'static> Clone for Intake<J> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<J: Send + 'static> Intake<J> {
    /// Hands a job over, or says why not.
    pub(crate) fn send(&self, job: J) -> Result<(), Lost> {
        self.0.try_send(Handed(job)).map_err(|error| match error {
            SendError::Full(_) => Lost::Full,
            SendError::Closed(_) => Lost::Gone,
        })
    }
}

impl<J: Send + 'static> Intake<J> {
    /// Hands over a job that must not be lost, also where there is no room: for the few without which nothing goes on.
    pub(crate) fn push(&self, job: J) {
        self.0.do_send(Handed(job));
    }
}

struct Pipe<P: Pipelined>(P);

impl<P: Pipelined> Actor for Pipe<P> {
    type Context = Context<Self>;
}

impl<P: Pipelined> Handler<Handed<P::Job>> for Pipe<P> {
    type Result = ();

    fn handle(&mut self, message: Handed<P::Job>, _: &mut Context<Self>) {
        match std::panic::catch_unwind(AssertUnwindSafe(|| self.0.handle(message.0))) {
            // Not on the actor's context, which polls everything in it at every wake-up.
            Ok(rest) => spawn(rest),
            Err(_) => self.0.on_panic(),
        }
    }
}

/// Runs a future beside whatever runs on this actor's thread.
pub(crate) fn spawn(future: impl Future<Output = ()> + 'static) {
    drop(actix::spawn(future));
}

/// Runs a future within a new actix system on this thread: what [`Engine::start`](crate::Engine::start) needs around it.
pub fn block_on<F: Future>(future: F) -> F::Output {
    System::new().block_on(future)
}
