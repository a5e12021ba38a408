//! Tells typing from bursts.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// More keys than this within `WINDOW` were not typed.
const MOST: usize = 8;
const WINDOW: Duration = Duration::from_millis(20);
/// A burst lasts until nothing came for this long: the packets of one paste come apart on slow links.
const QUIET: Duration = Duration::from_millis(100);

/// Remembers when the last keys came.
#[derive(Debug, Default)]
pub struct Pace {
    recent: VecDeque<Instant>,
    burst: Option<Instant>,
}

impl Pace {
    /// Counts `keys` that arrived at `at` (`pasted`: as a paste); answers whether they belong to a burst.
    pub fn count(&mut self, at: Instant, keys: usize, pasted: bool) -> bool {
        for _ in 0..keys.min(MOST + 1) {
            self.recent.push_back(at);
        }
        while self.recent.len() > MOST + 1 {
            self.recent.pop_front();
        }
        let full = self.recent.len() > MOST;
        let dense = full && self.recent.front().is_some_and(|first| at.duration_since(*first) <= WINDOW);
        let going_on = self.burst.is_some_and(|last| at.duration_since(last) < QUIET);
        let burst = pasted || dense || (going_on && keys > 0);
        if burst {
            self.burst = Some(at);
        }
        burst
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nine_keys_in_twenty_milliseconds_are_a_burst() {
        let start = Instant::now();
        let ms = |n| start + Duration::from_millis(n);
        let mut pace = Pace::default();
        assert!(!pace.count(ms(0), 8, false), "eight are not");
        assert!(pace.count(ms(20), 1, false), "the ninth is");
        assert!(pace.count(ms(90), 1, false), "still going on");
        assert!(!pace.count(ms(250), 1, false), "quiet again");
        let mut pace = Pace::default();
        for n in 0..40 {
            assert!(!pace.count(ms(n * 30), 1, false), "a held key");
        }
        assert!(pace.count(ms(2000), 1, true));
        assert!(pace.count(ms(2050), 1, false), "keys right after a paste");
    }
}
