//! What each command does to the state. No clock, no randomness, no file: the same command, the same change.

use super::meta::damaged;
use super::tables::{
    BOUNDARIES, CLIENTS, Client, ENTRIES, IDENTITIES, NONCE_TIMES, NONCES, SUBMISSION_TIMES, SUBMISSIONS, Submission,
    failed, opened, sealed, sealed_index, submission_key,
};
use super::{Anchored, Counts, Meta, TrustInForce};
use crate::command::{Answer, Command, Outcome, Seal};
use crate::envelope::{Envelope, MessageType, WINDOW};
use crate::error::Result;
use crate::{gate, log, statement};
use ct_core::limits::MAX_CLIENTS;
use ct_core::merkle::leaf_hash;
use ct_core::{Code, CompactRange, Hash, Origin, Seconds, Statement, Timestamp, TreeSize};
use redb::{ReadableTable, ReadableTableMetadata, Table, WriteTransaction};
use std::collections::HashSet;
use std::sync::Arc;

/// The state within one transaction.
pub(super) struct Transition<'t> {
    meta: Option<Meta>,
    clients: Table<'t, &'static [u8], &'static [u8]>,
    submissions: Table<'t, &'static [u8; 48], &'static [u8]>,
    submission_times: Table<'t, (u64, &'static [u8; 48]), ()>,
    nonces: Table<'t, &'static [u8; 32], ()>,
    nonce_times: Table<'t, (u64, &'static [u8; 32]), ()>,
    identities: Table<'t, &'static [u8; 32], &'static [u8; 16]>,
    pub(super) entries: Table<'t, u64, &'static [u8]>,
    pub(super) boundaries: Table<'t, u64, &'static [u8]>,
}

impl<'t> Transition<'t> {
    pub(super) fn begin(transaction: &'t WriteTransaction, meta: Option<Meta>) -> Result<Self> {
        Ok(Self {
            meta,
            clients: transaction.open_table(CLIENTS).map_err(failed)?,
            submissions: transaction.open_table(SUBMISSIONS).map_err(failed)?,
            submission_times: transaction.open_table(SUBMISSION_TIMES).map_err(failed)?,
            nonces: transaction.open_table(NONCES).map_err(failed)?,
            nonce_times: transaction.open_table(NONCE_TIMES).map_err(failed)?,
            identities: transaction.open_table(IDENTITIES).map_err(failed)?,
            entries: transaction.open_table(ENTRIES).map_err(failed)?,
            boundaries: transaction.open_table(BOUNDARIES).map_err(failed)?,
        })
    }

    /// The summary after the commands so far.
    pub(super) fn into_meta(self) -> Option<Meta> {
        self.meta
    }

    pub(super) const fn meta(&self) -> Option<&Meta> {
        self.meta.as_ref()
    }

    pub(super) fn counts(&self) -> Result<Counts> {
        let first = self.entries.first().map_err(failed)?.map(|(index, _)| index.value());
        let last = self.entries.last().map_err(failed)?.map(|(index, _)| index.value());
        Ok(Counts {
            identities: self.identities.len().map_err(failed)?,
            entries: self.entries.len().map_err(failed)?,
            pending: first.zip(last),
        })
    }

    /// Applies one command. Its answer; a refusal is an answer, an error means that this node cannot go on.
    pub(super) fn apply(&mut self, bytes: &[u8]) -> Result<Vec<u8>> {
        let before = self.meta.as_ref().map(|meta| meta.tree.size());
        let answer = match Command::parse(bytes)? {
            Command::Bootstrap { origin, genesis, trust, clients } => {
                self.bootstrap(origin, genesis, trust, &clients)?
            }
            Command::Batch { at, envelopes } => self.batch(at, &envelopes)?,
            Command::Seal(seal) => self.seal(seal)?,
            Command::Trust { trust } => self.replace_trust(trust)?,
            Command::Anchor { generation, size, signatures } => self.anchor(generation, size, signatures)?,
            Command::NewGeneration { generation } => self.open_generation(generation)?,
        };
        self.mark_boundary(before)?;
        let meta = self.known_mut()?;
        meta.history =
            Hash::of_parts(&[meta.history.as_bytes(), Hash::of(bytes).as_bytes(), Hash::of(&answer).as_bytes()]);
        Ok(answer)
    }

    pub(super) fn known(&self) -> Result<&Meta> {
        self.meta.as_ref().ok_or_else(|| damaged("its first command is not a bootstrap"))
    }

    pub(super) fn known_mut(&mut self) -> Result<&mut Meta> {
        self.meta.as_mut().ok_or_else(|| damaged("its first command is not a bootstrap"))
    }

