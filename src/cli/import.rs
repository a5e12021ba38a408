//! `gongfu import`: files of others into the database. Nothing is stored before the counts were seen.

use super::args::{ImportCatalog, ImportWhat};
use super::context::Context;
use super::fail::{Exit, Fail};
use super::{out, out::Out};
use crate::base::ids::Ids;
use crate::base::locale::Sentence;
use crate::domain::command::Command;
use crate::forms::{self, CatalogFile, Issue, Severity};
use crate::reference::Table;
use crate::setup;
use crate::sqlite::DbError;
use crate::store;
use serde_json::{Value as Json, json};
use std::io::{BufRead, IsTerminal, Write};
use std::path::Path;

/// Runs `import`.
pub(super) fn run(context: &Context, what: &ImportWhat) -> Result<Exit, Fail> {
    match what {
        ImportWhat::Catalog(args) => catalog(context, args),
        ImportWhat::Reference { table, file } => reference(context, table, file),
    }
}

fn read(context: &Context, file: &Path) -> Result<Vec<u8>, Fail> {
    let size = std::fs::metadata(file).map_err(|e| Fail::file(file, &e, &context.locale))?.len();
    if size > forms::MAX_BYTES as u64 {
        let args = [("size", (size >> 20).to_string()), ("max", (forms::MAX_BYTES >> 20).to_string())];
        return Err(Fail::new(Exit::Input, &context.locale, "form", "too-large", &args));
    }
    std::fs::read(file).map_err(|e| Fail::file(file, &e, &context.locale))
}

fn catalog(context: &Context, args: &ImportCatalog) -> Result<Exit, Fail> {
    let bytes = read(context, &args.file)?;
    let store = context.open_to_write()?;
    let db = context.connect(&store)?;
    let tables = store::reference::read(&db).map_err(|e| context.db_fail(&e))?;
    drop(db);
    let name = args.file.file_name().unwrap_or_default().to_string_lossy();
    let list = forms::read_catalog(&bytes, &name, args.sheet.as_deref(), &tables)
        .map_err(|e| Fail::new(Exit::Input, &context.locale, "form", e.code, &e.args))?;
    let issues: Vec<(u64, &Issue)> =
        list.lines.iter().flat_map(|l| l.issues.iter().map(move |i| (l.line_no, i))).collect();
    if !context.json {
        report(context, &list, &issues)?;
    }
    let commands: Vec<Command> =
        list.lines.iter().filter_map(|l| l.proposal.clone()).map(Command::ProposeEntry).collect();
    let store_it = !args.dry_run && !commands.is_empty() && (args.yes || agreed(context, commands.len())?);
    let mut audit_no = None;
    if store_it {
        let actor = context.actor(&store)?;
        let done = store.submit_wait(&actor, commands).map_err(|e| Fail::store(&e, &context.locale))?;
        audit_no = Some(done.audit_no);
        if !context.json {
            let n = [("n", done.codes.len().to_string()), ("no", done.audit_no.to_string())];
            say(context, "cli-import-stored", &n)?;
        }
    } else if !context.json {
        say(context, "cli-import-nothing", &[])?;
    }
    if context.json {
        Out::new().json(&document(context, &list, &issues, audit_no))?;
    }
    Ok(if issues.is_empty() { Exit::Done } else { Exit::Partial })
}

fn say(context: &Context, id: &str, args: &[(&str, String)]) -> Result<(), Fail> {
    let args: Vec<(&str, &str)> = args.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let mut out = Out::new();
    out.line(&context.locale.tr_with(id, &args))?;
    out.done().map(|_| ())
}

/// Counts first, then every doubtful or refused line by line, column and reason.
fn report(context: &Context, list: &CatalogFile, issues: &[(u64, &Issue)]) -> Result<(), Fail> {
    let mut out = Out::new();
    let counts = [
        ("read", list.read().to_string()),
        ("taken", list.taken().to_string()),
        ("doubtful", list.doubtful().to_string()),
        ("refused", list.refused().to_string()),
        ("encoding", list.encoding.code().to_uppercase()),
        ("sheet", list.sheet.clone()),
    ];
    let counts: Vec<(&str, &str)> = counts.iter().map(|(n, v)| (*n, v.as_str())).collect();
    out.line(&context.locale.tr_with("cli-import-counts", &counts))?;
    for (line, issue) in issues {
        let id = match issue.severity {
            Severity::Doubtful => "cli-import-doubtful",
            Severity::Refused => "cli-import-refused",
        };
        let text = sentence(context, issue);
        let column = context.locale.code("field", issue.column.code());
        out.line(&context.locale.tr_with(id, &[("line", &line.to_string()), ("column", &column), ("text", &text)]))?;
    }
    out.done().map(|_| ())
}

