//! What is kept of a PIN, and how one is held against it (`ID-14`).

use crate::Keys;
use domain::directory::PinHash;
use pbkdf2::pbkdf2_hmac;
use sha2::Sha256;
use store::StreamId;
use subtle::ConstantTimeEq as _;

/// How often a PIN is hashed. A PIN is short whatever one does, so the store's secret, which is hashed in, matters more.
const ROUNDS: u32 = 100_000;

/// What is kept of a PIN. Takes a noticeable part of a second.
pub(crate) fn hash(keys: &Keys, user: StreamId, pin: &str, salt: [u8; 16]) -> PinHash {
    PinHash { salt, rounds: ROUNDS, hash: derived(keys, user, pin, salt, ROUNDS) }
}

/// Whether a PIN is the one that was kept. It takes as long for somebody who has none, so that nobody learns who has one.
pub(crate) fn matches(keys: &Keys, user: StreamId, pin: &str, kept: Option<&PinHash>) -> bool {
    let nothing = PinHash { salt: [0; 16], rounds: ROUNDS, hash: [0; 32] };
    let PinHash { salt, rounds, hash } = kept.unwrap_or(&nothing);
    let same: bool = derived(keys, user, pin, *salt, *rounds).ct_eq(hash).into();
    same & kept.is_some()
}

fn derived(keys: &Keys, user: StreamId, pin: &str, salt: [u8; 16], rounds: u32) -> [u8; 32] {
    let mut hash = [0; 32];
    pbkdf2_hmac::<Sha256>(&keys.pepper(user, pin), &salt, rounds, &mut hash);
    hash
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::Identity;

    /// ID-14
    #[test]
    fn only_the_pin_of_that_user_in_that_store_matches() {
        let keys = |key| Keys::new(&Identity { key: [key; 32], partitions: 1 });
        let (user, other) = (StreamId([1; 16]), StreamId([2; 16]));
        let kept = hash(&keys(1), user, "2468", [3; 16]);
        assert!(matches(&keys(1), user, "2468", Some(&kept)));
        assert!(!matches(&keys(1), user, "2469", Some(&kept)));
        assert!(!matches(&keys(1), other, "2468", Some(&kept)));
        assert!(!matches(&keys(2), user, "2468", Some(&kept)));
        assert!(!matches(&keys(1), user, "2468", None));
    }
}
