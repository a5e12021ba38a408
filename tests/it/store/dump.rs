//! Every row comes out once, in the order it arrived, and an error of the taker ends it.

use crate::support::Data;
use gongfu::domain::rows::Kind;
use gongfu::store::dump;
use rusqlite::{Connection, Error};

#[test]
fn rows_come_in_the_order_they_arrived_until_the_taker_has_enough() {
    let data = Data::new();
    let db = Connection::open(data.db()).expect("the database");
    for kind in Kind::ALL {
        let sql = format!("SELECT id FROM \"{}\" ORDER BY seq", kind.table());
        let mut statement = db.prepare(&sql).expect("a statement");
        let ids: Vec<Vec<u8>> =
            statement.query_map([], |r| r.get(0)).expect("ids").collect::<Result<_, _>>().expect("ids");
        let mut found = Vec::new();
        dump::rows::<Error>(&db, *kind, &mut |row| {
            assert_eq!(row.kind(), *kind);
            found.push(row.uuid().as_bytes().to_vec());
            Ok(())
        })
        .expect("rows");
        assert_eq!(found, ids, "{kind:?}");
    }
    let mut taken = 0;
    let ended = dump::rows::<Error>(&db, Kind::Product, &mut |_| {
        taken += 1;
        if taken == 2 { Err(Error::QueryReturnedNoRows) } else { Ok(()) }
    });
    assert_eq!((ended, taken), (Err(Error::QueryReturnedNoRows), 2));
    db.execute_batch("UPDATE product SET name = CAST(x'ff' AS TEXT) WHERE seq = 2").expect("altered");
    let mut taken = 0;
    let ended = dump::rows::<Error>(&db, Kind::Product, &mut |_| {
        taken += 1;
        Ok(())
    });
    assert!(ended.is_err() && taken == 1, "{ended:?} after {taken}");
}
