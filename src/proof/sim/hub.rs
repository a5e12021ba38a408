//! The hub of a day: the real ledger on a real file, its backups and its restores; what HTTP does around it is done here.
//!
//! Owns who is enrolled for which union and which orders were taken when. The rules of the hub are switched off here.

use super::rules::Rule;
use super::template::Template;
use crate::domain::rows::Row;
use crate::domain::value::Value;
use crate::domain::work::Rows;
use crate::hub::engine::{self, Engine, EngineError, Place, Pool};
use crate::hub::ledger::{self, By, Device, State};
use crate::hub::pull::{self as feed, Eye};
use crate::hub::rows::{LedgerRows, blob};
use crate::hub::whole::{self, Watch};
use crate::proof::fault::Fault;
use crate::proof::province::{self, division, org};
use crate::sqlite::Stop;
use crate::store::level::Page;
use crate::sync::core::Position;
use crate::wire::order::{Answer, Order, Outcome, Seen};
use crate::wire::protocol::{PageEnd, PageHead, Standing, Urgent};
use crate::wire::row::{SCHEMA, from_line};
use jiff::Timestamp;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use tokio::runtime::Runtime;
use uuid::Uuid;

/// A copy of the ledger.
#[derive(Debug, Clone)]
struct Copy {
    path: PathBuf,
    seq: i64,
}

/// An order as it was taken: by which console, of which union then.
#[derive(Debug, Clone)]
pub(super) struct Taken {
    pub(super) device: Device,
    pub(super) order: Order,
    pub(super) at: Timestamp,
}

pub(super) struct Hub {
    dir: PathBuf,
    place: Place,
    runtime: Runtime,
    pool: Option<Pool>,
    devices: Vec<(Device, usize)>,
    copies: Vec<Copy>,
    without: Option<Rule>,
    made: usize,
    /// By order and number: an order that a restore took away is taken again under another one.
    pub(super) taken: HashMap<(Uuid, i64), Taken>,
}

impl Hub {
    /// The hub as every day begins, in `dir`.
    pub(super) fn open(dir: &Path, template: &Template, without: Option<Rule>) -> Result<Hub, Fault> {
        let path = dir.join("hub.db");
        std::fs::copy(&template.hub, &path)?;
        let devices = template.seats.iter().map(|s| (s.device.clone(), s.place)).collect();
        let mut hub = Hub {
            dir: dir.to_path_buf(),
            place: Place::Sqlite(path),
            runtime: province::runtime()?,
            pool: None,
            devices,
            copies: Vec::new(),
            without,
            made: 0,
            taken: HashMap::new(),
        };
        hub.start()?;
        Ok(hub)
    }

    /// Starts the program anew on the ledger that is there.
    pub(super) fn start(&mut self) -> Result<(), Fault> {
        let pool = Pool::new(&self.place, self.runtime.handle().clone())?;
        // A day keeps nothing: what is safe from a loss of power is another test's affair.
        pool.get()?.script("PRAGMA synchronous=OFF")?;
        self.pool = Some(pool);
        Ok(())
    }

    pub(super) fn with<T>(&self, work: impl FnOnce(&mut dyn Engine) -> Result<T, Fault>) -> Result<T, Fault> {
        let down = || Fault::new(crate::proof::fault::Promise::Sound, "the hub of the day is down");
        work(self.pool.as_ref().ok_or_else(down)?.get()?.as_mut())
    }

    pub(super) fn state(&self) -> Result<State, Fault> {
        self.with(|e| Ok(ledger::state(e)?))
    }

    pub(super) fn device(&self, who: usize) -> &Device {
        &self.devices[who].0
    }

    /// Place of the union a console works for.
    pub(super) fn place_of(&self, who: usize) -> usize {
        self.devices[who].1
    }

    fn standing(&self, who: usize, state: &State, now: Timestamp) -> Standing {
        let scope = self.device(who).scope;
        Standing { epoch: state.epoch, head: state.seq, safe: state.safe, scope, at: now.as_millisecond() }
    }

    /// Takes orders as they came, and says how the hub stands.
    pub(super) fn push(
        &mut self,
        who: usize,
        lines: &[String],
        now: Timestamp,
    ) -> Result<(Standing, Vec<Answer>), Fault> {
        let orders = lines.iter().map(|l| Order::read(l)).collect::<Result<Vec<Order>, _>>()?;
        let device = self.device(who).clone();
        let before = self.state()?;
        let without = self.without;
        let answers = self.with(|e| {
            let mut batch: Vec<(Device, Order)> = orders.iter().map(|o| (device.clone(), o.clone())).collect();
            for (_, order) in &mut batch {
                match without {
                    Some(Rule::Idempotency) => {
                        e.execute("DELETE FROM \"result\" WHERE \"id\" = ?1", &[blob(order.id)])?;
                    }
                    Some(Rule::Revisions) => order.seen.clear(),
                    Some(Rule::Groups) => as_if_seen_now(e, order)?,
                    _ => {}
                }
            }
            Ok(ledger::take(e, now, &batch)?)
        })?;
        for (order, answer) in orders.into_iter().zip(&answers) {
            if let Outcome::Accepted { seq, hub_at, .. } = answer.outcome
                && seq > before.seq
            {
                let at = Timestamp::from_millisecond(hub_at).unwrap_or(now);
                self.taken.insert((order.id, seq), Taken { device: device.clone(), order, at });
            }
        }
        let after = self.state()?;
        Ok((Standing { head: after.seq, ..self.standing(who, &before, now) }, answers))
    }

