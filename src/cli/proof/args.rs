//! The arguments of the tools for developers, as clap reads them.

use crate::proof::sim::Rule;
use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};

#[derive(Debug, Args)]
pub struct SimArgs {
    #[arg(long, value_name = "N", default_value_t = 200)]
    pub seeds: u64,
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    pub from: u64,
    #[arg(long = "break", value_name = "RULE", value_parser = PossibleValuesParser::new(Rule::ALL.iter().map(|(_, name)| *name)))]
    pub without: Option<String>,
    #[arg(long, value_name = "N")]
    pub jobs: Option<u64>,
}

#[derive(Debug, Subcommand)]
pub enum TestAct {
    Kill9 {
        #[arg(long, value_name = "N", default_value_t = 50)]
        rounds: u64,
        #[arg(long, value_name = "N", default_value_t = 1)]
        seed: u64,
    },
    Soak(SoakArgs),
    Orders {
        #[arg(long, value_name = "N", default_value_t = 1)]
        seed: u64,
        #[arg(long, value_name = "MS", default_value_t = 10)]
        pace: u64,
    },
}

#[derive(Debug, Args)]
pub struct SoakArgs {
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u8).range(1..=50))]
    pub consoles: u8,
    #[arg(long, value_name = "N", default_value_t = 60.0)]
    pub minutes: f64,
    #[arg(long, value_name = "MS", default_value_t = 1_000)]
    pub pace: u64,
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    #[arg(long)]
    pub tls: bool,
    #[arg(long = "break", value_name = "RULE", value_parser = ["idempotency"])]
    pub without: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum BenchAct {
    Sync {
        #[arg(long, value_name = "N", default_value_t = 160_000)]
        rows: u64,
        #[command(flatten)]
        at: At,
    },
    Fanout {
        #[arg(long, value_name = "N", default_value_t = 1_000)]
        consoles: usize,
        #[arg(long, value_name = "N", default_value_t = 50)]
        rounds: usize,
        #[command(flatten)]
        at: At,
    },
    Push {
        #[arg(long, value_name = "N", default_value_t = 20_000)]
        orders: usize,
        #[arg(long, value_name = "STORE")]
        store: Option<String>,
        #[command(flatten)]
        at: At,
    },
}

/// Where the files of a measurement lie while it runs.
#[derive(Debug, Args)]
pub struct At {
    #[arg(long = "in", value_name = "DIR")]
    pub folder: Option<std::path::PathBuf>,
}
