//! What is kept, what is not, and what a refused change leaves.

use super::*;

#[test]
fn a_file_is_kept_once_under_its_hash_and_found_damaged_when_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("报告.pdf");
    std::fs::write(&file, "abc").unwrap();
    let kept = keep(dir.path(), &file).unwrap();
    assert_eq!(kept.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    let path = path_of(dir.path(), &kept.sha256);
    assert!(path.ends_with("evidence/ba/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    let written = std::fs::metadata(&path).unwrap().modified().unwrap();
    assert_eq!(keep(dir.path(), &file).unwrap(), kept);
    assert_eq!(std::fs::metadata(&path).unwrap().modified().unwrap(), written, "it is not written again");
    std::fs::write(&path, "abd").unwrap();
    assert!(!is_whole(dir.path(), &kept.sha256));
    assert_eq!(keep(dir.path(), &file).unwrap_err().code, "evidence-damaged");
    let left: Vec<_> = std::fs::read_dir(dir.path().join(FOLDER)).unwrap().flatten().collect();
    assert_eq!(left.len(), 1, "no half-written file is left: {left:?}");
}

#[test]
fn what_cannot_be_evidence_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    std::fs::write(at("empty"), "").unwrap();
    let big = File::create(at("big")).unwrap();
    big.set_len(LARGEST + 1).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(at("pipe")).status().unwrap().success());
    std::fs::create_dir(at("folder")).unwrap();
    std::os::unix::fs::symlink("just", at("link")).unwrap();
    for (name, code) in [
        ("nothing", "evidence-absent"),
        ("empty", "evidence-empty"),
        ("big", "evidence-too-big"),
        ("pipe", "evidence-not-a-file"),
        ("folder", "evidence-not-a-file"),
        ("link", "evidence-not-a-file"),
    ] {
        assert_eq!(keep(dir.path(), &at(name)).unwrap_err().code, code, "{name}");
    }
    let just = File::create(at("just")).unwrap();
    just.set_len(LARGEST).unwrap();
    assert_eq!(keep(dir.path(), &at("just")).unwrap().bytes, LARGEST);
}

#[test]
fn a_folder_that_another_holds_is_waited_for() {
    let dir = tempfile::tempdir().unwrap();
    let held = alone(dir.path()).unwrap();
    let path = dir.path().to_path_buf();
    let other = std::thread::spawn(move || alone(&path).is_ok());
    std::thread::sleep(HELD_PAUSE * 3);
    assert!(!other.is_finished());
    drop(held);
    assert!(other.join().unwrap());
}

#[test]
fn the_folder_is_copied_once_and_a_half_written_file_never_has_its_name() {
    let dir = tempfile::tempdir().unwrap();
    let to = dir.path().join("copy.evidence");
    assert_eq!(copy_folder(dir.path(), &to).unwrap(), 0);
    assert!(!to.exists(), "nothing to copy makes no folder");
    for content in ["甲", "乙", "丙"] {
        std::fs::write(dir.path().join("x"), content).unwrap();
        keep(dir.path(), &dir.path().join("x")).unwrap();
    }
    std::fs::write(dir.path().join(FOLDER).join(".part-x"), "half").unwrap();
    assert_eq!((copy_folder(dir.path(), &to).unwrap(), copy_folder(dir.path(), &to).unwrap()), (3, 0));
    let names: Vec<_> = std::fs::read_dir(&to).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert!(names.iter().all(|n| n.len() == 2), "{names:?}");
}
