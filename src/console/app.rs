//! The console's state and the one function that changes it: a message in, effects out.
//!
//! No I/O, no waiting: the event loop in `run` reads, writes and draws. Views are kept per tab, so that going back finds
//! everything as it was left.

mod change;
mod draw;
mod enrol;
mod input;
mod offers;
mod packs;
mod receipts;

use super::Settings;
use super::action::{Action, KeyMap, Scope};
use super::format::{Format, shanghai};
use super::message::{Effect, Message};
use super::overlay::Overlay;
use super::theme::Theme;
use super::views::board::BoardView;
use super::views::compose::ComposeView;
use super::views::counters::CountersView;
use super::views::detail::DetailView;
use super::views::list::ListView;
use super::views::matrix::MatrixView;
use super::views::order::OrderView;
use super::views::recall::RecallView;
use super::views::record::RecordView;
use super::views::{Context, Go, View};
use crate::base::clock::Clock;
use crate::base::locale::{Locale, Sentence};
use crate::domain::actor::Actor;
use crate::store::link::Standing;
use crate::store::list::ListKind;
use crate::store::reads::{News, Slot};
use jiff::Timestamp;
use jiff::civil::Date;
use ratatui::layout::Rect;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Facts that do not change while the console runs.
pub struct Facts {
    pub locale: Arc<Locale>,
    pub clock: Clock,
    pub actor: Actor,
    /// Names of divisions and partner cities by code.
    pub divisions: HashMap<String, String>,
    pub read_only: bool,
    pub demo: bool,
    /// There is no database yet: an empty one stands in for it, and enrolling is what can be done.
    pub nowhere: bool,
    /// The hub whose key is here though its rows are not: enrolling was broken off and can go on.
    pub begun: Option<String>,
    /// Whether the terminal's font can be trusted with braille.
    pub braille: bool,
}

/// An answer shown in the footer's place.
#[derive(Debug, Clone, PartialEq)]
pub struct Notice {
    pub text: String,
    pub good: bool,
    pub until: Instant,
}

/// A confirmed delisting in its undo window: nothing of it is written yet.
pub(super) struct Held {
    pub(super) effects: Vec<Effect>,
    /// The page it was confirmed on, shown again should it be refused.
    pub(super) page: Overlay,
    pub(super) what: String,
    /// Says until when and by which key it can be taken back.
    pub(super) notice: Notice,
    pub(super) until: Instant,
}

/// The app.
pub struct App {
    pub(super) facts: Facts,
    pub(super) settings: Settings,
    pub(super) theme: Theme,
    pub(super) keys: KeyMap,
    /// One stack of views a tab, by the action that opens the tab.
    tabs: BTreeMap<Action, Vec<View>>,
    pub(super) tab: Action,
    pub(super) overlays: Vec<Overlay>,
    /// The ask whose change is being written.
    pub(super) pending: Option<Overlay>,
    pub(super) notice: Option<Notice>,
    pub(super) held: Option<Held>,
    pub(super) area: Rect,
    /// When the newest input came.
    pub(super) pressed: Option<Instant>,
    next_slot: Slot,
    /// Newest unanswered request of each slot; older answers are dropped.
    newest: HashMap<Slot, u64>,
    /// Whether anything shown may have changed since the last drawing.
    pub dirty: bool,
    /// Shanghai day and hour of the last tick.
    read_in: (Date, i8),
    /// The settings file cannot be used; those from before hold.
    pub(super) misset: bool,
    /// How the console stands to its hub; `None` for a database of its own.
    pub(super) standing: Option<Box<Standing>>,
    /// What is asked of the hub for the page on the screen.
    question: Option<receipts::Question>,
    /// The input method seems to be on: keys arrive full-width.
    pub(super) ime: bool,
}

/// Slots every view may use; no view needs more.
const SLOTS: Slot = 6;

/// Tabs with their digit, in the order of the top line.
pub const TABS: &[Action] = &[
    Action::Board,
    Action::Catalog,
    Action::Counters,
    Action::Incidents,
    Action::Returns,
    Action::Purchases,
    Action::Packs,
    Action::Partners,
    Action::Audit,
];

