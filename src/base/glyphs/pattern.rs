//! One word as a pattern: for each character, which positions of the word it can carry on to.
//!
//! Positions are bits of a `u64`; a character's moves are computed once and kept by the column for every name.

use super::fold;
use crate::base::pinyin;
use std::ops::Range;

/// Longest word in characters; what is typed beyond it is not looked at.
pub const LONGEST: usize = 62;

/// A word ready to match.
#[derive(Debug, Clone)]
pub struct Pattern {
    word: Vec<char>,
}

/// For one character: from each position of the word, the positions it can carry on to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Moves {
    /// Positions from which this character can carry on, as bits.
    pub from: u64,
    /// One entry for each set bit of `from`, lowest first.
    pub to: Vec<u64>,
}

impl Pattern {
    /// The pattern of a word; `None` when nothing is left of it.
    pub fn new(word: &str) -> Option<Pattern> {
        let word: Vec<char> = word.chars().filter(|c| !c.is_whitespace()).map(fold).take(LONGEST).collect();
        (!word.is_empty()).then_some(Pattern { word })
    }

    /// The bit that stands for the whole word being matched.
    pub fn goal(&self) -> u64 {
        1 << self.word.len()
    }

    /// Where `c` can carry on to, from every position.
    pub fn moves(&self, c: char) -> Moves {
        let folded = fold(c);
        let readings: Vec<Vec<char>> = pinyin::readings(c).iter().map(|r| r.chars().collect()).collect();
        let mut moves = Moves::default();
        for at in 0..self.word.len() {
            let to = self.moves_at(at, folded, &readings);
            if to != 0 {
                moves.from |= 1 << at;
                moves.to.push(to);
            }
        }
        moves
    }

    fn moves_at(&self, at: usize, c: char, readings: &[Vec<char>]) -> u64 {
        let rest = &self.word[at..];
        let mut to = 0_u64;
        if rest[0] == c {
            to |= 1 << (at + 1);
        }
        for reading in readings {
            let same = rest.iter().zip(reading).take_while(|(a, b)| letters_agree(**a, **b)).count();
            if same == 0 {
                continue;
            }
            to |= 1 << (at + 1);
            if reading.len() > 1 && reading[1] == 'h' && same >= 2 {
                to |= 1 << (at + 2);
            }
            // The whole reading, or its beginning where the word ends.
            if same == reading.len() || same == rest.len() {
                to |= 1 << (at + same);
            }
        }
        to
    }

    /// The bytes of the first match in `name`.
    pub fn find(&self, name: &str) -> Option<Range<usize>> {
        let chars: Vec<(usize, char)> = name.char_indices().filter(|(_, c)| *c != ' ').collect();
        let moves: Vec<Moves> = chars.iter().map(|(_, c)| self.moves(*c)).collect();
        for start in 0..chars.len() {
            let mut state = 1_u64;
            for (i, m) in moves.iter().enumerate().skip(start) {
                state = step(state, m);
                if state & self.goal() != 0 {
                    let (at, c) = chars[i];
                    return Some(chars[start].0..at + c.len_utf8());
                }
                if state == 0 {
                    break;
                }
            }
        }
        None
    }
}

/// Carries every position of `state` on over one character.
pub fn step(state: u64, moves: &Moves) -> u64 {
    let mut live = state & moves.from;
    let mut next = 0;
    while live != 0 {
        let low = live & live.wrapping_neg();
        let place = (moves.from & (low - 1)).count_ones() as usize;
        next |= moves.to.get(place).copied().unwrap_or(0);
        live ^= low;
    }
    next
}

/// `u` may be typed for ü, and ü is `v` in readings.
fn letters_agree(typed: char, reading: char) -> bool {
    typed == reading || (reading == 'v' && (typed == 'u' || typed == 'ü'))
}
