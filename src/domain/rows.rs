//! The rows of the product: one declaration per kind, named as in the glossary.
//!
//! Owns their fields and meaning. Rules about them are in `decide/`, storage in the store's migrations.

use super::codes::*;
use super::record::records;
use super::value::Fen;
use jiff::{Timestamp, civil::Date};

records! {
    /// Any union organisation, from the province down to a workplace (工会). Buyers are those of kind `grassroots`.
    Organisation("organisation", OrgId) {
        code: String,
        name: String,
        name_en: String,
        kind: OrgKind,
        /// GB/T 2260 code or a local `Z…` code of the area it answers for.
        division_code: String,
        parent_id: Option<OrgId>,
        /// Owes annex 1 (四, D1).
        files_annex1: bool,
        /// Owes annex 2 (四, D2).
        files_annex2: bool,
        /// Share of holiday goods reserved for relief products, in 1/10,000 (三（一）1; 3000 by rule).
        quota_rate_bp: i64,
    }
    /// Enterprise or co-operative that makes products (A03).
    Supplier("supplier", SupplierId) {
        code: String,
        name: String,
        kind: SupplierKind,
        /// Unified social credit code, 18 characters; empty when not known.
        credit_code: String,
        county_code: String,
        capacity: String,
        /// Persons helped, never households (附件2 第6列).
        people_helped: i64,
        /// Personal data: masked in lists, shown on demand with an audit record.
        contact_name: String,
        contact_phone: String,
        state: SupplierState,
        /// Flagged for review because another product of it was delisted (effect 11).
        under_review: bool,
    }
    /// One line of the national relief product directory, the eligibility gate (A01).
    DirectoryEntry("directory_entry", DirectoryEntryId) {
        number: String,
        product_name: String,
        supplier_name: String,
        county_code: String,
        batch: String,
        valid_until: Option<Date>,
    }
    /// A good made in the province (扶贫产品).
    Product("product", ProductId) {
        code: String,
        supplier_id: SupplierId,
        county_code: String,
        name: String,
        category: String,
        spec: String,
        unit: String,
        /// Number in the national directory; empty when not known.
        directory_no: String,
        directory_state: DirectoryState,
        /// Usual selling season, `9-11` or `11-2`.
        season: String,
        shelf_life_days: i64,
    }
    /// One product of one supplier in the recommended catalog (A05). Names are as printed in the catalog.
    CatalogEntry("catalog_entry", EntryId) {
        code: String,
        product_id: ProductId,
        supplier_id: SupplierId,
        supplier_name: String,
        county_code: String,
        name: String,
        category: String,
        spec: String,
        unit: String,
        price_fen: Fen,
        /// Pieces on hand as the supplier last stated.
        stock: i64,
        people_helped: i64,
        trace: TraceState,
        state: EntryState,
        /// Why it is in this state, as typed by who put it there.
        state_reason: String,
        state_at: Timestamp,
        /// Code of the incident whose triage suspended it, empty when a person did: the end of that incident lifts the
        /// suspension by itself.
        suspended_for: String,
        /// Edition that first listed it.
        edition_no: Option<i64>,
        /// The delisted entry this one follows (relisting is a new entry).
        relisted_from: Option<EntryId>,
        under_review: bool,
    }
    /// Numbered, dated, immutable state of the catalog (A05).
    CatalogEdition("catalog_edition", EditionId) {
        number: i64,
        dated: Date,
        signer: String,
        note: String,
        state: EditionState,
        listed: i64,
        added: i64,
        removed: i64,
    }
    /// An edition in one of the three places of 三（二）1 (A06).
    Publication("publication", PublicationId) {
        edition_id: EditionId,
        channel: Channel,
        state: PublicationState,
        address: String,
        published_at: Option<Timestamp>,
        /// Set when a delisting asks for the page to be published again (effect 10).
        republish: bool,
    }
    /// Place where products are shown or sold (A19–A22).
    Counter("counter", CounterId) {
        code: String,
        name: String,
        venue_type: String,
        host: String,
        /// County in the province, or the partner city in Jiangsu.
        county_code: String,
        address: String,
        /// Position in millionths of a degree; GCJ-02 like the divisions.
        longitude_e6: i64,
        latitude_e6: i64,
        keeper: String,
        phone: String,
        /// Bank family for counters in bank outlets, else empty.
        bank: String,
        /// One of the 658 demonstration reading rooms (三（三）1).
        demo_room: bool,
        state: CounterState,
        opened_on: Option<Date>,
        closed_on: Option<Date>,
        last_visit: Option<Date>,
    }
    /// A product on a counter's shelf list.
    ShelfLine("shelf_line", ShelfLineId) {
        counter_id: CounterId,
        entry_id: EntryId,
        state: ShelfState,
        placed_on: Date,
        quantity: i64,
        /// Stopped because its product left the catalog, not by hand: goes back on sale with the product.
        stopped_with_entry: bool,
    }
    /// A visit to a counter (巡查).
    Visit("visit", VisitId) {
        counter_id: CounterId,
        visited_on: Date,
        visitor: String,
        note: String,
    }
    /// Complaint, test failure or notice about a product (A31).
    Incident("incident", IncidentId) {
        code: String,
        entry_id: EntryId,
        product_id: ProductId,
        supplier_id: SupplierId,
        county_code: String,
        title: String,
        place: String,
        /// Hazard class; a guess until triage.
        grade: Grade,
        /// Producer's recall class with its legal clock; set at triage.
        recall_class: Option<Grade>,
        batches: String,
        state: IncidentState,
        reporter: String,
        reported_at: Timestamp,
        triaged_at: Option<Timestamp>,
        /// Names of those who verified, joined with 、.
        verified_by: String,
        verified_at: Option<Timestamp>,
        confirmed_by: String,
        confirmed_at: Option<Timestamp>,
        closed_at: Option<Timestamp>,
        notices: i64,
        acknowledged: i64,
        /// Edition that the delisting signed: closing asks that it, or a later one, is verified in every place.
        edition_no: Option<i64>,
    }
    /// One step in an incident's life, with who and when.
    IncidentStep("incident_step", IncidentStepId) {
        incident_id: IncidentId,
        number: i64,
        verb: String,
        at: Timestamp,
        person: String,
        note: String,
    }
    /// A file or reference that supports an incident.
    Evidence("evidence", EvidenceId) {
        incident_id: IncidentId,
        kind: EvidenceKind,
        title: String,
        /// SHA-256 of the content in hex.
        sha256: String,
        bytes: i64,
        added_at: Timestamp,
    }
    /// Order to a counter to take a product down (下架通知).
    RemovalNotice("removal_notice", NoticeId) {
        code: String,
        incident_id: IncidentId,
        entry_id: EntryId,
        counter_id: CounterId,
        county_code: String,
        issued_at: Timestamp,
        due_at: Timestamp,
        state: NoticeState,
        /// How often its counter was reminded (domain section 4: at 2, 8 and 24 hours).
        reminders: i64,
        reminded_at: Option<Timestamp>,
    }
    /// A counter's answer to a removal notice (回执).
    RemovalAck("removal_ack", AckId) {
        notice_id: NoticeId,
        answer: AckAnswer,
        quantity: i64,
        reason: String,
        person: String,
        at: Timestamp,
    }
    /// A buyer of goods that were taken out, who has to be told (domain section 4, effect 12).
    BuyerNotice("buyer_notice", BuyerNoticeId) {
        incident_id: IncidentId,
        entry_id: EntryId,
        buyer_id: OrgId,
        /// Purchases of the affected batches, and what they come to.
        purchases: i64,
        quantity: i64,
        amount_fen: Fen,
        state: BuyerNoticeState,
        notified_at: Option<Timestamp>,
    }
    /// A catalog entry in the online mall (A17): never on sale unless it is listed.
    MallListing("mall_listing", MallListingId) {
        entry_id: EntryId,
        price_fen: Fen,
        state: MallState,
        /// When the mall was last asked to take it off sale.
        off_requested_at: Option<Timestamp>,
        /// Off sale because its product left the catalog, not by hand: goes back with the product.
        stopped_with_entry: bool,
    }
    /// One product of a signed contract between a seller and a supplier (A09).
    SalesAgreement("sales_agreement", AgreementId) {
        code: String,
        seller: String,
        supplier_id: SupplierId,
        entry_id: EntryId,
        quantity: i64,
        price_fen: Fen,
        signed_on: Date,
        ends_on: Date,
        state: AgreementState,
        state_reason: String,
    }
    /// Production lot (A11).
    Batch("batch", BatchId) {
        /// Code of the entry and the lot number on the package: `SX611026-0003-20200611`.
        code: String,
        entry_id: EntryId,
        product_id: ProductId,
        made_on: Date,
        best_before: Option<Date>,
        quantity: i64,
        /// Pieces still with the supplier, as last stated: what can be kept back in a recall.
        left_over: i64,
        state: BatchState,
        state_reason: String,
    }
    /// The code on packages of a batch that opens the trace page (A10). Unique for ever.
    TraceCode("trace_code", TraceCodeId) {
        code: String,
        batch_id: BatchId,
        state: CodeState,
        /// The trace page shows a stop notice (domain section 4, effect 8).
        page_stopped: bool,
    }
    /// Campaign with a budget and dates (A27).
    Promotion("promotion", PromotionId) {
        code: String,
        name: String,
        kind: PromotionKind,
        budget_fen: Fen,
        starts_on: Date,
        ends_on: Date,
        state: PromotionState,
        state_reason: String,
    }
    /// A product a promotion is for.
    PromotionItem("promotion_item", PromotionItemId) {
        promotion_id: PromotionId,
        entry_id: EntryId,
    }
    /// Set of products for a holiday (A12).
    GiftPack("gift_pack", PackId) {
        code: String,
        name: String,
        occasion: String,
        price_fen: Fen,
        audience: String,
        state: PackState,
        state_reason: String,
        valid_until: Option<Date>,
        items: i64,
    }
    /// Product and quantity inside a pack (礼包明细).
    GiftPackItem("gift_pack_item", PackItemId) {
        pack_id: PackId,
        entry_id: EntryId,
        quantity: i64,
        price_fen: Fen,
    }
    /// Order of a union, pooled and shipped (A14).
    PurchaseOrder("purchase_order", OrderId) {
        code: String,
        buyer_id: OrgId,
        pack_id: Option<PackId>,
        seller: String,
        amount_fen: Fen,
        state: OrderState,
        /// Stopped because a product in it is not listed; blocks every step but disputes.
        held: bool,
        held_reason: String,
        ordered_on: Date,
    }
    /// One product of an order.
    OrderLine("order_line", OrderLineId) {
        order_id: OrderId,
        entry_id: EntryId,
        quantity: i64,
        price_fen: Fen,
    }
    /// One purchase of the relief database (A15).
    Purchase("purchase", PurchaseId) {
        code: String,
        buyer_id: OrgId,
        supplier_id: SupplierId,
        entry_id: Option<EntryId>,
        bought_on: Date,
        quantity: i64,
        amount_fen: Fen,
        channel: SalesChannel,
        kind: PurchaseKind,
        voucher_no: String,
        state: PurchaseState,
        /// Kinds of evidence present for a fixed-point purchase, 0 to 3 (三（一）7).
        evidence: i64,
        /// The purchase whose figures this one corrects; that one is `adjusted` and counts no more (A15).
        adjusts: Option<PurchaseId>,
        /// The batch that was bought, where it is known.
        batch_id: Option<BatchId>,
    }
    /// A file that backs a purchase (A16; 三（一）7).
    PurchaseEvidence("purchase_evidence", PurchaseEvidenceId) {
        purchase_id: PurchaseId,
        kind: ProofKind,
        title: String,
        /// SHA-256 of the content in hex.
        sha256: String,
        bytes: i64,
        dated: Date,
        added_at: Timestamp,
    }
    /// A date the plan sets (四), D1 to D10 and those added later (A37).
    Deadline("deadline", DeadlineId) {
        code: String,
        title: String,
        title_en: String,
        due_on: Date,
        owner: String,
        /// What must be true for it to be done.
        done_when: String,
        plan_item: String,
        state: DeadlineState,
        done_on: Option<Date>,
        note: String,
    }
    /// What one unit owes for one deadline (A32).
    Return("return", ReturnId) {
        deadline_id: DeadlineId,
        unit_id: OrgId,
        form: ReturnForm,
        state: ReturnState,
        submitted_at: Option<Timestamp>,
        accepted_at: Option<Timestamp>,
        reminders: i64,
        /// 附件1 第7列, in fen.
        planned_fen: Fen,
        /// 附件1 第4列, in persons.
        workers: i64,
        note: String,
    }
    /// Target number with a due date (二).
    Goal("goal", GoalId) {
        code: String,
        title: String,
        title_en: String,
        target: i64,
        unit: GoalUnit,
        due_on: Date,
        plan_item: String,
    }
}
