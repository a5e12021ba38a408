//! Becoming a console of a hub from inside the console, with a hub that is a process of its own.

use super::SIZES;
use crate::support::Data;
use crate::support::pty::{Console, Start};
use crate::support::station::Station;
use crate::support::storage::{number, raw};
use gongfu::sync::first::{self, Ask};
use gongfu::sync::key;
use std::path::Path;

fn console(dir: &Path, size: (u16, u16)) -> Console {
    let dir = dir.display().to_string();
    Start::new(&["--data-dir", &dir, "--as", "王敏"], size).spawn()
}

/// Types the three fields of the form and submits.
fn types(console: &mut Console, fields: [&str; 3]) {
    for field in fields {
        // What stood there goes.
        console.send("\x15").rests();
        console.send(field).rests();
        console.send("\r").rests();
    }
}

/// Puts the cursor back on the first field.
fn top(console: &mut Console) {
    console.send("\x1b[A\x1b[A").rests();
}

#[test]
fn an_empty_directory_offers_to_enrol_says_what_is_wrong_and_goes_on_with_the_rows() {
    let data = Data::new();
    let hub = Station::open(data.path());
    for size in SIZES {
        let home = tempfile::tempdir().expect("a folder");
        let mut console = console(home.path(), size);
        console.shows("登记到中心站").shows("登记码").shows("没有数据").rests();
        let nothing = || !home.path().join("gongfu.db").exists() && !key::path(home.path()).exists();
        console.send("\r\r\r").rests();
        console.send("\r").shows("先写登记码").rests();
        top(&mut console);
        types(&mut console, ["AAAA-BBBB-CCCC-DDDD", "https://localhost:1", &hub.ca()]);
        console.shows("没有回应").rests();
        assert!(nothing());
        top(&mut console);
        types(&mut console, ["AAAA-BBBB-CCCC-DDDD", &hub.url, ""]);
        console.shows("证书").rests();
        top(&mut console);
        types(&mut console, ["AAAA-BBBB-CCCC-DDDD", &hub.url, "/no/such/ca.pem"]);
        console.shows("/no/such/ca.pem").rests();
        top(&mut console);
        types(&mut console, ["AAAA-BBBB-CCCC-DDDD", &hub.url, &hub.ca()]);
        console.shows("不认这个登记码").rests();
        assert!(nothing());
        top(&mut console);
        types(&mut console, [&hub.code("安康市总工会"), &hub.url, &hub.ca()]);
        console.shows("已登记：安康市总工会").shows("现在要办").rests();
        console.send("2").shows("平利绿茶").rests();
        // What is done here goes to the hub: it is a console like any other.
        console.send("/").rests();
        console.send("平利绿茶\r").shows("1 条").rests();
        console.send("s").shows("理由").rests();
        console.send("抽检不合格\r").shows("已暂停").rests();
        let sent = "SELECT count(*) FROM outbox WHERE state = 'accepted'";
        console.waits("the order to be taken", |_| number(&raw(&home.path().join("gongfu.db")), sent) == 1);
        console.send("S").shows("理由").rests();
        console.send("复检合格\r").shows("已恢复").rests();
        console.waits("the order to be taken", |_| number(&raw(&home.path().join("gongfu.db")), sent) == 2);
        console.send("e").shows("本机已登记到中心站").rests();
        console.send("q");
        assert_eq!(console.ends(), 0);
    }
    let devices: serde_json::Value = serde_json::from_str(&hub.says(&["--json", "hub", "devices"])).expect("JSON");
    assert_eq!(devices["devices"].as_array().map(Vec::len), Some(2), "{devices}");
}

#[test]
fn a_database_of_its_own_becomes_a_console_only_when_it_is_the_hubs() {
    let data = Data::new();
    let other = Data::new();
    let hub = Station::open(data.path());
    // The hub's own rows: compared, kept, level.
    let mut own = console(data.path(), SIZES[1]);
    own.shows("未接中心站（e 登记到中心站）").rests();
    own.send("e").shows("根证书文件").rests();
    types(&mut own, [&hub.code("SX-PROV"), &hub.url, &hub.ca()]);
    own.shows("已登记：陕西省总工会").shows("与中心站一致").rests();
    own.send("q");
    assert_eq!(own.ends(), 0);
    // Rows nobody at the hub knows.
    let (code, _, err) = crate::support::run(other.gongfu(&["catalog", "edit", "SX611026-0001", "stock=1"]));
    assert_eq!(code, 0, "{err}");
    let mut taken = console(other.path(), SIZES[0]);
    taken.shows("e 登记到中心站").rests();
    taken.send(":").rests();
    taken.send("登记到中心站\r").shows("根证书文件").rests();
    types(&mut taken, [&hub.code("SX-PROV"), &hub.url, &hub.ca()]);
    taken.shows("已有一个自己的数据库").rests();
    assert!(!key::path(other.path()).exists());
    assert_eq!(number(&raw(&other.path().join("gongfu.db")), "SELECT count(*) FROM hub"), 0);
    taken.send("\x1b").rests();
    taken.send("2").shows("柞水木耳").rests();
    taken.send("q");
    assert_eq!(taken.ends(), 0);
}

#[test]
fn what_was_broken_off_behind_the_code_goes_on_without_another() {
    let data = Data::new();
    let hub = Station::open(data.path());
    let home = tempfile::tempdir().expect("a folder");
    let ca = std::fs::read_to_string(hub.ca()).expect("an authority");
    let ask = Ask { url: &hub.url, ca: Some(&ca), code: &hub.code("安康市总工会"), name: "一号" };
    let key = first::enrol(home.path(), &ask).expect("enrolled");
    let mut console = console(home.path(), SIZES[0]);
    console.shows("数据还没有取齐").rests();
    console.send("\x1bq");
    assert_eq!(console.ends(), 0);
    // Broken off later: the database is there, its rows are not.
    first::prepare(home.path(), &key, gongfu::base::clock::Clock::Real).expect("a database");
    let mut console = self::console(home.path(), SIZES[1]);
    console.shows("数据还没有取齐").rests();
    console.send("\x1b").hides("数据还没有取齐").rests();
    console.send("e").shows("数据还没有取齐").rests();
    console.send("\r").shows("已登记：安康市总工会").rests();
    console.send("2").shows("平利绿茶").rests();
    console.send("q");
    assert_eq!(console.ends(), 0);
}
