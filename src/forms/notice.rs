//! The removal notice as text and as DOCX, filled into a template that a union can replace.
//!
//! A placeholder is `{{name}}`; the line of a text, or the table row (else the paragraph) of a document, that holds one
//! of a counter is written once for each counter. Owns templates and filling; what the values are is the caller's.

use std::fmt::Write as _;
use std::io::{Cursor, Read, Write};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// The template of the text that comes with the program.
pub const TEXT: &str = include_str!("../../data/templates/removal_notice.txt");
/// The document part of the DOCX that comes with the program.
const DOCUMENT: &str = include_str!("../../data/templates/removal_notice.document.xml");
const TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"#;
const RELATIONS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>"#;
/// The part of a DOCX that holds its text.
const PART: &str = "word/document.xml";
/// Beginnings of the other parts that are filled.
const MARGINS: [&str; 2] = ["word/header", "word/footer"];
/// What a template may say of a counter.
pub const OF_COUNTER: [&str; 6] =
    ["counter.notice", "counter.code", "counter.name", "counter.county", "counter.address", "counter.state"];
/// Largest part of a replaced template once unpacked: a page or two of text, with room.
const LARGEST: u64 = 8 << 20;

/// Names and values of one thing.
pub type Values = Vec<(&'static str, String)>;

/// What a notice says.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    pub values: Values,
    /// One set of values a counter; their names begin with `counter.`.
    pub counters: Vec<Values>,
}

/// What is wrong with a template; the locale files hold `template-<code>`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {code} {found}")]
pub struct TemplateError {
    pub code: &'static str,
    /// Counted from 1; of a document, the line of its text part.
    pub line: usize,
    pub found: String,
}

/// The text of a template file: UTF-8, or GB18030 as older editors write it. `None` when it is neither.
pub fn decoded(bytes: &[u8]) -> Option<String> {
    super::sheet::decode(bytes).map(|(_, text)| text.into_owned())
}

/// Fills a text template.
///
/// # Errors
/// A placeholder that is not known or not closed, with its line.
pub fn text(template: &str, facts: &Facts) -> Result<String, TemplateError> {
    let mut out = String::with_capacity(template.len() + facts.counters.len() * 80);
    for (i, line) in template.lines().enumerate() {
        check(line, i + 1, facts)?;
        for counter in rounds(line, facts) {
            let filled = fill(line, i + 1, facts, counter, |v| v.to_owned())?;
            // A blank of the template stays; what was filled with nothing leaves none at the end.
            let _ = writeln!(out, "{}", filled.trim_end());
        }
    }
    Ok(out)
}

/// Fills a document: that of the program, or a union's own DOCX.
///
/// # Errors
/// As [`text`]; when the union's file is no DOCX.
pub fn docx(template: Option<&[u8]>, facts: &Facts) -> Result<Vec<u8>, TemplateError> {
    let broken = |why: String| TemplateError { code: "no-docx", line: 0, found: why };
    let mut out = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default();
    let mut put = |name: &str, bytes: &[u8]| -> Result<(), TemplateError> {
        out.start_file(name, options).map_err(|e| broken(e.to_string()))?;
        out.write_all(bytes).map_err(|e| broken(e.to_string()))
    };
    match template {
        None => {
            put("[Content_Types].xml", TYPES.as_bytes())?;
            put("_rels/.rels", RELATIONS.as_bytes())?;
            put(PART, document(DOCUMENT, facts)?.as_bytes())?;
        }
        Some(bytes) => {
            let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|e| broken(e.to_string()))?;
            let mut found = false;
            for i in 0..archive.len() {
                let file = archive.by_index(i).map_err(|e| broken(e.to_string()))?;
                let name = file.name().map_err(|e| broken(e.to_string()))?.into_owned();
                let mut content = Vec::new();
                file.take(LARGEST + 1).read_to_end(&mut content).map_err(|e| broken(e.to_string()))?;
                if content.len() as u64 > LARGEST {
                    return Err(broken(format!("{name} > {LARGEST}")));
                }
                found |= name == PART;
                if name == PART || MARGINS.iter().any(|m| name.starts_with(m)) {
                    let xml = String::from_utf8(content).map_err(|e| broken(e.to_string()))?;
                    content = document(&xml, facts)?.into_bytes();
                }
                put(&name, &content)?;
            }
            if !found {
                return Err(broken(PART.to_owned()));
            }
        }
    }
    let cursor = out.finish().map_err(|e| broken(e.to_string()))?;
    Ok(cursor.into_inner())
}

/// Fills the text part: first what is written once a counter, then the rest.
fn document(xml: &str, facts: &Facts) -> Result<String, TemplateError> {
    let mut out = String::with_capacity(xml.len() + facts.counters.len() * 400);
    let mut rest = xml;
    let mut line = 1;
    while let Some((start, end)) = repeated(rest) {
        let before = &rest[..start];
        out.push_str(&fill(before, line, facts, None, escape)?);
        line += before.matches('\n').count();
        let row = &rest[start..end];
        check(row, line, facts)?;
        for counter in &facts.counters {
            out.push_str(&fill(row, line, facts, Some(counter), escape)?);
        }
        line += row.matches('\n').count();
        rest = &rest[end..];
    }
    out.push_str(&fill(rest, line, facts, None, escape)?);
    Ok(out)
}

/// The table row, else the paragraph, around the first placeholder of a counter.
fn repeated(xml: &str) -> Option<(usize, usize)> {
    let at = xml.find("{{counter.")?;
    let around = |open: &str, close: &str| {
        let start =
            [format!("<{open}>"), format!("<{open} ")].iter().filter_map(|o| xml[..at].rfind(o.as_str())).max()?;
        let closed = xml[start..at].contains(close);
        let end = at + xml[at..].find(close)? + close.len();
        (!closed).then_some((start, end))
    };
    around("w:tr", "</w:tr>").or_else(|| around("w:p", "</w:p>"))
}

/// Once, or once a counter when the line is about one.
fn rounds<'a>(line: &str, facts: &'a Facts) -> Vec<Option<&'a Values>> {
    match line.contains("{{counter.") {
        true => facts.counters.iter().map(Some).collect(),
        false => vec![None],
    }
}

/// Finds what is wrong with a piece about counters also where there is none to fill it.
fn check(piece: &str, line: usize, facts: &Facts) -> Result<(), TemplateError> {
    let blank: Values = OF_COUNTER.iter().map(|n| (*n, String::new())).collect();
    fill(piece, line, facts, Some(&blank), str::to_owned).map(drop)
}

fn fill(
    text: &str,
    first_line: usize,
    facts: &Facts,
    counter: Option<&Values>,
    dress: impl Fn(&str) -> String,
) -> Result<String, TemplateError> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("{{") {
        let line = first_line + text[..text.len() - rest.len() + at].matches('\n').count();
        out.push_str(&rest[..at]);
        let inside = &rest[at + 2..];
        let wrong = |code, found: &str| TemplateError { code, line, found: found.chars().take(40).collect() };
        let end = inside.find("}}").ok_or_else(|| wrong("unclosed", inside))?;
        let name = inside[..end].trim();
        // An office program cuts what was typed in several goes into pieces.
        if name.contains('<') {
            return Err(wrong("cut", name));
        }
        let known = facts.values.iter().chain(counter.into_iter().flatten()).find(|(n, _)| *n == name);
        let (_, value) = known.ok_or_else(|| wrong("unknown", name))?;
        out.push_str(&dress(value));
        rest = &inside[end + 2..];
    }
    out.push_str(rest);
    Ok(out)
}

fn escape(value: &str) -> String {
    value.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests;
