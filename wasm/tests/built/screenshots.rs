//! Pictures of the page for people to look at, in `target/screenshots/`; nothing here judges how they look.

use crate::chromium::{Chromium, DESK, PHONE, Screen};
use crate::dist;
use crate::namespace::inside;
use crate::page::Page;
use crate::verdicts::{AT, trust};
use std::fs;
use std::path::PathBuf;

/// What is on the page.
enum Shown {
    Nothing,
    NoTrustRoot,
    /// These bundles of the examples, and the details of the first.
    Bundles(&'static [&'static str]),
    /// Both folders of examples.
    Everything,
}

const VALID: Shown = Shown::Bundles(&["valid/diploma.cbor"]);
const CLAIMS: Shown = Shown::Bundles(&["valid/claims-redacted.cbor"]);
const ALTERED: Shown = Shown::Bundles(&["refused/document-altered.cbor"]);

const NIGHT: Screen = Screen { scheme: "dark", ..DESK };
const PAPER: Screen = Screen { width: 800, height: 1130, media: "print", ..DESK };

const PICTURES: &[(&str, &str, Screen, Shown)] = &[
    ("desktop-empty", "en", DESK, Shown::Nothing),
    ("desktop-no-trust-root", "en", DESK, Shown::NoTrustRoot),
    ("desktop-verified", "en", DESK, VALID),
    ("desktop-claims", "en", DESK, CLAIMS),
    ("desktop-refused", "en", DESK, ALTERED),
    ("desktop-many", "en", DESK, Shown::Everything),
    ("desktop-dark-verified", "en", NIGHT, VALID),
    ("desktop-dark-many", "en", NIGHT, Shown::Everything),
    ("phone-empty", "en", PHONE, Shown::Nothing),
    ("phone-verified", "en", PHONE, VALID),
    ("phone-refused", "en", PHONE, ALTERED),
    ("print-verified", "en", PAPER, VALID),
    ("print-refused", "en", PAPER, ALTERED),
    ("spanish-empty", "es", DESK, Shown::Nothing),
    ("spanish-refused", "es", DESK, ALTERED),
    ("spanish-phone-verified", "es", PHONE, VALID),
];

#[test]
fn pictures_are_taken_to_be_looked_at() {
    let test = "screenshots::pictures_are_taken_to_be_looked_at";
    inside(test, || {
        let Some(file) = dist::page(test) else { return };
        let folder = dist::target().join("screenshots");
        fs::create_dir_all(&folder).unwrap();
        for language in ["en", "es"] {
            let Some(chromium) = Chromium::start(test, language) else { return };
            for (name, _, screen, shown) in PICTURES.iter().filter(|picture| picture.1 == language) {
                chromium.show_on(*screen);
                let page = Page::open(&chromium, &file);
                show(&page, shown);
                let picture = chromium.picture();
                assert!(picture.starts_with(b"\x89PNG") && picture.len() > 5_000, "{name}: {} bytes", picture.len());
                fs::write(folder.join(format!("{name}.png")), picture).unwrap();
                // A page that is wider than its screen has to be pushed about with a thumb.
                let too_wide = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
                assert_eq!(chromium.driver().run(too_wide, &[]), 0, "{name} is wider than the screen");
                if screen.media == "print" {
                    let printed = chromium.printed();
                    assert!(printed.starts_with(b"%PDF"), "{name}");
                    fs::write(folder.join(format!("{name}.pdf")), printed).unwrap();
                }
            }
        }
    });
}

fn show(page: &Page<'_>, shown: &Shown) {
    let everything = || [dist::files("bundles/valid"), dist::files("bundles/refused")].concat();
    let bundles: Vec<PathBuf> = match shown {
        Shown::Nothing => Vec::new(),
        Shown::NoTrustRoot | Shown::Everything => everything(),
        Shown::Bundles(names) => {
            names.iter().map(|name| ct_testdata::repository().join("bundles").join(name)).collect()
        }
    };
    page.set("strict", AT);
    match shown {
        Shown::Nothing => {}
        Shown::NoTrustRoot => page.pick("#bundles", &bundles),
        Shown::Bundles(_) | Shown::Everything => {
            page.trust(&[trust()]);
            page.pick("#bundles", &bundles);
            page.settled(bundles.len());
        }
    }
    page.quiet();
}
