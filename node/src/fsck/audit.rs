//! From the first file of a log to the last.

use crate::entry_bundle::{self, MAX_BUNDLE_BYTES};
use crate::error::{Error, Result};
use crate::fsck::report::Report;
use crate::fsck::seal::{Judges, Seal};
use crate::fsck::source::Source;
use crate::fsck::trees::{Computed, Right, Trees};
use crate::log::identity;
use crate::tile::{FULL, Level, Tile};
use ct_core::limits::MAX_NOTE_BYTES;
use ct_core::merkle::{leaf_hash, node_hash};
use ct_core::{Code, Hash, TreeSize};

/// An audit that is to be made.
#[derive(Clone, Debug, Default)]
pub struct Audit {
    /// Whose signatures are checked.
    pub judges: Judges,
    /// A checkpoint from before, which the log must still extend.
    pub older: Option<Seal>,
}

/// How far an audit has come, told to whoever watches; an error of theirs ends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Entries done.
    pub done: u64,
    /// Entries in all.
    pub total: u64,
}

impl Audit {
    /// Reads the log and compares everything with its checkpoint.
    ///
    /// # Errors
    /// `io.not_found` without a checkpoint, `malformed.*` if it is none; `io.network` if the log cannot be reached any
    /// more; what `watch` returns. Everything else is a finding.
    pub fn run(&self, source: &dyn Source, watch: &mut dyn FnMut(Progress) -> Result<()>) -> Result<Report> {
        let bytes = source.read(CHECKPOINT, MAX_NOTE_BYTES)?.ok_or_else(|| {
            let next = "name the folder or the address that has checkpoint and tile in it";
            Error::new(Code::IoNotFound, CHECKPOINT, "there is none, so this is no log", next)
        })?;
        let seal = Seal::parse(&bytes, CHECKPOINT)?;
        let signature = match (&self.judges.trust, &self.judges.vkey) {
            (Some(_), _) => "the log's and the witnesses'",
            (None, Some(_)) => "the log's",
            (None, None) => "none",
        };
        let mut report = Report::new(seal.checkpoint().clone(), signature);
        report.files = 1;
        seal.judge(&self.judges, CHECKPOINT, &mut report);
        let size = seal.checkpoint().size();
        let old = self.older.as_ref().map(|older| older.checkpoint().size());
        let mut walk = Walk { source, size, report, trees: Some(Trees::new(old)), above: None, open: Vec::new() };
        let total = size.get();
        for index in 0..total.div_ceil(u64::from(FULL)) {
            watch(Progress { done: index.saturating_mul(u64::from(FULL)), total })?;
            walk.bundle(index)?;
        }
        watch(Progress { done: total, total })?;
        walk.finish(&seal, self)
    }
}

struct Walk<'a> {
    source: &'a dyn Source,
    size: TreeSize,
    report: Report,
    /// None once leaves are missing: then no root can be computed.
    trees: Option<Trees>,
    /// The tile above the lowest ones that are being read, if it can be read.
    above: Option<(u64, Option<Vec<Hash>>)>,
    /// What is wrong if the entries are right, and if the hashes are.
    open: Vec<Open>,
}

struct Open {
    if_entries_are_right: Option<Tile>,
    if_hashes_are_right: Option<Tile>,
}

