//! The page without a mouse and without eyes.

use crate::chromium::{Chromium, DESK, PHONE, Screen};
use crate::dist;
use crate::namespace::inside;
use crate::page::Page;
use crate::verdicts::{AT, trust};
use crate::webdriver::{ENTER, TAB};
use ct_core::{Code, Language};
use serde_json::{Value, json};

/// Finds by its rules what axe knows to be an obstacle, and says what and where.
const AXE: &str = "const found = await axe.run(document, { resultTypes: ['violations'] }); \
    return found.violations.map(v => v.id + ': ' + v.help + ': ' + v.nodes.map(n => n.target.join(' ')).join(', '))";

fn violations(chromium: &Chromium, axe: &str) -> Value {
    // Injected by the DevTools protocol: the page's own policy allows no other script.
    chromium.devtools("Runtime.evaluate", &json!({"expression": axe}));
    chromium.driver().run_async(AXE, &[])
}

/// What is on the page while the rules are applied.
#[derive(Clone, Copy, Debug)]
enum State {
    Empty,
    /// Bundles wait for a trust root, and the page has remarks on what it was given.
    Mistakes,
    /// Both folders of examples, some opened with all that can be unfolded.
    Verdicts,
}

/// Each state by day and by night, in each language, on a desk and a phone at least once.
const VIEWS: &[(&str, State, &str, Screen)] = &[
    ("en", State::Empty, "light", DESK),
    ("en", State::Mistakes, "dark", PHONE),
    ("en", State::Verdicts, "light", DESK),
    ("en", State::Verdicts, "dark", PHONE),
    ("es", State::Empty, "dark", PHONE),
    ("es", State::Mistakes, "light", DESK),
    ("es", State::Verdicts, "light", PHONE),
    ("es", State::Verdicts, "dark", DESK),
];

fn bring_to(page: &Page<'_>, chromium: &Chromium, state: State) {
    let bundles = [dist::files("bundles/valid"), dist::files("bundles/refused")].concat();
    match state {
        State::Empty => {}
        State::Mistakes => {
            page.pick("#trust", &bundles[..1]);
            page.pick("#bundles", &[bundles[0].clone(), trust()]);
            page.pick("#documents", &[trust(), bundles[1].clone()]);
        }
        State::Verdicts => {
            page.set("strict", AT);
            page.trust(&[trust()]);
            page.pick("#bundles", &bundles);
            page.settled(bundles.len());
        }
    }
    page.quiet();
    chromium.driver().run(UNFOLD, &[]);
    page.quiet();
}

/// Opens one verdict of each code, and whatever else can be opened.
const UNFOLD: &str = "const seen = new Set(); \
    for (const row of [...document.querySelectorAll('[data-file]')]) { \
        const again = () => document.querySelector('[data-file=\"' + row.dataset.file + '\"] button'); \
        if (!seen.has(row.dataset.code)) again()?.click(); seen.add(row.dataset.code); } \
    document.querySelectorAll('details').forEach(details => { details.open = true; })";

#[test]
fn axe_finds_nothing_by_day_and_by_night_in_both_languages() {
    let test = "accessibility::axe_finds_nothing_by_day_and_by_night_in_both_languages";
    inside(test, || {
        let Some(file) = dist::page(test) else { return };
        let Some(axe) = dist::npm_tool(test, "axe-core/axe.min.js") else { return };
        let axe = String::from_utf8(dist::read(axe)).unwrap();
        let mut found = Vec::new();
        for language in ["en", "es"] {
            let Some(chromium) = Chromium::start(test, language) else { return };
            for (_, state, scheme, screen) in VIEWS.iter().filter(|view| view.0 == language) {
                chromium.show_on(Screen { scheme, ..*screen });
                let page = Page::open(&chromium, &file);
                bring_to(&page, &chromium, *state);
                let shown = chromium.driver().run("return document.documentElement.lang", &[]);
                assert_eq!(shown, language);
                for violation in violations(&chromium, &axe).as_array().unwrap() {
                    found.push(format!("{language}, {state:?}, {scheme}, {}: {violation}", screen.width));
                }
            }
        }
        assert!(found.is_empty(), "{}\n{}", found.len(), found.join("\n"));
    });
}

