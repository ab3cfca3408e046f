//! The log's witnesses: the real service without its HTTP, and what the node that leads asks of it.

use super::chance::Chance;
use super::history::{Event, History};
use super::town::{ORIGIN, Town, at};
use super::{QUORUM, observer, seconds};
use crate::error::{Error, Result};
use crate::log_signer::{LogSigner, SignedCheckpoint};
use crate::service::Cosign;
use crate::witness_service::{AddCheckpoint, WitnessConfig, WitnessService, WitnessedLog};
use ct_core::{Code, ConsistencyProof, Cosignature, Hash, Origin, SignatureLine, TreeSize, VerifierKey};
use ct_keys::KeyFile;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// One witness.
struct Desk {
    key: KeyFile,
    vkey: VerifierKey,
    config: WitnessConfig,
    service: Option<Arc<WitnessService>>,
}

/// All of them.
pub(super) struct Witnesses {
    desks: Vec<Desk>,
    history: History,
    chance: Chance,
    /// Those that this node cannot reach, by node and witness.
    pub(super) apart: BTreeSet<(u64, usize)>,
    /// One answer in so many is lost; 0 for none.
    pub(super) lost: u64,
}

/// What a witness said.
enum Said {
    Cosigned(SignatureLine),
    Seen(TreeSize),
    Contradicts,
    Nothing,
}

impl Witnesses {
    pub(super) fn new(town: &Town, dir: &Path, history: &History, chance: &Chance) -> Self {
        let log = LogSigner::new(copy(&town.log)).unwrap().verifier().clone();
        let desk = |(number, key): (usize, &KeyFile)| {
            let logs = vec![WitnessedLog { origin: Origin::new(ORIGIN).unwrap(), keys: vec![log.clone()] }];
            let config = WitnessConfig {
                listen: ([127, 0, 0, 1], 0).into(),
                key: PathBuf::new(),
                state: dir.join(format!("witness-{number}")),
                api: PathBuf::new(),
                logs,
            };
            let vkey = crate::witness::verifier(key).unwrap();
            Desk { key: copy(key), vkey, config, service: None }
        };
        let desks = town.witnesses.iter().enumerate().map(desk).collect();
        let (history, chance) = (history.clone(), chance.clone());
        let mut witnesses = Self { desks, history, chance, apart: BTreeSet::new(), lost: 0 };
        (0..witnesses.desks.len()).for_each(|number| witnesses.restart(number));
        witnesses
    }

    /// Ends a witness without warning, and starts it again.
    pub(super) fn restart(&mut self, number: usize) {
        let desk = &mut self.desks[number];
        desk.service = None;
        let clock = Arc::new(|| Ok(at(seconds())));
        desk.service = Some(WitnessService::open(&desk.config, copy(&desk.key), clock).unwrap());
    }

    pub(super) fn count(&self) -> usize {
        self.desks.len()
    }

    /// What it would know after its next start.
    fn remembered(&self, number: usize) -> u64 {
        let name = Hash::of(ORIGIN.as_bytes());
        let note = fs::read_to_string(self.desks[number].config.state.join(format!("{name}.last"))).unwrap();
        note.lines().nth(1).unwrap().parse().unwrap()
    }

    fn ask(&self, node: u64, number: usize, signed: &SignedCheckpoint, old: TreeSize, proof: Vec<Hash>) -> Said {
        if self.apart.contains(&(node, number)) || self.is_lost() {
            return Said::Nothing;
        }
        let desk = &self.desks[number];
        let request = AddCheckpoint { old, proof, note: signed.note(&[]) };
        let reply = desk.service.as_ref().unwrap().add_now(request.to_string().as_bytes());
        let said = match reply {
            Ok(Ok(line)) => {
                let (size, root) = (signed.checkpoint().size().get(), signed.checkpoint().root());
                let witness = u64::try_from(number).unwrap();
                self.history.tell(Event::Cosign { witness, node, size, root, remembered: self.remembered(number) });
                let line = ct_core::c2sp::parse_signatures(&line).unwrap().remove(0);
                Cosignature::from_line(&line).unwrap().verify(&desk.vkey, &signed.checkpoint().text()).unwrap();
                Said::Cosigned(line)
            }
            Ok(Err(size)) => Said::Seen(size),
            Err(error) if matches!(error.code(), Code::TamperedConsistency | Code::EquivocationLog) => {
                Said::Contradicts
            }
            Err(error) => panic!("witness {number}: {error}"),
        };
        // It has done what it was asked, and nobody hears of it.
        if self.is_lost() { Said::Nothing } else { said }
    }

    fn is_lost(&self) -> bool {
        self.lost > 0 && self.chance.one_in(self.lost)
    }
}

pub(super) fn copy(key: &KeyFile) -> KeyFile {
    KeyFile::generate(key.role(), key.id().clone(), &key.signing_key().to_bytes())
}

/// The witnesses, as one node sees them.
pub(super) struct Counter {
    pub(super) node: u64,
    pub(super) data: PathBuf,
    pub(super) witnesses: Arc<Mutex<Witnesses>>,
}

impl Counter {
    /// What each of them says, asked again with the proof that it wants.
    fn ask_all(
        &self,
        signed: &SignedCheckpoint,
        consistency: &mut dyn FnMut(TreeSize) -> Result<ConsistencyProof>,
    ) -> Result<Vec<Said>> {
        let witnesses = self.witnesses.lock().unwrap();
        let (size, root) = (signed.checkpoint().size(), signed.checkpoint().root());
        let fenced = observer::fence(&self.data).map_or(0, |fence| fence.size().get());
        witnesses.history.tell(Event::Sign { node: self.node, size: size.get(), root, fenced });
        let mut said = Vec::new();
        for number in 0..witnesses.count() {
            let mut answer = witnesses.ask(self.node, number, signed, TreeSize::ZERO, Vec::new());
            if let Said::Seen(seen) = answer
                && seen <= size
            {
                let proof = consistency(seen)?.path().to_vec();
                answer = witnesses.ask(self.node, number, signed, seen, proof);
            }
            said.push(answer);
        }
        Ok(said)
    }
}

fn quorum(said: Vec<Said>) -> Result<Vec<SignatureLine>> {
    let line = |said| if let Said::Cosigned(line) = said { Some(line) } else { None };
    let lines: Vec<SignatureLine> = said.into_iter().filter_map(line).collect();
    let too_few = || Error::new(Code::NotAnchoredQuorum, "checkpoint", "too few", "wait");
    if lines.len() < QUORUM { Err(too_few()) } else { Ok(lines) }
}

impl Cosign for Counter {
    fn cosign(
        &mut self,
        signed: &SignedCheckpoint,
        consistency: &mut dyn FnMut(TreeSize) -> Result<ConsistencyProof>,
    ) -> Result<Vec<SignatureLine>> {
        quorum(self.ask_all(signed, consistency)?)
    }

    fn confirm(
        &mut self,
        signed: &SignedCheckpoint,
        consistency: &mut dyn FnMut(TreeSize) -> Result<ConsistencyProof>,
    ) -> Result<Vec<SignatureLine>> {
        let said = self.ask_all(signed, consistency)?;
        if said.iter().any(|said| matches!(said, Said::Seen(_) | Said::Contradicts)) {
            return Err(Error::new(Code::DiscontinuousRestore, "witness", "has seen more", ""));
        }
        let lines = quorum(said)?;
        let size = signed.checkpoint().size().get();
        self.witnesses.lock().unwrap().history.tell(Event::Confirm { node: self.node, size });
        Ok(lines)
    }
}
