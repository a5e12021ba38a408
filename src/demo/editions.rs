//! Catalog editions and their publication in the three places.
//!
//! Owns the sums: each edition lists what the one before did, plus what it added, less what it took out.

use super::catalog::Goods;
use super::emit::{Desk, Done, changed, int, later};
use super::names;
use super::orgs::People;
use super::troubles::{self, Troubles};
use crate::domain::codes::{Channel, EditionState, PublicationState};
use crate::domain::rows::*;
use crate::domain::work::shanghai_date;
use jiff::Timestamp;

pub(super) fn write<E>(desk: &mut Desk<'_, E>, people: &People, troubles: &Troubles, goods: &Goods) -> Done<E> {
    let signer = names::clerk("610000", 5);
    let last = troubles.editions.len().saturating_sub(1);
    let mut listed = 0;
    for (i, plan) in troubles.editions.iter().enumerate() {
        let (added, removed) = (at(&goods.added, i), at(&goods.removed, i));
        listed += added - removed;
        let state = match last - i {
            0 => EditionState::Signed,
            1 => EditionState::Published,
            _ => EditionState::Superseded,
        };
        let note = match plan.trouble.and_then(|k| troubles.list.get(k).map(|t| (k, t))) {
            Some((k, t)) => format!("{} {}，清理出目录", troubles::code(k), t.title),
            None if i == 0 => "首期目录".to_owned(),
            None => "动态调整".to_owned(),
        };
        let id = EditionId(desk.id());
        let settled = later(plan.at, 180).min(desk.now());
        desk.put(CatalogEdition {
            id,
            meta: changed(people.province, (plan.at, &signer), (settled, &signer), 2),
            number: int(i + 1),
            dated: shanghai_date(plan.at),
            signer: signer.clone(),
            note,
            state,
            listed,
            added,
            removed,
        })?;
        publish(desk, people, (id, i, plan.at), i == last, removed > 0)?;
    }
    Ok(())
}

/// Three publications. Of the newest edition the mall has failed, which is why that edition is signed, not published.
fn publish<E>(
    desk: &mut Desk<'_, E>,
    people: &People,
    (edition, i, signed): (EditionId, usize, Timestamp),
    newest: bool,
    removed: bool,
) -> Done<E> {
    let office = names::clerk("610000", 4);
    for (c, channel) in Channel::ALL.iter().enumerate() {
        let state = match (newest, channel) {
            (true, Channel::Mall) => PublicationState::Failed,
            (true, Channel::PublicAccount) => PublicationState::Published,
            _ => PublicationState::Verified,
        };
        let failed = state == PublicationState::Failed;
        let when = later(signed, 20 + 15 * int(c)).min(desk.now());
        let folder = match channel {
            Channel::Site => "www",
            Channel::PublicAccount => "account",
            Channel::Mall => "mall",
        };
        let id = PublicationId(desk.id());
        desk.put(Publication {
            id,
            meta: changed(people.province, (signed, &office), (when, &office), 2),
            edition_id: edition,
            channel: *channel,
            state,
            // A name reserved for examples: nothing of the demo points at a real site.
            address: format!("https://{folder}.gonghui.example/catalog/{}", i + 1),
            published_at: (!failed).then_some(when),
            republish: failed && removed,
        })?;
    }
    Ok(())
}

fn at(list: &[i64], i: usize) -> i64 {
    list.get(i).copied().unwrap_or(0)
}
