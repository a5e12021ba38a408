//! A small province to prove things on: a few unions, and products and counters that orders of the office made.
//!
//! Owns its rows and who sits at its consoles.

use super::fault::{Fault, Promise};
use crate::base::clock::Clock;
use crate::base::ids::Ids;
use crate::domain::actor::Actor;
use crate::domain::codes::*;
use crate::domain::command::{AddCounter, Command, ProposeEntry};
use crate::domain::machine::Verb;
use crate::domain::record::Meta;
use crate::domain::rows::*;
use crate::domain::value::Fen;
use crate::hub::device;
use crate::hub::engine::{Engine, Place, Pool};
use crate::hub::ledger::{Device, Loading};
use crate::wire::order::{By, Order, Outcome};
use crate::wire::row::SCHEMA;
use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use std::path::Path;
use tokio::runtime::Runtime;
use uuid::Uuid;

/// When every day begins.
pub(super) const BEGIN: Timestamp = crate::demo::NOW;

/// Division and kind of each union; their place is the id.
const UNIONS: [(&str, OrgKind); 7] = [
    ("610000", OrgKind::Provincial),
    ("610900", OrgKind::City),
    ("611000", OrgKind::City),
    ("610926", OrgKind::County),
    ("611026", OrgKind::County),
    ("610926", OrgKind::Grassroots),
    ("611026", OrgKind::Grassroots),
];

/// Name, role and union of everyone who may sit at a console.
pub(super) const PEOPLE: [(&str, Role, usize); 5] = [
    ("李静", Role::Office, 0),
    ("王安", Role::City, 1),
    ("周敏", Role::Office, 0),
    ("赵商", Role::City, 2),
    ("钱平", Role::County, 3),
];

/// Unions a city's console may work for.
pub(super) const CITIES: [usize; 2] = [1, 2];
/// Unions that buy.
pub(super) const BUYERS: [usize; 2] = [5, 6];
pub(super) const COUNTIES: [&str; 2] = ["610926", "611026"];

pub(super) fn org(place: usize) -> Uuid {
    Uuid::from_u128(0xA000 + place as u128)
}

pub(super) fn code(place: usize) -> String {
    format!("u{place}")
}

pub(super) fn division(place: usize) -> &'static str {
    UNIONS.get(place).map_or("", |(division, _)| division)
}

/// A person of the union at `place`.
pub(super) fn actor(name: &str, role: Role, place: usize) -> Actor {
    Actor {
        name: name.to_owned(),
        org_id: org(place),
        org_name: format!("工会{place}"),
        role,
        division_code: division(place).to_owned(),
        login: String::new(),
        terminal: String::new(),
        ssh_client: String::new(),
        clock_set: false,
    }
}

fn meta(owner: usize) -> Meta {
    let by = || "setup".to_owned();
    let (created_by, updated_by) = (by(), by());
    Meta { org: org(owner), rev: 1, created_at: BEGIN, created_by, updated_at: BEGIN, updated_by, source: by() }
}

/// What no command makes: unions, a date, returns, two goals.
fn foundation() -> Vec<Row> {
    let mut out: Vec<Row> = Vec::new();
    for (place, (division, kind)) in UNIONS.iter().enumerate() {
        out.push(
            Organisation {
                id: OrgId(org(place)),
                meta: meta(place),
                code: code(place),
                name: format!("工会{place}"),
                name_en: String::new(),
                kind: *kind,
                division_code: (*division).to_owned(),
                parent_id: (place > 0).then(|| OrgId(org(0))),
                files_annex1: true,
                files_annex2: false,
                quota_rate_bp: 3_000,
            }
            .into(),
        );
    }
    let deadline = DeadlineId(Uuid::from_u128(0xB000));
    let date_row = Deadline {
        id: deadline,
        meta: meta(0),
        code: "D1".into(),
        title: "年度统计表".into(),
        title_en: "Annual form".into(),
        due_on: date(2020, 8, 31),
        owner: "office".into(),
        done_when: String::new(),
        plan_item: "四".into(),
        state: DeadlineState::Open,
        done_on: None,
        note: String::new(),
    };
    out.push(date_row.into());
    out.extend((1..5).map(|place| owed(deadline, place).into()));
    out.extend((0..2).map(|n| goal(n).into()));
    out
}

