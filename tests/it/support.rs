//! What integration tests share: a small database made through the store, and the built binary.

pub mod commands;
pub mod invariants;
pub mod memory;
pub mod mounted;
pub mod province;
pub mod pty;
pub mod replay;
pub mod rights;
pub mod rival;
pub mod spread;
pub mod station;
pub mod storage;
pub mod whole;

use assert_cmd::Command;
use gongfu::base::clock::Clock;
use gongfu::base::ids::Ids;
use gongfu::domain::actor::Actor;
use gongfu::domain::codes::*;
use gongfu::domain::command::{Command as Order, ProposeEntry};
use gongfu::domain::machine::Verb;
use gongfu::domain::record::Meta;
use gongfu::domain::rows::{Kind, OrgId, Organisation, Row};
use gongfu::domain::value::Fen;
use gongfu::domain::work::Rows;
use gongfu::store::{Store, detail, load, rows::SqlRows};
use jiff::Timestamp;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use uuid::Uuid;

/// The instant the tests live in.
pub const NOW: &str = "2020-08-20T14:32:00+08:00";

/// A data directory with a database: a province, two cities, three products (listed, listed, candidate).
pub struct Data {
    dir: TempDir,
}

fn org(number: u128, code: &str, name: &str, kind: OrgKind, division: &str, now: Timestamp) -> Row {
    let meta = Meta {
        org: Uuid::from_u128(number),
        rev: 1,
        created_at: now,
        created_by: "test".into(),
        updated_at: now,
        updated_by: "test".into(),
        source: "typed".into(),
    };
    Row::Organisation(Organisation {
        id: OrgId(Uuid::from_u128(number)),
        meta,
        code: code.into(),
        name: name.into(),
        name_en: name.into(),
        kind,
        division_code: division.into(),
        parent_id: None,
        files_annex1: true,
        files_annex2: true,
        quota_rate_bp: 3000,
    })
}

fn line(county: &str, name: &str, supplier: &str, yuan: i64) -> Order {
    Order::ProposeEntry(ProposeEntry {
        supplier_name: supplier.into(),
        supplier_kind: SupplierKind::Cooperative,
        credit_code: String::new(),
        county_code: county.into(),
        name: name.into(),
        category: "edible_fungus".into(),
        spec: "250g/袋".into(),
        unit: "袋".into(),
        price: Fen(yuan * 100),
        stock: 320,
        people_helped: 41,
        directory_no: String::new(),
        contact_name: "李建国".into(),
        contact_phone: "13891234567".into(),
        source: "typed".into(),
    })
}

impl Data {
    /// Makes it.
    pub fn new() -> Data {
        let dir = TempDir::new().expect("a folder");
        let now: Timestamp = NOW.parse().expect("an instant");
        let mut loader = load::Loader::begin(dir.path()).expect("a load");
        let orgs = [
            org(1, "SX-PROV", "陕西省总工会", OrgKind::Provincial, "610000", now),
            org(2, "SX-SL", "商洛市总工会", OrgKind::City, "611000", now),
            org(3, "SX-AK", "安康市总工会", OrgKind::City, "610900", now),
        ];
        orgs.iter().for_each(|o| loader.push(o).expect("a row"));
        let divisions = "INSERT INTO division VALUES ('611026','柞水县','Zhashui','商洛市','county',1), \
                         ('610926','平利县','Pingli','安康市','county',1), ('610900','安康市','Ankang','安康市','city',0)";
        loader.with(|db| db.execute_batch(divisions)).expect("divisions");
        loader.with(|db| load::mark(db, None, "SX-PROV")).expect("a mark");
        loader.finish(|_, _| {}).expect("a database");
        let data = Data { dir };
        data.fill(now);
        data
    }

    fn fill(&self, now: Timestamp) {
        let clock = Clock::Fixed(now);
        let store = Store::open(self.path(), clock, Ids::seeded(clock, 7), false).expect("a store");
        let office = Actor {
            name: "张伟".into(),
            org_id: Uuid::from_u128(1),
            org_name: "陕西省总工会".into(),
            role: Role::Office,
            division_code: "610000".into(),
            login: String::new(),
            terminal: String::new(),
            ssh_client: String::new(),
            clock_set: false,
        };
        let lines = [
            line("611026", "柞水木耳", "秦岭山货合作社", 45),
            line("610926", "平利绿茶", "=女娲茶业", 168),
            line("611026", "柞水香菇", "秦岭山货合作社", 30),
        ];
        let codes = store.submit_wait(&office, lines.to_vec()).expect("proposed").codes;
        for (i, code) in codes.iter().take(2).enumerate() {
            let db = store.connect().expect("a connection");
            let id = detail::find_code(&db, Kind::CatalogEntry, code).expect("a read").expect("the entry");
            let Ok(Some(Row::CatalogEntry(entry))) = SqlRows::new(&db).fetch(Kind::CatalogEntry, id) else {
                panic!("{code} is gone")
            };
            let walk = |verb| Order::Move { kind: Kind::CatalogEntry, id, verb, reason: String::new() };
            let check = Order::CheckDirectory {
                product: entry.product_id.0,
                number: format!("61-2020-{i:04}"),
                state: DirectoryState::Found,
            };
            store.submit_wait(&office, vec![check, walk(Verb::Screen), walk(Verb::List)]).expect("listed");
        }
    }

    /// The data directory.
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// The database file.
    pub fn db(&self) -> PathBuf {
        self.path().join("gongfu.db")
    }

    /// The binary on this data, in Chinese, at [`NOW`], acting as 王敏 of the province.
    pub fn gongfu(&self, args: &[&str]) -> Command {
        let mut command = bare();
        command.args(["--data-dir", &self.path().display().to_string(), "--now", NOW, "--as", "王敏"]).args(args);
        command
    }
}

/// The binary without settings of whoever runs the tests.
pub fn bare() -> Command {
    let mut command = Command::cargo_bin("gongfu").expect("the binary");
    let empty = std::env::temp_dir().join("gongfu-no-settings");
    for (name, _) in std::env::vars().filter(|(n, _)| n.starts_with("GONGFU_") && n != "GONGFU_BLESS") {
        command.env_remove(name);
    }
    command.env("XDG_CONFIG_HOME", &empty).env("XDG_DATA_HOME", &empty).env("COLUMNS", "100");
    // The tests live in 2020 and change data there.
    command.env("GONGFU_ALLOW_NOW", "1");
    command
}

/// Exit code, stdout and stderr.
pub fn run(mut command: Command) -> (i32, String, String) {
    let output = command.output().expect("an end");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (output.status.code().unwrap_or(-1), text(output.stdout), text(output.stderr))
}
