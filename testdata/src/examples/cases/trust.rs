//! Step 3: the trust root.

use super::plan::{Plan, replace};
use crate::key;
use crate::note::LineKey;
use crate::world::{self, END, ROOT, UNIVERSITY, WITNESSES};
use ct_core::limits::MAX_TRUST_BYTES;
use ct_core::trust::{Pin, Trust, encode_trust};
use ct_core::{Code, Hash, Mode, StepName, TreeSize};

fn refused(name: &'static str, code: Code, description: &'static str) -> Plan {
    Plan::refused(name, code, StepName::Trust, description)
}

pub(super) fn plans() -> Vec<Plan> {
    [bytes(), signatures(), rules(), dates()].concat()
}

fn bytes() -> Vec<Plan> {
    let mut cut = world::sign(&world::trust());
    cut.truncate(cut.len() / 2);
    let mut trailing = world::sign(&world::trust());
    trailing.push(0);
    let bundle = crate::draft::Draft::new("case", b"").parts().encode();
    vec![
        refused("trust-root-empty", Code::TrustMalformed, "There is nothing in the file.").trust_bytes("empty", vec![]),
        refused("trust-root-cut", Code::TrustMalformed, "Half of it is missing.").trust_bytes("cut", cut),
        refused("trust-root-with-trailing-byte", Code::TrustMalformed, "A byte follows the end.")
            .trust_bytes("trailing-byte", trailing),
        refused("trust-root-payload-of-another-kind", Code::TrustMalformed, "The root key signed something else.")
            .trust_bytes("of-another-kind", payload(b"civictrust.trust", b"civictrust.trusd")),
        refused("trust-root-of-version-2", Code::TrustVersion, "The trust root is of a later format.")
            .trust_bytes("of-version-2", payload(b"gversion\x01", b"gversion\x02")),
        refused("bundle-as-trust-root", Code::TrustKind, "A bundle is given as the trust root.")
            .trust_bytes("a-bundle", bundle),
        refused("trust-root-too-large", Code::TrustSize, "One byte more than a trust root may have.")
            .trust_size(MAX_TRUST_BYTES + 1),
    ]
}

fn signatures() -> Vec<Plan> {
    let mut two = world::trust();
    two.root.keys.push(world::root_key("root-2"));
    two.root.threshold = 2;
    let two = encode_trust(&two);
    let mut altered = world::sign(&world::trust());
    *altered.last_mut().expect("it is not empty") ^= 1;
    vec![
        refused("trust-root-signed-by-one-of-two", Code::TrustThreshold, "Two root keys must sign; one did.")
            .trust_bytes("signed-by-one-of-two", world::sign_payload(&two, &[ROOT])),
        refused("trust-root-signed-by-a-stranger", Code::TrustThreshold, "Only a key that is no root key signed.")
            .trust_bytes("signed-by-a-stranger", world::sign_payload(&encode_trust(&world::trust()), &["forger"])),
        refused("trust-root-signature-altered", Code::TrustSignature, "One bit of the signature is wrong.")
            .trust_bytes("signature-altered", altered),
    ]
}

