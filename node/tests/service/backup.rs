//! A log that lost its folders comes back from a backup; what is not a backup of this log, or not whole, is refused.

use crate::process::{Operator, ct_node, eventually, ran, text};
use crate::running::copy_all;
use ct_core::{Code, Hash, Timestamp};
use ct_node::backup::{self, Restore, SignedBy, Target};
use ct_node::fsck::Folder;
use ct_node::machine::StateMachine;
use ct_node::service::NodeConfig;
use ct_node::{Entropy, Result};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// A log that has published so many entries at least, and stands still.
fn stopped(entries: u64) -> Operator {
    let mut operator = Operator::new();
    grow(&mut operator, entries);
    operator
}

/// Lets it run until it has published so many entries, and stops it.
fn grow(operator: &mut Operator, entries: u64) {
    operator.start();
    eventually("the node listens", || operator.path("node-1/api").exists().then_some(()));
    let (url, dir) = (operator.url(), text(&operator.path("")));
    let published = || operator.path("node-1/data/log/checkpoint").exists() && operator.published() >= entries;
    eventually("so many entries are published", || {
        if published() {
            return Some(());
        }
        let words = ["load", "--to", &url, "--dir", &dir, "--seconds", "1", "--clients", "1", "--entries", "16"];
        assert_eq!(ran(&mut ct_node(&words)).0, 0);
        None
    });
    // Nothing is under way when it is stopped: else witnesses may have seen a checkpoint that nobody published.
    let is_quiet = |status: &serde_json::Value| {
        let log = &status["nodes"][0]["status"]["log"];
        log["tree"].is_object() && log["tree"] == log["published"]
    };
    eventually("everything is published", || {
        let (_, said, _) = ran(&mut ct_node(&["status", &dir, "--json"]));
        serde_json::from_str(&said).is_ok_and(|status| is_quiet(&status)).then_some(())
    });
    assert_eq!(operator.end(), 0);
}

fn now() -> Timestamp {
    Timestamp::from_seconds(1_800_000_000).unwrap()
}

fn config(operator: &Operator) -> NodeConfig {
    NodeConfig::read(&operator.path("node-1/config.toml")).unwrap()
}

fn make(operator: &Operator, out: &Path) -> Result<backup::Made> {
    backup::make(&config(operator), out, now(), &mut Entropy::from_seed(&[9; 32]))
}

fn restore(operator: &Operator, from: &Path, target: Target) -> Result<backup::Proven> {
    Restore { from, by: SignedBy::Peer, target, elsewhere: None }.run(
        &config(operator),
        now(),
        &mut Entropy::from_seed(&[8; 32]),
    )
}

fn code<T>(result: Result<T>) -> Code {
    result.err().map_or(Code::Ok, |error| error.code())
}

fn wipe(operator: &Operator) {
    fs::remove_dir_all(operator.path("node-1/data")).unwrap();
}

/// Every file below, by its relative path.
fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![dir.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { open.push(path) } else { found.push(path.strip_prefix(dir).unwrap().to_owned()) }
        }
    }
    found.sort();
    found
}

