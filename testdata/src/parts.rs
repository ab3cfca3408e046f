//! A bundle as owned parts, to be changed, left out or swapped.

use ct_core::bundle::LaterCheckpoint;
use ct_core::trust::Pin;
use ct_core::{Batch, Bundle, Checkpoint, Error, Hash, LeafIndex, TreeSize};

/// The same as [`Bundle`], owned, so that any part can be replaced.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are those of Bundle")]
pub struct Parts {
    pub batch: Option<Batch>,
    pub status: Option<Vec<u8>>,
    pub subject: Option<Vec<u8>>,
    pub document: Option<Vec<u8>>,
    pub statement: Option<Vec<u8>>,
    pub tree_size: Option<u64>,
    pub checkpoint: Option<String>,
    pub disclosure: Option<Vec<u8>>,
    pub leaf_index: Option<u64>,
    pub document_hash: Option<Hash>,
    pub inclusion_proof: Option<Vec<Hash>>,
    pub later: Vec<LaterParts>,
    pub checkpoint_signature: Option<String>,
}

/// The same as [`LaterCheckpoint`], owned.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are those of LaterCheckpoint")]
pub struct LaterParts {
    pub checkpoint: String,
    pub checkpoint_signature: Option<String>,
    pub proof: Vec<Hash>,
}

impl Parts {
    /// The parts of an encoded bundle.
    ///
    /// # Errors
    /// Those of [`Bundle::parse`].
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let bundle = Bundle::parse(bytes)?;
        let later = bundle.later.into_iter().map(|later| LaterParts {
            checkpoint: later.checkpoint.to_owned(),
            checkpoint_signature: later.checkpoint_signature.map(ToOwned::to_owned),
            proof: later.proof,
        });
        Ok(Self {
            batch: bundle.batch,
            status: bundle.status.map(ToOwned::to_owned),
            subject: bundle.subject.map(ToOwned::to_owned),
            document: bundle.document.map(ToOwned::to_owned),
            statement: bundle.statement.map(ToOwned::to_owned),
            tree_size: bundle.tree_size.map(TreeSize::get),
            checkpoint: bundle.checkpoint.map(ToOwned::to_owned),
            disclosure: bundle.disclosure.map(ToOwned::to_owned),
            leaf_index: bundle.leaf_index.map(LeafIndex::get),
            document_hash: bundle.document_hash,
            inclusion_proof: bundle.inclusion_proof,
            later: later.collect(),
            checkpoint_signature: bundle.checkpoint_signature.map(ToOwned::to_owned),
        })
    }

    /// The bundle.
    ///
    /// # Panics
    /// If a number is beyond 2^63-1.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let later = self.later.iter().map(|later| LaterCheckpoint {
            checkpoint: &later.checkpoint,
            checkpoint_signature: later.checkpoint_signature.as_deref(),
            proof: later.proof.clone(),
        });
        let bundle = Bundle {
            batch: self.batch.clone(),
            status: self.status.as_deref(),
            subject: self.subject.as_deref(),
            document: self.document.as_deref(),
            statement: self.statement.as_deref(),
            tree_size: self.tree_size.map(|size| TreeSize::new(size).expect("a tree size below 2^63")),
            checkpoint: self.checkpoint.as_deref(),
            disclosure: self.disclosure.as_deref(),
            leaf_index: self.leaf_index.map(|index| LeafIndex::new(index).expect("a leaf index below 2^63")),
            document_hash: self.document_hash,
            inclusion_proof: self.inclusion_proof.clone(),
            later: later.collect(),
            checkpoint_signature: self.checkpoint_signature.as_deref(),
        };
        bundle.encode()
    }

    /// The pin that vouches for the anchor.
    ///
    /// # Panics
    /// If there is no checkpoint.
    #[must_use]
    pub fn pin(&self, time: u64) -> Pin {
        pin(self.checkpoint.as_deref().expect("a draft's bundle has a checkpoint"), time)
    }
}

impl LaterParts {
    /// The pin that vouches for this checkpoint.
    ///
    /// # Panics
    /// If it is none.
    #[must_use]
    pub fn pin(&self, time: u64) -> Pin {
        pin(&self.checkpoint, time)
    }
}

fn pin(checkpoint: &str, time: u64) -> Pin {
    let checkpoint = Checkpoint::parse(checkpoint).expect("a draft's checkpoint is one");
    Pin { size: checkpoint.size(), root: checkpoint.root(), time: crate::world::time(time) }
}
