//! Everything that goes into one bundle, before anybody has signed.

use crate::claims::ClaimsDraft;
use crate::key;
use crate::note::LineKey;
use crate::parts::{LaterParts, Parts};
use crate::status::{STATUS_INDEX, StatusDraft, StatusPlace};
use crate::tree::Tree;
use crate::world::{self, ISSUED, ORIGIN, UNIVERSITY, WITNESSES};
use ct_core::merkle::leaf_hash;
use ct_core::{Batch, Hash, StatementHeader, StatementType, StatusReference, Subject, SubjectKind};
use std::sync::OnceLock;

/// Everything that goes into one bundle. [`Draft::new`] gives a valid one; change what is to be otherwise, then let
/// [`Draft::parts`] sign and log it. What is wrong in a draft is properly signed; what is changed in the parts is not.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The document.
    pub document: Vec<u8>,
    /// Whether the subject is a file or claims.
    pub kind: SubjectKind,
    /// The claims, which then stand for the document.
    pub claims: Option<ClaimsDraft>,
    /// The subject's salt.
    pub salt: [u8; 16],
    /// Whom or what the document is about.
    pub sub: String,
    /// Where its status is published.
    pub status: Option<(String, u64)>,
    /// The other subjects of the statement.
    pub batch: Option<BatchDraft>,
    /// What the issuer signs about the subjects.
    pub header: Header,
    /// Another payload than the root of the tree of the subjects.
    pub payload: Option<Hash>,
    /// The example key that signs the statement.
    pub issuer_key: String,
    /// The log's origin.
    pub origin: String,
    /// The log's entries before the statement.
    pub before: Vec<Vec<u8>>,
    /// The log's entries after it, up to the anchor.
    pub after: Vec<Vec<u8>>,
    /// The keys with which the log signs the anchor.
    pub log_keys: Vec<LineKey>,
    /// The witnesses of the anchor, and when each saw it.
    pub cosigners: Vec<(LineKey, u64)>,
    /// Later checkpoints.
    pub later: Vec<LaterDraft>,
    /// The status list that goes with the bundle.
    pub stapled: Option<StatusDraft>,
}

/// The other subjects of a statement.
#[derive(Clone, Debug)]
pub struct BatchDraft {
    /// Their hashes.
    pub others: Vec<Hash>,
    /// How many of them stand before the subject.
    pub position: usize,
}

/// The values of a [`StatementHeader`], owned.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields are those of StatementHeader, times in seconds")]
pub struct Header {
    pub kid: String,
    pub issuer: String,
    pub id: String,
    pub expires: Option<u64>,
    pub not_before: Option<u64>,
    pub issued_at: u64,
    pub request_id: Vec<u8>,
    /// Other than the number of subjects there are.
    pub subjects: Option<u64>,
    pub document_type: String,
    pub statement_type: StatementType,
}

/// A checkpoint after the anchor.
#[derive(Clone, Debug)]
pub struct LaterDraft {
    /// The entries since the checkpoint before.
    pub entries: Vec<Vec<u8>>,
    /// The keys with which the log signs it.
    pub log_keys: Vec<LineKey>,
    /// Its witnesses, and when each saw it.
    pub cosigners: Vec<(LineKey, u64)>,
}

impl Draft {
    /// A diploma in a log of some dozen entries, seen by all three witnesses 60, 75 and 90 seconds after its issue.
    #[must_use]
    pub fn new(name: &str, document: &[u8]) -> Self {
        Self {
            before: fillers(0, 17),
            after: fillers(17, 37),
            log_keys: vec![LineKey::new(ORIGIN)],
            cosigners: cosigners(ISSUED + 60),
            ..Self::unlogged(name, document)
        }
    }

    /// The same in a log of four entries.
    #[must_use]
    pub fn small(name: &str, document: &[u8]) -> Self {
        Self { before: fillers(0, 1), after: fillers(1, 3), ..Self::new(name, document) }
    }

    /// The same, refreshed: a later checkpoint with so many more entries, seen by all witnesses from `time` on.
    #[must_use]
    pub fn refreshed(mut self, entries: usize, time: u64) -> Self {
        let have = 100 * (self.later.len() + 1);
        let log_keys = self.log_keys.clone();
        self.later.push(LaterDraft { entries: fillers(have, have + entries), log_keys, cosigners: cosigners(time) });
        self
    }

