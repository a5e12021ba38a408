//! Everything a person can ask for, whoever starts it: key, command line, import, plugin proposal.
//!
//! A command says what is wanted, never what the rows become: that is decided in [`super::decide`]. Texts arrive as
//! typed; the decision cleans them.

mod edit;

pub use edit::{EditRecord, Given};

use super::codes::*;
use super::machine::Verb;
use super::rows::Kind;
use super::value::Fen;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What is asked. Kinds are verbs on nouns, not table writes.
///
/// A command is what travels to the hub, so its form as JSON is part of the protocol: `{"do":"confirm_incident",…}`,
/// ids and codes as text, money in fen, days as `2020-08-20`. `tests/fixtures/wire/commands.ndjson` holds one of each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Command {
    /// Walks one arrow of a state machine; the noun's file holds guards and what follows.
    Move {
        kind: Kind,
        id: Uuid,
        verb: Verb,
        reason: String,
    },
    /// Brings a product into the catalog as a candidate; makes supplier and product when they are not known (三（二）1).
    ProposeEntry(ProposeEntry),
    /// A delisted entry applies anew: a new candidate that links the old one (恢复上架).
    RelistEntry {
        entry: Uuid,
        reason: String,
    },
    /// Records what the national directory says of a product (A01).
    CheckDirectory {
        product: Uuid,
        number: String,
        state: DirectoryState,
    },
    /// Signs the catalog as it stands as the next edition (A05).
    IssueEdition {
        dated: Date,
        note: String,
    },
    /// Shows a supplier's contact in full; changes nothing and leaves an audit record (domain section 8).
    RevealContact {
        supplier: Uuid,
    },
    AddCounter(AddCounter),
    /// Puts a listed product on a counter's shelf.
    PlaceOnShelf {
        counter: Uuid,
        entry: Uuid,
        quantity: i64,
    },
    VisitCounter {
        counter: Uuid,
        on: Date,
        note: String,
    },
    ReportIncident {
        entry: Uuid,
        title: String,
        place: String,
        grade: Grade,
    },
    /// Sets classes and affected batches, and suspends the entry as a precaution when asked.
    TriageIncident {
        incident: Uuid,
        grade: Grade,
        recall_class: Grade,
        batches: String,
        suspend: bool,
        reason: String,
    },
    AddEvidence {
        incident: Uuid,
        kind: EvidenceKind,
        title: String,
        sha256: String,
        bytes: i64,
    },
    /// Confirms by a second person and delists at once (一经查实立即清理).
    ConfirmIncident {
        incident: Uuid,
        /// Code of the product, as the person typed or saw it: a slip in the incident must not delist something else.
        product: String,
        reason: String,
    },
    /// A counter's answer to a removal notice.
    AckRemoval {
        notice: Uuid,
        answer: AckAnswer,
        quantity: i64,
        reason: String,
    },
    /// Reminds a counter that has not answered (domain section 4: at 2, 8 and 24 hours).
    RemindRemoval {
        notice: Uuid,
    },
    /// Reminds every counter of an incident whose reminder is due and was not sent.
    RemindSilent {
        incident: Uuid,
    },
    /// Records a production lot of a product with the codes on its packages (A10, A11).
    RegisterBatch {
        entry: Uuid,
        /// The number printed on the package, unique within the product.
        lot: String,
        made_on: Date,
        best_before: Option<Date>,
        quantity: i64,
        codes: Vec<String>,
    },
    /// Puts a listed product into the online mall (A17).
    OfferInMall {
        entry: Uuid,
        price: Fen,
    },
    /// Records a signed agreement about a listed product (A09).
    SignAgreement {
        entry: Uuid,
        seller: String,
        quantity: i64,
        price: Fen,
        signed_on: Date,
        ends_on: Date,
    },
    /// Plans a promotion for listed products (A27).
    PlanPromotion {
        name: String,
        kind: PromotionKind,
        budget: Fen,
        starts_on: Date,
        ends_on: Date,
        entries: Vec<Uuid>,
    },
    DraftPack {
        name: String,
        occasion: String,
        audience: String,
        price: Fen,
        items: Vec<(Uuid, i64)>,
        valid_until: Option<Date>,
    },
    /// Sets how many of an entry a pack holds; 0 takes it out.
    SetPackItem {
        pack: Uuid,
        entry: Uuid,
        quantity: i64,
    },
    PlaceOrder {
        buyer: Uuid,
        seller: String,
        pack: Option<Uuid>,
        lines: Vec<(Uuid, i64)>,
    },
    AddPurchase(AddPurchase),
    /// Attaches a file to a purchase that is not decided yet (A16; 三（一）7).
    AddPurchaseEvidence(AddPurchaseEvidence),
    /// Corrects a counted purchase: it becomes adjusted, and a purchase that links it is counted in its stead (A15).
    AdjustPurchase {
        purchase: Uuid,
        /// The right figures; 0 of both when all of it was given back.
        quantity: i64,
        amount: Fen,
        reason: String,
    },
    /// Files the figures of a return and submits it (附件1).
    FileReturn {
        id: Uuid,
        workers: i64,
        planned: Fen,
        note: String,
    },
    /// Reminds the unit that owes a return (催报).
    RemindReturn {
        id: Uuid,
    },
    SetDeadline {
        id: Uuid,
        due_on: Date,
        reason: String,
    },
    SetGoal {
        id: Uuid,
        target: i64,
        reason: String,
    },
    /// Corrects fields of a record without moving it on its way.
    Edit(EditRecord),
}

