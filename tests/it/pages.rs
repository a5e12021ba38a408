//! Pages made from the tables of the product: they must be what is checked in. `GONGFU_BLESS=1` writes them anew.

use crate::schema;
use gongfu::base::locale::{Lang, Locale};
use gongfu::cli::help;
use gongfu::console::action::{ACTIONS, Danger, KeyMap, label_id};
use gongfu::domain::codes::Role;
use gongfu::domain::groups::{GROUPS, editable};
use gongfu::domain::machine::{ARROWS, FINAL, machines};
use gongfu::domain::rights::RIGHTS;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

/// Compares a page with the one checked in, or writes it.
pub fn check(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name);
    if std::env::var_os("GONGFU_BLESS").is_some() {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(&path, text).expect("a page");
        return;
    }
    let there = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        there == text,
        "docs/{name} is not what the tables say; run the tests with GONGFU_BLESS=1 and look at the change"
    );
}

fn both() -> (Locale, Locale) {
    (Locale::new(Lang::Zh), Locale::new(Lang::En))
}

#[test]
fn the_page_of_states_is_the_table_of_arrows() {
    let (zh, en) = both();
    let mut page = String::from(
        "# 状态和动作 States and actions\n\nMade from the table of arrows in the domain. 必写理由 marks arrows that ask why; \
         states in bold are final.\n",
    );
    for (kind, states) in machines() {
        let table = kind.table();
        let is_final = |s: &str| FINAL.iter().any(|(k, f)| *k == kind && *f == s);
        let words: Vec<String> = states
            .iter()
            .map(|s| {
                let text = format!("`{s}` {} {}", zh.code(table, s), en.code(table, s));
                if is_final(s) { format!("**{text}**") } else { text }
            })
            .collect();
        let _ = write!(
            page,
            "\n## {} {} `{table}`\n\n{}\n\n",
            zh.code("kind", table),
            en.code("kind", table),
            words.join(" · ")
        );
        page.push_str("| from | action | to | right | reason | plan |\n|---|---|---|---|---|---|\n");
        for a in ARROWS.iter().filter(|a| a.kind == kind) {
            let state = |s: &str| format!("{} {}", zh.code(table, s), en.code(table, s));
            let (verb, right) = (a.verb.code(), a.right.code());
            let _ = writeln!(
                page,
                "| {} | `{verb}` {} {} | {} | {} {} | {} | {} |",
                state(a.from),
                zh.code("verb", verb),
                en.code("verb", verb),
                state(a.to),
                zh.code("right", right),
                en.code("right", right),
                if a.reason { "必写理由 required" } else { "" },
                a.item
            );
        }
    }
    check("states.md", &page);
}

#[test]
fn the_page_of_rights_is_the_table_of_rights() {
    let (zh, en) = both();
    let mut page = String::from("# 权限 Rights\n\nMade from the table of rights in the domain.\n\n| right |");
    for role in Role::ALL {
        let _ = write!(page, " {} {} |", zh.code("role", role.code()), en.code("role", role.code()));
    }
    let _ = writeln!(page, " plan |\n|---|{}---|", "---|".repeat(Role::ALL.len()));
    for row in RIGHTS {
        let right = row.right.code();
        let _ = write!(page, "| `{right}` {} {} |", zh.code("right", right), en.code("right", right));
        for grant in row.grants {
            let _ = write!(page, " {} {} |", zh.code("grant", grant.code()), en.code("grant", grant.code()));
        }
        let _ = writeln!(page, " {} |", row.item);
    }
    check("rights.md", &page);
}

#[test]
fn the_page_of_groups_is_the_table_of_groups() {
    let (zh, en) = both();
    let mut page = String::from(
        "# 字段组 Groups of fields\n\nMade from the table of groups in the domain. Two people who change one record disturb each other \
         only where they touch the same group; columns in bold may be corrected by themselves (`edit`). `fixed` never changes, `follows` \
         comes with a step: neither is compared.\n",
    );
    for (kind, parts) in GROUPS {
        let table = kind.table();
        let _ = write!(page, "\n## {} {} `{table}`\n\n", zh.code("kind", table), en.code("kind", table));
        page.push_str("| group | columns |\n|---|---|\n");
        for (group, columns) in *parts {
            let code = group.code();
            let one = |column: &str| {
                let may = editable(*kind).any(|e| e.column == column);
                let text = format!("`{column}` {}", zh.code("field", column));
                if may { format!("**{text}**") } else { text }
            };
            let columns: Vec<String> = columns.split_whitespace().map(one).collect();
            let (zh, en) = (zh.code("group", code), en.code("group", code));
            let _ = writeln!(page, "| `{code}` {zh} {en} | {} |", columns.join(" · "));
        }
    }
    check("groups.md", &page);
}

fn helps(command: &clap::Command, path: &str, page: &mut String) {
    let text = command.clone().term_width(100).render_help().to_string();
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let _ = write!(page, "\n## {path}\n\n```text\n{}\n```\n", lines.join("\n").trim_end());
    for sub in command.get_subcommands().filter(|s| !s.is_hide_set()) {
        helps(sub, &format!("{path} {}", sub.get_name()), page);
    }
}

#[test]
fn the_page_of_the_command_line_is_its_help() {
    let mut page =
        String::from("# 命令行 Command line\n\nThe help of every subcommand, in Chinese and then in English.\n");
    for locale in [Locale::new(Lang::Zh), Locale::new(Lang::En)] {
        let mut command = help::command(&locale).term_width(100);
        command.build();
        helps(&command, "gongfu", &mut page);
    }
    check("cli.md", &page);
}

#[test]
fn the_schemas_are_those_of_the_tables() {
    for (name, schema) in schema::all() {
        let text = serde_json::to_string_pretty(&schema).expect("JSON") + "\n";
        check(&format!("schema/{name}.json"), &text);
    }
}

#[test]
fn the_page_of_keys_is_the_table_of_actions() {
    let (zh, en) = both();
    let keys = KeyMap::new(&BTreeMap::new()).expect("no key twice");
    let mut page = String::from(
        "# 按键 Keys\n\nMade from the table of actions in the console. An action without a key is in the palette (`:`). \
         需理由 asks for a reason before anything changes; 留审计 changes at once and is in the audit.\n\n\
         | keys | action | | where | |\n|---|---|---|---|---|\n",
    );
    for entry in ACTIONS {
        let chords: Vec<String> = keys.keys(entry.action).iter().map(|k| format!("`{k}`")).collect();
        let label = label_id(entry);
        let help = |l: &Locale| l.find(&format!("{label}.help"), &[]).unwrap_or_else(|| panic!("{label} has no help"));
        let scope = format!("scope-{}", format!("{:?}", entry.scope).to_lowercase());
        let danger = match entry.danger {
            Danger::None => "",
            Danger::Reason => "需理由 asks for a reason",
            Danger::Record => "留审计 recorded",
            Danger::Final => "不可恢复，须输编号 final, the code typed",
        };
        let _ = writeln!(
            page,
            "| {} | `{}` {} {} | {} {} | {} {} | {danger} |",
            chords.join(" "),
            entry.id,
            zh.tr(&label),
            en.tr(&label),
            help(&zh),
            help(&en),
            zh.tr(&scope),
            en.tr(&scope),
        );
    }
    check("keys.md", &page);
}