    /// The page behind a position.
    pub(super) fn pull(
        &mut self,
        who: usize,
        at: Position,
        limit: usize,
        now: Timestamp,
    ) -> Result<(Standing, Page), Fault> {
        let state = self.state()?;
        let device = self.device(who);
        let asked = (at.epoch, at.scope, at.cursor);
        let reset = feed::must_begin_anew(asked, device, &state);
        let from = if reset { 0 } else { at.cursor };
        let eye = Eye::new(device, division(self.place_of(who)));
        let page = self.with(|e| Ok(feed::page(e, &state, &eye, from, limit)?))?;
        let head = PageHead { schema: SCHEMA, epoch: state.epoch, scope: device.scope, head: state.seq, from, reset };
        let rows = page.rows.iter().map(|(_, line)| from_line(line)).collect::<Result<Vec<Row>, _>>()?;
        let done = page.next == state.seq;
        let end = PageEnd {
            next: page.next,
            done,
            rows: rows.len() as u64,
            crc: 0,
            taken: page.taken,
            notes: page.notes,
            checkpoint: None,
            seal: String::new(),
        };
        Ok((self.standing(who, &state, now), Page { head, rows, end }))
    }

    /// What travels ahead of pages when the head has moved from `after`.
    pub(super) fn urgent(&self, after: i64) -> Result<Urgent, Fault> {
        let state = self.state()?;
        let rows = self.with(|e| Ok(feed::urgent(e, after, state.seq, 64)?))?;
        Ok(Urgent { epoch: state.epoch, head: state.seq, rows })
    }

    /// Gives a console another union; it learns so with its next page.
    pub(super) fn give(&mut self, who: usize, place: usize) -> Result<(), Fault> {
        let (device, at) = &mut self.devices[who];
        (device.org, *at) = (org(place), place);
        device.scope += 1;
        let args = [blob(device.org), Value::Int(device.scope), blob(device.id)];
        let sql = "UPDATE \"device\" SET \"org_id\" = ?1, \"scope\" = ?2 WHERE \"id\" = ?3";
        self.with(|e| Ok(e.execute(sql, &args).map(drop)?))
    }

    /// Copies the ledger; where it is carried off the machine, what it holds is safe from then on.
    pub(super) fn copy(&mut self, safe: bool) -> Result<(), Fault> {
        self.made += 1;
        let path = self.dir.join(format!("copy-{}.db", self.made));
        let state = self.state()?;
        // Nobody writes meanwhile: with the write-ahead file folded in, the file alone is the ledger.
        self.with(|e| Ok(e.script("PRAGMA wal_checkpoint(TRUNCATE)")?))?;
        if let Place::Sqlite(file) = &self.place {
            std::fs::copy(file, &path)?;
        }
        if safe {
            self.with(|e| Ok(ledger::mark_safe(e, state.epoch, state.seq)?))?;
            // An older copy than the one on the shelf is never put back.
            self.copies.clear();
        }
        self.copies.push(Copy { path, seq: state.seq });
        Ok(())
    }

    /// Copies that may be put back.
    pub(super) fn copies(&self) -> usize {
        self.copies.len()
    }

    /// Ends the program, whatever it was doing.
    pub(super) fn stop(&mut self) {
        self.pool = None;
    }

    /// Puts a copy back in the place of the ledger and starts on it.
    pub(super) fn restore(&mut self, copy: usize, now: Timestamp) -> Result<(), Fault> {
        self.stop();
        let by = By { person: "值班".into(), origin: "simulation".into(), at: now.as_millisecond() };
        let mut watch = Watch { stop: Stop::default(), tell: &mut |_, _| {} };
        let path = self.copies[copy].path.clone();
        let restored = whole::restore(&self.place, &path, self.runtime.handle(), &by, &mut watch)?;
        if let Some(aside) = restored.aside {
            std::fs::remove_file(aside)?;
        }
        let seq = self.copies[copy].seq;
        self.copies.retain(|c| c.seq <= seq);
        self.start()?;
        // Which union a console is for is known to the operator, whatever the copy says.
        for who in 0..self.devices.len() {
            let (device, _) = &self.devices[who];
            let args = [blob(device.org), Value::Int(device.scope), blob(device.id)];
            let sql = "UPDATE \"device\" SET \"org_id\" = ?1, \"scope\" = ?2 WHERE \"id\" = ?3";
            self.with(|e| Ok(e.execute(sql, &args).map(drop)?))?;
        }
        Ok(())
    }

    /// The answers there are to orders of consoles, by order.
    pub(super) fn results(&self) -> Result<HashMap<Uuid, Outcome>, Fault> {
        let rows = self.with(|e| Ok(engine::all(e, "SELECT \"answer\" FROM \"result\"", &[])?))?;
        let read = |row: &Vec<Value>| Answer::read(row[0].as_text().unwrap_or_default());
        Ok(rows.iter().map(read).collect::<Result<Vec<_>, _>>()?.into_iter().map(|a| (a.id, a.outcome)).collect())
    }

    /// Every line of the feed, in one order.
    pub(super) fn feed(&self) -> Result<Vec<(i64, String)>, Fault> {
        let sql = "SELECT \"seq\", \"body\" FROM \"feed\" ORDER BY \"kind\", \"id\"";
        let rows = self.with(|e| Ok(engine::all(e, sql, &[])?))?;
        let line = |row: Vec<Value>| (row[0].as_int().unwrap_or(0), row[1].as_text().unwrap_or_default().to_owned());
        Ok(rows.into_iter().map(line).collect())
    }

    /// The folder of the day.
    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }
}

/// What a hub would take for seen that looked at its own rows.
fn as_if_seen_now(engine: &mut dyn Engine, order: &mut Order) -> Result<(), EngineError> {
    for seen in &mut order.seen {
        let rows = LedgerRows::new(engine);
        if let Some(row) = rows.fetch(seen.kind, seen.id).map_err(EngineError::Broken)? {
            seen.groups = Seen::of(&row).groups;
        }
    }
    Ok(())
}
