//! `gongfu themes`: the themes that come with the product, a theme file that is set, and which one counts.

use super::context::Context;
use super::fail::{Exit, Fail};
use super::out::Out;
use crate::console::theme::{Depth, SHIPPED, Theme};
use serde_json::{Value as Json, json};

/// Runs `themes`.
pub(super) fn run(context: &Context) -> Result<Exit, Fail> {
    let mut themes: Vec<Theme> = SHIPPED.iter().filter_map(|(name, _)| Theme::shipped(name, Depth::True)).collect();
    let mut current = context.config.settings.theme.clone();
    let settings = super::console::settings(context)?;
    if let Some((path, text)) = &settings.theme_file {
        // Read a moment ago; what is wrong with it was told then.
        if let Ok(own) = Theme::parse(path, text, Depth::True) {
            own.name().clone_into(&mut current);
            themes.push(own);
        }
    }
    let current = current.as_str();
    let mut out = Out::new();
    if context.json {
        let rows =
            themes.iter().map(|t| json!({ "name": t.name(), "title": t.title(), "current": t.name() == current }));
        let document = json!({ "themes": rows.collect::<Vec<Json>>(), "current": current });
        return out.json(&document).map(|()| Exit::Done).map_err(Into::into);
    }
    for theme in &themes {
        let mark = if theme.name() == current { "*" } else { " " };
        out.line(&format!("{mark} {}  {}", crate::base::text::fit(theme.name(), 18), theme.title()))?;
    }
    out.done()
}
