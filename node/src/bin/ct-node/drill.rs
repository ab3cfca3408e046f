//! `ct-node drill`: failures on purpose, in a directory of their own, with real processes: do the promises hold?

mod cluster;
mod field;
mod restore;

use crate::args::DrillArgs;
use crate::interrupt;
use crate::output::line;
use ct_core::{Code, Hash};
use ct_node::client::Receipt;
use ct_node::envelope::{MessageType, Outgoing, RequestId, submission};
use ct_node::http::{HttpClient, Patience};
use ct_node::load::{Acknowledged, Load};
use ct_node::{Entropy, Error, Result};
use field::{Field, now};
use std::collections::BTreeMap;
use std::fmt::Display;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// One failure and the promise that it must not break.
pub(crate) struct Drill {
    /// How it is called on the command line.
    pub(crate) name: &'static str,
    /// What is done, and what must hold.
    what: &'static str,
    nodes: u32,
    run: fn(&mut Field) -> Result<()>,
}

/// Every drill, with the requirement whose gate it is.
pub(crate) const DRILLS: &[Drill] = &[
    Drill {
        name: "duplicate-request",
        what: "a request is repeated, also after kill -9: the original answer, and nothing recorded twice (R9, R12.4)",
        nodes: 1,
        run: duplicate_request,
    },
    Drill {
        name: "crash-after-append",
        what: "kill -9 three times under load: every acknowledged statement is in the log once, in its place (R10, R20.2)",
        nodes: 1,
        run: crash_after_append,
    },
    Drill {
        name: "altered-payload",
        what: "one byte of a payload is changed on its way: refused, and nothing recorded (R7)",
        nodes: 1,
        run: altered_payload,
    },
    Drill {
        name: "replayed-request",
        what: "a request that was valid is sent again byte for byte, also after kill -9: refused (R8)",
        nodes: 1,
        run: replayed_request,
    },
    Drill {
        name: "no-quorum",
        what: "two of three witnesses are gone: nothing becomes final until one is back, and then everything does (R18, R20.3)",
        nodes: 1,
        run: no_quorum,
    },
    Drill {
        name: "leader-crash",
        what: "the leader of three is killed three times under load: nothing lost, nothing doubled (R12, R20.2)",
        nodes: 3,
        run: cluster::leader_crash,
    },
    Drill {
        name: "stopped-leader",
        what: "the leader is stopped, another leads, the first goes on: it is fenced, and all agree (R12.5)",
        nodes: 3,
        run: cluster::stopped_leader,
    },
    Drill {
        name: "minority",
        what: "two of three nodes are stopped: nothing is recorded, nothing becomes final, until one goes on (R11.4, R20.3)",
        nodes: 3,
        run: cluster::minority,
    },
    Drill {
        name: "partition-and-crash",
        what: "one node is cut off and the leader is killed at once; whoever comes back, nothing is lost (R20)",
        nodes: 3,
        run: cluster::partition_and_crash,
    },
    Drill {
        name: "lagging-follower",
        what: "a follower is away for longer than the log is kept: it gets the state and the tiles, and agrees (R11)",
        nodes: 3,
        run: cluster::lagging_follower,
    },
    Drill {
        name: "wiped-node",
        what: "a node comes back under its number with nothing: it does not vote before it has caught up (R11, R12.2)",
        nodes: 3,
        run: cluster::wiped_node,
    },
    Drill {
        name: "restore",
        what: "three nodes lose everything, and come back from the backup of one that ran: nothing is missing (R20.5)",
        nodes: 3,
        run: restore::restore,
    },
    Drill {
        name: "two-restores",
        what: "two logs are restored from one backup: one goes on, the other signs nothing (R15.3, R20.5)",
        nodes: 1,
        run: restore::two_restores,
    },
    Drill {
        name: "old-restore",
        what: "a backup is older than what witnesses saw: nothing is signed until published files bring the rest (R15.3, R20.5)",
        nodes: 3,
        run: restore::old_restore,
    },
];

pub(crate) fn run(args: &DrillArgs) -> Result<()> {
    let named = |drill: &&Drill| args.names.is_empty() || args.names.iter().any(|name| name == drill.name);
    for drill in DRILLS.iter().filter(named) {
        interrupt::check("the drills before this one held")?;
        line(format_args!("{}: {}", drill.name, drill.what))?;
        let mut field = Field::prepare(drill.nodes)?;
        if let Err(error) = (drill.run)(&mut field).and_then(|()| field.audit()) {
            let dir = field.keep();
            let what = format!("{} (everything is kept in {})", error.what(), dir.display());
            return Err(Error::new(error.code(), error.place(), what, error.next()));
        }
        line("  held")?;
    }
    Ok(())
}

fn duplicate_request(field: &mut Field) -> Result<()> {
    field.start()?;
    let statements = field.statements(3)?;
    let id = RequestId::random(&mut Entropy::from_os()?);
    let first = field.submit_as(id, &statements)?;
    demand(field.submit_as(id, &statements)? == first, "a retry got another answer")?;
    field.kill()?;
    field.start()?;
    demand(field.submit_as(id, &statements)? == first, "a retry got another answer after the restart")?;
    let other = field.statements(3)?;
    let refused = field.submit_as(id, &other).map_err(|error| error.code());
    demand(refused == Err(Code::ConflictRequestId), "another payload under the same request ID was not refused")?;
    field.wait_for(first.first + first.count)?;
    let entries = field.published()?;
    demand(entries.len() == 4, "the log has not the genesis and three statements")
}

