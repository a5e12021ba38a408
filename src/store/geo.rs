//! Figures that are no list: counters by city for the map, returns by unit for the matrix.

use rusqlite::Connection;
use std::collections::BTreeMap;
use uuid::Uuid;

/// A counter as a dot on the map.
#[derive(Debug, Clone, PartialEq)]
pub struct Dot {
    /// Degrees.
    pub longitude: f64,
    pub latitude: f64,
    /// Code of its state.
    pub state: String,
    pub county_code: String,
}

/// Counters of one city, partner city or county by state.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CityCounters {
    pub code: String,
    pub name: String,
    /// Code of the city a county lies in; of a city, empty.
    pub city: String,
    pub by_state: BTreeMap<String, i64>,
    pub total: i64,
}

impl CityCounters {
    fn add(&mut self, state: &str) {
        *self.by_state.entry(state.to_owned()).or_insert(0) += 1;
        self.total += 1;
    }
}

/// One closed border in degrees.
#[derive(Debug, Clone, PartialEq)]
pub struct Border {
    /// Name of the ring in the outline file.
    ring: String,
    /// Code of the division it goes around.
    pub code: String,
    /// Longitude and latitude.
    pub corners: Vec<(f64, f64)>,
}

/// What the map shows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CounterMap {
    pub dots: Vec<Dot>,
    pub cities: Vec<CityCounters>,
    /// Counties and districts of the province.
    pub counties: Vec<CityCounters>,
    /// Borders of the province and its cities.
    pub rings: Vec<Border>,
}

/// What one unit owes for one duty.
#[derive(Debug, Clone, PartialEq)]
pub struct MatrixCell {
    pub id: Uuid,
    pub form: String,
    pub state: String,
    pub due_on: String,
    pub submitted_at: Option<i64>,
    pub accepted_at: Option<i64>,
    pub planned_fen: i64,
    pub reminders: i64,
}

/// A unit with its duties in the order of [`Matrix::forms`].
#[derive(Debug, Clone, PartialEq)]
pub struct MatrixRow {
    pub unit: Uuid,
    pub name: String,
    pub kind: String,
    pub cells: Vec<Option<MatrixCell>>,
}

/// Units down, duties across.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Matrix {
    pub forms: Vec<String>,
    pub rows: Vec<MatrixRow>,
}

/// Reads the counters by place. Counters are few thousand whatever else grows.
///
/// # Errors
/// What SQLite says.
pub fn counter_map(db: &Connection) -> rusqlite::Result<CounterMap> {
    let mut statement = db.prepare_cached(
        "SELECT c.longitude_e6, c.latitude_e6, c.state, c.county_code, \
         CASE WHEN d.level IN ('county', 'zone') THEN coalesce(p.code, d.code) ELSE c.county_code END, \
         CASE WHEN d.level IN ('county', 'zone') THEN coalesce(p.name, d.name) ELSE coalesce(d.name, c.county_code) END, \
         CASE WHEN p.code IS NOT NULL AND d.level = 'county' THEN d.name END \
         FROM counter c LEFT JOIN division d ON d.code = c.county_code \
         LEFT JOIN division p ON p.name = d.prefecture AND p.level = 'prefecture'",
    )?;
    let mut rows = statement.query([])?;
    let mut map = CounterMap::default();
    let mut cities: BTreeMap<String, CityCounters> = BTreeMap::new();
    let mut counties: BTreeMap<String, CityCounters> = BTreeMap::new();
    while let Some(r) = rows.next()? {
        let degrees = |n: i64| n as f64 / 1e6;
        let (state, county): (String, String) = (r.get(2)?, r.get(3)?);
        let (code, name): (String, String) = (r.get(4)?, r.get(5)?);
        if let Some(name) = r.get::<_, Option<String>>(6)? {
            let place = || CityCounters { code: county.clone(), name, city: code.clone(), ..CityCounters::default() };
            counties.entry(county.clone()).or_insert_with(place).add(&state);
        }
        let place = || CityCounters { code: code.clone(), name, ..CityCounters::default() };
        cities.entry(code.clone()).or_insert_with(place).add(&state);
        map.dots.push(Dot { longitude: degrees(r.get(0)?), latitude: degrees(r.get(1)?), state, county_code: county });
    }
    map.cities = cities.into_values().collect();
    map.counties = counties.into_values().collect();
    map.rings = rings(db)?;
    Ok(map)
}

/// The outline as it was loaded; its form was checked then.
fn rings(db: &Connection) -> rusqlite::Result<Vec<Border>> {
    let Some(text) = super::setting::reference_text(db, "shaanxi_outline")? else { return Ok(Vec::new()) };
    let mut borders: Vec<Border> = Vec::new();
    for line in text.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let [ring, _, code, _, _, longitude, latitude] = fields[..] else { continue };
        let (Ok(x), Ok(y)) = (longitude.trim().parse(), latitude.trim().parse()) else { continue };
        match borders.last_mut().filter(|b| b.ring == ring) {
            Some(border) => border.corners.push((x, y)),
            None => borders.push(Border { ring: ring.to_owned(), code: code.to_owned(), corners: vec![(x, y)] }),
        }
    }
    Ok(borders)
}

/// Reads every unit with what it owes, late ones first.
///
/// # Errors
/// What SQLite says.
pub fn matrix(db: &Connection) -> rusqlite::Result<Matrix> {
    let mut statement = db.prepare_cached(
        "SELECT o.id, o.name, o.kind, t.id, t.form, t.state, d.due_on, t.submitted_at, t.accepted_at, t.planned_fen, \
         t.reminders FROM \"return\" t JOIN organisation o ON o.id = t.unit_id JOIN deadline d ON d.id = t.deadline_id \
         ORDER BY o.seq, t.form",
    )?;
    let mut rows = statement.query([])?;
    let mut matrix = Matrix { forms: vec!["annex1".into(), "annex2".into()], rows: Vec::new() };
    while let Some(r) = rows.next()? {
        let unit = super::convert::uuid(r, 0)?;
        let form: String = r.get(4)?;
        let place = matrix.forms.iter().position(|f| *f == form).unwrap_or(0);
        if matrix.rows.last().is_none_or(|row| row.unit != unit) {
            let cells = vec![None; matrix.forms.len()];
            matrix.rows.push(MatrixRow { unit, name: r.get(1)?, kind: r.get(2)?, cells });
        }
        let cell = MatrixCell {
            id: super::convert::uuid(r, 3)?,
            form,
            state: r.get(5)?,
            due_on: r.get(6)?,
            submitted_at: r.get(7)?,
            accepted_at: r.get(8)?,
            planned_fen: r.get(9)?,
            reminders: r.get(10)?,
        };
        if let Some(row) = matrix.rows.last_mut() {
            row.cells[place] = Some(cell);
        }
    }
    // Those that owe most urgently first; among equals the most reminded.
    const URGENCY: &[&str] = &["not_started", "draft", "returned", "amended", "submitted"];
    let urgency = |row: &MatrixRow| {
        let each = row.cells.iter().flatten();
        let place = |c: &MatrixCell| URGENCY.iter().position(|s| *s == c.state).unwrap_or(URGENCY.len());
        (each.clone().map(place).min(), std::cmp::Reverse(each.map(|c| c.reminders).max()))
    };
    matrix.rows.sort_by_key(urgency);
    Ok(matrix)
}
