//! Keys with a passphrase: both directions against OpenSSL, and everything that does not open.

use crate::openssl::{openssl, succeeded, without_label};
use crate::{ISSUER_PEM, Place, SECRET, SEED, code, issuer, issuer_id, mode_of, passphrase, set_mode, unlock};
use ct_core::limits::{MAX_KEY_FILE_BYTES, MAX_PASSPHRASE_BYTES};
use ct_keys::{Error, KeyFile, Passphrase, Role, StoredKey};
use pkcs8::der::asn1::OctetStringRef;
use pkcs8::der::pem::LineEnding;
use pkcs8::pkcs5::pbes2::{EncryptionScheme, Kdf, Parameters, Pbkdf2Params, Pbkdf2Prf, Salt, ScryptParams};
use pkcs8::{EncryptedPrivateKeyInfoRef, SecretDocument};
use std::fs;
use std::os::unix::fs::symlink;

const LABEL: &str = "civictrust-role: issuer\ncivictrust-key-id: registry.example#1\n";
const ENTROPY: [u8; 32] = [7; 32];

/// The file of [`issuer`], encrypted.
fn encrypted() -> Place {
    let place = Place::empty();
    issuer().write_new_encrypted(&place.path, &passphrase(), &ENTROPY).unwrap();
    place
}

/// There is nobody to ask; the empty text's refusal has another code than the tests expect.
fn nobody() -> Result<Passphrase, Error> {
    Passphrase::new(String::new())
}

/// A key file whose encryption names these parameters; what it has encrypted is no key.
fn asking_for(kdf: Kdf) -> String {
    let parameters = Parameters { kdf, encryption: EncryptionScheme::Aes256Cbc { iv: [1; 16] } };
    let encrypted_data = OctetStringRef::new(&[9; 64]).unwrap();
    let info = EncryptedPrivateKeyInfoRef { encryption_algorithm: parameters.into(), encrypted_data };
    let document = SecretDocument::try_from(info).unwrap();
    format!("{LABEL}{}", *document.to_pem("ENCRYPTED PRIVATE KEY", LineEnding::LF).unwrap())
}

fn scrypt(cost_parameter: u64, block_size: u16, parallelization: u16) -> String {
    let salt = Salt::new([2; 16]).unwrap();
    asking_for(ScryptParams { salt, cost_parameter, block_size, parallelization, key_length: None }.into())
}

fn pbkdf2(iteration_count: u32, prf: Pbkdf2Prf) -> String {
    let salt = Salt::new([2; 16]).unwrap();
    asking_for(Pbkdf2Params { salt, iteration_count, key_length: None, prf }.into())
}

// R8.1
#[test]
fn an_encrypted_key_reads_back_with_its_passphrase_alone() {
    let place = encrypted();
    assert_eq!(mode_of(&place.path), 0o600);
    let text = fs::read_to_string(&place.path).unwrap();
    assert!(text.starts_with(&format!("{LABEL}-----BEGIN ENCRYPTED PRIVATE KEY-----\n")), "{text}");
    assert!(text.lines().all(|line| line.len() <= 64), "{text}");

    let key = unlock(&place.path).unwrap();
    assert_eq!((key.role(), key.id(), key.signing_key().to_bytes()), (Role::Issuer, &issuer_id(), SEED));
    for wrong in ["correct horse battery stapl", "correct horse battery staple ", "Correct horse battery staple"] {
        let ask = || Passphrase::new(wrong.to_owned());
        let error = KeyFile::unlock(&place.path, Role::Issuer, ask).unwrap_err();
        assert_eq!(error.code().as_str(), "io.key_passphrase", "{wrong}");
        assert_eq!(error.path(), Some(place.path.as_path()));
    }
}

// R8.1: ct-node, for example, has nobody to ask.
#[test]
fn without_a_passphrase_the_words_say_that_it_is_encrypted() {
    let place = encrypted();
    for result in [KeyFile::read(&place.path, Role::Issuer), KeyFile::read_as(&place.path, Role::Issuer, issuer_id())] {
        let error = result.unwrap_err();
        assert_eq!(error.code().as_str(), "io.key_passphrase");
        assert!(error.to_string().contains("the key is encrypted"), "{error}");
    }
}

