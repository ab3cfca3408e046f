//! The npm package, as its tarball: installed, imported, required, and held against core.

use crate::dist;
use ct_testdata::Case;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// An empty project into which the tarball was unpacked, as a package manager would.
pub(crate) struct Project {
    folder: TempDir,
}

impl Project {
    /// Makes one, if there is a tarball and a Node; else says that the test is skipped.
    pub(crate) fn with_package(test: &str) -> Option<Self> {
        let tarball = dist::tarball(test)?;
        dist::node(test)?;
        let project = Self::empty();
        let package = project.path().join("node_modules/@civictrust/verify");
        fs::create_dir_all(&package).unwrap();
        let mut tar = Command::new("tar");
        run(tar.args(["-xzf", tarball.to_str().unwrap(), "--strip-components=1", "-C"]).arg(&package));
        Some(project)
    }

    /// One with a package.json and nothing else.
    pub(crate) fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("package.json"), "{ \"name\": \"somebodys-project\", \"private\": true }")
            .unwrap();
        Self { folder }
    }

    /// Its folder.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file into it.
    pub(crate) fn write(&self, name: &str, contents: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        fs::write(&path, contents).unwrap();
        path
    }

    /// Runs Node in it and gives what it prints.
    pub(crate) fn node(&self, arguments: &[&str]) -> String {
        run(Command::new("node").current_dir(self.path()).args(arguments))
    }
}

/// Runs a program that must end well and must not complain; gives what it prints.
pub(crate) fn run(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let (said, complained) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?}: {}\n{said}\n{complained}", output.status);
    assert_eq!(complained, "", "{command:?}\n{said}");
    said.into_owned()
}

/// Every case as the package's arguments, with the text that core gives.
pub(crate) fn cases_for_node() -> Value {
    let base64 = |bytes: &Vec<u8>| ct_core::base64::encode(bytes);
    let one = |case: &Case| {
        let digest =
            case.document.as_ref().filter(|_| !case.hash_only).map(|bytes| ct_core::Hash::of(bytes).to_string());
        json!({
            "name": case.name,
            "bundle": base64(&case.bundle),
            "trust": case.predecessors.iter().chain([&case.trust]).map(base64).collect::<Vec<_>>(),
            "state": case.state.as_ref().map(|state| base64(&state.encode())),
            "evidence": case.evidence.iter().map(base64).collect::<Vec<_>>(),
            "documentDigest": digest,
            "hashOnly": case.hash_only,
            "at": case.at.to_string(),
            "mode": case.mode.as_str(),
            "text": case.verify().to_json(),
        })
    };
    ct_testdata::cases().iter().map(one).collect()
}

/// What both runners do once they have the package: every case, and how long the whole took.
const COMPARE: &str = r#"
const cases = JSON.parse(fs.readFileSync("cases.json", "utf8"));
const bytes = (text) => Uint8Array.from(Buffer.from(text, "base64"));
let same = 0;
for (const c of cases) {
  const trust = c.trust.map(bytes);
  const { report, text } = verify(bytes(c.bundle), trust.length === 1 ? trust[0] : trust, {
    at: c.at, mode: c.mode, hashOnly: c.hashOnly, evidence: c.evidence.map(bytes),
    documentDigest: c.documentDigest ?? undefined, state: c.state === null ? undefined : bytes(c.state),
  });
  if (text !== c.text) console.log(`${c.name}:\n  core ${c.text}\n  npm  ${text}`);
  else if (JSON.stringify(report) !== JSON.stringify(JSON.parse(c.text))) console.log(`${c.name}: report is not text`);
  else same += 1;
}
console.log(`${same} of ${cases.length}`);
"#;

/// R19.4: the report does not depend on who asks: bytes equal core's, so equal `ct verify --json`.
#[test]
fn every_case_has_cores_report_by_import_and_by_require() {
    let Some(project) = Project::with_package("cases in Node") else { return };
    let cases = cases_for_node();
    let count = cases.as_array().unwrap().len();
    assert!(count > 250, "{count} cases");
    project.write("cases.json", cases.to_string());
    project.write(
        "import.mjs",
        format!("import fs from 'node:fs'; import {{ verify }} from '@civictrust/verify';{COMPARE}"),
    );
    project.write(
        "require.cjs",
        format!("const fs = require('node:fs'); const {{ verify }} = require('@civictrust/verify');{COMPARE}"),
    );
    for runner in ["import.mjs", "require.cjs"] {
        assert_eq!(project.node(&[runner]), format!("{count} of {count}\n"), "{runner}");
    }
}

