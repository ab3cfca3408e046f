//! One machine's registry in one directory: a log, its witnesses, an issuer, and the trust root that names them.
//!
//! ```text
//! DIR/log/          published: checkpoint and tiles        DIR/state/    private: what was signed, statuses, lock
//! DIR/keys/         root.pem log.pem issuer.pem status.pem witness-1.pem ... (mode 0600), their public halves, and
//!                   the witnesses' memories
//! DIR/trust.toml    to edit        DIR/trust.cbor   to verify with         DIR/bundles/  what was issued
//! ```
//!
//! Every role's key lies here beside the others, which is right for trying things out and for a lone operator, and
//! wrong where the roles belong to different people.

mod keys;
mod refresh;

use self::keys::Keys;
pub use self::refresh::Newest;
use crate::bundle::{self, Anchor, Attached};
use crate::durable;
use crate::entropy::Entropy;
use crate::error::{Error, Result, shown};
use crate::gate;
use crate::log::{Log, STATE};
use crate::refusals::Refusals;
use crate::statement::{self, Draft, Signed};
use crate::status_lists::{SignedList, StatusLists};
use crate::tile_reader::LOG;
use crate::trust::{self, TrustPlan};
use crate::witness::{Witness, judge};
use ct_core::claims::Disclosure;
use ct_core::limits::MAX_NOTE_SIGNATURES;
use ct_core::verify::Document;
use ct_core::{
    AtSource, Bundle, Code, LeafIndex, Mode, Origin, PublicKey, Request, Statement, Subject, Timestamp, TreeSize,
    TrustRoot, verify,
};
use ct_keys::{KeyFile, Role};
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// What a new registry is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The log's origin, which is its key's name.
    pub origin: String,
    /// How many witnesses: 1 to [`MAX_WITNESSES`].
    pub witnesses: u32,
    /// Everything that the trust root says besides.
    pub trust: TrustPlan,
}

/// A registry that this process, and no other, issues with.
#[derive(Debug)]
pub struct Registry {
    dir: PathBuf,
    log: Log,
    witnesses: Vec<Witness>,
    issuer_key: KeyFile,
    issuer: String,
    status_lists: Option<StatusLists>,
    trust: TrustRoot,
    refusals: Refusals,
}

/// Statements in the log, with the checkpoint that they are anchored in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anchored {
    first: LeafIndex,
    statements: Vec<Signed>,
    /// Of each document: its statement, and its position under it.
    places: Vec<(usize, usize)>,
    newest: Newest,
}

/// The most witnesses whose cosignatures fit beside the log's signature.
pub const MAX_WITNESSES: usize = MAX_NOTE_SIGNATURES - 1;

impl Registry {
    /// Makes a registry in `dir`, which does not exist or is empty; all of it or nothing.
    ///
    /// # Errors
    /// `io.exists` if there is anything in the directory; `io.*`; `malformed.*`, `limit.*`, `trust.*` for a plan that
    /// does not fit.
    pub fn create(dir: &Path, plan: &Plan, entropy: &mut Entropy) -> Result<Self> {
        if plan.witnesses == 0 || usize::try_from(plan.witnesses).map_or(true, |count| count > MAX_WITNESSES) {
            let what = format!("is {}", plan.witnesses);
            let next = format!("use 1 to {MAX_WITNESSES} witnesses");
            return Err(Error::new(Code::UsageArguments, "number of witnesses", what, next));
        }
        let writing = |source| Error::writing(dir, &source);
        let made = !dir.exists();
        fs::create_dir_all(dir).map_err(writing)?;
        let mut inside = fs::read_dir(dir).map_err(|source| Error::reading(dir, &source))?;
        if inside.next().is_some() {
            let what = "there is something in this directory, and nothing is overwritten";
            return Err(Error::new(Code::IoExists, shown(dir), what, "name an empty directory or a new one"));
        }
        let built = Self::build(dir, plan, entropy);
        if built.is_err() && made {
            // Only if it is empty, which is how it was found.
            let _ = fs::remove_dir(dir);
        }
        built?;
        Self::open(dir)
    }

