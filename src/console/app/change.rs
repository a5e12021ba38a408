//! Changes: which records they are about, what is asked before, and what is said after.

use super::{App, Held, Notice};
use crate::base::locale::{Lang, Sentence};
use crate::console::action::Action;
use crate::console::format::Format;
use crate::console::message::Effect;
use crate::console::overlay::Overlay;
use crate::console::overlay::ask::{Ask, SLOT};
use crate::console::overlay::confirm::Confirm;
use crate::console::overlay::delist::Delist;
use crate::console::overlay::form::{Form, Purpose};
use crate::console::overlay::merge::Merge;
use crate::console::views::list::subject_of;
use crate::console::views::{Context, Go, Subject, View};
use crate::domain::actor::Actor;
use crate::domain::codes::SendState;
use crate::domain::command::Command;
use crate::domain::machine::{self, Verb};
use crate::domain::refusal::{Refusal, wrong_state};
use crate::domain::rights::{self, Right};
use crate::domain::rows::Kind;
use crate::store::list::ListKind;
use crate::store::reads::{Answer, Slot};
use crate::store::{Done, StoreError};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// States of a return in which it is in: nobody is reminded of it.
const IN: &[&str] = &["submitted", "accepted"];

impl App {
    /// The records of a kind an action would be about.
    pub(super) fn subjects_of(&mut self, kind: Kind) -> Vec<Subject> {
        self.stack().last().map(|v| v.subjects_of(kind)).unwrap_or_default()
    }

    /// Opens the ask, or says why there is nothing to ask.
    pub(super) fn ask(&mut self, kind: Kind, verb: Verb) -> Vec<Effect> {
        let subjects = self.subjects_of(kind);
        let first = subjects.first().cloned();
        let ask = Ask::new(verb, subjects);
        if !ask.is_empty() {
            let wants = ask.wants();
            self.overlays.push(Overlay::Ask(ask));
            return wants.into_iter().collect();
        }
        if let Some(refusal) = first.and_then(|s| refusal_of(&s, verb)) {
            self.refuse_with(&refusal);
        }
        Vec::new()
    }

    /// Opens a form about the records of a kind, those it can be about: `verb` must leave their state where one is given.
    pub(super) fn form(&mut self, purpose: Purpose, kind: Kind, verb: Option<Verb>) -> Vec<Effect> {
        let subjects = self.subjects_of(kind);
        let can = |s: &Subject| verb.is_none_or(|v| machine::arrow(s.kind, &s.state, v).is_some());
        let first = subjects.first().cloned();
        let subjects: Vec<Subject> = subjects.into_iter().filter(can).collect();
        let single = matches!(purpose, Purpose::Attach | Purpose::Relist);
        let subjects = if single { subjects.into_iter().take(1).collect() } else { subjects };
        match (subjects.is_empty(), first, verb) {
            (true, Some(s), Some(verb)) => {
                if let Some(refusal) = refusal_of(&s, verb) {
                    self.refuse_with(&refusal);
                }
            }
            (true, ..) => {}
            (false, ..) => self.overlays.push(Overlay::Form(Form::new(purpose, subjects))),
        }
        Vec::new()
    }

    /// Opens the form by which a delisted product applies anew; nothing else can.
    pub(super) fn relist(&mut self) -> Vec<Effect> {
        let subjects = self.subjects_of(Kind::CatalogEntry);
        match subjects.into_iter().next() {
            Some(s) if s.state == "delisted" => {
                self.overlays.push(Overlay::Form(Form::new(Purpose::Relist, vec![s])));
            }
            Some(s) => {
                let who = rights::who(Right::EditSuppliers);
                self.refuse_with(&wrong_state(s.kind, s.code, s.state.as_str(), "relist", "delisted", who));
            }
            None => {}
        }
        Vec::new()
    }

    /// Opens the three answers of a recall of the incident or product at hand.
    pub(super) fn recall(&mut self) -> Vec<Effect> {
        let subject = self.subjects_of(Kind::Incident).into_iter().next();
        subject.map_or_else(Vec::new, |s| self.go(Go::Recall { kind: s.kind, id: s.id }))
    }

