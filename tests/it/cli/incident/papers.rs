//! The removal notice as a file: text, document, a union's own template.

use super::{CITY, INCIDENT, PRODUCT, SECOND, must, verified};
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
    for words in [
        "柞水木耳",
        INCIDENT,
        "检验报告确认",
        "XJ-2020-0001-0002",
        "柞水县职工之家2",
        "一级",
        "2020-08-21 14:32",
        "通知编号：XJ-2020-0001",
        "10 个工作日",
    ] {
        assert!(text.contains(words), "{words}\n{text}");
    }
    let (code, _, err) = notice(&at("通知.pdf"), false);
    assert!(code == 3 && err.contains("通知.pdf") && !data.path().join("通知.pdf").exists(), "{code} {err}");
    let (code, _, err) = notice(&at("通知.txt"), false);
    assert!(code == 3 && err.contains("已经有了"), "{code} {err}");
    assert_eq!(notice(&at("通知.txt"), true).0, 0);
    assert_eq!(notice(&at("通知.docx"), false).0, 0);
    let file = std::fs::File::open(at("通知.docx")).expect("a document");
    let mut archive = zip::ZipArchive::new(file).expect("a zip");
    let mut xml = String::new();
    archive.by_name("word/document.xml").expect("its text").read_to_string(&mut xml).expect("text");
    assert!(xml.contains("柞水县职工之家1") && xml.contains("XJ-2020-0001-0002") && !xml.contains("{{"), "{xml}");
    assert_eq!(unclosed(&xml), Vec::<&str>::new());
    opened_by_libreoffice(&at("通知.docx"), data.path());
    std::fs::create_dir(data.path().join("templates")).expect("a folder");
    std::fs::write(data.path().join("templates/removal_notice.txt"), "我市通知\n{{product}}\n{{prodct}}")
        .expect("a file");
    let (code, _, err) = notice("-", false);
    assert!(code == 3 && err.contains("第 3 行") && err.contains("prodct"), "{code} {err}");
    std::fs::write(data.path().join("templates/removal_notice.txt"), "我市通知 {{product}}\n").expect("a file");
    assert_eq!(notice("-", false).1.trim(), "我市通知 柞水木耳");
    let said = must(&data, CITY, &["incident", "notice", INCIDENT, "--out", "-"]);
    assert_eq!((said["path"].as_str(), said["text"].as_str()), (Some("-"), Some("我市通知 柞水木耳")));
    let schema = crate::schema::all().into_iter().find(|(n, _)| *n == "incident-notice").expect("a schema").1;
    assert_eq!(crate::schema::faults(&schema, &said, "$"), Vec::<String>::new());
    // As an old editor of a county saves it: GB18030. The office that decided issues it, whoever writes it out.
    let (gb, ..) = encoding_rs::GB18030.encode("签发：{{issuer}} {{number}} 地址 {{counter.address}}");
    std::fs::write(data.path().join("templates/removal_notice.txt"), gb).expect("a file");
    let said = must(&data, CITY, &["incident", "notice", INCIDENT, "--out", "-"]);
    let line = "签发：陕西省总工会 XJ-2020-0001 地址 某路1号";
    assert_eq!(said["text"].as_str(), Some([line, line].join("\n").as_str()));
    std::fs::write(data.path().join("templates/removal_notice.txt"), b"\xff\xff{{product}}").expect("a file");
    let (code, _, err) = notice("-", false);
    assert!(code == 3 && err.contains("不是文本文件"), "{code} {err}");
}

/// Elements of an XML text that are open at its end, or are closed where another was open.
fn unclosed(xml: &str) -> Vec<&str> {
    let mut open = Vec::new();
    for tag in xml.split('<').skip(1) {
        let (tag, _) = tag.split_once('>').expect("an end of the tag");
        let name = tag.split([' ', '\n']).next().unwrap_or_default();
        match tag.strip_prefix('/') {
            Some(closed) if open.last() == Some(&closed) => _ = open.pop(),
            Some(closed) => return vec![closed],
            None if tag.ends_with('/') || tag.starts_with('?') => {}
            None => open.push(name),
        }
    }
    open
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
