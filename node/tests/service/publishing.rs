//! What is published on each of several nodes, whoever leads and whatever breaks.

use crate::publishers::{Cluster, Fault, Reach};
use crate::running::{becomes, copy_all, fence};
use ct_core::limits::{MAX_ENTRY_BYTES, MAX_FRAME_BYTES};
use ct_core::{Checkpoint, Code, Hash, Note, TreeSize};
use ct_node::command::{Command, Seal};
use ct_node::service::{Archive, EntrySource};
use ct_node::{Error, LogSigner, Publication, Result};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

const FAULTS: [Fault; 5] =
    [Fault::AfterSeal, Fault::AfterSign, Fault::AfterCosign, Fault::BeforeAnchor, Fault::AfterAnchor];

fn checkpoint(note: &str) -> Checkpoint {
    Checkpoint::parse(Note::parse(note).unwrap().text()).unwrap()
}

/// Each checkpoint is continued by each later one, as the tiles of this node say.
fn all_are_of_one_history(cluster: &Cluster, node: usize, roots: &BTreeMap<TreeSize, Hash>) {
    let mut publication = crate::running::opened(&cluster.town, cluster.dir(node));
    let sizes: Vec<TreeSize> = roots.keys().copied().collect();
    for (place, old) in sizes.iter().enumerate() {
        for new in &sizes[place..] {
            publication.consistency(*old, *new).unwrap().verify(&roots[old], &roots[new]).unwrap();
        }
    }
}

// R20.1, R20.2, R15.3, R12.5: the leader changes between any two steps, and its former leader starts again: the same bytes
// on all nodes, one root for each size, and each checkpoint continues the one before.
#[test]
fn a_change_of_leader_in_any_step_changes_nothing_that_is_published() {
    let mut cluster = Cluster::started(3);
    let mut roots = BTreeMap::new();
    let note = cluster.agreed(&[0, 1, 2], 1);
    roots.insert(checkpoint(&note).size(), checkpoint(&note).root());
    for (fault, count) in FAULTS.into_iter().cycle().zip(1..12) {
        let before = cluster.order().leader.unwrap();
        cluster.order().fault = Some(fault);
        let size = cluster.submit(count);
        assert!(becomes(|| cluster.order().fault.is_none()), "{fault:?} never came");
        cluster.stop(before);
        cluster.start(before);
        let note = cluster.agreed(&[0, 1, 2], size);
        assert_eq!(cluster.order().leader, Some((before + 1) % 3));
        let newest = checkpoint(&note);
        assert_eq!(roots.insert(newest.size(), newest.root()), None);
        let metas = cluster.nodes.iter().map(|node| node.state.meta().unwrap().history);
        assert!(metas.collect::<Vec<_>>().windows(2).all(|pair| pair[0] == pair[1]));
    }
    (0..3).for_each(|node| cluster.stop(node));
    (0..3).for_each(|node| all_are_of_one_history(&cluster, node, &roots));
}

// Decision 0010: whoever comes to lead first has cosigned what was sealed last, and only then anything new.
#[test]
fn a_new_leader_asks_with_what_was_sealed_last() {
    let mut cluster = Cluster::started(3);
    cluster.agreed(&[0, 1, 2], 1);
    let size = cluster.submit(1);
    cluster.agreed(&[0, 1, 2], size);
    let known = {
        let mut order = cluster.order();
        (order.leader, order.term) = (Some(2), 2);
        order.asked.len()
    };
    let next = cluster.submit(1);
    cluster.agreed(&[0, 1, 2], next);
    assert_eq!(cluster.order().asked[known..], [(2, size), (2, next)]);
}

// R20.3, R18.6: what was sealed and not made final is published by nobody, and no node that follows asks the witnesses.
#[test]
fn nothing_is_final_without_a_leader() {
    let mut cluster = Cluster::started(3);
    cluster.agreed(&[0, 1, 2], 1);
    cluster.order().leader = None;
    let asked = cluster.order().asked.len();
    let size = cluster.submit(3);
    let backlog = |node: usize| cluster.nodes[node].metrics.backlog.get();
    assert!(becomes(|| (0..3).all(|node| backlog(node) == 3)), "nobody looks at the state");
    cluster.agreed(&[0, 1, 2], 1);
    assert_eq!((0..3).map(|node| fence(cluster.dir(node)).0).collect::<Vec<_>>(), ["1", "1", "1"]);
    assert_eq!(cluster.order().asked.len(), asked);
    cluster.order().leader = Some(1);
    cluster.agreed(&[0, 1, 2], size);
    // R21: each node counts what it has published itself.
    assert!(becomes(|| cluster.nodes.iter().all(|node| node.metrics.backlog.get() == 0)));
    assert!(cluster.nodes.iter().all(|node| u64::try_from(node.metrics.published_size.get()) == Ok(size)));
}

