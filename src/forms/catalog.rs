//! A list of products as candidates for the catalog (三（二）1).
//!
//! Owns how a line becomes a [`ProposeEntry`] and what is said about it. Whether the proposal is allowed, and whether
//! the product is already in the catalog, is decided where every proposal is.

use super::columns::{Column, HeaderMatch, find_header, matches};
use super::error::{FormError, Issue, Severity};
use super::sheet::{self, Encoding, RawRow};
use super::values::{self, Number, Price, half_width};
use crate::base::text::clean;
use crate::domain::codes::SupplierKind;
use crate::domain::command::ProposeEntry;
use crate::domain::value::Fen;
use crate::reference::{CountyMatch, Reference, credit};
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// Dearest price of a piece, as for typed entries.
const MAX_PRICE: i64 = 100_000_000;
/// Words of a line that sums up or signs, not one that lists.
const NOT_LINES: &[&str] = &[
    "合计",
    "小计",
    "总计",
    "共计",
    "说明",
    "注:",
    "备注:",
    "填报人",
    "填表人",
    "审核人",
    "联系电话:",
    "推荐单位",
    "制表",
];

/// Words in a category as written, and the code of `specialties.csv` they mean. The first that fits counts.
const CATEGORY_WORDS: &[(&str, &str)] = &[
    ("菌", "edible_fungus"),
    ("木耳", "edible_fungus"),
    ("茶", "tea"),
    ("蜂", "honey"),
    ("蜜", "honey"),
    ("药", "herb"),
    ("坚果", "nut"),
    ("干果", "nut"),
    ("核桃", "nut"),
    ("果干", "dried_fruit"),
    ("枣", "dried_fruit"),
    ("柿饼", "dried_fruit"),
    ("果品", "fruit"),
    ("水果", "fruit"),
    ("鲜果", "fruit"),
    ("食用油", "oil"),
    ("油料", "oil"),
    ("豆", "bean"),
    ("杂粮", "grain"),
    ("粮", "grain"),
    ("米", "grain"),
    ("面食", "staple"),
    ("面粉", "staple"),
    ("主食", "staple"),
    ("粉条", "staple"),
    ("禽蛋", "poultry_egg"),
    ("蛋", "poultry_egg"),
    ("肉", "meat"),
    ("水产", "aquatic"),
    ("奶", "dairy"),
    ("乳", "dairy"),
    ("酒", "drink"),
    ("饮", "drink"),
    ("调味", "condiment"),
    ("调料", "condiment"),
    ("休闲", "snack"),
    ("零食", "snack"),
    ("糕点", "snack"),
    ("蔬菜", "vegetable"),
    ("丝", "silk"),
    ("手工", "handicraft"),
    ("工艺", "handicraft"),
];

/// One line of the list.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Line of the text file or row of the sheet, as a person counts.
    pub line_no: u64,
    /// What would be proposed; absent when the line is refused.
    pub proposal: Option<ProposeEntry>,
    pub issues: Vec<Issue>,
}

/// A list that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct CatalogFile {
    /// What the file was found to be.
    pub encoding: Encoding,
    /// The sheet read; `csv` for a text file.
    pub sheet: String,
    pub header_map: Vec<HeaderMatch>,
    /// SHA-256 of the bytes in hex: the same file twice is known by it.
    pub file_hash: String,
    pub lines: Vec<Line>,
}

impl CatalogFile {
    /// Lines that list a product.
    pub fn read(&self) -> usize {
        self.lines.len()
    }

    /// Lines taken without any doubt.
    pub fn taken(&self) -> usize {
        self.lines.iter().filter(|l| l.proposal.is_some() && l.issues.is_empty()).count()
    }

    /// Lines taken that a person should look at.
    pub fn doubtful(&self) -> usize {
        self.lines.iter().filter(|l| l.proposal.is_some() && !l.issues.is_empty()).count()
    }

