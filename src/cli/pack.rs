//! `gongfu pack`: the best gift pack under rules, with the proof, or what stands in the way.

use super::args::{PackAct, SolveArgs};
use super::cell::Words;
use super::context::Context;
use super::fail::{Exit, Fail};
use super::out::Out;
use super::table::Table;
use crate::domain::sets::CATEGORIES;
use crate::domain::value::Fen;
use crate::domain::work::shanghai_date;
use crate::pack::best::{Outcome, Pack, best};
use crate::pack::block::{Blocked, Relax};
use crate::pack::check::RulesError;
use crate::pack::model::Case;
use crate::pack::product::Product;
use crate::pack::rules::{Rule, Rules};
use crate::pack::search::Ask;
use crate::pack::written::{self, WrittenError};
use crate::store::packs;
use serde_json::{Value as Json, json};
use std::path::Path;
use std::time::Instant;

/// Largest rules file, in bytes.
const LARGEST: u64 = 1 << 20;

/// Runs `pack`.
pub(super) fn run(context: &Context, act: &PackAct) -> Result<Exit, Fail> {
    match act {
        PackAct::Solve(args) => solve(context, args),
    }
}

fn solve(context: &Context, args: &SolveArgs) -> Result<Exit, Fail> {
    let store = context.open_to_read()?;
    let db = context.connect(&store)?;
    let words = Words::new(&context.locale, &db).map_err(|e| context.db_fail(&e))?;
    let products = packs::products(&db).map_err(|e| context.db_fail(&e))?;
    let rules = rules(context, args, shanghai_date(store.clock().now()))?;
    let until = Instant::now().checked_add(args.time.try_into().unwrap_or_default());
    let ask = Ask { until, cancel: std::sync::Arc::default(), say: &mut |_| {} };
    let outcome = best(&Case { products: &products, rules: &rules, guide: &rules.goal }, CATEGORIES, ask)
        .map_err(|e| senseless(context, &e))?;
    let said = Said { context, words: &words, products: &products, rules: &rules };
    match outcome {
        Outcome::Pack(pack) => said.pack(&pack),
        Outcome::Impossible(blocked) => said.blocked(&blocked),
        Outcome::Open => Err(context.fail(Exit::Partial, "pack-open", &[])),
    }
}

/// The rules of the file, with what the command line says instead.
fn rules(context: &Context, args: &SolveArgs, today: jiff::civil::Date) -> Result<Rules, Fail> {
    let mut rules = Rules::of_budget(0, today);
    if let Some(file) = &args.rules {
        let names: Vec<(&str, String)> =
            CATEGORIES.iter().map(|code| (*code, context.locale.code("category", code))).collect();
        let text = text_of(context, file)?;
        rules = written::read(&text, &rules, &names).map_err(|e| unread(context, file, &e))?;
    }
    let money = |to: &mut i64, field: &str, given: Option<&String>| match given.map(|t| (t, Fen::parse_yuan(t))) {
        None => Ok(()),
        Some((_, Some(fen))) => {
            *to = fen.0;
            Ok(())
        }
        Some((text, None)) => {
            let args = [("key", field.to_owned()), ("value", text.clone()), ("wanted", wanted(context, "money"))];
            Err(context.fail(Exit::Usage, "pack-value", &args))
        }
    };
    money(&mut rules.budget, "--budget", args.budget.as_ref())?;
    money(&mut rules.floor, "--floor", args.floor.as_ref())?;
    if rules.budget == 0 {
        return Err(context.fail(Exit::Usage, "pack-budget", &[]));
    }
    rules.packs = args.packs.unwrap_or(rules.packs);
    Ok(rules)
}

fn text_of(context: &Context, file: &Path) -> Result<String, Fail> {
    let failed = |e: std::io::Error| Fail::file(file, &e, &context.locale);
    let size = std::fs::metadata(file).map_err(failed)?.len();
    let bytes = if size > LARGEST { Vec::new() } else { std::fs::read(file).map_err(failed)? };
    match String::from_utf8(bytes) {
        Ok(text) if size <= LARGEST => Ok(text),
        _ => Err(context.fail(Exit::Input, "pack-text", &[("file", file.display().to_string())])),
    }
}

