//! Whether enough witnesses have cosigned, as the verifiers' trust root sees it.

use crate::error::{Error, Result};
use ct_core::{Code, Cosignature, Note, Timestamp, TrustRoot, VerifierKey};

/// Whether these witnesses, each with the time that it states, satisfy the quorum that was in force then. Keys that the
/// trust root does not know count for nothing.
pub(crate) fn reached<'a>(root: &TrustRoot, stated: impl Iterator<Item = (&'a VerifierKey, Timestamp)>) -> bool {
    let witnesses = &root.trust().witnesses;
    let place =
        |vkey: &VerifierKey| witnesses.iter().position(|witness| witness.keys.iter().any(|key| key.verifier == *vkey));
    let stated: Vec<(usize, Timestamp)> = stated.filter_map(|(vkey, time)| Some((place(vkey)?, time))).collect();
    root.epochs()
        .any(|(epoch, quorum)| quorum.earliest(&stated).is_some_and(|time| epoch.from <= time && time < epoch.until))
}

/// For each witness of the trust root that the note names: the time that it states, once core has verified its line.
pub(crate) fn stated<'a>(
    root: &'a TrustRoot,
    note: &'a Note<'_>,
) -> impl Iterator<Item = (&'a VerifierKey, std::result::Result<Timestamp, ct_core::Error>)> {
    let keys = root.trust().witnesses.iter().flat_map(|witness| &witness.keys).map(|key| &key.verifier);
    keys.filter_map(|key| Some((key, note.signature_by(key)?))).map(|(key, line)| {
        let cosignature = Cosignature::from_line(line);
        (key, cosignature.and_then(|cosignature| cosignature.verify(key, note.text())))
    })
}

/// Demands that a quorum has cosigned the note's text, and that no line of a known witness is forged.
///
/// # Errors
/// `tampered.cosignature` and others of [`Cosignature::verify`] name the witness; `not_anchored.quorum`.
pub(crate) fn demand(root: &TrustRoot, note: &Note<'_>) -> Result<()> {
    let mut good: Vec<(&VerifierKey, Timestamp)> = Vec::new();
    for (key, time) in stated(root, note) {
        let refused = |error| Error::refused(error, key.name(), "its cosignature does not hold", NOT_PUBLISHED);
        good.push((key, time.map_err(refused)?));
    }
    if reached(root, good.into_iter()) {
        return Ok(());
    }
    let what = "too few of the witnesses in the trust root in force have cosigned it";
    Err(Error::new(Code::NotAnchoredQuorum, "checkpoint", what, NOT_PUBLISHED))
}

/// Demands the signature of the log's key in the trust root.
///
/// # Errors
/// `not_anchored.log_signature`, `tampered.checkpoint`.
pub(crate) fn demand_log(root: &TrustRoot, origin: &str, note: &Note<'_>) -> Result<()> {
    let keys = root.log(origin).into_iter().flat_map(|log| &log.keys).map(|key| &key.verifier);
    let unsigned = ct_core::Error::new(Code::NotAnchoredLogSignature, "checkpoint_signature");
    let mut lines = keys.filter_map(|key| Some((key, note.signature_by(key)?)));
    let held = lines.next().ok_or(unsigned).and_then(|(key, line)| line.verify_text(key, note.text()));
    held.map_err(|error| Error::refused(error, "checkpoint", "the trust root's key has not signed it", NOT_PUBLISHED))
}

const NOT_PUBLISHED: &str = "it is not published; the node that leads asks the witnesses again";
