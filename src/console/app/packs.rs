//! Gift packs: opening the page on which they are made, and saving what stands there.

use super::App;
use crate::console::compose::Word;
use crate::console::message::{Effect, Seen};
use crate::console::overlay::Overlay;
use crate::console::overlay::confirm::Confirm;
use crate::console::overlay::form::Form;
use crate::console::views::compose::Ready;
use crate::console::views::{Context, Go, View};
use crate::domain::rows::Kind;
use crate::store::reads::Slot;

/// States in which what is in a pack may be changed.
pub(super) const OPEN: &[&str] = &["draft", "consulted", "needs_replacement"];

impl App {
    /// Opens the page for the pack at hand: to change it, or to make one like it.
    pub(super) fn compose(&mut self, copies: bool) -> Vec<Effect> {
        let pack = self.subjects_of(Kind::GiftPack).into_iter().next();
        match pack {
            Some(s) if copies || OPEN.contains(&s.state.as_str()) => self.go(Go::Compose { pack: Some(s.id), copies }),
            Some(s) => {
                let state = self.facts.locale.code("gift_pack", &s.state);
                let text = self.facts.locale.tr_with("compose-closed", &[("code", &s.code), ("state", &state)]);
                self.tell(text, false);
                Vec::new()
            }
            None => Vec::new(),
        }
    }

    /// Gives a page what was worked out for it.
    pub(super) fn composed(&mut self, slot: Slot, serial: u64, word: Word) -> Vec<Effect> {
        let heard = |view: &mut View, cx: &Context<'_>| match view {
            View::Compose(page) => page.heard(serial, word, cx),
            _ => false,
        };
        self.dirty |= self.with_owner(slot, heard).unwrap_or(false);
        Vec::new()
    }

    /// What stands on the page, when it can be saved.
    pub(super) fn pack_at_hand(&mut self) -> Option<Ready> {
        match self.stack().last() {
            Some(View::Compose(page)) => page.ready(),
            _ => None,
        }
    }

    /// Saves what stands on the page: a new pack gets its name first, a change is asked about once more.
    pub(super) fn save_pack(&mut self) -> Vec<Effect> {
        let Some(ready) = self.pack_at_hand() else {
            self.tell(self.facts.locale.tr("compose-not-ready").into_owned(), false);
            return Vec::new();
        };
        let Some((id, rev, name)) = ready.held.clone() else {
            self.overlays.push(Overlay::Form(Form::of_pack(ready)));
            return Vec::new();
        };
        if ready.changes.is_empty() {
            self.tell(self.facts.locale.tr("compose-same").into_owned(), true);
            return Vec::new();
        }
        let and = self.facts.locale.tr("compose-and").into_owned();
        let (out, into) = (ready.out.join(&and), ready.into.join(&and));
        let args = [("name", name.as_str()), ("out", &out), ("into", &into)];
        let words = match (ready.out.is_empty(), ready.into.is_empty()) {
            (true, _) => "confirm-mend-into",
            (_, true) => "confirm-mend-out",
            _ => "confirm-mend",
        };
        let question = self.facts.locale.tr_with(words, &args);
        let seen = vec![Seen { kind: Kind::GiftPack, id, rev }];
        let (commands, about, what) = (ready.commands(), vec![(Kind::GiftPack, id)], format!("mend:{name}"));
        let effects = vec![Effect::Submit { commands, seen, about, what }];
        self.overlays.push(Overlay::Confirm(Confirm::new(question, effects, self.pressed)));
        Vec::new()
    }
}
