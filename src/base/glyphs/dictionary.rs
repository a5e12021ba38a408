//! Distinct folded characters of all names, numbered. Owns the glyph ids.

use std::collections::HashMap;

use super::pattern::fold;

/// Glyph id of characters that came after the dictionary was full; matches nothing.
const OTHER: u16 = 0;

/// Characters by glyph id, up to 65 535 of them; far more than trade names use.
pub(super) struct Dictionary {
    chars: Vec<char>,
    ids: HashMap<char, u16>,
    /// Ids of the characters below U+A000, where nearly all names live; [`OTHER`] when not numbered yet.
    low: Vec<u16>,
}

impl Dictionary {
    pub(super) fn new() -> Self {
        Self { chars: vec!['\u{0}'], ids: HashMap::new(), low: vec![OTHER; 0xa000] }
    }

    /// Characters by id; the first stands for [`OTHER`].
    pub(super) fn chars(&self) -> &[char] {
        &self.chars
    }

    /// Writes the glyphs of `name` into `out`, numbering new characters.
    pub(super) fn encode(&mut self, name: &str, out: &mut Vec<u16>) {
        out.clear();
        for c in name.chars() {
            out.push(self.intern(c));
        }
    }

    fn intern(&mut self, raw: char) -> u16 {
        let place = raw as usize;
        if let Some(id) = self.low.get(place).copied().filter(|id| *id != OTHER) {
            return id;
        }
        let c = fold(raw);
        let id = match self.ids.get(&c) {
            Some(id) => *id,
            None => {
                let Ok(id) = u16::try_from(self.chars.len()) else { return OTHER };
                self.chars.push(c);
                self.ids.insert(c, id);
                id
            }
        };
        if let Some(slot) = self.low.get_mut(place) {
            *slot = id;
        }
        id
    }

    pub(super) fn memory_bytes(&self) -> usize {
        self.chars.capacity() * 4 + self.ids.capacity() * 9 + self.low.capacity() * 2
    }
}
