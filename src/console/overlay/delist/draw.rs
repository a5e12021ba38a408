//! Drawing the page before a delisting: over the whole screen, the sums first, then every record by name.

use super::{Delist, Focus};
use crate::base::text;
use crate::console::format::{grouped, yuan};
use crate::console::overlay::sheet;
use crate::console::theme::Role;
use crate::console::views::{Caret, Context};
use crate::console::widgets::field::Field;
use crate::domain::refusal::Refusal;
use crate::store::preview::{Case, Item, Preview, Touch};
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use std::collections::BTreeMap;

/// Lines at the bottom: reason, code, button with what is missing; what the keys do stands in the footer.
const FIELDS: u16 = 3;
/// Cells of a label.
const LABEL: u16 = 12;
/// Cities named in the line of the counters.
const CITIES: usize = 4;

impl Delist {
    pub fn draw(&mut self, frame: &mut Frame<'_>, area: Rect, cx: &Context<'_>) -> Caret {
        let body = sheet(frame, area, cx, &self.title(cx));
        let head = Rect { height: 1.min(area.height), ..area };
        frame.buffer_mut().set_style(head, cx.theme.style(Role::DangerPage));
        let width = usize::from(body.width.saturating_sub(3));
        let lines = self.lines(cx, width);
        let room = usize::from(body.height.saturating_sub(FIELDS + 1));
        self.height = room;
        self.top = self.top.min(lines.len().saturating_sub(room));
        for ((line, role), y) in lines.iter().skip(self.top).take(room).zip(body.y..) {
            frame.buffer_mut().set_stringn(body.x + 1, y, text::short(line, width), width, cx.theme.style(*role));
        }
        let left = lines.len().saturating_sub(self.top + room);
        let bottom = body.bottom().saturating_sub(FIELDS + 1);
        if left > 0 && bottom > body.y {
            let words = cx.format.locale.tr_with("delist-more", &[("n", &grouped(left as i64))]);
            frame.buffer_mut().set_stringn(body.x + 1, bottom, words, width, cx.theme.style(Role::Dim));
        }
        self.draw_fields(frame, Rect { y: body.bottom().saturating_sub(FIELDS), height: FIELDS, ..body }, cx)
    }

    fn title(&self, cx: &Context<'_>) -> String {
        let locale = cx.format.locale;
        match self.preview.as_ref().map(|p| &p.cases[..]) {
            Some([one]) => {
                let supplier = text::display(&one.entry.supplier_name);
                let name = text::display(&one.entry.name);
                format!("{}  {} {name} {}  {supplier}", locale.tr("delist-title"), one.entry.code, one.entry.spec)
            }
            Some([]) | None => locale.tr("delist-title").into_owned(),
            Some(many) => {
                let n = locale.tr_with("ask-many", &[("n", &many.len().to_string())]);
                format!("{}  {n}", locale.tr("delist-title"))
            }
        }
    }

    fn lines(&self, cx: &Context<'_>, width: usize) -> Vec<(String, Role)> {
        let locale = cx.format.locale;
        let Some(preview) = &self.preview else {
            return vec![(locale.tr("status-reading").into_owned(), Role::Dim)];
        };
        let mut lines = Vec::new();
        let mut say = |words: &str, role: Role| lines.extend(text::wrap(words, width).into_iter().map(|l| (l, role)));
        for words in &self.changed {
            say(&format!("{} {words}", locale.tr("ask-meanwhile")), Role::Warning);
        }
        if let Some(refusal) = &preview.refusal {
            say(&refusal_words(refusal, cx), Role::Warning);
        }
        for case in &preview.cases {
            say(&case_words(case, cx), Role::Text);
        }
        say(&locale.tr("delist-what"), Role::Danger);
        lines.push((String::new(), Role::Text));
        lines.extend(sums(preview, cx, width));
        lines.extend(named(preview, cx, width));
        lines
    }

    fn draw_fields(&self, frame: &mut Frame<'_>, area: Rect, cx: &Context<'_>) -> Caret {
        let locale = cx.format.locale;
        let asked = match self.expected() {
            Some(n) if self.is_bulk() => locale.tr_with("ask-count", &[("n", &n)]),
            Some(code) => locale.tr_with("delist-code", &[("code", &code)]),
            None => String::new(),
        };
        let reason = locale.tr("ask-reason");
        let mut caret = Caret::Parked(Position::new(area.x, area.y));
        let mut put = |frame: &mut Frame<'_>, row: u16, label: &str, field: &Field, here: bool| {
            let y = area.y + row;
            let role = if here { Role::Heading } else { Role::Dim };
            let cells = text::width(label).max(usize::from(LABEL)) + 1;
            frame.buffer_mut().set_stringn(area.x + 1, y, label, usize::from(area.width), cx.theme.style(role));
            let x = area.x + 1 + u16::try_from(cells).unwrap_or(0);
            let line = Rect { x, y, width: area.right().saturating_sub(x + 2), height: 1 };
            let style = cx.theme.style(if here { Role::Input } else { Role::Text });
            let at = field.draw(line, frame.buffer_mut(), style);
            if here {
                caret = Caret::Typing(at);
            }
        };
        put(frame, 0, &reason, &self.reason, self.focus == Focus::Reason);
        put(frame, 1, &asked, &self.code, self.focus == Focus::Code);
        let button = locale.tr("delist-confirm");
        let on = self.focus == Focus::Button;
        let words = if on { format!("> [{button}]") } else { format!("  [{button}]") };
        let role = if on { Role::Danger } else { Role::Dim };
        frame.buffer_mut().set_stringn(area.x + 1, area.y + 2, &words, usize::from(area.width), cx.theme.style(role));
        if on {
            caret = Caret::Parked(Position::new(area.x + 1, area.y + 2));
        }
        if let Some(id) = self.missing {
            let x = area.x + 3 + u16::try_from(text::width(&words)).unwrap_or(0);
            let room = usize::from(area.right().saturating_sub(x + 1));
            let style = cx.theme.style(Role::Warning);
            frame.buffer_mut().set_stringn(x, area.y + 2, text::short(&locale.tr(id), room), room, style);
        }
        caret
    }
}

