//! How a database stands to its hub, in the words of the second line: level, how old, what waits, what a person must settle.
//!
//! Owns those words for screens and the command line alike.

use super::format::Format;
use super::theme::Role;
use crate::store::link::{Standing, trouble};
use jiff::Timestamp;

/// Data older than this are said to be old: 15 minutes.
const OLD_MS: i64 = 15 * 60_000;

/// The words, and how much they matter. `narrow` has room for half of them.
pub fn words(standing: &Standing, format: &Format<'_>, narrow: bool) -> (String, Role) {
    let (link, counts, locale) = (&standing.link, standing.counts, format.locale);
    let level_at = Timestamp::from_millisecond(link.level_at).ok().filter(|_| link.level_at > 0);
    let old = format.now.as_millisecond() - link.level_at > OLD_MS;
    let short = if narrow { "-short" } else { "" };
    let text = |id: &str| locale.tr(&format!("{id}{short}")).into_owned();
    let (mut words, mut role) = match (link.trouble.as_str(), level_at) {
        (trouble::REVOKED, _) => (locale.tr("data-revoked").into_owned(), Role::Danger),
        (trouble::HISTORY, _) => (locale.tr("data-history").into_owned(), Role::Danger),
        (_, None) => {
            let percent = (link.cursor * 100).checked_div(link.head).unwrap_or(0).to_string();
            (locale.tr_with(&format!("data-coming{short}"), &[("percent", &percent)]), Role::Header)
        }
        ("", Some(_)) if link.is_level() && !old => (text("data-level"), Role::Header),
        (_, Some(at)) => {
            let words = locale.tr_with(&format!("data-aged{short}"), &[("age", &format.age(at))]);
            (words, if old { Role::Warning } else { Role::Header })
        }
    };
    let unsettled = counts.conflict + counts.denied;
    for (id, n) in [("data-waiting", counts.waiting), ("data-unsettled", unsettled)] {
        if n > 0 {
            words.push_str(&locale.tr_with(id, &[("n", &n.to_string())]));
        }
    }
    if unsettled > 0 && role == Role::Header {
        role = Role::Warning;
    }
    (words, role)
}