    /// The first command makes the log; the same again changes nothing, so that several nodes may try.
    fn bootstrap(
        &mut self,
        origin: &str,
        genesis: &[u8],
        trust: &[u8],
        clients: &[(&[u8], [u8; 32])],
    ) -> Result<Vec<u8>> {
        if self.meta.is_some() {
            return Ok(Vec::new());
        }
        statement::check_genesis(genesis, &Origin::new(origin)?)?;
        let trust = Arc::new(TrustInForce::load(trust)?);
        for (kid, key) in clients {
            self.write_client(kid, Client { version: 1, key: Some(*key) })?;
        }
        let nothing = Seal { generation: 1, size: TreeSize::ZERO, root: CompactRange::new().root() };
        self.meta = Some(Meta {
            origin: origin.to_owned(),
            tree: CompactRange::new(),
            sealed: nothing,
            anchored: Anchored { seal: nothing, signatures: String::new() },
            trust,
            history: Hash::of(b""),
        });
        let identity = log::identity(genesis, 0)?;
        self.push(&[(identity, genesis)])?;
        Ok(Vec::new())
    }

    fn batch(&mut self, at: Timestamp, envelopes: &[&[u8]]) -> Result<Vec<u8>> {
        // Its own time and not the greatest so far: a clock that was wrong once must not close the log for ever.
        let now = at;
        self.known()?;
        // The proposer has read them, so they can be read.
        let envelopes = envelopes.iter().map(|bytes| Envelope::parse(bytes)).collect::<Result<Vec<_>>>()?;
        // Only if a sender's clock agrees: one that is wrong alone must forget nothing that is wanted when it is right again.
        if envelopes.iter().any(|envelope| envelope.check_time(now).is_ok()) {
            self.forget(now, envelopes.len())?;
        }
        let mut answers = Vec::with_capacity(envelopes.len());
        for envelope in &envelopes {
            answers.push(self.submit(envelope, now)?);
        }
        Ok(Answer::encode_all(&answers))
    }

    fn submit(&mut self, envelope: &Envelope<'_>, now: Timestamp) -> Result<Answer> {
        let answer = |outcome, repeated| Answer { request_id: envelope.request_id, outcome, repeated };
        let refused = |code| answer(Outcome::Refused { code, entry: 0 }, false);
        // Neither of these is remembered as the answer to the request: it may be asked again, signed anew.
        if let Err(error) = envelope.check_time(now) {
            return Ok(refused(error.code()));
        }
        if !self.first_use(envelope, now)? {
            return Ok(refused(Code::ReplayedRequest));
        }
        // It may have been deleted since a proposer looked, who may not have heard of that yet.
        if envelope.message_type == MessageType::Submit && !self.may_submit(envelope.kid)? {
            return Ok(refused(Code::UnknownClient));
        }
        let key = submission_key(envelope.request_id, envelope.kid);
        if let Some(known) = self.submissions.get(&key).map_err(failed)? {
            let known = Submission::parse(&key, known.value())?;
            let same = known.payload_hash == envelope.payload_hash;
            return Ok(if same { answer(known.outcome, true) } else { refused(Code::ConflictRequestId) });
        }
        let outcome = match envelope.message_type {
            MessageType::Submit => self.record(envelope, now)?,
            MessageType::PutClient | MessageType::DeleteClient => self.change_client(envelope)?,
            MessageType::PutMember | MessageType::DeleteMember => self.allow_members(envelope)?,
        };
        let submission = Submission { payload_hash: envelope.payload_hash, at: now, outcome };
        self.submissions.insert(&key, submission.encode(&key).as_slice()).map_err(failed)?;
        self.submission_times.insert((now.seconds(), &key), ()).map_err(failed)?;
        Ok(answer(outcome, false))
    }

    fn may_submit(&self, kid: &[u8]) -> Result<bool> {
        let known = self.clients.get(kid).map_err(failed)?;
        let known = known.map(|record| Client::parse(kid, record.value())).transpose()?;
        Ok(known.is_some_and(|client| client.key.is_some()))
    }

    /// Puts the statements into the log, all of them or none.
    fn record(&mut self, envelope: &Envelope<'_>, now: Timestamp) -> Result<Outcome> {
        Ok(match self.admitted(envelope, now)? {
            Ok(entries) => {
                let count = u64::try_from(entries.len()).unwrap_or(u64::MAX);
                Outcome::Sequenced { first: self.push(&entries)?, count }
            }
            Err((code, entry)) => Outcome::Refused { code, entry },
        })
    }

