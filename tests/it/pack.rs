//! Gift packs: the best under the rules, and nothing better.

mod dice;
mod exact;
mod rules;
mod wide;
