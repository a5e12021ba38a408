//! Random commands: a throw of numbers becomes a command about rows that are there, mostly one that could succeed.

use super::memory::{Memory, text};
use super::province::{self, COUNTIES, org};
use gongfu::domain::codes::*;
use gongfu::domain::command::{AddPurchase, AddPurchaseEvidence, Command, EditRecord, Given};
use gongfu::domain::machine::{self, Verb};
use gongfu::domain::rows::*;
use gongfu::domain::value::Fen;
use jiff::civil::date;
use proptest::prelude::*;
use uuid::Uuid;

/// Numbers a command is made of.
#[derive(Debug, Clone, Copy)]
pub struct Throw {
    pub who: u8,
    pub what: u8,
    pub a: u16,
    pub b: u16,
    pub n: i16,
}

pub fn throws(length: usize) -> impl Strategy<Value = Vec<Throw>> {
    let one = (any::<u8>(), any::<u8>(), any::<u16>(), any::<u16>(), -3_i16..40);
    prop::collection::vec(one.prop_map(|(who, what, a, b, n)| Throw { who, what, a, b, n }), length)
}

impl Throw {
    /// A throw from a running number, the same every time.
    pub fn numbered(n: u64) -> Throw {
        let bytes = gongfu::base::ids::mix(n).to_be_bytes();
        Throw {
            who: bytes[0],
            what: bytes[1],
            a: u16::from_be_bytes([bytes[2], bytes[3]]),
            b: u16::from_be_bytes([bytes[4], bytes[5]]),
            n: i16::from(bytes[6]) % 43 - 3,
        }
    }

    /// Who asks: the office in half of all cases, so that sequences get somewhere; anyone where the office has no say.
    pub fn person(self, people: usize, asked: &Command) -> usize {
        let who = usize::from(self.who);
        if matches!(asked, Command::FileReturn { .. } | Command::AckRemoval { .. }) {
            return who % people;
        }
        if who.is_multiple_of(2) { who / 2 % 2 } else { who / 2 % people }
    }
}

fn pick(rows: &Memory, kind: Kind, n: u16) -> Uuid {
    let rows = rows.of(kind);
    // Newer rows more often: they are the ones still on their way. One in 32 is not there at all.
    match rows.len() {
        0 => Uuid::from_u128(9),
        _ if n % 32 == 31 => Uuid::from_u128(8),
        len if n.is_multiple_of(2) => rows[len - 1 - usize::from(n / 2) % len.min(4)].uuid(),
        len => rows[usize::from(n / 2) % len].uuid(),
    }
}

fn one<T: Copy>(all: &[T], n: u16) -> T {
    all[usize::from(n) % all.len()]
}

/// Where goods go besides shelves, packs and orders.
const SUPPLY: &[Kind] =
    &[Kind::BuyerNotice, Kind::MallListing, Kind::SalesAgreement, Kind::Batch, Kind::TraceCode, Kind::Promotion];

/// A step of a state machine: an arrow that leaves the row's state, or in one of eight cases any verb.
fn step(rows: &Memory, t: Throw) -> Command {
    // Two of three steps are about what a province has most to do with.
    let mut machines = machine::machines();
    machines.retain(|(kind, _)| t.n % 3 == 0 || !SUPPLY.contains(kind));
    let (kind, _) = &machines[usize::from(t.a) % machines.len()];
    let id = pick(rows, *kind, t.b);
    let state = rows.of(*kind).iter().find(|r| r.uuid() == id).map(|r| text(r, "state")).unwrap_or_default();
    let arrows: Vec<_> = machine::leaving(*kind, &state).collect();
    let verb = if arrows.is_empty() || t.n == 7 || t.n == 8 {
        one(Verb::ALL, t.b)
    } else {
        one(&arrows, t.n.unsigned_abs()).verb
    };
    Command::Move { kind: *kind, id, verb, reason: if t.n == 9 { String::new() } else { "核查".into() } }
}

