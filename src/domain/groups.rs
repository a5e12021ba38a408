//! Which fields of a record belong together, and on which of them a command stands: two people who change one record
//! disturb each other only where they touch the same group.
//!
//! Owns the table of groups, the table of fields that may be corrected, and what each command stands on. Must not compare
//! anything: the hub does (`hub/ledger/seen.rs`).

use super::codes::codes;
use super::command::{Class, Command};
use super::rows::Kind;

codes! {
    /// Fields that one decision of a person is about.
    Group {
        // What a record is: never changes once it is made.
        Fixed = "fixed",
        // What it says: names, texts, classes.
        Content = "content",
        // Price and pieces on hand.
        Trade = "trade",
        // Who answers for it and how to reach them.
        Contact = "contact",
        // Where it is.
        Place = "place",
        // Persons helped, capacity, targets, figures of a return.
        Figures = "figures",
        // Dates that are set by hand.
        Dates = "dates",
        // What the national directory says.
        Directory = "directory",
        // Where it stands on its way.
        Status = "status",
        // What comes with a step: reasons, times, counts, names of who acted. Never compared by itself.
        Follows = "follows",
    }
}

use Group::{Contact, Content, Dates, Directory, Figures, Fixed, Follows, Place, Status, Trade};

/// Columns of one group of a kind, joined with blanks.
type Part = (Group, &'static str);

/// Every column of every kind in its group; a test holds that none is missing and none stands twice.
pub const GROUPS: &[(Kind, &[Part])] = &[
    (
        Kind::Organisation,
        &[
            (Fixed, "code kind division_code parent_id"),
            (Content, "name name_en files_annex1 files_annex2"),
            (Figures, "quota_rate_bp"),
        ],
    ),
    (
        Kind::Supplier,
        &[
            (Fixed, "code county_code"),
            (Content, "name kind credit_code"),
            (Figures, "capacity people_helped"),
            (Contact, "contact_name contact_phone"),
            (Status, "state"),
            (Follows, "under_review"),
        ],
    ),
    (
        Kind::DirectoryEntry,
        &[(Fixed, "number"), (Content, "product_name supplier_name county_code batch"), (Dates, "valid_until")],
    ),
    (
        Kind::Product,
        &[
            (Fixed, "code supplier_id county_code"),
            (Content, "name category spec unit season shelf_life_days"),
            (Directory, "directory_no directory_state"),
        ],
    ),
    (
        Kind::CatalogEntry,
        &[
            (Fixed, "code product_id supplier_id county_code relisted_from"),
            (Content, "supplier_name name category spec unit"),
            (Trade, "price_fen stock"),
            (Figures, "people_helped"),
            (Status, "state"),
            (Follows, "trace state_reason suspended_for state_at edition_no under_review"),
        ],
    ),
    (
        Kind::CatalogEdition,
        &[(Fixed, "number dated"), (Content, "signer note"), (Status, "state"), (Follows, "listed added removed")],
    ),
    (
        Kind::Publication,
        &[(Fixed, "edition_id channel"), (Place, "address"), (Status, "state"), (Follows, "published_at republish")],
    ),
    (
        Kind::Counter,
        &[
            (Fixed, "code county_code"),
            (Content, "name venue_type host bank demo_room"),
            (Place, "address longitude_e6 latitude_e6"),
            (Contact, "keeper phone"),
            (Status, "state"),
            (Follows, "opened_on closed_on last_visit"),
        ],
    ),
    (
        Kind::ShelfLine,
        &[
            (Fixed, "counter_id entry_id placed_on"),
            (Trade, "quantity"),
            (Status, "state"),
            (Follows, "stopped_with_entry"),
        ],
    ),
    (Kind::Visit, &[(Fixed, "counter_id visited_on visitor"), (Content, "note")]),
    (
        Kind::Incident,
        &[
            (Fixed, "code entry_id product_id supplier_id county_code reporter"),
            (Content, "title place grade recall_class batches"),
            (Status, "state"),
            (
                Follows,
                "reported_at triaged_at verified_by verified_at confirmed_by confirmed_at closed_at notices \
                 acknowledged edition_no",
            ),
        ],
    ),
    (Kind::IncidentStep, &[(Fixed, "incident_id number verb person note"), (Follows, "at")]),
    (Kind::Evidence, &[(Fixed, "incident_id kind title sha256 bytes"), (Follows, "added_at")]),
    (
        Kind::RemovalNotice,
        &[
            (Fixed, "code incident_id entry_id counter_id county_code"),
            (Status, "state"),
            (Follows, "issued_at due_at reminders reminded_at"),
        ],
    ),
    (Kind::RemovalAck, &[(Fixed, "notice_id answer quantity reason person"), (Follows, "at")]),
    (
        Kind::BuyerNotice,
        &[
            (Fixed, "incident_id entry_id buyer_id"),
            (Status, "state"),
            (Follows, "purchases quantity amount_fen notified_at"),
        ],
    ),
    (
        Kind::MallListing,
        &[
            (Fixed, "entry_id"),
            (Trade, "price_fen"),
            (Status, "state"),
            (Follows, "off_requested_at stopped_with_entry"),
        ],
    ),
    (
        Kind::SalesAgreement,
        &[
            (Fixed, "code supplier_id entry_id"),
            (Content, "seller"),
            (Trade, "quantity price_fen"),
            (Dates, "signed_on ends_on"),
            (Status, "state"),
            (Follows, "state_reason"),
        ],
    ),
    (
        Kind::Batch,
        &[
            (Fixed, "code entry_id product_id made_on best_before quantity"),
            (Trade, "left_over"),
            (Status, "state"),
            (Follows, "state_reason"),
        ],
    ),
    (Kind::TraceCode, &[(Fixed, "code batch_id"), (Status, "state"), (Follows, "page_stopped")]),
    (
        Kind::Promotion,
        &[
            (Fixed, "code"),
            (Content, "name kind"),
            (Figures, "budget_fen"),
            (Dates, "starts_on ends_on"),
            (Status, "state"),
            (Follows, "state_reason"),
        ],
    ),
    (Kind::PromotionItem, &[(Fixed, "promotion_id entry_id")]),
    (
        Kind::GiftPack,
        &[
            (Fixed, "code"),
            (Content, "name occasion audience"),
            (Trade, "price_fen"),
            (Dates, "valid_until"),
            (Status, "state"),
            (Follows, "state_reason items"),
        ],
    ),
    (Kind::GiftPackItem, &[(Fixed, "pack_id entry_id"), (Trade, "quantity price_fen")]),
    (
        Kind::PurchaseOrder,
        &[
            (Fixed, "code buyer_id pack_id ordered_on"),
            (Content, "seller"),
            (Trade, "amount_fen"),
            (Status, "state"),
            (Follows, "held held_reason"),
        ],
    ),
    (Kind::OrderLine, &[(Fixed, "order_id entry_id"), (Trade, "quantity price_fen")]),
    (
        Kind::Purchase,
        &[
            (Fixed, "code buyer_id supplier_id entry_id bought_on channel kind adjusts batch_id"),
            (Content, "voucher_no"),
            (Figures, "quantity amount_fen"),
            (Status, "state"),
            (Follows, "evidence"),
        ],
    ),
    (Kind::PurchaseEvidence, &[(Fixed, "purchase_id kind title sha256 bytes dated"), (Follows, "added_at")]),
    (
        Kind::Deadline,
        &[
            (Fixed, "code plan_item"),
            (Content, "title title_en owner done_when"),
            (Dates, "due_on"),
            (Status, "state"),
            (Follows, "done_on note"),
        ],
    ),
    (
        Kind::Return,
        &[
            (Fixed, "deadline_id unit_id form"),
            (Figures, "planned_fen workers"),
            (Content, "note"),
            (Status, "state"),
            (Follows, "submitted_at accepted_at reminders"),
        ],
    ),
    (
        Kind::Goal,
        &[(Fixed, "code plan_item"), (Content, "title title_en unit"), (Figures, "target"), (Dates, "due_on")],
    ),
];

/// The group of a column; [`Group::Fixed`] for one the table does not have.
pub fn group_of(kind: Kind, column: &str) -> Group {
    let found = parts(kind).iter().find(|(_, columns)| columns.split_whitespace().any(|c| c == column));
    found.map_or(Fixed, |(group, _)| *group)
}

/// The groups of a kind that are compared, each with its columns in the order of the kind.
pub fn compared(kind: Kind) -> impl Iterator<Item = (Group, Vec<usize>)> {
    let places = move |group: Group| {
        let all = kind.columns().iter().enumerate();
        all.filter(|(_, c)| group_of(kind, c.name) == group).map(|(i, _)| i).collect::<Vec<_>>()
    };
    parts(kind).iter().filter(|(g, _)| !matches!(g, Fixed | Follows)).map(move |(group, _)| (*group, places(*group)))
}

fn parts(kind: Kind) -> &'static [Part] {
    GROUPS.iter().find(|(k, _)| *k == kind).map_or(&[], |(_, parts)| parts)
}