/// The list an action opens, if it opens one.
fn list_of(action: Action) -> Option<ListKind> {
    Some(match action {
        Action::Catalog => ListKind::Catalog,
        Action::Incidents => ListKind::Incidents,
        Action::Purchases => ListKind::Purchases,
        Action::Packs => ListKind::Packs,
        Action::Partners => ListKind::Partners,
        Action::Audit => ListKind::Audit,
        Action::Suppliers => ListKind::Suppliers,
        Action::Orders => ListKind::Orders,
        Action::Editions => ListKind::Editions,
        Action::Deadlines => ListKind::Deadlines,
        Action::Organisations => ListKind::Organisations,
        Action::Notices => ListKind::Notices,
        Action::Outbox => ListKind::Outbox,
        Action::Quotas => ListKind::Quotas,
        _ => return None,
    })
}

/// Day and hour where the programme is.
fn hour_of(at: Timestamp) -> (Date, i8) {
    let z = shanghai(at);
    (z.date(), z.hour())
}

impl App {
    /// A new app that shows the watch board; `keys` are those of the settings.
    ///
    /// # Errors
    /// A sentence when the theme in the settings cannot be used.
    pub fn new(facts: Facts, settings: Settings, keys: KeyMap, area: Rect) -> Result<App, String> {
        let theme = settings.load_theme(&facts.locale, false)?;
        let read_in = hour_of(facts.clock.now());
        Ok(App {
            facts,
            settings,
            theme,
            keys,
            tabs: BTreeMap::new(),
            tab: Action::Board,
            overlays: Vec::new(),
            pending: None,
            notice: None,
            held: None,
            area,
            pressed: None,
            next_slot: 1,
            newest: HashMap::new(),
            dirty: true,
            read_in,
            misset: false,
            standing: None,
            question: None,
            ime: false,
        })
    }

    /// What to read first.
    pub fn start(&mut self) -> Vec<Effect> {
        let effects = self.show(Action::Board);
        if self.facts.nowhere {
            self.enrol();
        }
        effects
    }

    /// The instant everything is shown at.
    pub(super) fn now(&self) -> Timestamp {
        self.facts.clock.now()
    }

    /// Takes a message in and says what is to be done.
    pub fn update(&mut self, message: Message) -> Vec<Effect> {
        // Whatever comes first after its time is up lets a kept delisting go: under a held key no tick would come, and a
        // late `u` takes nothing back.
        let mut effects = match &self.held {
            Some(held) if held.until <= Instant::now() => self.release_held(),
            _ => Vec::new(),
        };
        effects.extend(self.take_in(message));
        effects.extend(self.ask_receipts(Instant::now()));
        effects
    }

    fn take_in(&mut self, message: Message) -> Vec<Effect> {
        match message {
            Message::Input(input) => self.input(input),
            Message::News(news) => self.news(news),
            Message::Submitted { what, about, result } => self.submitted(&what, &about, result),
            Message::Tick => {
                let now = Instant::now();
                self.notice = self.notice.take().filter(|n| n.until > now);
                self.dirty = true;
                self.turn_of_time()
            }
            Message::Joining(step) => {
                self.joining(step);
                Vec::new()
            }
            Message::Joined(result) => {
                self.not_joined(result);
                Vec::new()
            }
            Message::Receipts { kind, id, answer } => {
                self.take_receipts((kind, id), answer);
                Vec::new()
            }
            Message::Composed { slot, serial, word } => self.composed(slot, serial, word),
            Message::Copied { text, done } => {
                self.copied(&text, done);
                Vec::new()
            }
            Message::Settings(result) => {
                self.dirty = true;
                self.change_settings(result)
            }
        }
    }

    /// What is read again when another day has begun, or for the board another hour: days left, what is overdue and for
    /// how long are of a day, not of the minute they were read in.
    fn turn_of_time(&mut self) -> Vec<Effect> {
        let (then, now) = (self.read_in, hour_of(self.now()));
        if then == now {
            return Vec::new();
        }
        self.read_in = now;
        let on_board = matches!(self.stack().last(), Some(View::Board(_)));
        if on_board || then.0 != now.0 { self.with_view(|view, cx| view.refresh(cx)) } else { Vec::new() }
    }

