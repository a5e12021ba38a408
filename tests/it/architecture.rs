//! The repository's own rules, run as tests: layers, who may name which crate, file length, module texts, migrations.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Layers, lowest first; those in one line do not name each other. A file may name lower layers and its own.
const LAYERS: &[&[&str]] = &[
    &["base"],
    &["domain"],
    &["reference", "wire", "sqlite", "pack"],
    &["store", "forms", "hub"],
    &["demo"],
    &["setup", "sync"],
    &["console", "proof"],
    &["config"],
    &["cli"],
    &["lib", "main"],
];

/// Paths that only some files may name: the path, and the beginnings of the files that may.
const ONLY: &[(&str, &[&str])] = &[
    ("rusqlite", &["sqlite", "store", "setup", "sync/desk", "hub/engine/sqlite", "proof/bench/sync"]),
    // backend/sync holds an enum of the settings.
    // A command is the unit that travels: its declaration is its form.
    (
        "serde",
        &[
            "wire",
            "domain/command",
            "domain/codes",
            "domain/record",
            "domain/value",
            "console/keys",
            "console/theme",
            "console/settings",
            "console/backend/sync",
            "hub/http",
            "config",
            "cli",
        ],
    ),
    // The history of a record shows values as `wire::change` reads them back.
    ("serde_json", &["wire", "hub", "console/views/detail", "config", "cli"]),
    ("clap", &["cli", "main"]),
    ("ratatui", &["console"]),
    ("tokio_postgres", &["hub/engine/bell", "hub/engine/postgres"]),
    ("axum", &["hub/http"]),
    ("reqwest", &["sync/http"]),
    (
        "crate::sqlite",
        &[
            "sqlite",
            "store",
            "setup",
            "sync",
            "hub/engine/sqlite",
            "hub/whole",
            "proof",
            "console/run.rs",
            "console/run/join",
            "config",
            "cli",
        ],
    ),
    ("hyper", &["hub/http/listen"]),
    ("tower_http", &["hub/http"]),
    ("governor", &["hub/http/limits"]),
    ("rustls", &["hub/http/tls", "sync/http"]),
    ("utoipa", &["wire/protocol", "wire/order", "wire/seen", "wire/checkpoint", "hub/http"]),
    ("ed25519_dalek", &["wire/checkpoint"]),
    ("hpke", &["wire/sealed"]),
    ("tokio_rustls", &["hub/http"]),
    ("rcgen", &["hub/keys"]),
    ("zstd", &["hub/http"]),
];

const LONGEST: usize = 500;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file below a folder with this ending: its path from there, with slashes, and its text.
fn files(folder: &str, ending: &str) -> BTreeMap<String, String> {
    let top = root().join(folder);
    let mut waiting: Vec<PathBuf> = vec![top.clone()];
    let mut out = BTreeMap::new();
    while let Some(dir) = waiting.pop() {
        for file in std::fs::read_dir(&dir).expect("a folder") {
            let path = file.expect("a file").path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|e| e == ending) {
                let name = path.strip_prefix(&top).expect("below").to_string_lossy().replace('\\', "/");
                out.insert(name, std::fs::read_to_string(&path).expect("text"));
            }
        }
    }
    assert!(!out.is_empty(), "{folder} has no .{ending}");
    out
}

/// The code without comments, texts in quotes and the tests at its end.
fn code(text: &str) -> String {
    let product = text.split("\n#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let lines = product.lines().map(|l| l.split("//").next().unwrap_or_default());
    lines.collect::<Vec<_>>().join("\n")
}

fn layer(module: &str) -> usize {
    LAYERS
        .iter()
        .position(|l| l.contains(&module))
        .unwrap_or_else(|| panic!("{module} is in no layer: add it to the table"))
}

/// The module a file belongs to: its first folder or its own name.
fn module(file: &str) -> &str {
    file.split('/').next().unwrap_or_default().trim_end_matches(".rs")
}

/// Modules named as `crate::x` or inside `crate::{x, y::z}`.
fn named(code: &str) -> Vec<String> {
    let mut out = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let before = code[..at].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
            continue;
        }
        let rest = &code[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            Some(list) => {
                let mut depth = 1;
                let inside: String = list
                    .chars()
                    .take_while(|c| {
                        depth += i32::from(*c == '{') - i32::from(*c == '}');
                        depth > 0
                    })
                    .scan(0, |inner, c| {
                        *inner += i32::from(c == '{') - i32::from(c == '}');
                        Some(if *inner > 0 { ' ' } else { c })
                    })
                    .collect();
                out.extend(inside.split(',').map(|p| word(p.trim())));
            }
            None => out.push(word(rest)),
        }
    }
    out.retain(|w| !w.is_empty() && w.starts_with(|c: char| c.is_lowercase()));
    out
}