/// What is wrong with a field, in words.
fn sentence(context: &Context, issue: &Issue) -> String {
    let mut args = issue.args.clone();
    args.push(("column", context.locale.code("field", issue.column.code())));
    args.push(("found", crate::base::text::clean(&issue.found)));
    context.locale.refusal(&Sentence { family: "form", code: issue.reason_code, args: &args }).0
}

fn document(context: &Context, list: &CatalogFile, issues: &[(u64, &Issue)], audit_no: Option<i64>) -> Json {
    let issues = issues.iter().map(|(line, issue)| {
        json!({
            "line": line,
            "column": issue.column.code(),
            "found": issue.found,
            "code": issue.reason_code,
            "severity": if issue.severity == Severity::Refused { "refused" } else { "doubtful" },
            "message": sentence(context, issue),
        })
    });
    json!({
        "read": list.read(), "taken": list.taken(), "doubtful": list.doubtful(), "refused": list.refused(),
        "sheet": list.sheet, "file_hash": list.file_hash, "stored": audit_no.is_some(), "audit_no": audit_no,
        "issues": issues.collect::<Vec<Json>>(),
    })
}

/// Asks whether to store what was counted. Without a terminal the answer is no: `--yes` says so in scripts.
fn agreed(context: &Context, n: usize) -> Result<bool, Fail> {
    if !std::io::stdin().is_terminal() || context.json {
        return Ok(false);
    }
    let mut stderr = std::io::stderr().lock();
    write!(stderr, "{} ", context.locale.tr_with("cli-import-ask", &[("n", &n.to_string())]))?;
    stderr.flush()?;
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes" | "是" | "ｙ"))
}

fn reference(context: &Context, table: &str, file: &Path) -> Result<Exit, Fail> {
    if context.read_only {
        return Err(Fail::store(&store::StoreError::read_only(), &context.locale));
    }
    let known = || Table::ALL.iter().map(|t| store::reference::name(*t)).collect::<Vec<_>>().join(" ");
    let wanted = Table::ALL.iter().copied().find(|t| store::reference::name(*t) == table || t.file() == table);
    let Some(wanted) = wanted else {
        let args = [("table", table.to_owned()), ("known", known())];
        return Err(context.fail(Exit::Usage, "unknown-table", &args));
    };
    let bytes = read(context, file)?;
    let text = String::from_utf8(bytes).map_err(|e| {
        let line = 1 + e.as_bytes()[..e.utf8_error().valid_up_to()].iter().filter(|b| **b == b'\n').count();
        let args = [("path", file.display().to_string()), ("line", line.to_string())];
        context.fail(Exit::Input, "not-utf8", &args)
    })?;
    if !context.db_path().exists() {
        return Err(Fail::db(&DbError::Missing(context.db_path()), &context.locale));
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    // The store migrates an older file before its tables are touched.
    let store = context.open_to_write()?;
    let (actor, clock) = (context.actor(&store)?, store.clock());
    drop(store);
    let ids = &mut Ids::real(clock);
    let lines = match setup::replace_reference(&context.data_dir, wanted, text, &actor, clock.now(), ids) {
        Ok(lines) => lines,
        Err(setup::SetupError::Reference(errors)) => {
            for e in &errors {
                let args =
                    [("path", file.display().to_string()), ("line", e.line.to_string()), ("column", e.column.clone())];
                let args: Vec<(&str, &str)> = args.iter().map(|(n, v)| (*n, v.as_str())).collect();
                let place = context.locale.tr_with("cli-reference-wrong", &args);
                let what =
                    context.locale.tr_with("cli-reference-expected", &[("found", &e.found), ("expected", &e.expected)]);
                out::note(&format!("{place}{what}"));
            }
            return Err(context.fail(Exit::Input, "reference", &[("n", errors.len().to_string())]));
        }
        Err(e) => return Err(Fail::setup(&e, &context.locale)),
    };
    if context.json {
        let document = json!({ "table": store::reference::name(wanted), "lines": lines });
        return Out::new().json(&document).map(|()| Exit::Done).map_err(Into::into);
    }
    say(context, "cli-reference-done", &[("n", lines.to_string()), ("table", table.to_owned())])?;
    Ok(Exit::Done)
}
