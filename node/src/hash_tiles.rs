//! The hash tiles of a tree that grows leaf by leaf: in memory only what is not complete.

use crate::error::Result;
use crate::tile::{FULL, Level, SPAN, Tile};
use ct_core::{CompactRange, Hash, TreeSize};

/// The tree's frontier and the content of its partial hash tiles: bounded, whatever the size of the tree.
#[derive(Clone, Debug, Default)]
pub(crate) struct HashTiles {
    tree: CompactRange,
    /// For each level the hashes of its last tile, if it is partial.
    rows: Vec<Vec<Hash>>,
}

impl HashTiles {
    pub(crate) const fn size(&self) -> TreeSize {
        self.tree.size()
    }

    pub(crate) fn root(&self) -> Hash {
        self.tree.root()
    }

    /// Appends a leaf. The tiles that it completes follow in `tiles`, the lowest first.
    pub(crate) fn push(&mut self, leaf: Hash, tiles: &mut Vec<(Tile, Vec<Hash>)>) -> Result<()> {
        for (node, hash) in self.tree.append(leaf)?.into_iter().filter(|(node, _)| node.level() % SPAN == 0) {
            let level = node.level() / SPAN;
            if self.rows.len() <= usize::from(level) {
                self.rows.push(Vec::new());
            }
            let Some(row) = self.rows.get_mut(usize::from(level)) else { continue };
            row.push(hash);
            if row.len() == usize::from(FULL) {
                let tile = Tile::new(Level::Hashes(level), node.index() / u64::from(FULL), FULL)?;
                tiles.push((tile, std::mem::take(row)));
            }
        }
        Ok(())
    }

    /// The partial tiles, the lowest first.
    pub(crate) fn partial(&self) -> impl Iterator<Item = (Tile, &[Hash])> {
        (0..).zip(&self.rows).filter_map(|(level, row)| {
            let level = Level::Hashes(level);
            let tile = Tile::of_tree(level, level.count(self.size()) / u64::from(FULL), self.size())?;
            Some((tile, row.as_slice()))
        })
    }
}
