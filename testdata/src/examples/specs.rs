//! The worked examples in `specs/`: real objects, byte by byte. They belong together: the subject is the statement's,
//! both are in the bundle, and the report is what the trust root makes of it.

use super::file::Files;
use crate::annotate::annotate;
use crate::draft::Draft;
use crate::world::{self, ISSUED, WITNESSES};
use ct_core::verify::Document;
use ct_core::{AtSource, Mode, Request, TrustRoot, verify};

/// Puts the examples into the specifications, which `read` gives as they are.
pub(super) fn write(files: &mut Files, read: impl Fn(&str) -> String) {
    for (name, lines) in examples() {
        let path = format!("specs/{name}.cddl");
        let text = place(&read(&path), name, &lines);
        files.add(&path, text.into_bytes());
    }
}

fn examples() -> Vec<(&'static str, Vec<String>)> {
    // One witness, one issuer and a log of two entries: as small as a real example can be.
    let mut draft = Draft::small("worked-example", b"EXAMPLE\n");
    draft.sub = "student 17".to_owned();
    draft.after.clear();
    draft.cosigners.truncate(1);
    let mut trust = world::trust();
    trust.issuers.truncate(1);
    trust.issuers[0].status.clear();
    trust.witnesses.truncate(1);
    trust.epochs[0].groups.clear();
    WITNESSES[0].clone_into(&mut trust.epochs[0].quorum);
    let (bundle, trust) = (draft.parts().encode(), world::sign(&trust));
    vec![
        ("subject", annotate(&draft.subject())),
        ("statement", annotate(&draft.statement())),
        ("bundle", annotate(&bundle)),
        ("trust", annotate(&trust)),
        ("report", report(&bundle, &trust)),
    ]
}

/// The report with line breaks and indentation, which the real one lacks.
fn report(bundle: &[u8], trust: &[u8]) -> Vec<String> {
    let trust = TrustRoot::load(trust).expect("the example trust root keeps the rules");
    let report = verify(&Request {
        bundle,
        document: Document::InBundle,
        trust: Ok(&trust),
        mode: Mode::Strict,
        at: world::time(ISSUED + world::DAY),
        at_source: AtSource::Given,
        state: None,
        evidence: &[],
    });
    assert!(report.is_verified(), "{}", report.code());
    let value: serde_json::Value = serde_json::from_str(&report.to_json()).expect("a report is JSON");
    let text = serde_json::to_string_pretty(&value).expect("JSON has a text form");
    text.lines().map(str::to_owned).collect()
}

/// Replaces the lines between the marks of the example.
fn place(text: &str, name: &str, lines: &[String]) -> String {
    let (begin, end) = (format!("; example-begin {name}\n"), "; example-end\n");
    let Some((before, rest)) = text.split_once(&begin) else { panic!("{name}.cddl has no example-begin") };
    let Some((_, after)) = rest.split_once(end) else { panic!("{name}.cddl has no example-end") };
    let lines: String = lines.iter().map(|line| format!(";   {line}\n")).collect();
    format!("{before}{begin}{lines}{end}{after}")
}