    /// Builds everything out of sight and then moves it into place.
    fn build(dir: &Path, plan: &Plan, entropy: &mut Entropy) -> Result<()> {
        let writing = |source| Error::writing(dir, &source);
        let stage = tempfile::Builder::new().prefix(".ct-node-").tempdir_in(dir).map_err(writing)?;
        let keys = Keys::generate(plan, entropy)?;
        let trust = trust::describe(&plan.trust, keys.party())?;
        let (toml, cbor) = trust::files(&trust, &keys.root)?;
        let at = |name: &str| stage.path().join(name);
        for name in [KEYS, BUNDLES] {
            fs::create_dir(at(name)).map_err(writing)?;
        }
        keys.write(&at(KEYS))?;
        durable::create(&at(TRUST_TOML), toml.as_bytes())?;
        durable::create(&at(TRUST_CBOR), &cbor)?;
        let origin = Origin::new(&plan.origin)?;
        let genesis = statement::genesis(&origin, &keys.root, plan.trust.issued, entropy)?;
        drop(Log::create(stage.path(), keys.log, &genesis)?);
        for name in [KEYS, LOG, STATE, BUNDLES, TRUST_TOML, TRUST_CBOR] {
            fs::rename(at(name), dir.join(name)).map_err(writing)?;
        }
        File::open(dir).and_then(|dir| dir.sync_all()).map_err(writing)
    }

    /// Opens the registry in `dir`. See [`Log::open`] for what is checked and finished.
    ///
    /// # Errors
    /// Those of [`Log::open`]; those of [`judge`] if the log does not extend what a witness has seen: it was taken back
    /// to an older state, and would sign a second history; `io.*` for the keys; `trust.*` if `trust.cbor` is not usable or does not name this log,
    /// these witnesses and this issuer's key.
    pub fn open(dir: &Path) -> Result<Self> {
        let keys = dir.join(KEYS);
        if !keys.is_dir() {
            let next = format!("make one: ct-node init --dir {}", shown(dir));
            return Err(Error::new(Code::IoNotFound, shown(dir), "there is no registry in this directory", next));
        }
        let trust_path = dir.join(TRUST_CBOR);
        let trust = trust::read(&trust_path)?;
        let issuer_key = KeyFile::read(&keys.join("issuer.pem"), Role::Issuer)?;
        let public = PublicKey::from_bytes(issuer_key.public().verifying_key().as_bytes())?;
        let named = trust.trust().issuers.iter().find(|issuer| issuer.keys.iter().any(|key| key.key == public));
        let Some(issuer) = named.map(|issuer| issuer.id.clone()) else {
            let next = "put its public key into trust.toml and run: ct trust build";
            let what = "no issuer in the trust root has this directory's issuer key";
            return Err(Error::new(Code::UnknownIssuerKey, shown(&trust_path), what, next));
        };
        let mut log = Log::open(dir, KeyFile::read(&keys.join("log.pem"), Role::Log)?)?;
        check_genesis_signer(&log, &trust)?;
        let mut witnesses = Vec::new();
        for number in 1..=MAX_WITNESSES {
            let path = keys.join(format!("witness-{number}.pem"));
            if !path.exists() {
                break;
            }
            let memory = keys.join(format!("witness-{number}.last"));
            let witness = Witness::open(KeyFile::read(&path, Role::Witness)?, &memory)?;
            check_not_taken_back(&mut log, &witness, &memory)?;
            witnesses.push(witness);
        }
        // After the log, whose lock keeps others away.
        let status_lists = open_status(dir, &issuer)?;
        let refusals = Refusals::in_folder(&dir.join(STATE));
        Ok(Self { dir: dir.to_owned(), log, witnesses, issuer_key, issuer, status_lists, trust, refusals })
    }

    /// Signs a statement for each draft, if the issuer may. Nothing is in the log yet.
    ///
    /// # Errors
    /// Those of [`gate::admit`] and [`statement::document`]; then nothing has happened.
    pub fn sign(&self, drafts: &[Draft], now: Timestamp, entropy: &mut Entropy) -> Result<Vec<Signed>> {
        self.admit(drafts, now)?;
        let sign = |draft| statement::document(&self.issuer, &self.issuer_key, draft, now, entropy);
        drafts.iter().map(sign).collect()
    }

    /// Signs one statement for all drafts, if the issuer may. Nothing is in the log yet.
    ///
    /// # Errors
    /// Those of [`gate::admit`] and [`statement::documents`]; then nothing has happened.
    pub fn sign_batch(&self, drafts: &[Draft], now: Timestamp, entropy: &mut Entropy) -> Result<Signed> {
        self.admit(drafts, now)?;
        statement::documents(&self.issuer, &self.issuer_key, drafts, now, entropy)
    }

    /// Refuses what the issuer may not issue now, and records the refusal in an evidence log (R17.5).
    ///
    /// # Errors
    /// Those of [`gate::admit`]; `io.*` if the refusal cannot be recorded.
    pub fn admit(&self, drafts: &[Draft], now: Timestamp) -> Result<()> {
        let public = self.issuer_key.public();
        for draft in drafts {
            if let Err(refusal) = gate::admit(self.trust.trust(), &self.issuer, &public, draft, now) {
                self.refusals.record(&self.issuer, draft, &refusal, now)?;
                return Err(refusal);
            }
        }
        Ok(())
    }

