//! Every state machine of the product as one table of arrows.
//!
//! [`step`] moves along an arrow or refuses naming the state; help texts and `docs/states.md` are made from the same
//! table. A state not reached by an arrow cannot be reached at all.

use super::codes::*;
use super::refusal::{Refusal, wrong_state};
use super::rights::Right;
use super::rows::Kind;

codes! {
    /// What a person does to a row; the word in commands, keys and audit records.
    Verb {
        Screen = "screen", Reject = "reject", List = "list", Suspend = "suspend", Resume = "resume", Delist = "delist",
        Withdraw = "withdraw", Sign = "sign", Publish = "publish", Supersede = "supersede", Verify = "verify", Fail = "fail",
        Recommend = "recommend", Certify = "certify", Activate = "activate", Remove = "remove", Approve = "approve",
        Prepare = "prepare", Open = "open", Pause = "pause", Close = "close", Stop = "stop", Triage = "triage",
        Confirm = "confirm", StartRemoval = "start_removal", Reopen = "reopen", Unfounded = "unfounded", NotSerious = "not_serious",
        Acknowledge = "acknowledge", Explain = "explain", Check = "check", Consult = "consult", Expire = "expire",
        Pool = "pool", Order = "order", Ship = "ship", Receive = "receive", Accept = "accept", Dispute = "dispute",
        Settle = "settle", Submit = "submit", Count = "count", AskEvidence = "ask_evidence", Adjust = "adjust",
        Cancel = "cancel", Finish = "finish", Waive = "waive", Draft = "draft", SendBack = "send_back", Amend = "amend",
        Notify = "notify", Release = "release", SellOut = "sell_out", Hold = "hold", Recall = "recall", Destroy = "destroy",
        Advise = "advise", CallOff = "call_off", Print = "print", Retire = "retire", Fund = "fund", Draw = "draw",
    }
}

/// One arrow: `from --verb--> to`, who may walk it, and the plan item it comes from.
#[derive(Debug, Clone, Copy)]
pub struct Arrow {
    pub kind: Kind,
    pub from: &'static str,
    pub verb: Verb,
    pub to: &'static str,
    pub right: Right,
    /// Whether the person must say why.
    pub reason: bool,
    pub item: &'static str,
}

/// A state type that has a machine.
pub trait State: Copy + PartialEq + 'static {
    const KIND: Kind;
    fn code(self) -> &'static str;
    fn parse(text: &str) -> Option<Self>;
    fn all() -> &'static [Self];
}

macro_rules! states { ($($ty:ident => $kind:ident),* $(,)?) => {
    $( impl State for $ty {
        const KIND: Kind = Kind::$kind;
        fn code(self) -> &'static str { $ty::code(self) }
        fn parse(text: &str) -> Option<Self> { $ty::parse(text) }
        fn all() -> &'static [Self] { $ty::ALL }
    } )*

    /// The kinds that have a state machine, each with its states in order.
    pub fn machines() -> Vec<(Kind, Vec<&'static str>)> {
        vec![ $( (Kind::$kind, $ty::ALL.iter().map(|s| s.code()).collect()) ),* ]
    }
} }

states! {
    EntryState => CatalogEntry, EditionState => CatalogEdition, PublicationState => Publication,
    SupplierState => Supplier, CounterState => Counter, ShelfState => ShelfLine, IncidentState => Incident,
    NoticeState => RemovalNotice, BuyerNoticeState => BuyerNotice, MallState => MallListing, AgreementState => SalesAgreement,
    BatchState => Batch, CodeState => TraceCode, PromotionState => Promotion, PackState => GiftPack, OrderState => PurchaseOrder, PurchaseState => Purchase,
    DeadlineState => Deadline, ReturnState => Return,
}

/// States from which no arrow may ever lead, whatever is added to the table (a test holds it).
pub const FINAL: &[(Kind, &str)] = &[
    (Kind::CatalogEntry, "delisted"),
    (Kind::Supplier, "removed"),
    (Kind::Counter, "closed"),
    (Kind::ShelfLine, "removed"),
    (Kind::CatalogEdition, "superseded"),
    (Kind::PurchaseOrder, "cancelled"),
    (Kind::SalesAgreement, "terminated"),
    (Kind::Batch, "destroyed"),
    (Kind::TraceCode, "retired"),
];