    /// Keeps the last good settings when the new ones cannot be used, and says what is wrong.
    fn change_settings(&mut self, result: Result<Box<Settings>, String>) -> Vec<Effect> {
        let usable = result.and_then(|s| {
            let keys = KeyMap::new(&s.keys).map_err(|e| e.to_string())?;
            let theme = s.load_theme(&self.facts.locale, false)?;
            Ok((s, keys, theme))
        });
        match usable {
            Ok((settings, keys, theme)) => {
                self.misset = false;
                let relearned = settings.lang != self.settings.lang;
                (self.settings, self.keys, self.theme) = (*settings, keys, theme);
                for view in self.tabs.values_mut().flatten() {
                    if let View::List(list) = view {
                        list.set_columns(self.settings.columns.get(list.kind.code()));
                    }
                }
                let later = if relearned { "settings-language" } else { "settings-reloaded" };
                let text = self.facts.locale.tr(later).into_owned();
                self.tell(text, true);
                vec![Effect::Repaint]
            }
            Err(why) => {
                self.misset = true;
                let text = self.facts.locale.tr_with("settings-kept", &[("why", &why)]);
                self.tell(text, false);
                Vec::new()
            }
        }
    }

    /// Remembers the serial number of a request, so that an older answer to its slot is dropped.
    pub fn asked(&mut self, slot: Slot, serial: u64) {
        self.newest.insert(slot, serial);
    }

    /// Whether something asked for has not been answered yet.
    pub fn is_waiting(&self) -> bool {
        !self.newest.is_empty()
    }

    fn news(&mut self, news: News) -> Vec<Effect> {
        match news {
            News::Answer { slot, serial, answer } => {
                if self.newest.get(&slot) != Some(&serial) {
                    return Vec::new();
                }
                self.newest.remove(&slot);
                self.dirty = true;
                let answer = match self.ask_answer(slot, answer) {
                    Ok(effects) => return effects,
                    Err(answer) => answer,
                };
                self.with_owner(slot, |view, cx| view.take(slot, answer, cx)).unwrap_or_default()
            }
            News::Moved => self.with_view(|view, cx| view.refresh(cx)),
            News::Standing(standing) => {
                self.dirty |= self.standing != standing;
                self.standing = standing;
                Vec::new()
            }
            News::Divisions(names) => {
                self.facts.divisions = names;
                self.dirty = true;
                Vec::new()
            }
            News::Indexed(kind) => {
                // A filter that was answered row by row is answered again, faster and the same.
                tracing::debug!(list = kind.code(), "search column ready");
                Vec::new()
            }
        }
    }

    /// Shows an answer for a while.
    pub(super) fn tell(&mut self, text: String, good: bool) {
        // A refusal stays until a key is pressed, or a quarter of an hour.
        let seconds = if good { self.settings.notice_seconds } else { 900 };
        let until = Instant::now() + Duration::from_secs(seconds.unsigned_abs());
        self.notice = Some(Notice { text, good, until });
        self.dirty = true;
    }

    /// The terminal showed how many cells it gives to characters such as `“`. Where they take two, an old font draws
    /// braille badly, too: the map is drawn in ASCII from now on.
    pub fn measured(&mut self, cells: u16) -> Vec<Effect> {
        if cells < 2 || !self.settings.ask_width || !self.facts.braille {
            return Vec::new();
        }
        self.facts.braille = false;
        self.dirty = true;
        vec![Effect::Repaint]
    }

    /// When the notice goes, a kept delisting goes out or the hub is asked, whichever is first.
    pub fn wakes_at(&self) -> Option<Instant> {
        let (notice, held) = (self.notice.as_ref().map(|n| n.until), self.held.as_ref().map(|h| h.until));
        [notice, held, self.asks_at()].into_iter().flatten().min()
    }

    pub(super) fn stack(&mut self) -> &mut Vec<View> {
        self.tabs.entry(self.tab).or_default()
    }

