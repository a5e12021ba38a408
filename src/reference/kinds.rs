//! The row types of the reference files and what each column may hold.
//!
//! Owns meaning and validation of single lines; codes that must exist in another table are checked in the parent.

use super::read::{Expected, Fields, TableRow, is_division_code};
use super::table::Table;
use crate::domain::codes::{GoalUnit, OrgKind, codes};
use jiff::civil::Date;

codes! {
    /// How sure a fact is; `Low` ones are to be confirmed by the union before they are shown as fact.
    Confidence { High = "high", Medium = "medium", Low = "low" }
    DivisionLevel { Province = "province", Prefecture = "prefecture", County = "county", Zone = "zone" }
    PairLevel { City = "city", County = "county" }
}

/// A province, city, county-level unit or zone as of June 2020.
#[derive(Debug, Clone, PartialEq)]
pub struct Division {
    /// GB/T 2260 code, or a local one that begins with `Z`.
    pub code: String,
    pub name: String,
    pub pinyin: String,
    pub name_en: String,
    /// Code of the unit above; empty for the province.
    pub prefecture_code: String,
    pub level: DivisionLevel,
    /// Seat of government in millionths of a degree, GCJ-02.
    pub longitude_e6: i64,
    pub latitude_e6: i64,
    /// One of the 56 counties the plan calls 贫困县, whatever the year it left the list.
    pub poverty_county: bool,
    pub exit_year: Option<i64>,
    /// Code since the renaming of 2021, else empty.
    pub code_2021: String,
    pub confidence: Confidence,
}

impl Division {
    /// Whether it is a county, district or county-level city (not a zone).
    pub fn is_county_level(&self) -> bool {
        self.level == DivisionLevel::County
    }
}

impl TableRow for Division {
    const TABLE: Table = Table::Divisions;
    fn read(f: &mut Fields<'_>) -> Self {
        let level = f.value("level", Expected::one_of("province, prefecture, county, zone"), DivisionLevel::parse);
        let top = level == Some(DivisionLevel::Province);
        Division {
            code: f.code("code"),
            name: f.text("name"),
            pinyin: f.text("pinyin"),
            name_en: f.text("name_en"),
            prefecture_code: if top { String::new() } else { f.code("prefecture_code") },
            level: level.unwrap_or(DivisionLevel::County),
            longitude_e6: f.degrees("longitude", 73, 136),
            latitude_e6: f.degrees("latitude", 3, 54),
            poverty_county: f.flag("is_national_poverty_county"),
            exit_year: f.maybe("exit_year", Expected::code("year"), year),
            code_2021: f
                .maybe("code_2021", Expected::code("division"), |t| is_division_code(t).then(|| t.to_owned()))
                .unwrap_or_default(),
            confidence: confidence(f),
        }
    }
    fn key(&self) -> (&'static str, String) {
        ("code", self.code.clone())
    }
}

/// One corner of an outline ring.
#[derive(Debug, Clone, PartialEq)]
pub struct OutlinePoint {
    pub ring: String,
    pub code: String,
    pub name: String,
    pub seq: i64,
    pub longitude_e6: i64,
    pub latitude_e6: i64,
}

impl TableRow for OutlinePoint {
    const TABLE: Table = Table::Outline;
    fn read(f: &mut Fields<'_>) -> Self {
        OutlinePoint {
            ring: f.text("ring"),
            code: f.code("code"),
            name: f.text("name"),
            seq: f.value("seq", Expected::code("count"), count).unwrap_or(0),
            longitude_e6: f.degrees("longitude", 73, 136),
            latitude_e6: f.degrees("latitude", 3, 54),
        }
    }
    fn key(&self) -> (&'static str, String) {
        ("seq", format!("{} {}", self.ring, self.seq))
    }
}

/// A closed ring of the outline. For drawing and rough checks only, no statement about borders.
#[derive(Debug, Clone, PartialEq)]
pub struct Ring {
    pub code: String,
    pub name: String,
    /// Corners in order as (longitude, latitude) in millionths of a degree.
    pub points: Vec<(i64, i64)>,
}

impl Ring {
    /// Joins the points of each ring in the order of their numbers.
    pub(super) fn gather(points: &[OutlinePoint]) -> Vec<Ring> {
        let mut rings: Vec<(&str, Vec<&OutlinePoint>)> = Vec::new();
        for p in points {
            match rings.iter_mut().find(|(id, _)| *id == p.ring) {
                Some((_, list)) => list.push(p),
                None => rings.push((&p.ring, vec![p])),
            }
        }
        let build = |(_, mut list): (&str, Vec<&OutlinePoint>)| {
            list.sort_by_key(|p| p.seq);
            let first = list.first()?;
            let points = list.iter().map(|p| (p.longitude_e6, p.latitude_e6)).collect();
            Some(Ring { code: first.code.clone(), name: first.name.clone(), points })
        };
        rings.into_iter().filter_map(build).collect()
    }

