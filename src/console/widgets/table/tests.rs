//! Lines as people see them, at several widths.

use super::*;
use ratatui::style::Modifier;

const COLUMNS: [ColumnWidth; 4] = [
    ColumnWidth { min: 13, ideal: 13, priority: 9, align: Align::Left },
    ColumnWidth { min: 8, ideal: 20, priority: 8, align: Align::Left },
    ColumnWidth { min: 8, ideal: 8, priority: 1, align: Align::Right },
    ColumnWidth { min: 4, ideal: 4, priority: 7, align: Align::Left },
];

fn field<'a>(text: &'a str, matched: &'a [Range<usize>]) -> Field<'a> {
    Field { text, matched, style: Style::new() }
}

fn shown(buffer: &Buffer) -> String {
    let mut line = String::new();
    let mut x = 0;
    while x < buffer.area.width {
        let symbol = buffer[(x, 0)].symbol();
        line.push_str(symbol);
        x += width(symbol).max(1) as u16;
    }
    line
}

fn row(cells: u16, look: RowLook) -> Buffer {
    let mut buffer = Buffer::empty(Rect::new(0, 0, cells, 1));
    let matched = std::slice::from_ref(&(6..12));
    let fields =
        [field("SX611026-0003", &[]), field("柞水木耳（散装）", matched), field("1,128.00", &[]), field("在录", &[])];
    let widths = layout(&COLUMNS, cells);
    draw_row(buffer.area, &mut buffer, &COLUMNS, &widths, &fields, look);
    buffer
}

#[test]
fn columns_leave_by_priority_and_share_what_is_left() {
    let widths = |cells| layout(&COLUMNS, cells);
    assert_eq!(widths(200), [Some(13), Some(20), Some(8), Some(4)]);
    assert_eq!(widths(42), [Some(13), Some(8), Some(8), Some(4)]);
    assert_eq!(widths(41), [Some(13), Some(17), None, Some(4)]);
    assert_eq!(widths(31), [Some(13), Some(13), None, None]);
    assert_eq!(widths(20), [Some(13), None, None, None]);
    assert_eq!(widths(8), [Some(5), None, None, None]);
    assert_eq!(widths(2), [None; 4]);
    assert_eq!(layout(&[], 80), []);
}

#[test]
fn rows_keep_their_columns_in_every_width() {
    assert_eq!(shown(&row(54, RowLook::default())), "   SX611026-0003  柞水木耳（散装）      1,128.00  在录");
    let look = RowLook { selected: true, marked: true, ..RowLook::default() };
    assert_eq!(shown(&row(42, look)), ">* SX611026-0003  柞水木..  1,128.00  在录");
    assert_eq!(shown(&row(41, look)), ">* SX611026-0003  柞水木耳（散装）   在录");
    assert_eq!(shown(&row(9, look)), ">* SX61..");
    for cells in 1..120 {
        assert_eq!(width(&shown(&row(cells, look))), usize::from(cells));
    }
}

#[test]
fn matches_are_underlined_cell_by_cell() {
    let look = RowLook { matched: Style::new().add_modifier(Modifier::UNDERLINED), ..RowLook::default() };
    let lines = |cells| -> Vec<u16> {
        let buffer = row(cells, look);
        (0..cells).filter(|x| buffer[(*x, 0)].modifier.contains(Modifier::UNDERLINED)).collect()
    };
    assert_eq!(lines(54), [22, 23, 24, 25], "木耳");
    assert_eq!(lines(42), [22, 23], "耳 is cut off");
    let mut buffer = Buffer::empty(Rect::new(0, 0, 42, 1));
    let odd = [0..0, 999..1000, 1..2];
    let fields = [field("é中", &odd), field("", &odd), field("1,128.00", &odd)];
    draw_row(buffer.area, &mut buffer, &COLUMNS, &layout(&COLUMNS, 42), &fields, look);
    assert!(buffer[(3, 0)].modifier.contains(Modifier::UNDERLINED), "a range inside a character marks it");
}

#[test]
fn headings_show_the_order() {
    let heading = |title, sort| Heading { title, sort };
    let headings = [
        heading("编号", None),
        heading("产品", Some(SortSign::Up)),
        heading("价格", Some(SortSign::Down)),
        heading("状态", Some(SortSign::Up)),
    ];
    let header = || {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 42, 1));
        draw_header(buffer.area, &mut buffer, &COLUMNS, &layout(&COLUMNS, 42), &headings, Style::new());
        shown(&buffer)
    };
    assert_eq!(header(), "   编号           产品^        价格v  ..^ ");
}
