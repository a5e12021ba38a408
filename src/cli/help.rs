//! Help in the person's language: clap's command tree with every text replaced from the locale files.
//!
//! Ids: `cli-about-<path>` of a command (`cli-about-gongfu`, `cli-about-catalog-suspend`), `cli-arg-<path>-<id>` or
//! `cli-arg-<id>` of an argument. A test holds that none is missing.

use super::args::Cli;
use crate::base::locale::{Lang, Locale};
use clap::{Arg, ArgAction, Command, CommandFactory};

/// The command tree in this language.
pub fn command(locale: &Locale) -> Command {
    dress(bare(), locale, &[])
}

/// The command tree that takes the same arguments and explains nothing: most runs need no word of help.
pub fn bare() -> Command {
    fn shape(command: Command, outermost: bool) -> Command {
        let mut command = command
            .disable_help_flag(true)
            .disable_help_subcommand(true)
            .arg(Arg::new("help").short('h').long("help").action(ArgAction::Help).display_order(900));
        if outermost {
            let version = Arg::new("version").short('V').long("version").action(ArgAction::Version);
            command = command.disable_version_flag(true).arg(version.display_order(901));
        }
        command.mut_subcommands(|sub| shape(sub, false))
    }
    shape(Cli::command(), true)
}

/// The text id of a command's description.
pub fn about_id(path: &[&str]) -> String {
    if path.is_empty() { "cli-about-gongfu".into() } else { format!("cli-about-{}", path.join("-")) }
}

fn dress(command: Command, locale: &Locale, path: &[&str]) -> Command {
    let about = locale.tr(&about_id(path)).into_owned();
    let (usage, colon) =
        (locale.tr("cli-head-usage").into_owned(), if locale.lang() == Lang::Zh { "：" } else { ": " });
    let template = format!("{{about}}\n\n{usage}{colon}{{usage}}\n\n{{all-args}}{{after-help}}");
    let mut command = command
        .about(about)
        .help_template(template)
        .subcommand_help_heading(locale.tr("cli-head-commands").into_owned())
        .subcommand_value_name(locale.tr("cli-word-command").into_owned())
        .next_help_heading(locale.tr("cli-head-options").into_owned());
    if path.is_empty() {
        command = command.after_help(locale.tr("cli-after-gongfu").into_owned());
    }
    command = command.mut_args(|arg| dress_arg(arg, locale, path));
    let names: Vec<String> = command.get_subcommands().map(|s| s.get_name().to_owned()).collect();
    for name in names {
        let inner: Vec<&str> = path.iter().copied().chain([name.as_str()]).collect();
        command = command.mut_subcommand(&name, |sub| dress(sub, locale, &inner));
    }
    command
}

fn dress_arg(arg: Arg, locale: &Locale, path: &[&str]) -> Arg {
    let id = arg.get_id().as_str().to_owned();
    let own = format!("cli-arg-{}-{id}", path.join("-"));
    let mut text = locale.find(&own, &[]).unwrap_or_else(|| locale.tr(&format!("cli-arg-{id}")).into_owned());
    let values: Vec<String> = match arg.get_action().takes_values() {
        true => arg.get_possible_values().iter().map(|v| v.get_name().to_owned()).collect(),
        false => Vec::new(),
    };
    if !values.is_empty() {
        let (colon, comma) = if locale.lang() == Lang::Zh { ("：", "、") } else { (": ", ", ") };
        text = format!("{text}{colon}{}", values.join(comma));
    }
    let heading = match (arg.is_positional(), arg.is_global_set() || matches!(id.as_str(), "help" | "version")) {
        (true, _) => "cli-head-arguments",
        (false, true) => "cli-head-globals",
        (false, false) => "cli-head-options",
    };
    let default: Vec<String> = arg.get_default_values().iter().map(|v| v.to_string_lossy().into_owned()).collect();
    if arg.get_action().takes_values() && default.iter().any(|d| !d.is_empty()) {
        text = format!("{text}{}", locale.tr_with("cli-word-default", &[("value", &default.join(","))]));
    }
    let takes = arg.get_action().takes_values();
    let arg = arg.help(text).help_heading(locale.tr(heading).into_owned());
    if takes { arg.hide_possible_values(true).hide_default_value(true) } else { arg }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missing(command: &Command, locale: &Locale, path: &[&str], out: &mut Vec<String>) {
        if locale.find(&about_id(path), &[]).is_none() {
            out.push(about_id(path));
        }
        for arg in command.get_arguments().filter(|a| a.get_help().is_none_or(|h| h.to_string().starts_with("cli-"))) {
            out.push(format!("cli-arg-{}", arg.get_id()));
        }
        for sub in command.get_subcommands() {
            let inner: Vec<&str> = path.iter().copied().chain([sub.get_name()]).collect();
            missing(sub, locale, &inner, out);
        }
    }

    #[test]
    fn every_command_and_argument_is_explained_in_both_languages() {
        for lang in [Lang::Zh, Lang::En] {
            let locale = Locale::new(lang);
            let mut out = Vec::new();
            missing(&command(&locale), &locale, &[], &mut out);
            assert!(out.is_empty(), "{} lacks {out:?}", lang.tag());
        }
    }

    #[test]
    fn the_command_tree_is_sound() {
        command(&Locale::new(Lang::Zh)).debug_assert();
    }
}
