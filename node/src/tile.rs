//! Tiles: which files make up a log, and where a node of the tree stands in them (C2SP tlog-tiles).
//!
//! ```text
//! tile/<level>/<index>[.p/<width>]     up to 256 hashes: the nodes of tree level 8 * level
//! tile/entries/<index>[.p/<width>]     up to 256 entries
//! index: groups of three digits, all but the last begin with x: 1234067 is x001/x234/067
//! ```
//!
//! A tile of fewer than 256 is partial and says its width. A tile, partial or full, never changes; a tree that grows
//! has new ones beside the old. There are no empty tiles.

use ct_core::{Code, Error, NodeId, TreeSize};
use std::fmt;

/// Hashes or entries in a full tile.
pub const FULL: u16 = 256;

/// Levels of the tree that one level of tiles spans.
pub const SPAN: u8 = 8;

/// What a tile holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Entries.
    Entries,
    /// Hashes of the nodes of tree level 8 times this.
    Hashes(u8),
}

/// A tile's name: level, index and width.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tile {
    level: Level,
    index: u64,
    width: u16,
}

/// Where a node stands: the tile that holds the nodes below it on a tile's level, and how many of those it covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The tile's level.
    pub level: u8,
    /// The tile's index.
    pub index: u64,
    /// Levels above the tile's own: 0 to 7. The node covers 2^height hashes.
    pub height: u8,
    /// The position among the tile's nodes of that height.
    pub position: u64,
}

impl Level {
    /// The highest level of hash tiles that a tree has nodes for.
    pub const MAX_HASHES: u8 = NodeId::MAX_LEVEL / SPAN;

    /// Every level, entries first, then upwards.
    pub fn all() -> impl Iterator<Item = Self> {
        std::iter::once(Self::Entries).chain((0..=Self::MAX_HASHES).map(Self::Hashes))
    }

    /// How many entries or hashes a tree of this size has on this level.
    #[must_use]
    pub const fn count(self, size: TreeSize) -> u64 {
        match self {
            Self::Entries => size.get(),
            Self::Hashes(level) if level > Self::MAX_HASHES => 0,
            Self::Hashes(level) => size.get() >> (SPAN * level),
        }
    }
}

impl Tile {
    /// The tile of this level, index and width.
    ///
    /// # Errors
    /// `malformed.field` for a width of 0 or above 256, or a level that no tree has.
    pub const fn new(level: Level, index: u64, width: u16) -> Result<Self, Error> {
        let is_level = match level {
            Level::Entries => true,
            Level::Hashes(level) => level <= Level::MAX_HASHES,
        };
        if width == 0 || width > FULL || !is_level {
            return Err(Error::new(Code::MalformedField, "tile"));
        }
        Ok(Self { level, index, width })
    }

    /// The tile of this path below the log's own, in the one form in which it is written.
    ///
    /// # Errors
    /// `malformed.field` for anything else.
    pub fn parse(path: &str) -> Result<Self, Error> {
        let malformed = Error::new(Code::MalformedField, "tile");
        let parse = || {
            let (level, rest) = path.strip_prefix("tile/")?.split_once('/')?;
            let level = if level == "entries" { Level::Entries } else { Level::Hashes(level.parse().ok()?) };
            let (index, width) = rest.split_once(".p/").map_or(Some((rest, FULL)), |(index, width)| {
                let width = width.parse().ok().filter(|width| *width < FULL)?;
                Some((index, width))
            })?;
            let digits = index.len() <= MAX_INDEX_TEXT
                && index.bytes().all(|byte| byte.is_ascii_digit() || b"x/".contains(&byte));
            let index = index.replace(['x', '/'], "");
            digits.then(|| index.parse().ok()).flatten().map(|index| (level, index, width))
        };
        let (level, index, width) = parse().ok_or(malformed)?;
        let tile = Self::new(level, index, width)?;
        if tile.to_string() == path { Ok(tile) } else { Err(malformed) }
    }

    /// The tile at `index` as a tree of this size has it; none where the tree does not reach it.
    #[must_use]
    pub fn of_tree(level: Level, index: u64, size: TreeSize) -> Option<Self> {
        let start = index.checked_mul(u64::from(FULL))?;
        let reach = level.count(size).checked_sub(start)?;
        let width = u16::try_from(reach).map_or(FULL, |reach| reach.min(FULL));
        (width > 0).then_some(Self { level, index, width })
    }

    /// What it holds.
    #[must_use]
    pub const fn level(self) -> Level {
        self.level
    }

    /// Its position among the tiles of its level, from 0.
    #[must_use]
    pub const fn index(self) -> u64 {
        self.index
    }

    /// How many hashes or entries it holds: 1 to 256.
    #[must_use]
    pub const fn width(self) -> u16 {
        self.width
    }

    /// The full tile at the same place: what a reader falls back to when a partial tile has gone.
    #[must_use]
    pub const fn filled(self) -> Self {
        Self { level: self.level, index: self.index, width: FULL }
    }
}

/// The path below the log's own.
impl fmt::Display for Tile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.level {
            Level::Entries => f.write_str("tile/entries")?,
            Level::Hashes(level) => write!(f, "tile/{level}")?,
        }
        let mut groups = vec![self.index % 1000];
        let mut rest = self.index / 1000;
        while rest > 0 {
            groups.push(rest % 1000);
            rest /= 1000;
        }
        for (left, group) in groups.iter().enumerate().rev() {
            write!(f, "/{}{group:03}", if left == 0 { "" } else { "x" })?;
        }
        if self.width < FULL { write!(f, ".p/{}", self.width) } else { Ok(()) }
    }
}

