//! Columns of the lists of 监管: incidents, removal notices, deadlines, returns, audit.

use super::{hidden, other, same, shown};
use crate::store::list::{Column, Sort, Ty};

/// Name of the catalog entry a row is about.
const PRODUCT: &str = "coalesce((SELECT e.name FROM catalog_entry e WHERE e.id = t.entry_id), '')";

pub(super) const INCIDENTS: &[Column] = &[
    shown(same("code", "t.code", Ty::Code), 13, 0),
    shown(same("grade", "t.grade", Ty::Set("grade")), 5, 0),
    shown(other("product", "e.name", Ty::Name, Sort::By("e.name_key")), 20, 0),
    shown(
        other(
            "title",
            "CASE WHEN instr(t.title, e.name) = 1 THEN ltrim(substr(t.title, length(e.name) + 1)) ELSE t.title END",
            Ty::Text,
            Sort::By("t.title"),
        ),
        18,
        1,
    ),
    shown(same("county", "t.county_code", Ty::Division), 8, 3),
    shown(same("reported", "t.reported_at", Ty::Instant), 11, 2),
    shown(same("reporter", "t.reporter", Ty::Text), 8, 5),
    shown(same("acked", "t.acknowledged", Ty::Count), 6, 4),
    shown(same("notices", "t.notices", Ty::Count), 6, 4),
    shown(same("entry", "e.code", Ty::Code), 14, 6),
    hidden(same("open", "(t.state NOT IN ('closed','unfounded','not_serious'))", Ty::YesNo), 4, 9),
    shown(same("state", "t.state", Ty::Set("incident")), 10, 0),
    hidden(same("hours", "(gongfu_now() - t.reported_at) / 3600000", Ty::Count), 8, 9),
    hidden(other("confirmed", "t.confirmed_at", Ty::Instant, Sort::By("coalesce(t.confirmed_at, 0)")), 11, 9),
    hidden(other("closed", "t.closed_at", Ty::Instant, Sort::By("coalesce(t.closed_at, 0)")), 11, 9),
    hidden(same("updated_by", "t.updated_by", Ty::Text), 10, 9),
    hidden(same("updated_at", "t.updated_at", Ty::Instant), 11, 9),
    hidden(same("rev", "t.rev", Ty::Count), 4, 9),
];

/// A return is late from the end of the day it was due on until it is submitted, and one submitted late stays late (A37).
/// Days are those of Asia/Shanghai: their end is 16:00 UTC.
const LATE: &str =
    "(coalesce(t.submitted_at, gongfu_now()) >= (CAST(strftime('%s', d.due_on) AS INTEGER) + 57600) * 1000)";

/// How near an open deadline is, as [`crate::domain::pace::due_state`] says.
const STANDING: &str = "CASE WHEN t.state <> 'open' THEN t.state \
     WHEN t.due_on < date(gongfu_now() / 1000 + 28800, 'unixepoch') THEN 'overdue' \
     WHEN t.due_on = date(gongfu_now() / 1000 + 28800, 'unixepoch') THEN 'due_today' \
     WHEN t.due_on <= date(gongfu_now() / 1000 + 28800, 'unixepoch', '+14 days') THEN 'due_soon' ELSE 'open' END";

pub(super) const DEADLINES: &[Column] = &[
    shown(same("code", "t.code", Ty::Code), 5, 0),
    shown(same("due", "t.due_on", Ty::Day), 10, 0),
    shown(same("title", "t.title", Ty::Name), 36, 0),
    shown(same("owner", "t.owner", Ty::Text), 20, 3),
    shown(same("done_when", "t.done_when", Ty::Text), 30, 6),
    shown(same("item", "t.plan_item", Ty::Text), 8, 7),
    shown(other("done", "t.done_on", Ty::Day, Sort::By("coalesce(t.done_on, '')")), 10, 4),
    shown(same("standing", STANDING, Ty::Set("due")), 8, 0),
    hidden(same("state", "t.state", Ty::Set("deadline")), 8, 9),
    hidden(same("updated_by", "t.updated_by", Ty::Text), 10, 9),
    hidden(same("updated_at", "t.updated_at", Ty::Instant), 11, 9),
    hidden(same("rev", "t.rev", Ty::Count), 4, 9),
];

