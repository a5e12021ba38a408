//! `gongfu import`: files of others into the database. Nothing is stored before the counts were seen.

mod judged;

use super::args::{ImportCatalog, ImportWhat};
use super::context::Context;
use super::fail::{Exit, Fail};
use super::{out, out::Out, progress};
use crate::base::ids::Ids;
use crate::domain::actor::Actor;
use crate::domain::command::Command;
use crate::domain::rights::{self, Right};
use crate::forms;
use crate::reference::Table;
use crate::setup;
use crate::sqlite::DbError;
use crate::store::{self, Done, Store};
use judged::Judged;
use serde_json::json;
use std::io::{BufRead, IsTerminal, Write};
use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

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
    let store = if args.dry_run { context.open_to_rehearse()? } else { context.open_to_write()? };
    let db = context.connect(&store)?;
    let tables = store::reference::read(&db).map_err(|e| context.db_fail(&e))?;
    drop(db);
    let name = args.file.file_name().unwrap_or_default().to_string_lossy();
    let list = forms::read_catalog(&bytes, &name, args.sheet.as_deref(), &tables)
        .map_err(|e| Fail::new(Exit::Input, &context.locale, "form", e.code, &e.args))?;
    let actor = context.actor(&store)?;
    let mut list = Judged::new(context, &store, &actor, list)?;
    if !context.json {
        list.report()?;
    }
    let commands = std::mem::take(&mut list.commands);
    let store_it = !args.dry_run && !commands.is_empty() && (args.yes || agreed(context, commands.len())?);
    let mut audit_no = None;
    if store_it {
        let done = keep(context, &store, &actor, commands)?;
        audit_no = Some(done.audit_no);
        if !context.json {
            let n = [("n", done.codes.len().to_string()), ("no", done.audit_no.to_string())];
            say(context, "cli-import-stored", &n)?;
        }
    } else if !context.json {
        say(context, "cli-import-nothing", &[])?;
    }
    if context.json {
        Out::new().json(&list.document(audit_no))?;
    }
    Ok(if list.remarks.is_empty() { Exit::Done } else { Exit::Partial })
}

/// Stores the proposals, all or none, and shows how far they are.
fn keep(context: &Context, store: &Store, actor: &Actor, commands: Vec<Command>) -> Result<Done, Fail> {
    let bar = progress::Bar::new(context, "cli-import-storing");
    let (of, before) = (commands.len() as u64, store.decided());
    let (send, receive) = channel();
    store.submit(actor, commands, Vec::new(), move |done| {
        // The receiver waits below; it cannot be gone.
        let _ = send.send(done);
    });
    let done = loop {
        match receive.recv_timeout(Duration::from_millis(100)) {
            Ok(done) => break done,
            Err(RecvTimeoutError::Timeout) => bar.at(store.decided() - before, of),
            Err(RecvTimeoutError::Disconnected) => {
                break Err(DbError::Other(context.db_path(), "the writer has stopped".into()).into());
            }
        }
    };
    bar.finish();
    done.map_err(|e| context.store_fail(store, e))
}

fn say(context: &Context, id: &str, args: &[(&str, String)]) -> Result<(), Fail> {
    let args: Vec<(&str, &str)> = args.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let mut out = Out::new();
    out.line(&context.locale.tr_with(id, &args))?;
    out.done().map(|_| ())
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
    rights::allow(&actor, Right::ReplaceReference, &actor.division_code, actor.org_id)
        .map_err(|refusal| context.store_fail(&store, store::StoreError::Refused(refusal)))?;
    drop(store);
    let ids = &mut Ids::real(clock);
    let lines = match setup::replace_reference(&context.data_dir, wanted, text, &actor, clock.now(), ids) {
        Ok(lines) => lines,
        Err(setup::SetupError::Reference(errors)) => {
            let mut problems = Vec::new();
            for e in &errors {
                let expected = context
                    .locale
                    .tr_with(&format!("reference-expected-{}", e.expected.code), &[("n", &e.expected.arg)]);
                problems.push(json!({
                    "file": e.file, "line": e.line, "column": e.column, "found": e.found, "expected": expected,
                }));
                // A code that another table takes from this one: the line is of that table, as it stands.
                let place = if e.file == wanted.file() { file.display().to_string() } else { e.file.to_owned() };
                let args = [("path", place), ("line", e.line.to_string()), ("column", e.column.clone())];
                let args: Vec<(&str, &str)> = args.iter().map(|(n, v)| (*n, v.as_str())).collect();
                let place = context.locale.tr_with("cli-reference-wrong", &args);
                let what =
                    context.locale.tr_with("cli-reference-expected", &[("found", &e.found), ("expected", &expected)]);
                if !context.json {
                    out::note(&format!("{place}{what}"));
                }
            }
            let fail = context.fail(Exit::Input, "reference", &[("n", errors.len().to_string())]);
            return Err(Fail { problems, ..fail });
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
