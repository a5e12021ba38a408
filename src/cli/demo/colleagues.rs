//! Who else works in the demo: two unions at their own consoles, which do what unions do every day.
//!
//! Owns what they do and how often. They are consoles like any other: what they do goes through their own outbox to the hub, and
//! what others do comes to them from there.

use crate::base::clock::Clock;
use crate::base::ids::{Ids, mix};
use crate::cli::context::make_private;
use crate::domain::actor::Actor;
use crate::domain::codes::*;
use crate::domain::command::{AddPurchase, Command};
use crate::domain::record::Record;
use crate::domain::rows::*;
use crate::domain::value::{Cell, Fen, Value};
use crate::domain::work::{Rows, shanghai_date};
use crate::store::rows::SqlRows;
use crate::store::{Store, level, link};
use crate::sync::client::Client;
use crate::sync::first::{self, Ask, Home};
use crate::sync::http::Caller;
use crate::sync::key::{self, Key};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// A union with who sits at its console.
pub(super) struct Who {
    pub(super) org: &'static str,
    pub(super) person: &'static str,
    /// What the hub's list calls the console.
    pub(super) console: &'static str,
}

/// The two.
pub(super) const ALL: &[Who] = &[
    Who { org: "ankang_ftu", person: "王建平", console: "安康市总-1" },
    Who { org: "zhashui_ftu", person: "吴柞林", console: "柞水县总-1" },
];

/// Pause before each thing they do: never shorter, and up to so much longer.
const PAUSE: Duration = Duration::from_secs(5);
const LONGER_MS: u64 = 12_000;
/// Between two looks whether the demo has ended.
const LOOK: Duration = Duration::from_millis(100);

/// One of them at work, until the value goes.
pub(super) struct Colleague {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Colleague {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            // What went wrong in it was logged.
            let _ = thread.join();
        }
    }
}

impl Colleague {
    pub(super) fn start(
        who: &'static Who,
        dir: PathBuf,
        url: String,
        code: String,
        clock: Clock,
        seed: u64,
    ) -> std::io::Result<Colleague> {
        let stop = Arc::new(AtomicBool::new(false));
        let ends = Arc::clone(&stop);
        let thread = std::thread::Builder::new().name(who.org.into()).spawn(move || {
            let done =
                enrolled(&dir, who, &url, &code, &ends).and_then(|key| work(&dir, who, &key, clock, seed, &ends));
            if let Err(why) = done {
                tracing::warn!(console = who.console, why, "does not work any more");
            }
        })?;
        Ok(Colleague { stop, thread: Some(thread) })
    }
}

/// Makes the directory a console of the hub, or tells the console that is there where the hub is now.
fn enrolled(dir: &Path, who: &Who, url: &str, code: &str, stop: &Arc<AtomicBool>) -> Result<Key, String> {
    make_private(dir).map_err(|e| e.to_string())?;
    let known = key::load(dir).map_err(|e| e.to_string())?;
    let home = first::home(dir).map_err(|e| e.to_string())?;
    if let (Some(known), Home::Console) = (known, home) {
        let moved = Key { url: url.to_owned(), ..known };
        return key::save(dir, &moved).map(|()| moved).map_err(|e| e.to_string());
    }
    let ask = Ask { url, ca: None, code, name: who.console };
    let key = first::enrol(dir, &ask).map_err(|e| e.to_string())?;
    first::load(dir, &key, Clock::Real, stop, |_| {}).map_err(|e| e.to_string())?;
    Ok(key)
}

/// Does one thing after another.
fn work(dir: &Path, who: &Who, key: &Key, clock: Clock, seed: u64, stop: &AtomicBool) -> Result<(), String> {
    let store = Store::open(dir, clock, Ids::real(clock), false).map_err(|e| e.to_string())?;
    let client =
        Client::start(dir, Caller::of(key).map_err(|e| e.to_string())?, clock, || {}).map_err(|e| e.to_string())?;
    let db = store.connect().map_err(|e| e.to_string())?;
    let link = link::get(&db).map_err(|e| e.to_string())?.ok_or("no console")?;
    let org = level::organisation(&db, &link.org_code).map_err(|e| e.to_string())?.ok_or("no union")?;
    let actor = Actor {
        name: who.person.to_owned(),
        org_id: org.id.0,
        org_name: org.name.clone(),
        role: link.role,
        division_code: org.division_code.clone(),
        login: String::new(),
        terminal: String::new(),
        ssh_client: String::new(),
        clock_set: false,
    };
    let mut dice = mix(seed);
    for n in 0_u64.. {
        dice = mix(dice.wrapping_add(n));
        if !paused(PAUSE + Duration::from_millis(dice % LONGER_MS), stop) {
            return Ok(());
        }
        let day = Day { rows: SqlRows::new(&db), clock, actor: &actor, dice };
        let Some(command) = day.next(n) else { continue };
        match store.submit_wait(&actor, vec![command]) {
            Ok(_) => client.asked(),
            Err(e) => tracing::debug!(console = who.console, why = %e, "was not done"),
        }
    }
    Ok(())
}

