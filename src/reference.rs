//! Reference data: divisions, outlines, venue types, unions, partner pairs, specialties and the programme of the year.
//!
//! Owns the embedded CSV files, their checked readers and look-ups over them. Must not read files or databases: a
//! replacement comes in as text. Called at first start, by the demo and by the list readers in `forms`.

pub mod credit;
mod kinds;
pub mod read;
pub mod table;

pub use kinds::{
    Confidence, Division, DivisionLevel, JiangsuPair, OutlinePoint, PairLevel, ProgrammeDeadline, ProgrammeGoal,
    ProgrammeLine, Ring, Specialty, Union, VenueType,
};
pub use read::{Expected, RowError, parse};
pub use table::{Table, embedded};

use read::{Line, parse_lines};
use std::collections::HashMap;

/// Every reference table, parsed and cross-checked.
#[derive(Debug, Clone)]
pub struct Reference {
    pub divisions: Vec<Division>,
    pub outline: Vec<OutlinePoint>,
    pub venue_types: Vec<VenueType>,
    pub unions: Vec<Union>,
    pub pairs: Vec<JiangsuPair>,
    pub specialties: Vec<Specialty>,
    pub goals: Vec<ProgrammeGoal>,
    pub deadlines: Vec<ProgrammeDeadline>,
    rings: Vec<Ring>,
    by_code: HashMap<String, usize>,
    by_name: HashMap<String, Vec<usize>>,
}

/// What a county name as written may mean.
#[derive(Debug, Clone, PartialEq)]
pub enum CountyMatch<'a> {
    One(&'a Division),
    /// Several counties answer to the shortened name.
    Several(Vec<&'a Division>),
    None,
}

impl Reference {
    /// The tables compiled into the program.
    ///
    /// # Errors
    /// Every line that does not fit; a test holds that there are none.
    pub fn embedded() -> Result<Reference, Vec<RowError>> {
        Reference::load(|_| None)
    }

    /// The tables, each from `replaced` when it gives a text, else the embedded one. A replaced table counts only when
    /// all of it is right: nothing is taken from a file with errors.
    ///
    /// # Errors
    /// Every wrong header, field, duplicate key and dangling code of all tables together.
    pub fn load(replaced: impl Fn(Table) -> Option<String>) -> Result<Reference, Vec<RowError>> {
        let mut errors = Vec::new();
        let text = |t: Table| replaced(t).unwrap_or_else(|| embedded(t).to_owned());
        let divisions = keep(parse_lines::<Division>(&text(Table::Divisions)), &mut errors);
        let outline = keep(parse_lines::<OutlinePoint>(&text(Table::Outline)), &mut errors);
        let venue_types = keep(parse_lines::<VenueType>(&text(Table::VenueTypes)), &mut errors);
        let unions = keep(parse_lines::<Union>(&text(Table::Unions)), &mut errors);
        let pairs = keep(parse_lines::<JiangsuPair>(&text(Table::JiangsuPairs)), &mut errors);
        let specialties = keep(parse_lines::<Specialty>(&text(Table::Specialties)), &mut errors);
        let programme = keep(parse_lines::<ProgrammeLine>(&text(Table::Programme)), &mut errors);
        if errors.is_empty() {
            check_codes(&divisions, &unions, &pairs, &specialties, &mut errors);
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        let (mut goals, mut deadlines) = (Vec::new(), Vec::new());
        for line in rows(programme) {
            match line {
                ProgrammeLine::Goal(g) => goals.push(g),
                ProgrammeLine::Deadline(d) => deadlines.push(d),
            }
        }
        let divisions = rows(divisions);
        let outline = rows(outline);
        let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
        for (i, d) in divisions.iter().enumerate().filter(|(_, d)| d.is_county_level()) {
            by_name.entry(short_name(&d.name).to_owned()).or_default().push(i);
        }
        Ok(Reference {
            by_code: divisions.iter().enumerate().map(|(i, d)| (d.code.clone(), i)).collect(),
            by_name,
            rings: Ring::gather(&outline),
            divisions,
            outline,
            venue_types: rows(venue_types),
            unions: rows(unions),
            pairs: rows(pairs),
            specialties: rows(specialties),
            goals,
            deadlines,
        })
    }

    /// The division with this code.
    pub fn division(&self, code: &str) -> Option<&Division> {
        self.by_code.get(code).and_then(|i| self.divisions.get(*i))
    }

    /// The counties, county-level cities and districts with their codes, in code order of the file.
    pub fn county_names(&self) -> impl Iterator<Item = (&str, &str)> {
        self.counties().map(|d| (d.code.as_str(), d.name.as_str()))
    }

    /// The divisions of county level, without zones.
    pub fn counties(&self) -> impl Iterator<Item = &Division> {
        self.divisions.iter().filter(|d| d.level == DivisionLevel::County)
    }

    /// The city a county lies in; a city is its own; `None` for the province, zones and unknown codes.
    pub fn prefecture_of(&self, code: &str) -> Option<&Division> {
        let division = self.division(code)?;
        match division.level {
            DivisionLevel::Prefecture => Some(division),
            DivisionLevel::County => self.division(&division.prefecture_code),
            DivisionLevel::Province | DivisionLevel::Zone => None,
        }
    }

    /// The closed rings of the outline: the province first, then its cities.
    pub fn rings(&self) -> &[Ring] {
        &self.rings
    }

    /// The ring of the division with this code.
    pub fn ring(&self, code: &str) -> Option<&Ring> {
        self.rings.iter().find(|r| r.code == code)
    }

    /// Finds a county by its name as people write it: with or without 县, 区, 市, with or without the city before it.
    pub fn find_county(&self, written: &str) -> CountyMatch<'_> {
        let exact: Vec<_> = self.divisions.iter().filter(|d| d.is_county_level() && d.name == written).collect();
        if let [one] = exact.as_slice() {
            return CountyMatch::One(one);
        }
        if let Some(d) = self.division(written).filter(|d| d.is_county_level()) {
            return CountyMatch::One(d);
        }
        let found = self.by_short_name(written);
        if !found.is_empty() {
            return settle(found);
        }
        // 商洛市柞水县, 陕西省商洛市柞水县: take off what stands before, then look again.
        let mut rest = written.strip_prefix("陕西省").unwrap_or(written);
        for city in self.divisions.iter().filter(|d| d.level == DivisionLevel::Prefecture) {
            let tail = rest.strip_prefix(city.name.as_str()).or_else(|| rest.strip_prefix(short_name(&city.name)));
            if let Some(tail) = tail.filter(|t| !t.is_empty()) {
                rest = tail;
                break;
            }
        }
        if rest == written { CountyMatch::None } else { settle(self.by_short_name(rest)) }
    }

    fn by_short_name(&self, written: &str) -> Vec<&Division> {
        let short = short_name(written);
        let found = self.by_name.get(short).map_or(&[][..], Vec::as_slice);
        let all = found.iter().filter_map(|i| self.divisions.get(*i));
        // A written suffix must agree: 延川县 is no 延川区. Renamed counties (户县, 子长县) are not guessed.
        all.filter(|d| written == short || d.name == written).collect()
    }
}

fn settle(mut found: Vec<&Division>) -> CountyMatch<'_> {
    match found.len() {
        0 => CountyMatch::None,
        1 => found.pop().map_or(CountyMatch::None, CountyMatch::One),
        _ => CountyMatch::Several(found),
    }
}