// R20.5, R10.5: the backup of a node that stands still has everything, and the log goes on from it in a new generation.
#[test]
fn a_log_goes_on_from_the_backup_of_a_stopped_node() {
    let mut operator = stopped(300);
    let out = operator.dir.path().join("backup");
    let made = make(&operator, &out).unwrap();
    let size = made.manifest.size.get();
    assert!(made.published.get() >= 300 && size >= made.published.get());
    assert_eq!((made.manifest.origin.as_str(), made.manifest.generation), ("log.town.example", 1));
    // What is there is what sha256sum says.
    let sums =
        Command::new("sha256sum").args(["--check", "--strict", "--quiet", "SHA256SUMS"]).current_dir(&out).status();
    assert!(sums.unwrap().success());
    wipe(&operator);
    let proven = restore(&operator, &out, Target::Nothing).unwrap();
    assert!(!operator.path("node-1/data").exists() && !operator.path("node-1/first-start").exists());
    assert_eq!((proven.hash, proven.checkpoint.size()), (made.hash, made.published));
    assert!(proven.witnesses >= 2 && proven.cosigned.is_some());
    assert_eq!(restore(&operator, &out, Target::Folder).unwrap(), proven);
    assert_eq!(fs::read_to_string(operator.path("node-1/first-start")).unwrap(), "founds\n");
    let file = operator.dir.path().join("one.txt");
    fs::write(&file, "after").unwrap();
    operator.start();
    let (status, _, err) = operator.issue("bundles", &[file]);
    assert_eq!(status, 0, "{err}");
    assert_eq!((operator.published(), operator.path("node-1/data/state/restored").exists()), (size + 1, false));
    // R15.3: it continues what was published before.
    let (log, trust) = (text(&operator.path("node-1/data/log")), text(&operator.path("trust.cbor")));
    let older = text(&out.join("log/checkpoint"));
    let (status, _, err) = ran(&mut ct_node(&["fsck", &log, "--trust", &trust, "--older", &older]));
    assert_eq!(status, 0, "{err}");
    // R20.5: a backup of the restored log, while it runs.
    let again = operator.dir.path().join("again");
    let (at, to) = (text(&operator.path("node-1/config.toml")), text(&again));
    let (status, said, err) = ran(&mut ct_node(&["backup", "--config", &at, "--out", &to]));
    assert!(status == 0 && said.contains("Generation 2."), "{said}{err}");
    let (status, said, err) = ran(&mut ct_node(&["restore", "--verify-only", "--config", &at, "--from", &to]));
    assert!(status == 0 && said.contains("Nothing was restored."), "{said}{err}");
    assert_eq!(operator.end(), 0);
}

// R20.5, R10.5: what is acknowledged and not final yet is in the backup of a node that runs, however many pieces it takes.
#[test]
fn the_backup_of_a_running_node_has_what_is_not_final() {
    let mut operator = stopped(2);
    let before = operator.published();
    operator.witnesses.iter_mut().for_each(|witness| {
        witness.kill().unwrap();
        witness.wait().unwrap();
    });
    operator.start();
    eventually("the node listens", || operator.path("node-1/api").exists().then_some(()));
    let (url, dir) = (operator.url(), text(&operator.path("")));
    let (out, state) = (operator.dir.path().join("backup"), operator.dir.path().join("backup/state"));
    let acked = operator.dir.path().join("acked.jsonl");
    // Entries that stand in no tile fill the state.
    eventually("the state is more than two pieces", || {
        let words = ["load", "--to", &url, "--dir", &dir, "--seconds", "2", "--clients", "2", "--entries", "64"];
        assert_eq!(ran(ct_node(&words).arg("--acked").arg(&acked)).0, 0);
        let _ = fs::remove_dir_all(&out);
        let made = make(&operator, &out).unwrap();
        assert_eq!(made.published.get(), before);
        (fs::metadata(&state).unwrap().len() > 2 << 20).then_some(())
    });
    let acknowledged = restore(&operator, &out, Target::Nothing).unwrap().size.get();
    let lines = fs::read_to_string(&acked).unwrap();
    let places =
        lines.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["leaf_index"].as_u64());
    assert_eq!(places.max().unwrap().map(|last| last + 1), Some(acknowledged));
    operator.kill();
    wipe(&operator);
    restore(&operator, &out, Target::Folder).unwrap();
    for number in 1..=3 {
        let config = text(&operator.path(&format!("witness-{number}/config.toml")));
        operator.witnesses.push(ct_node(&["witness", "--config", &config]).stderr(Stdio::null()).spawn().unwrap());
    }
    operator.start();
    eventually("everything is published", || (operator.published() == acknowledged).then_some(()));
    assert_eq!(operator.end(), 0);
}