    /// A document of claims instead of a file; the first `mandatory` of them are always shown.
    #[must_use]
    pub fn of_claims(mut self, mandatory: u64, claims: &[(&str, &str)]) -> Self {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        self.kind = SubjectKind::Claims;
        self.claims = Some(ClaimsDraft { mandatory, claims: claims.iter().map(owned).collect() });
        self
    }

    /// The document has a status, and goes with the list that says so.
    #[must_use]
    pub fn with_status(mut self, list: StatusDraft) -> Self {
        self.status = Some((list.uri.clone(), STATUS_INDEX));
        self.stapled = Some(list);
        self
    }

    /// The encoded subject.
    #[must_use]
    pub fn subject(&self) -> Vec<u8> {
        let status = self.status.as_ref().map(|(uri, index)| StatusReference { uri, index: *index });
        let document_hash = self.document_hash();
        Subject { kind: self.kind, document_hash, salt: self.salt, sub: &self.sub, status }.encode()
    }

    /// The signed statement.
    #[must_use]
    pub fn statement(&self) -> Vec<u8> {
        let leaves = self.leaves();
        let header = self.header.borrow(count(&leaves));
        let payload = self.payload.unwrap_or_else(|| Tree::of_leaves(leaves).root());
        header.seal(&payload, &key::sign(&self.issuer_key, &header.signature_input(&payload)))
    }

    /// The bundle's parts, with the document.
    #[must_use]
    pub fn parts(&self) -> Parts {
        let statement = self.statement();
        let mut entries = self.before.clone();
        let index = count(&entries);
        entries.push(statement.clone());
        entries.extend_from_slice(&self.after);
        let mut status = StatusPlace::new(self.stapled.as_ref());
        status.log(0, &mut entries);
        let tree = Tree::of(&entries);
        status.prove(0, &tree);
        let checkpoint = tree.checkpoint(&self.origin);
        let signatures = lines(&self.log_keys, &self.cosigners, &checkpoint);
        let mut parts = Parts {
            batch: self.batch_part(),
            status: None,
            subject: Some(self.subject()),
            document: self.claims.is_none().then(|| self.document.clone()),
            statement: Some(statement),
            tree_size: Some(tree.size().get()),
            checkpoint: Some(checkpoint),
            disclosure: self.claims.as_ref().map(ClaimsDraft::disclosure),
            leaf_index: Some(index),
            document_hash: Some(self.document_hash()),
            inclusion_proof: Some(tree.inclusion(index)),
            later: vec![],
            checkpoint_signature: Some(signatures),
        };
        let mut before = tree;
        for (number, later) in (1..).zip(&self.later) {
            entries.extend_from_slice(&later.entries);
            status.log(number, &mut entries);
            let tree = Tree::of(&entries);
            status.prove(number, &tree);
            let checkpoint = tree.checkpoint(&self.origin);
            let checkpoint_signature = Some(lines(&later.log_keys, &later.cosigners, &checkpoint));
            let proof = tree.consistency(before.size());
            parts.later.push(LaterParts { checkpoint, checkpoint_signature, proof });
            before = tree;
        }
        parts.status = status.part;
        parts
    }

    /// The bundle's parts, without the document.
    #[must_use]
    pub fn detached(&self) -> Parts {
        Parts { document: None, ..self.parts() }
    }

    /// Nobody has logged it yet.
    pub(crate) fn unlogged(name: &str, document: &[u8]) -> Self {
        Self {
            document: document.to_vec(),
            kind: SubjectKind::File,
            claims: None,
            salt: key::fixed(&format!("salt/{name}")),
            sub: String::new(),
            status: None,
            batch: None,
            header: Header::new(name),
            payload: None,
            issuer_key: "university-2026".to_owned(),
            origin: ORIGIN.to_owned(),
            before: vec![],
            after: vec![],
            log_keys: vec![],
            cosigners: vec![],
            later: vec![],
            stapled: None,
        }
    }

    fn document_hash(&self) -> Hash {
        self.claims.as_ref().map_or_else(|| Hash::of(&self.document), ClaimsDraft::document_hash)
    }

    fn leaves(&self) -> Vec<Hash> {
        let mut leaves = self.batch.as_ref().map_or(vec![], |batch| batch.others.clone());
        leaves.insert(self.batch.as_ref().map_or(0, |batch| batch.position), leaf_hash(&self.subject()));
        leaves
    }

