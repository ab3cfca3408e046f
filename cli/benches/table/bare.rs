//! The primitives on their own: the signature checks and hashes of a verification, and nothing else.

use ct_core::ed25519::{PublicKey, SIGNATURE_LEN, SignatureChecker};
use ct_core::verify::{Document, examine_with};
use ct_core::{AtSource, Bundle, Hash, Mode, Request, TrustRoot};
use ct_testdata::world;
use std::hint::black_box;
use std::sync::Mutex;

/// One signature check.
pub(crate) struct Check {
    key: PublicKey,
    message: Vec<u8>,
    signature: [u8; SIGNATURE_LEN],
}

/// Remembers what it is asked, and answers.
#[derive(Default)]
struct Recorder(Mutex<Vec<Check>>);

impl SignatureChecker for Recorder {
    fn holds(&self, key: &PublicKey, message: &[u8], signature: &[u8; SIGNATURE_LEN]) -> bool {
        let check = Check { key: *key, message: message.to_vec(), signature: *signature };
        self.0.lock().unwrap().push(check);
        key.verify(message, signature)
    }
}

/// Every signature that a verification of `bundle` checks.
pub(crate) fn checks(bundle: &[u8], root: &TrustRoot) -> Vec<Check> {
    let recorder = Recorder::default();
    let outcome = examine_with(&request(bundle, root), &recorder);
    assert!(outcome.report.is_verified(), "{}", outcome.report);
    recorder.0.into_inner().unwrap()
}

/// Checks them all.
pub(crate) fn check_all<'a>(checks: impl IntoIterator<Item = &'a Check>) {
    for check in checks {
        assert!(black_box(&check.key).verify(black_box(&check.message), &check.signature));
    }
}

/// The pieces that a verification of a batch-issued document hashes: the document, its subject, and two hashes for each
/// level of the way to the statement.
pub(crate) struct Preimages {
    document: Vec<u8>,
    subject: Vec<u8>,
    levels: usize,
}

pub(crate) fn preimages(bundle: &[u8]) -> Preimages {
    let bundle = Bundle::parse(bundle).unwrap();
    Preimages {
        document: bundle.document.unwrap().to_vec(),
        subject: bundle.subject.unwrap().to_vec(),
        levels: bundle.batch.map_or(0, |batch| batch.proof.len()),
    }
}

/// Hashes them, with the plain primitive.
pub(crate) fn hash_all(all: &[Preimages]) {
    for one in all {
        black_box(Hash::of(black_box(&one.document)));
        let mut node = Hash::of_parts(&[&[0], black_box(&one.subject)]);
        for _ in 0..one.levels {
            node = Hash::of_parts(&[&[1], node.as_bytes(), node.as_bytes()]);
        }
        black_box(node);
    }
}

pub(crate) fn request<'a>(bundle: &'a [u8], root: &'a TrustRoot) -> Request<'a> {
    Request {
        bundle,
        document: Document::InBundle,
        trust: Ok(root),
        mode: Mode::Strict,
        at: world::time(world::ISSUED + world::DAY),
        at_source: AtSource::Given,
        state: None,
        evidence: &[],
    }
}
