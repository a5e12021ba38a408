//! The unified social credit code of GB 32100: 18 characters, the ninth digit of the organisation part checked by
//! GB 11714 and the last by GB 32100.
//!
//! Pure arithmetic; a right check digit says the code is well written, not that the organisation exists.

const ALPHABET: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
const WEIGHTS: [u64; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
const ORG_WEIGHTS: [u64; 8] = [3, 7, 9, 10, 5, 8, 4, 2];

/// Whether the text is a well-formed code with right check digits.
pub fn is_valid(code: &str) -> bool {
    let (Some(head), Some(last)) = (code.get(..17), code.get(17..)) else { return false };
    check_char(head).is_some_and(|c| last.chars().eq([c])) && code.get(8..17).is_some_and(org_part_ok)
}

/// The check character of the first 17 characters; `None` when one of them is not in the alphabet.
pub fn check_char(head: &str) -> Option<char> {
    if head.len() != 17 {
        return None;
    }
    let mut sum = 0;
    for (b, weight) in head.bytes().zip(WEIGHTS) {
        sum += value(b)? * weight;
    }
    ALPHABET.get(usize::try_from((31 - sum % 31) % 31).ok()?).map(|b| char::from(*b))
}

/// The check character of an organisation's eight characters (GB 11714).
pub fn org_check_char(head: &str) -> Option<char> {
    if head.len() != 8 {
        return None;
    }
    let mut sum = 0;
    for (b, weight) in head.bytes().zip(ORG_WEIGHTS) {
        sum += u64::from(char::from(b).to_digit(36)?) * weight;
    }
    Some(match 11 - sum % 11 {
        11 => '0',
        10 => 'X',
        n => char::from_digit(u32::try_from(n).ok()?, 10)?,
    })
}

fn org_part_ok(part: &str) -> bool {
    let (Some(head), Some(last)) = (part.get(..8), part.get(8..)) else { return false };
    org_check_char(head).is_some_and(|c| last.chars().eq([c]))
}

/// The value of a character in GB 32100; letters I, O, S, V and Z are not used.
fn value(b: u8) -> Option<u64> {
    ALPHABET.iter().position(|a| *a == b).and_then(|p| u64::try_from(p).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_codes_pass_and_one_wrong_character_fails() {
        // Codes printed on the public pages of three well-known companies.
        for code in ["914403001922038216", "9144030071526726XG", "91330100799655058B"] {
            assert!(is_valid(code), "{code}");
        }
        let head = "91611026MA70A1B2";
        let org = org_check_char("MA70A1B2").expect("in the alphabet");
        let head = format!("{head}{org}");
        let code = format!("{head}{}", check_char(&head).expect("in the alphabet"));
        assert!(is_valid(&code), "{code}");
        for i in 0..18 {
            let mut bytes = code.clone().into_bytes();
            bytes[i] = if bytes[i] == b'1' { b'2' } else { b'1' };
            assert!(!is_valid(&String::from_utf8(bytes).expect("ascii")), "place {i}");
        }
    }

    #[test]
    fn anything_else_is_no_code() {
        for bad in ["", "9", "91611026MA70A1B2OO", "９１６１１０２６", "柞水县野森林生态农业", "91611026MA70A1B2I1"]
        {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
