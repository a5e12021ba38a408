//! What lies over a view: palette, help, choosers and the ask before a change. A stack; the top one has the keys.

pub mod ask;
pub mod chooser;
pub mod confirm;
pub mod delist;
pub mod enrol;
pub mod form;
pub mod help;
pub mod merge;
pub mod palette;

use super::action::{Action, KeyMap};
use super::keys::Chord;
use super::message::Effect;
use super::theme::Role;
use super::views::{Caret, Context};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::widgets::{Clear, Widget};

/// What came of a key in an overlay.
#[derive(Debug, PartialEq)]
pub enum Reaction {
    /// It stays open.
    Stay,
    /// It closes.
    Close,
    /// It closes and an action follows.
    Act(Action),
    /// It stays open and these effects follow.
    Ask(Vec<Effect>),
    /// It closes and these effects follow.
    Do(Vec<Effect>),
    /// A sort column was chosen.
    SortBy(&'static str),
    /// A column was shown or hidden; it stays open.
    Column(&'static str),
}

/// Every overlay.
pub enum Overlay {
    Palette(palette::Palette),
    Help(help::Help),
    Chooser(chooser::Chooser),
    Ask(ask::Ask),
    Confirm(confirm::Confirm),
    Form(form::Form),
    Delist(Box<delist::Delist>),
    Merge(merge::Merge),
    Enrol(enrol::Enrol),
}

impl Overlay {
    /// A key, with whether it came in a hasty burst.
    pub fn key(&mut self, chord: Chord, hasty: bool, cx: &Context<'_>, keys: &KeyMap) -> Reaction {
        match self {
            Overlay::Palette(o) => o.key(chord, hasty, cx, keys),
            Overlay::Help(o) => o.key(chord),
            Overlay::Chooser(o) => o.key(chord, keys),
            Overlay::Ask(o) => o.key(chord, hasty),
            Overlay::Confirm(o) => o.key(chord, hasty),
            Overlay::Form(o) => o.key(chord, hasty),
            Overlay::Delist(o) => o.key(chord, hasty),
            Overlay::Merge(o) => o.key(chord, hasty),
            Overlay::Enrol(o) => o.key(chord, hasty),
        }
    }

    /// Committed or pasted text; never confirms anything. Gives what to read for it.
    pub fn text(&mut self, text: &str, pasted: bool) -> Option<Effect> {
        match self {
            Overlay::Form(o) => return o.text(text),
            Overlay::Delist(o) => o.text(text, pasted),
            Overlay::Palette(o) => o.text(text),
            Overlay::Help(o) => o.text(text),
            Overlay::Chooser(_) | Overlay::Confirm(_) | Overlay::Merge(_) => {}
            Overlay::Ask(o) => o.text(text),
            Overlay::Enrol(o) => o.text(text),
        }
        None
    }

    /// Text id of what the keys do here, for the footer.
    pub fn footer(&self) -> &'static str {
        match self {
            Overlay::Palette(_) => "footer-palette",
            Overlay::Help(_) => "footer-help",
            Overlay::Chooser(_) => "footer-chooser",
            Overlay::Ask(_) => "ask-keys",
            Overlay::Confirm(_) => "confirm-keys",
            Overlay::Form(_) => "form-keys",
            Overlay::Delist(_) => "delist-keys",
            Overlay::Merge(_) => "merge-keys",
            Overlay::Enrol(o) => o.footer(),
        }
    }

    pub fn draw(&mut self, frame: &mut Frame<'_>, area: Rect, cx: &Context<'_>, keys: &KeyMap) -> Caret {
        match self {
            Overlay::Palette(o) => o.draw(frame, area, cx, keys),
            Overlay::Help(o) => o.draw(frame, area, cx, keys),
            Overlay::Chooser(o) => o.draw(frame, area, cx),
            Overlay::Ask(o) => o.draw(frame, area, cx),
            Overlay::Confirm(o) => o.draw(frame, area, cx),
            Overlay::Form(o) => o.draw(frame, area, cx),
            Overlay::Delist(o) => o.draw(frame, area, cx),
            Overlay::Merge(o) => o.draw(frame, area, cx),
            Overlay::Enrol(o) => o.draw(frame, area, cx),
        }
    }
}

/// Empties a part of the screen and gives it the look of an overlay: no box, one heading line. Where there are no
/// colours the heading is drawn out with `=`, and a sheet that does not reach the left edge has one of `|`.
pub(super) fn sheet(frame: &mut Frame<'_>, area: Rect, cx: &Context<'_>, title: &str) -> Rect {
    Clear.render(area, frame.buffer_mut());
    frame.buffer_mut().set_style(area, cx.theme.style(Role::Text));
    let head = Rect { height: 1.min(area.height), ..area };
    frame.buffer_mut().set_style(head, cx.theme.style(Role::Header));
    let title = crate::base::text::short(title, usize::from(area.width.saturating_sub(2)));
    frame.buffer_mut().set_stringn(area.x + 1, area.y, &title, usize::from(area.width), cx.theme.style(Role::Header));
    let body = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    if !cx.theme.is_plain() {
        return body;
    }
    let from = area.x + 2 + crate::base::text::width(&title) as u16;
    for x in from..area.right() {
        frame.buffer_mut()[(x, area.y)].set_symbol("=");
    }
    if area.x == 0 {
        return body;
    }
    for y in area.y..area.bottom() {
        frame.buffer_mut()[(area.x, y)].set_symbol("|");
    }
    Rect { x: body.x + 1, width: body.width.saturating_sub(1), ..body }
}