macro_rules! arrows { ($( $kind:ident, $right:ident, $item:literal: $( $from:literal $verb:ident $($reason:ident)? -> $to:literal ),* $(,)? ; )*) => {
    /// The table.
    pub const ARROWS: &[Arrow] = &[ $( $( Arrow {
        kind: Kind::$kind, from: $from, verb: Verb::$verb, to: $to, right: Right::$right,
        reason: arrows!(@reason $($reason)?), item: $item,
    } ),* ),* ];
}; (@reason) => { false }; (@reason why) => { true } }

arrows! {
    CatalogEntry, EditSuppliers, "三（二）1": "candidate" Screen -> "screened", "screened" Reject why -> "candidate",
        "candidate" Withdraw why -> "withdrawn", "screened" Withdraw why -> "withdrawn";
    CatalogEntry, ApproveSuppliers, "三（二）1": "listed" Withdraw why -> "withdrawn";
    CatalogEntry, PublishEdition, "三（二）1": "screened" List -> "listed";
    CatalogEntry, Suspend, "三（二）1": "listed" Suspend why -> "suspended", "suspended" Resume why -> "listed";
    CatalogEntry, ConfirmDelist, "三（二）1": "listed" Delist why -> "delisted", "suspended" Delist why -> "delisted",
        "withdrawn" Delist why -> "delisted";
    CatalogEdition, PublishEdition, "三（二）1": "draft" Sign -> "signed", "signed" Publish -> "published",
        "published" Supersede -> "superseded";
    Publication, PublishEdition, "三（二）1": "pending" Publish -> "published", "pending" Fail why -> "failed",
        "published" Verify -> "verified", "published" Fail why -> "failed", "failed" Publish -> "published",
        "verified" Withdraw -> "withdrawn", "published" Withdraw -> "withdrawn", "failed" Withdraw -> "withdrawn";
    Supplier, EditSuppliers, "三（二）1": "prospect" Recommend -> "recommended", "prospect" Remove why -> "removed";
    Supplier, ApproveSuppliers, "三（二）1": "recommended" Certify -> "certified", "certified" Activate -> "active", "active" Suspend why -> "suspended", "suspended" Activate why -> "active",
        "recommended" Remove why -> "removed", "certified" Remove why -> "removed",
        "active" Remove why -> "removed", "suspended" Remove why -> "removed";
    Counter, ApproveCounters, "三（三）1": "proposed" Approve -> "approved";
    Counter, EditCounters, "三（三）1": "approved" Prepare -> "preparing",
        "preparing" Open -> "active", "active" Pause why -> "paused", "paused" Open -> "active",
        "proposed" Close why -> "closed", "approved" Close why -> "closed", "preparing" Close why -> "closed",
        "active" Close why -> "closed", "paused" Close why -> "closed";
    ShelfLine, Suspend, "三（二）1": "sellable" Stop -> "stopped", "stopped" Resume -> "sellable";
    ShelfLine, EditCounters, "三（三）1": "sellable" Remove -> "removed", "stopped" Remove -> "removed";
    Incident, Suspend, "三（二）1": "reported" Triage why -> "triaged";
    Incident, VerifyIncident, "三（二）1": "triaged" Verify why -> "verifying",
        "verifying" Verify why -> "verifying", "verifying" Advise why -> "verifying", "reopened" Verify why -> "verifying";
    Incident, ConfirmDelist, "三（二）1": "verifying" Confirm why -> "confirmed", "verifying" CallOff why -> "verifying", "confirmed" StartRemoval -> "removal_running",
        "triaged" Unfounded why -> "unfounded", "verifying" Unfounded why -> "unfounded",
        "triaged" NotSerious why -> "not_serious", "verifying" NotSerious why -> "not_serious",
        "removal_running" Close why -> "closed", "closed" Reopen why -> "reopened";
    RemovalNotice, AckRemoval, "三（二）1": "unacknowledged" Acknowledge -> "acknowledged",
        "unacknowledged" Explain why -> "explained", "explained" Acknowledge -> "acknowledged", "acknowledged" Check -> "checked";
    BuyerNotice, VerifyPurchases, "三（二）1": "pending" Notify -> "notified";
    MallListing, Suspend, "三（三）2": "on_sale" Stop why -> "off_sale", "off_sale" Resume -> "on_sale";
    SalesAgreement, HandleOrders, "三（二）2": "signed" Activate -> "performing", "performing" Finish -> "done",
        "signed" Stop why -> "suspended", "performing" Stop why -> "suspended", "suspended" Activate -> "performing",
        "signed" Cancel why -> "terminated", "performing" Cancel why -> "terminated", "suspended" Cancel why -> "terminated";
    Batch, EditSuppliers, "三（二）3": "made" Release -> "released", "released" Ship -> "moving", "released" SellOut -> "sold_out",
        "moving" SellOut -> "sold_out", "made" Hold why -> "held", "released" Hold why -> "held", "moving" Hold why -> "held",
        "held" Release -> "released", "recalled" Destroy why -> "destroyed";
    Batch, ConfirmDelist, "三（二）1": "made" Recall why -> "recalled", "released" Recall why -> "recalled",
        "moving" Recall why -> "recalled", "sold_out" Recall why -> "recalled", "held" Recall why -> "recalled";
    TraceCode, EditSuppliers, "三（二）3": "reserved" Print -> "printed", "printed" Activate -> "active", "active" Retire -> "retired",
        "recalled" Retire -> "retired";
    TraceCode, ConfirmDelist, "三（二）1": "reserved" Recall why -> "recalled", "printed" Recall why -> "recalled",
        "active" Recall why -> "recalled";
    Promotion, PublishEdition, "三（三）6": "planned" Fund -> "funded", "funded" Open -> "running", "running" Draw -> "drawn",
        "running" Settle -> "settled", "drawn" Settle -> "settled", "settled" Close -> "closed", "funded" Pause why -> "paused",
        "running" Pause why -> "paused", "paused" Open -> "running";
    GiftPack, PublishPacks, "三（二）4": "draft" Consult -> "consulted", "draft" Publish -> "published",
        "consulted" Publish -> "published", "needs_replacement" Publish -> "published", "published" Stop why -> "needs_replacement",
        "draft" Withdraw why -> "withdrawn", "consulted" Withdraw why -> "withdrawn", "published" Withdraw why -> "withdrawn",
        "needs_replacement" Withdraw why -> "withdrawn", "published" Expire -> "expired";
    PurchaseOrder, HandleOrders, "四": "requested" Pool -> "pooled", "pooled" Order -> "ordered", "ordered" Ship -> "shipped",
        "accepted" Settle -> "settled";
    PurchaseOrder, Purchase, "四": "shipped" Receive -> "received", "received" Accept -> "accepted",
        "received" Dispute why -> "disputed", "disputed" Accept why -> "accepted",
        "requested" Cancel why -> "cancelled", "pooled" Cancel why -> "cancelled", "ordered" Cancel why -> "cancelled";
    Purchase, Purchase, "三（一）2": "draft" Submit -> "submitted", "waiting_evidence" Submit -> "submitted";
    Purchase, VerifyPurchases, "三（一）7": "submitted" Reject why -> "rejected", "submitted" AskEvidence why -> "waiting_evidence";
    Purchase, CountPurchases, "三（一）7": "submitted" Count -> "counted", "counted" Adjust why -> "adjusted";
    Deadline, ChangeDeadlines, "四": "open" Finish why -> "done", "open" Waive why -> "waived", "done" Reopen why -> "open",
        "waived" Reopen why -> "open";
    Return, SubmitAnnex1, "四": "not_started" Draft -> "draft", "not_started" Submit -> "submitted", "draft" Submit -> "submitted",
        "returned" Submit -> "submitted", "amended" Submit -> "submitted", "accepted" Amend why -> "amended";
    Return, AcceptReturns, "四": "submitted" Accept -> "accepted", "submitted" SendBack why -> "returned";
}

