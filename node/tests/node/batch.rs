//! One statement for many documents.

use crate::fixture::{at, directory, key, plan};
use ct_core::{
    AtSource, Bundle, Code, Document, Hash, Mode, Request, Statement, Subject, SubjectKind, Timestamp, TrustRoot,
};
use ct_keys::Role;
use ct_node::{Draft, Entropy, Registry, statement};
use rs_merkle::{Hasher, MerkleTree};
use std::collections::BTreeSet;

/// RFC 6962 in the terms of `rs_merkle`.
#[derive(Clone)]
struct Rfc6962;

impl Hasher for Rfc6962 {
    type Hash = [u8; 32];

    fn hash(data: &[u8]) -> [u8; 32] {
        crate::tree::leaf(data)
    }

    fn concat_and_hash(left: &[u8; 32], right: Option<&[u8; 32]>) -> [u8; 32] {
        right.map_or(*left, |right| crate::tree::node(left, right))
    }
}

fn draft(number: usize) -> Draft {
    Draft {
        document_hash: Hash::of(&number.to_be_bytes()),
        document_type: "diploma".to_owned(),
        sub: format!("student {number}"),
        expires: None,
        kind: SubjectKind::File,
        status: None,
    }
}

fn drafts(count: usize) -> Vec<Draft> {
    (0..count).map(draft).collect()
}

fn code(trust: &TrustRoot, bundle: &[u8], at: Timestamp) -> Code {
    let report = ct_core::verify(&Request {
        bundle,
        document: Document::HashOnly,
        trust: Ok(trust),
        mode: Mode::Strict,
        at,
        at_source: AtSource::Given,
        state: None,
        evidence: &[],
    });
    report.code()
}

// Every size up to 40 and some around powers of two: the same root and paths as another crate's.
#[test]
fn paths_are_those_of_another_crate() {
    let issuer = key(Role::Issuer, "issuer.example#1", 5);
    let mut entropy = Entropy::from_seed(&[1; 32]);
    for count in (1..=40).chain([63, 64, 65, 255, 256, 257, 1000]) {
        let signed = statement::documents("issuer.example", &issuer, &drafts(count), at(0), &mut entropy).unwrap();
        let header = *Statement::parse(&signed.statement).unwrap().header();
        assert_eq!(header.subjects, u64::try_from(count).unwrap());
        let leaves: Vec<[u8; 32]> =
            signed.subjects.list().iter().map(|described| Rfc6962::hash(&described.subject)).collect();
        let tree = MerkleTree::<Rfc6962>::from_leaves(&leaves);
        assert_eq!(signed.subjects.root(), Hash::new(tree.root().unwrap()), "{count}");
        assert_eq!(Statement::parse(&signed.statement).unwrap().payload(), signed.subjects.root());
        for position in 0..count {
            let batch = signed.subjects.batch(position).unwrap();
            let expected: Vec<Hash> = tree.proof(&[position]).proof_hashes().iter().copied().map(Hash::new).collect();
            assert_eq!(batch.is_none(), count == 1);
            let Some(batch) = batch else { continue };
            assert_eq!((batch.index, batch.size), (u64::try_from(position).unwrap(), header.subjects));
            assert_eq!(batch.proof, expected, "{position} of {count}");
        }
        assert!(count == 1 || signed.subjects.batch(count).is_err());
    }
}

// R17.5: beside other statements in one batch of the log, every document verifies; one of another does not fit.
#[test]
fn every_document_of_a_batch_verifies_by_itself() {
    let dir = directory();
    let mut entropy = Entropy::from_seed(&[2; 32]);
    let mut registry = Registry::create(&dir.path().join("r"), &plan(), &mut entropy).unwrap();
    let mut statements = registry.sign(&drafts(2), at(100), &mut entropy).unwrap();
    statements.insert(1, registry.sign_batch(&drafts(7), at(100), &mut entropy).unwrap());
    let anchored = registry.anchor(statements, at(110)).unwrap();
    assert_eq!(anchored.len(), 9);
    let bundles: Vec<Vec<u8>> =
        (0..9).map(|number| registry.bundle(&anchored, number, None, at(120)).unwrap()).collect();
    let hashes: BTreeSet<_> = bundles.iter().map(|bundle| Bundle::parse(bundle).unwrap().document_hash).collect();
    assert_eq!(hashes.len(), 7);
    let sizes: Vec<Option<u64>> =
        bundles.iter().map(|bundle| Bundle::parse(bundle).unwrap().batch.map(|batch| batch.size)).collect();
    assert_eq!(sizes, [None, Some(7), Some(7), Some(7), Some(7), Some(7), Some(7), Some(7), None]);
    for (number, bytes) in bundles.iter().enumerate() {
        assert_eq!(code(registry.trust(), bytes, at(120)), Code::Ok, "{number}");
        let bundle = Bundle::parse(bytes).unwrap();
        assert_eq!(Subject::parse(bundle.subject.unwrap()).unwrap().document_hash, bundle.document_hash.unwrap());
        let Some(batch) = &bundle.batch else { continue };
        let mut other = batch.clone();
        other.index = (batch.index + 1) % 7;
        let moved = Bundle { batch: Some(other), ..bundle.clone() };
        // The last leaf of seven has a shorter path than the others.
        let expected = if batch.index < 5 { Code::TamperedSubject } else { Code::MalformedProofLength };
        assert_eq!(code(registry.trust(), &moved.encode(), at(120)), expected, "{number}");
        let without = Bundle { batch: None, ..bundle.clone() };
        assert_eq!(code(registry.trust(), &without.encode(), at(120)), Code::IncompleteBatch);
    }
}

#[test]
fn a_batch_has_one_type_and_one_end() {
    let issuer = key(Role::Issuer, "issuer.example#1", 5);
    let code = |drafts: &[Draft]| {
        let signed = statement::documents("issuer.example", &issuer, drafts, at(0), &mut Entropy::from_seed(&[1; 32]));
        signed.map(drop).map_err(|error| error.code())
    };
    assert_eq!(code(&[]), Err(Code::UsageArguments));
    assert_eq!(code(&drafts(3)), Ok(()));
    let mut mixed = drafts(3);
    mixed[1].document_type = "transcript".to_owned();
    assert_eq!(code(&mixed), Err(Code::UsageArguments));
    let mut mixed = drafts(3);
    mixed[2].expires = Some(at(1));
    assert_eq!(code(&mixed), Err(Code::UsageArguments));
}
