//! What stands on the page when a verdict is there, what is saved of it, and what may not stay when its terms change.

use crate::chromium::Chromium;
use crate::dist;
use crate::namespace::inside;
use crate::page::Page;
use crate::verdicts::{AT, trust};
use ct_core::{AtSource, Code, Document, Language, Mode, Report, Request, Timestamp, TrustRoot, explain};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

fn with_page(test: &str, body: impl FnOnce(&Chromium, &Path, &TempDir)) {
    inside(test, || {
        let Some(file) = dist::page(test) else { return };
        let Some(chromium) = Chromium::start(test, "en") else { return };
        body(&chromium, &file, &tempfile::tempdir().unwrap());
    });
}

fn judged<'a>(chromium: &'a Chromium, file: &Path, bundles: &[PathBuf]) -> Page<'a> {
    let page = Page::open(chromium, file);
    page.set("strict", AT);
    page.trust(&[trust()]);
    page.pick("#bundles", bundles);
    page.settled(bundles.len());
    page
}

fn example(name: &str) -> PathBuf {
    ct_testdata::repository().join("bundles").join(name)
}

fn by_core(path: &Path) -> Report {
    let root = TrustRoot::load(&dist::read("bundles/trust.cbor")).unwrap();
    ct_core::verify(&Request {
        bundle: &dist::read(path),
        document: Document::InBundle,
        trust: Ok(&root),
        mode: Mode::Strict,
        at: Timestamp::parse(AT).unwrap(),
        at_source: AtSource::Given,
        state: None,
        evidence: &[],
    })
}

/// Keeps what is saved, in the page, instead of on the disk.
const CATCH: &str = "globalThis.saved = []; \
    URL.createObjectURL = blob => { globalThis.saved.push(blob); return 'blob:none'; }; \
    HTMLAnchorElement.prototype.click = () => {}";

/// The texts of what was saved.
fn saved(chromium: &Chromium) -> Vec<String> {
    let texts = chromium.driver().run_async("return Promise.all(globalThis.saved.map(blob => blob.text()))", &[]);
    serde_json::from_value(texts).unwrap()
}

// R19.4: what the page hands out is core's report, byte for byte, as `ct verify --json` and `--jsonl` print it.
#[test]
fn the_report_on_the_page_and_in_files_is_cores() {
    with_page("results::the_report_on_the_page_and_in_files_is_cores", |chromium, file, folder| {
        let bundle = example("refused/document-altered.cbor");
        judged(chromium, file, std::slice::from_ref(&bundle));
        let shown = chromium.driver().run("return document.querySelector('[data-report]').textContent", &[]);
        assert_eq!(shown, by_core(&bundle).to_json());

        // A name that a spreadsheet would take for a formula.
        let formula = folder.path().join("=cmd.cbor");
        fs::copy(example("valid/names-in-utf8.cbor"), &formula).unwrap();
        let bundles = [bundle, formula];
        judged(chromium, file, &bundles);
        chromium.driver().run(CATCH, &[]);
        chromium
            .driver()
            .run("for (const id of ['export-jsonl', 'export-csv']) document.getElementById(id).click()", &[]);
        let saved = saved(chromium);
        let name = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().to_owned();
        let lines = bundles.iter().map(|path| format!("{}\n", by_core(path).to_json_with_source(&name(path))));
        assert_eq!(saved[0], lines.collect::<String>());
        let rows: Vec<&str> = saved[1].split("\r\n").collect();
        assert!(rows[0].starts_with("file,status,code,"), "{rows:?}");
        assert!(rows[1].starts_with("\"document-altered.cbor\",\"unverified\",\"tampered.document\","), "{rows:?}");
        assert!(rows[2].starts_with("\"'=cmd.cbor\",\"verified\",\"ok\","), "{rows:?}");
    });
}

/// Whether any row says that it is verified.
const ANY_VERIFIED: &str = "return document.querySelector('[data-status=verified]') !== null";

