//! What agents of a roster do by chance: the same for the same seed, on every machine and in every release.

use super::habits::Span;

/// A generator (splitmix64).
#[derive(Clone, Debug)]
pub(super) struct Chance(u64);

impl Chance {
    /// The sequence of a seed.
    pub(super) fn new(seed: u64) -> Self {
        let mut chance = Self(seed);
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
    pub(super) fn unit(&mut self) -> f64 {
        // The upper 53 bits fit a float exactly.
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// How long something takes, in milliseconds.
    pub(super) fn span_ms(&mut self, span: Span) -> i64 {
        let beyond = f64::from(span.mean.saturating_sub(span.least));
        // 1 - unit is never 0, so the logarithm is finite.
        let drawn = -ln(1.0 - self.unit()) * beyond * 1000.0;
        i64::from(span.least) * 1000 + drawn as i64
    }
}

/// The natural logarithm of a number above 0 and at most 1, by nothing but the four operations, which are exact to the
/// last bit everywhere; libraries' logarithms are not, and a rehearsal has to be the same on every machine.
fn ln(x: f64) -> f64 {
    let (mut mantissa, mut halvings) = (x, 0.0);
    while mantissa < 0.5 {
        mantissa *= 2.0;
        halvings += 1.0;
    }
    // ln m = 2 artanh t, and |t| is at most a third, so the terms fall by a ninth each.
    let t = (mantissa - 1.0) / (mantissa + 1.0);
    let square = t * t;
    let (mut sum, mut power) = (0.0, t);
    for odd in (1..=31_u32).step_by(2) {
        sum += power / f64::from(odd);
        power *= square;
    }
    2.0 * sum - halvings * std::f64::consts::LN_2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_logarithm_is_that_of_the_library() {
        for x in [1.0, 0.999, 0.75, 0.5, 0.3, 1e-3, 1e-9, 1.0 / (1_u64 << 53) as f64] {
            assert!((ln(x) - x.ln()).abs() < 1e-12, "{x}");
        }
    }

    #[test]
    fn spans_are_never_shorter_than_the_least_and_have_their_mean() {
        let mut chance = Chance::new(1);
        let span = Span { least: 60, mean: 300 };
        let drawn: Vec<i64> = (0..20_000).map(|_| chance.span_ms(span)).collect();
        assert!(drawn.iter().all(|ms| *ms >= 60_000));
        let mean_ms = drawn.iter().sum::<i64>() / 20_000;
        assert!((290_000..310_000).contains(&mean_ms), "{mean_ms}");
        assert_eq!(chance.span_ms(Span { least: 7, mean: 7 }), 7_000);
    }

    #[test]
    fn a_seed_gives_one_sequence() {
        let draw = |seed| {
            let mut chance = Chance::new(seed);
            [(); 8].map(|()| chance.next())
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
    }
}