    /// Opens the report of a product that is still to be found.
    pub(super) fn report_new(&mut self) -> Vec<Effect> {
        let form = Form::new(Purpose::Report, Vec::new());
        let wants = form.wants();
        self.overlays.push(Overlay::Form(form));
        wants.into_iter().collect()
    }

    /// Opens the page before a delisting, for the incidents at hand or those of the products at hand.
    pub(super) fn confirm_delisting(&mut self) -> Vec<Effect> {
        let ids = |subjects: Vec<Subject>| subjects.into_iter().map(|s| s.id).collect::<Vec<Uuid>>();
        let incidents = ids(self.subjects_of(Kind::Incident));
        let entries = if incidents.is_empty() { ids(self.subjects_of(Kind::CatalogEntry)) } else { Vec::new() };
        if incidents.is_empty() && entries.is_empty() {
            return Vec::new();
        }
        let page = Delist::new(incidents, entries);
        let wants = page.wants(&self.facts.actor);
        self.overlays.push(Overlay::Delist(Box::new(page)));
        vec![wants]
    }

    /// Reminds the counters at hand; those that answered are left out.
    pub(super) fn confirm_remind_counters(&mut self) {
        let silent = |s: &Subject| s.state == "unacknowledged";
        let subjects: Vec<Subject> = self.subjects_of(Kind::RemovalNotice).into_iter().filter(silent).collect();
        let n = subjects.len().to_string();
        let (question, what) = match &subjects[..] {
            [] => return self.tell(self.facts.locale.tr("remind-notice-none").into_owned(), false),
            [one] => {
                let args = [("name", one.name.as_str())];
                (self.facts.locale.tr_with("confirm-remind-notice", &args), format!("remind:{}", one.name))
            }
            _ => (self.facts.locale.tr_with("confirm-remind-notices", &[("n", &n)]), format!("remind:{n}")),
        };
        let commands = subjects.iter().map(|s| Command::RemindRemoval { notice: s.id }).collect();
        let about = subjects.iter().map(|s| (s.kind, s.id)).collect();
        let effects = vec![Effect::Submit { commands, seen: Vec::new(), about, what }];
        self.overlays.push(Overlay::Confirm(Confirm::new(question, effects, self.pressed)));
    }

    /// Reminds every counter of the incident at hand that is due a reminder.
    pub(super) fn confirm_remind_silent(&mut self) {
        let Some(incident) = self.subjects_of(Kind::Incident).into_iter().next() else { return };
        let question = self.facts.locale.tr_with("confirm-remind-silent", &[("code", &incident.code)]);
        let what = format!("remind:{} {}", incident.code, incident.name);
        let commands = vec![Command::RemindSilent { incident: incident.id }];
        let effects =
            vec![Effect::Submit { commands, seen: Vec::new(), about: vec![(incident.kind, incident.id)], what }];
        self.overlays.push(Overlay::Confirm(Confirm::new(question, effects, self.pressed)));
    }

    /// The order to the hub at hand, when this can be done with it.
    pub(super) fn order_at_hand(&mut self, action: Action) -> Option<i64> {
        let (n, state) = self.stack().last().and_then(View::order)?;
        let can = match SendState::parse(&state)? {
            SendState::Conflict | SendState::Denied => true,
            SendState::Waiting => action == Action::Withdraw,
            SendState::Accepted | SendState::Withdrawn => false,
        };
        can.then_some(n)
    }

    /// Asks before an order is taken back, or asked for once more.
    pub(super) fn confirm_order(&mut self, action: Action) {
        let Some(n) = self.order_at_hand(action) else { return };
        let again = action == Action::Again;
        let id = if again { "confirm-order-again" } else { "confirm-order-withdraw" };
        let question = self.facts.locale.tr_with(id, &[("n", &n.to_string())]);
        self.overlays.push(Overlay::Confirm(Confirm::new(question, vec![Effect::Order { n, again }], self.pressed)));
    }

