//! Becoming a console of a hub: when it can be asked for, and what is shown meanwhile.

use super::App;
use crate::console::message::NotJoined;
use crate::console::overlay::Overlay;
use crate::console::overlay::enrol::Enrol;
use crate::store::link::trouble;
use crate::sync::join::Step;

impl App {
    /// Whether a code could be used here: no hub yet, or one that does not know this console any more.
    pub(super) fn may_enrol(&self) -> bool {
        let shut_out = |code: &str| matches!(code, trouble::REVOKED | trouble::UNKNOWN);
        let open = self.standing.as_ref().is_none_or(|s| shut_out(&s.link.trouble));
        open && (self.facts.nowhere || !self.facts.read_only)
    }

    /// Opens the form, or says why there is none.
    pub(super) fn enrol(&mut self) {
        if self.may_enrol() {
            self.overlays.push(Overlay::Enrol(Enrol::new(self.facts.begun.clone())));
            return;
        }
        let hub = self.standing.as_ref().map(|s| s.link.url.clone());
        match hub {
            Some(hub) => {
                let words = self.facts.locale.tr_with("enrol-already", &[("hub", &hub)]);
                self.tell(words, false);
            }
            None => self.refuse("read-only"),
        }
    }

    /// Shows how far it is.
    pub(super) fn joining(&mut self, step: Step) {
        if let Some(form) = self.enrolling() {
            form.at(step);
            self.dirty = true;
        }
    }

    /// Shows why it did not work; what was typed stays. What worked the loop has shown.
    pub(super) fn not_joined(&mut self, result: Result<String, NotJoined>) {
        let Err(why) = result else { return };
        if let Some(form) = self.enrolling() {
            form.failed(why);
            self.dirty = true;
        }
    }

    fn enrolling(&mut self) -> Option<&mut Enrol> {
        self.overlays.iter_mut().find_map(|o| match o {
            Overlay::Enrol(form) => Some(form),
            _ => None,
        })
    }
}
