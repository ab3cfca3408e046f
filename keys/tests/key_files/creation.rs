//! Creating key files: content, mode, never over another file.

use crate::{ISSUER_PEM, Place, SEED, code, issuer, issuer_id, mode_of};
use ct_keys::{KeyFile, PublicKey, Role, os_entropy};
use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;
use std::thread;

// R8.1
#[test]
fn a_private_key_file_is_these_bytes_with_mode_0600() {
    let place = Place::empty();
    issuer().write_new(&place.path).unwrap();
    assert_eq!(fs::read_to_string(&place.path).unwrap(), ISSUER_PEM);
    assert_eq!(mode_of(&place.path), 0o600);
    assert_eq!(place.names(), ["issuer.pem"]);
}

// R8.1
#[test]
fn every_role_reads_back() {
    for role in Role::ALL {
        let place = Place::empty();
        let key = KeyFile::generate(*role, "registry.example#7".parse().unwrap(), &SEED);
        key.write_new(&place.path).unwrap();
        let read = KeyFile::read(&place.path, *role).unwrap();
        assert_eq!((read.role(), read.id()), (*role, key.id()));
        assert_eq!(read.signing_key().to_bytes(), SEED);

        let public = place.join("key.pub.pem");
        key.public().write_new(&public).unwrap();
        assert_eq!(PublicKey::read(&public, *role).unwrap(), read.public());
        // The umask may take more away.
        assert_eq!(mode_of(&public) & !0o644, 0);
    }
}

// R8.1: RFC 8032 section 7.1, test 1
#[test]
fn the_same_entropy_makes_the_same_key() {
    let seed = ct_core::Hash::from_hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60").unwrap();
    let public = ct_core::Hash::from_hex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a").unwrap();
    let key = KeyFile::generate(Role::Root, issuer_id(), seed.as_bytes());
    assert_eq!(key.public().verifying_key().as_bytes(), public.as_bytes());
}

// R8.1
#[test]
fn the_operating_system_gives_other_bytes_each_time() {
    assert_ne!(os_entropy().unwrap(), os_entropy().unwrap());
}

// R8.1
#[test]
fn the_debug_text_has_no_secret() {
    assert_eq!(format!("{:?}", issuer()), "KeyFile(issuer registry.example#1)");
}

// R8.1
#[test]
fn a_file_is_never_overwritten() {
    let place = Place::with("precious");
    assert_eq!(code(&issuer().write_new(&place.path)), "io.exists");
    assert_eq!(code(&issuer().public().write_new(&place.path)), "io.exists");
    assert_eq!(fs::read(&place.path).unwrap(), b"precious");
    assert_eq!(place.names(), ["issuer.pem"]);
}

// R8.1
#[test]
fn what_is_no_file_is_not_overwritten_either() {
    let place = Place::empty();
    fs::create_dir(place.join("directory")).unwrap();
    symlink(place.join("nowhere"), place.join("dangling")).unwrap();
    assert!(Command::new("mkfifo").arg(place.join("fifo")).status().unwrap().success());
    for name in ["directory", "dangling", "fifo"] {
        assert_eq!(code(&issuer().write_new(&place.join(name))), "io.exists", "{name}");
    }
    assert_eq!(place.names(), ["dangling", "directory", "fifo"]);
}

// R8.1
#[test]
fn of_several_writers_one_wins() {
    let place = Place::empty();
    let codes: Vec<_> = thread::scope(|scope| {
        let writers: Vec<_> = (0..16).map(|_| scope.spawn(|| code(&issuer().write_new(&place.path)))).collect();
        writers.into_iter().map(|writer| writer.join().unwrap()).collect()
    });
    assert_eq!(codes.iter().filter(|code| **code == "ok").count(), 1, "{codes:?}");
    assert_eq!(codes.iter().filter(|code| **code == "io.exists").count(), 15, "{codes:?}");
    assert_eq!(fs::read_to_string(&place.path).unwrap(), ISSUER_PEM);
    assert_eq!(place.names(), ["issuer.pem"]);
}

// R1.4, R8.1
#[test]
fn a_directory_that_is_none_is_refused() {
    let place = Place::with("a file");
    symlink(place.join("loop"), place.join("loop")).unwrap();
    assert_eq!(code(&issuer().write_new(&place.join("missing/key.pem"))), "io.not_found");
    assert_eq!(code(&issuer().write_new(&place.path.join("key.pem"))), "io.not_found");
    assert_eq!(code(&issuer().write_new(&place.join("loop/key.pem"))), "io.symlink_loop");
}
