//! The check of an exported audit: every line as it was written, the chain without a gap, the checkpoints on it, and what a console
//! has seen of the same hub.
//!
//! Owns what counts as whole, and names the first record that is not. Needs the file alone; what a console holds is brought by the
//! caller.

use crate::hub::audit::Head;
use crate::wire::checkpoint::Checkpoint;
use crate::wire::export::{First, Header, Mark, Record, read};
use crate::wire::record::{hex, unhex};
use std::fs::File;
use std::io::{BufRead, BufReader, Result};
use std::path::Path;
use uuid::Uuid;

/// What a console has seen of its hub.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    pub hub: Uuid,
    /// The hub's public key, hexadecimal.
    pub public: String,
    pub held: Vec<Checkpoint>,
}

/// How an export agrees with what a console has seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Agreement {
    /// Checkpoints whose record is the same.
    pub same: u64,
    /// Those of records that went with a restore of the hub, which is in the audit itself.
    pub lost: u64,
    /// Those made after the export.
    pub later: u64,
}

/// An export that is whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    pub header: Header,
    /// Nothing when no console of this hub was asked.
    pub agreement: Option<Agreement>,
}

/// The first thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// `header`, `altered`, `missing`, `inserted`, `reordered`, `checkpoint`, `key`, `contradicted` or `cut`.
    pub code: &'static str,
    /// The record, or the checkpoint's; 0 for the header.
    pub no: i64,
    /// The line of the file, from 1.
    pub line: u64,
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    Whole(Report),
    Broken(Fault),
}

/// Checks the export in a file; `each` is told how many records are checked.
///
/// # Errors
/// When the file cannot be read.
pub fn check(path: &Path, witness: Option<&Witness>, each: &mut dyn FnMut(i64)) -> Result<Verdict> {
    let mut walk = Walk { lines: Lines::open(path)?, path, hashes: Vec::new(), epochs: vec![(1, 1)] };
    let done = walk.all(each)?;
    Ok(match done {
        Ok(header) => match witness.filter(|w| w.hub == header.hub) {
            None => Verdict::Whole(Report { header, agreement: None }),
            Some(witness) => match walk.compare(&header, witness) {
                Ok(agreement) => Verdict::Whole(Report { header, agreement: Some(agreement) }),
                Err(fault) => Verdict::Broken(fault),
            },
        },
        Err(fault) => Verdict::Broken(fault),
    })
}

/// The lines of a file, without their ends; the last must have one.
struct Lines {
    file: BufReader<File>,
    no: u64,
    /// One that was looked at ahead.
    next: Option<Vec<u8>>,
}

impl Lines {
    fn open(path: &Path) -> Result<Lines> {
        Ok(Lines { file: BufReader::new(File::open(path)?), no: 0, next: None })
    }

    fn take(&mut self) -> Result<Option<Vec<u8>>> {
        self.no += 1;
        if let Some(line) = self.next.take() {
            return Ok(Some(line));
        }
        self.read()
    }

    fn peek(&mut self) -> Result<Option<&[u8]>> {
        if self.next.is_none() {
            self.next = self.read()?;
        }
        Ok(self.next.as_deref())
    }

    fn read(&mut self) -> Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        if self.file.read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        match line.pop() {
            Some(b'\n') => {}
            // A line without its end is not as it was written: it is kept so that it reads as nothing.
            Some(other) => line.extend([other, b'\n']),
            None => {}
        }
        Ok(Some(line))
    }
}

struct Walk<'a> {
    lines: Lines,
    path: &'a Path,
    /// Of the records, in their order.
    hashes: Vec<[u8; 32]>,
    /// Epochs with the record each begins with.
    epochs: Vec<(i64, i64)>,
}

type Found<T> = std::result::Result<T, Fault>;

