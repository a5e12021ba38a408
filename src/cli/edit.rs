//! `gongfu catalog edit`, `supplier edit`, `counter edit`: fields of a record corrected, as `字段=值`.

use super::args::EditArgs;
use super::context::Context;
use super::deed;
use super::fail::{Exit, Fail};
use crate::domain::command::{Command, EditRecord};
use crate::domain::groups::editable;
use crate::domain::rows::Kind;
use crate::forms::typed;
use std::collections::BTreeMap;

/// Runs `edit` on a record of `kind`.
pub(super) fn run(context: &Context, kind: Kind, args: &EditArgs) -> Result<Exit, Fail> {
    let mut set = BTreeMap::new();
    for one in &args.set {
        let Some((name, text)) = one.split_once('=') else {
            return Err(context.fail(Exit::Usage, "edit-form", &[("value", one.clone())]));
        };
        let Some(field) = typed::field(kind, name) else { return Err(unknown(context, kind, name)) };
        let Some(given) = typed::read(field.typed, text) else {
            let (field, value) = (field.column.to_owned(), text.to_owned());
            return Err(context.fail(Exit::Input, "edit-value", &[("field", field), ("value", value)]));
        };
        set.insert(field.column.to_owned(), given);
    }
    let store = context.open_to_write()?;
    let id = deed::find(context, &store, kind, &args.code)?;
    let command = Command::Edit(EditRecord { kind, id, set, reason: args.reason.clone() });
    deed::submit(context, &store, kind, command)
}

fn unknown(context: &Context, kind: Kind, name: &str) -> Fail {
    let fields: Vec<&str> = editable(kind).map(|e| e.column).collect();
    let args = [("value", name.to_owned()), ("kind", kind.table().to_owned()), ("fields", fields.join(","))];
    context.fail(Exit::Input, "edit-field", &args)
}
