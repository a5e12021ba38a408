//! Where a request of HTTP/1.1 ends in what a connection carries, and where the ids of orders are in it.
//!
//! Knows requests with a length, which is all a console sends.

/// The requests on a connection.
#[derive(Default)]
pub(super) struct Requests(Vec<u8>);

impl Requests {
    /// Takes in a piece; gives the requests that are whole with it.
    pub(super) fn take_in(&mut self, piece: &[u8]) -> Vec<Vec<u8>> {
        self.0.extend_from_slice(piece);
        let mut whole = Vec::new();
        while let Some(length) = length(&self.0).filter(|length| *length <= self.0.len()) {
            let rest = self.0.split_off(length);
            whole.push(std::mem::replace(&mut self.0, rest));
        }
        whole
    }
}

/// How long the first request is, once its head is there.
fn length(bytes: &[u8]) -> Option<usize> {
    let head = bytes.windows(4).position(|w| w == b"\r\n\r\n")? + 4;
    let fields = std::str::from_utf8(&bytes[..head]).ok()?.lines().filter_map(|l| l.split_once(':'));
    let mut body = fields.filter(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    Some(head + body.next().and_then(|(_, n)| n.trim().parse().ok()).unwrap_or(0))
}

/// Gives each order in a request another id, of the same length.
pub(super) fn renamed(request: &mut [u8]) {
    const NAME: &[u8] = b"\n{\"id\":\"";
    let places: Vec<usize> = (0..request.len()).filter(|at| request[*at..].starts_with(NAME)).collect();
    for last in places.into_iter().map(|at| at + NAME.len() + 35) {
        if let Some(digit) = request.get_mut(last) {
            *digit = if *digit == b'0' { b'1' } else { b'0' };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_found_however_they_are_cut_into_pieces() {
        let one = b"POST /v1/push HTTP/1.1\r\nhost: hub\r\nContent-Length: 4\r\n\r\n{1}\n".as_slice();
        let two = b"GET /v1/pull HTTP/1.1\r\nhost: hub\r\n\r\n".as_slice();
        let bytes = [one, two, one].concat();
        for size in [1, 3, 40, bytes.len()] {
            let mut requests = Requests::default();
            let found: Vec<Vec<u8>> = bytes.chunks(size).flat_map(|piece| requests.take_in(piece)).collect();
            assert_eq!(found, [one, two, one], "{size} at once");
            assert!(requests.0.is_empty());
        }
        let mut requests = Requests::default();
        assert!(requests.take_in(&one[..one.len() - 1]).is_empty(), "the last byte is not there yet");
    }

    #[test]
    fn each_order_of_a_request_gets_another_id_and_nothing_else_is_touched() {
        let line = |last: char| {
            format!("{{\"id\":\"01a22fb1-a091-7556-bd48-961c5689d7e{last}\",\"n\":1,\"seen\":[{{\"id\":\"x\"}}]}}\n")
        };
        let request =
            |a, b| format!("POST /v1/push HTTP/1.1\r\ncontent-length: 9\r\n\r\n{}{}", line(a), line(b)).into_bytes();
        let mut renamed = request('0', 'f');
        super::renamed(&mut renamed);
        assert_eq!(renamed, request('1', '0'));
        let mut short = b"\n{\"id\":\"".to_vec();
        super::renamed(&mut short);
        assert_eq!(short, b"\n{\"id\":\"");
    }
}
