//! The `gongfu` binary: nothing but the call into the library.
fn main() {
    let dir = std::path::PathBuf::from(std::env::args().nth(1).unwrap_or("/tmp/gf".into()));
    std::fs::create_dir_all(&dir).unwrap();
    let scale = std::env::args().nth(2).and_then(|s| s.parse().ok()).unwrap_or(1);
    let t = std::time::Instant::now();
    if !dir.join("gongfu.db").exists() {
        let s = gongfu::setup::demo(&dir, 1, scale, |_| {}).unwrap();
        eprintln!("{} rows {:?}", s.total(), t.elapsed());
    }
    use gongfu::base::{clock::Clock, ids::Ids, locale::*};
    let clock = Clock::running_from(gongfu::demo::NOW);
    let store = gongfu::store::Store::open(&dir, clock, Ids::real(clock), false).unwrap();
    let db = store.connect().unwrap();
    let divisions = gongfu::store::reads::divisions(&db).unwrap().into_iter().collect();
    let locale = std::sync::Arc::new(Locale::new(if std::env::var("GL").is_ok() { Lang::En } else { Lang::Zh }));
    let facts = gongfu::console::app::Facts {
        locale,
        clock,
        actor: gongfu::setup::office(Default::default()),
        divisions,
        read_only: false,
        demo: true,
        braille: true,
    };
    let settings = gongfu::console::Settings { depth: gongfu::console::theme::Depth::Ansi256, ..Default::default() };
    let r = gongfu::console::run::run(gongfu::console::run::Launch {
        store,
        facts,
        settings,
        watch: vec![],
        reload: Box::new(|| Err("".into())),
        term: std::env::var("TERM").unwrap_or_default(),
    });
    eprintln!("{r:?}");
}
