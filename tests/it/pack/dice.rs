//! Numbers for made-up instances.

/// A stream of numbers that is the same for the same beginning.
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, n: i64) -> i64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        i64::try_from((z ^ (z >> 31)) >> 1).expect("63 bits") % n
    }

    pub fn chance(&mut self, percent: i64) -> bool {
        self.below(100) < percent
    }
}