// R8.1: nobody types a passphrase for nothing.
#[test]
fn the_passphrase_is_asked_for_only_if_it_is_needed() {
    let clear = Place::with(ISSUER_PEM);
    assert_eq!(KeyFile::unlock(&clear.path, Role::Issuer, nobody).unwrap().signing_key().to_bytes(), SEED);
    let place = encrypted();
    assert_eq!(code(&KeyFile::unlock(&place.path, Role::Log, nobody)), "io.key_file");
    set_mode(&place.path, 0o640);
    assert_eq!(code(&KeyFile::unlock(&place.path, Role::Issuer, nobody)), "io.key_permissions");
}

// R8.1: the caller's own refusal comes through.
#[test]
fn who_gives_no_passphrase_says_why() {
    #[derive(Debug, PartialEq)]
    enum Refused {
        ByCaller,
        ByFile,
    }
    impl From<Error> for Refused {
        fn from(_: Error) -> Self {
            Self::ByFile
        }
    }
    let refused = KeyFile::unlock(&encrypted().path, Role::Issuer, || Err(Refused::ByCaller));
    assert_eq!(refused.map(|_| ()), Err(Refused::ByCaller));
}

// R8.1: salt and vector are injected.
#[test]
fn the_same_entropy_makes_the_same_file() {
    let of = |entropy: &[u8; 32]| {
        let place = Place::empty();
        issuer().write_new_encrypted(&place.path, &passphrase(), entropy).unwrap();
        fs::read(&place.path).unwrap()
    };
    assert_eq!(of(&ENTROPY), of(&ENTROPY));
    assert_ne!(of(&ENTROPY), of(&[8; 32]));
}

// R8.1
#[test]
fn an_encrypted_key_is_never_written_over_a_file() {
    let place = Place::with("precious");
    assert_eq!(code(&issuer().write_new_encrypted(&place.path, &passphrase(), &ENTROPY)), "io.exists");
    assert_eq!(fs::read(&place.path).unwrap(), b"precious");
    assert_eq!(place.names(), ["issuer.pem"]);
}

// R8.1
#[test]
fn openssl_opens_what_we_encrypt() {
    let place = encrypted();
    let secret = format!("pass:{SECRET}");
    let Some(output) = openssl(&place, &["pkey", "-in", "issuer.pem", "-passin", &secret]) else { return };
    succeeded(&output);
    let clear: String = ISSUER_PEM.split_inclusive('\n').skip(2).collect();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), clear);
    let Some(output) = openssl(&place, &["pkey", "-in", "issuer.pem", "-passin", "pass:wrong"]) else { return };
    assert!(!output.status.success());
}

// R8.1: every way in which OpenSSL 3 encrypts with AES and SHA-2 or scrypt.
#[test]
fn we_open_what_openssl_encrypts() {
    let cases: [&[&str]; 11] = [
        &["-v2", "aes-256-cbc"],
        &["-v2", "aes-192-cbc"],
        &["-v2", "aes-128-cbc"],
        &["-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA224"],
        &["-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA256"],
        &["-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA384"],
        &["-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA512"],
        &["-v2", "aes-256-cbc", "-iter", "100000"],
        &["-v2", "aes-256-cbc", "-scrypt"],
        &["-v2", "aes-128-cbc", "-scrypt"],
        &["-scrypt", "-scrypt_N", "1024", "-scrypt_r", "16", "-scrypt_p", "3"],
    ];
    for case in cases {
        let place = Place::with(ISSUER_PEM);
        let secret = format!("pass:{SECRET}");
        let words = ["pkcs8", "-topk8", "-in", "issuer.pem", "-out", "locked.pem", "-passout", &secret];
        let Some(output) = openssl(&place, &[&words, case].concat()) else { return };
        succeeded(&output);
        let locked = place.join("locked.pem");
        fs::write(&locked, format!("{LABEL}{}", fs::read_to_string(&locked).unwrap())).unwrap();
        set_mode(&locked, 0o600);
        let key = unlock(&locked).unwrap_or_else(|error| panic!("{case:?}: {error}"));
        assert_eq!(key.signing_key().to_bytes(), SEED, "{case:?}");
        let ask = || Passphrase::new("wrong".to_owned());
        assert_eq!(code(&KeyFile::unlock(&locked, Role::Issuer, ask)), "io.key_passphrase", "{case:?}");
    }
}

