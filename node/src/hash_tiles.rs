//! The hash tiles of a tree that grows leaf by leaf: in memory only what is not complete.

use crate::error::Result;
use crate::tile::{FULL, Level, SPAN, Tile};
use ct_core::merkle::{empty_root, node_hash};
use ct_core::{CompactRange, Hash, TreeSize};

/// The tree's frontier and the content of its partial hash tiles: bounded, whatever the size of the tree.
#[derive(Clone, Debug, Default)]
pub(crate) struct HashTiles {
    tree: CompactRange,
    /// For each level the hashes of its last tile, if it is partial.
    rows: Vec<Vec<Hash>>,
}

impl HashTiles {
    /// Those of the tree of this size, from the last tile of each level, which `read` gives with as many hashes as its
    /// width says. Whether the root is the one that was signed is for the caller to ask.
    pub(crate) fn load(size: TreeSize, mut read: impl FnMut(Tile) -> Result<Vec<Hash>>) -> Result<Self> {
        let mut rows = Vec::new();
        let mut peaks = Vec::new();
        for level in (0..=Level::MAX_HASHES).map(Level::Hashes).take_while(|level| level.count(size) > 0) {
            let tile = Tile::of_tree(level, level.count(size) / u64::from(FULL), size);
            let row = tile.map_or_else(|| Ok(Vec::new()), &mut read)?;
            // The highest bit is the leftmost, and the largest, of the perfect trees that the row consists of.
            let mut rest = row.as_slice();
            let mut of_row = Vec::new();
            for bit in (0..SPAN).rev().filter(|bit| (row.len() >> bit) & 1 == 1) {
                if let Some((tree, after)) = rest.split_at_checked(1 << bit) {
                    of_row.push(perfect_root(tree));
                    rest = after;
                }
            }
            peaks.push(of_row);
            rows.push(row);
        }
        let tree = CompactRange::from_hashes(size, peaks.into_iter().rev().flatten().collect())?;
        Ok(Self { tree, rows })
    }

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

/// The root over 2^k hashes.
fn perfect_root(hashes: &[Hash]) -> Hash {
    let mut row = hashes.to_vec();
    while row.len() > 1 {
        let (pairs, _) = row.as_chunks::<2>();
        row = pairs.iter().map(|[left, right]| node_hash(left, right)).collect();
    }
    row.first().copied().unwrap_or_else(empty_root)
}
