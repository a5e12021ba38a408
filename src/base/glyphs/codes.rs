//! Codes of rows such as `SX611026-0003`, found by any part of them: the end read over the phone, `0003` or `1026-0003`.
//! Owns their packed form: four bytes a row for codes that end in digits, which is all of them where there are many.

use std::collections::{BTreeMap, HashMap};

use super::hits::{bit_of, index, word_of};

/// Digits at the end that are kept as a number.
const TAIL: usize = 6;
/// Bits of that number; what stands before it is known by the bits above.
const TAIL_BITS: u32 = 20;
/// No code, or one kept aside.
const EMPTY: u32 = u32::MAX;
/// Row numbers below this always get a slot of their own, as in the column of names.
const DENSE_ROWS: usize = if cfg!(test) { 512 } else { 1 << 20 };

/// One code a row.
#[derive(Default)]
pub struct Codes {
    packed: Vec<u32>,
    heads: Vec<Head>,
    /// Place in `heads` by text and number of digits behind it.
    known: HashMap<Box<str>, u32>,
    /// Codes that do not end in digits, or whose row number is far beyond the others.
    aside: BTreeMap<u32, Box<str>>,
}

/// What stands before the number, and how many digits the number has.
struct Head {
    text: Box<str>,
    digits: usize,
}

impl Codes {
    /// Sets the code of a row.
    pub fn set(&mut self, row: u32, code: &str) {
        self.aside.remove(&row);
        let has_slot = index(row) < DENSE_ROWS.max(self.packed.len().saturating_mul(2));
        let packed = if has_slot { self.pack(code) } else { None };
        if has_slot && index(row) >= self.packed.len() {
            self.packed.resize(index(row) + 1, EMPTY);
        }
        if let Some(slot) = self.packed.get_mut(index(row)) {
            *slot = packed.unwrap_or(EMPTY);
        }
        if packed.is_none() && !code.is_empty() {
            self.aside.insert(row, code.into());
        }
    }

    /// Gives back what was reserved for more rows.
    pub fn shrink(&mut self) {
        self.packed.shrink_to_fit();
    }

    /// Heap memory in bytes, estimated from capacities.
    pub fn memory_bytes(&self) -> usize {
        let heads: usize = self.heads.iter().map(|h| h.text.len() * 2 + 80).sum();
        self.packed.capacity() * 4 + heads + self.aside.values().map(|c| c.len() + 48).sum::<usize>()
    }

    fn pack(&mut self, code: &str) -> Option<u32> {
        let digits = code.bytes().rev().take(TAIL).take_while(u8::is_ascii_digit).count();
        let (text, tail) = code.split_at_checked(code.len() - digits)?;
        let number: u32 = tail.parse().ok()?;
        let key = format!("{digits}{text}");
        let head = match self.known.get(key.as_str()) {
            Some(head) => *head,
            None => {
                let head = u32::try_from(self.heads.len()).ok().filter(|h| *h < EMPTY >> TAIL_BITS)?;
                self.heads.push(Head { text: text.into(), digits });
                self.known.insert(key.into(), head);
                head
            }
        };
        Some(head << TAIL_BITS | number)
    }

    /// Gets ready to find the codes that have `part` in them.
    pub fn finder<'a>(&'a self, part: &'a str) -> Finder<'a> {
        let mut sets: HashMap<(usize, Vec<&str>), usize> = HashMap::new();
        let mut numbers = Vec::new();
        let heads = self.heads.iter().map(|head| {
            if head.text.contains(part) {
                return Among::All;
            }
            let ways = head.ways(part);
            if ways.is_empty() && (part.len() > head.digits || !is_digits(part)) {
                return Among::None;
            }
            let key = (head.digits, ways);
            let next = sets.len();
            let set = *sets.entry(key).or_insert_with_key(|(digits, ways)| {
                numbers.push(tails(part, *digits, ways));
                next
            });
            Among::Some(set)
        });
        let heads = heads.collect();
        Finder { codes: self, part, heads, numbers }
    }
}

impl Head {
    /// What may remain of `part` for the number to begin with, once a part of it was the end of the head.
    fn ways<'p>(&self, part: &'p str) -> Vec<&'p str> {
        let cuts = (1..part.len()).filter_map(|n| part.split_at_checked(n));
        cuts.filter(|(end, rest)| rest.len() <= self.digits && is_digits(rest) && self.text.ends_with(end))
            .map(|(_, rest)| rest)
            .collect()
    }
}

