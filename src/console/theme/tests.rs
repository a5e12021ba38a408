//! Shipped themes are complete, readable and told apart without colour; errors name the place.

use super::*;
use std::collections::BTreeSet;

fn shipped() -> Vec<ThemeFile> {
    SHIPPED.iter().map(|(name, text)| file::read(name, text).unwrap()).collect()
}

#[test]
fn every_shipped_theme_is_complete_and_named_like_its_file() {
    let folder: BTreeSet<String> = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/themes"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap().replace(".toml", ""))
        .collect();
    assert_eq!(folder, SHIPPED.iter().map(|(name, _)| (*name).to_owned()).collect());
    for ((name, _), file) in SHIPPED.iter().zip(shipped()) {
        assert_eq!(file.name, *name);
        assert!(!file.title.is_empty());
    }
}

#[test]
fn text_has_contrast() {
    for file in shipped() {
        let Some(background) = file.background else { continue };
        let least = if file.name == "high-contrast" { 7.0 } else { 4.5 };
        for role in Role::ALL.into_iter().filter(|role| role.is_text()) {
            let entry = file.entry(role);
            let ratio = contrast(entry.fg.unwrap(), entry.bg.unwrap_or(background));
            assert!(ratio >= least, "{} {}: {ratio:.2}", file.name, role.key());
        }
        let bars = [Role::BarFull, Role::BarRest].map(|role| file.entry(role));
        assert!(contrast(bars[0].bg.unwrap(), bars[1].bg.unwrap()) >= 2.0, "{}: the end of a bar shows", file.name);
        for bar in bars {
            assert!(contrast(bar.fg.unwrap(), bar.bg.unwrap()) >= 4.5, "{}: text on bars", file.name);
        }
    }
}

#[test]
fn contrast_is_that_of_wcag() {
    let (black, white, gray) = (Rgb::new(0, 0, 0), Rgb::new(255, 255, 255), Rgb::new(0x76, 0x76, 0x76));
    assert!((contrast(black, white) - 21.0).abs() < 1e-9);
    assert!((contrast(gray, white) - 4.54).abs() < 0.01);
}

#[test]
fn no_colours_means_none_and_keeps_the_difference() {
    for (name, _) in SHIPPED {
        let theme = Theme::shipped(name, Depth::None).unwrap();
        for role in Role::ALL {
            let style = theme.style(role);
            assert_eq!((style.fg, style.bg), (None, None), "{name} {}", role.key());
        }
        let plain = theme.style(Role::Text);
        for role in [
            Role::Match,
            Role::Warning,
            Role::Danger,
            Role::DangerPage,
            Role::Selected,
            Role::Marked,
            Role::Input,
            Role::Heading,
        ] {
            assert_ne!(theme.style(role), plain, "{name}: {} is told apart", role.key());
        }
        assert!(theme.style(Role::Match).add_modifier.contains(Modifier::UNDERLINED), "{name}");
        assert!(theme.is_plain());
    }
    let mono = Theme::shipped("mono", Depth::True).unwrap();
    assert!(Role::ALL.iter().all(|role| mono.style(*role).fg.is_none() && mono.style(*role).bg.is_none()));
}

#[test]
fn colours_fit_the_terminal() {
    let danger = |depth| Theme::shipped("dark", depth).unwrap().style(Role::Danger).fg;
    assert_eq!(danger(Depth::True), Some(Color::Rgb(0xff, 0x8a, 0x80)));
    assert_eq!(danger(Depth::Ansi256), Some(Color::Indexed(210)));
    assert_eq!(danger(Depth::Ansi16), Some(Color::LightRed));
    let near = |hex: &str| Rgb::parse(hex).unwrap();
    assert_eq!(near("#808080").nearest_256(), Color::Indexed(244));
    assert_eq!(near("#ff0000").nearest_256(), Color::Indexed(196));
    assert_eq!(near("#fdfdfd").nearest_16(), Color::White);
    assert_eq!(near("#c80505").nearest_16(), Color::Red);
}

#[test]
fn the_depth_is_detected() {
    let cases = [
        ("xterm-256color", "truecolor", "", Depth::True),
        ("xterm-256color", "", "", Depth::Ansi256),
        ("screen-256color", "", "", Depth::Ansi256),
        ("screen-256color", "truecolor", "", Depth::Ansi256),
        ("screen", "truecolor", "", Depth::Ansi16),
        ("xterm-kitty", "", "", Depth::Ansi256),
        ("xterm", "", "", Depth::Ansi16),
        ("linux", "", "", Depth::Ansi16),
        ("vt100", "", "", Depth::None),
        ("xterm-direct", "", "", Depth::True),
        ("xterm-256color", "truecolor", "1", Depth::None),
        ("dumb", "truecolor", "", Depth::None),
    ];
    for (term, colorterm, no_color, depth) in cases {
        assert_eq!(Depth::detect(Env { term, colorterm, no_color }), depth, "{term} {colorterm} {no_color}");
    }
    assert!(!Depth::can_draw("dumb") && !Depth::can_draw("") && Depth::can_draw("linux"));
}

#[test]
fn mistakes_name_file_line_column_and_the_nearest_name() {
    let dark = SHIPPED[0].1;
    let cases = [
        (dark.replacen("danger = {", "dangre = {", 1), "unknown-role", "nearest", "danger"),
        (dark.replacen("bold = true", "blod = true", 1), "unknown-key", "nearest", "bold"),
        (dark.replacen("title = \"深色\"", "titel = \"深色\"", 1), "unknown-key", "nearest", "title"),
        (dark.replacen("#ff8a80", "#ff8a8", 1), "value", "key", "roles.danger.fg"),
        (dark.replacen("\"light-red\"", "\"lightred\"", 1), "value-near", "nearest", "light-red"),
        (dark.replacen("bold = true", "bold = 1", 1), "value", "type", "integer"),
        (dark.replacen("map_border", "# map_border", 1), "role-missing", "found", "map_border"),
        (dark.replacen("name = \"dark\"", "", 1), "theme-nameless", "place", "my.toml:31:1"),
    ];
    for (text, code, name, value) in cases {
        let error = Theme::parse("my.toml", &text, Depth::True).unwrap_err();
        assert_eq!(error.code, code, "{error}");
        assert!(error.args.contains(&(name, value.to_owned())), "{error}");
    }
    let place = |text: &str| Theme::parse("my.toml", text, Depth::True).unwrap_err().args.remove(0).1;
    assert_eq!(place("name = \"x\"\ntitle = \"色\"\n[roles]\ntext = { fg = \"#zzzzzz\" }\n"), "my.toml:4:15");
    assert!(place("name = ").starts_with("my.toml:1:"));
}