/// A line of a product list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProposeEntry {
    pub supplier_name: String,
    pub supplier_kind: SupplierKind,
    pub credit_code: String,
    pub county_code: String,
    pub name: String,
    pub category: String,
    pub spec: String,
    pub unit: String,
    pub price: Fen,
    pub stock: i64,
    pub people_helped: i64,
    pub directory_no: String,
    pub contact_name: String,
    pub contact_phone: String,
    /// Where the line came from: `typed` or `import:<file hash>!<sheet>!<line>`.
    pub source: String,
}

/// A new counter (A19).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AddCounter {
    pub name: String,
    pub venue_type: String,
    pub host: String,
    pub county_code: String,
    pub address: String,
    pub longitude_e6: i64,
    pub latitude_e6: i64,
    pub keeper: String,
    pub phone: String,
    pub bank: String,
    pub demo_room: bool,
}

/// A purchase as a unit reports it (A15).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AddPurchase {
    pub buyer: Uuid,
    pub supplier: Uuid,
    pub entry: Option<Uuid>,
    /// The batch that was bought, where it is known.
    pub batch: Option<Uuid>,
    pub bought_on: Date,
    pub quantity: i64,
    pub amount: Fen,
    pub channel: SalesChannel,
    pub kind: PurchaseKind,
    pub voucher_no: String,
    pub evidence: i64,
}

/// A file that backs a purchase (A16).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AddPurchaseEvidence {
    pub purchase: Uuid,
    pub kind: ProofKind,
    pub title: String,
    pub sha256: String,
    pub bytes: i64,
    pub dated: Date,
}

/// What a command does to what others did meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Only adds: commutes with everything, never a conflict.
    Adding,
    /// Stands on what the person saw: refused as a conflict when that is not so any more.
    Checked,
    /// Safety first: done whatever happened meanwhile, and once however often it is asked.
    Overriding,
}

impl Command {
    /// How the command bears with changes by others that its person had not seen.
    pub fn class(&self) -> Class {
        match self {
            Command::ConfirmIncident { .. } | Command::Move { kind: Kind::CatalogEntry, verb: Verb::Suspend, .. } => {
                Class::Overriding
            }
            Command::Move { .. }
            | Command::RelistEntry { .. }
            | Command::CheckDirectory { .. }
            | Command::IssueEdition { .. }
            | Command::TriageIncident { .. }
            | Command::AckRemoval { .. }
            | Command::SetPackItem { .. }
            | Command::AdjustPurchase { .. }
            | Command::FileReturn { .. }
            | Command::SetDeadline { .. }
            | Command::SetGoal { .. }
            | Command::Edit(_) => Class::Checked,
            Command::ProposeEntry(_)
            | Command::RevealContact { .. }
            | Command::AddCounter(_)
            | Command::PlaceOnShelf { .. }
            | Command::VisitCounter { .. }
            | Command::ReportIncident { .. }
            | Command::AddEvidence { .. }
            | Command::RemindRemoval { .. }
            | Command::RemindSilent { .. }
            | Command::RegisterBatch { .. }
            | Command::OfferInMall { .. }
            | Command::SignAgreement { .. }
            | Command::PlanPromotion { .. }
            | Command::DraftPack { .. }
            | Command::PlaceOrder { .. }
            | Command::AddPurchase(_)
            | Command::AddPurchaseEvidence(_)
            | Command::RemindReturn { .. } => Class::Adding,
        }
    }

    /// The command's stable name, as in audit records and the outbox: `catalog_entry.suspend`, `incident.report`.
    pub fn name(&self) -> String {
        let fixed = match self {
            Command::Move { kind, verb, .. } => return format!("{}.{}", kind.table(), verb.code()),
            Command::Edit(edit) => return format!("{}.edit", edit.kind.table()),
            Command::ProposeEntry(_) => "catalog_entry.propose",
            Command::RelistEntry { .. } => "catalog_entry.relist",
            Command::CheckDirectory { .. } => "product.check_directory",
            Command::IssueEdition { .. } => "catalog_edition.issue",
            Command::RevealContact { .. } => "supplier.reveal_contact",
            Command::AddCounter(_) => "counter.add",
            Command::PlaceOnShelf { .. } => "counter.place",
            Command::VisitCounter { .. } => "counter.visit",
            Command::ReportIncident { .. } => "incident.report",
            Command::TriageIncident { .. } => "incident.triage",
            Command::AddEvidence { .. } => "incident.add_evidence",
            Command::ConfirmIncident { .. } => "incident.confirm",
            Command::AckRemoval { .. } => "removal_notice.acknowledge",
            Command::RemindRemoval { .. } => "removal_notice.remind",
            Command::RemindSilent { .. } => "incident.remind",
            Command::RegisterBatch { .. } => "batch.register",
            Command::OfferInMall { .. } => "mall_listing.offer",
            Command::SignAgreement { .. } => "sales_agreement.sign",
            Command::PlanPromotion { .. } => "promotion.plan",
            Command::DraftPack { .. } => "gift_pack.draft",
            Command::SetPackItem { .. } => "gift_pack.set_item",
            Command::PlaceOrder { .. } => "purchase_order.place",
            Command::AddPurchase(_) => "purchase.add",
            Command::AddPurchaseEvidence(_) => "purchase.add_evidence",
            Command::AdjustPurchase { .. } => "purchase.adjust",
            Command::FileReturn { .. } => "return.file",
            Command::RemindReturn { .. } => "return.remind",
            Command::SetDeadline { .. } => "deadline.set",
            Command::SetGoal { .. } => "goal.set",
        };
        fixed.to_owned()
    }

