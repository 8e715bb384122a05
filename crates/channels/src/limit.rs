//! How fast one of the company's addresses sends: carriers drop what comes faster than a number may send.

use domain::{Address, Seconds};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// The longest that a try waits for its turn; one that would wait longer is given back to whoever tries.
const WAIT_MAX: Duration = Duration::from_secs(2);
/// From how many addresses on those that are idle are forgotten (`X1`).
const FORGET_FROM_COUNT: usize = 1024;

/// Turns, so many a second for each address.
#[derive(Debug)]
pub(crate) struct Limit {
    interval: Duration,
    /// From when on each address may send again.
    next: Mutex<HashMap<Address, Instant>>,
}

impl Limit {
    /// A limit of so many a second.
    pub(crate) fn new(per_second: u32) -> Self {
        Self { interval: Duration::from_secs(1) / per_second.max(1), next: Mutex::default() }
    }

    /// Waits for the address's turn, or says in how long there might be one.
    pub(crate) async fn turn(&self, address: &Address) -> Result<(), Seconds> {
        let at = self.reserve(address, Instant::now())?;
        tokio::time::sleep_until(at).await;
        Ok(())
    }

    /// Takes the next turn if it is near enough.
    fn reserve(&self, address: &Address, now: Instant) -> Result<Instant, Seconds> {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        if next.len() >= FORGET_FROM_COUNT {
            next.retain(|_, at| *at > now);
        }
        let at = next.get(address).copied().unwrap_or(now).max(now);
        let wait = at - now;
        if wait > WAIT_MAX {
            return Err(Seconds(u32::try_from(wait.as_millis().div_ceil(1000)).unwrap_or(u32::MAX)));
        }
        next.insert(address.clone(), at + self.interval);
        Ok(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(number: u32) -> Address {
        Address::e164(&format!("+1202555{number:04}")).unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn each_address_has_its_turns_and_who_would_wait_too_long_is_sent_away() {
        let limit = Limit::new(1);
        let begun = Instant::now();
        for waited in [0, 1, 2] {
            limit
                .reserve(&address(1), begun)
                .map(|at| assert_eq!(at - begun, Duration::from_secs(waited)))
                .unwrap();
        }
        assert_eq!(limit.turn(&address(1)).await, Err(Seconds(3)));
        assert_eq!(limit.turn(&address(2)).await, Ok(()));
        assert_eq!(begun.elapsed(), Duration::ZERO, "nobody waited for another address");
        tokio::time::advance(Duration::from_millis(1500)).await;
        assert_eq!(limit.turn(&address(1)).await, Ok(()));
        assert_eq!(begun.elapsed().as_secs(), 3, "the turn was waited for");
    }

    /// X1
    #[test]
    fn idle_addresses_are_forgotten() {
        let limit = Limit::new(10);
        let now = Instant::now();
        for number in 0..2000 {
            limit.reserve(&address(number), now + Duration::from_secs(u64::from(number))).unwrap();
        }
        assert!(limit.next.lock().unwrap().len() <= FORGET_FROM_COUNT);
    }
}
