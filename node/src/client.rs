//! A client of a log: sends signed requests, repeats them as long as that is right, and fetches what became of them.
//!
//! A repeated request has the same request ID, and a new time, nonce and signature: whatever happened to the first one,
//! its statements are in the log once (R12.4). What is repeated is what may help: connections that break, answers that
//! do not come, a log that is busy or between two leaders. A refusal is never repeated (R2.4).
//!
//! A node that does not lead names the one that does, and the request goes there (R12.3); see `specs/api.md` for why
//! that is harmless.

mod addresses;
mod attempt;

pub(crate) use addresses::usable;
pub(crate) use attempt::refusal;

use crate::entropy::Entropy;
use crate::envelope::{ClientChange, MessageType, Outgoing, RequestId, submission};
use crate::error::{Error, Result};
use crate::http::{self, HttpClient, NoReply, Patience, Reply};
use crate::service::{Clock, MemberChange, NodeStatus};
use crate::survey;
use addresses::Addresses;
use attempt::Attempt;
use ct_core::cbor::Reader;
use ct_core::limits::{MAX_BUNDLE_BYTES, MAX_TRUST_BYTES};
use ct_core::{Code, TrustRoot};
use ct_keys::KeyFile;
use serde_json::Value;
use std::time::{Duration, Instant};

/// How persistent a client is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Persistence {
    /// For one attempt.
    pub attempt: Patience,
    /// For all of them: after this none is begun.
    pub total: Duration,
    /// Before the second attempt; it doubles with each, up to [`Persistence::longest_pause`], and half of it is random.
    pub first_pause: Duration,
    /// The longest pause between two attempts.
    pub longest_pause: Duration,
}

impl Default for Persistence {
    fn default() -> Self {
        Self {
            attempt: Patience::default(),
            total: Duration::from_secs(120),
            first_pause: Duration::from_millis(50),
            longest_pause: Duration::from_secs(2),
        }
    }
}

/// A client of one log, which may have several addresses.
pub struct Client {
    http: HttpClient,
    addresses: Addresses,
    persistence: Persistence,
    clock: Clock,
    entropy: Entropy,
    /// Whether the user has had enough.
    stopped: fn() -> bool,
}

/// Where statements are in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The request's name.
    pub request_id: RequestId,
    /// Index of the first statement; the others follow.
    pub first: u64,
    /// How many.
    pub count: u64,
}

impl Client {
    /// A client of the log at these addresses, such as `http://127.0.0.1:8441`.
    ///
    /// # Errors
    /// `usage.arguments` for an address that is none.
    pub fn new(urls: &[String], persistence: Persistence, clock: Clock, entropy: Entropy) -> Result<Self> {
        let addresses = Addresses::new(urls)?;
        let mut attempt = persistence.attempt;
        if urls.len() > 1 {
            // A node that hangs must not hold up those that do not.
            attempt.connect = attempt.connect.min(LONGEST_OF_SEVERAL);
            attempt.read = attempt.read.min(LONGEST_OF_SEVERAL);
            attempt.total = attempt.total.min(LONGEST_OF_SEVERAL);
        }
        Ok(Self { http: HttpClient::new(attempt), addresses, persistence, clock, entropy, stopped: || false })
    }

    /// Gives up, with `interrupted`, as soon as this says so.
    #[must_use]
    pub fn until(mut self, stopped: fn() -> bool) -> Self {
        self.stopped = stopped;
        self
    }

    /// The trust root that the log admits statements by. To verify with it is to trust whoever answers here, so only
    /// the addresses that the user gave are asked.
    ///
    /// # Errors
    /// `io.network`; those of [`TrustRoot::load`].
    pub fn trust(&mut self) -> Result<TrustRoot> {
        self.addresses.forget_named();
        let bytes = self.get("/v1/trust", MAX_TRUST_BYTES)?;
        TrustRoot::load(&bytes).map_err(|error| {
            Error::refused(error, "the log", "gives no usable trust root", "give the trust root: --trust FILE")
        })
    }

    /// Has these statements recorded, in order, under a new request ID.
    ///
    /// # Errors
    /// The log's refusal, by its code; `unknown.outcome` if no answer came in time; `io.network` if nothing was ever
    /// reached.
    pub fn submit(&mut self, audience: &str, key: &KeyFile, statements: &[&[u8]]) -> Result<Receipt> {
        let request_id = RequestId::random(&mut self.entropy);
        self.submit_as(request_id, audience, key, statements)
    }

