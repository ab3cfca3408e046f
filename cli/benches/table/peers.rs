//! Others beside us, each doing what it does for one document or record.

use crate::ratio::time;
use ct_core::merkle::leaf_hash;
use ct_core::{Bundle, Checkpoint, Hash, Note, Origin, SignatureType, TreeSize, base64};
use ct_testdata::note::LineKey;
use ct_testdata::{key, workload, world};
use sigsum::SigsumSignature;
use sigsum::policy::PolicyBuilder;
use std::fmt::Write as _;
use std::fs;
use std::hint::black_box;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

pub(crate) fn beside() {
    println!("   microseconds for one record, beside the figures above");
    match go_sumdb() {
        Some(each) => println!("   Go sumdb, note.Open and tlog.CheckRecord: 1 signature, 20 hashes   {each}"),
        None => println!("   Go's sumdb is not installed"),
    }
    println!("   the sigsum crate, parse and verify: 5 signatures, tree of 1       {:.1}", sigsum_crate());
}

/// A file that minisign has signed.
pub(crate) struct Minisign {
    folder: tempfile::TempDir,
}

impl Minisign {
    /// None where minisign is not installed.
    pub(crate) fn new() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("document"), [b'x'; 2_000]).unwrap();
        let in_folder = |words: &[&str]| {
            let mut command = Command::new("minisign");
            command.args(words).current_dir(folder.path()).stdout(Stdio::null()).stderr(Stdio::null());
            command.status().ok().filter(std::process::ExitStatus::success)
        };
        in_folder(&["-G", "-W", "-p", "key.pub", "-s", "key"])?;
        in_folder(&["-S", "-s", "key", "-m", "document"])?;
        Some(Self { folder })
    }

    pub(crate) fn verify(&self) -> Command {
        let mut command = Command::new("minisign");
        command.args(["-V", "-p", "key.pub", "-m", "document"]).current_dir(self.folder.path()).stdout(Stdio::null());
        command
    }
}

/// The log's part of the bundle of row 1; none where Go or its `sumdb` is not installed.
fn go_sumdb() -> Option<String> {
    let bytes = workload::distinct(1, &[b'x'; 1_000]).remove(0);
    let bundle = Bundle::parse(&bytes).unwrap();
    let (text, lines) = (bundle.checkpoint.unwrap(), bundle.checkpoint_signature.unwrap());
    let note = Note::from_parts(text, lines).unwrap().to_string();
    let root = Checkpoint::parse(text).unwrap().root();
    let key = LineKey::new(world::ORIGIN).verifier(SignatureType::Ed25519).to_string();
    let mut input = String::new();
    for field in [key.as_bytes(), note.as_bytes(), bundle.statement.unwrap()] {
        writeln!(input, "{}", base64::encode(field)).unwrap();
    }
    writeln!(input, "{}\n{}", bundle.leaf_index.unwrap().get(), bundle.tree_size.unwrap().get()).unwrap();
    for hash in [root].iter().chain(&bundle.inclusion_proof.unwrap()) {
        writeln!(input, "{}", base64::encode(hash.as_bytes())).unwrap();
    }
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/table/peer.go");
    let mut go = Command::new("go");
    go.arg("run").arg(program).env("GO111MODULE", "off").env("GOPATH", "/usr/share/gocode");
    let mut child = go.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().ok()?;
    child.stdin.take().unwrap().write_all(input.as_bytes()).ok()?;
    let output = child.wait_with_output().unwrap();
    output.status.success().then(|| String::from_utf8(output.stdout).unwrap().trim().to_owned())
}

/// Leaf, log and three witnesses sign, as for our bundle.
fn sigsum_crate() -> f64 {
    const TIMES: u32 = 500;
    let public = |name: &str| key::public(name);
    let key_hash = |name: &str| Hash::of(public(name).as_bytes());
    let message = Hash::of(b"evidence");
    let checksum = Hash::of(message.as_bytes());
    let leaf = key::sign("submitter", &[b"sigsum.org/v1/tree-leaf\0", &checksum.as_bytes()[..]].concat());
    let root = leaf_hash(&[checksum.as_bytes(), &leaf[..], key_hash("submitter").as_bytes()].concat());
    let origin = Origin::new(&format!("sigsum.org/v1/tree/{}", key_hash("log"))).unwrap();
    let text = Checkpoint::new(origin, TreeSize::new(1).unwrap(), root).unwrap().text();
    let mut proof = format!(
        "version=2\nlog={}\nleaf={} {}\n\nsize=1\nroot_hash={root}\nsignature={}\n",
        key_hash("log"),
        key_hash("submitter"),
        hex(&leaf),
        hex(&key::sign("log", text.as_bytes())),
    );
    let mut policy = PolicyBuilder::new();
    policy.add_log((*public("log").as_bytes()).into(), None).unwrap();
    for name in world::WITNESSES {
        let signed = key::sign(name, &ct_core::c2sp::cosignature_message(world::time(world::ISSUED), &text));
        writeln!(proof, "cosignature={} {} {}", key_hash(name), world::ISSUED, hex(&signed)).unwrap();
        policy.add_witness(name.into(), (*public(name).as_bytes()).into(), None).unwrap();
    }
    policy.add_group("all".into(), 3, world::WITNESSES.map(Into::into).to_vec()).unwrap();
    policy.set_quorum("all".into()).unwrap();
    let policy = policy.build();
    proof.push_str("\nleaf_index=0\n");
    let signers = [(*public("submitter").as_bytes()).into()];
    let verify = || {
        let proof = SigsumSignature::from_ascii(black_box(&proof)).unwrap();
        assert!(sigsum::verify(&(*message.as_bytes()).into(), &proof, &signers, &policy).is_ok());
    };
    verify();
    time(|| (0..TIMES).for_each(|_| verify())).as_secs_f64() * 1e6 / f64::from(TIMES)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
