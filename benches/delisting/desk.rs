//! A product that is everywhere, made by commands as people would; must not measure anything.

use super::{COUNTERS, ORDERS, PACKS, open};
use gongfu::base::ids::mix;
use gongfu::domain::actor::Actor;
use gongfu::domain::codes::{EvidenceKind, Grade, PromotionKind};
use gongfu::domain::command::{AddCounter, Command};
use gongfu::domain::machine::Verb;
use gongfu::domain::rows::Kind;
use gongfu::domain::value::Fen;
use gongfu::setup;
use gongfu::store::Store;
use jiff::civil::date;
use rusqlite::Connection;
use std::path::Path;
use uuid::Uuid;

/// The store with the people and rows a delisting needs.
pub struct Desk {
    pub store: Store,
    pub db: Connection,
    office: Actor,
    counters: Vec<Uuid>,
    buyer: Uuid,
}

fn ids(db: &Connection, sql: &str) -> Vec<Uuid> {
    let mut statement = db.prepare(sql).expect("SQL");
    let rows = statement.query_map([], |r| r.get::<_, [u8; 16]>(0)).expect("rows");
    rows.map(|r| Uuid::from_bytes(r.expect("an id"))).collect()
}

impl Desk {
    pub fn new(dir: &Path) -> Desk {
        let store = open(dir);
        // The first change brings an older file up to this version.
        let db = store.connect().expect("a connection");
        let org = ids(&db, &format!("SELECT id FROM organisation WHERE code = '{}'", setup::DEMO_ORG))[0];
        let office = setup::office(org);
        let buyer = ids(&db, "SELECT id FROM organisation WHERE kind = 'grassroots' LIMIT 1")[0];
        let mut desk = Desk { store, db, office, counters: Vec::new(), buyer };
        desk.add_counters();
        desk
    }

    /// Products that can be put everywhere, from here and there in a part of the catalog: neighbours share suppliers and
    /// pages. The first ones are those bought most.
    pub fn entries(&self, part: &str, rounds: usize) -> Vec<Uuid> {
        let listed = "SELECT id FROM catalog_entry e WHERE state = 'listed' AND NOT EXISTS \
             (SELECT 1 FROM shelf_line s WHERE s.entry_id = e.id AND s.state <> 'sellable')";
        let mut entries = ids(&self.db, &format!("{listed} AND {part} ORDER BY seq LIMIT {}", rounds * 20));
        entries.sort_by_key(|e| mix(e.as_u128() as u64));
        entries.truncate(rounds + 1);
        entries
    }

    pub fn person(&self, name: &str) -> Actor {
        Actor { name: name.to_owned(), ..self.office.clone() }
    }

    fn submit(&self, commands: Vec<Command>) -> Vec<String> {
        self.store.submit_wait(&self.office, commands).expect("done").codes
    }

    fn add_counters(&mut self) {
        let open = "SELECT id FROM counter WHERE state <> 'closed' ORDER BY seq";
        let missing = COUNTERS.saturating_sub(ids(&self.db, open).len());
        let new = |n| AddCounter {
            name: format!("量一量专柜{n}"),
            venue_type: "workers_home".into(),
            host: "某工会".into(),
            county_code: "611026".into(),
            address: "某路1号".into(),
            longitude_e6: 109_000_000,
            latitude_e6: 33_000_000,
            keeper: "陈守".into(),
            phone: "13900000000".into(),
            bank: String::new(),
            demo_room: false,
        };
        let commands: Vec<Command> = (0..missing).map(|n| Command::AddCounter(new(n))).collect();
        if !commands.is_empty() {
            self.submit(commands);
        }
        self.counters = ids(&self.db, open);
        self.counters.truncate(COUNTERS);
    }

    pub fn code(&self, entry: Uuid) -> String {
        let sql = "SELECT code FROM catalog_entry WHERE id = ?1";
        self.db.query_row(sql, [entry.as_bytes().as_slice()], |r| r.get(0)).expect("a code")
    }

    fn id(&self, table: &str, code: &str) -> Uuid {
        ids(&self.db, &format!("SELECT id FROM {table} WHERE code = '{code}'"))[0]
    }

    /// Puts the product everywhere.
    pub fn spread(&self, entry: Uuid, other: Uuid) {
        let place = |c: &Uuid| Command::PlaceOnShelf { counter: *c, entry, quantity: 10 };
        self.submit(self.counters.iter().map(place).collect());
        let pack = |n| Command::DraftPack {
            name: format!("礼包{n}"),
            occasion: "中秋".into(),
            audience: "职工".into(),
            price: Fen(20_000),
            items: vec![(entry, 2), (other, 1)],
            valid_until: None,
        };
        for code in self.submit((0..PACKS).map(pack).collect()) {
            let (kind, id) = (Kind::GiftPack, self.id("gift_pack", &code));
            self.submit(vec![Command::Move { kind, id, verb: Verb::Publish, reason: String::new() }]);
        }
        let (buyer, seller) = (self.buyer, "某社");
        let order = |_| Command::PlaceOrder { buyer, seller: seller.into(), pack: None, lines: vec![(entry, 5)] };
        self.submit((0..ORDERS).map(order).collect());
        let (lot, codes) = ("量一量".to_owned(), (0..40).map(|n| format!("{}-{n}", entry.simple())).collect());
        let (made_on, ends_on) = (date(2020, 7, 15), date(2020, 12, 31));
        let (price, best_before) = (Fen(3_000), Some(date(2021, 7, 15)));
        self.submit(vec![
            Command::RegisterBatch { entry, lot, made_on, best_before, quantity: 500, codes },
            Command::SignAgreement { entry, seller: seller.into(), quantity: 9, price, signed_on: made_on, ends_on },
            Command::PlanPromotion {
                name: "消费券".into(),
                kind: PromotionKind::Coupon,
                budget: Fen(100_000),
                starts_on: made_on,
                ends_on,
                entries: vec![entry],
            },
        ]);
    }

    /// Reports and verifies an incident; gives it with all that is left to do: to confirm it.
    pub fn verified(&self, entry: Uuid) -> Uuid {
        let reporter = self.person("赵报");
        let report =
            Command::ReportIncident { entry, title: "霉变".into(), place: "西安".into(), grade: Grade::One };
        let code = self.store.submit_wait(&reporter, vec![report]).expect("reported").codes.remove(0);
        let incident = self.id("incident", &code);
        let (grade, recall_class, reason) = (Grade::One, Grade::One, || "核查".to_owned());
        let (kind, title, sha256) = (EvidenceKind::TestReport, "报告".to_owned(), "ab".repeat(32));
        let suspend = false;
        self.submit(vec![
            Command::TriageIncident {
                incident,
                grade,
                recall_class,
                batches: String::new(),
                suspend,
                reason: reason(),
            },
            Command::AddEvidence { incident, kind, title, sha256, bytes: 9 },
            Command::Move { kind: Kind::Incident, id: incident, verb: Verb::Verify, reason: reason() },
        ]);
        incident
    }
}
