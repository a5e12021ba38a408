//! Mistakes in files people write by hand: named in their language with place, key, what was read and what is expected.

use crate::support::{Data, run};

/// Runs `config check` on a settings text beside a theme text, in a language; gives the sentence and the hint.
fn told(settings: &str, theme: Option<&str>, args: &[&str]) -> (i32, String) {
    let data = Data::new();
    let path = data.path().join("c.toml");
    std::fs::write(&path, settings).expect("a file");
    if let Some(theme) = theme {
        std::fs::write(data.path().join("mine.toml"), theme).expect("a file");
    }
    let path = path.display().to_string();
    let (code, out, err) = run(data.gongfu(&[&["--config", &path], args].concat()));
    assert!(code == 0 || out.is_empty(), "{out}");
    (code, err.replace(&format!("{}/", data.path().display()), ""))
}

/// A sentence without a clause of English: names and what was read aside, every word is Chinese.
fn is_chinese(sentence: &str) -> bool {
    !["expected", "invalid", "found", "missing", "unknown", "must", "did you mean"].iter().any(|w| sentence.contains(w))
}

#[test]
fn a_value_of_the_wrong_kind_is_told_in_chinese_and_in_english() {
    for (text, zh, en) in [
        (
            "[profile.a]\nread_only = \"yes\"\n",
            "c.toml:2:13：“profile.a.read_only”应为true 或 false，读到的是文字 \"yes\"",
            "c.toml:2:13: \"profile.a.read_only\" must be true or false; read the text \"yes\"",
        ),
        (
            "# 秒\nnotice_seconds = 70000\n",
            "c.toml:2:18：“notice_seconds”应为0 至 65535 的整数，读到的是整数 70000",
            "c.toml:2:18: \"notice_seconds\" must be a whole number from 0 to 65535; read the number 70000",
        ),
        (
            "theme = { name = \"dark\" }\n",
            "c.toml:1:9：“theme”应为加引号的文字，读到的是表 { name = \"dark\" }",
            "c.toml:1:9: \"theme\" must be a text in quotes; read the table { name = \"dark\" }",
        ),
        (
            "keys = 3\n",
            "c.toml:1:8：“keys”应为一张表，另起一行写成 [keys]，读到的是整数 3",
            "c.toml:1:8: \"keys\" must be a table, written as [keys] on a line of its own; read the number 3",
        ),
        (
            "language = \"zh\"\n",
            "c.toml:1:12：“language”应为加引号的下列文字之一（auto zh-CN en），读到的是文字 \"zh\"，最接近的是 en",
            "c.toml:1:12: \"language\" must be one of these in quotes (auto zh-CN en); read the text \"zh\"; the nearest is en",
        ),
        (
            "[columns]\ncatalog = [\"code\", 3]\n",
            "c.toml:2:20：“columns.catalog”应为文字的列表，如 [\"code\", \"name\"]，读到的是整数 3",
            "c.toml:2:20: \"columns.catalog\" must be a list of texts such as [\"code\", \"name\"]; read the number 3",
        ),
        (
            "[keys]\n\"list.next\" = [\"contrl-x\"]\n",
            "c.toml:2:16：“keys.list.next”应为一个键，如 \"enter\"、\"ctrl-p\"、\"?\"，读到的是文字 \"contrl-x\"，最接近的是 ctrl-x",
            "must be a key such as \"enter\", \"ctrl-p\" or \"?\"; read the text \"contrl-x\"; the nearest is ctrl-x",
        ),
        (
            "theme = \"dark\"\ntheme = \"light\"\n",
            "c.toml:2:1：“theme”写了两次",
            "c.toml:2:1: \"theme\" is there twice (duplicate key)",
        ),
    ] {
        for (lang, expected) in [("zh-CN", zh), ("en", en)] {
            for args in [vec!["config", "check"], vec!["status"]] {
                let (code, err) = told(text, None, &[&["--lang", lang], args.as_slice()].concat());
                assert_eq!(code, 3, "{text}: {err}");
                assert!(err.contains(expected), "{text}:\n{err}\n{expected}");
                assert!(lang == "en" || is_chinese(&err), "{err}");
            }
        }
    }
}

