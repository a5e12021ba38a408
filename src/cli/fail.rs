//! Why a command failed, for people and programs: exit code, stable code, one sentence, the next step.
//!
//! One function per lower error type turns it into words; nothing else in `cli` maps errors.

use crate::base::locale::{Locale, Sentence};
use crate::config::ConfigError;
use crate::console::written;
use crate::hub::whole::{Fault, HubError};
use crate::setup::SetupError;
use crate::sqlite::DbError;
use crate::store::StoreError;
use crate::store::filter::FilterError;
use std::process::ExitCode;

/// Exit codes; a contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    Done = 0,
    /// A rule said no.
    Refused = 1,
    Usage = 2,
    /// A filter, setting, file or record that is not understood or not there.
    Input = 3,
    Offline = 4,
    /// Some rows are questioned.
    Partial = 5,
    Internal = 70,
    /// Ended by a signal, as shells count it: 128 and its number. What was under way changed nothing.
    Hangup = 129,
    Interrupt = 130,
    Quit = 131,
    Terminate = 143,
}

impl Exit {
    /// How a program ends that a signal asked to.
    pub fn by_signal(signal: i32) -> Exit {
        const SIGNALS: &[Exit] = &[Exit::Hangup, Exit::Interrupt, Exit::Quit, Exit::Terminate];
        SIGNALS.iter().copied().find(|e| *e as i32 == 128 + signal).unwrap_or(Exit::Terminate)
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}

/// A failure in words.
#[derive(Debug, Clone, PartialEq)]
pub struct Fail {
    pub exit: Exit,
    pub code: String,
    pub message: String,
    pub hint: String,
    /// For programs: what exactly is wrong, where there is more than one thing.
    pub problems: Vec<serde_json::Value>,
}

impl Fail {
    /// A failure whose texts are `<family>-<code>` and its hint.
    pub fn new(exit: Exit, locale: &Locale, family: &str, code: &str, args: &[(&'static str, String)]) -> Fail {
        let (message, hint) = locale.refusal(&Sentence { family, code, args });
        Fail { exit, code: code.to_owned(), message, hint, problems: Vec::new() }
    }

    /// One of the command line's own: `cli-fail-<code>`.
    pub fn own(exit: Exit, locale: &Locale, code: &str, args: &[(&'static str, String)]) -> Fail {
        Fail::new(exit, locale, "cli-fail", code, args)
    }

    /// What the store says.
    pub fn store(error: &StoreError, locale: &Locale) -> Fail {
        match error {
            StoreError::Refused(r) if r.code == "store" => {
                Fail::new(Exit::Internal, locale, "refusal", r.code, &r.args)
            }
            // A file that cannot be kept is no rule that said no.
            StoreError::Refused(r) if r.code == "unknown-record" || is_file(r.code) => {
                Fail::new(Exit::Input, locale, "refusal", r.code, &r.args)
            }
            StoreError::Refused(r) => Fail::new(Exit::Refused, locale, "refusal", r.code, &r.args),
            StoreError::Db(e) => Fail::db(e, locale),
            StoreError::Exists(path) => {
                Fail::own(Exit::Input, locale, "exists", &[("path", path.display().to_string())])
            }
            StoreError::Filter(e) => Fail::filter(e, locale),
            StoreError::Cancelled => Fail::own(Exit::Internal, locale, "cancelled", &[]),
        }
    }

    /// What is wrong with the database.
    pub fn db(error: &DbError, locale: &Locale) -> Fail {
        let exit = match error {
            DbError::Interrupted(_) => Exit::Interrupt,
            DbError::Other(..) | DbError::Io(..) | DbError::OldSqlite(_) => Exit::Internal,
            _ => Exit::Input,
        };
        Fail::new(exit, locale, "db", error.code(), &error.args())
    }

    /// What kept a database from being made.
    pub fn setup(error: &SetupError, locale: &Locale) -> Fail {
        match error {
            SetupError::Db(e) => Fail::db(e, locale),
            SetupError::Reference(errors) => {
                let first = errors.first().map(ToString::to_string).unwrap_or_default();
                let args = [("n", errors.len().to_string()), ("first", first)];
                Fail::own(Exit::Input, locale, "reference", &args)
            }
            SetupError::UnknownOrg(org) => Fail::own(Exit::Input, locale, "no-organisation", &[("org", org.clone())]),
        }
    }

    /// What kept work on a hub's ledger from being done.
    pub fn hub(error: &HubError, locale: &Locale) -> Fail {
        let exit = match error {
            // Its next step is another than that of a console's database.
            HubError::Db(DbError::Corrupt(..)) => Exit::Input,
            HubError::Db(e) => return Fail::db(e, locale),
            HubError::Engine(_) => Exit::Offline,
            HubError::Taken(_)
            | HubError::NoLedger(_)
            | HubError::Version { .. }
            | HubError::NoFolder(_)
            | HubError::Exists(_)
            | HubError::NoBackup(_) => Exit::Input,
            HubError::Served(_) | HubError::OnServer(_) | HubError::OtherHub(_) | HubError::NotWhole { .. } => {
                Exit::Refused
            }
            HubError::Differs(_) => Exit::Internal,
            HubError::Stopped => Exit::Interrupt,
        };
        let mut args = error.args();
        if let HubError::NotWhole { fault, .. } = error {
            args.push(("what", Fail::fault(fault, locale).message));
        }
        Fail::new(exit, locale, "hub-fail", error.code(), &args)
    }

    /// The first record of a ledger that is not what it must be.
    pub fn fault(fault: &Fault, locale: &Locale) -> Fail {
        Fail::new(Exit::Refused, locale, "hub-fault", fault.code, &fault.args())
    }

    /// What of a filter is not understood.
    pub fn filter(error: &FilterError, locale: &Locale) -> Fail {
        Fail::new(Exit::Input, locale, "filter", error.code, &error.args)
    }

    /// What is wrong with the settings; `verbose` adds what the TOML reader said.
    pub fn config(error: &ConfigError, locale: &Locale, verbose: bool) -> Fail {
        let (message, hint) = written::words(locale, error.code, &error.args, verbose);
        Fail { exit: Exit::Input, code: error.code.to_owned(), message, hint, problems: Vec::new() }
    }

    /// A file that cannot be read or written.
    pub fn file(path: &std::path::Path, error: &std::io::Error, locale: &Locale) -> Fail {
        let args = [("path", path.display().to_string()), ("why", error.to_string())];
        Fail::own(Exit::Input, locale, "file", &args)
    }
}

/// Whether a refusal is about a file that was to be evidence.
fn is_file(code: &str) -> bool {
    code.starts_with("evidence-") && code != "evidence-missing"
}

/// Writing to stdout failed. A closed pipe is not a failure: nobody wants the rest.
impl From<std::io::Error> for Fail {
    fn from(e: std::io::Error) -> Fail {
        let closed = e.kind() == std::io::ErrorKind::BrokenPipe;
        Fail {
            exit: if closed { Exit::Done } else { Exit::Internal },
            code: if closed { "closed" } else { "output" }.into(),
            message: e.to_string(),
            hint: String::new(),
            problems: Vec::new(),
        }
    }
}
