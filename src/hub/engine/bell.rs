//! A bell between hubs that share one PostgreSQL: rung after a commit, never inside, and heard at once. Without it the others look
//! every 50 ms and see the same.
//!
//! Owns one connection for it, and that a hub does not ring for what it heard. It must reach the server itself: a pooler that gives
//! connections out a transaction at a time forgets who listens.

use super::Place;
use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio_postgres::{AsyncMessage, Client, Config, Connection, NoTls, Socket};

/// The name it is rung by.
const NAME: &str = "gongfu_head";
/// Between two rings: what came meanwhile is one.
const PAUSE: Duration = Duration::from_millis(10);
/// Until a lost connection is made again.
const AGAIN: Duration = Duration::from_secs(1);

/// The bell of one hub.
pub struct Bell {
    config: Config,
}

impl Bell {
    /// That of a place; an SQLite file has none.
    pub fn of(place: &Place) -> Option<Bell> {
        match place {
            Place::Sqlite(_) => None,
            Place::Postgres(address) => address.parse().ok().map(|config| Bell { config }),
        }
    }

    /// Rings whenever `head` moves and tells `heard` when another rings, until the future is dropped.
    pub async fn serve(self, mut head: watch::Receiver<i64>, heard: Arc<Notify>) {
        loop {
            match self.config.connect(NoTls).await {
                Ok((client, connection)) => {
                    let last = Arc::new(AtomicI64::new(*head.borrow_and_update()));
                    tokio::select! {
                        () = listen(connection, &last, &heard) => {}
                        () = ring(&client, &mut head, &last) => {}
                    }
                }
                Err(e) => tracing::warn!(error = %e, "no bell between hubs: the ledger is looked at instead"),
            }
            tokio::time::sleep(AGAIN).await;
        }
    }
}

/// Listens until the connection ends.
async fn listen(
    mut connection: Connection<Socket, tokio_postgres::tls::NoTlsStream>,
    last: &AtomicI64,
    heard: &Notify,
) {
    loop {
        match poll_fn(|cx| connection.poll_message(cx)).await {
            Some(Ok(AsyncMessage::Notification(note))) => {
                // A ring comes to who rang, too: that number is known.
                let number = note.payload().parse().unwrap_or(i64::MAX);
                if last.fetch_max(number, Ordering::Relaxed) < number {
                    heard.notify_one();
                }
            }
            Some(Ok(_)) => {}
            Some(Err(e)) => return tracing::warn!(error = %e, "the bell between hubs is lost"),
            None => return,
        }
    }
}

/// Rings for what nobody has rung for, until the connection ends.
async fn ring(client: &Client, head: &mut watch::Receiver<i64>, last: &AtomicI64) {
    if client.batch_execute(&format!("LISTEN {NAME}")).await.is_err() {
        return;
    }
    while head.changed().await.is_ok() {
        let now = *head.borrow_and_update();
        if last.fetch_max(now, Ordering::Relaxed) < now
            && client.batch_execute(&format!("NOTIFY {NAME}, '{now}'")).await.is_err()
        {
            return;
        }
        tokio::time::sleep(PAUSE).await;
    }
    // The hub ends.
    std::future::pending::<()>().await;
}
