//! Catalog entries, editions and publications (A01, A05, A06; plan 三（二）1).

use super::{Target, field, no_such_step, owner, sales, step};
use crate::domain::codes::*;
use crate::domain::command::ProposeEntry;
use crate::domain::machine::{self, Verb};
use crate::domain::refusal::{Refusal, Stop};
use crate::domain::rights::Right;
use crate::domain::rows::*;
use crate::domain::value::{Cell, Fen};
use crate::domain::work::Work;
use jiff::civil::Date;
use uuid::Uuid;

/// Dearest price of a piece: a million yuan, far above any farm product.
const MAX_PRICE: i64 = 100_000_000;

pub fn propose(w: &mut Work<'_>, line: &ProposeEntry) -> Result<Target, Stop> {
    let county = field::division(&line.county_code)?;
    if !county.starts_with("61") && !county.starts_with('Z') {
        return Err(Refusal::new("not-in-province").with("county", county).into());
    }
    w.allow(Right::EditSuppliers, &county, w.actor.org_id)?;
    let name = field::required("product_name", &line.name, field::SHORT)?;
    let spec = field::optional("spec", &line.spec, 40)?;
    let price = Fen(field::between("price", line.price.0, 1, MAX_PRICE)?);
    let stock = field::between("stock", line.stock, 0, 1_000_000_000)?;
    let helped = field::between("people_helped", line.people_helped, 0, 10_000_000)?;
    let category = field::required("category", &line.category, 40)?;
    let unit = field::optional("unit", &line.unit, 20)?;
    let directory_no = field::optional("national_directory_no", &line.directory_no, 40)?;
    let source = field::optional("source", &line.source, field::SHORT * 2)?;
    let supplier = find_or_add_supplier(w, line, &county, &source)?;
    let twins = w.find::<CatalogEntry>("supplier_id", supplier.id.to_value())?;
    let twin = twins
        .iter()
        .find(|e| e.name == name && e.spec == spec && !matches!(e.state, EntryState::Delisted | EntryState::Withdrawn));
    if let Some(twin) = twin {
        let refusal = Refusal::new("already-exists").with("kind", "catalog_entry").with("code", twin.code.clone());
        return Err(refusal.into());
    }
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
        edition_no: None,
        relisted_from: None,
        under_review: false,
    };
    let id = entry.id.0;
    w.create(product);
    w.create(entry);
    Ok((id, code))
}

fn find_or_add_supplier(w: &mut Work<'_>, line: &ProposeEntry, county: &str, source: &str) -> Result<Supplier, Stop> {
    let name = field::required("supplier_name", &line.supplier_name, field::SHORT)?;
    let known = w.find::<Supplier>("name", name.to_value())?;
    if let Some(supplier) = known.into_iter().find(|s| s.county_code == county) {
        if supplier.state == SupplierState::Removed {
            return Err(Refusal::new("wrong-state")
                .with("code", supplier.code)
                .with("kind", "supplier")
                .with("state", supplier.state.code())
                .with("verb", "propose")
                .with("needs", "active")
                .into());
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
    set_state(w, &entry, verb, reason)?;
    Ok((id, entry.code))
}

/// Walks an arrow and does what follows from it.
pub fn set_state(w: &mut Work<'_>, entry: &CatalogEntry, verb: Verb, reason: &str) -> Result<CatalogEntry, Stop> {
    let (_, state) = step(w, &entry.code, entry.state, verb, reason, (&entry.county_code, owner(entry)))?;
    let mut after = CatalogEntry { state, state_reason: reason.to_owned(), state_at: w.now, ..entry.clone() };
    if verb == Verb::List {
        let product: Product = w.get(entry.product_id.0)?;
        if product.directory_state != DirectoryState::Found {
            let refusal = Refusal::new("not-in-directory").with("code", entry.code.clone());
            return Err(refusal.with("state", product.directory_state.code()).into());
        }
        after.edition_no = Some(w.next_number(Kind::CatalogEdition)?);
    }
    w.update(entry.clone(), after.clone());
    match verb {
        Verb::Suspend | Verb::Delist | Verb::Withdraw => sales::stop(w, &after, reason)?,
        Verb::Resume => sales::resume(w, &after)?,
        _ => {}
    }
    Ok(after)
}

pub fn relist(w: &mut Work<'_>, old: Uuid, reason: &str) -> Result<Target, Stop> {
    let old: CatalogEntry = w.get(old)?;
    w.allow(Right::EditSuppliers, &old.county_code, owner(&old))?;
    if old.state != EntryState::Delisted {
        let refusal = Refusal::new("wrong-state").with("code", old.code).with("kind", "catalog_entry");
        return Err(refusal.with("state", old.state.code()).with("verb", "relist").with("needs", "delisted").into());
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
    let listed = w.count_where(Kind::CatalogEntry, "state", EntryState::Listed.to_value())?;
    let number = w.next_number(Kind::CatalogEdition)?;
    let added = w.count_where(Kind::CatalogEntry, "edition_no", number.to_value())?;
    let last = w.find::<CatalogEdition>("number", (number - 1).to_value())?;
    let before = last.first().map_or(0, |e| e.listed);
    for edition in w.find::<CatalogEdition>("state", EditionState::Published.to_value())? {
        let (_, state) = machine::step("", edition.state, Verb::Supersede, "")?;
        w.update(edition.clone(), CatalogEdition { state, ..edition });
    }
    new_edition(w, number, dated, note, (listed, added, (before + added - listed).max(0)))
}

/// Signs the next edition and opens its three publications.
pub fn new_edition(
    w: &mut Work<'_>,
    number: i64,
    dated: Date,
    note: String,
    (listed, added, removed): (i64, i64, i64),
) -> Result<Target, Stop> {
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
            republish: removed > 0,
        };
        w.create(publication);
    }
    Ok((id.0, number.to_string()))
}

pub fn walk_edition(w: &mut Work<'_>, id: Uuid, verb: Verb, reason: &str) -> Result<Target, Stop> {
    let edition: CatalogEdition = w.get(id)?;
    let code = edition.number.to_string();
    let (_, state) = step(w, &code, edition.state, verb, reason, ("610000", owner(&edition)))?;
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
