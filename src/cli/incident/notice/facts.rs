//! What a removal notice says, read from the rows of one delisting.
//!
//! Owns the names of the placeholders and their values. A row that cannot be read ends it: a notice that leaves out a
//! counter without a word would leave the product on its shelf.

use crate::cli::context::Context;
use crate::cli::deed;
use crate::cli::fail::Fail;
use crate::domain::codes::OrgKind;
use crate::domain::producer;
use crate::domain::record::Record;
use crate::domain::refusal::Refusal;
use crate::domain::rows::*;
use crate::domain::value::{Cell, Value};
use crate::domain::work::{Rows, shanghai_date};
use crate::forms::notice::{Facts, Values};
use crate::store::rows::SqlRows;
use crate::store::{Connection, StoreError, reads};
use jiff::Timestamp;
use std::collections::HashMap;
use uuid::Uuid;

/// Rows of one moment, and the words for them.
struct Desk<'a> {
    context: &'a Context,
    rows: SqlRows<'a>,
    places: HashMap<String, String>,
}

/// Everything a template may name of an incident that was confirmed at this instant.
///
/// # Errors
/// What is wrong with the database.
pub(super) fn facts(
    context: &Context,
    db: &Connection,
    incident: &Incident,
    confirmed: Timestamp,
) -> Result<Facts, Fail> {
    let places = reads::division_names(db, context.locale.lang()).map_err(|e| context.db_fail(&e))?;
    let desk = Desk { context, rows: SqlRows::new(db), places };
    // Two reports of one product end in one delisting, whose notices are of the first: by the product, both name them.
    let mut notices = desk.find::<RemovalNotice>("entry_id", incident.entry_id.to_value())?;
    notices.sort_by(|a, b| a.code.cmp(&b.code));
    let counters = notices.iter().map(|n| desk.counter(n)).collect::<Result<Vec<_>, Fail>>()?;
    let due = notices.first().map_or(confirmed, |n| n.due_at);
    let mut values = desk.product(incident)?;
    values.extend(desk.decision(incident, confirmed)?);
    values.extend([("due", at(due)), ("counters", counters.len().to_string())]);
    Ok(Facts { values, counters })
}

fn at(instant: Timestamp) -> String {
    crate::cli::cell::instant(instant.as_millisecond())
}

impl Desk<'_> {
    fn failed(&self, why: String) -> Fail {
        Fail::store(&StoreError::Refused(Refusal::new("store").with("why", why)), &self.context.locale)
    }

    fn find<R: Record>(&self, column: &'static str, value: Value) -> Result<Vec<R>, Fail> {
        let rows = self.rows.find(R::KIND, column, &value).map_err(|why| self.failed(why))?;
        Ok(rows.into_iter().filter_map(R::from_row).collect())
    }

    fn get<R: Record>(&self, id: Uuid) -> Result<R, Fail> {
        let row = self.rows.fetch(R::KIND, id).map_err(|why| self.failed(why))?;
        row.and_then(R::from_row).ok_or_else(|| deed::unknown(self.context, R::KIND, &id.to_string()))
    }

    fn place(&self, code: &str) -> String {
        self.places.get(code).cloned().unwrap_or_else(|| code.to_owned())
    }

    fn counter(&self, notice: &RemovalNotice) -> Result<Values, Fail> {
        let counter: Counter = self.get(notice.counter_id.0)?;
        Ok(vec![
            ("counter.notice", notice.code.clone()),
            ("counter.code", counter.code),
            ("counter.name", counter.name),
            ("counter.county", self.place(&counter.county_code)),
            ("counter.address", counter.address),
            ("counter.state", self.context.locale.code("removal_notice", notice.state.code())),
        ])
    }

    fn product(&self, incident: &Incident) -> Result<Values, Fail> {
        let entry: CatalogEntry = self.get(incident.entry_id.0)?;
        let batches = match incident.batches.is_empty() {
            true => self.context.locale.tr("notice-all-batches").into_owned(),
            false => incident.batches.clone(),
        };
        Ok(vec![
            ("product", entry.name),
            ("product_code", entry.code),
            ("spec", entry.spec),
            ("supplier", entry.supplier_name),
            ("county", self.place(&entry.county_code)),
            ("batches", batches),
        ])
    }

    /// The provincial office, which alone confirms, whoever writes the notice out; else who did.
    fn issuer(&self, confirmed_in: Uuid) -> Result<String, Fail> {
        let mut provincial = self.find::<Organisation>("kind", OrgKind::Provincial.to_value())?;
        match (provincial.pop(), provincial.is_empty()) {
            (Some(office), true) => Ok(office.name),
            _ => self.get::<Organisation>(confirmed_in).map(|o| o.name),
        }
    }

    /// Who decided what, why, and the producer's clock that begins with it.
    fn decision(&self, incident: &Incident, confirmed: Timestamp) -> Result<Values, Fail> {
        let steps = self.find::<IncidentStep>("incident_id", incident.id.to_value())?;
        let step = steps.into_iter().filter(|s| s.verb == "confirm").max_by_key(|s| s.number);
        let issuer = self.issuer(step.as_ref().map_or(incident.meta.org, |s| s.meta.org))?;
        let class = incident.recall_class.unwrap_or(incident.grade);
        let law = producer::clock(class, confirmed);
        let locale = &self.context.locale;
        Ok(vec![
            ("number", incident.code.replacen("QI", "XJ", 1)),
            ("incident", incident.code.clone()),
            ("title", incident.title.clone()),
            ("reason", step.map_or_else(String::new, |s| s.note)),
            ("grade", locale.code("grade", incident.grade.code())),
            ("recall_class", locale.code("grade", class.code())),
            ("issuer", issuer),
            ("confirmed_by", incident.confirmed_by.clone()),
            ("issued", at(confirmed)),
            ("issued_on", shanghai_date(confirmed).to_string()),
            ("law_hours", law.start_hours.to_string()),
            ("law_start", at(law.start_by)),
            ("law_days", law.working_days.to_string()),
            ("law_finish", law.finish_on.to_string()),
        ])
    }
}
