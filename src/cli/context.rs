//! What every subcommand works with: settings as they count, words, clock, data directory.

use super::actor;
use super::args::Cli;
use super::fail::{Exit, Fail};
use crate::base::clock::Clock;
use crate::base::ids::Ids;
use crate::base::locale::{Lang, Locale};
use crate::config::{Config, Profile};
use crate::domain::actor::{Actor, CLOCK_SET};
use crate::domain::refusal::Refusal;
use crate::sqlite::{self, DbError, Use};
use crate::store::{self, Store, StoreError, reads, setting};
use jiff::Timestamp;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Set to `1`, it lets `--now` date changes of real data, for tests.
const ALLOW_NOW: &str = "GONGFU_ALLOW_NOW";

/// The surroundings of one run.
#[derive(Debug)]
pub struct Context {
    pub config: Config,
    /// The settings file that was asked for by name.
    pub config_named: Option<PathBuf>,
    pub profile: Profile,
    pub locale: Arc<Locale>,
    pub data_dir: PathBuf,
    pub read_only: bool,
    /// The instant `--now` fixed.
    pub now: Option<Timestamp>,
    pub json: bool,
    pub quiet: bool,
    pub verbose: u8,
    /// The person given with `--as`.
    pub person: Option<String>,
}

impl Context {
    /// Puts flags over environment over file over defaults.
    ///
    /// # Errors
    /// When settings or environment are not understood.
    pub fn new(cli: &Cli, locale: &Arc<Locale>) -> Result<Context, Fail> {
        let globals = &cli.globals;
        let get = |name: &str| std::env::var(name).ok();
        let named = globals.config.clone().or_else(|| std::env::var_os("GONGFU_CONFIG").map(PathBuf::from));
        let failed = |e: crate::config::ConfigError| Fail::config(&e, locale, globals.verbose > 0);
        let config = Config::load(named.as_deref(), &|name| match (name, &globals.profile) {
            ("GONGFU_PROFILE", Some(profile)) => Some(profile.clone()),
            _ => get(name),
        })
        .map_err(failed)?;
        let profile = config.profile().map_err(failed)?;
        let wanted = globals.lang.as_deref().and_then(Lang::parse);
        let lang = wanted.unwrap_or_else(|| config.settings.language.lang(machine_language().as_deref()));
        let dir = globals.data_dir.clone().or_else(|| profile.data_dir.clone());
        Ok(Context {
            data_dir: dir.unwrap_or_else(|| config.default_data_dir.clone()),
            // Reading the texts takes milliseconds: those of the help serve on in the same language.
            locale: if lang == locale.lang() { Arc::clone(locale) } else { Arc::new(Locale::new(lang)) },
            read_only: globals.read_only || profile.read_only,
            now: globals.now,
            json: globals.json,
            quiet: globals.quiet,
            verbose: globals.verbose,
            person: globals.person.clone(),
            config,
            config_named: named,
            profile,
        })
    }

    /// The same run on the demo in `dir`, as the person the demo is shown to unless another was named. The profile of
    /// the settings has no part in it.
    pub fn in_demo(&self, dir: PathBuf) -> Context {
        Context {
            config: self.config.clone(),
            config_named: self.config_named.clone(),
            profile: Profile { person: "李静".into(), ..Profile::default() },
            locale: Arc::clone(&self.locale),
            data_dir: dir,
            read_only: self.read_only,
            now: self.now,
            json: self.json,
            quiet: self.quiet,
            verbose: self.verbose,
            person: self.person.clone(),
        }
    }

    /// The database file.
    pub fn db_path(&self) -> PathBuf {
        self.data_dir.join(store::FILE)
    }

    /// The clock: fixed by `--now`, running from its start in a demo, else the machine's.
    pub fn clock(&self) -> Clock {
        match (self.now, sqlite::open(&self.db_path(), Use::Read)) {
            (None, Ok(db)) => self.clock_in(&db),
            (now, _) => now.map_or(Clock::Real, Clock::Fixed),
        }
    }

    /// As [`Context::clock`], with the database open already: opening one takes milliseconds.
    fn clock_in(&self, db: &crate::store::Connection) -> Clock {
        match self.now {
            Some(at) => Clock::Fixed(at),
            None => Context::demo_clock(db).unwrap_or(Clock::Real),
        }
    }

    /// The clock of a demo: the machine's, set to the demo's instant at the moment it was made. A property of the
    /// database, so that programs started apart agree. Where the last record is later (the machine's clock was put back, or
    /// the demo is of a version that kept no such moment) it goes on from there: no record is older than the one before.
    /// Records under `--now` are of a time somebody chose and set no clock.
    fn demo_clock(db: &crate::store::Connection) -> Option<Clock> {
        let instant = |key| setting::get(db, key).ok().flatten()?.parse::<Timestamp>().ok();
        let (start, machine) = (instant(setting::DEMO)?, Clock::Real.now());
        let clock = Clock::set(start, instant(setting::DEMO_SINCE).unwrap_or(machine));
        let sql = "SELECT coalesce(max(at), 0) FROM audit WHERE origin <> ?1 AND origin NOT LIKE '% ' || ?1";
        let last = db.query_row(sql, [CLOCK_SET], |r| r.get::<_, i64>(0)).ok()?;
        let last = Timestamp::from_millisecond(last).ok()?;
        Some(if last > clock.now() { Clock::set(last, machine) } else { clock })
    }

