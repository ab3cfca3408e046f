//! What people give the page by mistake: each mistake gets a sentence that names the file and says what to do.

use crate::chromium::Chromium;
use crate::dist;
use crate::namespace::inside;
use crate::page::Page;
use crate::verdicts::{AT, trust};
use ct_testdata::{Draft, Parts};
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// Whatever the page has said to the user since it was opened: notices, and rows with their explanations.
fn said(page: &Page<'_>) -> String {
    page.quiet();
    page.text()
}

fn with_page(test: &str, body: impl FnOnce(&Chromium, &Path)) {
    inside(test, || {
        let Some(file) = dist::page(test) else { return };
        let Some(chromium) = Chromium::start(test, "en") else { return };
        body(&chromium, &file);
        assert_eq!(chromium.complaints(), Vec::<String>::new());
    });
}

fn ready<'a>(chromium: &'a Chromium, file: &Path) -> Page<'a> {
    let page = Page::open(chromium, file);
    page.set("strict", AT);
    page.trust(&[trust()]);
    page
}