/// What may be typed into a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Typed {
    /// Text of at most so many characters.
    Text(usize),
    /// Text that must not be empty.
    Words(usize),
    /// A number between two.
    Number(i64, i64),
    /// Money in fen, between two.
    Money(i64, i64),
    /// Degrees in millionths, between two.
    Degrees(i64, i64),
}

/// A field that a person may correct by itself. What leads through states, or stands in other records too, is not among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Editable {
    pub kind: Kind,
    pub column: &'static str,
    pub typed: Typed,
}

const fn may(kind: Kind, column: &'static str, typed: Typed) -> Editable {
    Editable { kind, column, typed }
}

/// Every field that may be corrected.
pub const EDITABLE: &[Editable] = &[
    may(Kind::CatalogEntry, "price_fen", Typed::Money(1, 100_000_000)),
    may(Kind::CatalogEntry, "stock", Typed::Number(0, 1_000_000_000)),
    may(Kind::CatalogEntry, "people_helped", Typed::Number(0, 10_000_000)),
    may(Kind::CatalogEntry, "unit", Typed::Text(20)),
    may(Kind::Supplier, "credit_code", Typed::Text(18)),
    may(Kind::Supplier, "capacity", Typed::Text(120)),
    may(Kind::Supplier, "people_helped", Typed::Number(0, 10_000_000)),
    may(Kind::Supplier, "contact_name", Typed::Text(40)),
    may(Kind::Supplier, "contact_phone", Typed::Text(40)),
    may(Kind::Counter, "host", Typed::Text(120)),
    may(Kind::Counter, "bank", Typed::Text(40)),
    may(Kind::Counter, "address", Typed::Text(120)),
    may(Kind::Counter, "longitude_e6", Typed::Degrees(73_000_000, 136_000_000)),
    may(Kind::Counter, "latitude_e6", Typed::Degrees(3_000_000, 54_000_000)),
    may(Kind::Counter, "keeper", Typed::Words(40)),
    may(Kind::Counter, "phone", Typed::Text(40)),
];

/// The fields of a kind that may be corrected.
pub fn editable(kind: Kind) -> impl Iterator<Item = &'static Editable> {
    EDITABLE.iter().filter(move |e| e.kind == kind)
}

/// What a command stands on in the record it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stand {
    /// On nothing: it adds, or is done whatever happened.
    Nothing,
    /// On the whole record, as it was seen: what moves a record on its way must have seen the newest of it.
    Whole,
    /// On these groups alone.
    Groups(Vec<Group>),
}

/// What `command` stands on.
pub fn stand(command: &Command) -> Stand {
    if command.class() != Class::Checked {
        return Stand::Nothing;
    }
    match command {
        Command::Edit(edit) => {
            let mut groups: Vec<Group> = edit.set.keys().map(|column| group_of(edit.kind, column)).collect();
            groups.sort_unstable();
            groups.dedup();
            Stand::Groups(groups)
        }
        Command::CheckDirectory { .. } => Stand::Groups(vec![Directory]),
        Command::SetGoal { .. } => Stand::Groups(vec![Figures]),
        Command::SetDeadline { .. } => Stand::Groups(vec![Dates]),
        // Arrows, and what walks one by the way: a record that is to move on must be known as it is.
        _ => Stand::Whole,
    }
}