/// What is no argument is thrown, with the members that the declarations promise.
#[test]
fn arguments_that_cannot_be_acted_on_are_thrown_with_code_class_and_field() {
    let Some(project) = Project::with_package("refusals in Node") else { return };
    let repository = ct_testdata::repository();
    project.write("bundle", dist::read(repository.join("bundles/valid/diploma.cbor")));
    project.write("trust", dist::read(repository.join("bundles/trust.cbor")));
    project.write("refusals.mjs", REFUSALS);
    let said = project.node(&["refusals.mjs"]);
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines, REFUSED);
}

const REFUSALS: &str = r#"
import { readFileSync } from "node:fs";
import { explain, Hasher, verify } from "@civictrust/verify";
const bundle = readFileSync("bundle"), trust = readFileSync("trust");
const usual = { at: "2026-11-21T08:00:00Z", mode: "strict" };
const thrown = (what, call) => {
  try {
    console.log(what, "returned", JSON.stringify(call()));
  } catch (e) {
    const sound = e instanceof Error && typeof e.message === "string" && e.message.startsWith(e.code) && "at" in e;
    console.log(what, sound, e.code, e.class, e.field, String(e.at));
  }
};
thrown("control", () => verify(bundle, trust, usual).report.code);
thrown("no options", () => verify(bundle, trust));
thrown("no time", () => verify(bundle, trust, { mode: "strict" }));
thrown("no mode", () => verify(bundle, trust, { at: usual.at }));
thrown("time", () => verify(bundle, trust, { ...usual, at: "now" }));
thrown("mode", () => verify(bundle, trust, { ...usual, mode: "lenient" }));
thrown("source", () => verify(bundle, trust, { ...usual, atSource: "guess" }));
thrown("clock", () => verify(bundle, trust, { ...usual, atSource: "clock" }).report.at_source);
thrown("digest", () => verify(bundle, trust, { ...usual, documentDigest: "abc" }));
thrown("null digest", () => verify(bundle, trust, { ...usual, documentDigest: null }));
thrown("misspelt", () => verify(bundle, trust, { ...usual, documentdigest: "0".repeat(64) }));
thrown("inherited", () => verify(bundle, trust, { ...usual, toString: 1 }));
thrown("both", () => verify(bundle, trust, { ...usual, hashOnly: true, documentDigest: "0".repeat(64) }));
thrown("hash only", () => verify(bundle, trust, { ...usual, hashOnly: 1 }));
thrown("state", () => verify(bundle, trust, { ...usual, state: new Uint8Array([1]) }));
thrown("state text", () => verify(bundle, trust, { ...usual, state: "x" }));
thrown("evidence", () => verify(bundle, trust, { ...usual, evidence: [new Uint8Array([1])] }));
thrown("evidence alone", () => verify(bundle, trust, { ...usual, evidence: new Uint8Array([1]) }));
thrown("bundle text", () => verify("bundle", trust, usual));
thrown("no trust", () => verify(bundle, [], usual));
thrown("trust text", () => verify(bundle, [trust, "x"], usual));
thrown("explained", () => explain("tampered.document", "es-AR").title.length > 10);
thrown("no code", () => explain("no.such.code"));
thrown("no text", () => explain(7));
const hasher = new Hasher();
hasher.update(new Uint8Array([97, 98]));
hasher.update(new Uint8Array([99]));
thrown("hash", () => hasher.finish());
"#;

