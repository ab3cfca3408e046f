//! Many bundles: order, threads, lists, interruption, going on.

use crate::desk::{AT, Said, bundles, ct, said, verify};
use crate::terminal::Terminal;
use assert_cmd::Command;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

fn all_bundles() -> Vec<PathBuf> {
    let folders = ["valid", "refused"].map(|name| bundles().join(name));
    let files = folders.iter().flat_map(|folder| fs::read_dir(folder).unwrap()).map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = files.filter(|path| path.extension().is_some_and(|end| end == "cbor")).collect();
    files.sort();
    files
}

fn from_list(words: &[&str], list: &str) -> Said {
    let mut command = Command::cargo_bin("ct").unwrap();
    command.args(["verify", "--at", AT, "--trust"]).arg(bundles().join("trust.cbor")).args(words).arg("-");
    said(command.write_stdin(list).output().unwrap())
}

fn list_of(paths: &[PathBuf], times: usize) -> String {
    let mut list = String::new();
    for _ in 0..times {
        paths.iter().for_each(|path| writeln!(list, "{}", path.display()).unwrap());
    }
    list
}

// R19.5
#[test]
fn the_number_of_threads_changes_nothing() {
    let list = list_of(&all_bundles(), 40);
    for shape in ["--jsonl", "--mode=archival"] {
        let alone = from_list(&["--jobs", "1", shape], &list);
        assert_eq!(alone.status, 1);
        for jobs in ["2", "3", "8"] {
            let together = from_list(&["--jobs", jobs, shape], &list);
            assert!(together.out == alone.out, "{jobs} threads");
            assert_eq!((together.err, together.status), (alone.err.clone(), alone.status));
        }
    }
    assert_eq!(ct(["verify", "--jobs", "0", "--trust", "t", "b"]).status, 2);
}

// R19.5: whatever stands before, after and beside it, in whatever order.
#[test]
fn a_bundle_s_line_does_not_depend_on_the_others() {
    let paths = all_bundles();
    let alone: BTreeMap<&PathBuf, String> =
        paths.iter().map(|path| (path, from_list(&["--jsonl"], &format!("{}\n", path.display())).out)).collect();
    for seed in 1..=20_u64 {
        let mut random = seed;
        let mut next = |below: usize| {
            // Knuth's MMIX generator.
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(random >> 33).unwrap() % below
        };
        let chosen: Vec<PathBuf> = (0..next(300)).map(|_| paths[next(paths.len())].clone()).collect();
        let said = from_list(&["--jsonl"], &list_of(&chosen, 1));
        let expected: String = chosen.iter().map(|path| alone[path].as_str()).collect();
        assert!(said.out == expected, "seed {seed}");
    }
}

#[test]
fn a_list_names_files_and_folders_and_each_line_has_its_verdict() {
    let good = bundles().join("valid/diploma.cbor");
    let list = format!("{}\n\nabsent.cbor\n{}", good.display(), bundles().join("valid").display());
    let said = from_list(&[], &list);
    let mut codes = vec!["ok", "io.not_found", "io.not_found"];
    codes.extend(["ok"; 8]);
    assert_eq!((said.codes(), said.status), (codes, 5), "{}", said.err);
    assert!(said.err.contains("ct:        2  io.not_found\nct: 9 verified, 2 not\n"), "{}", said.err);
    let nothing = from_list(&[], "");
    assert_eq!((nothing.status, nothing.out.as_str()), (5, ""));
    assert!(nothing.err.starts_with("ct: io.no_bundles: "), "{}", nothing.err);
    assert_eq!(from_list(&["--json"], "").status, 2);
}

// R1.3
#[test]
fn a_line_that_is_too_long_costs_no_other_its_verdict() {
    let good = bundles().join("valid/diploma.cbor");
    let said = from_list(&[], &format!("{}\n{}\n{}\n", good.display(), "x".repeat(4_097), good.display()));
    assert_eq!((said.codes(), said.status), (vec!["ok", "limit.length", "ok"], 4), "{}", said.err);
}

