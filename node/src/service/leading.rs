//! What only the node that leads does: it seals, signs, asks the witnesses, and has their answer committed.

use super::Propose;
use super::publisher::{Step, Work};
use super::tiles::{ENTRIES_AT_ONCE, Staging};
use crate::command::{Command, Seal};
use crate::consensus::{now, since, within};
use crate::error::{Error, Result};
use crate::machine::{ACCEPTED, Meta, damaged};
use crate::planted::{Planted, planted};
use ct_core::{Code, SignatureLine, TreeSize};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

impl Work {
    /// One step of the leader of this term.
    pub(super) async fn lead(&mut self, term: u64, meta: &Meta) -> Result<Step> {
        if let Some(before) = self.restored.filter(|_| !planted(Planted::SkipFenceOnRestore)) {
            return self.resume(before, term, meta).await;
        }
        let sealed = meta.sealed;
        if self.tiles.size() < sealed.size {
            // Sealed by a leader whose time is over, who may have signed it: there is no other root of that size.
            if self.tiles.stage(sealed.size, sealed.root)? == Staging::Begun {
                return Ok(Step::Begun);
            }
            self.tiles.sign()?;
        }
        if sealed.size > TreeSize::ZERO && !self.is_fresh(term, meta) {
            let lines = self.cosignatures()?;
            return self.anchor(term, sealed, &lines).await;
        }
        if meta.tree.size() == sealed.size {
            return Ok(Step::Idle);
        }
        let seal = self.extend(sealed).await?;
        let lines = self.cosignatures()?;
        self.anchor(term, seal, &lines).await
    }

    /// What was sealed last has been cosigned since this node leads, and not long ago; so it is final.
    fn is_fresh(&self, term: u64, meta: &Meta) -> bool {
        if planted(Planted::SkipFenceOnRestore) && self.restored.is_some() {
            return true;
        }
        let size = meta.sealed.size;
        let recent = |at| since(at) < self.settings.renewal;
        self.cosigned.is_some_and(|(in_term, of, at)| (in_term, of) == (term, size) && recent(at))
    }

    /// After a restore: opens a new generation, and has the witnesses confirm what was signed last before anything else.
    async fn resume(&mut self, before: u64, term: u64, meta: &Meta) -> Result<Step> {
        if meta.sealed.generation <= before {
            let generation = meta.sealed.generation.saturating_add(1);
            let is_open = |meta: &Meta| meta.sealed.generation >= generation;
            self.propose(&Command::NewGeneration { generation }, is_open).await?;
            return Ok(Step::Begun);
        }
        let mut sealed = meta.sealed;
        if self.tiles.size() == TreeSize::ZERO {
            // There is nothing to ask with but the first checkpoint, whose root never changes.
            if sealed.size > TreeSize::ZERO {
                if self.tiles.stage(sealed.size, sealed.root)? == Staging::Begun {
                    return Ok(Step::Begun);
                }
                self.tiles.sign()?;
            } else {
                sealed = self.extend(sealed).await?;
            }
        }
        let (signed, size) = (self.tiles.signed().clone(), self.tiles.size());
        let tiles = &mut self.tiles;
        let lines = self.cosign.confirm(&signed, &mut |seen| tiles.consistency(seen, size))?;
        self.settle()?;
        if size < sealed.size { Ok(Step::Begun) } else { self.anchor(term, sealed, &lines).await }
    }

    /// Those of a quorum, of the checkpoint that was signed last.
    fn cosignatures(&mut self) -> Result<Vec<SignatureLine>> {
        let (signed, size) = (self.tiles.signed().clone(), self.tiles.size());
        let tiles = &mut self.tiles;
        self.cosign.cosign(&signed, &mut |seen| tiles.consistency(seen, size))
    }

    /// Makes what is sealed final, and publishes it.
    async fn anchor(&mut self, term: u64, sealed: Seal, lines: &[SignatureLine]) -> Result<Step> {
        let Seal { generation, size, .. } = sealed;
        let signatures: String = lines.iter().map(SignatureLine::to_string).collect();
        let is_final = |meta: &Meta| meta.anchored.seal == sealed && meta.anchored.signatures == signatures;
        self.propose(&Command::Anchor { generation, size, signatures: &signatures }, is_final).await?;
        self.cosigned = Some((term, size, now()));
        self.publish_final()?;
        Ok(Step::Done)
    }

    /// Writes tiles for what is new, has it sealed, and signs.
    async fn extend(&mut self, sealed: Seal) -> Result<Seal> {
        let from = sealed.size.get();
        let most = if from == 0 { 1 } else { ENTRIES_AT_ONCE };
        let nothing = || damaged("the tree has grown, and nobody knows to which size");
        let (size, root) = self.state.boundary(from, most)?.ok_or_else(nothing)?;
        while self.tiles.stage(size, root)? == Staging::Begun {}
        let seal = Seal { generation: sealed.generation, size, root };
        if planted(Planted::SignBeforeCommit) {
            self.tiles.sign()?;
        }
        self.propose(&Command::Seal(seal), |meta| meta.sealed == seal).await?;
        self.tiles.sign()?;
        Ok(seal)
    }

    /// Has a command committed. One whose fate is unknown may have been applied by now; else it is proposed again.
    async fn propose(&mut self, command: &Command<'_>, is_applied: impl Fn(&Meta) -> bool + Send) -> Result<()> {
        let answer = answer(Arc::clone(&self.proposer), command.encode(), self.stopped.clone()).await;
        if self.state.meta().is_some_and(|meta| is_applied(&meta)) || answer? == [ACCEPTED] {
            return Ok(());
        }
        Err(unknown("was not taken: another one came before it"))
    }
}

/// What consensus answers, unless this is to end first, or too much time passes: a leader without a majority has no
/// answer for as long as it has none.
async fn answer(proposer: Arc<dyn Propose>, command: Vec<u8>, mut stopped: watch::Receiver<()>) -> Result<Vec<u8>> {
    let answered = async {
        tokio::select! {
            biased;
            answer = proposer.propose(command) => answer,
            _ = stopped.changed() => Err(unknown("was not answered: the node stops")),
        }
    };
    within(PATIENCE, answered).await.unwrap_or_else(|| Err(unknown("was not answered in time")))
}

fn unknown(what: &str) -> Error {
    Error::new(Code::UnknownOutcome, "a step of publication", what, "it is tried again")
}

/// For one command: a majority that is there answers long before.
const PATIENCE: Duration = Duration::from_secs(10);
