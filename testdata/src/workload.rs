//! Many valid bundles of one log of 2^20 entries, for benchmarks.

use crate::draft::{Draft, cosigners};
use crate::key;
use crate::note::LineKey;
use crate::parts::Parts;
use crate::tree::Tree;
use crate::world::{ISSUED, ORIGIN};
use ct_core::merkle::{leaf_hash, node_hash};
use ct_core::{Batch, Checkpoint, Hash, Origin, TreeSize};

/// Bundles, each with a statement of its own; all have the same anchor.
#[must_use]
pub fn distinct(count: usize, document: &[u8]) -> Vec<Vec<u8>> {
    let drafts: Vec<Draft> = (0..count).map(|number| draft(number, document)).collect();
    let statements: Vec<Vec<u8>> = drafts.iter().map(Draft::statement).collect();
    let anchor = Anchor::over(&statements);
    let bundle = |(position, (draft, statement)): (usize, (&Draft, &Vec<u8>))| {
        let parts = anchor.parts(draft, statement.clone(), position);
        parts.encode()
    };
    drafts.iter().zip(&statements).enumerate().map(bundle).collect()
}

/// Bundles of documents that all stand under one statement.
#[must_use]
pub fn batch_issued(count: usize, document: &[u8]) -> Vec<Vec<u8>> {
    let drafts: Vec<Draft> = (0..count).map(|number| draft(number, document)).collect();
    let subjects = Tree::of_leaves(drafts.iter().map(|draft| leaf_hash(&draft.subject())));
    let mut first = draft(0, document);
    first.header.subjects = Some(subjects.size().get());
    first.payload = Some(subjects.root());
    let statement = first.statement();
    let anchor = Anchor::over(std::slice::from_ref(&statement));
    let bundle = |(index, draft): (u64, &Draft)| {
        let batch = Batch { index, size: subjects.size().get(), proof: subjects.inclusion(index) };
        Parts { batch: Some(batch), ..anchor.parts(draft, statement.clone(), 0) }.encode()
    };
    (0..).zip(&drafts).map(bundle).collect()
}

/// The document with a number before it, so that no two are the same.
fn draft(number: usize, document: &[u8]) -> Draft {
    let document = [format!("Document no. {number}\n").as_bytes(), document].concat();
    Draft::unlogged(&format!("workload/{number}"), &document)
}

/// A checkpoint of 2^20 entries, of which the first are known and the others are anybody's.
struct Anchor {
    known: Tree,
    /// The other halves on the way from the root of the known entries to that of all.
    others: Vec<Hash>,
    text: String,
    signatures: String,
}

const LEVELS: u32 = 20;

impl Anchor {
    fn over(statements: &[Vec<u8>]) -> Self {
        let width = statements.len().next_power_of_two();
        let padding = (statements.len()..width).map(|number| Hash::new(key::fixed(&format!("padding/{number}"))));
        let leaves = statements.iter().map(|statement| leaf_hash(statement)).chain(padding);
        let known = Tree::of_leaves(leaves);
        let others: Vec<Hash> =
            (width.trailing_zeros()..LEVELS).map(|level| Hash::new(key::fixed(&format!("other/{level}")))).collect();
        let root = others.iter().fold(known.root(), |left, right| node_hash(&left, right));
        let size = TreeSize::new(1 << LEVELS).expect("a tree size below 2^63");
        let origin = Origin::new(ORIGIN).expect("an example's origin is one");
        let text = Checkpoint::new(origin, size, root).expect("the root is that of the size").text();
        let mut signatures = LineKey::new(ORIGIN).log_line(&text);
        for (witness, time) in cosigners(ISSUED + 60) {
            signatures.push_str(&witness.cosignature_line(time, &text));
        }
        Self { known, others, text, signatures }
    }

    fn parts(&self, draft: &Draft, statement: Vec<u8>, position: usize) -> Parts {
        let index = u64::try_from(position).expect("a small number");
        let mut proof = self.known.inclusion(index);
        proof.extend(&self.others);
        Parts {
            subject: Some(draft.subject()),
            document: Some(draft.document.clone()),
            statement: Some(statement),
            tree_size: Some(1 << LEVELS),
            checkpoint: Some(self.text.clone()),
            leaf_index: Some(index),
            document_hash: Some(Hash::of(&draft.document)),
            inclusion_proof: Some(proof),
            checkpoint_signature: Some(self.signatures.clone()),
            ..Parts::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world;
    use ct_core::verify::Document;
    use ct_core::{AtSource, Mode, Report, Request, verify};

    fn report(bundle: &[u8]) -> Report {
        let root = world::root(&world::trust());
        verify(&Request {
            bundle,
            document: Document::InBundle,
            trust: Ok(&root),
            mode: Mode::Strict,
            at: world::time(ISSUED + world::DAY),
            at_source: AtSource::Given,
            state: None,
            evidence: &[],
        })
    }

    #[test]
    fn every_bundle_verifies() {
        for bundle in distinct(5, b"text").iter().chain(&batch_issued(5, b"text")).chain(&distinct(1, b"")) {
            assert!(report(bundle).is_verified(), "{}", report(bundle));
        }
    }
}