fn crash_after_append(field: &mut Field) -> Result<()> {
    field.start()?;
    let acknowledged = Arc::new(Mutex::new(Vec::<Acknowledged>::new()));
    let count = |of: &Mutex<Vec<_>>| of.lock().unwrap_or_else(PoisonError::into_inner).len();
    let length = Duration::from_secs(6);
    let load = Load { urls: vec![field.url()], length, clients: 4, entries: 8, enough: Arc::default() };
    let (keys, sink) = (field.keys()?, Arc::clone(&acknowledged));
    let running = thread::spawn(move || {
        load.run(&keys, &(Arc::new(now) as _), |new| {
            sink.lock().unwrap_or_else(PoisonError::into_inner).extend(new);
            Ok(())
        })
    });
    let mut seen = 0;
    for _ in 0..3 {
        field.eventually("the log acknowledges", || Ok((count(&acknowledged) > seen + BETWEEN_KILLS).then_some(())))?;
        field.kill()?;
        seen = count(&acknowledged);
        field.start()?;
    }
    let panicked = |_| Error::new(Code::Internal, "the load", "ended unexpectedly", "report this as a defect");
    running.join().map_err(panicked)??;
    let acknowledged = acknowledged.lock().unwrap_or_else(PoisonError::into_inner);
    let end = acknowledged.iter().map(|one| one.leaf_index).max().unwrap_or(0).saturating_add(1);
    field.wait_for(end)?;
    let mut places: BTreeMap<Hash, Vec<u64>> = BTreeMap::new();
    for (index, entry) in field.published()? {
        places.entry(Hash::of(&entry)).or_default().push(index);
    }
    demand(places.values().all(|indexes| indexes.len() == 1), "a statement is in the log twice")?;
    let in_place = |one: &Acknowledged| places.get(&one.statement_hash).is_some_and(|at| at == &[one.leaf_index]);
    demand(acknowledged.iter().all(in_place), "an acknowledged statement is not in its place")?;
    line(format_args!("  {} acknowledged, {} of them before the last kill", acknowledged.len(), seen))
}

fn altered_payload(field: &mut Field) -> Result<()> {
    field.start()?;
    let mut body = signed(field)?;
    let place = body.len().saturating_sub(100);
    body.get_mut(place).into_iter().for_each(|byte| *byte ^= 1);
    demand(post(field, &body)? == Some(Code::TamperedPayload), "an altered payload was not refused as such")?;
    demand(field.published()?.len() <= 1, "something was recorded")
}

fn replayed_request(field: &mut Field) -> Result<()> {
    field.start()?;
    let body = signed(field)?;
    demand(post(field, &body)?.is_none(), "a valid request was refused")?;
    demand(post(field, &body)? == Some(Code::ReplayedRequest), "a replayed request was not refused")?;
    field.kill()?;
    field.start()?;
    let again = post(field, &body)?;
    demand(again == Some(Code::ReplayedRequest), "a replayed request was not refused after the restart")?;
    field.wait_for(2)?;
    demand(field.published()?.len() == 2, "the log has not the genesis and one statement")
}

fn no_quorum(field: &mut Field) -> Result<()> {
    field.start()?;
    field.wait_for(1)?;
    field.kill_witness(1)?;
    field.kill_witness(2)?;
    let statements = field.statements(1)?;
    let id = RequestId::random(&mut Entropy::from_os()?);
    let receipt: Receipt = field.submit_as(id, &statements)?;
    let pending = field.impatient_bundles(&receipt).map_err(|error| error.code());
    demand(pending == Err(Code::NotAnchoredPending), "a statement became final without a quorum")?;
    demand(field.published()?.len() == 1, "a checkpoint without a quorum was published")?;
    field.start_witness(1)?;
    field.wait_for(2)?;
    demand(field.impatient_bundles(&receipt).is_ok_and(|bundles| bundles.len() == 1), "there is no bundle afterwards")
}

/// A request of the clerk's with one new statement.
fn signed(field: &Field) -> Result<Vec<u8>> {
    let statements = field.statements(1)?;
    let payload = submission(statements.iter().map(Vec::as_slice));
    let mut entropy = Entropy::from_os()?;
    let request_id = RequestId::random(&mut entropy);
    let outgoing = Outgoing { message_type: MessageType::Submit, request_id, payload: &payload };
    let keys = field.keys()?;
    outgoing.sign(&keys.origin, &keys.client_key, now(), &mut entropy)
}

/// Sends a request as it is; why it was refused.
fn post(field: &Field, body: &[u8]) -> Result<Option<Code>> {
    let url = format!("{}/v1/statements", field.url());
    let reply = HttpClient::new(Patience::default()).post_bytes(&url, "application/cose", body, 65_536);
    let reply = reply.map_err(ct_node::http::NoReply::into_error)?;
    let said: serde_json::Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    let code = said.get("code").and_then(serde_json::Value::as_str);
    Ok(code.and_then(|text| Code::ALL.iter().copied().find(|code| code.as_str() == text)))
}

/// Statements that are acknowledged between two kills at least.
const BETWEEN_KILLS: usize = 400;

/// The promise, or how it was broken.
fn demand(holds: bool, broken: impl Display) -> Result<()> {
    if holds { Ok(()) } else { Err(field::broken(broken)) }
}
