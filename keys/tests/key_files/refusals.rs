//! Everything that is not a key file, or not this key file.

use crate::{ISSUER_PEM, Place, SEED, code, issuer, issuer_id, set_mode, spki_pem};
use ct_core::limits::MAX_KEY_FILE_BYTES;
use ct_keys::{KeyFile, PublicKey, Role};
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{EncodePrivateKey, KeypairBytes, PublicKeyBytes};
use std::fs;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::Path;
use std::process::Command;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

fn read(path: &Path) -> &'static str {
    code(&KeyFile::read(path, Role::Issuer))
}

// R8.1
#[test]
fn a_file_that_others_have_access_to_is_refused() {
    let place = Place::with(ISSUER_PEM);
    for bit in 0..6 {
        set_mode(&place.path, 0o600 | 1 << bit);
        assert_eq!(read(&place.path), "io.key_permissions", "bit {bit}");
        assert_eq!(code(&KeyFile::read_as(&place.path, Role::Issuer, issuer_id())), "io.key_permissions", "bit {bit}");
    }
    for mode in [0o644, 0o640, 0o660, 0o666, 0o755, 0o777] {
        set_mode(&place.path, mode);
        let error = KeyFile::read(&place.path, Role::Issuer).unwrap_err();
        assert_eq!(error.code().as_str(), "io.key_permissions", "{mode:o}");
        assert_eq!(error.path(), Some(place.path.as_path()));
        let text = error.to_string();
        assert!(text.contains(&format!("mode {mode:04o}")), "{text}");
        assert!(text.contains(&format!("chmod 600 {}", place.path.display())), "{text}");
    }
    for mode in [0o600, 0o400, 0o700] {
        set_mode(&place.path, mode);
        assert_eq!(read(&place.path), "ok", "{mode:o}");
    }
}

// R8.1
#[test]
fn a_public_key_may_be_read_by_all() {
    let place = Place::empty();
    issuer().public().write_new(&place.path).unwrap();
    set_mode(&place.path, 0o666);
    assert_eq!(PublicKey::read(&place.path, Role::Issuer).unwrap(), issuer().public());
}

// R8.1
#[test]
fn another_role_is_refused() {
    let place = Place::with(ISSUER_PEM);
    let public = place.join("issuer.pub.pem");
    issuer().public().write_new(&public).unwrap();
    for role in Role::ALL {
        let expected = if *role == Role::Issuer { "ok" } else { "io.key_file" };
        assert_eq!(code(&KeyFile::read(&place.path, *role)), expected, "{role}");
        assert_eq!(code(&KeyFile::read_as(&place.path, *role, issuer_id())), expected, "{role}");
        assert_eq!(code(&PublicKey::read(&public, *role)), expected, "{role}");
        assert_eq!(code(&PublicKey::read_as(&public, *role, issuer_id())), expected, "{role}");
    }
}

// R8.1
#[test]
fn another_id_is_refused() {
    let place = Place::with(ISSUER_PEM);
    let public = place.join("issuer.pub.pem");
    issuer().public().write_new(&public).unwrap();
    for other in ["registry.example#2", "other.example#1"] {
        let other = || other.parse().unwrap();
        assert_eq!(code(&KeyFile::read_as(&place.path, Role::Issuer, other())), "io.key_file");
        assert_eq!(code(&PublicKey::read_as(&public, Role::Issuer, other())), "io.key_file");
    }
}

// R8.1
#[test]
fn what_is_not_a_regular_file_is_refused() {
    let place = Place::empty();
    let directory = place.join("directory");
    fs::create_dir(&directory).unwrap();
    for path in [directory.as_path(), Path::new("/dev/null")] {
        assert_eq!(read(path), "io.not_a_file", "{path:?}");
        assert_eq!(code(&PublicKey::read(path, Role::Issuer)), "io.not_a_file", "{path:?}");
    }
}

// R8.1
#[test]
fn a_fifo_is_refused_without_waiting() {
    let place = Place::empty();
    assert!(Command::new("mkfifo").args(["-m", "600"]).arg(&place.path).status().unwrap().success());
    let (sender, receiver) = mpsc::channel();
    let path = place.path.clone();
    thread::spawn(move || sender.send((read(&path), code(&PublicKey::read(&path, Role::Issuer)))));
    assert_eq!(receiver.recv_timeout(Duration::from_secs(10)), Ok(("io.not_a_file", "io.not_a_file")));
}

