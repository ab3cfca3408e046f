//! CBOR, as every CivicTrust format uses it: a pull reader, a canonical writer, and the check of the profile.
//!
//! # The encoding
//!
//! One value has one encoding: RFC 8949 section 4.2.1, core deterministic encoding. In bytes:
//!
//! | item | rule | refused as |
//! |---|---|---|
//! | head | the shortest form of the number, length, count or tag | `malformed.not_deterministic` |
//! | strings, arrays, maps | definite length | `malformed.not_deterministic` |
//! | map | keys strictly ascending, compared bytewise on their encodings; so no key twice | `malformed.not_deterministic` |
//! | float | the shortest form that keeps the value; `f97e00` is the only NaN | `malformed.not_deterministic` |
//! | tags 2 and 3 | content is a byte string, no leading zero, and no integer could hold the number | `malformed.not_deterministic` |
//! | reserved heads, stray breaks, simple values below 32 in two bytes | none is well-formed | `malformed.cbor` |
//! | text | UTF-8 | `malformed.utf8` |
//! | the input | exactly one item: not empty, not cut, nothing after it | `malformed.empty`, `.truncated`, `.trailing` |
//!
//! [`Reader`] enforces these on whatever it reads; [`check_deterministic`] reads a whole input for nothing else.
//!
//! # The profile
//!
//! [`check_profile`] is a second, separate check: which of the deterministic forms our formats use. Integers, strings,
//! arrays, maps with integer or text keys, `false`, `true`, `null`, and the tags 18 (`COSE_Sign1`) and 98
//! (`COSE_Sign`). Floats, bignums, other simple values, other keys and other tags are `malformed.profile`.
//! Maps are closed: [`MapCursor::finish`] refuses a key that the format does not name.
//!
//! # Limits
//!
//! At most [`MAX_DEPTH`](crate::limits::MAX_DEPTH) arrays, maps and tags are open at a time (`limit.depth`), an input
//! has at most [`MAX_ITEMS`](crate::limits::MAX_ITEMS) items (`limit.items`; heads are counted, so a map of two pairs
//! is five), and a count or length beyond the remaining input is refused before anything is read for it
//! (`malformed.truncated`). The reader allocates nothing and does not recurse.
//!
//! # Example
//!
//! The map `{"kind": "example", "version": 1}`:
//!
//! ```text
//! a2                              map of 2 pairs
//!    64 6b696e64                  "kind": four bytes, so before "version"
//!    67 6578616d706c65            "example"
//!    67 76657273696f6e            "version"
//!    01                           1
//! ```
//!
//! ```
//! use ct_core::cbor::{Reader, Writer};
//!
//! let mut writer = Writer::new();
//! writer.map(2).text("kind").text("example").text("version").uint(1);
//! let bytes = writer.finish();
//!
//! let mut reader = Reader::new(&bytes);
//! let mut map = reader.map("example")?;
//! map.require_text(&mut reader, "kind")?;
//! assert_eq!(reader.text("kind", 32)?, "example");
//! map.require_text(&mut reader, "version")?;
//! assert_eq!(reader.uint("version")?, 1);
//! map.finish(&mut reader)?;
//! reader.end()?;
//! # Ok::<(), ct_core::Error>(())
//! ```

mod float;
mod head;
mod map;
mod profile;
mod reader;
mod writer;

pub use map::MapCursor;
pub use profile::{check_profile, peek_kind};
pub use reader::{Reader, check_deterministic};
pub use writer::Writer;
