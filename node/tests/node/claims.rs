//! Documents of claims: from their file to a bundle, and to a copy that shows less.

use crate::fixture::{at, directory, plan};
use ct_core::claims::Disclosure;
use ct_core::limits::{MAX_CLAIM_BYTES, MAX_CLAIMS};
use ct_core::{AtSource, Bundle, Code, Document, Mode, Request, SubjectKind};
use ct_node::{ClaimsDocument, Draft, Entropy, Registry};

const FILE: &str = r#"
mandatory = 1
[[claim]]
name = "degree"
value = "Bachelor of Science"
[[claim]]
name = "born"
value = "2001-05-04"
[[claim]]
name = "grade"
value = "9.1"
"#;

fn parse(text: &str) -> Result<ClaimsDocument, Code> {
    ClaimsDocument::parse(text, &mut Entropy::from_seed(&[4; 32])).map_err(|error| error.code())
}

#[test]
fn a_document_of_claims_verifies_whole_and_redacted() {
    let dir = directory();
    let mut entropy = Entropy::from_seed(&[1; 32]);
    let mut registry = Registry::create(&dir.path().join("r"), &plan(), &mut entropy).unwrap();
    let document = parse(FILE).unwrap();
    let disclosure = document.disclosure().unwrap();
    let shown: Vec<_> = disclosure.claims().iter().map(|claim| (claim.name, claim.value)).collect();
    assert_eq!(shown, [("degree", "Bachelor of Science"), ("born", "2001-05-04"), ("grade", "9.1")]);
    assert_eq!(disclosure.mandatory(), 1);
    let draft = Draft {
        document_hash: disclosure.document_hash(),
        document_type: "diploma".to_owned(),
        sub: String::new(),
        expires: None,
        kind: SubjectKind::Claims,
        status: None,
    };
    let signed = registry.sign(&[draft], at(100), &mut entropy).unwrap();
    let anchored = registry.anchor(signed, at(110)).unwrap();
    let bytes = registry.claims_bundle(&anchored, 0, &disclosure, at(120)).unwrap();
    let code = |bytes: &[u8]| {
        let report = ct_core::verify(&Request {
            bundle: bytes,
            document: Document::InBundle,
            trust: Ok(registry.trust()),
            mode: Mode::Strict,
            at: at(130),
            at_source: AtSource::Given,
            state: None,
            evidence: &[],
        });
        report.code()
    };
    assert_eq!(code(&bytes), Code::Ok);
    let bundle = Bundle::parse(&bytes).unwrap();
    let redacted = disclosure.redact(|claim| claim.name == "grade").unwrap().encode();
    assert_eq!(Disclosure::parse(&redacted).unwrap().claims().len(), 2);
    assert_eq!(code(&Bundle { disclosure: Some(&redacted), ..bundle.clone() }.encode()), Code::Ok);
    let other = parse(&FILE.replace("9.1", "9.9")).unwrap();
    let other = other.disclosure().unwrap();
    assert_eq!(code(&Bundle { disclosure: Some(&other.encode()), ..bundle }.encode()), Code::TamperedDocumentHash);
    let refused = registry.claims_bundle(&anchored, 0, &other, at(120)).map(drop).map_err(|error| error.code());
    assert_eq!(refused, Err(Code::TamperedDocumentHash));
}

// The same value in two documents cannot be found by its hash.
#[test]
fn every_claim_has_a_salt_of_its_own() {
    let document = parse(FILE).unwrap();
    let disclosure = document.disclosure().unwrap();
    let salts: std::collections::BTreeSet<_> = disclosure.claims().iter().map(|claim| claim.salt).collect();
    assert_eq!(salts.len(), 3);
}

#[test]
fn refuses_files_that_are_no_claims() {
    let claim = |number: usize| format!("[[claim]]\nname = \"claim {number}\"\nvalue = \"\"\n");
    let many = |count| format!("mandatory = 0\n{}", (0..count).map(claim).collect::<String>());
    assert_eq!(parse(FILE).map(drop), Ok(()));
    assert_eq!(parse("").map(drop), Err(Code::MalformedField));
    assert_eq!(parse("mandatory = 0\nclaim = []").map(drop), Err(Code::MalformedField));
    assert_eq!(parse(&FILE.replace("mandatory = 1", "mandatory = 4")).map(drop), Err(Code::MalformedField));
    assert_eq!(parse(&FILE.replace("mandatory = 1", "mandatory = -1")).map(drop), Err(Code::MalformedField));
    assert_eq!(parse(&FILE.replace("mandatory = 1", "")).map(drop), Err(Code::MalformedField));
    assert_eq!(parse(&FILE.replace("\"grade\"", "\"born\"")).map(drop), Err(Code::MalformedField));
    assert_eq!(parse(&FILE.replace("\"9.1\"", "9.1")).map(drop), Err(Code::MalformedField));
    assert_eq!(parse(&format!("{FILE}hidden = true\n")).map(drop), Err(Code::MalformedField));
    assert_eq!(parse(&many(MAX_CLAIMS)).map(drop), Ok(()));
    assert_eq!(parse(&many(MAX_CLAIMS + 1)).map(drop), Err(Code::LimitItems));
    let long = |length| FILE.replace("9.1", &"9".repeat(length));
    assert_eq!(parse(&long(MAX_CLAIM_BYTES)).map(drop), Ok(()));
    assert_eq!(parse(&long(MAX_CLAIM_BYTES + 1)).map(drop), Err(Code::LimitLength));
    let long = |length| FILE.replace("\"grade\"", &format!("\"{}\"", "g".repeat(length)));
    assert_eq!((parse(&long(256)).map(drop), parse(&long(257)).map(drop)), (Ok(()), Err(Code::LimitLength)));
}
