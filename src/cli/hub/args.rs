//! The arguments of `gongfu hub …`, as clap reads them.

use crate::domain::codes::Role;
use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};
use std::net::SocketAddr;
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub enum HubAct {
    Init {
        #[arg(long = "name", value_name = "HOST")]
        names: Vec<String>,
        #[command(flatten)]
        at: StoreArg,
    },
    Serve(ServeArgs),
    Enrol {
        #[arg(long, value_name = "NAME|CODE")]
        org: String,
        #[arg(long, value_name = "ROLE", value_parser = PossibleValuesParser::new(Role::ALL.iter().map(|r| r.code())))]
        role: Option<String>,
        #[command(flatten)]
        at: StoreArg,
    },
    Devices(StoreArg),
    Revoke {
        #[arg(value_name = "ID|NAME")]
        device: String,
        #[command(flatten)]
        at: StoreArg,
    },
    Verify(StoreArg),
    Unseal {
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[command(flatten)]
        at: StoreArg,
    },
    Audit {
        #[command(subcommand)]
        act: HubAuditAct,
    },
    Backup {
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[arg(long)]
        safe: bool,
        #[command(flatten)]
        at: StoreArg,
    },
    Restore {
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[command(flatten)]
        at: StoreArg,
    },
    Migrate {
        #[arg(long, value_name = "STORE")]
        from: String,
        #[arg(long, value_name = "STORE")]
        to: String,
    },
}

#[derive(Debug, Subcommand)]
pub enum HubAuditAct {
    Export {
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        #[command(flatten)]
        at: StoreArg,
    },
}

#[derive(Debug, Args)]
pub struct ServeArgs {
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7610")]
    pub listen: SocketAddr,
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
    #[arg(long)]
    pub notify: bool,
    #[command(flatten)]
    pub at: StoreArg,
}

/// Where the ledger lies. Read here and not by clap: what is wrong in it may hold a password and is never told back.
#[derive(Debug, Args)]
pub struct StoreArg {
    #[arg(long, value_name = "STORE")]
    pub store: Option<String>,
}