fn wanted(context: &Context, kind: &str) -> String {
    context.locale.code("pack_value", kind)
}

fn unread(context: &Context, file: &Path, e: &WrittenError) -> Fail {
    let file = ("file", file.display().to_string());
    let (code, mut args) = match e {
        WrittenError::Syntax { line } => ("pack-syntax", vec![("line", line.to_string())]),
        WrittenError::Key { key, nearest } => ("pack-key", vec![("key", key.clone()), ("nearest", nearest.clone())]),
        WrittenError::Category { name, nearest } => {
            ("pack-category", vec![("key", name.clone()), ("nearest", nearest.clone())])
        }
        WrittenError::Value { key, value, wanted: kind } => {
            ("pack-value", vec![("key", key.clone()), ("value", value.clone()), ("wanted", wanted(context, kind))])
        }
    };
    args.push(file);
    context.fail(Exit::Input, code, &args)
}

fn senseless(context: &Context, e: &RulesError) -> Fail {
    let field = |f: &str| {
        let category = CATEGORIES.contains(&f);
        context.locale.code(if category { "category" } else { "pack_field" }, f)
    };
    let (code, args) = match e {
        RulesError::Number { field: f, value, least, most } => {
            let [value, least, most] = [*value, *least, *most].map(|n| number(f, n));
            ("pack-number", vec![("field", field(f)), ("value", value), ("least", least), ("most", most)])
        }
        RulesError::Crossed { field: f, least, most } => {
            let [least, most] = [*least, *most].map(|n| number(f, n));
            ("pack-crossed", vec![("field", field(f)), ("least", least), ("most", most)])
        }
        RulesError::Both(code) => ("pack-both", vec![("code", code.clone())]),
        RulesError::Unknown(code) => ("pack-unknown", vec![("code", code.clone())]),
        RulesError::Category(name) => ("pack-category", vec![("key", name.clone()), ("nearest", String::new())]),
        RulesError::Overflow => ("pack-overflow", Vec::new()),
    };
    context.fail(Exit::Input, code, &args)
}

/// A number of a field in the unit people write it in.
fn number(field: &str, n: i64) -> String {
    match field {
        "budget" | "floor" => Fen(n).yuan(),
        "weight" | "volume" => format!("{}.{:03}", n / 1_000, n % 1_000),
        _ => n.to_string(),
    }
}

/// What is said of an outcome.
struct Said<'a> {
    context: &'a Context,
    words: &'a Words<'a>,
    products: &'a [Product],
    rules: &'a Rules,
}