/// The name without its last 县, 区 or 市, when at least two characters stay.
fn short_name(name: &str) -> &str {
    let short = name.strip_suffix(['县', '区', '市']).unwrap_or(name);
    if short.chars().count() >= 2 { short } else { name }
}

fn rows<T>(lines: Vec<Line<T>>) -> Vec<T> {
    lines.into_iter().map(|l| l.row).collect()
}

fn keep<T>(read: Result<Vec<T>, Vec<RowError>>, errors: &mut Vec<RowError>) -> Vec<T> {
    read.unwrap_or_else(|mut e| {
        errors.append(&mut e);
        Vec::new()
    })
}

/// Codes that one table takes from another must exist there.
fn check_codes(
    divisions: &[Line<Division>],
    unions: &[Line<Union>],
    pairs: &[Line<JiangsuPair>],
    specialties: &[Line<Specialty>],
    errors: &mut Vec<RowError>,
) {
    let known: HashMap<&str, &Division> = divisions.iter().map(|l| (l.row.code.as_str(), &l.row)).collect();
    let mut check = |table: Table, line: u64, column: &str, code: &str, expected: Expected, ok: bool| {
        if !ok {
            errors.push(RowError::new(table, line, column, code, expected));
        }
    };
    for l in divisions.iter().filter(|l| l.row.level != DivisionLevel::Province) {
        let parent = l.row.prefecture_code.as_str();
        check(
            Table::Divisions,
            l.line,
            "prefecture_code",
            parent,
            Expected::code("division"),
            known.contains_key(parent),
        );
    }
    for l in unions {
        let area = l.row.division_code.as_str();
        check(Table::Unions, l.line, "division_code", area, Expected::code("division"), known.contains_key(area));
        let parent = l.row.parent_id.as_str();
        let ok = parent.is_empty() || unions.iter().any(|u| u.row.id == parent);
        check(Table::Unions, l.line, "parent_id", parent, Expected::code("union"), ok);
    }
    for l in pairs {
        let code = l.row.shaanxi_code.as_str();
        check(Table::JiangsuPairs, l.line, "shaanxi_code", code, Expected::code("division"), known.contains_key(code));
    }
    for l in specialties {
        let code = l.row.division_code.as_str();
        check(Table::Specialties, l.line, "division_code", code, Expected::code("division"), known.contains_key(code));
    }
}

#[cfg(test)]
mod tests;
