//! Schemas of what `--json` prints, made from the list tables, and a validator of the part of JSON Schema they use.

use crate::support::{Data, run};
use gongfu::cli::field_type;
use gongfu::domain::rows::Kind;
use gongfu::domain::sets;
use gongfu::store::detail::SECTIONS;
use gongfu::store::list::{ListKind, SPECS, Ty};
use serde_json::{Map, Value as Json, json};

/// What a column's values look like.
fn value(ty: Ty) -> Json {
    match ty {
        Ty::Code | Ty::Name | Ty::Text => json!({ "type": "string" }),
        Ty::Masked => json!({ "type": "string", "description": "personal data, masked" }),
        // Steps of an incident also hold words that are no arrow, commands are named by the domain's commands.
        Ty::Set(set) if set == "verb" || sets::codes_of(set).is_empty() => {
            json!({ "type": "string", "description": format!("a code of the set {set}") })
        }
        Ty::Set(set) => json!({ "type": ["string", "null"], "enum": sets_of(set) }),
        Ty::Division => json!({ "type": "string", "description": "code of a division" }),
        Ty::Count | Ty::Year | Ty::Bytes => json!({ "type": ["integer", "null"] }),
        Ty::Money => json!({ "type": ["integer", "null"], "description": "fen, 1/100 yuan" }),
        Ty::Day => json!({ "type": ["string", "null"], "description": "YYYY-MM-DD, the day in Asia/Shanghai" }),
        Ty::Instant => json!({ "type": ["string", "null"], "description": "RFC 3339 with offset +08:00" }),
        Ty::YesNo => json!({ "type": "boolean" }),
    }
}

fn sets_of(set: &str) -> Vec<Json> {
    sets::codes_of(set).into_iter().map(|c| json!(c)).chain([Json::Null]).collect()
}

fn object(required: &[&str], properties: Json) -> Json {
    json!({ "type": "object", "required": required, "additionalProperties": false, "properties": properties })
}

/// An object all of whose properties are there.
fn whole(properties: Json) -> Json {
    let names: Vec<&str> = properties.as_object().expect("an object").keys().map(String::as_str).collect();
    let required: Vec<String> = names.into_iter().map(str::to_owned).collect();
    object(&required.iter().map(String::as_str).collect::<Vec<_>>(), properties)
}

fn array(items: Json) -> Json {
    json!({ "type": "array", "items": items })
}

fn row(kind: ListKind) -> Json {
    let columns = kind.spec().columns.iter().map(|c| (c.id.to_owned(), value(c.ty)));
    object(&[], Json::Object(columns.collect()))
}

fn list() -> Json {
    let one = |kind: ListKind| {
        whole(json!({
            "list": { "const": kind.code() }, "total": { "type": "integer" }, "rows": array(row(kind)),
        }))
    };
    json!({ "oneOf": SPECS.iter().map(|s| one(s.kind)).collect::<Vec<_>>() })
}

fn show() -> Json {
    let text = json!({ "type": "string" });
    let scalar = json!({ "type": ["string", "integer", "boolean", "null"] });
    // Rows of a section are those of its list; the schema of `list` says what they hold.
    let any_row = json!({ "type": "object", "additionalProperties": scalar });
    let section = |on: Kind| {
        let ids: Vec<&str> = SECTIONS.iter().filter(|s| s.on == on).map(|s| s.id).collect();
        let lists: Vec<&str> = SECTIONS.iter().filter(|s| s.on == on).map(|s| s.list.code()).collect();
        whole(json!({
            "id": { "type": "string", "enum": ids }, "list": { "type": "string", "enum": lists },
            "total": { "type": "integer" }, "rows": array(any_row.clone()),
        }))
    };
    let change = whole(json!({ "field": text, "before": scalar, "after": scalar }));
    // What others did elsewhere has no number here.
    let event = whole(json!({
        "no": { "type": ["integer", "null"] }, "at": text, "person": text, "org": text, "command": text, "reason": text,
        "outcome": text, "fields": array(change),
    }));
    let kinds = Kind::ALL.iter().map(|kind| {
        let columns = kind.columns().iter().filter_map(|c| Some((c.name.to_owned(), value(field_type(*kind, c.name)?))));
        let fields = object(&[], Json::Object(columns.collect::<Map<_, _>>()));
        json!({ "properties": { "kind": { "const": kind.table() }, "fields": fields, "sections": array(section(*kind)) } })
    });
    let mut out = whole(json!({
        "kind": text, "id": text, "rev": { "type": "integer" }, "updated_by": text, "updated_at": text,
        "source": text, "fields": { "type": "object" }, "sections": { "type": "array" }, "history": array(event),
    }));
    out["oneOf"] = kinds.collect();
    out
}

