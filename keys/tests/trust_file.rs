//! `trust.toml`: what it says comes back, what it cannot say is refused in words, and what is signed loads.

#![cfg(test)]

use ct_core::{Code, Timestamp, Trust, TrustRoot};
use ct_keys::{KeyFile, Role, trust_file};

fn key(role: Role, id: &str) -> KeyFile {
    let seed = *ct_core::Hash::of(id.as_bytes()).as_bytes();
    KeyFile::generate(role, id.parse().unwrap(), &seed)
}

fn base64(key: &KeyFile) -> String {
    ct_core::base64::encode(key.public().verifying_key().as_bytes())
}

fn source() -> String {
    let log = key(Role::Log, "log.example/2026#1").public().vkey().unwrap();
    let witness = |name: &str| key(Role::Witness, &format!("{name}#1")).public().vkey().unwrap();
    format!(
        r#"
name = "City of Example"
root_version = 3
issued = "2026-11-20T00:00:00Z"
expires = "2027-11-20T00:00:00Z"
example = true

[root]
threshold = 2
[[root.key]]
kid = "city.example#1"
key = "{root_1}"
[[root.key]]
kid = "hex:00ff"
key = "{root_2}"
[[root.key]]
kid = "city.example#3"
key = "{root_3}"

[policy]
clock_skew = "5m"
strict = {{ evidence = "90d", status = "36h" }}
grace = {{ evidence = "180d", status = "7d", trust = "30d" }}

[[log]]
origin = "log.example/2026"
equivocated = "2026-12-01T00:00:00Z"
[[log.key]]
vkey = "{log}"
from = "2026-01-01T00:00:00Z"
until = "2028-01-01T00:00:00Z"
compromised_from = "2027-06-01T00:00:00Z"
[[log.pin]]
size = 17
root = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
time = "2026-12-01T00:00:00Z"

[[witness]]
name = "w1.example"
key = [{{ vkey = "{w1}", from = "2026-01-01T00:00:00Z", until = "2028-01-01T00:00:00Z" }}]
[[witness]]
name = "w2.example"
key = [{{ vkey = "{w2}", from = "2026-01-01T00:00:00Z", until = "2028-01-01T00:00:00Z" }}]

[[epoch]]
from = "2026-01-01T00:00:00Z"
until = "2028-01-01T00:00:00Z"
quorum = "both"
max_anchor_delay = "1d"
group = [{{ name = "both", threshold = 2, members = ["w1.example", "w2.example"] }}]

[[issuer]]
id = "university.example"
name = "University of Example"
types = ["diploma", "transcript"]
revoked_from = "2027-10-01T00:00:00Z"
[[issuer.key]]
kid = "university.example#1"
key = "{issuer}"
from = "2026-01-01T00:00:00Z"
until = "2027-01-01T00:00:00Z"
overlap = "7d"
[[issuer.status]]
uri_prefix = "https://university.example/status/"
[[issuer.status.key]]
kid = "university.example/status#1"
key = "{status}"
from = "2026-01-01T00:00:00Z"
until = "2027-01-01T00:00:00Z"
overlap = "0s"

[[revocation]]
date = "2026-12-24T00:00:00Z"
reason = "issued to the wrong person"
statement = {{ issuer = "university.example", id = "a1b2" }}
[[revocation]]
date = "2026-12-24T00:00:00Z"
reason = "by hash"
subject = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
[[revocation]]
date = "2026-12-24T00:00:00Z"
reason = "by status"
status = {{ uri = "https://university.example/status/1", index = 400 }}
"#,
        root_1 = base64(&key(Role::Root, "city.example#1")),
        root_2 = base64(&key(Role::Root, "city.example#2")),
        root_3 = base64(&key(Role::Root, "city.example#3")),
        w1 = witness("w1.example"),
        w2 = witness("w2.example"),
        issuer = base64(&key(Role::Issuer, "university.example#1")),
        status = base64(&key(Role::Status, "university.example/status#1")),
    )
}

