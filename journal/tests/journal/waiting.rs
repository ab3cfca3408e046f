//! While another program holds the lock of a log.

use crate::log::{Log, notes, sound, texts};
use ct_core::Code;
use ct_journal::{Journal, Patience, Reader};
use std::fs::File;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

fn held(log: &Log) -> File {
    let file = File::options().read(true).append(true).open(&log.path).unwrap();
    file.lock().unwrap();
    file
}

// R1.2, R1.4
#[test]
fn patience_has_an_end() {
    let whole = sound(&["a"]);
    let log = Log::with(&whole);
    let other = held(&log);
    let none = || Patience::default().limited(Duration::ZERO);
    let mut journal = Journal::open(&log.path).unwrap().with(none());
    assert_eq!(journal.append(&notes(&["b"])).map_err(|error| error.code()), Err(Code::IoWrite));
    assert_eq!(journal.check().map_err(|error| error.code()), Err(Code::IoRead));
    let refused = Reader::open_with(&log.path, &none()).unwrap_err();
    assert_eq!((refused.code(), refused.place()), (Code::IoRead, None));
    assert!(refused.to_string().starts_with("another program that writes to it does not let go of it; "), "{refused}");
    assert_eq!(log.bytes(), whole);
    // Who only reads does not keep readers away, but writers.
    other.unlock().unwrap();
    other.lock_shared().unwrap();
    assert_eq!(Reader::open_with(&log.path, &none()).unwrap().count(), 1);
    assert_eq!(journal.check().map_err(|error| error.code()), Ok(()));
    assert_eq!(journal.append(&notes(&["b"])).map_err(|error| error.code()), Err(Code::IoWrite));
    other.unlock().unwrap();
    assert_eq!(journal.append(&notes(&["b"])).unwrap()[0].seq, 1);
}

/// Counts how often it is told, and has the other program let go.
fn letting_go(other: File) -> (Arc<AtomicUsize>, Patience) {
    let told = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&told);
    let patience = Patience::telling(move || {
        count.fetch_add(1, Ordering::SeqCst);
        other.unlock().unwrap();
    });
    (told, patience)
}

// R1.2, R1.4
#[test]
fn a_wait_is_told_once_and_ends_when_the_other_lets_go() {
    let log = Log::with(b"");
    let (told, patience) = letting_go(held(&log));
    let mut journal = Journal::open(&log.path).unwrap().with(patience);
    assert_eq!(journal.append(&notes(&["a"])).unwrap()[0].seq, 0);
    assert_eq!(told.load(Ordering::SeqCst), 1);
    // Nobody is told of what need not be waited for.
    assert_eq!(journal.append(&notes(&["b"])).unwrap()[0].seq, 1);
    journal.check().unwrap();
    assert_eq!(told.load(Ordering::SeqCst), 1);
    // Once, however long it lasts.
    let _other = held(&log);
    let count = Arc::clone(&told);
    let patience = Patience::telling(move || {
        count.fetch_add(1, Ordering::SeqCst);
    });
    let mut journal = journal.with(patience.limited(Duration::from_millis(300)));
    assert_eq!(journal.append(&notes(&["c"])).map_err(|error| error.code()), Err(Code::IoWrite));
    assert_eq!(told.load(Ordering::SeqCst), 2);
}

// R1.2: an append in progress is not a torn record.
#[test]
fn a_reader_waits_for_an_append_in_progress() {
    let whole = sound(&["a", "b"]);
    let (half, rest) = whole.split_at(whole.len() - 10);
    let log = Log::with(half);
    let (file, rest) = (held(&log), rest.to_vec());
    let patience = Patience::telling(move || {
        (&file).write_all(&rest).unwrap();
        file.unlock().unwrap();
    });
    let records: Vec<_> = Reader::open_with(&log.path, &patience).unwrap().map(Result::unwrap).collect();
    assert_eq!((records.len(), texts(&log.path)), (2, vec!["a".to_owned(), "b".to_owned()]));
}