    /// Lines not taken.
    pub fn refused(&self) -> usize {
        self.lines.iter().filter(|l| l.proposal.is_none()).count()
    }
}

/// Reads a product list from the bytes of a CSV, `.xlsx` or `.xls` file. `file_name` is only for messages; the kind is
/// found from the bytes. Without `sheet` the first visible one is read.
///
/// # Errors
/// A [`FormError`] when the file as a whole cannot be read; single bad lines are in the result.
pub fn read_catalog(
    bytes: &[u8],
    file_name: &str,
    sheet: Option<&str>,
    reference: &Reference,
) -> Result<CatalogFile, FormError> {
    let table = sheet::read(bytes, file_name, sheet)?;
    let file_hash: String = Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect();
    let header = find_header(table.rows.iter().map(|r| r.cells.as_slice()))?;
    let place = format!("import:{}!{}", file_hash.get(..12).unwrap_or(""), clean(&table.name).replace('!', "_"));
    let mut reader = Reader { reference, map: &header.map, place, county: None, seen: HashMap::new() };
    let mut lines = Vec::new();
    for row in table.rows.iter().skip(header.row + 1) {
        if reader.is_product(row) {
            lines.push(reader.line(row));
        }
    }
    Ok(CatalogFile { encoding: table.encoding, sheet: table.name, header_map: header.map, file_hash, lines })
}

struct Reader<'a> {
    reference: &'a Reference,
    map: &'a [HeaderMatch],
    /// Source of the lines, without the line number.
    place: String,
    /// County code and text of the line before, for cells merged downwards.
    county: Option<(String, String)>,
    /// Lines by what must be there once.
    seen: HashMap<[String; 4], u64>,
}

/// One line being read.
struct Cells<'a> {
    map: &'a [HeaderMatch],
    row: &'a RawRow,
    issues: Vec<Issue>,
}

impl Cells<'_> {
    fn raw(&self, column: Column) -> &str {
        let at = self.map.iter().find(|m| m.column == column).map(|m| m.index);
        at.and_then(|i| self.row.cells.get(i)).map_or("", String::as_str)
    }

    /// The cleaned text; empty when the cell says that there is nothing.
    fn text(&self, column: Column) -> String {
        let raw = self.raw(column);
        if raw.len() > 16 * 500 {
            // Garbage: keep enough to be refused as too long.
            return clean(&raw.chars().take(2000).collect::<String>());
        }
        if values::is_missing(raw) { String::new() } else { clean(raw) }
    }

    /// A text of at most `max` characters.
    fn short(&mut self, column: Column, max: usize) -> String {
        let text = self.text(column);
        if text.chars().count() > max {
            self.issues.push(Issue::refused(column, &text, "too-long").with("max", max.to_string()));
        }
        text
    }

    fn required(&mut self, column: Column, max: usize) -> String {
        let text = self.short(column, max);
        if text.is_empty() {
            let raw = self.raw(column).to_owned();
            self.issues.push(Issue::refused(column, &raw, "empty-field"));
        }
        text
    }

    fn doubt(&mut self, column: Column, code: &'static str) {
        let raw = self.raw(column).to_owned();
        self.issues.push(Issue::doubtful(column, &raw, code));
    }

    fn refuse(&mut self, column: Column, code: &'static str) {
        let raw = self.raw(column).to_owned();
        self.issues.push(Issue::refused(column, &raw, code));
    }
}