pub(super) const RETURNS: &[Column] = &[
    shown(other("unit", "o.name", Ty::Name, Sort::By("o.name_key")), 26, 0),
    shown(same("kind", "o.kind", Ty::Set("org")), 8, 5),
    shown(same("form", "t.form", Ty::Set("form")), 8, 0),
    shown(same("due", "d.due_on", Ty::Day), 10, 2),
    shown(other("submitted", "t.submitted_at", Ty::Instant, Sort::By("coalesce(t.submitted_at, 0)")), 11, 3),
    shown(other("accepted", "t.accepted_at", Ty::Instant, Sort::By("coalesce(t.accepted_at, 0)")), 11, 5),
    shown(same("planned", "t.planned_fen", Ty::Money), 14, 3),
    shown(same("workers", "t.workers", Ty::Count), 9, 4),
    shown(same("reminders", "t.reminders", Ty::Count), 4, 6),
    shown(same("note", "t.note", Ty::Text), 20, 7),
    shown(same("state", "t.state", Ty::Set("return")), 8, 0),
    hidden(same("deadline", "d.code", Ty::Code), 5, 9),
    hidden(same("late", LATE, Ty::YesNo), 4, 9),
    hidden(same("updated_by", "t.updated_by", Ty::Text), 10, 9),
    hidden(same("updated_at", "t.updated_at", Ty::Instant), 11, 9),
    hidden(same("rev", "t.rev", Ty::Count), 4, 9),
];

/// What a union and all below it, however deep, have bought of what counts.
macro_rules! spent {
    () => {
        "coalesce((SELECT sum(p.amount_fen) FROM purchase p WHERE p.state = 'counted' AND p.buyer_id IN \
         (WITH RECURSIVE below(id) AS (SELECT t.unit_id UNION SELECT b.id FROM organisation b JOIN below \
         ON b.parent_id = below.id) SELECT id FROM below)), 0)"
    };
}
const SPENT: &str = spent!();
const UNSPENT: &str = concat!("max(t.planned_fen - ", spent!(), ", 0)");

/// What each union has reserved by its annex 1, and how much of it is spent (A13; plan 三（一）1).
pub(super) const QUOTAS: &[Column] = &[
    shown(other("unit", "o.name", Ty::Name, Sort::By("o.name_key")), 26, 0),
    shown(same("kind", "o.kind", Ty::Set("org")), 8, 5),
    shown(same("workers", "t.workers", Ty::Count), 9, 4),
    shown(same("reserved", "t.planned_fen", Ty::Money), 14, 1),
    shown(same("spent", SPENT, Ty::Money), 14, 0),
    shown(same("unspent", UNSPENT, Ty::Money), 14, 2),
    shown(same("state", "t.state", Ty::Set("return")), 8, 3),
];

pub(super) const NOTICES: &[Column] = &[
    shown(same("code", "t.code", Ty::Code), 17, 1),
    shown(other("counter", "c.name", Ty::Name, Sort::By("c.name_key")), 26, 0),
    shown(same("county", "t.county_code", Ty::Division), 8, 2),
    shown(same("product", PRODUCT, Ty::Name), 20, 2),
    shown(same("incident", "i.code", Ty::Code), 13, 4),
    shown(same("age", "t.issued_at", Ty::Instant), 11, 1),
    shown(same("due", "t.due_at", Ty::Instant), 11, 4),
    shown(same("reminders", "t.reminders", Ty::Count), 4, 5),
    shown(same("state", "t.state", Ty::Set("removal_notice")), 8, 0),
    hidden(same("reach", UNREACHED, Ty::YesNo), 8, 9),
    hidden(same("late", "(t.state = 'unacknowledged' AND t.due_at <= gongfu_now())", Ty::YesNo), 4, 9),
    hidden(same("remind", REMINDER_DUE, Ty::YesNo), 4, 9),
];

/// Nobody answered although the counter was reminded at least twice: the clerk has to go there.
const UNREACHED: &str = "(t.state = 'unacknowledged' AND t.reminders >= 2)";

/// A reminder is due that was not sent: at 2, 8 and 24 hours, as [`crate::domain::decide::reminders_due`] says.
const REMINDER_DUE: &str = "(t.state = 'unacknowledged' AND t.reminders < (gongfu_now() - t.issued_at >= 7200000) \
     + (gongfu_now() - t.issued_at >= 28800000) + (gongfu_now() - t.issued_at >= 86400000))";