/// A run that waits for more of its list, after it has judged `lines` of it.
fn waiting(words: &[&str], list: &str, lines: usize) -> (Child, String) {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_ct"));
    command.args(["verify", "--at", AT, "--jsonl", "--trust"]).arg(bundles().join("trust.cbor")).args(words).arg("-");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.as_mut().unwrap().write_all(list.as_bytes()).unwrap();
    let mut reader = BufReader::new(child.stdout.take().unwrap());
    let mut text = String::new();
    for _ in 0..lines {
        reader.read_line(&mut text).unwrap();
    }
    child.stdout = Some(reader.into_inner());
    (child, text)
}

// R1.1
#[test]
fn an_interruption_leaves_whole_lines_and_its_own_exit_status() {
    let paths = all_bundles();
    let list = list_of(&paths, 1);
    let (mut child, mut text) = waiting(&[], &list, paths.len());
    // Waiting would close it.
    let _open = child.stdin.take();
    let signal = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(signal.success());
    // The list is still open: the run does not wait for its end.
    assert_eq!(child.wait().unwrap().code(), Some(130));
    child.stdout.take().unwrap().read_to_string(&mut text).unwrap();
    assert_eq!(text, from_list(&["--jsonl"], &list).out);
    let mut err = String::new();
    child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    let told = format!("ct: interrupted: stopped after {} bundles; their verdicts are whole\n", paths.len());
    assert!(err.ends_with(&told), "{err}");
}

fn resume(file: &Path, words: &[&str], inputs: &[PathBuf]) -> Said {
    let resume = [Path::new("--resume"), file].map(Path::to_owned);
    verify(resume.into_iter().chain(words.iter().map(PathBuf::from)).chain(inputs.iter().cloned()))
}

// Killed anywhere: the file holds a prefix of what an undisturbed run writes.
#[test]
fn a_run_that_was_killed_goes_on_to_the_same_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("verdicts.jsonl");
    let inputs = [bundles().join("valid"), bundles().join("refused"), bundles().join("absent.cbor")];
    let whole = resume(&file, &[], &inputs);
    assert_eq!((whole.out.as_str(), whole.status), ("", 5), "{}", whole.err);
    let text = fs::read(&file).unwrap();
    let printed = verify([PathBuf::from("--jsonl")].into_iter().chain(inputs.clone()));
    assert_eq!(printed.out.as_bytes(), text);
    let ends: Vec<usize> = (0..text.len()).filter(|at| text[*at] == b'\n').map(|at| at + 1).collect();
    let near = ends.iter().flat_map(|end| [end - 1, *end, end + 1]).filter(|cut| *cut <= text.len());
    for cut in near.chain((0..text.len()).step_by(1_999)) {
        fs::write(&file, &text[..cut]).unwrap();
        let again = resume(&file, &[], &inputs);
        assert!(fs::read(&file).unwrap() == text, "cut at {cut}");
        assert_eq!(
            (again.status, again.err.lines().last()),
            (5, whole.err.lines().last()),
            "cut at {cut}: {}",
            again.err
        );
    }
}

