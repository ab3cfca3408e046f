//! The demonstration's bundles, checked without a line of ours: `ciborium` reads, `coset` takes the statement apart,
//! `ring` verifies, and the few lines of arithmetic are below.

use crate::fixture::directory;
use crate::tree::{Node, leaf, node};
use ciborium::Value;
use coset::cbor::value::Value as CoseValue;
use coset::{CoseSign1, Label, RegisteredLabelWithPrivate, TaggedCborSerializable, iana};
use ring::signature::{ED25519, UnparsedPublicKey};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::process::Command;

/// The public keys, as the demonstration publishes them.
struct PublicKeys {
    issuer: Vec<u8>,
    log: Vkey,
    witnesses: Vec<Vkey>,
}

struct Vkey {
    name: String,
    id: Vec<u8>,
    kind: u8,
    key: Vec<u8>,
}

impl Vkey {
    fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap();
        let mut parts = text.trim_end().splitn(3, '+');
        let (name, id) = (parts.next().unwrap().to_owned(), parts.next().unwrap());
        let id = (0..8).step_by(2).map(|at| u8::from_str_radix(&id[at..at + 2], 16).unwrap()).collect();
        let material = base64(parts.next().unwrap()).unwrap();
        Self { name, id, kind: material[0], key: material[1..].to_vec() }
    }
}

impl PublicKeys {
    fn read(dir: &Path) -> Self {
        let pem = fs::read_to_string(dir.join("issuer.pub.pem")).unwrap();
        let body: String =
            pem.lines().skip_while(|line| !line.starts_with("-----")).filter(|l| !l.starts_with('-')).collect();
        // RFC 8410: the last 32 bytes of the SPKI structure are the key.
        let issuer = base64(&body).unwrap().split_off(12);
        let witnesses = (1..=3).map(|number| Vkey::read(&dir.join(format!("witness-{number}.vkey")))).collect();
        Self { issuer, log: Vkey::read(&dir.join("log.vkey")), witnesses }
    }
}

