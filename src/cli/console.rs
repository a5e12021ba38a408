//! The bare program: the console on the database of the data directory.

use super::context::Context;
use super::fail::{Exit, Fail};
use super::{out, status};
use crate::base::ids::Ids;
use crate::base::locale::Locale;
use crate::config::{AmbiguousWidth, Config};
use crate::console::Settings;
use crate::console::action::{KeyError, KeyMap};
use crate::console::app::Facts;
use crate::console::keys;
use crate::console::run::{Launch, Opened, RunError, run as run_console};
use crate::console::theme::{self, Depth, Env};
use crate::console::written;
use crate::domain::actor::Actor;
use crate::sqlite;
use crate::store::{Connection, Store, link, reads, setting};
use crate::sync::http::Caller;
use crate::sync::{join, key};
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;

/// Runs the console; without a terminal prints the status and says so.
pub(super) fn run(context: &Context) -> Result<Exit, Fail> {
    if !has_terminal() || context.json {
        if !context.quiet && !context.json {
            out::note(&context.locale.tr("cli-note-no-terminal"));
        }
        return status::run(context);
    }
    open(context)
}

/// Whether a console can be drawn here.
pub(super) fn has_terminal() -> bool {
    std::io::stdin().is_terminal() && std::io::stdout().is_terminal() && Depth::can_draw(&variable("TERM"))
}

/// Opens the console on the context's database; without one on an empty one, which offers to enrol.
pub(super) fn open(context: &Context) -> Result<Exit, Fail> {
    let mut nothing = None;
    let opened = opened(context, &mut nothing)?;
    let settings = settings(context)?;
    let keys = KeyMap::new(&settings.keys).map_err(|e| key_fail(context, &e))?;
    let path = context.config.path.clone();
    // A file that was named and goes away is a mistake to be told; the usual one may come and go.
    let named = context.config_named.clone();
    let locale = Arc::clone(&context.locale);
    let folders = path.parent().map_or_else(String::new, |dir| format!("{}/", dir.display()));
    let launch = Launch {
        opened,
        watch: watched(&context.config, &settings),
        settings,
        keys,
        reload: Box::new(move || {
            let config = Config::load(named.as_deref(), &|name| std::env::var(name).ok());
            // The place comes first in the sentence: without folders its line fits into a narrow footer.
            let words = |e| Fail::config(&e, &locale, false).message.replace(&folders, "");
            let config = config.map_err(words)?;
            let settings = settings_of(&config, &locale, false).map_err(|why| why.replace(&folders, ""))?;
            let wrong_key = |e: KeyError| key_words(&config, &locale, &e).message.replace(&folders, "");
            KeyMap::new(&settings.keys).map_err(wrong_key)?;
            Ok(settings)
        }),
        term: variable("TERM"),
        home: context.data_dir.clone(),
        reopen: Box::new(|| self::opened(context, &mut nothing).map_err(|fail| fail.message)),
    };
    match run_console(launch) {
        Ok(None) => Ok(Exit::Done),
        // A signal asked for it; the terminal is restored and nothing is lost.
        Ok(Some(signal)) => Ok(Exit::by_signal(signal)),
        Err(RunError::Store(e)) => Err(Fail::store(&e, &context.locale)),
        Err(e) => Err(context.fail(Exit::Internal, "terminal", &[("why", e.to_string())])),
    }
}

/// What the console shows: the database of the data directory. Where there is none yet, an empty one in a place of its own that
/// `nothing` keeps stands in for it.
fn opened(context: &Context, nothing: &mut Option<TempDir>) -> Result<Opened, Fail> {
    // With a clock that may date nothing there is nothing but looking.
    let look_only = context.read_only || context.may_stamp().is_err();
    let begun = join::begun(&context.data_dir).map(|key| key.url);
    if !look_only && (!context.db_path().exists() || begun.is_some() && !has_own_union(context)) {
        return stand_in(context, nothing, begun);
    }
    let store = if look_only { context.open_to_read()? } else { context.open_to_write()? };
    let db = context.connect(&store)?;
    let facts = facts(context, (&store, &db), super::actor(context, &db)?, look_only)?;
    let hub = if look_only { None } else { hub(context, &db)? };
    Ok(Opened { store, db, facts: Facts { begun, ..facts }, hub })
}

