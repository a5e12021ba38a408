//! The only place that asks the machine for the time.
//!
//! A clock is real, or the machine's set to another time (the demo), or runs on from an instant, or stands still (`--now`).

use jiff::{SignedDuration, Timestamp};
use std::time::Instant;

/// Where the time comes from.
#[derive(Debug, Clone, Copy)]
pub enum Clock {
    /// The machine's clock.
    Real,
    /// The machine's clock put on or back by this much: whoever knows the shift reads the same time.
    Shifted(SignedDuration),
    /// Stood at `start` when `since` was taken and has run on since.
    Running { start: Timestamp, since: Instant },
    /// Always the same instant.
    Fixed(Timestamp),
}

impl Clock {
    /// A clock that stands at `start` now and runs on.
    pub fn running_from(start: Timestamp) -> Clock {
        Clock::Running { start, since: Instant::now() }
    }

    /// The machine's clock set so that it shows `shown` where the machine shows `machine`.
    pub fn set(shown: Timestamp, machine: Timestamp) -> Clock {
        Clock::Shifted(shown.duration_since(machine))
    }

    /// The current instant, to the millisecond, as it is stored.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that may ask the machine for the time")]
    pub fn now(&self) -> Timestamp {
        let exact = match self {
            Clock::Real => Timestamp::now(),
            Clock::Shifted(by) => {
                let machine = Timestamp::now();
                machine.checked_add(*by).unwrap_or(machine)
            }
            Clock::Running { start, since } => {
                let passed = SignedDuration::try_from(since.elapsed()).unwrap_or_default();
                start.checked_add(passed).unwrap_or(*start)
            }
            Clock::Fixed(at) => *at,
        };
        Timestamp::from_millisecond(exact.as_millisecond()).unwrap_or(exact)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_running_clock_never_goes_back_and_a_fixed_one_stands() {
        let start: Timestamp = "2020-08-20T14:32:00+08:00".parse().expect("an instant");
        let running = Clock::running_from(start);
        let (a, b) = (running.now(), running.now());
        assert!(start <= a && a <= b);
        assert_eq!(Clock::Fixed(start).now(), start);
    }
}
