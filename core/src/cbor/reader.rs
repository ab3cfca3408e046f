//! The pull reader: one pass over borrowed bytes, strict about every rule of the encoding.

use super::head::{self, Head, Major};
use super::map::MapCursor;
use crate::code::Code;
use crate::error::Error;
use crate::limits::{MAX_DEPTH, MAX_ITEMS};

/// Checks that `bytes` are exactly one item in core deterministic encoding, whatever its types.
///
/// # Errors
/// `malformed.empty`, `.truncated`, `.trailing`, `.cbor`, `.not_deterministic`, `.utf8`; `limit.depth`, `limit.items`.
pub fn check_deterministic(bytes: &[u8]) -> Result<(), Error> {
    let mut reader = Reader::new(bytes);
    reader.skip_value("")?;
    reader.end()
}

/// Reads one CBOR item, part by part, in the order in which its parts stand.
///
/// Every method reads the next item and advances; `field` names the item in refusals, with the offset at which the item
/// begins. The reader follows the nesting by itself, so depth, item count and key order hold however it is called.
/// After a refusal the position is unspecified: stop reading.
///
/// # Errors
/// Every method refuses input that breaks the encoding (see the [module](super)): `malformed.empty`, `.truncated`,
/// `.cbor`, `.not_deterministic`, `.utf8`, `limit.depth`, `limit.items`. An item of another type than asked for is
/// `malformed.field`. Further codes are named at the method.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    input: &'a [u8],
    at: usize,
    items: usize,
    levels: [Level<'a>; MAX_DEPTH],
    depth: usize,
}

impl<'a> Reader<'a> {
    /// A reader at the first byte of `input`.
    #[must_use]
    pub const fn new(input: &'a [u8]) -> Self {
        Self { input, at: 0, items: 0, levels: [Level::CLOSED; MAX_DEPTH], depth: 0 }
    }

    /// Where the next item begins, in bytes from the start of the input.
    #[must_use]
    pub const fn offset(&self) -> usize {
        self.at
    }

    /// An unsigned integer.
    ///
    /// # Errors
    /// See [`Reader`].
    pub fn uint(&mut self, field: &'static str) -> Result<u64, Error> {
        let head = self.head_of(Major::Unsigned, field)?;
        self.close_item(field)?;
        Ok(head.argument)
    }

    /// An integer.
    ///
    /// # Errors
    /// `limit.number` if an `i64` cannot hold it; see [`Reader`].
    pub fn int(&mut self, field: &'static str) -> Result<i64, Error> {
        let head = self.head(field)?;
        let magnitude = i64::try_from(head.argument).map_err(|_| Error::new(Code::LimitNumber, field).at(head.start));
        let value = match head.major {
            Major::Unsigned => magnitude?,
            Major::Negative => -1 - magnitude?,
            _ => return Err(head.refused(field)),
        };
        self.close_item(field)?;
        Ok(value)
    }

