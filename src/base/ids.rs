//! New ids: UUIDv7, so that rows sort by the time they were made. Tests and the demo fix them by a seed.
//!
//! Ids are identity only, never ordering that a rule relies on.

use crate::base::clock::Clock;
use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

/// Makes ids from a clock and either the system's randomness or a seed, or from the id of a command.
#[derive(Debug, Clone)]
pub struct Ids {
    clock: Clock,
    source: Source,
    made: u64,
}

#[derive(Debug, Clone, Copy)]
enum Source {
    System,
    Seed(u64),
    Command(Uuid),
}

impl Ids {
    /// Ids from the clock and the system's randomness.
    pub fn real(clock: Clock) -> Ids {
        Ids { clock, source: Source::System, made: 0 }
    }

    /// The same ids for the same seed and clock; ascending in the order they are made.
    pub fn seeded(clock: Clock, seed: u64) -> Ids {
        Ids { clock, source: Source::Seed(seed), made: 0 }
    }

    /// The ids of the rows a command makes: the same wherever and however often it is decided, so that what a console
    /// shows before the hub has answered is what the hub then says.
    pub fn of_command(command: Uuid) -> Ids {
        Ids { clock: Clock::Real, source: Source::Command(command), made: 0 }
    }

    /// A new id.
    pub fn next_id(&mut self) -> Uuid {
        self.made += 1;
        let mut bytes = [0_u8; 10];
        match self.source {
            Source::Command(command) => return nth_of(command, self.made),
            Source::Seed(seed) => {
                // Version and variant overwrite the top bits of bytes 0 and 2. The counter starts behind them, so that
                // seeded ids ascend; the mix at the end keeps two seeds apart.
                bytes[3..8].copy_from_slice(&self.made.to_be_bytes()[3..8]);
                bytes[8..10].copy_from_slice(&mix(seed).to_be_bytes()[0..2]);
            }
            Source::System => bytes = random_tail(),
        }
        let millis = u64::try_from(self.clock.now().as_millisecond()).unwrap_or(0);
        Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid()
    }
}

/// The id of the `n`-th row of a command: its time from the command's id, the rest from a hash of id and number.
fn nth_of(command: Uuid, n: u64) -> Uuid {
    let mut sha = Sha256::new();
    sha.update(command.as_bytes());
    sha.update(n.to_be_bytes());
    let hash = sha.finalize();
    let mut time = [0_u8; 8];
    time[2..].copy_from_slice(&command.as_bytes()[..6]);
    let mut tail = [0_u8; 10];
    tail.copy_from_slice(&hash[..10]);
    Builder::from_unix_timestamp_millis(u64::from_be_bytes(time), &tail).into_uuid()
}

/// SplitMix64: spreads a small number over 64 bits.
pub fn mix(n: u64) -> u64 {
    let mut z = n.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Random bytes from the system, by way of the id crate: the tail of a fresh id.
#[expect(clippy::disallowed_methods, reason = "the one place that may make a random id")]
fn random_tail() -> [u8; 10] {
    let mut tail = [0_u8; 10];
    tail.copy_from_slice(&Uuid::now_v7().as_bytes()[6..16]);
    tail
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;
    use std::collections::BTreeSet;

    #[test]
    fn the_ids_of_a_command_are_its_own_and_the_same_each_time() {
        let command = Uuid::parse_str("01980000-1234-7abc-8def-0123456789ab").expect("an id");
        let make = |of| {
            let mut ids = Ids::of_command(of);
            (0..5_000).map(|_| ids.next_id()).collect::<Vec<_>>()
        };
        let made = make(command);
        assert_eq!(made, make(command));
        let other = make(Uuid::from_u128(command.as_u128() ^ 1));
        let all: BTreeSet<Uuid> = made.iter().chain(&other).chain([&command]).copied().collect();
        assert_eq!(all.len(), 10_001);
        assert!(made.iter().all(|id| id.get_version_num() == 7 && id.as_bytes()[..6] == command.as_bytes()[..6]));
    }

    #[test]
    fn seeded_ids_ascend_repeat_and_differ_by_seed() {
        let clock = Clock::Fixed(Timestamp::from_millisecond(1_597_905_120_000).expect("an instant"));
        let make = |seed| {
            let mut ids = Ids::seeded(clock, seed);
            (0..70_000).map(|_| ids.next_id()).collect::<Vec<_>>()
        };
        let a = make(1);
        assert_eq!(a, make(1));
        assert!(a.windows(2).all(|w| w[0] < w[1]), "ascending");
        assert!(make(2).iter().zip(&a).all(|(x, y)| x != y));
        assert_eq!(a[0].get_version_num(), 7);
    }

    #[test]
    fn real_ids_are_unique() {
        let mut ids = Ids::real(Clock::Real);
        let set: BTreeSet<_> = (0..10_000).map(|_| ids.next_id()).collect();
        assert_eq!(set.len(), 10_000);
    }
}
