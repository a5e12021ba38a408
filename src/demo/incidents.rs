//! Incident rows with their steps, evidence, removal notices and answers.
//!
//! Owns who did what; the course of each incident is drawn in `troubles.rs`, the counters in `shelves.rs`.

use super::catalog::{Good, Goods};
use super::counters::Shop;
use super::emit::{Desk, Done, changed, int, later, made};
use super::names;
use super::orgs::People;
use super::recalls::Recalls;
use super::rng::Rng;
use super::shelves::Holder;
use super::supply::Lots;
use super::troubles::{Trouble, Troubles, code};
use crate::domain::codes::*;
use crate::domain::decide::checks_needed;
use crate::domain::rows::*;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Hours a counter has to answer.
const ACK_HOURS: i64 = 24;

/// Those who handled one incident: never the same person for reporting, verifying and confirming.
struct Hands {
    reporter: String,
    clerk: String,
    verifiers: [String; 2],
    office: String,
}

pub(super) fn write<E>(
    desk: &mut Desk<'_, E>,
    people: &People,
    (shops, holders): (&[Shop], &[Vec<Holder>]),
    (goods, lots): (&Goods, &Lots),
    troubles: &Troubles,
) -> Result<Recalls, E> {
    let mut rng = desk.rng("incidents");
    let mut recalls = Recalls::default();
    for (i, (trouble, held)) in troubles.list.iter().zip(holders).enumerate() {
        let Some(good) = goods.base.get(trouble.item) else { continue };
        let org = people.owner(&good.county);
        let hands = hands(good, i);
        let edition = troubles.editions.iter().position(|e| e.trouble == Some(i)).map(|n| int(n + 1));
        let lot = lots.first.get(trouble.item).map_or("", String::as_str);
        let id = incident(desk, &mut rng, (i, trouble, edition), (good, lot), org, &hands, held)?;
        steps(desk, trouble, (id, org), &hands)?;
        evidence(desk, &mut rng, trouble, (id, org), (good, &hands))?;
        if let Some(confirmed) = trouble.confirmed.filter(|_| trouble.delists) {
            let batch = lots.by_entry.get(&good.entry).and_then(|l| l.first()).map(|(_, id)| *id);
            recalls.add(good.entry, (id, confirmed), batch, trouble.closed.is_some());
            for (k, holder) in held.iter().enumerate() {
                let Some(shop) = shops.get(holder.shop) else { continue };
                let notice = Notice { code: notice_code(i, k), incident: id, entry: good.entry, issued: confirmed };
                let answered = held[..k].iter().filter(|h| is_answered(h)).count();
                put_notice(desk, &mut rng, &notice, (trouble, int(answered)), (shop, holder))?;
            }
        }
    }
    Ok(recalls)
}

/// Whether the product is gone from there, so that it can be visited.
fn is_answered(holder: &Holder) -> bool {
    matches!(holder.answer, Some(AckAnswer::Removed | AckAnswer::NoneHeld))
}

fn hands(good: &Good, i: usize) -> Hands {
    let city = good.county.get(..4).map_or_else(|| "610000".to_owned(), |c| format!("{c}00"));
    let mut used: Vec<String> = Vec::new();
    let mut pick = |division: &str, desk: u64| {
        let mut name = names::clerk(division, desk);
        let mut next = desk;
        while used.contains(&name) {
            next += 100;
            name = names::clerk(division, next);
        }
        used.push(name.clone());
        name
    };
    let visitor = u64::try_from(i % 7).unwrap_or(0);
    Hands {
        office: pick("610000", 5),
        clerk: pick(&good.county, 1),
        reporter: pick(&good.county, 10 + visitor),
        verifiers: [pick(&city, 2), pick("610000", 3)],
    }
}

fn notice_code(incident: usize, k: usize) -> String {
    format!("{}-{:04}", code(incident).replacen("QI", "XJ", 1), k + 1)
}

fn incident<E>(
    desk: &mut Desk<'_, E>,
    rng: &mut Rng,
    (i, t, edition_no): (usize, &Trouble, Option<i64>),
    (good, lot): (&Good, &str),
    org: Uuid,
    hands: &Hands,
    held: &[Holder],
) -> Result<IncidentId, E> {
    let id = IncidentId(desk.id());
    let last = [t.triaged, t.verified, t.confirmed, t.closed].into_iter().flatten().max().unwrap_or(t.reported);
    let places = ["超市抽检", "专柜巡查", "市场监管部门抽检", "职工投诉", "收货验收", "供应商自查"];
    let noticed = if t.delists { held.len() } else { 0 };
    let answered = if t.delists { held.iter().filter(|h| h.answer.is_some()).count() } else { 0 };
    desk.put(Incident {
        id,
        meta: changed(org, (t.reported, &hands.reporter), (last, &hands.office), 1 + i64::from(last > t.reported)),
        code: code(i),
        entry_id: good.entry,
        product_id: good.product,
        supplier_id: good.supplier,
        county_code: good.county.clone(),
        title: format!("{} {}", good.name, t.title),
        place: rng.pick(&places).to_owned(),
        grade: t.grade,
        recall_class: t.triaged.map(|_| t.grade),
        batches: t.triaged.map_or_else(String::new, |_| lot.to_owned()),
        state: t.state,
        reporter: hands.reporter.clone(),
        reported_at: t.reported,
        triaged_at: t.triaged,
        verified_by: t.verified.map_or_else(String::new, |_| hands.verifiers.join("、")),
        verified_at: t.verified,
        confirmed_by: t.confirmed.map_or_else(String::new, |_| hands.office.clone()),
        confirmed_at: t.confirmed,
        closed_at: t.closed,
        notices: int(noticed),
        acknowledged: int(answered),
        edition_no,
    })?;
    Ok(id)
}

