//! The removal notice as a file: text, document, a union's own template.

use super::{INCIDENT, PRODUCT, SECOND, must, verified};
use crate::support::{Data, run};
use std::io::Read;

#[test]
fn the_removal_notice_is_text_or_a_document_and_a_union_may_write_its_own() {
    let data = Data::new();
    verified(&data);
    must(&data, SECOND, &["incident", "confirm", INCIDENT, "--product", PRODUCT, "--reason", "检验报告确认"]);
    let at = |name: &str| data.path().join(name).display().to_string();
    let notice = |to: &str, force: bool| {
        let mut args = vec!["incident", "notice", INCIDENT, "--out", to];
        args.extend(force.then_some("--force"));
        run(data.gongfu(&args))
    };
    assert_eq!(notice(&at("通知.txt"), false).0, 0);
    let text = std::fs::read_to_string(at("通知.txt")).expect("a text");
    for words in
        ["柞水木耳", INCIDENT, "检验报告确认", "XJ-2020-0001-0002", "柞水县职工之家2", "一级", "2020-08-21 14:32"]
    {
        assert!(text.contains(words), "{words}\n{text}");
    }
    let (code, _, err) = notice(&at("通知.txt"), false);
    assert!(code == 3 && err.contains("已经有了"), "{code} {err}");
    assert_eq!(notice(&at("通知.txt"), true).0, 0);
    assert_eq!(notice(&at("通知.docx"), false).0, 0);
    let file = std::fs::File::open(at("通知.docx")).expect("a document");
    let mut archive = zip::ZipArchive::new(file).expect("a zip");
    let mut xml = String::new();
    archive.by_name("word/document.xml").expect("its text").read_to_string(&mut xml).expect("text");
    assert!(xml.contains("柞水县职工之家1") && xml.contains("XJ-2020-0001-0002") && !xml.contains("{{"), "{xml}");
    opened_by_libreoffice(&at("通知.docx"), data.path());
    std::fs::create_dir(data.path().join("templates")).expect("a folder");
    std::fs::write(data.path().join("templates/removal_notice.txt"), "我市通知\n{{product}}\n{{prodct}}")
        .expect("a file");
    let (code, _, err) = notice("-", false);
    assert!(code == 3 && err.contains("第 3 行") && err.contains("prodct"), "{code} {err}");
    std::fs::write(data.path().join("templates/removal_notice.txt"), "我市通知 {{product}}\n").expect("a file");
    assert_eq!(notice("-", false).1.trim(), "我市通知 柞水木耳");
}

/// The office program people have reads it, where it is installed.
fn opened_by_libreoffice(file: &str, dir: &std::path::Path) {
    let profile = format!("-env:UserInstallation=file://{}/office", dir.display());
    let done = std::process::Command::new("soffice")
        .args(["--headless", &profile, "--convert-to", "txt:Text", "--outdir"])
        .arg(dir.join("converted"))
        .arg(file)
        .output();
    if done.is_err() {
        return;
    }
    let text = std::fs::read_to_string(dir.join("converted/通知.txt")).expect("LibreOffice opened it");
    assert!(text.contains("下架通知") && text.contains("XJ-2020-0001-0002"), "{text}");
}
