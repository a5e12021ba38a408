//! Who may do what: the table of domain section 8. Code, refusals and the generated page `docs/rights.md` read it.

use super::actor::Actor;
use super::codes::{Role, codes};
use super::refusal::Refusal;
use super::rows::Kind;
use uuid::Uuid;

codes! {
    /// Something a person may be allowed to do.
    Right {
        EditSuppliers = "edit_suppliers", ApproveSuppliers = "approve_suppliers", EditCounters = "edit_counters",
        ApproveCounters = "approve_counters", SubmitAnnex1 = "submit_annex1", SubmitAnnex2 = "submit_annex2",
        AcceptReturns = "accept_returns", ReportIncident = "report_incident", VerifyIncident = "verify_incident",
        Suspend = "suspend", ConfirmDelist = "confirm_delist", AckRemoval = "ack_removal",
        PublishEdition = "publish_edition", PublishPacks = "publish_packs", Purchase = "purchase",
        HandleOrders = "handle_orders", VerifyPurchases = "verify_purchases", CountPurchases = "count_purchases",
        ChangeDeadlines = "change_deadlines", ReplaceReference = "replace_reference",
    }
    /// How far a right reaches.
    Grant { No = "no", Propose = "propose", Own = "own", All = "all" }
}

/// One line of the table: a right and its grant for county, city, industrial, office, auditor, seller feed.
pub struct RightRow {
    pub right: Right,
    pub grants: [Grant; 6],
    /// Plan item or design section the line comes from.
    pub item: &'static str,
}

use Grant::{All, No, Own, Propose};

const fn row(right: Right, grants: [Grant; 6], item: &'static str) -> RightRow {
    RightRow { right, grants, item }
}

/// The table, in the order of [`Role::ALL`].
pub const RIGHTS: &[RightRow] = &[
    // A county drafts, its city approves, the office overrides.
    row(Right::EditSuppliers, [Own, Own, No, All, No, No], "三（二）1"),
    row(Right::ApproveSuppliers, [Propose, Own, No, All, No, No], "三（二）1"),
    row(Right::EditCounters, [Own, Own, Own, All, No, No], "三（三）1"),
    row(Right::ApproveCounters, [Propose, Own, Propose, All, No, No], "三（三）1"),
    // The office accepts or sends back what others submit; it never files for them.
    row(Right::SubmitAnnex1, [Propose, Own, Own, No, No, No], "四"),
    row(Right::SubmitAnnex2, [Propose, Own, No, No, No, No], "四"),
    row(Right::AcceptReturns, [No, No, No, All, No, No], "三（二）1"),
    row(Right::ReportIncident, [All, All, All, All, No, All], "三（二）1"),
    row(Right::VerifyIncident, [Own, Own, Own, All, No, No], "三（二）1"),
    row(Right::Suspend, [Propose, Own, Propose, All, No, No], "三（二）1"),
    row(Right::ConfirmDelist, [No, Propose, No, All, No, No], "三（二）1"),
    row(Right::AckRemoval, [Own, Own, Own, No, No, No], "三（二）1"),
    row(Right::PublishEdition, [No, No, No, All, No, No], "三（二）1"),
    row(Right::PublishPacks, [No, Own, Own, All, No, No], "三（二）4"),
    row(Right::Purchase, [Own, Own, Own, All, No, Own], "三（一）2"),
    row(Right::HandleOrders, [No, Own, Own, All, No, Own], "四"),
    row(Right::VerifyPurchases, [No, Own, Own, All, No, No], "三（一）7"),
    row(Right::CountPurchases, [No, No, No, All, No, No], "三（一）7"),
    row(Right::ChangeDeadlines, [No, No, No, All, No, No], "四"),
    // Of the union's own database: each keeps the reference files it works with.
    row(Right::ReplaceReference, [Own, Own, Own, All, No, No], "二"),
];

/// Kinds that belong to one union: only it, those above it and the office see them. All others are what every union works
/// with: the catalog and who makes it, packs, incidents, goals and dates.
pub const OF_AN_AREA: &[Kind] = &[
    Kind::ShelfLine,
    Kind::Visit,
    Kind::RemovalNotice,
    Kind::RemovalAck,
    Kind::BuyerNotice,
    Kind::SalesAgreement,
    Kind::PurchaseOrder,
    Kind::OrderLine,
    Kind::Purchase,
    Kind::PurchaseEvidence,
    Kind::Return,
];

/// Fields that are personal data, by kind: of a row elsewhere than in the own area nobody but the office has them (domain section 8).
pub const CONTACTS: &[(Kind, &[&str])] =
    &[(Kind::Supplier, &["contact_name", "contact_phone"]), (Kind::Counter, &["keeper", "phone"])];

/// What `role` is granted for `right`.
pub fn grant(right: Right, role: Role) -> Grant {
    let column = Role::ALL.iter().position(|r| *r == role).unwrap_or(0);
    RIGHTS.iter().find(|r| r.right == right).map_or(No, |r| r.grants[column])
}

/// The roles that may act on `right` (not only propose), for the hint of a refusal.
pub fn who_may(right: Right) -> impl Iterator<Item = Role> {
    Role::ALL.iter().copied().filter(move |role| matches!(grant(right, *role), Own | All))
}

/// [`who_may`] as codes joined with commas.
pub fn who(right: Right) -> String {
    who_may(right).map(Role::code).collect::<Vec<_>>().join(",")
}

/// Checks that the actor may use `right` on a row in `county_code` owned by `owner`.
///
/// # Errors
/// `not-allowed` when the role has no such right, `not-your-area` when it reaches only the own area; both name who
/// could act.
pub fn allow(actor: &Actor, right: Right, county_code: &str, owner: Uuid) -> Result<(), Refusal> {
    match grant(right, actor.role) {
        All => Ok(()),
        Own if actor.covers(county_code, owner) => Ok(()),
        Own => Err(Refusal::new("not-your-area")
            .with("area", actor.division_code.clone())
            .with("county", county_code)
            .with("who", who(right))),
        No | Propose => Err(Refusal::new("not-allowed")
            .with("right", right.code())
            .with("role", actor.role.code())
            .with("who", who(right))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::actor::person;

    #[test]
    fn the_table_has_every_right_once_and_someone_may_use_each() {
        for right in Right::ALL {
            assert_eq!(RIGHTS.iter().filter(|r| r.right == *right).count(), 1, "{right:?}");
            assert!(who_may(*right).count() > 0, "{right:?} can be used by nobody");
        }
    }

    #[test]
    fn a_city_suspends_in_its_own_area_and_never_delists() {
        let ankang = person("王敏", Role::City, "610900");
        let far = Uuid::from_u128(7);
        assert!(allow(&ankang, Right::Suspend, "610926", far).is_ok());
        assert_eq!(allow(&ankang, Right::Suspend, "611026", far).unwrap_err().code, "not-your-area");
        let refusal = allow(&ankang, Right::ConfirmDelist, "610926", far).unwrap_err();
        assert_eq!(refusal.code, "not-allowed");
        assert!(refusal.args.contains(&("who", "office".into())));
    }

    #[test]
    fn the_auditor_changes_nothing() {
        for right in Right::ALL {
            assert_eq!(grant(*right, Role::Auditor), No, "{right:?}");
        }
    }
}
