//! Becoming a console of a hub from inside the console: the work on a thread, and going on with the rows that have come.
//!
//! Owns the thread and what is begun anew when it is done: store, readers, sync. Terminal and keys stay as they are.

use super::{Loop, Message, Opened, begin};
use crate::base::locale::{Locale, Sentence};
use crate::console::app::App;
use crate::console::message::{Attempt, Effect, NotJoined};
use crate::sqlite::Stop;
use crate::store::Store;
use crate::store::reads::Reads;
use crate::sync::client::Client;
use crate::sync::first::{self, FirstError, Home};
use crate::sync::join::{self, JoinError, Joined, Step, Wanted};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

impl Loop<'_> {
    /// Enrols, or goes on where enrolling was broken off. On a thread: hubs can be far.
    pub(super) fn enrol(&mut self, attempt: Attempt) {
        let (dir, send, clock) = (self.home.clone(), self.send.clone(), self.store.clock());
        let locale = Arc::clone(&self.app.facts.locale);
        let stop = Stop::default();
        self.joining = Some(Stop::clone(&stop));
        let work = move || {
            let to = send.clone();
            // The loop is gone only when the program ends.
            let tell = move |step: Step| _ = to.send(Message::Joining(step));
            let wanted = Wanted {
                url: attempt.hub.clone(),
                ca: attempt.ca.as_deref().map(super::home),
                code: attempt.code.clone(),
                name: None,
            };
            let done = match join::begun(&dir).filter(|_| attempt.goes_on) {
                Some(key) => join::go_on(&dir, &key, clock, &stop, tell)
                    .map(|rows| Joined { key, name: String::new(), rows })
                    .map_err(JoinError::First),
                None => join::join(&dir, &wanted, clock, &stop, tell),
            };
            let answer = match done {
                Ok(joined) => Ok(said(&joined, &locale)),
                // What has come can be worked with, and the rest comes behind it.
                Err(JoinError::First(FirstError::Stopped)) if first::home(&dir).is_ok_and(|h| h == Home::Console) => {
                    Ok(locale.tr("enrol-goes-on").into_owned())
                }
                Err(e) => Err(not(&e, &dir, &attempt.hub, &locale)),
            };
            let _ = send.send(Message::Joined(answer));
        };
        if std::thread::Builder::new().name("enrol".into()).spawn(work).is_err() {
            self.joining = None;
        }
    }

    /// Ends the attempt under way at its next step.
    pub(super) fn stop_joining(&self) {
        self.joining.iter().for_each(|stop| stop.store(true, Ordering::Relaxed));
    }

    /// Begins anew with the database as it is now, the person's keys and place on the screen as they were, and says `words`.
    pub(super) fn begin_anew(&mut self, words: String) -> Vec<Effect> {
        self.joining = None;
        // The thread that kept the database level before has another key, or none: it ends first.
        self.client = None;
        let opened = (self.reopen)().and_then(|opened| {
            let settings = self.app.settings.clone();
            let area = self.app.area;
            begin(opened, settings, self.app.keys.clone(), area, &self.send).map_err(|e| e.to_string())
        });
        match opened {
            Ok(begun) => {
                (self.store, self.reads, self.client, self.app) = (begun.store, begun.reads, begun.client, begun.app);
                self.app.tell(words, true);
                begun.rest
            }
            Err(why) => {
                self.app.tell(why, false);
                Vec::new()
            }
        }
    }
}

fn said(joined: &Joined, locale: &Locale) -> String {
    let rows = joined.rows.unwrap_or(0).to_string();
    let args = [("hub", joined.key.url.as_str()), ("org", &joined.key.org_name), ("rows", &rows)];
    locale.tr_with(if joined.rows.is_some() { "enrol-done" } else { "enrol-done-again" }, &args)
}

fn not(error: &JoinError, dir: &Path, hub: &str, locale: &Locale) -> NotJoined {
    let begun = join::begun(dir);
    let hub = begun.as_ref().map_or(hub, |key| &key.url);
    let told = join::told(error, dir, hub);
    let (words, hint) = locale.refusal(&Sentence { family: told.family, code: &told.code, args: &told.args });
    NotJoined { words, hint, begun: begun.map(|key| key.url) }
}

/// Everything that is made of a database.
pub(super) struct Begun {
    pub(super) store: Store,
    pub(super) reads: Reads,
    pub(super) client: Option<Client>,
    pub(super) app: App,
    pub(super) rest: Vec<Effect>,
}

/// Opens the database of the data directory once more.
pub type Reopen<'a> = Box<dyn FnMut() -> Result<Opened, String> + 'a>;
