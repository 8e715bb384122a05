//! The one source of chance of a run: the same seed gives the same draws.

/// A generator after splitmix64. Small, fast and good enough to choose what happens next.
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from 0 up to, but not including, `end`.
    pub(crate) fn below(&mut self, end: u32) -> u32 {
        let end = u64::from(end.max(1));
        // Below 2^32, so it fits.
        u32::try_from(self.draw() % end).unwrap_or(0)
    }

    /// A number from `start` up to, but not including, `end`.
    pub(crate) fn between(&mut self, start: u32, end: u32) -> u32 {
        start + self.below(end.saturating_sub(start))
    }

    /// True in `percent` of a hundred cases.
    pub(crate) fn percent(&mut self, percent: u32) -> bool {
        self.below(100) < percent
    }

    /// One of the items; `None` if there are none.
    pub(crate) fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        let index = self.below(u32::try_from(items.len()).unwrap_or(u32::MAX));
        items.get(usize::try_from(index).unwrap_or(0))
    }
}
