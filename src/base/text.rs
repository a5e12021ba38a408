//! Placeholder until the text module lands.
/// Cleans outside text.
pub fn clean(s: &str) -> String {
    s.chars().filter(|c| !c.is_control()).collect::<String>().trim().to_owned()
}
