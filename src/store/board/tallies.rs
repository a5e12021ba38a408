//! The running totals the board's figures come from; read only, triggers of the schema keep them.

use rusqlite::Connection;
use std::collections::BTreeMap;

/// The running totals that triggers keep: some hundred rows whatever there is, read in one go.
pub(super) struct Tallies(Vec<Tally>);

struct Tally {
    kind: String,
    /// Codes from the outermost in, such as state, venue type and demonstration room.
    key: String,
    n: i64,
    fen: i64,
}

impl Tallies {
    /// All of them, as they are now.
    ///
    /// # Errors
    /// What SQLite says.
    pub(super) fn read(db: &Connection) -> rusqlite::Result<Tallies> {
        let mut statement = db.prepare_cached("SELECT kind, key, n, fen FROM tally ORDER BY kind, key")?;
        let rows =
            statement.query_map([], |r| Ok(Tally { kind: r.get(0)?, key: r.get(1)?, n: r.get(2)?, fen: r.get(3)? }))?;
        rows.collect::<rusqlite::Result<_>>().map(Tallies)
    }

    /// Those of a kind whose key starts with these codes.
    fn of<'a>(&'a self, kind: &'a str, codes: &'a [&str]) -> impl Iterator<Item = &'a Tally> {
        let starts =
            move |key: &str| key.split('/').zip(codes).filter(|(had, wanted)| had == *wanted).count() == codes.len();
        self.0.iter().filter(move |t| t.kind == kind && starts(&t.key))
    }

    /// How many rows of a kind there are whose key starts with these codes.
    pub(super) fn count(&self, kind: &str, codes: &[&str]) -> i64 {
        self.of(kind, codes).map(|t| t.n).sum()
    }

    /// Their sum of money.
    pub(super) fn fen(&self, kind: &str, codes: &[&str]) -> i64 {
        self.of(kind, codes).map(|t| t.fen).sum()
    }

    /// Counts by the outermost code, in its order.
    pub(super) fn by_first(&self, kind: &str) -> Vec<(String, i64)> {
        let mut sums = BTreeMap::<&str, i64>::new();
        for tally in self.of(kind, &[]) {
            *sums.entry(tally.key.split('/').next().unwrap_or_default()).or_default() += tally.n;
        }
        sums.into_iter().filter(|(_, n)| *n != 0).map(|(code, n)| (code.to_owned(), n)).collect()
    }
}