    /// Runs `work` on the view shown, with what it may look at.
    pub(super) fn with_view<T: Default>(&mut self, work: impl FnOnce(&mut View, &Context<'_>) -> T) -> T {
        let cx = Context {
            format: Format {
                locale: &self.facts.locale,
                divisions: &self.facts.divisions,
                now: self.facts.clock.now(),
            },
            theme: &self.theme,
            area: self.body(),
            braille: self.facts.braille && self.settings.braille,
            read_only: self.facts.read_only,
        };
        let view = self.tabs.get_mut(&self.tab).and_then(|stack| stack.last_mut());
        view.map(|v| work(v, &cx)).unwrap_or_default()
    }

    /// Runs `work` on the view an answer is for, shown or not.
    pub(super) fn with_owner<T>(&mut self, slot: Slot, work: impl FnOnce(&mut View, &Context<'_>) -> T) -> Option<T> {
        let cx = Context {
            format: Format {
                locale: &self.facts.locale,
                divisions: &self.facts.divisions,
                now: self.facts.clock.now(),
            },
            theme: &self.theme,
            area: self.body(),
            braille: self.facts.braille && self.settings.braille,
            read_only: self.facts.read_only,
        };
        let view = self.tabs.values_mut().flatten().find(|v| v.owns(slot))?;
        Some(work(view, &cx))
    }

    /// Slots for a new view.
    fn slots(&mut self, count: Slot) -> Slot {
        let first = self.next_slot;
        self.next_slot += count;
        first
    }

    /// Shows a tab, or a list that has no digit on top of the present one.
    pub(super) fn show(&mut self, action: Action) -> Vec<Effect> {
        if !TABS.contains(&action) {
            let Some(kind) = list_of(action) else { return Vec::new() };
            return self.go(Go::List { kind, typed: String::new(), within: None });
        }
        let again = self.tab == action && !self.stack().is_empty();
        self.leave();
        self.tab = action;
        if again {
            // The digit of the tab one is on leads back to its root.
            self.stack().truncate(1);
        }
        if self.stack().is_empty() {
            let slot = self.slots(SLOTS);
            let view = match action {
                Action::Board => View::Board(BoardView::new(slot)),
                Action::Counters => View::Counters(Box::new(CountersView::new(slot))),
                Action::Returns => View::Matrix(MatrixView::new(slot)),
                other => View::List(self.new_list(list_of(other).unwrap_or(ListKind::Catalog), slot, "")),
            };
            self.stack().push(view);
        }
        self.with_view(|view, cx| view.enter(cx))
    }

    fn new_list(&self, kind: ListKind, slot: Slot, typed: &str) -> ListView {
        ListView::new(kind, slot, typed).with_columns(self.settings.columns.get(kind.code()))
    }

    /// Puts the view a key leads to on top.
    pub(super) fn go(&mut self, go: Go) -> Vec<Effect> {
        let slot = self.slots(SLOTS);
        let view = match go {
            Go::List { kind, typed, within } => {
                let title = within.map_or_else(String::new, |_| self.subject_title());
                View::List(self.new_list(kind, slot, &typed).inside(within, &title))
            }
            Go::Record { kind, id } => View::Detail(DetailView::new(kind, id, slot)),
            Go::Audit(no) => View::Record(RecordView::new(no, slot)),
            Go::Order(n) => View::Order(OrderView::new(n, slot)),
            Go::Recall { kind, id } => View::Recall(RecallView::new(kind, id, slot)),
            Go::Compose { pack, copies } => View::Compose(Box::new(ComposeView::new(pack, copies, slot))),
        };
        self.leave();
        self.stack().push(view);
        self.with_view(|view, cx| view.enter(cx))
    }

    /// What was shown for one look is masked again: who comes back to the page, or to the seat, asks anew.
    fn leave(&mut self) {
        if let Some(View::Detail(detail)) = self.stack().last_mut() {
            detail.mask();
        }
    }

    fn subject_title(&mut self) -> String {
        let subjects = self.stack().last().map(View::subjects).unwrap_or_default();
        subjects.first().map_or_else(String::new, |s| format!("{} {}", s.code, s.name))
    }

    /// Goes back one view; what it shows is read again, its position kept.
    pub(super) fn back(&mut self) -> Vec<Effect> {
        if self.stack().len() > 1 {
            self.stack().pop();
            return self.with_view(|view, cx| view.refresh(cx));
        }
        Vec::new()
    }

    /// The scopes whose actions are at hand.
    pub(super) fn scopes(&mut self) -> Vec<Scope> {
        self.stack().last().map_or_else(|| vec![Scope::Global], View::scopes)
    }

    /// The part of the screen between the lines on top and at the bottom.
    pub(super) fn body(&self) -> Rect {
        let top = 2;
        let height = self.area.height.saturating_sub(top + 1);
        Rect { y: self.area.y + top, height, ..self.area }
    }

    /// A refusal of the console itself, in words.
    pub(super) fn refuse(&mut self, code: &'static str) {
        let (sentence, hint) = self.facts.locale.refusal(&Sentence { family: "refusal", code, args: &[] });
        self.tell(format!("{sentence}  {hint}"), false);
    }
}
