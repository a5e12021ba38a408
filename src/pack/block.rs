//! Why there is no pack: the fewest rules that already exclude each other, and what the smallest change of one of them is.
//!
//! Owns the filter over rules: one after the other is left out, and stays out when there is still no pack.

use super::check::MOST;
use super::model::{Case, build};
use super::product::Product;
use super::quick;
use super::rules::{Rule, Rules};
use super::search::{Ask, Verdict, solve};
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How long one question may take, unless an eighth of the time that is left is more.
const QUESTION: Duration = Duration::from_millis(250);

/// What stands in the way.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Blocked {
    /// With all of these there is no pack, whatever the other rules; without any one of them, and without the others, there is.
    pub rules: Vec<Rule>,
    /// Whether time was enough: else there may be fewer of them, and smaller changes. That they exclude each other is proved anyway.
    pub proved: bool,
    /// Each of them that is enough to change alone, made as little weaker as helps.
    pub relax: Vec<Relax>,
}

/// The smallest change of one rule with which there is a pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relax {
    pub rule: Rule,
    /// Its new limit, in its own unit; `None` where it can only be left out.
    pub limit: Option<i64>,
}

struct Asker<'a> {
    case: &'a Case<'a>,
    until: Option<Instant>,
    cancel: &'a Arc<AtomicBool>,
    sure: bool,
}

/// Finds what stands in the way.
pub(super) fn blocked(case: &Case<'_>, until: Option<Instant>, cancel: &Arc<AtomicBool>) -> Blocked {
    let mut asker = Asker { case, until, cancel, sure: true };
    let model = build(case, &BTreeSet::new());
    let mut named: Vec<Rule> = model.rule.into_iter().flatten().chain(model.left_out.into_values()).collect();
    named.sort();
    named.dedup();
    let mut without = BTreeSet::new();
    // What a glance shows leaves few rules to try, if they do exclude each other.
    let seen = quick::seen(case);
    if !seen.is_empty() {
        let others: BTreeSet<Rule> = named.iter().filter(|r| !seen.contains(r)).cloned().collect();
        if asker.asked(case.rules, &others, 0, |_| 0).0 == Verdict::Impossible {
            without = others;
        }
        // A guess that came to nothing leaves nothing open.
        asker.sure = true;
    }
    for rule in named.iter().filter(|r| !without.contains(r)).cloned().collect::<Vec<_>>() {
        without.insert(rule.clone());
        // What is not known for certain stays: the rules that are left must exclude each other.
        if asker.asked(case.rules, &without, 0, |_| 0).0 != Verdict::Impossible {
            without.remove(&rule);
        }
    }
    let rules: Vec<Rule> = named.into_iter().filter(|r| !without.contains(r)).collect();
    let relax = rules.iter().filter_map(|rule| asker.relaxed(rule)).collect();
    Blocked { rules, proved: asker.sure, relax }
}

