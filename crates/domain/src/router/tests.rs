//! What the router promises, told in stories; see `story` for how to read them.

mod affinity;
mod attendance;
mod capacity;
mod choice;
mod entrance;
mod explanation;
mod items;
mod max_wait;
mod named;
mod offers;
mod order;
mod pools;
mod properties;
mod queues;
mod reassignment;
mod skills;
mod story;
mod transfer;
mod waits;
