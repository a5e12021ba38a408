//! The example file equals the defaults and names every key; mistakes are named with their place.

use super::*;

fn example() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("config.example.toml")).unwrap()
}

fn fault(text: &str) -> (&'static str, Vec<(&'static str, String)>) {
    let error = parse(Path::new("c.toml"), text).unwrap_err();
    (error.code, error.args)
}

#[test]
fn the_example_parses_to_exactly_the_defaults_and_names_every_key() {
    let text = example();
    assert_eq!(parse(Path::new("config.example.toml"), &text).unwrap(), Settings::default());
    let stands = |key: &str| {
        text.lines().any(|l| {
            let l = l.trim_start_matches(['#', ' ']);
            l.starts_with(&format!("{key} = ")) || l.starts_with(&format!("[{key}"))
        })
    };
    for key in KEYS.iter().chain(PROFILE_KEYS) {
        assert!(stands(key), "config.example.toml does not name {key}");
    }
    for variable in VARIABLES {
        assert!(text.contains(variable), "config.example.toml does not name {variable}");
    }
}

#[test]
fn the_commented_examples_are_good_settings_too() {
    let text: String = example()
        .lines()
        .map(|l| {
            l.strip_prefix("#")
                .filter(|l| !l.starts_with(' ') && (l.starts_with('[') || l.contains(" = ")))
                .unwrap_or(l)
                .to_owned()
                + "\n"
        })
        .collect();
    let settings = parse(Path::new("config.example.toml"), &text).unwrap();
    assert!(!settings.profile.is_empty() && !settings.keys.is_empty() && !settings.columns.is_empty());
}

#[test]
fn mistakes_are_named_with_line_column_and_what_was_meant() {
    let (code, args) = fault("language = \"en\"\nthem = \"dark\"\n");
    assert_eq!(code, "unknown-key");
    assert!(args.contains(&("place", "c.toml:2:1".into())) && args.contains(&("nearest", "theme".into())), "{args:?}");
    let (code, args) = fault("[profile.a]\nperson = \"李\"\norgg = \"x\"\n");
    assert_eq!(code, "unknown-key");
    assert!(args.contains(&("place", "c.toml:3:1".into())) && args.contains(&("nearest", "org".into())));
    let (code, args) = fault("[keys]\n\"list.next\" = [\"ctlr-x\"]\n");
    assert_eq!(code, "value-near");
    assert!(args[0].1.starts_with("c.toml:2:16") && args.contains(&("nearest", "ctrl-x".into())), "{args:?}");
    let (code, args) = fault("[keys]\n\"list.mark\" = [\"x\", \"ctrl-c\"]\n");
    assert_eq!(code, "reserved-key");
    assert!(args.contains(&("place", "c.toml:2:21".into())) && args.contains(&("key", "ctrl-c".into())), "{args:?}");
    let (code, args) = fault("[columns]\ncatalog = [\"code\", \"prise\"]\n");
    assert_eq!(code, "unknown-column");
    assert!(args.contains(&("nearest", "price".into())) && args.contains(&("place", "c.toml:2:20".into())), "{args:?}");
    assert_eq!(fault("[columns]\ncatalogue = []\n").0, "unknown-list");
    assert_eq!(fault("theme = \n").0, "syntax");
    assert_eq!(fault("[profile.a]\nrole = \"boss\"\n").0, "value-near");
    assert_eq!(fault("theme = \"dark\"\ntheme = \"light\"\n").0, "twice");
}

#[test]
fn no_value_of_any_kind_is_left_to_the_reader_to_complain_of() {
    let values =
        ["true", "7", "-1", "99999", "99999999999999999999", "0x10", "1.5", "nan", "\"\"", "\"x\"", "\"16\"", "[]"];
    let more =
        ["[1]", "[\"x\"]", "[[]]", "{}", "{ a = 1 }", "{ a = [] }", "{ a = { b = 1 } }", "2020-08-20", "07:32:00"];
    let lines =
        KEYS.iter().map(|k| format!("{k} = ")).chain(PROFILE_KEYS.iter().map(|k| format!("[profile.a]\n{k} = ")));
    let lines = lines.chain(["[keys]\n\"list.next\" = ", "[columns]\ncatalog = "].map(str::to_owned));
    for line in lines {
        for value in values.iter().chain(&more) {
            let text = format!("{line}{value}\n");
            if let Err(e) = parse(Path::new("c.toml"), &text) {
                assert_ne!(e.code, "syntax", "{text}: {e}");
            }
        }
    }
}

#[test]
fn the_words_a_key_takes_are_all_that_it_takes() {
    let words = Role::ALL.iter().map(|r| format!("[profile.a]\nrole = \"{}\"\n", r.code()));
    let others = ["language = \"auto\"", "colours = \"256\"", "ambiguous_width = \"wide\"", "sync_output = \"off\""];
    for text in words.chain(others.map(str::to_owned)) {
        assert!(parse(Path::new("c.toml"), &text).is_ok(), "{text}");
    }
}

#[test]
fn the_environment_lies_over_the_file_and_flags_over_both() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("c.toml");
    std::fs::write(&path, "theme = \"light\"\nnotice_seconds = 5\n[profile.default]\nperson = \"甲\"\n").unwrap();
    let get = |name: &str| match name {
        "GONGFU_THEME" => Some("mono".to_owned()),
        "GONGFU_PERSON" => Some("乙".to_owned()),
        _ => None,
    };
    let config = Config::load(Some(&path), &get).unwrap();
    assert_eq!((config.settings.theme.as_str(), config.settings.notice_seconds), ("mono", 5));
    assert_eq!(config.profile().unwrap().person, "乙");
    assert_eq!(Config::load(Some(&dir.path().join("none")), &|_| None).unwrap_err().code, "unreadable");
    let bad = |name: &str| (name == "GONGFU_LANG").then(|| "fr".to_owned());
    assert_eq!(Config::load(Some(&path), &bad).unwrap_err().code, "variable");
    let other = |name: &str| (name == "GONGFU_PROFILE").then(|| "x".to_owned());
    assert_eq!(Config::load(Some(&path), &other).unwrap().profile().unwrap_err().code, "unknown-profile");
}