    /// The names of every command, also those that load data: what an audit may hold.
    pub fn names() -> Vec<String> {
        let fixed = [
            "catalog_entry.propose",
            "catalog_entry.relist",
            "product.check_directory",
            "catalog_edition.issue",
            "supplier.reveal_contact",
            "counter.add",
            "counter.place",
            "counter.visit",
            "incident.report",
            "incident.triage",
            "incident.add_evidence",
            "incident.confirm",
            "removal_notice.acknowledge",
            "removal_notice.remind",
            "incident.remind",
            "batch.register",
            "mall_listing.offer",
            "sales_agreement.sign",
            "promotion.plan",
            "gift_pack.draft",
            "gift_pack.set_item",
            "purchase_order.place",
            "purchase.add",
            "purchase.add_evidence",
            "purchase.adjust",
            "return.file",
            "return.remind",
            "deadline.set",
            "goal.set",
            "catalog_entry.edit",
            "supplier.edit",
            "counter.edit",
            "conflict.merge",
            "database.demo",
            "database.init",
            "database.enrol",
            "hub.contradicted",
            "hub.restored",
            "list.export",
        ];
        let walked = super::machine::ARROWS.iter().map(|a| format!("{}.{}", a.kind.table(), a.verb.code()));
        let mut names: Vec<String> = fixed.iter().map(|n| (*n).to_owned()).chain(walked).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The record the command is about, where it is about one that is there already: what a refused attempt was aimed at.
    pub fn target(&self) -> Option<(Kind, Uuid)> {
        Some(match self {
            Command::Move { kind, id, .. } => (*kind, *id),
            Command::RelistEntry { entry, .. } | Command::ReportIncident { entry, .. } => (Kind::CatalogEntry, *entry),
            Command::CheckDirectory { product, .. } => (Kind::Product, *product),
            Command::RevealContact { supplier } => (Kind::Supplier, *supplier),
            Command::PlaceOnShelf { counter, .. } | Command::VisitCounter { counter, .. } => (Kind::Counter, *counter),
            Command::TriageIncident { incident, .. }
            | Command::RemindSilent { incident }
            | Command::AddEvidence { incident, .. }
            | Command::ConfirmIncident { incident, .. } => (Kind::Incident, *incident),
            Command::RegisterBatch { entry, .. }
            | Command::OfferInMall { entry, .. }
            | Command::SignAgreement { entry, .. } => (Kind::CatalogEntry, *entry),
            Command::AckRemoval { notice, .. } | Command::RemindRemoval { notice } => (Kind::RemovalNotice, *notice),
            Command::SetPackItem { pack, .. } => (Kind::GiftPack, *pack),
            Command::PlaceOrder { buyer, .. } => (Kind::Organisation, *buyer),
            Command::AddPurchase(new) => (Kind::Organisation, new.buyer),
            Command::AddPurchaseEvidence(new) => (Kind::Purchase, new.purchase),
            Command::AdjustPurchase { purchase, .. } => (Kind::Purchase, *purchase),
            Command::FileReturn { id, .. } | Command::RemindReturn { id } => (Kind::Return, *id),
            Command::SetDeadline { id, .. } => (Kind::Deadline, *id),
            Command::SetGoal { id, .. } => (Kind::Goal, *id),
            Command::Edit(edit) => (edit.kind, edit.id),
            Command::ProposeEntry(_)
            | Command::IssueEdition { .. }
            | Command::AddCounter(_)
            | Command::PlanPromotion { .. }
            | Command::DraftPack { .. } => return None,
        })
    }

    /// Why, as the person typed it; empty when the command asks for none.
    pub fn reason(&self) -> &str {
        match self {
            Command::Move { reason, .. }
            | Command::RelistEntry { reason, .. }
            | Command::TriageIncident { reason, .. }
            | Command::ConfirmIncident { reason, .. }
            | Command::AckRemoval { reason, .. }
            | Command::AdjustPurchase { reason, .. }
            | Command::SetDeadline { reason, .. }
            | Command::SetGoal { reason, .. } => reason,
            Command::Edit(edit) => &edit.reason,
            _ => "",
        }
    }
}
