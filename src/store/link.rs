//! How a console stands to its hub: one row, and nothing without one. The token lies in a file of its own, never here.
//!
//! Owns that row; must not talk to the hub.

use super::convert::uuid;
use super::outbox::{self, Counts};
use crate::domain::codes::Role;
use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

/// The row. Times are milliseconds since 1970 by this machine's clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    pub hub: Uuid,
    pub device: Uuid,
    pub url: String,
    /// The union this console works for, and in which role: the hub's word, whatever a profile says.
    pub org_code: String,
    pub role: Role,
    /// 0 before the first page.
    pub epoch: i64,
    pub scope: i64,
    /// Every row in scope up to this number is here.
    pub cursor: i64,
    /// The last number the hub has named.
    pub head: i64,
    /// The last number that survives the loss of the hub's machine.
    pub safe: i64,
    /// When the hub last answered; 0 before.
    pub heard_at: i64,
    /// When all the hub had was here: how old the data are; 0 before.
    pub level_at: i64,
    /// The hub's clock minus this machine's, in milliseconds.
    pub clock_ms: i64,
    /// Whether all rows come anew, so that what does not come is to go.
    pub anew: bool,
    /// The last number given to an order of this console.
    pub last_n: i64,
    /// What keeps the console from the hub: a code, or empty.
    pub trouble: String,
}

/// Codes of [`Link::trouble`]; each has its sentence in the locale under `sync-trouble-<code>`.
pub mod trouble {
    /// The hub does not answer.
    pub const AWAY: &str = "away";
    /// The hub has ended this console's access: nothing is sent or received any more.
    pub const REVOKED: &str = "revoked";
    /// The hub does not know this console's token.
    pub const UNKNOWN: &str = "unknown";
    /// What answers is no hub, or not ours.
    pub const STRANGER: &str = "stranger";
    /// The hub's certificate is not signed by the authority this console trusts.
    pub const CERTIFICATE: &str = "certificate";
    /// The hub speaks another version.
    pub const VERSION: &str = "version";
    /// A page cannot be written: the disk, or the file.
    pub const DISK: &str = "disk";
    /// The hub's audit is not what it was: rows go on coming, and a person must look.
    pub const HISTORY: &str = "history";
    /// Every code.
    pub const ALL: &[&str] = &[AWAY, REVOKED, UNKNOWN, STRANGER, CERTIFICATE, VERSION, DISK, HISTORY];
}

impl Link {
    /// A console that has just enrolled and has nothing yet.
    pub fn new(hub: Uuid, device: Uuid, url: &str, org_code: &str, role: Role) -> Link {
        Link {
            hub,
            device,
            url: url.to_owned(),
            org_code: org_code.to_owned(),
            role,
            epoch: 0,
            scope: 0,
            cursor: 0,
            head: 0,
            safe: 0,
            heard_at: 0,
            level_at: 0,
            clock_ms: 0,
            anew: false,
            last_n: 0,
            trouble: String::new(),
        }
    }

    /// Whether all the hub has named is here.
    pub fn is_level(&self) -> bool {
        self.epoch > 0 && self.cursor >= self.head && !self.anew
    }
}

const COLUMNS: &str = "hub_id, device_id, url, org_code, role, epoch, scope, cursor, head, safe, heard_at, level_at, \
                       clock_ms, anew, last_n, trouble";

fn read(r: &Row<'_>) -> rusqlite::Result<Link> {
    let role: String = r.get(4)?;
    let unknown = || rusqlite::Error::InvalidColumnType(4, role.clone(), rusqlite::types::Type::Text);
    Ok(Link {
        hub: uuid(r, 0)?,
        device: uuid(r, 1)?,
        url: r.get(2)?,
        org_code: r.get(3)?,
        role: Role::parse(&role).ok_or_else(unknown)?,
        epoch: r.get(5)?,
        scope: r.get(6)?,
        cursor: r.get(7)?,
        head: r.get(8)?,
        safe: r.get(9)?,
        heard_at: r.get(10)?,
        level_at: r.get(11)?,
        clock_ms: r.get(12)?,
        anew: r.get(13)?,
        last_n: r.get(14)?,
        trouble: r.get(15)?,
    })
}

/// The row; `None` for a database that belongs to no hub.
///
/// # Errors
/// What SQLite says.
pub fn get(db: &Connection) -> rusqlite::Result<Option<Link>> {
    db.prepare_cached(&format!("SELECT {COLUMNS} FROM hub"))?.query_row([], read).optional()
}

/// Writes the row.
///
/// # Errors
/// What SQLite says.
pub fn put(db: &Connection, link: &Link) -> rusqlite::Result<()> {
    let sql = format!(
        "INSERT OR REPLACE INTO hub (one, {COLUMNS}) VALUES (1,?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16)"
    );
    db.prepare_cached(&sql)?
        .execute(params![
            link.hub.as_bytes().as_slice(),
            link.device.as_bytes().as_slice(),
            link.url,
            link.org_code,
            link.role.code(),
            link.epoch,
            link.scope,
            link.cursor,
            link.head,
            link.safe,
            link.heard_at,
            link.level_at,
            link.clock_ms,
            link.anew,
            link.last_n,
            link.trouble,
        ])
        .map(drop)
}

/// How a console stands to its hub, for a person: the row and what lies in the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    pub link: Link,
    pub counts: Counts,
}

impl Standing {
    /// Reads it; `None` for a database that belongs to no hub.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn read(db: &Connection) -> rusqlite::Result<Option<Standing>> {
        let Some(link) = get(db)? else { return Ok(None) };
        let counts = outbox::counts(db, link.safe)?;
        Ok(Some(Standing { link, counts }))
    }
}
