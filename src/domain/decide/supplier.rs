//! Suppliers: their states and who may see their contacts (A03).

use super::{Target, owner, step};
use crate::domain::codes::*;
use crate::domain::machine::Verb;
use crate::domain::refusal::{Refusal, Stop, wrong_state};
use crate::domain::rights::{self, Right};
use crate::domain::rows::*;
use crate::domain::value::Cell;
use crate::domain::work::Work;
use uuid::Uuid;

pub fn walk(w: &mut Work<'_>, id: Uuid, verb: Verb, reason: &str) -> Result<Target, Stop> {
    let supplier: Supplier = w.get(id)?;
    let (_, state) = step(w, &supplier.code, supplier.state, verb, reason, (&supplier.county_code, owner(&supplier)))?;
    if verb == Verb::Remove {
        // A supplier with products in the catalog cannot go before they have gone.
        let entries = w.find::<CatalogEntry>("supplier_id", supplier.id.to_value())?;
        let open = |e: &&CatalogEntry| !matches!(e.state, EntryState::Withdrawn | EntryState::Delisted);
        if let Some(entry) = entries.iter().find(open) {
            let (code, state) = (entry.code.clone(), entry.state.code());
            let who = rights::who(Right::ApproveSuppliers);
            return Err(wrong_state(Kind::CatalogEntry, code, state, verb.code(), "withdrawn,delisted", who).into());
        }
    }
    w.update(supplier.clone(), Supplier { state, ..supplier.clone() });
    Ok((id, supplier.code))
}

/// Shows the contact; the audit record the store writes for every command is the whole effect.
pub fn reveal(w: &mut Work<'_>, id: Uuid) -> Result<Target, Stop> {
    let supplier: Supplier = w.get(id)?;
    if !w.actor.covers(&supplier.county_code, owner(&supplier)) {
        let refusal = Refusal::new("not-your-area").with("area", w.actor.division_code.clone());
        return Err(refusal.with("county", supplier.county_code).with("who", rights::who(Right::EditSuppliers)).into());
    }
    Ok((id, supplier.code))
}
