//! Requests to a witness, and its answers.

use crate::error::{Error, Result};
use crate::http::Deadline;
use crate::http::answer::refused;
use crate::lock::lock;
use crate::witness::verifier;
use crate::witness_service::add_checkpoint::AddCheckpoint;
use crate::witness_service::config::{WitnessConfig, WitnessedLog};
use crate::witness_service::memory::Memory;
use axum::body::{Body, Bytes};
use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Router};
use ct_core::{Checkpoint, Code, ConsistencyProof, Hash, Note, Origin, Timestamp, TreeSize, VerifierKey, base64};
use ct_keys::KeyFile;
use std::collections::BTreeMap;
use std::fmt;
use std::fs::{self, File};
use std::sync::Arc;
use std::thread::available_parallelism;
use tokio::sync::{Mutex, Semaphore};
use tokio::task::spawn_blocking;

/// What time it is.
pub type Clock = Arc<dyn Fn() -> Result<Timestamp> + Send + Sync>;

/// A witness of several logs that takes requests. No other process can open its memory meanwhile.
pub struct WitnessService {
    key: KeyFile,
    /// By the hash of their origins.
    logs: BTreeMap<Hash, Arc<Witnessed>>,
    /// How many requests are checked, or written to disk, at one time.
    workers: Arc<Semaphore>,
    clock: Clock,
    _lock: File,
}

struct Witnessed {
    log: WitnessedLog,
    memory: Arc<Mutex<Memory>>,
}

/// A checkpoint that the log has signed, and what its sender says about it.
struct Submitted {
    old: TreeSize,
    proof: Vec<Hash>,
    checkpoint: Checkpoint,
    /// The note with the lines of the log's known keys.
    signed: String,
}

/// Why there is no cosignature.
enum Refusal {
    /// With the status that C2SP demands.
    Status(StatusCode, Error),
    /// The size that the witness has seen.
    Seen(TreeSize),
}

impl WitnessService {
    /// The witness with this key and the memory in the folder that the configuration names.
    ///
    /// # Errors
    /// `io.write` if another process has the memory; `io.key_file` for a key of another role; `malformed.*` if what it
    /// remembers cannot be understood: then it must not cosign; `io.*`.
    pub fn open(config: &WitnessConfig, key: KeyFile, clock: Clock) -> Result<Arc<Self>> {
        verifier(&key)?;
        fs::create_dir_all(&config.state).map_err(|source| Error::writing(&config.state, &source))?;
        let lock = lock(&config.state, "another witness works with this memory")?;
        let mut logs = BTreeMap::new();
        for log in &config.logs {
            let memory = Arc::new(Mutex::new(Memory::open(&config.state, &log.origin)?));
            let name = Hash::of(log.origin.as_str().as_bytes());
            logs.insert(name, Arc::new(Witnessed { log: log.clone(), memory }));
        }
        let workers = Arc::new(Semaphore::new(available_parallelism().map_or(1, usize::from)));
        Ok(Arc::new(Self { key, logs, workers, clock, _lock: lock }))
    }

    /// The key that its cosignatures verify with.
    ///
    /// # Errors
    /// None for a witness that was opened.
    pub fn verifier(&self) -> Result<VerifierKey> {
        verifier(&self.key)
    }

    /// Its routes: `/add-checkpoint` and `/HEX/checkpoint`.
    pub fn routes(self: &Arc<Self>) -> Router {
        let (adds, shows) = (Arc::clone(self), Arc::clone(self));
        let add = async move |Extension(deadline): Extension<Deadline>, body: Bytes| adds.answer(body, deadline).await;
        let show = async move |Path(log): Path<String>| shows.last(&log).await;
        Router::new().route("/add-checkpoint", post(add)).route("/{log}/checkpoint", get(show))
    }

