//! Configuration files: TOML in which nothing is passed over.

use crate::documents::read_text;
use crate::error::{Error, Result, shown};
use ct_core::Code;
use serde::de::DeserializeOwned;
use std::path::Path;

/// Reads a file of at most 1 MiB with `parse`, which is given its text and its folder, and says what is wrong; `guide`
/// is where the settings are explained.
///
/// # Errors
/// `malformed.config`; `io.*`; `limit.length`; `malformed.utf8`.
pub(crate) fn read<T>(
    path: &Path,
    guide: &str,
    parse: impl FnOnce(&str, &Path) -> std::result::Result<T, String>,
) -> Result<T> {
    let text = read_text(path, MAX_FILE_BYTES)?;
    parse(&text, path.parent().unwrap_or(Path::new(""))).map_err(|what| {
        let next = format!("mend it; {guide} says what each setting means");
        Error::new(Code::MalformedConfig, shown(path), what, next)
    })
}

/// The settings in a text, or which line is wrong and why.
pub(crate) fn parse<T: DeserializeOwned>(text: &str) -> std::result::Result<T, String> {
    toml::from_str(text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        format!("line {}: {}", before.matches('\n').count().saturating_add(1), error.message())
    })
}

const MAX_FILE_BYTES: usize = 1 << 20;
