//! What only a log on a disk has to prove: that it lasts, that it knows damage, and that its readers see whole things.

mod common;
mod damage;
mod readers;
mod reopening;
