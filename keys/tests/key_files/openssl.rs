//! Both directions against the `openssl` program.

use crate::{Place, SEED, code, issuer, issuer_id, set_mode};
use ct_keys::{KeyFile, PublicKey, Role};
use ed25519_dalek::{Signature, Signer};
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const MESSAGE: &[u8] = b"a message to sign";

/// Runs `openssl` in the directory of `place`; `None`, said aloud, if there is no such program.
pub(crate) fn openssl(place: &Place, arguments: &[&str]) -> Option<Output> {
    match Command::new("openssl").args(arguments).current_dir(place.directory.path()).output() {
        Ok(output) => Some(output),
        Err(_) => {
            ct_testdata::skip("no openssl program");
            None
        }
    }
}

pub(crate) fn succeeded(output: &Output) {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// The file without the two lines that only we write.
pub(crate) fn without_label(path: &Path) -> String {
    fs::read_to_string(path).unwrap().lines().skip(2).map(|line| format!("{line}\n")).collect()
}

// R8.1
#[test]
fn openssl_derives_our_public_file_from_our_private_file() {
    let place = Place::empty();
    issuer().write_new(&place.path).unwrap();
    issuer().public().write_new(&place.join("issuer.pub.pem")).unwrap();

    let Some(output) = openssl(&place, &["pkey", "-in", "issuer.pem", "-pubout"]) else { return };
    succeeded(&output);
    assert_eq!(String::from_utf8(output.stdout).unwrap(), without_label(&place.join("issuer.pub.pem")));

    let Some(output) = openssl(&place, &["pkey", "-pubin", "-in", "issuer.pub.pem", "-pubout"]) else { return };
    succeeded(&output);
    assert_eq!(String::from_utf8(output.stdout).unwrap(), without_label(&place.join("issuer.pub.pem")));
}

// R8.1
#[test]
fn openssl_writes_our_private_key_as_we_do() {
    let place = Place::empty();
    issuer().write_new(&place.path).unwrap();
    let Some(output) = openssl(&place, &["pkey", "-in", "issuer.pem"]) else { return };
    succeeded(&output);
    assert_eq!(String::from_utf8(output.stdout).unwrap(), without_label(&place.path));
}

// R8.1, R8.2
#[test]
fn openssl_signs_with_our_key_what_we_sign() {
    let place = Place::empty();
    issuer().write_new(&place.path).unwrap();
    fs::write(place.join("message"), MESSAGE).unwrap();

    let sign = ["pkeyutl", "-sign", "-rawin", "-inkey", "issuer.pem", "-in", "message", "-out", "signature"];
    let Some(output) = openssl(&place, &sign) else { return };
    succeeded(&output);
    let signature = Signature::from_slice(&fs::read(place.join("signature")).unwrap()).unwrap();
    issuer().public().verifying_key().verify_strict(MESSAGE, &signature).unwrap();
    assert_eq!(issuer().signing_key().sign(MESSAGE), signature);
}

// R8.1, R8.2
#[test]
fn a_key_made_by_openssl_signs_for_us() {
    let place = Place::empty();
    let made = openssl(&place, &["genpkey", "-algorithm", "ed25519", "-out", "issuer.pem"]);
    let Some(output) = made else { return };
    succeeded(&output);
    set_mode(&place.path, 0o600);

    assert_eq!(code(&KeyFile::read(&place.path, Role::Issuer)), "io.key_file");
    let key = KeyFile::read_as(&place.path, Role::Issuer, issuer_id()).unwrap();
    assert_eq!((key.role(), key.id()), (Role::Issuer, &issuer_id()));

    fs::write(place.join("message"), MESSAGE).unwrap();
    let sign = ["pkeyutl", "-sign", "-rawin", "-inkey", "issuer.pem", "-in", "message", "-out", "signature"];
    let Some(output) = openssl(&place, &sign) else { return };
    succeeded(&output);
    let signature = key.signing_key().sign(MESSAGE).to_bytes();
    assert_eq!(fs::read(place.join("signature")).unwrap(), signature);

    let public = ["pkey", "-in", "issuer.pem", "-pubout", "-out", "issuer.pub.pem"];
    let Some(output) = openssl(&place, &public) else { return };
    succeeded(&output);
    let public = PublicKey::read_as(&place.join("issuer.pub.pem"), Role::Issuer, issuer_id()).unwrap();
    assert_eq!(public, key.public());
}

// R8.1
#[test]
fn keys_of_other_kinds_are_refused() {
    let kinds: [&[&str]; 4] = [
        &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
        &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
        &["-algorithm", "X25519"],
        &["-algorithm", "ED448"],
    ];
    for kind in kinds {
        let place = Place::empty();
        let Some(output) = openssl(&place, &[&["genpkey", "-out", "issuer.pem"], kind].concat()) else { return };
        succeeded(&output);
        set_mode(&place.path, 0o600);
        assert_eq!(code(&KeyFile::read_as(&place.path, Role::Issuer, issuer_id())), "io.key_file", "{kind:?}");
    }
}

// R8.1: RFC 8410 section 7, made without the code under test.
#[test]
fn openssl_reads_the_seed_we_wrote() {
    let place = Place::empty();
    issuer().write_new(&place.path).unwrap();
    let Some(output) = openssl(&place, &["pkey", "-in", "issuer.pem", "-outform", "DER"]) else { return };
    succeeded(&output);
    assert_eq!(
        output.stdout,
        [b"\x30\x2e\x02\x01\0\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20".as_slice(), &SEED].concat()
    );
}
