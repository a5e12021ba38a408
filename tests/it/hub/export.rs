//! An exported audit is whole, or the first thing that is wrong with it is named, whatever was done to the file.

use super::checkpoints::{checkpoints, take};
use super::places::{Bench, benches};
use gongfu::hub::checkpoint;
use gongfu::hub::export::{Agreement, Fault, Report, Verdict, Witness, check, export};
use gongfu::hub::ledger;
use gongfu::wire::checkpoint::Checkpoint;
use gongfu::wire::export::{Record, read, write};
use gongfu::wire::record::{hex, unhex};
use std::path::PathBuf;

/// An export in a file of its own.
struct Exported {
    dir: tempfile::TempDir,
    lines: Vec<String>,
}

impl Exported {
    fn of(bench: &Bench) -> Exported {
        let mut bytes = Vec::new();
        bench.with(|e| export(e, 1, &mut bytes, &mut |_, _| true)).expect("exported");
        let text = String::from_utf8(bytes).expect("text");
        assert!(text.ends_with('\n'));
        Exported { dir: tempfile::tempdir().expect("a folder"), lines: text.lines().map(str::to_owned).collect() }
    }

    fn bytes(&self) -> Vec<u8> {
        self.lines.iter().flat_map(|l| l.bytes().chain([b'\n'])).collect()
    }

    fn verdict(&self, bytes: &[u8], witness: Option<&Witness>) -> Verdict {
        let path: PathBuf = self.dir.path().join("audit");
        std::fs::write(&path, bytes).expect("written");
        check(&path, witness, &mut |_| {}).expect("read")
    }

    fn whole(&self, witness: Option<&Witness>) -> Report {
        match self.verdict(&self.bytes(), witness) {
            Verdict::Whole(report) => report,
            Verdict::Broken(fault) => panic!("{fault:?}"),
        }
    }

    /// What is wrong with these lines.
    fn fault(&self, lines: &[String]) -> (&'static str, i64) {
        let bytes: Vec<u8> = lines.iter().flat_map(|l| l.bytes().chain([b'\n'])).collect();
        match self.verdict(&bytes, None) {
            Verdict::Broken(Fault { code, no, .. }) => (code, no),
            Verdict::Whole(report) => panic!("{report:?}"),
        }
    }
}

fn record(line: &str) -> Record {
    read(line.as_bytes()).expect("a record")
}

/// A ledger of some records with checkpoints among them.
fn bench() -> Bench {
    let bench = benches().remove(0);
    for n in 0..8 {
        take(&bench, 2, n * 40_000);
    }
    bench
}

#[test]
fn an_export_is_whole_on_both_engines_and_says_what_it_is() {
    for bench in benches() {
        take(&bench, 3, 0);
        take(&bench, 4, 70_000);
        let exported = Exported::of(&bench);
        let report = exported.whole(None);
        let state = bench.with(|e| ledger::state(e)).expect("a ledger");
        let header = &report.header;
        assert_eq!((header.hub, header.epoch, header.records), (state.hub_id, state.epoch, state.audit.no));
        assert_eq!((header.head.as_str(), header.checkpoints), (hex(&state.audit.hash).as_str(), 3));
        assert_eq!((header.made_at, report.agreement), (state.last_at, None), "never before its last record");
        assert_eq!(exported.lines.len() as i64, 1 + state.audit.no + 3);
        let mut told = Vec::new();
        let stopped = bench.with(|e| {
            export(e, 1, &mut Vec::new(), &mut |done, of| {
                told.push((done, of));
                false
            })
        });
        assert!(stopped.is_err() && told == [(8, 8)], "{told:?}");
    }
}

#[test]
fn any_byte_that_is_altered_is_found_and_its_record_named() {
    let bench = benches().remove(0);
    (0..3).for_each(|n| take(&bench, 1, n * 40_000));
    let exported = Exported::of(&bench);
    let report = exported.whole(None);
    let whole = exported.bytes();
    let records = report.header.records;
    let mut start = 0;
    for (n, line) in exported.lines.iter().enumerate() {
        let n = n as i64;
        for place in start..=start + line.len() {
            // Every bit of the byte has its turn in one place or another.
            let flip = 1_u8 << (place % 8);
            let mut bytes = whole.clone();
            bytes[place] ^= flip;
            let Verdict::Broken(fault) = exported.verdict(&bytes, None) else {
                panic!("byte {place} of line {n} ^ {flip}: {line}")
            };
            let (code, no) = (fault.code, fault.no);
            let named = match n {
                0 => code == "header" && no == 0,
                n if n <= records => no == n && matches!(code, "altered" | "missing" | "inserted"),
                _ => code == "checkpoint",
            };
            assert!(named && fault.line == n as u64 + 1, "byte {place} of line {n} ^ {flip}: {fault:?}");
        }
        start += line.len() + 1;
    }
    for cut in [whole.len() - 1, whole.len() / 2, exported.lines[0].len() + 1, exported.lines[0].len(), 0] {
        assert!(matches!(exported.verdict(&whole[..cut], None), Verdict::Broken(_)), "cut at {cut}");
    }
    assert_eq!(exported.whole(None), report);
}

