//! MSG-2 to MSG-8, 18.18: what is unread, as stories and against a model that remembers every item.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::convert::Infallible;

/// A reading, and beside it the simplest thing that could be right: one entry for each item.
#[derive(Default)]
struct Both {
    reading: Reading,
    /// Of each item whether it counts, and whether it is unread.
    items: Vec<(bool, bool)>,
    /// The oldest item that each window has shown.
    windows: Vec<(Uuid, usize)>,
    /// What was shown since the last time that no window was open.
    shown: BTreeSet<usize>,
    /// How many items there were when a window last gave a sign of life.
    alive: usize,
    /// How many items there were when the history last began anew.
    hidden: usize,
}

fn window(number: u8) -> Uuid {
    Uuid::from_u128(number.into())
}

fn counted(items: &[(bool, bool)], first: u64) -> u64 {
    items.iter().take(usize::try_from(first).unwrap()).filter(|(counts, _)| *counts).count() as u64
}

impl Both {
    /// Plays a story in which `a` is an agent's message, `n` anything that does not count, `+1`, `^1`, `~1`, `-1` and `!1`
    /// open, page, renew and close window 1 and say that its client vanished, `#` begins the history anew, and a number repeats what follows: `60a`.
    fn play(story: &str) -> Self {
        let mut both = Self::default();
        for word in story.split_whitespace() {
            both.word(word);
        }
        both
    }

    fn word(&mut self, word: &str) {
        let digits = word.trim_end_matches(|c: char| !c.is_ascii_digit());
        let number = || window(word[1..].parse().unwrap());
        match word.as_bytes()[0] {
            b'+' => self.apply(ReadingFact::Opened { window: number() }),
            b'^' => self.apply(ReadingFact::Paged { window: number() }),
            b'~' => self.apply(ReadingFact::Renewed { window: number() }),
            b'-' => self.apply(ReadingFact::Closed { window: number(), vanished: false }),
            b'#' => self.apply(ReadingFact::BegunAnew),
            b'!' => self.apply(ReadingFact::Closed { window: number(), vanished: true }),
            _ => {
                let times = if digits.is_empty() { 1 } else { digits.parse().unwrap() };
                (0..times).for_each(|_| self.apply(ReadingFact::Arrived { counts: word.ends_with('a') }));
            }
        }
    }

    fn apply(&mut self, fact: ReadingFact) {
        let before = self.reading.total();
        let items = &self.items;
        let turned = self.reading.apply(fact, |first| Ok::<_, Infallible>(counted(items, first))).unwrap();
        let read: u64 = turned.read.iter().map(Span::count).sum();
        let unread = turned.unread.map_or(0, |span| span.count());
        if !matches!(fact, ReadingFact::Arrived { .. }) {
            assert_eq!(self.reading.total() + read, before + unread, "whatever turned is told");
        }
        self.model(fact);
    }

    fn model(&mut self, fact: ReadingFact) {
        match fact {
            ReadingFact::Arrived { counts } => self.items.push((counts, counts && self.windows.is_empty())),
            ReadingFact::Opened { window } => {
                if self.windows.is_empty() {
                    for item in std::mem::take(&mut self.shown) {
                        self.items[item].1 = false;
                    }
                }
                let from = self.items.len().saturating_sub(50).max(self.hidden);
                self.shown.extend(from..self.items.len());
                self.windows.push((window, from));
                self.alive = self.items.len();
            }
            ReadingFact::Paged { window } => {
                let Some((_, from)) = self.windows.iter_mut().find(|(open, _)| *open == window) else {
                    return;
                };
                let older = from.saturating_sub(50).max(self.hidden);
                self.shown.extend(older..*from);
                *from = older;
                self.alive = self.items.len();
            }
            ReadingFact::Renewed { window } => {
                if self.windows.iter().any(|(open, _)| *open == window) {
                    self.alive = self.items.len();
                }
            }
            ReadingFact::Closed { window, vanished } => {
                let was_open = !self.windows.is_empty();
                let before = self.windows.len();
                self.windows.retain(|(open, _)| *open != window);
                if self.windows.len() == before {
                    return;
                }
                if !vanished {
                    self.alive = self.items.len();
                }
                if was_open && self.windows.is_empty() {
                    self.items[self.alive..].iter_mut().for_each(|(counts, unread)| *unread = *counts);
                }
            }
            ReadingFact::BegunAnew => {
                self.items.iter_mut().for_each(|(_, unread)| *unread = false);
                self.windows.clear();
                self.shown.clear();
                (self.alive, self.hidden) = (self.items.len(), self.items.len());
            }
        }
    }

    fn unread(&self) -> u64 {
        self.items.iter().filter(|(_, unread)| *unread).count() as u64
    }

    /// Whether everything that can be asked of the reading is what the model says.
    fn agree(&self) {
        let reading = &self.reading;
        assert_eq!(reading.total(), self.unread());
        let numbered = || self.items.iter().zip(1..);
        for (&(counts, unread), item) in numbered() {
            assert_eq!(counts && reading.is_unread(item), unread, "item {item}");
        }
        for first in 0..=self.items.len() as u64 {
            let upto = numbered().filter(|((_, unread), item)| *unread && *item <= first).count() as u64;
            let counted_first = counted(&self.items, first);
            assert_eq!(reading.unread_up_to(first, counted_first), upto, "up to {first}");
            let next = numbered().find(|((_, unread), item)| *unread && *item > first);
            let next = next.map(|(_, item)| counted(&self.items, item));
            assert_eq!(reading.first_unread_after(first, counted_first), next, "after {first}");
        }
        let open: Vec<_> = self.windows.iter().map(|(id, from)| (*id, *from as u64 + 1)).collect();
        assert_eq!(reading.open.iter().map(|open| (open.window, open.from)).collect::<Vec<_>>(), open);
    }
}

