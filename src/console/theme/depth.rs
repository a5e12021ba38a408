//! How many colours the terminal shows.

/// The number of colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// Attributes only.
    None,
    /// The sixteen everybody has.
    Ansi16,
    /// The 256 of xterm.
    Ansi256,
    /// 24 bits.
    True,
}

/// What the environment says about the terminal; empty strings when unset.
#[derive(Debug, Clone, Copy, Default)]
pub struct Env<'a> {
    /// `TERM`
    pub term: &'a str,
    /// `COLORTERM`
    pub colorterm: &'a str,
    /// `NO_COLOR`
    pub no_color: &'a str,
}

impl Depth {
    /// Decides from the environment; 24 bits only when the terminal says so.
    pub fn detect(env: Env<'_>) -> Self {
        let family = env.term.split('-').next().unwrap_or_default();
        if !env.no_color.is_empty() || matches!(family, "" | "dumb" | "vt52" | "vt100" | "vt102" | "vt220") {
            return Self::None;
        }
        if env.term.ends_with("-m") || env.term.ends_with("-mono") {
            return Self::None;
        }
        // Inside screen the variable is that of the terminal around it; screen itself shows 256 colours at most.
        let says_true = family != "screen" && matches!(env.colorterm, "truecolor" | "24bit");
        if says_true || env.term.ends_with("-direct") || env.term.ends_with("-truecolor") {
            return Self::True;
        }
        let rich = ["256color", "kitty", "alacritty", "ghostty", "foot"].iter().any(|word| env.term.contains(word));
        if rich { Self::Ansi256 } else { Self::Ansi16 }
    }

    /// Whether a full-screen console makes sense at all on this terminal.
    pub fn can_draw(term: &str) -> bool {
        !matches!(term, "" | "dumb" | "unknown" | "network")
    }
}
