//! Drawing the ask, from the bottom of the screen upwards: what, what follows, what changed, and the fields.

use super::super::sheet;
use super::Ask;
use crate::base::text;
use crate::console::format::grouped;
use crate::console::theme::Role;
use crate::console::views::{Caret, Context};
use crate::console::widgets::field::Field;
use crate::domain::rows::Kind;
use ratatui::Frame;
use ratatui::layout::{Position, Rect};

/// Records named one by one.
const NAMED: usize = 5;
/// Changes of a record named.
const CHANGES: usize = 4;

impl Ask {
    pub fn draw(&mut self, frame: &mut Frame<'_>, area: Rect, cx: &Context<'_>) -> Caret {
        let locale = cx.format.locale;
        let width = usize::from(area.width.saturating_sub(4));
        let lines = self.lines(cx, width);
        // Heading, reason, its label, keys, and the number with its label.
        let fields = 5 + 2 * u16::from(self.is_bulk());
        let height = (lines.len() as u16 + fields).min(area.height);
        let at = Rect { y: area.bottom() - height, height, ..area };
        let body = sheet(frame, at, cx, &self.title(cx));
        // What is typed always has its place; what is told above it is cut before it.
        let room = body.height.saturating_sub(fields - 1);
        let mut y = body.y;
        for (line, role) in lines.iter().take(usize::from(room)) {
            frame.buffer_mut().set_stringn(body.x + 2, y, text::short(line, width), width, cx.theme.style(*role));
            y += 1;
        }
        let put = |frame: &mut Frame<'_>, y: u16, words: &str, role: Role| {
            if y < body.bottom() {
                frame.buffer_mut().set_stringn(body.x + 2, y, text::short(words, width), width, cx.theme.style(role));
            }
        };
        let label = if self.needs_reason() { "ask-reason" } else { "ask-note" };
        put(frame, y, &locale.tr(label), Role::Heading);
        let caret = field(frame, cx, &self.reason, body, y + 1);
        y += 2;
        let mut count_caret = caret;
        if self.is_bulk() {
            let n = self.subjects.len().to_string();
            put(frame, y, &locale.tr_with("ask-count", &[("n", &n)]), Role::Heading);
            count_caret = field(frame, cx, &self.count, body, y + 1);
            y += 2;
        }
        let (id, role) = self.missing.map_or(("ask-keys", Role::Dim), |id| (id, Role::Warning));
        put(frame, y, &locale.tr(id), role);
        Caret::Typing(if self.on_count { count_caret } else { caret })
    }

    fn title(&self, cx: &Context<'_>) -> String {
        let locale = cx.format.locale;
        let verb = locale.code("verb", self.verb.code());
        match &self.subjects[..] {
            [one] => format!("{verb}  {} {}", one.code, text::display(&one.name)),
            many => {
                let id =
                    if many.iter().all(|s| s.kind == Kind::CatalogEntry) { "ask-many" } else { "ask-many-records" };
                format!("{verb}  {}", locale.tr_with(id, &[("n", &many.len().to_string())]))
            }
        }
    }

    fn lines(&self, cx: &Context<'_>, width: usize) -> Vec<(String, Role)> {
        let locale = cx.format.locale;
        let mut lines: Vec<(String, Role)> = Vec::new();
        let mut say = |words: &str, role: Role| lines.extend(text::wrap(words, width).into_iter().map(|l| (l, role)));
        if !self.others.is_empty() {
            say(&self.others_words(cx), Role::Warning);
        }
        if self.is_bulk() {
            for s in self.subjects.iter().take(NAMED) {
                let state = locale.code(s.kind.table(), &s.state);
                say(&format!("{} {}  {state}", s.code, text::display(&s.name)), Role::Text);
            }
        }
        for words in self.changed.iter().take(CHANGES) {
            say(&format!("{} {words}", locale.tr("ask-meanwhile")), Role::Warning);
        }
        let kind = self.subjects.first().map_or("", |s| s.kind.table());
        if let Some(words) = locale.find(&format!("ask-{kind}-{}", self.verb.code()), &[]) {
            say(&words, Role::Info);
        }
        if let Some(reach) = self.reach {
            let numbers = [grouped(reach.shelves), grouped(reach.packs), grouped(reach.orders)];
            let [shelves, packs, orders] = &numbers;
            say(
                &locale.tr_with("ask-reach", &[("shelves", shelves), ("packs", packs), ("orders", orders)]),
                Role::Text,
            );
        }
        lines.push((String::new(), Role::Text));
        lines
    }

    /// `标记 2 条，其中 1 条在录可暂停；SX610725-0025 已清退，不动`.
    fn others_words(&self, cx: &Context<'_>) -> String {
        let locale = cx.format.locale;
        let state = |s: &crate::console::views::Subject| locale.code(s.kind.table(), &s.state);
        let named = self.others.iter().take(NAMED).map(|s| format!("{} {}", s.code, state(s)));
        let mut others = named.collect::<Vec<_>>().join(" ");
        if self.others.len() > NAMED {
            others.push_str(" ..");
        }
        let (all, some) = (self.others.len() + self.subjects.len(), self.subjects.len());
        let now = self.subjects.first().map_or_else(String::new, state);
        let args = [
            ("all", all.to_string()),
            ("some", some.to_string()),
            ("now", now),
            ("verb", locale.code("verb", self.verb.code())),
            ("others", others),
        ];
        let args: Vec<(&str, &str)> = args.iter().map(|(n, v)| (*n, v.as_str())).collect();
        locale.tr_with("ask-others", &args)
    }
}

fn field(frame: &mut Frame<'_>, cx: &Context<'_>, field: &Field, body: Rect, y: u16) -> Position {
    let y = y.min(body.bottom().saturating_sub(1));
    let line = Rect { x: body.x + 2, y, width: body.width.saturating_sub(4), height: 1 };
    field.draw(line, frame.buffer_mut(), cx.theme.style(Role::Input))
}
