//! From products and rules to an integer program: one column for each product and number of pieces.
//!
//! Owns the meaning of columns and rows. What no rule lets in gets no column.

use super::product::Product;
use super::program::{Program, Row};
use super::rules::{Goal, Rule, Rules};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What is brought from outside: who may be in, what a product is worth, further rows.
pub trait Guide {
    /// The name of the rule that keeps a product out.
    fn keeps_out(&self, _product: &Product) -> Option<String> {
        None
    }

    /// What so many pieces of a product gain.
    fn gain(&self, product: &Product, pieces: i64) -> i64;

    /// What one fen of a product's price gains, where the gain goes by the price.
    fn gain_per_fen(&self, _product: &Product) -> i64 {
        0
    }

    /// Further rows.
    fn rows(&self, _products: &[Product]) -> Vec<Extra> {
        Vec::new()
    }
}

/// Products, what a pack of them must be, and what makes one better than another.
#[derive(Clone, Copy)]
pub struct Case<'a> {
    pub products: &'a [Product],
    pub rules: &'a Rules,
    pub guide: &'a dyn Guide,
}

/// A row that is brought from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extra {
    pub name: String,
    pub low: Option<i64>,
    pub high: Option<i64>,
    /// Per piece of each product, in their order.
    pub factors: Vec<i64>,
}

impl Guide for Goal {
    fn gain(&self, product: &Product, pieces: i64) -> i64 {
        match self {
            Goal::People => product.people,
            _ => product.price.saturating_mul(pieces).saturating_mul(self.gain_per_fen(product)),
        }
    }

    fn gain_per_fen(&self, product: &Product) -> i64 {
        match self {
            Goal::People => 0,
            // In thousandths of a fen: who has ten thousand left counts fully.
            Goal::Stock => product.stock.clamp(0, 10_000) / 10,
            Goal::Counties => product.lags,
            Goal::Budget => 1,
        }
    }
}

/// The program of a pack.
#[derive(Debug, Clone)]
pub struct Model {
    pub program: Program,
    /// What a column stands for: a product and its pieces. Columns behind these are counties.
    pub options: Vec<(usize, i64)>,
    /// The rule each row comes from; rows that only hold the form together have none.
    pub rule: Vec<Option<Rule>>,
    /// The first rule that keeps a product out.
    pub left_out: BTreeMap<usize, Rule>,
}

/// Makes the program, without the rules named in `without`.
pub fn build(case: &Case<'_>, without: &BTreeSet<Rule>) -> Model {
    let Case { products, rules, guide } = *case;
    let mut model =
        Model { program: Program::default(), options: Vec::new(), rule: Vec::new(), left_out: BTreeMap::new() };
    let single: Vec<&Rule> = Rule::SINGLE.iter().filter(|r| !without.contains(r)).collect();
    let stock = !without.contains(&Rule::Stock);
    for (i, p) in products.iter().enumerate() {
        if let Some(rule) = single.iter().find(|r| r.keeps_out(rules, p)) {
            model.left_out.insert(i, (*rule).clone());
        } else if let Some(name) = guide.keeps_out(p).filter(|n| !without.contains(&Rule::Extra(n.clone()))) {
            model.left_out.insert(i, Rule::Extra(name));
        } else {
            let enough = if stock { p.stock / rules.packs.max(1) } else { rules.pieces };
            for pieces in 1..=rules.pieces.min(enough) {
                model.program.column(guide.gain(p, pieces), 1);
                model.options.push((i, pieces));
            }
        }
    }
    Rows { products, rules, without, model: &mut model }.all();
    for Extra { name, low, high, factors } in guide.rows(products) {
        let rule = Rule::Extra(name);
        if !without.contains(&rule) {
            let factor = |(x, &(i, q)): (usize, &(usize, i64))| (x, factors.get(i).copied().unwrap_or(0) * q);
            let terms = model.options.iter().enumerate().map(factor).filter(|t| t.1 != 0).collect();
            model.add(Some(rule), low, high, terms);
        }
    }
    model
}

impl Model {
    fn add(&mut self, rule: Option<Rule>, low: Option<i64>, high: Option<i64>, terms: Vec<(usize, i64)>) {
        self.program.rows.push(Row { low, high, terms });
        self.rule.push(rule);
    }

    /// At most so many of these products.
    pub(super) fn at_most(&mut self, most: i64, of: impl Fn(usize) -> bool) {
        let terms = self.options.iter().enumerate().filter(|(_, (i, _))| of(*i)).map(|(x, _)| (x, 1)).collect();
        self.add(None, None, Some(most), terms);
    }

