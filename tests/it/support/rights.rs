//! The rights of domain section 8 written down by hand, independent of the table the product uses.

use gongfu::domain::actor::Actor;
use gongfu::domain::codes::Role;
use gongfu::domain::rights::Right;
use uuid::Uuid;

/// How far a right reaches; a right to propose is no right to act.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Grant {
    No,
    Own,
    All,
}

/// Per right: who acts in the own area, who everywhere. Letters: c county, C city, i industrial, O office, s seller feed.
const TABLE: &[(&str, &str, &str)] = &[
    ("edit_suppliers", "cC", "O"),
    ("approve_suppliers", "C", "O"),
    ("edit_counters", "cCi", "O"),
    ("approve_counters", "C", "O"),
    ("submit_annex1", "Ci", ""),
    ("submit_annex2", "C", ""),
    ("accept_returns", "", "O"),
    ("report_incident", "", "cCiOs"),
    ("verify_incident", "cCi", "O"),
    ("suspend", "C", "O"),
    ("confirm_delist", "", "O"),
    ("ack_removal", "cCi", ""),
    ("publish_edition", "", "O"),
    ("publish_packs", "Ci", "O"),
    ("purchase", "cCis", "O"),
    ("handle_orders", "Cis", "O"),
    ("verify_purchases", "Ci", "O"),
    ("count_purchases", "", "O"),
    ("change_deadlines", "", "O"),
    ("replace_reference", "cCi", "O"),
];

fn letter(role: Role) -> char {
    match role {
        Role::County => 'c',
        Role::City => 'C',
        Role::Industrial => 'i',
        Role::Office => 'O',
        Role::Auditor => '-',
        Role::SellerFeed => 's',
    }
}

/// What the table grants.
pub fn grant(right: Right, role: Role) -> Grant {
    let (_, own, all) = TABLE.iter().find(|(code, ..)| *code == right.code()).expect("a line of the table");
    match letter(role) {
        l if all.contains(l) => Grant::All,
        l if own.contains(l) => Grant::Own,
        _ => Grant::No,
    }
}

/// Whether a place lies in the actor's own area: their own rows, the county, every county of the city.
pub fn reaches(actor: &Actor, county: &str, owner: Uuid) -> bool {
    let area = match actor.role {
        Role::County => county == actor.division_code,
        Role::City if actor.division_code.ends_with("00") => county.get(..4) == actor.division_code.get(..4),
        Role::City => county == actor.division_code,
        Role::Office | Role::Auditor => true,
        Role::Industrial | Role::SellerFeed => false,
    };
    area || owner == actor.org_id
}

#[test]
fn the_product_grants_what_section_8_says() {
    use gongfu::domain::rights::{self, RIGHTS};
    assert_eq!(RIGHTS.len(), TABLE.len());
    for right in Right::ALL {
        for role in Role::ALL {
            let ours = match rights::grant(*right, *role) {
                rights::Grant::All => Grant::All,
                rights::Grant::Own => Grant::Own,
                rights::Grant::No | rights::Grant::Propose => Grant::No,
            };
            assert_eq!(ours, grant(*right, *role), "{right:?} {role:?}");
        }
    }
}
