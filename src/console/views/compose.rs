//! 配制礼包: rules on the left, on the right the best pack under them, worked out anew with every key.
//!
//! Owns rules as typed, the pack that was found, and which of both has the keys. It never waits: what is worked out comes as messages, and
//! what was asked before the last key is ended.

mod draw;
mod rules;

use super::trouble::Troubles;
use super::{Caret, Context, Go, Outcome, Subject};
use crate::base::locale::Sentence;
use crate::console::action::{Action, Scope};
use crate::console::compose::{Found, QUESTION, Task, Word};
use crate::console::keys::{Chord, Key};
use crate::console::message::Effect;
use crate::domain::command::Command;
use crate::domain::rows::Kind;
use crate::domain::work::shanghai_date;
use crate::pack::around::{Entering, Reason};
use crate::pack::best::{Outcome as Best, Pack};
use crate::pack::rules::{Goal, Rules};
use crate::pack::search::Standing;
use crate::pack::words;
use crate::pack::written::WrittenError;
use crate::store::list::ListKind;
use crate::store::packs::Shelf;
use crate::store::reads::{Answer, Request, Slot};
use ratatui::Frame;
use ratatui::layout::Rect;
use rules::Form;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use uuid::Uuid;

/// What has the keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Focus {
    Rules,
    Pack,
}

/// A pack that can be saved: what it costs by single prices, its items, and the lines of a pack that is changed by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ready {
    /// Fen.
    pub price: i64,
    pub items: Vec<(Uuid, i64)>,
    /// The pack that is changed, with its revision; else a new one is made.
    pub held: Option<(Uuid, i64, String)>,
    /// What changes it: pieces by entry, 0 for what goes.
    pub changes: Vec<(Uuid, i64)>,
    /// What goes and what comes, by name.
    pub out: Vec<String>,
    pub into: Vec<String>,
}

impl Ready {
    /// The commands that change the pack.
    pub fn commands(&self) -> Vec<Command> {
        let Some((pack, ..)) = &self.held else { return Vec::new() };
        let one = |&(entry, quantity): &(Uuid, i64)| Command::SetPackItem { pack: *pack, entry, quantity };
        self.changes.iter().map(one).collect()
    }
}

/// The page.
pub struct ComposeView {
    slot: Slot,
    /// The pack that is to be changed, or that a new one is made like.
    pack: Option<Uuid>,
    copies: bool,
    shelf: Option<Arc<Shelf>>,
    form: Form,
    focus: Focus,
    /// The item under the cursor.
    cursor: usize,
    /// The other pack it is set beside, from 1; 0 for none.
    other: usize,
    serial: u64,
    cancel: Arc<AtomicBool>,
    rules: Option<Arc<Rules>>,
    /// What is wrong with the rules, and the field it stands in.
    wrong: Option<(String, Option<usize>)>,
    standing: Option<Standing>,
    found: Option<Found>,
    /// What was found is of the rules as they stand.
    fresh: bool,
    reasons: Vec<Reason>,
    others: Vec<Pack>,
    entering: Vec<Entering>,
    /// Something is still being worked out.
    busy: bool,
    troubles: Troubles,
}

impl ComposeView {
    /// A page for a new pack, for one that is to be changed, or for a new one like it.
    pub fn new(pack: Option<Uuid>, copies: bool, slot: Slot) -> ComposeView {
        ComposeView {
            slot,
            pack,
            copies,
            shelf: None,
            form: Form::new(),
            focus: Focus::Rules,
            cursor: 0,
            other: 0,
            serial: 0,
            cancel: Arc::default(),
            rules: None,
            wrong: None,
            standing: None,
            found: None,
            fresh: false,
            reasons: Vec::new(),
            others: Vec::new(),
            entering: Vec::new(),
            busy: false,
            troubles: Troubles::default(),
        }
    }

    pub fn owns(&self, slot: Slot) -> bool {
        slot == self.slot
    }

    pub fn enter(&mut self, _cx: &Context<'_>) -> Vec<Effect> {
        vec![Effect::Ask(self.slot, Request::Shelf(self.pack))]
    }

    pub fn refresh(&mut self, cx: &Context<'_>) -> Vec<Effect> {
        self.enter(cx)
    }

    pub fn take(&mut self, slot: Slot, answer: Answer, cx: &Context<'_>) -> Vec<Effect> {
        self.troubles.note(slot, &answer, cx);
        let Answer::Shelf(shelf) = answer else { return Vec::new() };
        let by_counties = self.rules.as_ref().is_some_and(|r| r.goal == Goal::Counties);
        if self.shelf.as_ref().is_some_and(|old| old.is_same(&shelf, by_counties)) {
            // Places are the same; what moved does not matter to this goal, and may to the next.
            self.shelf = Some(Arc::from(shelf));
            return Vec::new();
        }
        if self.shelf.as_ref().is_some_and(|old| old.entries != shelf.entries) {
            // The pack on the screen names products by their places, which are others now.
            (self.found, self.cursor) = (None, 0);
        }
        if self.shelf.is_none()
            && let Some(held) = &shelf.pack
        {
            self.form.fit(held, shanghai_date(cx.format.now));
        }
        self.shelf = Some(Arc::from(shelf));
        self.ask(cx)
    }

