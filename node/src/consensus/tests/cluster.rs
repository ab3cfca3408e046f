//! Several nodes, whose messages are lost, doubled, held back and cut off on purpose.

use super::*;
use crate::peers::{Member, MessageKind, Network, Receive};
use std::collections::{BTreeMap, BTreeSet};
use std::pin::Pin;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// What happens to messages. Chosen by a seeded generator, so that a seed names the faults, if not their times.
#[derive(Default)]
struct Weather {
    /// Messages between these do not arrive.
    apart: BTreeSet<(u64, u64)>,
    /// Messages of these kinds do not arrive.
    muted: BTreeSet<MessageKind>,
    /// Of 100 messages, so many are lost on their way there, lost on their way back, delivered twice, or late.
    lost: u64,
    unanswered: u64,
    doubled: u64,
    late: u64,
    random: u64,
}

impl Weather {
    fn draw(&mut self) -> u64 {
        // An xorshift: enough to spread faults.
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random % 100
    }
}

type Receivers = Arc<Mutex<BTreeMap<u64, Arc<dyn Receive>>>>;

/// The way out of one node.
struct Wire {
    from: u64,
    receivers: Receivers,
    weather: Arc<Mutex<Weather>>,
}

impl Network for Wire {
    fn call<'a>(
        &'a self,
        to: &'a Member,
        kind: MessageKind,
        payload: Vec<u8>,
        within: Duration,
    ) -> Pin<Box<dyn Future<Output = Result<Vec<u8>>> + Send + 'a>> {
        let lost = || Error::new(Code::IoNetwork, "wire", "lost", "");
        Box::pin(async move {
            let (cut, draws) = {
                let mut weather = self.weather.lock().unwrap();
                let muted = weather.muted.contains(&kind);
                let cut = muted || weather.apart.contains(&(self.from, to.node)) || weather.draw() < weather.lost;
                let unanswered = weather.draw() < weather.unanswered;
                (cut, (unanswered, weather.draw() < weather.doubled, weather.draw() < weather.late))
            };
            let (unanswered, doubled, late) = draws;
            let receiver = self.receivers.lock().unwrap().get(&to.node).cloned();
            // A node refuses whom it does not know.
            let knows = |receiver: &Arc<dyn Receive>| receiver.member(&key(self.from)) == Some(self.from);
            let Some(receiver) = receiver.filter(|receiver| !cut && knows(receiver)) else {
                tokio::time::sleep(within.min(Duration::from_millis(50))).await;
                return Err(lost());
            };
            if late {
                tokio::time::sleep(Duration::from_millis(120)).await;
            }
            if doubled {
                let _ = receiver.receive(self.from, kind, payload.clone()).await;
            }
            let reply = receiver.receive(self.from, kind, payload).await;
            if unanswered { Err(lost()) } else { reply }
        })
    }
}

fn key(node: u64) -> [u8; 32] {
    [u8::try_from(node).unwrap(); 32]
}

pub(super) fn member(node: u64) -> Member {
    Member { node, key: key(node), address: format!("node-{node}:1") }
}

/// Nodes by number, each with its disk and its machine.
struct Town {
    nodes: BTreeMap<u64, Arc<Consensus>>,
    machines: BTreeMap<u64, Memory>,
    disks: BTreeMap<u64, FaultyDisk>,
    dirs: BTreeMap<u64, TempDir>,
    members: Vec<Member>,
    receivers: Receivers,
    weather: Arc<Mutex<Weather>>,
    persist_after_entries: u64,
}

impl Town {
    fn new(count: u64, persist_after_entries: u64) -> Self {
        let mut town = Self {
            nodes: BTreeMap::new(),
            machines: BTreeMap::new(),
            disks: BTreeMap::new(),
            dirs: BTreeMap::new(),
            members: (1..=count).map(member).collect(),
            receivers: Receivers::default(),
            weather: Arc::new(Mutex::new(Weather { random: 7, ..Weather::default() })),
            persist_after_entries,
        };
        for node in 1..=count {
            town.settle(node);
            town.begin(node, Beginning::Founds);
        }
        town
    }

    /// A place for a node, with nothing in it.
    fn settle(&mut self, node: u64) {
        self.machines.insert(node, Memory::default());
        self.disks.insert(node, FaultyDisk::default());
        self.dirs.insert(node, tempfile::tempdir().unwrap());
    }