// R9.3, R13.5: one byte flipped in any file of a backup, and any file missing, is found; nothing is restored.
#[test]
fn every_damaged_file_of_a_backup_is_found() {
    let operator = stopped(300);
    let out = operator.dir.path().join("backup");
    make(&operator, &out).unwrap();
    wipe(&operator);
    let names = files(&out);
    assert!(names.len() >= 8 && names.iter().any(|name| name.starts_with("log/tile/1")), "{names:?}");
    for name in &names {
        let path = out.join(name);
        let whole = fs::read(&path).unwrap();
        for place in [0, whole.len() / 2, whole.len() - 1] {
            let mut flipped = whole.clone();
            flipped[place] ^= 1;
            fs::write(&path, flipped).unwrap();
            let found = code(restore(&operator, &out, Target::Folder));
            let is_unread = ["malformed.", "limit."].iter().any(|class| found.as_str().starts_with(class));
            assert!(
                (name == Path::new("manifest.cbor") && is_unread) || found == Code::TamperedFile,
                "{name:?} {place}: {found}"
            );
        }
        fs::write(&path, [whole.as_slice(), b"x"].concat()).unwrap();
        let found = code(restore(&operator, &out, Target::Folder));
        assert!(matches!(found, Code::TamperedFile | Code::MalformedTrailing), "{name:?}: {found}");
        fs::remove_file(&path).unwrap();
        let missing = if name == Path::new("manifest.cbor") { Code::IoNotFound } else { Code::IncompleteFile };
        assert_eq!(code(restore(&operator, &out, Target::Folder)), missing, "{name:?}");
        fs::write(&path, whole).unwrap();
        assert!(!operator.path("node-1/data").exists() && !operator.path("node-1/first-start").exists());
    }
    // Nor can a file be changed together with its line: the list is what was signed.
    let (path, sums) = (out.join("log/tile/0/000"), out.join("SHA256SUMS"));
    let (bytes, list) = (fs::read(&path).unwrap(), fs::read_to_string(&sums).unwrap());
    let other = [&[bytes[0] ^ 1], &bytes[1..]].concat();
    fs::write(&path, &other).unwrap();
    fs::write(&sums, list.replace(&Hash::of(&bytes).to_string(), &Hash::of(&other).to_string())).unwrap();
    let error = restore(&operator, &out, Target::Folder).unwrap_err();
    assert!(error.code() == Code::TamperedFile && error.place().ends_with("SHA256SUMS"), "{error}");
    fs::write(&path, bytes).unwrap();
    fs::write(&sums, list).unwrap();
    assert_eq!(code(restore(&operator, &out, Target::Folder)), Code::Ok);
}

// R8.2, R20.5, R1.4: whose backup it is, and where it goes.
#[test]
fn a_backup_of_somebody_else_is_refused() {
    let operator = stopped(2);
    let out = operator.dir.path().join("backup");
    make(&operator, &out).unwrap();
    assert_eq!(code(make(&operator, &out)), Code::IoExists);
    assert_eq!(code(restore(&operator, &out, Target::Folder)), Code::IoExists);
    wipe(&operator);
    let init = |name: &str, origin: &str| {
        let dir = operator.dir.path().join(name);
        assert_eq!(ran(&mut ct_node(&["init", "--dir", &text(&dir), "--nodes", "1", "--origin", origin])).0, 0);
        dir
    };
    let (same, other) = (init("same", "log.town.example"), init("other", "log.other.example"));
    let strange = NodeConfig::read(&same.join("node-1/config.toml")).unwrap();
    let restored = |config: &NodeConfig, by| {
        code(Restore { from: &out, by, target: Target::Folder, elsewhere: None }.run(
            config,
            now(),
            &mut Entropy::from_seed(&[8; 32]),
        ))
    };
    assert_eq!(restored(&strange, SignedBy::Peer), Code::UnknownPeer);
    // Another trust root for the same name, and that of another log.
    assert_eq!(restored(&strange, SignedBy::AnyNode), Code::NotAnchoredLogSignature);
    let mut config = config(&operator);
    config.trust = same.join("trust.cbor");
    assert_eq!(restored(&config, SignedBy::Peer), Code::NotAnchoredLogSignature);
    config.trust = other.join("trust.cbor");
    assert_eq!(restored(&config, SignedBy::Peer), Code::UnknownLog);
    // The right trust root, and a key that nobody knows: who is sure may say so.
    config.trust = operator.path("trust.cbor");
    config.peers = strange.peers.clone();
    assert_eq!(restored(&config, SignedBy::Peer), Code::UnknownPeer);
    assert!(!operator.path("node-1/data").exists() && !same.join("node-1/data").exists());
    assert_eq!(restored(&config, SignedBy::AnyNode), Code::Ok);
    config.peers = None;
    assert_eq!(restored(&config, SignedBy::AnyNode), Code::IoExists);
    let made = backup::make(&config, &operator.dir.path().join("new"), now(), &mut Entropy::from_seed(&[1; 32]));
    assert_eq!(code(made), Code::MalformedConfig);
}