// With a real kill, at whatever point it comes.
#[test]
fn a_run_that_is_killed_in_earnest_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("verdicts.jsonl");
    let (paths, times) = (all_bundles(), 30);
    let list = list_of(&paths, times);
    let expected = from_list(&["--jsonl"], &list).out;
    let words = ["--resume", file.to_str().unwrap()];
    for kills in 1..=3 {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_ct"));
        command.args(["verify", "--at", AT, "--trust"]).arg(bundles().join("trust.cbor")).args(words).arg("-");
        let mut child = command.stdin(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        // The rest of the list never comes, so the run is not over when it is killed.
        let part: String = list.split_inclusive('\n').take(kills * paths.len() * 5).collect();
        child.stdin.as_mut().unwrap().write_all(part.as_bytes()).unwrap();
        while fs::metadata(&file).map_or(0, |metadata| metadata.len()) < (kills * 10_000) as u64 {
            std::thread::yield_now();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(expected.as_bytes().starts_with(&fs::read(&file).unwrap()));
    }
    assert_eq!(from_list(&words, &list).status, 1);
    assert!(fs::read_to_string(&file).unwrap() == expected);
}

// A file that was named by mistake is not cut off.
#[test]
fn a_file_that_holds_no_verdicts_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    let inputs = [bundles().join("valid")];
    resume(&file, &[], &inputs);
    let text = fs::read(&file).unwrap();
    let first = text.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    let with_zeros = [&text[..first], &[0; 100]].concat();
    for (content, status) in [
        (b"my precious notes without an end".as_slice(), 2),
        (&[0; 100], 2),
        (b"{\"anchored_a", 0),
        (b"", 0),
        (&with_zeros, 0),
        (&[&text[..first], b"notes"].concat(), 2),
        (&text[..first].iter().copied().take(first - 1).chain(*b"\r\n").collect::<Vec<u8>>(), 2),
    ] {
        fs::write(&file, content).unwrap();
        let said = resume(&file, &[], &inputs);
        assert_eq!(said.status, status, "{}: {}", String::from_utf8_lossy(content), said.err);
        let expected = if status == 0 { text.as_slice() } else { content };
        assert!(fs::read(&file).unwrap() == expected, "{}", String::from_utf8_lossy(content));
    }
}

// Whoever goes on from a file is told what was not checked again; a verdict without a trust root is none.
#[test]
fn what_is_taken_from_the_file_is_told_and_has_a_trust_root() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("verdicts.jsonl");
    let refused = bundles().join("refused/document-altered.cbor");
    let forged = format!(
        "{{\"source\":\"{}\",\"code\":\"ok\",\"mode\":\"strict\",\"at\":\"{AT}\",\"at_source\":\"given\"}}\n",
        refused.display()
    );
    fs::write(&file, forged).unwrap();
    let said = resume(&file, &[], &[refused]);
    assert!(said.status == 2 && said.err.contains("by which trust root"), "{}", said.err);

    fs::remove_file(&file).unwrap();
    let inputs = [bundles().join("valid")];
    assert!(!resume(&file, &[], &inputs).err.contains("taken from"));
    let again = resume(&file, &[], &inputs);
    assert!(
        again.err.contains("ct: 8 verdicts are taken from ") && again.err.contains("not checked again"),
        "{}",
        again.err
    );
    assert!(again.err.contains("nothing was left to do"), "{}", again.err);
}

#[test]
fn one_file_is_not_both_the_verdicts_and_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    let said = resume(&file, &["--log", file.to_str().unwrap()], &[bundles().join("valid")]);
    assert!(said.status == 2 && said.err.contains("name the same file"), "{}", said.err);
}

