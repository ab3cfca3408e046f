//! The package's declarations, checked by the TypeScript compiler: against use, misuse, and every report there is.

use crate::dist;
use crate::package::{Project, run};
use std::fmt::Write;
use std::process::{Command, Stdio};

/// Use that must compile, and misuse that must not: each line after `@ts-expect-error` has to be an error.
const USAGE: &str = r#"
import { explain, Hasher, verify, type Options, type Refusal, type Report, type Verdict } from "@civictrust/verify";
declare const bytes: Uint8Array;
const options: Options = { at: "2026-11-21T08:00:00Z", mode: "archival", evidence: [bytes] };
const verdict: Verdict = verify(bytes, [bytes, bytes], options);
const issuer: string | undefined = verdict.report.issuer?.name;
for (const step of verdict.report.steps) {
  if (step.result === "failed") console.log(step.name, step.code, issuer);
}
const hasher = new Hasher();
hasher.update(bytes);
verify(bytes, bytes, { ...options, documentDigest: hasher.finish(), state: undefined });
const next: string | undefined = explain(verdict.report.code, "es")?.next;
console.log(next, (null as unknown as Refusal).code);
// @ts-expect-error no time
verify(bytes, bytes, { mode: "strict" });
// @ts-expect-error no such mode
verify(bytes, bytes, { at: "", mode: "lenient" });
// @ts-expect-error misspelt
verify(bytes, bytes, { at: "", mode: "strict", documentdigest: "" });
// @ts-expect-error a text is no bundle
verify("bundle", bytes, options);
// @ts-expect-error there is nothing between the two
verdict.report.status === "probably";
// @ts-expect-error may be absent
explain("ok").next;
"#;

// R19.1: what machines read is declared as it is; a member too many or too few is an error of the compiler.
#[test]
fn the_declarations_hold_for_use_misuse_and_every_report() {
    let test = "the package's declarations";
    let Some(project) = Project::with_package(test) else { return };
    let Some(compiler) = dist::npm_tool(test, "typescript/bin/tsc") else { return };
    project.write("usage.mts", USAGE);
    project.write("usage.cts", USAGE);
    let mut file =
        String::from("import type { Report } from \"@civictrust/verify\";\nexport const reports: Report[] = [\n");
    for case in ct_testdata::cases() {
        writeln!(file, "{},", case.verify().to_json()).unwrap();
    }
    file.push_str("];\n");
    project.write("reports.mts", &file);
    let tsc = |files: &[&str]| {
        let mut tsc = Command::new("node");
        tsc.current_dir(project.path()).arg(&compiler).args(["--strict", "--noEmit", "--module", "nodenext"]);
        tsc.args(["--target", "es2022", "--exactOptionalPropertyTypes", "--lib", "es2022,dom", "--types", ""])
            .args(files);
        tsc
    };
    assert_eq!(run(&mut tsc(&["usage.mts", "usage.cts", "reports.mts"])), "");

    // The compiler does notice: a member more is an error.
    project.write("more.mts", file.replacen("\"at_source\"", "\"at_sauce\"", 1));
    let noticed = tsc(&["more.mts"]).stdin(Stdio::null()).output().unwrap();
    assert!(!noticed.status.success(), "an unknown member was not noticed");
}
