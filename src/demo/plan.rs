//! The shape one scale step has: which county has how many suppliers, who makes what, in which packing.
//!
//! Owns the pattern every step repeats with other firms; draws nothing at random. The first entry of a county is its
//! best-known product, so that codes such as `SX611026-0001` stay where people look for them.

use super::goods::{self, Category, Form};
use super::{ENTRIES, SUPPLIERS};
use crate::reference::{Division, Reference, Specialty};
use std::collections::HashSet;

/// Suppliers of a county outside the 56.
const OTHER_SUPPLIERS: usize = 1;
/// Entries per supplier in the first place given to each county.
const SHARE: usize = 2;

/// A supplier of the pattern.
pub(super) struct Maker<'a> {
    pub(super) county: &'a Division,
    /// The trade it keeps to; `None` for general farm firms.
    pub(super) trade: Option<&'static Category>,
}

/// A catalog entry of the pattern.
pub(super) struct Item<'a> {
    pub(super) county: usize,
    /// Index into [`Plan::makers`].
    pub(super) maker: usize,
    pub(super) specialty: &'a Specialty,
    pub(super) category: &'static Category,
    pub(super) form: &'static Form,
    /// Place among the entries of its county, from 0.
    pub(super) place: usize,
}

/// The pattern.
pub(super) struct Plan<'a> {
    pub(super) counties: Vec<&'a Division>,
    pub(super) makers: Vec<Maker<'a>>,
    pub(super) items: Vec<Item<'a>>,
}

struct County<'a> {
    division: &'a Division,
    specialties: Vec<&'a Specialty>,
    makers: usize,
}

impl<'a> Plan<'a> {
    pub(super) fn new(reference: &'a Reference) -> Plan<'a> {
        let mut counties: Vec<County<'a>> = reference.counties().filter_map(|d| county(reference, d)).collect();
        share_makers(&mut counties);
        let total: usize = counties.iter().map(|c| c.makers).sum();
        let wanted = usize::try_from(ENTRIES).unwrap_or(0);
        let mut plan = Plan { counties: Vec::new(), makers: Vec::new(), items: Vec::new() };
        let mut given = 0;
        let mut makers_so_far = 0;
        for c in &counties {
            // The running share keeps the sum exact whatever the rounding.
            makers_so_far += c.makers;
            let upto = wanted * makers_so_far / total.max(1);
            plan.add_county(c, upto - given);
            given = upto;
        }
        plan
    }

    fn add_county(&mut self, c: &County<'a>, entries: usize) {
        let county = self.counties.len();
        self.counties.push(c.division);
        let first = self.makers.len();
        for n in 0..c.makers {
            // Every second firm keeps to the trade of one of the county's products.
            let own = c.specialties.get((n / 2) % c.specialties.len().max(1));
            let trade = own.filter(|_| n % 2 == 0).and_then(|s| goods::category(&s.category));
            self.makers.push(Maker { county: c.division, trade: trade.filter(|t| !t.trade.is_empty()) });
        }
        let mut load = vec![0_usize; c.makers];
        let mut used: HashSet<(usize, usize, usize)> = HashSet::new();
        let mut missed = 0;
        let order = order(&c.specialties);
        let mut next = order.iter().cycle();
        let mut made = 0;
        while made < entries && missed < order.len() {
            let Some((s, f)) = next.next().copied() else { break };
            let Some(specialty) = c.specialties.get(s).copied() else { break };
            let Some(category) = goods::category(&specialty.category) else { break };
            let Some(form) = category.forms.get(f) else { break };
            let fits = |m: &usize| {
                let trade = self.makers.get(first + m).and_then(|maker| maker.trade);
                trade.is_none_or(|t| t.trade == category.trade) && !used.contains(&(s, f, *m))
            };
            let best = (0..c.makers).filter(fits).min_by_key(|m| load.get(*m).copied().unwrap_or(0));
            let Some(m) = best else {
                missed += 1;
                continue;
            };
            missed = 0;
            used.insert((s, f, m));
            if let Some(l) = load.get_mut(m) {
                *l += 1;
            }
            self.items.push(Item { county, maker: first + m, specialty, category, form, place: made });
            made += 1;
        }
    }
}

fn county<'a>(reference: &'a Reference, division: &'a Division) -> Option<County<'a>> {
    let mut specialties: Vec<_> = reference.specialties.iter().filter(|s| s.division_code == division.code).collect();
    if specialties.is_empty() {
        return None;
    }
    specialties.sort_by_key(|s| match s.gi_status.as_str() {
        "yes" => 0,
        "likely" => 1,
        _ => 2,
    });
    Some(County { division, specialties, makers: OTHER_SUPPLIERS })
}

/// Gives the poverty counties what is left of the suppliers, more to those with more products.
fn share_makers(counties: &mut [County<'_>]) {
    let wanted = usize::try_from(SUPPLIERS).unwrap_or(0);
    let others = counties.iter().filter(|c| !c.division.poverty_county).count() * OTHER_SUPPLIERS;
    let left = wanted.saturating_sub(others);
    let weight = |c: &County<'_>| c.specialties.len() + 4;
    let total: usize = counties.iter().filter(|c| c.division.poverty_county).map(weight).sum();
    let (mut so_far, mut given) = (0, 0);
    for c in counties.iter_mut().filter(|c| c.division.poverty_county) {
        so_far += weight(c);
        let upto = left * so_far / total.max(1);
        c.makers = upto - given;
        given = upto;
    }
}

/// Products and packings in the order entries are made: the best-known product in its main packings, then every
/// product in its first packing, then the rest.
fn order(specialties: &[&Specialty]) -> Vec<(usize, usize)> {
    let forms = |s: usize| {
        let category = specialties.get(s).and_then(|s| goods::category(&s.category));
        category.map_or(0, |c| c.forms.len())
    };
    let mut order: Vec<(usize, usize)> = (0..forms(0).min(SHARE + 1)).map(|f| (0, f)).collect();
    let most = (0..specialties.len()).map(forms).max().unwrap_or(0);
    for f in 0..most {
        for s in (0..specialties.len()).filter(|s| f < forms(*s)) {
            if !order.contains(&(s, f)) {
                order.push((s, f));
            }
        }
    }
    order
}
