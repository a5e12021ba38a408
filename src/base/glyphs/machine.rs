//! A term compiled for one dictionary: glyphs grouped by what they can do, and the reachable states as a table.

use std::collections::HashMap;

use super::pattern::{Arcs, Pattern};

/// State that means the term was found; it never leaves itself.
const FOUND: u8 = 1;

/// Most kinds of glyphs and most states the table form can hold.
const LIMIT: usize = 256;

/// Matches one term against glyph strings.
pub(super) struct Machine {
    /// Kind of each glyph id; kind 0 does nothing anywhere.
    kinds: Vec<u16>,
    arcs: Vec<Arcs>,
    table: Option<Table>,
}

/// The table form: one byte per glyph, one byte per kind and state.
pub(super) struct Table {
    kinds: Box<[u8; 65536]>,
    /// Next state at `kind * 256 + state`.
    next: Box<[u8; 65536]>,
}

impl Machine {
    /// Compiles `pattern` for glyphs numbered by their place in `chars`.
    pub(super) fn new(pattern: &Pattern, chars: &[char]) -> Self {
        let mut arcs = vec![Arcs::default()];
        let mut seen = HashMap::from([(Arcs::default(), 0u16)]);
        let mut kinds = vec![0u16; chars.len()];
        for (kind, c) in kinds.iter_mut().zip(chars).skip(1) {
            let moves = pattern.arcs(*c);
            *kind = *seen.entry(moves).or_insert_with_key(|moves| {
                arcs.push(moves.clone());
                u16::try_from(arcs.len() - 1).unwrap_or(0)
            });
        }
        let table = Table::build(&kinds, &arcs);
        Self { kinds, arcs, table }
    }

    /// The table form, when the term is simple enough; practically always.
    pub(super) fn table(&self) -> Option<&Table> {
        self.table.as_ref()
    }

    /// Whether the term occurs in `name`.
    pub(super) fn finds(&self, name: &[u16]) -> bool {
        match &self.table {
            Some(table) => table.finds(name),
            None => self.finds_stepwise(name),
        }
    }

    /// [`Machine::finds`] without the table, on sets of positions.
    pub(super) fn finds_stepwise(&self, name: &[u16]) -> bool {
        let mut set = 0;
        name.iter().any(|glyph| {
            let kind = self.kinds.get(usize::from(*glyph)).copied().unwrap_or(0);
            let Some(arcs) = self.arcs.get(usize::from(kind)) else { return false };
            set |= 1;
            let found = set & arcs.accept != 0;
            set = arcs.step(set);
            found
        })
    }
}

impl Table {
    /// Walks all reachable sets of positions; none when kinds or states are too many.
    fn build(kinds: &[u16], arcs: &[Arcs]) -> Option<Self> {
        if arcs.len() > LIMIT {
            return None;
        }
        let mut next = filled();
        // State 0 is the empty set, state 1 stands for found and is no set at all.
        let mut sets = vec![0, u64::MAX];
        let mut numbers = HashMap::from([(0u64, 0u8)]);
        let mut state = 0;
        while let Some(set) = sets.get(state).copied() {
            for (kind, moves) in arcs.iter().enumerate() {
                let target = if state == usize::from(FOUND) || (set | 1) & moves.accept != 0 {
                    FOUND
                } else {
                    number(moves.step(set | 1), &mut sets, &mut numbers)?
                };
                if let Some(cell) = next.get_mut(kind * LIMIT + state) {
                    *cell = target;
                }
            }
            state += 1;
        }
        let mut bytes = filled();
        for (byte, kind) in bytes.iter_mut().zip(kinds) {
            *byte = u8::try_from(*kind).ok()?;
        }
        Some(Self { kinds: bytes, next })
    }

    #[inline]
    pub(super) fn finds(&self, name: &[u16]) -> bool {
        name.iter().fold(0, |state, glyph| self.step(state, *glyph)) == FOUND
    }

    /// [`Table::finds`] for four names at once: bit n of the answer is for name n.
    ///
    /// Each state waits for the one before it, so four independent names in step take little longer than one. Every
    /// window starts with its name and is as long as the longest of the four; what follows a name's length is skipped.
    #[inline]
    pub(super) fn finds_four(&self, windows: [&[u16]; 4], lengths: [u8; 4]) -> u64 {
        let [a, b, c, d] = windows;
        let [la, lb, lc, ld] = lengths.map(usize::from);
        let (mut sa, mut sb, mut sc, mut sd) = (0, 0, 0, 0);
        for (at, (((a, b), c), d)) in a.iter().zip(b).zip(c).zip(d).enumerate() {
            sa = self.step_inside(sa, *a, at < la);
            sb = self.step_inside(sb, *b, at < lb);
            sc = self.step_inside(sc, *c, at < lc);
            sd = self.step_inside(sd, *d, at < ld);
        }
        let found = |state: u8| u64::from(state == FOUND);
        found(sa) | found(sb) << 1 | found(sc) << 2 | found(sd) << 3
    }

    /// One step; a glyph outside the name counts as kind 0, which never finds and never loses a find.
    #[inline]
    fn step_inside(&self, state: u8, glyph: u16, inside: bool) -> u8 {
        let kind = self.kinds[usize::from(glyph)] & u8::from(inside).wrapping_neg();
        self.next[usize::from(u16::from_be_bytes([kind, state]))]
    }

    #[inline]
    fn step(&self, state: u8, glyph: u16) -> u8 {
        let kind = self.kinds[usize::from(glyph)];
        self.next[usize::from(u16::from_be_bytes([kind, state]))]
    }
}

/// The state of a set of positions, a new one if it was not met before.
fn number(set: u64, sets: &mut Vec<u64>, numbers: &mut HashMap<u64, u8>) -> Option<u8> {
    if let Some(state) = numbers.get(&set) {
        return Some(*state);
    }
    let state = u8::try_from(sets.len()).ok()?;
    sets.push(set);
    numbers.insert(set, state);
    Some(state)
}

fn filled() -> Box<[u8; 65536]> {
    Box::new([0; 65536])
}
