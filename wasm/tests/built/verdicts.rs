//! The page's verdicts, from a file without any web server: the examples by every way in, and all cases.

use crate::chromium::Chromium;
use crate::dist;
use crate::namespace::inside;
use crate::page::{Page, Rows};
use ct_core::{AtSource, Bundle, Document, Hash, Mode, Request, Timestamp, TrustRoot};
use ct_testdata::{Case, Draft};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// A day after the examples were issued.
pub(crate) const AT: &str = "2026-11-21T08:00:00Z";

/// The trust root of the examples.
pub(crate) fn trust() -> PathBuf {
    ct_testdata::repository().join("bundles/trust.cbor")
}

/// What core says of the examples in a folder.
pub(crate) fn expected(folder: &str) -> Rows {
    let root = TrustRoot::load(&dist::read("bundles/trust.cbor"));
    let verdict = |path: &PathBuf| {
        let report = ct_core::verify(&Request {
            bundle: &dist::read(path),
            document: Document::InBundle,
            trust: root.as_ref().map_err(|error| *error),
            mode: Mode::Strict,
            at: Timestamp::parse(AT).unwrap(),
            at_source: AtSource::Given,
            state: None,
            evidence: &[],
        });
        let status = if report.is_verified() { "verified" } else { "unverified" };
        (path.file_name().unwrap().to_str().unwrap().to_owned(), (status.to_owned(), report.code().to_string()))
    };
    dist::files(folder).iter().map(verdict).collect()
}

// R19.1, R19.3: what the CLI verifies and refuses, the page verifies and refuses, with the same codes.
#[test]
fn the_examples_are_judged_as_core_judges_them_by_picker_and_by_drop() {
    let test = "verdicts::the_examples_are_judged_as_core_judges_them_by_picker_and_by_drop";
    inside(test, || {
        let Some(file) = dist::page(test) else { return };
        let Some(chromium) = Chromium::start(test, "en") else { return };
        for folder in ["bundles/valid", "bundles/refused"] {
            let (bundles, expected) = (dist::files(folder), expected(folder));

            let page = Page::open(&chromium, &file);
            page.set("strict", AT);
            page.trust(&[trust()]);
            page.pick("#bundles", &bundles);
            assert_eq!(page.settled(bundles.len()), expected, "{folder} by picker");

            // A trust root that comes along is not taken for one until somebody says so: whoever hands over bundles
            // would choose the judge.
            let page = Page::open(&chromium, &file);
            page.set("strict", AT);
            chromium.drop_files("#drop", &[bundles.clone(), vec![trust()]].concat());
            page.wait("a question", "return document.querySelector('[data-notice=notice_trust] button') !== null", &[]);
            page.quiet();
            let judged = "return document.querySelectorAll('[data-file]:not([data-status=pending])').length";
            assert_eq!(chromium.driver().run(judged, &[]), 0);
            chromium.driver().run("document.querySelector('[data-notice=notice_trust] button').click()", &[]);
            assert_eq!(page.settled(bundles.len()), expected, "{folder} by drop");
        }
    });
}

/// The page with a trust root in it, as `cargo xtask web --trust` makes it: its second script has another hash then.
fn with_trust_root(page: &str, trust: &[u8]) -> String {
    let (before, rest) = page.rsplit_once("<script>").unwrap();
    let (script, after) = rest.split_once("</script>").unwrap();
    let pin = |script: &str| ct_core::base64::encode(Hash::of(script.as_bytes()).as_bytes());
    let baked =
        script.replace("const BAKED = \"\";", &format!("const BAKED = \"{}\";", ct_core::base64::encode(trust)));
    assert_ne!(baked, script);
    assert!(before.contains(&pin(script)), "the policy pins the script");
    format!("{}<script>{baked}</script>{after}", before.replace(&pin(script), &pin(&baked)))
}

#[test]
fn a_page_with_a_trust_root_in_it_needs_nothing_but_the_bundle() {
    let test = "verdicts::a_page_with_a_trust_root_in_it_needs_nothing_but_the_bundle";
    inside(test, || {
        let Some(file) = dist::page(test) else { return };
        let Some(chromium) = Chromium::start(test, "en") else { return };
        let folder = tempfile::tempdir().unwrap();
        let baked = folder.path().join("verify.html");
        let plain = String::from_utf8(dist::read(&file)).unwrap();
        fs::write(&baked, with_trust_root(&plain, &dist::read("bundles/trust.cbor"))).unwrap();
        let page = Page::open(&chromium, &baked);
        page.set("strict", AT);
        let bundles = dist::files("bundles/refused");
        chromium.drop_files("#drop", &bundles);
        assert_eq!(page.settled(bundles.len()), expected("bundles/refused"));
        assert!(page.text().contains("City of Example"), "{}", page.text());
        assert_eq!(chromium.complaints(), Vec::<String>::new());
    });
}