/// The rules themselves do find something where there is something.
#[test]
fn axe_notices_an_obstacle() {
    let test = "accessibility::axe_notices_an_obstacle";
    inside(test, || {
        let Some(file) = dist::page(test) else { return };
        let Some(axe) = dist::npm_tool(test, "axe-core/axe.min.js") else { return };
        let axe = String::from_utf8(dist::read(axe)).unwrap();
        let Some(chromium) = Chromium::start(test, "en") else { return };
        Page::open(&chromium, &file);
        chromium.driver().run("document.documentElement.removeAttribute('lang')", &[]);
        let found = violations(&chromium, &axe).to_string();
        assert!(found.contains("html-has-lang"), "{found}");
    });
}

/// Where the focus is: the id, or that of the input that a label or button stands for.
const FOCUS: &str = "const e = document.activeElement; \
    return e.id || e.htmlFor || e.getAttribute('aria-controls') || e.dataset.opens || e.tagName.toLowerCase()";

/// Counts the choosers that open, and keeps them shut: nobody is there to close them.
const COUNT_CHOOSERS: &str = "globalThis.opened = []; \
    for (const input of document.querySelectorAll('input[type=file]')) \
        input.addEventListener('click', event => { event.preventDefault(); globalThis.opened.push(input.id); })";

#[test]
fn every_input_and_every_verdict_is_reached_with_the_keyboard_alone() {
    let test = "accessibility::every_input_and_every_verdict_is_reached_with_the_keyboard_alone";
    inside(test, || {
        let Some(file) = dist::page(test) else { return };
        let Some(chromium) = Chromium::start(test, "en") else { return };
        let page = Page::open(&chromium, &file);
        let driver = chromium.driver();
        driver.run(COUNT_CHOOSERS, &[]);
        let mut passed = Vec::new();
        for _ in 0..40 {
            driver.press(&[TAB]);
            let focus = driver.run(FOCUS, &[]).as_str().unwrap_or_default().to_owned();
            if focus == "body" || passed.first() == Some(&focus) {
                break;
            }
            let is_chooser = "const e = document.activeElement; return e.type === 'file' || e.htmlFor !== undefined \
                || e.dataset.opens !== undefined";
            if driver.run(is_chooser, &[]) == json!(true) {
                driver.press(&[ENTER]);
            }
            passed.push(focus);
        }
        let opened = driver.run("return globalThis.opened", &[]);
        for input in ["trust", "bundles", "documents"] {
            let opens = opened.as_array().unwrap().iter().any(|id| id == input);
            assert!(opens, "Enter opens no chooser for #{input}: passed {passed:?}, opened {opened}");
        }

        // A verdict is opened where the focus comes to it, and the focus stays.
        page.set("strict", AT);
        page.trust(&[trust()]);
        let bundles = dist::files("bundles/refused");
        page.pick("#bundles", &bundles[..3]);
        page.settled(3);
        page.quiet();
        let row = "const row = document.activeElement.closest('[data-file]'); \
            return row && [row.dataset.file, document.activeElement.getAttribute('aria-expanded')]";
        let focused = (0..60).find_map(|_| {
            driver.press(&[TAB]);
            Some(driver.run(row, &[])).filter(|found| !found.is_null())
        });
        assert_eq!(focused, Some(json!(["backdated.cbor", "false"])));
        driver.press(&[ENTER]);
        page.quiet();
        assert_eq!(driver.run(row, &[]), json!(["backdated.cbor", "true"]));
        assert!(page.text().contains(ct_core::explain(Code::TamperedBackdated, Language::English).meaning));
    });
}
