//! HTTP/1.1 by hand, so that a test may send what no library would.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// Longest wait for anything: a test that waits so long has failed.
const PATIENCE: Duration = Duration::from_secs(30);

pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// One connection.
pub struct Wire<S>(BufReader<S>);

impl Wire<TcpStream> {
    pub fn open(address: SocketAddr) -> Wire<TcpStream> {
        let socket = TcpStream::connect(address).expect("a connection");
        socket.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        socket.set_write_timeout(Some(PATIENCE)).expect("a timeout");
        Wire::over(socket)
    }
}

impl<S: Read + Write> Wire<S> {
    pub fn over(stream: S) -> Wire<S> {
        Wire(BufReader::new(stream))
    }

    pub fn into_inner(self) -> S {
        self.0.into_inner()
    }

    /// Sends bytes as they are; what the other side has closed takes none.
    pub fn send(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.0.get_mut().write_all(bytes)?;
        self.0.get_mut().flush()
    }

    pub fn ask(&mut self, method: &str, path: &str, headers: &[&str], body: &[u8]) -> Reply {
        let mut head = format!("{method} {path} HTTP/1.1\r\nHost: hub\r\nContent-Length: {}\r\n", body.len());
        headers.iter().for_each(|h| head.push_str(&format!("{h}\r\n")));
        head.push_str("\r\n");
        self.send(head.as_bytes()).expect("sent");
        // A refusal may come before the whole body is sent.
        let _ = self.send(body);
        self.reply().expect("a reply")
    }

    fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        match self.0.read_line(&mut line) {
            Ok(0) | Err(_) => None,
            Ok(_) => Some(line.trim_end().to_owned()),
        }
    }

    /// Status and headers; `None` when the other side has closed.
    fn head(&mut self) -> Option<Reply> {
        let first = self.line()?;
        let status = first.split(' ').nth(1).and_then(|s| s.parse().ok()).unwrap_or_else(|| panic!("{first}"));
        let mut headers = Vec::new();
        loop {
            let line = self.line()?;
            let Some((name, value)) = line.split_once(':') else { break };
            headers.push((name.to_owned(), value.trim().to_owned()));
        }
        Some(Reply { status, headers, body: Vec::new() })
    }

    /// The next answer, whole; `None` when the other side has closed.
    pub fn reply(&mut self) -> Option<Reply> {
        let mut reply = self.head()?;
        if reply.header("transfer-encoding").is_some_and(|v| v.contains("chunked")) {
            while let Some(mut chunk) = self.chunk() {
                reply.body.append(&mut chunk);
            }
        } else if let Some(length) = reply.header("content-length").and_then(|v| v.parse().ok()) {
            reply.body.resize(length, 0);
            self.0.read_exact(&mut reply.body).ok()?;
        }
        Some(reply)
    }

    /// The next chunk of a body; `None` at its end.
    fn chunk(&mut self) -> Option<Vec<u8>> {
        let length = usize::from_str_radix(&self.line()?, 16).ok()?;
        let mut chunk = vec![0; length];
        self.0.read_exact(&mut chunk).ok()?;
        self.line()?;
        (length > 0).then_some(chunk)
    }

    /// Whether the other side closes without a word.
    pub fn is_closed(&mut self) -> bool {
        self.line().is_none()
    }
}

/// A stream of events.
pub struct Events {
    wire: Wire<TcpStream>,
    text: String,
    pub head: Reply,
}

impl Events {
    pub fn open(address: SocketAddr, token: &str) -> Events {
        let mut wire = Wire::open(address);
        let head = format!("GET /v1/events HTTP/1.1\r\nHost: hub\r\n{}\r\n\r\n", super::bearer(token));
        wire.send(head.as_bytes()).expect("sent");
        let head = wire.head().expect("a head");
        Events { wire, text: String::new(), head }
    }

    /// The next event: its name and data. `None` at the end of the stream.
    pub fn next(&mut self) -> Option<(String, String)> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let field = |name: &str| event.lines().find_map(|l| l.strip_prefix(name)).map(|v| v.trim().to_owned());
                let found = field("event:").zip(field("data:"));
                self.text = rest.to_owned();
                if found.is_some() {
                    return found;
                }
                continue;
            }
            self.text.push_str(&String::from_utf8(self.wire.chunk()?).expect("text"));
        }
    }

    /// Reads on until there is such an event; its data.
    pub fn until(&mut self, name: &str, fits: impl Fn(&str) -> bool) -> String {
        loop {
            let (found, data) = self.next().unwrap_or_else(|| panic!("no {name} until the end"));
            if found == name && fits(&data) {
                return data;
            }
        }
    }
}
