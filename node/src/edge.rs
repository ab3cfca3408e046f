//! The right edge of a growing log: all that is needed to append, and to name what an append adds.

use crate::entry_bundle;
use crate::error::Result;
use crate::hash_tiles::HashTiles;
use crate::store::Store;
use crate::tile::{FULL, Level, Tile};
use crate::tile_reader::{damaged, log_path, read_tile};
use ct_core::merkle::leaf_hash;
use ct_core::{Hash, TreeSize};

/// The tree's frontier and the content of its partial tiles: bounded, whatever the size of the log.
#[derive(Clone, Debug, Default)]
pub(crate) struct Edge {
    hashes: HashTiles,
    /// The entries of the last entry bundle, if it is partial.
    entries: Vec<Vec<u8>>,
}

/// A file of the log.
pub(crate) type TileFile = (Tile, Vec<u8>);

impl Edge {
    /// The edge of the tree of this size, from the last tile of each level.
    ///
    /// The hashes are as they stand in the tiles; whether the root is the one that was signed is for the caller to ask.
    pub(crate) fn load(store: &Store, size: TreeSize) -> Result<Self> {
        let mut edge = Self { hashes: HashTiles::load(size, |tile| read_row(store, tile))?, entries: Vec::new() };
        let index = size.get() / u64::from(FULL);
        if let Some(tile) = Tile::of_tree(Level::Entries, index, size) {
            let bytes = read_tile(store, tile)?;
            let bad = |what| damaged(store, &log_path(tile), what);
            let entries = entry_bundle::parse(&bytes).map_err(|_| bad("is not an entry bundle"))?;
            let entries = entries.get(..usize::from(tile.width())).ok_or_else(|| bad("has too few entries"))?;
            let hashes: Vec<Hash> = entries.iter().map(|entry| leaf_hash(entry)).collect();
            if edge.hashes.partial().next().map(|(_, row)| row) != Some(hashes.as_slice()) {
                return Err(bad("has other entries than those that were hashed"));
            }
            edge.entries = entries.iter().map(|entry| entry.to_vec()).collect();
        }
        Ok(edge)
    }

    pub(crate) const fn size(&self) -> TreeSize {
        self.hashes.size()
    }

    pub(crate) fn root(&self) -> Hash {
        self.hashes.root()
    }

    /// The entries of the last entry bundle, if it is partial.
    pub(crate) fn last_entries(&self) -> &[Vec<u8>] {
        &self.entries
    }

    /// Appends `entries`, and returns every file that the grown tree has and the tree before had not, in the order in
    /// which they are to be written: all entry bundles, left to right, then all hash tiles.
    pub(crate) fn extend(&mut self, entries: impl IntoIterator<Item = Vec<u8>>) -> Result<Vec<TileFile>> {
        let before = self.size();
        let (mut bundles, mut full) = (Vec::new(), Vec::new());
        for entry in entries {
            self.hashes.push(leaf_hash(&entry), &mut full)?;
            self.entries.push(entry);
            if self.entries.len() == usize::from(FULL) {
                let index = self.size().get().saturating_sub(1) / u64::from(FULL);
                bundles.push((Tile::new(Level::Entries, index, FULL)?, entry_bundle::encode(&self.entries)?));
                self.entries.clear();
            }
        }
        let is_new = |tile: &Tile| Tile::of_tree(tile.level(), tile.index(), before) != Some(*tile);
        let index = self.size().get() / u64::from(FULL);
        if let Some(tile) = Tile::of_tree(Level::Entries, index, self.size()).filter(is_new) {
            bundles.push((tile, entry_bundle::encode(&self.entries)?));
        }
        bundles.extend(full.iter().map(|(tile, hashes)| (*tile, tile_bytes(hashes))));
        let partial = self.hashes.partial().filter(|(tile, _)| is_new(tile));
        bundles.extend(partial.map(|(tile, hashes)| (tile, tile_bytes(hashes))));
        Ok(bundles)
    }
}

/// The hashes of a tile, or as many as it has of the full one at its place.
fn read_row(store: &Store, tile: Tile) -> Result<Vec<Hash>> {
    let bytes = read_tile(store, tile)?;
    let (hashes, rest) = bytes.as_chunks::<{ Hash::LEN }>();
    match hashes.get(..usize::from(tile.width())) {
        Some(row) if rest.is_empty() => Ok(row.iter().copied().map(Hash::new).collect()),
        _ => Err(damaged(store, &log_path(tile), "has not the length of a tile")),
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

    // What is read from the last tiles is what had grown.
    #[test]
    fn an_edge_is_loaded_as_it_was() {
        let dir = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        let store = Store::open(dir.path()).unwrap();
        let mut edge = Edge::default();
        for step in [1_u32, 1, 3, 250, 1, 1, 255, 256, 700, 65_000] {
            let from = u32::try_from(edge.size().get()).unwrap();
            let entries = (from..from + step).map(|number| number.to_be_bytes().to_vec());
            for (tile, bytes) in edge.extend(entries).unwrap() {
                // One file per tile that a reader of this tree would read; others are written and never read.
                if Tile::of_tree(tile.level(), tile.index(), edge.size()) == Some(tile) {
                    store.replace(&log_path(tile), &bytes).unwrap();
                }
            }
            let loaded = Edge::load(&store, edge.size()).unwrap();
            assert_eq!((loaded.root(), loaded.entries.len()), (edge.root(), edge.entries.len()), "{}", edge.size());
            let more = [vec![7], vec![8]];
            let grown = |edge: &Edge| edge.clone().extend(more.clone()).unwrap();
            assert_eq!(grown(&loaded), grown(&edge), "{}", edge.size());
        }
    }
}
