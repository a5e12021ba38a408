//! Catalog entries, editions and publications (A01, A05, A06; plan 三（二）1).

use super::{Target, field, incident, no_such_step, owner, sales, step};
use crate::base::text;
use crate::domain::codes::*;
use crate::domain::command::ProposeEntry;
use crate::domain::machine::{self, Verb};
use crate::domain::refusal::{Refusal, Stop, wrong_state};
use crate::domain::rights::{self, Right};
use crate::domain::rows::*;
use crate::domain::value::{Cell, Fen};
use crate::domain::work::{Named, Work};
use jiff::civil::Date;
use uuid::Uuid;

/// Dearest price of a piece: a million yuan, far above any farm product.
const MAX_PRICE: i64 = 100_000_000;

pub fn propose(w: &mut Work<'_>, line: &ProposeEntry) -> Result<Target, Stop> {
    let county = field::division(&line.county_code)?;
    if !county.starts_with("61") && !county.starts_with('Z') {
        return Err(Refusal::new("not-in-province").with("county", county).into());
    }
    // By the county alone: whoever writes a product down does not thereby own its county.
    w.allow(Right::EditSuppliers, &county, Uuid::nil())?;
    let name = field::required("product_name", &line.name, field::SHORT)?;
    let spec = field::optional("spec", &line.spec, 40)?;
    let price = Fen(field::between("price", line.price.0, 1, MAX_PRICE)?);
    let stock = field::between("stock", line.stock, 0, 1_000_000_000)?;
    let helped = field::between("people_helped", line.people_helped, 0, 10_000_000)?;
    let category = field::referenced(w, "category", &line.category, Named::Category)?;
    let unit = field::optional("unit", &line.unit, 20)?;
    let directory_no = field::optional("national_directory_no", &line.directory_no, 40)?;
    let source = field::optional("source", &line.source, field::SHORT * 2)?;
    let supplier = find_or_add_supplier(w, line, &county, &source)?;
    refuse_twin(w, &supplier, &name, &spec)?;
    let mut meta = w.new_meta(w.actor.org_id);
    meta.source = source;
    let number = w.next_number_where(Kind::CatalogEntry, "county_code", &county)?;
    let code = format!("SX{county}-{number:04}");
    let product = Product {
        id: ProductId(w.new_id()),
        meta: meta.clone(),
        code: format!("P{county}-{number:04}"),
        supplier_id: supplier.id,
        county_code: county.clone(),
        name: name.clone(),
        category: category.clone(),
        spec: spec.clone(),
        unit: unit.clone(),
        directory_no,
        directory_state: DirectoryState::Unknown,
        season: "1-12".into(),
        shelf_life_days: 0,
    };
    let entry = CatalogEntry {
        id: EntryId(w.new_id()),
        meta,
        code: code.clone(),
        product_id: product.id,
        supplier_id: supplier.id,
        supplier_name: supplier.name.clone(),
        county_code: county,
        name,
        category,
        spec,
        unit,
        price_fen: price,
        stock,
        people_helped: helped,
        trace: TraceState::None,
        state: EntryState::Candidate,
        state_reason: String::new(),
        state_at: w.now,
        suspended_for: String::new(),
        edition_no: None,
        relisted_from: None,
        under_review: false,
    };
    let id = entry.id.0;
    w.create(product);
    w.create(entry);
    Ok((id, code))
}

/// One entry a good. What was delisted comes back only as a relisting, which links the old entry and says why (A05).
fn refuse_twin(w: &Work<'_>, supplier: &Supplier, name: &str, spec: &str) -> Result<(), Stop> {
    let same =
        |e: &&CatalogEntry| text::same(&e.name, name) && text::same(&e.spec, spec) && e.state != EntryState::Withdrawn;
    let entries = w.find::<CatalogEntry>("supplier_id", supplier.id.to_value())?;
    let twins: Vec<_> = entries.iter().filter(same).collect();
    if let Some(twin) = twins.iter().find(|e| e.state != EntryState::Delisted) {
        let refusal = Refusal::new("already-exists").with("kind", "catalog_entry").with("code", twin.code.clone());
        return Err(refusal.into());
    }
    match twins.last() {
        Some(old) => Err(Refusal::new("was-delisted").with("code", old.code.clone()).with("name", name).into()),
        None => Ok(()),
    }
}

fn find_or_add_supplier(w: &mut Work<'_>, line: &ProposeEntry, county: &str, source: &str) -> Result<Supplier, Stop> {
    let name = field::required("supplier_name", &line.supplier_name, field::SHORT)?;
    let known = w.find::<Supplier>("name", name.to_value())?;
    if let Some(supplier) = known.into_iter().find(|s| s.county_code == county) {
        if supplier.state == SupplierState::Removed {
            let (state, who) = (supplier.state.code(), rights::who(Right::EditSuppliers));
            return Err(wrong_state(Kind::Supplier, supplier.code, state, "propose", "active", who).into());
        }
        return Ok(supplier);
    }
    let number = w.next_number_where(Kind::Supplier, "county_code", county)?;
    let mut meta = w.new_meta(w.actor.org_id);
    source.clone_into(&mut meta.source);
    let supplier = Supplier {
        id: SupplierId(w.new_id()),
        meta,
        code: format!("GY{county}-{number:04}"),
        name,
        kind: line.supplier_kind,
        credit_code: field::optional("credit_code", &line.credit_code, 18)?,
        county_code: county.to_owned(),
        capacity: String::new(),
        people_helped: 0,
        contact_name: field::optional("contact_name", &line.contact_name, 40)?,
        contact_phone: field::optional("contact_phone", &line.contact_phone, 40)?,
        state: SupplierState::Prospect,
        under_review: false,
    };
    w.create(supplier.clone());
    Ok(supplier)
}

