//! The unions: those of the reference file first, then every county, the other direct units and the buying workplaces.
//!
//! Owns organisations and who answers for which area; must not repeat a union that the reference file already names.

use super::emit::{Desk, Done, made};
use super::names;
use super::words::{BUSINESSES, DIRECT_UNITS, WORKPLACES};
use crate::domain::codes::OrgKind;
use crate::domain::rows::{OrgId, Organisation};
use crate::reference::{Reference, Union};
use jiff::Timestamp;
use jiff::civil::date;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Directly managed units of the federation (press of November 2020).
const DIRECT: usize = 40;
/// Buying workplaces.
const BUYERS: usize = 6400;
/// Buying workplaces of one industrial or direct union.
const BUYERS_PER_SYSTEM: usize = 18;
/// Share of holiday goods reserved: by rule, and in Ankang since May 2020.
const QUOTA_BP: i64 = 3000;
const QUOTA_ANKANG_BP: i64 = 5000;

/// A union that files returns.
pub(super) struct Filer {
    pub(super) id: OrgId,
    pub(super) kind: OrgKind,
    pub(super) division: String,
    pub(super) annex2: bool,
}

/// A workplace that buys.
pub(super) struct Buyer {
    pub(super) id: OrgId,
    pub(super) name: String,
    pub(super) division: String,
}

/// Who answers for what.
pub(super) struct People {
    pub(super) province: Uuid,
    areas: HashMap<String, Uuid>,
    pub(super) filers: Vec<Filer>,
    pub(super) buyers: Vec<Buyer>,
    /// Unions that buyers outside the counties belong to.
    systems: Vec<(Uuid, String)>,
}

impl People {
    /// The union of a division, or of the city above it, or the province.
    pub(super) fn owner(&self, division: &str) -> Uuid {
        let city = division.get(..4).map(|c| format!("{c}00"));
        let found = self.areas.get(division).or_else(|| city.and_then(|c| self.areas.get(&c)));
        found.copied().unwrap_or(self.province)
    }
}

pub(super) fn write<E>(reference: &Reference, desk: &mut Desk<'_, E>) -> Result<People, E> {
    let mut people = People {
        province: Uuid::nil(),
        areas: HashMap::new(),
        filers: Vec::new(),
        buyers: Vec::new(),
        systems: Vec::new(),
    };
    let mut ids: HashMap<String, Uuid> = HashMap::new();
    for union in &reference.unions {
        let id = desk.id();
        ids.insert(union.id.clone(), id);
        if union.kind == OrgKind::Provincial {
            people.province = id;
        }
        let parent = ids.get(&union.parent_id).copied();
        let new = New { id, code: union.id.clone(), name: &union.name, kind: union.kind, parent };
        put(desk, &people, &new, &union.name_en, &union.division_code, files(union))?;
        enter(&mut people, union, id);
    }
    write_direct(desk, &mut people)?;
    write_counties(reference, desk, &mut people)?;
    write_buyers(reference, desk, &mut people)?;
    Ok(people)
}

/// Notes what a union of the reference file answers for.
fn enter(people: &mut People, union: &Union, id: Uuid) {
    let area = matches!(union.kind, OrgKind::City | OrgKind::Zone);
    if area {
        people.areas.insert(union.division_code.clone(), id);
    }
    match union.kind {
        OrgKind::Industrial | OrgKind::Direct => {
            people.systems.push((id, union.name.trim_end_matches("工会").to_owned()));
        }
        OrgKind::Enterprise => {
            let (name, division) = (union.name.clone(), union.division_code.clone());
            people.buyers.push(Buyer { id: OrgId(id), name, division });
        }
        _ => {}
    }
    let (annex1, annex2) = files(union);
    if annex1 {
        let filer = Filer { id: OrgId(id), kind: union.kind, division: union.division_code.clone(), annex2 };
        people.filers.push(filer);
    }
}

/// Zones of which it is unclear whether they file annex 1 do so in the demo, which makes the 61 units; annex 2 only
/// where the reference file says yes.
fn files(union: &Union) -> (bool, bool) {
    let unclear_zone = union.kind == OrgKind::Zone && union.files_annex1 == "unclear";
    (union.files_annex1 == "yes" || unclear_zone, union.files_annex2 == "yes")
}

fn write_direct<E>(desk: &mut Desk<'_, E>, people: &mut People) -> Done<E> {
    let known = people.filers.iter().filter(|f| f.kind == OrgKind::Direct).count();
    for (n, unit) in DIRECT_UNITS.iter().take(DIRECT.saturating_sub(known)).enumerate() {
        let id = desk.id();
        let name = format!("{unit}工会");
        let parent = Some(people.province);
        let new = New { id, code: format!("direct_{:02}", known + n + 1), name: &name, kind: OrgKind::Direct, parent };
        put(desk, people, &new, "", "610000", (true, false))?;
        people.systems.push((id, (*unit).to_owned()));
        let filer = Filer { id: OrgId(id), kind: OrgKind::Direct, division: "610000".into(), annex2: false };
        people.filers.push(filer);
    }
    Ok(())
}

