//! Who asks: the person, the organisation they act for and their role. Built by the caller, judged by [`super::rights`].

use super::codes::{OrgKind, Role};
use uuid::Uuid;

/// The person behind a command.
#[derive(Debug, Clone, PartialEq)]
pub struct Actor {
    /// Name as it appears in the audit.
    pub name: String,
    pub org_id: Uuid,
    pub org_name: String,
    pub role: Role,
    /// Division the organisation answers for: `610000`, a city `6109..`, a county or a zone.
    pub division_code: String,
    /// Account of the operating system the program runs under, or empty: the name above may be any.
    pub login: String,
    /// Where the person sits: `pts/3`, or empty.
    pub terminal: String,
    /// Address of the SSH client, or empty.
    pub ssh_client: String,
    /// Whether the person fixed the clock by `--now`: the time of what they do is what they said it was.
    pub clock_set: bool,
}

/// What the origin of a record ends with when its time was fixed by `--now`.
pub const CLOCK_SET: &str = "--now";

/// The role an organisation shows by its kind; auditors and seller feeds are named by themselves.
pub const fn role_of(kind: OrgKind) -> Role {
    match kind {
        OrgKind::Provincial => Role::Office,
        OrgKind::City | OrgKind::Zone => Role::City,
        OrgKind::County => Role::County,
        OrgKind::Industrial | OrgKind::Direct | OrgKind::Enterprise | OrgKind::Grassroots => Role::Industrial,
    }
}

impl Actor {
    /// Whether a row in `county_code` owned by `owner` lies in the actor's own area: their own organisation's rows, and
    /// for area unions the county itself or every county of the city.
    pub fn covers(&self, county_code: &str, owner: Uuid) -> bool {
        if owner == self.org_id {
            return true;
        }
        match self.role {
            Role::Office | Role::Auditor => true,
            Role::City => match self.division_code.strip_suffix("00") {
                Some(prefix) if prefix.len() == 4 => county_code.starts_with(prefix),
                _ => county_code == self.division_code,
            },
            Role::County => county_code == self.division_code,
            Role::Industrial | Role::SellerFeed => false,
        }
    }

    /// Where the person sits, in one line for the audit: account, terminal and SSH client as far as known, and whether
    /// the time beside it is the machine's.
    pub fn origin(&self) -> String {
        let clock = if self.clock_set { CLOCK_SET } else { "" };
        let parts = [self.login.as_str(), self.terminal.as_str(), self.ssh_client.as_str(), clock];
        parts.into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
pub(crate) fn person(name: &str, role: Role, division: &str) -> Actor {
    Actor {
        name: name.into(),
        org_id: Uuid::from_u128(u128::from_str_radix(division.trim_start_matches('Z'), 16).unwrap_or(1)),
        org_name: division.into(),
        role,
        division_code: division.into(),
        login: String::new(),
        terminal: String::new(),
        ssh_client: String::new(),
        clock_set: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn area_follows_role_and_division() {
        let other = Uuid::from_u128(99);
        let cases = [
            (Role::Office, "610000", "610926", true),
            (Role::City, "610900", "610926", true),
            (Role::City, "610900", "611026", false),
            (Role::City, "Z61YL", "Z61YL", true),
            (Role::City, "610581", "610581", true),
            (Role::City, "610581", "610582", false),
            (Role::County, "610926", "610926", true),
            (Role::County, "610926", "610927", false),
            (Role::Industrial, "610000", "610926", false),
        ];
        for (role, own, county, expected) in cases {
            assert_eq!(person("x", role, own).covers(county, other), expected, "{role:?} {own} {county}");
        }
        let a = person("x", Role::Industrial, "610000");
        assert!(a.covers("610926", a.org_id), "own rows are always covered");
    }
}
