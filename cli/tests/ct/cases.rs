//! Every case of `testdata/`, as files, through the program: the same bytes as core's, and the exit status of the code.

use crate::desk::ct;
use ct_core::Code;
use std::ffi::OsString;
use std::fs;

// R1.1, R19.4: the report does not depend on who asks.
#[test]
fn the_program_says_what_core_says() {
    let cases = ct_testdata::cases();
    assert!(cases.len() > 100, "the cases are there");
    for case in cases {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            fs::write(&path, bytes).unwrap();
            OsString::from(path)
        };
        let mut words: Vec<OsString> =
            ["verify", "--json", "--mode", case.mode.as_str(), "--at"].map(Into::into).into();
        words.push(case.at.to_string().into());
        for (number, trust) in case.predecessors.iter().chain([&case.trust]).enumerate() {
            words.extend(["--trust".into(), file(&format!("trust-{number}.cbor"), trust)]);
        }
        for (number, evidence) in case.evidence.iter().enumerate() {
            words.extend(["--evidence".into(), file(&format!("evidence-{number}.cbor"), evidence)]);
        }
        if let Some(state) = &case.state {
            fs::create_dir(folder.path().join("state")).unwrap();
            file("state/state.cbor", &state.encode());
            words.extend(["--state".into(), folder.path().join("state").into()]);
        }
        if let Some(document) = &case.document {
            words.extend(["--document".into(), file("document", document)]);
        }
        if case.hash_only {
            words.push("--hash-only".into());
        }
        words.push(file("bundle.cbor", &case.bundle));
        let said = ct(words);
        let (name, code) = (&case.name, case.expected.code);
        assert_eq!(said.status, i32::from(code.class().exit_status()), "{name}: {}", said.err);
        assert!(said.out.contains(&format!("\"code\":\"{code}\"")), "{name}: {}", said.out);
        // A file that is too large is refused before core sees it: then the other steps have not run.
        if code != Code::LimitBundleSize {
            assert_eq!(said.out, format!("{}\n", case.verify().to_json()), "{name}");
        }
    }
}