impl Asker<'_> {
    /// Whether there is a pack at all.
    fn has_pack(&mut self, rules: &Rules, without: &BTreeSet<Rule>) -> bool {
        self.extreme(rules, without, 0, |_| 0).is_some()
    }

    /// The most (side 1) or the least (side -1) of a sum over what is in, among all packs.
    fn extreme(
        &mut self,
        rules: &Rules,
        without: &BTreeSet<Rule>,
        side: i64,
        of: impl Fn(&Product) -> i64,
    ) -> Option<i64> {
        self.asked(rules, without, side, of).1
    }

    /// As [`Asker::extreme`], with how certain it is.
    fn asked(
        &mut self,
        rules: &Rules,
        without: &BTreeSet<Rule>,
        side: i64,
        of: impl Fn(&Product) -> i64,
    ) -> (Verdict, Option<i64>) {
        let over = self.until.is_some_and(|u| Instant::now() >= u);
        if over || self.cancel.load(Ordering::Relaxed) {
            self.sure = false;
            return (Verdict::Open, None);
        }
        let mut model = build(&Case { rules, ..*self.case }, without);
        model.program.gain.fill(0);
        for (x, &(i, q)) in model.options.iter().enumerate() {
            model.program.gain[x] = side * of(&self.case.products[i]) * q;
        }
        let now = Instant::now();
        let left = self.until.map(|u| u.saturating_duration_since(now));
        let until = Some(now + left.map_or(QUESTION, |left| left.min(QUESTION.max(left / 8))));
        let ask = Ask { until, cancel: self.cancel.clone(), say: &mut |_| {} };
        // Sums that are not exact prove nothing either way.
        let Ok(answer) = solve(&model.program, ask) else {
            self.sure = false;
            return (Verdict::Open, None);
        };
        self.sure &= matches!(answer.verdict, Verdict::Best | Verdict::Impossible);
        (answer.verdict, answer.best.map(|(value, _)| value * side))
    }

    /// The smallest change of a rule, all others as they are; `None` where it does not help alone.
    fn relaxed(&mut self, rule: &Rule) -> Option<Relax> {
        let without = BTreeSet::from([rule.clone()]);
        let rules = self.case.rules;
        let kinds = rules.kinds.1;
        let limit = match rule {
            Rule::Budget => Some(self.extreme(rules, &without, -1, |p| p.price)?),
            Rule::Floor => Some(self.extreme(rules, &without, 1, |p| p.price)?),
            // What is not known stays out.
            Rule::Weight => {
                let rules = Rules { weight: Some(MOST), ..rules.clone() };
                Some(self.extreme(&rules, &BTreeSet::new(), -1, |p| p.weight.unwrap_or(MOST))?)
            }
            Rule::Volume => {
                let rules = Rules { volume: Some(MOST), ..rules.clone() };
                Some(self.extreme(&rules, &BTreeSet::new(), -1, |p| p.volume.unwrap_or(MOST))?)
            }
            Rule::Supplier => {
                let from = rules.per_supplier.unwrap_or(kinds) + 1;
                Some(self.first(from..=kinds, |r, n| r.per_supplier = Some(n))?)
            }
            Rule::Counties => Some(self.first((0..rules.counties).rev(), |r, n| r.counties = n)?),
            Rule::KindsLeast => Some(self.first((0..rules.kinds.0).rev(), |r, n| r.kinds.0 = n)?),
            Rule::KindsMost => Some(self.first(kinds + 1..=kinds + 20, |r, n| r.kinds.1 = n)?),
            Rule::Keeps => Some(self.most(0..rules.keeps, |r, n| r.keeps = n)?),
            Rule::Stock => Some(self.most(1..rules.packs, |r, n| r.packs = n)?),
            Rule::CategoryLeast(name) => {
                let (least, _) = *rules.categories.get(name)?;
                Some(self.first((0..least).rev(), |r, n| _ = r.categories.get_mut(name).map(|c| c.0 = n))?)
            }
            Rule::CategoryMost(name) => {
                let (_, most) = *rules.categories.get(name)?;
                Some(
                    self.first(most + 1..=kinds.max(most + 1), |r, n| _ = r.categories.get_mut(name).map(|c| c.1 = n))?,
                )
            }
            Rule::Must(_) | Rule::MustNot | Rule::Season | Rule::Alcohol | Rule::Halal | Rule::Extra(_) => {
                self.has_pack(rules, &without).then_some(())?;
                None
            }
        };
        Some(Relax { rule: rule.clone(), limit })
    }

    /// The first of some limits with which there is a pack.
    fn first(&mut self, limits: impl IntoIterator<Item = i64>, set: impl Fn(&mut Rules, i64)) -> Option<i64> {
        let mut rules = self.case.rules.clone();
        limits.into_iter().find(|&n| {
            set(&mut rules, n);
            self.has_pack(&rules, &BTreeSet::new())
        })
    }

    /// The largest of some limits with which there is a pack, where a smaller one only ever lets more in.
    fn most(&mut self, limits: Range<i64>, set: impl Fn(&mut Rules, i64)) -> Option<i64> {
        let mut rules = self.case.rules.clone();
        let mut has = |n| {
            set(&mut rules, n);
            self.has_pack(&rules, &BTreeSet::new())
        };
        let (mut enough, mut too_many) = (limits.start, limits.end);
        if limits.is_empty() || !has(enough) {
            return None;
        }
        while too_many - enough > 1 {
            let n = enough.midpoint(too_many);
            *(if has(n) { &mut enough } else { &mut too_many }) = n;
        }
        Some(enough)
    }
}
