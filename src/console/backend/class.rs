//! How many cells a symbol takes, and whether every terminal agrees on it.
//!
//! The painter trusts the cursor to have advanced only after symbols on which terminals agree. It
//! owns no table of widths: the numbers come from ratatui, so that layout and painting never differ.

use ratatui::buffer::CellWidth;

/// What the painter needs to know about one symbol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Class {
    /// Cells the symbol takes in our layout; never 0.
    pub width: u16,
    /// Whether every terminal we know advances by exactly `width`.
    pub agreed: bool,
}

/// Classifies a symbol; `None` when it cannot be shown (control characters, nothing but zero width).
pub(super) fn classify(symbol: &str) -> Option<Class> {
    let mut chars = symbol.chars();
    let first = chars.next()?;
    let single = chars.next().is_none();
    if single && first.is_ascii() {
        let shown = !first.is_ascii_control();
        return shown.then_some(Class { width: 1, agreed: true });
    }
    if single && agreed_wide(first) {
        return Some(Class { width: 2, agreed: true });
    }
    if symbol.chars().any(char::is_control) {
        return None;
    }
    match symbol.cell_width() {
        0 => None,
        width => Some(Class { width, agreed: false }),
    }
}

/// Characters that take two cells in every terminal: CJK punctuation, kana, hangul syllables,
/// ideographs and full-width forms. Combining marks and emoji inside those blocks are left out.
fn agreed_wide(c: char) -> bool {
    matches!(c,
        '\u{3000}'..='\u{3029}'
        | '\u{3031}'..='\u{303c}'
        | '\u{3041}'..='\u{3096}'
        | '\u{309b}'..='\u{30ff}'
        | '\u{3105}'..='\u{312f}'
        | '\u{3131}'..='\u{3163}'
        | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{fa6d}'
        | '\u{ff01}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}'
        | '\u{20000}'..='\u{2a6df}'
        | '\u{2a700}'..='\u{2ebe0}'
        | '\u{30000}'..='\u{3134a}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agreed_wide_characters_are_two_cells_for_ratatui_too() {
        for c in ('\u{2e80}'..='\u{323af}').filter(|c| agreed_wide(*c)) {
            assert_eq!(c.to_string().as_str().cell_width(), 2, "U+{:04X}", u32::from(c));
        }
    }

    #[test]
    fn ambiguous_and_joined_symbols_are_not_trusted() {
        let unsure = |s: &str| classify(s).is_some_and(|c| !c.agreed);
        for s in ["“", "…", "①", "─", "⠿", "e\u{301}", "👨\u{200d}👩", "☀\u{fe0f}", "é"] {
            assert!(unsure(s), "{s}");
        }
        assert_eq!(classify("中"), Some(Class { width: 2, agreed: true }));
        assert_eq!(classify("："), Some(Class { width: 2, agreed: true }));
        assert_eq!(classify("a"), Some(Class { width: 1, agreed: true }));
        assert_eq!(classify("\u{1b}"), None);
        assert_eq!(classify("\u{200b}"), None);
    }
}
