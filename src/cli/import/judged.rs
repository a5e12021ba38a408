//! A product list as the form and then the rules take it: which lines are proposals, and what is to be said of the others.

use crate::base::locale::Sentence;
use crate::cli::context::Context;
use crate::cli::fail::Fail;
use crate::cli::out::Out;
use crate::cli::progress;
use crate::domain::actor::Actor;
use crate::domain::command::Command;
use crate::domain::refusal::Refusal;
use crate::forms::{CatalogFile, Issue, Severity};
use crate::store::Store;
use serde_json::{Value as Json, json};
use std::collections::HashMap;

/// Proposals asked about at a time: the database is not kept from others for longer than that.
const CHUNK: usize = 500;

/// What is said of one line.
pub(super) struct Remark {
    line: u64,
    /// Field it is about; empty for the line as a whole.
    column: &'static str,
    found: String,
    code: &'static str,
    refused: bool,
    message: String,
}

/// The list with everything known before a line of it is stored.
pub(super) struct Judged<'a> {
    context: &'a Context,
    list: CatalogFile,
    /// The proposals that would be taken.
    pub(super) commands: Vec<Command>,
    taken: usize,
    /// In the order of the lines.
    pub(super) remarks: Vec<Remark>,
}

impl<'a> Judged<'a> {
    /// Asks the rules about every line the form has taken.
    ///
    /// # Errors
    /// What is wrong with the database.
    pub(super) fn new(
        context: &'a Context,
        store: &Store,
        actor: &Actor,
        list: CatalogFile,
    ) -> Result<Judged<'a>, Fail> {
        let asked: Vec<(u64, Command)> =
            list.lines.iter().filter_map(|l| Some((l.line_no, Command::ProposeEntry(l.proposal.clone()?)))).collect();
        let bar = progress::Bar::new(context, "cli-import-checking");
        let mut remarks: Vec<Remark> =
            list.lines.iter().flat_map(|l| l.issues.iter().map(|i| doubt(context, l.line_no, i))).collect();
        let places = context.places(store);
        let mut commands = Vec::with_capacity(asked.len());
        for (n, chunk) in asked.chunks(CHUNK).enumerate() {
            let (lines, wanted): (Vec<u64>, Vec<Command>) = chunk.iter().cloned().unzip();
            let answers = store.rehearse(actor, &wanted).map_err(|e| Fail::store(&e, &context.locale))?;
            for ((line, command), answer) in lines.into_iter().zip(wanted).zip(answers) {
                match answer {
                    None => commands.push(command),
                    Some(refusal) => remarks.push(refused(context, &places, line, &refusal)),
                }
            }
            bar.at(((n + 1) * CHUNK) as u64, asked.len() as u64);
        }
        bar.finish();
        remarks.sort_by_key(|r| r.line);
        let taken = commands.len();
        Ok(Judged { context, list, commands, taken, remarks })
    }

    /// Lines taken that a person should look at.
    fn doubtful(&self) -> usize {
        let mut lines: Vec<u64> = self.remarks.iter().filter(|r| !r.refused).map(|r| r.line).collect();
        lines.retain(|n| !self.remarks.iter().any(|r| r.refused && r.line == *n));
        lines.dedup();
        lines.len()
    }

    fn counts(&self) -> [(&'static str, usize); 4] {
        let (read, doubtful) = (self.list.read(), self.doubtful());
        [("read", read), ("taken", self.taken - doubtful), ("doubtful", doubtful), ("refused", read - self.taken)]
    }

    /// Counts first, then every doubtful or refused line by line, column and reason.
    ///
    /// # Errors
    /// When stdout cannot be written.
    pub(super) fn report(&self) -> Result<(), Fail> {
        let locale = &self.context.locale;
        let mut out = Out::new();
        let mut args: Vec<(&str, String)> = self.counts().iter().map(|(n, v)| (*n, v.to_string())).collect();
        args.push(("encoding", self.list.encoding.code().to_uppercase()));
        args.push(("sheet", self.list.sheet.clone()));
        let args: Vec<(&str, &str)> = args.iter().map(|(n, v)| (*n, v.as_str())).collect();
        out.line(&locale.tr_with("cli-import-counts", &args))?;
        for r in &self.remarks {
            let id = if r.refused { "cli-import-refused" } else { "cli-import-doubtful" };
            let whole = || locale.tr("cli-import-whole-line").into_owned();
            let column = if r.column.is_empty() { whole() } else { locale.code("field", r.column) };
            let args = [("line", r.line.to_string()), ("column", column), ("text", r.message.clone())];
            let args: Vec<(&str, &str)> = args.iter().map(|(n, v)| (*n, v.as_str())).collect();
            out.line(&locale.tr_with(id, &args))?;
        }
        out.done().map(|_| ())
    }

    /// The same for programs.
    pub(super) fn document(&self, audit_no: Option<i64>) -> Json {
        let issues = self.remarks.iter().map(|r| {
            json!({
                "line": r.line,
                "column": r.column,
                "found": r.found,
                "code": r.code,
                "severity": if r.refused { "refused" } else { "doubtful" },
                "message": r.message,
            })
        });
        let mut out = serde_json::Map::new();
        out.extend(self.counts().iter().map(|(n, v)| ((*n).to_owned(), json!(v))));
        out.insert("sheet".into(), json!(self.list.sheet));
        out.insert("file_hash".into(), json!(self.list.file_hash));
        out.insert("stored".into(), json!(audit_no.is_some()));
        out.insert("audit_no".into(), json!(audit_no));
        out.insert("issues".into(), issues.collect());
        Json::Object(out)
    }
}

/// What the form says of a field.
fn doubt(context: &Context, line: u64, issue: &Issue) -> Remark {
    let found = crate::base::text::clean(&issue.found);
    let mut args = issue.args.clone();
    args.push(("column", context.locale.code("field", issue.column.code())));
    args.push(("found", found.clone()));
    let sentence = Sentence { family: "form", code: issue.reason_code, args: &args };
    Remark {
        line,
        column: issue.column.code(),
        found,
        code: issue.reason_code,
        refused: issue.severity == Severity::Refused,
        message: context.locale.refusal(&sentence).0,
    }
}

/// What a rule says of a line.
fn refused(context: &Context, places: &HashMap<String, String>, line: u64, refusal: &Refusal) -> Remark {
    let args = context.locale.placed(&refusal.args, places);
    let sentence = Sentence { family: "refusal", code: refusal.code, args: &args };
    let message = context.locale.refusal(&sentence).0;
    Remark { line, column: "", found: String::new(), code: refusal.code, refused: true, message }
}
