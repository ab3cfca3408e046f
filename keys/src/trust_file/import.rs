//! C2SP witness policies as parts of a `trust.toml`.

use super::{EpochFile, Error, GroupFile, LogFile, VkeyFile, WitnessFile};
use ct_core::Timestamp;
use ct_core::c2sp::{VerifierKey, policy};
use ct_core::trust::Window;
use serde::Serialize;

/// The logs, witnesses and quorum of a C2SP witness policy as parts of a `trust.toml`, all valid in `from..=until`.
///
/// # Errors
/// `malformed.trust_file` for a policy without a quorum, or with a witness whose name in the policy is not its key's.
pub fn import_policy(policy: &policy::Policy, from: Timestamp, until: Timestamp) -> Result<String, Error> {
    let window = Window { from, until, compromised_from: None };
    let Some(quorum) = &policy.quorum else {
        return Err(Error::new(
            "the policy has quorum none: time comes from witnesses only, so at least one is needed",
        ));
    };
    // The policy names witnesses as it likes; a trust root names them as their keys do.
    let key_name = |name: &String| {
        let witness = policy.witnesses.iter().find(|(witness, _)| witness == name);
        witness.map_or_else(|| name.clone(), |(_, verifier)| verifier.name().to_string())
    };
    let log = |verifier: &VerifierKey| LogFile {
        origin: verifier.name().to_string(),
        equivocated: None,
        keys: vec![VkeyFile::of(verifier, &window)],
        pins: Vec::new(),
    };
    let witness = |(_, verifier): &(String, VerifierKey)| WitnessFile {
        name: verifier.name().to_string(),
        keys: vec![VkeyFile::of(verifier, &window)],
    };
    let group = |(name, threshold, members): &(String, u64, Vec<String>)| GroupFile {
        name: name.clone(),
        threshold: *threshold,
        members: members.iter().map(key_name).collect(),
    };
    let parts = ImportedFile {
        logs: policy.logs.iter().map(log).collect(),
        witnesses: policy.witnesses.iter().map(witness).collect(),
        epochs: vec![EpochFile {
            from: from.to_string(),
            until: until.to_string(),
            quorum: key_name(quorum),
            max_anchor_delay: "1d".to_owned(),
            groups: policy.groups.iter().map(group).collect(),
        }],
    };
    toml::to_string(&parts).map_err(|error| Error::new(&error.to_string()))
}

#[derive(Serialize)]
struct ImportedFile {
    #[serde(rename = "log")]
    logs: Vec<LogFile>,
    #[serde(rename = "witness")]
    witnesses: Vec<WitnessFile>,
    #[serde(rename = "epoch")]
    epochs: Vec<EpochFile>,
}