fn parse(text: &str) -> Trust {
    trust_file::parse(text).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn what_is_printed_reads_back_the_same() {
    let trust = parse(&source());
    let printed = trust_file::print(&trust).unwrap();
    assert_eq!(parse(&printed), trust);
    assert_eq!(trust.revocations.len(), 3);
    assert_eq!(trust.policy.strict.status.get(), 36 * 3_600);
    assert_eq!(trust.root.keys[1].kid, [0, 255]);
    assert_eq!(trust.issued, Timestamp::parse("2026-11-20T00:00:00Z").unwrap());
}

// R7.1: what loads is what was signed, and it encodes to the same bytes.
#[test]
fn what_enough_root_keys_sign_loads() {
    let trust = parse(&source());
    let keys = ["city.example#1", "city.example#3"].map(|id| key(Role::Root, id));
    let signed = trust_file::sign(&trust, &[&keys[1], &keys[0]]);
    assert_eq!(signed, trust_file::sign(&trust, &[&keys[0], &keys[1]]), "signatures are sorted");
    assert_eq!(TrustRoot::load(&signed).unwrap().trust(), &trust);

    let refused =
        |keys: &[&KeyFile]| TrustRoot::load(&trust_file::sign(&trust, keys)).map(|_| ()).map_err(|e| e.code());
    assert_eq!(refused(&[&keys[0]]), Err(Code::TrustThreshold));
    assert_eq!(refused(&[&keys[0], &keys[0]]), Err(Code::TrustMalformed), "signed by one key twice");
    let stranger = key(Role::Root, "stranger.example#1");
    assert_eq!(refused(&[&keys[0], &stranger]), Err(Code::TrustThreshold));
    let impostor = KeyFile::generate(Role::Root, "city.example#3".parse().unwrap(), &[9; 32]);
    assert_eq!(refused(&[&keys[0], &impostor]), Err(Code::TrustSignature));
}

// R1.4: each mistake has words that name the line's field.
#[test]
fn mistakes_are_refused_in_words() {
    let cases = [
        ("name = \"City of Example\"", "nmae = \"City of Example\"", "nmae"),
        ("threshold = 2\n[[root", "threshold = -1\n[[root", "threshold"),
        ("2026-11-20T00:00:00Z", "2026-11-20", "issued"),
        ("clock_skew = \"5m\"", "clock_skew = \"5 minutes\"", "policy.clock_skew"),
        ("clock_skew = \"5m\"", "clock_skew = \"99999999999999999999d\"", "policy.clock_skew"),
        ("clock_skew = \"5m\"", "clock_skew = \"+5m\"", "policy.clock_skew"),
        ("hex:00ff", "hex:00f", "kid"),
        ("hex:00ff", "hex:zz", "kid"),
        ("name = \"w1.example\"", "name = \"w9.example\"", "w9.example"),
        ("vkey = \"log.example", "vkey = \"lag.example", "vkey"),
        ("revoked_from", "revoked_form", "revoked_form"),
        ("overlap = \"0s\"", "overlap = \"0s\"\nextra = 1", "extra"),
        ("e3b0", "E3B0", "pin.root"),
        ("reason = \"by hash\"", "reason = \"by hash\"\nstatus = { uri = \"u\", index = 1 }", "exactly one"),
    ];
    for (good, bad, word) in cases {
        let text = source().replacen(good, bad, 1);
        assert_ne!(text, source(), "{good} is in the source");
        let error = trust_file::parse(&text).map(|_| ()).unwrap_err();
        assert_eq!(error.code(), Code::MalformedTrustFile, "{bad}");
        assert!(error.to_string().contains(word), "{bad}: {error}");
    }
    let log = key(Role::Log, "log.example/2026#1").public().vkey().unwrap().to_string();
    let witness = key(Role::Witness, "w1.example#1").public().vkey().unwrap().to_string();
    let swapped = source().replace(&log, &witness);
    assert!(trust_file::parse(&swapped).unwrap_err().to_string().contains("type 01"));
    let long = "#".repeat(ct_core::limits::MAX_TRUST_BYTES + 1);
    assert_eq!(trust_file::parse(&long).unwrap_err().code(), Code::LimitLength);
}
