//! The 2,500 counters with their visits, by venue type and state.
//!
//! Owns where counters are and how far each is; what stands on their shelves is in `shelves.rs`.

use super::emit::{Desk, Done, at, changed, days_between, made, plus};
use super::orgs::People;
use super::rng::Rng;
use super::words::{BANKS, SELLERS, STREETS, VISIT_NOTES};
use super::{names, places};
use crate::domain::codes::CounterState;
use crate::domain::rows::*;
use crate::reference::{Division, JiangsuPair, PairLevel, Reference};
use jiff::civil::{Date, date};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

const STATES: [CounterState; 6] = [
    CounterState::Active,
    CounterState::Paused,
    CounterState::Preparing,
    CounterState::Approved,
    CounterState::Proposed,
    CounterState::Closed,
];

/// Venue type, the words on the sign, demonstration room, and counters by state in the order of [`STATES`].
type VenueCounts = (&'static str, &'static str, bool, [usize; 6]);

/// 742 active at union sites, 388 at banks, 431 of the 658 demonstration rooms; 2,500 in all.
const VENUES: &[VenueCounts] = &[
    ("workers_bookhouse", "职工书屋", true, [431, 18, 110, 40, 45, 14]),
    ("workers_bookhouse", "职工书屋", false, [55, 5, 20, 15, 25, 5]),
    ("workers_home", "职工之家", false, [120, 8, 30, 20, 40, 6]),
    ("love_station", "爱心驿站", false, [61, 4, 15, 10, 20, 4]),
    ("maternal_room", "母婴关爱室", false, [30, 2, 6, 5, 10, 1]),
    ("drivers_home", "司机之家", false, [22, 2, 5, 4, 8, 1]),
    ("union_site_other", "职工服务中心", false, [23, 2, 6, 4, 8, 1]),
    ("bank_harbor", "劳动者港湾", false, [388, 24, 130, 80, 140, 18]),
    ("partner_counter", "扶贫产品专柜", false, [34, 3, 10, 4, 6, 1]),
    ("partner_zone", "扶贫产品专区", false, [6, 0, 2, 1, 1, 0]),
    ("market_counter", "消费扶贫专柜", false, [180, 10, 30, 15, 25, 10]),
    ("market_zone", "消费扶贫专区", false, [38, 2, 6, 4, 6, 2]),
    ("market_hall", "消费扶贫专馆", false, [9, 0, 2, 1, 1, 0]),
    ("expo_stand", "扶贫产品展销台", false, [4, 0, 4, 2, 6, 34]),
];

/// Shares of the bank families, in the order of [`BANKS`].
const BANK_SHARES: &[usize] = &[30, 10, 14, 12, 5, 9, 8, 10, 2];
/// Active counters nobody has visited for more than 90 days, in 1/1,000.
const ASLEEP: usize = 55;

/// What later parts need of a counter.
pub(super) struct Shop {
    pub(super) id: CounterId,
    pub(super) org: Uuid,
    pub(super) county: String,
    pub(super) keeper: String,
    pub(super) state: CounterState,
    pub(super) opened: Option<Date>,
}

struct Draft {
    venue: &'static str,
    sign: &'static str,
    demo_room: bool,
    state: CounterState,
}

/// A counter's place: name, host, address, area, owner, bank and position.
struct Site {
    name: String,
    host: String,
    address: String,
    county: String,
    org: Uuid,
    bank: String,
    position: (i64, i64),
}

struct Map<'a> {
    reference: &'a Reference,
    people: &'a People,
    counties: Vec<&'a Division>,
    weights: Vec<usize>,
    market_weights: Vec<usize>,
    pairs: Vec<&'a JiangsuPair>,
    hosts: HashMap<&'a str, Vec<&'a str>>,
    names: HashSet<String>,
}

pub(super) fn write<E>(reference: &Reference, desk: &mut Desk<'_, E>, people: &People) -> Result<Vec<Shop>, E> {
    let mut rng = desk.rng("counters");
    let mut map = Map::new(reference, people);
    let mut numbers: HashMap<String, usize> = HashMap::new();
    let mut shops = Vec::new();
    for draft in drafts(&mut rng) {
        let site = map.site(&mut rng, &draft);
        let number = numbers.entry(site.county.clone()).or_insert(0);
        *number += 1;
        let code = format!("ZG{}-{:04}", site.county, *number);
        shops.push(put(desk, &mut rng, &draft, site, code)?);
    }
    Ok(shops)
}

