//! Colours and attributes by role, from a theme file, for what the terminal can show.
//!
//! Views name roles, never colours. A theme is read once and turned into a table of finished styles;
//! conversion to fewer colours happens here, so the painter writes colours as it gets them.

mod colour;
mod depth;
mod file;
mod role;

pub use colour::{Rgb, contrast};
pub use depth::{Depth, Env};
pub use file::ThemeError;
pub use role::Role;

use file::{Entry, ThemeFile};
use ratatui::style::{Color, Modifier, Style};

/// The themes that come with the product: name and text.
pub const SHIPPED: [(&str, &str); 5] = [
    ("dark", include_str!("../../themes/dark.toml")),
    ("light", include_str!("../../themes/light.toml")),
    ("high-contrast", include_str!("../../themes/high-contrast.toml")),
    ("colour-blind-safe", include_str!("../../themes/colour-blind-safe.toml")),
    ("mono", include_str!("../../themes/mono.toml")),
];

/// A table of styles.
#[derive(Debug, Clone)]
pub struct Theme {
    name: String,
    title: String,
    depth: Depth,
    styles: [Style; Role::COUNT],
}

impl Theme {
    /// Reads a theme file; `path` is named in errors.
    ///
    /// # Errors
    ///
    /// With file, line and column when a key, role, attribute or colour is wrong or a role is missing.
    pub fn parse(path: &str, text: &str, depth: Depth) -> Result<Self, ThemeError> {
        Ok(Self::build(&file::read(path, text)?, depth))
    }

    /// A theme that comes with the product.
    pub fn shipped(name: &str, depth: Depth) -> Option<Self> {
        let (path, text) = SHIPPED.iter().find(|(shipped, _)| *shipped == name)?;
        Self::parse(path, text, depth).ok()
    }

    /// The style of a role.
    pub fn style(&self, role: Role) -> Style {
        self.styles[role as usize]
    }

    /// The name in the file.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name shown to people.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The number of colours styles are made for.
    pub fn depth(&self) -> Depth {
        self.depth
    }

    /// Whether bars and marks have to be drawn with characters: there are no colours to show them.
    pub fn is_plain(&self) -> bool {
        self.style(Role::BarFull).bg.is_none()
    }

    fn build(file: &ThemeFile, depth: Depth) -> Self {
        let mut styles = Role::ALL.map(|role| style(file.entry(role), depth));
        if depth == Depth::None {
            // The page of no return looks like nothing else, with or without its background.
            let page = &mut styles[Role::DangerPage as usize];
            *page = page.add_modifier(Modifier::REVERSED);
        }
        Self { name: file.name.clone(), title: file.title.clone(), depth, styles }
    }
}

fn style(entry: &Entry, depth: Depth) -> Style {
    let mut style = Style::new().add_modifier(entry.modifier);
    if let Some(colour) = entry.fg.and_then(|rgb| shown(rgb, entry.ansi, depth)) {
        style = style.fg(colour);
    }
    if let Some(colour) = entry.bg.and_then(|rgb| shown(rgb, entry.ansi_bg, depth)) {
        style = style.bg(colour);
    }
    style
}

fn shown(rgb: Rgb, ansi: Option<Color>, depth: Depth) -> Option<Color> {
    match depth {
        Depth::None => None,
        Depth::Ansi16 => Some(ansi.unwrap_or_else(|| rgb.nearest_16())),
        Depth::Ansi256 => Some(rgb.nearest_256()),
        Depth::True => Some(Color::Rgb(rgb.r, rgb.g, rgb.b)),
    }
}

#[cfg(test)]
mod tests;
