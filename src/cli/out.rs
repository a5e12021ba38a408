//! Stdout and stderr. The only place that writes to either; a closed stdout ends quietly.

use super::fail::{Exit, Fail};
use crate::base::locale::{Lang, Locale};
use crate::base::text;
use serde_json::{Value as Json, json};
use std::io::{self, BufWriter, StdoutLock, Write};

/// Buffered stdout.
pub struct Out(BufWriter<StdoutLock<'static>>);

impl Out {
    /// Takes stdout until dropped.
    pub fn new() -> Out {
        Out(BufWriter::new(io::stdout().lock()))
    }

    /// One line.
    ///
    /// # Errors
    /// What the system says; a closed pipe included.
    pub fn line(&mut self, text: &str) -> io::Result<()> {
        self.0.write_all(text::harmless(text).as_bytes())?;
        self.0.write_all(b"\n")
    }

    /// A JSON document, indented, as the last thing of a command.
    ///
    /// # Errors
    /// As [`Out::line`].
    pub fn json(mut self, document: &Json) -> io::Result<()> {
        self.0.write_all(text::json_escaped(&serde_json::to_string_pretty(document)?).as_bytes())?;
        self.0.write_all(b"\n")?;
        self.0.flush()
    }

    /// Writes out what is held back.
    ///
    /// # Errors
    /// As [`Out::line`].
    pub fn done(mut self) -> Result<Exit, Fail> {
        self.0.flush()?;
        Ok(Exit::Done)
    }
}

impl Default for Out {
    fn default() -> Out {
        Out::new()
    }
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Says what went wrong on stderr, and gives the exit code.
pub(super) fn complain(fail: &Fail, locale: &Locale, json: bool) -> Exit {
    if fail.exit == Exit::Done {
        return Exit::Done;
    }
    if json {
        let mut error = json!({ "code": fail.code, "message": fail.message, "hint": fail.hint });
        if !fail.problems.is_empty() {
            error["problems"] = fail.problems.clone().into();
        }
        note(&text::json_escaped(&json!({ "error": error }).to_string()));
        return fail.exit;
    }
    let stop = if locale.lang() == Lang::Zh { "。" } else { "." };
    let message = fail.message.trim_end_matches(['。', '.', '\n']);
    note(&format!("gongfu: {message}{stop}"));
    if !fail.hint.is_empty() {
        note(&format!("  {}{stop}", fail.hint.trim_end_matches(['。', '.'])));
    }
    fail.exit
}

/// One line on stderr. A closed stderr cannot be told of anywhere.
pub(super) fn note(text: &str) {
    // Arguments, paths and files are named in it, and those may hold anything.
    let _ = writeln!(io::stderr().lock(), "{}", text::harmless(text));
}
