//! The one table of actions: what can be done, by which keys, where, and how dangerous it is.
//!
//! Key map, footer, palette, help and `docs/keys.md` are made from it. Labels are `action-<id>` in the locale files.
//! What an action does is in `app`.

use super::keys::Chord;
use crate::domain::machine::Verb;
use crate::domain::rows::Kind;
use std::collections::{BTreeMap, HashMap};

/// Where an action is at hand. A view has several: a catalog list has `List` and `Entry`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    Global,
    Board,
    List,
    Detail,
    /// A catalog entry is under the cursor or open.
    Entry,
    /// The counters view, with its map.
    Map,
    /// The returns matrix.
    Matrix,
    /// A supplier is open.
    Supplier,
    /// A return is under the cursor or open.
    Return,
    /// A quality incident is under the cursor or open.
    Incident,
    /// A removal notice is under the cursor or open.
    Notice,
    /// A buyer who has to be told is under the cursor or open.
    Buyer,
    /// A publication is under the cursor or open.
    Publication,
    /// An order to the hub is under the cursor or open.
    Order,
    /// A gift pack is under the cursor or open.
    Pack,
    /// The page on which a gift pack is made.
    Compose,
}

/// The scope of a record's own actions.
pub fn scope_of(kind: Kind) -> Option<Scope> {
    Some(match kind {
        Kind::CatalogEntry => Scope::Entry,
        Kind::Supplier => Scope::Supplier,
        Kind::Return => Scope::Return,
        Kind::Incident => Scope::Incident,
        Kind::RemovalNotice => Scope::Notice,
        Kind::BuyerNotice => Scope::Buyer,
        Kind::Publication => Scope::Publication,
        Kind::GiftPack => Scope::Pack,
        _ => return None,
    })
}

/// What an action may change (console requirement R12).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Danger {
    /// Only looks.
    None,
    /// Reversible; asks for a reason.
    Reason,
    /// A plain change that leaves an audit record.
    Record,
    /// Cannot be taken back: shows what it touches, asks why, for the code typed and for another key.
    Final,
}

macro_rules! actions { ($( $variant:ident $id:literal $scope:ident $danger:ident [$($key:literal),*] $footer:literal ),* $(,)?) => {
    /// Every action.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum Action { $($variant),* }

    /// The table.
    pub const ACTIONS: &[Entry] = &[ $( Entry {
        action: Action::$variant, id: $id, scope: Scope::$scope, danger: Danger::$danger, keys: &[$($key),*], footer: $footer,
    } ),* ];
} }

/// One line of the table.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    pub action: Action,
    /// Stable id, used in the config and in docs.
    pub id: &'static str,
    pub scope: Scope,
    pub danger: Danger,
    /// Default keys, the one to show first.
    pub keys: &'static [&'static str],
    /// Place in the footer, 1 first; 0 is not shown there.
    pub footer: u8,
}