// R10.1, R15.3: of a node whose state is behind its log, or whose files are not of one history, there is no backup.
#[test]
fn what_is_not_whole_is_not_backed_up() {
    let mut operator = Operator::new();
    let out = operator.dir.path().join("backup");
    assert_eq!(code(make(&operator, &out)), Code::IoNotFound);
    operator.witnesses.iter_mut().for_each(|witness| witness.kill().unwrap());
    operator.start();
    eventually("the node listens", || operator.path("node-1/api").exists().then_some(()));
    assert_eq!(code(make(&operator, &out)), Code::NotAnchoredPending);
    operator.kill();
    // Its first command is in the write-ahead log only.
    assert_eq!(code(make(&operator, &out)), Code::IncompleteNode);
    let mut operator = stopped(2);
    let kept = operator.dir.path().join("kept");
    copy_all(&operator.path("node-1/data/log"), &kept);
    let published = operator.published();
    grow(&mut operator, published + 1);
    let log = operator.path("node-1/data/log");
    fs::remove_dir_all(&log).unwrap();
    copy_all(&kept, &log);
    // The entries between are in no tile, and in the state no longer.
    let out = operator.dir.path().join("backup");
    assert_eq!(code(make(&operator, &out)), Code::IncompleteNode);
    assert!(!out.exists());
}

// R20.5: when files reach further than the state, as they do when a node goes on while it is backed up, the backup ends
// where the state says that entries are final, in the middle of tiles.
#[test]
fn a_backup_ends_where_its_state_does() {
    let mut operator = stopped(2);
    let (kept, size) = (operator.dir.path().join("kept"), operator.published());
    copy_all(&operator.path("node-1/data"), &kept);
    grow(&mut operator, size + 300);
    for part in ["state", "wal"] {
        fs::remove_dir_all(operator.path("node-1/data").join(part)).unwrap();
        copy_all(&kept.join(part), &operator.path("node-1/data").join(part));
    }
    let out = operator.dir.path().join("backup");
    let made = make(&operator, &out).unwrap();
    assert_eq!((made.published.get(), made.manifest.size.get()), (size, size));
    assert_eq!(fs::read(out.join("log/checkpoint")).unwrap(), fs::read(kept.join("log/checkpoint")).unwrap());
    assert_eq!(restore(&operator, &out, Target::Nothing).unwrap().checkpoint.size().get(), size);
}