fn status() -> Json {
    let (text, int) = (json!({ "type": "string" }), json!({ "type": "integer" }));
    let urgent = json!({
        "id": text, "rank": int, "count": int, "code": text, "name": text, "state": text,
        "since": { "type": ["string", "null"] }, "days_late": int, "list": text, "filter": text,
    });
    let deadline = json!({
        "code": text, "title": text, "title_en": text, "due_on": text, "days_left": int,
        "state": { "type": "string", "enum": sets::codes_of("due") }, "accepted": int, "owed": int,
    });
    let goal = json!({
        "code": text, "title": text, "title_en": text, "unit": { "type": "string", "enum": ["fen", "count"] },
        "done": int, "target": int, "permille": int, "planned_permille": int, "due_on": text, "list": text, "filter": text,
    });
    let grade = json!({ "grade": text, "open": int, "under_day": int, "under_week": int, "older": int });
    let spending = json!({
        "counted_fen": int, "waiting_fen": int, "forecast_august_fen": int, "forecast_december_fen": int,
    });
    whole(json!({
        "now": text, "demo": { "type": "boolean" }, "organisation": text, "urgent": array(whole(urgent)),
        "deadlines": array(whole(deadline)), "goals": array(whole(goal)), "incidents": array(whole(grade)),
        "catalog": whole(json!({ "listed": int, "suspended": int, "delisted": int })), "suppliers": int,
        "counters": { "type": "object", "additionalProperties": int }, "counters_asleep": int,
        "spending": whole(spending), "audit_records": int,
        // As `gongfu sync` tells it; a database without a hub has none.
        "hub": { "type": ["object", "null"] },
    }))
}

/// What a check of an exported audit says.
fn exported(text: &Json, int: &Json) -> [Json; 2] {
    let faults = ["header", "altered", "missing", "inserted", "reordered", "checkpoint", "key", "contradicted", "cut"];
    let seen = json!({ "oneOf": [{ "type": "null" }, whole(json!({ "same": int, "lost": int, "later": int }))] });
    let good = whole(json!({
        "whole": { "const": true }, "hub": text, "epoch": int, "records": int, "head": text, "checkpoints": int,
        "seen": seen,
    }));
    let fault = json!({ "type": "string", "enum": faults });
    [good, whole(json!({ "whole": { "const": false }, "fault": fault, "no": int, "line": int }))]
}

fn receipts() -> Json {
    let (text, int) = (json!({ "type": "string" }), json!({ "type": "integer" }));
    let at = json!({ "type": ["string", "null"], "description": "RFC 3339 with offset +08:00" });
    let behind = whole(json!({ "name": text, "org_name": text, "behind": int, "seen_at": at }));
    whole(json!({
        "incident": text, "seq": int, "have": int, "of": int, "complete": { "type": "boolean" }, "missing": array(behind),
    }))
}

/// What the hub's longer answers look like: of its check, and of its consoles.
fn hub(text: &Json, int: &Json) -> [Json; 2] {
    let whole_ledger = whole(json!({
        "whole": { "const": true }, "hub": text, "epoch": int, "head": int, "safe": int, "rows": int, "answers": int,
        "records": int, "checkpoints": int, "audit_head": text,
    }));
    let faults = [
        "file",
        "audit",
        "row-missing",
        "row-unread",
        "feed-missing",
        "feed-differs",
        "feed-area",
        "feed-number",
        "feed-stray",
        "answer",
        "key",
        "checkpoint",
    ];
    let broken = whole(json!({
        "whole": { "const": false }, "fault": { "type": "string", "enum": faults }, "kind": text, "record": text,
    }));
    let at = json!({ "type": ["string", "null"], "description": "RFC 3339 with offset +08:00" });
    let device = whole(json!({
        "id": text, "name": text, "org": text, "org_name": text, "role": text, "enrolled_at": at, "revoked_at": at,
        "cursor": int, "behind": { "type": ["integer", "null"] }, "cursor_at": at, "seen_at": at,
    }));
    [json!({ "oneOf": [whole_ledger, broken] }), whole(json!({ "head": int, "devices": array(device) }))]
}

