//! Finding out what a key file is.

use crate::{ISSUER_PEM, Place, SEED, code, issuer, passphrase, set_mode};
use ct_keys::{AnyKey, KeyFile, Role};
use std::fs;

fn kind(result: &Result<AnyKey, ct_keys::Error>) -> &'static str {
    match result {
        Ok(AnyKey::Private(_)) => "private",
        Ok(AnyKey::Public(_)) => "public",
        Ok(AnyKey::Vkey(_)) => "vkey",
        Err(error) => error.code().as_str(),
    }
}

// R8.1
#[test]
fn each_file_that_keygen_writes_is_recognised() {
    let place = Place::empty();
    let key = KeyFile::generate(Role::Log, "log.example#3".parse().unwrap(), &SEED);
    key.write_new(&place.path).unwrap();
    key.public().write_new(&place.join("log.pub.pem")).unwrap();
    key.public().write_vkey_new(&place.join("log.vkey")).unwrap();
    key.write_new_encrypted(&place.join("locked.pem"), &passphrase(), &[7; 32]).unwrap();

    let Ok(AnyKey::Private(private)) = AnyKey::read(&place.path) else { panic!("private") };
    assert_eq!((private.role(), private.id(), private.encryption()), (Role::Log, key.id(), None));
    let Ok(AnyKey::Private(locked)) = AnyKey::read(&place.join("locked.pem")) else { panic!("private") };
    assert_eq!((locked.role(), locked.id()), (Role::Log, key.id()));
    assert_eq!(locked.encryption().unwrap().to_string(), "AES-256-CBC, scrypt with N=16384 r=8 p=5");
    let Ok(AnyKey::Public(public)) = AnyKey::read(&place.join("log.pub.pem")) else { panic!("public") };
    assert_eq!(public, key.public());
    let Ok(AnyKey::Vkey(vkey)) = AnyKey::read(&place.join("log.vkey")) else { panic!("vkey") };
    assert_eq!(Some(vkey), key.public().vkey());
}

// R8.1: what holds a secret, or may hold one, is not read if others can read it.
#[test]
fn only_what_is_public_may_be_read_by_all() {
    let place = Place::empty();
    let key = KeyFile::generate(Role::Witness, "w.example#1".parse().unwrap(), &SEED);
    key.public().write_new(&place.join("public")).unwrap();
    key.public().write_vkey_new(&place.join("vkey")).unwrap();
    fs::write(place.join("private"), ISSUER_PEM).unwrap();
    fs::write(place.join("damaged"), ISSUER_PEM.replace("civictrust-role", "civictrust-rule")).unwrap();
    fs::write(place.join("bytes"), [b"\xff".as_slice(), ISSUER_PEM.as_bytes()].concat()).unwrap();
    issuer().write_new_encrypted(&place.join("locked"), &passphrase(), &[7; 32]).unwrap();
    for name in ["public", "vkey", "private", "damaged", "bytes", "locked"] {
        set_mode(&place.join(name), 0o644);
        let expected = if ["public", "vkey"].contains(&name) { name } else { "io.key_permissions" };
        assert_eq!(kind(&AnyKey::read(&place.join(name))), expected, "{name}");
    }
}

// R8.1
#[test]
fn what_is_no_key_is_refused() {
    let vkey = issuer().public().id().to_string();
    for content in ["", "\n", "hello\n", "log.example+00000000+AAAA\n", &vkey, "-----BEGIN PUBLIC KEY-----\n"] {
        let place = Place::with(content);
        assert_eq!(kind(&AnyKey::read(&place.path)), "io.key_file", "{content:?}");
    }
    let place = Place::with(ISSUER_PEM.split_inclusive('\n').skip(2).collect::<String>());
    let result = AnyKey::read(&place.path);
    assert_eq!(code(&result), "io.key_file");
    let words = result.unwrap_err().to_string();
    assert!(words.contains("civictrust-role: ROLE") && words.contains("civictrust-key-id: NAME#VERSION"), "{words}");
}