    /// Puts signed statements into the log as one batch, and has the checkpoint cosigned by every witness.
    ///
    /// # Errors
    /// Those of [`Log::append`] and [`Witness::cosign`].
    pub fn anchor(&mut self, statements: Vec<Signed>, now: Timestamp) -> Result<Anchored> {
        self.anchor_with(statements, Vec::new(), now)
    }

    /// As [`Registry::anchor`], with the status lists that the documents refer to in the same batch, behind them.
    ///
    /// # Errors
    /// As [`Registry::anchor`] and [`Registry::newest`].
    pub fn anchor_with_status(
        &mut self,
        statements: Vec<Signed>,
        now: Timestamp,
        entropy: &mut Entropy,
    ) -> Result<Anchored> {
        let mut uris = BTreeSet::new();
        for described in statements.iter().flat_map(|signed| signed.subjects.list()) {
            let uri = Subject::parse(&described.subject)?.status.map(|status| status.uri);
            uris.extend(uri.filter(|uri| !uris.contains(*uri)).map(str::to_owned));
        }
        let lists = self.sign_lists(&uris, now, entropy)?;
        self.anchor_with(statements, lists, now)
    }

    fn anchor_with(&mut self, statements: Vec<Signed>, lists: Vec<SignedList>, now: Timestamp) -> Result<Anchored> {
        let first = LeafIndex::new(self.log.size().get())?;
        let entries = statements.iter().map(|signed| signed.statement.clone()).collect();
        let newest = self.append(entries, lists, now)?;
        let places = statements.iter().enumerate();
        let places = places.flat_map(|(statement, signed)| (0..signed.subjects.len()).map(move |at| (statement, at)));
        Ok(Anchored { first, places: places.collect(), statements, newest })
    }

    /// Has the log's checkpoint cosigned by every witness at this time, and publishes it so.
    fn cosigned(&mut self, now: Timestamp) -> Result<Anchor> {
        let signed = self.log.checkpoint().clone();
        let size = signed.checkpoint().size();
        let note = signed.note(&[]);
        let verifier = self.log.verifier().clone();
        let mut cosignatures = Vec::with_capacity(self.witnesses.len());
        for witness in &mut self.witnesses {
            let seen = witness.seen();
            let proof = if seen == TreeSize::ZERO { None } else { Some(self.log.consistency(seen, size)?) };
            let origin = signed.checkpoint().origin();
            cosignatures.push(witness.cosign(&note, origin, &verifier, proof.as_ref(), now)?);
        }
        self.log.publish(&cosignatures)?;
        Ok(Anchor { checkpoint: signed.checkpoint().text(), signatures: signed.lines(&cosignatures) })
    }

    /// The bundle of one of the anchored documents, which core has verified in mode strict at `at`.
    ///
    /// # Errors
    /// The code of core's verdict if it is not verified, such as `tampered.document` for a document that has changed
    /// since it was hashed; those of [`bundle::assemble`] and [`Log::inclusion`]; `internal` for a position that the
    /// batch does not have.
    pub fn bundle(
        &mut self,
        anchored: &Anchored,
        position: usize,
        document: Option<&[u8]>,
        at: Timestamp,
    ) -> Result<Vec<u8>> {
        self.bundle_with(anchored, position, Attached { document, ..Attached::default() }, at)
    }

    /// As [`Registry::bundle`], for a document of claims: all of them are shown.
    ///
    /// # Errors
    /// As [`Registry::bundle`]; `tampered.disclosure` and others of class `invalid` for claims of another document.
    pub fn claims_bundle(
        &mut self,
        anchored: &Anchored,
        position: usize,
        disclosure: &Disclosure<'_>,
        at: Timestamp,
    ) -> Result<Vec<u8>> {
        let disclosure = disclosure.encode();
        let attached = Attached { disclosure: Some(&disclosure), ..Attached::default() };
        self.bundle_with(anchored, position, attached, at)
    }

    fn bundle_with(
        &mut self,
        anchored: &Anchored,
        position: usize,
        attached: Attached<'_>,
        at: Timestamp,
    ) -> Result<Vec<u8>> {
        let beyond = || Error::new(Code::Internal, "batch", "has no such document", "report this as a defect");
        let (statement, place) = *anchored.places.get(position).ok_or_else(beyond)?;
        let signed = anchored.statements.get(statement).ok_or_else(beyond)?;
        let index = anchored.first.get().saturating_add(u64::try_from(statement).unwrap_or(u64::MAX));
        let newest = &anchored.newest;
        let proof = self.log.inclusion(LeafIndex::new(index)?, newest.size)?;
        let status = anchored.staple(signed, place)?;
        let attached = Attached { status: status.as_deref(), ..attached };
        let bytes = bundle::assemble(signed, place, &proof, &newest.anchor, attached)?;
        let code = self.verdict(&bytes, at)?;
        if code != Code::Ok {
            let next = format!("see: ct explain {code}");
            return Err(Error::new(code, "bundle", "does not verify, so it is not written", next));
        }
        Ok(bytes)
    }

