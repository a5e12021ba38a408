//! What a delisting takes back: batches, codes, mall, agreements, promotions, buyers; reminders of the notices.

use crate::support::province::{NOW, Province, org, people};
use gongfu::domain::codes::*;
use gongfu::domain::command::{AddPurchase, Command};
use gongfu::domain::machine::Verb;
use gongfu::domain::refusal::Stop;
use gongfu::domain::rows::*;
use gongfu::domain::value::Fen;
use jiff::civil::date;
use uuid::Uuid;

/// Reports, triages with these batches, verifies and confirms; gives the incident.
fn delist(p: &mut Province, entry: Uuid, batches: &str) -> Uuid {
    let report = Command::ReportIncident { entry, title: "霉变".into(), place: "西安".into(), grade: Grade::Two };
    let incident = p.must(4, report);
    let (grade, recall_class) = (Grade::Two, Grade::Two);
    let reason = || "核查".to_owned();
    let batches = batches.to_owned();
    p.must(0, Command::TriageIncident { incident, grade, recall_class, batches, suspend: true, reason: reason() });
    p.must(0, Command::Move { kind: Kind::Incident, id: incident, verb: Verb::Verify, reason: reason() });
    let (kind, title, sha256) = (EvidenceKind::TestReport, "检验报告".to_owned(), "ab".repeat(32));
    p.must(0, Command::AddEvidence { incident, kind, title, sha256, bytes: 9 });
    let confirm = p.confirm(incident);
    p.must(1, confirm)
}

fn buy(p: &mut Province, buyer: u128, entry: &CatalogEntry, batch: Option<Uuid>, pieces: i64) -> Uuid {
    p.must(
        0,
        Command::AddPurchase(AddPurchase {
            buyer: org(buyer),
            supplier: entry.supplier_id.0,
            entry: Some(entry.id.0),
            batch,
            bought_on: date(2020, 8, 2),
            quantity: pieces,
            amount: Fen(pieces * 100),
            channel: SalesChannel::Central,
            kind: PurchaseKind::UnionGoods,
            voucher_no: String::new(),
            evidence: 0,
        }),
    )
}

fn states(p: &Province, entry: Uuid) -> Vec<(String, BatchState)> {
    let mine = p.rows.all::<Batch>().into_iter().filter(|b| b.entry_id.0 == entry);
    mine.map(|b| (b.code[b.code.len() - 8..].to_owned(), b.state)).collect()
}

#[test]
fn a_named_batch_is_recalled_and_the_others_are_held() {
    use BatchState::{Held, Recalled};
    for (named, expected) in [
        ("20200611", [Recalled, Held]),
        ("20200611、20200715", [Recalled, Recalled]),
        // None named, or one nobody knows: then none is known to be safe.
        ("", [Recalled, Recalled]),
        ("20200611 和 19990101", [Recalled, Recalled]),
    ] {
        let mut p = Province::furnished();
        let entry = p.rows.all::<CatalogEntry>()[0].id.0;
        delist(&mut p, entry, named);
        let got = states(&p, entry);
        assert_eq!(got.iter().map(|(_, s)| *s).collect::<Vec<_>>(), expected, "{named}: {got:?}");
        for code in p.rows.all::<TraceCode>() {
            let batch: Batch = p.rows.get(code.batch_id.0);
            let stopped = batch.entry_id.0 == entry && batch.state == Recalled;
            assert_eq!(code.page_stopped, stopped, "{}", code.code);
            assert_eq!(code.state == CodeState::Recalled, stopped, "{}", code.code);
        }
    }
}

#[test]
fn the_mall_agreements_and_promotions_stop_with_the_product_and_no_other_does() {
    let mut p = Province::furnished();
    let entries: Vec<Uuid> = p.rows.all::<CatalogEntry>().iter().map(|e| e.id.0).collect();
    delist(&mut p, entries[0], "");
    for listing in p.rows.all::<MallListing>() {
        assert_eq!(listing.state == MallState::OffSale, listing.entry_id.0 == entries[0]);
        assert_eq!(listing.off_requested_at.is_some(), listing.entry_id.0 == entries[0]);
    }
    for agreement in p.rows.all::<SalesAgreement>() {
        assert_eq!(agreement.state == AgreementState::Suspended, agreement.entry_id.0 == entries[0]);
    }
    assert_eq!(p.rows.all::<Promotion>()[0].state, PromotionState::Paused, "it promotes the product");
    // It was suspended at triage: the three places show it all the same.
    assert_eq!(p.rows.all::<Publication>().iter().filter(|x| x.republish).count(), 3);
    let id = p.rows.all::<Promotion>()[0].id.0;
    let open = Command::Move { kind: Kind::Promotion, id, verb: Verb::Open, reason: String::new() };
    assert!(matches!(p.ask(0, &open), Err(Stop::Refused(r)) if r.code == "not-listed"));
    let activate = |id| Command::Move { kind: Kind::SalesAgreement, id, verb: Verb::Activate, reason: String::new() };
    let id = p.rows.all::<SalesAgreement>()[0].id.0;
    assert!(matches!(p.ask(0, &activate(id)), Err(Stop::Refused(r)) if r.code == "not-listed"));
}

