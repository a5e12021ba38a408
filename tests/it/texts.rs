//! Every code, column, list, section and urgency of the product has a word in both languages.

use gongfu::base::locale::{Lang, Locale};
use gongfu::domain::codes::GoalUnit;
use gongfu::domain::machine::ARROWS;
use gongfu::domain::rights::Grant;
use gongfu::domain::rows::Kind;
use gongfu::domain::{refusal, sets};
use gongfu::store::detail::SECTIONS;
use gongfu::store::filter::column_label;
use gongfu::store::list::SPECS;
use std::path::Path;

/// Source of the domain, for names that no table lists.
fn source(path: &str) -> String {
    let full = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(path);
    std::fs::read_to_string(full).expect("a source file")
}

/// Texts between quotes that stand right behind `before`.
fn quoted(text: &str, before: &str) -> Vec<String> {
    let parts = text.split(before).skip(1);
    parts.filter_map(|p| p.trim_start().strip_prefix('"')?.split('"').next()).map(str::to_owned).collect()
}

fn wanted() -> Vec<String> {
    let mut ids = Vec::new();
    let mut code = |set: &str, code: &str| ids.push(format!("code-{set}-{}", code.replace('.', "_")));
    for set in sets::NAMES {
        sets::codes_of(set).into_iter().for_each(|c| code(set, c));
    }
    GoalUnit::ALL.iter().for_each(|u| code("goal_unit", u.code()));
    Grant::ALL.iter().for_each(|g| code("grant", g.code()));
    ["reporter", "verifier"].iter().for_each(|r| code("role", r));
    for kind in Kind::ALL {
        code("kind", kind.table());
        kind.columns().iter().for_each(|c| code("field", c.name));
    }
    ARROWS.iter().for_each(|a| code("command", &format!("{}.{}", a.kind.table(), a.verb.code())));
    quoted(&source("domain/command.rs"), "=>").iter().filter(|c| !c.is_empty()).for_each(|c| code("command", c));
    quoted(&source("setup.rs"), "&actor,").iter().for_each(|c| code("command", c));
    quoted(&source("setup/replace.rs"), "command:").iter().for_each(|c| code("command", c));
    quoted(&source("setup/replace.rs"), "kind:").iter().for_each(|c| code("kind", c));
    code("outcome", "done");
    refusal::CODES.iter().for_each(|c| code("outcome", c));
    let decide = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/domain/decide")).expect("a folder");
    for file in decide {
        let text = std::fs::read_to_string(file.expect("an entry").path()).expect("a source file");
        for before in ["required(", "optional(", "between(", "\"field\", "] {
            quoted(&text, before).iter().for_each(|f| code("field", f));
        }
        quoted(&text, "Some(")
            .iter()
            .filter(|m| text.contains("missing") && !m.is_empty())
            .for_each(|m| code("missing", m));
        quoted(&text, "\"verb\", ").iter().for_each(|v| code("verb", v));
    }
    for spec in SPECS {
        ids.push(format!("list-{}", spec.kind.code()));
    }
    ids.extend(SECTIONS.iter().map(|s| format!("section-{}", s.id)));
    let board = source("store/board.rs");
    ids.extend(quoted(&board, "id: ").iter().map(|id| format!("urgent-{id}")));
    ids.extend(quoted(&board, "id: ").iter().map(|id| format!("urgent-word-{id}")));
    ids.extend(["returns", "deadline", "packs", "orders", "publications"].map(|id| format!("urgent-{id}")));
    ids
}

#[test]
fn every_code_has_a_word_in_both_languages() {
    for lang in [Lang::Zh, Lang::En] {
        let locale = Locale::new(lang);
        let mut missing: Vec<String> = wanted().into_iter().filter(|id| locale.find(id, &[]).is_none()).collect();
        missing.dedup();
        assert!(missing.is_empty(), "{} lacks {missing:?}", lang.tag());
    }
}

#[test]
fn every_column_has_a_head_and_no_list_has_two_alike() {
    for lang in [Lang::Zh, Lang::En] {
        let locale = Locale::new(lang);
        for spec in SPECS {
            let mut heads: Vec<String> = Vec::new();
            for column in spec.columns {
                let head = column_label(&locale, spec, column.id);
                assert!(!head.starts_with("col-"), "{} lacks {head}", lang.tag());
                assert!(!heads.contains(&head), "{:?} has two columns called {head}", spec.kind);
                heads.push(head);
            }
        }
    }
}

#[test]
fn no_set_has_two_codes_with_one_word() {
    for lang in [Lang::Zh, Lang::En] {
        let locale = Locale::new(lang);
        for set in sets::NAMES.iter().filter(|s| **s != "verb") {
            let mut words: Vec<String> = sets::codes_of(set).iter().map(|c| locale.code(set, c)).collect();
            let count = words.len();
            words.sort();
            words.dedup();
            assert_eq!(words.len(), count, "{} {set} {words:?}", lang.tag());
        }
    }
}