fn owed(deadline_id: DeadlineId, place: usize) -> Return {
    Return {
        id: ReturnId(Uuid::from_u128(0xC000 + place as u128)),
        meta: meta(place),
        deadline_id,
        unit_id: OrgId(org(place)),
        form: ReturnForm::Annex1,
        state: ReturnState::NotStarted,
        submitted_at: None,
        accepted_at: None,
        reminders: 0,
        planned_fen: Fen(0),
        workers: 0,
        note: String::new(),
    }
}

fn goal(n: u128) -> Goal {
    Goal {
        id: GoalId(Uuid::from_u128(0xD000 + n)),
        meta: meta(0),
        code: format!("spend{n}"),
        title: "消费扶贫".into(),
        title_en: "Spending".into(),
        target: 80_000_000_000,
        unit: GoalUnit::Fen,
        due_on: date(2020, 12, 31),
        plan_item: "二".into(),
    }
}

/// A line of a product list.
pub(super) fn product(n: usize, county: &str) -> ProposeEntry {
    ProposeEntry {
        supplier_name: format!("{county}合作社"),
        supplier_kind: SupplierKind::Cooperative,
        credit_code: String::new(),
        county_code: county.to_owned(),
        name: format!("柞水木耳{n}"),
        category: "edible_fungus".into(),
        spec: "250g".into(),
        unit: "袋".into(),
        price: Fen(3_900),
        stock: 100,
        people_helped: 3,
        directory_no: String::new(),
        contact_name: "张三".into(),
        contact_phone: "13800000000".into(),
        source: "typed".into(),
    }
}

pub(super) fn counter(n: usize, county: &str) -> AddCounter {
    AddCounter {
        name: format!("{county}职工之家{n}"),
        venue_type: "workers_home".into(),
        host: "某工会".into(),
        county_code: county.to_owned(),
        address: "某路1号".into(),
        longitude_e6: 109_000_000,
        latitude_e6: 33_000_000,
        keeper: "陈守".into(),
        phone: "13900000000".into(),
        bank: String::new(),
        demo_room: false,
    }
}

/// The runtime an engine is opened with; nothing runs on it.
pub(super) fn runtime() -> Result<Runtime, Fault> {
    Ok(tokio::runtime::Builder::new_current_thread().build()?)
}

/// The rows no command makes, and the consoles.
pub(super) fn load(engine: &mut dyn Engine) -> Result<Vec<Device>, Fault> {
    let mut load = Loading::create(engine, Uuid::from_u128(0xF00D))?;
    let rows = foundation();
    let Some(Row::Organisation(first)) = rows.first().cloned() else { return Ok(Vec::new()) };
    rows.into_iter().try_for_each(|row| load.push(row))?;
    load.finish(BEGIN.as_millisecond(), "安装", &first, "simulation")?;
    let mut devices = Vec::new();
    let at = BEGIN.as_millisecond();
    for (n, (name, role, place)) in PEOPLE.iter().enumerate() {
        let code = device::make_code(engine, org(*place), *role, at)?;
        let id = Uuid::from_u128(0xE000 + n as u128);
        devices.extend(device::enrol(engine, &code, name, id, at)?.map(|e| e.device));
    }
    Ok(devices)
}

/// As [`furnish_in`], on a file; the last number, and how many there were before.
pub(super) fn furnish(path: &Path, runtime: &Runtime, devices: &[Device]) -> Result<(i64, i64), Fault> {
    let pool = Pool::new(&Place::Sqlite(path.to_path_buf()), runtime.handle().clone())?;
    let mut engine = pool.get()?;
    let loaded = crate::hub::ledger::state(engine.as_mut())?.seq;
    furnish_in(engine.as_mut(), devices)?;
    engine.script("PRAGMA wal_checkpoint(TRUNCATE)")?;
    Ok((crate::hub::ledger::state(engine.as_mut())?.seq, loaded))
}

