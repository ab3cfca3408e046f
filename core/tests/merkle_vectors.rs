//! Merkle vectors that others made.

// clippy.toml allows panics in tests; this extends it to their helpers.
#![cfg(test)]

#[path = "support/log.rs"]
mod log;

use base64ct::{Base64, Encoding};
use ct_core::merkle::leaf_hash;
use ct_core::{Code, ConsistencyProof, Error, Hash, InclusionProof, LeafIndex, Subtree, TreeSize};
use log::{Log, leaf_index, tree_size};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;

fn hash(base64: &str) -> Result<Hash, Error> {
    Hash::try_from(Base64::decode_vec(base64).unwrap().as_slice())
}

fn hashes(base64: Option<&Vec<String>>) -> Result<Vec<Hash>, Error> {
    base64.into_iter().flatten().map(|text| hash(text)).collect()
}

/// How many cases ended how.
type Tally = BTreeMap<&'static str, usize>;

fn count(tally: &mut Tally, result: Result<(), Error>) {
    *tally.entry(result.map_or_else(|error| error.code().as_str(), |()| "ok")).or_default() += 1;
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct InclusionCase {
    leaf_idx: u64,
    tree_size: u64,
    root: String,
    leaf_hash: String,
    proof: Option<Vec<String>>,
    #[expect(dead_code, reason = "read so that unknown keys can be refused")]
    desc: String,
    want_err: bool,
    case: String,
}

impl InclusionCase {
    fn verify(&self) -> Result<(), Error> {
        let path = hashes(self.proof.as_ref())?;
        let proof = InclusionProof::new(LeafIndex::new(self.leaf_idx)?, TreeSize::new(self.tree_size)?, path)?;
        proof.verify(&hash(&self.leaf_hash)?, &hash(&self.root)?)
    }
}

// R14.3
#[test]
fn rfc6962_inclusion() {
    let Some(text) = ct_testdata::vector("rfc6962-inclusion.json") else { return };
    let cases: Vec<InclusionCase> = serde_json::from_str(&text).unwrap();
    assert_eq!(cases.len(), 98);
    let mut tally = Tally::new();
    for case in &cases {
        let result = case.verify();
        assert_eq!(result.is_err(), case.want_err, "{}: {result:?}", case.case);
        count(&mut tally, result);
    }
    let expected = [
        ("limit.number", 2),
        ("malformed.field", 20),
        ("malformed.leaf_index", 15),
        ("malformed.proof_length", 26),
        ("ok", 6),
        ("tampered.inclusion", 29),
    ];
    assert_eq!(tally, Tally::from(expected));
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConsistencyCase {
    size1: u64,
    size2: u64,
    root1: String,
    root2: String,
    proof: Option<Vec<String>>,
    #[expect(dead_code, reason = "read so that unknown keys can be refused")]
    desc: String,
    #[serde(rename = "wantErr")]
    want_err: bool,
    case: String,
}

impl ConsistencyCase {
    fn verify(&self) -> Result<(), Error> {
        let path = hashes(self.proof.as_ref())?;
        let proof = ConsistencyProof::new(TreeSize::new(self.size1)?, TreeSize::new(self.size2)?, path)?;
        proof.verify(&root_or_stand_in(&self.root1), &root_or_stand_in(&self.root2))
    }
}

/// Some cases, one good one among them, have texts of other lengths as roots; here the text's hash stands for it.
fn root_or_stand_in(base64: &str) -> Hash {
    hash(base64).unwrap_or_else(|_| Hash::of(base64.as_bytes()))
}

// R14.3, R15.3: there as here, equal sizes need an empty proof, and size 0 always fails.
#[test]
fn rfc6962_consistency() {
    let Some(text) = ct_testdata::vector("rfc6962-consistency.json") else { return };
    let cases: Vec<ConsistencyCase> = serde_json::from_str(&text).unwrap();
    assert_eq!(cases.len(), 98);
    let mut tally = Tally::new();
    for case in &cases {
        let result = case.verify();
        assert_eq!(result.is_err(), case.want_err, "{}: {result:?}", case.case);
        count(&mut tally, result);
    }
    let expected = [("malformed.field", 21), ("malformed.proof_length", 46), ("ok", 6), ("tampered.consistency", 25)];
    assert_eq!(tally, Tally::from(expected));
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReferenceTree {
    #[expect(dead_code, reason = "read so that unknown keys can be refused")]
    note: String,
    leaf_inputs_hex: Vec<String>,
    leaf_hashes: Vec<String>,
    roots: Vec<String>,
    inclusion: Vec<ReferencePath>,
    consistency: Vec<ReferenceProof>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReferencePath {
    tree_size: usize,
    leaf_index: usize,
    path: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReferenceProof {
    size1: usize,
    size2: usize,
    proof: Vec<String>,
}

fn from_hex(texts: &[String]) -> Vec<Hash> {
    texts.iter().map(|text| Hash::from_hex(text).unwrap()).collect()
}

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

// R14.1, R14.2
#[test]
fn rfc6962_reference_tree() {
    let Some(text) = ct_testdata::vector("rfc6962-reference-tree.json") else { return };
    let reference: ReferenceTree = serde_json::from_str(&text).unwrap();
    let (leaves, roots) = (from_hex(&reference.leaf_hashes), from_hex(&reference.roots));
    assert_eq!((leaves.len(), roots.len(), reference.inclusion.len(), reference.consistency.len()), (8, 9, 36, 36));

    let entries: Vec<Vec<u8>> = reference.leaf_inputs_hex.iter().map(|entry| bytes(entry)).collect();
    let log = Log::of(&entries);
    assert_eq!(entries.iter().map(|entry| leaf_hash(entry)).collect::<Vec<_>>(), leaves);
    assert_eq!((0..=8).map(|size| log.root(size)).collect::<Vec<_>>(), roots);
    for case in &reference.inclusion {
        let proof = log.inclusion(case.leaf_index, case.tree_size);
        assert_eq!(proof.path(), from_hex(&case.path));
        assert_eq!(proof.verify(&leaves[case.leaf_index], &roots[case.tree_size]), Ok(()));
    }
    for case in &reference.consistency {
        let proof = log.consistency(case.size1, case.size2);
        assert_eq!(proof.path(), from_hex(&case.proof));
        assert_eq!(proof.verify(&roots[case.size1], &roots[case.size2]), Ok(()));
    }
}

#[derive(Deserialize)]
struct Accumulated {
    subtree_hash: Digest,
    subtree_inclusion: Digest,
}

#[derive(Deserialize)]
struct Digest {
    sha256: String,
}

/// All subtrees of trees of up to 130 leaves, empty ones included, by their end and then their start.
fn subtrees() -> impl Iterator<Item = Subtree> {
    let pairs = (0..=130).flat_map(|end| (0..=end).map(move |start| (start, end)));
    pairs.filter_map(|(start, end)| Subtree::new(leaf_index(start), tree_size(end)).ok())
}

// draft-ietf-plants-merkle-tree-certs, "Subtree Test Vectors"
#[test]
fn accumulated_subtree_hashes_and_inclusion_proofs() {
    let Some(text) = ct_testdata::vector("subtree-accumulated.json") else { return };
    let expected: Accumulated = serde_json::from_str(&text).unwrap();
    let log = Log::of((0..130).map(|byte: u8| [byte]));
    let root = |part: Subtree| part.root(log.nodes(130)).unwrap();

    let (mut hashes, mut proofs) = (String::new(), String::new());
    for part in subtrees() {
        let (start, end) = (part.start(), part.end());
        writeln!(hashes, "[{start}, {end}) {}", root(part)).unwrap();
        for index in start..end {
            write!(proofs, "{index} [{start}, {end})").unwrap();
            for sibling in part.path(LeafIndex::new(index).unwrap()).unwrap() {
                write!(proofs, " {}", root(sibling)).unwrap();
            }
            proofs.push('\n');
        }
    }
    assert_eq!(Hash::of(hashes.as_bytes()).to_string(), expected.subtree_hash.sha256);
    assert_eq!(Hash::of(proofs.as_bytes()).to_string(), expected.subtree_inclusion.sha256);
}

#[derive(Deserialize)]
struct Malleability {
    cases: Vec<MalleablePath>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MalleablePath {
    made_for: (usize, usize),
    also: Option<Vec<(usize, usize)>>,
    also_count: Option<usize>,
    also_some: Option<Vec<(usize, usize)>>,
}

// R14.2, R14.3: which other (size, index) one path leads to the same root from is known, and no more than that.
#[test]
fn receipt_size_index_malleability() {
    let Some(text) = ct_testdata::vector("receipt-size-index-malleability.json") else { return };
    let table: Malleability = serde_json::from_str(&text).unwrap();
    assert_eq!(table.cases.len(), 4);
    let log = Log::of((0..8).map(|byte: u8| [byte]));
    for case in table.cases {
        let (size, index) = case.made_for;
        let (own, leaf, root) =
            (log.inclusion(index, size), leaf_hash(&[u8::try_from(index).unwrap()]), log.root(size));
        let mut also = vec![];
        for other in (1..70).flat_map(|size| (0..size).map(move |index| (size, index))) {
            let proof = InclusionProof::new(leaf_index(other.1), tree_size(other.0), own.path().to_vec());
            match proof.and_then(|proof| proof.verify(&leaf, &root)).map_err(Error::code) {
                Ok(()) if other == case.made_for => {}
                Ok(()) => also.push(other),
                Err(code) => {
                    assert!(matches!(code, Code::MalformedProofLength | Code::TamperedInclusion), "{other:?}: {code}");
                    assert_ne!(other, case.made_for);
                }
            }
        }
        if let Some(expected) = case.also {
            assert_eq!(also, expected);
        }
        if let Some(expected) = case.also_count {
            assert_eq!(also.len(), expected);
        }
        for expected in case.also_some.unwrap_or_default() {
            assert!(also.contains(&expected), "{expected:?}");
        }
    }
}