    /// Whether the point lies inside (even-odd rule); points on the border may fall on either side.
    pub fn contains(&self, longitude_e6: i64, latitude_e6: i64) -> bool {
        let (x, y) = (i128::from(longitude_e6), i128::from(latitude_e6));
        let mut inside = false;
        let mut previous = self.points.last();
        for point in &self.points {
            if let Some(from) = previous {
                let (x1, y1) = (i128::from(from.0), i128::from(from.1));
                let (x2, y2) = (i128::from(point.0), i128::from(point.1));
                // x < x1 + (y - y1) * (x2 - x1) / (y2 - y1), without dividing.
                let cross = (x - x1) * (y2 - y1) - (y - y1) * (x2 - x1);
                if (y1 > y) != (y2 > y) && ((cross < 0) == (y2 > y1)) {
                    inside = !inside;
                }
            }
            previous = Some(point);
        }
        inside
    }
}

/// A kind of place named in the plan.
#[derive(Debug, Clone, PartialEq)]
pub struct VenueType {
    pub code: String,
    pub name: String,
    pub name_en: String,
    /// `union_site`, `bank_outlet`, `partner_city`, `market`, `temporary` or `online`.
    pub family: String,
    pub operator: String,
    pub target: Option<i64>,
    /// Whether a counter there is one of the thousand.
    pub counts: bool,
    pub plan_item: String,
}

/// Families of venue types.
pub const FAMILIES: &[&str] = &["union_site", "bank_outlet", "partner_city", "market", "temporary", "online"];

impl TableRow for VenueType {
    const TABLE: Table = Table::VenueTypes;
    fn read(f: &mut Fields<'_>) -> Self {
        let family = |t: &str| FAMILIES.contains(&t).then(|| t.to_owned());
        let counts = |t: &str| ["true", "separate", "attribute", "no"].contains(&t).then(|| t == "true");
        VenueType {
            code: f.text("code"),
            name: f.text("name_zh"),
            name_en: f.text("name_en"),
            family: f.value("family", Expected::one_of(&FAMILIES.join(", ")), family).unwrap_or_default(),
            operator: f.text("operator"),
            target: f.maybe("target_count", Expected::code("count"), count),
            counts: f
                .value("counts_toward_1000", Expected::one_of("true, separate, attribute, no"), counts)
                .unwrap_or(false),
            plan_item: f.text("plan_item"),
        }
    }
    fn key(&self) -> (&'static str, String) {
        ("code", self.code.clone())
    }
}

/// A reporting unit or one of its members.
#[derive(Debug, Clone, PartialEq)]
pub struct Union {
    pub id: String,
    pub name: String,
    /// Empty when there is no settled English name.
    pub name_en: String,
    pub kind: OrgKind,
    pub division_code: String,
    /// Empty for the provincial federation.
    pub parent_id: String,
    /// As stated: `yes`, `no`, `unclear`, `collects` or `through_parent`.
    pub files_annex1: String,
    pub files_annex2: String,
    pub confidence: Confidence,
}

const FILES: &[&str] = &["yes", "no", "unclear", "collects", "through_parent"];

impl TableRow for Union {
    const TABLE: Table = Table::Unions;
    fn read(f: &mut Fields<'_>) -> Self {
        let files = |t: &str| FILES.contains(&t).then(|| t.to_owned());
        Union {
            id: f.text("id"),
            name: f.text("name_zh"),
            name_en: f.optional("name_en"),
            kind: f
                .value(
                    "kind",
                    Expected::one_of(&OrgKind::ALL.iter().map(|k| k.code()).collect::<Vec<_>>().join(", ")),
                    OrgKind::parse,
                )
                .unwrap_or(OrgKind::Direct),
            division_code: f.code("division_code"),
            parent_id: f.optional("parent_id"),
            files_annex1: f.value("files_annex1", Expected::one_of(&FILES.join(", ")), files).unwrap_or_default(),
            files_annex2: f.value("files_annex2", Expected::one_of(&FILES.join(", ")), files).unwrap_or_default(),
            confidence: confidence(f),
        }
    }
    fn key(&self) -> (&'static str, String) {
        ("id", self.id.clone())
    }
}

/// A city or county of the province and its partner in Jiangsu.
#[derive(Debug, Clone, PartialEq)]
pub struct JiangsuPair {
    pub level: PairLevel,
    pub shaanxi_code: String,
    pub shaanxi_name: String,
    pub jiangsu_code: String,
    pub jiangsu_name: String,
    /// City the Jiangsu county belongs to; empty for city pairs.
    pub jiangsu_city: String,
    pub since_year: Option<i64>,
    pub confidence: Confidence,
}

impl TableRow for JiangsuPair {
    const TABLE: Table = Table::JiangsuPairs;
    fn read(f: &mut Fields<'_>) -> Self {
        JiangsuPair {
            level: f.value("level", Expected::one_of("city, county"), PairLevel::parse).unwrap_or(PairLevel::County),
            shaanxi_code: f.code("shaanxi_code"),
            shaanxi_name: f.text("shaanxi_name"),
            jiangsu_code: f.code("jiangsu_code"),
            jiangsu_name: f.text("jiangsu_name"),
            jiangsu_city: f.optional("jiangsu_city"),
            since_year: f.maybe("since_year", Expected::code("year"), year),
            confidence: confidence(f),
        }
    }
    fn key(&self) -> (&'static str, String) {
        ("jiangsu_code", format!("{} {}", self.shaanxi_code, self.jiangsu_code))
    }
}

