//! Which actions can do something here and now: the footer shows no others.

use super::{App, packs};
use crate::console::action::{self, Action, Danger, Entry};
use crate::console::views::View;
use crate::domain::machine::{self, Verb};
use crate::domain::rows::Kind;

/// States of a product that may still be on a shelf somewhere.
const REPORTED: &[&str] = &["listed", "suspended", "withdrawn"];

impl App {
    /// Whether the action would do something on what is shown.
    pub(super) fn offers(&mut self, entry: &Entry) -> bool {
        if self.facts.read_only && entry.danger != Danger::None {
            return false;
        }
        match entry.action {
            Action::Report => self.subjects_of(Kind::CatalogEntry).iter().any(|s| REPORTED.contains(&s.state.as_str())),
            Action::Again | Action::Withdraw => self.order_at_hand(entry.action).is_some(),
            Action::Merge => self.sides_at_hand().is_some(),
            Action::RemindSilent => self.subjects_of(Kind::Incident).iter().any(|s| s.state == "removal_running"),
            Action::Relist => self.subjects_of(Kind::CatalogEntry).iter().any(|s| s.state == "delisted"),
            Action::Remind => {
                self.subjects_of(Kind::Return).iter().any(|s| !matches!(s.state.as_str(), "submitted" | "accepted"))
            }
            Action::ComposeSave => self.pack_at_hand().is_some(),
            Action::ComposeChange => {
                self.subjects_of(Kind::GiftPack).iter().any(|s| packs::OPEN.contains(&s.state.as_str()))
            }
            Action::ComposeLike => !self.subjects_of(Kind::GiftPack).is_empty(),
            Action::Reveal => !self.subjects_of(Kind::Supplier).is_empty(),
            Action::Back => self.stack().len() > 1 || self.stack().last().is_some_and(View::can_clear),
            Action::Pane | Action::Mark => match self.stack().last() {
                Some(View::List(list)) => list.spec().row.is_some(),
                _ => true,
            },
            other => action::needs_of(other).is_none_or(|(kind, verb)| self.can(kind, verb)),
        }
    }

    fn can(&mut self, kind: Kind, verb: Verb) -> bool {
        let subjects = self.subjects_of(kind);
        subjects.iter().any(|s| machine::arrow(s.kind, &s.state, verb).is_some())
    }
}
