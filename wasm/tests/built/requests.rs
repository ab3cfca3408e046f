//! The page asks for nothing: from a file and from a web server, whatever it is given.

use crate::chromium::Chromium;
use crate::dist;
use crate::namespace::inside;
use crate::page::{Page, file_address};
use crate::web_server::WebServer;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;

// R19.3: no remote calls, by construction; and none is seen.
#[test]
fn the_page_asks_for_nothing_but_itself_and_its_worker() {
    let test = "requests::the_page_asks_for_nothing_but_itself_and_its_worker";
    inside(test, || {
        let Some(file) = dist::page(test) else { return };
        let Some(chromium) = Chromium::start(test, "en") else { return };
        let server = WebServer::of(BTreeMap::from([("verify.html".to_owned(), dist::read(&file))]));
        for address in [file_address(&file), server.address("verify.html")] {
            let page = Page::load(chromium.driver(), &address);
            page.trust(
                &dist::files("bundles").into_iter().filter(|path| path.ends_with("trust.cbor")).collect::<Vec<_>>(),
            );
            let bundles = dist::files("bundles/valid");
            page.pick("#bundles", &bundles);
            page.settled(bundles.len());
            let asked = chromium.requests();
            let (own, others): (Vec<&String>, Vec<&String>) = asked.iter().partition(|url| **url == address);
            assert_eq!(own.len(), 1, "{asked:?}");
            assert!(others.iter().all(|url| url.starts_with("blob:") || url.starts_with("data:")), "{asked:?}");
            assert_eq!(chromium.complaints(), Vec::<String>::new(), "{address}");
        }
        // A browser asks a server for an icon by itself, unless the page brings one.
        assert_eq!(server.asked(), ["GET /verify.html HTTP/1.1"]);
        let asked = chromium.end();
        let is_own = |url: &String| url.starts_with("blob:") || server.address("").starts_with(url);
        assert!(asked.iter().any(is_own) && asked.iter().all(is_own), "{asked:?}");
    });
}

/// Every way in which a script usually reaches a server; each gives a text that says how it ended.
const TRIES: &str = "const [address] = given; const ended = async attempt => { \
        try { return String(await Promise.race([attempt(), new Promise(done => setTimeout(done, 2000, 'silence'))])); } \
        catch { return 'refused'; } }; \
    const element = (name, member) => new Promise((load, error) => { const e = document.createElement(name); \
        e.onload = () => load('loaded'); e.onerror = error; e[member] = address; document.body.append(e); }); \
    return Promise.all([ \
        ended(() => fetch(address).then(() => 'fetched')), \
        ended(() => new Promise((load, error) => { const r = new XMLHttpRequest(); r.onload = () => load('loaded'); \
            r.onerror = error; r.open('GET', address); r.send(); })), \
        ended(() => new Promise((open, error) => { const s = new WebSocket(address.replace('http', 'ws')); \
            s.onopen = () => open('open'); s.onerror = error; })), \
        ended(() => new Promise((open, error) => { const s = new EventSource(address); s.onopen = () => open('open'); \
            s.onerror = error; })), \
        ended(() => element('img', 'src')), ended(() => element('script', 'src')), ended(() => import(address)), \
        ended(async () => navigator.sendBeacon(address) && 'silence')])";

// R19.3: what the script does not do, it could not do either.
#[test]
fn the_policy_blocks_every_usual_way_to_a_server() {
    let test = "requests::the_policy_blocks_every_usual_way_to_a_server";
    inside(test, || {
        let Some(file) = dist::page(test) else { return };
        let Some(chromium) = Chromium::start(test, "en") else { return };
        let page = |text: Vec<u8>| BTreeMap::from([("verify.html".to_owned(), text), ("x".to_owned(), Vec::new())]);
        let tried = |text: Vec<u8>| {
            let server = WebServer::of(page(text));
            chromium.driver().go(&server.address("verify.html"));
            let ended = chromium.driver().run_async(TRIES, &[server.address("x").into()]);
            (server.asked().len(), ended.to_string())
        };
        let (asked, ended) = tried(dist::read(&file));
        assert_eq!(asked, 1, "{ended}");
        assert!(!ended.contains("fetched") && !ended.contains("loaded") && !ended.contains("open"), "{ended}");

        // Without a policy each of them gets through.
        let (asked, ended) = tried(b"<!doctype html><link rel=icon href='data:,'><body>".to_vec());
        assert!(asked >= 7, "{asked}: {ended}");
    });
}

/// Whoever changes a script has to change the policy as well, so the file, so its published hash. That holds for the
/// script that unpacks, for the one that carries the rest, and so for everything in it.
#[test]
fn a_script_that_was_altered_does_not_run() {
    let test = "requests::a_script_that_was_altered_does_not_run";
    inside(test, || {
        let Some(file) = dist::page(test) else { return };
        let Some(chromium) = Chromium::start(test, "en") else { return };
        let folder = tempfile::tempdir().unwrap();
        let altered = folder.path().join("verify.html");
        let text = String::from_utf8(dist::read(&file)).unwrap();
        let scripts: Vec<usize> = text.match_indices("<script>").map(|(at, tag)| at + tag.len()).collect();
        assert_eq!(scripts.len(), 2);
        for at in scripts {
            fs::write(&altered, format!("{} {}", &text[..at], &text[at..])).unwrap();
            chromium.driver().go(&file_address(&altered));
            let ready = chromium.driver().run("return document.documentElement.dataset.ready ?? null", &[]);
            assert_eq!(ready, Value::Null);
            let complaints = chromium.complaints();
            assert!(complaints.iter().any(|text| text.contains("Content Security Policy")), "{complaints:?}");
        }
    });
}

/// What is unpacked is pinned too: the policy without the third hash, whose own text nothing pins, runs the first two
/// scripts, which have to put the page's own script into it in vain.
#[test]
fn the_script_that_is_unpacked_is_pinned() {
    let test = "requests::the_script_that_is_unpacked_is_pinned";
    inside(test, || {
        let Some(file) = dist::page(test) else { return };
        let Some(chromium) = Chromium::start(test, "en") else { return };
        let folder = tempfile::tempdir().unwrap();
        let altered = folder.path().join("verify.html");
        let text = String::from_utf8(dist::read(&file)).unwrap();
        let (before, rest) = text.split_once("script-src ").unwrap();
        let (pins, after) = rest.split_once(" 'wasm-unsafe-eval'").unwrap();
        let pins: Vec<&str> = pins.split(' ').collect();
        let [first, second, _] = pins.as_slice() else { panic!("{pins:?}") };
        fs::write(&altered, format!("{before}script-src {first} {second} 'wasm-unsafe-eval'{after}")).unwrap();
        chromium.driver().go(&file_address(&altered));
        let state = "return [typeof CARRIED, document.documentElement.dataset.ready ?? null]";
        assert_eq!(chromium.driver().run(state, &[]), serde_json::json!(["object", null]));
        let complaints = chromium.complaints();
        assert!(complaints.iter().any(|text| text.contains("Content Security Policy")), "{complaints:?}");
    });
}
