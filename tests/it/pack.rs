//! Gift packs: the best under the rules, and nothing better.

mod around;
mod dice;
mod exact;
mod instances;
mod rules;
mod several;
mod small;
mod wide;
