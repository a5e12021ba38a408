//! Keys, text and signals: to the top overlay, to a field being typed in, or through the action table.

use super::App;
use crate::base::locale::Lang;
use crate::console::action::{self, Action, Danger};
use crate::console::input::{Event, Input};
use crate::console::keys::{Chord, Key};
use crate::console::message::Effect;
use crate::console::overlay::chooser::{Choice, Chooser};
use crate::console::overlay::form::Purpose;
use crate::console::overlay::help::Help;
use crate::console::overlay::palette::Palette;
use crate::console::overlay::{Overlay, Reaction};
use crate::console::theme;
use crate::console::views::compose::ComposeView;
use crate::console::views::list::ListView;
use crate::console::views::{Context, Go, Outcome, View};
use crate::domain::machine::Verb;
use crate::domain::rows::Kind;
use crate::store::list::ListKind;
use ratatui::layout::Rect;
use std::sync::Arc;

impl App {
    pub(super) fn input(&mut self, input: Input) -> Vec<Effect> {
        let hasty = !input.may_change();
        self.pressed = Some(input.at);
        let mut effects = Vec::new();
        // What came together with the key that opened an ask was typed before anyone could read it.
        let mut ahead = false;
        for event in input.events {
            self.dirty = true;
            let typed = matches!(event, Event::Key(_) | Event::Text(_) | Event::Paste(_));
            if typed && ahead {
                continue;
            }
            let asked = self.is_asking();
            effects.extend(self.event(event, hasty));
            ahead |= !asked && self.is_asking();
        }
        effects
    }

    fn is_asking(&self) -> bool {
        use Overlay::{Ask, Confirm, Delist, Enrol, Form, Merge};
        matches!(self.overlays.last(), Some(Ask(_) | Confirm(_) | Form(_) | Delist(_) | Merge(_) | Enrol(_)))
    }

    fn event(&mut self, event: Event, hasty: bool) -> Vec<Effect> {
        match event {
            // Nobody sees what a key would do.
            Event::Key(chord) if self.is_too_small() => self.blind(chord),
            Event::Text(_) | Event::Paste(_) if self.is_too_small() => Vec::new(),
            Event::Key(chord) if self.is_esc_and_key(chord) => {
                let mut effects = self.key(Chord::plain(Key::Esc), hasty);
                effects.extend(self.key(Chord { alt: false, ..chord }, hasty));
                effects
            }
            Event::Key(chord) => self.key(chord, hasty),
            Event::Text(text) => self.text(&text, false),
            Event::Paste(text) => self.text(&text, true),
            Event::Resize(width, height) => {
                self.area = Rect { x: 0, y: 0, width, height };
                // More lines may need more rows.
                self.with_view(|view, cx| view.refresh(cx))
            }
            Event::Resumed => vec![Effect::Repaint],
            Event::Unstoppable => {
                self.tell(self.facts.locale.tr("notice-unstoppable").into_owned(), false);
                Vec::new()
            }
            Event::Reply(_) => Vec::new(),
            Event::Stop(_) | Event::Gone => vec![Effect::Quit],
        }
    }

    /// Whether a chord with Alt is Esc and a key that came together: a slow link or a fast hand sends the same bytes.
    /// Alt with Backspace takes a word away where text is typed.
    fn is_esc_and_key(&mut self, chord: Chord) -> bool {
        let text = !self.overlays.is_empty() || self.list().is_some_and(|l| l.is_typing()) || self.is_composing();
        let one_byte = match chord.key {
            Key::Char(_) | Key::Enter | Key::Tab => true,
            Key::Backspace => !text,
            _ => false,
        };
        chord.alt && one_byte && !self.keys.is_used(chord)
    }

    fn list(&mut self) -> Option<&mut ListView> {
        match self.stack().last_mut()? {
            View::List(list) => Some(list),
            View::Counters(counters) => Some(&mut counters.list),
            _ => None,
        }
    }

    /// Whether keys are text for the rules of a pack.
    fn is_composing(&mut self) -> bool {
        matches!(self.stack().last(), Some(View::Compose(page)) if page.is_typing())
    }