/// Every schema with the name of its command.
pub fn all() -> Vec<(&'static str, Json)> {
    let (text, int, flag) = (json!({ "type": "string" }), json!({ "type": "integer" }), json!({ "type": "boolean" }));
    let any = json!({ "type": "object", "additionalProperties": true });
    let check = json!({ "id": text, "level": { "type": "string", "enum": ["ok", "warn", "bad"] }, "found": text, "hint": text });
    let theme = whole(json!({ "name": text, "title": text, "current": flag }));
    let key = whole(json!({ "action": text, "scope": text, "keys": array(text.clone()), "label": text }));
    let settings = json!({
        "language": text, "use_profile": text, "theme": text, "colours": text, "ambiguous_width": text,
        "sync_output": text, "notice_seconds": int, "undo_seconds": int, "keys": any, "columns": any, "profile": any,
    });
    let broken = json!({ "whole": { "const": false }, "fault": { "type": "string", "enum": ["altered", "missing"] }, "no": int });
    let [export, broken_export] = exported(&text, &int);
    let verify = [
        whole(json!({ "whole": { "const": true }, "records": int, "head": text })),
        whole(broken),
        export,
        broken_export,
    ];
    let issue = json!({
        "line": int, "column": text, "found": text, "code": text,
        "severity": { "type": "string", "enum": ["doubtful", "refused"] }, "message": text,
    });
    let import = json!({
        "read": int, "taken": int, "doubtful": int, "refused": int, "sheet": text, "file_hash": text, "stored": flag,
        "audit_no": { "type": ["integer", "null"] }, "issues": array(whole(issue)),
    });
    let problem = json!({ "file": text, "line": int, "column": text, "found": text, "expected": text });
    let error = object(
        &["code", "message", "hint"],
        json!({ "code": text, "message": text, "hint": text, "problems": array(whole(problem)) }),
    );
    let deed =
        whole(json!({ "done": flag, "command": text, "code": text, "state": text, "changes": int, "audit_no": int }));
    // The text only where it is not in a file.
    let notice = json!({ "done": flag, "incident": text, "path": text, "counters": int, "text": text });
    let reminded = json!({
        "done": flag, "command": text, "incidents": array(text.clone()), "reminded": int,
        "audit_no": { "type": ["integer", "null"] },
    });
    let [hub_verify, hub_devices] = hub(&text, &int);
    let maybe = |of: &str| json!({ "type": [of, "null"] });
    let table = whole(json!({ "table": text, "rows": int, "checksum": text }));
    let schemas = vec![
        ("list", list()),
        ("show", show()),
        ("status", status()),
        ("catalog", deed.clone()),
        ("incident", deed.clone()),
        ("counter", deed.clone()),
        ("edition", deed),
        ("counter-remind-due", whole(reminded)),
        ("incident-notice", object(&["done", "incident", "path", "counters"], notice)),
        ("incident-receipts", receipts()),
        ("audit-verify", json!({ "oneOf": verify })),
        ("config-check", whole(json!({ "ok": flag, "path": text, "found": flag }))),
        ("config-path", whole(json!({ "path": text, "found": flag, "data_dir": text }))),
        ("config-show", whole(settings)),
        ("keys", whole(json!({ "keys": array(key) }))),
        ("themes", whole(json!({ "themes": array(theme), "current": text }))),
        ("doctor", whole(json!({ "ok": flag, "checks": array(whole(check)) }))),
        ("backup", whole(json!({ "done": flag, "path": text, "bytes": int, "evidence": int }))),
        ("init", whole(json!({ "org": text, "data_dir": text }))),
        ("import-catalog", whole(import)),
        ("import-reference", whole(json!({ "table": text, "lines": int }))),
        ("completions", whole(json!({ "shell": text, "script": text }))),
        ("man", whole(json!({ "dir": text, "pages": array(text.clone()) }))),
        (
            "hub-init",
            whole(
                json!({ "hub": text, "store": text, "rows": int, "org": text, "ca": { "type": ["string", "null"] } }),
            ),
        ),
        ("hub-enrol", whole(json!({ "code": text, "org": text, "org_name": text, "role": text, "expires_at": text }))),
        ("hub-devices", hub_devices),
        ("hub-revoke", whole(json!({ "done": flag, "id": text, "name": text, "org": text, "revoked_at": text }))),
        ("hub-verify", hub_verify),
        (
            "hub-audit-export",
            whole(json!({
                "done": flag, "path": text, "hub": text, "epoch": int, "records": int, "checkpoints": int, "head": text,
                "public": text,
            })),
        ),
        (
            "hub-backup",
            whole(json!({
                "done": flag, "path": text, "bytes": int, "head": int, "epoch": int, "rows": int, "safe": flag,
            })),
        ),
        (
            "hub-restore",
            whole(json!({
                "done": flag, "store": text, "epoch": int, "head": int, "head_before": maybe("integer"),
                "set_aside": maybe("string"), "revoked": int,
            })),
        ),
        ("hub-migrate", whole(json!({ "done": flag, "from": text, "to": text, "tables": array(table) }))),
        ("error", whole(json!({ "error": error }))),
    ];
    let head = |name: &str, schema: Json| {
        let mut out = Map::new();
        out.insert("$schema".into(), json!("https://json-schema.org/draft/2020-12/schema"));
        out.insert("title".into(), json!(format!("gongfu {} --json", name.replace('-', " "))));
        out.extend(schema.as_object().cloned().unwrap_or_default());
        Json::Object(out)
    };
    schemas.into_iter().map(|(name, schema)| (name, head(name, schema))).collect()
}