impl Walk<'_> {
    /// One entry bundle, and the hash tile of the same leaves.
    fn bundle(&mut self, index: u64) -> Result<()> {
        let of_tree = |level| Tile::of_tree(level, index, self.size);
        let (Some(entries), Some(hashes)) = (of_tree(Level::Entries), of_tree(Level::Hashes(0))) else { return Ok(()) };
        let by_entries = self.entries(entries)?;
        let by_hashes = self.hashes(hashes)?;
        let (by_entries, by_hashes) = match (by_entries, by_hashes) {
            (Some(entries), Some(hashes)) => (entries, hashes),
            // What is missing was found already.
            (Some(only), None) | (None, Some(only)) => (only.clone(), only),
            (None, None) => {
                self.trees = None;
                return Ok(());
            }
        };
        let (by_entries, by_hashes) = self.decide((entries, by_entries), (hashes, by_hashes))?;
        for tile in [entries, hashes] {
            self.narrower(tile, [&by_entries, &by_hashes])?;
        }
        let Some(trees) = &mut self.trees else { return Ok(()) };
        for computed in trees.push(&by_entries, &by_hashes)? {
            self.compare(computed)?;
        }
        Ok(())
    }

    /// The leaves as each says; where they differ, the hash above says which is right, if there is one.
    fn decide(
        &mut self,
        (bundle, entries): (Tile, Vec<Hash>),
        (tile, hashes): (Tile, Vec<Hash>),
    ) -> Result<(Vec<Hash>, Vec<Hash>)> {
        if entries == hashes {
            return Ok((entries, hashes));
        }
        let above = if tile.width() == FULL { self.above(tile.index())? } else { None };
        if above.is_some() && above == subtree_root(&entries) {
            self.differs(tile);
            return Ok((entries.clone(), entries));
        }
        if above.is_some() && above == subtree_root(&hashes) {
            self.differs(bundle);
            return Ok((hashes.clone(), hashes));
        }
        self.keep_open(Open { if_entries_are_right: Some(tile), if_hashes_are_right: Some(bundle) });
        Ok((entries, hashes))
    }

    /// A tile above the lowest against what it must be.
    fn compare(&mut self, computed: Computed) -> Result<()> {
        let Computed { tile, by_entries, by_hashes } = computed;
        let by_hashes = by_hashes.as_ref().unwrap_or(&by_entries);
        self.narrower(tile, [&by_entries, by_hashes])?;
        let Some(found) = self.hashes(tile)? else { return Ok(()) };
        let (fits_entries, fits_hashes) = (found == by_entries, found == *by_hashes);
        let wrong = |fits: bool| (!fits).then_some(tile);
        match (fits_entries, fits_hashes) {
            (true, true) => {}
            (false, false) => self.differs(tile),
            _ => self
                .keep_open(Open { if_entries_are_right: wrong(fits_entries), if_hashes_are_right: wrong(fits_hashes) }),
        }
        Ok(())
    }

    fn finish(mut self, seal: &Seal, audit: &Audit) -> Result<Report> {
        let partial = self.trees.as_ref().map(Trees::partial).unwrap_or_default();
        for computed in partial {
            self.compare(computed)?;
        }
        let root = seal.checkpoint().root();
        let right = self.trees.as_ref().map(|trees| trees.judged_by(root));
        match right {
            None => self.report.find(
                Code::DiscontinuousNoProof,
                CHECKPOINT,
                "cannot be compared with the entries, because leaves are missing",
            ),
            Some(Right::Neither) => self.report.find(
                Code::TamperedConsistency,
                CHECKPOINT,
                "the entries do not have the root that was signed",
            ),
            Some(_) => {}
        }
        for open in std::mem::take(&mut self.open) {
            let (one, other) = (open.if_entries_are_right, open.if_hashes_are_right);
            let wrong = match right {
                Some(Right::Entries) => [one, None],
                Some(Right::Hashes) => [None, other],
                _ => [one, other],
            };
            wrong.into_iter().flatten().for_each(|tile| self.differs(tile));
        }
        if let Some(older) = &audit.older {
            let old_root = self.trees.as_ref().zip(right).and_then(|(trees, right)| trees.old_root(right));
            judge_older(older, seal, old_root, &audit.judges, &mut self.report);
        }
        Ok(self.report)
    }

    /// The leaves that a bundle's entries have; none if it cannot be read.
    fn entries(&mut self, tile: Tile) -> Result<Option<Vec<Hash>>> {
        let Some((read, bytes)) = self.read(tile)? else { return Ok(None) };
        let entries = match entry_bundle::parse(&bytes) {
            Ok(entries) => entries,
            Err(error) => {
                self.report.find(error.code(), read, "is no entry bundle");
                return Ok(None);
            }
        };
        if !self.has_width(read, entries.len()) {
            return Ok(None);
        }
        let first = tile.index().saturating_mul(u64::from(FULL));
        let mut leaves = Vec::with_capacity(entries.len());
        for (entry, index) in entries.iter().take(usize::from(tile.width())).zip(first..) {
            if let Err(error) = identity(entry, index) {
                self.report.find(error.code(), read, format!("entry {index} {}", error.what()));
            }
            leaves.push(leaf_hash(entry));
        }
        self.report.entries = self.report.entries.saturating_add(u64::from(tile.width()));
        Ok(Some(leaves))
    }

    /// The hashes of a tile; none if it cannot be read.
    fn hashes(&mut self, tile: Tile) -> Result<Option<Vec<Hash>>> {
        let Some((read, bytes)) = self.read(tile)? else { return Ok(None) };
        let (mut hashes, rest) = hashes_of(&bytes);
        if !rest.is_empty() {
            self.report.find(
                Code::MalformedTruncated,
                read,
                format!("ends inside a hash, after {} bytes", bytes.len()),
            );
            return Ok(None);
        }
        if !self.has_width(read, hashes.len()) {
            return Ok(None);
        }
        hashes.truncate(usize::from(tile.width()));
        Ok(Some(hashes))
    }

    fn has_width(&mut self, tile: Tile, found: usize) -> bool {
        let width = usize::from(tile.width());
        let code = if found < width { Code::MalformedTruncated } else { Code::MalformedTrailing };
        if found != width {
            self.report.find(code, tile, format!("holds {found} items and must hold {width}"));
        }
        found == width
    }

    /// Narrower forms of a tile, which earlier trees had, must be what one of its possible contents begins with.
    fn narrower(&mut self, tile: Tile, right: [&[Hash]; 2]) -> Result<()> {
        let widths = match self.source.widths(tile) {
            Ok(widths) => widths,
            Err(error) => {
                self.report.find(error.code(), tile, error.what());
                return Ok(());
            }
        };
        for width in widths.into_iter().filter(|width| *width < tile.width()) {
            let narrow = Tile::new(tile.level(), tile.index(), width)?;
            let Some(bytes) = self.read_exactly(narrow)? else { continue };
            let hashes = match tile.level() {
                Level::Entries => entry_bundle::parse(&bytes).map(|it| it.into_iter().map(leaf_hash).collect()),
                Level::Hashes(_) => Ok(hashes_of(&bytes).0),
            };
            let hashes: Vec<Hash> = hashes.unwrap_or_default();
            if hashes.len() != usize::from(width) || !right.iter().any(|right| right.starts_with(&hashes)) {
                self.differs(narrow);
            }
        }
        Ok(())
    }

    /// The bytes of a tile, or of the full tile at its place, and which of the two it is.
    fn read(&mut self, tile: Tile) -> Result<Option<(Tile, Vec<u8>)>> {
        let found = self.report.findings.len();
        for form in [tile, tile.filled()] {
            if let Some(bytes) = self.read_exactly(form)? {
                return Ok(Some((form, bytes)));
            }
        }
        if self.report.findings.len() == found {
            self.report.find(Code::IncompleteFile, tile, "is missing");
        }
        Ok(None)
    }

    /// The bytes of this file; none if there is none or, which is found, it cannot be read.
    fn read_exactly(&mut self, tile: Tile) -> Result<Option<Vec<u8>>> {
        let limit = match tile.level() {
            Level::Entries => MAX_BUNDLE_BYTES,
            Level::Hashes(_) => MAX_HASHES_BYTES,
        };
        match self.source.read(&tile.to_string(), limit) {
            Ok(bytes) => {
                self.report.files = self.report.files.saturating_add(u64::from(bytes.is_some()));
                Ok(bytes)
            }
            // Without a network there is nothing more to find.
            Err(error) if error.code() == Code::IoNetwork => Err(error),
            Err(error) => {
                self.report.find(error.code(), tile, error.what());
                Ok(None)
            }
        }
    }

    /// The hash above the lowest tile of this index. What is wrong with its own tile is found when that is complete.
    fn above(&mut self, index: u64) -> Result<Option<Hash>> {
        let above = index / u64::from(FULL);
        if self.above.as_ref().is_none_or(|(cached, _)| *cached != above) {
            let tile = Tile::of_tree(Level::Hashes(1), above, self.size);
            let read = |tile: Tile| match self.source.read(&tile.to_string(), MAX_HASHES_BYTES) {
                Err(error) if error.code() == Code::IoNetwork => Err(error),
                read => Ok(read.unwrap_or(None)),
            };
            let bytes = tile.map(read).transpose()?.flatten();
            let hashes = bytes.map(|bytes| hashes_of(&bytes).0);
            self.above = Some((above, hashes));
        }
        let place = usize::try_from(index % u64::from(FULL)).unwrap_or(usize::MAX);
        Ok(self.above.as_ref().and_then(|(_, hashes)| hashes.as_ref()?.get(place).copied()))
    }

    fn differs(&mut self, tile: Tile) {
        let what = match tile.level() {
            Level::Entries => "holds entries that are not those of the signed tree",
            Level::Hashes(_) => "holds hashes that are not those of the signed tree",
        };
        self.report.find(Code::TamperedFile, tile, what);
    }

    fn keep_open(&mut self, open: Open) {
        if self.open.len() < MAX_OPEN {
            self.open.push(open);
        } else {
            self.report.omitted = self.report.omitted.saturating_add(1);
        }
    }
}

