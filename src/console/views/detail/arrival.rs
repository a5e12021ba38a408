//! Which consoles have the record, in one line on top of its page: how many of how many, and the first that have not.

use super::super::Context;
use super::super::pager::{Line, wrapped};
use crate::base::text;
use crate::console::theme::Role;
use crate::wire::protocol::{Behind, Receipts};
use jiff::Timestamp;

/// Consoles named one by one.
const NAMED: usize = 5;

/// What is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arrival {
    /// The hub has been asked and has not answered yet.
    Asked,
    /// The hub does not answer.
    Unknown,
    /// So many pieces of work of this console have not been sent: the hub knows an older record.
    Unsent(i64),
    Known(Receipts),
}

pub(super) fn lines(arrival: &Arrival, cx: &Context<'_>, width: usize) -> Vec<Line> {
    let locale = cx.format.locale;
    let (words, role) = match arrival {
        Arrival::Asked => (locale.tr("receipts-asked").into_owned(), Role::Dim),
        Arrival::Unknown => (locale.tr("receipts-unknown").into_owned(), Role::Dim),
        Arrival::Unsent(n) => (locale.tr_with("receipts-unsent", &[("n", &n.to_string())]), Role::Warning),
        Arrival::Known(receipts) => known(receipts, cx),
    };
    wrapped(&words, role, 2, width)
}

fn known(receipts: &Receipts, cx: &Context<'_>) -> (String, Role) {
    let locale = cx.format.locale;
    let numbers = [receipts.have, receipts.of].map(|n| n.to_string());
    let args = [("have", numbers[0].as_str()), ("of", numbers[1].as_str())];
    if receipts.is_complete() {
        return (locale.tr_with("receipts-all", &args), Role::Good);
    }
    let between = locale.tr("receipts-between");
    let mut names: String =
        receipts.missing.iter().take(NAMED).map(|b| behind(b, cx)).collect::<Vec<_>>().join(&between);
    let more = receipts.missing.len().saturating_sub(NAMED);
    if more > 0 {
        names.push_str(&locale.tr_with("receipts-more", &[("n", &more.to_string())]));
    }
    let args = [args[0], args[1], ("missing", &names)];
    (locale.tr_with("receipts-some", &args), Role::Warning)
}

fn behind(b: &Behind, cx: &Context<'_>) -> String {
    let locale = cx.format.locale;
    let seen = b.seen_at.and_then(|ms| Timestamp::from_millisecond(ms).ok());
    let seen = seen.map_or_else(
        || locale.tr("receipts-never").into_owned(),
        |at| locale.tr_with("receipts-seen", &[("at", &cx.format.instant(at))]),
    );
    let (name, org) = (text::display(&b.name).into_owned(), text::display(&b.org).into_owned());
    let args = [("name", name.as_str()), ("org", &org), ("n", &b.behind.to_string()), ("seen", &seen)];
    locale.tr_with("receipts-behind", &args)
}