    /// Lets the page of a pack do something with what was typed.
    fn composing(&mut self, work: impl FnOnce(&mut ComposeView, &Context<'_>) -> Outcome) -> Outcome {
        self.with_view(|view, cx| match view {
            View::Compose(page) => work(page, cx),
            _ => Outcome::ignored(),
        })
    }

    /// Committed or pasted text: into an overlay's field, or the filter. A paste outside a field does nothing.
    fn text(&mut self, text: &str, pasted: bool) -> Vec<Effect> {
        if let Some(overlay) = self.overlays.last_mut() {
            return overlay.text(text, pasted).into_iter().collect();
        }
        // One full-width character typed as a command: the input method is on.
        let command = Some(text).filter(|t| !pasted && t.chars().count() == 1);
        let command = command.and_then(|t| crate::console::keys::command_char(t.chars().next()?));
        if self.is_composing() {
            self.ime = false;
            return self.composing(|page, cx| page.type_text(text, cx)).effects;
        }
        let typing = self.list().is_some_and(|l| l.is_typing());
        if let Some(c) = command.filter(|_| !typing) {
            self.ime = true;
            return self.command(Chord::char(c), false);
        }
        // Text in a field is what input methods are for; the mark is for commands.
        self.ime = false;
        match self.list() {
            Some(list) if typing || !pasted => {
                let outcome = list.type_text(text);
                self.follow(outcome)
            }
            _ => Vec::new(),
        }
    }

    fn key(&mut self, chord: Chord, hasty: bool) -> Vec<Effect> {
        if !self.overlays.is_empty() {
            return self.overlay_key(chord, hasty);
        }
        if self.list().is_some_and(|l| l.is_typing()) {
            let outcome = self.list().map(|l| l.type_key(chord)).unwrap_or_default();
            if outcome.used {
                return self.follow(outcome);
            }
        }
        if self.is_composing() {
            let outcome = self.composing(|page, cx| page.type_key(chord, cx));
            if outcome.used {
                return outcome.effects;
            }
        }
        let plain = chord.command_form();
        self.ime = plain != chord;
        self.command(plain, hasty)
    }

    /// A key in a window too small to show anything: only leaving works, and not out of a text half written.
    fn blind(&mut self, chord: Chord) -> Vec<Effect> {
        let scopes = self.scopes();
        match self.keys.action(&scopes, chord.command_form()) {
            Some(action @ (Action::Quit | Action::Stop | Action::Repaint)) if self.overlays.is_empty() => {
                self.act(action)
            }
            _ => Vec::new(),
        }
    }

    /// A key outside any field.
    fn command(&mut self, chord: Chord, hasty: bool) -> Vec<Effect> {
        // What can still be taken back stays in sight as long as it can.
        self.notice = self.held.as_ref().map(|held| held.notice.clone());
        if chord == Chord::ctrl('c') {
            // Habit, not a wish to leave: say which key does.
            let text = self.facts.locale.tr("leave-hint").into_owned();
            self.tell(text, true);
            return Vec::new();
        }
        let scopes = self.scopes();
        let Some(action) = self.keys.action(&scopes, chord) else {
            if self.keys.is_used(chord) {
                let text = self
                    .facts
                    .locale
                    .tr_with("not-here", &[("key", &chord.label(self.facts.locale.lang() == Lang::Zh))]);
                self.tell(text, true);
            }
            return Vec::new();
        };
        if hasty && (action == Action::Quit || action::find(action).danger != Danger::None) {
            let text = self.facts.locale.tr("hasty").into_owned();
            self.tell(text, false);
            return Vec::new();
        }
        self.act(action)
    }

    /// Does an action, whatever asked for it: key, palette, test.
    pub fn act(&mut self, action: Action) -> Vec<Effect> {
        self.dirty = true;
        let entry = action::find(action);
        if self.facts.read_only && entry.danger != Danger::None {
            self.refuse("read-only");
            return Vec::new();
        }
        match action {
            Action::Quit => return vec![Effect::Quit],
            // While it is stopped no time would run out: what was confirmed is done before.
            Action::Stop => return self.release_held().into_iter().chain([Effect::Suspend]).collect(),
            Action::Repaint => return vec![Effect::Repaint],
            Action::Help => self.overlays.push(Overlay::Help(Help::default())),
            Action::Palette => {
                let scopes = self.scopes();
                self.overlays.push(Overlay::Palette(Palette::new(scopes)));
            }
            Action::Enrol => self.enrol(),
            Action::Theme => return self.next_theme(),
            Action::Report => return self.form(Purpose::Report, Kind::CatalogEntry, None),
            Action::ReportNew => return self.report_new(),
            Action::Relist => return self.relist(),
            Action::Triage => return self.form(Purpose::Triage, Kind::Incident, Some(Verb::Triage)),
            Action::Attach => return self.form(Purpose::Attach, Kind::Incident, None),
            Action::Answer => return self.form(Purpose::Answer, Kind::RemovalNotice, Some(Verb::Acknowledge)),
            Action::Confirm => return self.confirm_delisting(),
            Action::RemindNotice => self.confirm_remind_counters(),
            Action::RemindSilent => self.confirm_remind_silent(),
            Action::Again | Action::Withdraw => self.confirm_order(action),
            Action::Merge => self.merge_order(),
            Action::Undo => return self.undo(),
            Action::Recall => return self.recall(),
            Action::Reveal => return self.reveal(),
            Action::Remind => self.confirm_remind(),
            Action::MatrixList => {
                let effects = self.go(Go::List { kind: ListKind::Returns, typed: String::new(), within: None });
                let outcome = self.with_view(|view, cx| view.act(Action::Filter, cx));
                return effects.into_iter().chain(outcome.effects).collect();
            }
            Action::Sort | Action::Columns => self.choose(action),
            Action::Copy => return self.copy(),
            Action::Compose => return self.go(Go::Compose { pack: None, copies: false }),
            Action::ComposeChange => return self.compose(false),
            Action::ComposeLike => return self.compose(true),
            Action::ComposeSave => return self.save_pack(),
            _ if entry.id.starts_with("view.") => return self.show(action),
            _ => {
                if let Some((kind, verb)) = action::walk_of(action) {
                    return self.ask(kind, verb);
                }
                let outcome = self.with_view(|view, cx| view.act(action, cx));
                if outcome.used {
                    return self.follow(outcome);
                }
                if action == Action::Back {
                    return self.back();
                }
            }
        }
        Vec::new()
    }

    fn follow(&mut self, outcome: Outcome) -> Vec<Effect> {
        let mut effects = outcome.effects;
        if let Some(go) = outcome.go {
            effects.extend(self.go(go));
        }
        effects
    }

    fn choose(&mut self, action: Action) {
        let locale = Arc::clone(&self.facts.locale);
        let Some(list) = self.list() else { return };
        let kind = list.kind;
        let mut chooser = match action {
            Action::Sort => {
                let on = list.sorted_by();
                Chooser::new(Choice::Sort, kind, list.sortable(), on)
            }
            _ => {
                let all = kind.spec().columns.iter().map(|c| c.id).collect();
                Chooser::new(Choice::Columns, kind, all, list.shown_columns())
            }
        };
        chooser.set_fitting(list.fitting_columns(&locale));
        self.overlays.push(Overlay::Chooser(chooser));
    }

    fn next_theme(&mut self) -> Vec<Effect> {
        let at = theme::SHIPPED.iter().position(|(name, _)| *name == self.settings.theme).unwrap_or(0);
        let (name, _) = theme::SHIPPED[(at + 1) % theme::SHIPPED.len()];
        name.clone_into(&mut self.settings.theme);
        self.settings.theme_file = None;
        if let Ok(theme) = self.settings.load_theme(&self.facts.locale, false) {
            self.theme = theme;
        }
        let text = self.facts.locale.tr_with("theme-now", &[("name", self.theme.title())]);
        self.tell(text, true);
        vec![Effect::Repaint]
    }

    fn overlay_key(&mut self, chord: Chord, hasty: bool) -> Vec<Effect> {
        let Some(mut overlay) = self.overlays.pop() else { return Vec::new() };
        // Ctrl-C closes whatever is open; it never confirms and never kills the console.
        let chord = if chord == Chord::ctrl('c') { Chord::plain(Key::Esc) } else { chord };
        let unread = match &overlay {
            Overlay::Confirm(confirm) => confirm.is_unread(self.pressed),
            Overlay::Merge(merge) => merge.is_unread(self.pressed),
            _ => false,
        };
        if unread && chord.key != Key::Esc {
            // Typed before anyone could read the question: no answer to it, neither yes nor no.
            self.overlays.push(overlay);
            return Vec::new();
        }
        if let Overlay::Delist(page) = &mut overlay {
            page.at(self.pressed);
        }
        let keys = self.keys.clone();
        let reaction = self.with_context(|cx| overlay.key(chord, hasty, cx, &keys));
        match reaction {
            // Kept until the answer is here: a refusal must not cost what was typed.
            Reaction::Do(effects) if matches!(overlay, Overlay::Ask(_) | Overlay::Form(_)) => {
                self.pending = Some(overlay);
                return effects;
            }
            Reaction::Do(effects) if matches!(overlay, Overlay::Delist(_)) => {
                return self.hold(effects, overlay);
            }
            Reaction::Ask(effects) => {
                self.overlays.push(overlay);
                return effects;
            }
            Reaction::Stay => self.overlays.push(overlay),
            Reaction::Close => {}
            Reaction::Act(action) => return self.act(action),
            Reaction::Do(effects) => return effects,
            Reaction::SortBy(id) => return self.list().map(|l| l.sort_by(id)).into_iter().collect(),
            Reaction::Column(id) => {
                let locale = Arc::clone(&self.facts.locale);
                if let Some(list) = self.list() {
                    list.toggle_column(id);
                    let (on, fitting) = (list.shown_columns(), list.fitting_columns(&locale));
                    if let Overlay::Chooser(chooser) = &mut overlay {
                        chooser.set_on(on);
                        chooser.set_fitting(fitting);
                    }
                }
                self.overlays.push(overlay);
            }
        }
        Vec::new()
    }
}