    /// As [`Client::submit`], under this request ID: for one whose answer was lost.
    ///
    /// # Errors
    /// As [`Client::submit`].
    pub fn submit_as(
        &mut self,
        request_id: RequestId,
        audience: &str,
        key: &KeyFile,
        statements: &[&[u8]],
    ) -> Result<Receipt> {
        let payload = submission(statements.iter().copied());
        let outgoing = Outgoing { message_type: MessageType::Submit, request_id, payload: &payload };
        let answer = self.send("/v1/statements", audience, key, outgoing)?;
        let value: Value = serde_json::from_slice(&answer).unwrap_or_default();
        let number = |name: &str| value.get(name).and_then(Value::as_u64);
        match (number("leaf_index"), number("count")) {
            (Some(first), Some(count)) if count == u64::try_from(statements.len()).unwrap_or(u64::MAX) => {
                Ok(Receipt { request_id, first, count })
            }
            _ => Err(no_answer()),
        }
    }

    /// The bundles of a request's statements, as soon as they are final: without subjects and documents.
    ///
    /// # Errors
    /// As [`Client::submit`]; `not_anchored.pending` if they are not final in time.
    pub fn bundles(&mut self, receipt: &Receipt) -> Result<Vec<Vec<u8>>> {
        let path = format!("/v1/leaves/{}/{}", receipt.first, receipt.count);
        let count = usize::try_from(receipt.count).unwrap_or(usize::MAX);
        let answer = self.get(&path, BUNDLE_BYTES.saturating_mul(count).saturating_add(MAX_ANSWER_BYTES))?;
        let read = || {
            let mut r = Reader::new(&answer);
            r.array_exact("bundles", count)?;
            let bundles = (0..count).map(|_| Ok(r.bytes("bundle", MAX_BUNDLE_BYTES)?.to_vec()));
            let bundles = bundles.collect::<std::result::Result<Vec<_>, ct_core::Error>>()?;
            r.end()?;
            Ok(bundles)
        };
        read().map_err(|error| Error::refused(error, "the log", "gave bundles that are none", "check the address"))
    }

    /// Puts or deletes a client, signed with a root key; its version now.
    ///
    /// # Errors
    /// The log's refusal, by its code: `conflict.version`, `unknown.client`; as [`Client::submit`].
    pub fn change(&mut self, audience: &str, root: &KeyFile, change: &ClientChange<'_>) -> Result<u64> {
        let payload = change.encode();
        let message_type = if change.key.is_some() { MessageType::PutClient } else { MessageType::DeleteClient };
        let request_id = RequestId::random(&mut self.entropy);
        let outgoing = Outgoing { message_type, request_id, payload: &payload };
        let answer = self.send("/v1/clients", audience, root, outgoing)?;
        let value: Value = serde_json::from_slice(&answer).unwrap_or_default();
        value.get("version").and_then(Value::as_u64).ok_or_else(no_answer)
    }

    /// The version of a client, and whether it may submit.
    ///
    /// # Errors
    /// `unknown.client` for one that never was there; `io.network`.
    pub fn client(&mut self, kid: &str) -> Result<(u64, bool)> {
        // Key IDs are visible ASCII, and may have what means something else in a path.
        let escaped: String = kid.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let answer = self.get(&format!("/v1/clients/{escaped}"), MAX_ANSWER_BYTES)?;
        let value: Value = serde_json::from_slice(&answer).unwrap_or_default();
        let version = value.get("version").and_then(Value::as_u64).ok_or_else(no_answer)?;
        Ok((version, value.get("key").is_some_and(Value::is_string)))
    }

    /// Has the members of the log changed, signed with a root key. The same change again changes nothing.
    ///
    /// # Errors
    /// The log's refusal, by its code: `conflict.members`, `unknown.member`; as [`Client::submit`].
    pub fn change_members(&mut self, audience: &str, root: &KeyFile, change: &MemberChange) -> Result<()> {
        let payload = change.encode();
        let request_id = RequestId::random(&mut self.entropy);
        let outgoing = Outgoing { message_type: change.message_type(), request_id, payload: &payload };
        let answer = self.send("/v1/members", audience, root, outgoing)?;
        let value: Value = serde_json::from_slice(&answer).unwrap_or_default();
        if value.get("status").and_then(Value::as_str) == Some("changed") { Ok(()) } else { Err(no_answer()) }
    }

    /// How the node is that took the last request, else any. Asked once.
    ///
    /// # Errors
    /// `io.network`.
    pub fn status(&mut self) -> Result<NodeStatus> {
        self.addresses.prefer_leader();
        survey::ask(&self.http, &self.addresses.current())
    }

