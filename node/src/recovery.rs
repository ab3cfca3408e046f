//! What a log's directory holds: everything that was signed, checked, and what was left behind after it.

use crate::edge::{Edge, TileFile};
use crate::entry_bundle;
use crate::error::{Error, Result};
use crate::log::identity;
use crate::publication::{nothing_signed, other_root};
use crate::store::Store;
use crate::tile::{FULL, Level, Tile};
use crate::tile_reader::{damaged, log_path, read_tile};
use ct_core::merkle::leaf_hash;
use ct_core::{Checkpoint, Code, Hash, TreeSize};
use std::collections::HashSet;

/// The log as it was signed, and what may be signed next.
pub(crate) struct Recovered {
    pub(crate) edge: Edge,
    pub(crate) seen: HashSet<Hash>,
    pub(crate) genesis: Vec<u8>,
    /// Whole entries that are on disk and that no checkpoint covers.
    pub(crate) unsigned: Vec<Vec<u8>>,
}

/// Computes the tree from the entries on disk, and demands the root of every checkpoint that may have been signed and
/// the bytes of every tile. Hash tiles that are missing are written again: the signed root vouches for them.
pub(crate) fn recover(store: &Store, published: Option<&Checkpoint>, fence: Option<&Checkpoint>) -> Result<Recovered> {
    let mut signed: Vec<&Checkpoint> = published.into_iter().chain(fence).collect();
    signed.sort_by_key(|checkpoint| checkpoint.size());
    let Some(newest) = signed.last() else {
        return Err(nothing_signed(store));
    };
    let mut replay = Replay {
        store,
        signed: newest.size(),
        edge: Edge::default(),
        seen: HashSet::new(),
        genesis: Vec::new(),
        missing: Vec::new(),
    };
    for checkpoint in signed {
        replay.reach(checkpoint)?;
    }
    for (tile, bytes) in &replay.missing {
        store.create(&log_path(*tile), bytes)?;
    }
    let unsigned = replay.unsigned()?;
    let Replay { edge, seen, genesis, .. } = replay;
    Ok(Recovered { edge, seen, genesis, unsigned })
}

struct Replay<'a> {
    store: &'a Store,
    /// The greatest size that may have been signed.
    signed: TreeSize,
    edge: Edge,
    seen: HashSet<Hash>,
    genesis: Vec<u8>,
    missing: Vec<TileFile>,
}