// A verdict does not wait for a list that comes after it.
#[test]
fn a_file_before_a_list_is_judged_before_the_list_begins() {
    let good = bundles().join("valid/diploma.cbor");
    let (mut child, text) = waiting(&[good.to_str().unwrap()], "", 1);
    assert!(text.contains("\"code\":\"ok\""), "{text}");
    drop(child.stdin.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn verdicts_of_another_run_are_not_gone_on_from() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("verdicts.jsonl");
    let inputs = [bundles().join("valid"), bundles().join("refused")];
    resume(&file, &[], &inputs);
    let text = fs::read_to_string(&file).unwrap();
    let refused = |words: &[&str], inputs: &[PathBuf], why: &str| {
        let said = resume(&file, words, inputs);
        assert_eq!((said.status, said.out.as_str()), (2, ""), "{why}");
        assert!(said.err.starts_with("ct: usage.resume: ") && said.err.contains(why), "{}", said.err);
        assert_eq!(fs::read_to_string(&file).unwrap(), text, "nothing is lost");
    };
    refused(&[], &inputs[..1], "there are fewer bundles than verdicts");
    refused(&[], &inputs[1..], "it is about ");
    refused(&["--mode", "archival"], &inputs, "another mode");
    let trust = bundles().join("trust.cbor");
    let by = |words: &[&str]| {
        let file =
            ["verify", "--resume", file.to_str().unwrap(), "--trust", trust.to_str().unwrap()].map(str::to_owned);
        ct(file
            .into_iter()
            .chain(words.iter().map(|word| (*word).to_owned()))
            .chain([inputs[0].to_str().unwrap().to_owned()]))
    };
    for at in [&["--at", "2027-01-01T00:00:01Z"][..], &[]] {
        let said = by(at);
        assert!(said.status == 2 && said.err.contains("as of another time"), "{}", said.err);
    }
    assert_eq!(by(&["--state", "x"]).status, 2);
    for (line, why) in [("garbage\n", "no verdict"), ("{}\n", "no verdict"), ("\n", "no verdict")] {
        fs::write(&file, line).unwrap();
        let said = resume(&file, &[], &inputs);
        assert!(said.status == 2 && said.err.contains(why), "{}", said.err);
        assert_eq!(fs::read_to_string(&file).unwrap(), line);
    }
    // Another trust root that is usable: the verdicts name it.
    let other = text.replace("\"hash\":\"sha256:", "\"hash\":\"sha256:00");
    fs::write(&file, other).unwrap();
    assert!(resume(&file, &[], &inputs).err.contains("another trust root"));
}

// The clock of the first run holds for the whole of it.
#[test]
fn without_a_time_the_first_run_s_clock_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("verdicts.jsonl");
    let (trust, valid) = (bundles().join("trust.cbor"), bundles().join("valid"));
    let run = || {
        ct([Path::new("verify"), Path::new("--trust"), &trust, Path::new("--resume"), &file, &valid]);
        fs::read_to_string(&file).unwrap()
    };
    let today = run();
    let at = today.split("\"at\":\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    // As if the first run had been a day later, and was cut off after two lines.
    let moved = today.replace(&at, "2026-12-24T12:00:00Z");
    let two: String = moved.split_inclusive('\n').take(2).collect();
    fs::write(&file, two).unwrap();
    let resumed = run();
    assert_eq!(resumed.matches("\"at\":\"2026-12-24T12:00:00Z\"").count(), 8, "{resumed}");
    assert!(resumed.contains("\"at_source\":\"clock\""));
}

#[test]
fn two_runs_do_not_write_into_one_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("verdicts.jsonl");
    let held = fs::File::options().create(true).append(true).open(&file).unwrap();
    held.lock().unwrap();
    let said = resume(&file, &[], &[bundles().join("valid")]);
    assert!(said.status == 2 && said.err.contains("another run is writing to it"), "{}", said.err);
    let link = folder.path().join("link");
    std::os::unix::fs::symlink(folder.path().join("target"), &link).unwrap();
    let said = resume(&link, &[], &[bundles().join("valid")]);
    assert_eq!(said.status, 5, "no link stands in for it");
    let words = format!("ct: io.not_a_file: {}: it is a symbolic link; name the file itself\n", link.display());
    assert_eq!(said.err, words);
    assert!(!folder.path().join("target").exists());
}

// On a terminal there is a bar; elsewhere there is none.
#[test]
fn a_bar_shows_progress_on_a_terminal_only() {
    let command = format!(
        "{} verify --at {AT} --trust {} --jsonl {} >/dev/null",
        env!("CARGO_BIN_EXE_ct"),
        bundles().join("trust.cbor").display(),
        bundles().join("valid").display()
    );
    let drawn = Terminal::start("sh", |shell| shell.args(["-c", &command])).end();
    assert!(drawn.contains(" of 8 bundles"), "{drawn:?}");
    let piped = std::process::Command::new("sh").args(["-c", &command]).output().unwrap();
    assert!(!String::from_utf8_lossy(&piped.stderr).contains("bundles"), "{piped:?}");
}