/// Every plain arrow of an entry. Delisting is not among them: only a confirmed incident delists.
pub fn walk(w: &mut Work<'_>, id: Uuid, verb: Verb, reason: &str) -> Result<Target, Stop> {
    let entry: CatalogEntry = w.get(id)?;
    if verb == Verb::Delist {
        return Err(no_such_step(Kind::CatalogEntry, &entry.code, entry.state.code(), verb).into());
    }
    if matches!((entry.state, verb), (EntryState::Suspended, Verb::Resume) | (EntryState::Listed, Verb::Withdraw)) {
        // Rights first: who may not act is not told of incidents.
        w.allow(machine::right(&entry.state, verb), &entry.county_code, owner(&entry))?;
        refuse_open_incident(w, &entry, verb)?;
    }
    set_state(w, &entry, verb, reason)?;
    Ok((id, entry.code))
}

/// A product under an open incident neither returns to sale nor slips away: the incident ends first (domain section 4).
fn refuse_open_incident(w: &Work<'_>, entry: &CatalogEntry, verb: Verb) -> Result<(), Stop> {
    let incidents = w.find::<Incident>("entry_id", entry.id.to_value())?;
    let Some(open) = incidents.iter().find(|i| incident::is_open(i)) else { return Ok(()) };
    let refusal = Refusal::new("open-incident").with("code", entry.code.clone()).with("verb", verb.code());
    Err(refusal.with("incident", open.code.clone()).with("kind", "incident").with("state", open.state.code()).into())
}

/// Walks an arrow and does what follows from it.
pub fn set_state(w: &mut Work<'_>, entry: &CatalogEntry, verb: Verb, reason: &str) -> Result<CatalogEntry, Stop> {
    let after = walk_arrow(w, entry, verb, reason)?;
    match verb {
        Verb::Suspend | Verb::Withdraw => {
            let shelves = w.find::<ShelfLine>("entry_id", entry.id.to_value())?;
            sales::stop(w, &after, shelves, reason)?;
        }
        Verb::Resume => sales::resume(w, &after)?,
        _ => {}
    }
    Ok(after)
}

/// Takes an entry out for good; `shelves` are all its shelf lines.
pub fn delist(
    w: &mut Work<'_>,
    entry: &CatalogEntry,
    shelves: Vec<ShelfLine>,
    reason: &str,
) -> Result<CatalogEntry, Stop> {
    let after = walk_arrow(w, entry, Verb::Delist, reason)?;
    sales::stop(w, &after, shelves, reason)?;
    Ok(after)
}

fn walk_arrow(w: &mut Work<'_>, entry: &CatalogEntry, verb: Verb, reason: &str) -> Result<CatalogEntry, Stop> {
    let (_, state) = step(w, &entry.code, entry.state, verb, reason, (&entry.county_code, owner(entry)))?;
    let mut after = CatalogEntry {
        state,
        state_reason: reason.to_owned(),
        state_at: w.now,
        suspended_for: String::new(),
        ..entry.clone()
    };
    if verb == Verb::List {
        let supplier: Supplier = w.get(entry.supplier_id.0)?;
        if matches!(supplier.state, SupplierState::Suspended | SupplierState::Removed) {
            let refusal = Refusal::new("supplier-out").with("code", entry.code.clone());
            return Err(refusal
                .with("supplier", supplier.code)
                .with("kind", "supplier")
                .with("state", supplier.state.code())
                .into());
        }
        let product: Product = w.get(entry.product_id.0)?;
        if product.directory_state != DirectoryState::Found {
            let refusal = Refusal::new("not-in-directory").with("code", entry.code.clone());
            return Err(refusal.with("state", product.directory_state.code()).into());
        }
        after.edition_no = Some(w.next_number(Kind::CatalogEdition)?);
    }
    w.update(entry.clone(), after.clone());
    Ok(after)
}

