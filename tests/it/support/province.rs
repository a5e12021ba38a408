//! A small province for tests: six people of every role, four counties in two cities, everything made by commands.

use super::memory::Memory;
use gongfu::base::clock::Clock;
use gongfu::base::ids::Ids;
use gongfu::domain::actor::Actor;
use gongfu::domain::codes::*;
use gongfu::domain::command::{AddCounter, AddPurchase, Command, ProposeEntry};
use gongfu::domain::decide::decide;
use gongfu::domain::machine::Verb;
use gongfu::domain::record::Meta;
use gongfu::domain::refusal::Stop;
use gongfu::domain::rows::*;
use gongfu::domain::value::Fen;
use gongfu::domain::work::{Decision, Work};
use jiff::Timestamp;
use jiff::civil::date;
use uuid::Uuid;

/// 2020-08-20 14:32 in Asia/Shanghai.
pub const NOW: Timestamp = Timestamp::constant(1_597_905_120, 0);

/// Division and kind of each union; their place is the id.
const UNIONS: &[(&str, OrgKind)] = &[
    ("610000", OrgKind::Provincial),
    ("610900", OrgKind::City),
    ("611000", OrgKind::City),
    ("610926", OrgKind::County),
    ("611026", OrgKind::County),
    ("610000", OrgKind::Industrial),
    ("610926", OrgKind::Grassroots),
    ("611026", OrgKind::Grassroots),
];

pub const COUNTIES: &[&str] = &["610926", "610921", "611026", "611021"];

pub fn org(place: u128) -> Uuid {
    Uuid::from_u128(0xA000 + place)
}

fn actor(name: &str, role: Role, place: u128, division: &str) -> Actor {
    Actor {
        name: name.into(),
        org_id: org(place),
        org_name: format!("工会{place}"),
        role,
        division_code: division.into(),
        login: String::new(),
        terminal: "pts/3".into(),
        ssh_client: String::new(),
        clock_set: false,
    }
}

/// Everyone who may ask; the first two are the office.
pub fn people() -> Vec<Actor> {
    vec![
        actor("李静", Role::Office, 0, "610000"),
        actor("周敏", Role::Office, 0, "610000"),
        actor("王安", Role::City, 1, "610900"),
        actor("赵商", Role::City, 2, "611000"),
        actor("钱平", Role::County, 3, "610926"),
        actor("孙柞", Role::County, 4, "611026"),
        actor("吴铁", Role::Industrial, 5, "610000"),
        actor("郑审", Role::Auditor, 0, "610000"),
        actor("冯卖", Role::SellerFeed, 6, "610926"),
    ]
}

fn meta(owner: Uuid) -> Meta {
    Meta {
        org: owner,
        rev: 1,
        created_at: NOW,
        created_by: "setup".into(),
        updated_at: NOW,
        updated_by: "setup".into(),
        source: "reference".into(),
    }
}