/// The steps that led to the state, with the person of each.
fn steps<E>(desk: &mut Desk<'_, E>, t: &Trouble, (incident, org): (IncidentId, Uuid), hands: &Hands) -> Done<E> {
    let [first, second] = &hands.verifiers;
    let mut list: Vec<(&str, Timestamp, &str, &str)> = vec![("report", t.reported, &hands.reporter, t.title)];
    if let Some(at) = t.triaged {
        let why = if t.suspends { "分级并先行暂停销售" } else { "分级，暂不停售" };
        list.push(("triage", at, &hands.clerk, why));
    }
    if let Some(at) = t.verified {
        list.push(("verify", later(at, -60), first, "现场核查，样品已封存"));
        list.push(("verify", at, second, "检测报告已核对"));
    }
    if let Some(at) = t.confirmed {
        list.push(("confirm", at, &hands.office, "经查实，立即清理出目录"));
    }
    if t.state == IncidentState::Reopened {
        let closed = t.confirmed.map_or(t.reported, |at| later(at, 60 * 50));
        list.push(("close", closed, &hands.office, "货源已清理"));
        list.push(("reopen", desk.hours_ago(18), &hands.clerk, "市场上又发现同批次产品"));
    }
    if let Some(at) = t.closed {
        let (verb, why) = match t.state {
            IncidentState::Unfounded => ("unfounded", "复检合格，投诉不成立"),
            IncidentState::NotSerious => ("not_serious", "情节轻微，已责令整改"),
            _ => ("close", "回执齐全，货源已清理"),
        };
        list.push((verb, at, &hands.office, why));
    }
    for (n, (verb, at, person, note)) in list.into_iter().enumerate() {
        let id = IncidentStepId(desk.id());
        desk.put(IncidentStep {
            id,
            meta: made(org, at, person),
            incident_id: incident,
            number: int(n + 1),
            verb: verb.to_owned(),
            at,
            person: person.to_owned(),
            note: note.to_owned(),
        })?;
    }
    Ok(())
}

/// One to three files; nothing is confirmed without one.
fn evidence<E>(
    desk: &mut Desk<'_, E>,
    rng: &mut Rng,
    t: &Trouble,
    (incident, org): (IncidentId, Uuid),
    (good, hands): (&Good, &Hands),
) -> Done<E> {
    let kinds = [
        (EvidenceKind::Photo, "现场照片"),
        (EvidenceKind::TestReport, "检验报告"),
        (EvidenceKind::RegulatorNotice, "监管部门通报"),
    ];
    let count = if t.verified.is_some() { 2 + rng.below(2) } else { rng.below(2) };
    for (kind, word) in kinds.into_iter().take(count) {
        let title = format!("{}{word}", good.name);
        let id = EvidenceId(desk.id());
        let content = super::evidence_text(&title, id);
        let sha256 = Sha256::digest(content.as_bytes()).iter().map(|b| format!("{b:02x}")).collect();
        let at = later(t.reported, rng.between(1, 50));
        desk.put(Evidence {
            id,
            meta: made(org, at, &hands.clerk),
            incident_id: incident,
            kind,
            title,
            sha256,
            bytes: int(content.len()),
            added_at: at,
        })?;
    }
    Ok(())
}

struct Notice {
    code: String,
    incident: IncidentId,
    entry: EntryId,
    issued: Timestamp,
}

fn put_notice<E>(
    desk: &mut Desk<'_, E>,
    rng: &mut Rng,
    n: &Notice,
    (t, before): (&Trouble, i64),
    (shop, holder): (&Shop, &Holder),
) -> Done<E> {
    let id = NoticeId(desk.id());
    let until = t.closed.unwrap_or(desk.now());
    let answered = later(n.issued, rng.between(20, 22 * 60)).min(until);
    let state = match holder.answer {
        None => NoticeState::Unacknowledged,
        Some(AckAnswer::Cannot) => NoticeState::Explained,
        // As many as the class asks for are visited, the first to answer first.
        Some(_) if checks_needed(t.grade, before + 1) > checks_needed(t.grade, before) => NoticeState::Checked,
        Some(_) => NoticeState::Acknowledged,
    };
    let office = names::clerk("610000", 5);
    let touched = if holder.answer.is_some() { (answered, shop.keeper.as_str()) } else { (n.issued, office.as_str()) };
    // Who was still silent after eight hours had been reminded twice.
    let silent_until = if holder.answer.is_some() { answered } else { desk.now() };
    let reminders = if silent_until > later(n.issued, 8 * 60) { 2 } else { 0 };
    let rev = 1 + reminders + i64::from(holder.answer.is_some()) + i64::from(state == NoticeState::Checked);
    desk.put(RemovalNotice {
        id,
        meta: changed(shop.org, (n.issued, &office), touched, rev),
        code: n.code.clone(),
        incident_id: n.incident,
        entry_id: n.entry,
        counter_id: shop.id,
        county_code: shop.county.clone(),
        issued_at: n.issued,
        due_at: later(n.issued, ACK_HOURS * 60),
        state,
        reminders,
        reminded_at: (reminders > 0).then(|| later(n.issued, 8 * 60).min(touched.0)),
    })?;
    let Some(answer) = holder.answer else { return Ok(()) };
    let ack = AckId(desk.id());
    desk.put(RemovalAck {
        id: ack,
        meta: made(shop.org, answered, &shop.keeper),
        notice_id: id,
        answer,
        quantity: if answer == AckAnswer::Removed { holder.quantity } else { 0 },
        reason: if answer == AckAnswer::Cannot {
            "场地停业，已贴封条，复工后下架".to_owned()
        } else {
            String::new()
        },
        person: shop.keeper.clone(),
        at: answered,
    })
}