    /// The conflict at hand with its sides, when it can be settled field by field.
    pub(super) fn sides_at_hand(&mut self) -> Option<(i64, crate::store::merge::Sides)> {
        match self.stack().last() {
            Some(View::Order(order)) => order.sides(),
            _ => None,
        }
    }

    /// Opens the fields of a conflict, or says why there are none to choose among.
    pub(super) fn merge_order(&mut self) {
        if let Some((n, sides)) = self.sides_at_hand() {
            self.overlays.push(Overlay::Merge(Merge::new(n, sides, self.pressed)));
            return;
        }
        let why = match self.stack().last() {
            Some(View::Order(order)) => order.unmergeable(),
            _ => None,
        };
        if let Some(refusal) = why {
            let words =
                self.facts.locale.refusal(&Sentence { family: "refusal", code: refusal.code, args: &refusal.args });
            self.tell(words.0, false);
        }
    }

    /// Keeps a confirmed delisting for the undo window; without one, or when another is kept, what is kept goes out.
    pub(super) fn hold(&mut self, effects: Vec<Effect>, page: Overlay) -> Vec<Effect> {
        let mut out = self.release_held();
        if self.settings.undo_seconds == 0 {
            out.extend(effects);
            self.pending = Some(page);
            return out;
        }
        let window = Duration::from_secs(self.settings.undo_seconds.unsigned_abs());
        let what = effects.iter().find_map(|e| match e {
            Effect::Submit { what, .. } => what.split_once(':').map(|(_, w)| w.to_owned()),
            _ => None,
        });
        let what = what.unwrap_or_default();
        let chinese = self.facts.locale.lang() == Lang::Zh;
        let key = self.keys.keys(Action::Undo).first().map_or_else(String::new, |k| k.label(chinese));
        let seconds = self.settings.undo_seconds.to_string();
        let args = [("what", what.as_str()), ("seconds", &seconds), ("key", &key)];
        let text = self.facts.locale.tr_with("delist-held", &args);
        let until = Instant::now() + window;
        let notice = Notice { text, good: true, until };
        self.notice = Some(notice.clone());
        self.held = Some(Held { effects, page, what, notice, until });
        out
    }

    /// Lets a kept delisting go out now: its time is up, or the console ends.
    pub fn release_held(&mut self) -> Vec<Effect> {
        let Some(held) = self.held.take() else { return Vec::new() };
        self.pending = Some(held.page);
        held.effects
    }

    /// Takes a kept delisting back: no product is touched; that it was confirmed and taken back is written down.
    pub(super) fn undo(&mut self) -> Vec<Effect> {
        let Some(held) = self.held.take() else {
            self.tell(self.facts.locale.tr("delist-nothing-held").into_owned(), false);
            return Vec::new();
        };
        let called_off = |command: Command| match command {
            Command::ConfirmIncident { incident, reason, .. } => {
                Command::Move { kind: Kind::Incident, id: incident, verb: Verb::CallOff, reason }
            }
            other => other,
        };
        let back = |effect: Effect| match effect {
            Effect::Submit { commands, about, .. } => {
                let commands = commands.into_iter().map(called_off).collect();
                let what = format!("{}:{}", Verb::CallOff.code(), held.what);
                Effect::Submit { commands, seen: Vec::new(), about, what }
            }
            other => other,
        };
        held.effects.into_iter().map(back).collect()
    }

    fn refuse_with(&mut self, refusal: &Refusal) {
        let sentence = Sentence { family: "refusal", code: refusal.code, args: &refusal.args };
        let (sentence, hint) = self.facts.locale.refusal(&sentence);
        self.tell(format!("{sentence}  {hint}"), false);
    }

    /// Showing a contact leaves a record and asks nothing.
    pub(super) fn reveal(&mut self) -> Vec<Effect> {
        let Some(subject) = self.subjects_of(Kind::Supplier).into_iter().next() else { return Vec::new() };
        let what = format!("reveal:{} {}", subject.code, subject.name);
        let commands = vec![Command::RevealContact { supplier: subject.id }];
        vec![Effect::Submit { commands, seen: Vec::new(), about: vec![(subject.kind, subject.id)], what }]
    }