/// What no command makes: unions, a deadline, its returns, a goal.
pub fn foundation() -> Vec<Row> {
    let mut out: Vec<Row> = Vec::new();
    for ((division, kind), place) in UNIONS.iter().zip(0_u128..) {
        let row = Organisation {
            id: OrgId(org(place)),
            meta: meta(org(place)),
            code: format!("u{place}"),
            name: format!("工会{place}"),
            name_en: String::new(),
            kind: *kind,
            division_code: (*division).into(),
            parent_id: (place > 0).then(|| OrgId(org(0))),
            files_annex1: true,
            files_annex2: place < 3,
            quota_rate_bp: 3000,
        };
        out.push(row.into());
    }
    let deadline = DeadlineId(Uuid::from_u128(0xB000));
    let row = Deadline {
        id: deadline,
        meta: meta(org(0)),
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
    out.push(row.into());
    for place in 1..6_u128 {
        let row = Return {
            id: ReturnId(Uuid::from_u128(0xC000 + place)),
            meta: meta(org(place)),
            deadline_id: deadline,
            unit_id: OrgId(org(place)),
            form: if place == 2 { ReturnForm::Annex2 } else { ReturnForm::Annex1 },
            state: ReturnState::NotStarted,
            submitted_at: None,
            accepted_at: None,
            reminders: 0,
            planned_fen: Fen(0),
            workers: 0,
            note: String::new(),
        };
        out.push(row.into());
    }
    let goal = Goal {
        id: GoalId(Uuid::from_u128(0xD000)),
        meta: meta(org(0)),
        code: "spend".into(),
        title: "消费扶贫".into(),
        title_en: "Spending".into(),
        target: 80_000_000_000,
        unit: GoalUnit::Fen,
        due_on: date(2020, 12, 31),
        plan_item: "二".into(),
    };
    out.push(goal.into());
    out
}

/// The rows, the ids and everyone who asks.
#[derive(Debug, Clone)]
pub struct Province {
    pub rows: Memory,
    pub ids: Ids,
    pub people: Vec<Actor>,
    /// What was asked so far and by whom, refused ones too.
    pub asked: Vec<(Actor, Command)>,
}

impl Province {
    /// The unions only.
    pub fn bare() -> Province {
        let mut rows = Memory::default();
        foundation().into_iter().for_each(|r| rows.put(r));
        Province { rows, ids: Ids::seeded(Clock::Fixed(NOW), 7), people: people(), asked: Vec::new() }
    }

    /// With six listed entries on four open counters, two packs, two orders, three purchases.
    pub fn furnished() -> Province {
        let mut p = Province::bare();
        for (i, county) in (0..6).zip(COUNTIES.iter().cycle()) {
            let entry = p.must(0, Command::ProposeEntry(line(i, county)));
            let product = p.rows.get::<CatalogEntry>(entry).product_id.0;
            let found = DirectoryState::Found;
            p.must(0, Command::CheckDirectory { product, number: format!("ML{i}"), state: found });
            p.walk(Kind::CatalogEntry, entry, &[Verb::Screen, Verb::List]);
        }
        let entries: Vec<Uuid> = p.rows.all::<CatalogEntry>().iter().map(|e| e.id.0).collect();
        for (i, county) in COUNTIES.iter().enumerate() {
            let counter = p.must(0, Command::AddCounter(counter(i, county)));
            p.walk(Kind::Counter, counter, &[Verb::Approve, Verb::Prepare]);
            for entry in [entries[i], entries[i + 1]] {
                p.must(0, Command::PlaceOnShelf { counter, entry, quantity: 10 });
            }
            p.walk(Kind::Counter, counter, &[Verb::Open]);
        }
        for (who, items) in [(0, &entries[..3]), (2, &entries[2..5])] {
            let pack = p.must(who, pack("中秋礼盒", items));
            p.walk(Kind::GiftPack, pack, &[Verb::Publish]);
        }
        for (buyer, lines) in [(6, &entries[..2]), (7, &entries[1..4])] {
            p.must(0, order(org(buyer), lines));
        }
        for (n, entry) in entries.iter().take(3).enumerate() {
            let lots = if n == 0 { &["20200611", "20200715"][..] } else { &["20200801"] };
            for lot in lots {
                let batch = p.must(0, batch(*entry, lot));
                p.walk(Kind::Batch, batch, &[Verb::Release]);
                let codes = p.rows.all::<TraceCode>().into_iter().filter(|c| c.batch_id.0 == batch).map(|c| c.id.0);
                let codes: Vec<Uuid> = codes.collect();
                codes.into_iter().for_each(|c| p.walk(Kind::TraceCode, c, &[Verb::Print, Verb::Activate]));
            }
            p.must(0, Command::OfferInMall { entry: *entry, price: Fen(3_900) });
            p.must(0, agreement(*entry));
        }
        let promotion = p.must(0, promotion("秋季消费券", &entries[..2]));
        p.walk(Kind::Promotion, promotion, &[Verb::Fund, Verb::Open]);
        for i in 0..3_u8 {
            p.must(0, Command::AddPurchase(purchase(&p.rows, i)));
        }
        p
    }

    /// Decides for a person and applies what comes out.
    pub fn ask(&mut self, who: usize, command: &Command) -> Result<Decision, Stop> {
        let actor = self.people[who].clone();
        self.asked.push((actor.clone(), command.clone()));
        let decision = decide(Work::new(&self.rows, &mut self.ids, &actor, NOW), command)?;
        self.rows.apply(&decision.changes);
        Ok(decision)
    }

    /// Asks for what must be accepted; gives the record it was about.
    pub fn must(&mut self, who: usize, command: Command) -> Uuid {
        match self.ask(who, &command) {
            Ok(decision) => decision.target,
            Err(stop) => panic!("{command:?} was stopped: {stop:?}"),
        }
    }

    /// The confirmation of an incident, with the code of its product as typed.
    pub fn confirm(&self, incident: Uuid) -> Command {
        let entry = self.rows.get::<Incident>(incident).entry_id.0;
        let product = self.rows.get::<CatalogEntry>(entry).code;
        Command::ConfirmIncident { incident, product, reason: "查实".into() }
    }

    pub fn walk(&mut self, kind: Kind, id: Uuid, verbs: &[Verb]) {
        for verb in verbs {
            self.must(0, Command::Move { kind, id, verb: *verb, reason: "试".into() });
        }
    }
}

pub fn line(i: usize, county: &str) -> ProposeEntry {
    ProposeEntry {
        supplier_name: format!("{county}合作社{}", i % 2),
        supplier_kind: SupplierKind::Cooperative,
        credit_code: String::new(),
        county_code: county.into(),
        name: format!("柞水木耳{i}"),
        category: "edible_fungus".into(),
        spec: "250g".into(),
        unit: "袋".into(),
        price: Fen(3_900 + i64::try_from(i).unwrap_or(0)),
        stock: 100,
        people_helped: 3,
        directory_no: String::new(),
        contact_name: "张三".into(),
        contact_phone: "13800000000".into(),
        source: "typed".into(),
    }
}

pub fn counter(i: usize, county: &str) -> AddCounter {
    AddCounter {
        name: format!("{county}职工之家{i}"),
        venue_type: "workers_home".into(),
        host: "某工会".into(),
        county_code: county.into(),
        address: "某路1号".into(),
        longitude_e6: 109_000_000,
        latitude_e6: 33_000_000,
        keeper: "陈守".into(),
        phone: "13900000000".into(),
        bank: String::new(),
        demo_room: false,
    }
}

pub fn pack(name: &str, entries: &[Uuid]) -> Command {
    Command::DraftPack {
        name: name.into(),
        occasion: "中秋".into(),
        audience: "职工".into(),
        price: Fen(20_000),
        items: entries.iter().map(|e| (*e, 2)).collect(),
        valid_until: Some(date(2020, 10, 8)),
    }
}

pub fn batch(entry: Uuid, lot: &str) -> Command {
    Command::RegisterBatch {
        entry,
        lot: lot.into(),
        made_on: date(2020, 7, 15),
        best_before: Some(date(2021, 7, 15)),
        quantity: 500,
        codes: vec![format!("{lot}-{entry}-1"), format!("{lot}-{entry}-2")],
    }
}

pub fn agreement(entry: Uuid) -> Command {
    Command::SignAgreement {
        entry,
        seller: "某粮农集团".into(),
        quantity: 300,
        price: Fen(3_300),
        signed_on: date(2020, 8, 1),
        ends_on: date(2020, 12, 31),
    }
}

pub fn promotion(name: &str, entries: &[Uuid]) -> Command {
    Command::PlanPromotion {
        name: name.into(),
        kind: PromotionKind::Coupon,
        budget: Fen(1_000_000),
        starts_on: date(2020, 8, 15),
        ends_on: date(2020, 9, 15),
        entries: entries.to_vec(),
    }
}

pub fn order(buyer: Uuid, entries: &[Uuid]) -> Command {
    let lines = entries.iter().map(|e| (*e, 5)).collect();
    Command::PlaceOrder { buyer, seller: "某社".into(), pack: None, lines }
}

pub fn purchase(rows: &Memory, i: u8) -> AddPurchase {
    let entries = rows.all::<CatalogEntry>();
    let entry = &entries[usize::from(i) % entries.len()];
    AddPurchase {
        buyer: org(6 + u128::from(i % 2)),
        supplier: entry.supplier_id.0,
        entry: Some(entry.id.0),
        batch: rows.all::<Batch>().iter().find(|b| b.entry_id == entry.id).map(|b| b.id.0),
        bought_on: date(2020, 8, 1),
        quantity: 4,
        amount: Fen(10_000 + i64::from(i)),
        channel: SalesChannel::Mall,
        kind: if i.is_multiple_of(3) { PurchaseKind::FixedPoint } else { PurchaseKind::UnionGoods },
        voucher_no: String::new(),
        evidence: i64::from(i % 4),
    }
}