/// Which codes with one head match.
enum Among {
    None,
    All,
    /// Those whose number is in the set with this place.
    Some(usize),
}

/// A part of a code, ready to be looked for.
pub struct Finder<'a> {
    codes: &'a Codes,
    part: &'a str,
    heads: Vec<Among>,
    /// Sets of numbers, one bit each.
    numbers: Vec<Vec<u64>>,
}

impl Finder<'_> {
    /// Whether the row's code has the part in it.
    pub fn finds(&self, row: u32) -> bool {
        let packed = self.codes.packed.get(index(row)).copied().unwrap_or(EMPTY);
        if packed == EMPTY {
            return self.codes.aside.get(&row).is_some_and(|code| code.contains(self.part));
        }
        match self.heads.get(index(packed >> TAIL_BITS)) {
            Some(Among::All) => true,
            Some(Among::Some(set)) => {
                let number = packed & ((1 << TAIL_BITS) - 1);
                let word = self.numbers.get(*set).and_then(|set| set.get(word_of(number)));
                word.is_some_and(|word| word & bit_of(number) != 0)
            }
            _ => false,
        }
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// The numbers of `digits` digits that have `part` in them or begin with one of `ways`.
fn tails(part: &str, digits: usize, ways: &[&str]) -> Vec<u64> {
    let power = |n: usize| u32::try_from(n).ok().and_then(|n| 10_u32.checked_pow(n)).unwrap_or(u32::MAX);
    let mut set = vec![0_u64; index(power(digits)).div_ceil(64)];
    let mut add = |from: u32, count: u32| {
        for number in from..from + count {
            if let Some(word) = set.get_mut(word_of(number)) {
                *word |= bit_of(number);
            }
        }
    };
    for way in ways {
        let rest = power(digits - way.len());
        add(way.parse::<u32>().unwrap_or(0) * rest, rest);
    }
    if is_digits(part) && part.len() <= digits {
        let middle = part.parse::<u32>().unwrap_or(0);
        for behind in 0..=digits - part.len() {
            for before in 0..power(digits - part.len() - behind) {
                add((before * power(part.len()) + middle) * power(behind), power(behind));
            }
        }
    }
    set
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODES: &[&str] = &[
        "SX611026-0003",
        "SX611026-0030",
        "SX611026-16003",
        "SX610926-0003",
        "GY611026-0001",
        "CG-2020-000003",
        "CG-2020-1234567",
        "SX-PROV",
        "ftu_610102",
        "D1",
        "0003",
        "",
        "61-2020-0001",
        "编号-0003",
    ];

    #[test]
    fn every_part_of_a_code_finds_what_reading_them_all_finds() {
        let mut codes = Codes::default();
        let rows = || (0_u32..).step_by(7).zip(CODES).chain([(4_000_000_000, &"SX611026-0099")]);
        rows().for_each(|(row, code)| codes.set(row, code));
        let mut parts: Vec<String> =
            ["9", "00", "zz", "26-00", "26-003", "-0", "1026-0003", "0003"].map(Into::into).into();
        for code in CODES {
            let at: Vec<usize> = code.char_indices().map(|(i, _)| i).chain([code.len()]).collect();
            parts.extend(at.iter().flat_map(|a| at.iter().filter(move |b| *b > a).map(|b| code[*a..*b].to_owned())));
        }
        for part in &parts {
            let finder = codes.finder(part);
            for (row, code) in rows() {
                assert_eq!(finder.finds(row), code.contains(part.as_str()), "{part} in {code}");
            }
            assert!(!finder.finds(1) && !finder.finds(u32::MAX), "rows without a code");
        }
    }

    #[test]
    fn a_code_set_again_takes_the_place_of_the_one_before() {
        let mut codes = Codes::default();
        for (before, after) in
            [("SX611026-0003", "SX611026-0004"), ("SX-PROV", "A-0001"), ("A-0001", "SX-PROV"), ("A1", "")]
        {
            codes.set(5, before);
            codes.set(5, after);
            assert!(!codes.finder(before).finds(5), "{before}");
            assert!(after.is_empty() || codes.finder(after).finds(5), "{after}");
        }
    }

    #[test]
    fn a_row_takes_four_bytes() {
        let mut codes = Codes::default();
        (0..100_000_u32).for_each(|row| codes.set(row, &format!("SX{:06}-{:04}", 610_000 + row % 107, row / 107)));
        codes.shrink();
        assert!(codes.memory_bytes() < 450_000, "{}", codes.memory_bytes());
    }
}
