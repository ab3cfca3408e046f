//! The verification core for browsers and Node: conversion of arguments and errors, no logic.
//!
//! The page and the npm package that will use it are not made yet; the report is core's own text, so it is the one that
//! `ct verify --json` prints.

use ct_core::{AtSource, Code, Document, Error, Hash, Mode, Request, Timestamp, TrustRoot};
use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;

/// Verifies one bundle and gives the report's text.
///
/// `at` is a time like `2026-11-20T08:00:00Z`, `mode` is `strict`, `grace` or `archival`, `document_digest` the SHA-256
/// of the document in lower-case hexadecimal; without it the document must be in the bundle.
///
/// # Errors
/// `usage.time` and `usage.arguments` for arguments that are none; whatever is wrong with the bundle or the trust root
/// stands in the report.
#[wasm_bindgen]
pub fn verify(
    bundle: &[u8],
    trust: &[u8],
    at: &str,
    mode: &str,
    document_digest: Option<String>,
) -> Result<String, JsError> {
    report_text(bundle, trust, at, mode, document_digest.as_deref()).map_err(|error| JsError::new(&error.to_string()))
}

/// As [`verify`], with core's errors.
///
/// # Errors
/// As [`verify`].
pub fn report_text(
    bundle: &[u8],
    trust: &[u8],
    at: &str,
    mode: &str,
    document_digest: Option<&str>,
) -> Result<String, Error> {
    let at = Timestamp::parse(at).map_err(|_| Error::new(Code::UsageTime, "at"))?;
    let mode = Mode::from_text(mode).ok_or(Error::new(Code::UsageArguments, "mode"))?;
    let digest = document_digest.map(Hash::from_hex).transpose();
    let digest = digest.map_err(|_| Error::new(Code::UsageArguments, "document_digest"))?;
    let root = TrustRoot::load(trust);
    let report = ct_core::verify(&Request {
        bundle,
        document: digest.map_or(Document::InBundle, Document::Digest),
        trust: root.as_ref().map_err(|error| *error),
        mode,
        at,
        at_source: AtSource::Given,
        state: None,
        evidence: &[],
    });
    Ok(report.to_json())
}