impl Replay<'_> {
    /// Reads entries up to the size of `checkpoint`, and demands its root.
    fn reach(&mut self, checkpoint: &Checkpoint) -> Result<()> {
        while self.edge.size() < checkpoint.size() {
            let index = self.edge.size().get() / u64::from(FULL);
            let Some(tile) = Tile::of_tree(Level::Entries, index, checkpoint.size()) else { break };
            let bytes = read_tile(self.store, tile)?;
            let bad = |what| damaged(self.store, &log_path(tile), what);
            let entries = entry_bundle::parse(&bytes).map_err(|_| bad("is not an entry bundle"))?;
            let entries = entries.get(..usize::from(tile.width())).ok_or_else(|| bad("has too few entries"))?;
            let known = self.edge.last_entries();
            let new = after_known(entries, known).ok_or_else(|| bad("contradicts an older file of the log"))?;
            self.take(new)?;
        }
        if self.edge.size() == checkpoint.size() && self.edge.root() == checkpoint.root() {
            return Ok(());
        }
        Err(other_root(self.store, checkpoint.size()))
    }

    fn take(&mut self, entries: Vec<Vec<u8>>) -> Result<()> {
        for (entry, index) in entries.iter().zip(self.edge.size().get()..) {
            if index == 0 {
                self.genesis.clone_from(entry);
            }
            self.seen.insert(identity(entry, index)?);
        }
        for (tile, bytes) in self.edge.extend(entries)? {
            // Of the tiles of smaller trees only those are needed that the signed tree still has.
            let is_hashes = matches!(tile.level(), Level::Hashes(_));
            if !is_hashes || Tile::of_tree(tile.level(), tile.index(), self.signed) != Some(tile) {
                continue;
            }
            match self.store.read(&log_path(tile))? {
                Some(found) if found == bytes => {}
                Some(_) => {
                    let what = "the log is damaged: the hashes in this file are not those of the entries";
                    let next = "move it away: it is made again from the entries if these are what was signed";
                    let place = self.store.shown(&log_path(tile));
                    return Err(Error::new(Code::TamperedInclusion, place, what, next));
                }
                None => self.missing.push((tile, bytes)),
            }
        }
        Ok(())
    }

    /// The entries that follow, as far as whole entry bundles with usable entries reach. A bundle that is cut, or that
    /// contradicts what is known, was never promised to anybody: it is left out, and replaced later.
    fn unsigned(&self) -> Result<Vec<Vec<u8>>> {
        let mut edge = self.edge.clone();
        let mut seen = HashSet::new();
        let mut unsigned = Vec::new();
        loop {
            let index = edge.size().get() / u64::from(FULL);
            let Some(new) = self.longest_bundle(index, &edge, &mut seen)? else { return Ok(unsigned) };
            edge.extend(new.iter().cloned())?;
            unsigned.extend(new);
            if !edge.last_entries().is_empty() {
                return Ok(unsigned);
            }
        }
    }

    /// The new entries of the widest usable entry bundle at `index`.
    fn longest_bundle(&self, index: u64, edge: &Edge, seen: &mut HashSet<Hash>) -> Result<Option<Vec<Vec<u8>>>> {
        let full = Tile::new(Level::Entries, index, FULL)?;
        let names = self.store.names(&format!("{}.p", log_path(full)))?;
        let mut widths: Vec<u16> = names.iter().filter_map(|name| name.parse().ok()).collect();
        widths.sort_unstable();
        for width in std::iter::once(FULL).chain(widths.into_iter().rev()) {
            let Ok(tile) = Tile::new(Level::Entries, index, width) else { continue };
            let Some(bytes) = self.store.read(&log_path(tile))? else { continue };
            let Ok(entries) = entry_bundle::parse(&bytes) else { continue };
            if entries.len() != usize::from(width) || self.contradicts_hashes(index, width, &entries)? {
                continue;
            }
            let Some(new) = after_known(&entries, edge.last_entries()) else { continue };
            let identities: Result<Vec<Hash>> =
                new.iter().zip(edge.size().get()..).map(|(entry, index)| identity(entry, index)).collect();
            let Ok(identities) = identities else { continue };
            let unique: HashSet<Hash> = identities.iter().copied().collect();
            let repeated = unique.iter().any(|identity| self.seen.contains(identity) || seen.contains(identity));
            if new.is_empty() || repeated || unique.len() != identities.len() {
                continue;
            }
            seen.extend(unique);
            return Ok(Some(new));
        }
        Ok(None)
    }

    /// Whether the hashes beside this bundle, if they had been written already, are those of other entries: then one of
    /// the two files has changed.
    fn contradicts_hashes(&self, index: u64, width: u16, entries: &[&[u8]]) -> Result<bool> {
        let tile = Tile::new(Level::Hashes(0), index, width)?;
        let Some(hashes) = self.store.read(&log_path(tile))? else { return Ok(false) };
        let expected: Vec<u8> = entries.iter().flat_map(|entry| *leaf_hash(entry).as_bytes()).collect();
        Ok(hashes != expected)
    }
}

/// The entries after the known ones; `None` if these are not what the entries begin with.
fn after_known(entries: &[&[u8]], known: &[Vec<u8>]) -> Option<Vec<Vec<u8>>> {
    let (start, new) = entries.split_at_checked(known.len())?;
    let same = start.iter().zip(known).all(|(entry, known)| entry == known);
    same.then(|| new.iter().map(|entry| entry.to_vec()).collect())
}
