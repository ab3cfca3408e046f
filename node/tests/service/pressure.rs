//! More than the log takes at once: who waits, who is turned away, and that nothing accepted is lost.

use crate::town::{Town, at, directory};
use ct_core::{Code, Timestamp};
use ct_node::command::{Answer, Command, Outcome};
use ct_node::envelope::RequestId;
use ct_node::http::Telemetry;
use ct_node::service::{Admission, Admitted, Clock, Propose, Sequencer, SequencerLimits, ServiceMetrics};
use ct_node::{Entropy, Result};
use std::pin::Pin;
use std::sync::{Arc, Mutex, mpsc};
use tokio::runtime::Builder;
use tokio::sync::Semaphore;
use tokio::task::yield_now;

/// Answers when it is let, and notes how many requests each batch had.
struct Gate {
    open: Semaphore,
    batches: Mutex<Vec<usize>>,
}

impl Propose for Gate {
    fn propose(&self, command: Vec<u8>) -> Pin<Box<dyn Future<Output = Result<Vec<u8>>> + Send + '_>> {
        Box::pin(async move {
            let Command::Batch { envelopes, .. } = Command::parse(&command)? else { panic!("no batch") };
            self.batches.lock().unwrap().push(envelopes.len());
            self.open.acquire().await.unwrap().forget();
            let answer = |envelope: &&[u8]| Answer {
                request_id: RequestId::new([envelope[0]; 16]),
                outcome: Outcome::Sequenced { first: envelope[0].into(), count: 1 },
                repeated: false,
            };
            Ok(Answer::encode_all(&envelopes.iter().map(answer).collect::<Vec<_>>()))
        })
    }
}

fn admitted(number: u8, bytes: usize) -> Admitted {
    Admitted { request_id: RequestId::new([number; 16]), entries: 1, members: None, bytes: vec![number; bytes] }
}

// The gate of R5, R5.2, R5.5: a full queue turns away at once; what was accepted is answered, also while it stops.
#[test]
fn a_full_queue_turns_away_and_loses_nothing() {
    let runtime = Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let gate = Arc::new(Gate { open: Semaphore::new(0), batches: Mutex::default() });
        let mut telemetry = Telemetry::new("test", &mut Entropy::from_seed(&[1; 32]));
        let metrics = Arc::new(ServiceMetrics::register(telemetry.registry_mut()));
        let clock = Arc::new(|| Timestamp::from_seconds(1).unwrap());
        let limits = SequencerLimits { queue: 2, batch_bytes: 100, in_flight: 1 };
        let proposer: Arc<dyn Propose> = Arc::clone(&gate) as _;
        let (sequencer, ended) = Sequencer::start(proposer, clock, Arc::clone(&metrics), limits);
        let submit = |number: u8, bytes| {
            let sequencer = sequencer.clone();
            tokio::spawn(async move { sequencer.submit(admitted(number, bytes), None).await })
        };
        // One is under way, two wait.
        let mut accepted = vec![submit(1, 10)];
        while gate.batches.lock().unwrap().is_empty() {
            yield_now().await;
        }
        accepted.extend([submit(2, 60), submit(3, 60)]);
        yield_now().await;
        let refused = submit(4, 10).await.unwrap();
        assert_eq!(refused.map_err(|error| error.code()), Err(Code::LimitInFlight));
        assert_eq!(metrics.turned_away.get(), 1);
        // Nobody can ask any more; what was accepted is answered nevertheless, in batches that are not too large.
        drop(sequencer);
        gate.open.add_permits(100);
        for (number, task) in (1..).zip(accepted) {
            assert_eq!(task.await.unwrap().unwrap().request_id, RequestId::new([number; 16]));
        }
        ended.await.unwrap();
        assert_eq!(*gate.batches.lock().unwrap(), [1, 1, 1]);
        assert_eq!(metrics.sequenced.get(), 3);
    });
}

// R5.1, R5.2: one request is verified, one waits, and the next is turned away; a request that panics gives its thread back.
#[test]
fn a_full_gate_turns_away_and_gets_every_thread_back() {
    // Dropped last: it waits for its threads, which end when nobody can tell them the time any more.
    let runtime = Builder::new_current_thread().build().unwrap();
    let (mut town, dir) = (Town::new(), directory());
    let machine = crate::town::machine(&town, dir.path());
    let statements = town.issue(1, at(10));
    let request = town.request(1, &statements, at(20));
    let ((enter, entered), (release, released)) = (mpsc::channel(), mpsc::channel::<Option<Timestamp>>());
    let released = Mutex::new(released);
    // It is asked for the time once for each request, on the thread that verifies it.
    let clock: Clock = Arc::new(move || {
        enter.send(()).unwrap();
        let time = released.lock().unwrap().recv().unwrap();
        time.expect("told to panic")
    });
    let metrics = crate::running::metrics();
    let admission = Admission::new(machine.reader(), clock, Arc::clone(&metrics), 1, 1);
    runtime.block_on(async {
        let admit = || {
            let (admission, bytes) = (admission.clone(), request.clone());
            tokio::spawn(async move { admission.admit(bytes, None).await.map(drop).map_err(|error| error.code()) })
        };
        let until_entered = async || {
            while entered.try_recv().is_err() {
                yield_now().await;
            }
        };
        let first = admit();
        until_entered().await;
        let second = admit();
        yield_now().await;
        assert_eq!(admit().await.unwrap(), Err(Code::LimitInFlight));
        assert_eq!(metrics.turned_away.get(), 1);
        release.send(None).unwrap();
        assert_eq!(first.await.unwrap(), Err(Code::Internal));
        release.send(Some(at(20))).unwrap();
        assert_eq!(second.await.unwrap(), Ok(()));
        release.send(Some(at(20))).unwrap();
        assert_eq!(admit().await.unwrap(), Ok(()));
    });
}