/// Properly signed, but it contradicts itself.
fn rules() -> Vec<Plan> {
    let broken =
        |name, code, description, file, change: fn(&mut Trust)| refused(name, code, description).trust(file, change);
    let mut small_order = [0; 32];
    small_order[0] = 1;
    vec![
        refused("trust-root-with-weak-key", Code::TrustWeakKey, "The log's key is the point of order one.")
            .trust_bytes("weak-key", payload(key::public(world::ORIGIN).as_bytes(), &small_order)),
        broken(
            "log-key-as-witness",
            Code::TrustKeyReuse,
            "The log's key is a witness's too: it would state its own time.",
            "log-key-as-witness",
            |trust| {
                let key = LineKey { name: WITNESSES[0].to_owned(), key: world::ORIGIN.to_owned() };
                trust.witnesses[0].keys = vec![world::witness_key(&key)];
            },
        ),
        broken(
            "status-key-as-document-key",
            Code::TrustKeyReuse,
            "An issuer signs documents and status lists with one key.",
            "status-key-as-document-key",
            |trust| trust.issuers[0].status[0].keys[0].key = trust.issuers[0].keys[0].key,
        ),
        broken(
            "root-key-as-issuer-key",
            Code::TrustKeyReuse,
            "The root key issues diplomas.",
            "root-key-as-issuer-key",
            |trust| trust.issuers[0].keys[0].key = key::public(ROOT),
        ),
        broken(
            "one-key-of-two-witnesses",
            Code::TrustKeyReuse,
            "Two witnesses have the same key: one would count twice.",
            "one-key-of-two-witnesses",
            |trust| {
                let key = LineKey { name: WITNESSES[1].to_owned(), key: WITNESSES[0].to_owned() };
                trust.witnesses[1].keys = vec![world::witness_key(&key)];
            },
        ),
        broken(
            "two-issuers-of-one-name",
            Code::TrustDuplicate,
            "Two issuers have the same ID.",
            "two-issuers-of-one-name",
            |trust| trust.issuers.iter_mut().for_each(|issuer| UNIVERSITY.clone_into(&mut issuer.id)),
        ),
        broken(
            "two-witness-keys-of-one-id",
            Code::TrustDuplicate,
            "Two keys of a witness look alike on signature lines.",
            "two-witness-keys-of-one-id",
            |trust| {
                let key = |key: &str| LineKey { name: WITNESSES[0].to_owned(), key: key.to_owned() };
                trust.witnesses[0].keys = WITNESS_KEYS_OF_ONE_ID.map(|name| world::witness_key(&key(name))).to_vec();
            },
        ),
        broken(
            "pin-outside-every-epoch",
            Code::TrustPolicy,
            "A pin's time is one of which nobody said what quorum held.",
            "pin-outside-every-epoch",
            |trust| {
                let (size, root) = (TreeSize::new(38).expect("a small number"), Hash::of(b"a history"));
                trust.logs[0].pins = vec![Pin { size, root, time: world::time(world::BEGIN - 1) }];
            },
        ),
        broken(
            "two-pins-of-one-size",
            Code::TrustDuplicate,
            "Two roots are pinned for one size of a log.",
            "two-pins-of-one-size",
            |trust| {
                let pin = |root: &[u8]| Pin {
                    size: TreeSize::new(38).expect("a small number"),
                    root: Hash::of(root),
                    time: world::time(world::ISSUED),
                };
                trust.logs[0].pins = vec![pin(b"one history"), pin(b"another history")];
            },
        ),
        broken(
            "quorum-that-nobody-can-meet",
            Code::TrustPolicy,
            "Four of three witnesses must sign.",
            "quorum-that-nobody-can-meet",
            |trust| trust.epochs[0].groups[0].threshold = 4,
        ),
        broken("quorum-of-none", Code::TrustPolicy, "No witness needs to sign.", "quorum-of-none", |trust| {
            trust.epochs[0].groups[0].threshold = 0
        }),
        broken(
            "witness-in-the-group-twice",
            Code::TrustPolicy,
            "One witness stands in the group twice.",
            "witness-in-the-group-twice",
            |trust| trust.epochs[0].groups[0].members[1] = WITNESSES[0].to_owned(),
        ),
        broken(
            "epochs-overlapping",
            Code::TrustPolicy,
            "Two quorums are in force at once.",
            "epochs-overlapping",
            |trust| trust.epochs.push(world::epoch()),
        ),
        broken(
            "grace-narrower-than-strict",
            Code::TrustPolicy,
            "Grace allows less than strict.",
            "grace-narrower-than-strict",
            |trust| trust.policy.grace.evidence = ct_core::Seconds::new(1),
        ),
    ]
}

fn dates() -> Vec<Plan> {
    vec![
        refused("trust-root-expired", Code::TrustExpired, "It is the second at which the trust root ends.").at(END),
        refused("trust-root-expired-beyond-grace", Code::TrustExpired, "Grace adds a year, and that is over.")
            .at(END + 365 * world::DAY)
            .mode(Mode::Grace),
        refused("trust-root-not-yet-issued", Code::TrustNotYetValid, "It is issued tomorrow.")
            .trust("issued-tomorrow", |trust| trust.issued = world::time(world::ISSUED + 2 * world::DAY)),
        refused("trust-root-not-yet-issued-for-an-archive", Code::TrustNotYetValid, "An archive minds that too.")
            .trust("issued-tomorrow", |trust| trust.issued = world::time(world::ISSUED + 2 * world::DAY))
            .mode(Mode::Archival),
    ]
}

/// Key names, found by trying, whose keys have the same ID (de0ae563) under the first witness's name.
const WITNESS_KEYS_OF_ONE_ID: [&str; 2] = ["collision/8012", "collision/18601"];

/// The example trust root with `to` for the only `from` in its payload, signed by its root key.
fn payload(from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut payload = encode_trust(&world::trust());
    replace(&mut payload, from, to);
    world::sign_payload(&payload, &[ROOT])
}
