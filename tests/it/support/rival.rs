//! Another console that was faster, as a console hears of it from its hub: the answer to its order, and the row as it is there.

use super::storage::raw;
use gongfu::base::clock::Clock;
use gongfu::domain::codes::Role;
use gongfu::domain::record::Record;
use gongfu::domain::rows::Row;
use gongfu::domain::work::Rows;
use gongfu::store::link::{self, Link};
use gongfu::store::rows::SqlRows;
use gongfu::store::{level, outbox};
use gongfu::wire::order::{Answer, Outcome};
use std::path::Path;
use uuid::Uuid;

/// Makes a database the console of the office, the union with this code, at a hub that is nowhere.
pub fn enrolled(file: &Path, org: &str) {
    let id = gongfu::hub::device::random::<16>().expect("bytes");
    let device = Uuid::from_bytes(id);
    let mut link = Link::new(device, device, "https://127.0.0.1:9", org, Role::Office);
    (link.epoch, link.scope, link.cursor, link.head) = (1, 1, 1, 1);
    link::put(&raw(file), &link).expect("linked");
}

/// Makes the console's last order one that 周敏 was faster with, who changed the record so.
pub fn was_faster<R: Record>(file: &Path, change: impl FnOnce(&mut R)) {
    let mut db = raw(file);
    let n = link::get(&db).expect("read").expect("a link").last_n;
    let item = outbox::get(&db, n).expect("read").expect("an order");
    let (kind, id) = item.order.command.target().expect("about a record");
    let rev = item.order.seen.iter().find(|s| s.id == id).expect("seen").rev + 1;
    let outcome = Outcome::Conflict { kind, row: id, rev, by: "周敏".into(), at: item.made_at };
    let now = Clock::Real.now();
    let answer = Answer { id: item.order.id, outcome };
    level::answers(&mut db, file, 1, &[answer], now).expect("kept");
    let row = SqlRows::new(&db).fetch(kind, id).expect("read").expect("a row");
    let mut theirs = R::from_row(row).expect("of its kind");
    change(&mut theirs);
    theirs.meta_mut().rev = rev;
    theirs.meta_mut().updated_by = "周敏".into();
    let row: Row = theirs.into();
    assert!(level::urgent(&mut db, file, 1, &[row]).expect("taken in"), "newer than what was here");
}