impl Reader<'_> {
    /// Whether a row lists a product: not a sum, a note, a signature or the header once more.
    fn is_product(&self, row: &RawRow) -> bool {
        let first = row.cells.iter().map(|c| half_width(c)).find(|c| !c.trim().is_empty()).unwrap_or_default();
        let first: String = first.chars().filter(|c| !c.is_whitespace()).collect();
        let header_again = matches(&row.cells).len() >= 3;
        !header_again && !NOT_LINES.iter().any(|w| first.starts_with(w))
    }

    fn line(&mut self, row: &RawRow) -> Line {
        let mut cells = Cells { map: self.map, row, issues: Vec::new() };
        let supplier_name = cells.required(Column::Supplier, 120);
        let county_code = self.county(&mut cells);
        let name = cells.required(Column::Product, 120);
        if name.contains(['、', ';', '；']) {
            cells.doubt(Column::Product, "many-products");
        }
        let price = price(&mut cells);
        let proposal = ProposeEntry {
            supplier_kind: supplier_kind(&cells, &supplier_name),
            credit_code: credit_code(&mut cells),
            category: self.category(&mut cells, &name, &county_code),
            spec: cells.short(Column::Spec, 40),
            unit: cells.short(Column::Unit, 20),
            price,
            stock: count(&mut cells, Column::Stock, 1_000_000_000),
            people_helped: people(&mut cells),
            directory_no: digits(&mut cells, Column::DirectoryNo),
            contact_name: cells.short(Column::ContactName, 40),
            contact_phone: digits(&mut cells, Column::Contact),
            source: format!("{}!{}", self.place, row.line_no),
            supplier_name,
            county_code,
            name,
        };
        self.once(&mut cells, &proposal);
        let refused = cells.issues.iter().any(|i| i.severity == Severity::Refused);
        Line { line_no: row.line_no, proposal: (!refused).then_some(proposal), issues: cells.issues }
    }

    /// The county's code; an empty cell takes the county of the line before, as in merged cells.
    fn county(&mut self, cells: &mut Cells<'_>) -> String {
        let written = cells.text(Column::County);
        if written.is_empty() {
            let Some((code, above)) = self.county.clone() else {
                cells.refuse(Column::County, "empty-field");
                return String::new();
            };
            cells.issues.push(Issue::doubtful(Column::County, "", "filled-down").with("county", above));
            return code;
        }
        let compact: String = half_width(&written).chars().filter(|c| !c.is_whitespace()).collect();
        match self.reference.find_county(&compact) {
            CountyMatch::One(d) => {
                if !d.poverty_county {
                    cells
                        .issues
                        .push(Issue::doubtful(Column::County, &written, "not-poverty-county").with("county", &d.name));
                }
                self.county = Some((d.code.clone(), d.name.clone()));
                d.code.clone()
            }
            CountyMatch::Several(list) => {
                let names: Vec<&str> = list.iter().map(|d| d.name.as_str()).collect();
                let issue = Issue::refused(Column::County, &written, "ambiguous-county");
                cells.issues.push(issue.with("counties", names.join("、")));
                self.county = None;
                String::new()
            }
            CountyMatch::None => {
                cells.refuse(Column::County, "unknown-county");
                self.county = None;
                String::new()
            }
        }
    }

    /// The category's code: as written, by its words, or that of the county's product of this name; else `other`.
    fn category(&self, cells: &mut Cells<'_>, name: &str, county: &str) -> String {
        let written = cells.text(Column::Category);
        let specialties = &self.reference.specialties;
        if specialties.iter().any(|s| s.category == written) {
            return written;
        }
        if let Some((_, code)) = CATEGORY_WORDS.iter().find(|(word, _)| written.contains(word)) {
            return (*code).to_owned();
        }
        if !written.is_empty() && written != "其他" && written != "other" {
            cells.doubt(Column::Category, "unknown-category");
        }
        let known = specialties.iter().find(|s| s.division_code == county && name.contains(s.name.as_str()));
        known.map_or_else(|| "other".to_owned(), |s| s.category.clone())
    }

    /// The same product of the same supplier twice in a file: the first counts.
    fn once(&mut self, cells: &mut Cells<'_>, p: &ProposeEntry) {
        let key = [&p.county_code, &p.supplier_name, &p.name, &p.spec]
            .map(|t| half_width(t).chars().filter(|c| !c.is_whitespace()).collect::<String>().to_lowercase());
        if key.iter().take(3).any(String::is_empty) {
            return;
        }
        match self.seen.get(&key) {
            Some(first) => {
                let issue = Issue::refused(Column::Product, &p.name, "duplicate");
                cells.issues.push(issue.with("line", first.to_string()));
            }
            None => {
                self.seen.insert(key, cells.row.line_no);
            }
        }
    }
}

