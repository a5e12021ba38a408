//! The checks themselves, one function a thing.

use super::{Check, Level};
use crate::cli::context::{Context, machine_language};
use crate::config::AmbiguousWidth;
use crate::console::theme::{Depth, Env};
use crate::setup::evidence;
use crate::sqlite::{self, Use, migrate};
use crate::store::Connection;
use crate::store::{schema, setting};
use std::io::IsTerminal;
use std::os::unix::fs::PermissionsExt;

/// Every check, in the order shown.
pub(super) fn all(context: &Context) -> Vec<Check> {
    let mut out = vec![terminal(), colours(context), encoding(), widths(context), clipboard()];
    out.extend([settings(context), data_dir(context), file_system(context)]);
    out.extend(database(context));
    out.push(clock(context));
    out
}

fn check(id: &'static str, level: Level, found: impl Into<String>) -> Check {
    Check { id, level, found: found.into() }
}

fn var(name: &str) -> String {
    std::env::var(name).unwrap_or_default()
}

fn terminal() -> Check {
    let term = var("TERM");
    if !std::io::stdin().is_terminal() {
        return check("terminal", Level::Warn, format!("TERM={term}, stdin is no terminal"));
    }
    let size = rustix::termios::tcgetwinsize(std::io::stdin()).ok();
    let (columns, rows) = size.map_or((0, 0), |s| (s.ws_col, s.ws_row));
    let level = match (Depth::can_draw(&term), columns >= 80 && rows >= 24) {
        (false, _) => Level::Bad,
        (true, false) => Level::Warn,
        (true, true) => Level::Ok,
    };
    check("terminal", level, format!("TERM={term} {columns}x{rows}"))
}

fn colours(context: &Context) -> Check {
    let (term, colorterm, no_color) = (var("TERM"), var("COLORTERM"), var("NO_COLOR"));
    let env = Env { term: &term, colorterm: &colorterm, no_color: &no_color };
    let word = match context.config.settings.colours.depth(env) {
        Depth::None => "none",
        Depth::Ansi16 => "16",
        Depth::Ansi256 => "256",
        Depth::True => "true",
    };
    check("colours", Level::Ok, word)
}

fn encoding() -> Check {
    let locale = machine_language().unwrap_or_default();
    let lower = locale.to_ascii_lowercase();
    let utf8 = lower.contains("utf-8") || lower.contains("utf8");
    let found = if locale.is_empty() { "LANG is not set".to_owned() } else { locale };
    check("encoding", if utf8 { Level::Ok } else { Level::Warn }, found)
}

fn widths(context: &Context) -> Check {
    let set = match context.config.settings.ambiguous_width {
        AmbiguousWidth::Auto => "auto",
        AmbiguousWidth::Narrow => "narrow",
        AmbiguousWidth::Wide => "wide",
    };
    // Only the terminal knows, and it is not asked here; a Chinese locale of these families often means two cells.
    let cjk = ["zh", "ja", "ko"].iter().any(|l| machine_language().unwrap_or_default().starts_with(l));
    check("widths", Level::Ok, if cjk { format!("{set} (CJK locale)") } else { set.to_owned() })
}

fn clipboard() -> Check {
    let (tmux, screen) = (!var("TMUX").is_empty(), !var("STY").is_empty());
    match (tmux, screen) {
        (true, _) => check("clipboard", Level::Warn, "tmux, OSC 52"),
        (_, true) => check("clipboard", Level::Warn, "GNU screen"),
        _ => check("clipboard", Level::Ok, "OSC 52"),
    }
}

fn settings(context: &Context) -> Check {
    let path = context.config.path.display();
    check("settings", Level::Ok, if context.config.found { format!("{path}") } else { format!("{path} (-)") })
}

fn data_dir(context: &Context) -> Check {
    let dir = context.data_dir.display().to_string();
    let Ok(meta) = std::fs::metadata(&context.data_dir) else {
        return check("data-dir", Level::Bad, format!("{dir} (-)"));
    };
    let mode = meta.permissions().mode() & 0o777;
    let found = format!("{dir} {mode:04o}");
    let writable = rustix::fs::access(&context.data_dir, rustix::fs::Access::WRITE_OK).is_ok();
    let level = match (meta.is_dir() && (writable || context.read_only), mode & 0o077 == 0) {
        (false, _) => Level::Bad,
        (true, false) => Level::Warn,
        (true, true) => Level::Ok,
    };
    check("data-dir", level, found)
}

fn file_system(context: &Context) -> Check {
    match sqlite::file_system(&context.data_dir) {
        Some((name, true)) => check("file-system", Level::Bad, name),
        Some((name, false)) => check("file-system", Level::Ok, name),
        None => check("file-system", Level::Warn, "?"),
    }
}