    /// Reminding a unit is seen by people: it is asked about once more, and never done by a held key. Those whose
    /// return is in are refused before anything is asked.
    pub(super) fn confirm_remind(&mut self) {
        let subjects = self.subjects_of(Kind::Return);
        let (done, owed): (Vec<Subject>, Vec<Subject>) =
            subjects.into_iter().partition(|s| IN.contains(&s.state.as_str()));
        let locale = &self.facts.locale;
        let state = |s: &Subject| locale.code("return", &s.state);
        let question = match (&owed[..], &done[..]) {
            ([], []) => return,
            ([], [one, ..]) => {
                let text = locale.tr_with("remind-is-in", &[("name", &one.name), ("state", &state(one))]);
                return self.tell(text, false);
            }
            ([one], []) => locale.tr_with("confirm-remind", &[("name", &one.name), ("state", &state(one))]),
            (some, done) => {
                let names = some.iter().map(|s| s.name.as_str()).collect::<Vec<_>>().join("  ");
                let (n, left) = (some.len().to_string(), done.len().to_string());
                locale.tr_with("confirm-remind-many", &[("n", &n), ("left", &left), ("names", &names)])
            }
        };
        let what = match &owed[..] {
            [one] => format!("remind:{}", one.name),
            many => format!("remind:{}", many.len()),
        };
        let commands = owed.iter().map(|s| Command::RemindReturn { id: s.id }).collect();
        let about = owed.iter().map(|s| (s.kind, s.id)).collect();
        let effects = vec![Effect::Submit { commands, seen: Vec::new(), about, what }];
        self.overlays.push(Overlay::Confirm(Confirm::new(question, effects, self.pressed)));
    }

    /// The code of the record, for another program; its name where it has no code.
    pub(super) fn copy(&mut self) -> Vec<Effect> {
        let subjects = self.stack().last().map(View::subjects).unwrap_or_default();
        let word = |s: Subject| if s.code.is_empty() { s.name } else { s.code };
        let codes: Vec<String> = subjects.into_iter().map(word).filter(|c| !c.is_empty()).collect();
        if codes.is_empty() {
            return Vec::new();
        }
        vec![Effect::Copy(codes.join("\n"))]
    }

    /// Says what was copied, or that it was not.
    pub(super) fn copied(&mut self, text: &str, done: bool) {
        let what = text.lines().collect::<Vec<_>>().join(" ");
        let id = if done { "copied" } else { "copy-failed" };
        self.tell(self.facts.locale.tr_with(id, &[("what", &what)]), done);
    }

    /// An answer for the overlay that is open, and what it wants next; given back when it is for a view.
    pub(super) fn ask_answer(&mut self, slot: Slot, answer: Answer) -> Result<Vec<Effect>, Answer> {
        if slot != SLOT {
            return Err(answer);
        }
        let mut ask = match self.overlays.pop() {
            Some(Overlay::Ask(ask)) => ask,
            Some(mut other) => {
                let actor = self.facts.actor.clone();
                let more = self.with_context(|cx| take_answer(&mut other, answer, &actor, cx));
                self.overlays.push(other);
                return Ok(more.into_iter().collect());
            }
            None => return Ok(Vec::new()),
        };
        let stays = match answer {
            Answer::Reach(reach) => {
                ask.take_reach(reach);
                true
            }
            Answer::Detail(detail) => match *detail {
                Some(detail) => self.with_context(|cx| ask.take_changed(&detail, cx)),
                None => false,
            },
            _ => true,
        };
        if stays {
            self.overlays.push(Overlay::Ask(ask));
            self.notice = None;
        }
        Ok(Vec::new())
    }

    /// Says that the console only waits for the writer before it ends.
    pub fn tell_writing(&mut self) {
        let text = self.facts.locale.tr("writing").into_owned();
        self.tell(text, true);
    }

