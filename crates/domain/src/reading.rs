//! What a requester has been shown and what they have not read: a pure fold over everything that came to them and over
//! their windows, in the order of the log (`MSG-2` to `MSG-8`).
//!
//! A requester has one history over all their conversations; its items are numbered from 1. An item *counts* if it is an
//! agent's message or a simple notification. It is unread if it counts and came while no window was open. A window shows
//! the newest items when it opens, and more with each page; what the windows of one time have shown becomes read when,
//! after all of them were closed, the next one opens.
//!
//! A window whose client vanished is open until somebody notices. What came since the last sign of life of any window was
//! shown to nobody then, and is unread after all.
//!
//! What came before another person took the requester's place is nobody's any more: it is neither shown nor counted
//! (`ID-9`).
//!
//! The state holds spans of items and never the items: one span for each time without a window whose items were not all
//! shown. How many of the first so many items count is asked of whoever keeps the items.

use uuid::Uuid;

/// How many items a window shows when it opens, and with each page (`MSG-3`, `MSG-7`).
pub const PAGE_ITEMS: u64 = 50;

/// What happens to a requester's history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadingFact {
    /// Something came that the requester is shown.
    Arrived {
        /// Whether it counts (`MSG-2`).
        counts: bool,
    },
    /// A window was opened.
    Opened {
        /// Which.
        window: Uuid,
    },
    /// A window showed one page more.
    Paged {
        /// Which.
        window: Uuid,
    },
    /// A window gave a sign of life.
    Renewed {
        /// Which.
        window: Uuid,
    },
    /// A window was closed.
    Closed {
        /// Which.
        window: Uuid,
        /// Whether it was because its client had vanished.
        vanished: bool,
    },
    /// The history begins anew: nothing that came so far is for whoever looks from now on (`ID-9`).
    BegunAnew,
}

/// What a fact did to items that had come before it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Turned {
    /// These became read, or are nobody's any more.
    pub read: Vec<Span>,
    /// These turned out to be unread.
    pub unread: Option<Span>,
}

/// Consecutive items, with how many items of the history count before the first of them and up to the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The number of the first item.
    pub from: u64,
    /// The number of the last item.
    pub to: u64,
    /// How many items before `from` count.
    pub before: u64,
    /// How many items up to `to` count.
    pub upto: u64,
}

/// A window that is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenWindow {
    /// Which.
    pub window: Uuid,
    /// The oldest item that it has shown.
    pub from: u64,
    /// The newest item of the page that it showed last; the page begins with `from`, and is empty if this is less.
    pub page_to: u64,
}

/// How far a requester has read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// How many items the history has.
    pub items: u64,
    /// How many of them count.
    pub counted: u64,
    /// The open windows, oldest first. Their number is bounded by whoever opens them.
    pub open: Vec<OpenWindow>,
    /// What windows have shown since the last time that none was open; it becomes read at the next such opening.
    pub shown: Option<Span>,
    /// What is unread, in order; at least one item of each span counts.
    pub unread: Vec<Span>,
    /// How many items there were when a window last gave a sign of life.
    pub alive: u64,
    /// How many items there were when the history last began anew: no window shows them (`ID-9`).
    pub hidden: u64,
}

impl Span {
    /// How many of its items count.
    pub const fn count(&self) -> u64 {
        self.upto - self.before
    }
}

impl Reading {
    /// Applies one fact; what became of earlier items with it. `counted` says how many of the first so many items count; it
    /// is asked at most once.
    ///
    /// # Errors
    /// What `counted` fails with; nothing is changed then.
    pub fn apply<E>(
        &mut self,
        fact: ReadingFact,
        counted: impl FnOnce(u64) -> Result<u64, E>,
    ) -> Result<Turned, E> {
        match fact {
            ReadingFact::Arrived { counts } => self.arrived(counts),
            ReadingFact::Opened { window } => {
                let from = self.items.saturating_sub(PAGE_ITEMS - 1).max(self.hidden + 1);
                let before = if from == 1 { 0 } else { counted(from - 1)? };
                return Ok(Turned { read: self.opened(window, from, before), unread: None });
            }
            ReadingFact::Paged { window } => {
                let Some(open) = self.window(window) else { return Ok(Turned::default()) };
                let (page_to, from) =
                    (open.from - 1, open.from.saturating_sub(PAGE_ITEMS).max(self.hidden + 1));
                let before = if from == 1 { 0 } else { counted(from - 1)? };
                self.show(from, before);
                self.alive = self.items;
                let paged = OpenWindow { window, from, page_to };
                self.open.iter_mut().filter(|open| open.window == window).for_each(|open| *open = paged);
            }
            ReadingFact::Renewed { window } => {
                if self.window(window).is_some() {
                    self.alive = self.items;
                }
            }
            ReadingFact::Closed { window, vanished } if self.window(window).is_some() => {
                let is_last = self.open.len() == 1;
                let missed = if vanished && is_last && self.alive < self.items {
                    Some(Span {
                        from: self.alive + 1,
                        to: self.items,
                        before: counted(self.alive)?,
                        upto: self.counted,
                    })
                } else {
                    None
                };
                self.open.retain(|open| open.window != window);
                self.alive = if vanished { self.alive } else { self.items };
                let unread = missed.filter(|span| span.count() > 0);
                self.unread.extend(unread);
                return Ok(Turned { read: Vec::new(), unread });
            }
            ReadingFact::Closed { .. } => {}
            ReadingFact::BegunAnew => {
                let read = std::mem::take(&mut self.unread);
                let (items, counted) = (self.items, self.counted);
                *self = Self { items, counted, alive: items, hidden: items, ..Self::default() };
                return Ok(Turned { read, unread: None });
            }
        }
        Ok(Turned::default())
    }

