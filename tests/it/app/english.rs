//! English on a small screen: words are whole, one of a thing is not told as many.

use super::Desk;
use gongfu::base::locale::{Lang, Locale};

#[test]
fn states_places_and_heads_are_whole_at_eighty_columns() {
    let mut desk = Desk::new(Lang::En, true);
    for keys in ["2", "3", "4", "6", "7", "8"] {
        desk.press(keys);
        let screen = desk.screen(80, 24);
        for line in screen.lines().skip(2).take(19) {
            // What is cut is Chinese: a name or an occasion.
            let cut = line.match_indices("..").find(|(at, _)| line[..*at].ends_with(|c: char| c.is_ascii_alphabetic()));
            assert_eq!(cut, None, "{line}\n{screen}");
        }
    }
    desk.press("5");
    let returns = desk.screen(80, 24);
    assert!(returns.contains("not started 51d late") && !returns.contains("late .."), "{returns}");
    desk.press("2 enter");
    let entry = desk.screen(80, 24);
    assert!(
        entry.contains("supplier name ") && entry.contains("people helped ") && !entry.contains("hel.."),
        "{entry}"
    );
}

#[test]
fn the_board_tells_amounts_whole() {
    let mut desk = Desk::new(Lang::En, true);
    for (width, height) in [(80, 24), (120, 40)] {
        let screen = desk.screen(width, height);
        assert!(screen.contains(" / 800 M yuan"), "{screen}");
        assert!(screen.contains("Relief spending ") && screen.contains(" audit record"), "{screen}");
    }
}

#[test]
fn one_is_told_otherwise_than_many() {
    let (en, zh) = (Locale::new(Lang::En), Locale::new(Lang::Zh));
    for (id, name, one, many) in [
        ("status-count", "n", "1 row", "2 rows"),
        ("days-late", "n", "1 day late", "2 days late"),
        ("board-status", "audit", "1 audit record", "2 audit records"),
        ("cli-status-audit", "records", "1 audit record", "2 audit records"),
        ("urgent-packs", "n", "1 pack needs a replacement", "2 packs need a replacement"),
        ("urgent-orders", "n", "1 order held", "2 orders held"),
        ("ask-many", "n", "1 product", "2 products"),
        ("board-below", "n", "1 more line below", "2 more lines below"),
    ] {
        assert_eq!(en.tr_with(id, &[(name, "1")]), one);
        assert_eq!(en.tr_with(id, &[(name, "2")]), many);
        assert_eq!(en.tr_with(id, &[(name, "1,001")]), many.replace('2', "1,001"));
        assert!(zh.tr_with(id, &[(name, "1")]).contains('1'), "{id}");
    }
}