// R1.4, R8.1
#[test]
fn what_is_not_there_is_refused() {
    let place = Place::with(ISSUER_PEM);
    symlink(place.join("nowhere"), place.join("dangling")).unwrap();
    assert_eq!(read(&place.join("missing.pem")), "io.not_found");
    assert_eq!(read(&place.join("missing/issuer.pem")), "io.not_found");
    assert_eq!(read(&place.path.join("inside")), "io.not_found");
    assert_eq!(read(&place.join("dangling")), "io.not_found");
    assert_eq!(read(Path::new("")), "io.not_found");
    assert_eq!(code(&PublicKey::read(&place.join("missing.pem"), Role::Issuer)), "io.not_found");
}

// R8.1
#[test]
fn symbolic_links_are_followed_but_not_in_circles() {
    let place = Place::with(ISSUER_PEM);
    symlink(&place.path, place.join("link")).unwrap();
    symlink(place.join("a"), place.join("b")).unwrap();
    symlink(place.join("b"), place.join("a")).unwrap();
    assert_eq!(read(&place.join("link")), "ok");
    assert_eq!(read(&place.join("a")), "io.symlink_loop");
    set_mode(&place.path, 0o644);
    assert_eq!(read(&place.join("link")), "io.key_permissions");
}

// R1.4, R8.1: nobody may read the key or write beside it. Root may do both, so root lets the user nobody try.
#[test]
fn a_file_of_another_user_is_refused() {
    const DIRECTORY: &str = "CT_KEYS_TEST_DIRECTORY";
    let attempt = |directory: &Path| {
        assert_eq!(read(&directory.join("issuer.pem")), "io.permission");
        assert_eq!(code(&issuer().write_new(&directory.join("new.pem"))), "io.permission");
    };
    if let Some(directory) = std::env::var_os(DIRECTORY) {
        return attempt(Path::new(&directory));
    }

    let place = Place::with(ISSUER_PEM);
    if fs::metadata(&place.path).unwrap().uid() != 0 {
        set_mode(&place.path, 0);
        set_mode(place.directory.path(), 0o500);
        attempt(place.directory.path());
        return set_mode(place.directory.path(), 0o700);
    }
    set_mode(place.directory.path(), 0o755);
    let this_test = ["--exact", "refusals::a_file_of_another_user_is_refused", "--nocapture"];
    let nobody = Command::new("setpriv")
        .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
        .arg(std::env::current_exe().unwrap())
        .args(this_test)
        .env(DIRECTORY, place.directory.path())
        .output();
    let Ok(output) = nobody else { return ct_testdata::skip("no setpriv program") };
    let text = String::from_utf8_lossy(&output.stdout);
    if !text.contains("running 1 test") {
        return ct_testdata::skip(format_args!(
            "the user nobody cannot run this test: {}",
            String::from_utf8_lossy(&output.stderr)
        ));
    }
    assert!(output.status.success(), "{text}");
}