/// The file as a whole, then what is in it.
fn database(context: &Context) -> Vec<Check> {
    let path = context.db_path();
    let db = match sqlite::open(&path, Use::Read) {
        Ok(db) => db,
        Err(e) => {
            let (sentence, _) = context.locale.refusal(&crate::base::locale::Sentence {
                family: "db",
                code: e.code(),
                args: &e.args(),
            });
            return vec![check("database", Level::Bad, sentence)];
        }
    };
    let quick = db.query_row("PRAGMA quick_check(1)", [], |r| r.get::<_, String>(0));
    let whole = match quick {
        Ok(verdict) if verdict == "ok" => check("database", Level::Ok, path.display().to_string()),
        Ok(verdict) => check("database", Level::Bad, verdict),
        Err(e) => check("database", Level::Bad, e.to_string()),
    };
    let sound = whole.level == Level::Ok;
    let mut out = vec![whole];
    if sound {
        out.extend([schema_version(&db), audit_head(&db), evidence_files(context, &db)]);
    }
    out
}

fn schema_version(db: &Connection) -> Check {
    let known = i64::try_from(schema::STEPS.len()).unwrap_or(i64::MAX);
    let found = migrate::version(db).unwrap_or(-1);
    let level = if found == known { Level::Ok } else { Level::Bad };
    check("schema", level, format!("{found}/{known}, SQLite {}", crate::sqlite::version()))
}

/// The last record against the head kept apart, and whether numbers are missing; the whole chain is `audit verify`'s.
fn audit_head(db: &Connection) -> Check {
    let last: crate::store::SqlResult<(i64, Vec<u8>)> =
        db.query_row("SELECT no, hash FROM audit ORDER BY no DESC LIMIT 1", [], |r| Ok((r.get(0)?, r.get(1)?)));
    let kept = setting::get(db, setting::AUDIT_HEAD);
    let records = db.query_row("SELECT count(*) FROM audit", [], |r| r.get::<_, i64>(0)).unwrap_or(-1);
    match (last, kept) {
        (Ok((no, hash)), Ok(Some(head)))
            if records == no && head == format!("{no}:{}", crate::wire::record::hex(&hash)) =>
        {
            check("audit", Level::Ok, format!("{no}"))
        }
        (Err(crate::store::SqlError::QueryReturnedNoRows), Ok(None)) => check("audit", Level::Ok, "0"),
        (last, kept) => {
            let last = last.map_or(0, |(no, _)| no);
            check("audit", Level::Bad, format!("{last} / {}", kept.ok().flatten().unwrap_or_default()))
        }
    }
}

/// Evidence named by a check whose file is not as it should be.
const NAMED: usize = 20;

/// Every file that evidence names is there and has its hash; those that are not are named.
fn evidence_files(context: &Context, db: &Connection) -> Check {
    let sql = "SELECT DISTINCT e.sha256, i.code || ' ' || e.title FROM evidence e JOIN incident i ON i.id = e.incident_id \
               ORDER BY e.seq";
    let rows = db.prepare(sql).and_then(|mut s| {
        let rows = s.query_map([], |r| Ok((r.get::<_, String>(0)?, r.get::<_, String>(1)?)))?;
        rows.collect::<crate::store::SqlResult<Vec<_>>>()
    });
    let Ok(rows) = rows else { return check("evidence", Level::Bad, "?") };
    let lost = rows.iter().filter(|(sha256, _)| !evidence::is_whole(&context.data_dir, sha256));
    let lost: Vec<&str> = lost.map(|(_, name)| name.as_str()).collect();
    if lost.is_empty() {
        return check("evidence", Level::Ok, rows.len().to_string());
    }
    let more = if lost.len() > NAMED { " ..." } else { "" };
    let named = lost[..lost.len().min(NAMED)].join(", ");
    check("evidence", Level::Bad, format!("{}/{}  {named}{more}", lost.len(), rows.len()))
}

fn clock(context: &Context) -> Check {
    let now = context.clock().now();
    let year = jiff::tz::offset(8).to_datetime(now).year();
    let zone = if var("TZ").is_empty() { "TZ -".to_owned() } else { format!("TZ {}", var("TZ")) };
    let found = format!("{} Asia/Shanghai, {zone}", crate::cli::cell::instant(now.as_millisecond()));
    check("clock", if (2020..2100).contains(&year) { Level::Ok } else { Level::Bad }, found)
}

#[cfg(test)]
mod tests {
    use crate::base::locale::{Lang, Locale};

    #[test]
    fn every_check_has_a_title_and_a_next_step() {
        for lang in [Lang::Zh, Lang::En] {
            let locale = Locale::new(lang);
            for id in [
                "terminal",
                "colours",
                "encoding",
                "widths",
                "clipboard",
                "settings",
                "data-dir",
                "file-system",
                "database",
                "schema",
                "audit",
                "evidence",
                "clock",
            ] {
                for text in [format!("cli-doctor-{id}"), format!("cli-doctor-{id}-hint")] {
                    assert!(locale.find(&text, &[]).is_some(), "{} lacks {text}", lang.tag());
                }
            }
        }
    }
}
