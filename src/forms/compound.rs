//! The container older Office files are in: sectors chained like a file system.
//!
//! Owns finding one stream. Every step is bounded by the file's size, whatever the file says of itself.

/// Sector numbers from here on mean "end" or "free".
const LAST_SECTOR: u32 = 0xFFFF_FFFA;
/// Sectors of the allocation table listed in the header.
const IN_HEADER: usize = 109;

/// A stream's place: first sector and length.
#[derive(Debug, Clone, Copy)]
struct Entry {
    kind: u8,
    start: u32,
    size: usize,
}

/// An opened container.
pub(super) struct Compound<'a> {
    bytes: &'a [u8],
    shift: u32,
    fat: Vec<u32>,
    directory: Vec<(String, Entry)>,
}

impl<'a> Compound<'a> {
    /// Opens the container; `None` when it is damaged.
    pub(super) fn open(bytes: &'a [u8]) -> Option<Compound<'a>> {
        let shift = u32::from(u16_at(bytes, 30)?);
        if shift != 9 && shift != 12 {
            return None;
        }
        let mut book = Compound { bytes, shift, fat: Vec::new(), directory: Vec::new() };
        book.read_fat()?;
        let directory = book.chain(u32_at(bytes, 48)?)?;
        for entry in directory.chunks_exact(128) {
            let length = usize::from(u16_at(entry, 64)?).min(64).saturating_sub(2);
            let units: Vec<u16> = (0..length / 2).filter_map(|i| u16_at(entry, i * 2)).collect();
            let size = usize::try_from(u32_at(entry, 120)?).ok()?;
            let place = Entry { kind: *entry.get(66)?, start: u32_at(entry, 116)?, size };
            book.directory.push((String::from_utf16_lossy(&units), place));
        }
        Some(book)
    }

    /// Whether there is a stream of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.directory.iter().any(|(n, e)| n == name && e.kind == 2)
    }

    /// The content of the stream; `None` when there is none or its chain is broken.
    pub(super) fn stream(&self, name: &str) -> Option<Vec<u8>> {
        let (_, entry) = self.directory.iter().find(|(n, e)| n == name && e.kind == 2)?;
        let cutoff = usize::try_from(u32_at(self.bytes, 56)?).ok()?;
        let mut content = if entry.size < cutoff { self.small(entry)? } else { self.chain(entry.start)? };
        content.truncate(entry.size);
        Some(content)
    }

    /// A short stream: its pieces of 64 bytes lie in the stream of the root entry.
    fn small(&self, entry: &Entry) -> Option<Vec<u8>> {
        let (_, root) = self.directory.iter().find(|(_, e)| e.kind == 5)?;
        let pool = self.chain(root.start)?;
        let table = self.chain(u32_at(self.bytes, 60)?)?;
        let mut out = Vec::new();
        let mut sector = entry.start;
        while sector < LAST_SECTOR && out.len() < entry.size {
            let at = usize::try_from(sector).ok()?.checked_mul(64)?;
            out.extend_from_slice(pool.get(at..at.checked_add(64)?)?);
            sector = u32_at(&table, usize::try_from(sector).ok()?.checked_mul(4)?)?;
        }
        Some(out)
    }

    /// The allocation table: 109 of its sectors stand in the header, more in a chain of their own.
    fn read_fat(&mut self) -> Option<()> {
        let most = self.bytes.len() >> self.shift;
        let mut sectors: Vec<u32> = (0..IN_HEADER).map_while(|i| u32_at(self.bytes, 76 + i * 4)).collect();
        let mut next = u32_at(self.bytes, 68)?;
        let mut steps = 0;
        while next < LAST_SECTOR && steps <= most {
            let list = self.sector(next)?;
            let (list, link) = list.split_at_checked(list.len().checked_sub(4)?)?;
            sectors.extend(list.chunks_exact(4).filter_map(|c| u32_at(c, 0)));
            next = u32_at(link, 0)?;
            steps += 1;
        }
        let used: Vec<u32> = sectors.into_iter().filter(|s| *s < LAST_SECTOR).take(most).collect();
        for sector in used {
            let list = self.sector(sector)?;
            let links: Vec<u32> = list.chunks_exact(4).filter_map(|c| u32_at(c, 0)).collect();
            self.fat.extend(links);
        }
        Some(())
    }

    fn sector(&self, number: u32) -> Option<&'a [u8]> {
        let at = usize::try_from(number).ok()?.checked_add(1)?.checked_mul(1 << self.shift)?;
        // The last sector may be cut short.
        let end = at.checked_add(1 << self.shift)?.min(self.bytes.len());
        self.bytes.get(at..end)
    }

    /// The sectors of a chain, one after the other; `None` when it leaves the file or runs in a circle.
    fn chain(&self, start: u32) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        let mut sector = start;
        while sector < LAST_SECTOR {
            out.extend_from_slice(self.sector(sector)?);
            if out.len() > self.bytes.len() {
                return None;
            }
            sector = *self.fat.get(usize::try_from(sector).ok()?)?;
        }
        Some(out)
    }
}

/// A little-endian number at a place.
pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

/// See [`u16_at`].
pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

/// See [`u16_at`].
pub(super) fn f64_at(bytes: &[u8], at: usize) -> Option<f64> {
    Some(f64::from_le_bytes(bytes.get(at..at.checked_add(8)?)?.try_into().ok()?))
}
