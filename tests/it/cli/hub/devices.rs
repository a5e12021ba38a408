//! Codes, consoles, and the end of their access, as the operator sees them.

use super::{Site, sites};
use crate::support::NOW;
use gongfu::domain::codes::Role;
use gongfu::hub::device::{self, Enrolled, Known};
use jiff::Timestamp;
use uuid::Uuid;

fn now() -> i64 {
    NOW.parse::<Timestamp>().expect("an instant").as_millisecond()
}

/// A console joins with a code, as it does over the wire.
pub fn join(site: &Site, org: &str, name: &str, number: u128) -> Enrolled {
    let (code, made) = site.json(&["enrol", "--org", org]);
    assert_eq!(code, 0, "{made}");
    let code = made["code"].as_str().expect("a code");
    let id = Uuid::from_u128(number);
    site.with(|e| device::enrol(e, code, name, id, now() + 1)).expect("asked").expect("enrolled")
}

#[test]
fn a_code_is_for_one_organisation_in_the_role_its_kind_shows() {
    for site in sites() {
        for (n, (org, role, code, expected)) in (1..).zip([
            ("SX-PROV", None, "SX-PROV", Role::Office),
            ("商洛市总工会", None, "SX-SL", Role::City),
            ("SX-AK", Some("auditor"), "SX-AK", Role::Auditor),
        ]) {
            let mut args = vec!["enrol", "--org", org];
            args.extend(role.into_iter().flat_map(|r| ["--role", r]));
            let (done, made) = site.json(&args);
            assert_eq!((done, &made["org"], &made["role"]), (0, &code.into(), &expected.code().into()));
            assert_eq!(made["expires_at"], "2020-08-20T14:47:00+08:00");
            let told = made["code"].as_str().expect("a code");
            let got = site.with(|e| device::enrol(e, told, "a", Uuid::from_u128(n), now()));
            assert_eq!(got.expect("asked").expect("enrolled").device.role, expected);
        }
        let (done, out) = site.words(&["enrol", "--org", "SX-SL"]);
        assert!(
            done == 0 && out.contains("登记码：") && out.contains("14:47") && out.contains("市（区）总工会"),
            "{out}"
        );
        let records = site.state().audit.no;
        let (done, why) = site.error(&["enrol", "--org", "没有这个单位"]);
        assert_eq!((done, why["code"].as_str()), (3, Some("no-organisation")));
        assert!(why["message"].as_str().is_some_and(|m| m.contains("没有这个单位")));
        assert_eq!(site.state().audit.no, records);
        assert_eq!(site.error(&["enrol", "--org", "SX-SL", "--role", "king"]).0, 2);
        assert_eq!(site.texts("SELECT \"command\" FROM \"audit\" WHERE \"no\" > 1").len(), 4);
        site.whole();
    }
}

#[test]
fn the_list_tells_how_far_each_console_is_and_access_ends_once() {
    for site in sites() {
        let first = join(&site, "SX-SL", "山阳", 0xA1);
        join(&site, "SX-AK", "平利", 0xA2);
        join(&site, "SX-AK", "平利", 0xA3);
        let head = site.state().seq;
        site.with(|e| device::receipt(e, first.device.id, head, now() + 60_000)).expect("a receipt");
        let (_, list) = site.json(&["devices"]);
        assert_eq!((&list["head"], list["devices"].as_array().map(Vec::len)), (&head.into(), Some(3)));
        let one = &list["devices"][0];
        assert_eq!((&one["name"], &one["org"], &one["behind"]), (&"山阳".into(), &"SX-SL".into(), &0.into()));
        assert_eq!(one["seen_at"], "2020-08-20T14:33:00+08:00");
        assert_eq!(list["devices"][1]["behind"], head);
        assert!(list["devices"][1]["seen_at"].is_null());
        let (_, out) = site.words(&["devices"]);
        assert!(
            out.starts_with("名称") && out.contains(&format!("0/{head}，差 {head}")) && out.contains("从未"),
            "{out}"
        );

        let records = site.state().audit.no;
        let (code, why) = site.error(&["revoke", "没有"]);
        assert_eq!((code, why["code"].as_str()), (3, Some("no-device")));
        let (code, why) = site.error(&["revoke", "平利"]);
        assert_eq!((code, why["code"].as_str()), (3, Some("many-devices")));
        let second = Uuid::from_u128(0xA2).to_string();
        assert!(why["hint"].as_str().is_some_and(|h| h.contains(&second)), "{why}");
        assert_eq!(site.state().audit.no, records, "what was not done is not on record");

        assert_eq!(site.json(&["revoke", "山阳"]).1["done"], true);
        assert_eq!(site.with(|e| device::of_token(e, &first.token)), Ok(Known::Revoked));
        assert_eq!(site.json(&["revoke", &second]).1["id"], second.as_str());
        // Of two of one name one is left: the name says which.
        assert_eq!(site.json(&["revoke", "平利"]).1["id"], Uuid::from_u128(0xA3).to_string());
        for called in ["山阳", &second] {
            let (code, why) = site.error(&["revoke", called]);
            assert_eq!((code, why["code"].as_str()), (1, Some("revoked-at")), "{why}");
        }
        let told = site.texts("SELECT \"target_code\" FROM \"audit\" WHERE \"command\" = 'hub.revoke' ORDER BY \"no\"");
        assert_eq!(told, ["山阳", "平利", "平利"]);
        let (_, list) = site.json(&["devices"]);
        assert!(list["devices"][0]["behind"].is_null() && !list["devices"][0]["revoked_at"].is_null(), "{list}");
        site.whole();
    }
}
