//! The closed sets by name, for filters, help texts and schemas: which codes a column may hold.

use super::codes::*;

/// Codes of goods categories, as in the specialties file.
pub const CATEGORIES: &[&str] = &[
    "grain",
    "oil",
    "bean",
    "vegetable",
    "edible_fungus",
    "fruit",
    "dried_fruit",
    "nut",
    "tea",
    "honey",
    "meat",
    "poultry_egg",
    "aquatic",
    "dairy",
    "condiment",
    "snack",
    "staple",
    "drink",
    "herb",
    "handicraft",
    "silk",
    "other",
];

/// Codes of venue types, as in the venue types file.
pub const VENUES: &[&str] = &[
    "workers_home",
    "love_station",
    "maternal_room",
    "drivers_home",
    "workers_bookhouse",
    "union_site_other",
    "bank_harbor",
    "new_bookhouse",
    "partner_counter",
    "partner_zone",
    "market_counter",
    "market_zone",
    "market_hall",
    "expo_stand",
    "online_mall",
];

/// Families of venue types.
pub const FAMILIES: &[&str] = &["union_site", "bank_outlet", "partner_city", "market", "temporary", "online"];

macro_rules! sets { ($($name:literal => $ty:ident),* $(,)?) => {
    /// Names of the sets made of domain codes.
    pub const NAMES: &[&str] = &[$($name),*, "category", "venue", "family"];
    /// The codes of a set in their natural order; empty for a name that is none.
    pub fn codes_of(set: &str) -> Vec<&'static str> {
        match set {
            $( $name => $ty::ALL.iter().map(|c| c.code()).collect(), )*
            "category" => CATEGORIES.to_vec(),
            "venue" => VENUES.to_vec(),
            "family" => FAMILIES.to_vec(),
            "command" | "outcome" => Vec::new(),
            _ => Vec::new(),
        }
    }
} }

use super::machine::Verb;
use super::rights::Right;

sets! {
    "org" => OrgKind, "role" => Role, "supplier_kind" => SupplierKind, "supplier" => SupplierState,
    "directory" => DirectoryState, "catalog_entry" => EntryState, "trace" => TraceState,
    "catalog_edition" => EditionState, "channel_place" => Channel, "publication" => PublicationState,
    "counter" => CounterState, "shelf_line" => ShelfState, "incident" => IncidentState, "grade" => Grade,
    "evidence" => EvidenceKind, "removal_notice" => NoticeState, "buyer_notice" => BuyerNoticeState,
    "mall_listing" => MallState, "sales_agreement" => AgreementState, "batch" => BatchState, "trace_code" => CodeState,
    "promotion" => PromotionState, "promotion_kind" => PromotionKind, "answer" => AckAnswer, "gift_pack" => PackState,
    "purchase_order" => OrderState, "purchase" => PurchaseState, "channel" => SalesChannel,
    "purchase_kind" => PurchaseKind, "proof" => ProofKind, "deadline" => DeadlineState, "due" => DueState, "return" => ReturnState,
    "form" => ReturnForm, "sending" => SendState, "verb" => Verb, "right" => Right,
}
