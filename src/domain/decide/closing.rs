//! What closing an incident asks of the catalog's publications (A06, A31, domain section 4: publications verified).

use crate::domain::codes::{Channel, PublicationState};
use crate::domain::refusal::{Refusal, Stop};
use crate::domain::rows::*;
use crate::domain::value::Cell;
use crate::domain::work::Work;
use std::collections::{BTreeMap, BTreeSet};

/// The edition that took out the entry of an incident, if one of its incidents knows.
pub fn delisted_in(w: &Work<'_>, incident: &Incident) -> Result<Option<i64>, Stop> {
    let all = w.find::<Incident>("entry_id", incident.entry_id.to_value())?;
    Ok(all.iter().filter_map(|i| i.edition_no).min())
}

/// The product is gone from a place when the edition of the delisting, or one after it, is verified there (domain
/// section 4, close: publications verified). Names the place that is not, by the newest edition.
pub fn must_be_republished(w: &Work<'_>, incident: &Incident) -> Result<(), Stop> {
    let Some(first) = incident.edition_no else { return Ok(()) };
    let last = w.next_number(Kind::CatalogEdition)? - 1;
    let mut newest: BTreeMap<Channel, (i64, PublicationState)> = BTreeMap::new();
    let mut verified = BTreeSet::new();
    for number in (first..=last).rev() {
        for edition in w.find::<CatalogEdition>("number", number.to_value())? {
            for place in w.find::<Publication>("edition_id", edition.id.to_value())? {
                newest.entry(place.channel).or_insert((number, place.state));
                if place.state == PublicationState::Verified {
                    verified.insert(place.channel);
                }
            }
        }
        if verified.len() == Channel::ALL.len() {
            return Ok(());
        }
    }
    let Some((channel, (number, state))) = newest.into_iter().find(|(c, _)| !verified.contains(c)) else {
        return Ok(());
    };
    let refusal = Refusal::new("not-republished").with("code", incident.code.clone());
    let refusal = refusal.with("edition", number.to_string()).with("channel", channel.code());
    Err(refusal.with("kind", "publication").with("state", state.code()).into())
}
