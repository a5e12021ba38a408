//! The form of enrolment: code, hub and authority; then how far it is, or why it did not work.
//!
//! Owns what is typed and what is shown. While it is under way the keys only end it; nothing typed is lost to a failure.

use super::{Reaction, sheet};
use crate::base::text;
use crate::console::format::grouped;
use crate::console::keys::{Chord, Key};
use crate::console::message::{Attempt, Effect, NotJoined};
use crate::console::theme::Role;
use crate::console::views::{Caret, Context};
use crate::console::widgets::field::Field;
use crate::sync::first::Stage;
use crate::sync::join::Step;
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use std::path::PathBuf;

/// Cells of a label.
const LABEL: u16 = 14;
const CODE: usize = 0;
const HUB: usize = 1;
const CA: usize = 2;
const NAMES: [&str; 3] = ["code", "hub", "ca"];

/// The form's state.
pub struct Enrol {
    fields: [Field; 3],
    at: usize,
    /// The hub whose key is here already: what is left is to fetch.
    begun: Option<String>,
    /// Under way, and how far; nothing to tell before the hub has answered.
    under_way: Option<Option<Step>>,
    /// Its end was asked for.
    stopping: bool,
    why: Option<NotJoined>,
    /// Text id of what is missing.
    missing: Option<&'static str>,
}

impl Enrol {
    /// An empty form; one that goes on where the key of a hub is here.
    pub fn new(begun: Option<String>) -> Enrol {
        let fields = [Field::new(60), Field::new(200), Field::new(400)];
        Enrol { fields, at: 0, begun, under_way: None, stopping: false, why: None, missing: None }
    }

    /// Takes in how far it is.
    pub fn at(&mut self, step: Step) {
        self.under_way = Some(Some(step));
    }

    /// It did not work.
    pub fn failed(&mut self, why: NotJoined) {
        (self.under_way, self.stopping) = (None, false);
        self.begun.clone_from(&why.begun);
        self.why = Some(why);
    }

    pub fn text(&mut self, words: &str) {
        if self.under_way.is_none() && self.begun.is_none() {
            (self.missing, self.why) = (None, None);
            self.fields[self.at].insert(words);
        }
    }

    pub fn key(&mut self, chord: Chord, hasty: bool) -> Reaction {
        let last = self.fields.len() - 1;
        match chord.key {
            Key::Esc if self.under_way.is_some() => {
                self.stopping = true;
                return Reaction::Ask(vec![Effect::StopEnrolling]);
            }
            Key::Esc => return Reaction::Close,
            _ if self.under_way.is_some() => {}
            Key::Enter if hasty => {}
            Key::Enter if self.begun.is_some() => return self.go(Attempt { goes_on: true, ..Attempt::default() }),
            _ if self.begun.is_some() => {}
            Key::Up => self.at = self.at.saturating_sub(1),
            Key::Tab if chord.shift => self.at = self.at.saturating_sub(1),
            Key::Tab | Key::Down => self.at = (self.at + 1).min(last),
            Key::Enter if self.at < last => self.at += 1,
            Key::Enter => return self.submit(),
            _ => {
                (self.missing, self.why) = (None, None);
                self.fields[self.at].key(chord);
            }
        }
        Reaction::Stay
    }

    fn submit(&mut self) -> Reaction {
        let word = |i: usize| self.fields[i].text().trim().to_owned();
        let (code, hub, ca) = (word(CODE), word(HUB), word(CA));
        let missing = [(CODE, code.is_empty(), "enrol-needs-code"), (HUB, hub.is_empty(), "enrol-needs-hub")];
        if let Some((at, _, id)) = missing.into_iter().find(|(_, empty, _)| *empty) {
            (self.at, self.missing) = (at, Some(id));
            return Reaction::Stay;
        }
        let ca = Some(PathBuf::from(ca)).filter(|p| !p.as_os_str().is_empty());
        self.go(Attempt { code, hub: text::half_width(&hub), ca, goes_on: false })
    }

    fn go(&mut self, attempt: Attempt) -> Reaction {
        (self.under_way, self.why, self.missing) = (Some(None), None, None);
        Reaction::Ask(vec![Effect::Enrol(attempt)])
    }