const REFUSED: &[&str] = &[
    "control returned \"ok\"",
    "no options true usage.arguments usage options undefined",
    "no time true usage.arguments usage at undefined",
    "no mode true usage.arguments usage mode undefined",
    "time true usage.time usage at undefined",
    "mode true usage.arguments usage mode undefined",
    "source true usage.arguments usage at_source undefined",
    "clock returned \"clock\"",
    "digest true usage.arguments usage digest undefined",
    "null digest true usage.arguments usage documentDigest undefined",
    "misspelt true usage.arguments usage documentdigest undefined",
    "inherited true usage.arguments usage toString undefined",
    "both true usage.arguments usage hashOnly undefined",
    "hash only true usage.arguments usage hashOnly undefined",
    "state true malformed.field malformed state 0",
    "state text true usage.arguments usage state undefined",
    "evidence true malformed.field malformed evidence 0",
    "evidence alone true usage.arguments usage evidence undefined",
    "bundle text true usage.arguments usage bundle undefined",
    "no trust true usage.arguments usage trust undefined",
    "trust text true usage.arguments usage trust undefined",
    "explained returned true",
    "no code returned undefined",
    "no text true usage.arguments usage code undefined",
    "hash returned \"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"",
];

/// The first example of the README, as it stands there.
#[test]
fn the_readmes_example_runs() {
    let Some(project) = Project::with_package("the package's README") else { return };
    let package = project.path().join("node_modules/@civictrust/verify");
    let readme = fs::read_to_string(package.join("README.md")).unwrap();
    let example = readme.split("```js\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    project.write("example.mjs", example);
    project.write("diploma.cbor", dist::read("bundles/valid/diploma.cbor"));
    project.write("trust.cbor", dist::read("bundles/trust.cbor"));
    let said = project.node(&["example.mjs"]);
    let (verdict, text) = said.split_once('\n').unwrap();
    assert_eq!(verdict, "verified ok");
    assert_eq!(serde_json::from_str::<Value>(text).unwrap()["code"], "ok");

    // The same with a bundle that is refused says what to do.
    project.write("diploma.cbor", dist::read("bundles/refused/document-altered.cbor"));
    let said = project.node(&["example.mjs"]);
    let next = ct_core::explain(ct_core::Code::TamperedDocument, ct_core::Language::English).next;
    assert_eq!(said.lines().take(2).collect::<Vec<_>>(), ["unverified tampered.document", next]);
}

/// The package manager of Node itself, without any network.
#[test]
fn npm_installs_the_tarball_into_an_empty_project_offline() {
    let test = "npm install";
    let Some(tarball) = dist::tarball(test) else { return };
    let (Some(_), Some(_)) = (dist::node(test), dist::program(test, "npm")) else { return };
    let project = Project::empty();
    let mut npm = Command::new("npm");
    npm.current_dir(project.path()).args(["install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund"]);
    npm.args(["--loglevel=error", "--cache"]).arg(project.path().join("cache")).arg(&tarball);
    run(&mut npm);
    project.write("bundle", dist::read("bundles/valid/certificate.cbor"));
    project.write("trust", dist::read("bundles/trust.cbor"));
    let said = project.node(&["--input-type=module", "--eval", ONE_VERDICT]);
    assert_eq!(said, "verified ok\n");
}

const ONE_VERDICT: &str = r#"import { readFileSync } from "node:fs"; import { verify } from "@civictrust/verify";
const { report } = verify(readFileSync("bundle"), readFileSync("trust"), { at: "2026-11-21T08:00:00Z", mode: "strict" });
console.log(report.status, report.code);"#;

/// What is in the tarball, and nothing else: no script that runs on install, no dependency.
#[test]
fn the_package_has_these_files_no_dependencies_and_no_scripts() {
    let Some(project) = Project::with_package("the package's files") else { return };
    let package = project.path().join("node_modules/@civictrust/verify");
    let mut names: Vec<String> =
        fs::read_dir(&package).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    let expected = ["LICENSE-APACHE", "LICENSE-MIT", "README.md", "core.mjs", "glue.mjs", "index.d.ts", "index.mjs"];
    assert_eq!(names, [&expected[..], &["lzma.mjs", "package.json", "wasm.mjs"]].concat());
    let manifest: Value = serde_json::from_slice(&fs::read(package.join("package.json")).unwrap()).unwrap();
    assert_eq!(manifest["version"], env!("CARGO_PKG_VERSION"));
    for absent in ["dependencies", "peerDependencies", "optionalDependencies", "scripts", "bin"] {
        assert_eq!(manifest.get(absent), None, "{absent}");
    }
}