/// The arrow that leaves `from` by `verb`, if there is one.
pub fn arrow(kind: Kind, from: &str, verb: Verb) -> Option<&'static Arrow> {
    ARROWS.iter().find(|a| a.kind == kind && a.from == from && a.verb == verb)
}

/// The right that walks `verb` from `from`; of an arrow that is not there, the right of reporting, which everyone has.
pub fn right<S: State>(from: &S, verb: Verb) -> Right {
    arrow(S::KIND, from.code(), verb).map_or(Right::ReportIncident, |a| a.right)
}

/// The arrows that leave `from`: what can be done now.
pub fn leaving(kind: Kind, from: &str) -> impl Iterator<Item = &'static Arrow> {
    ARROWS.iter().filter(move |a| a.kind == kind && a.from == from)
}

/// The roles that may walk `verb` from some state, as codes joined with commas.
pub fn who_may_walk(kind: Kind, verb: Verb) -> String {
    let right = ARROWS.iter().find(|a| a.kind == kind && a.verb == verb).map(|a| a.right);
    let roles = right.into_iter().flat_map(super::rights::who_may).map(|r| r.code());
    roles.collect::<Vec<_>>().join(",")
}

/// Finds the arrow for `verb` and the state it leads to.
///
/// # Errors
/// `wrong-state` naming the state it is in and the states the verb needs; `reason-missing` when the arrow asks why and
/// `reason` is blank.
pub fn step<S: State>(code: &str, from: S, verb: Verb, reason: &str) -> Result<(&'static Arrow, S), Refusal> {
    let found = arrow(S::KIND, from.code(), verb).and_then(|a| S::parse(a.to).map(|to| (a, to)));
    let Some((arrow, to)) = found else {
        let needs = ARROWS.iter().filter(|a| a.kind == S::KIND && a.verb == verb).map(|a| a.from);
        let needs = needs.collect::<Vec<_>>().join(",");
        return Err(wrong_state(S::KIND, code, from.code(), verb.code(), needs, who_may_walk(S::KIND, verb)));
    };
    if arrow.reason && reason.trim().is_empty() {
        return Err(Refusal::new("reason-missing").with("code", code).with("verb", verb.code()));
    }
    Ok((arrow, to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_arrow_joins_two_known_states_and_no_arrow_is_there_twice() {
        let machines = machines();
        for (i, a) in ARROWS.iter().enumerate() {
            let states = &machines.iter().find(|(k, _)| *k == a.kind).expect("a machine").1;
            assert!(states.contains(&a.from) && states.contains(&a.to), "{a:?}");
            let twin = ARROWS.iter().skip(i + 1).any(|b| b.kind == a.kind && b.from == a.from && b.verb == a.verb);
            assert!(!twin, "{a:?} is there twice");
        }
    }

    #[test]
    fn every_state_but_the_first_is_reached_and_final_states_are_final() {
        for (kind, states) in machines() {
            for (i, state) in states.iter().enumerate() {
                let reached = ARROWS.iter().any(|a| a.kind == kind && a.to == *state);
                assert!(i == 0 || reached, "{kind:?} {state} cannot be reached");
            }
        }
        for (kind, state) in FINAL {
            assert_eq!(leaving(*kind, state).count(), 0, "{kind:?} {state} is final");
        }
    }

    #[test]
    fn a_refused_step_names_the_state_and_what_the_verb_needs() {
        let refusal = step("SX1", EntryState::Delisted, Verb::Resume, "x").unwrap_err();
        assert_eq!(refusal.code, "wrong-state");
        assert!(refusal.args.contains(&("state", "delisted".into())));
        assert!(refusal.args.contains(&("needs", "suspended".into())));
        assert_eq!(step("SX1", EntryState::Listed, Verb::Suspend, " ").unwrap_err().code, "reason-missing");
        assert_eq!(step("SX1", EntryState::Listed, Verb::Suspend, "x").unwrap().1, EntryState::Suspended);
    }
}
