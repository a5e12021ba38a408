//! What a person says of an order to the hub: take it back, once more, field by field.
//!
//! Owns the threads on which the writer is waited for.

use super::{Loop, Message};
use crate::domain::refusal::Refusal;
use crate::store::{Done, StoreError};

impl Loop<'_> {
    /// Takes an order to the hub back, or asks for it once more. On a thread: the writer is waited for.
    pub(super) fn order(&mut self, n: i64, again: bool) {
        self.writing += 1;
        let (store, send, actor) = (self.store.clone(), self.send.clone(), self.app.facts.actor.clone());
        let work = move || {
            let settled = || StoreError::Refused(Refusal::new("order-settled").with("n", n.to_string()));
            let result = match again {
                true => store.order_again(&actor, n),
                false => store.withdraw(n).and_then(|done| {
                    let nothing = Done { codes: Vec::new(), audit_no: 0, changes: 0 };
                    if done { Ok(nothing) } else { Err(settled()) }
                }),
            };
            let what = format!("{}:{n}", if again { "order_again" } else { "order_withdraw" });
            // The loop is gone only when the program ends; what is done is on the disk either way.
            let _ = send.send(Message::Submitted { what, about: Vec::new(), result });
        };
        if std::thread::Builder::new().name("order".into()).spawn(work).is_err() {
            self.writing -= 1;
        }
    }

    /// Settles a conflict field by field. On a thread: the writer is waited for.
    pub(super) fn merge(&mut self, n: i64, rev: i64, (mine, theirs): (&[&str], &[&str])) {
        self.writing += 1;
        let (store, send, actor) = (self.store.clone(), self.send.clone(), self.app.facts.actor.clone());
        let owned = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
        let (mine, theirs) = (owned(mine), owned(theirs));
        let work = move || {
            let result = store.order_merge(&actor, n, (&mine, &theirs), Some(rev));
            let sent = result.as_ref().is_ok_and(|done| done.changes > 0);
            let what = format!("{}:{n}", if sent { "order_merge" } else { "order_merge_away" });
            // The loop is gone only when the program ends; what is done is on the disk either way.
            let _ = send.send(Message::Submitted { what, about: Vec::new(), result });
        };
        if std::thread::Builder::new().name("merge".into()).spawn(work).is_err() {
            self.writing -= 1;
        }
    }
}
