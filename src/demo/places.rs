//! Where counters stand: a point near the county's seat that lies inside the county's city and the province.
//!
//! Owns positions; the outlines are coarse, so a point is believable, not exact.

use super::rng::Rng;
use crate::reference::{Division, Reference, Ring};

/// Farthest from the seat, in millionths of a degree (about 13 km).
const REACH: i64 = 140_000;
/// Tries before the seat itself is taken.
const TRIES: usize = 16;

/// Seats of the ten partner cities in Jiangsu in millionths of a degree.
const JIANGSU: &[(&str, i64, i64)] = &[
    ("320100", 118_796_900, 32_060_300),
    ("320200", 120_311_900, 31_491_200),
    ("320300", 117_284_100, 34_205_800),
    ("320400", 119_974_000, 31_811_200),
    ("320500", 120_585_300, 31_298_900),
    ("320600", 120_894_300, 31_980_200),
    ("320900", 120_163_600, 33_347_300),
    ("321000", 119_412_900, 32_394_200),
    ("321100", 119_425_800, 32_187_800),
    ("321200", 119_923_100, 32_455_800),
];

/// A place inside a county.
pub(super) fn in_county(rng: &mut Rng, reference: &Reference, county: &Division) -> (i64, i64) {
    let rings: Vec<&Ring> =
        ["610000", &county.prefecture_code].iter().filter_map(|code| reference.ring(code)).collect();
    for _ in 0..TRIES {
        let (x, y) = near(rng, (county.longitude_e6, county.latitude_e6));
        if rings.iter().all(|r| r.contains(x, y)) {
            return (x, y);
        }
    }
    (county.longitude_e6, county.latitude_e6)
}

/// A place in a partner city; `None` when the city is not known.
pub(super) fn in_jiangsu(rng: &mut Rng, code: &str) -> Option<(i64, i64)> {
    let (_, x, y) = JIANGSU.iter().find(|(c, _, _)| *c == code)?;
    let (dx, dy) = near(rng, (*x, *y));
    Some(((x + dx) / 2, (y + dy) / 2))
}

/// A point near another, nearer ones more often.
fn near(rng: &mut Rng, (x, y): (i64, i64)) -> (i64, i64) {
    let mut step = || (rng.between(-REACH, REACH) + rng.between(-REACH, REACH)) / 2;
    let (dx, dy) = (step(), step());
    (x + dx, y + dy)
}