/// Whether the union of the database is in it: of a first load that was broken off at once it is not.
fn has_own_union(context: &Context) -> bool {
    let db = sqlite::open(&context.db_path(), sqlite::Use::Read);
    db.is_ok_and(|db| super::actor::own(context, &db).is_ok())
}

/// An empty database in a place of its own, for looking only; nothing is made in the data directory.
fn stand_in(context: &Context, nothing: &mut Option<TempDir>, begun: Option<String>) -> Result<Opened, Fail> {
    context.make_data_dir()?;
    let place = tempfile::tempdir().map_err(|e| Fail::file(&std::env::temp_dir(), &e, &context.locale))?;
    let store = Store::open(place.path(), context.clock(), Ids::real(context.clock()), false);
    let store = store.map_err(|e| Fail::store(&e, &context.locale))?;
    *nothing = Some(place);
    let (db, actor) = (context.connect(&store)?, super::actor::nobody(context));
    let facts = facts(context, (&store, &db), actor, true)?;
    Ok(Opened { store, db, facts: Facts { nowhere: true, begun, ..facts }, hub: None })
}

fn facts(context: &Context, (store, db): (&Store, &Connection), actor: Actor, read_only: bool) -> Result<Facts, Fail> {
    let failed = |e: crate::store::SqlError| context.db_fail(&e);
    Ok(Facts {
        locale: Arc::clone(&context.locale),
        clock: store.clock(),
        actor,
        divisions: reads::division_names(db, context.locale.lang()).map_err(failed)?,
        read_only,
        demo: setting::get(db, setting::DEMO).map_err(failed)?.is_some(),
        nowhere: false,
        begun: None,
        // The Linux console's font has no braille.
        braille: variable("TERM") != "linux",
    })
}

/// The way to the hub of an enrolled console.
fn hub(context: &Context, db: &Connection) -> Result<Option<Caller>, Fail> {
    let dir = &context.data_dir;
    let key = key::load(dir).map_err(|e| Fail::file(&key::path(dir), &e, &context.locale))?;
    let is_console = link::get(db).map_err(|e| context.db_fail(&e))?.is_some();
    let key = key.filter(|_| is_console);
    let caller = key.map(|key| Caller::of(&key).map_err(|e| super::enrol::fail(context, e.into(), &key.url)));
    caller.transpose()
}

/// The console's part of the settings, its theme tried.
pub(super) fn settings(context: &Context) -> Result<Settings, Fail> {
    let verbose = context.verbose > 0;
    settings_of(&context.config, &context.locale, verbose).map_err(|why| own(context, why))
}

/// Whether the console could start with the settings: theme and keys are known only here.
pub(super) fn check(context: &Context) -> Result<(), Fail> {
    let settings = settings(context)?;
    KeyMap::new(&settings.keys).map(|_| ()).map_err(|e| key_fail(context, &e))
}

/// A wrong `[keys]` entry with its place in the file.
pub(super) fn key_fail(context: &Context, error: &KeyError) -> Fail {
    key_words(&context.config, &context.locale, error)
}

fn key_words(config: &Config, locale: &Locale, error: &KeyError) -> Fail {
    match error {
        KeyError::Unknown { id, nearest } => {
            let args = [("place", place(config, id)), ("id", id.clone()), ("nearest", nearest.clone())];
            Fail::own(Exit::Input, locale, "key-unknown", &args)
        }
        KeyError::Twice { key, first, second } => {
            let changed = if config.settings.keys.contains_key(*second) { second } else { first };
            let args = [
                ("place", place(config, changed)),
                ("key", key.clone()),
                ("first", (*first).to_owned()),
                ("second", (*second).to_owned()),
            ];
            Fail::own(Exit::Input, locale, "key-twice", &args)
        }
    }
}