fn drafts(rng: &mut Rng) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for (venue, sign, demo_room, counts) in VENUES {
        for (state, count) in STATES.iter().zip(counts) {
            drafts.extend((0..*count).map(|_| Draft { venue, sign, demo_room: *demo_room, state: *state }));
        }
    }
    for i in (1..drafts.len()).rev() {
        drafts.swap(i, rng.below(i + 1));
    }
    drafts
}

impl<'a> Map<'a> {
    fn new(reference: &'a Reference, people: &'a People) -> Map<'a> {
        let counties: Vec<_> = reference.counties().collect();
        let weight = |d: &&Division| match (d.prefecture_code.as_str(), d.name.ends_with('区')) {
            ("610100", true) => 5,
            (_, true) => 3,
            _ => 2,
        };
        let mut hosts: HashMap<&str, Vec<&str>> = HashMap::new();
        for buyer in &people.buyers {
            hosts.entry(&buyer.division).or_default().push(buyer.name.trim_end_matches("工会"));
        }
        Map {
            reference,
            people,
            weights: counties.iter().map(weight).collect(),
            market_weights: counties.iter().map(|d| usize::from(d.name.ends_with('区')) * weight(d)).collect(),
            counties,
            pairs: reference.pairs.iter().filter(|p| p.level == PairLevel::City).collect(),
            hosts,
            names: HashSet::new(),
        }
    }

    /// A place with a name no other counter has.
    fn site(&mut self, rng: &mut Rng, draft: &Draft) -> Site {
        let mut site = self.try_site(rng, draft);
        for _ in 0..50 {
            if !self.names.contains(&site.name) {
                break;
            }
            site = self.try_site(rng, draft);
        }
        if self.names.contains(&site.name) {
            site.name = format!("{}（{}号）", site.name, self.names.len());
        }
        self.names.insert(site.name.clone());
        site
    }

    fn try_site(&self, rng: &mut Rng, draft: &Draft) -> Site {
        if draft.venue.starts_with("partner") {
            return self.partner_site(rng, draft);
        }
        let market = draft.venue.starts_with("market");
        let i = rng.weighted(if market { &self.market_weights } else { &self.weights });
        let Some(county) = self.counties.get(i) else { return self.partner_site(rng, draft) };
        let street = rng.pick(STREETS);
        let city = self.reference.prefecture_of(&county.code).map_or("", |d| d.name.as_str());
        let place = &county.name;
        let mut bank = String::new();
        let (name, host) = match draft.venue {
            "bank_harbor" => {
                let family = BANKS.get(rng.weighted(BANK_SHARES)).copied().unwrap_or("其他银行");
                bank = family.to_owned();
                let sign = match family {
                    "其他银行" => "邮储银行",
                    "信合" => "农村信用社",
                    _ => family,
                };
                let branch = format!("{sign}{place}{street}支行");
                (format!("{branch}{}扶贫专柜", draft.sign), branch)
            }
            "market_counter" | "market_zone" | "market_hall" => {
                let seller = rng.pick(SELLERS);
                (format!("{seller}{place}{street}{}", draft.sign), seller.to_owned())
            }
            "love_station" | "drivers_home" => {
                (format!("{place}{street}{}扶贫专柜", draft.sign), format!("{place}总工会"))
            }
            "expo_stand" => {
                let fair = rng.pick(&["丝博会", "农高会", "消费扶贫展销会", "职工文化节"]);
                (format!("{place}总工会{fair}{}", draft.sign), format!("{place}总工会"))
            }
            _ => {
                let hosts = self.hosts.get(county.code.as_str()).map_or(&[][..], Vec::as_slice);
                let host = rng.pick(hosts);
                (format!("{host}{}扶贫专柜", draft.sign), format!("{host}工会"))
            }
        };
        Site {
            name,
            host,
            address: format!("{city}{place}{street}{}号", rng.between(1, 280)),
            county: county.code.clone(),
            org: self.people.owner(&county.code),
            bank,
            position: places::in_county(rng, self.reference, county),
        }
    }

    fn partner_site(&self, rng: &mut Rng, draft: &Draft) -> Site {
        // 三（一）5 names Hanzhong, Ankang and Shangluo in particular.
        let named = ["610700", "610900", "611000"];
        let weights: Vec<usize> =
            self.pairs.iter().map(|p| if named.contains(&p.shaanxi_code.as_str()) { 3 } else { 1 }).collect();
        let pair = self.pairs.get(rng.weighted(&weights));
        let (code, city, home, own) = pair.map_or(("320100", "", "", "610000"), |p| {
            (&p.jiangsu_code, &p.jiangsu_name, &p.shaanxi_name, p.shaanxi_code.as_str())
        });
        let street = rng.pick(STREETS);
        Site {
            name: format!("{city}{street}陕西{home}{}", draft.sign),
            host: format!("{city}总工会"),
            address: format!("江苏省{city}{street}{}号", rng.between(1, 280)),
            county: code.to_owned(),
            org: self.people.owner(own),
            bank: String::new(),
            position: places::in_jiangsu(rng, code).unwrap_or((118_796_900, 32_060_300)),
        }
    }
}

