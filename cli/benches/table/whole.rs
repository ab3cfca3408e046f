//! Rows 2 to 5: the whole program, with its files.

use crate::bare;
use crate::ratio::{Measured, alternate, busy, time};
use ct_core::hash::Hash;
use ct_testdata::{workload, world};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

/// A folder of bundles with the trust root that verifies them, on the memory disk if there is one.
pub(crate) struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    pub(crate) fn new(bundles: &[Vec<u8>]) -> Self {
        let memory = Path::new("/dev/shm");
        let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap();
        fs::write(folder.path().join("trust.cbor"), world::sign(&world::trust())).unwrap();
        fs::create_dir(folder.path().join("bundles")).unwrap();
        for (number, bundle) in bundles.iter().enumerate() {
            fs::write(folder.path().join(format!("bundles/{number:07}.cbor")), bundle).unwrap();
        }
        Self { folder }
    }

    pub(crate) fn bundles(&self) -> PathBuf {
        self.folder.path().join("bundles")
    }

    /// `ct verify` of `what`, ready to run.
    pub(crate) fn ct(&self, words: &[&str], what: &Path) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ct"));
        let at = world::time(world::ISSUED + world::DAY).to_string();
        command.args(["verify", "--at", &at, "--trust"]).arg(self.folder.path().join("trust.cbor"));
        command.args(words).arg(what).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    /// Verifies all bundles.
    fn all(&self, words: &[&str]) {
        assert!(self.ct(words, &self.bundles()).status().unwrap().success());
    }
}

/// Row 2.
pub(crate) fn distinct_signatures() {
    let root = world::root(&world::trust());
    let bundles = workload::distinct(DISTINCT, &[b'x'; 1_000]);
    let checks: Vec<_> = bundles.iter().map(|bundle| bare::checks(bundle, &root).remove(0)).collect();
    let desk = Desk::new(&bundles);
    println!("2  {DISTINCT} bundles in files, each with its issuer's signature, one checkpoint");
    let pair = alternate(ROUNDS, || busy(|| desk.all(&["-q", "--jobs", "1"])), || busy(|| bare::check_all(&checks)));
    println!("   ct -q, to bare checks            {}   must: 1.35, moonshot: 1.15", pair.ratio);
    println!("   per bundle, microseconds         {:.1}, {:.1}", per(&pair.ours, DISTINCT), per(&pair.bare, DISTINCT));
    let json =
        alternate(ROUNDS, || busy(|| desk.all(&["--jsonl", "--jobs", "1"])), || busy(|| bare::check_all(&checks)));
    println!("   ct --jsonl, to bare checks       {}", json.ratio);
    let ours =
        alternate(ROUNDS, || time(|| desk.all(&["-q", "--jobs", "1"])), || time(|| desk.all(&["-q", "--jobs", "2"])));
    let (left, right) = checks.split_at(checks.len() / 2);
    let on_two = || {
        time(|| {
            thread::scope(|scope| drop((scope.spawn(|| bare::check_all(left)), scope.spawn(|| bare::check_all(right)))))
        })
    };
    let bare = alternate(ROUNDS, || time(|| bare::check_all(&checks)), on_two);
    println!("   two threads: ours {}, bare checks {}", ours.ratio, bare.ratio);
    println!("   scaling, ours to bare            {:.2}   must: 0.95\n", ours.ratio.median() / bare.ratio.median());
}

/// Row 3.
pub(crate) fn batch_issued() {
    for size in [1_000, 16_000, 100_000] {
        // As many as fit onto a memory disk.
        let count = BATCH.min((1 << 30) / size);
        let bundles = workload::batch_issued(count, &vec![b'x'; size]);
        let all: Vec<_> = bundles.iter().map(|bundle| bare::preimages(bundle)).collect();
        let desk = Desk::new(&bundles);
        println!("3  {count} documents of {size} bytes under one statement, in files");
        for (shape, words) in [("-q", ["-q", "--jobs", "1"]), ("--jsonl", ["--jsonl", "--jobs", "1"])] {
            let pair = alternate(ROUNDS, || busy(|| desk.all(&words)), || busy(|| bare::hash_all(&all)));
            println!("   ct {shape:<8} to bare hashes       {}   must: 2", pair.ratio);
            let (ours, bare) = (per(&pair.ours, count), per(&pair.bare, count));
            println!("   microseconds, ours and bare      {ours:.2}, {bare:.2}: {:.0} a second", 1e6 / ours);
        }
        let read =
            alternate(ROUNDS, || busy(|| desk.all(&["-q", "--jobs", "1"])), || busy(|| read_and_hash(&desk.bundles())));
        println!("   to reading and hashing each file {}\n", read.ratio);
    }
}

/// What nobody who verifies files can save: listing, opening, reading and hashing them.
fn read_and_hash(folder: &Path) {
    let mut names: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    for name in names {
        std::hint::black_box(Hash::of(&fs::read(name).unwrap()));
    }
}

/// Row 4.
pub(crate) fn peak_memory() {
    println!("4  peak memory of ct --jsonl, MiB     must: 64, moonshot: 32");
    for count in [1_000, 10_000, 100_000] {
        let desk = Desk::new(&workload::batch_issued(count, &[b'x'; 1_000]));
        let status = desk.folder.path().join("peak");
        let mut command = Command::new("/usr/bin/time");
        let plain = desk.ct(&["--jsonl"], &desk.bundles());
        command.args(["-f", "%M", "-o"]).arg(&status).arg(plain.get_program()).args(plain.get_args());
        match command.stdout(Stdio::null()).stderr(Stdio::null()).status() {
            Ok(ended) => {
                assert!(ended.success());
                let kib: f64 = fs::read_to_string(&status).unwrap().trim().parse().unwrap();
                println!("   {count:>7} bundles                   {:.1}", kib / 1_024.0);
            }
            Err(_) => println!("   /usr/bin/time is not installed"),
        }
    }
    println!();
}

/// Row 5.
pub(crate) fn one_process() {
    let desk = Desk::new(&workload::distinct(1, &[b'x'; 1_000]));
    let bundle = desk.bundles().join("0000000.cbor");
    let run = |command: &mut Command| time(|| assert!(command.status().unwrap().success()));
    let ours = || run(&mut desk.ct(&[], &bundle));
    let empty = || run(Command::new("/bin/true").stdout(Stdio::null()));
    let pair = alternate(PROCESSES, ours, empty);
    let over = (pair.ours.median() - pair.bare.median()) * 1e3;
    println!("5  ct verify of one bundle, whole process");
    println!("   milliseconds over /bin/true      {over:.2}   must: 5");
    println!("   to /bin/true                     {}", pair.ratio);
    if let Some(signed) = crate::peers::Minisign::new() {
        let pair = alternate(PROCESSES, ours, || run(&mut signed.verify()));
        println!("   to minisign -V                   {}   moonshot: 2\n", pair.ratio);
    } else {
        println!("   minisign is not installed\n");
    }
}

fn per(total: &Measured, count: usize) -> f64 {
    total.median() * 1e6 / count as f64
}

const DISTINCT: usize = 20_000;
const BATCH: usize = 100_000;
const ROUNDS: usize = 5;
const PROCESSES: usize = 101;
