//! What hub and console say to each other over HTTP, version 1: paths, headers, the lines around a page, events.
//!
//! Bodies are NDJSON: a line each, read by ordinary tools. What this version does not know in a line is passed over. Every
//! answer to a known console carries the headers in [`Standing`], so that no console needs a request of its own to learn
//! how the hub stands.

use super::checkpoint::Checkpoint;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Takes an [`Enrol`], gives an [`Enrolled`]. The only path that wants no token.
pub const ENROL: &str = "/v1/enrol";
/// Takes orders, one a line; gives an answer each, in their order.
pub const PUSH: &str = "/v1/push";
/// Gives a page: a [`PageHead`], rows, a [`PageEnd`]. Query: `cursor`, `epoch`, `scope`, `limit`.
pub const PULL: &str = "/v1/pull";
/// Gives a [`Head`], at once or, with `after` and `wait`, when the head is past `after` or after `wait` seconds.
pub const HEAD: &str = "/v1/head";
/// Takes how far a console has read; gives [`Told`]. Query: `cursor`, `epoch`, `scope`.
pub const RECEIPT: &str = "/v1/receipt";
/// Gives [`Receipts`] of a row to consoles of the role office. Query: `kind`, `id`.
pub const RECEIPTS: &str = "/v1/receipts";
/// A stream of server-sent events: [`WAKE`], [`URGENT`], [`REVOKED`].
pub const EVENTS: &str = "/v1/events";

/// Numbers of the hub as Prometheus reads them; wants no token.
pub const METRICS: &str = "/metrics";

/// Most orders of one push.
pub const ORDERS: usize = 500;
/// Largest body of a push as it travels, in bytes.
pub const BODY: usize = 1 << 20;
/// Largest body of a push when it is inflated, in bytes.
pub const INFLATED: usize = 16 << 20;
/// Most rows of one page that a console may ask for; a number is never split, so a page may have more.
pub const PAGE: usize = 10_000;
/// Longest wait of a long poll, in seconds.
pub const LONGEST_WAIT: u64 = 25;
/// Seconds between two signs of life on a stream of events.
pub const HEARTBEAT: u64 = 15;
/// This protocol as an OpenAPI 3.1 document.
pub const OPENAPI: &str = "/v1/openapi.json";

/// How the hub stands, as headers of every answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Rises by one with every restore: numbers of the epoch before say nothing in this one.
    pub epoch: i64,
    /// The last number given.
    pub head: i64,
    /// The last number that survives the loss of the hub's machine; 0 when nothing does.
    pub safe: i64,
    /// Rises by one when the console's scope becomes another.
    pub scope: i64,
    /// The hub's time in milliseconds since 1970.
    pub at: i64,
}

impl Standing {
    /// Names of the headers, in the order of [`Standing::values`].
    pub const HEADERS: [&str; 5] = ["gongfu-epoch", "gongfu-head", "gongfu-safe", "gongfu-scope", "gongfu-at"];

    /// The values in the order of [`Standing::HEADERS`].
    pub fn values(&self) -> [i64; 5] {
        [self.epoch, self.head, self.safe, self.scope, self.at]
    }

    /// Reads headers; `None` when one is missing or no number: such an answer is not from a hub.
    pub fn read<'a>(header: impl Fn(&'static str) -> Option<&'a str>) -> Option<Standing> {
        let [epoch, head, safe, scope, at] = Standing::HEADERS.map(|name| header(name)?.trim().parse::<i64>().ok());
        Some(Standing { epoch: epoch?, head: head?, safe: safe?, scope: scope?, at: at? })
    }
}

/// First line of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PageHead {
    /// The number of the form of its rows.
    pub schema: u32,
    pub epoch: i64,
    pub scope: i64,
    pub head: i64,
    /// The cursor that was asked for. When the hub could not go on from it, `reset` is set and this is 0.
    pub from: i64,
    /// The console must begin anew: its epoch or scope is another, or its cursor was never given.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reset: bool,
}

/// Last line of a page. A page without it is not applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PageEnd {
    /// The cursor after the page.
    pub next: i64,
    /// Nothing was behind it when it was made.
    pub done: bool,
    /// Rows in it.
    pub rows: u64,
    /// CRC-32 of every line of a row with its line feed.
    #[schema(value_type = i64, minimum = 0, maximum = 4_294_967_295_i64)]
    pub crc: u32,
    /// Orders of this very console that were accepted with numbers of this page: an answer that was lost on its way is not missed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub taken: Vec<Taken>,
    /// What was done under numbers of this page, and is this console's business: the newest, not all of a long time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Note>,
    /// The last signed end of the hub's audit: the console keeps it as a witness.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checkpoint: Option<Checkpoint>,
    /// The hub's public key to seal to (X25519, hexadecimal): a console that is shut out seals to it what it has not sent.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub seal: String,
}

