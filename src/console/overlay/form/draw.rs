//! Drawing a form, from the bottom of the screen upwards: what it is about, its fields, what the keys do.

use super::super::sheet;
use super::fields::{Input, Place};
use super::{Form, Purpose};
use crate::base::text;
use crate::console::theme::Role;
use crate::console::views::{Caret, Context};
use ratatui::Frame;
use ratatui::layout::{Position, Rect};

/// Cells of a label.
const LABEL: u16 = 14;
/// Records named one by one.
const NAMED: usize = 5;

impl Form {
    pub fn draw(&mut self, frame: &mut Frame<'_>, area: Rect, cx: &Context<'_>) -> Caret {
        let width = usize::from(area.width.saturating_sub(4));
        let lines = self.lines(cx, width);
        let wanted = lines.len() + self.places.len() + 3;
        let height = (u16::try_from(wanted).unwrap_or(u16::MAX)).min(area.height);
        let at = Rect { y: area.bottom() - height, height, ..area };
        let body = sheet(frame, at, cx, &self.title(cx));
        let fields = u16::try_from(self.places.len()).unwrap_or(0) + 1;
        let room = body.height.saturating_sub(fields);
        let mut y = body.y;
        for (line, role) in lines.iter().take(usize::from(room)) {
            frame.buffer_mut().set_stringn(body.x + 2, y, text::short(line, width), width, cx.theme.style(*role));
            y += 1;
        }
        let mut caret = Caret::Parked(Position::new(body.x, y.min(body.bottom().saturating_sub(1))));
        for (i, place) in self.places.iter().enumerate() {
            if y + 1 >= body.bottom() {
                break;
            }
            let line = Rect { x: body.x + 2, y, width: body.width.saturating_sub(4), height: 1 };
            if let Some(here) = draw_place(place, i == self.at, frame, line, cx) {
                caret = here;
            }
            y += 1;
        }
        let (words, role) = match &self.missing {
            Some(said) => (cx.format.locale.find(said, &[]).unwrap_or_else(|| said.clone()), Role::Warning),
            // What the keys do stands in the footer.
            None => (String::new(), Role::Dim),
        };
        let last = body.bottom().saturating_sub(1);
        frame.buffer_mut().set_stringn(body.x + 2, last, text::short(&words, width), width, cx.theme.style(role));
        caret
    }

    fn title(&self, cx: &Context<'_>) -> String {
        let locale = cx.format.locale;
        let purpose = locale.tr(&format!("form-{}", self.purpose.code())).into_owned();
        match &self.subjects[..] {
            [] => purpose,
            [one] => format!("{purpose}  {} {}", one.code, text::display(&one.name)),
            many => format!("{purpose}  {}", locale.tr_with("ask-many-records", &[("n", &many.len().to_string())])),
        }
    }

    fn lines(&self, cx: &Context<'_>, width: usize) -> Vec<(String, Role)> {
        let locale = cx.format.locale;
        let mut lines: Vec<(String, Role)> = Vec::new();
        if self.subjects.len() > 1 {
            let named = self.subjects.iter().take(NAMED);
            lines.extend(named.map(|s| (format!("{} {}", s.code, text::display(&s.name)), Role::Text)));
        }
        let help = locale.tr(&format!("form-{}-help", self.purpose.code())).into_owned();
        lines.extend(text::wrap(&help, width).into_iter().map(|l| (l, Role::Info)));
        if self.purpose == Purpose::Report && self.subjects.is_empty() {
            for (i, s) in self.matches.iter().enumerate() {
                let state = locale.code(s.kind.table(), &s.state);
                let sign = if i == self.chosen { ">" } else { " " };
                let role = if i == self.chosen { Role::Selected } else { Role::Text };
                lines.push((format!("{sign} {}  {}  {state}", s.code, text::display(&s.name)), role));
            }
            let blank = 5_usize.saturating_sub(self.matches.len());
            lines.extend((0..blank).map(|_| (String::new(), Role::Text)));
        }
        lines.push((String::new(), Role::Text));
        lines
    }
}

/// Draws a field; gives the caret when the typing goes there.
fn draw_place(place: &Place, here: bool, frame: &mut Frame<'_>, line: Rect, cx: &Context<'_>) -> Option<Caret> {
    let locale = cx.format.locale;
    let label = text::fit(&locale.tr(&format!("form-{}", place.id)), usize::from(LABEL));
    let role = if here { Role::Heading } else { Role::Dim };
    frame.buffer_mut().set_stringn(line.x, line.y, &label, usize::from(line.width), cx.theme.style(role));
    let field = Rect { x: line.x + LABEL, width: line.width.saturating_sub(LABEL), ..line };
    match &place.input {
        Input::Text(input) | Input::Product(input) => {
            let style = cx.theme.style(if here { Role::Input } else { Role::Text });
            let at = input.draw(field, frame.buffer_mut(), style);
            here.then_some(Caret::Typing(at))
        }
        Input::Choice { set, codes, at } => {
            let mut x = field.x;
            let mut chosen = field.as_position();
            for (i, code) in codes.iter().enumerate() {
                let word = locale.code(set, code);
                // The brackets tell which it is without a colour.
                let words = if i == *at { format!("[{word}]") } else { format!(" {word} ") };
                let role = if i == *at { Role::Title } else { Role::Text };
                let left = usize::from(field.right().saturating_sub(x));
                frame.buffer_mut().set_stringn(x, field.y, &words, left, cx.theme.style(role));
                if i == *at {
                    chosen = Position::new(x.min(field.right().saturating_sub(1)), field.y);
                }
                x = x.saturating_add(u16::try_from(text::width(&words)).unwrap_or(0) + 1);
            }
            here.then_some(Caret::Parked(chosen))
        }
    }
}
