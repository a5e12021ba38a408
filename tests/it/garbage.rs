//! Garbage in every text of every command: refused with a code, or stored clean and short. Nothing else.

use crate::support::province::{self, NOW, Province};
use crate::support::storage;
use gongfu::base::text::is_clean;
use gongfu::domain::codes::*;
use gongfu::domain::command::{AddCounter, AddPurchase, Command, ProposeEntry};
use gongfu::domain::decide::decide;
use gongfu::domain::machine::Verb;
use gongfu::domain::refusal::Stop;
use gongfu::domain::rows::*;
use gongfu::domain::value::{Fen, Value};
use gongfu::domain::work::Work;
use gongfu::store::StoreError;
use jiff::civil::{Date, date};
use uuid::Uuid;

fn garbage() -> Vec<String> {
    let mut out: Vec<String> = [
        "",
        " \t\r\n ",
        "\u{0}",
        "木耳\u{0}柞水",
        "\u{1b}[2J\u{1b}[31m红\u{1b}[0m",
        "\u{1b}]0;title\u{7}x",
        "\u{9b}31mx",
        "abc\u{202e}cba\u{202c}",
        "\u{2066}x\u{2069}\u{200b}\u{feff}",
        "e\u{301}",
        "a\nb\r\nc",
        "\u{e000}\u{fdd0}\u{ffff}",
        "'; DROP TABLE audit; --",
        "💥👩‍👩‍👧‍👦",
        "\u{301}\u{301}\u{301}",
    ]
    .map(str::to_owned)
    .to_vec();
    out.push("木".repeat(501));
    out.push("a\u{301}".repeat(800));
    out.push("\u{1b}[31m".repeat(1_000));
    out.push("x".repeat(10 << 20));
    out.push("\u{202e}".repeat(4 << 20));
    out
}

/// What the commands are about.
struct Things {
    entry: Uuid,
    listed: Uuid,
    delisted: Uuid,
    product: Uuid,
    counter: Uuid,
    incident: Uuid,
    notice: Uuid,
}

fn things(p: &mut Province) -> Things {
    let entries: Vec<Uuid> = p.rows.all::<CatalogEntry>().iter().map(|e| e.id.0).collect();
    let report =
        |entry| Command::ReportIncident { entry, title: "霉变".into(), place: String::new(), grade: Grade::One };
    let proof = |incident| Command::AddEvidence {
        incident,
        kind: EvidenceKind::TestReport,
        title: "照片".into(),
        sha256: "0".repeat(64),
        bytes: 1,
    };
    let first = p.must(2, report(entries[0]));
    p.must(0, proof(first));
    p.must(0, triage(first, "疑"));
    p.walk(Kind::Incident, first, &[Verb::Verify]);
    let confirm = p.confirm(first);
    p.must(1, confirm);
    let incident = p.must(2, report(entries[1]));
    Things {
        entry: entries[1],
        listed: entries[2],
        delisted: entries[0],
        product: p.rows.all::<Product>()[0].id.0,
        counter: p.rows.all::<Counter>()[0].id.0,
        incident,
        notice: p.rows.all::<RemovalNotice>()[0].id.0,
    }
}

fn triage(incident: Uuid, text: &str) -> Command {
    let (grade, recall_class, suspend) = (Grade::One, Grade::One, true);
    Command::TriageIncident { incident, grade, recall_class, batches: text.into(), suspend, reason: text.into() }
}

