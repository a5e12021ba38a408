//! Requests to the hub: what goes out, what comes back, and which failure a failure is.
//!
//! Owns HTTP and TLS at the console's end. Must not touch the database.

use super::core::{Failure, Position};
use super::key::Key;
use crate::domain::rows::Kind;
use crate::store::level::Page;
use crate::wire::order::{Answer, FormError};
use crate::wire::protocol::{
    self, Enrol, Enrolled, Head, PageEnd, PageHead, Problem, Receipts, Standing, Told, Urgent,
};
use crate::wire::row::from_line;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Certificate, Client, Response, StatusCode};
use sse_stream::SseStream;
use std::error::Error;
use std::ops::Range;
use std::time::Duration;
use tokio_stream::StreamExt;
use uuid::Uuid;

/// How long to wait for a connection, and for a sign of life on an open one.
const CONNECT: Duration = Duration::from_secs(10);
const SILENCE: Duration = Duration::from_secs(45);
/// Largest page, in bytes as they are read: a number is never split, and one delisting is a megabyte.
const LARGEST: usize = 256 << 20;

/// A console's way to its hub.
#[derive(Clone)]
pub struct Caller {
    client: Client,
    url: String,
}

/// Why an address or a certificate file cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadAddress {
    /// Not `https://host:port`, or `http://` to this machine.
    #[error("{0} is no address of a hub")]
    Url(String),
    /// Plain HTTP would show the token to everybody on the way.
    #[error("{0} is not encrypted and not this machine")]
    Plain(String),
    /// No certificate in PEM.
    #[error("no certificate: {0}")]
    Ca(String),
}

