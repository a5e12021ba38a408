//! Closed sets of codes: states, roles, kinds, channels. The code text is what is stored, filtered on and translated.
//!
//! Owns the spelling of every code; must not hold rules: which state may follow which is in [`super::machine`].

/// Declares an enum whose variants have a stable code text.
macro_rules! codes {
    ($( $(#[$doc:meta])* $name:ident { $( $variant:ident = $code:literal ),* $(,)? } )*) => { $(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $( $variant ),* }

        impl $name {
            /// Every code of the set, in its natural order.
            pub const ALL: &'static [$name] = &[ $( $name::$variant ),* ];

            /// The stable code text.
            pub const fn code(self) -> &'static str {
                match self { $( $name::$variant => $code ),* }
            }

            /// The member with this code text.
            pub fn parse(text: &str) -> Option<$name> {
                Self::ALL.iter().copied().find(|c| c.code() == text)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(self.code())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(from)?;
                $name::parse(&text).ok_or_else(|| serde::de::Error::custom(format!("{text} is no {}", stringify!($name))))
            }
        }

        impl $crate::domain::value::Cell for $name {
            const TYPE: $crate::domain::value::CellType = $crate::domain::value::CellType::Text;
            fn to_value(&self) -> $crate::domain::value::Value {
                $crate::domain::value::Value::Text(self.code().to_owned())
            }
            fn show(&self, to: &mut dyn FnMut($crate::domain::value::Shown<'_>)) {
                to($crate::domain::value::Shown::Text(self.code()));
            }
            fn from_value(v: $crate::domain::value::Value) -> Result<Self, $crate::domain::value::CellError> {
                let found = match v {
                    $crate::domain::value::Value::Text(t) => match $name::parse(&t) { Some(c) => return Ok(c), None => t },
                    other => format!("{other:?}"),
                };
                Err($crate::domain::value::CellError { what: stringify!($name), found })
            }
        }
    )* };
}
pub(crate) use codes;

codes! {
    /// Kinds of union organisation (附件1 填报单位 and their members).
    OrgKind {
        Provincial = "provincial", City = "city", Zone = "zone", County = "county", Industrial = "industrial",
        Direct = "direct", Enterprise = "enterprise", Grassroots = "grassroots",
    }
    /// How an order to the hub stands: not answered; done; not done because a row was not as the person saw it; not done
    /// because a rule of the hub says no; taken back by a person.
    SendState {
        Waiting = "waiting", Accepted = "accepted", Conflict = "conflict", Denied = "denied", Withdrawn = "withdrawn",
    }
    /// Roles of domain section 8. `Industrial` also covers separately listed unions.
    Role {
        County = "county", City = "city", Industrial = "industrial", Office = "office", Auditor = "auditor",
        SellerFeed = "seller_feed",
    }
    /// A03 suppliers.
    SupplierKind { Enterprise = "enterprise", Cooperative = "cooperative", Lead = "lead" }
    SupplierState {
        Prospect = "prospect", Recommended = "recommended", Certified = "certified", Active = "active",
        Suspended = "suspended", Removed = "removed",
    }
    /// A01 national directory gate.
    DirectoryState { Unknown = "unknown", Found = "found", NotFound = "not_found", Expired = "expired" }
    /// A05 catalog entry. `Delisted` and `Withdrawn` are final.
    EntryState {
        Candidate = "candidate", Screened = "screened", Listed = "listed", Suspended = "suspended",
        Delisted = "delisted", Withdrawn = "withdrawn",
    }
    /// A11 share of the trace chain a listed entry has.
    TraceState { None = "none", Partial = "partial", Full = "full" }
    EditionState { Draft = "draft", Signed = "signed", Published = "published", Superseded = "superseded" }
    /// A06 the three publication places of 三（二）1.
    Channel { Site = "site", PublicAccount = "public_account", Mall = "mall" }
    PublicationState {
        Pending = "pending", Published = "published", Verified = "verified", Failed = "failed", Withdrawn = "withdrawn",
    }
    /// A19 counters.
    CounterState {
        Proposed = "proposed", Approved = "approved", Preparing = "preparing", Active = "active", Paused = "paused",
        Closed = "closed",
    }
    ShelfState { Sellable = "sellable", Stopped = "stopped", Removed = "removed" }
    /// A31 quality incidents, domain section 4.
    IncidentState {
        Reported = "reported", Triaged = "triaged", Verifying = "verifying", Confirmed = "confirmed",
        RemovalRunning = "removal_running", Closed = "closed", Reopened = "reopened", Unfounded = "unfounded",
        NotSerious = "not_serious",
    }
    /// Hazard class: 1 serious, 2 moderate, 3 labelling (危害程度).
    Grade { One = "1", Two = "2", Three = "3" }
    EvidenceKind {
        TestReport = "test_report", RegulatorNotice = "regulator_notice", Photo = "photo", Complaint = "complaint",
        Other = "other",
    }
    NoticeState {
        Unacknowledged = "unacknowledged", Acknowledged = "acknowledged", Explained = "explained", Checked = "checked",
    }
    /// Whether a buyer of affected goods has been told (domain section 4, effect 12).
    BuyerNoticeState { Pending = "pending", Notified = "notified" }
    /// What a counter answers to a removal notice.
    AckAnswer { Removed = "removed", NoneHeld = "none_held", Cannot = "cannot" }
    /// A12 gift packs.
    PackState {
        Draft = "draft", Consulted = "consulted", Published = "published", NeedsReplacement = "needs_replacement",
        Withdrawn = "withdrawn", Expired = "expired",
    }
    /// A14 purchase orders.
    OrderState {
        Requested = "requested", Pooled = "pooled", Ordered = "ordered", Shipped = "shipped", Received = "received",
        Accepted = "accepted", Disputed = "disputed", Settled = "settled", Cancelled = "cancelled",
    }
    /// A15 purchases; only `Counted` ones add to the goal.
    PurchaseState {
        Draft = "draft", Submitted = "submitted", WaitingEvidence = "waiting_evidence", Counted = "counted",
        Rejected = "rejected", Adjusted = "adjusted",
    }
    SalesChannel { Mall = "mall", Central = "central", Counter = "counter", Expo = "expo", Partner = "partner", SelfReport = "self_report" }
    PurchaseKind {
        UnionGoods = "union_goods", FixedPoint = "fixed_point", BuyAsDonation = "buy_as_donation",
        BuyAsHelp = "buy_as_help", Individual = "individual",
    }
    /// The three kinds of evidence of 三（一）7.
    ProofKind { ProofOfTask = "proof_of_task", PurchaseVoucher = "purchase_voucher", ReliefEffect = "relief_effect" }
    /// A17 the online mall.
    MallState { OnSale = "on_sale", OffSale = "off_sale" }
    /// A09 directed sales agreements, from their signing on.
    AgreementState {
        Signed = "signed", Performing = "performing", Suspended = "suspended", Done = "done", Terminated = "terminated",
    }
    /// A11 production lots.
    BatchState {
        Made = "made", Released = "released", Moving = "moving", SoldOut = "sold_out", Held = "held",
        Recalled = "recalled", Destroyed = "destroyed",
    }
    /// A10 codes on packages.
    CodeState {
        Reserved = "reserved", Printed = "printed", Active = "active", Recalled = "recalled", Retired = "retired",
    }
    /// A27 promotions.
    PromotionState {
        Planned = "planned", Funded = "funded", Running = "running", Paused = "paused", Drawn = "drawn",
        Settled = "settled", Closed = "closed",
    }
    PromotionKind { RedPacket = "red_packet", Coupon = "coupon", Lottery = "lottery" }
    /// A37 deadlines. Due soon, due today and overdue follow from the day and are not stored.
    DeadlineState { Open = "open", Done = "done", Waived = "waived" }
    /// How near a deadline is on a given day.
    DueState { Open = "open", DueSoon = "due_soon", DueToday = "due_today", Overdue = "overdue", Done = "done", Waived = "waived" }
    /// A32 returns.
    ReturnState {
        NotStarted = "not_started", Draft = "draft", Submitted = "submitted", Returned = "returned",
        Accepted = "accepted", Amended = "amended",
    }
    ReturnForm { Annex1 = "annex1", Annex2 = "annex2" }
    /// What a goal counts.
    GoalUnit { Fen = "fen", Count = "count" }
}
