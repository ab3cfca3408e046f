//! Entries that were published after the backup was made, from wherever they still are.
//!
//! What was acknowledged and not published before everything was lost is not there, nor are changes of clients: they
//! stand in no tile.

use super::continuity;
use super::manifest::Manifest;
use super::restore::{ANOTHER, Vouched, audit, vouched};
use super::{CHECKPOINT, tree_files};
use crate::command::Seal;
use crate::error::{Error, Result};
use crate::fsck::Source;
use crate::machine::StateMachine;
use crate::service::Archive;
use crate::store::Store;
use crate::tile::Tile;
use crate::tile_reader::log_path;
use ct_core::limits::MAX_NOTE_BYTES;
use ct_core::{Code, TrustRoot};
use std::path::Path;

/// Continues the restored folder up to the checkpoint that is published elsewhere; `None` if that says nothing more.
///
/// # Errors
/// `io.not_found` without a checkpoint there; `unknown.log`, `not_anchored.*`, `tampered.*` if the trust root does not
/// vouch for it, its tiles are not those of its tree, or that does not continue the backup; `incomplete.file`; `io.*`.
pub(super) fn extend(
    folder: &Path,
    machine: &mut StateMachine,
    manifest: &Manifest,
    trust: &TrustRoot,
    source: &dyn Source,
) -> Result<Option<Vouched>> {
    let bytes = source.read("checkpoint", MAX_NOTE_BYTES)?.ok_or_else(|| {
        let next = "name the folder or the address that has checkpoint and tile in it";
        Error::new(Code::IoNotFound, "checkpoint", "there is none, so this is no log", next)
    })?;
    let note = String::from_utf8(bytes)
        .map_err(|_| Error::new(Code::MalformedUtf8, "checkpoint", "is not text", "name a log"))?;
    let further = vouched(&note, trust)?;
    let checkpoint = &further.0;
    let size = checkpoint.size();
    let (backed_up, ..) = vouched(&manifest.checkpoint, trust)?;
    if size < manifest.sealed || size <= backed_up.size() {
        return Ok(None);
    }
    let store = Store::open(folder)?;
    for tile in tree_files::tiles(size) {
        let path = log_path(tile);
        if store.read(&path)?.is_none() {
            store.create(&path, &fetch(source, tile)?)?;
        }
    }
    store.replace(CHECKPOINT, note.as_bytes())?;
    audit(folder, checkpoint, trust, Some(&manifest.checkpoint))?;
    let archive = Archive::open(folder)?;
    let signatures = cosignatures(&note, trust)?;
    let seal = Seal { generation: manifest.generation, size, root: checkpoint.root() };
    machine.extend(seal, &signatures, &mut |first| archive.portion(first, AT_ONCE, size))?;
    let state = machine.reader();
    if let Some(meta) = state.meta() {
        continuity::check(&store, checkpoint, &meta, &state)?;
    }
    Ok(Some(further))
}

/// The lines of the note but the log's own, as they are anchored.
fn cosignatures(note: &str, trust: &TrustRoot) -> Result<String> {
    let note = ct_core::Note::parse(note)?;
    let witnesses = trust.trust().witnesses.iter().flat_map(|witness| &witness.keys);
    let lines = witnesses.filter_map(|key| note.signature_by(&key.verifier));
    Ok(lines.map(ToString::to_string).collect())
}

/// A tile, or as much of the full one at its place.
fn fetch(source: &dyn Source, tile: Tile) -> Result<Vec<u8>> {
    for form in [tile, tile.filled()] {
        if let Some(bytes) = source.read(&form.to_string(), tree_files::most_bytes(form))? {
            let short = || Error::new(Code::TamperedFile, form, "has not the length of a tile", ANOTHER);
            return tree_files::cut(tile, &bytes).ok_or_else(short);
        }
    }
    Err(Error::new(Code::IncompleteFile, tile, "is missing from the published files", "name another copy of the log"))
}

const AT_ONCE: usize = 4_096;
