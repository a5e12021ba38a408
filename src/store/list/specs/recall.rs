//! Columns of the lists of 追溯和召回: batches and their codes, the mall, agreements, promotions, buyers to be told.

use super::{hidden, other, same, shown};
use crate::store::list::{Column, Sort, Ty};

pub(super) const BATCHES: &[Column] = &[
    shown(same("code", "t.code", Ty::Code), 23, 0),
    shown(other("product", "e.name", Ty::Name, Sort::By("e.name_key")), 24, 0),
    shown(same("made", "t.made_on", Ty::Day), 10, 2),
    shown(other("until", "t.best_before", Ty::Day, Sort::By("coalesce(t.best_before, '')")), 10, 5),
    shown(same("quantity", "t.quantity", Ty::Count), 9, 3),
    shown(same("left", "t.left_over", Ty::Count), 9, 1),
    shown(same("reason", "t.state_reason", Ty::Text), 24, 6),
    shown(same("state", "t.state", Ty::Set("batch")), 8, 0),
    hidden(same("updated_by", "t.updated_by", Ty::Text), 10, 9),
    hidden(same("updated_at", "t.updated_at", Ty::Instant), 11, 9),
    hidden(same("rev", "t.rev", Ty::Count), 4, 9),
];

pub(super) const TRACE_CODES: &[Column] = &[
    shown(same("code", "t.code", Ty::Code), 34, 0),
    shown(same("batch", "b.code", Ty::Code), 23, 2),
    shown(same("stopped", "t.page_stopped", Ty::YesNo), 8, 1),
    shown(same("state", "t.state", Ty::Set("trace_code")), 8, 0),
    hidden(same("updated_by", "t.updated_by", Ty::Text), 10, 9),
    hidden(same("updated_at", "t.updated_at", Ty::Instant), 11, 9),
    hidden(same("rev", "t.rev", Ty::Count), 4, 9),
];

pub(super) const MALL: &[Column] = &[
    shown(same("entry", "e.code", Ty::Code), 14, 1),
    shown(other("product", "e.name", Ty::Name, Sort::By("e.name_key")), 24, 0),
    shown(same("price", "t.price_fen", Ty::Money), 10, 2),
    shown(other("asked", "t.off_requested_at", Ty::Instant, Sort::By("coalesce(t.off_requested_at, 0)")), 11, 2),
    shown(same("state", "t.state", Ty::Set("mall_listing")), 8, 0),
    hidden(same("updated_by", "t.updated_by", Ty::Text), 10, 9),
    hidden(same("updated_at", "t.updated_at", Ty::Instant), 11, 9),
    hidden(same("rev", "t.rev", Ty::Count), 4, 9),
];

pub(super) const AGREEMENTS: &[Column] = &[
    shown(same("code", "t.code", Ty::Code), 13, 0),
    shown(other("product", "e.name", Ty::Name, Sort::By("e.name_key")), 24, 0),
    shown(same("seller", "t.seller", Ty::Text), 20, 3),
    shown(same("quantity", "t.quantity", Ty::Count), 8, 3),
    shown(same("price", "t.price_fen", Ty::Money), 10, 4),
    shown(same("ends", "t.ends_on", Ty::Day), 10, 5),
    shown(same("reason", "t.state_reason", Ty::Text), 24, 6),
    shown(same("state", "t.state", Ty::Set("sales_agreement")), 8, 0),
    hidden(same("signed", "t.signed_on", Ty::Day), 10, 9),
    hidden(same("updated_by", "t.updated_by", Ty::Text), 10, 9),
    hidden(same("updated_at", "t.updated_at", Ty::Instant), 11, 9),
    hidden(same("rev", "t.rev", Ty::Count), 4, 9),
];

pub(super) const PROMOTIONS: &[Column] = &[
    shown(same("code", "t.code", Ty::Code), 12, 0),
    shown(other("name", "t.name", Ty::Name, Sort::By("t.name_key")), 24, 0),
    shown(same("kind", "t.kind", Ty::Set("promotion_kind")), 8, 3),
    shown(same("budget", "t.budget_fen", Ty::Money), 14, 3),
    shown(same("starts", "t.starts_on", Ty::Day), 10, 4),
    shown(same("ends", "t.ends_on", Ty::Day), 10, 2),
    shown(same("reason", "t.state_reason", Ty::Text), 24, 6),
    shown(same("state", "t.state", Ty::Set("promotion")), 8, 0),
    hidden(same("updated_by", "t.updated_by", Ty::Text), 10, 9),
    hidden(same("updated_at", "t.updated_at", Ty::Instant), 11, 9),
    hidden(same("rev", "t.rev", Ty::Count), 4, 9),
];

pub(super) const BUYERS: &[Column] = &[
    shown(same("incident", "i.code", Ty::Code), 13, 3),
    shown(other("buyer", "o.name", Ty::Name, Sort::By("o.name_key")), 30, 0),
    shown(same("county", "o.division_code", Ty::Division), 8, 3),
    shown(same("purchases", "t.purchases", Ty::Count), 6, 4),
    shown(same("quantity", "t.quantity", Ty::Count), 8, 1),
    shown(same("amount", "t.amount_fen", Ty::Money), 12, 2),
    shown(other("told", "t.notified_at", Ty::Instant, Sort::By("coalesce(t.notified_at, 0)")), 11, 4),
    shown(same("state", "t.state", Ty::Set("buyer_notice")), 8, 0),
    hidden(same("updated_by", "t.updated_by", Ty::Text), 10, 9),
    hidden(same("updated_at", "t.updated_at", Ty::Instant), 11, 9),
    hidden(same("rev", "t.rev", Ty::Count), 4, 9),
];

pub(super) const ACKS: &[Column] = &[
    shown(same("at", "t.at", Ty::Instant), 11, 0),
    shown(same("notice", "n.code", Ty::Code), 17, 3),
    shown(other("counter", "c.name", Ty::Name, Sort::By("c.name_key")), 26, 1),
    shown(same("answer", "t.answer", Ty::Set("answer")), 8, 0),
    shown(same("quantity", "t.quantity", Ty::Count), 6, 1),
    shown(same("person", "t.person", Ty::Text), 8, 2),
    shown(same("reason", "t.reason", Ty::Text), 24, 0),
];