/// Opening, last visit and closing day as the state needs them.
fn days<E>(desk: &Desk<'_, E>, rng: &mut Rng, state: CounterState) -> (Option<Date>, Option<Date>, Option<Date>) {
    let today = desk.today();
    let start = date(2020, 6, 6);
    let span = days_between(start, today).max(20);
    match state {
        CounterState::Active if rng.chance(ASLEEP) => {
            let visited = plus(today, -rng.between(92, 100));
            (Some(plus(visited, -rng.between(0, 3))), Some(visited), None)
        }
        CounterState::Active => {
            let opened = plus(start, rng.between(0, span - 6));
            let since = days_between(opened, today).clamp(1, 40);
            (Some(opened), Some(plus(today, -rng.between(0, since))), None)
        }
        CounterState::Paused => {
            let opened = plus(start, rng.between(0, span - 20));
            (Some(opened), Some(plus(opened, rng.between(1, 15))), None)
        }
        CounterState::Closed => {
            let opened = plus(start, rng.between(0, span - 20));
            let closed = plus(opened, rng.between(5, 18));
            (Some(opened), Some(plus(opened, 3)), Some(closed))
        }
        _ => (None, None, None),
    }
}

fn put<E>(desk: &mut Desk<'_, E>, rng: &mut Rng, draft: &Draft, site: Site, code: String) -> Result<Shop, E> {
    let (opened, last_visit, closed) = days(desk, rng, draft.state);
    let has_keeper = !matches!(draft.state, CounterState::Proposed | CounterState::Approved);
    let person = rng.next();
    let keeper = if has_keeper { names::person(person) } else { String::new() };
    let clerk = names::clerk(&site.county, 1);
    let ahead = if opened.is_some() { rng.between(1, 6) } else { rng.between(2, 60) };
    let registered = plus(opened.unwrap_or(desk.today()), -ahead);
    let registered = at(registered, rng.between(9 * 60, 14 * 60));
    let updated = at(closed.or(last_visit).unwrap_or(desk.today()), 14 * 60);
    let id = CounterId(desk.id());
    desk.put(Counter {
        id,
        meta: changed(site.org, (registered, &clerk), (updated, &clerk), if has_keeper { 4 } else { 1 }),
        code,
        name: site.name,
        venue_type: draft.venue.to_owned(),
        host: site.host,
        county_code: site.county.clone(),
        address: site.address,
        longitude_e6: site.position.0,
        latitude_e6: site.position.1,
        phone: if has_keeper { names::phone(person) } else { String::new() },
        keeper: keeper.clone(),
        bank: site.bank,
        demo_room: draft.demo_room,
        state: draft.state,
        opened_on: opened,
        closed_on: closed,
        last_visit,
    })?;
    if let (Some(opened), Some(last)) = (opened, last_visit) {
        visits(desk, rng, (id, site.org, &clerk), opened, last)?;
    }
    Ok(Shop { id, org: site.org, county: site.county, keeper, state: draft.state, opened })
}

/// One to three visits, the last on the day the counter names.
fn visits<E>(
    desk: &mut Desk<'_, E>,
    rng: &mut Rng,
    (counter, org, visitor): (CounterId, Uuid, &str),
    opened: Date,
    last: Date,
) -> Done<E> {
    let span = days_between(opened, last).max(0);
    let mut on: Vec<Date> = (0..rng.below(3)).map(|_| plus(opened, rng.between(0, span))).collect();
    on.push(last);
    on.sort_unstable();
    for day in on {
        let id = VisitId(desk.id());
        desk.put(Visit {
            id,
            meta: made(org, at(day, 15 * 60).min(desk.now()), visitor),
            counter_id: counter,
            visited_on: day,
            visitor: visitor.to_owned(),
            note: rng.pick(VISIT_NOTES).to_owned(),
        })?;
    }
    Ok(())
}