actions! {
    Board "view.board" Global None ["1"] 0,
    Catalog "view.catalog" Global None ["2"] 0,
    Counters "view.counters" Global None ["3"] 0,
    Incidents "view.incidents" Global None ["4"] 0,
    Returns "view.returns" Global None ["5"] 0,
    Purchases "view.purchases" Global None ["6"] 0,
    Packs "view.packs" Global None ["7"] 0,
    Partners "view.partners" Global None ["8"] 0,
    Audit "view.audit" Global None ["0"] 0,
    Suppliers "view.suppliers" Global None [] 0,
    Orders "view.orders" Global None [] 0,
    Editions "view.editions" Global None [] 0,
    Deadlines "view.deadlines" Global None [] 0,
    Organisations "view.organisations" Global None [] 0,
    Notices "view.notices" Global None [] 0,
    Outbox "view.outbox" Global None [] 0,
    Quotas "view.quotas" Global None ["Q"] 0,
    Suspend "entry.suspend" Entry Reason ["s"] 3,
    Resume "entry.resume" Entry Reason ["S"] 3,
    Report "incident.report" Entry Reason ["d"] 4,
    ReportNew "incident.report_new" Board Reason ["d"] 3,
    Relist "entry.relist" Entry Reason ["L"] 3,
    Triage "incident.triage" Incident Reason ["T"] 3,
    VerifyIncident "incident.verify" Incident Reason ["V"] 3,
    Attach "incident.attach" Incident Record ["E"] 4,
    Confirm "incident.confirm" Incident Final ["X"] 3,
    Advise "incident.advise" Incident Reason ["D"] 0,
    Unfounded "incident.unfounded" Incident Reason ["U"] 0,
    NotSerious "incident.not_serious" Incident Reason ["N"] 0,
    CloseIncident "incident.close" Incident Reason ["C"] 3,
    Reopen "incident.reopen" Incident Reason ["R"] 3,
    Recall "incident.recall" Incident None ["W"] 4,
    RemindSilent "incident.remind" Incident Record ["r"] 3,
    Answer "notice.answer" Notice Reason ["A"] 3,
    RemindNotice "notice.remind" Notice Record ["r"] 4,
    Check "notice.check" Notice Reason ["K"] 3,
    Tell "buyer.tell" Buyer Record ["B"] 3,
    Publish "publication.publish" Publication Record ["P"] 3,
    VerifyPublication "publication.verify" Publication Record ["H"] 3,
    Again "order.again" Order Record ["A"] 3,
    Merge "order.merge" Order Record ["m"] 3,
    Withdraw "order.withdraw" Order Record ["X"] 4,
    ConsultPack "pack.consult" Pack Record ["U"] 0,
    PublishPack "pack.publish" Pack Record ["P"] 4,
    WithdrawPack "pack.withdraw" Pack Reason ["W"] 0,
    ComposeChange "pack.change" Pack None ["R"] 4,
    ComposeLike "pack.copy" Pack None ["C"] 5,
    Compose "pack.compose" Pack None ["b"] 3,
    ComposeSave "compose.save" Compose Record ["w"] 2,
    ComposeOther "compose.other" Compose None ["n"] 3,
    ComposeMust "compose.must" Compose None ["+", "="] 4,
    ComposeMustNot "compose.must_not" Compose None ["-"] 5,
    ComposeFocus "compose.focus" Compose None ["tab"] 1,
    Undo "incident.undo" Global None ["u"] 0,
    Reveal "supplier.reveal" Supplier Record ["p"] 2,
    Remind "return.remind" Return Record ["r"] 3,
    MatrixList "return.list" Matrix None ["/"] 1,
    Filter "list.filter" List None ["/"] 1,
    Open "move.open" Global None ["enter"] 2,
    Back "move.back" Global None ["esc", "backspace"] 6,
    Up "move.up" Global None ["up", "k"] 0,
    Down "move.down" Global None ["down", "j"] 0,
    PageUp "move.page_up" Global None ["pgup", "ctrl-u"] 0,
    PageDown "move.page_down" Global None ["pgdn", "ctrl-d"] 0,
    Top "move.top" Global None ["g", "home"] 0,
    Bottom "move.bottom" Global None ["G", "end"] 0,
    Left "move.left" Global None ["left", "h"] 0,
    Right "move.right" Global None ["right", "l"] 0,
    Focus "map.focus" Map None ["tab"] 5,
    Map "map.show" Map None ["m"] 4,
    Mark "list.mark" List None ["space"] 5,
    ClearMarks "list.clear_marks" List None ["M"] 0,
    Sort "list.sort" List None ["o"] 4,
    Reverse "list.reverse" List None ["O"] 0,
    Columns "list.columns" List None ["c"] 5,
    Pane "list.pane" List None ["v"] 6,
    Copy "record.copy" Global None ["y"] 0,
    Refresh "screen.refresh" Global None ["f5"] 0,
    Theme "screen.theme" Global None ["t"] 0,
    Repaint "screen.repaint" Global None ["ctrl-l"] 0,
    Enrol "app.enrol" Global None ["e"] 0,
    Palette "app.palette" Global None [":", "ctrl-p"] 7,
    Help "app.help" Global None ["?"] 8,
    Stop "app.stop" Global None ["ctrl-z"] 0,
    Quit "app.quit" Global None ["q"] 9,
}

/// What is wrong with a key setting.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    #[error("there is no action {id:?}; the nearest is {nearest:?}")]
    Unknown { id: String, nearest: String },
    #[error("key {key} means both {first} and {second} in the same place")]
    Twice { key: String, first: &'static str, second: &'static str },
}

