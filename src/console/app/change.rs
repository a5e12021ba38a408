//! Changes: which records they are about, what is asked before, and what is said after.

use super::App;
use crate::base::locale::Sentence;
use crate::console::format::Format;
use crate::console::message::Effect;
use crate::console::overlay::Overlay;
use crate::console::overlay::ask::{Ask, SLOT};
use crate::console::overlay::confirm::Confirm;
use crate::console::views::{Subject, View};
use crate::domain::command::Command;
use crate::domain::machine::{self, Verb};
use crate::domain::refusal::Refusal;
use crate::domain::rows::Kind;
use crate::store::reads::{Answer, Slot};
use crate::store::{Done, StoreError};
use uuid::Uuid;

/// States of a return in which it is in: nobody is reminded of it.
const IN: &[&str] = &["submitted", "accepted"];

impl App {
    /// The records of a kind an action would be about.
    pub(super) fn subjects_of(&mut self, kind: Kind) -> Vec<Subject> {
        self.stack().last().map(|v| v.subjects_of(kind)).unwrap_or_default()
    }

    /// Opens the ask, or says why there is nothing to ask.
    pub(super) fn ask(&mut self, verb: Verb) -> Vec<Effect> {
        let subjects = self.subjects_of(Kind::CatalogEntry);
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

    /// An answer for the ask that is open; `None` when it is for a view.
    pub(super) fn ask_answer(&mut self, slot: Slot, answer: Answer) -> Option<Answer> {
        if slot != SLOT {
            return Some(answer);
        }
        let Some(Overlay::Ask(mut ask)) = self.overlays.pop_if(|o| matches!(o, Overlay::Ask(_))) else { return None };
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
        None
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
                if let (Some(code), Some(Overlay::Ask(ask))) = (changed, pending) {
                    effects.extend(ask.wants_changed(&code));
                    self.overlays.push(Overlay::Ask(ask));
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

/// Why a verb cannot be done to a record, as the domain says it.
fn refusal_of(subject: &Subject, verb: Verb) -> Option<Refusal> {
    use crate::domain::codes::EntryState;
    let state = EntryState::parse(&subject.state)?;
    machine::step(&subject.code, state, verb, "-").err()
}