/// Waits; false when the demo has ended meanwhile.
fn paused(pause: Duration, stop: &AtomicBool) -> bool {
    let mut left = pause;
    while !left.is_zero() {
        if stop.load(Ordering::Acquire) {
            return false;
        }
        std::thread::sleep(LOOK.min(left));
        left = left.saturating_sub(LOOK);
    }
    true
}

/// What there is to do at a console just now.
struct Day<'a> {
    rows: SqlRows<'a>,
    clock: Clock,
    actor: &'a Actor,
    dice: u64,
}

impl Day<'_> {
    /// The next thing: a counter that must answer comes before everything else.
    fn next(&self, n: u64) -> Option<Command> {
        self.answer().or_else(|| match n % 3 {
            0 => self.visit(),
            1 => self.purchase(),
            _ => self.report(n).or_else(|| self.visit()),
        })
    }

    /// Rows whose column has a value, of the own area.
    fn mine<R: Record>(
        &self,
        column: &'static str,
        value: Value,
        place: impl Fn(&R) -> (String, uuid::Uuid),
    ) -> Vec<R> {
        let rows = self.rows.find(R::KIND, column, &value).unwrap_or_default();
        let mine = |r: &R| {
            let (county, owner) = place(r);
            self.actor.covers(&county, owner)
        };
        rows.into_iter().filter_map(R::from_row).filter(mine).collect()
    }

    fn pick<T>(&self, of: Vec<T>) -> Option<T> {
        let n = usize::try_from(self.dice >> 8).unwrap_or(0).checked_rem(of.len())?;
        of.into_iter().nth(n)
    }

    fn counter(&self) -> Option<Counter> {
        let active = CounterState::Active.to_value();
        self.pick(self.mine("state", active, |c: &Counter| (c.county_code.clone(), c.meta.org)))
    }

    /// Answers the oldest removal notice of the own area.
    fn answer(&self) -> Option<Command> {
        let open = NoticeState::Unacknowledged.to_value();
        let notices = self.mine("state", open, |n: &RemovalNotice| (n.county_code.clone(), n.meta.org));
        let notice = notices.into_iter().next()?;
        let lines = self.rows.find(Kind::ShelfLine, "counter_id", &notice.counter_id.to_value()).unwrap_or_default();
        let of_it = lines.into_iter().filter_map(ShelfLine::from_row).find(|l| l.entry_id == notice.entry_id);
        let held = of_it.map_or(0, |l| l.quantity);
        let answer = if held > 0 { AckAnswer::Removed } else { AckAnswer::NoneHeld };
        Some(Command::AckRemoval { notice: notice.id.0, answer, quantity: held, reason: String::new() })
    }

    fn visit(&self) -> Option<Command> {
        const NOTES: &[&str] = &["陈列整齐，价签齐全", "补货及时", "二维码可以扫开", "台账已核对"];
        let note = NOTES[usize::try_from(self.dice % NOTES.len() as u64).unwrap_or(0)];
        let on = shanghai_date(self.clock.now());
        Some(Command::VisitCounter { counter: self.counter()?.id.0, on, note: note.to_owned() })
    }

    /// A purchase of a listed product by the own union.
    fn purchase(&self) -> Option<Command> {
        let entry = self.listed()?;
        let quantity = i64::try_from(10 + self.dice % 90).unwrap_or(10);
        Some(Command::AddPurchase(AddPurchase {
            buyer: self.actor.org_id,
            supplier: entry.supplier_id.0,
            entry: Some(entry.id.0),
            batch: None,
            bought_on: shanghai_date(self.clock.now()),
            quantity,
            amount: Fen(entry.price_fen.0.saturating_mul(quantity)),
            channel: SalesChannel::Counter,
            kind: PurchaseKind::UnionGoods,
            voucher_no: format!("{:08}", self.dice % 100_000_000),
            evidence: 1,
        }))
    }

    fn listed(&self) -> Option<CatalogEntry> {
        let listed = EntryState::Listed.to_value();
        self.pick(self.mine("state", listed, |e: &CatalogEntry| (e.county_code.clone(), e.meta.org)))
    }

    /// A slight matter, reported once by each.
    fn report(&self, n: u64) -> Option<Command> {
        if n != 2 {
            return None;
        }
        let entry = self.listed()?;
        let title = "外包装标签脱落".to_owned();
        Some(Command::ReportIncident { entry: entry.id.0, title, place: self.counter()?.name, grade: Grade::Three })
    }
}
