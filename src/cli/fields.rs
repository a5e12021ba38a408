//! What each stored field of a record holds, so that a record and its history are told in words.

use crate::domain::rows::Kind;
use crate::store::list::Ty;

/// What a column of a row holds; `None` for ids of other rows, which people never see.
pub fn field_type(kind: Kind, column: &str) -> Option<Ty> {
    Some(match (kind, column) {
        (_, "relisted_from" | "adjusts") => return None,
        (_, c) if c.ends_with("_id") => return None,
        (_, c) if c.ends_with("_fen") => Ty::Money,
        (_, c) if c.ends_with("_at") || c == "at" => Ty::Instant,
        (_, c) if c.ends_with("_on") => Ty::Day,
        (_, "dated" | "valid_until" | "last_visit" | "best_before") => Ty::Day,
        (_, "code") => Ty::Code,
        (_, "county_code" | "division_code") => Ty::Division,
        (_, "contact_name" | "contact_phone" | "keeper" | "phone") => Ty::Masked,
        (_, "files_annex1" | "files_annex2" | "under_review" | "republish" | "demo_room" | "held" | "page_stopped") => {
            Ty::YesNo
        }
        (Kind::Organisation, "kind") => Ty::Set("org"),
        (Kind::Supplier, "kind") => Ty::Set("supplier_kind"),
        (Kind::Purchase, "kind") => Ty::Set("purchase_kind"),
        (Kind::PurchaseEvidence, "kind") => Ty::Set("proof"),
        (Kind::Promotion, "kind") => Ty::Set("promotion_kind"),
        (Kind::Evidence, "kind") => Ty::Set("evidence"),
        (Kind::Publication, "channel") => Ty::Set("channel_place"),
        (Kind::Goal, "unit") => Ty::Set("goal_unit"),
        (_, "channel") => Ty::Set("channel"),
        (_, "state") => Ty::Set(kind.table()),
        (_, "directory_state") => Ty::Set("directory"),
        (_, "category") => Ty::Set("category"),
        (_, "venue_type") => Ty::Set("venue"),
        (_, "grade" | "recall_class") => Ty::Set("grade"),
        (_, "trace") => Ty::Set("trace"),
        (_, "form") => Ty::Set("form"),
        (_, "answer") => Ty::Set("answer"),
        (_, "verb") => Ty::Set("verb"),
        (_, c) => {
            let int = kind.columns().iter().any(|k| k.name == c && k.cell == crate::domain::value::CellType::Int);
            if int { Ty::Count } else { Ty::Text }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::sets;

    #[test]
    fn every_field_that_holds_a_code_has_a_set_with_words() {
        for kind in Kind::ALL {
            for column in kind.columns() {
                if let Some(Ty::Set(set)) = field_type(*kind, column.name) {
                    let known = sets::NAMES.contains(&set) || set == "goal_unit";
                    assert!(known, "{kind:?}.{} holds codes of {set}", column.name);
                }
            }
        }
        assert_eq!(field_type(Kind::Supplier, "contact_phone"), Some(Ty::Masked));
        assert_eq!(field_type(Kind::Counter, "keeper"), Some(Ty::Masked));
        assert_eq!(field_type(Kind::CatalogEntry, "product_id"), None);
    }
}
