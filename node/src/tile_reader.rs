//! Proofs from the tiles on disk.

use crate::error::{Error, Result};
use crate::store::Store;
use crate::tile::{self, Level, Tile};
use ct_core::merkle::node_hash;
use ct_core::{Code, CompactRange, ConsistencyProof, Hash, InclusionProof, LeafIndex, NodeId, TreeSize};
use std::collections::HashMap;

/// Reads nodes of the tree from tiles and keeps the last few tiles, because neighbours share them.
#[derive(Debug, Default)]
pub(crate) struct TileReader {
    tiles: HashMap<Tile, Rows>,
}

/// The nodes that one tile gives: its own hashes, then level by level those of complete subtrees above them.
#[derive(Debug)]
struct Rows(Vec<Vec<Hash>>);

impl TileReader {
    /// The proof that the leaf is in the tree of this size.
    pub(crate) fn inclusion(
        &mut self,
        store: &Store,
        current: TreeSize,
        index: LeafIndex,
        size: TreeSize,
    ) -> Result<InclusionProof> {
        InclusionProof::from_nodes(index, size, |node| self.node(store, current, node))
    }

    /// The proof that the tree of size `new` begins with the tree of size `old`.
    pub(crate) fn consistency(
        &mut self,
        store: &Store,
        current: TreeSize,
        old: TreeSize,
        new: TreeSize,
    ) -> Result<ConsistencyProof> {
        ConsistencyProof::from_nodes(old, new, |node| self.node(store, current, node))
    }

    /// The root of the tree of this size.
    pub(crate) fn root(&mut self, store: &Store, current: TreeSize, size: TreeSize) -> Result<Hash> {
        let mut hashes = Vec::new();
        let mut start = 0_u64;
        for level in (0..=NodeId::MAX_LEVEL).rev() {
            let width = 1_u64 << level;
            if size.get() & width != 0 {
                hashes.push(self.node(store, current, NodeId::new(level, start >> level)?)?);
                start = start.saturating_add(width);
            }
        }
        Ok(CompactRange::from_hashes(size, hashes)?.root())
    }

    /// A node of the tree of size `current`. Complete nodes never change, so it is that of every smaller tree too.
    fn node(&mut self, store: &Store, current: TreeSize, node: NodeId) -> Result<Hash> {
        let place = tile::place(node);
        let beyond = ct_core::Error::new(Code::LimitNumber, "node");
        let tile = Tile::of_tree(Level::Hashes(place.level), place.index, current).ok_or(beyond)?;
        if !self.tiles.contains_key(&tile) {
            if self.tiles.len() >= KEPT_TILES {
                self.tiles.clear();
            }
            self.tiles.insert(tile, Rows::read(store, tile)?);
        }
        let rows = self.tiles.get(&tile).ok_or(beyond)?;
        Ok(rows.get(place.height, place.position).ok_or(beyond)?)
    }
}

impl Rows {
    fn read(store: &Store, tile: Tile) -> Result<Self> {
        let path = log_path(tile);
        let bytes = read_tile(store, tile)?;
        let (hashes, rest) = bytes.as_chunks::<{ Hash::LEN }>();
        if !rest.is_empty() || hashes.len() < usize::from(tile.width()) {
            return Err(damaged(store, &path, "has not the length of a tile"));
        }
        let mut rows = vec![hashes.iter().copied().map(Hash::new).collect::<Vec<Hash>>()];
        while let Some(last) = rows.last()
            && last.len() > 1
        {
            let (pairs, _) = last.as_chunks::<2>();
            rows.push(pairs.iter().map(|[left, right]| node_hash(left, right)).collect());
        }
        Ok(Self(rows))
    }

    fn get(&self, height: u8, position: u64) -> Option<Hash> {
        self.0.get(usize::from(height))?.get(usize::try_from(position).ok()?).copied()
    }
}

/// The bytes of a tile, or of the full tile at its place.
pub(crate) fn read_tile(store: &Store, tile: Tile) -> Result<Vec<u8>> {
    for path in [log_path(tile), log_path(tile.filled())] {
        if let Some(bytes) = store.read(&path)? {
            return Ok(bytes);
        }
    }
    let next = "restore it from a copy of the log; until then nothing can be appended";
    Err(Error::new(Code::IoNotFound, store.shown(&log_path(tile)), "a file of the log is missing", next))
}

/// A tile's path in the store.
pub(crate) fn log_path(tile: Tile) -> String {
    format!("{LOG}/{tile}")
}

/// A file of the log that is not what was written.
pub(crate) fn damaged(store: &Store, path: &str, what: &str) -> Error {
    let next = "restore it from a copy of the log; until then nothing is signed";
    Error::new(Code::TamperedInclusion, store.shown(path), format!("the log is damaged: this file {what}"), next)
}

/// The folder that is published.
pub(crate) const LOG: &str = "log";

/// 64 tiles with the nodes above their hashes are one megabyte.
const KEPT_TILES: usize = 64;
