//! Documents of claims: named values, each of which the holder can show or withhold.
//!
//! They are written as TOML, the claims that are always shown first:
//!
//! ```toml
//! mandatory = 1
//!
//! [[claim]]
//! name = "degree"
//! value = "Bachelor of Science"
//!
//! [[claim]]
//! name = "born"
//! value = "2001-05-04"
//! ```

use crate::documents::read_text;
use crate::entropy::Entropy;
use crate::error::{Error, Result, shown};
use ct_core::Code;
use ct_core::claims::{Claim, Disclosure};
use ct_core::limits::{MAX_CLAIM_BYTES, MAX_CLAIMS, MAX_TEXT_BYTES};
use serde::Deserialize;
use std::path::Path;

/// The claims of a new document, each with its salt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimsDocument {
    mandatory: u64,
    claims: Vec<(NameAndValue, [u8; 16])>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct NameAndValue {
    name: String,
    value: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    mandatory: u64,
    claim: Vec<NameAndValue>,
}

impl ClaimsDocument {
    /// Reads claims from TOML and salts them.
    ///
    /// # Errors
    /// `malformed.field` for a text that is not as this module says, a name twice, or more mandatory claims than
    /// claims; `limit.items` for too many claims, `limit.length` for a name or value that is too long.
    pub fn parse(text: &str, entropy: &mut Entropy) -> Result<Self> {
        let next = "write: mandatory = 1, then for each claim [[claim]] with name = \"...\" and value = \"...\"";
        let file: File = toml::from_str(text).map_err(|error| {
            let what = format!("is no file of claims: {}", error.to_string().trim_end());
            Error::new(Code::MalformedField, "", what, next)
        })?;
        for claim in &file.claim {
            if claim.name.len() > MAX_TEXT_BYTES || claim.value.len() > MAX_CLAIM_BYTES {
                let what = format!(
                    "has a claim with a name of over {MAX_TEXT_BYTES} or a value of over {MAX_CLAIM_BYTES} bytes"
                );
                return Err(Error::new(Code::LimitLength, "", what, "use shorter texts"));
            }
        }
        let claims = file.claim.into_iter().map(|claim| (claim, entropy.bytes())).collect();
        let document = Self { mandatory: file.mandatory, claims };
        document.disclosure()?;
        Ok(document)
    }

    /// As [`ClaimsDocument::parse`], from a file.
    ///
    /// # Errors
    /// As there; `io.*`; `limit.length` for a file that is longer than all claims together may be.
    pub fn read(path: &Path, entropy: &mut Entropy) -> Result<Self> {
        let text = read_text(path, MAX_FILE_BYTES)?;
        let at_path = |error: Error| Error::new(error.code(), shown(path), error.what(), error.next());
        Self::parse(&text, entropy).map_err(at_path)
    }

    /// All claims, as they stand in the document's bundle.
    ///
    /// # Errors
    /// None for one that was read.
    pub fn disclosure(&self) -> Result<Disclosure<'_>> {
        let next = "give each claim another name, and make no more mandatory than there are";
        let claims = (0..).zip(&self.claims);
        let claims =
            claims.map(|(index, (claim, salt))| Claim { index, salt: *salt, value: &claim.value, name: &claim.name });
        Disclosure::whole(claims.collect(), self.mandatory)
            .map_err(|error| Error::refused(error, "", "is no document of claims", next))
    }
}

const MAX_FILE_BYTES: usize = MAX_CLAIMS * 2 * (MAX_CLAIM_BYTES + MAX_TEXT_BYTES);
