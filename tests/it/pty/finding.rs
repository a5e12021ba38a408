//! Finding things: the end of a code, what excludes most, a county on the map, the rows of a figure.

use super::{SIZES, board, catalog};
use crate::support::pty::Demo;

#[test]
fn the_end_of_a_code_finds_its_product_and_an_empty_list_says_why() {
    let demo = Demo::new();
    let mut console = catalog(&demo, &[], (80, 24));
    console.send("/").rests();
    console.send("1026-0003").shows(" 1 条").rests();
    assert!(console.text().contains("SX611026-0003"), "{}", console.text());
    console.send(" 没有这个").shows("去掉 没有这个 就有 1 条").rests();
}

#[test]
fn the_map_leads_to_a_county_and_a_figure_to_its_rows() {
    let demo = Demo::new();
    for size in SIZES {
        let mut console = board(&demo, &[], size);
        console.send("3").shows("ZG610102-0001").rests();
        console.send("\t").shows("选城市").rests();
        console.send("j").shows("@西安市").rests();
        console.send("\r").shows("选县区").rests();
        console.send("j").shows("@新城区").rests();
        console.send("\t").shows("选数目").rests();
        let words =
            console.lines().into_iter().find_map(|l| Some(l.split_once("启用 ")?.1.to_owned())).expect("a figure");
        let n = words.split_whitespace().next().expect("a number").to_owned();
        console.send("\r").shows(&format!(" {n} 条")).rests();
        assert!(console.lines()[1].contains("状态:启用 县区:新"), "{}", console.text());
        console.send("\x1b").shows("选数目").rests();
    }
}