/// Every command that takes text, once per text it takes.
fn commands(x: &Things, p: &Province, g: &str) -> Vec<Command> {
    let g = || g.to_owned();
    let line = || province::line(1, "610926");
    let new = || province::counter(9, "610926");
    let (entry, incident, notice) = (x.entry, x.incident, x.notice);
    let pack = |name: String, occasion: String, audience: String| Command::DraftPack {
        name,
        occasion,
        audience,
        price: Fen(100),
        items: vec![(x.listed, 1)],
        valid_until: None,
    };
    let ok = || "好".to_owned();
    let report = |title, place| Command::ReportIncident { entry, title, place, grade: Grade::Two };
    let mut out = vec![
        Command::Move { kind: Kind::CatalogEntry, id: entry, verb: Verb::Suspend, reason: g() },
        Command::Move { kind: Kind::CatalogEntry, id: entry, verb: Verb::Withdraw, reason: g() },
        Command::RelistEntry { entry: x.delisted, reason: g() },
        Command::CheckDirectory { product: x.product, number: g(), state: DirectoryState::NotFound },
        Command::IssueEdition { dated: date(2020, 8, 20), note: g() },
        Command::VisitCounter { counter: x.counter, on: date(2020, 8, 1), note: g() },
        report(g(), ok()),
        report(ok(), g()),
        triage(incident, &g()),
        Command::AddEvidence { incident, kind: EvidenceKind::Photo, title: g(), sha256: "0".repeat(64), bytes: 1 },
        Command::AddEvidence { incident, kind: EvidenceKind::Photo, title: ok(), sha256: g(), bytes: 1 },
        Command::AckRemoval { notice, answer: AckAnswer::Cannot, quantity: 1, reason: g() },
        Command::AckRemoval { notice, answer: AckAnswer::Removed, quantity: 1, reason: g() },
        pack(g(), ok(), ok()),
        pack(ok(), g(), ok()),
        pack(ok(), ok(), g()),
        Command::PlaceOrder { buyer: province::org(6), seller: g(), pack: None, lines: vec![(x.listed, 1)] },
        Command::AddPurchase(AddPurchase { voucher_no: g(), ..province::purchase(&p.rows, 1) }),
        Command::FileReturn { id: p.rows.all::<Return>()[0].id.0, workers: 1, planned: Fen(1), note: g() },
        Command::SetDeadline { id: p.rows.all::<Deadline>()[0].id.0, due_on: Date::MAX, reason: g() },
        Command::SetGoal { id: p.rows.all::<Goal>()[0].id.0, target: 5, reason: g() },
    ];
    let lines: [fn(String, ProposeEntry) -> ProposeEntry; 11] = [
        |g, l| ProposeEntry { supplier_name: g, ..l },
        |g, l| ProposeEntry { supplier_name: "新社".into(), credit_code: g, ..l },
        |g, l| ProposeEntry { county_code: format!("61{g}"), ..l },
        |g, l| ProposeEntry { name: g, ..l },
        |g, l| ProposeEntry { category: g, ..l },
        |g, l| ProposeEntry { spec: g, ..l },
        |g, l| ProposeEntry { unit: g, name: "新品".into(), ..l },
        |g, l| ProposeEntry { directory_no: g, name: "新品".into(), ..l },
        |g, l| ProposeEntry { supplier_name: "新社".into(), contact_name: g, ..l },
        |g, l| ProposeEntry { supplier_name: "新社".into(), contact_phone: g, ..l },
        |g, l| ProposeEntry { source: g, name: "新品".into(), ..l },
    ];
    out.extend(lines.iter().map(|set| Command::ProposeEntry(set(g(), line()))));
    let counters: [fn(String, AddCounter) -> AddCounter; 8] = [
        |g, c| AddCounter { name: g, ..c },
        |g, c| AddCounter { venue_type: g, ..c },
        |g, c| AddCounter { host: g, ..c },
        |g, c| AddCounter { county_code: g, ..c },
        |g, c| AddCounter { address: g, ..c },
        |g, c| AddCounter { keeper: g, ..c },
        |g, c| AddCounter { phone: g, ..c },
        |g, c| AddCounter { bank: g, ..c },
    ];
    out.extend(counters.iter().map(|set| Command::AddCounter(set(g(), new()))));
    out
}

#[test]
fn garbage_is_refused_with_a_code_or_stored_clean_and_short() {
    let mut p = Province::furnished();
    let x = things(&mut p);
    let (mut refused, mut stored) = (0, 0);
    for g in garbage() {
        for asked in commands(&x, &p, &g) {
            let head = || format!("{asked:?}").chars().take(300).collect::<String>();
            match decide(Work::new(&p.rows, &mut p.ids.clone(), &p.people[0], NOW), &asked) {
                Ok(decision) => {
                    stored += 1;
                    let mut cells: Vec<Value> = decision.changes.iter().flat_map(|c| c.after.cells()).collect();
                    cells.extend(decision.changes.iter().map(|c| Value::Text(c.after.meta().source.clone())));
                    for text in cells.iter().filter_map(Value::as_text) {
                        assert!(is_clean(text), "{text:?} is stored by {}", head());
                        assert!(text.chars().count() <= 600, "{} bytes are stored by {}", text.len(), head());
                    }
                }
                Err(Stop::Refused(refusal)) => {
                    refused += 1;
                    let long = refusal.args.iter().find(|(_, v)| v.len() > 400);
                    assert!(
                        long.is_none(),
                        "{} names {} bytes: {}",
                        refusal.code,
                        long.map_or(0, |l| l.1.len()),
                        head()
                    );
                }
                Err(other) => panic!("{other:?}: {}", head()),
            }
        }
    }
    assert!(refused > 100 && stored > 100, "{refused} refused, {stored} stored");
}

#[test]
fn garbage_leaves_a_clean_audit() {
    let mut p = Province::furnished();
    let x = things(&mut p);
    let s = storage::Temporary::of(&p.rows);
    let store = s.open();
    for g in garbage() {
        let office = &p.people[0];
        for asked in commands(&x, &p, &g) {
            match store.submit_wait(office, vec![asked.clone()]) {
                Ok(_) | Err(StoreError::Refused(_)) => {}
                Err(other) => panic!("{}: {other:?}", asked.name()),
            }
        }
    }
    let db = store.connect().expect("a connection");
    let mut statement = db.prepare("SELECT no, command, target_code, reason, outcome, detail FROM audit").expect("sql");
    let mut rows = statement.query([]).expect("rows");
    let mut records = 0;
    while let Some(row) = rows.next().expect("a row") {
        for i in 1..6 {
            let text: String = row.get(i).expect("text");
            // Details are JSON over cleaned cells: long, but without control characters.
            let fine = is_clean(&text) && (i == 5 || text.chars().count() <= 600);
            assert!(fine, "record {} column {i}: {:?}", records, text.chars().take(80).collect::<String>());
        }
        records += 1;
    }
    assert!(records > 500, "{records} records");
}
