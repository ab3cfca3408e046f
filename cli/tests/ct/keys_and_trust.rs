//! `ct keygen`, `ct trust build` and `ct trust show`.

use crate::desk::{bundles, ct};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

fn keygen(role: &str, name: &str, out: &Path) -> crate::desk::Said {
    ct(["keygen", "--role", role, "--name", name, "--out", out.to_str().unwrap()])
}

// R8.1
#[test]
fn a_new_key_is_secret_labelled_and_never_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    for role in ["root", "log", "witness", "issuer", "status", "client", "monitor", "tls"] {
        let out = folder.path().join(format!("{role}.pem"));
        let said = keygen(role, &format!("{role}.example"), &out);
        assert_eq!((said.status, said.err.as_str()), (0, ""), "{role}");
        assert_eq!(fs::metadata(&out).unwrap().permissions().mode() & 0o777, 0o600);
        let has_vkey = folder.path().join(format!("{role}.vkey")).exists();
        assert_eq!(has_vkey, ["log", "witness"].contains(&role), "{role}");
        assert!(folder.path().join(format!("{role}.pub.pem")).exists());
        let before = fs::read(&out).unwrap();
        let again = keygen(role, &format!("{role}.example"), &out);
        assert_eq!((again.status, fs::read(&out).unwrap()), (5, before));
        assert!(again.err.starts_with("ct: io.exists: "), "{}", again.err);
    }
    // What is in the way beside the private key is found before anything is written.
    let blocked = folder.path().join("blocked.pem");
    fs::write(folder.path().join("blocked.pub.pem"), "in the way").unwrap();
    assert_eq!(keygen("issuer", "a", &blocked).status, 5);
    assert!(!blocked.exists());
}

/// The example's trust.toml with the root key of `folder`.
fn trust_toml(folder: &Path) -> (PathBuf, PathBuf) {
    let root = folder.join("root.pem");
    assert_eq!(keygen("root", "city.example", &root).status, 0);
    let public = fs::read_to_string(folder.join("root.pub.pem")).unwrap();
    let der: String = public.lines().skip_while(|line| !line.starts_with("-----")).skip(1).take(1).collect();
    // SPKI is a fixed head of 12 bytes, which is 16 base64 digits, and the key.
    let key = &der[16..];
    let source = fs::read_to_string(bundles().join("trust.toml")).unwrap();
    let start = source.find("[[root.key]]").unwrap();
    let end = start + source[start..].find("\n\n").unwrap();
    let block = format!("[[root.key]]\nkid = \"city.example#1\"\nkey = \"{key}\"");
    let toml = folder.join("trust.toml");
    fs::write(&toml, format!("{}{block}{}", &source[..start], &source[end..])).unwrap();
    (toml, root)
}

fn build(toml: &Path, key: &Path, out: &Path) -> crate::desk::Said {
    ct([Path::new("trust"), Path::new("build"), toml, Path::new("--key"), key, Path::new("--out"), out])
}

#[test]
fn a_trust_root_is_built_shown_and_used() {
    let folder = tempfile::tempdir().unwrap();
    let (toml, root) = trust_toml(folder.path());
    let out = folder.path().join("trust.cbor");
    let built = build(&toml, &root, &out);
    assert_eq!((built.status, built.err.as_str()), (0, ""));
    let shown = ct([Path::new("trust"), Path::new("show"), &out]);
    assert_eq!(shown.status, 0);
    assert!(shown.out.contains("WARNING: example keys"), "{}", shown.out);
    // The fingerprint is the SHA-256 of the file, in groups.
    let hash = ct([Path::new("hash"), &out]).out;
    let groups: Vec<_> = shown.out.lines().filter(|line| line.starts_with("    ")).take(4).collect();
    assert_eq!(groups.concat().replace(' ', ""), hash[..64]);
    assert!(built.out.contains(groups[0]));
    let bundle = bundles().join("valid/diploma.cbor");
    let verdict = ct([Path::new("verify"), Path::new("--trust"), &out, &bundle]);
    assert_eq!(verdict.status, 0, "{}", verdict.out);
    // Never overwrites.
    let before = fs::read(&out).unwrap();
    assert_eq!(build(&toml, &root, &out).status, 5);
    assert_eq!(fs::read(&out).unwrap(), before);
}

// R8.1, R1.4: nothing is written unless it can be used.
#[test]
fn what_cannot_be_built_is_refused_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let (toml, root) = trust_toml(folder.path());
    let out = folder.path().join("trust.cbor");
    let refused = |toml: &Path, key: &Path, code: &str, status: i32| {
        let said = build(toml, key, &out);
        assert!(said.err.starts_with(&format!("ct: {code}: ")), "{}", said.err);
        assert_eq!(said.status, status);
        assert!(!out.exists());
    };
    let other = folder.path().join("other.pem");
    assert_eq!(keygen("root", "other.example", &other).status, 0);
    refused(&toml, &other, "trust.threshold", 6);
    let issuer = folder.path().join("issuer.pem");
    assert_eq!(keygen("issuer", "other.example", &issuer).status, 0);
    refused(&toml, &issuer, "io.key_file", 5);
    fs::set_permissions(&other, fs::Permissions::from_mode(0o644)).unwrap();
    refused(&toml, &other, "io.key_permissions", 5);
    let edited = folder.path().join("edited.toml");
    let text = fs::read_to_string(&toml).unwrap();
    fs::write(&edited, text.replacen("issued = ", "isued = ", 1)).unwrap();
    refused(&edited, &root, "malformed.trust_file", 4);
    fs::write(&edited, text.replacen("threshold = 1", "threshold = 9", 1)).unwrap();
    refused(&edited, &root, "trust.policy", 6);
    fs::write(&edited, b"\xff\xfe").unwrap();
    refused(&edited, &root, "malformed.utf8", 4);
    let missing = folder.path().join("missing.toml");
    refused(&missing, &root, "io.not_found", 5);
}