fn write_counties<E>(reference: &Reference, desk: &mut Desk<'_, E>, people: &mut People) -> Done<E> {
    let mut codes: HashSet<String> = reference.unions.iter().map(|u| u.id.clone()).collect();
    for county in reference.counties() {
        // Hancheng is a county-level city whose union is in the reference file as a zone.
        if people.areas.contains_key(&county.code) {
            continue;
        }
        let stem: String = county.pinyin.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
        let mut code = format!("{stem}_ftu");
        if !codes.insert(code.clone()) {
            code = format!("{stem}_{}_ftu", county.code);
            codes.insert(code.clone());
        }
        let id = desk.id();
        let name = format!("{}总工会", county.name);
        let english = format!("{} Federation of Trade Unions", county.name_en);
        let parent = people.areas.get(&county.prefecture_code).copied();
        let new = New { id, code, name: &name, kind: OrgKind::County, parent };
        put(desk, people, &new, &english, &county.code, (false, false))?;
        people.areas.insert(county.code.clone(), id);
    }
    Ok(())
}

fn write_buyers<E>(reference: &Reference, desk: &mut Desk<'_, E>, people: &mut People) -> Done<E> {
    let systems = people.systems.clone();
    let cities = ["西安", "铜川", "宝鸡", "咸阳", "渭南", "延安", "汉中", "榆林", "安康", "商洛"];
    let mut made = 0;
    for (s, (parent, system)) in systems.iter().enumerate() {
        for k in 0..BUYERS_PER_SYSTEM {
            let city = cities.get(k).copied();
            let name = match city {
                Some(city) => format!("{system}{city}分公司工会"),
                None => format!("{system}{}项目部工会", names::brand(seq(k * 7 + s))),
            };
            let division = city.map_or_else(|| "610000".to_owned(), |_| format!("61{:02}00", k + 1));
            let parent = *parent;
            put_buyer(desk, people, (format!("JC{}-{:03}", s + 1, k + 1), name, division), parent)?;
            made += 1;
        }
    }
    let counties: Vec<_> = reference.counties().collect();
    for n in 0.. {
        for (c, county) in counties.iter().enumerate() {
            if made == BUYERS {
                return Ok(());
            }
            let name = match WORKPLACES.get(n) {
                Some(place) => format!("{}工会", place.replace("{}", &county.name)),
                None => {
                    let business = BUSINESSES.get((n + c) % BUSINESSES.len()).copied().unwrap_or("");
                    let brand = names::brand(seq((n * counties.len() + c) * 37 % 2560));
                    format!("{}{brand}{business}有限公司工会", county.name)
                }
            };
            let code = format!("JC{}-{:04}", county.code, n + 1);
            let parent = people.owner(&county.code);
            put_buyer(desk, people, (code, name, county.code.clone()), parent)?;
            made += 1;
        }
    }
    Ok(())
}

fn put_buyer<E>(
    desk: &mut Desk<'_, E>,
    people: &mut People,
    (code, name, division): (String, String, String),
    parent: Uuid,
) -> Done<E> {
    let id = desk.id();
    let new = New { id, code, name: &name, kind: OrgKind::Grassroots, parent: Some(parent) };
    put(desk, people, &new, "", &division, (false, false))?;
    people.buyers.push(Buyer { id: OrgId(id), name, division });
    Ok(())
}

struct New<'a> {
    id: Uuid,
    code: String,
    name: &'a str,
    kind: OrgKind,
    parent: Option<Uuid>,
}

fn put<E>(
    desk: &mut Desk<'_, E>,
    people: &People,
    new: &New<'_>,
    name_en: &str,
    division: &str,
    (files_annex1, files_annex2): (bool, bool),
) -> Done<E> {
    let owner = new.parent.unwrap_or(people.province);
    let quota_rate_bp = if division.starts_with("6109") { QUOTA_ANKANG_BP } else { QUOTA_BP };
    desk.put(Organisation {
        id: OrgId(new.id),
        meta: made(owner, founded(), &names::clerk("610000", 0)),
        code: new.code.clone(),
        name: new.name.to_owned(),
        name_en: name_en.to_owned(),
        kind: new.kind,
        division_code: division.to_owned(),
        parent_id: new.parent.map(OrgId),
        files_annex1,
        files_annex2,
        quota_rate_bp,
    })
}

/// When the register of unions was entered.
fn founded() -> Timestamp {
    super::emit::at(date(2020, 5, 20), 9 * 60)
}

fn seq(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(0)
}