// R8.1
#[test]
fn we_open_a_key_that_openssl_made_with_a_passphrase() {
    let place = Place::empty();
    let secret = format!("pass:{SECRET}");
    let words = ["genpkey", "-algorithm", "ed25519", "-aes256", "-pass", &secret, "-out", "issuer.pem"];
    let Some(output) = openssl(&place, &words) else { return };
    succeeded(&output);
    fs::write(&place.path, format!("{LABEL}{}", fs::read_to_string(&place.path).unwrap())).unwrap();
    set_mode(&place.path, 0o600);
    let key = unlock(&place.path).unwrap();
    key.public().write_new(&place.join("issuer.pub.pem")).unwrap();

    let words = ["pkey", "-in", "issuer.pem", "-passin", &secret, "-pubout"];
    let Some(output) = openssl(&place, &words) else { return };
    succeeded(&output);
    assert_eq!(String::from_utf8(output.stdout).unwrap(), without_label(&place.join("issuer.pub.pem")));
}

// R8.1: a key of another kind is no wrong passphrase.
#[test]
fn an_encrypted_key_of_another_kind_is_told_as_such() {
    let place = Place::empty();
    let secret = format!("pass:{SECRET}");
    let words = ["genpkey", "-algorithm", "X25519", "-aes256", "-pass", &secret, "-out", "issuer.pem"];
    let Some(output) = openssl(&place, &words) else { return };
    succeeded(&output);
    fs::write(&place.path, format!("{LABEL}{}", fs::read_to_string(&place.path).unwrap())).unwrap();
    set_mode(&place.path, 0o600);
    let error = unlock(&place.path).unwrap_err();
    assert_eq!(error.code().as_str(), "io.key_file");
    assert!(error.to_string().contains("not one Ed25519 key"), "{error}");
    let ask = || Passphrase::new("wrong".to_owned());
    assert_eq!(code(&KeyFile::unlock(&place.path, Role::Issuer, ask)), "io.key_passphrase");
}

// R8.1: weak or unknown ways are refused before anybody is asked.
#[test]
fn other_encryption_is_refused() {
    let cases: [&[&str]; 3] =
        [&["-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA1"], &["-v2", "des3"], &["-v1", "PBE-SHA1-3DES"]];
    for case in cases {
        let place = Place::with(ISSUER_PEM);
        let words = ["pkcs8", "-topk8", "-in", "issuer.pem", "-out", "locked.pem", "-passout", "pass:secret"];
        let Some(output) = openssl(&place, &[&words, case].concat()) else { return };
        succeeded(&output);
        let text = format!("{LABEL}{}", fs::read_to_string(place.join("locked.pem")).unwrap());
        assert_eq!(code(&StoredKey::parse(&text)), "io.key_file", "{case:?}");
    }
}

// R8.1: a file that somebody prepared takes neither the memory nor the day of whoever opens it. These are refused when
// the file is read: nothing has been derived yet, and nobody has been asked.
#[test]
fn what_would_cost_too_much_is_refused_unopened() {
    let parse = |text: &str| code(&StoredKey::parse(text));
    let sha256 = |iterations| pbkdf2(iterations, Pbkdf2Prf::HmacWithSha256);
    assert_eq!(parse(&sha256(10_000_000)), "ok");
    assert_eq!(parse(&scrypt(1 << 14, 8, 16)), "ok");
    let refused = [
        sha256(10_000_001),
        sha256(u32::MAX),
        sha256(0),
        pbkdf2(1, Pbkdf2Prf::HmacWithSha1),
        scrypt(1 << 14, 8, 17),
        scrypt(1 << 15, 8, 1),
        scrypt(1 << 63, 8, 1),
        scrypt(u64::MAX, u16::MAX, u16::MAX),
        scrypt(0, 8, 1),
        scrypt(1, 8, 1),
        scrypt(3, 8, 1),
        scrypt(16, 0, 1),
        scrypt(16, 8, 0),
    ];
    for (number, text) in refused.iter().enumerate() {
        assert_eq!(parse(text), "io.key_file", "case {number}");
        let place = Place::with(text);
        assert_eq!(code(&KeyFile::unlock(&place.path, Role::Issuer, nobody)), "io.key_file", "case {number}");
    }
    // What is not refused is opened, and what it holds is no key.
    let place = Place::with(scrypt(16, 8, 1));
    assert_eq!(code(&unlock(&place.path)), "io.key_passphrase");
    let place = Place::with(sha256(1));
    assert_eq!(code(&unlock(&place.path)), "io.key_passphrase");
}

