//! What a node that has lost its log asks, whom, and until when.

use super::cluster::member;
use super::*;
use crate::consensus::messages::{Standings, encode_standings};
use crate::consensus::protocol::Membership;
use crate::consensus::rejoin::{Heard, ask};
use crate::peers::{Member, MessageKind, Network};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::path::PathBuf;
use std::pin::Pin;
use std::time::{Duration, Instant};
use tracing::subscriber::DefaultGuard;

/// Members that answer late, or never.
struct Others {
    /// By node: the first question that it answers, counted from 1, and with which term and list of voters.
    answers: BTreeMap<u64, (usize, u64, BTreeSet<u64>)>,
    /// Who was asked, and whether anything had been said by then.
    asked: Mutex<Vec<(u64, bool)>>,
    events: PathBuf,
}

impl Others {
    /// Collects the events of this thread, which is the only one here.
    fn collect(&self) -> DefaultGuard {
        let file = Arc::new(File::create_new(&self.events).unwrap());
        let warnings = tracing_subscriber::fmt().with_ansi(false).with_max_level(tracing::Level::WARN);
        tracing::subscriber::set_default(warnings.with_writer(file).finish())
    }

    fn lines(&self) -> Vec<String> {
        fs::read_to_string(&self.events).unwrap().lines().map(ToOwned::to_owned).collect()
    }

    /// For each time that this node was asked, whether something had been said by then.
    fn asked(&self, node: u64) -> Vec<bool> {
        let asked = self.asked.lock().unwrap();
        asked.iter().filter(|(to, _)| *to == node).map(|(_, said)| *said).collect()
    }
}

impl Network for Others {
    fn call<'a>(
        &'a self,
        to: &'a Member,
        kind: MessageKind,
        _payload: Vec<u8>,
        _within: Duration,
    ) -> Pin<Box<dyn Future<Output = Result<Vec<u8>>> + Send + 'a>> {
        assert_eq!(kind, MessageKind::Standing);
        self.asked.lock().unwrap().push((to.node, !self.lines().is_empty()));
        let times = self.asked(to.node).len();
        let reply = match self.answers.get(&to.node) {
            Some((from, term, list)) if times >= *from => {
                let nodes: BTreeMap<u64, Member> = list.iter().map(|node| (*node, member(*node))).collect();
                let members = openraft::Membership::new(vec![list.clone()], nodes).unwrap();
                let members = Membership::new(None, members);
                encode_standings(&Standings { term: *term, api: String::new(), members })
            }
            _ => Err(Error::new(Code::IoNetwork, "wire", "lost", "")),
        };
        Box::pin(std::future::ready(reply))
    }
}

// R12.2: whom it hears of is asked at once; those who are silent are asked again after a pause, those who have answered
// and this node itself are not; it is said once who must answer.
#[test]
fn the_silent_are_asked_until_enough_have_answered() {
    let dir = tempfile::tempdir().unwrap();
    let (three, five) = (BTreeSet::from([1, 2, 3]), BTreeSet::from([1, 3, 4, 5, 6]));
    let answers = BTreeMap::from([
        (1, (1, 99, three.clone())),
        (2, (4, 4, three)),
        (3, (1, 5, five.clone())),
        (4, (2, 9, five.clone())),
        (5, (3, 5, five)),
    ]);
    let others = Arc::new(Others { answers, asked: Mutex::default(), events: dir.path().join("events") });
    let _guard = others.collect();
    let network: Arc<dyn Network> = Arc::clone(&others) as _;
    let configured = (1..=3).map(|node| (node, member(node))).collect();
    let begun = Instant::now();
    let heard = run(ask(&network, 1, &configured));
    // Two rounds ended without anybody new.
    assert!(begun.elapsed() >= Duration::from_millis(500));
    assert_eq!(heard, Heard { term: 9, members: (1..=6).map(|node| (node, member(node))).collect() });
    let expected: [&[bool]; 6] =
        [&[], &[false, false, true, true], &[false], &[false, true], &[false, true, true], &[false, true, true]];
    for (node, expected) in (1..).zip(expected) {
        assert_eq!(others.asked(node), expected, "{node}");
    }
    let said = others.lines();
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].contains("more of the nodes {2, 4, 5, 6} must answer first"), "{said:?}");
    assert!(said[0].contains("incomplete.node"), "{said:?}");
}