/// `config.toml:3:8`: where a word stands in the settings file.
fn place(config: &Config, word: &str) -> String {
    let text = std::fs::read_to_string(&config.path).unwrap_or_default();
    let found = text.lines().enumerate().filter(|(_, l)| !l.trim_start().starts_with('#'));
    let found = found.filter_map(|(n, l)| Some((n + 1, l[..l.find(word)?].chars().count() + 1))).next();
    let (line, column) = found.unwrap_or_default();
    format!("{}:{line}:{column}", config.path.display())
}

fn own(context: &Context, why: String) -> Fail {
    context.fail(Exit::Input, "settings", &[("why", why)])
}

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_default()
}

/// The console's part of the settings.
fn settings_of(config: &Config, locale: &Locale, verbose: bool) -> Result<Settings, String> {
    let s = &config.settings;
    let (term, colorterm, no_color) = (variable("TERM"), variable("COLORTERM"), variable("NO_COLOR"));
    let env = Env { term: &term, colorterm: &colorterm, no_color: &no_color };
    let shipped = theme::SHIPPED.iter().any(|(name, _)| *name == s.theme);
    let looks_like_file = s.theme.contains('/') || s.theme.ends_with(".toml");
    if !shipped && !looks_like_file {
        let known: Vec<&str> = theme::SHIPPED.iter().map(|(name, _)| *name).collect();
        let nearest = keys::nearest(&s.theme, known.iter().copied()).unwrap_or_default().to_owned();
        let args = [
            ("place", place(config, &s.theme)),
            ("name", s.theme.clone()),
            ("nearest", nearest),
            ("known", known.join(" ")),
        ];
        return Err(Fail::own(Exit::Input, locale, "theme-unknown", &args).message);
    }
    let theme_file = match shipped {
        true => None,
        false => {
            let path = theme_path(config);
            let unreadable = |e: std::io::Error| {
                let args = [("place", path.display().to_string()), ("io", written::io_code(&e).to_owned())];
                Fail::new(Exit::Input, locale, "config", "unreadable", &args).message
            };
            let text = std::fs::read_to_string(&path).map_err(unreadable)?;
            Some((path.display().to_string(), text))
        }
    };
    let settings = Settings {
        theme: s.theme.clone(),
        theme_file,
        depth: s.colours.depth(env),
        sync: s.sync_output,
        keys: s.keys.clone(),
        columns: s.columns.clone(),
        lang: s.language.lang(None),
        // Where “ takes two cells, an old font draws braille badly, too.
        braille: s.ambiguous_width != AmbiguousWidth::Wide,
        ask_width: s.ambiguous_width == AmbiguousWidth::Auto,
        notice_seconds: i64::from(s.notice_seconds),
        undo_seconds: i64::from(s.undo_seconds),
    };
    settings.load_theme(locale, verbose).map(|_| settings)
}

/// A theme file named without its folder lies beside the settings file.
fn theme_path(config: &Config) -> PathBuf {
    let path = PathBuf::from(&config.settings.theme);
    match config.path.parent() {
        Some(dir) if path.is_relative() => dir.join(path),
        _ => path,
    }
}

/// The folders of the settings file and of the theme file.
fn watched(config: &Config, settings: &Settings) -> Vec<PathBuf> {
    let mut dirs: Vec<PathBuf> = config.path.parent().map(folder).into_iter().collect();
    if settings.theme_file.is_some()
        && let Some(dir) = theme_path(config).parent().map(folder)
        && !dirs.contains(&dir)
    {
        dirs.push(dir);
    }
    // A file that comes later is seen only in a folder that is there.
    dirs.retain(|d| std::fs::create_dir_all(d).is_ok() && d.is_dir());
    dirs
}

/// The folder of a file named without one is the working directory.
fn folder(dir: &Path) -> PathBuf {
    if dir.as_os_str().is_empty() { PathBuf::from(".") } else { dir.to_path_buf() }
}