    /// A byte string of at most `max` bytes.
    ///
    /// # Errors
    /// `limit.length` if it is longer; see [`Reader`].
    pub fn bytes(&mut self, field: &'static str, max: usize) -> Result<&'a [u8], Error> {
        let head = self.head_of(Major::Bytes, field)?;
        self.string(head, field, max)
    }

    /// A byte string of exactly `N` bytes.
    ///
    /// # Errors
    /// `malformed.field` if it has another length; see [`Reader`].
    pub fn bytes_exact<const N: usize>(&mut self, field: &'static str) -> Result<&'a [u8; N], Error> {
        let head = self.head_of(Major::Bytes, field)?;
        if usize::try_from(head.argument) != Ok(N) {
            return Err(head.refused(field));
        }
        self.string(head, field, N)?.try_into().map_err(|_| head.refused(field))
    }

    /// A text of at most `max` bytes of UTF-8.
    ///
    /// # Errors
    /// `limit.length` if it is longer; see [`Reader`].
    pub fn text(&mut self, field: &'static str, max: usize) -> Result<&'a str, Error> {
        let head = self.head_of(Major::Text, field)?;
        self.utf8(head, field, max)
    }

    /// The start of an array of at most `max` items; the number of items, which are read next.
    ///
    /// # Errors
    /// `limit.items` if it has more; see [`Reader`].
    pub fn array(&mut self, field: &'static str, max: usize) -> Result<usize, Error> {
        let head = self.head_of(Major::Array, field)?;
        self.open_container(head, field, max)
    }

    /// The start of an array of exactly `count` items, which are read next.
    ///
    /// # Errors
    /// `malformed.field` if it has another number of items; see [`Reader`].
    pub fn array_exact(&mut self, field: &'static str, count: usize) -> Result<(), Error> {
        let head = self.head_of(Major::Array, field)?;
        if usize::try_from(head.argument) != Ok(count) {
            return Err(head.refused(field));
        }
        self.open_container(head, field, count).map(|_| ())
    }

    /// The start of a map; its pairs are read through the cursor.
    ///
    /// # Errors
    /// See [`Reader`].
    pub fn map(&mut self, field: &'static str) -> Result<MapCursor<'a>, Error> {
        let head = self.head_of(Major::Map, field)?;
        let pairs = self.open_container(head, field, MAX_ITEMS)?;
        Ok(MapCursor::new(field, pairs))
    }

    /// The tag `expected`; its content is read next.
    ///
    /// # Errors
    /// `malformed.field` if it is another tag; see [`Reader`].
    pub fn tag(&mut self, field: &'static str, expected: u64) -> Result<(), Error> {
        let head = self.head_of(Major::Tag, field)?;
        if head.argument != expected {
            return Err(head.refused(field));
        }
        self.open_tag(head, field)
    }

    /// `false` or `true`.
    ///
    /// # Errors
    /// See [`Reader`].
    pub fn bool(&mut self, field: &'static str) -> Result<bool, Error> {
        let head = self.head(field)?;
        let value = match (head.major, head.argument) {
            (Major::Simple, FALSE) => false,
            (Major::Simple, TRUE) => true,
            _ => return Err(head.refused(field)),
        };
        self.close_item(field)?;
        Ok(value)
    }

    /// Whether the next item is `null`; if it is, it is read.
    ///
    /// # Errors
    /// See [`Reader`]; another type is no error here.
    pub fn try_null(&mut self, field: &'static str) -> Result<bool, Error> {
        let ahead = Head::read(self.input, self.at, field)?;
        if (ahead.major, ahead.argument) != (Major::Simple, NULL) {
            return Ok(false);
        }
        self.head(field)?;
        self.close_item(field)?;
        Ok(true)
    }

    /// Reads one item of any type with all that is in it, and gives its encoding.
    ///
    /// # Errors
    /// See [`Reader`]; no type is an error here.
    pub fn skip_value(&mut self, field: &'static str) -> Result<&'a [u8], Error> {
        let (start, depth) = (self.at, self.depth);
        loop {
            self.item(field)?;
            if self.depth <= depth {
                return Ok(self.input.get(start..self.at).unwrap_or_default());
            }
        }
    }

    /// The end of the input: all of it has been read.
    ///
    /// # Errors
    /// `malformed.trailing` if bytes follow; `malformed.truncated` if an array, map or tag lacks items.
    pub fn end(self) -> Result<(), Error> {
        if self.at < self.input.len() {
            return Err(Error::new(Code::MalformedTrailing, "").at(self.at));
        }
        if self.depth > 0 || self.input.is_empty() {
            return Err(head::cut(self.input, self.at, ""));
        }
        Ok(())
    }

    /// The next item, of any type. Of an array, a map or a tag only the start: the content is read next.
    pub(super) fn item(&mut self, field: &'static str) -> Result<Item<'a>, Error> {
        let head = self.head(field)?;
        let item = match head.major {
            Major::Unsigned => Item::Unsigned(head.argument),
            Major::Negative => Item::Negative(head.argument),
            Major::Bytes => {
                self.string(head, field, usize::MAX)?;
                return Ok(Item::Bytes);
            }
            Major::Text => return self.utf8(head, field, usize::MAX).map(Item::Text),
            Major::Array => {
                self.open_container(head, field, MAX_ITEMS)?;
                return Ok(Item::Array);
            }
            Major::Map => {
                self.open_container(head, field, MAX_ITEMS)?;
                return Ok(Item::Map);
            }
            Major::Tag => {
                self.open_tag(head, field)?;
                return Ok(Item::Tag(head.argument));
            }
            Major::Simple if matches!(head.argument, FALSE | TRUE | NULL) => Item::BoolOrNull,
            Major::Simple => Item::OtherSimple,
            Major::Float => Item::Float,
        };
        self.close_item(field)?;
        Ok(item)
    }

    /// Whether the next item is a key of a map.
    pub(super) fn at_key(&self) -> bool {
        let innermost = self.depth.checked_sub(1).and_then(|index| self.levels.get(index));
        innermost.is_some_and(|level| level.is_map && level.left.is_multiple_of(2))
    }

    /// Whether an array, a map or a tag still lacks items.
    pub(super) const fn is_open(&self) -> bool {
        self.depth > 0
    }

    /// Reads the next head and counts it.
    fn head(&mut self, field: &'static str) -> Result<Head, Error> {
        let head = Head::read(self.input, self.at, field)?;
        if self.items == MAX_ITEMS {
            return Err(Error::new(Code::LimitItems, field).at(self.at));
        }
        self.items += 1;
        self.at = head.end;
        Ok(head)
    }

    fn head_of(&mut self, major: Major, field: &'static str) -> Result<Head, Error> {
        let head = self.head(field)?;
        if head.major == major { Ok(head) } else { Err(head.refused(field)) }
    }

    /// The content of a byte string or a text whose head has been read.
    fn string(&mut self, head: Head, field: &'static str, max: usize) -> Result<&'a [u8], Error> {
        let content = self.string_at(head, field, max)?;
        self.at += content.len();
        self.close_item(field)?;
        Ok(content)
    }

    fn utf8(&mut self, head: Head, field: &'static str, max: usize) -> Result<&'a str, Error> {
        let bytes = self.string(head, field, max)?;
        core::str::from_utf8(bytes).map_err(|_| Error::new(Code::MalformedUtf8, field).at(head.start))
    }

    fn string_at(&self, head: Head, field: &'static str, max: usize) -> Result<&'a [u8], Error> {
        // A length that a usize cannot hold is beyond the input as well as beyond any maximum.
        let length = usize::try_from(head.argument).unwrap_or(usize::MAX);
        if length > max {
            return Err(Error::new(Code::LimitLength, field).at(head.start));
        }
        let rest = self.input.get(head.end..).unwrap_or_default();
        rest.get(..length).ok_or_else(|| head::cut(self.input, head.start, field))
    }

    /// Enters an array or a map whose head has been read; the number of its items or pairs.
    fn open_container(&mut self, head: Head, field: &'static str, max: usize) -> Result<usize, Error> {
        let is_map = head.major == Major::Map;
        let count = usize::try_from(head.argument).unwrap_or(usize::MAX);
        let inside = if is_map { count.saturating_mul(2) } else { count };
        if count > max || inside > MAX_ITEMS - self.items {
            return Err(Error::new(Code::LimitItems, field).at(head.start));
        }
        // Every item takes at least one byte.
        if inside > self.input.len() - self.at {
            return Err(head::cut(self.input, head.start, field));
        }
        self.open(head, field, inside)?;
        Ok(count)
    }

    /// Enters a tag whose head has been read: a level with one item.
    fn open_tag(&mut self, head: Head, field: &'static str) -> Result<(), Error> {
        if matches!(head.argument, BIGNUM | NEGATIVE_BIGNUM) {
            self.check_bignum(field)?;
        }
        self.open(head, field, 1)
    }

    /// RFC 8949 section 3.4.3, preferred serialization: no leading zero, and no number that an integer can hold.
    fn check_bignum(&self, field: &'static str) -> Result<(), Error> {
        let head = Head::read(self.input, self.at, field)?;
        if head.major != Major::Bytes {
            return Err(Error::new(Code::MalformedCbor, field).at(head.start));
        }
        let number = self.string_at(head, field, usize::MAX)?;
        if number.len() <= 8 || number.first() == Some(&0) {
            return Err(Error::new(Code::MalformedNotDeterministic, field).at(head.start));
        }
        Ok(())
    }

    fn open(&mut self, head: Head, field: &'static str, left: usize) -> Result<(), Error> {
        let Some(level) = self.levels.get_mut(self.depth) else {
            return Err(Error::new(Code::LimitDepth, field).at(head.start));
        };
        if left == 0 {
            return self.close_item(field);
        }
        *level = Level { left, is_map: head.major == Major::Map, item_start: self.at, last_key: None };
        self.depth += 1;
        Ok(())
    }

    /// An item is complete: so is every level of which it was the last. A complete key must be above the one before.
    fn close_item(&mut self, field: &'static str) -> Result<(), Error> {
        while let Some(level) = self.depth.checked_sub(1).and_then(|index| self.levels.get_mut(index)) {
            level.left -= 1;
            if level.is_map && !level.left.is_multiple_of(2) {
                let key = self.input.get(level.item_start..self.at);
                if key <= level.last_key {
                    return Err(Error::new(Code::MalformedNotDeterministic, field).at(level.item_start));
                }
                level.last_key = key;
            }
            level.item_start = self.at;
            if level.left > 0 {
                break;
            }
            self.depth -= 1;
        }
        Ok(())
    }
}

/// What [`Reader::item`] read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Item<'a> {
    Unsigned(u64),
    /// -1 minus the number.
    Negative(u64),
    Bytes,
    Text(&'a str),
    Array,
    Map,
    Tag(u64),
    BoolOrNull,
    OtherSimple,
    Float,
}

/// An array, a map or a tag that is being read.
#[derive(Clone, Copy, Debug)]
struct Level<'a> {
    /// Items still to be read, at least one; keys and values count alike.
    left: usize,
    is_map: bool,
    item_start: usize,
    last_key: Option<&'a [u8]>,
}

impl Level<'_> {
    const CLOSED: Self = Self { left: 0, is_map: false, item_start: 0, last_key: None };
}

const FALSE: u64 = 20;
const TRUE: u64 = 21;
const NULL: u64 = 22;

const BIGNUM: u64 = 2;
const NEGATIVE_BIGNUM: u64 = 3;