/// Which key does what.
#[derive(Debug, Clone)]
pub struct KeyMap {
    keys: HashMap<(Scope, Chord), Action>,
    shown: BTreeMap<Action, Vec<Chord>>,
}

/// The sets of scopes that are at hand together.
pub const TOGETHER: &[&[Scope]] = &[
    &[Scope::Global, Scope::Board],
    &[Scope::Global, Scope::List],
    &[Scope::Global, Scope::List, Scope::Entry],
    &[Scope::Global, Scope::List, Scope::Map],
    &[Scope::Global, Scope::Detail],
    &[Scope::Global, Scope::Detail, Scope::Entry],
    &[Scope::Global, Scope::Detail, Scope::Supplier],
    &[Scope::Global, Scope::List, Scope::Return],
    &[Scope::Global, Scope::Detail, Scope::Return],
    &[Scope::Global, Scope::Matrix, Scope::Return],
    &[Scope::Global, Scope::List, Scope::Incident],
    &[Scope::Global, Scope::List, Scope::Notice],
    &[Scope::Global, Scope::List, Scope::Buyer],
    &[Scope::Global, Scope::List, Scope::Publication],
    // On a record's page a key is for the line under the cursor first, then for the page: the two may share one.
    &[Scope::Global, Scope::Detail, Scope::Incident],
    &[Scope::Global, Scope::Detail, Scope::Notice],
    &[Scope::Global, Scope::Detail, Scope::Buyer],
    &[Scope::Global, Scope::Detail, Scope::Publication],
    &[Scope::Global, Scope::List, Scope::Order],
    &[Scope::Global, Scope::Detail, Scope::Order],
    &[Scope::Global, Scope::List, Scope::Pack],
    &[Scope::Global, Scope::Detail, Scope::Pack],
    &[Scope::Global, Scope::Compose],
];

/// Actions that share one place in the footer, the first that can be done standing there; blank when none can. What comes
/// and goes with the row under the cursor must not push the whole line to and fro with every step.
pub const PLACES: &[&[Action]] = &[
    &[Action::Suspend, Action::Resume, Action::Relist],
    &[Action::Report],
    &[
        Action::Confirm,
        Action::Triage,
        Action::VerifyIncident,
        Action::RemindSilent,
        Action::CloseIncident,
        Action::Reopen,
    ],
    &[Action::Answer, Action::Check],
    &[Action::RemindNotice],
    &[Action::Tell],
    &[Action::Publish, Action::VerifyPublication],
    &[Action::ComposeChange, Action::PublishPack],
    &[Action::Remind],
];

/// The arrow an action walks, when it only walks one: what is asked before is the same for all of them.
pub fn walk_of(action: Action) -> Option<(Kind, Verb)> {
    Some(match action {
        Action::Suspend => (Kind::CatalogEntry, Verb::Suspend),
        Action::Resume => (Kind::CatalogEntry, Verb::Resume),
        Action::VerifyIncident => (Kind::Incident, Verb::Verify),
        Action::Advise => (Kind::Incident, Verb::Advise),
        Action::Unfounded => (Kind::Incident, Verb::Unfounded),
        Action::NotSerious => (Kind::Incident, Verb::NotSerious),
        Action::CloseIncident => (Kind::Incident, Verb::Close),
        Action::Reopen => (Kind::Incident, Verb::Reopen),
        Action::Check => (Kind::RemovalNotice, Verb::Check),
        Action::Tell => (Kind::BuyerNotice, Verb::Notify),
        Action::ConsultPack => (Kind::GiftPack, Verb::Consult),
        Action::PublishPack => (Kind::GiftPack, Verb::Publish),
        Action::WithdrawPack => (Kind::GiftPack, Verb::Withdraw),
        Action::Publish => (Kind::Publication, Verb::Publish),
        Action::VerifyPublication => (Kind::Publication, Verb::Verify),
        _ => return None,
    })
}

/// The verb and kind of the other changes that need a state: what the footer offers.
pub fn needs_of(action: Action) -> Option<(Kind, Verb)> {
    walk_of(action).or(match action {
        Action::Triage => Some((Kind::Incident, Verb::Triage)),
        Action::Confirm => Some((Kind::Incident, Verb::Confirm)),
        Action::Answer | Action::RemindNotice => Some((Kind::RemovalNotice, Verb::Acknowledge)),
        _ => None,
    })
}