impl Walk<'_> {
    fn fault<T>(&self, code: &'static str, no: i64) -> Result<Found<T>> {
        Ok(Err(Fault { code, no, line: self.lines.no }))
    }

    fn all(&mut self, each: &mut dyn FnMut(i64)) -> Result<Found<Header>> {
        let first = self.lines.take()?.and_then(|line| read::<First>(&line)).filter(First::is_sound);
        let Some(First { export: header, .. }) = first else { return self.fault("header", 0) };
        let mut head = Head::default();
        while head.no < header.records {
            match self.record(&head)? {
                Ok(next) => head = next,
                Err(fault) => return Ok(Err(fault)),
            }
            if head.no % 10_000 == 0 {
                each(head.no);
            }
        }
        if hex(&head.hash) != header.head {
            return self.fault("header", 0);
        }
        for _ in 0..header.checkpoints {
            match self.mark(&header)? {
                Ok(()) => {}
                Err(fault) => return Ok(Err(fault)),
            }
        }
        match self.lines.take()? {
            Some(_) => self.fault("inserted", header.records + 1),
            None => Ok(Ok(header)),
        }
    }

    /// The record behind `head`.
    fn record(&mut self, head: &Head) -> Result<Found<Head>> {
        let no = head.no + 1;
        let Some(line) = self.lines.take()? else { return self.fault("missing", no) };
        let Some(record) = read::<Record>(&line) else {
            let code = if read::<Mark>(&line).is_some() { "missing" } else { "altered" };
            return self.fault(code, no);
        };
        let Some(hash) = record.follows(&head.hash, no) else {
            let code = self.what(head, &record)?;
            return self.fault(code, no);
        };
        if record.no != no {
            return self.fault("altered", no);
        }
        if record.command == "hub.restore"
            && let Ok(epoch) = record.target_code.parse()
        {
            self.epochs.push((epoch, no));
        }
        self.hashes.push(hash);
        Ok(Ok(Head { no, hash }))
    }

    /// What is wrong where `record` stands behind `head` and does not follow it.
    fn what(&mut self, head: &Head, record: &Record) -> Result<&'static str> {
        let no = head.no + 1;
        if record.no == no {
            // The one behind it is the one that should stand here, whatever number it has been given.
            let next = self.lines.peek()?.and_then(read::<Record>);
            let shifted = next.is_some_and(|n| n.follows(&head.hash, no).is_some());
            return Ok(if shifted { "inserted" } else { "altered" });
        }
        Ok(match record.no {
            // One of those before, once more.
            n if n < no => "inserted",
            _ if self.comes_later(head)? => "reordered",
            _ => "missing",
        })
    }

    /// Whether the record behind `head` stands further down.
    fn comes_later(&self, head: &Head) -> Result<bool> {
        let mut lines = Lines::open(self.path)?;
        while let Some(line) = lines.take()? {
            let found = read::<Record>(&line).is_some_and(|r| r.follows(&head.hash, head.no + 1).is_some());
            if lines.no > self.lines.no && found {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn hash_of(&self, no: i64) -> Option<&[u8; 32]> {
        usize::try_from(no - 1).ok().and_then(|n| self.hashes.get(n))
    }

    /// A checkpoint, signed by the hub and on the chain.
    fn mark(&mut self, header: &Header) -> Result<Found<()>> {
        let line = self.lines.take()?.unwrap_or_default();
        let Some(Mark { checkpoint }) = read::<Mark>(&line) else { return self.fault("checkpoint", 0) };
        let on_chain = self.is_on_chain(&checkpoint);
        if !on_chain || !checkpoint.is_signed(header.hub, &header.public) {
            return self.fault("checkpoint", checkpoint.no);
        }
        Ok(Ok(()))
    }

    fn is_on_chain(&self, checkpoint: &Checkpoint) -> bool {
        let hash = self.hash_of(checkpoint.no);
        hash.is_some_and(|h| unhex(&checkpoint.hash).is_some_and(|c| c == h))
    }

    /// Compares with what a console holds of the same hub.
    fn compare(&self, header: &Header, witness: &Witness) -> Found<Agreement> {
        let fault = |code, no| Fault { code, no, line: u64::try_from(no + 1).unwrap_or(0) };
        if !witness.public.is_empty() && witness.public != header.public {
            return Err(fault("key", 0));
        }
        let mut out = Agreement::default();
        for held in &witness.held {
            // Where a later epoch begins, the records of the one before end: what it had beyond went with the restore.
            let begun = self.epochs.iter().filter(|(epoch, _)| *epoch > held.epoch).map(|(_, no)| *no).min();
            if begun.is_some_and(|no| held.no >= no) {
                out.lost += 1;
            } else if held.epoch > header.epoch || held.no > header.records {
                if held.at <= header.made_at {
                    return Err(fault("cut", header.records + 1));
                }
                out.later += 1;
            } else if self.is_on_chain(held) {
                out.same += 1;
            } else {
                return Err(fault("contradicted", held.no));
            }
        }
        Ok(out)
    }
}
