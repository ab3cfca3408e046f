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

// R8.1: names that differ do not get in each other's way, and a private key does not get a public file's name.
#[test]
fn each_private_key_has_public_files_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    for (out, public, vkey) in [
        ("city.one", "city.one.pub.pem", "city.one.vkey"),
        ("city.two", "city.two.pub.pem", "city.two.vkey"),
        ("plain", "plain.pub.pem", "plain.vkey"),
        ("a.key", "a.pub.pem", "a.vkey"),
        ("b.c.pem", "b.c.pub.pem", "b.c.vkey"),
    ] {
        let said = keygen("log", "log.example", &path(out));
        assert_eq!((said.status, said.err.as_str()), (0, ""), "{out}");
        assert!(path(public).is_file() && path(vkey).is_file(), "{out}");
    }
    let before = fs::read_dir(folder.path()).unwrap().count();
    for out in ["foo.vkey", "foo.pub.pem", "FOO.VKEY"] {
        for role in ["log", "root"] {
            let said = keygen(role, "log.example", &path(out));
            assert_eq!((said.status, said.out.as_str()), (2, ""), "{out}");
            assert!(said.err.starts_with("ct: usage.arguments: --out "), "{}", said.err);
        }
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), before);
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

// Two of two root keys on two machines: `build` with one, `sign` with the other.
#[test]
fn a_trust_root_is_signed_by_several_on_several_machines() {
    let folder = tempfile::tempdir().unwrap();
    let (toml, root) = trust_toml(folder.path());
    let (toml_2, root_2) = {
        let other = folder.path().join("other-machine");
        fs::create_dir(&other).unwrap();
        trust_toml(&other)
    };
    // The second machine's key gets an ID of its own.
    let block = |path: &Path| {
        let text = fs::read_to_string(path).unwrap();
        let start = text.find("[[root.key]]").unwrap();
        text[start..start + text[start..].find("\n\n").unwrap()].to_owned()
    };
    let second = folder.path().join("second.pem");
    let text = fs::read_to_string(&root_2).unwrap().replace("city.example#1", "city.example#2");
    fs::write(&second, text).unwrap();
    fs::set_permissions(&second, fs::Permissions::from_mode(0o600)).unwrap();
    let both = format!("{}\n{}", block(&toml), block(&toml_2).replace("city.example#1", "city.example#2"));
    let source =
        fs::read_to_string(&toml).unwrap().replace(&block(&toml), &both).replace("threshold = 1", "threshold = 2");
    fs::write(&toml, source.replacen("threshold = 2\nmembers", "threshold = 1\nmembers", 1)).unwrap();

    let (half, whole) = (folder.path().join("half.cbor"), folder.path().join("whole.cbor"));
    let built = build(&toml, &root, &half);
    assert_eq!(built.status, 0, "{}", built.err);
    assert!(built.out.contains("1 more of its own root keys must sign it"), "{}", built.out);
    assert_eq!(ct([Path::new("trust"), Path::new("show"), &half]).status, 6);
    let sign = |file: &Path, key: &Path, out: &Path| {
        ct([Path::new("trust"), Path::new("sign"), file, Path::new("--key"), key, Path::new("--out"), out])
    };
    let signed = sign(&half, &second, &whole);
    assert_eq!((signed.status, signed.err.as_str()), (0, ""));
    assert_eq!(ct([Path::new("trust"), Path::new("show"), &whole]).status, 0);
    // Signing again with the same key changes nothing.
    let again = folder.path().join("again.cbor");
    assert_eq!(sign(&whole, &second, &again).status, 0);
    assert_eq!(fs::read(&again).unwrap(), fs::read(&whole).unwrap());
    // A key of the right ID that is another key is refused.
    let refused = sign(&half, &root_2, &folder.path().join("x.cbor"));
    assert_eq!(refused.status, 6, "{}", refused.err);
}

#[test]
fn a_difference_is_told_in_plain_words() {
    let folder = tempfile::tempdir().unwrap();
    let (toml, root) = trust_toml(folder.path());
    let (old, new) = (folder.path().join("old.cbor"), folder.path().join("new.cbor"));
    assert_eq!(build(&toml, &root, &old).status, 0);
    let diff = |a: &Path, b: &Path| ct([Path::new("trust"), Path::new("diff"), a, b]);
    assert_eq!(diff(&old, &old).out, "The two say the same.\n");
    let text = fs::read_to_string(&toml).unwrap();
    let text = text.replacen("root_version = 1", "root_version = 2", 1).replacen(
        "clock_skew = \"5m\"",
        "clock_skew = \"1m\"",
        1,
    );
    let revocation = "\n[[revocation]]\ndate = \"2026-12-24T00:00:00Z\"\nreason = \"lost\"\nstatement = { issuer = \"i\", id = \"s\" }\n";
    fs::write(&toml, text + revocation).unwrap();
    assert_eq!(build(&toml, &root, &new).status, 0);
    let said = diff(&old, &new);
    assert_eq!(said.status, 0);
    let lines: Vec<_> = said.out.lines().collect();
    assert_eq!(
        lines,
        [
            "~ clocks may differ by: 1 minutes (was 5 minutes)",
            "~ version: 2 (was 1)",
            "+ revocation of statement s of i: 2026-12-24T00:00:00Z: lost",
        ]
    );
}

#[test]
fn a_witness_policy_becomes_part_of_a_trust_root() {
    let folder = tempfile::tempdir().unwrap();
    let vkey = |role: &str, name: &str| {
        let out = folder.path().join(format!("{name}.pem"));
        assert_eq!(keygen(role, name, &out).status, 0);
        fs::read_to_string(out.with_extension("vkey")).unwrap().trim().to_owned()
    };
    let policy = format!(
        "# witnesses\nlog {}\nwitness w1 {}\nwitness w2 {} https://w2.example\ngroup both all w1 w2\nquorum both\n",
        vkey("log", "log.example"),
        vkey("witness", "one.example"),
        vkey("witness", "two.example"),
    );
    let path = folder.path().join("policy.txt");
    let import = |text: &str| {
        fs::write(&path, text).unwrap();
        let times = ["--from", "2026-11-20T00:00:00Z", "--until", "2027-11-20T00:00:00Z"];
        ct(["trust", "import", path.to_str().unwrap()].into_iter().chain(times))
    };
    let said = import(&policy);
    assert_eq!((said.status, said.err.as_str()), (0, ""));
    // What is printed stands in a trust.toml as it is.
    let start = fs::read_to_string(bundles().join("trust.toml")).unwrap();
    let head = &start[..start.find("[[log]]").unwrap()];
    let trust = ct_keys::trust_file::parse(&format!("{head}{}", said.out)).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(trust.epochs[0].groups[0].members, ["one.example", "two.example"]);
    assert_eq!((trust.logs.len(), trust.witnesses.len(), trust.epochs[0].quorum.as_str()), (1, 2, "both"));
    let refused = import(&policy.replace("quorum both", "quorum nobody"));
    assert_eq!(refused.status, 4);
    assert!(refused.err.starts_with("ct: malformed.policy: "), "{}", refused.err);
    assert_eq!(import(&policy.replace("quorum both", "quorum none")).status, 4);
}