    fn batch_part(&self) -> Option<Batch> {
        let batch = self.batch.as_ref()?;
        let tree = Tree::of_leaves(self.leaves());
        let index = u64::try_from(batch.position).expect("a small number");
        Some(Batch { index, size: tree.size().get(), proof: tree.inclusion(index) })
    }
}

impl Header {
    pub(crate) fn new(name: &str) -> Self {
        Self {
            kid: "university-2026".to_owned(),
            issuer: UNIVERSITY.to_owned(),
            id: hex(&key::fixed::<8>(&format!("statement/{name}"))),
            expires: None,
            not_before: None,
            issued_at: ISSUED,
            request_id: key::fixed::<16>(&format!("request/{name}")).to_vec(),
            subjects: None,
            document_type: "diploma".to_owned(),
            statement_type: StatementType::Document,
        }
    }

    pub(crate) fn borrow(&self, count: u64) -> StatementHeader<'_> {
        StatementHeader {
            kid: self.kid.as_bytes(),
            issuer: &self.issuer,
            id: &self.id,
            expires: self.expires.map(world::time),
            not_before: self.not_before.map(world::time),
            issued_at: world::time(self.issued_at),
            request_id: &self.request_id,
            subjects: self.subjects.unwrap_or(count),
            document_type: &self.document_type,
            statement_type: self.statement_type,
        }
    }
}

/// Puts the drafts into one log, with `gap` other entries before, between and after them, so that all of them have the
/// same anchor.
pub fn in_one_log(drafts: &mut [Draft], gap: usize) {
    let statements: Vec<Vec<u8>> = drafts.iter().map(Draft::statement).collect();
    let mut entries = fillers(0, 1);
    let mut places = Vec::new();
    for (position, statement) in statements.into_iter().enumerate() {
        entries.extend(fillers(1 + position * gap, 1 + (position + 1) * gap));
        places.push(entries.len());
        entries.push(statement);
    }
    let used = 1 + places.len() * gap;
    entries.extend(fillers(used, used + gap));
    for (draft, place) in drafts.iter_mut().zip(places) {
        draft.before = entries[..place].to_vec();
        draft.after = entries[place + 1..].to_vec();
    }
}

/// All three witnesses, 15 seconds apart.
#[must_use]
pub fn cosigners(first: u64) -> Vec<(LineKey, u64)> {
    let times = [first, first + 15, first + 30];
    WITNESSES.map(LineKey::new).into_iter().zip(times).collect()
}

/// Entries that are there only to make the log longer: the genesis entry, then statements about nothing in particular.
#[must_use]
pub fn fillers(from: usize, to: usize) -> Vec<Vec<u8>> {
    static FILLERS: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    let filler = |number: usize| {
        if number == 0 { genesis() } else { Draft::unlogged(&format!("filler/{number}"), b"filler").statement() }
    };
    FILLERS.get_or_init(|| (0..FILLER_COUNT).map(filler).collect())[from..to].to_vec()
}

const FILLER_COUNT: usize = 600;

/// The log's first entry: a root key's statement about the log's parameters.
fn genesis() -> Vec<u8> {
    let mut w = ct_core::cbor::Writer::new();
    w.map(4).text("kind").text("civictrust.log").text("origin").text(ORIGIN);
    w.text("created").uint(world::BEGIN).text("version").uint(1);
    let payload = Hash::of(&w.finish());
    let header = Header {
        kid: world::ROOT.to_owned(),
        issuer: "City of Example".to_owned(),
        issued_at: world::BEGIN,
        document_type: "genesis".to_owned(),
        statement_type: StatementType::Genesis,
        ..Header::new("genesis")
    };
    let header = header.borrow(1);
    header.seal(&payload, &key::sign(world::ROOT, &header.signature_input(&payload)))
}

/// The log's signatures, then the witnesses'.
fn lines(log_keys: &[LineKey], cosigners: &[(LineKey, u64)], checkpoint: &str) -> String {
    let log = log_keys.iter().map(|key| key.log_line(checkpoint));
    log.chain(cosigners.iter().map(|(key, time)| key.cosignature_line(*time, checkpoint))).collect()
}

fn count<T>(items: &[T]) -> u64 {
    u64::try_from(items.len()).expect("a small number")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
