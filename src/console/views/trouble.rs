//! What went wrong with reading, by the slot it was read for: told as long as the newest answer of that slot is a failure,
//! rows on the screen or not.

use super::Context;
use super::list_draw::store_lines;
use super::pager::Line;
use crate::console::theme::Role;
use crate::store::StoreError;
use crate::store::reads::{Answer, Slot};
use std::collections::BTreeMap;

/// The failures a view has to tell.
#[derive(Debug, Default)]
pub struct Troubles(BTreeMap<Slot, Vec<String>>);

impl Troubles {
    /// Notes whether the answer is a failure; what was cancelled was overtaken by another request.
    pub fn note(&mut self, slot: Slot, answer: &Answer, cx: &Context<'_>) {
        match answer {
            Answer::Failed(StoreError::Cancelled) => {}
            Answer::Failed(e) => {
                self.0.insert(slot, store_lines(e, &cx.format));
            }
            _ => {
                self.0.remove(&slot);
            }
        }
    }

    /// The sentence for the second line of the screen.
    pub fn sentence(&self) -> Option<String> {
        self.0.values().next().and_then(|lines| lines.first().cloned())
    }

    /// Sentence and hint as lines, for a view that has nothing else to show.
    pub fn lines(&self) -> Vec<Line> {
        let words = self.0.values().next().into_iter().flatten().filter(|l| !l.is_empty());
        words.map(|l| Line::plain(l.clone(), Role::Danger)).collect()
    }
}
