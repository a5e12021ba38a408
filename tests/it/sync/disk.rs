//! A console whose disk fills up: what was acknowledged leaves it all the same, and rows come when there is room again.

use super::line::Console;
use crate::hub::http::Hub;
use crate::hub::places::benches;
use crate::support::mounted::{Mounted, skipped};
use crate::support::storage::Temporary;
use gongfu::domain::command::Command;
use gongfu::sqlite::DbError;
use gongfu::store::StoreError;
use gongfu::store::outbox::State;
use gongfu::sync::core::Failure;

fn edition() -> Command {
    Command::IssueEdition { dated: jiff::civil::date(2020, 8, 20), note: "月度".into() }
}

#[test]
fn orders_leave_a_full_disk_and_rows_wait_for_room() {
    let bench = benches().remove(0);
    let hub = Hub::new(&bench);
    let home = Temporary::empty();
    let at = home.path().to_path_buf();
    let Some(mounted) = Mounted::new(&at, "200m") else { return skipped("console on a full disk") };
    let console = Console::enrolled_in(home, &hub, &bench, 0);
    let ballast = console.home.path().join(gongfu::sync::ballast::FILE);
    assert_eq!(std::fs::metadata(&ballast).expect("the ballast").len(), 4 << 20);
    let used: u64 = std::fs::read_dir(console.home.path())
        .expect("a folder")
        .map(|f| f.and_then(|f| f.metadata()).expect("a file").len())
        .sum();
    assert!(mounted.resize(&(used + (1 << 20)).to_string()), "smaller");
    let mut acknowledged = 0;
    let said = loop {
        match console.ask(edition()) {
            Ok(()) => acknowledged += 1,
            Err(e) => break e,
        }
    };
    assert!(matches!(said, StoreError::Db(DbError::Full(_))), "{said:?}");
    assert!(acknowledged > 5, "{acknowledged} acknowledged");
    assert_eq!(console.waits(&[State::Waiting]), acknowledged);

    // Not a byte is left, also of what closing the database gave back.
    let filler = console.home.path().join("filler");
    let mut file = std::fs::File::create(&filler).expect("a file");
    while std::io::Write::write_all(&mut file, &[0; 4_096]).is_ok() {}
    drop(file);

    // Answers find room; a page of rows does not, and says so.
    let ended = console.once();
    assert_eq!(console.waits(&[State::Waiting]), 0, "everything has left");
    assert_eq!(ended.failure, Some(Failure::Disk));
    assert_eq!(console.link().trouble, "disk");

    assert!(mounted.resize("200m"), "larger");
    let ended = console.once();
    assert_eq!(ended.failure, None);
    assert!(console.link().is_level() && ballast.exists());
}