#[test]
fn what_is_no_toml_is_told_by_its_line_and_the_readers_words_only_where_wanted() {
    let text = "theme = \"dark\"\n颜色 深\n";
    let (code, err) = told(text, None, &["config", "check"]);
    assert_eq!(code, 3);
    assert!(err.starts_with("gongfu: c.toml:2:") && err.contains("不是正确的 TOML 写法：颜色 深。\n"), "{err}");
    assert!(is_chinese(&err), "{err}");
    for args in [vec!["-v", "config", "check"], vec!["--lang", "en", "config", "check"]] {
        let (_, err) = told(text, None, &args);
        assert!(
            err.lines().next().is_some_and(|l| l.trim_end_matches(['.', '。']).ends_with(')')),
            "the reader's words follow: {err}"
        );
    }
    let (code, err) = told("theme = \"mine.toml\"\n", None, &["config", "check"]);
    assert!(code == 3 && err.contains("mine.toml 读不了：没有这个文件"), "{err}");
}

#[test]
fn mistakes_in_a_theme_file_are_told_in_chinese_and_in_english() {
    let dark = include_str!("../../../themes/dark.toml");
    for (theme, zh, en) in [
        (
            dark.replacen("#ff8a80", "#ff8a8", 1),
            "“roles.danger.fg”应为六位十六进制的颜色，如 \"#d0d0d0\"，读到的是文字 \"#ff8a8\"",
            "\"roles.danger.fg\" must be a colour in six hexadecimal digits such as \"#d0d0d0\"; read the text \"#ff8a8\"",
        ),
        (
            dark.replacen("\"light-red\"", "\"lightred\"", 1),
            "读到的是文字 \"lightred\"，最接近的是 light-red",
            "read the text \"lightred\"; the nearest is light-red",
        ),
        (
            dark.replacen("bold = true", "blod = true", 1),
            "没有“blod”这个设置，最接近的是 bold",
            "there is no key \"blod\"; the nearest is bold",
        ),
        (
            dark.replacen("danger = {", "dangre = {", 1),
            "没有“dangre”这个配色项，最接近的是 danger",
            "there is no role \"dangre\"; the nearest is danger",
        ),
        (
            dark.replacen("bold = true", "bold = 1", 1),
            "“roles.title.bold”应为true 或 false，读到的是整数 1",
            "\"roles.title.bold\" must be true or false; read the number 1",
        ),
        (
            dark.replacen("text = {", "text = 3 #", 1),
            "“roles.text”应为一张表，如 { fg = \"#d0d0d0\", bold = true }，读到的是整数 3",
            "\"roles.text\" must be a table such as { fg = \"#d0d0d0\", bold = true }; read the number 3",
        ),
        (
            dark.replacen("title = \"深色\"", "title = 深色", 1),
            "mine.toml:3:9：这一行不是正确的 TOML 写法：title = 深色",
            "mine.toml:3:9: this line is not valid TOML: title = 深色 (",
        ),
        (
            dark.replacen("map_border", "# map_border", 1),
            "[roles] 下缺少“map_border”",
            "the role \"map_border\" is missing under [roles]",
        ),
    ] {
        for (lang, expected) in [("zh-CN", zh), ("en", en)] {
            for args in [vec!["config", "check"], vec!["themes"]] {
                let args = [&["--lang", lang], args.as_slice()].concat();
                let (code, err) = told("theme = \"mine.toml\"\n", Some(&theme), &args);
                assert_eq!(code, 3, "{expected}: {err}");
                assert!(err.contains("mine.toml:") && err.contains(expected), "\n{err}\n{expected}");
                assert!(lang == "en" || is_chinese(&err), "{err}");
            }
        }
    }
}

#[test]
fn a_theme_file_that_is_set_stands_among_the_themes_as_the_one_that_counts() {
    let data = Data::new();
    let own = include_str!("../../../themes/dark.toml").replacen("name = \"dark\"", "name = \"own\"", 1);
    std::fs::write(data.path().join("mine.toml"), own).expect("a file");
    let path = data.path().join("c.toml");
    std::fs::write(&path, "theme = \"mine.toml\"\n").expect("a file");
    let (code, out, err) = run(data.gongfu(&["--config", &path.display().to_string(), "themes"]));
    assert!(code == 0 && out.lines().filter(|l| l.starts_with("* ")).eq(["* own                 深色"]), "{out}{err}");
}
