//! Line numbers as an editor counts them, from places in a text.
//!
//! The CSV reader's own count is one short for files with CRLF line ends, which most spreadsheets write.

/// Counts lines while places in the text only go forward.
#[derive(Debug, Clone)]
pub struct LineNumbers<'a> {
    text: &'a [u8],
    at: usize,
    line: u64,
}

impl<'a> LineNumbers<'a> {
    /// Starts at line 1.
    pub fn new(text: &'a str) -> LineNumbers<'a> {
        LineNumbers { text: text.as_bytes(), at: 0, line: 1 }
    }

    /// The line of the first character at or after byte `place` that is no line end. A place before the last one asked
    /// for gives the line of that one.
    pub fn line_of(&mut self, place: u64) -> u64 {
        let place = usize::try_from(place).unwrap_or(usize::MAX);
        while let Some(byte) = self.text.get(self.at) {
            let next = self.text.get(self.at + 1);
            let ends = *byte == b'\n' || (*byte == b'\r' && next != Some(&b'\n'));
            if self.at >= place && !matches!(byte, b'\n' | b'\r') {
                break;
            }
            self.line += u64::from(ends);
            self.at += 1;
        }
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_line_end_counts_once() {
        for end in ["\n", "\r\n", "\r"] {
            let text = format!("a{end}{end}b{end}\"c{end}d\"{end}e");
            let mut lines = LineNumbers::new(&text);
            let of = |lines: &mut LineNumbers<'_>, c: char| lines.line_of(text.find(c).expect("there") as u64);
            assert_eq!((of(&mut lines, 'a'), lines.line_of(1)), (1, 3), "{end:?}");
            assert_eq!((of(&mut lines, 'd'), of(&mut lines, 'e')), (5, 6), "{end:?}");
        }
    }
}