/// A local product of a county or city. For suggestions and the demo, never to reject a real product.
#[derive(Debug, Clone, PartialEq)]
pub struct Specialty {
    pub name: String,
    pub division_code: String,
    pub category: String,
    pub base_unit: String,
    pub pack_unit: String,
    /// Usual selling season, `9-11`, or `11-2` over the new year.
    pub season: String,
    /// Protected indication: `yes`, `likely`, `unknown`; no legal claim.
    pub gi_status: String,
    pub confidence: Confidence,
}

impl TableRow for Specialty {
    const TABLE: Table = Table::Specialties;
    fn read(f: &mut Fields<'_>) -> Self {
        let season = |t: &str| {
            let (a, b) = t.split_once('-')?;
            let month = |m: &str| m.parse::<u8>().ok().filter(|n| (1..=12).contains(n));
            month(a).and(month(b)).map(|_| t.to_owned())
        };
        let gi = |t: &str| ["yes", "likely", "unknown"].contains(&t).then(|| t.to_owned());
        Specialty {
            name: f.text("product_name"),
            division_code: f.code("division_code"),
            category: f.text("category"),
            base_unit: f.text("base_unit"),
            pack_unit: f.text("pack_unit"),
            season: f.value("season_months", Expected::code("months"), season).unwrap_or_default(),
            gi_status: f.value("gi_status", Expected::one_of("yes, likely, unknown"), gi).unwrap_or_default(),
            confidence: confidence(f),
        }
    }
    fn key(&self) -> (&'static str, String) {
        ("product_name", format!("{} {}", self.division_code, self.name))
    }
}

/// A target number of the year's programme.
#[derive(Debug, Clone, PartialEq)]
pub struct ProgrammeGoal {
    pub code: String,
    pub title: String,
    pub title_en: String,
    /// In `unit`; money in fen.
    pub target: i64,
    pub unit: GoalUnit,
    pub due_on: Date,
    /// A second day progress is shown at: buying goes on after the due day.
    pub shown_on: Option<Date>,
    pub plan_item: String,
}

/// A deadline of the year's programme.
#[derive(Debug, Clone, PartialEq)]
pub struct ProgrammeDeadline {
    pub code: String,
    pub title: String,
    pub title_en: String,
    /// Inclusive: the whole day counts, in Asia/Shanghai.
    pub due_on: Date,
    pub owner: String,
    pub done_when: String,
    pub plan_item: String,
}

/// A line of the programme file.
#[derive(Debug, Clone, PartialEq)]
pub enum ProgrammeLine {
    Goal(ProgrammeGoal),
    Deadline(ProgrammeDeadline),
}

impl TableRow for ProgrammeLine {
    const TABLE: Table = Table::Programme;
    fn read(f: &mut Fields<'_>) -> Self {
        let is_goal = f.value("record", Expected::one_of("goal, deadline"), |t| match t {
            "goal" => Some(true),
            "deadline" => Some(false),
            _ => None,
        });
        let (code, title, title_en) = (f.text("code"), f.text("title"), f.text("title_en"));
        let (due_on, plan_item) = (f.date("due_on"), f.text("plan_item"));
        if is_goal != Some(true) {
            let (owner, done_when) = (f.text("owner"), f.text("done_when"));
            return ProgrammeLine::Deadline(ProgrammeDeadline {
                code,
                title,
                title_en,
                due_on,
                owner,
                done_when,
                plan_item,
            });
        }
        let shown_on = f.maybe("shown_on", Expected::code("date"), |t| t.parse::<Date>().ok());
        if shown_on.is_some_and(|d| d < due_on) {
            f.wrong("shown_on", Expected::code("not-before-due"));
        }
        ProgrammeLine::Goal(ProgrammeGoal {
            code,
            title,
            title_en,
            target: f.value("target", Expected::code("positive"), |t| count(t).filter(|n| *n > 0)).unwrap_or(1),
            unit: f.value("unit", Expected::one_of("fen, count"), GoalUnit::parse).unwrap_or(GoalUnit::Count),
            due_on,
            shown_on,
            plan_item,
        })
    }
    fn key(&self) -> (&'static str, String) {
        match self {
            ProgrammeLine::Goal(g) => ("code", format!("goal {}", g.code)),
            ProgrammeLine::Deadline(d) => ("code", format!("deadline {}", d.code)),
        }
    }
}

fn confidence(f: &mut Fields<'_>) -> Confidence {
    f.value("confidence", Expected::one_of("high, medium, low"), Confidence::parse).unwrap_or(Confidence::Low)
}

fn year(t: &str) -> Option<i64> {
    t.parse().ok().filter(|y| (1949..=2100).contains(y))
}

fn count(t: &str) -> Option<i64> {
    if t.bytes().all(|b| b.is_ascii_digit()) { t.parse().ok() } else { None }
}