    async fn answer(self: Arc<Self>, body: Bytes, deadline: Deadline) -> Response {
        match self.add(body, deadline).await {
            Ok(Ok(line)) => text("text/plain; charset=utf-8", line),
            Ok(Err(Refusal::Seen(size))) => {
                let what = format!("the last checkpoint that was cosigned has size {size}");
                let error = Error::new(Code::DiscontinuousNoProof, "old size", what, "prove consistency from there");
                let mut response = refused(StatusCode::CONFLICT, error);
                *response.body_mut() = Body::from(format!("{size}\n"));
                response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/x.tlog.size"));
                response
            }
            Ok(Err(Refusal::Status(status, error))) => refused(status, error),
            Err(error) => error.into_response(),
        }
    }

    /// First what needs no memory, many at a time; then, one after another for each log, what does.
    async fn add(self: Arc<Self>, body: Bytes, deadline: Deadline) -> Result<std::result::Result<String, Refusal>> {
        let this = Arc::clone(&self);
        let checked = self.work(deadline, move || this.check(&body)).await?;
        let (submitted, log) = match checked {
            Ok(checked) => checked,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let mut memory = Arc::clone(&log.memory).lock_owned().await;
        let this = Arc::clone(&self);
        // The memory moves along: a request whose client has gone is still finished before the next one begins.
        self.work(deadline, move || this.extend(&mut memory, submitted)).await?
    }

    /// As [`Self::add`], on this thread and at once; the size that it has seen instead of a cosignature.
    #[cfg(all(test, feature = "simulation"))]
    pub(crate) fn add_now(&self, body: &[u8]) -> Result<std::result::Result<String, TreeSize>> {
        let error = |refusal| match refusal {
            Refusal::Seen(size) => Ok(Err(size)),
            Refusal::Status(_, error) => Err(error),
        };
        let (submitted, log) = match self.check(body) {
            Ok(checked) => checked,
            Err(refusal) => return error(refusal),
        };
        let busy = |_| Error::new(Code::LimitInFlight, "", "is busy", "try again");
        let mut memory = log.memory.try_lock().map_err(busy)?;
        self.extend(&mut memory, submitted)?.map_or_else(error, |line| Ok(Ok(line)))
    }

    /// Runs what computes or writes on a thread that may block, when there is room and time.
    async fn work<T: Send + 'static>(
        &self,
        deadline: Deadline,
        what: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T> {
        let stopped = || Error::new(Code::Interrupted, "", "the witness is stopping", "try again later");
        let place = Arc::clone(&self.workers).acquire_owned().await.map_err(|_| stopped())?;
        if deadline.passed() {
            return Err(deadline.error());
        }
        let working = spawn_blocking(move || {
            let done = what();
            drop(place);
            done
        });
        working.await.map_err(|_| Error::new(Code::Internal, "", "a worker panicked", "report this as a defect"))
    }

    fn check(&self, body: &[u8]) -> std::result::Result<(Submitted, Arc<Witnessed>), Refusal> {
        let request = AddCheckpoint::parse(body).map_err(malformed)?;
        let note = Note::parse(&request.note).map_err(malformed)?;
        let origin = Origin::new(note.text().lines().next().unwrap_or_default()).map_err(malformed)?;
        let unknown = || {
            let what = format!("this witness does not know the log {:?}", origin.as_str());
            status(StatusCode::NOT_FOUND, Error::new(Code::UnknownLog, "", what, "ask its operator to add the log"))
        };
        let log = self.logs.get(&Hash::of(origin.as_str().as_bytes())).ok_or_else(unknown)?;
        let lines = signatures(&note, &log.log.keys)?;
        let checkpoint = Checkpoint::parse(note.text()).map_err(|error| match error.code() {
            Code::MalformedCheckpoint if is_empty_with_a_root(note.text()) => unprovable(error),
            _ => malformed(error),
        })?;
        if request.old > checkpoint.size() {
            return Err(malformed(ct_core::Error::new(Code::MalformedRequest, "old size above the checkpoint's")));
        }
        let signed = format!("{}\n{lines}", note.text());
        Ok((Submitted { old: request.old, proof: request.proof, checkpoint, signed }, Arc::clone(log)))
    }

    fn extend(&self, memory: &mut Memory, submitted: Submitted) -> Result<std::result::Result<String, Refusal>> {
        let Submitted { old, proof, checkpoint, signed } = submitted;
        if old != memory.size() {
            return Ok(Err(Refusal::Seen(memory.size())));
        }
        let proof = match (old, proof.as_slice()) {
            (TreeSize::ZERO, []) => None,
            (TreeSize::ZERO, _) => {
                return Ok(Err(unprovable(ct_core::Error::new(Code::MalformedProofLength, "proof"))));
            }
            _ => match ConsistencyProof::new(old, checkpoint.size(), proof) {
                Ok(proof) => Some(proof),
                Err(error) => return Ok(Err(unprovable(error))),
            },
        };
        match memory.cosign(&signed, checkpoint, proof.as_ref(), &self.key, (self.clock)()?) {
            Ok(line) => Ok(Ok(line.to_string())),
            Err(error) if matches!(error.code(), Code::TamperedConsistency | Code::EquivocationLog) => {
                Ok(Err(status(StatusCode::UNPROCESSABLE_ENTITY, error)))
            }
            Err(error) => Err(error),
        }
    }

    /// What was last cosigned of the log whose origin has this hash.
    async fn last(&self, log: &str) -> Result<Response> {
        let absent = |what: &str| Error::new(Code::UnknownLog, "", what, "check the SHA-256 of the log's origin");
        let name = Hash::from_hex(log).map_err(|_| absent("this is no SHA-256 in lower-case hexadecimal"))?;
        let log = self.logs.get(&name).ok_or_else(|| absent("this witness does not know the log"))?;
        let memory = log.memory.lock().await;
        let note = memory.note().ok_or_else(|| absent("nothing of this log has been cosigned yet"))?;
        Ok(text("text/plain; charset=utf-8", note.to_owned()))
    }
}

/// Not its key's secret half, and not its clock.
impl fmt::Debug for WitnessService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WitnessService").field("key", self.key.id()).field("logs", &self.logs.len()).finish()
    }
}