/// A document beside its bundle is matched by its hash, whichever comes first.
#[test]
fn a_document_beside_its_bundle_is_matched_by_its_hash() {
    let test = "verdicts::a_document_beside_its_bundle_is_matched_by_its_hash";
    inside(test, || {
        let Some(file) = dist::page(test) else { return };
        let Some(chromium) = Chromium::start(test, "en") else { return };
        let whole = dist::read("bundles/valid/diploma.cbor");
        let document = Bundle::parse(&whole).unwrap().document.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let (right, wrong) = (folder.path().join("diploma.pdf"), folder.path().join("other.pdf"));
        fs::write(&right, document).unwrap();
        fs::write(&wrong, [document, b" "].concat()).unwrap();
        let bundle = ct_testdata::repository().join("bundles/refused/document-missing.cbor");
        let name = "document-missing.cbor";
        let expected = |status: &str, code: &str| Some((status.to_owned(), code.to_owned()));

        let page = Page::open(&chromium, &file);
        page.set("strict", AT);
        page.trust(&[trust()]);
        page.pick("#bundles", std::slice::from_ref(&bundle));
        assert_eq!(page.settled(1).get(name).cloned(), expected("unverified", "incomplete.document"));
        page.pick("#documents", std::slice::from_ref(&wrong));
        // The only document is held against the only bundle, so that one that was altered is told as such.
        page.wait("the wrong document to be refused", REFUSED, &[name.into(), "tampered.document".into()]);
        page.pick("#documents", std::slice::from_ref(&right));
        page.wait("the document's bundle to be verified", VERIFIED, &[name.into()]);

        let page = Page::open(&chromium, &file);
        page.set("strict", AT);
        page.pick("#documents", &[right]);
        page.pick("#bundles", &[bundle]);
        page.trust(&[trust()]);
        page.wait("the bundle to be verified, its document before it", VERIFIED, &[name.into()]);

        // R7.2: of many pieces, the last of one byte.
        let large = folder.path().join("large.tif");
        let draft = Draft::new("large", &vec![b'x'; (5 << 20) + 1]);
        fs::write(&large, &draft.document).unwrap();
        let name = "large.cbor";
        fs::write(folder.path().join(name), draft.detached().encode()).unwrap();
        page.pick("#bundles", &[folder.path().join(name)]);
        page.pick("#documents", &[large]);
        page.wait("the large document's bundle to be verified", VERIFIED, &[name.into()]);
    });
}

const VERIFIED: &str = "return [...document.querySelectorAll('[data-file]')] \
    .some(row => row.dataset.file === arguments[0] && row.dataset.status === 'verified' && row.dataset.code === 'ok')";

const REFUSED: &str = "return [...document.querySelectorAll('[data-file]')] \
    .some(row => row.dataset.file === arguments[0] && row.dataset.status === 'unverified' && row.dataset.code === arguments[1])";

/// Cases that are verified in one go: the same trust root, time and mode; one with a document stands alone.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Settings {
    trust: Vec<u8>,
    at: String,
    mode: &'static str,
    with_document: Option<String>,
}

/// The page has one trust root, neither remembered states nor evidence of two histories, and is never asked about a hash
/// alone.
fn fits_the_page(case: &Case) -> bool {
    case.state.is_none() && case.evidence.is_empty() && case.predecessors.is_empty() && !case.hash_only
}

// R1.4, R14.3: the same verdict from core and from the page, for every case that the page can be asked.
#[test]
fn every_case_gets_cores_code() {
    let test = "verdicts::every_case_gets_cores_code";
    inside(test, || {
        let Some(file) = dist::page(test) else { return };
        let Some(chromium) = Chromium::start(test, "en") else { return };
        let mut groups: BTreeMap<Settings, Vec<Case>> = BTreeMap::new();
        let cases = ct_testdata::cases();
        let all = cases.len();
        let mut asked = 0;
        for case in cases.into_iter().filter(fits_the_page) {
            asked += 1;
            let settings = Settings {
                trust: case.trust.clone(),
                at: case.at.to_string(),
                mode: case.mode.as_str(),
                with_document: case.document.as_ref().map(|_| case.name.clone()),
            };
            groups.entry(settings).or_default().push(case);
        }
        assert!(asked > 200 && asked * 10 > all * 8, "{asked} of {all} cases");
        let mut differ = Vec::new();
        for (settings, cases) in groups {
            let said = judged_by_page(&chromium, &file, &settings, &cases);
            for case in cases {
                let report = case.verify();
                let status = if report.is_verified() { "verified" } else { "unverified" };
                let expected = (status.to_owned(), report.code().to_string());
                let found = said.get(&format!("{}.cbor", case.name));
                if found != Some(&expected) {
                    differ.push(format!("{}: core {expected:?}, page {found:?}", case.name));
                }
            }
        }
        assert!(differ.is_empty(), "{} of {asked}:\n{}", differ.len(), differ.join("\n"));
    });
}

fn judged_by_page(chromium: &Chromium, file: &Path, settings: &Settings, cases: &[Case]) -> Rows {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    };
    let page = Page::open(chromium, file);
    page.set(settings.mode, &settings.at);
    page.trust(&[write("trust-root.cbor", &settings.trust)]);
    for document in cases.iter().filter_map(|case| case.document.as_ref()) {
        page.pick("#documents", &[write("document", document)]);
    }
    let bundles: Vec<PathBuf> = cases.iter().map(|case| write(&format!("{}.cbor", case.name), &case.bundle)).collect();
    page.pick("#bundles", &bundles);
    page.settled(bundles.len())
}
