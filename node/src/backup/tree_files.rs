//! The files of the tree of one size: exactly those, whatever size the log has by now.

use crate::entry_bundle::{self, MAX_BUNDLE_BYTES};
use crate::error::{Error, Result};
use crate::store::Store;
use crate::tile::{FULL, Level, Tile};
use crate::tile_reader::{damaged, log_path, read_tile};
use ct_core::{Code, Hash, TreeSize};

/// Every tile of the tree of this size: entries first, then hashes, level by level, from left to right.
pub(super) fn tiles(size: TreeSize) -> impl Iterator<Item = Tile> {
    Level::all().flat_map(move |level| (0..).map_while(move |index| Tile::of_tree(level, index, size)))
}

/// The bytes of a tile of a smaller tree, from the files of the log as it is now, of size `current`.
///
/// # Errors
/// `io.*`; `tampered.inclusion` for a file that is shorter than the tile.
pub(super) fn read(store: &Store, tile: Tile, current: TreeSize) -> Result<Vec<u8>> {
    let beyond = || Error::from(ct_core::Error::new(Code::LimitNumber, "tile"));
    let now = Tile::of_tree(tile.level(), tile.index(), current).ok_or_else(beyond)?;
    let bytes = read_tile(store, now)?;
    let short = || damaged(store, &log_path(now), "has not the length of a tile");
    cut(tile, &bytes).ok_or_else(short)
}

/// What of these bytes, which are those of this tile or of a wider one at its place, is the tile's; `None` if they are
/// too short.
pub(super) fn cut(tile: Tile, bytes: &[u8]) -> Option<Vec<u8>> {
    let width = usize::from(tile.width());
    match tile.level() {
        Level::Hashes(_) => bytes.get(..width.saturating_mul(Hash::LEN)).map(<[u8]>::to_vec),
        Level::Entries => entry_bundle::encode(entry_bundle::parse(bytes).ok()?.get(..width)?).ok(),
    }
}

/// The most bytes that the file of a tile can have.
pub(super) fn most_bytes(tile: Tile) -> usize {
    match tile.level() {
        Level::Entries => MAX_BUNDLE_BYTES,
        Level::Hashes(_) => usize::from(FULL).saturating_mul(Hash::LEN),
    }
}
