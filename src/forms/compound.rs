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

    /// The content of the stream; `None` when there is none, its chain is broken or it would be longer than the file.
    pub(super) fn stream(&self, name: &str) -> Option<Vec<u8>> {
        let (_, entry) = self.directory.iter().find(|(n, e)| n == name && e.kind == 2)?;
        if entry.size > self.bytes.len() {
            return None;
        }
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
        // One that begins where the file ends is none: a chain over it would never grow and never end.
        self.bytes.get(at..end).filter(|s| !s.is_empty())
    }

    /// The sectors of a chain, one after the other; `None` when it leaves the file or runs in a circle.
    fn chain(&self, start: u32) -> Option<Vec<u8>> {
        let most = (self.bytes.len() >> self.shift) + 1;
        let (mut out, mut steps) = (Vec::new(), 0);
        let mut sector = start;
        while sector < LAST_SECTOR {
            out.extend_from_slice(self.sector(sector)?);
            steps += 1;
            if steps > most {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::ids::mix;
    use crate::forms::read_catalog;
    use std::time::Duration;

    const SHORT: &[u8] = include_bytes!("../../tests/fixtures/catalog/list.xls");
    const LONG: &[u8] = include_bytes!("../../tests/fixtures/catalog/long.xls");

    /// Runs `work` on a thread of its own and fails when it takes as if it would never end.
    fn ends(work: impl FnOnce() + Send + 'static) {
        let (send, receive) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            work();
            send.send(()).unwrap();
        });
        receive.recv_timeout(Duration::from_secs(120)).expect("an end, and no panic");
    }

    fn write(bytes: &mut [u8], at: usize, number: u32) {
        bytes[at..at + 4].copy_from_slice(&number.to_le_bytes());
    }

    #[test]
    fn a_chain_over_a_sector_behind_the_end_or_in_a_circle_is_broken() {
        let sectors = u32::try_from(SHORT.len() / 512 - 1).unwrap();
        let fat = (u32_at(SHORT, 76).unwrap() as usize + 1) * 512;
        for sector in [sectors, sectors - 1, 0] {
            let mut bytes = SHORT.to_vec();
            write(&mut bytes, 48, sector);
            write(&mut bytes, fat + sector as usize * 4, sector);
            ends(move || assert!(Compound::open(&bytes).is_none(), "sector {sector} follows itself"));
        }
    }

    #[test]
    fn a_stream_that_says_it_is_longer_than_the_file_is_none() {
        let directory = (u32_at(SHORT, 48).unwrap() as usize + 1) * 512;
        let entry = (0..4).map(|i| directory + i * 128).find(|at| SHORT[at + 66] == 2).unwrap();
        let whole = Compound::open(SHORT).unwrap();
        let name = whole.directory.iter().find(|(_, e)| e.kind == 2).unwrap().0.clone();
        assert!(whole.stream(&name).is_some());
        for cutoff in [4096, u32::MAX] {
            let mut bytes = SHORT.to_vec();
            write(&mut bytes, entry + 120, u32::MAX - 7);
            write(&mut bytes, 56, cutoff);
            assert_eq!(Compound::open(&bytes).unwrap().stream(&name), None, "short below {cutoff}");
        }
    }

    #[test]
    fn changed_bytes_never_hang_it_and_no_stream_outgrows_the_file() {
        ends(|| {
            let tables = crate::reference::Reference::embedded().unwrap();
            for (which, whole) in [SHORT, LONG].into_iter().enumerate() {
                let fat = (u32_at(whole, 76).unwrap() as usize + 1) * 512;
                let directory = (u32_at(whole, 48).unwrap() as usize + 1) * 512;
                // Where the links are, and anywhere.
                let places = [(0, 512), (fat, 512), (directory, 512), (0, whole.len())];
                for n in 0..600_u64 {
                    let mut bytes = whole.to_vec();
                    for k in 0..=n % 7 {
                        let (from, length) = places[(mix(n * 31 + k) % 4) as usize];
                        let at = from + mix(n * 17 + k + 1) as usize % length;
                        let sectors = (whole.len() / 512) as u64 + 2;
                        let kind = mix(n + k) % 3;
                        let value = if kind == 0 { mix(n * 13 + k) } else { mix(n * 13 + k) % sectors };
                        match bytes.get_mut(at & !3..(at & !3) + 4) {
                            Some(word) if kind < 2 => word.copy_from_slice(&(value as u32).to_le_bytes()),
                            _ => bytes[at] = value as u8,
                        }
                    }
                    bytes.truncate(whole.len() - (n % 5 == 4) as usize * (mix(n) as usize % whole.len()));
                    if let Some(book) = Compound::open(&bytes) {
                        for (name, _) in &book.directory {
                            let length = book.stream(name).map_or(0, |s| s.len());
                            assert!(length <= bytes.len(), "file {which}, change {n}: {length} bytes");
                        }
                    }
                    // Whatever comes of it, it comes.
                    let _ = read_catalog(&bytes, "list.xls", None, &tables);
                }
            }
        });
    }
}
