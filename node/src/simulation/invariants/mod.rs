//! What must hold in every run: one file for each invariant, which has the name that it has in `specs/tla`.

mod acknowledged_is_recovered;
mod anchored_is_sealed;
mod committed_stays;
mod eventually_final;
mod final_is_anchored;
mod final_stays_final;
mod lsn_only_grows;
mod one_index_per_statement;
mod one_leader_per_term;
mod one_root_per_size;
mod only_damage_is_a_loss;
mod published_has_tiles;
mod purged_is_persisted;
mod replicas_agree;
mod restore_is_fenced;
mod same_answer;
mod seals_only_advance;
mod signed_is_sealed;
mod votes_are_kept;
mod witness_remembers;

use super::history::{End, Event};

/// A promise, and what was seen so far that it speaks of.
pub(super) trait Invariant: Send {
    /// As in the specification.
    fn name(&self) -> &'static str;

    /// Judges what happened; or says how it breaks the promise.
    fn see(&mut self, event: &Event) -> Result<(), String>;

    /// Judges how the run ended.
    fn end(&mut self, _end: &End) -> Result<(), String> {
        Ok(())
    }
}

/// Every invariant, with nothing seen.
pub(super) fn all() -> Vec<Box<dyn Invariant>> {
    vec![
        Box::new(one_leader_per_term::OneLeaderPerTerm::default()),
        Box::new(committed_stays::CommittedStays::default()),
        Box::new(replicas_agree::ReplicasAgree::default()),
        Box::new(lsn_only_grows::LsnOnlyGrows::default()),
        Box::new(only_damage_is_a_loss::OnlyDamageIsALoss::default()),
        Box::new(votes_are_kept::VotesAreKept::default()),
        Box::new(purged_is_persisted::PurgedIsPersisted::default()),
        Box::new(same_answer::SameAnswer::default()),
        Box::new(signed_is_sealed::SignedIsSealed::default()),
        Box::new(restore_is_fenced::RestoreIsFenced::default()),
        Box::new(one_root_per_size::OneRootPerSize::default()),
        Box::new(witness_remembers::WitnessRemembers),
        Box::new(published_has_tiles::PublishedHasTiles),
        Box::new(anchored_is_sealed::AnchoredIsSealed::default()),
        Box::new(seals_only_advance::SealsOnlyAdvance::default()),
        Box::new(final_stays_final::FinalStaysFinal::default()),
        Box::new(final_is_anchored::FinalIsAnchored::default()),
        // Before those that speak of what is published in the end: one that is stuck has not published.
        Box::new(eventually_final::EventuallyFinal),
        Box::new(acknowledged_is_recovered::AcknowledgedIsRecovered::default()),
        Box::new(one_index_per_statement::OneIndexPerStatement),
    ]
}
