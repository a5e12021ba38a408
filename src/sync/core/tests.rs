//! The schedule, event by event.

use super::*;

const START: Position = Position { epoch: 1, scope: 1, cursor: 10, head: 10 };

fn standing(head: i64) -> Standing {
    Standing { epoch: 1, head, safe: 0, scope: 1, at: 0 }
}

fn secs(n: u64) -> Moment {
    Duration::from_secs(n)
}

/// A console that has started, found nothing to send and nothing new, and listens.
fn resting() -> Core {
    let mut core = Core::new(START, 7);
    let first = core.on(Event::Tick, secs(1));
    assert_eq!(first, [Effect::Push, Effect::Pull(START), Effect::Listen(Ear::Stream, START)]);
    assert_eq!(core.on(Event::Opened, secs(1)), []);
    assert_eq!(core.on(Event::Pushed { standing: standing(10), more: false }, secs(1)), []);
    assert_eq!(core.on(Event::Pulled { standing: standing(10), position: START }, secs(1)), []);
    assert!(core.rests());
    core
}

#[test]
fn what_is_asked_goes_out_at_once_and_what_is_new_is_fetched() {
    let mut core = resting();
    assert_eq!(core.on(Event::Asked, secs(2)), [Effect::Push]);
    assert_eq!(core.on(Event::Asked, secs(2)), [], "one push at a time");
    // The answer names the new head: its page is fetched without waiting for the stream.
    let after = core.on(Event::Pushed { standing: standing(11), more: true }, secs(2));
    assert_eq!(after, [Effect::Push, Effect::Pull(Position { head: 11, ..START })]);
}

#[test]
fn what_is_heard_while_a_page_is_under_way_is_not_forgotten_for_it() {
    let mut core = resting();
    core.on(Event::Heard { epoch: 1, head: 11 }, secs(2));
    core.on(Event::Heard { epoch: 1, head: 13 }, secs(2));
    // The page was made before: it names the head of then.
    let position = Position { cursor: 11, head: 11, ..START };
    let after = core.on(Event::Pulled { standing: standing(11), position }, secs(3));
    assert_eq!(after, [Effect::Pull(Position { head: 13, ..position })]);
    // The hub becomes another while its last page is on the way here.
    core.on(Event::Heard { epoch: 2, head: 5 }, secs(4));
    let position = Position { cursor: 13, head: 13, ..START };
    let after = core.on(Event::Pulled { standing: standing(13), position }, secs(4));
    assert_eq!(after, [Effect::Pull(position)]);
    core.on(Event::NotPulled(Failure::Away), secs(5));
    assert!(!core.rests(), "a page that did not come is still wanted");
}

#[test]
fn fetching_never_waits_for_sending() {
    let mut core = resting();
    core.on(Event::Asked, secs(2));
    core.on(Event::NotPushed(Failure::Away), secs(2));
    let heard = core.on(Event::Heard { epoch: 1, head: 12 }, secs(2));
    assert!(heard.contains(&Effect::Pull(Position { head: 12, ..START })), "{heard:?}");
    for n in 0..50 {
        core.on(Event::Tick, secs(3 + n));
        core.on(Event::NotPushed(Failure::Away), secs(3 + n));
    }
    assert!(core.pull.busy, "the page is still under way");
}

#[test]
fn pauses_grow_are_spread_and_end() {
    let mut core = resting();
    let mut now = secs(2);
    core.on(Event::Asked, now);
    let mut pauses = Vec::new();
    for _ in 0..30 {
        core.on(Event::NotPushed(Failure::Away), now);
        let due = core.push.not_before;
        pauses.push(due - now);
        now = due;
        assert!(core.on(Event::Tick, now).contains(&Effect::Push));
        core.heard = now;
    }
    assert!(pauses[0] < FIRST && pauses.iter().all(|p| *p < LONGEST), "{pauses:?}");
    assert!(pauses[10..].iter().any(|p| *p > secs(20)), "{pauses:?}");
    assert_eq!(core.trouble(), Some(Failure::Away));
    core.on(Event::Pushed { standing: standing(10), more: false }, now);
    assert_eq!(core.trouble(), None);
}

#[test]
fn another_epoch_or_scope_is_fetched() {
    let mut core = resting();
    assert_eq!(core.on(Event::Heard { epoch: 2, head: 3 }, secs(2)), [Effect::Pull(START)]);
    let there = Position { epoch: 2, scope: 1, cursor: 3, head: 3 };
    let standing = Standing { epoch: 2, ..standing(3) };
    assert_eq!(core.on(Event::Pulled { standing, position: there }, secs(2)), []);
    core.on(Event::Asked, secs(3));
    let other = Event::Pushed { standing: Standing { scope: 2, ..standing }, more: false };
    assert_eq!(core.on(other, secs(3)), [Effect::Pull(there)]);
}

#[test]
fn a_revoked_console_does_nothing_any_more() {
    for failure in [Failure::Revoked, Failure::Unknown] {
        let mut core = resting();
        core.on(Event::Asked, secs(2));
        assert_eq!(core.on(Event::NotPushed(failure), secs(2)), [Effect::HangUp, Effect::Trouble(Some(failure))]);
        assert_eq!(core.on(Event::Asked, secs(9_000)), []);
        assert_eq!(core.on(Event::Heard { epoch: 1, head: 99 }, secs(9_001)), []);
        assert_eq!(core.due(secs(9_001)), None);
    }
}

#[test]
fn a_silent_stream_is_let_go_and_asked_for_in_another_way() {
    let mut core = resting();
    assert_eq!(core.due(secs(2)), Some(secs(41)));
    core.on(Event::Beat, secs(15));
    assert_eq!(core.on(Event::Tick, secs(54)), []);
    let known = START;
    assert_eq!(core.on(Event::Tick, secs(55)), [Effect::HangUp, Effect::Listen(Ear::LongPoll, known)]);
    // A long poll that ends is asked again at once; after a while the stream is tried again.
    assert_eq!(core.on(Event::Closed(None), secs(80)), [Effect::Listen(Ear::LongPoll, known)]);
    assert_eq!(core.on(Event::Closed(None), secs(700)), [Effect::Listen(Ear::Stream, known)]);
}

#[test]
fn streams_that_end_at_once_are_given_up_for_a_question_now_and_then() {
    let mut core = resting();
    let mut now = secs(60);
    core.on(Event::Beat, now);
    core.opened = now;
    let mut ways = Vec::new();
    for _ in 0..6 {
        let mut effects = core.on(Event::Closed(None), now);
        while effects.is_empty() {
            now = core.due(now).expect("something is due");
            effects = core.on(Event::Tick, now);
        }
        ways.extend(effects.iter().filter_map(|e| if let Effect::Listen(ear, _) = e { Some(*ear) } else { None }));
    }
    assert_eq!(ways[..3], [Ear::Stream, Ear::Stream, Ear::LongPoll], "{ways:?}");
}

#[test]
fn told_to_come_later_is_no_trouble() {
    let mut core = resting();
    core.on(Event::Asked, secs(2));
    assert_eq!(core.on(Event::NotPushed(Failure::Busy(secs(3))), secs(2)), []);
    assert_eq!(core.due(secs(2)), Some(secs(5)));
    assert_eq!(core.on(Event::Tick, secs(5)), [Effect::Push]);
}
