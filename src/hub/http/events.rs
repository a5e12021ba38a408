//! The stream of events of one console.
//!
//! Owns how often a stream says what; what there is to say comes from [`super::news`], made once for all streams.

use super::door::Caller;
use super::limits::STREAMS;
use super::news::{Listening, News, wake};
use super::refusal::Refusal;
use super::shared::Shared;
use crate::wire::protocol::{HEARTBEAT, Problem, REVOKED, URGENT, WAKE};
use axum::Extension;
use axum::extract::State;
use axum::http::HeaderName;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use uuid::Uuid;

/// Server-sent events.
///
/// `wake` with a `Head` when the head has moved, at most twenty a second and once at the beginning; `urgent`
/// with an `Urgent`, rows that must be seen before the next pull; `revoked`, the last of a stream. A comment each 15 seconds is a
/// sign of life. Two streams a console.
#[utoipa::path(
    get, path = "/v1/events", tag = "consoles",
    responses(
        (status = 200, description = "Ends when the hub ends.", body = String, content_type = "text/event-stream"),
        (status = 429, description = "`too-many`: again after the seconds of `Retry-After`.", body = Problem),
    ),
)]
pub(super) async fn events(
    State(shared): State<Arc<Shared>>,
    Extension(caller): Extension<Caller>,
) -> Result<impl IntoResponse, Refusal> {
    let seat = Seat::take(&shared, caller.device.id)?;
    // Heard first and asked then, so that nothing falls in between.
    let news = shared.news.subscribe();
    let stream = Stream { first: true, over: false, news, seat };
    let events = futures_util::stream::unfold(stream, Stream::next);
    let alive = KeepAlive::new().interval(Duration::from_secs(HEARTBEAT)).text("");
    // Some proxies keep a stream back until it has ended, unless they are told.
    let unbuffered = [(HeaderName::from_static("x-accel-buffering"), "no")];
    Ok((unbuffered, Sse::new(events).keep_alive(alive)))
}

struct Stream {
    first: bool,
    over: bool,
    news: Receiver<News>,
    seat: Seat,
}

impl Stream {
    async fn next(mut self) -> Option<(Result<Event, Infallible>, Stream)> {
        if self.over {
            return None;
        }
        let event = if std::mem::take(&mut self.first) { self.head() } else { self.wait().await? };
        Some((Ok(event), self))
    }

    fn head(&self) -> Event {
        event(WAKE, &wake(&self.seat.shared))
    }

    /// The next event, or `None` when the hub ends.
    async fn wait(&mut self) -> Option<Event> {
        loop {
            let news = tokio::select! {
                () = self.seat.shared.stop.told() => return None,
                news = self.news.recv() => news,
            };
            match news {
                Ok(News::Wake(text)) => return Some(event(WAKE, &text)),
                Ok(News::Urgent(text)) => return Some(event(URGENT, &text)),
                Ok(News::Revoked(ids)) if ids.contains(&self.seat.device) => {
                    self.over = true;
                    tracing::info!(device = %self.seat.device, "a stream was closed: the console was revoked");
                    // An event without data is none.
                    return Some(event(REVOKED, "{}"));
                }
                Ok(News::Revoked(_)) => {}
                // Too slow for the news: it pulls all the same.
                Err(RecvError::Lagged(_)) => return Some(self.head()),
                Err(RecvError::Closed) => return None,
            }
        }
    }
}

fn event(name: &str, data: &str) -> Event {
    Event::default().event(name).data(data)
}

/// A console's place among those who listen, given back when its stream ends however it ends.
struct Seat {
    shared: Arc<Shared>,
    device: Uuid,
    _listening: Listening,
}

impl Seat {
    fn take(shared: &Arc<Shared>, device: Uuid) -> Result<Seat, Refusal> {
        let listening = Listening::begin(shared)?;
        let mut streams = shared.streams();
        let open = streams.entry(device).or_insert(0);
        if *open >= STREAMS {
            return Err(Refusal::too_many("streams of this console", Duration::from_secs(1)));
        }
        *open += 1;
        Ok(Seat { shared: Arc::clone(shared), device, _listening: listening })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut streams = self.shared.streams();
        if let Some(open) = streams.get_mut(&self.device) {
            *open -= 1;
            if *open == 0 {
                streams.remove(&self.device);
            }
        }
    }
}
