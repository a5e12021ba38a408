//! Who acts: the person of `--as`, profile or login, for the organisation of profile or database.

use super::context::Context;
use super::fail::{Exit, Fail};
use crate::base::text;
use crate::domain::actor::{Actor, CLOCK_SET, role_of};
use crate::domain::codes::Role;
use crate::domain::record::Record;
use crate::domain::rows::{Kind, Organisation};
use crate::domain::value::Value;
use crate::domain::work::Rows;
use crate::store::Connection;
use crate::store::{link, rows::SqlRows, setting};

/// The actor of this run. Rights follow from the organisation; a role in the profile stands for what no organisation
/// shows (auditor, seller feed).
///
/// # Errors
/// `no-organisation` when none is named or the one named is not there; what SQLite says.
pub fn actor(context: &Context, db: &Connection) -> Result<Actor, Fail> {
    let org = own(context, db)?;
    // An enrolled console works for whom its hub says, in the role it says.
    let enrolled = link::get(db).map_err(|e| context.db_fail(&e))?.map(|l| l.role);
    let role = enrolled.or(context.profile.role).unwrap_or(role_of(org.kind));
    Ok(Actor {
        name: person(context),
        org_id: org.uuid(),
        org_name: org.name,
        role,
        division_code: org.division_code,
        login: login(),
        terminal: terminal(),
        ssh_client: ssh_client(),
        clock_set: context.now.is_some(),
    })
}

/// The person where there is no database yet: of no organisation, and with no rights.
pub(super) fn nobody(context: &Context) -> Actor {
    Actor {
        name: person(context),
        org_id: uuid::Uuid::nil(),
        org_name: String::new(),
        role: Role::Auditor,
        division_code: String::new(),
        login: login(),
        terminal: terminal(),
        ssh_client: ssh_client(),
        clock_set: context.now.is_some(),
    }
}

/// The organisation of profile or database.
///
/// # Errors
/// As [`actor`].
pub(super) fn own(context: &Context, db: &Connection) -> Result<Organisation, Fail> {
    let enrolled = link::get(db).map_err(|e| context.db_fail(&e))?.map(|l| l.org_code);
    let named = match enrolled.or_else(|| Some(context.profile.org.clone()).filter(|o| !o.is_empty())) {
        Some(named) => named,
        None => setting::get(db, setting::PROFILE_ORG).map_err(|e| context.db_fail(&e))?.unwrap_or_default(),
    };
    organisation(context, db, &named)?
        .ok_or_else(|| context.fail(Exit::Input, "no-organisation", &[("org", named.clone())]))
}

/// Where the person sits, in one line for the audit, when no actor is at hand.
pub(super) fn origin(context: &Context) -> String {
    let clock = if context.now.is_some() { CLOCK_SET } else { "" };
    let parts = [login(), terminal(), ssh_client(), clock.to_owned()];
    parts.into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(" ")
}

fn organisation(context: &Context, db: &Connection, named: &str) -> Result<Option<Organisation>, Fail> {
    for column in ["code", "name"] {
        let rows =
            SqlRows::new(db).find(Kind::Organisation, column, &Value::Text(named.to_owned())).map_err(|why| {
                let refusal = crate::domain::refusal::Refusal::new("store").with("why", why);
                Fail::store(&crate::store::StoreError::Refused(refusal), &context.locale)
            })?;
        if let Some(org) = rows.into_iter().find_map(Organisation::from_row) {
            return Ok(Some(org));
        }
    }
    Ok(None)
}

/// The person of `--as`, profile or login.
pub(super) fn person(context: &Context) -> String {
    let given =
        context.person.clone().or_else(|| Some(context.profile.person.clone())).filter(|p| !p.trim().is_empty());
    let name = given.unwrap_or_else(login);
    text::clean(&name).chars().take(60).collect()
}

/// The account of the operating system, which `--as` does not change: its name, or its number when it has none.
fn login() -> String {
    let uid = rustix::process::getuid().as_raw();
    let accounts = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let named = accounts.lines().find_map(|line| {
        let mut parts = line.split(':');
        let name = parts.next()?;
        (parts.nth(1)?.parse() == Ok(uid)).then(|| name.to_owned())
    });
    // Accounts of a directory service are not in the file; what the login set is the next best.
    let set = || ["USER", "LOGNAME"].iter().find_map(|n| std::env::var(n).ok().filter(|v| !v.is_empty()));
    let name = named.or_else(set).unwrap_or_else(|| format!("uid {uid}"));
    text::clean(&name).chars().take(60).collect()
}

/// `pts/3` of the terminal the person sits at, or empty.
fn terminal() -> String {
    let name = rustix::termios::ttyname(std::io::stdin(), Vec::new()).ok();
    let path = name.map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    text::clean(path.strip_prefix("/dev/").unwrap_or(&path))
}

/// Address of the SSH client, or empty.
fn ssh_client() -> String {
    let line = ["SSH_CLIENT", "SSH_CONNECTION"].iter().find_map(|n| std::env::var(n).ok()).unwrap_or_default();
    text::clean(line.split(' ').next().unwrap_or_default()).chars().take(60).collect()
}
