//! What people give the page by mistake: each mistake gets a sentence that says what to do, and none is swallowed.

use crate::chromium::Chromium;
use crate::dist;
use crate::namespace::inside;
use crate::page::{Page, Rows};
use crate::verdicts::{AT, trust};
use crate::web_server::WebServer;
use ct_core::{Code, Language, explain};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Runs the body with a browser, the page and an empty folder; the page may not complain on the console.
fn with_page(test: &str, body: impl FnOnce(&Chromium, &Path, &TempDir)) {
    inside(test, || {
        let Some(file) = dist::page(test) else { return };
        let Some(chromium) = Chromium::start(test, "en") else { return };
        body(&chromium, &file, &tempfile::tempdir().unwrap());
        assert_eq!(chromium.complaints(), Vec::<String>::new());
    });
}

fn ready<'a>(chromium: &'a Chromium, file: &Path) -> Page<'a> {
    let page = Page::open(chromium, file);
    page.set("strict", AT);
    page.trust(&[trust()]);
    page.quiet();
    page
}

/// What the page shows once it is quiet, beyond what it showed before.
fn news(page: &Page<'_>, before: &str) -> String {
    page.quiet();
    let text = page.text();
    let old: Vec<&str> = before.lines().map(str::trim).collect();
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !old.contains(line)).collect::<Vec<_>>().join("\n")
}

fn diploma() -> PathBuf {
    ct_testdata::repository().join("bundles/valid/diploma.cbor")
}

fn write(folder: &TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    path
}

/// The smallest picture.
const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89";

#[test]
fn without_a_trust_root_nothing_is_judged_and_the_page_asks_for_one() {
    with_page("bad_input::without_a_trust_root_nothing_is_judged_and_the_page_asks_for_one", |chromium, file, _| {
        let page = Page::open(chromium, file);
        let before = page.text();
        page.pick("#bundles", &[diploma()]);
        let news = news(&page, &before);
        assert!(news.contains("diploma.cbor") && news.to_lowercase().contains("trust root"), "{news}");
        let verified = "return document.querySelectorAll('[data-status=verified]').length";
        assert_eq!(chromium.driver().run(verified, &[]), 0);
    });
}

#[test]
fn a_trust_root_among_the_bundles_and_a_bundle_as_trust_root_are_told_so() {
    let test = "bad_input::a_trust_root_among_the_bundles_and_a_bundle_as_trust_root_are_told_so";
    with_page(test, |chromium, file, _| {
        let page = Page::open(chromium, file);
        page.set("strict", AT);
        let before = page.text();
        page.pick("#bundles", &[trust()]);
        let said = news(&page, &before);
        assert!(said.contains("trust.cbor") && said.to_lowercase().contains("trust root"), "{said}");

        let page = Page::open(chromium, file);
        let before = page.text();
        page.pick("#trust", &[diploma()]);
        let said = news(&page, &before);
        assert!(said.contains(explain(Code::TrustKind, Language::English).title), "{said}");
    });
}

#[test]
fn a_picture_and_an_empty_file_are_refused_with_cores_codes() {
    let test = "bad_input::a_picture_and_an_empty_file_are_refused_with_cores_codes";
    with_page(test, |chromium, file, folder| {
        let page = ready(chromium, file);
        page.pick("#bundles", &[write(folder, "photo.png", PICTURE), write(folder, "empty.cbor", b"")]);
        let rows = page.settled(2);
        let code = |name: &str| rows.get(name).map(|(status, code)| (status.as_str(), code.as_str()));
        assert_eq!(code("photo.png"), Some(("unverified", "malformed.kind")));
        assert_eq!(code("empty.cbor"), Some(("unverified", "malformed.empty")));
        assert!(page.text().contains(explain(Code::MalformedEmpty, Language::English).title), "{}", page.text());

        // Dropped, a picture can only be a document; it belongs to no bundle.
        let page = ready(chromium, file);
        let before = page.text();
        chromium.drop_files("#drop", &[write(folder, "photo.png", PICTURE)]);
        let said = news(&page, &before);
        assert!(said.contains("photo.png"), "{said}");
    });
}

/// Files in a folder are named with it.
fn in_folder(rows: Rows) -> Rows {
    let inside = |(name, row): (String, _)| (name.strip_prefix("valid/").map(str::to_owned), row);
    rows.into_iter().map(inside).filter_map(|(name, row)| Some((name?, row))).collect()
}

