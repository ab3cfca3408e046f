//! Go's `sumdb/note` as judge of our notes: it must agree on every mutation but for the divergences listed here.
//!
//! We refuse, and Go takes: base64 with trailing bits set; two lines of one name and key ID (Go looks at the first);
//! more than 16 lines (Go: 100); control characters above 0x7e in a name; names over 255 bytes and notes over 16 KiB;
//! signatures by or with small-order points. Nothing that Go refuses may pass here.

use crate::fixture::{TestKey, raw_line, signed_checkpoint};
use ct_core::c2sp::{Cosignature, Note, SignatureType, VerifierKey};
use ct_core::{Class, Error, base64};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::env;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GoVerdict {
    outcome: String,
    canonical: bool,
    repeated: bool,
    lines: usize,
}

// R8.2, R14.3
#[test]
fn agrees_with_go_on_seeded_mutations() {
    let (log, witness) = (TestKey::log(), TestKey::witness());
    let keys = [log.verifier, witness.verifier];
    let mut notes = cases();
    let mut random = Random(SEED);
    let good = signed_checkpoint();
    let more = format!("{good}{}{}", raw_line("unknown", &[7; 68]), raw_line("caf\u{e9}", &[8; 76]));
    for round in 0..ROUNDS {
        let original = if round % 2 == 0 { &good } else { &more };
        let mut note = original.clone().into_bytes();
        for _ in 0..=random.below(2) {
            mutate(&mut note, &mut random);
        }
        notes.push(note);
    }
    let Some(verdicts) = ask_go(&keys, &notes) else { return };
    assert_eq!(verdicts.len(), notes.len());

    let mut tally: BTreeMap<_, usize> = BTreeMap::new();
    for (note, go) in notes.iter().zip(verdicts) {
        let ours = our_verdict(&keys, note);
        let shown = String::from_utf8_lossy(note);
        let tolerated_by_go = !go.canonical || go.repeated || go.lines > 16 || has_high_control_in_name(&shown);
        // Go verifies line by line, so a bad signature may hide a malformed line after it.
        let agree = ours == go.outcome || (ours == "malformed" && go.outcome == "invalid");
        assert!(
            agree || (ours == "malformed" && tolerated_by_go),
            "seed {SEED:#x}: ours {ours}, Go {}: {shown:?}",
            go.outcome
        );
        assert!(!tolerated_by_go || ours == "malformed", "seed {SEED:#x}: ours {ours}: {shown:?}");
        *tally.entry((ours, go.outcome)).or_default() += 1;
    }
    println!("ours, Go: {tally:?}");
    for outcome in ["verified", "unverified", "invalid", "malformed"] {
        let both = tally.get(&(outcome, outcome.to_owned())).copied().unwrap_or_default();
        assert!(both >= 10, "too few {outcome} for the comparison to mean something: {tally:?}");
    }
}

/// What a client of C2SP signed-note does: a known key's bad signature refuses the note.
fn our_verdict(keys: &[VerifierKey], note: &[u8]) -> &'static str {
    let Ok(note) = core::str::from_utf8(note) else { return "malformed" };
    let Ok(note) = Note::parse(note) else { return "malformed" };
    let outcomes: Vec<Result<(), Error>> = keys
        .iter()
        .filter_map(|key| Some((key, note.signature_by(key)?)))
        .map(|(key, line)| match key.signature_type() {
            SignatureType::Ed25519 => line.verify_text(key, note.text()),
            SignatureType::Cosignature => {
                Cosignature::from_line(line).and_then(|cosignature| cosignature.verify(key, note.text())).map(drop)
            }
        })
        .collect();
    match outcomes.iter().find_map(|outcome| outcome.err()) {
        // For Go a signature field of the wrong length, or a time beyond ours, is a signature that does not hold.
        Some(error) => {
            assert!(matches!(error.code().class(), Class::Invalid | Class::Malformed), "{error}");
            "invalid"
        }
        None if outcomes.is_empty() => "unverified",
        None => "verified",
    }
}