#[test]
fn a_record_that_is_missing_too_many_or_elsewhere_is_named() {
    let exported = Exported::of(&bench());
    let lines = &exported.lines;
    let records = exported.whole(None).header.records as usize;
    let with = |change: &dyn Fn(&mut Vec<String>)| {
        let mut lines = lines.clone();
        change(&mut lines);
        exported.fault(&lines)
    };
    assert_eq!(with(&|l| _ = l.remove(5)), ("missing", 5));
    assert_eq!(with(&|l| _ = l.remove(records)), ("missing", records as i64));
    assert_eq!(with(&|l| l.truncate(7)), ("missing", 7));
    assert_eq!(with(&|l| l.insert(7, l[3].clone())), ("inserted", 7));
    assert_eq!(with(&|l| l.push(l[3].clone())), ("inserted", records as i64 + 1));
    assert_eq!(with(&|l| l.swap(4, 9)), ("reordered", 4));
    assert_eq!(with(&|l| l[3..8].reverse()), ("reordered", 3));
    assert_eq!(with(&|l| l.swap(1, 2)), ("reordered", 1));
    // Somebody puts one in and gives the others the numbers that follow.
    let renumbered = |l: &mut Vec<String>| {
        let mut new = record(&l[4]);
        new.reason = "从未发生".into();
        l.insert(4, write(&new));
        for (n, line) in (4..).zip(&mut l[4..=records + 1]) {
            *line = write(&Record { no: n, ..record(line) });
        }
    };
    assert_eq!(with(&renumbered), ("inserted", 4));
    // Only the number is another.
    let number = |l: &mut Vec<String>| l[6] = write(&Record { no: 60, ..record(&l[6]) });
    assert_eq!(with(&number).1, 6);
    // One is altered and the chain made anew: the header is signed for another end.
    let anew = |l: &mut Vec<String>| {
        let mut previous: [u8; 32] = unhex(&record(&l[4]).hash).expect("bytes").try_into().expect("a hash");
        for line in &mut l[5..=records] {
            let mut r = record(line);
            if r.no == 5 {
                r.reason = "从未发生".into();
            }
            previous = r.digest(&previous, r.no).expect("a hash");
            r.hash = hex(&previous);
            *line = write(&r);
        }
    };
    assert_eq!(with(&anew), ("header", 0));
    assert_eq!(with(&|l| l[0] = l[1].clone()), ("header", 0));
    assert_eq!(with(&|l| _ = l.pop()), ("checkpoint", 0));
    assert_eq!(with(&|l| _ = l.remove(records + 1)), ("checkpoint", 0));
}

#[test]
fn what_a_console_has_seen_is_compared() {
    let bench = bench();
    let exported = Exported::of(&bench);
    let (state, public) = bench.with(|e| (ledger::state(e).expect("a ledger"), checkpoint::public(e).expect("a key")));
    let held = bench.with(checkpoints);
    let witness = Witness { hub: state.hub_id, public, held: held.clone() };
    let same = held.len() as u64;
    assert_eq!(exported.whole(Some(&witness)).agreement, Some(Agreement { same, lost: 0, later: 0 }));
    let other = Witness { hub: uuid::Uuid::nil(), ..witness.clone() };
    assert_eq!(exported.whole(Some(&other)).agreement, None, "of another hub");
    let older = Witness { public: String::new(), ..witness.clone() };
    assert!(exported.whole(Some(&older)).agreement.is_some(), "a key file of before there were checkpoints");
    let fault = |held: Vec<Checkpoint>| {
        let verdict = exported.verdict(&exported.bytes(), Some(&Witness { held, ..witness.clone() }));
        if let Verdict::Broken(f) = verdict { (f.code, f.no) } else { panic!("{verdict:?}") }
    };
    let seen = Checkpoint { hash: hex(&[7; 32]), ..held[1].clone() };
    assert_eq!(fault(vec![held[0].clone(), seen]), ("contradicted", held[1].no));
    let more = Checkpoint { no: state.audit.no + 3, ..held[1].clone() };
    assert_eq!(fault(vec![more.clone()]), ("cut", state.audit.no + 1));
    let later = Checkpoint { at: state.last_at + 1, ..more };
    let witness = Witness { held: vec![later], ..witness.clone() };
    assert_eq!(exported.whole(Some(&witness)).agreement, Some(Agreement { same: 0, lost: 0, later: 1 }));
    let witness = Witness { public: "00".repeat(32), ..witness };
    let verdict = exported.verdict(&exported.bytes(), Some(&witness));
    assert!(matches!(verdict, Verdict::Broken(Fault { code: "key", .. })), "{verdict:?}");
}
