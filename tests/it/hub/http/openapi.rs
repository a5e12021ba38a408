//! The description of the protocol is what the handlers are, and is kept with the sources.

use super::{Hub, console, problem};
use crate::hub::places::benches;
use crate::pages::check;
use gongfu::hub::http::{HEALTHZ, METRICS, document};
use gongfu::wire::protocol::{ENROL, EVENTS, HEAD, OPENAPI, PULL, PUSH, RECEIPT, RECEIPTS};
use serde_json::Value as Json;
use std::collections::BTreeSet;

#[test]
fn the_description_of_the_protocol_is_kept_and_served() {
    let text = document().expect("a document");
    check("openapi.json", &format!("{text}\n"));
    let bench = &benches()[0];
    let hub = Hub::new(bench);
    let (_, token) = console(bench, 0);
    assert_eq!(hub.get(OPENAPI, &token).text(), text);

    let document: Json = serde_json::from_str(text).expect("JSON");
    let paths = document["paths"].as_object().expect("paths");
    let named: BTreeSet<&str> = paths.keys().map(String::as_str).collect();
    assert_eq!(named, BTreeSet::from([ENROL, PUSH, PULL, RECEIPT, RECEIPTS, HEAD, EVENTS, OPENAPI, HEALTHZ, METRICS]));
    // Each is there by the method that is named, wants a token exactly where it says so, and takes no other method.
    for (path, item) in paths {
        for method in ["get", "post"] {
            let reply = hub.ask(&method.to_uppercase(), path, &[], b"");
            let Some(operation) = item.get(method) else {
                assert!(matches!(reply.status, 405 | 401), "{method} {path}: {}", reply.status);
                continue;
            };
            let open = operation["security"] == serde_json::json!([{}]);
            let asks = reply.status == 401 && problem(&reply) == "token-missing";
            assert_eq!(asks, !open, "{method} {path}: {}", reply.status);
        }
    }
    for (path, item) in paths {
        for (method, operation) in item.as_object().expect("methods") {
            for (status, response) in operation["responses"].as_object().expect("responses") {
                assert!(response["description"].is_string(), "{method} {path} {status} says nothing");
            }
        }
    }
    assert!(!text.contains("[`"), "a link into the sources");
    references(&document, &document);
}

/// Every `$ref` points to something.
fn references(document: &Json, part: &Json) {
    if let Some(target) = part.get("$ref").and_then(Json::as_str) {
        let pointer = target.strip_prefix('#').expect("inside the document");
        assert!(document.pointer(pointer).is_some(), "{target} is nowhere");
    }
    let inner: Vec<&Json> = match part {
        Json::Object(map) => map.values().collect(),
        Json::Array(list) => list.iter().collect(),
        _ => Vec::new(),
    };
    inner.into_iter().for_each(|p| references(document, p));
}
