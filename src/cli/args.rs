//! The arguments, as clap reads them. Help texts are not here: they come from the locale files by [`super::help`].

use super::hub::args::HubAct;
use super::pack::args::PackAct;
use super::proof::args::{BenchAct, SimArgs, TestAct};
use crate::domain::sets;
use crate::store::list::ListKind;
use clap::builder::PossibleValuesParser;
use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::Timestamp;
use std::path::PathBuf;

#[derive(Debug, Parser)]
#[command(name = "gongfu", version, disable_help_subcommand = true)]
pub struct Cli {
    #[command(flatten)]
    pub globals: Globals,
    #[command(subcommand)]
    pub sub: Option<Sub>,
}

#[derive(Debug, Args)]
pub struct Globals {
    #[arg(long, global = true, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    #[arg(long, global = true, value_name = "NAME")]
    pub profile: Option<String>,
    #[arg(long = "as", global = true, value_name = "PERSON")]
    pub person: Option<String>,
    #[arg(long, global = true, value_name = "LANG", value_parser = PossibleValuesParser::new(["zh-CN", "en"]))]
    pub lang: Option<String>,
    #[arg(long, global = true)]
    pub read_only: bool,
    #[arg(long, global = true, value_name = "RFC3339")]
    pub now: Option<Timestamp>,
    #[arg(long, global = true)]
    pub json: bool,
    #[arg(short, long, global = true)]
    pub quiet: bool,
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
}