/// The tiles that a tree of size `new` has and the same tree at size `old` had not: level by level, left to right.
#[must_use]
pub fn added(old: TreeSize, new: TreeSize) -> Vec<Tile> {
    let of_level = |level: Level| {
        let first = level.count(old) / u64::from(FULL);
        (first..)
            .map_while(move |index| Tile::of_tree(level, index, new))
            .filter(move |tile| Tile::of_tree(level, tile.index, old) != Some(*tile))
    };
    Level::all().flat_map(of_level).collect()
}

/// Where this node stands.
#[must_use]
pub const fn place(node: NodeId) -> Place {
    let (level, height) = (node.level() / SPAN, node.level() % SPAN);
    let in_tile = SPAN - height;
    let index = node.index() >> in_tile;
    Place { level, index, height, position: node.index() - (index << in_tile) }
}

/// 20 digits in groups of three, each with its `x` and `/`.
const MAX_INDEX_TEXT: usize = 7 * 5;

#[cfg(test)]
mod tests {
    use super::*;

    fn size(size: u64) -> TreeSize {
        TreeSize::new(size).unwrap()
    }

    fn paths(old: u64, new: u64) -> Vec<String> {
        added(size(old), size(new)).iter().map(Tile::to_string).collect()
    }

    // C2SP tlog-tiles, "Merkle Tree": its own examples.
    #[test]
    fn paths_are_those_of_the_specification() {
        let path = |level, index, width| Tile::new(level, index, width).unwrap().to_string();
        assert_eq!(path(Level::Hashes(0), 1_234_067, FULL), "tile/0/x001/x234/067");
        assert_eq!(path(Level::Hashes(0), 0, FULL), "tile/0/000");
        assert_eq!(path(Level::Hashes(2), 0, 1), "tile/2/000.p/1");
        assert_eq!(path(Level::Entries, 273, 112), "tile/entries/273.p/112");
        assert_eq!(path(Level::Hashes(1), 1_000_000, 255), "tile/1/x001/x000/000.p/255");
    }

    #[test]
    fn a_tree_of_70000_has_the_tiles_of_the_specification() {
        let all = added(TreeSize::ZERO, size(70_000));
        let of = |level| all.iter().filter(|tile| tile.level() == level).map(|tile| tile.width()).collect::<Vec<_>>();
        assert_eq!(of(Level::Hashes(0)).len(), 274);
        assert_eq!(of(Level::Hashes(0)).last(), Some(&112));
        assert_eq!(of(Level::Hashes(1)), [256, 17]);
        assert_eq!(of(Level::Hashes(2)), [1]);
        assert!(of(Level::Hashes(3)).is_empty());
        assert_eq!(of(Level::Entries), of(Level::Hashes(0)));
    }

    // R14.3: what parses is written the same; no path leads out of the log.
    #[test]
    fn paths_parse_in_their_one_form() {
        let widths = [1, 9, 255, FULL];
        let indexes = [0, 1, 999, 1000, 1_234_067, u64::MAX];
        for level in [Level::Entries, Level::Hashes(0), Level::Hashes(Level::MAX_HASHES)] {
            for tile in indexes.iter().flat_map(|index| widths.map(|width| Tile::new(level, *index, width).unwrap())) {
                assert_eq!(Tile::parse(&tile.to_string()), Ok(tile));
            }
        }
        let bad = "tile tile/ tile/0 tile/0/ tile/0/00 tile/0/0000 tile/00/000 tile/+0/000 tile/8/000 tile/0/000.p/ \
                   tile/0/000.p/0 tile/0/000.p/256 tile/0/000.p/01 tile/0/000.p/+1 tile/0/000/ tile/0/x000/001 tile/0/001/000 \
                   tile/0/x000 tile/0/..%2f tile/0/../000 tile/0/000/../001 tile/data/000 tile/entries/+00 /tile/0/000 \
                   tile/0/x018/x446/x744/x073/x709/x551/616 tile//0/000 tile/0//000";
        for path in bad.split(' ') {
            assert_eq!(Tile::parse(path).map_err(|error| error.code()), Err(Code::MalformedField), "{path}");
        }
    }

    #[test]
    fn growth_adds_what_changed() {
        assert!(paths(0, 0).is_empty());
        assert_eq!(paths(0, 1), ["tile/entries/000.p/1", "tile/0/000.p/1"]);
        assert_eq!(paths(255, 256), ["tile/entries/000", "tile/0/000", "tile/1/000.p/1"]);
        assert_eq!(paths(256, 257), ["tile/entries/001.p/1", "tile/0/001.p/1"]);
        assert!(paths(7, 7).is_empty());
    }

    #[test]
    fn every_node_stands_in_a_tile() {
        let at = |level, index| place(NodeId::new(level, index).unwrap());
        assert_eq!(at(0, 0), Place { level: 0, index: 0, height: 0, position: 0 });
        assert_eq!(at(0, 257), Place { level: 0, index: 1, height: 0, position: 1 });
        assert_eq!(at(7, 3), Place { level: 0, index: 1, height: 7, position: 1 });
        assert_eq!(at(8, 255), Place { level: 1, index: 0, height: 0, position: 255 });
        assert_eq!(at(62, 0), Place { level: 7, index: 0, height: 6, position: 0 });
    }

    #[test]
    fn a_tile_has_limits() {
        let code = |level, width| Tile::new(level, 0, width).map(|_| ()).map_err(Error::code);
        assert_eq!(code(Level::Entries, 0), Err(Code::MalformedField));
        assert_eq!(code(Level::Entries, 256), Ok(()));
        assert_eq!(code(Level::Entries, 257), Err(Code::MalformedField));
        assert_eq!(code(Level::Hashes(7), 1), Ok(()));
        assert_eq!(code(Level::Hashes(8), 1), Err(Code::MalformedField));
        let whole = added(TreeSize::MAX, TreeSize::MAX);
        assert!(whole.is_empty());
    }
}