    /// Asks for the pack under the rules as they stand now; what was asked before ends.
    fn ask(&mut self, cx: &Context<'_>) -> Vec<Effect> {
        self.stop();
        let Some(shelf) = self.shelf.clone() else { return Vec::new() };
        let locale = cx.format.locale;
        match self.form.rules(shanghai_date(cx.format.now), locale) {
            Err(e) => {
                let place = self.form.place_of(&e);
                let mut said = words::unread(locale, &e);
                // The field is named as it stands on the screen.
                if let Some(label) = place.and_then(|n| self.form.lines(locale).into_iter().nth(n)).map(|line| line.0)
                    && matches!(e, WrittenError::Value { .. })
                {
                    said.1.iter_mut().filter(|a| a.0 == "key").for_each(|a| a.1.clone_from(&label));
                }
                self.wrong = Some((sentence(cx, said), place));
                Vec::new()
            }
            Ok(rules) => {
                let rules = Arc::new(rules);
                self.rules = Some(Arc::clone(&rules));
                self.busy = true;
                let task = Task { shelf, rules, cancel: Arc::clone(&self.cancel), question: QUESTION };
                vec![Effect::Compose { slot: self.slot, serial: self.serial, task }]
            }
        }
    }

    /// Ends what is being worked out. The last pack stays on the screen until there is another.
    fn stop(&mut self) {
        self.cancel.store(true, Ordering::Relaxed);
        self.cancel = Arc::default();
        // What still comes of it is of rules from before.
        self.serial += 1;
        (self.standing, self.wrong, self.busy, self.fresh) = (None, None, false, false);
        (self.reasons, self.others, self.entering) = (Vec::new(), Vec::new(), Vec::new());
    }

    /// Takes in what was worked out; whether the screen shows something else now.
    pub fn heard(&mut self, serial: u64, word: Word, cx: &Context<'_>) -> bool {
        if serial != self.serial {
            return false;
        }
        match word {
            Word::Standing(standing) => self.standing = Some(standing),
            Word::Found(Ok(found)) => {
                let items = match &found.outcome {
                    Best::Pack(pack) => pack.items.len(),
                    _ => 0,
                };
                self.cursor = self.cursor.min(items.saturating_sub(1));
                (self.other, self.fresh) = (0, true);
                self.found = Some(found);
            }
            Word::Found(Err(e)) => {
                let said = words::senseless(cx.format.locale, &e);
                self.wrong = Some((sentence(cx, said), None));
                self.found = None;
            }
            Word::Reasons(reasons) => self.reasons = reasons,
            Word::Others(others) => self.others = others,
            Word::Entering(entering) => self.entering = entering,
            Word::Done => self.busy = false,
        }
        true
    }

    /// The pack that is shown: the best, or the other that was chosen.
    fn shown(&self) -> Option<&Pack> {
        let best = self.best()?;
        Some(self.other.checked_sub(1).and_then(|n| self.others.get(n)).unwrap_or(best))
    }

    fn best(&self) -> Option<&Pack> {
        match &self.found.as_ref()?.outcome {
            Best::Pack(pack) => Some(pack),
            _ => None,
        }
    }

    /// The pack that is shown, ready to be saved; `None` while the rules on the screen are not those it was found under.
    pub fn ready(&self) -> Option<Ready> {
        let (pack, shelf) = (self.shown().filter(|_| self.fresh && self.wrong.is_none())?, self.shelf.as_ref()?);
        let items: Vec<(Uuid, i64)> =
            pack.items.iter().filter_map(|&(i, q)| Some((*shelf.entries.get(i)?, q))).collect();
        let held = shelf.pack.as_ref().filter(|_| !self.copies);
        let was = |entry: &Uuid| held.and_then(|h| h.items.iter().find(|i| i.entry == *entry));
        let gone = held.iter().flat_map(|h| &h.items).filter(|i| items.iter().all(|n| n.0 != i.entry));
        let new = items.iter().filter(|(entry, q)| was(entry).is_none_or(|i| i.pieces != *q));
        let changes = gone.clone().map(|i| (i.entry, 0)).chain(new.clone().copied()).collect();
        let name = |entry: &Uuid| {
            let at = shelf.entries.iter().position(|e| e == entry);
            at.and_then(|i| shelf.products.get(i)).map_or_else(String::new, |p| p.name.clone())
        };
        Some(Ready {
            price: pack.price,
            held: held.map(|h| (h.id, h.rev, format!("{} {}", h.code, h.name))),
            changes,
            out: gone.map(|i| i.product.name.clone()).collect(),
            into: new.map(|(entry, _)| name(entry)).collect(),
            items,
        })
    }