    /// Notes the nonce; false if it was used before (R8.3).
    fn first_use(&mut self, envelope: &Envelope<'_>, now: Timestamp) -> Result<bool> {
        let length = u64::try_from(envelope.kid.len()).unwrap_or(u64::MAX).to_be_bytes();
        let key = Hash::of_parts(&[&length, envelope.kid, &envelope.nonce]);
        let known = self.nonces.insert(key.as_bytes(), ()).map_err(failed)?.is_some();
        if !known {
            self.nonce_times.insert((now.seconds(), key.as_bytes()), ()).map_err(failed)?;
        }
        Ok(!known)
    }

    /// Each entry with its identity, if the log may have all of them; else why not, and which is the first.
    #[expect(clippy::type_complexity, reason = "used once")]
    fn admitted<'a>(
        &self,
        envelope: &Envelope<'a>,
        now: Timestamp,
    ) -> Result<std::result::Result<Vec<(Hash, &'a [u8])>, (Code, u64)>> {
        let trust = self.known()?.trust.root().trust();
        let mut admitted: Vec<(Hash, &[u8])> = Vec::new();
        let mut in_request = HashSet::new();
        let entries = match envelope.entries() {
            Ok(entries) => entries,
            Err(error) => return Ok(Err((error.code(), 0))),
        };
        for (entry, place) in entries.into_iter().zip(0..) {
            let refused = |code| Ok(Err((code, place)));
            let parsed = match Statement::parse(entry) {
                Ok(parsed) => parsed,
                Err(error) => return refused(error.code()),
            };
            if let Err(error) = gate::admit_statement(trust, parsed.header(), now) {
                return refused(error.code());
            }
            // Never the first: a genesis was refused above.
            let identity = log::identity(entry, 1)?;
            let known = self.identities.get(identity.as_bytes()).map_err(failed)?.is_some();
            if known || !in_request.insert(identity) {
                return refused(Code::ConflictStatement);
            }
            admitted.push((identity, entry));
        }
        Ok(Ok(admitted))
    }

    /// Appends entries, each with its identity; the index of the first.
    pub(super) fn push(&mut self, entries: &[(Hash, &[u8])]) -> Result<u64> {
        let first = self.known()?.tree.size().get();
        for ((identity, entry), index) in entries.iter().zip(first..) {
            let meta = self.known_mut()?;
            meta.tree.append(leaf_hash(entry))?;
            let place = sealed_index(identity.as_bytes(), index);
            if self.identities.insert(identity.as_bytes(), &place).map_err(failed)?.is_some() {
                return Err(damaged("a statement would be in the log twice"));
            }
            let record = sealed(&index.to_be_bytes(), entry.to_vec());
            self.entries.insert(index, record.as_slice()).map_err(failed)?;
        }
        Ok(first)
    }

    /// Remembers size and root of a tree that has grown, for the seal to be compared with.
    pub(super) fn mark_boundary(&mut self, before: Option<TreeSize>) -> Result<()> {
        let meta = self.meta.as_ref().filter(|meta| before.is_none_or(|before| before < meta.tree.size()));
        let Some((size, root)) = meta.map(|meta| (meta.tree.size().get(), meta.tree.root())) else { return Ok(()) };
        let record = sealed(&size.to_be_bytes(), root.as_bytes().to_vec());
        self.boundaries.insert(size, record.as_slice()).map(drop).map_err(failed)
    }

    /// Only a root that this node has come to by itself is sealed. A mismatch means that its tree or the proposer's is
    /// wrong, and the node stops.
    fn seal(&mut self, seal: Seal) -> Result<Vec<u8>> {
        let meta = self.known_mut()?;
        if seal.generation != meta.sealed.generation || seal.size <= meta.sealed.size || meta.has_open_seal() {
            // From a leader whose time is over, or who is ahead of the witnesses: nothing is signed for it.
            return Ok(vec![REFUSED]);
        }
        meta.sealed = seal;
        let size = seal.size.get();
        let own = self.boundaries.get(size).map_err(failed)?;
        let own = own.ok_or_else(|| damaged("a seal covers entries between which this node's tree never stood"))?;
        if opened(&size.to_be_bytes(), own.value())? != seal.root.as_bytes() {
            return Err(damaged("a seal has another root than this node's tree had"));
        }
        drop(own);
        self.boundaries.retain_in(..size, |_, _| false).map_err(failed)?;
        Ok(vec![ACCEPTED])
    }

    /// What is sealed is final. The same again replaces the lines: an idle log is cosigned anew.
    fn anchor(&mut self, generation: u64, size: TreeSize, signatures: &str) -> Result<Vec<u8>> {
        let meta = self.known_mut()?;
        if size == TreeSize::ZERO || (generation, size) != (meta.sealed.generation, meta.sealed.size) {
            return Ok(vec![REFUSED]);
        }
        meta.anchored = Anchored { seal: meta.sealed, signatures: signatures.to_owned() };
        Ok(vec![ACCEPTED])
    }

    /// What was sealed stays sealed; what a leader before the restore still proposes is refused.
    fn open_generation(&mut self, generation: u64) -> Result<Vec<u8>> {
        let meta = self.known_mut()?;
        if meta.sealed.generation.checked_add(1) != Some(generation) {
            return Ok(vec![REFUSED]);
        }
        meta.sealed.generation = generation;
        Ok(vec![ACCEPTED])
    }

    /// Puts or deletes a client, if a root key of the trust root in force has signed that (R9.1, R9.2, R9.6).
    fn change_client(&mut self, envelope: &Envelope<'_>) -> Result<Outcome> {
        let refused = |code| Ok(Outcome::Refused { code, entry: 0 });
        if let Err(code) = self.known()?.check_root(envelope) {
            return refused(code);
        }
        let change = match envelope.client_change() {
            Ok(change) => change,
            Err(error) => return refused(error.code()),
        };
        let known = self.clients.get(change.kid).map_err(failed)?;
        let known = known.map(|record| Client::parse(change.kid, record.value())).transpose()?;
        let version = known.map_or(0, |known| known.version);
        if change.if_version.is_some_and(|expected| expected != version) {
            return refused(Code::ConflictVersion);
        }
        if change.key.is_none() && known.is_none_or(|known| known.key.is_none()) {
            return refused(Code::UnknownClient);
        }
        if known.is_none()
            && usize::try_from(self.clients.len().map_err(failed)?).map_or(true, |count| count >= MAX_CLIENTS)
        {
            return refused(Code::LimitNumber);
        }
        let version = version.saturating_add(1);
        self.write_client(change.kid, Client { version, key: change.key })?;
        Ok(Outcome::Changed { version })
    }

    /// Records that a root key of the trust root in force wants the members so (R9.6). Who they are is kept by
    /// consensus, which is told when this is committed; so there is no version.
    fn allow_members(&self, envelope: &Envelope<'_>) -> Result<Outcome> {
        let checked = self.known()?.check_root(envelope);
        let checked = checked.and_then(|()| envelope.member_change().map_err(|error| error.code()));
        Ok(match checked {
            Ok(_) => Outcome::Changed { version: 0 },
            Err(code) => Outcome::Refused { code, entry: 0 },
        })
    }

    fn write_client(&mut self, kid: &[u8], client: Client) -> Result<()> {
        self.clients.insert(kid, client.encode(kid).as_slice()).map(drop).map_err(failed)
    }

    /// A trust root that is signed by enough of the keys of the one before (R8.1).
    fn replace_trust(&mut self, trust: &[u8]) -> Result<Vec<u8>> {
        let meta = self.known_mut()?;
        match meta.trust.successor(trust) {
            Ok(successor) => {
                meta.trust = Arc::new(successor);
                Ok(vec![ACCEPTED])
            }
            Err(_) => Ok(vec![REFUSED]),
        }
    }

    /// Forgets a bounded number of answers and nonces whose time is over, more than a batch can add.
    fn forget(&mut self, now: Timestamp, added: usize) -> Result<()> {
        let most = added.saturating_mul(2).saturating_add(FORGOTTEN_AT_ONCE);
        let until = now.minus(ANSWERS_KEPT).seconds();
        for _ in 0..most {
            let Some(key) = self.submission_times.first().map_err(failed)?.and_then(|(key, _)| {
                let (time, key) = key.value();
                (time < until).then_some((time, *key))
            }) else {
                break;
            };
            self.submission_times.remove((key.0, &key.1)).map_err(failed)?;
            self.submissions.remove(&key.1).map_err(failed)?;
        }
        // A request signed at the window's end is accepted until the window has passed once more.
        let until = now.minus(WINDOW).minus(WINDOW).seconds();
        for _ in 0..most {
            let Some(key) = self.nonce_times.first().map_err(failed)?.and_then(|(key, _)| {
                let (time, key) = key.value();
                (time < until).then_some((time, *key))
            }) else {
                break;
            };
            self.nonce_times.remove((key.0, &key.1)).map_err(failed)?;
            self.nonces.remove(&key.1).map_err(failed)?;
        }
        Ok(())
    }
}

/// The answer to a seal, an anchor, a generation or a trust root that was taken.
pub const ACCEPTED: u8 = 1;
/// The answer to one that was not.
pub const REFUSED: u8 = 0;

/// How long the answer to a request is kept (R12.4).
pub const ANSWERS_KEPT: Seconds = Seconds::new(86_400);
const FORGOTTEN_AT_ONCE: usize = 64;