/// The step an incident waits for.
fn onward(rows: &Memory, t: Throw) -> Command {
    let over = [IncidentState::Closed, IncidentState::Unfounded, IncidentState::NotSerious];
    let (over, open): (Vec<_>, Vec<_>) = rows.all::<Incident>().into_iter().partition(|i| over.contains(&i.state));
    let closed: Vec<_> = over.iter().filter(|i| i.state == IncidentState::Closed).cloned().collect();
    let over = if closed.is_empty() { over } else { closed };
    let from = if open.is_empty() || t.a % 16 == 15 { over } else { open };
    let Some(incident) = from.get(usize::from(t.a / 16) % from.len().max(1)) else { return report(rows, t) };
    let id = incident.id.0;
    let walk = |verb| Command::Move { kind: Kind::Incident, id, verb, reason: "核查".into() };
    match incident.state {
        IncidentState::Reported => Command::TriageIncident {
            incident: id,
            grade: one(Grade::ALL, t.b),
            recall_class: Grade::Two,
            batches: ["", "20200801", "20200611", "20200611、没有记录的"][usize::from(t.a % 4)].into(),
            suspend: !t.b.is_multiple_of(3),
            reason: "疑似".into(),
        },
        IncidentState::Triaged | IncidentState::Reopened => walk(Verb::Verify),
        IncidentState::Verifying if t.b.is_multiple_of(5) => walk(Verb::Verify),
        IncidentState::Verifying if t.b % 5 == 1 => walk(one(&[Verb::Unfounded, Verb::NotSerious], t.b)),
        IncidentState::Verifying if t.b % 5 == 2 => evidence(id, t),
        IncidentState::Closed => walk(Verb::Reopen),
        IncidentState::RemovalRunning if !t.b.is_multiple_of(3) => toward_closing(rows, &incident.clone(), t),
        IncidentState::RemovalRunning => walk(Verb::Close),
        _ => Command::ConfirmIncident {
            incident: id,
            // Now and then a slip.
            product: if t.b % 16 == 15 {
                "SX611026-9999".into()
            } else {
                rows.get::<CatalogEntry>(incident.entry_id.0).code
            },
            reason: "查实".into(),
        },
    }
}

/// What keeps an incident from being closed: counters that have not answered, places that are not verified.
fn toward_closing(rows: &Memory, incident: &Incident, t: Throw) -> Command {
    let notices = rows.all::<RemovalNotice>();
    let open = notices.iter().filter(|n| n.incident_id == incident.id && n.state == NoticeState::Unacknowledged);
    let answered = |n: &&RemovalNotice| n.incident_id == incident.id && n.state == NoticeState::Acknowledged;
    if let Some(id) = notices.iter().find(answered).map(|n| n.id.0).filter(|_| t.b % 4 == 1) {
        return Command::Move { kind: Kind::RemovalNotice, id, verb: Verb::Check, reason: "到场查看".into() };
    }
    if let Some(notice) = open.map(|n| n.id.0).next().filter(|_| !t.b.is_multiple_of(4)) {
        return Command::AckRemoval {
            notice, answer: one(AckAnswer::ALL, t.a), quantity: 1, reason: "已下架".into()
        };
    }
    let editions = rows.all::<CatalogEdition>();
    let edition = editions.iter().find(|e| Some(e.number) == incident.edition_no).map(|e| e.id);
    let places = rows.all::<Publication>().into_iter().filter(|p| Some(p.edition_id) == edition);
    let step =
        |p: Publication, verb| Command::Move { kind: Kind::Publication, id: p.id.0, verb, reason: "发布".into() };
    let walk = |verb| Command::Move { kind: Kind::Incident, id: incident.id.0, verb, reason: "办结".into() };
    places.into_iter().find(|p| p.state != PublicationState::Verified).map_or(walk(Verb::Close), |p| match p.state {
        PublicationState::Published => step(p, Verb::Verify),
        _ => step(p, Verb::Publish),
    })
}

/// What a candidate waits for: the directory, screening, listing.
fn toward_listing(rows: &Memory, t: Throw) -> Command {
    let waiting = [EntryState::Candidate, EntryState::Screened];
    let entries: Vec<_> = rows.all::<CatalogEntry>().into_iter().filter(|e| waiting.contains(&e.state)).collect();
    if entries.is_empty() {
        return Command::ProposeEntry(province::line(usize::from(t.a % 40), one(COUNTIES, t.b)));
    }
    let entry = &entries[usize::from(t.a) % entries.len()];
    let product: Product = rows.get(entry.product_id.0);
    let walk = |verb| Command::Move { kind: Kind::CatalogEntry, id: entry.id.0, verb, reason: String::new() };
    match entry.state {
        EntryState::Screened if product.directory_state == DirectoryState::Found || t.n == 3 => walk(Verb::List),
        EntryState::Candidate => walk(Verb::Screen),
        _ => Command::CheckDirectory { product: product.id.0, number: "ML8".into(), state: DirectoryState::Found },
    }
}