#[track_caller]
fn check(story: &str, unread: u64) {
    let both = Both::play(story);
    both.agree();
    assert_eq!(both.reading.total(), unread, "{story}");
}

/// MSG-2: what came while no window was open counts if an agent wrote it; nothing else does.
#[test]
fn only_what_counts_and_came_while_no_window_was_open_is_unread() {
    check("3a 2n", 3);
    check("n n n", 0);
    check("+1 3a", 0);
    check("+1 a -1 a", 1);
}

/// MSG-6, 18.18: opening shows and does not mark read; the first opening after a close does.
#[test]
fn what_was_shown_is_read_when_the_window_opens_again() {
    check("3a +1", 3);
    check("3a +1 -1", 3);
    check("3a +1 -1 +1", 0);
    check("3a +1 -1 2a +1", 2);
    check("3a +1 -1 2a +1 -1 +1", 0);
}

/// MSG-7: with several windows, only the last one to close ends what they show.
#[test]
fn a_second_window_beside_an_open_one_reads_nothing() {
    check("3a +1 +2 -1 +3", 3);
    check("3a +1 +2 -1 a", 3);
    check("3a +1 +2 -1 -2 +1", 0);
}

/// MSG-3, MSG-7: the newest 50 are shown, what was never shown stays unread, and pages show 50 more each.
#[test]
fn what_was_never_shown_stays_unread() {
    check("120a +1 -1 +1", 70);
    check("120a +1 ^1 -1 +1", 20);
    check("120a +1 ^1 ^1 ^1 -1 +1", 0);
    // What does not count takes its place on the page all the same.
    check("60a 40n +1 -1 +1", 50);
    check("60a +1 -1 60a +1 -1 +1", 20);
}

/// MSG-7: a window that is opened later shows its own newest items, which may reach less far back.
#[test]
fn what_came_live_is_on_the_page_of_a_later_window_and_was_never_unread() {
    check("60a +1 30a -1 +1", 10);
    check("60a +1 30a +2 ^2 -1 -2 +1", 0);
}

/// MSG-7: what came after the last sign of life of a window whose client had vanished was shown to nobody.
#[test]
fn what_came_to_a_vanished_client_is_unread_after_all() {
    check("+1 2a !1", 2);
    check("+1 2a ~1 3a n !1", 3);
    check("+1 2a -1 !1", 0);
    check("a +1 2a !1 a +1", 3);
    // Another window gave signs of life, or is still open.
    check("+1 +2 2a -2 3a !1", 3);
    check("+1 +2 2a !1", 0);
}

/// ID-9: whoever comes after another person has nothing of theirs unread, and no window shows it.
#[test]
fn a_history_that_begins_anew_shows_and_counts_nothing_of_before() {
    check("120a #", 0);
    check("120a # +1 ^1 -1", 0);
    check("120a # 3a n", 3);
    check("3a # 2a +1 -1 +1", 0);
    check("3a # 60a +1 -1 +1", 10);
    // A window from before shows nothing any more, and nobody sees in it what comes.
    check("3a +1 # 2a", 2);
    check("3a +1 # 2a ^1 -1 !1", 2);
    check("+1 2a # a !1", 1);
    let page = |story: &str| Both::play(story).reading.open.last().map(|open| (open.from, open.page_to));
    assert_eq!(page("120a # +1"), Some((121, 120)), "an empty page");
    assert_eq!(page("120a # 3a +1"), Some((121, 123)));
    assert_eq!(page("120a # 3a +1 ^1"), Some((121, 120)), "nothing is above");
    assert_eq!(page("120a # 60a +1 ^1 ^1"), Some((121, 120)));
}

#[test]
fn a_window_that_is_not_open_shows_and_closes_nothing() {
    check("120a ^1 -1 +1 ^2 -2 -1 +1", 70);
}

/// X1: one time without a window is one span, however much it brings.
#[test]
fn the_state_has_spans_and_not_items() {
    let both = Both::play("500a 300n 10a +1 -1 n a n a");
    assert_eq!(both.reading.unread.len(), 1);
    let both = Both::play("80a +1 a -1 80a +1 -1 +1 a");
    assert_eq!(both.reading.unread.len(), 2);
}

fn facts() -> impl Strategy<Value = Vec<ReadingFact>> {
    let number = || (1..4_u8).prop_map(window);
    let one = prop_oneof![
        6 => (any::<bool>(), 1..40_usize).prop_map(|(counts, times)| vec![ReadingFact::Arrived { counts }; times]),
        2 => number().prop_map(|window| vec![ReadingFact::Opened { window }]),
        2 => number().prop_map(|window| vec![ReadingFact::Paged { window }]),
        1 => number().prop_map(|window| vec![ReadingFact::Renewed { window }]),
        4 => (number(), any::<bool>())
            .prop_map(|(window, vanished)| vec![ReadingFact::Closed { window, vanished }]),
        1 => Just(vec![ReadingFact::BegunAnew]),
    ];
    proptest::collection::vec(one, 0..40).prop_map(|parts| parts.concat())
}

proptest! {
    /// MSG-7: whatever happens, the spans say what one entry for each item would say.
    #[test]
    fn the_spans_say_what_a_memory_of_every_item_would_say(facts in facts()) {
        let mut both = Both::default();
        for fact in facts {
            // A window has an id of its own, so nobody opens one that is open.
            let again = matches!(fact, ReadingFact::Opened { window } if both.reading.window(window).is_some());
            if !again {
                both.apply(fact);
            }
        }
        both.agree();
    }
}