// R20.3, R11.4: a leader without a majority signs nothing that is new, though it believes that it leads.
#[test]
fn what_cannot_be_committed_is_not_signed() {
    let mut cluster = Cluster::started(3);
    cluster.agreed(&[0, 1, 2], 1);
    cluster.order().reach = Reach::Minority;
    cluster.submit(2);
    let asked = cluster.order().asked.len();
    assert!(becomes(|| cluster.nodes[0].metrics.publication_failures.get() > 3));
    assert_eq!((fence(cluster.dir(0)).0.as_str(), cluster.order().asked.len()), ("1", asked));
    cluster.agreed(&[0, 1, 2], 1);
    cluster.order().reach = Reach::Majority;
    cluster.agreed(&[0, 1, 2], 3);
}

// R20.3: nor is what was cosigned published, before a majority has it: only then it is final.
#[test]
fn what_is_cosigned_is_not_final_before_it_is_committed() {
    let mut cluster = Cluster::started(3);
    let note = cluster.agreed(&[0, 1, 2], 1);
    {
        let mut order = cluster.order();
        (order.reach, order.term) = (Reach::Minority, 2);
    }
    // It asks again, since it leads anew, and gets new lines; they do not count.
    assert!(becomes(|| cluster.order().asked.len() > 3));
    assert!(cluster.nodes.iter().all(|node| node.checkpoint() == note));
    cluster.order().reach = Reach::Majority;
    assert!(becomes(|| cluster.nodes.iter().all(|node| node.checkpoint() != note)));
    let size = cluster.submit(1);
    cluster.agreed(&[0, 1, 2], size);
}

// R5.5: a node ends when it is told to, also while it waits for an answer that never comes.
#[test]
fn a_leader_without_an_answer_can_be_stopped() {
    let mut cluster = Cluster::started(3);
    cluster.agreed(&[0, 1, 2], 1);
    cluster.order().reach = Reach::Silence;
    let size = cluster.submit(1);
    assert!(becomes(|| cluster.order().unanswered > 0));
    let begun = std::time::Instant::now();
    cluster.stop(0);
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    // Nor does it hold consensus any more, which is closed next.
    assert_eq!(cluster.order().seated[0].upgrade().map(drop), None);
    {
        let mut order = cluster.order();
        (order.reach, order.leader, order.term) = (Reach::Majority, Some(1), 2);
    }
    cluster.agreed(&[1, 2], size);
}

// R15.3: files and state of two histories, which have grown to the same size: the node stops.
#[test]
fn files_of_another_history_are_not_gone_on_with() {
    let (mut one, mut other) = (Cluster::started(2), Cluster::started(1));
    other.town.entropy = ct_node::Entropy::from_seed(&[77; 32]);
    let sizes = (one.submit(2), other.submit(2));
    one.agreed(&[0, 1], sizes.0);
    other.agreed(&[0], sizes.1);
    one.stop(1);
    other.stop(0);
    for part in ["log", "state"] {
        std::fs::remove_dir_all(one.dir(1).join(part)).unwrap();
        copy_all(&other.dir(0).join(part), &one.dir(1).join(part));
    }
    let note = one.nodes[1].checkpoint();
    one.start(1);
    assert!(becomes(|| one.nodes[1].failure() == Some(Code::TamperedState)));
    assert_eq!(one.nodes[1].checkpoint(), note);
}

