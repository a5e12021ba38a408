//! `gongfu config`: whether the settings are understood, what counts, where the file is.

use super::args::ConfigAct;
use super::context::Context;
use super::fail::{Exit, Fail};
use super::out::Out;
use serde_json::json;

/// Runs `config`. That the file is understood was found out before; theme and keys are tried here.
pub(super) fn run(context: &Context, act: &ConfigAct) -> Result<Exit, Fail> {
    let config = &context.config;
    if matches!(act, ConfigAct::Check) {
        super::console::check(context)?;
    }
    let path = config.path.display().to_string();
    let out = Out::new();
    let document = match act {
        ConfigAct::Check => json!({ "ok": true, "path": path, "found": config.found }),
        ConfigAct::Path => json!({ "path": path, "found": config.found, "data_dir": context.data_dir }),
        ConfigAct::Show => serde_json::to_value(&config.settings).map_err(std::io::Error::from)?,
    };
    if context.json {
        return out.json(&document).map(|()| Exit::Done).map_err(Into::into);
    }
    print(context, act, &path, out)
}

fn print(context: &Context, act: &ConfigAct, path: &str, mut out: Out) -> Result<Exit, Fail> {
    match act {
        ConfigAct::Check => {
            let id = if context.config.found { "cli-config-good" } else { "cli-config-none" };
            out.line(&context.locale.tr_with(id, &[("path", path)]))?;
        }
        ConfigAct::Path => out.line(path)?,
        ConfigAct::Show => {
            let text = toml::to_string(&context.config.settings).map_err(std::io::Error::other)?;
            out.line(text.trim_end())?;
        }
    }
    out.done()
}
