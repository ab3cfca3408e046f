//! What anybody can see of a node from outside: its files, and what it says of itself.

use super::history::{Event, History};
use super::place::Place;
use super::run::Places;
use crate::consensus::sleep;
use crate::service::Archive;
use ct_core::{Checkpoint, CompactRange, Hash, TreeSize};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

/// Looks again and again.
pub(super) async fn look(places: Places, history: History) {
    let mut seen: BTreeMap<u64, Seen> = BTreeMap::new();
    for glance in 0_u64.. {
        for place in places.lock().unwrap().values() {
            let seen = seen.entry(place.node).or_default();
            seen.look_at_log(place, &history);
            if glance.is_multiple_of(4) {
                seen.look_at_files(place, &history);
            }
        }
        sleep(GLANCE).await;
    }
}

#[derive(Default)]
struct Seen {
    fence: Vec<u8>,
    checkpoint: Vec<u8>,
    purged: Option<u64>,
    is_marked: bool,
}

impl Seen {
    fn look_at_log(&mut self, place: &Place, history: &History) {
        let node = place.node;
        if let Some(running) = place.running() {
            let purged = running.consensus.status().purged;
            if let Some(index) = purged.filter(|_| purged != self.purged) {
                history.tell(Event::Purge { node, index });
            }
            self.purged = purged;
        }
    }

    fn look_at_files(&mut self, place: &Place, history: &History) {
        let node = place.node;
        let fence = fs::read(place.data().join("state/fence")).unwrap_or_default();
        if fence != self.fence
            && let Some(fence) = self::fence(&place.data())
        {
            let (size, root) = (fence.size().get(), fence.root());
            history.tell(Event::Sign { node, size, root, fenced: size });
        }
        self.fence = fence;
        let checkpoint = fs::read(place.data().join("log/checkpoint")).unwrap_or_default();
        if checkpoint != self.checkpoint
            && let Some(published) = published(&place.data())
        {
            let (size, root) = (published.size().get(), published.root());
            let tiles = entries(&place.data(), published.size()).map(|entries| root_of(&entries));
            history.tell(Event::Publish { node, size, root, tiles });
        }
        self.checkpoint = checkpoint;
        let is_marked = place.data().join("state/restored").exists();
        if self.is_marked && !is_marked {
            history.tell(Event::Settle { node });
        }
        self.is_marked = is_marked;
    }
}

/// What may have been signed, by this folder.
pub(super) fn fence(data: &Path) -> Option<Checkpoint> {
    let text = fs::read_to_string(data.join("state/fence")).ok()?;
    Some(Checkpoint::parse(&text).unwrap())
}

/// The published checkpoint in this folder.
pub(super) fn published(data: &Path) -> Option<Checkpoint> {
    let note = fs::read_to_string(data.join("log/checkpoint")).ok()?;
    Checkpoint::parse(&format!("{}\n", note.split_once("\n\n")?.0)).ok()
}

/// How many entries are published in this folder.
pub(super) fn published_size(data: &Path) -> Option<u64> {
    published(data).map(|checkpoint| checkpoint.size().get())
}

/// The entries of the tiles in this folder, if so many are there.
pub(super) fn entries(data: &Path, size: TreeSize) -> Option<Vec<Vec<u8>>> {
    let archive = Archive::open(data).ok()?;
    let mut entries: Vec<Vec<u8>> = Vec::new();
    while u64::try_from(entries.len()).unwrap() < size.get() {
        let first = u64::try_from(entries.len()).unwrap();
        entries.extend(archive.portion(first, usize::MAX, size).ok()?);
    }
    Some(entries)
}

fn root_of(entries: &[Vec<u8>]) -> Hash {
    let mut tree = CompactRange::new();
    for entry in entries {
        tree.append(ct_core::merkle::leaf_hash(entry)).unwrap();
    }
    tree.root()
}

/// What a log lets go is seen before anything else can have made it good.
const GLANCE: Duration = Duration::from_millis(2);