/// The signature lines of the known keys. Lines of others say nothing; one of a known key's that does not verify says too
/// much.
fn signatures(note: &Note<'_>, keys: &[VerifierKey]) -> std::result::Result<String, Refusal> {
    let forbidden = |error: ct_core::Error, what: &str| {
        let next = "send the note as the log signed it, with a key that this witness was told of";
        status(StatusCode::FORBIDDEN, Error::new(error.code(), "", what, next))
    };
    let mut lines = String::new();
    for key in keys {
        let Some(line) = note.signature_by(key) else { continue };
        line.verify_text(key, note.text()).map_err(|error| forbidden(error, "the log's signature does not verify"))?;
        lines.push_str(&line.to_string());
    }
    let none = ct_core::Error::new(Code::NotAnchoredLogSignature, "");
    if !lines.is_empty() {
        Ok(lines)
    } else {
        Err(forbidden(none, "no known key of the log has signed this checkpoint"))
    }
}

/// Well-formed, and a contradiction: nothing can have that root and be empty.
fn is_empty_with_a_root(text: &str) -> bool {
    let lines: Vec<&str> = text.lines().collect();
    matches!(*lines, [_, "0", root] if base64::decode(root, Hash::LEN).is_ok_and(|bytes| bytes.len() == Hash::LEN))
}

fn malformed(error: ct_core::Error) -> Refusal {
    let next = "send what https://c2sp.org/tlog-witness describes";
    status(StatusCode::BAD_REQUEST, Error::refused(error, "", "this is no add-checkpoint request", next))
}

fn unprovable(error: ct_core::Error) -> Refusal {
    let next = "send the consistency proof from the old size to the checkpoint's";
    status(StatusCode::UNPROCESSABLE_ENTITY, Error::refused(error, "", "the proof does not hold", next))
}

const fn status(status: StatusCode, error: Error) -> Refusal {
    Refusal::Status(status, error)
}

fn text(content_type: &'static str, body: String) -> Response {
    let headers = [(header::CONTENT_TYPE, content_type), (header::CACHE_CONTROL, "no-store")];
    (headers.map(|(name, value)| (name, HeaderValue::from_static(value))), body).into_response()
}