#[derive(Debug, Subcommand)]
pub enum Sub {
    Status,
    List(ListArgs),
    Show {
        #[arg(value_name = "KIND", value_parser = PossibleValuesParser::new(super::show::words()))]
        kind: String,
        #[arg(value_name = "CODE")]
        code: String,
    },
    Catalog {
        #[command(subcommand)]
        act: CatalogAct,
    },
    Incident {
        #[command(subcommand)]
        act: IncidentAct,
    },
    Counter {
        #[command(subcommand)]
        act: CounterAct,
    },
    Supplier {
        #[command(subcommand)]
        act: SupplierAct,
    },
    Edition {
        #[command(subcommand)]
        act: EditionAct,
    },
    Audit {
        #[command(subcommand)]
        act: AuditAct,
    },
    Import {
        #[command(subcommand)]
        what: ImportWhat,
    },
    Config {
        #[command(subcommand)]
        act: ConfigAct,
    },
    Keys,
    Themes,
    Doctor,
    Backup {
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    Enrol(EnrolArgs),
    Sync {
        #[arg(long, conflicts_with = "rebuild")]
        watch: bool,
        #[arg(long)]
        rebuild: bool,
    },
    Outbox {
        #[command(subcommand)]
        act: OutboxAct,
    },
    Pack {
        #[command(subcommand)]
        act: PackAct,
    },
    #[command(args_conflicts_with_subcommands = true)]
    Conflicts {
        #[arg(long)]
        count: bool,
        #[command(subcommand)]
        act: Option<ConflictAct>,
    },
    Init {
        #[arg(long, value_name = "NAME|CODE")]
        org: String,
        #[arg(long)]
        force: bool,
    },
    Demo(DemoArgs),
    Hub {
        #[command(subcommand)]
        act: HubAct,
    },
    Completions {
        #[arg(value_name = "SHELL", value_enum)]
        shell: clap_complete::Shell,
    },
    Man {
        #[arg(value_name = "DIR")]
        dir: PathBuf,
    },
    #[command(hide = true)]
    Sim(SimArgs),
    #[command(hide = true)]
    Test {
        #[command(subcommand)]
        act: TestAct,
    },
    #[command(hide = true)]
    Bench {
        #[command(subcommand)]
        act: BenchAct,
    },
}

#[derive(Debug, Args)]
pub struct EnrolArgs {
    #[arg(value_name = "CODE")]
    pub code: String,
    #[arg(long, value_name = "URL")]
    pub hub: String,
    #[arg(long, value_name = "FILE")]
    pub ca: Option<PathBuf>,
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum OutboxAct {
    List,
    Drop {
        #[arg(value_name = "N")]
        n: i64,
    },
    Export {
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        #[arg(long)]
        sealed: bool,
    },
}

#[derive(Debug, Subcommand)]
pub enum ConflictAct {
    Show {
        #[arg(value_name = "N")]
        n: i64,
    },
    Merge {
        #[arg(value_name = "N")]
        n: i64,
        #[arg(long, value_name = "FIELD,FIELD", value_delimiter = ',')]
        mine: Vec<String>,
        #[arg(long, value_name = "FIELD,FIELD", value_delimiter = ',')]
        theirs: Vec<String>,
    },
    Keep {
        #[arg(value_name = "N")]
        n: i64,
    },
    Apply {
        #[arg(value_name = "N")]
        n: i64,
    },
}

#[derive(Debug, Args)]
pub struct ListArgs {
    #[arg(value_name = "KIND", value_parser = PossibleValuesParser::new(ListKind::ALL.iter().map(|k| k.code())))]
    pub kind: String,
    #[command(flatten)]
    pub how: ListHow,
}

/// How rows are chosen and written; shared by `list` and `audit list`.
#[derive(Debug, Args)]
pub struct ListHow {
    #[arg(long, value_name = "EXPR")]
    pub filter: Option<String>,
    #[arg(long, value_name = "COL,-COL", allow_hyphen_values = true)]
    pub sort: Option<String>,
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    #[arg(long, value_name = "COL,COL")]
    pub columns: Option<String>,
    #[arg(long, value_enum)]
    pub format: Option<Format>,
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
}

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Table,
    Csv,
    Json,
    Ndjson,
}

#[derive(Debug, Subcommand)]
pub enum CatalogAct {
    Screen(EntryArgs),
    List(EntryArgs),
    Suspend(EntryArgs),
    Resume(EntryArgs),
    Withdraw(EntryArgs),
    Relist(EntryArgs),
    Edit(EditArgs),
}

#[derive(Debug, Subcommand)]
pub enum SupplierAct {
    Edit(EditArgs),
}

/// The codes of a set, as values an argument takes.
fn codes(set: &str) -> PossibleValuesParser {
    PossibleValuesParser::new(sets::codes_of(set))
}

#[derive(Debug, Subcommand)]
pub enum IncidentAct {
    Report {
        #[arg(value_name = "PRODUCT")]
        code: String,
        #[arg(long, value_name = "TEXT")]
        title: String,
        #[arg(long, value_name = "TEXT", default_value = "")]
        place: String,
        #[arg(long, value_name = "CLASS", value_parser = codes("grade"))]
        grade: String,
    },
    Triage(TriageArgs),
    Verify(EntryArgs),
    Advise(EntryArgs),
    Evidence {
        #[command(subcommand)]
        act: EvidenceAct,
    },
    Confirm {
        #[arg(value_name = "CODE")]
        code: String,
        #[arg(long, value_name = "PRODUCT")]
        product: String,
        #[arg(long, value_name = "TEXT", default_value = "")]
        reason: String,
    },
    Unfounded(EntryArgs),
    NotSerious(EntryArgs),
    Close(EntryArgs),
    Reopen(EntryArgs),
    Receipts {
        #[arg(value_name = "CODE")]
        code: String,
    },
    Notice {
        #[arg(value_name = "CODE")]
        code: String,
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        #[arg(long)]
        force: bool,
    },
}

#[derive(Debug, Args)]
pub struct TriageArgs {
    #[arg(value_name = "CODE")]
    pub code: String,
    #[arg(long, value_name = "CLASS", value_parser = codes("grade"))]
    pub grade: String,
    #[arg(long, value_name = "CLASS", value_parser = codes("grade"))]
    pub recall_class: Option<String>,
    #[arg(long, value_name = "LOT,LOT", default_value = "")]
    pub batches: String,
    #[arg(long)]
    pub suspend: bool,
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub reason: String,
}

#[derive(Debug, Subcommand)]
pub enum EvidenceAct {
    Add {
        #[arg(value_name = "CODE")]
        code: String,
        #[arg(long, value_name = "KIND", value_parser = codes("evidence"))]
        kind: String,
        #[arg(long, value_name = "TEXT")]
        title: String,
        #[arg(long, value_name = "FILE")]
        file: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
pub enum CounterAct {
    Edit(EditArgs),
    Ack {
        #[arg(value_name = "NOTICE")]
        code: String,
        #[arg(long, value_name = "ANSWER", value_parser = codes("answer"))]
        answer: String,
        #[arg(long, value_name = "N", default_value_t = 0)]
        quantity: i64,
        #[arg(long, value_name = "TEXT", default_value = "")]
        reason: String,
    },
    Check {
        #[arg(value_name = "NOTICE")]
        code: String,
        #[arg(long, value_name = "TEXT", default_value = "")]
        reason: String,
    },
    Remind {
        #[arg(value_name = "NOTICE", required_unless_present_any = ["incident", "due"])]
        code: Option<String>,
        #[arg(long, value_name = "CODE", conflicts_with = "code")]
        incident: Option<String>,
        #[arg(long, conflicts_with_all = ["code", "incident"])]
        due: bool,
    },
}

#[derive(Debug, Subcommand)]
pub enum EditionAct {
    Publish(PlaceArgs),
    Verify(PlaceArgs),
}

#[derive(Debug, Args)]
pub struct PlaceArgs {
    #[arg(value_name = "NUMBER")]
    pub number: String,
    #[arg(long, value_name = "PLACE", value_parser = codes("channel_place"))]
    pub channel: String,
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub reason: String,
}

#[derive(Debug, Args)]
pub struct EditArgs {
    #[arg(value_name = "CODE")]
    pub code: String,
    #[arg(value_name = "FIELD=VALUE", required = true)]
    pub set: Vec<String>,
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub reason: String,
}

#[derive(Debug, Args)]
pub struct EntryArgs {
    #[arg(value_name = "CODE")]
    pub code: String,
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub reason: String,
}

#[derive(Debug, Subcommand)]
pub enum AuditAct {
    List(ListHow),
    Verify {
        #[arg(long, value_name = "FILE")]
        export: Option<PathBuf>,
    },
}

#[derive(Debug, Subcommand)]
pub enum ConfigAct {
    Check,
    Show,
    Path,
}

#[derive(Debug, Subcommand)]
pub enum ImportWhat {
    Catalog(ImportCatalog),
    Reference {
        #[arg(value_name = "TABLE")]
        table: String,
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

#[derive(Debug, Args)]
pub struct ImportCatalog {
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    #[arg(long)]
    pub dry_run: bool,
    #[arg(long)]
    pub yes: bool,
    #[arg(long, value_name = "S")]
    pub sheet: Option<String>,
}

#[derive(Debug, Args)]
pub struct DemoArgs {
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub scale: u32,
    #[arg(long, value_name = "N", default_value_t = super::demo::DEFAULT_SEED)]
    pub seed: u64,
    #[arg(long)]
    pub no_tui: bool,
    #[arg(long)]
    pub alone: bool,
    #[arg(long, value_name = "DIR")]
    pub keep: Option<PathBuf>,
}