// R8.1: the cipher does not authenticate. A change of the block with the seed's first half is another seed, hence
// another key, which the trust root does not name; every other change is refused.
#[test]
fn a_changed_file_never_opens_as_the_same_key() {
    let text = {
        let (_, der) = SecretDocument::from_pem(ISSUER_PEM.strip_prefix(LABEL).unwrap()).unwrap();
        // A cheap derivation, for the hundred files of this test.
        let salt = Salt::new([2; 16]).unwrap();
        let kdf = ScryptParams { salt, cost_parameter: 2, block_size: 1, parallelization: 1, key_length: None };
        let parameters = Parameters { kdf: kdf.into(), encryption: EncryptionScheme::Aes256Cbc { iv: [1; 16] } };
        let ciphertext = parameters.encrypt(SECRET, der.as_bytes()).unwrap();
        let encrypted_data = OctetStringRef::new(&ciphertext).unwrap();
        SecretDocument::try_from(EncryptedPrivateKeyInfoRef { encryption_algorithm: parameters.into(), encrypted_data })
            .unwrap()
            .as_bytes()
            .to_vec()
    };
    let open = |der: &[u8]| {
        let document = SecretDocument::try_from(der).map_err(|_| "io.key_file")?;
        let pem = document.to_pem("ENCRYPTED PRIVATE KEY", LineEnding::LF).unwrap();
        let stored = StoredKey::parse(&format!("{LABEL}{}", *pem)).map_err(|error| error.code().as_str())?;
        stored.open(|| Ok(passphrase())).map_err(|error: Error| error.code().as_str())
    };
    assert_eq!(open(&text).unwrap().public(), issuer().public());
    let mut other_keys = 0;
    for position in 0..text.len() {
        let mut changed = text.clone();
        changed[position] ^= 1;
        match open(&changed) {
            Err(code) => assert!(["io.key_file", "io.key_passphrase"].contains(&code), "byte {position}: {code}"),
            Ok(key) => {
                assert_ne!(key.public(), issuer().public(), "byte {position}");
                other_keys += 1;
            }
        }
    }
    assert_eq!(other_keys, 16, "of {}", text.len());
}

// R8.1
#[test]
fn a_passphrase_file_is_as_secret_as_a_key() {
    let place = Place::with(format!("{SECRET}\n"));
    assert!(Passphrase::read(&place.path).unwrap() == passphrase());
    for bit in 0..6 {
        set_mode(&place.path, 0o600 | 1 << bit);
        assert_eq!(code(&Passphrase::read(&place.path)), "io.key_permissions", "bit {bit}");
    }
    set_mode(&place.path, 0o400);
    assert_eq!(code(&Passphrase::read(&place.path)), "ok");
    symlink(place.join("loop"), place.join("loop")).unwrap();
    assert_eq!(code(&Passphrase::read(&place.join("loop"))), "io.symlink_loop");
    assert_eq!(code(&Passphrase::read(&place.join("missing"))), "io.not_found");
    assert_eq!(code(&Passphrase::read(place.directory.path())), "io.not_a_file");
    for bad in ["".to_owned(), "\n".to_owned(), "two\nlines\n".to_owned(), "p".repeat(MAX_PASSPHRASE_BYTES + 1)] {
        assert_eq!(code(&Passphrase::read(&Place::with(&bad).path)), "io.key_passphrase", "{bad:?}");
    }
    assert_eq!(code(&Passphrase::read(&Place::with("p".repeat(MAX_PASSPHRASE_BYTES)).path)), "ok");
    assert_eq!(code(&Passphrase::read(&Place::with("p".repeat(2 * MAX_KEY_FILE_BYTES)).path)), "io.key_passphrase");
}

// R8.1
#[test]
fn the_debug_text_has_no_secret() {
    let stored = StoredKey::read(&encrypted().path).unwrap();
    let text = format!("{stored:?}");
    assert_eq!(text, "StoredKey(issuer registry.example#1, AES-256-CBC, scrypt with N=16384 r=8 p=5)");
    let clear = StoredKey::parse(ISSUER_PEM).unwrap();
    assert_eq!(format!("{clear:?}"), "StoredKey(issuer registry.example#1)");
}
