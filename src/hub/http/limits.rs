//! How much a hub takes: sizes, times and numbers for all, and how often one console or address may ask.
//!
//! Owns the rates. Orders that take something off sale are not counted: the caller sees to it.

use super::refusal::Refusal;
use crate::wire::protocol::ORDERS;
use governor::clock::{Clock as _, DefaultClock};
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::time::Duration;
use uuid::Uuid;

/// Bounds for all consoles together, and how long a slow one is waited for.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Until the head of a request, and the handshake before it, must be there.
    pub head: Duration,
    /// Until the body of a request must be there.
    pub body: Duration,
    /// How long nothing of an answer may be taken before the connection ends.
    pub write: Duration,
    /// Connections; others wait to be taken.
    pub connections: usize,
    /// Requests in work, those that only wait for news aside; others are asked to come again.
    pub in_work: usize,
    /// Streams of events and long polls.
    pub listeners: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            head: Duration::from_secs(10),
            body: Duration::from_secs(60),
            write: Duration::from_secs(60),
            connections: 4_096,
            in_work: 512,
            listeners: 4_096,
        }
    }
}

/// Streams of events one console may have open.
pub(super) const STREAMS: usize = 2;

const fn number(n: u32) -> NonZeroU32 {
    match NonZeroU32::new(n) {
        Some(n) => n,
        None => NonZeroU32::MIN,
    }
}

/// Tries to enrol of one address in a minute.
const TRIES: NonZeroU32 = number(5);
/// Orders of one console in a second, and how many at once.
const ORDERS_A_SECOND: NonZeroU32 = number(50);
const ORDERS_AT_ONCE: NonZeroU32 = number(ORDERS as u32);
/// Pulls of one console in a second, and how many at once: a first load is hundreds of them, one after the other; as many
/// questions beside.
const PULLS_A_SECOND: NonZeroU32 = number(50);
const PULLS_AT_ONCE: NonZeroU32 = number(100);

type Rate<K> = RateLimiter<K, HashMapStateStore<K>, DefaultClock>;

/// What everybody has asked lately.
pub(super) struct Rates {
    enrol: Rate<IpAddr>,
    orders: Rate<Uuid>,
    pulls: Rate<Uuid>,
    questions: Rate<Uuid>,
}

impl Rates {
    pub(super) fn new() -> Rates {
        Rates {
            enrol: RateLimiter::hashmap(Quota::per_minute(TRIES)),
            orders: RateLimiter::hashmap(Quota::per_second(ORDERS_A_SECOND).allow_burst(ORDERS_AT_ONCE)),
            pulls: RateLimiter::hashmap(Quota::per_second(PULLS_A_SECOND).allow_burst(PULLS_AT_ONCE)),
            questions: RateLimiter::hashmap(Quota::per_second(PULLS_A_SECOND).allow_burst(PULLS_AT_ONCE)),
        }
    }

    pub(super) fn enrol(&self, address: IpAddr) -> Result<(), Refusal> {
        check(&self.enrol, &network(address), 1, "tries to enrol from this address")
    }

    pub(super) fn orders(&self, device: Uuid, count: usize) -> Result<(), Refusal> {
        check(&self.orders, &device, count, "orders from this console")
    }

    pub(super) fn pull(&self, device: Uuid) -> Result<(), Refusal> {
        check(&self.pulls, &device, 1, "pulls from this console")
    }

    /// A question beside orders and pages: who asks too often gets its rows all the same.
    pub(super) fn question(&self, device: Uuid) -> Result<(), Refusal> {
        check(&self.questions, &device, 1, "questions from this console")
    }

    /// Forgets who has not asked for a while.
    pub(super) fn forget(&self) {
        self.enrol.retain_recent();
        self.orders.retain_recent();
        self.pulls.retain_recent();
        self.questions.retain_recent();
    }
}

fn check<K: Hash + Eq + Clone>(rate: &Rate<K>, key: &K, count: usize, what: &str) -> Result<(), Refusal> {
    let Some(count) = u32::try_from(count).ok().and_then(NonZeroU32::new) else { return Ok(()) };
    match rate.check_key_n(key, count) {
        Ok(Ok(())) => Ok(()),
        Ok(Err(until)) => Err(Refusal::too_many(what, until.wait_time_from(DefaultClock::default().now()))),
        Err(_) => Err(Refusal::too_large(format!("{what}: more at once than is ever taken"))),
    }
}

/// Whoever has an address of version 6 has the 64 bits behind its network, too.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64)),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_is_one_address_and_five_tries_are_all() {
        let rates = Rates::new();
        let all = |text: &str| -> Vec<bool> {
            (0..6).map(|_| rates.enrol(text.parse().expect("an address")).is_ok()).collect()
        };
        assert_eq!(all("2001:db8::1"), [true, true, true, true, true, false]);
        assert_eq!(all("2001:db8::ffff:2"), [false; 6], "the same network");
        assert_eq!(all("2001:db8:0:1::1")[..5], [true; 5]);
        assert_eq!(all("::ffff:192.0.2.1")[..5], [true; 5]);
        assert_eq!(all("192.0.2.1"), [false; 6], "the same address, written otherwise");
    }

    #[test]
    fn a_console_may_send_a_full_push_at_once_and_no_second() {
        let (rates, device) = (Rates::new(), Uuid::from_u128(1));
        assert!(rates.orders(device, ORDERS).is_ok());
        assert!(rates.orders(device, ORDERS).is_err());
        assert!(rates.orders(Uuid::from_u128(2), ORDERS).is_ok(), "another is not held back");
        assert!(rates.orders(device, 0).is_ok());
    }
}
