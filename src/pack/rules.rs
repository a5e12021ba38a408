//! The rules of a pack (A12; plan 三（二）4), as data.
//!
//! Owns what can be asked for. Sums are per pack; money in fen, weights in grams, volumes in millilitres.

use super::check::{KINDS, MOST, PIECES};
use super::product::{Product, in_season};
use jiff::civil::Date;
use std::collections::BTreeMap;

/// What a pack must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// How many packs are made; each product must be there for all of them.
    pub packs: i64,
    /// At most; below the standard per head (三（一）1).
    pub budget: i64,
    /// At least.
    pub floor: i64,
    /// The fewest and the most different products.
    pub kinds: (i64, i64),
    /// Pieces of one product.
    pub pieces: i64,
    /// The fewest and the most kinds of a category; one that is not named has no limits.
    pub categories: BTreeMap<String, (i64, i64)>,
    /// Kinds of one supplier, at most.
    pub per_supplier: Option<i64>,
    /// Counties, at least.
    pub counties: i64,
    pub weight: Option<i64>,
    pub volume: Option<i64>,
    /// The day the packs are handed out.
    pub day: Date,
    /// Days a product must keep.
    pub keeps: i64,
    /// Only what is in season on the day.
    pub seasonal: bool,
    pub alcohol: bool,
    pub halal: bool,
    /// Codes of entries.
    pub must: Vec<String>,
    pub must_not: Vec<String>,
    pub goal: Goal,
}

/// What makes one pack better than another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Goal {
    /// People helped out of poverty: each kind counts its growers once. Between floor and budget that is people per yuan.
    #[default]
    People,
    /// Money that goes into stock nobody has bought yet.
    Stock,
    /// Money for the counties that have been bought from the least so far.
    Counties,
    /// As near to the budget as can be.
    Budget,
}

impl Goal {
    /// Every goal and its code.
    pub const ALL: &[(&str, Goal)] =
        &[("people", Goal::People), ("stock", Goal::Stock), ("counties", Goal::Counties), ("budget", Goal::Budget)];
}

impl Rules {
    /// The rules without any but a budget.
    pub fn of_budget(budget: i64, day: Date) -> Rules {
        Rules {
            packs: 1,
            budget,
            floor: 0,
            kinds: (1, 12),
            pieces: 1,
            categories: BTreeMap::new(),
            per_supplier: None,
            counties: 0,
            weight: None,
            volume: None,
            day,
            keeps: 0,
            seasonal: false,
            alcohol: false,
            halal: false,
            must: Vec::new(),
            must_not: Vec::new(),
            goal: Goal::default(),
        }
    }
}

impl Rules {
    /// What a pack was like that is to be changed: no fewer kinds, no dearer, not a tenth cheaper.
    pub fn like(items: &[(&Product, i64)], day: Date) -> Rules {
        let sum: i64 = items.iter().map(|(p, q)| p.price.saturating_mul(*q)).sum();
        let sum = sum.clamp(1, MOST);
        let kinds = i64::try_from(items.len()).unwrap_or(i64::MAX).clamp(1, KINDS - 1);
        let mut rules = Rules::of_budget(sum, day);
        rules.floor = sum * 9 / 10;
        rules.kinds = (kinds, kinds + 1);
        rules.pieces = items.iter().map(|i| i.1).max().unwrap_or(1).clamp(1, PIECES);
        rules.alcohol = items.iter().any(|(p, _)| p.alcohol);
        rules
    }
}

/// One rule, so that it can be named, left out and made weaker.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    Budget,
    Floor,
    KindsLeast,
    KindsMost,
    CategoryLeast(String),
    CategoryMost(String),
    Supplier,
    Counties,
    Weight,
    Volume,
    Must(String),
    MustNot,
    Stock,
    Keeps,
    Season,
    Alcohol,
    Halal,
    /// One that a script brings.
    Extra(String),
}

impl Rule {
    /// The rule's code, for programs and for its words.
    pub fn code(&self) -> &'static str {
        match self {
            Rule::Budget => "budget",
            Rule::Floor => "floor",
            Rule::KindsLeast => "kinds-least",
            Rule::KindsMost => "kinds-most",
            Rule::CategoryLeast(_) => "category-least",
            Rule::CategoryMost(_) => "category-most",
            Rule::Supplier => "supplier",
            Rule::Counties => "counties",
            Rule::Weight => "weight",
            Rule::Volume => "volume",
            Rule::Must(_) => "must",
            Rule::MustNot => "must-not",
            Rule::Stock => "stock",
            Rule::Keeps => "keeps",
            Rule::Season => "season",
            Rule::Alcohol => "alcohol",
            Rule::Halal => "halal",
            Rule::Extra(_) => "extra",
        }
    }

    /// What the rule is about where it is one of many: a category, a product, the name a script gave it.
    pub fn about(&self) -> &str {
        match self {
            Rule::CategoryLeast(a) | Rule::CategoryMost(a) | Rule::Must(a) | Rule::Extra(a) => a,
            _ => "",
        }
    }

    /// The rules that keep single products out, the first that does first.
    pub const SINGLE: &[Rule] = &[
        Rule::MustNot,
        Rule::Alcohol,
        Rule::Halal,
        Rule::Season,
        Rule::Keeps,
        Rule::Stock,
        Rule::Weight,
        Rule::Volume,
    ];

    /// Whether this rule alone keeps a product out.
    pub fn keeps_out(&self, rules: &Rules, p: &Product) -> bool {
        match self {
            Rule::MustNot => rules.must_not.contains(&p.code),
            Rule::Alcohol => !rules.alcohol && p.alcohol,
            Rule::Halal => rules.halal && (p.pork || p.alcohol),
            Rule::Season => rules.seasonal && !p.season.is_some_and(|s| in_season(s, rules.day.month())),
            Rule::Keeps => p.keeps < rules.keeps,
            Rule::Stock => p.stock < rules.packs,
            // What is not known cannot be kept within a limit.
            Rule::Weight => rules.weight.is_some_and(|most| p.weight.is_none_or(|w| w > most)),
            Rule::Volume => rules.volume.is_some_and(|most| p.volume.is_none_or(|v| v > most)),
            _ => false,
        }
    }
}