// R15.3: state and files are of two histories of one length.
#[test]
fn files_of_another_history_are_not_backed_up() {
    let mut operator = Operator::new();
    let kept = operator.dir.path().join("kept");
    for name in ["one", "other"] {
        let file = operator.dir.path().join(name);
        fs::write(&file, name).unwrap();
        operator.start();
        assert_eq!(operator.issue(&format!("{name}-bundles"), &[file]).0, 0);
        assert_eq!((operator.end(), operator.published()), (0, 2));
        if name == "one" {
            copy_all(&operator.path("node-1/data/log"), &kept);
            wipe(&operator);
            fs::write(operator.path("node-1/first-start"), "founds\n").unwrap();
            for number in 1..=3 {
                let mut witness = operator.witnesses.remove(0);
                witness.kill().unwrap();
                witness.wait().unwrap();
                fs::remove_dir_all(operator.path(&format!("witness-{number}/state"))).unwrap();
                let config = text(&operator.path(&format!("witness-{number}/config.toml")));
                let witness = ct_node(&["witness", "--config", &config]).stderr(Stdio::null()).spawn();
                operator.witnesses.push(witness.unwrap());
            }
        }
    }
    let (out, log) = (operator.dir.path().join("backup"), operator.path("node-1/data/log"));
    assert_eq!(code(make(&operator, &out)), Code::Ok);
    fs::remove_dir_all(&out).unwrap();
    fs::remove_dir_all(&log).unwrap();
    copy_all(&kept, &log);
    assert_eq!(code(make(&operator, &out)), Code::TamperedState);
}