// R7.5: each portion is read again: what the disk made of it is not signed.
#[test]
fn a_portion_that_was_altered_on_disk_is_not_signed() {
    let town = crate::town::Town::new();
    let entries = |from: u16| (from..from + 300).map(|number| number.to_be_bytes().to_vec()).collect::<Vec<_>>();
    let alter = |dir: &std::path::Path, file: &str| {
        let path = dir.join("log/tile").join(file);
        let mut bytes = std::fs::read(&path).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        std::fs::write(&path, bytes).unwrap();
    };
    for file in ["entries/000", "entries/001.p/44", "0/000", "1/000.p/1", "entries/001", "0/002.p/88"] {
        let dir = crate::town::directory();
        let signer = LogSigner::new(crate::running::copy(&town.log)).unwrap();
        let mut publication = Publication::create(dir.path(), signer).unwrap();
        let first = publication.stage(&entries(0)).unwrap();
        let early = dir.path().join("log/tile").join(file).exists();
        if early {
            alter(dir.path(), file);
        }
        let staged = publication.stage_more(first, &entries(300)).and_then(|staged| {
            if !early {
                alter(dir.path(), file);
            }
            publication.sign(staged).map(drop)
        });
        assert_eq!(staged.map_err(|error| error.code()), Err(Code::TamperedInclusion), "{file}");
        assert!(["", "0"].contains(&fence(dir.path()).0.as_str()));
    }
}

// R12.5, the fence: what a leader has staged and could not have sealed is not signed when less is sealed by another.
#[test]
fn what_was_staged_beyond_the_seal_is_staged_again() {
    let mut cluster = Cluster::started(3);
    cluster.agreed(&[0, 1, 2], 1);
    cluster.order().reach = Reach::Minority;
    let (first, second) = (cluster.submit(1), cluster.submit(2));
    let staged = cluster.dir(0).join("log/tile/entries/000.p").join(second.to_string());
    assert!(becomes(|| staged.exists()));
    let size = TreeSize::new(first).unwrap();
    let root = cluster.nodes[1].state.root_at(size).unwrap().unwrap();
    cluster.order().leader = None;
    cluster.commit(&Command::Seal(Seal { generation: 1, size, root }));
    {
        let mut order = cluster.order();
        (order.reach, order.leader, order.term) = (Reach::Majority, Some(0), 2);
    }
    let note = cluster.agreed(&[0, 1, 2], second);
    let root = cluster.nodes[1].state.meta().unwrap().tree.root();
    assert_eq!(checkpoint(&note).root(), root);
}

// R8.2: a log whose key is not in the trust root in force publishes nothing, whoever has cosigned it.
#[test]
fn a_key_that_is_trusted_no_longer_publishes_nothing() {
    let mut cluster = Cluster::started(2);
    let note = cluster.agreed(&[0, 1], 1);
    let mut next = cluster.town.trust();
    next.root_version = 2;
    let other = ct_keys::KeyFile::generate(ct_keys::Role::Log, "log.town.example#2".parse().unwrap(), &[88; 32]);
    next.logs[0].keys[0].verifier = LogSigner::new(other).unwrap().verifier().clone();
    let signed = ct_keys::trust_file::sign(&next, &[&cluster.town.root]);
    cluster.commit(&Command::Trust { trust: &signed });
    cluster.submit(1);
    assert!(becomes(|| cluster.nodes.iter().all(|node| node.metrics.publication_failures.get() > 2)));
    assert!(cluster.nodes.iter().all(|node| node.checkpoint() == note));
}

// The gate of R11: a follower that was away, in the midst of which the others published several times, converges.
#[test]
fn a_node_that_lags_catches_up_in_portions() {
    let mut cluster = Cluster::started(3);
    cluster.agreed(&[0, 1, 2], 1);
    cluster.part(2);
    let mut size = 0;
    for _ in 0..9 {
        size = cluster.submit(1_000);
    }
    let note = cluster.agreed(&[0, 1], size);
    assert_eq!(fence(cluster.dir(2)).0, "1");
    cluster.rejoin(2);
    assert_eq!(cluster.agreed(&[0, 1, 2], size), note);
    // A node that begins now, with everything to do, and ends in the midst of it.
    cluster.stop(2);
    for part in ["log", "state"] {
        std::fs::remove_dir_all(cluster.dir(2).join(part)).unwrap();
    }
    let signer = LogSigner::new(crate::running::copy(&cluster.town.log)).unwrap();
    drop(Publication::create(cluster.dir(2), signer).unwrap());
    let mut publication = crate::running::opened(&cluster.town, cluster.dir(2));
    let archive = Archive::open(cluster.dir(0)).unwrap();
    let portion = archive.portion(0, 300, TreeSize::new(size).unwrap()).unwrap();
    drop(publication.stage(&portion).unwrap());
    drop(publication);
    let source = Others { order: vec![(0, archive)], ..Others::default() };
    cluster.start_with(2, Some(Box::new(source)));
    assert_eq!(cluster.agreed(&[0, 1, 2], size), note);
}