    /// What came of a submitted change.
    pub(super) fn submitted(
        &mut self,
        what: &str,
        about: &[(Kind, Uuid)],
        result: Result<Done, StoreError>,
    ) -> Vec<Effect> {
        self.dirty = true;
        let pending = self.pending.take();
        match result {
            Ok(done) => self.succeeded(what, about, &done),
            Err(e) => {
                let (locale, divisions) = (&self.facts.locale, &self.facts.divisions);
                let format = Format { locale, divisions, now: self.now() };
                let lines = crate::console::views::list_draw::store_lines(&e, &format);
                self.tell(lines.join("  "), false);
                // The screen may have been behind: show what is.
                let mut effects = self.with_view(|view, cx| view.refresh(cx));
                effects.push(Effect::Bell);
                let changed = match &e {
                    StoreError::Refused(r) if r.code == "record-changed" => {
                        r.args.iter().find(|(n, _)| *n == "code").map(|(_, v)| v.clone())
                    }
                    _ => None,
                };
                match (changed, pending) {
                    (Some(code), Some(Overlay::Ask(ask))) => {
                        effects.extend(ask.wants_changed(&code));
                        self.overlays.push(Overlay::Ask(ask));
                    }
                    (Some(code), Some(Overlay::Delist(page))) => {
                        // First the difference, then everything as it is now.
                        effects.extend(page.wants_changed(&code));
                        self.overlays.push(Overlay::Delist(page));
                    }
                    // What was typed is not lost: the reason stands below it.
                    (_, Some(Overlay::Form(mut form))) => {
                        form.refused(lines.join("  "));
                        self.overlays.push(Overlay::Form(form));
                    }
                    _ => {}
                }
                effects
            }
        }
    }

    fn succeeded(&mut self, what: &str, about: &[(Kind, Uuid)], done: &Done) -> Vec<Effect> {
        let (verb, subject) = what.split_once(':').unwrap_or(("", what));
        let count = i64::try_from(done.codes.len()).unwrap_or(1);
        let first = done.audit_no - count + 1;
        let no = if count > 1 { format!("{first}-{}", done.audit_no) } else { done.audit_no.to_string() };
        let id = if count > 1 { format!("done-{verb}-many") } else { format!("done-{verb}") };
        let text = self.facts.locale.tr_with(&id, &[("what", subject), ("no", &no)]);
        self.tell(text, true);
        // Another view may be on the screen by now: the answer belongs to the records it names, wherever they are shown.
        for view in self.tabs.values_mut().flatten() {
            match view {
                View::Detail(detail) if verb == "reveal" && about.contains(&detail.subject()) => detail.reveal(),
                View::List(list) => list.marks_after(Verb::parse(verb), about),
                View::Counters(counters) => counters.list.marks_after(Verb::parse(verb), about),
                _ => {}
            }
        }
        self.with_view(|view, cx| view.refresh(cx))
    }
}

/// Gives an overlay what was read for it; says what it wants next.
fn take_answer(overlay: &mut Overlay, answer: Answer, actor: &Actor, cx: &Context<'_>) -> Option<Effect> {
    match (overlay, answer) {
        (Overlay::Form(form), answer) => {
            let spec = ListKind::Catalog.spec();
            form.take(&answer, |row| subject_of(spec, Some(Kind::CatalogEntry), row, &cx.format));
        }
        (Overlay::Delist(page), Answer::Preview(preview)) => page.take(*preview),
        (Overlay::Delist(page), Answer::Detail(detail)) => {
            if let Some(detail) = *detail {
                page.take_changed(&detail, cx);
                // What it would touch may be other things now.
                return Some(page.wants(actor));
            }
        }
        _ => {}
    }
    None
}

/// Why a verb cannot be done to a record, as the domain says it.
fn refusal_of(subject: &Subject, verb: Verb) -> Option<Refusal> {
    let needs = machine::ARROWS.iter().filter(|a| a.kind == subject.kind && a.verb == verb).map(|a| a.from);
    let needs = needs.collect::<Vec<_>>().join(",");
    let who = machine::who_may_walk(subject.kind, verb);
    let refused = machine::arrow(subject.kind, &subject.state, verb).is_none() && !subject.state.is_empty();
    refused.then(|| wrong_state(subject.kind, subject.code.clone(), subject.state.as_str(), verb.code(), needs, who))
}
