//! The tree, computed again; twice where it is not clear which leaves are the right ones.

use crate::error::Result;
use crate::hash_tiles::HashTiles;
use crate::tile::{Level, Tile};
use ct_core::{Hash, TreeSize};

/// What the entries say, and what the hash tiles say: one tree until they differ.
#[derive(Debug)]
pub(crate) struct Trees {
    /// As the entries say where nothing else decides.
    entries: Tree,
    /// As the lowest hash tiles say.
    hashes: Option<Tree>,
    old: Option<TreeSize>,
}

#[derive(Clone, Debug, Default)]
struct Tree {
    tiles: HashTiles,
    old_root: Option<Hash>,
}

/// A tile above the lowest, as each tree has it.
#[derive(Debug)]
pub(crate) struct Computed {
    pub(crate) tile: Tile,
    pub(crate) by_entries: Vec<Hash>,
    /// Only if it differs.
    pub(crate) by_hashes: Option<Vec<Hash>>,
}

/// Which of the trees has the root that was signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Right {
    Entries,
    Hashes,
    Neither,
}

impl Trees {
    /// Empty trees; the root at the size `old` is wanted later.
    pub(crate) fn new(old: Option<TreeSize>) -> Self {
        let mut trees = Self { entries: Tree::default(), hashes: None, old };
        trees.entries.look(old);
        trees
    }

    /// The next leaves, as entries and hashes say. Returns the tiles above the lowest that are complete.
    pub(crate) fn push(&mut self, by_entries: &[Hash], by_hashes: &[Hash]) -> Result<Vec<Computed>> {
        if self.hashes.is_none() && by_entries != by_hashes {
            self.hashes = Some(self.entries.clone());
        }
        let first = self.entries.push(by_entries, self.old)?;
        let second = self.hashes.as_mut().map(|tree| tree.push(by_hashes, self.old)).transpose()?;
        Ok(pair(first, second))
    }

    /// The partial tiles above the lowest.
    pub(crate) fn partial(&self) -> Vec<Computed> {
        let of = |tree: &Tree| tree.tiles.partial().map(|(tile, hashes)| (tile, hashes.to_vec())).collect::<Vec<_>>();
        pair(of(&self.entries), self.hashes.as_ref().map(of))
    }

    /// Which tree has this root.
    pub(crate) fn judged_by(&self, root: Hash) -> Right {
        match &self.hashes {
            _ if self.entries.tiles.root() == root => Right::Entries,
            Some(tree) if tree.tiles.root() == root => Right::Hashes,
            _ => Right::Neither,
        }
    }

    /// The root that the right tree had at the size `old`.
    pub(crate) fn old_root(&self, right: Right) -> Option<Hash> {
        match (right, &self.hashes) {
            (Right::Hashes, Some(tree)) => tree.old_root,
            _ => self.entries.old_root,
        }
    }
}

impl Tree {
    fn push(&mut self, leaves: &[Hash], old: Option<TreeSize>) -> Result<Vec<(Tile, Vec<Hash>)>> {
        let mut tiles = Vec::new();
        for leaf in leaves {
            self.tiles.push(*leaf, &mut tiles)?;
            self.look(old);
        }
        Ok(tiles)
    }

    fn look(&mut self, old: Option<TreeSize>) {
        if old == Some(self.tiles.size()) {
            self.old_root = Some(self.tiles.root());
        }
    }
}

fn pair(first: Vec<(Tile, Vec<Hash>)>, second: Option<Vec<(Tile, Vec<Hash>)>>) -> Vec<Computed> {
    let mut second = second.unwrap_or_default().into_iter().map(|(_, hashes)| hashes);
    let both = first.into_iter().map(|(tile, by_entries)| {
        let by_hashes = second.next().filter(|hashes| *hashes != by_entries);
        Computed { tile, by_entries, by_hashes }
    });
    both.filter(|computed| computed.tile.level() != Level::Hashes(0)).collect()
}
