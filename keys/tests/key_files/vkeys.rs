//! C2SP verifier keys, against keys that others published.

use crate::{Place, SEED, code, issuer, spki_pem};
use base64ct::{Base64, Encoding};
use ct_keys::{KeyFile, PublicKey, Role};
use std::fs;

/// The public key inside a vkey, read without the code under test.
fn key_of(vkey: &str) -> [u8; 32] {
    let typed_key = Base64::decode_vec(vkey.splitn(3, '+').nth(2).unwrap()).unwrap();
    typed_key[1..].try_into().unwrap()
}

// R8.1: the example of Go's golang.org/x/mod/sumdb/note, with its private key
#[test]
fn a_log_key_prints_as_go_prints_it() {
    let typed_seed = Base64::decode_vec("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz").unwrap();
    let seed = typed_seed[1..].try_into().unwrap();
    let vkey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    for id in ["PeterNeumann#1", "PeterNeumann#2"] {
        let key = KeyFile::generate(Role::Log, id.parse().unwrap(), &seed);
        assert_eq!(key.public().vkey().map(|key| key.to_string()).as_deref(), Some(vkey), "{id}");
    }
}

// R8.1: a public witness
#[test]
fn a_witness_key_prints_as_its_operator_printed_it() {
    let vkey = "witness.navigli.sunlight.geomys.org+a3e00fe2+BNy/co4C1Hn1p+INwJrfUlgz7W55dSZReusH/GhUhJ/G";
    let place = Place::with(spki_pem(&key_of(vkey)));
    let id = "witness.navigli.sunlight.geomys.org#1".parse().unwrap();
    let key = PublicKey::read_as(&place.path, Role::Witness, id).unwrap();
    assert_eq!(key.vkey().map(|key| key.to_string()).as_deref(), Some(vkey));
}

// R8.1
#[test]
fn a_vkey_file_is_one_line_and_never_overwritten() {
    let place = Place::empty();
    let key = KeyFile::generate(Role::Log, "log.example/2026#1".parse().unwrap(), &SEED).public();
    key.write_vkey_new(&place.join("log.vkey")).unwrap();
    let text = fs::read_to_string(place.join("log.vkey")).unwrap();
    assert_eq!(text, format!("{}\n", key.vkey().unwrap()));
    assert!(text.starts_with("log.example/2026+"), "{text}");
    assert_eq!(code(&key.write_vkey_new(&place.join("log.vkey"))), "io.exists");
    assert_eq!(fs::read_to_string(place.join("log.vkey")).unwrap(), text);
}

// R8.1
#[test]
fn other_roles_have_no_vkey() {
    for role in Role::ALL {
        let key = KeyFile::generate(*role, issuer().id().clone(), &SEED).public();
        let place = Place::empty();
        let signs_checkpoints = matches!(role, Role::Log | Role::Witness);
        assert_eq!(key.vkey().is_some(), signs_checkpoints, "{role}");
        let expected = if signs_checkpoints { "ok" } else { "io.key_file" };
        assert_eq!(code(&key.write_vkey_new(&place.path)), expected, "{role}");
        assert_eq!(place.path.exists(), signs_checkpoints, "{role}");
    }
}