fn judge_older(older: &Seal, seal: &Seal, root: Option<Hash>, judges: &Judges, report: &mut Report) {
    older.judge(&Judges { trust: None, ..judges.clone() }, OLDER, report);
    let (old, new) = (older.checkpoint(), seal.checkpoint());
    if old.origin() != new.origin() {
        return report.find(Code::UnknownLog, OLDER, format!("is of another log, {:?}", old.origin().as_str()));
    }
    if old.size() > new.size() {
        let what = format!("has size {}, and the log only {}: it was taken back", old.size(), new.size());
        return report.find(Code::TamperedTreeSize, OLDER, what);
    }
    if old.size() == new.size() && old.root() != new.root() {
        let what = "has the same size and another root: two histories were signed";
        return report.find(Code::EquivocationCheckpoint, OLDER, what);
    }
    match root {
        Some(root) if root == old.root() => {}
        Some(_) => report.find(Code::TamperedConsistency, OLDER, "the log does not begin with what this one says"),
        None => report.find(Code::DiscontinuousNoProof, OLDER, "cannot be compared, because leaves are missing"),
    }
}

/// The hashes in these bytes, and what is left of a last one.
fn hashes_of(bytes: &[u8]) -> (Vec<Hash>, &[u8]) {
    let (hashes, rest) = bytes.as_chunks::<{ Hash::LEN }>();
    (hashes.iter().copied().map(Hash::new).collect(), rest)
}

/// The root of a complete subtree.
fn subtree_root(leaves: &[Hash]) -> Option<Hash> {
    let mut row = leaves.to_vec();
    while row.len() > 1 {
        row = row.as_chunks::<2>().0.iter().map(|[left, right]| node_hash(left, right)).collect();
    }
    row.pop()
}

const CHECKPOINT: &str = "checkpoint";
const OLDER: &str = "older checkpoint";
const MAX_HASHES_BYTES: usize = 256 * Hash::LEN;
const MAX_OPEN: usize = 1_000;
