//! The rules of a conversation, told as stories: each test is named by what it shows and by the rule that says so.

mod assignment;
mod conversation_idle;
mod guests;
mod identity;
mod idle_chat;
mod lifecycle;
mod messaging;
mod outbound;
mod properties;
mod reassignment;
mod saying;
mod story;
mod timer_contract;
mod transfer;
mod virtual_agent;
mod waiting;