/// RFC 4648 section 4 in its canonical form.
fn base64(text: &str) -> Option<Vec<u8>> {
    let digit = |c: u8| match c {
        b'A'..=b'Z' => Some(c - b'A'),
        b'a'..=b'z' => Some(c - b'a' + 26),
        b'0'..=b'9' => Some(c - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let body = text.strip_suffix("==").or(text.strip_suffix('=')).unwrap_or(text);
    let digits: Vec<u32> = body.bytes().map(|c| digit(c).map(u32::from)).collect::<Option<_>>()?;
    let unused = match (digits.len() % 4, text.len() - body.len()) {
        (0, 0) => 0,
        (2, 2) => 0xf,
        (3, 1) => 0x3,
        _ => return None,
    };
    let bytes = digits.chunks(4).flat_map(|chunk| {
        let word = chunk.iter().enumerate().fold(0, |word, (at, digit)| word | digit << (18 - 6 * at));
        word.to_be_bytes()[1..chunk.len()].to_vec()
    });
    (digits.last()? & unused == 0).then(|| bytes.collect())
}

type Check = Result<(), &'static str>;

/// `Err` names the check that failed; malformed input is one, too.
fn check(bundle: &[u8], keys: &PublicKeys) -> Check {
    let Ok(Value::Map(pairs)) = ciborium::from_reader(bundle) else { return Err("cbor") };
    let mut again = Vec::new();
    ciborium::into_writer(&Value::Map(pairs.clone()), &mut again).unwrap();
    if again != bundle {
        return Err("encoding");
    }
    let fields: HashMap<String, Value> =
        pairs.into_iter().filter_map(|(key, value)| Some((key.into_text().ok()?, value))).collect();
    let bytes = |name: &str| fields.get(name).and_then(Value::as_bytes).ok_or("field");
    let text = |name: &str| fields.get(name).and_then(Value::as_text).ok_or("field");
    let number = |name: &str| {
        let integer = fields.get(name).and_then(Value::as_integer).ok_or("field")?;
        u64::try_from(integer).map_err(|_| "field")
    };
    let batch = fields.get("batch");
    if text("kind")? != "civictrust.bundle"
        || number("version")? != 1
        || fields.len() != 11 + usize::from(batch.is_some())
    {
        return Err("kind");
    }

    // Document, subject, statement.
    let (document, hash, subject) = (bytes("document")?, bytes("document_hash")?, bytes("subject")?);
    if Sha256::digest(document).as_slice() != hash.as_slice() {
        return Err("document");
    }
    let Ok(Value::Array(parts)) = ciborium::from_reader(subject.as_slice()) else { return Err("subject") };
    if parts.len() != 7 || parts[0].as_text() != Some("civictrust/subject/1") || parts[2].as_bytes() != Some(hash) {
        return Err("subject");
    }
    let statement = bytes("statement")?;
    let (payload, size) = batch.map_or(Ok((leaf(subject), 1)), |batch| batch_root(batch, leaf(subject)))?;
    check_statement(statement, &payload, size, &keys.issuer)?;

    // Inclusion.
    let (checkpoint, signatures) = (text("checkpoint")?, text("checkpoint_signature")?);
    let lines: Vec<&str> = checkpoint.split('\n').collect();
    let [origin, size, root, ""] = lines[..] else { return Err("checkpoint") };
    if origin != "demo-log.example" || size != number("tree_size")?.to_string() {
        return Err("checkpoint");
    }
    let path = fields.get("inclusion_proof").and_then(hashes).ok_or("field")?;
    let computed = root_from(leaf(statement), number("leaf_index")?, number("tree_size")?, &path);
    if computed.map(|node| node.to_vec()) != Some(base64(root).ok_or("base64")?) {
        return Err("inclusion");
    }

    // Signatures on the checkpoint: exactly the log's and the three witnesses', in this order.
    let expected = std::iter::once(&keys.log).chain(&keys.witnesses);
    let lines: Vec<&str> = signatures.split_terminator('\n').collect();
    if lines.len() != 4 || !signatures.ends_with('\n') {
        return Err("signature lines");
    }
    for (line, key) in lines.iter().zip(expected) {
        check_line(line, key, checkpoint)?;
    }
    Ok(())
}

fn hashes(value: &Value) -> Option<Vec<Node>> {
    value.as_array()?.iter().map(|hash| hash.as_bytes()?.as_slice().try_into().ok()).collect()
}

/// The root over the subjects of a batch, and how many there are.
fn batch_root(batch: &Value, subject: Node) -> Result<(Node, u64), &'static str> {
    let map = batch.as_map().filter(|map| map.len() == 3).ok_or("batch")?;
    let field = |name: &str| map.iter().find(|(key, _)| key.as_text() == Some(name)).map(|(_, value)| value);
    let number = |name: &str| u64::try_from(field(name)?.as_integer()?).ok();
    let (index, size) = (number("index").ok_or("batch")?, number("size").ok_or("batch")?);
    let path = field("proof").and_then(hashes).ok_or("batch")?;
    root_from(subject, index, size, &path).filter(|_| size > 1).map(|root| (root, size)).ok_or("batch")
}

fn check_statement(bytes: &[u8], payload: &Node, subjects: u64, issuer: &[u8]) -> Check {
    let statement = CoseSign1::from_tagged_slice(bytes).map_err(|_| "cose")?;
    if statement.clone().to_tagged_vec().map_err(|_| "cose")? != bytes || !statement.unprotected.is_empty() {
        return Err("cose");
    }
    if statement.payload.as_deref() != Some(payload.as_slice()) {
        return Err("payload");
    }
    let header = &statement.protected.header;
    if header.alg != Some(RegisteredLabelWithPrivate::Assigned(iana::Algorithm::Ed25519))
        && header.alg != Some(RegisteredLabelWithPrivate::PrivateUse(-19))
    {
        return Err("alg");
    }
    if header.key_id != b"demo-university.example#1" {
        return Err("kid");
    }
    let rest: HashMap<i64, &CoseValue> = header
        .rest
        .iter()
        .filter_map(|(label, value)| if let Label::Int(label) = label { Some((*label, value)) } else { None })
        .collect();
    let typ = rest.get(&16).and_then(|value| value.as_text());
    if typ != Some("application/vnd.civictrust.document+cose") {
        return Err("typ");
    }
    let claims = rest.get(&15).and_then(|value| value.as_map()).ok_or("claims")?;
    let claim = |label: i64| claims.iter().find(|(key, _)| *key == CoseValue::from(label)).map(|(_, value)| value);
    if claim(1).and_then(|value| value.as_text()) != Some("demo-university.example") {
        return Err("iss");
    }
    let count = claims.iter().find(|(key, _)| key.as_text() == Some("n")).map(|(_, value)| value);
    if count != Some(&CoseValue::from(subjects)) {
        return Err("n");
    }
    statement.verify_signature(b"", |signature, signed| {
        UnparsedPublicKey::new(&ED25519, issuer).verify(signed, signature).map_err(|_| "statement signature")
    })
}

/// RFC 9162 section 2.1.3.2.
fn root_from(leaf: Node, index: u64, size: u64, path: &[Node]) -> Option<Node> {
    let (mut fnode, mut snode) = (index, size.checked_sub(1)?);
    if index > snode {
        return None;
    }
    let mut hash = leaf;
    for sibling in path {
        if snode == 0 {
            return None;
        }
        if fnode % 2 == 1 || fnode == snode {
            hash = node(sibling, &hash);
            while fnode % 2 == 0 && fnode != 0 {
                (fnode, snode) = (fnode >> 1, snode >> 1);
            }
        } else {
            hash = node(&hash, sibling);
        }
        (fnode, snode) = (fnode >> 1, snode >> 1);
    }
    (snode == 0).then_some(hash)
}

fn check_line(line: &str, key: &Vkey, checkpoint: &str) -> Check {
    let rest = line.strip_prefix("\u{2014} ").ok_or("signature line")?;
    let (name, field) = rest.split_once(' ').ok_or("signature line")?;
    let field = base64(field).ok_or("base64")?;
    if name != key.name || field.len() < 4 || field[..4] != key.id {
        return Err("signature line");
    }
    let (signature, signed) = match key.kind {
        1 => (&field[4..], checkpoint.to_owned()),
        4 if field.len() == 4 + 8 + 64 => {
            let time = u64::from_be_bytes(field[4..12].try_into().unwrap());
            (&field[12..], format!("cosignature/v1\ntime {time}\n{checkpoint}"))
        }
        _ => return Err("signature line"),
    };
    let verified = UnparsedPublicKey::new(&ED25519, &key.key).verify(signed.as_bytes(), signature);
    verified.map_err(|_| "checkpoint signature")
}

// R14.1, R14.2, R16.4: every bundle of the demonstration that is of one file and has no status; and of two of them, one
// alone under its statement and one of a batch, every byte with one bit flipped.
#[test]
fn others_verify_the_demonstration() {
    let dir = directory();
    let demo = dir.path().join("demo");
    let made = Command::new(env!("CARGO_BIN_EXE_ct-node"))
        .args([
            "demo",
            "--documents",
            "40",
            "--batch",
            "20",
            "--seed",
            &"07".repeat(32),
            "--at",
            "2026-11-20T08:00:00Z",
            "--dir",
        ])
        .arg(&demo)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let keys = PublicKeys::read(&demo.join("keys"));
    let mut bundles: Vec<_> = fs::read_dir(demo.join("bundles")).unwrap().map(|entry| entry.unwrap().path()).collect();
    let others = ["degree.cbor", "degree-redacted.cbor", "licence-valid.cbor"];
    bundles.retain(|path| !others.iter().any(|other| path.ends_with(other)));
    bundles.sort();
    assert_eq!(bundles.len(), 60);
    for path in &bundles {
        assert_eq!(check(&fs::read(path).unwrap(), &keys), Ok(()), "{}", path.display());
    }
    for name in ["certificate-011.cbor", "diploma-001.cbor"] {
        let bundle = fs::read(demo.join("bundles").join(name)).unwrap();
        for at in 0..bundle.len() {
            let mut flipped = bundle.clone();
            flipped[at] ^= 1 << (at % 8);
            assert!(check(&flipped, &keys).is_err(), "byte {at} of {} of {name}", bundle.len());
        }
    }
}