    fn begin(&mut self, node: u64, beginning: Beginning) {
        let wire = Wire { from: node, receivers: Arc::clone(&self.receivers), weather: Arc::clone(&self.weather) };
        let cluster = Cluster {
            members: self.members.clone(),
            network: Arc::new(wire),
            api: format!("http://node-{node}"),
            beginning,
        };
        let mut settings = settings();
        settings.node_id = node;
        settings.dir = self.dirs[&node].path().to_owned();
        settings.persist_after_entries = self.persist_after_entries;
        let (disk, machine) = (Box::new(self.disks[&node].clone()), Box::new(self.machines[&node].clone()));
        let begun = Consensus::start_on(disk, settings, machine, Some(cluster)).unwrap();
        self.receivers.lock().unwrap().insert(node, begun.receiver());
        self.nodes.insert(node, Arc::new(begun));
    }

    /// As by `kill -9`: what was flushed stays.
    fn crash(&mut self, node: u64) {
        self.receivers.lock().unwrap().remove(&node);
        drop(self.nodes.remove(&node));
        let left = self.disks[&node].crash(|| false);
        self.disks.insert(node, left);
        let reborn = self.machines[&node].reborn();
        self.machines.insert(node, reborn);
    }

    fn cut_off(&self, node: u64) {
        let mut weather = self.weather.lock().unwrap();
        for other in 1..10 {
            weather.apart.extend([(node, other), (other, node)]);
        }
    }

    fn heal(&self) {
        let mut weather = self.weather.lock().unwrap();
        *weather = Weather { random: weather.random, ..Weather::default() };
    }

    fn leader(&self, among: &[u64]) -> u64 {
        let mut found = 0;
        wait_for("a leader", || {
            let leads = |node: &&u64| self.nodes[node].status().role == Role::Leads;
            found = among.iter().find(leads).copied().unwrap_or(0);
            found > 0 && run(self.nodes[&found].catch_up()).is_ok()
        });
        found
    }

    /// Commands that whoever leads has answered, each tried until it is: like a client with request IDs.
    fn propose(&self, numbers: std::ops::Range<u64>, among: &[u64]) {
        for number in numbers {
            wait_for("an answer", || {
                let proposed = among.iter().any(|node| {
                    let proposal = self.nodes[node].propose(command(number));
                    run(async { tokio::time::timeout(Duration::from_secs(3), proposal).await })
                        .is_ok_and(|it| it.is_ok())
                });
                proposed || self.nodes.values().next().is_none()
            });
        }
    }

    /// Waits until all of them have the same commands, and gives these.
    fn agreed(&self, among: &[u64]) -> Vec<Vec<u8>> {
        let mut commands = Vec::new();
        wait_for("agreement", || {
            let all: Vec<_> = among.iter().map(|node| self.machines[node].shown.lock().unwrap().clone()).collect();
            let first = all[0].commands.clone();
            let last = self.nodes[&among[0]].status().last;
            let applied = among.iter().all(|node| self.nodes[node].status().applied == last);
            commands = first.iter().map(|(_, command)| command.clone()).collect();
            applied && all.iter().all(|state| state.commands == first)
        });
        commands
    }
}

fn wait_for(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(60), "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn distinct(commands: &[Vec<u8>]) -> BTreeSet<Vec<u8>> {
    commands.iter().cloned().collect()
}

fn expected(numbers: std::ops::Range<u64>) -> BTreeSet<Vec<u8>> {
    numbers.map(command).collect()
}

// R11.2, R12.3: all nodes apply the same; who does not lead says so, and who does.
#[test]
fn three_nodes_agree_and_followers_name_the_leader() {
    let town = Town::new(3, u64::MAX);
    let all = [1, 2, 3];
    let leader = town.leader(&all);
    let results = run(propose(&town.nodes[&leader], 0..200, 16));
    assert!(results.iter().all(|(_, result)| result.is_ok()));
    assert_eq!(town.agreed(&all), (0..200).map(command).collect::<Vec<_>>());
    for node in all.into_iter().filter(|node| *node != leader) {
        wait_for("the hint", || town.nodes[&node].status().leader_api.is_some());
        let status = town.nodes[&node].status();
        assert_eq!((status.leader, status.leader_api), (Some(leader), Some(format!("http://node-{leader}"))));
        assert_eq!(code(&run(town.nodes[&node].propose(command(999)))), Some(Code::NotLeaderNode));
        assert_eq!(code(&run(town.nodes[&node].catch_up())), Some(Code::NotLeaderNode));
    }
    assert_eq!(town.agreed(&all).len(), 200);
}