fn word(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

#[test]
fn a_layer_names_lower_layers_only() {
    let mut wrong = Vec::new();
    for (file, text) in files("src", "rs") {
        let own = module(&file);
        for name in named(&code(&text)) {
            let (here, there) = (layer(own), layer(&name));
            if name != own && there >= here {
                wrong.push(format!("src/{file} names crate::{name}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_reader_of_names_finds_them_in_every_form() {
    let text = "use crate::base::text;\nuse crate::{domain, store::{audit, page}, wire};\nlet x = crate::sqlite::open();\n// crate::cli\n";
    assert_eq!(named(&code(text)), ["base", "domain", "store", "wire", "sqlite"]);
    assert_eq!(named("use gongfu_crate::x; $crate::domain::y"), ["domain"]);
}

#[test]
fn a_crate_is_named_only_where_it_belongs() {
    let mut wrong = Vec::new();
    for (file, text) in files("src", "rs").into_iter().filter(|(f, _)| !f.ends_with("/tests.rs")) {
        let code = code(&text);
        for (path, allowed) in ONLY {
            let names = code.match_indices(path).any(|(at, _)| {
                let before =
                    code[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric() && c != '_' && c != ':');
                let after = code[at + path.len()..].chars().next().is_none_or(|c| !c.is_alphanumeric() && c != '_');
                before && after
            });
            let may =
                allowed.iter().any(|a| file.strip_prefix(a).is_some_and(|r| r.is_empty() || r.starts_with(['.', '/'])));
            if names && !may {
                wrong.push(format!("src/{file} names {path}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_file_says_what_it_is_for_and_is_short() {
    let mut wrong = Vec::new();
    for folder in ["src", "tests", "benches"] {
        for (file, text) in files(folder, "rs") {
            if !text.starts_with("//!") {
                wrong.push(format!("{folder}/{file} does not open with what it owns"));
            }
            let lines = text.lines().count();
            // Tables of data may be longer: they are looked up, not read.
            if lines > LONGEST && !text.lines().take(30).any(|l| l.starts_with("const ") && l.contains("&[Column]")) {
                wrong.push(format!("{folder}/{file} has {lines} lines"));
            }
            if file.ends_with("mod.rs") {
                wrong.push(format!("{folder}/{file}: name it after its folder, beside it"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn migrations_are_numbered_without_gaps_and_all_are_run() {
    let found: Vec<String> = files("src/store/schema", "sql").into_keys().collect();
    for (n, name) in (1..).zip(&found) {
        assert!(name.starts_with(&format!("{n:04}_")), "{name} is number {n}");
    }
    let run: Vec<String> = gongfu::store::schema::STEPS.iter().map(|s| format!("{}.sql", s.name)).collect();
    assert_eq!(run, found);
}

#[test]
fn every_test_file_is_declared() {
    let all = files("tests/it", "rs");
    let mut wrong = Vec::new();
    for file in all.keys().filter(|f| *f != "main.rs") {
        let (folder, name) = file.rsplit_once('/').unwrap_or(("", file));
        let parent = if folder.is_empty() { "main.rs".to_owned() } else { format!("{folder}.rs") };
        let name = name.trim_end_matches(".rs");
        let declared = all
            .get(&parent)
            .is_some_and(|text| text.lines().any(|l| l.trim_start_matches("pub ").trim() == format!("mod {name};")));
        if !declared {
            wrong.push(format!("tests/it/{file} is not declared in {parent}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
