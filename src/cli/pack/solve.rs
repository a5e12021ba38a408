//! `gongfu pack solve`: the best gift pack under rules, with the proof and what lies around it, or what stands in the way; several packs on
//! one stock.

use super::args::SolveArgs;
use super::items;
use crate::cli::cell::Words;
use crate::cli::context::Context;
use crate::cli::fail::{Exit, Fail};
use crate::cli::out::Out;
use crate::domain::sets::CATEGORIES;
use crate::domain::value::Fen;
use crate::domain::work::shanghai_date;
use crate::pack::around::{Entering, Limit, Reason};
use crate::pack::best::{Outcome, Pack, best};
use crate::pack::block::Blocked;
use crate::pack::check::RulesError;
use crate::pack::model::Case;
use crate::pack::rules::{Rule, Rules};
use crate::pack::search::Ask;
use crate::pack::words;
use crate::pack::written::{self, WrittenError};
use crate::store::packs;
use serde_json::{Value as Json, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

/// Largest rules file, in bytes.
const LARGEST: u64 = 1 << 20;
/// Products that would enter, at most.
const ENTERING: usize = 5;

/// Runs `pack solve`.
pub(super) fn run(context: &Context, args: &SolveArgs) -> Result<Exit, Fail> {
    let store = context.open_to_read()?;
    let db = context.connect(&store)?;
    let names = Words::new(&context.locale, &db).map_err(|e| context.db_fail(&e))?;
    let shelf = packs::shelf(&db, None).map_err(|e| context.db_fail(&e))?;
    let today = shanghai_date(store.clock().now());
    let orders = match &args.rules[..] {
        [] => vec![rules(context, args, None, today)?],
        files => files.iter().map(|f| rules(context, args, Some(f), today)).collect::<Result<_, Fail>>()?,
    };
    let until = Instant::now().checked_add(args.time.try_into().unwrap_or_default());
    let limit = Limit { until, cancel: Arc::default() };
    let alone = args.draft.is_some() || args.why || args.others > 0;
    if orders.len() > 1 && alone {
        return Err(context.fail(Exit::Usage, "pack-alone", &[]));
    }
    let [rules] = &orders[..] else {
        return super::several::run(context, &names, &shelf.products, (&orders, &args.rules), &limit);
    };
    let case = Case { products: &shelf.products, rules, guide: &rules.goal };
    let ask = Ask { until, cancel: Arc::default(), say: &mut |_| {} };
    let outcome = best(&case, CATEGORIES, ask).map_err(|e| senseless(context, &e))?;
    let said = Said { context, names: &names, case };
    match outcome {
        Outcome::Pack(pack) => {
            let drafted = match &args.draft {
                Some(name) => Some(super::draft(context, name, &args.occasion, &shelf, &pack)?),
                None => None,
            };
            said.pack(&pack, &said.around(&pack, args, &limit)?, drafted.as_deref())
        }
        Outcome::Impossible(blocked) => said.blocked(&blocked),
        Outcome::Open => Err(context.fail(Exit::Partial, "pack-open", &[])),
    }
}

/// What lies around a pack, as far as it was asked for.
#[derive(Default)]
struct Around {
    others: Vec<Pack>,
    reasons: Vec<Reason>,
    entering: Vec<Entering>,
}

/// The rules of the file, with what the command line says instead.
pub(super) fn rules(
    context: &Context,
    args: &SolveArgs,
    file: Option<&PathBuf>,
    today: jiff::civil::Date,
) -> Result<Rules, Fail> {
    let mut rules = Rules::of_budget(0, today);
    if let Some(file) = file {
        rules = of_file(context, file, today)?;
    }
    let money = |to: &mut i64, field: &str, given: Option<&String>| match given.map(|t| (t, Fen::parse_yuan(t))) {
        None => Ok(()),
        Some((_, Some(fen))) => {
            *to = fen.0;
            Ok(())
        }
        Some((text, None)) => {
            let args = [
                ("key", field.to_owned()),
                ("value", text.clone()),
                ("wanted", context.locale.code("pack_value", "money")),
            ];
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

/// The rules of a file.
pub(super) fn of_file(context: &Context, file: &Path, today: jiff::civil::Date) -> Result<Rules, Fail> {
    let (text, names) = (text_of(context, file)?, words::categories(&context.locale));
    written::read(&text, &Rules::of_budget(0, today), &names).map_err(|e| unread(context, file, &e))
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

fn unread(context: &Context, file: &Path, e: &WrittenError) -> Fail {
    let (code, mut args) = words::unread(&context.locale, e);
    args.push(("file", file.display().to_string()));
    context.fail(Exit::Input, code, &args)
}

pub(super) fn senseless(context: &Context, e: &RulesError) -> Fail {
    let (code, args) = words::senseless(&context.locale, e);
    context.fail(Exit::Input, code, &args)
}

/// What is said of an outcome.
struct Said<'a> {
    context: &'a Context,
    names: &'a Words<'a>,
    case: Case<'a>,
}

impl Said<'_> {
    fn tr(&self, id: &str, args: &[(&'static str, &str)]) -> String {
        self.context.locale.tr_with(id, args)
    }

    fn around(&self, pack: &Pack, args: &SolveArgs, limit: &Limit) -> Result<Around, Fail> {
        let failed = |e| senseless(self.context, &e);
        let mut around = Around::default();
        if args.why {
            // The pack has taken its time: each question has as much again.
            let again = || Limit {
                until: Instant::now().checked_add(args.time.try_into().unwrap_or_default()),
                ..limit.clone()
            };
            around.reasons = self.case.reasons(pack, &again()).map_err(failed)?;
            around.entering = self.case.entering(pack, None, ENTERING, &again()).map_err(failed)?;
        }
        if args.others > 0 {
            let until = Instant::now().checked_add(args.time.try_into().unwrap_or_default());
            around.others = self.case.others(pack, args.others, &Limit { until, ..limit.clone() }).map_err(failed)?;
        }
        Ok(around)
    }

    fn headline(&self, pack: &Pack) -> String {
        let verdict = words::verdict(&self.context.locale, pack.proved, pack.gap());
        let (price, kinds) = (Fen(pack.price).yuan(), pack.items.len().to_string());
        self.tr("cli-pack-found", &[("price", &price), ("kinds", &kinds), ("verdict", &verdict)])
    }

    fn table(&self, out: &mut Out, pack: &Pack) -> Result<(), Fail> {
        items::table(self.context, self.names, out, pack.items.iter().map(|&(i, q)| (&self.case.products[i], q)))
    }

    fn pack(&self, pack: &Pack, around: &Around, drafted: Option<&str>) -> Result<Exit, Fail> {
        let exit = if pack.proved { Exit::Done } else { Exit::Partial };
        let mut out = Out::new();
        if self.context.json {
            let mut document = self.document(pack);
            self.add_around(&mut document, around);
            if let Some(code) = drafted {
                document["draft"] = code.into();
            }
            return out.json(&document).map(|()| exit).map_err(Into::into);
        }
        out.line(&self.headline(pack))?;
        self.table(&mut out, pack)?;
        for (rule, n) in &pack.left_out {
            let args = [("rule", words::rule(&self.context.locale, rule)), ("n", n.to_string())];
            out.line(&self.tr("pack-left-out", &args.each_ref().map(|(k, v)| (*k, v.as_str()))))?;
        }
        let name = |i: usize| self.case.products[i].name.clone();
        let goal = self.case.rules.goal;
        for reason in &around.reasons {
            if let Some(words) = words::reason(&self.context.locale, goal, reason, &name) {
                out.line(&words)?;
            }
        }
        for e in &around.entering {
            let args = [("name", name(e.product)), ("less", Fen(e.cheaper).yuan())];
            out.line(&self.tr("cli-pack-cheaper", &args.each_ref().map(|(k, v)| (*k, v.as_str()))))?;
        }
        for (n, other) in around.others.iter().enumerate() {
            out.line("")?;
            let number = (n + 1).to_string();
            let (price, kinds) = (Fen(other.price).yuan(), other.items.len().to_string());
            out.line(&self.tr("cli-pack-other", &[("n", &number), ("price", &price), ("kinds", &kinds)]))?;
            self.table(&mut out, other)?;
        }
        if let Some(code) = drafted {
            out.line(&self.tr("cli-pack-drafted", &[("code", code)]))?;
        }
        out.done().map(|_| exit)
    }

    fn add_around(&self, document: &mut Json, around: &Around) {
        let code = |i: usize| Json::from(self.case.products[i].code.as_str());
        let other = |pack: &Pack| {
            let mut document = self.document(pack);
            // The best of those that differ, which says nothing of the one above.
            document["verdict"] = "other".into();
            document["gap_percent"] = Json::Null;
            document
        };
        let others: Vec<Json> = around.others.iter().map(other).collect();
        let reason = |r: &Reason| {
            let needs: Vec<Json> = r.needs.iter().map(|rule| of_rule(rule, "holds", Json::Bool(true))).collect();
            json!({
                "code": code(r.product), "loss": r.loss, "proved": r.proved, "needs": needs,
                "instead": r.instead.iter().map(|i| code(*i)).collect::<Vec<_>>(),
            })
        };
        let entering = |e: &Entering| json!({ "code": code(e.product), "cheaper_fen": e.cheaper });
        document["reasons"] = around.reasons.iter().map(reason).collect();
        document["would_enter"] = around.entering.iter().map(entering).collect();
        document["others"] = others.into();
    }

    fn document(&self, pack: &Pack) -> Json {
        let items: Vec<Json> = pack.items.iter().map(|&(i, q)| items::json(&self.case.products[i], q)).collect();
        let left_out: Vec<Json> = pack.left_out.iter().map(|(rule, n)| of_rule(rule, "products", json!(n))).collect();
        json!({
            "verdict": if pack.proved { "best" } else { "within" },
            "price_fen": pack.price, "packs": self.case.rules.packs, "value": pack.value, "bound": pack.bound,
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
            out.line(&format!("  {}", words::rule(&self.context.locale, rule)))?;
        }
        if !blocked.proved {
            out.line(&self.context.locale.tr("cli-pack-hurried"))?;
        }
        if !blocked.relax.is_empty() {
            out.line(&self.context.locale.tr("pack-relax"))?;
        }
        for relax in &blocked.relax {
            out.line(&format!("  {}", words::relax(&self.context.locale, relax)))?;
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