impl Caller {
    /// A way to the hub at `url`, trusting `ca` (PEM) alone, or the machine's authorities without one.
    ///
    /// # Errors
    /// When the address or the certificate cannot be used.
    pub fn new(url: &str, ca: Option<&str>, token: Option<&str>) -> Result<Caller, BadAddress> {
        // Already there when another part of the program was first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let url = address(url)?;
        let mut headers = HeaderMap::new();
        if let Some(token) = token {
            let mut value =
                HeaderValue::from_str(&format!("Bearer {token}")).map_err(|e| BadAddress::Url(e.to_string()))?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        let mut builder = Client::builder()
            .default_headers(headers)
            .user_agent(concat!("gongfu/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT)
            .read_timeout(SILENCE)
            .tcp_nodelay(true)
            .redirect(reqwest::redirect::Policy::none());
        if let Some(pem) = ca {
            let certificates =
                Certificate::from_pem_bundle(pem.as_bytes()).map_err(|e| BadAddress::Ca(e.to_string()))?;
            if certificates.is_empty() {
                return Err(BadAddress::Ca("the file has none".into()));
            }
            builder = builder.tls_certs_only(certificates);
        }
        let client = builder.build().map_err(|e| BadAddress::Ca(said(&e)))?;
        Ok(Caller { client, url })
    }

    /// The way a key says.
    ///
    /// # Errors
    /// As [`Caller::new`].
    pub fn of(key: &Key) -> Result<Caller, BadAddress> {
        Caller::new(&key.url, key.ca.as_deref(), Some(&key.token))
    }

    /// The address without a path.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Asks to be known by a one-time code.
    ///
    /// # Errors
    /// What the hub says ([`Said::Problem`]), or why it was not asked.
    pub async fn enrol(&self, enrol: &Enrol) -> Result<Enrolled, Said> {
        let body = enrol.to_line().map_err(|_| Said::Failure(Failure::Stranger))?;
        let request = self.client.post(format!("{}{}", self.url, protocol::ENROL)).timeout(CONNECT * 3);
        let response = request.header("content-type", "application/json").body(body).send().await;
        let text = answer(response.map_err(|e| Said::Failure(failure(&e)))?).await?;
        Enrolled::read(&text).map_err(|_| Said::Failure(Failure::Stranger))
    }

    /// Sends orders, a line each; gives the answers in their order.
    ///
    /// # Errors
    /// Why none are known: the orders may have been taken all the same.
    pub async fn push(&self, orders: &[String]) -> Result<(Standing, Vec<Answer>), Failure> {
        let mut body = orders.join("\n");
        body.push('\n');
        let request = self.client.post(format!("{}{}", self.url, protocol::PUSH)).timeout(CONNECT * 6);
        let response = request.header("content-type", "application/x-ndjson").body(body).send().await;
        let (standing, response) = good(response.map_err(|e| failure(&e))?).await?;
        let text = text(response).await?;
        let answers: Result<Vec<Answer>, FormError> = text.lines().map(Answer::read).collect();
        Ok((standing, answers.map_err(|_| Failure::Stranger)?))
    }

    /// Fetches the page after a position.
    ///
    /// # Errors
    /// Why there is none; a page that was cut or damaged on its way is [`Failure::Away`].
    pub async fn pull(&self, at: Position, limit: usize) -> Result<(Standing, Page), Failure> {
        let (standing, raw) = self.raw(at, limit, false).await?;
        Ok((standing, raw.page()?))
    }

    /// As [`Caller::pull`], with the rows still to be read. Asking `ahead` says that what comes before is not here yet.
    ///
    /// # Errors
    /// As [`Caller::pull`].
    pub async fn raw(&self, at: Position, limit: usize, ahead: bool) -> Result<(Standing, Raw), Failure> {
        let Position { cursor, epoch, scope, .. } = at;
        let query = format!("cursor={cursor}&epoch={epoch}&scope={scope}&limit={limit}&ahead={ahead}");
        let request = self.client.get(format!("{}{}?{query}", self.url, protocol::PULL));
        let response = request.send().await.map_err(|e| failure(&e))?;
        let (standing, response) = good(response).await?;
        Ok((standing, Raw::read(text(response).await?)?))
    }

    /// Asks for the head, waiting until it is past `after` for at most `wait` seconds.
    ///
    /// # Errors
    /// Why it is not known.
    pub async fn head(&self, after: i64, wait: u64) -> Result<(Standing, Head), Failure> {
        let path = format!("{}{}?after={after}&wait={wait}", self.url, protocol::HEAD);
        let request = self.client.get(path).timeout(Duration::from_secs(wait) + CONNECT);
        let (standing, response) = good(request.send().await.map_err(|e| failure(&e))?).await?;
        let head = Head::read(text(response).await?.trim()).map_err(|_| Failure::Stranger)?;
        Ok((standing, head))
    }

    /// Says how far this console has read.
    ///
    /// # Errors
    /// Why the hub does not know.
    pub async fn receipt(&self, at: Position) -> Result<Told, Failure> {
        let query = format!("cursor={}&epoch={}&scope={}", at.cursor, at.epoch, at.scope);
        let request = self.client.post(format!("{}{}?{query}", self.url, protocol::RECEIPT)).timeout(CONNECT);
        let (_, response) = good(request.send().await.map_err(|e| failure(&e))?).await?;
        Told::read(text(response).await?.trim()).map_err(|_| Failure::Stranger)
    }

    /// Asks which consoles have a row.
    ///
    /// # Errors
    /// What the hub says ([`Said::Problem`]), or why it was not asked.
    pub async fn receipts(&self, kind: Kind, id: Uuid) -> Result<Receipts, Said> {
        let path = format!("{}{}?kind={}&id={id}", self.url, protocol::RECEIPTS, kind.table());
        let response = self.client.get(path).timeout(CONNECT).send().await.map_err(|e| Said::Failure(failure(&e)))?;
        let text = answer(response).await?;
        Receipts::read(text.trim()).map_err(|_| Said::Failure(Failure::Stranger))
    }

    /// What the hub counts of itself, as Prometheus reads it.
    ///
    /// # Errors
    /// Why it is not known.
    pub async fn metrics(&self) -> Result<String, Failure> {
        let response = self.client.get(format!("{}{}", self.url, protocol::METRICS)).timeout(CONNECT).send().await;
        text(response.map_err(|e| failure(&e))?).await
    }

    /// Listens until the stream ends; `heard` is told everything that comes.
    ///
    /// # Errors
    /// Why it ended, when it was not the hub's doing.
    pub async fn listen(&self, heard: impl Fn(Heard) + Send) -> Result<(), Failure> {
        let request = self.client.get(format!("{}{}", self.url, protocol::EVENTS));
        let request = request.header("accept", "text/event-stream");
        let (_, response) = good(request.send().await.map_err(|e| failure(&e))?).await?;
        heard(Heard::Opened);
        let chunks = response.bytes_stream().map(|chunk| {
            // Also a comment, which is no event, is a sign of life.
            heard(Heard::Beat);
            chunk
        });
        let mut events = SseStream::from_bytes_stream(chunks);
        while let Some(event) = events.next().await {
            let event = event.map_err(|_| Failure::Away)?;
            let data = event.data.unwrap_or_default();
            match event.event.as_deref() {
                Some(protocol::WAKE) => heard(Heard::Head(Head::read(&data).map_err(|_| Failure::Stranger)?)),
                Some(protocol::URGENT) => heard(Heard::Urgent(Urgent::read(&data).map_err(|_| Failure::Stranger)?)),
                Some(protocol::REVOKED) => return Err(Failure::Revoked),
                // What a newer hub says beside.
                _ => {}
            }
        }
        Ok(())
    }
}

/// Why a question came to nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// The hub's own code for it.
    Problem(String),
    Failure(Failure),
}

/// What came on the stream.
#[derive(Debug, Clone, PartialEq)]
pub enum Heard {
    Opened,
    Beat,
    Head(Head),
    Urgent(Urgent),
}

/// An address without its path and last stroke.
fn address(text: &str) -> Result<String, BadAddress> {
    let bad = || BadAddress::Url(text.to_owned());
    let url = reqwest::Url::parse(text.trim()).map_err(|_| bad())?;
    let host = url.host_str().ok_or_else(bad)?;
    let here = host == "localhost"
        || host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
    if url.username() != "" || url.password().is_some() || url.path() != "/" || url.query().is_some() {
        return Err(bad());
    }
    match url.scheme() {
        "https" => {}
        "http" if here => {}
        "http" => return Err(BadAddress::Plain(text.to_owned())),
        _ => return Err(bad()),
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

/// The body of an answer, or the hub's own word for why there is none.
async fn answer(response: Response) -> Result<String, Said> {
    let (status, text) = (response.status(), text(response).await.map_err(Said::Failure)?);
    if status.is_success() {
        return Ok(text);
    }
    match Problem::read(&text) {
        Ok(problem) => Err(Said::Problem(problem.error.code)),
        Err(_) => Err(Said::Failure(of_status(status, "", None))),
    }
}

/// The standing and the response, when it is one that a hub gives to those it knows.
async fn good(response: Response) -> Result<(Standing, Response), Failure> {
    let status = response.status();
    if status.is_success() {
        let header = |name: &'static str| response.headers().get(name).and_then(|v| v.to_str().ok());
        let standing = Standing::read(header).ok_or(Failure::Stranger)?;
        return Ok((standing, response));
    }
    let after = response.headers().get(RETRY_AFTER).and_then(|v| v.to_str().ok()).and_then(|t| t.parse().ok());
    let code = text(response).await.ok().and_then(|t| Problem::read(&t).ok()).map(|p| p.error.code);
    Err(of_status(status, code.as_deref().unwrap_or_default(), after))
}

fn of_status(status: StatusCode, code: &str, after: Option<u64>) -> Failure {
    match (status, code) {
        (StatusCode::UNAUTHORIZED, "revoked") => Failure::Revoked,
        (StatusCode::UNAUTHORIZED, "token-unknown" | "token-missing") => Failure::Unknown,
        (StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE, _) if after.is_some() => {
            Failure::Busy(Duration::from_secs(after.unwrap_or(1).clamp(1, 300)))
        }
        // A gateway on the way whose other side is away.
        (s, _) if s.is_server_error() => Failure::Away,
        _ => Failure::Stranger,
    }
}

/// The body as text, up to the largest page.
async fn text(mut response: Response) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|e| failure(&e))? {
        if bytes.len() + chunk.len() > LARGEST {
            return Err(Failure::Stranger);
        }
        bytes.extend_from_slice(&chunk);
    }
    String::from_utf8(bytes).map_err(|_| Failure::Stranger)
}

/// A page as it came: where it begins and ends is read, its rows are not. The next may be asked for meanwhile.
#[derive(Debug)]
pub struct Raw {
    pub head: PageHead,
    pub end: PageEnd,
    text: String,
    rows: Range<usize>,
}

impl Raw {
    /// Reads the first and the last line; a page without them is as good as none.
    fn read(text: String) -> Result<Raw, Failure> {
        let (head, rest) = text.split_once('\n').unwrap_or((&text, ""));
        if head.is_empty() {
            return Err(Failure::Away);
        }
        let begin = head.len() + 1;
        let head = PageHead::read(head).map_err(|_| Failure::Stranger)?;
        let rest = rest.strip_suffix('\n').unwrap_or(rest);
        let last = rest.rfind('\n').map_or(0, |at| at + 1);
        let end = PageEnd::read(&rest[last..]).map_err(|_| Failure::Away)?;
        if head.schema != crate::wire::row::SCHEMA {
            return Err(Failure::Version);
        }
        let rows = begin..begin + last;
        Ok(Raw { head, end, text, rows })
    }

    /// Reads the rows.
    ///
    /// # Errors
    /// When they are not those that were sent.
    pub fn page(self) -> Result<Page, Failure> {
        let text = &self.text[self.rows];
        let mut crc = crc32fast::Hasher::new();
        crc.update(text.as_bytes());
        let lines = text.split_terminator('\n');
        let rows = lines.map(|l| from_line(l).map_err(|_| Failure::Stranger)).collect::<Result<Vec<_>, _>>()?;
        if crc.finalize() != self.end.crc || rows.len() as u64 != self.end.rows {
            return Err(Failure::Away);
        }
        Ok(Page { head: self.head, rows, end: self.end })
    }
}

/// Every cause of an error in one line.
fn said(e: &dyn Error) -> String {
    let mut out = e.to_string();
    let mut cause = e.source();
    while let Some(e) = cause {
        out = format!("{out}: {e}");
        cause = e.source();
    }
    out
}

fn failure(e: &reqwest::Error) -> Failure {
    let why = said(e);
    tracing::debug!(why, "no answer from the hub");
    if is_certificate(e) { Failure::Certificate } else { Failure::Away }
}

/// Whether an error comes of a certificate that is not trusted. An input or output error hides what it holds from its own cause.
fn is_certificate(e: &(dyn Error + 'static)) -> bool {
    if matches!(e.downcast_ref::<rustls::Error>(), Some(rustls::Error::InvalidCertificate(_))) {
        return true;
    }
    let held = e.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    held.is_some_and(|inner| is_certificate(inner)) || e.source().is_some_and(is_certificate)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(text: &str) -> Result<Page, Failure> {
        Raw::read(text.to_owned())?.page()
    }

    #[test]
    fn an_address_is_encrypted_or_this_machine_and_nothing_more() {
        for (text, expected) in [
            ("https://hub.example:7610", Ok("https://hub.example:7610")),
            (" https://hub.example/ ", Ok("https://hub.example")),
            ("http://127.0.0.1:7610", Ok("http://127.0.0.1:7610")),
            ("http://[::1]:7610/", Ok("http://[::1]:7610")),
            ("http://localhost:1", Ok("http://localhost:1")),
            ("http://hub.example", Err(BadAddress::Plain("http://hub.example".into()))),
            ("hub.example", Err(BadAddress::Url("hub.example".into()))),
            ("https://a:b@hub", Err(BadAddress::Url("https://a:b@hub".into()))),
            ("https://hub/v1", Err(BadAddress::Url("https://hub/v1".into()))),
            ("file:///etc", Err(BadAddress::Url("file:///etc".into()))),
        ] {
            assert_eq!(address(text), expected.map(str::to_owned), "{text}");
        }
    }

    #[test]
    fn a_page_that_is_not_whole_is_none() {
        let head = r#"{"schema":1,"epoch":1,"scope":1,"head":7,"from":0}"#;
        let end = r#"{"next":7,"done":true,"rows":0,"crc":0}"#;
        assert!(page(&format!("{head}\n{end}\n")).is_ok());
        for text in ["", head, &format!("{head}\n"), &format!("{head}\n{{\"next\":7"), &format!("{head}\n{head}\n")] {
            assert_eq!(
                page(text).map(|p| p.end),
                Err(if text.is_empty() || text.starts_with(head) { Failure::Away } else { Failure::Stranger }),
                "{text}"
            );
        }
        assert_eq!(page("<html>\n</html>\n").map(|p| p.end), Err(Failure::Stranger));
        let wrong = end.replace("\"rows\":0", "\"rows\":1");
        assert_eq!(page(&format!("{head}\n{wrong}\n")).map(|p| p.end), Err(Failure::Away));
        let newer = head.replace("\"schema\":1", "\"schema\":2");
        assert_eq!(page(&format!("{newer}\n{end}\n")).map(|p| p.end), Err(Failure::Version));
    }
}