fn refusal_words(refusal: &Refusal, cx: &Context<'_>) -> String {
    let sentence = crate::base::locale::Sentence { family: "refusal", code: refusal.code, args: &refusal.args };
    let (sentence, hint) = cx.format.locale.refusal(&sentence);
    format!("{sentence}  {hint}")
}

/// `依据 QI-2020-0121 二氧化硫超标 一级 证据 2 份 上报 张伟 8-20 14:02 核实 王敏、赵强 8-20 15:40`.
fn case_words(case: &Case, cx: &Context<'_>) -> String {
    let incident = &case.incident;
    let grade = cx.format.locale.code("grade", incident.recall_class.unwrap_or(incident.grade).code());
    let at = |at: Option<jiff::Timestamp>| at.map_or_else(String::new, |at| cx.format.instant(at));
    let args = [
        ("code", incident.code.clone()),
        ("title", text::display(&incident.title).into_owned()),
        ("grade", grade),
        ("evidence", case.evidence.to_string()),
        ("reporter", text::display(&incident.reporter).into_owned()),
        ("reported", at(Some(incident.reported_at))),
        ("verifier", text::display(&incident.verified_by).into_owned()),
        ("verified", at(incident.verified_at)),
    ];
    let args: Vec<(&str, &str)> = args.iter().map(|(n, v)| (*n, v.as_str())).collect();
    cx.format.locale.tr_with("delist-cause", &args)
}

/// One line a group: how many, how much, and for counters where.
fn sums(preview: &Preview, cx: &Context<'_>, width: usize) -> Vec<(String, Role)> {
    let locale = cx.format.locale;
    let none = Vec::new();
    let mut lines = Vec::new();
    for touch in Touch::ALL {
        let items = preview.groups.get(touch).unwrap_or(&none);
        let (n, pieces) = (items.len() as i64, items.iter().map(|i| i.pieces).sum());
        let fen: i64 = items.iter().map(|i| i.fen).sum();
        let args = [("n", grouped(n)), ("pieces", grouped(pieces)), ("yuan", yuan(fen))];
        let args: Vec<(&str, &str)> = args.iter().map(|(n, v)| (*n, v.as_str())).collect();
        let label = text::fit(&locale.tr(&format!("touch-{}", touch.code())), usize::from(LABEL));
        let mut words = format!("{label}{}", locale.tr_with(&format!("touch-{}-sum", touch.code()), &args));
        if *touch == Touch::Counters && n > 0 {
            words.push_str(&format!("  {}", by_city(items, cx)));
        }
        let role = if n > 0 { Role::Text } else { Role::Dim };
        lines.push((text::short(&words, width), role));
    }
    lines
}

/// `西安 61 汉中 33 ..`, the most first.
fn by_city(items: &[Item], cx: &Context<'_>) -> String {
    let mut cities: BTreeMap<String, usize> = BTreeMap::new();
    for item in items {
        let city = item.county.get(..4).map_or_else(|| item.county.clone(), |c| format!("{c}00"));
        *cities.entry(city).or_insert(0) += 1;
    }
    let mut cities: Vec<(String, usize)> = cities.into_iter().collect();
    cities.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let more = if cities.len() > CITIES { " .." } else { "" };
    let words = cities.iter().take(CITIES).map(|(city, n)| format!("{} {n}", cx.format.division(city)));
    format!("{}{more}", words.collect::<Vec<_>>().join("  "))
}

/// Every record it touches, by group.
fn named(preview: &Preview, cx: &Context<'_>, width: usize) -> Vec<(String, Role)> {
    let locale = cx.format.locale;
    let mut lines = Vec::new();
    for (touch, items) in &preview.groups {
        lines.push((String::new(), Role::Text));
        let heading = locale.tr(&format!("touch-{}", touch.code())).into_owned();
        lines.push((format!("{heading}  {}", grouped(items.len() as i64)), Role::Heading));
        for item in items {
            let state = item.state.as_ref().map_or_else(String::new, |(set, code)| locale.code(set, code));
            let county = if item.county.is_empty() { String::new() } else { cx.format.division(&item.county) };
            let pieces = if item.pieces > 0 {
                locale.tr_with("touch-pieces", &[("n", &grouped(item.pieces))])
            } else {
                String::new()
            };
            let name = text::display(&item.name).into_owned();
            let parts = [item.code.clone(), name, county, pieces, state];
            let words = parts.into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join("  ");
            lines.push((text::short(&format!("  {words}"), width), Role::Text));
        }
    }
    lines
}
