//! The arguments of `pack`, as clap reads them.

use crate::cli::args::{EntryArgs, ListHow};
use clap::{Args, Subcommand};
use jiff::SignedDuration;
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub enum PackAct {
    Solve(SolveArgs),
    List(ListHow),
    Show {
        #[arg(value_name = "CODE")]
        code: String,
    },
    Compare {
        #[arg(value_name = "CODE")]
        one: String,
        #[arg(value_name = "CODE")]
        other: String,
    },
    Consult(EntryArgs),
    Publish(EntryArgs),
    Withdraw(EntryArgs),
    Copy {
        #[arg(value_name = "CODE")]
        code: String,
        #[arg(long, value_name = "NAME")]
        name: String,
    },
    Substitute(SubstituteArgs),
    Export(PackExportArgs),
}

#[derive(Debug, Args)]
pub struct SubstituteArgs {
    #[arg(value_name = "CODE")]
    pub code: Option<String>,
    #[arg(long, value_name = "FILE")]
    pub rules: Option<PathBuf>,
    #[arg(long, value_name = "TIME", default_value = "2s")]
    pub time: SignedDuration,
    #[arg(long)]
    pub apply: bool,
}

#[derive(Debug, Args)]
pub struct PackExportArgs {
    #[arg(value_name = "CODE")]
    pub code: String,
    #[arg(long, value_name = "N")]
    pub packs: Option<i64>,
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    #[arg(long)]
    pub force: bool,
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
}

#[derive(Debug, Args)]
pub struct SolveArgs {
    #[arg(long, value_name = "FILE")]
    pub rules: Vec<PathBuf>,
    #[arg(long, value_name = "YUAN")]
    pub budget: Option<String>,
    #[arg(long, value_name = "YUAN")]
    pub floor: Option<String>,
    #[arg(long, value_name = "N")]
    pub packs: Option<i64>,
    #[arg(long, value_name = "TIME", default_value = "2s")]
    pub time: SignedDuration,
    #[arg(long)]
    pub why: bool,
    #[arg(long, value_name = "K", default_value_t = 0)]
    pub others: usize,
    #[arg(long, value_name = "NAME")]
    pub draft: Option<String>,
    #[arg(long, value_name = "TEXT", default_value = "", requires = "draft")]
    pub occasion: String,
}
