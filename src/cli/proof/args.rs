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
}

#[derive(Debug, Subcommand)]
pub enum TestAct {
    Kill9 {
        #[arg(long, value_name = "N", default_value_t = 50)]
        rounds: u64,
        #[arg(long, value_name = "N", default_value_t = 1)]
        seed: u64,
    },
    Orders {
        #[arg(long, value_name = "N", default_value_t = 1)]
        seed: u64,
    },
}
