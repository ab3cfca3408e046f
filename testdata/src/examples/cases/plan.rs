//! One case before it is written: a valid bundle, and what is changed about it.

use crate::case::{CaseFile, ExpectFile};
use crate::draft::Draft;
use crate::examples::file::Files;
use crate::parts::Parts;
use crate::world::{self, DAY, ISSUED};
use ct_core::state::State;
use ct_core::{Code, Mode, StepName, Trust};

/// The document of every case.
pub(super) const DOCUMENT: &[u8] = b"EXAMPLE: this document proves nothing.\n";

/// A case in the making: the draft is changed first, then the bundle's parts, then its bytes.
#[derive(Clone)]
pub(super) struct Plan {
    pub(super) name: &'static str,
    description: &'static str,
    expected: (Code, Option<StepName>),
    draft: Draft,
    parts: Option<Parts>,
    bytes: Option<Vec<u8>>,
    bundle_size: Option<usize>,
    trust: (&'static str, Vec<u8>),
    trust_size: Option<usize>,
    predecessors: Vec<(&'static str, Vec<u8>)>,
    state: Option<State>,
    evidence: Option<Vec<u8>>,
    document: Option<Vec<u8>>,
    hash_only: bool,
    at: u64,
    mode: Mode,
}

impl Plan {
    /// A bundle that verifies.
    pub(super) fn verified(name: &'static str, description: &'static str) -> Self {
        Self {
            name,
            description,
            expected: (Code::Ok, None),
            draft: Draft::new("case", DOCUMENT),
            parts: None,
            bytes: None,
            bundle_size: None,
            trust: ("example", world::sign(&world::trust())),
            trust_size: None,
            predecessors: vec![],
            state: None,
            evidence: None,
            document: None,
            hash_only: false,
            at: ISSUED + DAY,
            mode: Mode::Strict,
        }
    }

    /// A bundle that will be changed so that this step fails with this code.
    pub(super) fn refused(name: &'static str, code: Code, step: StepName, description: &'static str) -> Self {
        Self { expected: (code, Some(step)), ..Self::verified(name, description) }
    }

    /// Changes what is signed.
    pub(super) fn draft(mut self, change: impl FnOnce(&mut Draft)) -> Self {
        assert!(self.parts.is_none() && self.bytes.is_none(), "{}: it is signed already", self.name);
        change(&mut self.draft);
        self
    }

    /// Changes the bundle's parts.
    pub(super) fn parts(mut self, change: impl FnOnce(&mut Parts)) -> Self {
        assert!(self.bytes.is_none(), "{}: it is encoded already", self.name);
        let mut parts = self.parts.take().unwrap_or_else(|| self.draft.parts());
        change(&mut parts);
        self.parts = Some(parts);
        self
    }

    /// Changes the bundle's bytes.
    pub(super) fn bytes(mut self, change: impl FnOnce(&mut Vec<u8>)) -> Self {
        let mut bytes = self.bundle();
        change(&mut bytes);
        self.bytes = Some(bytes);
        self
    }

    /// Another trust root, to be written under this name.
    pub(super) fn trust(self, name: &'static str, change: impl FnOnce(&mut Trust)) -> Self {
        let mut trust = world::trust();
        change(&mut trust);
        self.trust_bytes(name, world::sign(&trust))
    }

    /// Other bytes for the trust root.
    pub(super) fn trust_bytes(mut self, name: &'static str, bytes: Vec<u8>) -> Self {
        self.trust = (name, bytes);
        self
    }

    /// A trust root before the last one, to be written under this name.
    pub(super) fn predecessor(mut self, name: &'static str, bytes: Vec<u8>) -> Self {
        self.predecessors.push((name, bytes));
        self
    }

    /// What earlier runs remembered.
    pub(super) fn state(mut self, remember: impl FnOnce(&mut State)) -> Self {
        let mut state = State::default();
        remember(&mut state);
        self.state = Some(state);
        self
    }

    /// Evidence that a log has shown two histories.
    pub(super) fn evidence(mut self, bytes: Vec<u8>) -> Self {
        self.evidence = Some(bytes);
        self
    }

    /// The trust root is padded to this size.
    pub(super) const fn trust_size(mut self, size: usize) -> Self {
        self.trust_size = Some(size);
        self
    }

    /// The bundle is padded to this size.
    pub(super) const fn bundle_size(mut self, size: usize) -> Self {
        self.bundle_size = Some(size);
        self
    }

    /// The document is not in the bundle but this one is beside it.
    pub(super) fn beside(self, document: &[u8]) -> Self {
        let mut plan = self.parts(|parts| parts.document = None);
        plan.document = Some(document.to_vec());
        plan
    }

    /// Only the hash is asked about, and no document is there.
    pub(super) fn hash_only(self) -> Self {
        let mut plan = self.parts(|parts| parts.document = None);
        plan.hash_only = true;
        plan
    }

    pub(super) const fn at(mut self, at: u64) -> Self {
        self.at = at;
        self
    }

    pub(super) const fn mode(mut self, mode: Mode) -> Self {
        self.mode = mode;
        self
    }

    fn bundle(&self) -> Vec<u8> {
        let parts = || self.parts.clone().unwrap_or_else(|| self.draft.parts());
        self.bytes.clone().unwrap_or_else(|| parts().encode())
    }

    /// Adds the case's files; those with the same bundle share nothing, so that each can be looked at alone.
    pub(super) fn write(self, files: &mut Files) {
        let name = self.name;
        let (code, step) = self.expected;
        let file = CaseFile {
            description: self.description.to_owned(),
            bundle: format!("{name}.cbor"),
            bundle_padded_to: self.bundle_size,
            trust: format!("{}.cbor", self.trust.0),
            predecessors: self.predecessors.iter().map(|(name, _)| format!("{name}.cbor")).collect(),
            trust_padded_to: self.trust_size,
            document: self.document.as_ref().map(|_| format!("{name}.document")),
            state: self.state.as_ref().map(|_| format!("{name}.state")),
            evidence: self.evidence.iter().map(|_| format!("{name}.evidence")).collect(),
            hash_only: self.hash_only,
            at: world::time(self.at).to_string(),
            mode: self.mode.as_str().to_owned(),
            expect: ExpectFile {
                status: if code == Code::Ok { "verified" } else { "unverified" }.to_owned(),
                code: code.to_string(),
                step: step.map(|step| step.as_str().to_owned()),
            },
        };
        let mut json = serde_json::to_string_pretty(&file).expect("a case file has a text form");
        json.push('\n');
        files.add(&format!("testdata/cases/{name}.json"), json.into_bytes());
        files.add(&format!("testdata/cases/{name}.cbor"), self.bundle());
        files.add(&format!("testdata/trust/{}.cbor", self.trust.0), self.trust.1);
        for (name, bytes) in self.predecessors {
            files.add(&format!("testdata/trust/{name}.cbor"), bytes);
        }
        if let Some(state) = self.state {
            files.add(&format!("testdata/cases/{name}.state"), state.encode());
        }
        if let Some(evidence) = self.evidence {
            files.add(&format!("testdata/cases/{name}.evidence"), evidence);
        }
        if let Some(document) = self.document {
            files.add(&format!("testdata/cases/{name}.document"), document);
        }
    }
}

/// Replaces the only place where `from` stands.
pub(super) fn replace(bytes: &mut Vec<u8>, from: &[u8], to: &[u8]) {
    let places: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at..].starts_with(from)).collect();
    assert_eq!(places.len(), 1, "{from:02x?} stands in {} places", places.len());
    bytes.splice(places[0]..places[0] + from.len(), to.iter().copied());
}

/// Flips the lowest bit of one hash of a path.
pub(super) fn flip(path: &mut [ct_core::Hash], position: usize) {
    let mut bytes = *path[position].as_bytes();
    bytes[0] ^= 1;
    path[position] = ct_core::Hash::new(bytes);
}
