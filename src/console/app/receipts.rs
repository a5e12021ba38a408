//! Which consoles have the record on the screen: asked of the hub when its page opens, and again until all have it.
//!
//! Owns when it is asked and for which pages. The hub answers; what it says is drawn by the page.

use super::App;
use crate::console::message::Effect;
use crate::console::views::View;
use crate::console::views::detail::Arrival;
use crate::domain::codes::Role;
use crate::domain::rows::Kind;
use crate::sync::http::Said;
use crate::wire::protocol::Receipts;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// Between two questions while somebody has not got it, and while the hub does not answer.
const BETWEEN: Duration = Duration::from_secs(3);
const AWAY: Duration = Duration::from_secs(10);

/// What is asked about: the record, and how far this console had read. When rows have come the record may have changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct About {
    kind: Kind,
    id: Uuid,
    cursor: i64,
}

/// The question of the page that is shown.
#[derive(Debug, Clone, Copy)]
pub(super) struct Question {
    about: About,
    /// When it is asked next; never when all have it, or while an answer is awaited.
    due: Option<Instant>,
}

impl App {
    /// Asks when it is time; forgets the question of a page that is gone.
    pub(super) fn ask_receipts(&mut self, now: Instant) -> Vec<Effect> {
        let Some(about) = self.about() else {
            self.question = None;
            return Vec::new();
        };
        let question = match self.question {
            Some(question) if question.about == about => question,
            _ => Question { about, due: Some(now) },
        };
        let asks = question.due.is_some_and(|due| due <= now);
        self.question = Some(Question { due: question.due.filter(|_| !asks), ..question });
        if asks { vec![Effect::Receipts { kind: about.kind, id: about.id }] } else { Vec::new() }
    }

    /// What the question of the page would be: of an incident or a delisted product, at an office's console of a hub. While work
    /// of this console has not been sent the hub knows an older record, and is not asked.
    fn about(&mut self) -> Option<About> {
        // Who only looks talks to no hub.
        let standing = self.standing.as_ref().filter(|s| s.link.role == Role::Office && !self.facts.read_only)?;
        let (cursor, waiting) = (standing.link.cursor, standing.counts.waiting);
        let Some(View::Detail(page)) = self.tabs.get_mut(&self.tab).and_then(|stack| stack.last_mut()) else {
            return None;
        };
        if !page.wants_receipts() {
            return None;
        }
        if waiting > 0 {
            page.arrived(Some(Arrival::Unsent(waiting)));
            return None;
        }
        let (kind, id) = page.subject();
        page.is_asked();
        Some(About { kind, id, cursor })
    }

    /// Takes the hub's answer, or why there is none.
    pub(super) fn take_receipts(&mut self, (kind, id): (Kind, Uuid), answer: Result<Receipts, Said>) {
        let of = |q: &Question| (q.about.kind, q.about.id) == (kind, id) && q.due.is_none();
        let Some(question) = self.question.as_mut().filter(|q| of(q)) else { return };
        question.due = match &answer {
            Ok(receipts) if receipts.is_complete() => None,
            Ok(_) => Some(Instant::now() + BETWEEN),
            Err(_) => Some(Instant::now() + AWAY),
        };
        let arrival = match answer {
            Ok(receipts) => Arrival::Known(receipts),
            Err(_) => Arrival::Unknown,
        };
        if let Some(View::Detail(page)) = self.stack().last_mut() {
            self.dirty |= page.arrived(Some(arrival));
        }
    }

    /// When the question is asked next.
    pub(super) fn asks_at(&self) -> Option<Instant> {
        self.question.and_then(|q| q.due)
    }
}
