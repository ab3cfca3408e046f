//! Whether enough witnesses have cosigned, as the verifiers' trust root sees it.

use ct_core::{Timestamp, TrustRoot, VerifierKey};

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
