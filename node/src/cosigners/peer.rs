//! One witness, and the conversation with it.

use crate::advertise;
use crate::cosigners::{Address, Cosigner};
use crate::error::{Error, Result};
use crate::http::{HttpClient, NoReply, Reply};
use crate::witness_service::{AddCheckpoint, parse_size};
use ct_core::limits::MAX_NOTE_BYTES;
use ct_core::{Checkpoint, Code, Cosignature, Hash, SignatureLine, Timestamp, TreeSize};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// A witness that is asked, and what is known of it.
#[derive(Debug)]
pub(super) struct Peer {
    pub(super) cosigner: Cosigner,
    pub(super) client: HttpClient,
    /// The size that it cosigned last, as far as is known: so the first request is mostly the right one.
    pub(super) seen: AtomicU64,
    pub(super) busy: AtomicBool,
}

/// What a thread brings back from a witness.
pub(super) enum Outcome {
    Cosigned(SignatureLine, Timestamp),
    /// It has cosigned another size.
    Seen(TreeSize),
    Refused(Error),
}

/// A checkpoint that is to be cosigned.
pub(super) struct Job {
    pub(super) note: String,
    pub(super) checkpoint: Checkpoint,
    pub(super) now: Timestamp,
}

/// A witness that is free again when this is dropped, whatever happened.
pub(super) struct Idle(pub(super) Arc<Peer>);

impl Drop for Idle {
    fn drop(&mut self) {
        self.0.busy.store(false, Ordering::Release);
    }
}

impl Peer {
    pub(super) fn cosign(&self, job: &Job, old: TreeSize, proof: Vec<Hash>) -> Outcome {
        let request = AddCheckpoint { old, proof, note: job.note.clone() };
        let url = match &self.cosigner.address {
            Address::Url(url) => Ok(url.clone()),
            Address::File(path) => advertise::read(path),
        };
        let reply = url.and_then(|url| {
            let url = format!("{}/add-checkpoint", url.trim_end_matches('/'));
            self.client.post(&url, &request.to_string(), MAX_NOTE_BYTES).map_err(NoReply::into_error)
        });
        match reply {
            Err(error) => Outcome::Refused(error),
            Ok(reply) => self.read(job, &reply).unwrap_or_else(Outcome::Refused),
        }
    }

    fn read(&self, job: &Job, reply: &Reply) -> Result<Outcome> {
        let liar = "look into what this witness does, and whether its key is the configured one";
        let refused = |error, what: &str| Error::refused(error, "", what, liar);
        let text = str::from_utf8(&reply.body)
            .map_err(|_| Error::new(Code::MalformedUtf8, "", "answers with something that is no text", liar))?;
        match reply.status {
            200 => {
                let lines = ct_core::c2sp::parse_signatures(text)
                    .map_err(|error| refused(error, "answers with something that is no signature"))?;
                let vkey = &self.cosigner.vkey;
                let none = ct_core::Error::new(Code::TamperedCosignature, "");
                let line = lines.into_iter().find(|line| line.names(vkey));
                let line = line.ok_or_else(|| refused(none, "answers with a signature by another key"))?;
                let verified = Cosignature::from_line(&line).and_then(|it| it.verify(vkey, &job.checkpoint.text()));
                let time = verified.map_err(|error| refused(error, "answers with a signature that does not verify"))?;
                if time > job.now.plus(ct_core::Seconds::new(CLOCK_SKEW)) {
                    // Published, it would make verifiers refuse the checkpoint until then.
                    let early = ct_core::Error::new(Code::NotYetValidCosignature, "");
                    return Err(refused(early, "states a time that has not come yet"));
                }
                Ok(Outcome::Cosigned(line, time))
            }
            409 if reply.content_type.as_deref() == Some("text/x.tlog.size") => {
                let size = parse_size(text.strip_suffix('\n').unwrap_or(text));
                Ok(Outcome::Seen(size.map_err(|error| refused(error, "names a size that is none"))?))
            }
            // A tree of the same size with another root, or none that leads to this one: it has seen something else.
            status @ (409 | 422) => {
                let what = format!("refuses with status {status}: {}", first_words(text));
                Err(Error::new(Code::DiscontinuousNoProof, "", what, "see what it has cosigned of this log"))
            }
            status => {
                let what = format!("refuses with status {status}: {}", first_words(text));
                Err(Error::new(Code::NotAnchoredQuorum, "", what, "see what it says; its operator knows more"))
            }
        }
    }
}

/// The beginning of what another machine says, without what would steer a terminal or break a line.
fn first_words(text: &str) -> String {
    text.chars().take(200).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Clocks that are kept differ by less.
const CLOCK_SKEW: u64 = 5;
