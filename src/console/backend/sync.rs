//! Whether frames are bracketed as synchronised updates (private mode 2026).
//!
//! `auto` asks the terminal once, before the first repaint, and never waits: brackets start with the
//! first frame after a favourable reply. The reply is `CSI ? 2026 ; Ps $ y`; `input::decode` turns it into
//! `Event::Reply`, so that a reply that comes seconds late is still a reply and never a key. The query
//! goes out ahead of an erase: a terminal that prints part of it is repaired by the same write.

use serde::Deserialize;

/// Opens a synchronised update.
pub const BEGIN: &[u8] = b"\x1b[?2026h";
/// Closes a synchronised update; harmless when none is open.
pub const END: &[u8] = b"\x1b[?2026l";
/// Asks whether the terminal knows mode 2026.
pub(super) const QUERY: &[u8] = b"\x1b[?2026$p";

/// The setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SyncMode {
    /// Ask the terminal.
    #[default]
    Auto,
    /// Always bracket.
    On,
    /// Never bracket, never ask.
    Off,
}

/// Whether a terminal of this name may be asked: the others print what they do not understand.
pub fn may_ask(term: &str) -> bool {
    let family = term.split(['-', '.']).next().unwrap_or_default();
    !matches!(family, "" | "dumb" | "linux" | "ansi" | "cons25" | "vt52" | "vt100" | "vt102" | "unknown")
}