/// Products, counters and shelves, by orders of the office.
pub(super) fn furnish_in(engine: &mut dyn Engine, devices: &[Device]) -> Result<(), Fault> {
    let mut office = Office { engine, device: devices, ids: ids(0xFFFF), n: 0 };
    let mut entries = Vec::new();
    for (n, county) in COUNTIES.iter().cycle().take(4).enumerate() {
        let entry = office.asks(Command::ProposeEntry(product(n, county)))?;
        let found: CatalogEntry = office.row(entry)?;
        let number = format!("ML{n}");
        office.asks(Command::CheckDirectory { product: found.product_id.0, number, state: DirectoryState::Found })?;
        office.walks(Kind::CatalogEntry, entry, &[Verb::Screen, Verb::List])?;
        entries.push(entry);
    }
    for (n, county) in COUNTIES.iter().enumerate() {
        let counter = office.asks(Command::AddCounter(counter(90 + n, county)))?;
        office.walks(Kind::Counter, counter, &[Verb::Approve, Verb::Prepare])?;
        for entry in &entries[n..n + 2] {
            office.asks(Command::PlaceOnShelf { counter, entry: *entry, quantity: 10 })?;
        }
        office.walks(Kind::Counter, counter, &[Verb::Open])?;
    }
    Ok(())
}

/// Ids that no other console of a day makes: each has a millisecond of its own.
pub(super) fn ids(who: i64) -> Ids {
    let at = BEGIN.checked_add(SignedDuration::from_millis(who)).unwrap_or(BEGIN);
    Ids::seeded(Clock::Fixed(at), who.unsigned_abs())
}

/// The office at the hub's own machine, before the day begins.
struct Office<'a> {
    engine: &'a mut dyn Engine,
    device: &'a [Device],
    ids: Ids,
    n: u64,
}

impl Office<'_> {
    /// Asks for what must be done; the record it made or was about.
    fn asks(&mut self, command: Command) -> Result<Uuid, Fault> {
        let unsound = |what: String| Fault::new(Promise::Sound, what);
        self.n += 1;
        let made = command.target().map(|(_, id)| id);
        let order = Order {
            id: self.ids.next_id(),
            n: self.n,
            made_at: BEGIN.as_millisecond(),
            schema: SCHEMA,
            by: By { name: "李静".into(), origin: String::new() },
            seen: Vec::new(),
            command,
            signed: None,
        };
        let device = self.device.first().ok_or_else(|| unsound("nobody is enrolled".into()))?.clone();
        let answers = crate::hub::ledger::take(self.engine, BEGIN, &[(device, order)])?;
        let Some(Outcome::Accepted { code, .. }) = answers.into_iter().next().map(|a| a.outcome) else {
            return Err(unsound("the office cannot furnish the province".into()));
        };
        if let Some(id) = made {
            return Ok(id);
        }
        let kinds = [Kind::CatalogEntry, Kind::Counter];
        for kind in kinds {
            let rows = crate::hub::rows::LedgerRows::new(self.engine);
            let value = crate::domain::value::Value::Text(code.clone());
            let found = crate::domain::work::Rows::find(&rows, kind, "code", &value).map_err(unsound)?;
            if let Some(row) = found.first() {
                return Ok(row.uuid());
            }
        }
        Err(unsound(format!("{code} was made and is not there")))
    }

    fn walks(&mut self, kind: Kind, id: Uuid, verbs: &[Verb]) -> Result<(), Fault> {
        verbs
            .iter()
            .try_for_each(|verb| self.asks(Command::Move { kind, id, verb: *verb, reason: "核准".into() }).map(drop))
    }

    fn row<T: crate::domain::record::Record>(&mut self, id: Uuid) -> Result<T, Fault> {
        let rows = crate::hub::rows::LedgerRows::new(self.engine);
        let unsound = |what: String| Fault::new(Promise::Sound, what);
        let found = crate::domain::work::Rows::fetch(&rows, T::KIND, id).map_err(unsound)?;
        found.and_then(T::from_row).ok_or_else(|| unsound(format!("{id} is not there")))
    }
}