    /// Whether keys are text for a rule.
    pub fn is_typing(&self) -> bool {
        self.focus == Focus::Rules
    }

    /// A key while rules are typed.
    pub fn type_key(&mut self, chord: Chord, cx: &Context<'_>) -> Outcome {
        if chord.key == Key::Tab {
            self.focus = Focus::Pack;
            return Outcome::used();
        }
        match self.form.key(chord) {
            Some(true) => Outcome::does(self.ask(cx)),
            Some(false) => Outcome::used(),
            None => Outcome::ignored(),
        }
    }

    /// Committed or pasted text while rules are typed.
    pub fn type_text(&mut self, text: &str, cx: &Context<'_>) -> Outcome {
        if self.form.text(text) { Outcome::does(self.ask(cx)) } else { Outcome::used() }
    }

    pub fn act(&mut self, action: Action, cx: &Context<'_>) -> Outcome {
        let items = self.shown().map_or(0, |p| p.items.len());
        match action {
            Action::ComposeFocus => self.focus = if self.focus == Focus::Rules { Focus::Pack } else { Focus::Rules },
            Action::Up => self.cursor = self.cursor.saturating_sub(1),
            Action::Down => self.cursor = (self.cursor + 1).min(items.saturating_sub(1)),
            Action::Top => self.cursor = 0,
            Action::Bottom => self.cursor = items.saturating_sub(1),
            Action::ComposeOther => {
                self.other = (self.other + 1) % (self.others.len() + 1);
                self.cursor = 0;
            }
            Action::ComposeMust | Action::ComposeMustNot => {
                let Some(code) = self.item().map(|p| p.code.clone()) else { return Outcome::used() };
                let (to, from) =
                    if action == Action::ComposeMust { ("must", "must_not") } else { ("must_not", "must") };
                self.form.turn(&code, to, from);
                return Outcome::does(self.ask(cx));
            }
            Action::Open => {
                let go = self.item().map(|p| Go::List { kind: ListKind::Catalog, typed: p.code.clone(), within: None });
                return go.map_or_else(Outcome::used, Outcome::go);
            }
            _ => return Outcome::ignored(),
        }
        Outcome::used()
    }

    /// The product under the cursor.
    fn item(&self) -> Option<&crate::pack::product::Product> {
        let (i, _) = *self.shown()?.items.get(self.cursor)?;
        self.shelf.as_ref()?.products.get(i)
    }

    pub fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Compose, Scope::Global]
    }

    pub fn subjects(&self) -> Vec<Subject> {
        let entry = || {
            let (i, _) = *self.shown()?.items.get(self.cursor)?;
            let shelf = self.shelf.as_ref()?;
            Some((shelf.entries.get(i).copied()?, shelf.products.get(i)?))
        };
        let subject = entry().filter(|_| self.focus == Focus::Pack).map(|(id, p)| Subject {
            kind: Kind::CatalogEntry,
            id,
            code: p.code.clone(),
            name: p.name.clone(),
            state: "listed".into(),
            rev: 0,
        });
        subject.into_iter().collect()
    }

    /// Text id of what the keys do.
    pub fn footer(&self) -> Option<&'static str> {
        (self.focus == Focus::Rules).then_some("footer-compose")
    }

    pub fn status(&self, cx: &Context<'_>) -> String {
        let locale = cx.format.locale;
        if let Some(sentence) = self.troubles.sentence() {
            return sentence;
        }
        match self.shelf.as_ref().and_then(|s| s.pack.as_ref()) {
            Some(held) => {
                let id = if self.copies { "compose-copy" } else { "compose-change" };
                locale.tr_with(id, &[("pack", &format!("{} {}", held.code, held.name))])
            }
            None => locale.tr("compose-new").into_owned(),
        }
    }

    pub fn draw(&mut self, frame: &mut Frame<'_>, area: Rect, cx: &Context<'_>) -> Caret {
        draw::draw(self, frame, area, cx)
    }
}

impl Drop for ComposeView {
    fn drop(&mut self) {
        // Nobody looks any more.
        self.cancel.store(true, Ordering::Relaxed);
    }
}

/// A sentence of the command line's, which says the same.
fn sentence(cx: &Context<'_>, (code, args): words::Sentence) -> String {
    let mut args = args;
    args.push(("file", String::new()));
    let (said, hint) = cx.format.locale.refusal(&Sentence { family: "cli-fail", code, args: &args });
    format!("{said}  {hint}")
}