#[test]
fn the_mall_follows_a_suspension_and_comes_back_with_the_product() {
    let mut p = Province::furnished();
    let entry = p.rows.all::<CatalogEntry>()[0].id.0;
    let state = |p: &Province| p.rows.all::<MallListing>()[0].state;
    p.walk(Kind::CatalogEntry, entry, &[Verb::Suspend]);
    assert_eq!(state(&p), MallState::OffSale);
    p.walk(Kind::CatalogEntry, entry, &[Verb::Resume]);
    assert_eq!(state(&p), MallState::OnSale);
    let id = p.rows.all::<MallListing>()[0].id.0;
    p.walk(Kind::MallListing, id, &[Verb::Stop]);
    p.walk(Kind::CatalogEntry, entry, &[Verb::Suspend, Verb::Resume]);
    assert_eq!(state(&p), MallState::OffSale, "what a person took off stays off");
}

#[test]
fn buyers_of_the_affected_batches_are_listed_once_with_their_sums() {
    let mut p = Province::furnished();
    let entry: CatalogEntry = p.rows.all::<CatalogEntry>()[1].clone();
    let second = p.must(0, crate::support::province::batch(entry.id.0, "20200810"));
    let first = p.rows.all::<Batch>().into_iter().find(|b| b.entry_id == entry.id).map(|b| b.id.0);
    let before = p.rows.all::<Purchase>().into_iter().filter(|x| x.entry_id == Some(entry.id)).count();
    assert_eq!(before, 1, "the furnished one, of the first batch, by the second buyer");
    buy(&mut p, 6, &entry, first, 10);
    buy(&mut p, 6, &entry, None, 3);
    buy(&mut p, 6, &entry, Some(second), 1_000);
    let void = buy(&mut p, 6, &entry, first, 500);
    p.walk(Kind::Purchase, void, &[Verb::Submit, Verb::Reject]);
    let incident = delist(&mut p, entry.id.0, "20200801");
    let mut told = p.rows.all::<BuyerNotice>();
    told.sort_by_key(|n| n.buyer_id);
    let got: Vec<_> = told.iter().map(|n| (n.buyer_id.0, n.purchases, n.quantity, n.amount_fen.0)).collect();
    assert_eq!(got, [(org(6), 2, 13, 1_300), (org(7), 1, 4, 10_001)]);
    assert!(told.iter().all(|n| n.incident_id.0 == incident && n.state == BuyerNoticeState::Pending));
    p.walk(Kind::BuyerNotice, told[0].id.0, &[Verb::Notify]);
    assert_eq!(p.rows.get::<BuyerNotice>(told[0].id.0).notified_at, Some(NOW));
}

#[test]
fn a_silent_counter_is_reminded_and_one_that_answered_is_not() {
    let mut p = Province::furnished();
    let entry = p.rows.all::<CatalogEntry>()[0].id.0;
    delist(&mut p, entry, "");
    let notice = p.rows.all::<RemovalNotice>()[0].clone();
    let remind = Command::RemindRemoval { notice: notice.id.0 };
    p.must(0, remind.clone());
    let after: RemovalNotice = p.rows.get(notice.id.0);
    assert_eq!((after.reminders, after.reminded_at), (1, Some(NOW)));
    let ack =
        Command::AckRemoval { notice: notice.id.0, answer: AckAnswer::Removed, quantity: 1, reason: String::new() };
    assert!((0..people().len()).any(|who| p.ask(who, &ack).is_ok()));
    assert!(matches!(p.ask(0, &remind), Err(Stop::Refused(r)) if r.code == "wrong-state"));
    assert!(matches!(p.ask(7, &remind), Err(Stop::Refused(r)) if r.code == "not-allowed"), "an auditor reminds nobody");
}

#[test]
fn a_purchase_names_a_batch_of_its_own_product() {
    let mut p = Province::furnished();
    let entries: Vec<CatalogEntry> = p.rows.all();
    let other = p.rows.all::<Batch>().into_iter().find(|b| b.entry_id == entries[1].id).map(|b| b.id.0);
    let mut new = crate::support::province::purchase(&p.rows, 0);
    new.batch = other;
    assert!(matches!(p.ask(0, &Command::AddPurchase(new)), Err(Stop::Refused(r)) if r.code == "not-of-entry"));
}