pub fn relist(w: &mut Work<'_>, old: Uuid, reason: &str) -> Result<Target, Stop> {
    let old: CatalogEntry = w.get(old)?;
    w.allow(Right::EditSuppliers, &old.county_code, owner(&old))?;
    if old.state != EntryState::Delisted {
        let (state, who) = (old.state.code(), rights::who(Right::EditSuppliers));
        return Err(wrong_state(Kind::CatalogEntry, old.code, state, "relist", "delisted", who).into());
    }
    if reason.is_empty() {
        return Err(Refusal::new("reason-missing").with("code", old.code).with("verb", "relist").into());
    }
    if let Some(newer) = w.find::<CatalogEntry>("relisted_from", old.id.to_value())?.first() {
        let refusal = Refusal::new("already-exists").with("kind", "catalog_entry").with("code", newer.code.clone());
        return Err(refusal.into());
    }
    let number = w.next_number_where(Kind::CatalogEntry, "county_code", &old.county_code)?;
    let code = format!("SX{}-{number:04}", old.county_code);
    let entry = CatalogEntry {
        id: EntryId(w.new_id()),
        meta: w.new_meta(owner(&old)),
        code: code.clone(),
        state: EntryState::Candidate,
        state_reason: reason.to_owned(),
        state_at: w.now,
        suspended_for: String::new(),
        edition_no: None,
        relisted_from: Some(old.id),
        trace: TraceState::None,
        ..old
    };
    let id = entry.id.0;
    w.create(entry);
    Ok((id, code))
}

pub fn check_directory(w: &mut Work<'_>, id: Uuid, number: &str, state: DirectoryState) -> Result<Target, Stop> {
    let product: Product = w.get(id)?;
    w.allow(Right::EditSuppliers, &product.county_code, owner(&product))?;
    let number = field::optional("national_directory_no", number, 40)?;
    if state == DirectoryState::Found && number.is_empty() {
        return Err(Refusal::new("field-empty").with("field", "national_directory_no").into());
    }
    w.update(product.clone(), Product { directory_no: number, directory_state: state, ..product.clone() });
    Ok((id, product.code))
}

pub fn issue_edition(w: &mut Work<'_>, dated: Date, note: &str) -> Result<Target, Stop> {
    w.allow(Right::PublishEdition, "610000", w.actor.org_id)?;
    let note = field::optional("note", note, field::LONG)?;
    new_edition(w, dated, note, (0, false))
}

/// Signs the next edition and opens its three publications. `leaving` stored entries stop being listed in this decision.
pub fn new_edition(
    w: &mut Work<'_>,
    dated: Date,
    note: String,
    (leaving, delists): (i64, bool),
) -> Result<Target, Stop> {
    let number = w.next_number(Kind::CatalogEdition)?;
    let listed = w.count_where(Kind::CatalogEntry, "state", EntryState::Listed.to_value())? - leaving;
    let added = w.count_where(Kind::CatalogEntry, "edition_no", number.to_value())?;
    let last = w.find::<CatalogEdition>("number", (number - 1).to_value())?;
    let before = last.first().map_or(0, |e| e.listed);
    let removed = (before + added - listed).max(leaving);
    let meta = w.new_meta(w.actor.org_id);
    let signer = w.actor.name.clone();
    let edition = CatalogEdition {
        id: EditionId(w.new_id()),
        meta: meta.clone(),
        number,
        dated,
        signer,
        note,
        state: EditionState::Signed,
        listed,
        added,
        removed,
    };
    let id = edition.id;
    w.create(edition);
    for channel in Channel::ALL {
        let publication = Publication {
            id: PublicationId(w.new_id()),
            meta: meta.clone(),
            edition_id: id,
            channel: *channel,
            state: PublicationState::Pending,
            address: String::new(),
            published_at: None,
            // A product that was suspended before stands on their pages all the same.
            republish: removed > 0 || delists,
        };
        w.create(publication);
    }
    Ok((id.0, number.to_string()))
}

pub fn walk_edition(w: &mut Work<'_>, id: Uuid, verb: Verb, reason: &str) -> Result<Target, Stop> {
    let edition: CatalogEdition = w.get(id)?;
    let code = edition.number.to_string();
    let (_, state) = step(w, &code, edition.state, verb, reason, ("610000", owner(&edition)))?;
    if verb == Verb::Publish {
        // Public only when all three places have it (A06); only then does the edition before it step back.
        let places = w.find::<Publication>("edition_id", edition.id.to_value())?;
        let out = |p: &&Publication| matches!(p.state, PublicationState::Published | PublicationState::Verified);
        if let Some(missing) = places.iter().find(|p| !out(p)) {
            let refusal = Refusal::new("not-public").with("code", code).with("channel", missing.channel.code());
            return Err(refusal.with("kind", "publication").with("state", missing.state.code()).into());
        }
        for old in w.find::<CatalogEdition>("state", EditionState::Published.to_value())? {
            let (_, state) = machine::step("", old.state, Verb::Supersede, "")?;
            w.update(old.clone(), CatalogEdition { state, ..old });
        }
    }
    w.update(edition.clone(), CatalogEdition { state, ..edition });
    Ok((id, code))
}

pub fn walk_publication(w: &mut Work<'_>, id: Uuid, verb: Verb, reason: &str) -> Result<Target, Stop> {
    let publication: Publication = w.get(id)?;
    let code = publication.channel.code().to_owned();
    let (_, state) = step(w, &code, publication.state, verb, reason, ("610000", owner(&publication)))?;
    let published_at = if verb == Verb::Publish { Some(w.now) } else { publication.published_at };
    let republish = publication.republish && verb != Verb::Publish;
    w.update(publication.clone(), Publication { state, published_at, republish, ..publication });
    Ok((id, code))
}
