//! The npm package in a bundle of somebody's program, as bundlers make it.

use crate::chromium::Chromium;
use crate::dist;
use crate::namespace::inside;
use crate::package::{Project, run};
use crate::web_server::WebServer;
use serde_json::json;
use std::collections::BTreeMap;
use std::process::Command;
use std::time::Duration;

/// A program for every platform: it is given bytes and shows what the package says.
const PROGRAM: &str = r#"
import { verify } from "@civictrust/verify";
const bytes = (text) => Uint8Array.from(atob(text), (digit) => digit.charCodeAt(0));
const { report } = verify(bytes(BUNDLE), bytes(TRUST), { at: "2026-11-21T08:00:00Z", mode: "strict" });
globalThis.verify = verify;
globalThis.verdict = report.status + " " + report.code;
console.log(globalThis.verdict);
"#;

/// Bundled by esbuild, as a module and as a classic script.
pub(crate) fn bundled(test: &str, format: &str) -> Option<(Project, String)> {
    let project = Project::with_package(test)?;
    let esbuild = dist::npm_tool(test, "@esbuild/linux-x64/bin/esbuild")?;
    project.write("program.js", with_inputs(PROGRAM));
    let name = format!("bundled-{format}.{}", if format == "esm" { "mjs" } else { "js" });
    let mut command = Command::new(esbuild);
    command.current_dir(project.path()).args(["program.js", "--bundle", "--minify", "--log-level=warning"]);
    command.arg(format!("--format={format}")).arg(format!("--outfile={name}"));
    run(&mut command);
    Some((project, name))
}

#[test]
fn a_bundle_by_esbuild_runs_in_node() {
    for format in ["esm", "iife"] {
        let Some((project, name)) = bundled("the package in a bundle for Node", format) else { return };
        assert_eq!(project.node(&[&name]), "verified ok\n", "{format}");
    }
}

#[test]
fn a_bundle_by_esbuild_and_the_package_as_it_is_run_in_chromium() {
    let test = "bundlers::a_bundle_by_esbuild_and_the_package_as_it_is_run_in_chromium";
    inside(test, || {
        let Some((project, name)) = bundled(test, "iife") else { return };
        let Some(chromium) = Chromium::start(test, "en") else { return };
        let script = std::fs::read_to_string(project.path().join(name)).unwrap();
        let page = project.write("page.html", format!("<!doctype html><title>x</title><script>{script}</script>"));
        chromium.driver().go(&crate::page::file_address(&page));
        let verdict = chromium.driver().wait("a verdict", PATIENCE, "return globalThis.verdict", &[]);
        assert_eq!(verdict, json!("verified ok"));
        assert_eq!(chromium.requests(), [crate::page::file_address(&page)]);

        // No bundler: the browser imports the package's own modules from a web server.
        let package = project.path().join("node_modules/@civictrust/verify");
        let modules = ["index.mjs", "core.mjs", "glue.mjs", "lzma.mjs", "wasm.mjs"]
            .map(|name| (name, dist::read(package.join(name))));
        let mut files: BTreeMap<String, Vec<u8>> =
            modules.into_iter().map(|(name, file)| (name.to_owned(), file)).collect();
        let program = with_inputs(&PROGRAM.replace("@civictrust/verify", "./index.mjs"));
        files.insert(
            "".to_owned(),
            format!("<!doctype html><link rel=icon href='data:,'><script type=module>{program}</script>").into_bytes(),
        );
        let server = WebServer::of(files);
        chromium.driver().go(&server.address(""));
        assert_eq!(
            chromium.driver().wait("a verdict", PATIENCE, "return globalThis.verdict", &[]),
            json!("verified ok")
        );
    });
}

const PATIENCE: Duration = Duration::from_secs(20);

/// Vite's bundle is made for browsers; the program in it needs nothing that Node lacks.
#[test]
fn a_bundle_by_vite_runs() {
    let test = "the package in a bundle by Vite";
    let Some(project) = Project::with_package(test) else { return };
    let Some(vite) = dist::npm_tool(test, "vite/bin/vite.js") else { return };
    project.write("index.html", "<!doctype html><script type=module src=/program.js></script>");
    // It would complain of half a megabyte, which has a test of its own, and add a loader that asks for a document.
    let settings = "export default { build: { chunkSizeWarningLimit: 2000, modulePreload: { polyfill: false } } };";
    project.write("vite.config.mjs", settings);
    project.write("program.js", with_inputs(PROGRAM));
    let mut command = Command::new("node");
    command.current_dir(project.path()).arg(vite).args(["build", "--logLevel=warn", "--emptyOutDir"]);
    run(&mut command);
    let assets = std::fs::read_dir(project.path().join("dist/assets")).unwrap();
    let scripts: Vec<_> =
        assets.map(|entry| entry.unwrap().path()).filter(|path| path.extension() == Some("js".as_ref())).collect();
    assert_eq!(scripts.len(), 1, "{scripts:?}");
    let script = std::fs::read(&scripts[0]).unwrap();
    project.write("vite.mjs", script);
    assert_eq!(project.node(&["vite.mjs"]), "verified ok\n");
}

/// The program with a bundle and a trust root in it.
fn with_inputs(program: &str) -> String {
    let inputs = [("BUNDLE", "bundles/valid/diploma.cbor"), ("TRUST", "bundles/trust.cbor")];
    inputs.into_iter().fold(program.to_owned(), |program, (name, path)| {
        program.replace(name, &format!("\"{}\"", ct_core::base64::encode(&dist::read(path))))
    })
}
