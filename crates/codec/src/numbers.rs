//! The small numbers that stand for roles, modes, kinds, states and reasons in the store.
//!
//! They hold for all versions of all events. A number is never given to anything else, also when its variant
//! is gone.

use crate::Error;
use domain::Role;
use domain::channel::{ChannelKind, Mode, Responder};
use domain::consent::SenderKind;
use domain::contact::{WhyProfile, WindowClosing};
use domain::conversation::{ClosedState, Lifecycle, ReceiptStatus, StateReason, TimerKind};
use domain::directory::UserKind;
use domain::router::{AllocatedBy, Ending, ErrandKind, PresenceWhy, UnroutedWhy};
use domain::routing::{AssignBy, EstimateBy, ReassignOn, ServiceKind, ShiftPreference, WhenNobody};

/// Has a number in the store.
pub(crate) trait Numbered: Sized {
    /// The value's number.
    fn to_stored(self) -> u8;

    /// The value of that number.
    fn from_stored(number: u8) -> Result<Self, Error>;
}

/// Both directions from one list. A missing variant does not compile, and a number that is used twice makes
/// an unreachable pattern, which is an error in CI.
macro_rules! numbered {
    ($type:ident, $what:literal, { $($variant:ident = $number:literal),+ $(,)? }) => {
        impl Numbered for $type {
            fn to_stored(self) -> u8 {
                match self {
                    $(Self::$variant => $number,)+
                }
            }

            fn from_stored(number: u8) -> Result<Self, Error> {
                match number {
                    $($number => Ok(Self::$variant),)+
                    _ => Err(Error::UnknownNumber { what: $what, number }),
                }
            }
        }
    };
}

numbered!(Role, "role", { Gateway = 1, Requester = 2, Agent = 3, Supervisor = 4, Admin = 5, System = 6 });

numbered!(Mode, "mode", { Chat = 1, Messaging = 2 });

numbered!(Responder, "first responder", { LiveAgent = 1, VirtualAgent = 2 });

numbered!(SenderKind, "kind of sender", { LongCode = 1, TollFree = 2, ShortCode = 3 });

numbered!(ChannelKind, "channel kind", {
    Mweb = 1,
    Sms = 2,
    Own = 3,
    Whatsapp = 4,
    Messenger = 5,
    Line = 6,
    AppleMessages = 7,
    Teams = 8,
    Slack = 9,
});

numbered!(Lifecycle, "lifecycle", { New = 1, WorkInProgress = 2, OnHold = 3, Closed = 4 });

numbered!(ClosedState, "closed state", { Complete = 1, Abandoned = 2, Faulted = 3 });

numbered!(StateReason, "state reason", {
    LeftBeforeEngagement = 1,
    NoActivity = 2,
    UserEnded = 3,
    NoUserResponse = 4,
    AgentEnded = 5,
    RequesterSilent = 6,
    Error = 7,
    MaxWaitElapsed = 8,
    NotRouted = 9,
    AutoClosed = 10,
    Superseded = 11,
    GuestDisconnected = 12,
});

numbered!(TimerKind, "timer", {
    IdleReminder = 1,
    IdleCancel = 2,
    ConversationIdle = 3,
    PromptAgent = 4,
    Abandon = 5,
    Reassign = 6,
    Disconnect = 7,
});

numbered!(ReceiptStatus, "receipt", { Failed = 1, Delivered = 2, Read = 3 });

numbered!(UnroutedWhy, "cause of being in no queue", {
    NoServiceChannel = 1,
    NoQueue = 2,
    LookBack = 3,
    Overfull = 4,
});

numbered!(AllocatedBy, "way to an agent", { Offer = 1, Auto = 2, Hand = 3, Transfer = 4 });

numbered!(Ending, "ending", {
    Completed = 1,
    Transferred = 2,
    Reassigned = 3,
    RequesterLeft = 4,
    RequestCancelled = 5,
    ManuallyAssigned = 6,
    TimedOut = 7,
    TransferCancelled = 8,
    Disqualified = 9,
    RefusedClosed = 10,
    RefusedFull = 11,
    RefusedNobody = 12,
});

numbered!(ErrandKind, "errand", { Assign = 1, Unassign = 2, EndWait = 3, Refuse = 4, Tell = 5 });

numbered!(PresenceWhy, "cause of a presence", {
    Chosen = 1,
    OfferTimedOut = 2,
    Declined = 3,
    Inactive = 4,
    Disconnected = 5,
});

numbered!(ServiceKind, "kind of service channel", { Chat = 1, Phone = 2, Messaging = 3, Other = 4 });

numbered!(AssignBy, "way of choosing an agent", { MostCapacity = 1, LastAssigned = 2, RoundRobin = 3 });

numbered!(ShiftPreference, "preference by shift", { LeastLeft = 1, MostLeft = 2, Any = 3 });

numbered!(WhenNobody, "answer when nobody is there", { Wait = 1, Refuse = 2 });

numbered!(ReassignOn, "sign of a returning requester", { Message = 1, Open = 2 });

numbered!(WhyProfile, "cause of a profile", { DirectoryMatch = 1, NoMatch = 2, Ambiguous = 3, Agent = 4 });

numbered!(UserKind, "kind of user", { Full = 1, Consumer = 2 });
numbered!(WindowClosing, "cause of a window's end", { Requester = 1, TimedOut = 2, Replaced = 3 });

numbered!(EstimateBy, "way of estimating waits", { Mean = 1, Weighted = 2 });

#[cfg(test)]
mod tests {
    use super::*;

    /// The index of armed timers has numbers of its own, and two for one timer would be one too many.
    #[test]
    fn a_timer_has_the_number_here_that_the_domain_gives_it() {
        for kind in TimerKind::ALL {
            assert_eq!(kind.to_stored(), kind.number());
        }
    }

    #[test]
    fn a_number_that_is_not_in_use_is_refused() {
        assert_eq!(Mode::from_stored(0), Err(Error::UnknownNumber { what: "mode", number: 0 }));
        assert!(Role::from_stored(u8::MAX).is_err());
    }
}