fn delisted(rows: &Memory, n: u16) -> Uuid {
    let gone: Vec<_> = rows.all::<CatalogEntry>().into_iter().filter(|e| e.state == EntryState::Delisted).collect();
    if gone.is_empty() || n % 4 == 3 {
        pick(rows, Kind::CatalogEntry, n)
    } else {
        one(&gone.iter().map(|e| e.id.0).collect::<Vec<_>>(), n / 4)
    }
}

/// An entry, in three of four cases a listed one.
fn on_sale(rows: &Memory, n: u16) -> Uuid {
    let listed: Vec<_> = rows.all::<CatalogEntry>().into_iter().filter(|e| e.state == EntryState::Listed).collect();
    if listed.is_empty() || n % 4 == 3 {
        pick(rows, Kind::CatalogEntry, n)
    } else {
        listed[usize::from(n / 4) % listed.len()].id.0
    }
}

fn evidence(incident: Uuid, t: Throw) -> Command {
    let kind = one(EvidenceKind::ALL, t.b);
    Command::AddEvidence {
        incident, kind, title: "检测报告".into(), sha256: "ab".repeat(32), bytes: i64::from(t.n)
    }
}

fn report(rows: &Memory, t: Throw) -> Command {
    let entry = pick(rows, Kind::CatalogEntry, t.b);
    Command::ReportIncident { entry, title: "霉变".into(), place: "西安".into(), grade: one(Grade::ALL, t.a) }
}

/// The command of a throw, given the rows as they are.
pub fn command(rows: &Memory, t: Throw) -> Command {
    let entry = |n| on_sale(rows, n);
    let n = i64::from(t.n);
    match t.what % 40 {
        0..13 => step(rows, t),
        13..18 => onward(rows, t),
        18 | 19 => toward_listing(rows, t),
        20 | 21 => report(rows, t),
        22 => evidence(pick(rows, Kind::Incident, t.a), t),
        23..25 => {
            let mut line = province::line(usize::from(t.a % 40), one(COUNTIES, t.b));
            if t.n == 0 {
                line.county_code = "320500".into();
            }
            if t.n > 30
                && let Some(e) = rows.all::<CatalogEntry>().into_iter().rfind(|e| e.state == EntryState::Delisted)
            {
                // The same good again, spelled a little differently.
                (line.supplier_name, line.county_code) = (e.supplier_name, e.county_code);
                (line.name, line.spec) = (e.name.replace("木耳", " 木耳"), e.spec.to_uppercase());
            }
            Command::ProposeEntry(line)
        }
        25 => Command::RelistEntry {
            entry: delisted(rows, t.a),
            reason: if t.n == 5 { " ".into() } else { "整改完成".into() },
        },
        26 => {
            let state = if t.b.is_multiple_of(4) { one(DirectoryState::ALL, t.b / 4) } else { DirectoryState::Found };
            Command::CheckDirectory { product: pick(rows, Kind::Product, t.a), number: "ML9".into(), state }
        }
        27 => Command::IssueEdition { dated: date(2020, 8, 20), note: "月度".into() },
        28 => Command::RevealContact { supplier: pick(rows, Kind::Supplier, t.a) },
        29 => Command::AddCounter(province::counter(usize::from(t.a % 12), one(COUNTIES, t.b))),
        30..32 => Command::PlaceOnShelf { counter: pick(rows, Kind::Counter, t.a), entry: entry(t.b), quantity: n },
        32 => Command::VisitCounter {
            counter: pick(rows, Kind::Counter, t.a),
            on: date(2020, 8, i8::try_from(t.b % 28 + 1).expect("a day")),
            note: String::new(),
        },
        33 | 34 => Command::AckRemoval {
            notice: pick(rows, Kind::RemovalNotice, t.a),
            answer: one(AckAnswer::ALL, t.b),
            quantity: n,
            reason: if t.n == 5 { String::new() } else { "已下架".into() },
        },
        35 if t.n % 3 == 1 => supply(rows, t),
        35 => province::pack("端午礼盒", &[entry(t.a), entry(t.b)]),
        36 => Command::SetPackItem { pack: pick(rows, Kind::GiftPack, t.a), entry: entry(t.b), quantity: n },
        37 => province::order(org(u128::from(t.a % 8)), &[entry(t.b), entry(t.a)]),
        38 if t.n % 3 == 2 => on_purchase(rows, t),
        38 => {
            let new = province::purchase(rows, t.a.to_be_bytes()[1]);
            let voucher_no = if t.b.is_multiple_of(3) { format!("V{}", t.b % 5) } else { String::new() };
            Command::AddPurchase(AddPurchase { evidence: n % 4, voucher_no, ..new })
        }
        _ => office(rows, t),
    }
}

