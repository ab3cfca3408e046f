//! `docs/desk.md`: what it tells a clerk to type is typed here, in its order.

use crate::desk::bundles;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

/// The blocks marked `sh`; the others need a stick, a telephone or a file from elsewhere.
fn blocks(guide: &str) -> Vec<&str> {
    guide.split("\n```sh\n").skip(1).map(|rest| rest.split("\n```").next().unwrap()).collect()
}

/// What the guide says the first command of a block ends with.
fn announced(block: &str) -> i32 {
    let first = block.lines().next().unwrap();
    first.split_once("# exit status ").map_or(0, |(_, status)| status.trim().parse().unwrap())
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

// R23, R1.1
#[test]
fn every_command_of_the_guide_does_what_it_says() {
    let folder = tempfile::tempdir().unwrap();
    // A link, because a copy that another thread's child still holds open for writing could not be run.
    symlink(env!("CARGO_BIN_EXE_ct"), folder.path().join("ct")).unwrap();
    copy(&bundles(), &folder.path().join("bundles"));
    let guide = fs::read_to_string(bundles().join("../docs/desk.md")).unwrap();
    let blocks = blocks(&guide);
    assert!(blocks.len() >= 6, "{} blocks", blocks.len());
    for block in blocks {
        if block.contains("jq ") && Command::new("jq").arg("--version").output().is_err() {
            ct_testdata::skip("no jq program");
            continue;
        }
        // The first command as announced, everything after it well.
        let (first, rest) =
            if block.starts_with("./ct") { block.split_once('\n').unwrap_or((block, "")) } else { ("", block) };
        let expected = if first.is_empty() { 0 } else { announced(block) };
        let script = format!("{first}\n[ $? = {expected} ] || exit 99\nset -o pipefail\n{rest}");
        let output = Command::new("bash").args(["-c", &script]).current_dir(folder.path()).output().unwrap();
        let err = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{block}\n{}\n{err}", output.status);
    }
    let left = |name: &str| fs::read_dir(folder.path().join(name)).unwrap().count();
    assert_eq!((left("inbox"), left("refused")), (0, 0), "the loop moves every bundle");
    assert_eq!(left("accepted"), fs::read_dir(bundles().join("valid")).unwrap().count());
    assert!(folder.path().join("state/state.cbor").is_file());
}