    /// The database for looking only. One of an older version is brought up first, unless nothing may be changed.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn open_to_read(&self) -> Result<Store, Fail> {
        match self.open_as(true) {
            Err(StoreError::Db(DbError::Older { .. })) if !self.read_only => {
                drop(self.open(false)?);
                self.open(true)
            }
            other => other.map_err(|e| Fail::store(&e, &self.locale)),
        }
    }

    /// Refuses a change whose records would carry the time of `--now`, unless the data are a demo: an audit is worth
    /// nothing where anybody may say what time it was. Tests set `GONGFU_ALLOW_NOW`; their records are marked all the same.
    ///
    /// # Errors
    /// `now-real`.
    pub fn may_stamp(&self) -> Result<(), Fail> {
        let Some(now) = self.now else { return Ok(()) };
        let allowed = std::env::var(ALLOW_NOW).is_ok_and(|v| v == "1");
        let demo = || sqlite::open(&self.db_path(), Use::Read).is_ok_and(|db| Context::demo_clock(&db).is_some());
        if allowed || demo() {
            return Ok(());
        }
        Err(self.fail(Exit::Usage, "now-real", &[("now", now.to_string())]))
    }

    /// The database for changes; it must be there. Under `--read-only` it opens and refuses every change.
    ///
    /// # Errors
    /// What is wrong with it; see [`Context::may_stamp`].
    pub fn open_to_write(&self) -> Result<Store, Fail> {
        let store = self.open_to_rehearse()?;
        if !self.read_only {
            self.may_stamp()?;
        }
        Ok(store)
    }

    /// As [`Context::open_to_write`], for asking what would become of changes.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn open_to_rehearse(&self) -> Result<Store, Fail> {
        if !self.db_path().exists() {
            return Err(Fail::db(&DbError::Missing(self.db_path()), &self.locale));
        }
        self.open(self.read_only)
    }

    fn open(&self, read_only: bool) -> Result<Store, Fail> {
        self.open_as(read_only).map_err(|e| Fail::store(&e, &self.locale))
    }

    fn open_as(&self, read_only: bool) -> Result<Store, StoreError> {
        let clock = |db: &crate::store::Connection| self.clock_in(db);
        Store::open_with(&self.data_dir, clock, Ids::real, read_only)
    }

    /// A connection of the store for reading.
    ///
    /// # Errors
    /// What is wrong with the database.
    pub fn connect(&self, store: &Store) -> Result<crate::store::Connection, Fail> {
        store.connect().map_err(|e| Fail::store(&e, &self.locale))
    }

    /// What SQLite said about our database, in words.
    pub fn db_fail(&self, e: &crate::store::SqlError) -> Fail {
        Fail::db(&DbError::of(&self.db_path(), e), &self.locale)
    }

    /// Who acts, see [`actor::actor`].
    ///
    /// # Errors
    /// When no organisation can be told, or the database cannot be read.
    pub fn actor(&self, store: &Store) -> Result<Actor, Fail> {
        actor::actor(self, &self.connect(store)?)
    }

    /// What the store says of a change, with places by their names.
    pub fn store_fail(&self, store: &Store, e: StoreError) -> Fail {
        let StoreError::Refused(refusal) = e else { return Fail::store(&e, &self.locale) };
        let refusal = Refusal { args: self.locale.placed(&refusal.args, &self.places(store)), ..refusal };
        Fail::store(&StoreError::Refused(refusal), &self.locale)
    }

    /// Names of divisions by code; none where they cannot be read, for a code says it, too.
    pub fn places(&self, store: &Store) -> HashMap<String, String> {
        let names = store.connect().ok().and_then(|db| reads::division_names(&db, self.locale.lang()).ok());
        names.unwrap_or_default()
    }

    /// Makes the data directory, for its owner only.
    ///
    /// # Errors
    /// What the system says.
    pub fn make_data_dir(&self) -> Result<(), Fail> {
        make_private(&self.data_dir).map_err(|e| Fail::file(&self.data_dir, &e, &self.locale))
    }

    /// A failure of the command line's own.
    pub fn fail(&self, exit: Exit, code: &str, args: &[(&'static str, String)]) -> Fail {
        Fail::own(exit, &self.locale, code, args)
    }
}

/// Makes a folder that only its owner may enter; leaves one that is there as it is.
pub(super) fn make_private(dir: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    if dir.is_dir() {
        return Ok(());
    }
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)
}

/// What the machine's environment says about language, `zh_CN.UTF-8` or the like.
pub(super) fn machine_language() -> Option<String> {
    ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|n| std::env::var(n).ok().filter(|v| !v.is_empty()))
}