/// An order that was accepted, and its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Taken {
    pub id: Uuid,
    pub seq: i64,
}

/// What somebody did, as the hub's audit has it; without the fields it changed, which the rows show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Note {
    pub no: i64,
    /// Milliseconds since 1970.
    pub at: i64,
    pub person: String,
    pub org: String,
    pub command: String,
    /// Table and id of the record it was about, and the code people know it by.
    pub kind: String,
    pub target: Uuid,
    pub code: String,
    pub reason: String,
    /// Asked at this very console, whose own audit has it already.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub own: bool,
}

/// The last number given, and the epoch it is of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Head {
    pub epoch: i64,
    pub head: i64,
}

/// The answer to a receipt: how the hub stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Told {
    pub epoch: i64,
    pub head: i64,
    /// The last signed end of the hub's audit, as at the end of a page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checkpoint: Option<Checkpoint>,
}

/// Event: the head has moved; data is a [`Head`]. At most twenty a second.
pub const WAKE: &str = "wake";
/// Event: rows that must be seen before the next pull; data is an [`Urgent`].
pub const URGENT: &str = "urgent";
/// Event, the last of a stream: the console's access has ended.
pub const REVOKED: &str = "revoked";

/// Rows whose change every console is told at once, by table: what is on sale, and what is wrong with it.
pub const URGENT_KINDS: [&str; 2] = ["catalog_entry", "incident"];

/// Rows that travel in the event itself. The cursor stays where it is: a page brings them again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Urgent {
    pub epoch: i64,
    pub head: i64,
    /// Each a line as in a page.
    pub rows: Vec<String>,
}

/// Which consoles have a row as it stands now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Receipts {
    /// The number of the row's latest change.
    pub seq: i64,
    /// Consoles that have everything up to it, of how many.
    pub have: u64,
    pub of: u64,
    /// Those that have not, in the order in which they were enrolled.
    pub missing: Vec<Behind>,
}

impl Receipts {
    /// Whether every console has it.
    pub fn is_complete(&self) -> bool {
        self.missing.is_empty()
    }
}

/// A console that is behind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Behind {
    pub name: String,
    /// Name of the union it works for.
    pub org: String,
    /// How many numbers it has still to read until it has the row.
    pub behind: i64,
    /// When it last said how far it is, by the hub's clock in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen_at: Option<i64>,
}

/// A console asks to be known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Enrol {
    /// The one-time code, as it was read out.
    pub code: String,
    /// What the list of consoles calls it.
    pub name: String,
    pub schema: u32,
    /// The public key (Ed25519, hexadecimal) by which the console's orders are known; a console of before there was one has none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub signer: String,
}

/// The console is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Enrolled {
    pub hub: Uuid,
    pub device: Uuid,
    /// Goes into `Authorization: Bearer …` of every request. Told once.
    pub token: String,
    /// Code, name and role of the union it works for.
    pub org: String,
    pub org_name: String,
    pub role: String,
    /// The hub's public key (Ed25519, hexadecimal), by which it signs the ends of its audit.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub public: String,
    /// The hub's public key to seal to (X25519, hexadecimal).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub seal: String,
    /// The hub shows a demo: the console's clock follows the hub's.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub demo: bool,
}

/// Why a request was not answered, as the body of every status from 400 on: `{"error":{…}}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    pub error: ProblemBody,
}

/// One sentence, in English; consoles have their own words for each code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProblemBody {
    /// `token-missing`, `token-unknown`, `revoked`, `code-unknown`, `not-allowed`, `too-large`, `not-understood`, `too-many`,
    /// `not-found`, `away`, `internal`.
    pub code: String,
    pub message: String,
}

super::order::lines!(PageHead, PageEnd, Head, Told, Urgent, Receipts, Enrol, Enrolled, Problem);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_standing_reads_back_from_its_headers() {
        let standing = Standing { epoch: 3, head: 41, safe: 7, scope: 2, at: 1_597_905_120_000 };
        let texts = standing.values().map(|n| n.to_string());
        let of = |name: &str| Standing::HEADERS.iter().position(|h| *h == name);
        assert_eq!(Standing::read(|name| of(name).map(|n| texts[n].as_str())), Some(standing));
        assert_eq!(Standing::read(|name| of(name).filter(|n| *n != 1).map(|n| texts[n].as_str())), None);
        assert_eq!(Standing::read(|_| Some("no number")), None);
    }
}
