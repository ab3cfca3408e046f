//! The files of `bundles/`: what a newcomer sees first keeps its verdict for twenty years.

use crate::{failed, report_at};
use ct_core::{Code, Mode, StepName, Timestamp, TrustRoot};
use ct_testdata::{examples, repository};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const TIMES: [&str; 5] = [
    "2026-11-20T09:30:00Z",
    "2026-12-05T00:00:00Z",
    "2036-11-20T00:00:00Z",
    "2046-11-19T00:00:00Z",
    "2046-11-20T00:00:00Z",
];

fn trust() -> TrustRoot {
    TrustRoot::load(&fs::read(repository().join("bundles/trust.cbor")).unwrap()).unwrap()
}

fn seconds(at: &str) -> u64 {
    Timestamp::parse(at).unwrap().seconds()
}

fn listed(folder: &Path) -> BTreeSet<String> {
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.collect()
}

// R18.2, R19.1
#[test]
fn every_valid_bundle_verifies_for_twenty_years() {
    let (trust, folder) = (trust(), repository().join("bundles/valid"));
    for name in listed(&folder) {
        let bundle = fs::read(folder.join(&name)).unwrap();
        for at in TIMES {
            let report = report_at(&trust, &bundle, Mode::Strict, seconds(at));
            assert_eq!((report.code(), failed(&report)), (Code::Ok, vec![]), "{name} at {at}");
        }
    }
    assert_eq!(listed(&folder).len(), examples::bundles::valid().len());
}

// R18.3, R19.2
#[test]
fn every_refused_bundle_is_refused_as_its_readme_says() {
    let (trust, folder) = (trust(), repository().join("bundles/refused"));
    let readme = fs::read_to_string(repository().join("bundles/README.md")).unwrap();
    let mut seen = BTreeSet::new();
    for line in readme.lines().skip_while(|line| !line.starts_with("## `refused/`")) {
        let cells: Vec<_> = line.split('|').map(|cell| cell.trim().trim_matches('`')).collect();
        let [_, name, code, step, _, _] = cells[..] else { continue };
        let Some(code) = Code::from_text(code) else { continue };
        let bundle = fs::read(folder.join(name)).unwrap();
        for at in TIMES {
            let report = report_at(&trust, &bundle, Mode::Strict, seconds(at));
            let steps: Vec<_> = failed(&report).into_iter().map(StepName::as_str).collect();
            assert_eq!((report.code(), steps), (code, vec![step]), "{name} at {at}");
        }
        seen.insert(name.to_owned());
    }
    assert_eq!(seen, listed(&folder));
}
