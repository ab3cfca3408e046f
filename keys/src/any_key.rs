//! A key file of any kind, for whoever wants to know what a file is.

use crate::error::{Error, Problem};
use crate::file::{self, Access};
use crate::label::Label;
use crate::public::PublicKey;
use crate::stored::StoredKey;
use ct_core::c2sp::VerifierKey;
use std::path::Path;

/// What a key file holds.
#[derive(Debug)]
pub enum AnyKey {
    /// A private key, perhaps encrypted.
    Private(StoredKey),
    /// A public key in PEM.
    Public(PublicKey),
    /// The verifier key of a log or witness, on one line.
    Vkey(VerifierKey),
}

impl AnyKey {
    /// Reads a file that holds a private key, a public key or a vkey. Others may have access to it only if what it
    /// holds is public.
    ///
    /// # Errors
    /// As [`crate::KeyFile::read`] and [`PublicKey::read`], but of any role; `io.key_file` if it is none of the three.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let fail = |problem| Error::of_file(path, problem);
        let text = file::read_key(path, |text| match Kind::of(text) {
            Kind::Private => Access::Owner,
            Kind::Public | Kind::Vkey => Access::Everybody,
        })?;
        match Kind::of(&text) {
            Kind::Private => StoredKey::of(&text, Some(path)).map(Self::Private).map_err(fail),
            Kind::Public => PublicKey::of(&text).map(Self::Public).map_err(fail),
            Kind::Vkey => {
                let line = text.strip_suffix('\n').unwrap_or(&text);
                let line = line.strip_suffix('\r').unwrap_or(line);
                VerifierKey::parse(line).map(Self::Vkey).map_err(|_| fail(NEITHER))
            }
        }
    }
}

enum Kind {
    Private,
    Public,
    Vkey,
}

impl Kind {
    /// What a text is meant to be. In doubt it is a private key, for which the rules are stricter.
    fn of(text: &str) -> Self {
        match Label::split(text) {
            Ok((_, pem)) if pem.starts_with("-----BEGIN PUBLIC KEY-----") => Self::Public,
            _ if text.contains("-----BEGIN") => Self::Private,
            _ => Self::Vkey,
        }
    }
}

const NEITHER: Problem = Problem::Form("it is neither a key in PEM nor a vkey");