impl KeyMap {
    /// The default keys with `changed` ones in their place, by action id.
    ///
    /// # Errors
    /// An unknown action, or a key that would mean two things in one place.
    pub fn new(changed: &BTreeMap<String, Vec<Chord>>) -> Result<KeyMap, KeyError> {
        for id in changed.keys() {
            if !ACTIONS.iter().any(|e| e.id == id) {
                return Err(KeyError::Unknown { id: id.clone(), nearest: nearest(id).to_owned() });
            }
        }
        let mut map = KeyMap { keys: HashMap::new(), shown: BTreeMap::new() };
        for entry in ACTIONS {
            let defaults = || entry.keys.iter().filter_map(|k| k.parse().ok()).collect::<Vec<Chord>>();
            let chords = changed.get(entry.id).cloned().unwrap_or_else(defaults);
            for chord in &chords {
                let rivals = TOGETHER.iter().filter(|set| set.contains(&entry.scope)).flat_map(|set| set.iter());
                for scope in rivals {
                    if let Some(other) = map.keys.get(&(*scope, *chord)).filter(|o| **o != entry.action) {
                        let key = chord.to_string();
                        return Err(KeyError::Twice { key, first: find(*other).id, second: entry.id });
                    }
                }
                map.keys.insert((entry.scope, *chord), entry.action);
            }
            map.shown.insert(entry.action, chords);
        }
        Ok(map)
    }

    /// What a key does where `scopes` are at hand.
    pub fn action(&self, scopes: &[Scope], chord: Chord) -> Option<Action> {
        scopes.iter().find_map(|scope| self.keys.get(&(*scope, chord)).copied())
    }

    /// Whether a key does something anywhere.
    pub fn is_used(&self, chord: Chord) -> bool {
        self.keys.keys().any(|(_, known)| *known == chord)
    }

    /// The keys of an action, the one to show first.
    pub fn keys(&self, action: Action) -> &[Chord] {
        self.shown.get(&action).map_or(&[], Vec::as_slice)
    }
}

/// The line of an action.
pub fn find(action: Action) -> &'static Entry {
    ACTIONS.iter().find(|e| e.action == action).unwrap_or(&ACTIONS[0])
}

/// Text id of an action's label.
pub fn label_id(entry: &Entry) -> String {
    format!("action-{}", entry.id.replace('.', "-"))
}

fn nearest(id: &str) -> &'static str {
    let shared = |known: &str| known.bytes().zip(id.bytes()).take_while(|(a, b)| a == b).count();
    ACTIONS.iter().max_by_key(|e| shared(e.id)).map_or("", |e| e.id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::keys::Reserved;

    #[test]
    fn default_keys_parse_mean_one_thing_and_are_not_reserved() {
        let map = KeyMap::new(&BTreeMap::new()).expect("no key twice");
        for entry in ACTIONS {
            assert_eq!(map.keys(entry.action).len(), entry.keys.len(), "{} has a key that does not parse", entry.id);
            for chord in map.keys(entry.action) {
                let reserved = crate::console::keys::reserved(*chord);
                let own = entry.action == Action::Stop;
                assert!(own || !matches!(reserved, Some(Reserved::Never(_))), "{} {chord}", entry.id);
                assert!(
                    !(entry.danger != Danger::None && (chord.ctrl || chord.to_string() == "enter")),
                    "{}",
                    entry.id
                );
            }
        }
    }

    #[test]
    fn a_changed_key_takes_effect_and_a_clash_or_typo_is_named() {
        let set = |id: &str, key: &str| BTreeMap::from([(id.to_owned(), vec![key.parse::<Chord>().expect("a key")])]);
        let map = KeyMap::new(&set("entry.suspend", "x")).expect("a map");
        assert_eq!(map.action(&[Scope::List, Scope::Entry], Chord::char('x')), Some(Action::Suspend));
        assert_eq!(map.action(&[Scope::List, Scope::Entry], Chord::char('s')), None);
        assert!(matches!(KeyMap::new(&set("entry.suspend", "o")), Err(KeyError::Twice { .. })));
        let typo = KeyMap::new(&set("entry.supend", "x")).unwrap_err();
        assert_eq!(typo, KeyError::Unknown { id: "entry.supend".into(), nearest: "entry.suspend".into() });
    }
}