/// Where `value` is not what `schema` says; empty when it is.
pub fn faults(schema: &Json, value: &Json, at: &str) -> Vec<String> {
    let mut out = Vec::new();
    if let Some(choices) = schema["oneOf"].as_array() {
        let fit = choices.iter().filter(|c| faults(c, value, at).is_empty()).count();
        if fit != 1 {
            out.push(format!("{at} fits {fit} of {} forms", choices.len()));
        }
    }
    if schema.get("const").is_some_and(|c| c != value) {
        out.push(format!("{at} is {value}, not {}", schema["const"]));
    }
    if schema["enum"].as_array().is_some_and(|known| !known.contains(value)) {
        out.push(format!("{at} is {value}, none of the codes"));
    }
    let name = match value {
        Json::Null => "null",
        Json::Bool(_) => "boolean",
        Json::Number(n) if n.is_i64() => "integer",
        Json::Number(_) => "number",
        Json::String(_) => "string",
        Json::Array(_) => "array",
        Json::Object(_) => "object",
    };
    let types: Vec<&str> = match &schema["type"] {
        Json::String(one) => vec![one],
        Json::Array(many) => many.iter().filter_map(Json::as_str).collect(),
        _ => vec![name],
    };
    if !types.contains(&name) {
        out.push(format!("{at} is {name}, not {types:?}"));
    }
    for item in value.as_array().into_iter().flatten() {
        out.extend(faults(&schema["items"], item, &format!("{at}[]")));
    }
    for required in schema["required"].as_array().into_iter().flatten().filter_map(Json::as_str) {
        if value.get(required).is_none() {
            out.push(format!("{at}.{required} is missing"));
        }
    }
    for (key, inner) in value.as_object().into_iter().flatten() {
        match (schema["properties"].get(key), &schema["additionalProperties"]) {
            (Some(known), _) => out.extend(faults(known, inner, &format!("{at}.{key}"))),
            (None, Json::Bool(false)) => out.push(format!("{at}.{key} is not in the schema")),
            (None, other @ Json::Object(_)) => out.extend(faults(other, inner, &format!("{at}.{key}"))),
            _ => {}
        }
    }
    out
}

fn check(data: &Data, schema: &str, args: &[&str]) {
    let all_args: Vec<&str> = args.iter().copied().chain(["--json"]).collect();
    let (_, out, err) = run(data.gongfu(&all_args));
    let text = if schema == "error" { &err } else { &out };
    let value: Json = serde_json::from_str(text).unwrap_or_else(|e| panic!("{args:?}: {e}\n{out}\n{err}"));
    let schema = all().into_iter().find(|(n, _)| *n == schema).expect("a schema").1;
    assert_eq!(faults(&schema, &value, "$"), Vec::<String>::new(), "{args:?} {value}");
}

