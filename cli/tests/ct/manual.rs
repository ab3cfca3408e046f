//! `ct manual`: pages that a manual reader accepts, the same bytes each time.

use crate::desk::ct;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

fn pages(folder: &Path) -> BTreeMap<String, String> {
    let read =
        |path: &Path| (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(path).unwrap());
    fs::read_dir(folder).unwrap().map(|entry| read(&entry.unwrap().path())).collect()
}

// R1.5
#[test]
fn the_pages_are_the_same_wherever_and_whenever_they_are_written() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, now: &str| {
        let out = folder.path().join(name);
        let mut command = assert_cmd::Command::cargo_bin("ct").unwrap();
        command.args(["manual", "--out"]).arg(&out).env("TZ", now).env("COLUMNS", "40").assert().success();
        pages(&out)
    };
    let first = write("a/deep/folder", "UTC");
    assert_eq!(first, write("b", "Asia/Tokyo"));
    assert!(first.contains_key("ct.1") && first.contains_key("ct-trust-build.1"), "{:?}", first.keys());
}

#[test]
fn a_page_that_is_there_is_not_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("ct-verify.1");
    fs::write(&page, "mine").unwrap();
    let said = ct([Path::new("manual"), Path::new("--out"), folder.path()]);
    assert_eq!(said.status, 5);
    assert!(said.err.starts_with("ct: io.exists: ") && said.err.contains("ct-verify.1"), "{}", said.err);
    assert_eq!(fs::read_to_string(page).unwrap(), "mine");
    let said = ct([Path::new("manual"), Path::new("--out"), &folder.path().join("ct.1")]);
    assert_eq!(said.status, 5, "{}", said.err);
}

#[test]
fn groff_finds_nothing_to_warn_of() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(ct([Path::new("manual"), Path::new("--out"), folder.path()]).status, 0);
    for name in pages(folder.path()).keys() {
        let page = folder.path().join(name);
        let groff =
            Command::new("groff").args(["-man", "-Tutf8", "-ww", "-rCHECKSTYLE=3", "-P-cbou"]).arg(page).output();
        let Ok(output) = groff else { return ct_testdata::skip("no groff program") };
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{name}");
        let shown = String::from_utf8(output.stdout).unwrap();
        for section in ["NAME", "SYNOPSIS", "EXAMPLES", "EXIT STATUS", "SEE ALSO"] {
            assert!(shown.contains(section), "{name} shows no {section}");
        }
        assert!(shown.contains("CivicTrust 0."), "{name}: the version stands below the page");
    }
}
