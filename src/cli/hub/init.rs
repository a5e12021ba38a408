//! `gongfu hub init`: a ledger with the rows of the data directory's database.

use super::Hub;
use crate::base::ids::Ids;
use crate::cli::actor;
use crate::cli::context::Context;
use crate::cli::fail::{Exit, Fail};
use crate::cli::out::Out;
use crate::domain::rows::{Kind, Organisation};
use crate::domain::work::{Named, Rows};
use crate::hub::engine::{Engine, EngineError};
use crate::hub::keys::{self, Keys, KeysError};
use crate::hub::ledger::{By, Loading};
use crate::hub::whole::{self, HubError, Watch};
use crate::sqlite;
use crate::store::rows::SqlRows;
use crate::store::{Connection, SqlError, dump};
use serde_json::json;
use uuid::Uuid;

/// Rows between two looks at the bar and at Ctrl-C.
const STEP: u64 = 1_000;

/// Why the ledger was not made.
pub(in crate::cli) enum Stop {
    Hub(HubError),
    /// The database the rows come from.
    Rows(SqlError),
}

impl Stop {
    /// In words.
    pub(in crate::cli) fn fail(&self, context: &Context) -> Fail {
        match self {
            Stop::Hub(e) => Fail::hub(e, &context.locale),
            Stop::Rows(e) => context.db_fail(e),
        }
    }
}

impl From<HubError> for Stop {
    fn from(e: HubError) -> Stop {
        Stop::Hub(e)
    }
}

impl From<EngineError> for Stop {
    fn from(e: EngineError) -> Stop {
        Stop::Hub(e.into())
    }
}

impl From<SqlError> for Stop {
    fn from(e: SqlError) -> Stop {
        Stop::Rows(e)
    }
}

/// Runs `hub init`.
pub(super) fn run(hub: &Hub<'_>, names: &[String]) -> Result<Exit, Fail> {
    let context = hub.context;
    hub.may_change()?;
    if !context.db_path().exists() {
        let path = context.db_path().display().to_string();
        return Err(hub.fail(Exit::Input, "no-database", &[("path", path)]));
    }
    let store = context.open_to_read()?;
    let db = context.connect(&store)?;
    // All rows are of one moment, whoever writes meanwhile.
    let _moment = sqlite::snapshot(&db).map_err(|e| context.db_fail(&e))?;
    let (org, by) = (actor::own(context, &db)?, hub.by());
    let id = Ids::real(store.clock()).next_id();
    let made = hub.watched("hub-init-loading", |watch| {
        whole::make(&hub.place, hub.handle(), |engine| fill(engine, id, &db, (&org, &by), watch))
    });
    let rows = made.map_err(|stop| stop.fail(context))?;
    let keys = if names.is_empty() { None } else { Some(keys(hub, names)?) };
    let place = hub.place.to_string();
    let mut out = Out::new();
    if context.json {
        let ca = keys.as_ref().map(|k| k.ca.display().to_string());
        let document = json!({ "hub": id.to_string(), "store": place, "rows": rows, "org": org.name, "ca": ca });
        return out.json(&document).map(|()| Exit::Done).map_err(Into::into);
    }
    let args = [("place", place), ("rows", rows.to_string()), ("hub", id.to_string()), ("org", org.name)];
    out.line(&hub.words("hub-init-done", &args))?;
    if let Some(keys) = keys {
        out.line(&hub.words("hub-init-keys", &[("ca", keys.ca.display().to_string())]))?;
    }
    out.done()
}

/// Makes an authority and a certificate for these names beside the data, for a hub that has none from elsewhere.
fn keys(hub: &Hub<'_>, names: &[String]) -> Result<Keys, Fail> {
    let made = keys::make(&hub.context.data_dir, names, crate::base::clock::Clock::Real.now());
    made.map_err(|e| match e {
        KeysError::There(path) => hub.fail(Exit::Input, "keys-there", &[("path", path.display().to_string())]),
        KeysError::Nameless | KeysError::Make(_) => hub.fail(Exit::Usage, "keys-name", &[("why", e.to_string())]),
        KeysError::Write { path, error } => Fail::file(&path, &error, &hub.context.locale),
    })
}

/// Makes the tables and brings every row in; the number of rows.
pub(in crate::cli) fn fill(
    engine: &mut dyn Engine,
    id: Uuid,
    db: &Connection,
    (org, by): (&Organisation, &By),
    watch: &mut Watch<'_>,
) -> Result<u64, Stop> {
    let rows = SqlRows::new(db);
    let unread = |rows: SqlRows<'_>, why: String| match rows.into_failure() {
        Some(e) => Stop::Rows(e),
        None => EngineError::Broken(why).into(),
    };
    let mut load = Loading::create(engine, id)?;
    for set in Named::ALL {
        match rows.reference(*set) {
            Ok(codes) => load.named(*set, &codes)?,
            Err(why) => return Err(unread(rows, why)),
        }
    }
    let mut of = 0;
    for kind in Kind::ALL {
        match rows.count(*kind, None) {
            Ok(n) => of += u64::try_from(n).unwrap_or(0),
            Err(why) => return Err(unread(rows, why)),
        }
    }
    let mut done = 0_u64;
    // What belongs to a union comes after it.
    let others = Kind::ALL.iter().filter(|k| **k != Kind::Organisation);
    for kind in [Kind::Organisation].iter().chain(others) {
        dump::rows(db, *kind, &mut |row| {
            if done.is_multiple_of(STEP) {
                watch.at(done, of)?;
            }
            done += 1;
            load.push(row).map_err(Stop::from)
        })?;
    }
    watch.at(done, of)?;
    Ok(load.finish(by.at, &by.person, org, &by.origin)?)
}