#[test]
fn real_output_of_every_command_is_what_its_schema_says() {
    let data = Data::new();
    let copy = data.path().join("copy.db").display().to_string();
    check(&data, "catalog", &["catalog", "suspend", "SX611026-0001", "--reason", "检出超标"]);
    for spec in SPECS {
        check(&data, "list", &["list", spec.kind.code()]);
        let ids: Vec<&str> = spec.columns.iter().map(|c| c.id).collect();
        check(&data, "list", &["list", spec.kind.code(), "--columns", &ids.join(",")]);
    }
    check(&data, "show", &["show", "catalog", "SX611026-0001"]);
    check(&data, "show", &["show", "supplier", "GY611026-0001"]);
    check(&data, "show", &["show", "organisations", "SX-PROV"]);
    check(&data, "status", &["status"]);
    check(&data, "audit-verify", &["audit", "verify"]);
    check(&data, "config-check", &["config", "check"]);
    check(&data, "config-path", &["config", "path"]);
    check(&data, "config-show", &["config", "show"]);
    check(&data, "themes", &["themes"]);
    check(&data, "keys", &["keys"]);
    check(&data, "doctor", &["doctor"]);
    check(&data, "backup", &["backup", &copy]);
    check(&data, "error", &["list", "catalog", "--filter", "colour:red"]);
    check(&data, "error", &["lst"]);
    let dir = |name: &str| data.path().join(name).display().to_string();
    check(&data, "completions", &["completions", "bash"]);
    check(&data, "man", &["man", &dir("man")]);
    check(&data, "init", &["init", "--org", "商洛市总工会", "--force"]);
    std::fs::write(dir("venues.csv"), include_str!("../../data/venue_types.csv")).expect("a file");
    check(&data, "import-reference", &["import", "reference", "venue_types", &dir("venues.csv")]);
    std::fs::write(dir("venues.csv"), "code,name\n1,2\n").expect("a file");
    check(&data, "error", &["import", "reference", "venue_types", &dir("venues.csv")]);
    std::fs::write(dir("list.csv"), "县区,供应商,产品,价格\n柞水县,某社,柞水天麻,88\n柞水县,某社,柞水茶,贵\n")
        .expect("a file");
    check(&data, "import-catalog", &["import", "catalog", &dir("list.csv"), "--yes"]);
}

#[test]
fn real_output_of_the_hubs_commands_is_what_their_schemas_say() {
    use gongfu::hub::device;
    let site = crate::cli::hub::site();
    let check = |schema: &str, args: &[&str]| {
        let (_, value) = site.json(args);
        let schema = all().into_iter().find(|(n, _)| *n == schema).expect("a schema").1;
        assert_eq!(faults(&schema, &value, "$"), Vec::<String>::new(), "{args:?} {value}");
        value
    };
    let code = check("hub-enrol", &["enrol", "--org", "SX-SL"])["code"].as_str().expect("a code").to_owned();
    site.with(|e| device::enrol(e, &code, "山阳", uuid::Uuid::from_u128(7), 0)).expect("asked").expect("enrolled");
    check("hub-devices", &["devices"]);
    check("hub-revoke", &["revoke", "山阳"]);
    check("hub-devices", &["devices"]);
    check("hub-verify", &["verify"]);
    let copy = site.data.path().join("copy").display().to_string();
    check("hub-backup", &["backup", &copy]);
    let audit = site.data.path().join("audit.ndjson").display().to_string();
    check("hub-audit-export", &["audit", "export", "--out", &audit]);
    crate::schema::check(&site.data, "audit-verify", &["audit", "verify", "--export", &audit]);
    let text = std::fs::read_to_string(&audit).expect("a file");
    std::fs::write(&audit, text.replacen("done", "gone", 1)).expect("altered");
    crate::schema::check(&site.data, "audit-verify", &["audit", "verify", "--export", &audit]);
    check("hub-restore", &["restore", &copy]);
    std::fs::remove_file(site.file()).expect("gone");
    check("hub-restore", &["restore", &copy]);
    site.with(|e| e.execute("DELETE FROM \"audit\"", &[])).expect("altered");
    check("hub-verify", &["verify"]);
    let to = format!("sqlite:{}", site.data.path().join("to.db").display());
    self::check(&site.data, "hub-migrate", &["hub", "migrate", "--from", &site.room.store(), "--to", &to]);
    self::check(&site.data, "hub-init", &["hub", "init"]);
    self::check(&site.data, "error", &["hub", "init"]);
}

#[test]
fn the_validator_finds_what_is_wrong() {
    let schema = whole(json!({ "a": { "type": "integer" }, "b": { "type": ["string", "null"], "enum": ["x", null] } }));
    assert!(faults(&schema, &json!({ "a": 1, "b": null }), "$").is_empty());
    for bad in [
        json!({ "a": "1", "b": "x" }),
        json!({ "a": 1 }),
        json!({ "a": 1, "b": "y" }),
        json!({ "a": 1, "b": "x", "c": 2 }),
        json!([]),
    ] {
        assert!(!faults(&schema, &bad, "$").is_empty(), "{bad}");
    }
}