    /// What is in an answer: products and their pieces.
    pub fn chosen(&self, x: &[i64]) -> Vec<(usize, i64)> {
        self.options.iter().zip(x).filter(|(_, v)| **v > 0).map(|(o, _)| *o).collect()
    }
}

struct Rows<'a> {
    products: &'a [Product],
    rules: &'a Rules,
    without: &'a BTreeSet<Rule>,
    model: &'a mut Model,
}

impl<'a> Rows<'a> {
    /// A row for a rule, unless it is left out.
    fn rule(&mut self, rule: Rule, low: Option<i64>, high: Option<i64>, terms: Vec<(usize, i64)>) {
        if !self.without.contains(&rule) {
            self.model.add(Some(rule), low, high, terms);
        }
    }

    /// A factor for every column, from its product and its pieces.
    fn terms(&self, factor: impl Fn(&Product, i64) -> i64) -> Vec<(usize, i64)> {
        let of = |(x, &(i, q)): (usize, &(usize, i64))| (x, factor(&self.products[i], q));
        self.model.options.iter().enumerate().map(of).filter(|t| t.1 != 0).collect()
    }

    /// The columns of each group of products, the group of the first product first.
    fn groups(&self, key: impl Fn(&'a Product) -> &'a str) -> Vec<(&'a str, Vec<(usize, i64)>)> {
        let mut number: HashMap<&str, usize> = HashMap::new();
        let mut groups: Vec<(&str, Vec<(usize, i64)>)> = Vec::new();
        let mut last = (usize::MAX, 0);
        for (x, &(i, _)) in self.model.options.iter().enumerate() {
            if last.0 != i {
                let key = key(&self.products[i]);
                last = (i, *number.entry(key).or_insert(groups.len()));
                if last.1 == groups.len() {
                    groups.push((key, Vec::new()));
                }
            }
            groups[last.1].1.push((x, 1));
        }
        groups
    }

    fn all(&mut self) {
        let rules = self.rules;
        let (price, kinds) = (self.terms(|p, q| p.price * q), self.terms(|_, _| 1));
        self.rule(Rule::Budget, None, Some(rules.budget), price.clone());
        self.rule(Rule::Floor, Some(rules.floor), None, price);
        self.rule(Rule::KindsLeast, Some(rules.kinds.0), None, kinds.clone());
        self.rule(Rule::KindsMost, None, Some(rules.kinds.1), kinds);
        if let Some(most) = rules.weight {
            let terms = self.terms(|p, q| p.weight.unwrap_or(0) * q);
            self.rule(Rule::Weight, None, Some(most), terms);
        }
        if let Some(most) = rules.volume {
            let terms = self.terms(|p, q| p.volume.unwrap_or(0) * q);
            self.rule(Rule::Volume, None, Some(most), terms);
        }
        let mut categories = self.groups(|p| p.category.as_str());
        for (name, &(least, most)) in &rules.categories {
            let terms = categories.iter_mut().find(|(c, _)| c == name).map(|(_, terms)| std::mem::take(terms));
            let terms = terms.unwrap_or_default();
            if least > 0 {
                self.rule(Rule::CategoryLeast(name.clone()), Some(least), None, terms.clone());
            }
            self.rule(Rule::CategoryMost(name.clone()), None, Some(most), terms);
        }
        if let Some(most) = rules.per_supplier {
            for (_, terms) in self.groups(|p| p.supplier.as_str()) {
                self.rule(Rule::Supplier, None, Some(most), terms);
            }
        }
        for code in &rules.must {
            let terms = self.terms(|p, _| i64::from(p.code == *code));
            self.rule(Rule::Must(code.clone()), Some(1), None, terms);
        }
        if rules.pieces > 1 {
            for (_, terms) in self.groups(|p| p.code.as_str()).into_iter().filter(|(_, terms)| terms.len() > 1) {
                self.model.add(None, None, Some(1), terms);
            }
        }
        self.counties();
    }

    /// A county counts when one of its products is in.
    fn counties(&mut self) {
        if self.rules.counties < 1 || self.without.contains(&Rule::Counties) {
            return;
        }
        let mut all = Vec::new();
        for (_, mut terms) in self.groups(|p| p.county.as_str()) {
            let county = self.model.program.column(0, 1);
            terms.push((county, -1));
            all.push((county, 1));
            self.model.add(None, Some(0), None, terms);
        }
        self.rule(Rule::Counties, Some(self.rules.counties), None, all);
    }
}
