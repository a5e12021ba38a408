//! `gongfu hub …` as an operator runs it: on a file always, on a server where one is named.

mod bad;
mod copies;
mod devices;
mod init;
mod migrate;
mod verify;

use crate::hub::places::{Room, rooms};
use crate::support::{Data, run};
use gongfu::hub::engine::{self, Engine, Place};
use gongfu::hub::ledger::{self, State};
use serde_json::Value as Json;
use std::path::PathBuf;

/// A data directory with its hub's ledger in a place of its own.
pub struct Site {
    pub data: Data,
    pub room: Room,
}

/// A site in each sort of place there is, the ledger made.
pub fn sites() -> Vec<Site> {
    let made = |room| {
        let site = Site { data: Data::new(), room };
        let (code, made) = site.json(&["init"]);
        assert_eq!(code, 0, "{made}");
        site
    };
    rooms().into_iter().map(made).collect()
}

/// The one in a file.
pub fn site() -> Site {
    sites().remove(0)
}

impl Site {
    fn args(&self, args: &[&str]) -> Vec<String> {
        let store = self.room.store();
        let words = ["hub"].into_iter().chain(args.iter().copied()).chain(["--store", &store]);
        words.map(str::to_owned).collect()
    }

    /// Exit code and stdout as JSON of a subcommand.
    pub fn json(&self, args: &[&str]) -> (i32, Json) {
        let all = self.args(args);
        super::json(&self.data, &all.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// Exit code and error of a subcommand; every error has a next step.
    pub fn error(&self, args: &[&str]) -> (i32, Json) {
        let all = self.args(args);
        let (code, why) = super::error(&self.data, &all.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(!why["hint"].as_str().unwrap_or_default().is_empty(), "{args:?} has no next step: {why}");
        (code, why)
    }

    /// Exit code and stdout in words.
    pub fn words(&self, args: &[&str]) -> (i32, String) {
        let all = self.args(args);
        let (code, out, err) = run(self.data.gongfu(&all.iter().map(String::as_str).collect::<Vec<_>>()));
        assert_eq!(err, "");
        (code, out)
    }

    /// Looks into the ledger.
    pub fn with<T>(&self, how: impl FnOnce(&mut dyn Engine) -> T) -> T {
        let pool = self.room.pool();
        let mut engine = pool.get().expect("an engine");
        how(engine.as_mut())
    }

    pub fn state(&self) -> State {
        self.with(|e| ledger::state(e).expect("a ledger"))
    }

    /// Texts in the first column of a statement's rows.
    pub fn texts(&self, sql: &str) -> Vec<String> {
        let rows = self.with(|e| engine::all(e, sql, &[]).expect("rows"));
        rows.iter().map(|r| r[0].as_text().expect("text").to_owned()).collect()
    }

    /// What `verify` says of a whole ledger.
    pub fn whole(&self) -> Json {
        let (code, verdict) = self.json(&["verify"]);
        assert_eq!((code, &verdict["whole"]), (0, &true.into()), "{verdict}");
        verdict
    }

    /// The file of a ledger in one.
    pub fn file(&self) -> PathBuf {
        match &self.room.place {
            Place::Sqlite(path) => path.clone(),
            Place::Postgres(_) => panic!("no file"),
        }
    }

    pub fn is_file(&self) -> bool {
        matches!(self.room.place, Place::Sqlite(_))
    }
}