pub(super) const ORGANISATIONS: &[Column] = &[
    shown(same("code", "t.code", Ty::Code), 18, 2),
    shown(other("name", "t.name", Ty::Name, Sort::By("t.name_key")), 30, 0),
    shown(same("kind", "t.kind", Ty::Set("org")), 10, 1),
    shown(same("county", "t.division_code", Ty::Division), 8, 3),
    shown(same("annex1", "t.files_annex1", Ty::YesNo), 6, 5),
    shown(same("annex2", "t.files_annex2", Ty::YesNo), 6, 5),
    hidden(same("updated_by", "t.updated_by", Ty::Text), 10, 9),
    hidden(same("updated_at", "t.updated_at", Ty::Instant), 11, 9),
    hidden(same("rev", "t.rev", Ty::Count), 4, 9),
];

pub(super) const EVIDENCE: &[Column] = &[
    shown(same("incident", "i.code", Ty::Code), 13, 2),
    shown(same("kind", "t.kind", Ty::Set("evidence")), 10, 0),
    shown(same("title", "t.title", Ty::Name), 30, 0),
    shown(same("added", "t.added_at", Ty::Instant), 11, 1),
    shown(same("bytes", "t.bytes", Ty::Bytes), 9, 4),
    shown(same("sha256", "t.sha256", Ty::Code), 20, 6),
];

pub(super) const STEPS: &[Column] = &[
    shown(same("incident", "i.code", Ty::Code), 13, 3),
    shown(same("at", "t.at", Ty::Instant), 11, 0),
    shown(same("verb", "t.verb", Ty::Set("verb")), 10, 0),
    shown(same("person", "t.person", Ty::Name), 8, 0),
    shown(same("note", "t.note", Ty::Text), 40, 1),
];

pub(super) const AUDIT: &[Column] = &[
    shown(same("no", "t.no", Ty::Count), 6, 0),
    shown(same("at", "t.at", Ty::Instant), 11, 0),
    shown(same("person", "t.person", Ty::Name), 8, 0),
    shown(same("role", "t.role", Ty::Set("role")), 8, 5),
    shown(same("org", "t.org_name", Ty::Text), 16, 4),
    shown(same("command", "t.command", Ty::Set("command")), 12, 0),
    shown(same("target", "t.target_code", Ty::Code), 16, 0),
    shown(same("reason", "t.reason", Ty::Text), 30, 2),
    shown(same("outcome", "t.outcome", Ty::Set("outcome")), 10, 0),
    shown(same("origin", "t.origin", Ty::Text), 16, 7),
    hidden(same("hash", "lower(hex(t.hash))", Ty::Code), 16, 9),
];

/// Orders to the hub: what was asked, how it stands, and the hub's word where it did not do it.
pub(super) const OUTBOX: &[Column] = &[
    shown(same("no", "t.n", Ty::Count), 6, 0),
    shown(same("at", "t.made_at", Ty::Instant), 11, 1),
    shown(same("person", "coalesce(json_extract(t.body, '$.by.name'), '')", Ty::Name), 8, 3),
    shown(same("command", "t.command", Ty::Set("command")), 12, 0),
    shown(same("target", "t.target_code", Ty::Code), 16, 0),
    shown(same("state", "t.state", Ty::Set("sending")), 8, 0),
    shown(same("refused", REFUSED, Ty::Set("outcome")), 16, 2),
    shown(same("changed_by", "coalesce(json_extract(nullif(t.answer, ''), '$.by'), '')", Ty::Name), 8, 4),
    shown(same("reason", "coalesce(json_extract(t.body, '$.command.reason'), '')", Ty::Text), 24, 5),
    hidden(same("answered", "t.answered_at", Ty::Instant), 11, 6),
    hidden(same("seq", "t.seq", Ty::Count), 8, 7),
];

/// The hub's word as the audit's outcomes are called.
const REFUSED: &str = "CASE t.state WHEN 'conflict' THEN 'record-changed' WHEN 'denied' THEN json_extract(t.answer, '$.code') \
                       WHEN 'accepted' THEN 'done' ELSE '' END";