// R11, R12: a node that is restored while another one runs would have forgotten what it has promised.
#[test]
fn no_node_is_restored_while_others_run() {
    let dir = crate::town::directory();
    let log = dir.path().join("log");
    assert_eq!(ran(&mut ct_node(&["init", "--dir", &text(&log), "--nodes", "3"])).0, 0);
    let folder = |node: u64| log.join(format!("node-{node}"));
    let start = |node| {
        let at = text(&folder(node).join("config.toml"));
        ct_node(&["serve", "--config", &at]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    };
    let mut running = start(2);
    eventually("the node listens to others", || folder(2).join("peer").exists().then_some(()));
    let config = NodeConfig::read(&folder(1).join("config.toml")).unwrap();
    let restore = Restore { from: dir.path(), by: SignedBy::Peer, target: Target::Folder, elsewhere: None };
    let restored = || code(restore.run(&config, now(), &mut Entropy::from_seed(&[8; 32])));
    assert_eq!(restored(), Code::ConflictMembers);
    running.kill().unwrap();
    running.wait().unwrap();
    // Then it is only the backup that is missing.
    assert_eq!(restored(), Code::IoNotFound);
}

// R13.2, R20.5: whenever a restore is killed, the folder is not there or is whole; and what founds a log comes last.
#[test]
fn a_restore_that_is_killed_leaves_nothing_half_made() {
    let operator = stopped(300);
    let out = operator.dir.path().join("backup");
    make(&operator, &out).unwrap();
    wipe(&operator);
    let (at, from) = (text(&operator.path("node-1/config.toml")), text(&out));
    let (mut killed, mut finished) = (0, 0);
    for delay in (0..400).step_by(8) {
        let words = ["restore", "--config", &at, "--from", &from];
        let mut child = ct_node(&words).stdout(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(delay));
        let _ = child.kill();
        let is_done = child.wait().unwrap().success();
        let (data, first) = (operator.path("node-1/data"), operator.path("node-1/first-start"));
        if data.exists() {
            assert_eq!(ct_node::restored::read(&data), Ok(Some(1)));
            assert!(["log", "state/machine.redb", "state/fence"].iter().all(|name| data.join(name).exists()));
            fs::remove_dir_all(&data).unwrap();
        } else {
            assert!(!is_done && !first.exists());
        }
        let _ = fs::remove_file(first);
        if is_done {
            finished += 1
        } else {
            killed += 1
        }
        if finished == 3 {
            break;
        }
    }
    assert!(killed > 0, "none was killed in time");
    // A folder without the word that it founds a log waits for others; the other way round a new log would begin.
    let first = operator.path("node-1/first-start");
    fs::create_dir(&first).unwrap();
    assert_eq!(code(restore(&operator, &out, Target::Folder)), Code::IoWrite);
    assert_eq!(ct_node::restored::read(&operator.path("node-1/data")), Ok(Some(1)));
    wipe(&operator);
    fs::remove_dir(first).unwrap();
    assert_eq!(code(restore(&operator, &out, Target::Folder)), Code::Ok);
}

// R20.5, R15.3: what was published after the backup is taken over from a mirror, as far as everything there holds; then
// the log goes on where its witnesses are.
#[test]
fn entries_that_were_published_later_are_taken_over() {
    let mut operator = stopped(2);
    let out = operator.dir.path().join("backup");
    let made = make(&operator, &out).unwrap();
    let (mirror, older) = (operator.dir.path().join("mirror"), operator.dir.path().join("older"));
    copy_all(&operator.path("node-1/data/log"), &older);
    grow(&mut operator, made.manifest.size.get() + 300);
    copy_all(&operator.path("node-1/data/log"), &mirror);
    let size = operator.published();
    wipe(&operator);
    let restored = |dir: &Path, target| {
        let elsewhere = Folder::new(dir);
        Restore { from: &out, by: SignedBy::Peer, target, elsewhere: Some(&elsewhere) }.run(
            &config(&operator),
            now(),
            &mut Entropy::from_seed(&[8; 32]),
        )
    };
    // No more than the backup has: then it is the backup.
    assert_eq!(restored(&older, Target::Nothing).unwrap().checkpoint.size(), made.published);
    // The last tiles, which the backup has not.
    let (index, width) = ((size - 1) / 256, size % 256);
    let tile = if width == 0 { format!("{index:03}") } else { format!("{index:03}.p/{width}") };
    for name in ["checkpoint", &format!("tile/entries/{tile}"), &format!("tile/0/{tile}")] {
        let path = mirror.join(name);
        let whole = fs::read(&path).unwrap();
        let mut flipped = whole.clone();
        let place = if name == "checkpoint" { whole.len() / 2 } else { whole.len() - 1 };
        flipped[place] ^= 1;
        fs::write(&path, flipped).unwrap();
        let found = code(restored(&mirror, Target::Folder));
        assert!(found == Code::TamperedFile || (name == "checkpoint" && found != Code::Ok), "{name}: {found}");
        fs::remove_file(&path).unwrap();
        let missing = if name == "checkpoint" { Code::IoNotFound } else { Code::IncompleteFile };
        assert_eq!(code(restored(&mirror, Target::Folder)), missing, "{name}");
        fs::write(&path, whole).unwrap();
        assert!(!operator.path("node-1/data").exists());
    }
    let proven = restored(&mirror, Target::Folder).unwrap();
    assert_eq!((proven.checkpoint.size().get(), proven.size.get()), (size, size));
    let machine = StateMachine::open(&operator.path("node-1/data/state/machine.redb")).unwrap();
    let (state, meta) = (machine.reader(), machine.reader().meta().unwrap());
    assert_eq!((meta.anchored.seal.size.get(), meta.history), (size, proven.history));
    assert_eq!(state.entries(made.manifest.size.get(), 1), Ok(Vec::new()));
    drop((machine, state));
    let file = operator.dir.path().join("one.txt");
    fs::write(&file, "after").unwrap();
    operator.start();
    let (status, _, err) = operator.issue("bundles", &[file]);
    assert_eq!((status, operator.published()), (0, size + 1), "{err}");
    let (log, trust) = (text(&operator.path("node-1/data/log")), text(&operator.path("trust.cbor")));
    let before = text(&mirror.join("checkpoint"));
    let (status, _, err) = ran(&mut ct_node(&["fsck", &log, "--trust", &trust, "--older", &before]));
    assert_eq!(status, 0, "{err}");
    assert_eq!(operator.end(), 0);
}