// R11.4, R12.5, R20.3: a leader without a majority commits nothing, and what it held is not carried out behind anybody's
// back in another order.
#[test]
fn a_minority_commits_nothing() {
    let town = Town::new(3, u64::MAX);
    let old = town.leader(&[1, 2, 3]);
    town.propose(0..10, &[old]);
    town.cut_off(old);
    let others: Vec<u64> = (1..=3).filter(|node| *node != old).collect();
    let held = {
        let node = Arc::clone(&town.nodes[&old]);
        std::thread::spawn(move || run(node.propose(command(500))))
    };
    let new = town.leader(&others);
    town.propose(10..30, &[new]);
    assert_eq!(town.machines[&old].commands().len(), 10);
    assert_eq!(code(&run(town.nodes[&old].catch_up())), Some(Code::NotLeaderNode));
    town.heal();
    let commands = town.agreed(&[1, 2, 3]);
    assert_eq!(commands, (0..30).map(command).collect::<Vec<_>>());
    let refused = code(&held.join().unwrap());
    assert!(matches!(refused, Some(Code::UnknownOutcome | Code::NotLeaderNode)), "{refused:?}");
}

// R5.5, R11.4: a leader without a majority can be told to end; what it holds stays unknown.
#[test]
fn a_minority_can_be_shut_down() {
    for abandons in [false, true] {
        let mut town = Town::new(3, u64::MAX);
        let old = town.leader(&[1, 2, 3]);
        town.propose(0..10, &[old]);
        town.cut_off(old);
        let node = town.nodes.remove(&old).unwrap();
        town.receivers.lock().unwrap().remove(&old);
        let held = run(async {
            let mut proposal = std::pin::pin!(node.propose(command(500)));
            let early = tokio::time::timeout(Duration::from_millis(200), &mut proposal).await;
            if !abandons {
                return early.ok();
            }
            node.abandon().await;
            Some(proposal.await)
        });
        assert_eq!(held.as_ref().and_then(code), abandons.then_some(Code::UnknownOutcome));
        let begun = Instant::now();
        wait_for("the last hand", || Arc::strong_count(&node) == 1);
        end(node).unwrap();
        assert!(begun.elapsed() < Duration::from_secs(30));
        town.machines.insert(old, town.machines[&old].reborn());
        town.disks.insert(old, town.disks[&old].crash(|| false));
        town.heal();
        town.begin(old, Beginning::Returns);
        town.propose(10..20, &[1, 2, 3]);
        assert!(distinct(&town.agreed(&[1, 2, 3])).is_superset(&expected(0..20)));
    }
}

// R11.3, R11.5: a node that was away for longer than the log is kept gets the state, then the log.
#[test]
fn a_node_that_lags_beyond_the_log_gets_the_state() {
    let mut town = Town::new(3, 50);
    let leader = town.leader(&[1, 2, 3]);
    let away = (1..=3).find(|node| *node != leader).unwrap();
    let rest: Vec<u64> = (1..=3).filter(|node| *node != away).collect();
    town.propose(0..5, &rest);
    town.crash(away);
    town.propose(5..300, &rest);
    wait_for("the log to go", || town.nodes[&town.leader(&rest)].status().purged > Some(100));
    let before = town.disks[&away].kill();
    town.begin(away, Beginning::Returns);
    assert_eq!(town.agreed(&[1, 2, 3]), (0..300).map(command).collect::<Vec<_>>());
    // A crash after the state was taken over, and before the log heard of it: nothing is lost, nobody need be asked.
    town.crash(away);
    town.disks.insert(away, before);
    town.begin(away, Beginning::Returns);
    assert_ne!(town.nodes[&away].status().role, Role::Recovers);
    town.propose(300..310, &[1, 2, 3]);
    assert_eq!(distinct(&town.agreed(&[1, 2, 3])), expected(0..310));
}