    /// How many items are unread, without any limit (`MSG-3`).
    pub fn total(&self) -> u64 {
        self.unread.iter().map(Span::count).sum()
    }

    /// An open window.
    pub fn window(&self, window: Uuid) -> Option<&OpenWindow> {
        self.open.iter().find(|open| open.window == window)
    }

    /// Whether an item is unread, if it counts.
    pub fn is_unread(&self, item: u64) -> bool {
        self.unread.iter().any(|span| (span.from..=span.to).contains(&item))
    }

    /// How many of the first `item` items are unread, of which `counted` count.
    pub fn unread_up_to(&self, item: u64, counted: u64) -> u64 {
        let among = |span: &Span| match span.to <= item {
            true => span.count(),
            false => counted.saturating_sub(span.before),
        };
        self.unread.iter().take_while(|span| span.from <= item).map(among).sum()
    }

    /// The first unread item behind the first `item` items, of which `counted` count: as its number among all that count.
    pub fn first_unread_after(&self, item: u64, counted: u64) -> Option<u64> {
        let spans = self.unread.iter().filter(|span| span.to > item);
        spans
            .map(|span| (span.before.max(counted), span.upto))
            .find(|(before, upto)| before < upto)
            .map(|(n, _)| n + 1)
    }

    fn arrived(&mut self, counts: bool) {
        let (item, before) = (self.items + 1, self.counted);
        self.items = item;
        self.counted += u64::from(counts);
        if !self.open.is_empty() {
            return;
        }
        match self.unread.last_mut() {
            // Also what does not count goes into the span, so that one time without a window is one span.
            Some(last) if last.to + 1 == item => (last.to, last.upto) = (item, self.counted),
            Some(_) | None if counts => {
                self.unread.push(Span { from: item, to: item, before, upto: self.counted });
            }
            Some(_) | None => {}
        }
    }

    fn opened(&mut self, window: Uuid, from: u64, before: u64) -> Vec<Span> {
        let mut read = Vec::new();
        if self.open.is_empty() {
            read = self.shown.take().map(|shown| self.read(shown)).unwrap_or_default();
            self.shown = Some(Span { from, to: self.items, before, upto: self.counted });
        } else {
            self.show(from, before);
        }
        self.alive = self.items;
        self.open.push(OpenWindow { window, from, page_to: self.items });
        read
    }

    /// What came since the first window opened is unread only if no window gave a sign of life after it, so what is shown
    /// always ends where that window began.
    fn show(&mut self, from: u64, before: u64) {
        if let Some(shown) = self.shown.as_mut().filter(|shown| from < shown.from) {
            (shown.from, shown.before) = (from, before);
        }
    }

    fn read(&mut self, shown: Span) -> Vec<Span> {
        let mut read = Vec::new();
        for span in std::mem::take(&mut self.unread) {
            let older = Span { to: span.to.min(shown.from - 1), upto: span.upto.min(shown.before), ..span };
            let newer =
                Span { from: span.from.max(shown.to + 1), before: span.before.max(shown.upto), ..span };
            let between = Span {
                from: span.from.max(shown.from),
                to: span.to.min(shown.to),
                before: span.before.max(shown.before),
                upto: span.upto.min(shown.upto),
            };
            let rests = [older, newer];
            self.unread.extend(rests.into_iter().filter(|rest| rest.before < rest.upto));
            read.extend((between.before < between.upto).then_some(between));
        }
        read
    }
}

#[cfg(test)]
mod tests;
