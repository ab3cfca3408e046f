//! Every node loses everything, and the log comes back from a backup.

use super::clerk::Office;
use super::history::Event;
use super::plots;
use super::run::{close, settled};
use super::state_file::StateFile;
use super::{observer, place::Place};
use crate::consensus::{Beginning, sleep};
use crate::machine::StateMachine;
use crate::restored;
use crate::wal::FaultyDisk;
use std::fs;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// What is kept elsewhere: the state, and the published files.
struct Backup {
    state: Vec<u8>,
    dir: tempfile::TempDir,
    size: u64,
    sealed: u64,
    anchored: u64,
    generation: u64,
}

/// Restores the log from a backup that has everything, or from an older one: then it must not go on, which is told.
pub(super) async fn restore(office: &Office) -> bool {
    plots::heal(office).await;
    close(office).await;
    if settled(office).await.is_some() {
        // What is in the way is told at the end.
        return false;
    }
    let backup = take(office);
    let is_old = office.world.chance.one_in(2);
    if is_old {
        office.is_open.store(true, Ordering::Relaxed);
        sleep(Duration::from_secs(4)).await;
        close(office).await;
        if settled(office).await.is_some() {
            return false;
        }
    }
    let is_old =
        is_old && observer::published(&office.places.lock().unwrap()[&1].data()).unwrap().size().get() > backup.size;
    for place in office.places.lock().unwrap().values_mut() {
        place.crash(&office.world, || true);
    }
    sleep(Duration::from_secs(1)).await;
    let Backup { size, sealed, anchored, .. } = backup;
    let published = observer::published_size(backup.dir.path()).unwrap();
    office.world.history.tell(Event::Restore { size, published, sealed, anchored });
    for place in office.places.lock().unwrap().values_mut() {
        place.wipe(&office.world);
        put_back(place, &backup);
        place.start(&office.world);
    }
    office.is_open.store(true, Ordering::Relaxed);
    for _ in 0..5 {
        sleep(Duration::from_millis(office.world.chance.among(200..2_500))).await;
        plots::trouble(office).await;
    }
    sleep(Duration::from_secs(3)).await;
    is_old
}

fn take(office: &Office) -> Backup {
    let places = office.places.lock().unwrap();
    let place = &places[&1];
    let reader = place.running().unwrap().state;
    let mut state = Vec::new();
    reader.view().unwrap().write_to(&mut state).unwrap();
    let dir = super::town::directory();
    copy_all(&place.data().join("log"), &dir.path().join("log"));
    let meta = reader.meta().unwrap();
    let (sealed, anchored) = (meta.sealed.size.get(), meta.anchored.seal.size.get());
    Backup { state, dir, size: meta.tree.size().get(), sealed, anchored, generation: meta.sealed.generation }
}

/// As `ct-node restore` leaves a folder.
fn put_back(place: &mut Place, backup: &Backup) {
    let data = place.data();
    fs::create_dir_all(data.join("state")).unwrap();
    copy_all(&backup.dir.path().join("log"), &data.join("log"));
    let checkpoint = observer::published(&data).unwrap();
    fs::write(data.join("state/fence"), checkpoint.text()).unwrap();
    restored::mark(&data, backup.generation).unwrap();
    (place.state, place.disk) = (StateFile::default(), FaultyDisk::default());
    let mut machine = StateMachine::open_on(place.state.clone()).unwrap();
    machine.restore(&mut backup.state.as_slice()).unwrap();
    place.beginning = Beginning::Founds;
}

fn copy_all(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(std::result::Result::unwrap) {
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_all(&entry.path(), &to)
        } else {
            let _ = fs::copy(entry.path(), to).unwrap();
        }
    }
}
