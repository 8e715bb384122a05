//! Everything that can happen in a world of routing. People and queues are named by their place in the world's setting,
//! so that a list of actions is small and says the same in every run.

use domain::routing::WorkItemId;

/// One thing that happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// A requester writes, which opens a conversation if they have none.
    Write(usize),
    /// A requester ends their conversation.
    Leave(usize),
    /// A requester no longer wants an agent.
    Cancel(usize),
    /// A requester wants one after all.
    AskAgain(usize),
    /// The agent who has a requester's conversation answers.
    Answer(usize),
    /// The same agent parks it.
    Hold(usize),
    /// The same agent takes it up again.
    Resume(usize),
    /// The same agent ends it.
    Finish(usize),
    /// An agent joins a requester's conversation that nobody has.
    Join(usize, usize),
    /// A supervisor gives it to an agent.
    Assign(usize, usize),
    /// The agent who has it sends it to a queue.
    ToQueue(usize, usize),
    /// A timer of it is due.
    Fire(usize),
    /// The agent who has it offers it to another one.
    Transfer(usize, usize),
    /// The same agent takes that back.
    CancelTransfer(usize),
    /// An agent accepts what they were offered.
    Accept(WorkItemId),
    /// An agent rejects what they were offered, for one of the setting's reasons.
    Reject(WorkItemId, usize),
    /// An agent comes or goes.
    Presence(usize, Stance),
    /// Time moves to the next moment at which the router has something to do, and it does it.
    Tick,
    /// So many seconds pass, and nobody tells the router.
    Pass(u32),
    /// The router takes in so many records of a partition.
    TakeIn(usize, usize),
    /// It is given the last ones once more.
    Repeat(usize),
    /// An errand is run at its conversation.
    Run(usize),
    /// The router learns what became of it.
    Report(usize),
    /// Nobody learns what became of it, so that it is run again.
    Lose(usize),
    /// The process dies and comes back.
    Crash,
    /// The process dies the next time that the router decides several things at once, with so many of them stored.
    Tear(usize),
    /// Another configuration is in force.
    Reconfigure(usize),
}

/// What an agent's presence can become.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stance {
    /// Available on all channels.
    Available,
    /// Available with the first channel switched off.
    Narrow,
    /// Away.
    Away,
    /// Offline.
    Offline,
    /// As before, but the workspace is gone.
    Gone,
}

/// The kinds of actions, by which a setting says what happens in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// [`Action::Write`]; likewise below.
    Write,
    /// See above.
    Leave,
    /// See above.
    Cancel,
    /// See above.
    AskAgain,
    /// See above.
    Answer,
    /// [`Action::Hold`] and [`Action::Resume`].
    Hold,
    /// See above.
    Finish,
    /// See above.
    Join,
    /// See above.
    Assign,
    /// See above.
    ToQueue,
    /// See above.
    Fire,
    /// See above.
    Transfer,
    /// See above.
    CancelTransfer,
    /// See above.
    Accept,
    /// See above.
    Reject,
    /// See above.
    Presence,
    /// See above.
    Tick,
    /// See above.
    Pass,
    /// See above.
    TakeIn,
    /// See above.
    Repeat,
    /// See above.
    Run,
    /// See above.
    Report,
    /// See above.
    Lose,
    /// See above.
    Crash,
    /// See above.
    Tear,
    /// See above.
    Reconfigure,
    /// An [`Action::Pass`] of minutes.
    Pause,
}

impl Stance {
    /// Every stance there is.
    pub const ALL: [Self; 5] = [Self::Available, Self::Narrow, Self::Away, Self::Offline, Self::Gone];
}

impl Kind {
    /// Whether it brings errands further and gives no new ones.
    pub(super) const fn is_of_errands(self) -> bool {
        match self {
            Self::Run | Self::Report | Self::Lose | Self::Crash => true,
            Self::Write
            | Self::Leave
            | Self::Cancel
            | Self::AskAgain
            | Self::Answer
            | Self::Hold
            | Self::Finish
            | Self::Join
            | Self::Assign
            | Self::ToQueue
            | Self::Fire
            | Self::Transfer
            | Self::CancelTransfer
            | Self::Accept
            | Self::Reject
            | Self::Presence
            | Self::Tick
            | Self::Pass
            | Self::TakeIn
            | Self::Repeat
            | Self::Tear
            | Self::Reconfigure
            | Self::Pause => false,
        }
    }
}
