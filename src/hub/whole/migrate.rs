//! A ledger from one place into another that has none: every table, row by row, in one transaction there, read back before it counts.
//!
//! Owns the copying and the checksum; knows no table by name. What it copies keeps hub, epoch and numbers: consoles notice nothing.

use super::error::{HubError, alone};
use super::fresh::make;
use super::{Watch, known};
use crate::domain::value::Value;
use crate::hub::engine::{self, Engine, Place, Pool};
use crate::hub::ledger;
use crate::hub::rows::Bulk;
use crate::hub::schema::{self, Shape};
use crate::wire::record::hex;
use sha2::{Digest, Sha256};
use tokio::runtime::Handle;

/// Rows read at once.
const PAGE: i64 = 500;

/// A table that was copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    pub table: String,
    pub rows: u64,
    /// Of the values of all its rows, in whatever order, in hexadecimal.
    pub checksum: String,
}

/// Copies the ledger of a place into another. Nobody writes to the first meanwhile.
///
/// # Errors
/// When there is no ledger, a hub serves it, the other place has one, or what was read back there is not the same: the other
/// place is as it was then.
pub fn migrate(from: &Place, to: &Place, runtime: &Handle, watch: &mut Watch<'_>) -> Result<Vec<Counted>, HubError> {
    if matches!(from, Place::Sqlite(path) if !path.exists()) {
        return Err(HubError::NoLedger(from.clone()));
    }
    let _held = alone(from)?;
    let pool = Pool::new(from, runtime.clone())?;
    let mut source = pool.get()?;
    known(source.as_mut(), from)?;
    source.snapshot()?;
    ledger::lock(source.as_mut())?;
    let done = make(to, runtime, |target| {
        target.begin()?;
        let copied = all(source.as_mut(), target, watch)?;
        target.commit()?;
        Ok::<_, HubError>(copied)
    });
    source.rollback();
    done
}

fn all(source: &mut dyn Engine, target: &mut dyn Engine, watch: &mut Watch<'_>) -> Result<Vec<Counted>, HubError> {
    target.script(&schema::tables())?;
    let shapes = schema::shapes();
    let mut of = 0;
    for shape in &shapes {
        let count = engine::first(source, &format!("SELECT count(*) FROM \"{}\"", shape.table), &[])?;
        of += count.and_then(|r| r[0].as_int()).and_then(|n| u64::try_from(n).ok()).unwrap_or(0);
    }
    // Each row is read here and read back there.
    let (mut done, of) = (0, of * 2);
    let mut out = Vec::new();
    for shape in &shapes {
        let names: Vec<&str> = shape.columns.iter().map(String::as_str).collect();
        let key: Vec<&str> = shape.key.iter().map(|n| names[*n]).collect();
        let bulk = Bulk::new(&shape.table, &names, &key, &[]);
        let here = each(source, shape, &mut |page| {
            bulk.write(target, page)?;
            done += page.len() as u64;
            watch.at(done, of)
        })?;
        let there = each(target, shape, &mut |page| {
            done += page.len() as u64;
            watch.at(done, of)
        })?;
        if here != there {
            return Err(HubError::Differs(shape.table.clone()));
        }
        let (rows, sum) = here;
        out.push(Counted { table: shape.table.clone(), rows, checksum: sum.text() });
    }
    Ok(out)
}

/// Takes a page of rows.
type Taker<'a> = dyn FnMut(&[Vec<Value>]) -> Result<(), HubError> + 'a;

/// Reads a table page by page; the number of its rows and their sum.
fn each(engine: &mut dyn Engine, shape: &Shape, page: &mut Taker<'_>) -> Result<(u64, Sum), HubError> {
    let quoted =
        |names: &mut dyn Iterator<Item = &String>| names.map(|n| format!("\"{n}\"")).collect::<Vec<_>>().join(", ");
    let (names, key) = (quoted(&mut shape.columns.iter()), quoted(&mut shape.key.iter().map(|n| &shape.columns[*n])));
    let marks = (1..=shape.key.len()).map(|n| format!("?{n}")).collect::<Vec<_>>().join(", ");
    let table = &shape.table;
    let first = format!("SELECT {names} FROM \"{table}\" ORDER BY {key} LIMIT {PAGE}");
    let next = format!("SELECT {names} FROM \"{table}\" WHERE ({key}) > ({marks}) ORDER BY {key} LIMIT {PAGE}");
    let (mut rows, mut sum, mut after) = (0, Sum::default(), None::<Vec<Value>>);
    loop {
        let found = match &after {
            None => engine::all(engine, &first, &[])?,
            Some(after) => engine::all(engine, &next, after)?,
        };
        let Some(last) = found.last() else { return Ok((rows, sum)) };
        after = Some(shape.key.iter().map(|n| last[*n].clone()).collect());
        rows += found.len() as u64;
        found.iter().for_each(|row| sum.add(row));
        page(&found)?;
    }
}

/// The sum of the hashes of rows: the same in every order, for two engines order texts each in its own way.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Sum([u64; 4]);

impl Sum {
    fn add(&mut self, row: &[Value]) {
        let mut sha = Sha256::new();
        let mut part = |mark: u8, bytes: &[u8]| {
            sha.update([mark]);
            sha.update(u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
            sha.update(bytes);
        };
        for value in row {
            match value {
                Value::Null => part(0, &[]),
                Value::Int(n) => part(1, &n.to_be_bytes()),
                Value::Text(t) => part(2, t.as_bytes()),
                Value::Blob(b) => part(3, b),
            }
        }
        let hash: [u8; 32] = sha.finalize().into();
        for (lane, bytes) in self.0.iter_mut().zip(hash.chunks_exact(8)) {
            let word = bytes.iter().fold(0_u64, |word, b| word << 8 | u64::from(*b));
            *lane = lane.wrapping_add(word);
        }
    }

    fn text(&self) -> String {
        hex(&self.0.iter().flat_map(|lane| lane.to_be_bytes()).collect::<Vec<_>>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(rows: &[&[Value]]) -> String {
        let mut sum = Sum::default();
        rows.iter().for_each(|r| sum.add(r));
        sum.text()
    }

    #[test]
    fn the_sum_is_of_what_rows_hold_and_not_of_their_order() {
        let text = |t: &str| Value::Text(t.into());
        let (a, b): (&[Value], &[Value]) = (&[text("ab"), text("c")], &[text("a"), text("bc")]);
        assert_eq!(sum(&[a, b]), sum(&[b, a]));
        assert_ne!(sum(&[a]), sum(&[b]), "where one value ends is part of it");
        assert_ne!(sum(&[a, a]), sum(&[b, b]));
        assert_ne!(sum(&[&[Value::Null]]), sum(&[&[text("")]]));
        assert_ne!(sum(&[&[Value::Blob(vec![65])]]), sum(&[&[text("A")]]));
        assert_eq!(sum(&[]), "0".repeat(64));
    }
}
