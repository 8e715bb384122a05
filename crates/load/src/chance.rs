//! Numbers that look random and are the same for the same seed, on every machine and in every release.

/// A generator (splitmix64). A library's would do as well, but may change its sequence with a version, and then an
/// old seed would no longer show the run that it once showed.
#[derive(Clone, Debug)]
pub(crate) struct Chance(u64);

impl Chance {
    /// The sequence of this seed. The stream keeps several sequences of one seed apart.
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        let mut chance = Self(seed ^ stream.wrapping_mul(0xd134_2543_de82_ef95));
        // Near seeds begin near each other; one step takes them apart.
        Self(chance.next())
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// At least 0, less than 1, evenly spread.
    pub(crate) fn unit(&mut self) -> f64 {
        // The upper 53 bits fit a float exactly.
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Whether something of this probability happens.
    pub(crate) fn happens(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// At least 0, less than `end`, evenly spread; 0 for an empty range.
    pub(crate) fn below(&mut self, end: u32) -> u32 {
        // The high half of a product instead of a remainder: no modulo bias worth speaking of.
        ((u128::from(self.next()) * u128::from(end)) >> 64) as u32
    }

    /// Seconds until the next arrival of a Poisson process of this rate.
    pub(crate) fn gap_s(&mut self, rate_per_s: f64) -> f64 {
        // 1 - unit is never 0, so the logarithm is finite.
        -(1.0 - self.unit()).ln() / rate_per_s
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_one_sequence_and_a_stream_another() {
        let draw = |seed, stream| {
            let mut chance = Chance::new(seed, stream);
            [(); 8].map(|()| chance.next())
        };
        assert_eq!(draw(7, 1), draw(7, 1));
        assert_ne!(draw(7, 1), draw(8, 1));
        assert_ne!(draw(7, 1), draw(7, 2));
    }

    #[test]
    fn numbers_stay_in_their_range_and_reach_all_of_it() {
        let mut chance = Chance::new(1, 1);
        let mut seen = [0_u32; 5];
        for _ in 0..5_000 {
            seen[chance.below(5) as usize] += 1;
            assert!((0.0..1.0).contains(&chance.unit()));
        }
        assert!(seen.iter().all(|count| (800..1_200).contains(count)), "{seen:?}");
        assert_eq!(chance.below(0), 0);
        assert!(!chance.happens(0.0));
        assert!(chance.happens(1.0));
    }
}