// R18.3: a verdict is of its trust root, mode and time; none outlives them.
#[test]
fn no_verdict_stays_when_trust_root_mode_or_time_are_others() {
    with_page("results::no_verdict_stays_when_trust_root_mode_or_time_are_others", |chromium, file, folder| {
        let bundle = [example("valid/diploma.cbor")];
        let code = |page: &Page<'_>, code: &str| {
            let script = "return document.querySelector('[data-file]')?.dataset.code === arguments[0]";
            page.wait(code, script, &[json!(code)]);
        };

        let page = judged(chromium, file, &bundle);
        let cut = folder.path().join("cut.cbor");
        fs::write(&cut, &dist::read(trust())[..100]).unwrap();
        page.trust(&[cut]);
        code(&page, "trust.malformed");
        page.trust(&[trust()]);
        code(&page, "ok");

        page.set("strict", "2048-01-01T00:00:00Z");
        code(&page, "trust.expired");
        page.set("archival", "2048-01-01T00:00:00Z");
        code(&page, "ok");
        page.set("strict", "2026-11-19T08:00:00Z");
        code(&page, "not_yet_valid.cosignature");

        page.set("strict", AT);
        code(&page, "ok");
        page.set("strict", "yesterday");
        page.wait("the verdict to go", "return document.querySelector('[data-status=verified]') === null", &[]);
        let told = chromium.driver().run("return document.querySelector('#at-error').textContent", &[]);
        assert!(told.as_str().unwrap().contains("2026-11-20T08:00:00Z"), "the accepted form: {told}");
        assert!(page.text().contains("correct the time of verification"), "{}", page.text());
        page.set("strict", "2026-02-30T08:00:00Z");
        page.quiet();
        assert_eq!(chromium.driver().run(ANY_VERIFIED, &[]), json!(false), "there is no such day");
    });
}

/// Names and texts come from whoever made the file: they are text, and turn nothing around.
#[test]
fn names_from_outside_are_shown_as_text() {
    with_page("results::names_from_outside_are_shown_as_text", |chromium, file, folder| {
        let name = "<img src=x onerror=alert(1)>\u{202e}robc.cbor";
        let path = folder.path().join(name);
        fs::copy(example("valid/diploma.cbor"), &path).unwrap();
        let page = judged(chromium, file, &[path]);
        let images = chromium.driver().run("return document.querySelectorAll('#results img').length", &[]);
        assert_eq!(images, 0);
        let text = page.text();
        assert!(text.contains("<img src=x onerror=alert(1)>\\u{202e}robc.cbor"), "{text}");
        assert!(!text.contains('\u{202e}'));
        assert_eq!(chromium.complaints(), Vec::<String>::new());
    });
}

/// A language is chosen at any time, and holds for what stands there already.
#[test]
fn the_language_can_be_changed_with_verdicts_on_the_page() {
    with_page("results::the_language_can_be_changed_with_verdicts_on_the_page", |chromium, file, _| {
        let page = judged(chromium, file, &[example("refused/document-altered.cbor")]);
        let words = |language| explain(Code::TamperedDocument, language);
        assert!(page.text().contains(words(Language::English).meaning));
        let choose = "const field = document.querySelector('#language'); field.value = arguments[0]; \
            field.dispatchEvent(new Event('change', { bubbles: true })); return document.documentElement.lang";
        assert_eq!(chromium.driver().run(choose, &[Value::from("es")]), "es");
        page.quiet();
        let text = page.text();
        assert!(text.contains(words(Language::Spanish).meaning) && !text.contains(words(Language::English).meaning));
        let missing = "return [...document.querySelectorAll('[data-word]')].map(e => e.textContent.trim()) \
            .filter(text => text === '' || text.includes('undefined') || /\\{\\d\\}/.test(text))";
        assert_eq!(chromium.driver().run(missing, &[]), json!([]));
    });
}