/// A snapshot in which one bit of this entry is another, with checksums that fit.
fn with_another_entry(snapshot: &[u8], index: u64) -> Vec<u8> {
    let mut out = snapshot[..19].to_vec();
    let mut rest = &snapshot[19..snapshot.len() - 32];
    let mut take = |count: usize| {
        let (part, after) = rest.split_at(count);
        rest = after;
        part.to_vec()
    };
    let length = |bytes: &[u8]| usize::try_from(u32::from_be_bytes(bytes.try_into().unwrap())).unwrap();
    let mut altered = 0;
    for table in 0..9 {
        let count = take(4);
        out.extend(&count);
        for _ in 0..length(&count) {
            let key_length = take(4);
            let key = take(length(&key_length));
            let value_length = take(4);
            let mut value = take(length(&value_length));
            if table == 7 && key == index.to_le_bytes() {
                altered += 1;
                let end = value.len() - 8;
                value[end / 2] ^= 1;
                let checksum = Hash::of_parts(&[&index.to_be_bytes(), &value[..end]]);
                value[end..].copy_from_slice(&checksum.as_bytes()[..8]);
            }
            [key_length, key, value_length, value].iter().for_each(|part| out.extend(part));
        }
    }
    assert_eq!(altered, 1);
    let checksum = Hash::of(&out);
    out.extend(checksum.as_bytes());
    out
}

// R7.5, R9.3, architecture 4: a node whose own entries do not lead to what was agreed on stops, and publishes nothing.
#[test]
fn a_node_with_an_altered_entry_stops() {
    let mut cluster = Cluster::new(3);
    cluster.start(0);
    cluster.start(1);
    let size = cluster.submit(5);
    cluster.agreed(&[0, 1], size);
    // It has applied everything, and published nothing yet: all entries are in its state.
    let altered = with_another_entry(&cluster.snapshot(2), 3);
    cluster.install(2, &altered);
    cluster.start(2);
    assert!(becomes(|| cluster.nodes[2].failure().is_some()));
    assert_eq!(cluster.nodes[2].failure(), Some(Code::TamperedState));
    assert_eq!((cluster.nodes[2].checkpoint(), cluster.nodes[2].published()), (String::new(), None));
    assert!(["", "0"].contains(&fence(cluster.dir(2)).0.as_str()), "something was signed");
    // The others go on.
    let size = cluster.submit(1);
    cluster.agreed(&[0, 1], size);
}

// R18.1, R8.2: whatever the state says, lines that do not hold are not published; whoever leads has them made again.
#[test]
fn lines_that_do_not_hold_are_not_published() {
    let cluster = Cluster::started(3);
    let note = cluster.agreed(&[0, 1, 2], 1);
    cluster.order().leader = None;
    let anchored = cluster.nodes[0].state.meta().unwrap().anchored;
    let (generation, size) = (anchored.seal.generation, anchored.seal.size);
    let mut flipped = anchored.signatures.clone().into_bytes();
    let place = flipped.len() - 20;
    flipped[place] = if flipped[place] == b'A' { b'B' } else { b'A' };
    let flipped = String::from_utf8(flipped).unwrap();
    let one = anchored.signatures.split_inclusive('\n').next().unwrap();
    for bad in [flipped.as_str(), one, "no line", ""] {
        let told = |node: usize| cluster.nodes[node].metrics.publication_failures.get();
        let before: Vec<u64> = (0..3).map(told).collect();
        cluster.commit(&Command::Anchor { generation, size, signatures: bad });
        assert_eq!(cluster.nodes[0].state.meta().unwrap().anchored.signatures, bad);
        assert!(becomes(|| (0..3).all(|node| told(node) >= before[node] + 2)), "{bad:?} was taken");
        assert!(cluster.nodes.iter().all(|node| node.checkpoint() == note && node.failure().is_none()));
    }
    // Though it has asked the witnesses in this term already, and not long ago.
    cluster.order().leader = Some(0);
    assert!(becomes(|| cluster.nodes.iter().all(|node| node.checkpoint() != note)));
    let renewed = cluster.agreed(&[0, 1, 2], 1);
    assert_eq!(checkpoint(&renewed), checkpoint(&note));
}

