//! Settling a conflict field by field: what a person wanted, what others made of it meanwhile, and what is to be.
//!
//! Owns which commands can be taken apart and what comes of a choice. Knows no outbox: the store brings the three sides.

use super::command::{Command, Given};
use super::refusal::Refusal;
use super::rows::Row;
use super::value::Value;
use std::collections::BTreeMap;

/// Whose value a field is to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Mine,
    Theirs,
}

/// One field of a conflict with its three sides.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    pub column: &'static str,
    /// What both began with.
    pub base: Value,
    pub mine: Value,
    pub theirs: Value,
}

impl Field {
    /// Whether both changed it, and not to the same.
    pub fn clashes(&self) -> bool {
        self.mine != self.base && self.theirs != self.base && self.mine != self.theirs
    }

    /// Whether there is a choice: both sides are not the same by now.
    pub fn differs(&self) -> bool {
        self.mine != self.theirs
    }

    /// What is taken when nobody says: mine where only I changed it, else theirs.
    pub fn side(&self) -> Side {
        if self.mine != self.base && self.theirs == self.base { Side::Mine } else { Side::Theirs }
    }
}

/// The fields a command sets in the record it is about; `None` for a command that cannot be taken apart.
pub fn fields(command: &Command) -> Option<BTreeMap<&'static str, Value>> {
    let text = |t: &str| Value::Text(t.to_owned());
    Some(match command {
        Command::Edit(edit) => {
            let columns = edit.kind.columns();
            let own = edit
                .set
                .iter()
                .filter_map(|(name, given)| columns.iter().find(|c| c.name == name).map(|c| (c.name, given.value())));
            own.collect()
        }
        Command::CheckDirectory { number, state, .. } => {
            BTreeMap::from([("directory_no", text(number)), ("directory_state", text(state.code()))])
        }
        Command::FileReturn { workers, planned, note, .. } => BTreeMap::from([
            ("workers", Value::Int(*workers)),
            ("planned_fen", Value::Int(planned.0)),
            ("note", text(note)),
        ]),
        Command::SetDeadline { due_on, .. } => BTreeMap::from([("due_on", text(&due_on.to_string()))]),
        Command::SetGoal { target, .. } => BTreeMap::from([("target", Value::Int(*target))]),
        _ => return None,
    })
}

/// The three sides of a command's fields: `base` has what stood there before where the command changed it, `now` is the record
/// as it is.
pub fn sides(command: &Command, base: &BTreeMap<String, Value>, now: &Row) -> Option<Vec<Field>> {
    let own = fields(command)?;
    let one = |(i, column): (usize, &crate::domain::record::Column)| {
        let mine = own.get(column.name)?.clone();
        let base = base.get(column.name).unwrap_or(&mine).clone();
        Some(Field { column: column.name, base, mine, theirs: now.cell(i) })
    };
    Some(now.kind().columns().iter().enumerate().filter_map(one).collect())
}

/// The command that is left when a person has chosen: only what is to be mine; `None` when that is nothing.
pub fn chosen(command: &Command, fields: &[Field], mine: &[&str]) -> Option<Command> {
    let is_mine = |f: &&Field| f.differs() && mine.contains(&f.column);
    if !fields.iter().any(|f| is_mine(&f)) {
        return None;
    }
    let value = |name: &str| {
        let field = fields.iter().find(|f| f.column == name)?;
        Some(if mine.contains(&name) { &field.mine } else { &field.theirs })
    };
    let number = |name: &str, own: i64| value(name).and_then(Value::as_int).unwrap_or(own);
    let text = |name: &str, own: &str| value(name).and_then(Value::as_text).unwrap_or(own).to_owned();
    let mut out = command.clone();
    match &mut out {
        Command::Edit(edit) => {
            let kept = fields.iter().filter(is_mine).filter_map(|f| Some((f.column.to_owned(), Given::of(&f.mine)?)));
            edit.set = kept.collect();
        }
        Command::CheckDirectory { number: no, state, .. } => {
            *no = text("directory_no", no);
            *state =
                crate::domain::codes::DirectoryState::parse(&text("directory_state", state.code())).unwrap_or(*state);
        }
        Command::FileReturn { workers, planned, note, .. } => {
            *workers = number("workers", *workers);
            planned.0 = number("planned_fen", planned.0);
            *note = text("note", note);
        }
        // A single field: it is mine, or nothing is left.
        _ => {}
    }
    Some(out)
}

/// The fields that are to be mine, by what a person said: `mine` and `theirs` name fields. Those that nobody named fall to their
/// side by themselves ([`Field::side`]), but where both changed one.
///
/// # Errors
/// `merge-unknown-field` for a name that is no field of the conflict, or stands on both sides; `merge-open` with the fields that
/// both changed and nobody named.
pub fn resolve(fields: &[Field], mine: &[String], theirs: &[String]) -> Result<Vec<&'static str>, Refusal> {
    let known = |name: &&String| fields.iter().any(|f| f.column == **name);
    let wrong = mine.iter().chain(theirs).find(|n| !known(n)).or_else(|| mine.iter().find(|n| theirs.contains(n)));
    if let Some(name) = wrong {
        let all: Vec<&str> = fields.iter().map(|f| f.column).collect();
        let name: String = name.chars().take(40).collect();
        return Err(Refusal::new("merge-unknown-field").with("field", name).with("fields", all.join(",")));
    }
    let says = |list: &[String], f: &Field| list.iter().any(|n| n == f.column);
    let open = fields.iter().filter(|f| f.clashes() && !says(mine, f) && !says(theirs, f)).map(|f| f.column);
    let open: Vec<&str> = open.collect();
    if !open.is_empty() {
        return Err(Refusal::new("merge-open").with("fields", open.join(",")));
    }
    let is_mine = |f: &&Field| says(mine, f) || !says(theirs, f) && f.side() == Side::Mine;
    Ok(fields.iter().filter(|f| f.differs()).filter(is_mine).map(|f| f.column).collect())
}