/// One note for each divergence, and the two that nothing was done to.
fn cases() -> Vec<Vec<u8>> {
    let good = signed_checkpoint();
    let with = |lines: &str| format!("{good}{lines}").into_bytes();
    let many = |count: usize| (0..count).map(|n| raw_line(&format!("k{n}"), &[0; 5])).collect::<String>();
    let unknown = raw_line("unknown", &[0; 5]);
    let (text, _) = good.split_once("\n\n").unwrap();
    let mut notes = vec![
        with(""),
        with(&unknown),
        with("\u{2014} unknown AAAAAAB=\n"),
        with(&unknown.repeat(2)),
        with(&TestKey::log().line(&format!("{text}\n")).to_string()),
        with(&many(14)),
        with(&many(15)),
        with(&raw_line("a\u{7f}", &[0; 5])),
        with(&raw_line("a\u{9b}", &[0; 5])),
        with(&raw_line("a\u{85}", &[0; 5])),
    ];
    // Go's answer to these is one and the same; a random change seldom leaves a note that nobody known has signed.
    notes.extend((0..12).map(|n| format!("{text}\n\n{}", raw_line(&format!("u{n}"), &[n; 68])).into_bytes()));
    notes
}

fn has_high_control_in_name(note: &str) -> bool {
    let lines = note.rsplit_once("\n\n").map_or("", |(_, lines)| lines);
    lines.chars().any(|c| c.is_control() && c != '\n')
}

fn mutate(note: &mut Vec<u8>, random: &mut Random) {
    let at = random.below(note.len());
    match random.below(8) {
        0 => note[at] ^= 1 << random.below(8),
        1 => drop(note.remove(at)),
        2 => note.truncate(at),
        3 | 4 => {
            let piece = PIECES[random.below(PIECES.len())];
            let at = boundary(note, at);
            note.splice(at..at, piece.bytes());
        }
        5 => {
            let mut lines: Vec<_> = note.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
            let (from, to) = (random.below(lines.len()), random.below(lines.len()));
            match random.below(3) {
                0 => lines.swap(from, to),
                1 => lines.insert(to, lines[from].clone()),
                _ => drop(lines.remove(from)),
            }
            *note = lines.concat();
        }
        6 => {
            // The last digit before padding: some of its bits stand for nothing.
            if let Some(at) = note.windows(2).rposition(|pair| pair == b"=\n") {
                let last = note[..at].iter().rposition(|byte| *byte != b'=').unwrap_or(at);
                note[last] = note[last].wrapping_add(1);
            }
        }
        _ => note.extend(PIECES[random.below(PIECES.len())].bytes()),
    }
    if note.is_empty() {
        note.push(b'\n');
    }
}

fn boundary(note: &[u8], at: usize) -> usize {
    (at..note.len()).find(|at| note[*at] & 0xc0 != 0x80).unwrap_or(note.len())
}

/// The verdicts of the Go program beside this file, or `None` where there is no Go with that package.
fn ask_go(keys: &[VerifierKey], notes: &[Vec<u8>]) -> Option<Vec<GoVerdict>> {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle/note/main.go");
    // Where Debian's golang-golang-x-mod-dev puts the package.
    let gopath = env::var_os("GOPATH").unwrap_or_else(|| "/usr/share/gocode".into());
    let go = |arguments: &[&str]| {
        let mut command = Command::new("go");
        command.args(arguments).env("GO111MODULE", "off").env("GOPATH", &gopath).env("GOFLAGS", "");
        command
    };
    let probe = go(&["list", "golang.org/x/mod/sumdb/note"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !probe.is_ok_and(|status| status.success()) {
        ct_testdata::skip("no Go with golang.org/x/mod/sumdb/note");
        return None;
    }
    let input = serde_json::json!({
        "vkeys": keys.iter().map(VerifierKey::to_string).collect::<Vec<_>>(),
        "notes": notes.iter().map(|note| base64::encode(note)).collect::<Vec<_>>(),
    });
    let mut child = go(&["run"]).arg(program).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % u64::try_from(bound).unwrap()).unwrap()
    }
}

const SEED: u64 = 0x005e_ed0f_c25b;
const ROUNDS: usize = 600;
const PIECES: [&str; 16] = [
    "\n",
    "\n\n",
    "\r",
    "\t",
    " ",
    "+",
    "=",
    "A",
    "\u{2014} ",
    "-",
    "\u{a0}",
    "\u{2028}",
    "\u{feff}",
    "\u{7f}",
    "\u{85}",
    "\0",
];