// R18.4: an idle log is cosigned again before its bundles grow stale, and all nodes publish the new lines.
#[test]
fn an_idle_log_is_cosigned_again() {
    let mut cluster = Cluster::new(3);
    cluster.renewal = Duration::from_millis(50);
    (0..3).for_each(|node| cluster.start(node));
    let mut notes = vec![cluster.agreed(&[0, 1, 2], 1)];
    for _ in 0..3 {
        assert!(becomes(|| cluster.nodes.iter().all(|node| node.checkpoint() != notes[notes.len() - 1])));
        // It may be renewed once more while one looks.
        let note = cluster.nodes[2].checkpoint();
        assert_eq!(checkpoint(&note), checkpoint(&notes[0]));
        assert!(Note::parse(&note).unwrap().signatures().len() == 4 && !notes.contains(&note));
        notes.push(note);
    }
    assert!(cluster.order().asked.iter().all(|(node, size)| (*node, *size) == (0, 1)));
}

// The other half: not more often than that.
#[test]
fn a_fresh_checkpoint_is_not_cosigned_again() {
    let mut cluster = Cluster::started(2);
    cluster.agreed(&[0, 1], 1);
    for _ in 0..3 {
        let size = cluster.submit(1);
        cluster.agreed(&[0, 1], size);
    }
    assert_eq!(cluster.order().asked.iter().map(|(_, size)| *size).collect::<Vec<_>>(), [1, 2, 3, 4]);
}

/// Other nodes with their files, of whom some do not answer, and some give wrong entries.
#[derive(Default)]
struct Others {
    order: Vec<(usize, Archive)>,
    silent: Vec<usize>,
    wrong: Vec<usize>,
    distrusted: Arc<Mutex<Vec<usize>>>,
}

impl EntrySource for Others {
    fn entries(&mut self, first: u64, count: usize) -> Result<Vec<Vec<u8>>> {
        let (node, archive) = &self.order[0];
        if self.silent.contains(node) {
            return Err(Error::new(Code::IoNetwork, "the node", "does not answer", "wait"));
        }
        let size = TreeSize::new(first + u64::try_from(count).unwrap()).unwrap();
        let mut entries = archive.portion(first, count, size)?;
        if self.wrong.contains(node) {
            entries[0][0] ^= 1;
        }
        Ok(entries)
    }

    fn distrust(&mut self) -> String {
        let node = self.order[0].0;
        self.distrusted.lock().unwrap().push(node);
        self.order.rotate_left(1);
        format!("node {node}")
    }
}

// R11.3, R13.2: a node that has come by another's snapshot lacks entries that stand in others' tiles only. It gets them from
// there; wrong ones are noticed, told, and never published.
#[test]
fn what_a_snapshot_lacks_comes_from_others() {
    let mut cluster = Cluster::new(3);
    cluster.start(0);
    cluster.start(1);
    let size = cluster.submit(1_000);
    cluster.agreed(&[0, 1], size);
    cluster.part(2);
    let size = cluster.submit(700);
    let note = cluster.agreed(&[0, 1], size);
    cluster.install(2, &cluster.snapshot(0));
    assert_eq!(cluster.nodes[2].state.entries(0, 1), Ok(Vec::new()));
    // Nobody to ask: nothing is published, and nothing is broken.
    cluster.start(2);
    assert!(becomes(|| cluster.nodes[2].metrics.publication_failures.get() > 2));
    assert_eq!((cluster.nodes[2].failure(), cluster.nodes[2].checkpoint()), (None, String::new()));
    cluster.stop(2);
    // One who does not answer, one who gives wrong entries, then one who gives the right ones.
    let distrusted = Arc::new(Mutex::new(Vec::new()));
    let archive = |node: usize| Archive::open(cluster.dir(node)).unwrap();
    let source = Others {
        order: vec![(7, archive(0)), (0, archive(0)), (1, archive(1))],
        silent: vec![7],
        wrong: vec![0],
        distrusted: Arc::clone(&distrusted),
    };
    cluster.start_with(2, Some(Box::new(source)));
    assert_eq!(cluster.agreed(&[0, 1, 2], size), note);
    assert_eq!(*distrusted.lock().unwrap(), [7, 0]);
    // From now on it has its own entries.
    let size = cluster.submit(3);
    cluster.agreed(&[0, 1, 2], size);
}