// R8.1
#[test]
fn what_is_not_a_key_is_refused() {
    let pem = |from: &str, to: &str| {
        assert!(ISSUER_PEM.contains(from), "{from}");
        ISSUER_PEM.replacen(from, to, 1).into_bytes()
    };
    let body = "MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f";
    let label = "civictrust-role: issuer\ncivictrust-key-id: registry.example#1\n";
    let cases = [
        ("empty", Vec::new()),
        ("line-end-only", b"\n".to_vec()),
        ("garbage-text", b"hello, this is not a key\n".to_vec()),
        ("garbage-bytes", vec![0xff; 200]),
        ("label-only", label.as_bytes().to_vec()),
        ("der-instead-of-pem", b"\x30\x2e\x02\x01\0\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20".to_vec()),
        ("end-missing", pem("-----END PRIVATE KEY-----\n", "")),
        ("body-missing", pem(&format!("{body}\n"), "")),
        ("body-cut", pem("HR4f", "")),
        ("body-one-byte-long", pem("HR4f", "HR4fAA==")),
        ("body-not-base64", pem("HR4f", "HR*f")),
        ("algorithm-x25519", pem("K2Vw", "K2Vu")),
        ("version-2-without-public-key", pem("CAQAw", "CAQIw")),
        ("text-after-the-key", [ISSUER_PEM, "more\n"].concat().into_bytes()),
        ("two-keys", [ISSUER_PEM, ISSUER_PEM].concat().into_bytes()),
        ("two-keys-one-label", [ISSUER_PEM, ISSUER_PEM.strip_prefix(label).unwrap()].concat().into_bytes()),
        ("kind-encrypted", ISSUER_PEM.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY").into_bytes()),
        ("kind-public", ISSUER_PEM.replace("PRIVATE KEY", "PUBLIC KEY").into_bytes()),
        ("kinds-differ", pem("END PRIVATE", "END PUBLIC")),
        ("pem-header-inside", pem(body, &format!("Proc-Type: 4\n\n{body}"))),
        ("public-key-file", [label, &spki_pem(issuer().public().verifying_key().as_bytes())].concat().into_bytes()),
        ("role-missing", pem("civictrust-role: issuer\n", "")),
        ("role-unknown", pem("role: issuer", "role: king")),
        ("role-twice", pem("civictrust-role: issuer\n", "civictrust-role: issuer\ncivictrust-role: issuer\n")),
        ("id-missing", pem("civictrust-key-id: registry.example#1\n", "")),
        ("id-without-version", pem("#1", "")),
        ("id-version-zero", pem("#1", "#0")),
        ("line-unknown", pem("civictrust-role", "civictrust-extra: 1\ncivictrust-role")),
    ];
    for (name, content) in cases {
        let place = Place::with(content);
        assert_eq!(read(&place.path), "io.key_file", "{name}");
        assert_eq!(code(&KeyFile::read_as(&place.path, Role::Issuer, issuer_id())), "io.key_file", "{name}");
        if name != "kind-public" && name != "public-key-file" {
            assert_eq!(code(&PublicKey::read(&place.path, Role::Issuer)), "io.key_file", "{name}");
        }
    }
}

// R8.1
#[test]
fn a_private_key_is_no_public_key() {
    let place = Place::with(ISSUER_PEM);
    assert_eq!(code(&PublicKey::read(&place.path, Role::Issuer)), "io.key_file");
    assert_eq!(code(&PublicKey::read_as(&place.path, Role::Issuer, issuer_id())), "io.key_file");
}

// R8.1
#[test]
fn a_file_without_role_and_id_needs_them_stated() {
    let unlabelled = ISSUER_PEM.split_inclusive('\n').skip(2).collect::<String>();
    let place = Place::with(&unlabelled);
    assert_eq!(read(&place.path), "io.key_file");
    let key = KeyFile::read_as(&place.path, Role::Witness, "w.example#3".parse().unwrap()).unwrap();
    assert_eq!((key.role(), key.id().to_string().as_str()), (Role::Witness, "w.example#3"));
    assert_eq!(key.signing_key().to_bytes(), SEED);

    let place = Place::with(spki_pem(issuer().public().verifying_key().as_bytes()));
    assert_eq!(code(&PublicKey::read(&place.path, Role::Issuer)), "io.key_file");
    assert_eq!(PublicKey::read_as(&place.path, Role::Issuer, issuer_id()).unwrap(), issuer().public());
}

// R8.1
#[test]
fn the_size_has_a_limit() {
    let padded = |size: usize| format!("{}\n{ISSUER_PEM}", "x".repeat(size - ISSUER_PEM.len() - 1));
    for (size, expected) in [(MAX_KEY_FILE_BYTES, "ok"), (MAX_KEY_FILE_BYTES + 1, "io.key_file")] {
        let place = Place::with(padded(size));
        assert_eq!(fs::metadata(&place.path).unwrap().len(), size as u64);
        assert_eq!(read(&place.path), expected, "{size}");
    }
    // Far beyond the limit, and sparse: refused without being read.
    let place = Place::with(ISSUER_PEM);
    fs::OpenOptions::new().write(true).open(&place.path).unwrap().set_len(1 << 40).unwrap();
    assert_eq!(read(&place.path), "io.key_file");
}

// R8.1
#[test]
fn version_2_is_read_if_its_public_half_is_its_own() {
    let own = issuer().public().verifying_key().to_bytes();
    let other = KeyFile::generate(Role::Issuer, issuer_id(), &[7; 32]).public().verifying_key().to_bytes();
    for (public, expected) in [(own, "ok"), (other, "io.key_file")] {
        let pair = KeypairBytes { secret_key: SEED, public_key: Some(PublicKeyBytes(public)) };
        let place = Place::with(pair.to_pkcs8_pem(LineEnding::LF).unwrap().as_bytes());
        assert_eq!(code(&KeyFile::read_as(&place.path, Role::Issuer, issuer_id())), expected);
    }
}

// R8.1: CR LF, as mail and editors make it.
#[test]
fn line_ends_may_be_cr_lf() {
    let place = Place::with(ISSUER_PEM.replace('\n', "\r\n"));
    assert_eq!(KeyFile::read(&place.path, Role::Issuer).unwrap().signing_key().to_bytes(), SEED);
}

// R8.1, R8.2: with these anyone could sign.
#[test]
fn public_keys_of_small_order_are_refused() {
    let mut identity = [0; 32];
    identity[0] = 1;
    let order_4 = [0; 32];
    for weak in [identity, order_4] {
        let place = Place::with(spki_pem(&weak));
        let error = PublicKey::read_as(&place.path, Role::Issuer, issuer_id()).unwrap_err();
        assert_eq!(error.code().as_str(), "io.key_file");
        assert!(error.to_string().contains("small order"), "{error}");
    }
}