    /// Signs a request anew for each attempt.
    fn send(&mut self, path: &str, audience: &str, key: &KeyFile, outgoing: Outgoing<'_>) -> Result<Vec<u8>> {
        self.addresses.prefer_leader();
        let unwritable = || Error::new(Code::Internal, "request", "has an ID that no header can have", "report this");
        let id = http::RequestId::new(&outgoing.request_id.to_string()).ok_or_else(unwritable)?;
        let answer = self.persist(|client, url| {
            let body = outgoing.sign(audience, key, (client.clock)(), &mut client.entropy)?;
            Ok(client.http.post_as(&id, &format!("{url}{path}"), "application/cose", &body, MAX_ANSWER_BYTES))
        });
        self.addresses.note(&answer);
        answer
    }

    fn get(&mut self, path: &str, most: usize) -> Result<Vec<u8>> {
        self.persist(|client, url| Ok(client.http.get(&format!("{url}{path}"), most)))
    }

    /// Asks until there is an answer that asking again would not change.
    fn persist(
        &mut self,
        mut ask: impl FnMut(&mut Self, &str) -> Result<std::result::Result<Reply, NoReply>>,
    ) -> Result<Vec<u8>> {
        let begun = Instant::now();
        let mut pause = self.persistence.first_pause;
        // Whether an attempt may have been acted on without an answer.
        let mut unanswered = false;
        // Hints that were followed since the last pause: nodes that name each other must not keep a client busy.
        let mut hops = 0;
        // Answers that are none of a log: where one was, something else may listen now.
        let mut strangers = 0;
        // Where the hints began.
        let mut origin = self.addresses.place();
        loop {
            let url = self.addresses.current();
            let trouble = match Attempt::of(ask(self, &url)?, &url) {
                Attempt::Answered(body) => return Ok(body),
                // What came of an earlier attempt that had no answer is not known by this.
                Attempt::Refused(error) => return Err(given_up(error, unanswered)),
                Attempt::Named(leader, _)
                    if hops < MAX_HOPS
                        && begun.elapsed() < self.persistence.total
                        && self.addresses.follow(&leader) =>
                {
                    hops += 1;
                    continue;
                }
                Attempt::Named(_, error) | Attempt::Untouched(error) => error,
                Attempt::Open(error) => {
                    unanswered = true;
                    error
                }
                Attempt::Stranger(error) => {
                    strangers += 1;
                    if strangers >= self.addresses.count() {
                        return Err(given_up(error, unanswered));
                    }
                    unanswered = true;
                    error
                }
            };
            // The next call begins elsewhere, too.
            origin = self.addresses.after(origin);
            if begun.elapsed().saturating_add(pause) >= self.persistence.total {
                return Err(given_up(trouble, unanswered));
            }
            hops = 0;
            let pause_now = self.jittered(pause);
            self.rest(pause_now)?;
            pause = pause.saturating_mul(2).min(self.persistence.longest_pause);
        }
    }

    /// Waits, unless the user has had enough.
    fn rest(&self, pause: Duration) -> Result<()> {
        let begun = Instant::now();
        loop {
            if (self.stopped)() {
                let next = "ask again with the same request ID: nothing is recorded twice";
                return Err(Error::new(Code::Interrupted, "", "stopped; what was sent may have been recorded", next));
            }
            let left = pause.saturating_sub(begun.elapsed());
            if left.is_zero() {
                return Ok(());
            }
            std::thread::sleep(left.min(Duration::from_millis(50)));
        }
    }

    /// Between half of it and all of it, so that many clients do not come back together.
    fn jittered(&mut self, pause: Duration) -> Duration {
        let share = u32::from(u16::from_be_bytes(self.entropy.bytes()));
        pause / 2 + (pause / 2).saturating_mul(share) / u32::from(u16::MAX)
    }
}

fn no_answer() -> Error {
    Error::new(Code::IoNetwork, "the log", "gave an answer that is none", "check the address")
}

fn given_up(trouble: Error, unanswered: bool) -> Error {
    if !unanswered || trouble.code() == Code::UnknownOutcome {
        return trouble;
    }
    let what = format!("may or may not have been recorded: {}", trouble.what());
    let next = "ask again with the same request ID: nothing is recorded twice";
    Error::new(Code::UnknownOutcome, trouble.place(), what, next)
}

/// For one attempt, where there are several addresses.
const LONGEST_OF_SEVERAL: Duration = Duration::from_secs(3);
/// Hints that are followed without a pause: from any node to the one that led, and to its successor.
const MAX_HOPS: u32 = 3;
/// An answer about one request.
const MAX_ANSWER_BYTES: usize = 65_536;
/// A bundle without its document: a statement is at most 64 KiB, the rest a few.
const BUNDLE_BYTES: usize = 98_304;
