//! The drawing form of text: only glyphs whose width every terminal agrees on. Owns the replacement table.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthChar;

use super::clean::is_unwanted;

/// `s` as it may be drawn: invisible characters dropped, ambiguous ones replaced, anything else unknown as `?`.
///
/// Every character of the result is a grapheme of its own, one or two cells wide in every width table.
pub fn display(s: &str) -> Cow<'_, str> {
    if s.chars().all(is_safe) {
        return Cow::Borrowed(s);
    }
    let mut out = String::with_capacity(s.len());
    for g in s.graphemes(true) {
        push_grapheme(&mut out, g);
    }
    Cow::Owned(out)
}

/// Whether all terminals draw `c` alike, as one or two cells, joined with nothing.
pub(super) fn is_safe(c: char) -> bool {
    match c {
        ' '..='~' | '\u{4e00}'..='\u{9fff}' => true,
        '\u{a1}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => c != '\u{ad}' && !is_wide_latin(c) && agrees(c, 1),
        '\u{ff61}'..='\u{ff9d}' => c.width() == Some(1),
        '\u{302a}'..='\u{302f}' | '\u{3099}' | '\u{309a}' | '\u{3164}' | '\u{4dc0}'..='\u{4dff}' => false,
        '\u{2e80}'..='\u{2fdf}'
        | '\u{3000}'..='\u{a48c}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6b}'
        | '\u{ff01}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}'
        | '\u{20000}'..='\u{3fffd}' => agrees(c, 2),
        _ => false,
    }
}

fn agrees(c: char, cells: usize) -> bool {
    c.width() == Some(cells) && c.width_cjk() == Some(cells)
}

/// Latin letters legacy Chinese fonts and terminals draw two cells wide (the pinyin tone letters among them); the
/// crate's wide table leaves letters narrow, so they are listed here.
fn is_wide_latin(c: char) -> bool {
    "ÆÐØÞßàáæèéêìíðòóøùúüþāđēěĦħīıĲĳĸĿŀŁłńňŉŊŋōŒœŦŧūǎǐǒǔǖǘǚǜɑɡ".contains(c)
}

/// Appends the drawing form of one grapheme cluster; an unknown base stands for its whole cluster as one `?`.
fn push_grapheme(out: &mut String, g: &str) {
    for c in g.nfc() {
        if is_safe(c) {
            out.push(c);
        } else if is_unwanted(c) || c.width() == Some(0) {
            continue;
        } else if let Some(form) = replacement(c) {
            out.push_str(form);
        } else if !push_compatible(out, c) {
            out.push('?');
            return;
        }
    }
}

/// Appends the compatibility decomposition of `c` (`²` as `2`, `é` as `e`) when it has a drawable one.
fn push_compatible(out: &mut String, c: char) -> bool {
    let start = out.len();
    for d in std::iter::once(c).nfkd() {
        if is_safe(d) {
            out.push(d);
        } else if let Some(form) = replacement(d) {
            out.push_str(form);
        } else if d.width() != Some(0) {
            out.truncate(start);
            return false;
        }
    }
    out.len() > start
}

/// Hand-picked forms of glyphs common in Chinese trade text.
fn replacement(c: char) -> Option<&'static str> {
    punctuation(c).or_else(|| sign(c)).or_else(|| numbered(c))
}

fn punctuation(c: char) -> Option<&'static str> {
    Some(match c {
        '“' => "「",
        '”' => "」",
        '‘' | '’' | '‛' | '′' | '´' | 'ˊ' | 'ˋ' => "'",
        '„' | '‟' | '″' | '¨' => "\"",
        '…' | '‥' | '⋯' => "..",
        '—' | '–' | '―' | '‐' | '‑' | '‒' | '−' | 'ˉ' | '¯' => "-",
        '·' | '•' | '‧' | '∙' | '⋅' | '․' => ".",
        '‖' | '¦' | '∥' => "|",
        '¶' => "#",
        '§' => "S",
        '¡' => "!",
        '¿' => "?",
        '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' => " ",
        '⁄' | '∕' => "/",
        '‹' => "<",
        '›' => ">",
        '〝' => "「",
        _ => return None,
    })
}

fn sign(c: char) -> Option<&'static str> {
    Some(match c {
        '※' | '★' | '☆' | '●' | '◆' | '◇' | '◎' | '◉' | '▪' | '▫' | '✦' | '✱' | '❤' | '♥' | '♡' => {
            "*"
        }
        '■' | '□' | '▇' | '█' | '▓' | '▒' | '░' => "#",
        '○' | '◯' | '˚' | 'º' => "o",
        '▲' | '△' | '↑' | '⬆' => "^",
        '▼' | '▽' | '↓' | '⬇' => "v",
        '→' | '⇒' | '➔' | '➜' | '►' | '▶' | '➡' => "->",
        '←' | '⇐' | '◄' | '◀' | '⬅' => "<-",
        '↔' | '⇔' => "<->",
        '±' => "+/-",
        '×' | '✕' | '✖' | '✗' | '✘' | '╳' => "x",
        '✓' | '✔' | '√' => "v",
        '÷' => "/",
        '≈' | '∼' | '≒' => "~",
        '≥' | '≧' | '⩾' => ">=",
        '≤' | '≦' | '⩽' => "<=",
        '≠' => "!=",
        '≡' => "=",
        '°' | '℃' => "度",
        '‰' => "%o",
        'Æ' => "AE",
        'æ' => "ae",
        'Œ' => "OE",
        'œ' => "oe",
        'Ð' => "D",
        'ð' | 'đ' => "d",
        'Ø' => "O",
        'ø' => "o",
        'ß' => "ss",
        'Þ' => "Th",
        'þ' => "th",
        'Ł' => "L",
        'ł' => "l",
        'ı' => "i",
        'ɑ' => "a",
        'ɡ' => "g",
        'μ' | 'µ' => "u",
        'α' => "a",
        'β' => "b",
        'γ' => "g",
        'Ω' => "ohm",
        '®' => "(R)",
        '©' => "(C)",
        '¤' => "$",
        '─' | '━' | '┄' | '┅' | '┈' | '┉' | '═' => "-",
        '│' | '┃' | '┆' | '┇' | '┊' | '┋' | '║' => "|",
        '┌'..='╋' | '╒'..='╬' | '╭'..='╰' => "+",
        _ => return None,
    })
}

/// Circled numbers in parentheses, so that `①` and `1` stay apart.
fn numbered(c: char) -> Option<&'static str> {
    const FORMS: [&str; 21] = [
        "(0)", "(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)", "(8)", "(9)", "(10)", "(11)", "(12)", "(13)", "(14)",
        "(15)", "(16)", "(17)", "(18)", "(19)", "(20)",
    ];
    let n = u32::from(c);
    let index = match n {
        0x24ea | 0x24ff => 0,
        0x2460..=0x2473 => n - 0x2460 + 1,
        0x2776..=0x277f => n - 0x2776 + 1,
        0x2780..=0x2789 => n - 0x2780 + 1,
        0x278a..=0x2793 => n - 0x278a + 1,
        0x24eb..=0x24f4 => n - 0x24eb + 11,
        _ => return None,
    };
    FORMS.get(usize::try_from(index).ok()?).copied()
}
