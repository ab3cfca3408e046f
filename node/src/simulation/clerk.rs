//! Those who use the log: they send, send again, and remember what they were told.

use super::history::Event;
use super::place::World;
use super::run::{Places, Scale};
use super::seconds;
use super::town::{ORIGIN, at};
use crate::command::{Answer, Outcome};
use crate::consensus::{sleep, within};
use crate::envelope::{MessageType, Outgoing, RequestId, submission};
use ct_core::Hash;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// What all clerks share.
pub(super) struct Office {
    pub(super) world: World,
    pub(super) places: Places,
    /// Whether anything new is sent.
    pub(super) is_open: AtomicBool,
    /// Requests that are on their way.
    pub(super) busy: AtomicU64,
    pub(super) last: AtomicU64,
}

/// A request, as its clerk keeps it.
#[derive(Clone)]
struct Request {
    number: u64,
    statements: Vec<Vec<u8>>,
}

/// Works until the run is over.
pub(super) async fn work(office: Arc<Office>, scale: Scale) {
    let chance = &office.world.chance;
    let mut sent: Vec<Request> = Vec::new();
    loop {
        sleep(Duration::from_millis(chance.among(20..scale.pause()))).await;
        if !office.is_open.load(Ordering::Relaxed) {
            continue;
        }
        let request = match chance.among(0..8) {
            _ if scale == Scale::Short => office.request(1),
            0 | 1 if !sent.is_empty() => chance.pick(&sent),
            // The same statements, as if they were new.
            2 if !sent.is_empty() => Request { number: office.number(), ..chance.pick(&sent) },
            _ => office.request(chance.among(1..4)),
        };
        office.busy.fetch_add(1, Ordering::Relaxed);
        if office.send(&request).await {
            sent.push(request);
        }
        office.busy.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Office {
    fn number(&self) -> u64 {
        self.last.fetch_add(1, Ordering::Relaxed) + 1
    }

    fn request(&self, statements: u64) -> Request {
        let count = usize::try_from(statements).unwrap();
        let signed = self.world.town.lock().unwrap().issue(count, at(seconds()));
        Request { number: self.number(), statements: signed.into_iter().map(|signed| signed.statement).collect() }
    }

    /// Until it is answered, or the clerk gives up; whether it was taken.
    async fn send(&self, request: &Request) -> bool {
        for _ in 0..ATTEMPTS {
            self.world.history.tell(Event::Submit { request: request.number });
            let node = self.world.chance.among(1..self.world.nodes + 1);
            let Some(answer) = self.attempt(node, request).await else {
                sleep(Duration::from_millis(self.world.chance.among(20..200))).await;
                continue;
            };
            let number = request.number;
            match answer.outcome {
                Outcome::Sequenced { first, .. } => {
                    let statements = request.statements.iter().map(|statement| Hash::of(statement)).collect();
                    self.world.history.tell(Event::Answer { request: number, first, statements });
                    return true;
                }
                Outcome::Refused { code, .. } => {
                    self.world.history.tell(Event::Refuse { request: number, code: code.as_str() });
                    return false;
                }
                Outcome::Changed { .. } => panic!("a submission changes no client"),
            }
        }
        false
    }

    /// What one node answers; `None` if nothing is heard, or it cannot say.
    async fn attempt(&self, node: u64, request: &Request) -> Option<Answer> {
        let World { chance, town, .. } = &self.world;
        sleep(Duration::from_millis(chance.among(1..20))).await;
        let running = self.places.lock().unwrap().get(&node)?.running()?;
        if chance.one_in(20) {
            return None;
        }
        let bytes = {
            let mut town = town.lock().unwrap();
            let payload = submission(request.statements.iter().map(Vec::as_slice));
            let mut id = [0; 16];
            id[8..].copy_from_slice(&request.number.to_be_bytes());
            let (request_id, message_type) = (RequestId::new(id), MessageType::Submit);
            let outgoing = Outgoing { message_type, request_id, payload: &payload };
            let town = &mut *town;
            outgoing.sign(ORIGIN, &town.client, at(seconds()), &mut town.entropy).unwrap()
        };
        let admitted = running.admission.check(bytes).ok()?;
        let answer = within(PATIENCE, running.sequencer.submit(admitted, None)).await;
        if chance.one_in(20) { None } else { answer?.ok() }
    }
}

const ATTEMPTS: u64 = 60;
const PATIENCE: Duration = Duration::from_secs(3);
