//! Bodies: taken up to a size and a time, inflated up to a size.
//!
//! Owns what a stranger can make the hub hold in memory.

use super::refusal::Refusal;
use axum::body::Body;
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT_ENCODING, CONTENT_ENCODING};
use futures_util::StreamExt;
use std::io::Read;
use std::time::Duration;

/// What is read of a body that is too large anyway, so that the one who sends it gets to read why.
const PATIENCE: usize = 4 << 20;
/// Largest window of a compressed body, as a power of two: 16 MiB are what it may be inflated to.
const WINDOW: u32 = 24;

/// The whole body, of at most `most` bytes.
pub(super) async fn collect(body: Body, most: usize, time: Duration) -> Result<Vec<u8>, Refusal> {
    let all = async {
        let mut chunks = body.into_data_stream();
        let (mut bytes, mut seen) = (Vec::new(), 0_usize);
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.map_err(|_| Refusal::not_understood("the body broke off"))?;
            seen = seen.saturating_add(chunk.len());
            if seen <= most {
                bytes.extend_from_slice(&chunk);
            } else if seen > most.saturating_add(PATIENCE) {
                break;
            }
        }
        if seen > most { Err(too_large(most, "")) } else { Ok(bytes) }
    };
    tokio::time::timeout(time, all).await.unwrap_or_else(|_| Err(Refusal::too_slow()))
}

fn too_large(most: usize, how: &str) -> Refusal {
    Refusal::too_large(format!("the body has more than {most} bytes{how}: send fewer orders at once"))
}

/// How a body is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    Plain,
    Zstd,
}

impl Coding {
    /// Of a request's body.
    pub(super) fn of(headers: &HeaderMap) -> Result<Coding, Refusal> {
        let Some(value) = headers.get(CONTENT_ENCODING) else { return Ok(Coding::Plain) };
        match value.to_str().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
            "" | "identity" => Ok(Coding::Plain),
            "zstd" => Ok(Coding::Zstd),
            _ => Err(Refusal::not_understood("a body may be packed by zstd or not at all")),
        }
    }

    /// What an answer may be packed by.
    pub(super) fn wanted(headers: &HeaderMap) -> Coding {
        let values = headers.get_all(ACCEPT_ENCODING).into_iter().filter_map(|v| v.to_str().ok());
        let zstd = values.flat_map(|v| v.split(',')).any(|one| {
            let (name, weight) = one.split_once(';').unwrap_or((one, ""));
            let weight: String = weight.chars().filter(|c| !c.is_whitespace()).collect();
            let never = weight.strip_prefix("q=").is_some_and(|q| q.parse() == Ok(0.0_f32));
            name.trim().eq_ignore_ascii_case("zstd") && !never
        });
        if zstd { Coding::Zstd } else { Coding::Plain }
    }

    /// The body as it was before it was packed, of at most `most` bytes. Takes time: not for the runtime's own threads.
    pub(super) fn unpack(self, body: Vec<u8>, most: usize) -> Result<Vec<u8>, Refusal> {
        match self {
            Coding::Plain => Ok(body),
            Coding::Zstd => inflate(&body, most),
        }
    }
}

fn inflate(body: &[u8], most: usize) -> Result<Vec<u8>, Refusal> {
    let bad = |_: std::io::Error| Refusal::not_understood("the body is not packed by zstd, or was cut off");
    let mut decoder = zstd::stream::read::Decoder::new(body).map_err(bad)?;
    decoder.window_log_max(WINDOW).map_err(bad)?;
    let (mut out, mut step) = (Vec::new(), [0_u8; 16 << 10]);
    loop {
        let read = decoder.read(&mut step).map_err(bad)?;
        if read == 0 {
            return Ok(out);
        }
        if out.len() + read > most {
            return Err(too_large(most, " when it is unpacked"));
        }
        out.extend_from_slice(&step[..read]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn an_answer_is_packed_for_who_asks_for_it() {
        let of = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(value));
            Coding::wanted(&headers)
        };
        for yes in ["zstd", "gzip, zstd", "ZSTD;q=0.5", "gzip;q=1, zstd ; q=1"] {
            assert_eq!(of(yes), Coding::Zstd, "{yes}");
        }
        for no in ["", "gzip", "zstd;q=0", "zstd; q=0.0", "zstdx", "*"] {
            assert_eq!(of(no), Coding::Plain, "{no}");
        }
        assert_eq!(Coding::wanted(&HeaderMap::new()), Coding::Plain);
    }

    #[test]
    fn a_body_is_inflated_up_to_its_limit_and_no_further() {
        let packed = |n: usize| zstd::bulk::compress(&vec![b'a'; n], 19).expect("packed");
        assert_eq!(Coding::Zstd.unpack(packed(1_000), 1_000).expect("fits").len(), 1_000);
        assert!(Coding::Zstd.unpack(packed(1_001), 1_000).is_err());
        let bomb = packed(256 << 20);
        assert!(bomb.len() < 100_000, "{} bytes", bomb.len());
        assert!(Coding::Zstd.unpack(bomb, 16 << 20).is_err());
        let mut cut = packed(100_000);
        cut.truncate(cut.len() - 3);
        assert!(Coding::Zstd.unpack(cut, 1 << 20).is_err(), "cut off");
        assert!(Coding::Zstd.unpack(b"no frame".to_vec(), 1 << 20).is_err());
    }
}
