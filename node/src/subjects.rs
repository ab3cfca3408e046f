//! The subjects under one statement, and the tree over them whose root the statement signs (RFC 9162 section 2.1).

use crate::error::{Error, Result};
use ct_core::limits::MAX_BATCH;
use ct_core::{Batch, Code, CompactRange, Hash, InclusionProof, LeafIndex, NodeId, Subject};

/// One document as its issuer described it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Described {
    /// The document's hash.
    pub document_hash: Hash,
    /// The encoded subject. It is nowhere else: without it the statement says nothing about any document.
    pub subject: Vec<u8>,
}

/// The documents under one statement: at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subjects {
    list: Vec<Described>,
    /// The complete nodes of the tree, by level, the leaves first: twice as many hashes as subjects.
    nodes: Vec<Vec<Hash>>,
    root: Hash,
    size: ct_core::TreeSize,
}

impl Subjects {
    /// The tree over these subjects, in their order.
    ///
    /// # Errors
    /// `usage.arguments` for none; `limit.number` beyond [`MAX_BATCH`].
    pub fn new(list: Vec<Described>) -> Result<Self> {
        if list.is_empty() {
            let next = "name at least one document";
            return Err(Error::new(Code::UsageArguments, "statement", "is about no document", next));
        }
        if list.len() > MAX_BATCH {
            let what = format!("is about {} documents, and may be about {MAX_BATCH}", list.len());
            return Err(Error::new(Code::LimitNumber, "statement", what, "make several statements"));
        }
        let mut nodes: Vec<Vec<Hash>> = Vec::new();
        let mut range = CompactRange::new();
        for described in &list {
            for (id, hash) in range.append(Subject::hash(&described.subject))? {
                let level = usize::from(id.level());
                if nodes.len() <= level {
                    nodes.resize(level + 1, Vec::new());
                }
                // Nodes of one level come from left to right.
                nodes.get_mut(level).into_iter().for_each(|level| level.push(hash));
            }
        }
        Ok(Self { list, nodes, root: range.root(), size: range.size() })
    }

    /// What the statement's payload is.
    #[must_use]
    pub const fn root(&self) -> Hash {
        self.root
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.list.len()
    }

    /// Never: there is at least one.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// They, in their order.
    #[must_use]
    pub fn list(&self) -> &[Described] {
        &self.list
    }

    /// Where the subject of this position stands in the tree; none if it is the only one, and is the root itself.
    ///
    /// # Errors
    /// `malformed.leaf_index` for a position that there is not.
    pub fn batch(&self, position: usize) -> Result<Option<Batch>> {
        if self.list.len() == 1 {
            return Ok(None);
        }
        let index = LeafIndex::new(u64::try_from(position).unwrap_or(u64::MAX))?;
        let proof = InclusionProof::from_nodes(index, self.size, |id| self.node(id))?;
        Ok(Some(Batch { index: index.get(), size: self.size.get(), proof: proof.path().to_vec() }))
    }

    fn node(&self, id: NodeId) -> Result<Hash> {
        let position = usize::try_from(id.index()).unwrap_or(usize::MAX);
        let node = self.nodes.get(usize::from(id.level())).and_then(|level| level.get(position));
        let missing = || Error::new(Code::Internal, "batch", "has no such node", "report this as a defect");
        node.copied().ok_or_else(missing)
    }
}
