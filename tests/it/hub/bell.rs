//! Hubs that call each other by the server their ledger lies on.

use super::places::benches;
use gongfu::hub::engine::{Bell, Place};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::time::timeout;

const SOON: Duration = Duration::from_millis(300);

struct Hub {
    head: watch::Sender<i64>,
    heard: Arc<Notify>,
}

impl Hub {
    fn on(place: &Place) -> Hub {
        let (head, heard) = (watch::Sender::new(0), Arc::<Notify>::default());
        let bell = Bell::of(place).expect("a server");
        tokio::spawn(bell.serve(head.subscribe(), Arc::clone(&heard)));
        Hub { head, heard }
    }

    async fn hears(&self) -> bool {
        timeout(SOON, self.heard.notified()).await.is_ok()
    }
}

#[test]
fn a_hub_hears_what_another_wrote_and_does_not_ring_for_it_again() {
    for bench in benches() {
        if Bell::of(bench.place()).is_none() {
            continue;
        }
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async {
            let (one, other) = (Hub::on(bench.place()), Hub::on(bench.place()));
            let mut number = 0;
            // Until both listen.
            loop {
                number += 1;
                assert!(number < 100, "nobody hears");
                one.head.send_replace(number);
                if other.hears().await {
                    break;
                }
            }
            // It looks, and stands where the other does: that is no news for anybody.
            other.head.send_replace(number);
            assert!(!one.hears().await, "an echo");
            other.head.send_replace(number + 1);
            assert!(one.hears().await, "the other way");
            assert!(!other.hears().await, "who rang need not look");
        });
    }
}
