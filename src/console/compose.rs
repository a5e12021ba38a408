//! A gift pack worked out beside the screen: what is asked, what is said meanwhile, and what came of it.
//!
//! Owns the order of the questions: first the pack, then what lies around it. Touches neither screen nor database; runs on a thread of its
//! own and ends at once when the rules on the screen have become others.

use crate::domain::sets::CATEGORIES;
use crate::pack::around::{Entering, Limit, Reason};
use crate::pack::best::{Outcome, Pack, best};
use crate::pack::check::RulesError;
use crate::pack::model::Case;
use crate::pack::rules::Rules;
use crate::pack::search::{Ask, Standing};
use crate::store::packs::Shelf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How long the best pack is searched, and how long each question about it may take.
const SEARCH: Duration = Duration::from_secs(20);
pub const QUESTION: Duration = Duration::from_secs(3);
/// Other packs, and products that would enter, that are shown.
const OTHERS: usize = 3;
const ENTERING: usize = 5;

/// What is to be worked out; whoever asked can end it.
#[derive(Debug, Clone)]
pub struct Task {
    pub shelf: Arc<Shelf>,
    pub rules: Arc<Rules>,
    pub cancel: Arc<AtomicBool>,
    /// How long each question about the pack may take.
    pub question: Duration,
}

impl PartialEq for Task {
    fn eq(&self, other: &Task) -> bool {
        Arc::ptr_eq(&self.cancel, &other.cancel)
    }
}

/// What is said of a task.
#[derive(Debug)]
pub enum Word {
    /// How the search stands.
    Standing(Standing),
    /// The pack, or why there is none.
    Found(Result<Found, RulesError>),
    /// Why each item is in; without any when time was up.
    Reasons(Vec<Reason>),
    Others(Vec<Pack>),
    Entering(Vec<Entering>),
    /// Nothing more comes.
    Done,
}

/// What came of the search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub outcome: Outcome,
    /// For a pack that is to be changed: whether no other pack has fewer changes.
    pub fewest: Option<bool>,
}

/// Works it out; `tell` is false when nobody listens any more.
pub fn work(task: &Task, mut tell: impl FnMut(Word) -> bool) {
    let Task { shelf, rules, cancel, question } = task;
    let case = Case { products: &shelf.products, rules, guide: &rules.goal };
    let limit = || Limit { until: Some(Instant::now() + *question), cancel: Arc::clone(cancel) };
    let found = found(&case, task, &mut tell);
    let pack = match &found {
        Ok(Found { outcome: Outcome::Pack(pack), .. }) => Some(pack.clone()),
        _ => None,
    };
    let is_mended = matches!(&found, Ok(Found { fewest: Some(_), .. }));
    if cancel.load(Ordering::Relaxed) || !tell(Word::Found(found)) {
        return;
    }
    // Around a pack that was only to be mended everything else is as it was.
    if let Some(pack) = pack.filter(|_| !is_mended) {
        // Each is shown as soon as it is there; what is not exact is not shown.
        let reasons = case.reasons(&pack, &limit()).unwrap_or_default();
        if cancel.load(Ordering::Relaxed) || !tell(Word::Reasons(reasons)) {
            return;
        }
        let others = case.others(&pack, OTHERS, &limit()).unwrap_or_default();
        if cancel.load(Ordering::Relaxed) || !tell(Word::Others(others)) {
            return;
        }
        let entering = case.entering(&pack, None, ENTERING, &limit()).unwrap_or_default();
        if cancel.load(Ordering::Relaxed) || !tell(Word::Entering(entering)) {
            return;
        }
    }
    tell(Word::Done);
}

fn found(case: &Case<'_>, task: &Task, tell: &mut impl FnMut(Word) -> bool) -> Result<Found, RulesError> {
    let until = Some(Instant::now() + SEARCH);
    if let Some(held) = &task.shelf.pack {
        let limit = Limit { until, cancel: Arc::clone(&task.cancel) };
        if let Some(mended) = case.mended(&held.codes(), CATEGORIES, &limit)? {
            return Ok(Found { outcome: Outcome::Pack(mended.pack), fewest: Some(mended.fewest) });
        }
    }
    let mut say = |standing| _ = tell(Word::Standing(standing));
    let ask = Ask { until, cancel: Arc::clone(&task.cancel), say: &mut say };
    Ok(Found { outcome: best(case, CATEGORIES, ask)?, fewest: None })
}