fn price(cells: &mut Cells<'_>) -> Fen {
    let fen = match values::yuan(cells.raw(Column::Price)) {
        Price::Exact(fen) => fen,
        Price::About(fen) => {
            cells.doubt(Column::Price, "price-approximate");
            fen
        }
        Price::Missing => {
            cells.refuse(Column::Price, "empty-field");
            return Fen(0);
        }
        Price::Unclear => {
            cells.refuse(Column::Price, "price-unclear");
            return Fen(0);
        }
    };
    if !(1..=MAX_PRICE).contains(&fen.0) {
        cells.refuse(Column::Price, "price-out-of-range");
    }
    fen
}

/// A count of at most `max`; what is not exact is taken with a doubt, what is not a number counts as nothing.
fn count(cells: &mut Cells<'_>, column: Column, max: i64) -> i64 {
    let (n, code) = match values::number(cells.raw(column)) {
        Number::Exact(n) => (n, None),
        Number::Missing => (0, None),
        Number::About(n) => (n, Some("number-approximate")),
        Number::Range(n) => (n, Some("number-range")),
        Number::HouseholdsAndPersons(n) => (n, Some("households-and-persons")),
        Number::Households(_) => (0, Some("households")),
        Number::Unclear => (0, Some("number-unclear")),
    };
    if let Some(code) = code {
        cells.doubt(column, code);
    }
    if n > max {
        let raw = cells.raw(column).to_owned();
        cells.issues.push(Issue::refused(column, &raw, "number-out-of-range").with("max", max.to_string()));
    }
    n
}

/// Persons helped. A list that counts households only is asked about, never converted.
fn people(cells: &mut Cells<'_>) -> i64 {
    let has = |column| cells.map.iter().any(|m| m.column == column);
    if !has(Column::People) && has(Column::Households) {
        if !values::is_missing(cells.raw(Column::Households)) {
            cells.doubt(Column::Households, "households");
        }
        return 0;
    }
    if has(Column::People) && values::number(cells.raw(Column::People)) == Number::Missing {
        cells.doubt(Column::People, "number-missing");
    }
    count(cells, Column::People, 10_000_000)
}

/// Telephone and directory numbers are text; a spreadsheet may have destroyed them.
fn digits(cells: &mut Cells<'_>, column: Column) -> String {
    if values::is_destroyed(cells.raw(column)) {
        cells.doubt(column, "number-destroyed");
        return String::new();
    }
    let text = half_width(&cells.short(column, 40));
    let plain = text.strip_suffix(".0").filter(|t| t.bytes().all(|b| b.is_ascii_digit()));
    plain.map_or_else(|| text.clone(), str::to_owned)
}

fn credit_code(cells: &mut Cells<'_>) -> String {
    let text = half_width(&cells.text(Column::CreditCode)).to_uppercase();
    if text.is_empty() || credit::is_valid(&text) {
        return text;
    }
    cells.doubt(Column::CreditCode, "credit-code");
    if text.chars().count() == 18 { text } else { String::new() }
}

fn supplier_kind(cells: &Cells<'_>, name: &str) -> SupplierKind {
    let written = cells.text(Column::SupplierKind);
    if written.contains("龙头") || written == "lead" {
        SupplierKind::Lead
    } else if written.contains("合作社") || written == "cooperative" || name.contains("合作社") {
        SupplierKind::Cooperative
    } else {
        SupplierKind::Enterprise
    }
}

#[cfg(test)]
mod tests;