// R12.2, R20.1: a node that has lost everything under its old number breaks no promise: while it alone could make a
// majority with one that lacks entries, there is none.
#[test]
fn a_wiped_node_does_not_vote_before_it_has_caught_up() {
    let mut town = Town::new(3, u64::MAX);
    let leader = town.leader(&[1, 2, 3]);
    let others: Vec<u64> = (1..=3).filter(|node| *node != leader).collect();
    let (wiped, behind) = (others[0], others[1]);
    // One node lacks what the two others have confirmed.
    town.cut_off(behind);
    town.propose(0..20, &[leader]);
    town.crash(leader);
    town.crash(wiped);
    town.settle(wiped);
    town.heal();
    // Without the third, it cannot even begin: it asks.
    let begun = {
        let mut members = BTreeMap::new();
        members.extend(town.members.iter().map(|member| (member.node, member.clone())));
        let wire = Wire { from: wiped, receivers: Arc::clone(&town.receivers), weather: Arc::clone(&town.weather) };
        let network: Arc<dyn Network> = Arc::new(wire);
        let asked = async move {
            let asked = crate::consensus::rejoin::ask(&network, wiped, &members);
            tokio::time::timeout(Duration::from_secs(2), asked).await
        };
        run(asked)
    };
    assert!(begun.is_err());
    assert_ne!(town.nodes[&behind].status().role, Role::Leads);
    town.begin(leader, Beginning::Returns);
    town.begin(wiped, Beginning::Returns);
    assert_eq!(town.agreed(&[1, 2, 3]), (0..20).map(command).collect::<Vec<_>>());
    wait_for("the vote", || town.nodes[&wiped].status().role != Role::Recovers);
    town.propose(20..30, &[1, 2, 3]);
    assert_eq!(distinct(&town.agreed(&[1, 2, 3])), expected(0..30));
}