    /// What core says of a bundle in mode strict. A document that is not in it is taken as the one that it names.
    fn verdict(&self, bytes: &[u8], at: Timestamp) -> Result<Code> {
        let bundle = Bundle::parse(bytes)?;
        let beside = bundle.document_hash.filter(|_| bundle.document.is_none() && bundle.disclosure.is_none());
        let report = verify(&Request {
            bundle: bytes,
            document: beside.map_or(Document::InBundle, Document::Digest),
            trust: Ok(&self.trust),
            mode: Mode::Strict,
            at,
            at_source: AtSource::Given,
            state: None,
            evidence: &[],
        });
        Ok(report.code())
    }

    /// The log.
    #[must_use]
    pub const fn log(&self) -> &Log {
        &self.log
    }

    /// The trust root, as its file says.
    #[must_use]
    pub const fn trust(&self) -> &TrustRoot {
        &self.trust
    }

    /// The document types that the issuer may issue.
    #[must_use]
    pub fn types(&self) -> &[String] {
        self.trust.issuer(&self.issuer).map_or(&[], |issuer| &issuer.types)
    }

    /// Where bundles are written.
    #[must_use]
    pub fn bundles(&self) -> PathBuf {
        self.dir.join(BUNDLES)
    }

    /// Writes bundles that did not exist, under these names; the result for each. For speed give it several at a time.
    pub fn write_bundles(&self, bundles: &mut Vec<(String, Vec<u8>)>) -> Vec<Result<PathBuf>> {
        let files: Vec<_> = bundles.drain(..).map(|(name, bytes)| (self.bundles().join(name), bytes)).collect();
        let written = durable::create_all(&files);
        files.into_iter().zip(written).map(|((path, _), written)| written.map(|()| path)).collect()
    }
}

impl Anchored {
    /// How many documents there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The index of the first statement in the log.
    #[must_use]
    pub const fn first(&self) -> LeafIndex {
        self.first
    }

    /// The status of the document at `place` under `signed`, if it has one that is in the anchor.
    fn staple(&self, signed: &Signed, place: usize) -> Result<Option<Vec<u8>>> {
        let Some(described) = signed.subjects.list().get(place) else { return Ok(None) };
        let status = Subject::parse(&described.subject)?.status;
        Ok(status.and_then(|status| self.newest.list(status.uri)).map(|list| list.staple(ANCHOR)))
    }

    /// What the statements are anchored in.
    #[must_use]
    pub const fn anchor(&self) -> &Anchor {
        &self.newest.anchor
    }
}

/// The issuer's status lists, if there is a key for them.
fn open_status(dir: &Path, issuer: &str) -> Result<Option<StatusLists>> {
    let path = dir.join(KEYS).join("status.pem");
    if !path.exists() {
        return Ok(None);
    }
    let key = KeyFile::read(&path, Role::Status)?;
    StatusLists::open(&dir.join(STATE), key, &trust::status_prefix(issuer)).map(Some)
}

/// The log begins with a genesis that one of the root keys signed.
fn check_genesis_signer(log: &Log, trust: &TrustRoot) -> Result<()> {
    let statement = Statement::parse(log.genesis())?;
    let kid = statement.header().kid;
    let signer = trust.trust().root.keys.iter().find(|key| key.kid == kid);
    if signer.is_some_and(|key| statement.is_signed_by(&key.key)) {
        return Ok(());
    }
    let what = "the first entry is not signed by a root key of trust.cbor";
    Err(Error::new(Code::TamperedStatement, "log", what, "use the trust root that this log was made with"))
}

/// The log extends what the witness has seen.
fn check_not_taken_back(log: &mut Log, witness: &Witness, memory: &Path) -> Result<()> {
    let Some(last) = witness.last() else { return Ok(()) };
    let now = log.checkpoint().checkpoint().clone();
    let proof = if last.size() > now.size() { None } else { Some(log.consistency(last.size(), now.size())?) };
    judge(Some(last), &now, proof.as_ref()).map_err(|error| {
        let what = format!("a witness has seen {} entries that the log of {} does not extend", last.size(), now.size());
        let next = "restore the newest state of the log; nothing is signed until then";
        Error::refused(error, shown(memory), &what, next)
    })
}

/// The number of the anchor among a bundle's checkpoints.
const ANCHOR: usize = 0;
const KEYS: &str = "keys";
const BUNDLES: &str = "bundles";
const TRUST_TOML: &str = "trust.toml";
const TRUST_CBOR: &str = "trust.cbor";