/// Whether a browser lets a page look into a folder depends on where the page comes from; where it does not, the page
/// says what to do instead.
#[test]
fn a_folder_is_looked_into_or_the_page_says_how_and_an_empty_drop_is_answered() {
    let test = "bad_input::a_folder_is_looked_into_or_the_page_says_how_and_an_empty_drop_is_answered";
    with_page(test, |chromium, file, folder| {
        let bundles = ct_testdata::repository().join("bundles/valid");
        let page = ready(chromium, file);
        let before = page.text();
        chromium.drop_files("#drop", std::slice::from_ref(&bundles));
        let said = news(&page, &before);
        assert!(said.contains("valid is a folder") && said.contains("Choose a folder"), "{said}");

        // As it says.
        page.pick("#folder", std::slice::from_ref(&bundles));
        assert_eq!(in_folder(page.settled(8)), crate::verdicts::expected("bundles/valid"));

        let server = WebServer::of(BTreeMap::from([("verify.html".to_owned(), dist::read(file))]));
        let page = Page::load(chromium.driver(), &server.address("verify.html"));
        page.set("strict", AT);
        page.trust(&[trust()]);
        chromium.drop_files("#drop", &[bundles]);
        assert_eq!(in_folder(page.settled(8)), crate::verdicts::expected("bundles/valid"));

        fs::create_dir_all(folder.path().join("empty")).unwrap();
        for nothing in [vec![], vec![folder.path().join("empty")]] {
            let page = ready(chromium, file);
            let before = page.text();
            chromium.drop_files("#drop", &nothing);
            let said = news(&page, &before);
            assert!(said.contains("Drop the bundle") || said.contains("Choose a folder"), "{nothing:?}: {said}");
        }
    });
}

#[test]
fn the_same_file_twice_is_one_row() {
    with_page("bad_input::the_same_file_twice_is_one_row", |chromium, file, _| {
        let page = ready(chromium, file);
        page.pick("#bundles", &[diploma()]);
        page.settled(1);
        // The same again, and beside itself under the same name.
        page.pick("#bundles", &[diploma()]);
        page.quiet();
        let count = "return document.querySelectorAll('[data-file]').length";
        assert_eq!(chromium.driver().run(count, &[]), 1);
        assert_eq!(page.settled(1).get("diploma.cbor"), Some(&("verified".to_owned(), "ok".to_owned())));
    });
}

/// The sizes of the browser's processes at their largest, in MiB.
fn largest_process() -> u64 {
    let processes = fs::read_dir("/proc").unwrap().flatten().map(|entry| entry.path());
    let status = processes.filter_map(|path| fs::read_to_string(path.join("status")).ok());
    let of_browser = status.filter(|status| status.starts_with("Name:\tchrom"));
    let peak = |status: String| {
        let line =
            status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.trim().trim_end_matches(" kB").to_owned();
        line.parse::<u64>().ok()
    };
    of_browser.filter_map(peak).max().unwrap_or_default() / 1024
}

// R7.2: constant memory, never the whole file.
#[test]
fn a_document_of_two_gigabytes_is_streamed_and_as_a_bundle_refused_unread() {
    let test = "bad_input::a_document_of_two_gigabytes_is_streamed_and_as_a_bundle_refused_unread";
    with_page(test, |chromium, file, folder| {
        // Nothing but a length: it takes no room on the disk.
        let large = folder.path().join("survey.tif");
        File::create(&large).unwrap().set_len(2 << 30).unwrap();
        let page = ready(chromium, file);
        page.pick("#bundles", std::slice::from_ref(&large));
        let rows = page.settled(1);
        assert_eq!(rows.get("survey.tif"), Some(&("unverified".to_owned(), "limit.bundle_size".to_owned())));

        let page = ready(chromium, file);
        let before = page.text();
        page.pick("#documents", &[large]);
        page.wait("the document to be read", "return document.querySelector('[data-document]') !== null", &[]);
        page.pick("#bundles", &[diploma()]);
        // The verdict waits for the document: it could be the bundle's.
        page.settled(1);
        page.idle();
        let said = news(&page, &before);
        assert!(said.contains("survey.tif"), "{said}");
        let peak = largest_process();
        assert!((10..700).contains(&peak), "{peak} MiB");
    });
}