// The same, one step later: it has begun, and has not caught up. Its empty log would be good enough for a candidate that
// lacks what two nodes had confirmed.
fn a_node_that_recovers_elects_nobody(lose: impl Fn(&mut Town, u64)) {
    let mut town = Town::new(3, u64::MAX);
    let leader = town.leader(&[1, 2, 3]);
    let others: Vec<u64> = (1..=3).filter(|node| *node != leader).collect();
    let (wiped, behind) = (others[0], others[1]);
    town.cut_off(behind);
    town.propose(0..20, &[leader]);
    town.crash(wiped);
    lose(&mut town, wiped);
    town.heal();
    use MessageKind::{Append, Heartbeat, PreVote, Snapshot, Vote};
    town.weather.lock().unwrap().muted.extend([Append, Heartbeat, Snapshot, PreVote, Vote]);
    town.begin(wiped, Beginning::Returns);
    town.crash(leader);
    town.heal();
    // For some election time-outs.
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(6) {
        for node in [wiped, behind] {
            assert_ne!(town.nodes[&node].status().role, Role::Leads, "{node}");
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    town.begin(leader, Beginning::Returns);
    assert_eq!(town.agreed(&[1, 2, 3]), (0..20).map(command).collect::<Vec<_>>());
}

#[test]
fn a_node_that_lost_everything_elects_nobody() {
    a_node_that_recovers_elects_nobody(|town, node| town.settle(node));
}

#[test]
fn a_node_that_lost_the_end_of_its_log_elects_nobody() {
    a_node_that_recovers_elects_nobody(|town, node| damage(&town.disks[&node]));
}

/// Flips a bit in the last third of what was written.
fn damage(disk: &FaultyDisk) {
    let last = disk.segments().pop().unwrap();
    let mut bytes = disk.bytes(&last);
    let end = bytes.iter().rposition(|byte| *byte != 0).unwrap();
    bytes[end * 2 / 3] ^= 1;
    disk.set(&last, &bytes);
}

// R10.4, R11.5: a node whose log is damaged keeps what is left of it, and gets the rest from the others; alone, it does
// not start.
#[test]
fn a_damaged_log_is_mended_by_the_others() {
    let mut town = Town::new(3, 40);
    let leader = town.leader(&[1, 2, 3]);
    let damaged = (1..=3).find(|node| *node != leader).unwrap();
    town.propose(0..100, &[leader]);
    town.agreed(&[1, 2, 3]);
    town.crash(damaged);
    let disk = &town.disks[&damaged];
    damage(disk);
    let alone = start(disk, settings(), &town.machines[&damaged]);
    assert_eq!(alone.map(drop).map_err(|error| error.code()), Err(Code::TamperedWal));
    town.begin(damaged, Beginning::Returns);
    town.propose(100..120, &[1, 2, 3]);
    assert_eq!(distinct(&town.agreed(&[1, 2, 3])), expected(0..120));
    wait_for("the vote", || town.nodes[&damaged].status().role != Role::Recovers);
}

// R12.2, R20.1: a crash between accepting a loss and writing the vote that follows from it forgets nothing: the next start
// finds a log that looks whole, and a promise that was not kept yet.
#[test]
fn a_node_that_crashes_while_it_rejoins_still_goes_beyond_its_promises() {
    let mut town = Town::new(3, u64::MAX);
    let leader = town.leader(&[1, 2, 3]);
    let lost = (1..=3).find(|node| *node != leader).unwrap();
    town.propose(0..20, &[leader]);
    let term = town.nodes[&leader].status().term;
    town.crash(lost);
    damage(&town.disks[&lost]);
    std::fs::write(town.dirs[&lost].path().join("rejoining"), format!("{term}\n")).unwrap();
    drop(crate::wal::recover(Box::new(town.disks[&lost].clone())).unwrap().accept_loss().unwrap());
    // What it says when it is asked by the leader of the term that it may have forgotten to have confirmed entries for.
    town.weather.lock().unwrap().muted.extend([MessageKind::Append, MessageKind::Heartbeat, MessageKind::PreVote]);
    town.begin(lost, Beginning::Returns);
    let status = town.nodes[&lost].status();
    assert!(status.role == Role::Recovers && status.term > term, "{status:?}");
    town.heal();
    assert_eq!(town.agreed(&[1, 2, 3]), (0..20).map(command).collect::<Vec<_>>());
    wait_for("the vote", || town.nodes[&lost].status().role != Role::Recovers);
}

// R20.1: a member whose folder was taken back to an older copy costs no other node its place: the leader gives it again
// what it lacks.
#[test]
fn a_member_that_was_taken_back_does_not_stop_the_leader() {
    let mut town = Town::new(3, u64::MAX);
    let leader = town.leader(&[1, 2, 3]);
    let old = (1..=3).find(|node| *node != leader).unwrap();
    town.propose(0..10, &[leader]);
    town.agreed(&[1, 2, 3]);
    town.crash(old);
    let copy = town.disks[&old].crash(|| false);
    town.begin(old, Beginning::Returns);
    town.propose(10..30, &[leader]);
    town.agreed(&[1, 2, 3]);
    town.crash(old);
    town.disks.insert(old, copy);
    town.begin(old, Beginning::Returns);
    assert_eq!(town.agreed(&[1, 2, 3]), (0..30).map(command).collect::<Vec<_>>());
    let status = town.nodes[&leader].status();
    assert_eq!(status.halted, None);
    town.propose(30..35, &[1, 2, 3]);
    assert_eq!(distinct(&town.agreed(&[1, 2, 3])), expected(0..35));
}

// R12.2, R20.1: a node whose configuration is older than the members asks those that it does not name, too: with two of
// them it may have confirmed what those that it names have never heard of.
#[test]
fn a_wiped_node_asks_members_that_its_configuration_does_not_name() {
    let mut town = Town::new(3, u64::MAX);
    let leader = town.leader(&[1, 2, 3]);
    for node in [4, 5] {
        town.settle(node);
        town.begin(node, Beginning::Joins);
        run(town.nodes[&leader].put_member(member(node))).unwrap();
    }
    town.propose(0..10, &[leader]);
    town.agreed(&[1, 2, 3, 4, 5]);
    // One leads that the wiped node's configuration does not name.
    let unheard = (1..=3).flat_map(|from| (1..=5).map(move |to| (from, to)));
    town.weather.lock().unwrap().apart.extend(unheard);
    let leader = town.leader(&[4, 5]);
    town.heal();
    town.propose(10..20, &[leader]);
    let wiped = 1;
    town.crash(wiped);
    town.settle(wiped);
    let asked = |town: &Town, seconds| {
        let members = town.members.iter().map(|member| (member.node, member.clone())).collect();
        let wire = Wire { from: wiped, receivers: Arc::clone(&town.receivers), weather: Arc::clone(&town.weather) };
        let network: Arc<dyn Network> = Arc::new(wire);
        run(async move {
            let asked = crate::consensus::rejoin::ask(&network, wiped, &members);
            tokio::time::timeout(Duration::from_secs(seconds), asked).await.ok()
        })
    };
    let term = town.nodes[&leader].status().term;
    let heard = asked(&town, 60).unwrap();
    assert_eq!((heard.term, heard.members), (term, (1..=5).map(|node| (node, member(node))).collect()));
    // The two that its configuration names are not enough of five.
    town.weather.lock().unwrap().apart.extend([(wiped, 4), (wiped, 5)]);
    assert_eq!(asked(&town, 2), None);
    town.heal();
    town.begin(wiped, Beginning::Returns);
    assert_eq!(town.agreed(&[1, 2, 3, 4, 5]), (0..20).map(command).collect::<Vec<_>>());
    wait_for("the vote", || town.nodes[&wiped].status().role != Role::Recovers);
}

// R10.3: a log of one node has nobody to ask.
#[test]
fn a_node_that_lost_everything_and_knows_no_other_does_not_start() {
    let (receivers, weather) = (Receivers::default(), Arc::default());
    let cluster = |beginning| Cluster {
        members: vec![member(1)],
        network: Arc::new(Wire { from: 1, receivers: Arc::clone(&receivers), weather: Arc::clone(&weather) }),
        api: String::new(),
        beginning,
    };
    let disk = FaultyDisk::default();
    let begin = |machine: &Memory, beginning| {
        let (disk, machine) = (Box::new(disk.clone()), Box::new(machine.clone()));
        Consensus::start_on(disk, settings(), machine, Some(cluster(beginning)))
    };
    let machine = Memory::default();
    assert_eq!(code(&begin(&machine, Beginning::Returns)), Some(Code::TamperedWal));
    begin(&machine, Beginning::Founds).unwrap().shutdown().unwrap();
    begin(&machine.reborn(), Beginning::Returns).unwrap().shutdown().unwrap();
}

// R11: members come and go, and nothing is lost.
#[test]
fn members_are_added_and_removed() {
    let mut town = Town::new(3, u64::MAX);
    let leader = town.leader(&[1, 2, 3]);
    town.propose(0..40, &[leader]);
    town.settle(4);
    town.begin(4, Beginning::Joins);
    run(town.nodes[&leader].put_member(member(4))).unwrap();
    run(town.nodes[&leader].put_member(member(4))).unwrap();
    let stolen = Member { key: key(4), ..member(5) };
    assert_eq!(code(&run(town.nodes[&leader].put_member(stolen))), Some(Code::ConflictMembers));
    assert_eq!(code(&run(town.nodes[&leader].delete_member(9))), Some(Code::UnknownMember));
    let follower = (1..=3).find(|node| *node != leader).unwrap();
    assert_eq!(code(&run(town.nodes[&follower].put_member(member(5)))), Some(Code::NotLeaderNode));
    run(town.nodes[&leader].delete_member(leader)).unwrap();
    let rest: Vec<u64> = (1..=4).filter(|node| *node != leader).collect();
    let new = town.leader(&rest);
    town.propose(40..60, &[new]);
    assert_eq!(town.agreed(&rest), (0..60).map(command).collect::<Vec<_>>());
    let members: Vec<u64> = town.nodes[&new].status().members.iter().map(|(member, _)| member.node).collect();
    assert_eq!(members, rest);
}

// R2.1, R12.4, R20.1: messages lost, doubled, late and unanswered, and crashes among them.
#[test]
fn bad_weather_loses_nothing() {
    let mut town = Town::new(3, 40);
    town.leader(&[1, 2, 3]);
    for round in 0..4_u64 {
        {
            let mut weather = town.weather.lock().unwrap();
            (weather.lost, weather.unanswered, weather.doubled, weather.late) = (8, 8, 15, 10);
            weather.random = 1 + round;
        }
        town.propose(round * 20..round * 20 + 20, &[1, 2, 3]);
        let victim = round % 3 + 1;
        town.crash(victim);
        town.begin(victim, Beginning::Returns);
        town.heal();
    }
    let commands = town.agreed(&[1, 2, 3]);
    // A command that was tried twice may be there twice: telling that they are the same is the machine's part.
    assert_eq!(distinct(&commands), expected(0..80));
}
