//! What is filled, and what of a template is refused.

use super::*;

fn facts() -> Facts {
    let counter = |n: usize| vec![("counter.name", format!("专柜<{n}>")), ("counter.notice", format!("XJ-{n}"))];
    let all = ["incident", "issuer", "confirmed_by", "issued", "product", "product_code", "spec", "supplier"];
    let more = ["county", "title", "reason", "grade", "recall_class", "batches", "due", "number"];
    let law = ["law_hours", "law_start", "law_days", "law_finish"];
    let mut values: Values = all.iter().chain(&more).chain(&law).map(|n| (*n, format!("[{n}]"))).collect();
    values.push(("counters", "2".into()));
    let dressed = |n| counter(n).into_iter().chain([("counter.code", "ZG".into())]).collect::<Values>();
    let full = |n| dressed(n).into_iter().chain([("counter.county", "县".into()), ("counter.state", "未回执".into())]);
    Facts { values, counters: (1..=2).map(|n| full(n).collect()).collect() }
}

#[test]
fn a_line_of_a_counter_is_written_for_each() {
    let out = text("甲 {{product}}\n  {{counter.notice}} {{ counter.name }}\n乙\n", &facts()).unwrap();
    assert_eq!(out, "甲 [product]\n  XJ-1 专柜<1>\n  XJ-2 专柜<2>\n乙\n");
    assert!(text(TEXT, &facts()).unwrap().contains("XJ-2  ZG  专柜<2>"));
}

#[test]
fn a_wrong_placeholder_is_named_with_its_line() {
    let wrong = |t: &str| text(t, &facts()).unwrap_err();
    assert_eq!(wrong("a\n{{prodct}}"), TemplateError { code: "unknown", line: 2, found: "prodct".into() });
    assert_eq!(wrong("{{product").code, "unclosed");
    // Also where no counter is left to be written.
    let none = Facts { counters: Vec::new(), ..facts() };
    assert_eq!(text("a\n{{counter.nmae}}", &none).unwrap_err().found, "counter.nmae");
    assert_eq!(text("{{counter.name}}\nb", &none).unwrap(), "b\n");
    assert_eq!(docx(Some(b"not a zip"), &facts()).unwrap_err().code, "no-docx");
}

#[test]
fn the_document_opens_and_its_rows_are_those_of_the_counters() {
    let read = |bytes: &[u8]| {
        let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut xml = String::new();
        archive.by_name(PART).unwrap().read_to_string(&mut xml).unwrap();
        xml
    };
    let made = docx(None, &facts()).unwrap();
    let xml = read(&made);
    assert_eq!(xml.matches("<w:tr>").count(), 3, "a head and two counters");
    assert!(xml.contains("专柜&lt;2&gt;") && !xml.contains("{{"), "{xml}");
    // The page's head and foot are filled, too.
    let mut own = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in [(PART, "<w:p>{{product}}</w:p>"), ("word/header1.xml", "<w:p>{{number}}</w:p>")] {
        own.start_file(name, SimpleFileOptions::default()).unwrap();
        own.write_all(text.as_bytes()).unwrap();
    }
    let filled = docx(Some(&own.finish().unwrap().into_inner()), &facts()).unwrap();
    let mut archive = ZipArchive::new(Cursor::new(filled)).unwrap();
    let mut head = String::new();
    archive.by_name("word/header1.xml").unwrap().read_to_string(&mut head).unwrap();
    assert_eq!(head, "<w:p>[number]</w:p>");
    // What was made is a template without placeholders: a union's own goes the same way.
    assert_eq!(read(&docx(Some(&made), &facts()).unwrap()), xml);
}
