//! Every view as text, compared with `docs/screens`. `GONGFU_BLESS=1` writes them anew.

use super::{Console, Demo, SIZES};
use crate::pages::check;
use crate::support::{NOW, pty::Start};

/// A console on the demo at the fixed instant.
fn open(demo: &Demo, lang: &str, size: (u16, u16)) -> Console {
    let dir = demo.path().display().to_string();
    Start::new(&["demo", "--alone", "--keep", &dir, "--now", NOW, "--lang", lang], size).spawn()
}

/// Types `keys` one after another, each waited for, and keeps what is then shown.
struct Shots {
    console: Console,
    folder: String,
}

impl Shots {
    fn take(&mut self, name: &str, keys: &[&str], word: &str) {
        for key in keys {
            self.console.send(key).rests();
        }
        self.console.shows(word).rests();
        check(&format!("screens/{}/{name}.txt", self.folder), &(self.console.lines().join("\n") + "\n"));
    }
}

#[test]
fn the_screens_are_those_in_the_docs() {
    for size in SIZES {
        let demo = Demo::new();
        let mut shots = Shots { console: open(&demo, "zh-CN", size), folder: format!("{}x{}", size.0, size.1) };
        shots.take("board", &[], "D10");
        shots.take("sort", &["2", "o"], "按哪一栏排序");
        shots.take("columns", &["\x1b", "c"], "显示哪些栏");
        shots.take("catalog", &["\x1b"], "SX610111-");
        shots.take("catalog-filtered", &["/", "z", "s", "m", "e", "\r"], "8 条");
        shots.take("suspend", &["s"], "Enter 确认");
        shots.take("catalog-pane", &["\x1b", "v"], "目录产品");
        shots.take("catalog-detail", &["v", "\r"], "目录产品  SX");
        shots.take("counters", &["3"], "ZG610102-0001");
        shots.take("counters-map", &["\t", "\x1b[B", "\x1b[B"], "江苏对口城市专柜");
        shots.take("incidents", &["4"], "QI-2020");
        shots.take("incident", &["\r"], "质量事件  QI-");
        shots.take("delist", &["4", "4", "/", "state:核查中", "\r", "X"], "不可恢复");
        shots.take("recall", &["\x1b", "W"], "谁收到了");
        shots.take("removal", &["4", "4", "/", "\x15", "state:清退中", "\r", "\r"], "生产者法定时限");
        shots.take("report", &["1", "d"], "报告质量问题");
        shots.take("returns", &["\x1b", "5"], "附件1");
        shots.take("purchases", &["6"], "CG-2020");
        shots.take("packs", &["7"], "LB-2020");
        shots.take("partners", &["8"], "条");
        shots.take("audit", &["0"], "8 条");
        shots.take("palette", &["1", ":"], "命令  输入");
        shots.take("help", &["\x1b", "?"], "按键  输入");
        shots.console = open(&demo, "en", size);
        shots.take("board-en", &[], "D10");
    }
}
