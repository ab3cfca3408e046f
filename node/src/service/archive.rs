//! Bundles from the published files.

use super::Published;
use crate::entry_bundle;
use crate::error::{Error, Result};
use crate::store::Store;
use crate::tile::{FULL, Level, Tile};
use crate::tile_reader::{TileReader, damaged, log_path, read_tile};
use ct_core::limits::{MAX_ENTRY_BYTES, MAX_FRAME_BYTES};
use ct_core::{Bundle, Code, LeafIndex, TreeSize};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// Reads what was published. Blocks: call it beside the event loop.
#[derive(Debug)]
pub struct Archive {
    store: Store,
    tiles: Mutex<TileReader>,
}

impl Archive {
    /// The archive of the publication in `dir`.
    ///
    /// # Errors
    /// `io.*`.
    pub fn open(dir: &Path) -> Result<Self> {
        Ok(Self::of(Store::open(dir)?))
    }

    /// The archive of the publication in a store.
    #[must_use]
    pub fn of(store: Store) -> Self {
        Self { store, tiles: Mutex::new(TileReader::default()) }
    }

    /// The evidence for each of `count` statements from `first` on, anchored in this checkpoint: bundles without the
    /// parts that only the issuer has, the subject and the document.
    ///
    /// # Errors
    /// `not_anchored.pending` if the checkpoint does not cover all of them; `io.*`, `tampered.inclusion`.
    pub fn bundles(&self, first: u64, count: u64, published: &Published) -> Result<Vec<Vec<u8>>> {
        let end = first.saturating_add(count);
        if published.size.get() < end {
            let what = format!("are in the log up to {end}, and its checkpoint covers {}", published.size);
            return Err(Error::new(Code::NotAnchoredPending, "the statements", what, "ask again in a moment"));
        }
        let mut bundles = Vec::new();
        let mut index = first;
        while index < end {
            let statements = self.entries(index, end, published.size)?;
            for statement in statements {
                bundles.push(self.bundle(index, &statement, published)?);
                index = index.saturating_add(1);
            }
        }
        Ok(bundles)
    }

    /// Entries from `first` on for another node that lacks them: at least one, at most `most`, no more than fit into one
    /// message, and none beyond `size`, which is published here.
    ///
    /// # Errors
    /// `limit.number` if `first` is not below `size`, or `most` is 0; `io.*`, `tampered.inclusion`.
    pub fn portion(&self, first: u64, most: usize, size: TreeSize) -> Result<Vec<Vec<u8>>> {
        let end = first.saturating_add(u64::try_from(most).unwrap_or(u64::MAX)).min(size.get());
        if first >= end {
            return Err(ct_core::Error::new(Code::LimitNumber, "entries").into());
        }
        let (mut portion, mut bytes, mut index) = (Vec::new(), 0_usize, first);
        while index < end {
            for entry in self.entries(index, end, size)? {
                bytes = bytes.saturating_add(entry.len()).saturating_add(FRAMING);
                if bytes > MAX_PORTION_BYTES && !portion.is_empty() {
                    return Ok(portion);
                }
                portion.push(entry);
                index = index.saturating_add(1);
            }
        }
        Ok(portion)
    }

    fn bundle(&self, index: u64, statement: &[u8], published: &Published) -> Result<Vec<u8>> {
        // A panic while it was locked can only have lost cached tiles.
        let mut tiles = self.tiles.lock().unwrap_or_else(PoisonError::into_inner);
        let proof = tiles.inclusion(&self.store, published.size, LeafIndex::new(index)?, published.size)?;
        drop(tiles);
        let bundle = Bundle {
            batch: None,
            status: None,
            subject: None,
            document: None,
            statement: Some(statement),
            tree_size: Some(proof.size()),
            checkpoint: Some(&published.checkpoint),
            disclosure: None,
            leaf_index: Some(proof.index()),
            document_hash: None,
            inclusion_proof: Some(proof.path().to_vec()),
            later: Vec::new(),
            checkpoint_signature: Some(&published.signatures),
        };
        Ok(bundle.encode())
    }

    /// The entries from `index` to the end of its entry bundle, but below `end`; at least one.
    fn entries(&self, index: u64, end: u64, size: TreeSize) -> Result<Vec<Vec<u8>>> {
        let full = u64::from(FULL);
        let beyond = ct_core::Error::new(Code::LimitNumber, "leaf_index");
        let tile = Tile::of_tree(Level::Entries, index / full, size).ok_or(beyond)?;
        let bytes = read_tile(&self.store, tile)?;
        let bad = |what| damaged(&self.store, &log_path(tile), what);
        let entries = entry_bundle::parse(&bytes).map_err(|_| bad("is not an entry bundle"))?;
        let place = |index: u64| usize::try_from(index.saturating_sub(tile.index().saturating_mul(full))).ok();
        let last = place(end).map_or(entries.len(), |last| last.min(entries.len()));
        let wanted = place(index).and_then(|place| entries.get(place..last)).filter(|wanted| !wanted.is_empty());
        let wanted = wanted.ok_or_else(|| bad("has too few entries"))?;
        Ok(wanted.iter().map(|entry| entry.to_vec()).collect())
    }
}

/// What goes with each entry in a message, at most.
const FRAMING: usize = 16;
/// Leaves room in a frame for what is around the entries.
const MAX_PORTION_BYTES: usize = MAX_FRAME_BYTES - MAX_ENTRY_BYTES;
