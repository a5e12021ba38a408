//! 专柜: from the province to a city to its counties and back, and the figures that open their rows.

use super::Desk;
use gongfu::base::locale::Lang;
use gongfu::console::input::Event;
use std::collections::BTreeSet;

fn last_opened(desk: &Desk) -> (String, i64) {
    desk.opened.borrow().iter().rfind(|(typed, _)| typed.starts_with("counters")).cloned().expect("a list of counters")
}

#[test]
fn enter_narrows_the_map_to_the_counties_of_the_city_and_esc_leads_back() {
    for (width, height) in [(80, 24), (120, 40)] {
        let mut desk = Desk::new(Lang::Zh, true);
        desk.send(Event::Resize(width, height));
        desk.press("3 tab down");
        desk.screen(width, height);
        assert_eq!(last_opened(&desk).0, "counters 县区:西安市");
        desk.press("enter");
        let city = desk.screen(width, height);
        assert!(city.contains("选县区") && city.contains("西安市"), "{city}");
        let mut walked = BTreeSet::new();
        for key in ["down", "down", "down", "right", "right", "up", "up", "left", "left", "down", "left", "up"] {
            desk.press(key);
            let map = desk.screen(width, height);
            let (typed, total) = last_opened(&desk);
            let name = typed.strip_prefix("counters 县区:").expect("a county").to_owned();
            let sql = "SELECT count(*) FROM counter c JOIN division d ON d.code = c.county_code \
                       WHERE d.name = ?1 AND d.prefecture = '西安市'";
            let counted: i64 = desk.db.query_row(sql, [&name], |r| r.get(0)).expect("a number");
            assert!(counted > 0 && counted == total, "{name}: {counted}, {total}");
            assert!(map.contains(&format!("@{name}")) || map.contains(&format!("{name}@")), "{name}\n{map}");
            assert!(width < 110 || map.contains(&format!("{total} 条")), "the list is of the county, too:\n{map}");
            walked.insert(name);
        }
        assert!(walked.len() > 2, "{walked:?}");
        // Esc shows the city again, Enter on a county its counters.
        desk.press("esc");
        assert_eq!(last_opened(&desk).0, "counters 县区:西安市");
        assert!(desk.screen(width, height).contains("选城市"));
        desk.press("enter right");
        desk.screen(width, height);
        let (typed, total) = last_opened(&desk);
        desk.press("enter");
        let list = desk.screen(width, height);
        let shown = typed.strip_prefix("counters ").expect("a list");
        assert!(list.contains(shown) && list.contains(&format!("{total} 条")) && list.contains("编号"), "{list}");
        desk.press("esc");
        assert_eq!(last_opened(&desk).0, "counters ");
    }
}

#[test]
fn a_place_without_counties_goes_straight_to_its_counters() {
    let mut desk = Desk::new(Lang::Zh, true);
    desk.press("3 tab down");
    for _ in 0..15 {
        desk.press("down");
        desk.screen(80, 24);
    }
    let map = desk.screen(80, 24);
    assert!(map.contains("@南京市") && map.contains("Enter 看专柜"), "{map}");
    desk.press("enter");
    let list = desk.screen(80, 24);
    assert!(list.contains("县区:南京市") && list.contains("编号"), "{list}");
}

/// The number behind the cursor's sign.
fn figure(screen: &str) -> (String, i64) {
    let line = screen.lines().skip(2).find(|l| l.contains('>')).unwrap_or_else(|| panic!("no cursor\n{screen}"));
    let label = line.split('>').nth(1).expect("words").to_owned();
    let digits = label.chars().skip_while(|c| !c.is_ascii_digit()).take_while(|c| c.is_ascii_digit() || *c == ',');
    let number = digits.filter(char::is_ascii_digit).collect::<String>().parse().expect("a number");
    (label, number)
}

#[test]
fn every_figure_under_map_and_list_opens_as_many_rows() {
    for (lang, width, height, chosen) in [
        (Lang::Zh, 80, 24, false),
        (Lang::Zh, 120, 40, false),
        (Lang::Zh, 120, 40, true),
        (Lang::En, 80, 24, false),
        (Lang::En, 120, 40, true),
    ] {
        let mut desk = Desk::new(lang, true);
        desk.send(Event::Resize(width, height));
        desk.press("3 tab");
        if chosen {
            desk.press("down");
        }
        desk.press("tab");
        let mut seen = BTreeSet::new();
        loop {
            // With the list beside it there are two signs; that of the figures is on the left.
            let (label, number) = figure(&figures_of(&desk.screen(width, height), width));
            if !seen.insert(label.clone()) {
                break;
            }
            desk.press("enter");
            assert_eq!(last_opened(&desk).1, number, "{label} opens {}", last_opened(&desk).0);
            assert!(!desk.screen(width, height).contains("footer"));
            desk.press("esc right");
        }
        assert!(seen.len() >= if chosen { 12 } else { 9 }, "{lang:?} {width}: {seen:?}");
        desk.press("up up up up up up up up left left left left");
        assert!(seen.contains(&figure(&figures_of(&desk.screen(width, height), width)).0));
        desk.press("esc");
        let list = desk.screen(width, height);
        assert!(list.lines().any(|l| l.contains(">  ZG")), "the list has the keys again:\n{list}");
    }
}

/// The part of the screen the figures are in.
fn figures_of(screen: &str, width: u16) -> String {
    let narrow = width < 110;
    let lines = screen.lines().enumerate().filter(|(n, _)| *n > if narrow { 15 } else { 2 });
    let part = |l: &str| match narrow {
        true => l.to_owned(),
        false => {
            let mut cells = 0;
            l.chars()
                .take_while(|c| {
                    cells += gongfu::base::text::width(&c.to_string());
                    cells < usize::from(width) * 2 / 5
                })
                .collect()
        }
    };
    lines.map(|(_, l)| part(l) + "\n").collect()
}
