//! How fast the package and the page are, beside the bare cost of the signatures in the same engine. Figures to be read,
//! not tests: `cargo xtask web-bench` prints them.

use crate::chromium::Chromium;
use crate::dist;
use crate::namespace::inside;
use crate::package::Project;
use crate::page::Page;
use crate::verdicts::{AT, trust};
use ct_testdata::workload;
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

/// What both engines run: verdicts on distinct bundles one by one, then bare checks of one signature.
const MEASURE: &str = r#"
async function measured(verify, bundles, trust) {
  const options = { at: "2026-11-21T08:00:00Z", mode: "strict" };
  const each = (action) => {
    const begun = performance.now();
    bundles.forEach(action);
    return (performance.now() - begun) / bundles.length;
  };
  let verified = 0;
  const judge = (bundle) => { verified += verify(bundle, trust, options).report.status === "verified"; };
  each(judge);
  const verdict = Math.min(each(judge), each(judge));
  if (verified !== 3 * bundles.length) throw new Error(`${verified} verified`);
  const { privateKey, publicKey } = await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]);
  const text = new Uint8Array(200), signature = await crypto.subtle.sign("Ed25519", privateKey, text);
  const begun = performance.now();
  for (const _ of bundles) {
    if (!(await crypto.subtle.verify("Ed25519", publicKey, signature, text))) throw new Error("signature");
  }
  return { verdict, signature: (performance.now() - begun) / bundles.length };
}
"#;

const COUNT: usize = 400;

fn table(engine: &str, measured: &Value) {
    let (verdict, signature) = (measured["verdict"].as_f64().unwrap(), measured["signature"].as_f64().unwrap());
    dist::remark(&format!(
        "{engine:<10} {verdict:>7.3} ms for a verdict of {SIGNATURES} signatures; {signature:.3} ms for one by \
         crypto.subtle, so {:.1} times the bare cost",
        verdict / (signature * SIGNATURES)
    ));
}

/// For each bundle of the workload: the trust root's, the issuer's, the log's, and those of three witnesses.
const SIGNATURES: f64 = 6.0;

fn bundles(count: usize) -> Vec<Vec<u8>> {
    workload::distinct(count, &[b'x'; 2000])
}

#[test]
#[ignore = "figures: cargo xtask web-bench"]
fn a_verdict_in_node() {
    let Some(project) = Project::with_package("speed in Node") else { return };
    let texts: Vec<String> = bundles(COUNT).iter().map(|bundle| ct_core::base64::encode(bundle)).collect();
    project.write("bundles.json", json!(texts).to_string());
    project.write("trust.cbor", dist::read("bundles/trust.cbor"));
    let program = format!(
        "import {{ readFileSync }} from 'node:fs'; import {{ verify }} from '@civictrust/verify';{MEASURE}
         const bytes = text => Uint8Array.from(Buffer.from(text, 'base64'));
         const bundles = JSON.parse(readFileSync('bundles.json', 'utf8')).map(bytes);
         console.log(JSON.stringify(await measured(verify, bundles, readFileSync('trust.cbor'))));"
    );
    project.write("speed.mjs", program);
    table("Node", &serde_json::from_str(&project.node(&["speed.mjs"])).unwrap());
}

#[test]
#[ignore = "figures: cargo xtask web-bench"]
fn a_verdict_in_chromium() {
    let test = "speed::a_verdict_in_chromium";
    inside(test, || {
        let Some((project, name)) = crate::bundlers::bundled(test, "iife") else { return };
        let Some(chromium) = Chromium::start(test, "en") else { return };
        let script = fs::read_to_string(project.path().join(name)).unwrap();
        // A file is a secure context, which crypto.subtle asks for.
        let page = project.write("page.html", format!("<!doctype html><script>{script}{MEASURE}</script>"));
        chromium.driver().go(&crate::page::file_address(&page));
        let texts: Vec<String> = bundles(COUNT).iter().map(|bundle| ct_core::base64::encode(bundle)).collect();
        let trust = ct_core::base64::encode(&dist::read("bundles/trust.cbor"));
        let run = "const bytes = text => Uint8Array.from(atob(text), digit => digit.charCodeAt(0)); \
            return measured(globalThis.verify, given[0].map(bytes), bytes(given[1]))";
        table("Chromium", &chromium.driver().run_async(run, &[json!(texts), json!(trust)]));
    });
}

const BATCH: usize = 5_000;

/// Watches the page: when a batch began, and the longest time from then on in which it answered nobody. What the browser
/// needs to hand over thousands of files comes before.
const WATCH: &str = "globalThis.watch = { begun: 0, stall: 0, task: 0, after: 0 }; let last = performance.now(); \
    const beat = () => { const now = performance.now(); \
        if (watch.begun) watch.stall = Math.max(watch.stall, now - Math.max(last, watch.begun)); \
        last = now; setTimeout(beat, 0); }; beat(); \
    new PerformanceObserver(list => list.getEntries().forEach(task => { \
        if (watch.begun && task.startTime > watch.begun && task.duration > watch.task) { \
            watch.task = task.duration; watch.after = task.startTime - watch.begun; } })) \
        .observe({ type: 'longtask' }); \
    document.querySelector('#bundles').addEventListener('change', () => { watch.begun = performance.now(); }, true)";

#[test]
#[ignore = "figures: cargo xtask web-bench"]
fn five_thousand_bundles_in_the_page() {
    let test = "speed::five_thousand_bundles_in_the_page";
    inside(test, || {
        let Some(file) = dist::page(test) else { return };
        let Some(chromium) = Chromium::start(test, "en") else { return };
        let folder = tempfile::tempdir().unwrap();
        let write = |(number, bundle): (usize, &Vec<u8>)| {
            let path = folder.path().join(format!("{number:04}.cbor"));
            fs::write(&path, bundle).unwrap();
            path
        };
        let paths: Vec<PathBuf> = bundles(BATCH).iter().enumerate().map(write).collect();
        let page = Page::open(&chromium, &file);
        page.set("strict", AT);
        page.trust(&[trust()]);
        chromium.driver().run(WATCH, &[]);
        page.pick("#bundles", &paths);
        let limit = Duration::from_secs(110);
        let seconds = chromium.driver().wait("5,000 verdicts", limit, DONE, &[json!(BATCH)]).as_f64().unwrap() / 1000.0;
        let watch = chromium.driver().run("return globalThis.watch", &[]);
        let figure = |name: &str| watch[name].as_f64().unwrap();
        dist::remark(&format!(
            "{BATCH} bundles in the page: {seconds:.1} s, {:.2} ms each; the longest stall {:.0} ms; the longest task \
             {:.0} ms, {:.1} s after the choice",
            seconds * 1000.0 / 5_000.0,
            figure("stall"),
            figure("task"),
            figure("after") / 1000.0
        ));
    });
}

/// The time since the batch began, once the page has no progress to show and has counted as many.
const DONE: &str = "const bar = document.querySelector('[role=progressbar]'); \
    const numbers = document.querySelector('#summary').innerText.split(/[^0-9]+/); \
    const counted = numbers.includes(String(arguments[0])); \
    return watch.begun > 0 && counted && bar.closest('[hidden]') !== null && performance.now() - watch.begun";
