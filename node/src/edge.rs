//! The right edge of a growing log: all that is needed to append, and to name what an append adds.

use crate::entry_bundle;
use crate::error::Result;
use crate::tile::{FULL, Level, SPAN, Tile};
use ct_core::merkle::leaf_hash;
use ct_core::{CompactRange, Hash, TreeSize};

/// The tree's frontier and the content of its partial tiles: bounded, whatever the size of the log.
#[derive(Clone, Debug, Default)]
pub(crate) struct Edge {
    tree: CompactRange,
    /// The entries of the last entry bundle, if it is partial.
    entries: Vec<Vec<u8>>,
    /// For each level of hash tiles the hashes of its last tile, if it is partial.
    rows: Vec<Vec<Hash>>,
}

/// A file of the log.
pub(crate) type TileFile = (Tile, Vec<u8>);

impl Edge {
    pub(crate) const fn size(&self) -> TreeSize {
        self.tree.size()
    }

    pub(crate) fn root(&self) -> Hash {
        self.tree.root()
    }

    /// The entries of the last entry bundle, if it is partial.
    pub(crate) fn last_entries(&self) -> &[Vec<u8>] {
        &self.entries
    }

    /// Appends `entries`, and returns every file that the grown tree has and the tree before had not, in the order in
    /// which they are to be written: all entry bundles, left to right, then all hash tiles.
    pub(crate) fn extend(&mut self, entries: impl IntoIterator<Item = Vec<u8>>) -> Result<Vec<TileFile>> {
        let before = self.size();
        let (mut bundles, mut tiles) = (Vec::new(), Vec::new());
        for entry in entries {
            self.push(entry, &mut bundles, &mut tiles)?;
        }
        self.partial_tiles(before, &mut bundles, &mut tiles)?;
        bundles.append(&mut tiles);
        Ok(bundles)
    }

    fn push(&mut self, entry: Vec<u8>, bundles: &mut Vec<TileFile>, tiles: &mut Vec<TileFile>) -> Result<()> {
        let completed = self.tree.append(leaf_hash(&entry))?;
        self.entries.push(entry);
        let index = self.size().get().saturating_sub(1) / u64::from(FULL);
        if self.entries.len() == usize::from(FULL) {
            bundles.push((Tile::new(Level::Entries, index, FULL)?, entry_bundle::encode(&self.entries)?));
            self.entries.clear();
        }
        for (node, hash) in completed.into_iter().filter(|(node, _)| node.level() % SPAN == 0) {
            let level = node.level() / SPAN;
            if self.rows.len() <= usize::from(level) {
                self.rows.push(Vec::new());
            }
            let Some(row) = self.rows.get_mut(usize::from(level)) else { continue };
            row.push(hash);
            if row.len() == usize::from(FULL) {
                let tile = Tile::new(Level::Hashes(level), node.index() / u64::from(FULL), FULL)?;
                tiles.push((tile, tile_bytes(row)));
                row.clear();
            }
        }
        Ok(())
    }

    /// The partial tiles that were not there at size `before`.
    fn partial_tiles(&self, before: TreeSize, bundles: &mut Vec<TileFile>, tiles: &mut Vec<TileFile>) -> Result<()> {
        let last = |level: Level| {
            let index = level.count(self.size()) / u64::from(FULL);
            let tile = Tile::of_tree(level, index, self.size())?;
            (Tile::of_tree(level, index, before) != Some(tile)).then_some(tile)
        };
        if let Some(tile) = last(Level::Entries) {
            bundles.push((tile, entry_bundle::encode(&self.entries)?));
        }
        for (level, row) in (0..).zip(&self.rows) {
            if let Some(tile) = last(Level::Hashes(level)) {
                tiles.push((tile, tile_bytes(row)));
            }
        }
        Ok(())
    }
}

/// A tile of hashes as it stands in its file.
fn tile_bytes(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| hash.as_bytes()).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tile::added;

    // The files of an append are those by which the tree grew, each once.
    #[test]
    fn an_append_makes_exactly_the_tiles_that_were_added() {
        for (first, then) in [(1, 1), (255, 1), (255, 2), (256, 256), (1, 700), (300, 0), (513, 255)] {
            let entries = |count: u32| (0..count).map(|number| number.to_be_bytes().to_vec());
            let mut edge = Edge::default();
            edge.extend(entries(first)).unwrap();
            let before = edge.size();
            let made = edge.extend(entries(then)).unwrap();
            let mut names: Vec<Tile> = made.iter().map(|(tile, _)| *tile).collect();
            names.sort_unstable();
            let mut expected = added(before, edge.size());
            expected.sort_unstable();
            assert_eq!(names, expected, "{first} {then}");
            for (tile, bytes) in made {
                let width = match tile.level() {
                    Level::Entries => entry_bundle::parse(&bytes).unwrap().len(),
                    Level::Hashes(_) => bytes.len() / Hash::LEN,
                };
                assert_eq!(width, usize::from(tile.width()));
            }
        }
    }
}
