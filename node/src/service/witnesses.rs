//! The log's witnesses over HTTP, as the publisher sees them.

use super::{Clock, Cosign, NodeConfig};
use crate::cosigners::{Collected, Cosigner, Cosigners, QuorumRule, Waiting};
use crate::error::Result;
use crate::log_signer::SignedCheckpoint;
use crate::machine::StateReader;
use ct_core::{ConsistencyProof, Hash, Origin, SignatureLine, TreeSize, TrustRoot};
use std::sync::Arc;

/// The witnesses of the configuration, by the quorum of the trust root in force.
pub(super) struct OverHttp {
    witnesses: Vec<Cosigner>,
    cosigners: Cosigners,
    /// Whose quorum the cosigners have to reach.
    trust: Hash,
    origin: Origin,
    state: StateReader,
    clock: Clock,
}

impl OverHttp {
    pub(super) fn new(
        config: &NodeConfig,
        origin: &Origin,
        trust: Arc<TrustRoot>,
        state: StateReader,
        clock: Clock,
    ) -> Result<Self> {
        let hash = trust.hash();
        let witnesses = config.witnesses.clone();
        let cosigners = Cosigners::new(witnesses.clone(), QuorumRule::Of(trust), Waiting::default())?;
        Ok(Self { witnesses, cosigners, trust: hash, origin: origin.clone(), state, clock })
    }
}

impl OverHttp {
    /// The witnesses, by the quorum of the trust root in force.
    fn cosigners(&mut self) -> Result<&Cosigners> {
        if let Some(in_force) = self.state.meta().map(|meta| meta.trust.root().clone())
            && in_force.hash() != self.trust
        {
            self.trust = in_force.hash();
            let quorum = QuorumRule::Of(Arc::new(in_force));
            self.cosigners = Cosigners::new(self.witnesses.clone(), quorum, Waiting::default())?;
        }
        Ok(&self.cosigners)
    }
}

impl Cosign for OverHttp {
    fn cosign(
        &mut self,
        signed: &SignedCheckpoint,
        consistency: &mut dyn FnMut(TreeSize) -> Result<ConsistencyProof>,
    ) -> Result<Vec<SignatureLine>> {
        let (origin, now) = (self.origin.clone(), (self.clock)());
        let collected = self.cosigners()?.collect(&signed.note(&[]), &origin, now, proof_from(consistency))?;
        Ok(told(collected))
    }

    fn confirm(
        &mut self,
        signed: &SignedCheckpoint,
        consistency: &mut dyn FnMut(TreeSize) -> Result<ConsistencyProof>,
    ) -> Result<Vec<SignatureLine>> {
        let (origin, now) = (self.origin.clone(), (self.clock)());
        let collected = self.cosigners()?.confirm(&signed.note(&[]), &origin, now, proof_from(consistency))?;
        Ok(told(collected))
    }
}

/// There is no proof from the empty tree, and none is needed.
fn proof_from(
    consistency: &mut dyn FnMut(TreeSize) -> Result<ConsistencyProof>,
) -> impl FnMut(TreeSize) -> Result<Option<ConsistencyProof>> {
    |seen: TreeSize| if seen == TreeSize::ZERO { Ok(None) } else { consistency(seen).map(Some) }
}

/// The lines; who has not cosigned is told.
fn told(collected: Collected) -> Vec<SignatureLine> {
    for refusal in &collected.refusals {
        tracing::warn!(error_code = refusal.error.code().as_str(), witness = refusal.name, "{}", refusal.error);
    }
    collected.lines
}