impl Said<'_> {
    fn tr(&self, id: &str, args: &[(&'static str, &str)]) -> String {
        self.context.locale.tr_with(id, args)
    }

    fn county(&self, code: &str) -> String {
        let known = self.words.divisions.iter().find(|(c, _)| c == code);
        known.map_or_else(|| code.to_owned(), |(_, name)| name.clone())
    }

    /// A rule in words, with what it is about.
    fn rule(&self, rule: &Rule) -> String {
        let name = self.context.locale.code("pack_rule", rule.code());
        let about = match rule {
            Rule::CategoryLeast(c) | Rule::CategoryMost(c) => self.context.locale.code("category", c),
            _ => rule.about().to_owned(),
        };
        if about.is_empty() { name } else { format!("{name} {about}") }
    }

    fn pack(&self, pack: &Pack) -> Result<Exit, Fail> {
        let exit = if pack.proved { Exit::Done } else { Exit::Partial };
        let mut out = Out::new();
        if self.context.json {
            return out.json(&self.document(pack)).map(|()| exit).map_err(Into::into);
        }
        let (price, gap) = (Fen(pack.price).yuan(), Fen(pack.gap()).yuan());
        let line = if pack.proved { "cli-pack-best" } else { "cli-pack-within" };
        out.line(&self.tr(line, &[("price", &price), ("kinds", &pack.items.len().to_string()), ("gap", &gap)]))?;
        let heads = ["code", "name", "price", "pieces", "county", "supplier", "people", "weight"];
        let right = |h: &str| matches!(h, "price" | "pieces" | "people" | "weight");
        let heads = heads.map(|h| (self.context.locale.tr(&format!("cli-pack-head-{h}")).into_owned(), right(h)));
        let mut table = Table::new(heads.to_vec());
        for &(i, pieces) in &pack.items {
            let p = &self.products[i];
            let weight = p.weight.map_or_else(String::new, |w| number("weight", w));
            let cells = [
                p.code.clone(),
                p.name.clone(),
                Fen(p.price).yuan(),
                pieces.to_string(),
                self.county(&p.county),
                p.supplier_name.clone(),
                p.people.to_string(),
                weight,
            ];
            table.row(&mut out, cells.to_vec())?;
        }
        table.flush(&mut out)?;
        for (rule, n) in &pack.left_out {
            out.line(&self.tr("cli-pack-left-out", &[("rule", &self.rule(rule)), ("n", &n.to_string())]))?;
        }
        out.done().map(|_| exit)
    }

    fn document(&self, pack: &Pack) -> Json {
        let item = |&(i, pieces): &(usize, i64)| {
            let p: &Product = &self.products[i];
            json!({
                "code": p.code, "name": p.name, "pieces": pieces, "price_fen": p.price, "category": p.category,
                "county": p.county, "supplier": p.supplier_name, "people_helped": p.people, "weight_g": p.weight,
            })
        };
        let items: Vec<Json> = pack.items.iter().map(item).collect();
        let left_out: Vec<Json> = pack.left_out.iter().map(|(rule, n)| of_rule(rule, "products", json!(n))).collect();
        json!({
            "verdict": if pack.proved { "best" } else { "within" },
            "price_fen": pack.price, "packs": self.rules.packs, "value": pack.value, "bound": pack.bound,
            "gap_percent": Fen(pack.gap()).yuan(), "nodes": pack.nodes,
            "first_ms": pack.first.map(|d| d.as_secs_f64() * 1_000.0), "items": items, "left_out": left_out,
        })
    }

    fn blocked(&self, blocked: &Blocked) -> Result<Exit, Fail> {
        let mut out = Out::new();
        if self.context.json {
            let rules: Vec<Json> = blocked.rules.iter().map(|r| of_rule(r, "limit", Json::Null)).collect();
            let relax: Vec<Json> = blocked.relax.iter().map(|r| of_rule(&r.rule, "limit", json!(r.limit))).collect();
            let document = json!({ "verdict": "impossible", "proved": blocked.proved, "rules": rules, "relax": relax });
            return out.json(&document).map(|()| Exit::Refused).map_err(Into::into);
        }
        out.line(&self.context.locale.tr("cli-pack-impossible"))?;
        for rule in &blocked.rules {
            out.line(&format!("  {}", self.rule(rule)))?;
        }
        if !blocked.proved {
            out.line(&self.context.locale.tr("cli-pack-hurried"))?;
        }
        if !blocked.relax.is_empty() {
            out.line(&self.context.locale.tr("cli-pack-relax"))?;
        }
        for Relax { rule, limit } in &blocked.relax {
            let limit = limit.map(|l| number(rule.code(), l));
            let id = if limit.is_some() { "cli-pack-relax-to" } else { "cli-pack-relax-without" };
            let args = [("rule", self.rule(rule)), ("limit", limit.unwrap_or_default())];
            out.line(&format!("  {}", self.tr(id, &args.each_ref().map(|(k, v)| (*k, v.as_str())))))?;
        }
        out.done().map(|_| Exit::Refused)
    }
}

/// A rule for programs, with one thing more.
fn of_rule(rule: &Rule, what: &str, value: Json) -> Json {
    let mut document = json!({ "rule": rule.code() });
    if !rule.about().is_empty() {
        document["about"] = rule.about().into();
    }
    document[what] = value;
    document
}