/// A batch, a mall listing, an agreement, a promotion, a reminder.
fn supply(rows: &Memory, t: Throw) -> Command {
    let entry = on_sale(rows, t.a);
    match t.b % 5 {
        0 => province::batch(entry, one(&["20200611", "20200801", "20200810"], t.a)),
        1 => Command::OfferInMall { entry, price: Fen(3_000) },
        2 => province::agreement(entry),
        3 => province::promotion("消费券", &[entry]),
        _ if t.n % 2 == 0 => Command::RemindSilent { incident: pick(rows, Kind::Incident, t.a) },
        _ => Command::RemindRemoval { notice: pick(rows, Kind::RemovalNotice, t.a) },
    }
}

/// A correction or a file for a purchase, mostly one that is counted.
fn on_purchase(rows: &Memory, t: Throw) -> Command {
    let counted: Vec<_> = rows.all::<Purchase>().into_iter().filter(|p| p.state == PurchaseState::Counted).collect();
    if let Some(purchase) = counted.get(usize::from(t.a) % counted.len().max(1)).filter(|_| !t.b.is_multiple_of(4)) {
        let amount = if t.b.is_multiple_of(5) { purchase.amount_fen } else { Fen(i64::from(t.b % 9) * 1_000) };
        let quantity = if t.b.is_multiple_of(5) { purchase.quantity } else { i64::from(t.b % 9) };
        let reason = if t.n == 5 { String::new() } else { "录错".into() };
        return Command::AdjustPurchase { purchase: purchase.id.0, quantity, amount, reason };
    }
    Command::AddPurchaseEvidence(AddPurchaseEvidence {
        purchase: pick(rows, Kind::Purchase, t.a),
        kind: one(ProofKind::ALL, t.b),
        title: "材料".into(),
        sha256: format!("{:064x}", t.b % 7),
        bytes: 1,
        dated: date(2020, 8, 1),
    })
}

/// What the newest edition waits for: its three places, then to be public.
fn toward_publishing(rows: &Memory) -> Command {
    let walk = |kind, id, verb| Command::Move { kind, id, verb, reason: "发布".into() };
    let Some(edition) = rows.all::<CatalogEdition>().pop() else {
        return Command::IssueEdition { dated: date(2020, 8, 20), note: String::new() };
    };
    let places = rows.all::<Publication>().into_iter().filter(|p| p.edition_id == edition.id);
    let waiting = |p: &Publication| matches!(p.state, PublicationState::Pending | PublicationState::Failed);
    match places.into_iter().find(waiting) {
        Some(place) => walk(Kind::Publication, place.id.0, Verb::Publish),
        None => walk(Kind::CatalogEdition, edition.id.0, Verb::Publish),
    }
}

/// A correction of one field or two, now and then of one that may not be corrected.
fn edit(rows: &Memory, t: Throw) -> Command {
    let number = Given::Number(i64::from(t.n));
    let words = || Given::Text(format!("甲{}", t.n));
    let (kind, set) = match t.a % 8 {
        0 | 1 => (Kind::CatalogEntry, vec![("price_fen", number)]),
        2 => (Kind::CatalogEntry, vec![("stock", number), ("unit", words())]),
        3 => (Kind::Supplier, vec![("contact_phone", words())]),
        4 => (Kind::Supplier, vec![("capacity", words()), ("people_helped", number)]),
        5 => (Kind::Counter, vec![("keeper", words())]),
        6 => (Kind::Counter, vec![("address", words())]),
        _ => (Kind::CatalogEntry, vec![("state", words())]),
    };
    let set = set.into_iter().map(|(name, given)| (name.to_owned(), given)).collect();
    Command::Edit(EditRecord { kind, id: pick(rows, kind, t.a / 8), set, reason: String::new() })
}

fn office(rows: &Memory, t: Throw) -> Command {
    let id = pick(rows, Kind::Return, t.a);
    let n = i64::from(t.n);
    match t.b % 7 {
        6 => edit(rows, t),
        0 => Command::FileReturn { id, workers: n, planned: Fen(n * 100), note: String::new() },
        1 => Command::RemindReturn { id },
        2 => {
            let id = pick(rows, Kind::Deadline, t.a);
            Command::SetDeadline { id, due_on: date(2020, 9, 1), reason: "推迟".into() }
        }
        3 | 4 => toward_publishing(rows),
        _ => Command::SetGoal { id: pick(rows, Kind::Goal, t.a), target: n, reason: "调整".into() },
    }
}
