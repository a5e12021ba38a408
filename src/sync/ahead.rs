//! Pages asked for before they are wanted: while one is written, the rows of the next are read and the one after it is on its way.
//!
//! Owns what runs ahead. What was asked for from another place than where the console turned out to be is dropped; asking ahead is no
//! receipt, and says so.

use super::core::{Failure, Position};
use super::http::{Caller, Raw};
use crate::store::level::Page;
use crate::wire::protocol::{PAGE, Standing};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::task::JoinHandle;

/// Pages under way or waiting: each is some megabytes.
const MOST: usize = 2;

type Coming = JoinHandle<Result<(Standing, Page), Failure>>;

/// The pages of one console. A copy is another hand on the same.
#[derive(Clone)]
pub struct Ahead {
    caller: Caller,
    queue: Arc<Mutex<Queue>>,
}

#[derive(Default)]
struct Queue {
    pages: VecDeque<(Position, Coming)>,
    /// From where to ask when there is room.
    next: Option<Position>,
    /// Rises when all that is coming is dropped: what one of those still says is passed over.
    round: u64,
}

impl Queue {
    fn drop_all(&mut self) {
        self.pages.drain(..).for_each(|(_, page)| page.abort());
        self.next = None;
        self.round += 1;
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        self.drop_all();
    }
}

impl Ahead {
    pub fn new(caller: Caller) -> Ahead {
        Ahead { caller, queue: Arc::default() }
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the page after this position was asked for already.
    pub fn is_coming(&self, at: Position) -> bool {
        self.queue().pages.front().is_some_and(|(from, _)| is_same(*from, at))
    }

    /// The page after a position; where more follow, they are asked for, too. Must be called on a runtime.
    ///
    /// # Errors
    /// As [`Caller::pull`].
    pub async fn page(&self, at: Position) -> Result<(Standing, Page), Failure> {
        let coming = {
            let mut queue = self.queue();
            if queue.pages.front().is_some_and(|(from, _)| is_same(*from, at)) {
                let first = queue.pages.pop_front();
                self.fill(&mut queue);
                first.map(|(_, page)| page)
            } else {
                queue.drop_all();
                None
            }
        };
        match coming {
            Some(page) => page.await.unwrap_or(Err(Failure::Away)),
            None => {
                let round = self.queue().round;
                self.fetch(at, round, false).await
            }
        }
    }

    async fn fetch(&self, at: Position, round: u64, ahead: bool) -> Result<(Standing, Page), Failure> {
        let (standing, raw) = self.caller.raw(at, PAGE, ahead).await?;
        self.came(&raw, round);
        let read = tokio::task::spawn_blocking(move || raw.page()).await;
        read.unwrap_or(Err(Failure::Away)).map(|page| (standing, page))
    }

    /// A page has come: the one after it is asked for next.
    fn came(&self, raw: &Raw, round: u64) {
        let mut queue = self.queue();
        if queue.round == round && !raw.end.done {
            let (head, cursor) = (&raw.head, raw.end.next);
            queue.next = Some(Position { epoch: head.epoch, scope: head.scope, cursor, head: head.head });
            self.fill(&mut queue);
        }
    }

    fn fill(&self, queue: &mut Queue) {
        if queue.pages.len() < MOST
            && let Some(at) = queue.next.take()
        {
            let (ahead, round) = (self.clone(), queue.round);
            let page = Box::pin(async move { ahead.fetch(at, round, true).await });
            queue.pages.push_back((at, tokio::spawn(page)));
        }
    }
}

/// Whether two positions ask for the same page: the head is only what was heard.
fn is_same(a: Position, b: Position) -> bool {
    (a.epoch, a.scope, a.cursor) == (b.epoch, b.scope, b.cursor)
}
