//! The `sigsum` crate as judge of what we sign: a Sigsum tree head is a C2SP checkpoint, cosigned the C2SP way.

use crate::fixture::{TIME, TestKey};
use ct_core::Hash;
use ct_core::c2sp::{Checkpoint, Origin, SignatureType};
use ed25519_dalek::{Signer, SigningKey};
use sigsum::SigsumSignature;
use sigsum::policy::PolicyBuilder;

/// A one-leaf Sigsum log, its tree head signed and cosigned by our keys over our texts.
struct Proof {
    log: TestKey,
    witness: TestKey,
    submitter: SigningKey,
    data: &'static [u8],
}

impl Proof {
    fn new() -> Self {
        Self {
            log: TestKey::new(11, "log", SignatureType::Ed25519),
            witness: TestKey::new(12, "witness", SignatureType::Cosignature),
            submitter: SigningKey::from_bytes(&[13; 32]),
            data: b"evidence",
        }
    }

    fn key_hash(key: &TestKey) -> Hash {
        Hash::of(key.verifier.key().as_bytes())
    }

    /// Whether the crate accepts the proof whose cosignature was made at `signed` and says `stated`.
    fn accepted(&self, signed: u64, stated: u64) -> bool {
        let message = Hash::of(self.data);
        let checksum = Hash::of(message.as_bytes());
        let leaf_signature =
            self.submitter.sign(&[b"sigsum.org/v1/tree-leaf\0", &checksum.as_bytes()[..]].concat()).to_bytes();
        let leaf_key_hash = Hash::of(self.submitter.verifying_key().as_bytes());
        let root = Hash::of_parts(&[&[0], checksum.as_bytes(), &leaf_signature, leaf_key_hash.as_bytes()]);

        let log_key_hash = Self::key_hash(&self.log);
        let origin = Origin::new(&format!("sigsum.org/v1/tree/{log_key_hash}")).unwrap();
        let text = Checkpoint::new(origin, ct_core::TreeSize::new(1).unwrap(), root).unwrap().text();
        let proof = format!(
            "version=2\nlog={log_key_hash}\nleaf={leaf_key_hash} {}\n\nsize=1\nroot_hash={root}\nsignature={}\n\
             cosignature={} {stated} {}\n\nleaf_index=0\n",
            hex(&leaf_signature),
            hex(self.log.line(&text).signature()),
            Self::key_hash(&self.witness),
            hex(&self.witness.cosign(signed, &text).to_bytes()[8..]),
        );
        let proof = SigsumSignature::from_ascii(&proof).unwrap();

        let mut policy = PolicyBuilder::new();
        policy.add_log((*self.log.verifier.key().as_bytes()).into(), None).unwrap();
        policy.add_witness("w".into(), (*self.witness.verifier.key().as_bytes()).into(), None).unwrap();
        policy.set_quorum("w".into()).unwrap();
        let signers = [self.submitter.verifying_key().to_bytes().into()];
        sigsum::verify(&(*message.as_bytes()).into(), &proof, &signers, &policy.build()).is_ok()
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

// R15.2
#[test]
fn accepts_our_tree_head_and_cosignature_and_no_other_time() {
    let proof = Proof::new();
    for time in [1, TIME, 253_402_300_799] {
        assert!(proof.accepted(time, time), "{time}");
        assert!(!proof.accepted(time, time + 1), "{time}");
    }
}