    /// Text id of what the keys do.
    pub fn footer(&self) -> &'static str {
        match (&self.under_way, &self.begun) {
            (Some(_), _) => "enrol-keys-under-way",
            (None, Some(_)) => "enrol-keys-begun",
            (None, None) => "form-keys",
        }
    }

    pub fn draw(&mut self, frame: &mut Frame<'_>, area: Rect, cx: &Context<'_>) -> Caret {
        let locale = cx.format.locale;
        let width = usize::from(area.width.saturating_sub(4));
        let help = match &self.begun {
            Some(hub) => locale.tr_with("enrol-begun", &[("hub", &text::display(hub))]),
            None => locale.tr("enrol-help").into_owned(),
        };
        let help: Vec<String> = text::wrap(&help, width);
        let said = self.said(cx, width);
        let wanted = help.len() + self.fields.len() + said.len().max(2) + 3;
        let height = u16::try_from(wanted).unwrap_or(u16::MAX).min(area.height);
        let at = Rect { y: area.bottom() - height, height, ..area };
        let body = sheet(frame, at, cx, &locale.tr("enrol-title"));
        let mut y = body.y;
        let mut caret = Caret::Parked(Position::new(body.x, body.y));
        let put = |frame: &mut Frame<'_>, y: u16, words: &str, role: Role| {
            if y < body.bottom() {
                frame.buffer_mut().set_stringn(body.x + 2, y, text::short(words, width), width, cx.theme.style(role));
            }
        };
        for line in &help {
            put(frame, y, line, Role::Info);
            y += 1;
        }
        y += 1;
        for (i, (field, name)) in self.fields.iter().zip(NAMES).enumerate() {
            if self.begun.is_some() || y >= body.bottom() {
                break;
            }
            let here = i == self.at && self.under_way.is_none();
            let label = text::fit(&locale.tr(&format!("enrol-{name}")), usize::from(LABEL));
            put(frame, y, &label, if here { Role::Heading } else { Role::Dim });
            let line = Rect { x: body.x + 2 + LABEL, y, width: body.width.saturating_sub(4 + LABEL), height: 1 };
            let style = cx.theme.style(if here { Role::Input } else { Role::Text });
            let typing = field.draw(line, frame.buffer_mut(), style);
            if here {
                caret = Caret::Typing(typing);
            }
            y += 1;
        }
        y += 1;
        for (line, role) in &said {
            put(frame, y, line, *role);
            y += 1;
        }
        caret
    }

    /// What is under way, missing, or went wrong.
    fn said(&self, cx: &Context<'_>, width: usize) -> Vec<(String, Role)> {
        let locale = cx.format.locale;
        let lines = |words: &str, role: Role| text::wrap(words, width).into_iter().map(move |l| (l, role));
        if let Some(step) = &self.under_way {
            let words = if self.stopping { locale.tr("enrol-stopping").into_owned() } else { progress(*step, cx) };
            return lines(&words, Role::Title).collect();
        }
        if let Some(id) = self.missing {
            return lines(&locale.tr(id), Role::Warning).collect();
        }
        let Some(why) = &self.why else { return Vec::new() };
        lines(&text::display(&why.words), Role::Warning).chain(lines(&text::display(&why.hint), Role::Dim)).collect()
    }
}

fn progress(step: Option<Step>, cx: &Context<'_>) -> String {
    let locale = cx.format.locale;
    let (stage, id) = match step {
        None => return locale.tr("enrol-asking").into_owned(),
        Some(Step::Comparing(stage)) => (stage, "enrol-comparing"),
        Some(Step::Loading(stage)) => (stage, "enrol-loading"),
    };
    match stage {
        Stage::Rows { rows, at, head } => {
            let percent = (at.max(0) * 100 / head.max(1)).min(100).to_string();
            let rows = grouped(i64::try_from(rows).unwrap_or(i64::MAX));
            locale.tr_with(id, &[("rows", &rows), ("percent", &percent)])
        }
        Stage::Indices { done, of } => {
            locale.tr_with("enrol-indexing", &[("done", &done.to_string()), ("of", &of.to_string())])
        }
    }
}