// R18.3: if all others give wrong entries, each is named, and nothing is published.
#[test]
fn wrong_entries_are_never_published() {
    let mut cluster = Cluster::new(3);
    cluster.start(0);
    cluster.start(1);
    let size = cluster.submit(10);
    cluster.agreed(&[0, 1], size);
    cluster.install(2, &cluster.snapshot(0));
    let distrusted = Arc::new(Mutex::new(Vec::new()));
    let archive = |node: usize| (node, Archive::open(cluster.dir(node)).unwrap());
    let order = vec![archive(0), archive(1)];
    let source = Others { order, wrong: vec![0, 1], distrusted: Arc::clone(&distrusted), ..Others::default() };
    cluster.start_with(2, Some(Box::new(source)));
    assert!(becomes(|| distrusted.lock().unwrap().len() >= 4));
    assert_eq!(distrusted.lock().unwrap()[..4], [0, 1, 0, 1]);
    assert_eq!((cluster.nodes[2].failure(), cluster.nodes[2].checkpoint()), (None, String::new()));
    assert!(["", "0"].contains(&fence(cluster.dir(2)).0.as_str()));
}

// R11, R10: a node that starts again with a state that is behind its own files waits, and goes on when it has caught up.
#[test]
fn a_state_that_is_behind_its_files_is_waited_for() {
    let mut cluster = Cluster::started(3);
    cluster.agreed(&[0, 1, 2], 1);
    let older = cluster.snapshot(2);
    let size = cluster.submit(3);
    let note = cluster.agreed(&[0, 1, 2], size);
    let newer = cluster.snapshot(0);
    cluster.stop(2);
    cluster.install(2, &older);
    cluster.start(2);
    assert!(becomes(|| cluster.nodes[2].metrics.publication_failures.get() > 2));
    assert_eq!((cluster.nodes[2].failure(), cluster.nodes[2].checkpoint()), (None, note.clone()));
    cluster.install(2, &newer);
    let size = cluster.submit(1);
    cluster.agreed(&[0, 1, 2], size);
}

// R2.2, R1.3: what another node asks for fits into one message, and is never beyond what is published.
#[test]
fn a_portion_fits_into_a_message() {
    let town = crate::town::Town::new();
    let dir = crate::town::directory();
    let mut publication =
        Publication::create(dir.path(), LogSigner::new(crate::running::copy(&town.log)).unwrap()).unwrap();
    let entries: Vec<Vec<u8>> = (0..600).map(|number: u16| vec![number.to_be_bytes()[1]; MAX_ENTRY_BYTES]).collect();
    let staged = publication.stage(&entries).unwrap();
    publication.sign(staged).unwrap();
    let archive = Archive::open(dir.path()).unwrap();
    let size = publication.size();
    for first in [0, 200, 255, 256, 599] {
        let portion = archive.portion(first, 4_096, size).unwrap();
        let from = usize::try_from(first).unwrap();
        assert!(!portion.is_empty() && portion[..] == entries[from..from + portion.len()]);
        let bytes = portion.iter().map(|entry| entry.len() + 16).sum::<usize>();
        assert!(bytes < MAX_FRAME_BYTES, "{bytes}");
        assert!(from + portion.len() == 600 || bytes > MAX_FRAME_BYTES - 3 * MAX_ENTRY_BYTES, "{bytes}");
    }
    let code =
        |first, most, size| archive.portion(first, most, size).map(|it| it.len()).map_err(|error: Error| error.code());
    assert_eq!(code(10, 3, size), Ok(3));
    assert_eq!(code(598, 3, size), Ok(2));
    assert_eq!(code(8, 9, TreeSize::new(10).unwrap()), Ok(2));
    assert_eq!((code(600, 1, size), code(u64::MAX, 9, size)), (Err(Code::LimitNumber), Err(Code::LimitNumber)));
    assert_eq!(code(0, 0, size), Err(Code::LimitNumber));
}
