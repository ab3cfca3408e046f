//! Keys with a passphrase: from files, from standard input, and typed at a terminal.

use crate::desk::{Said, ct, said};
use crate::terminal::{Terminal, shows_what_is_typed};
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

const SECRET: &str = "correct horse battery staple";

/// A folder in which `ct` runs, with an encrypted root key in it.
struct Desk {
    folder: TempDir,
}

impl Desk {
    fn empty() -> Self {
        let desk = Self { folder: tempfile::tempdir().unwrap() };
        desk.secret("secret.txt", &format!("{SECRET}\n"));
        desk
    }

    fn with_root_key() -> Self {
        let desk = Self::empty();
        let said = desk.ct("keygen --role root --name city.example --passphrase-file secret.txt --out root.pem");
        assert_eq!((said.status, said.err.as_str()), (0, ""));
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A file to which its owner alone has access.
    fn secret(&self, name: &str, content: &str) {
        fs::write(self.path(name), content).unwrap();
        fs::set_permissions(self.path(name), Permissions::from_mode(0o600)).unwrap();
    }

    fn ct(&self, words: &str) -> Said {
        self.ct_with(words, "")
    }

    /// Without a terminal, as in a service or a container, so that no test ever waits for somebody to type.
    fn ct_with(&self, words: &str, stdin: &str) -> Said {
        let ct = assert_cmd::cargo::cargo_bin("ct");
        let mut command = assert_cmd::Command::new(if has_setsid() { Path::new("setsid") } else { ct.as_path() });
        if has_setsid() {
            command.arg("--wait").arg(&ct);
        }
        command.args(words.split(' '));
        said(command.current_dir(self.folder.path()).write_stdin(stdin).output().unwrap())
    }

    fn refused(&self, words: &str, code: &str, status: i32) -> String {
        let said = self.ct(words);
        assert!(said.err.starts_with(&format!("ct: {code}: ")), "{words}: {}", said.err);
        assert_eq!((said.status, said.out.as_str()), (status, ""), "{words}");
        assert!(!said.err.contains(SECRET), "{words}: {}", said.err);
        said.err
    }

    fn mode(&self, name: &str) -> u32 {
        fs::metadata(self.path(name)).unwrap().permissions().mode() & 0o777
    }

    /// An edited trust root that names this desk's root key.
    fn trust_toml(&self) {
        let shown = self.ct("key show root.pub.pem").out;
        let key = field(&shown, "in base64");
        let source = fs::read_to_string(crate::desk::bundles().join("trust.toml")).unwrap();
        let start = source.find("[[root.key]]").unwrap();
        let end = start + source[start..].find("\n\n").unwrap();
        let block = format!("[[root.key]]\nkid = \"city.example#1\"\nkey = \"{key}\"");
        fs::write(self.path("trust.toml"), format!("{}{block}{}", &source[..start], &source[end..])).unwrap();
    }
}

fn has_setsid() -> bool {
    Command::new("setsid").arg("--version").output().is_ok()
}

fn field<'a>(shown: &'a str, name: &str) -> &'a str {
    let line = shown.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_else(|| panic!("{name}: {shown}"));
    line.trim()
}

/// What OpenSSL says of the public half; `None`, said aloud, if there is no such program.
fn openssl_public(path: &Path, secret: &str) -> Option<String> {
    let words = ["pkey", "-pubout", "-passin", &format!("pass:{secret}"), "-in"];
    let Ok(output) = Command::new("openssl").args(words).arg(path).output() else {
        ct_testdata::skip("no openssl program");
        return None;
    };
    Some(String::from_utf8(output.stdout).unwrap())
}

fn pem_of(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    text[text.find("-----BEGIN").unwrap()..].to_owned()
}

// R8.1
#[test]
fn keygen_encrypts_with_the_passphrase_of_a_file() {
    let desk = Desk::with_root_key();
    let text = fs::read_to_string(desk.path("root.pem")).unwrap();
    let head = "civictrust-role: root\ncivictrust-key-id: city.example#1\n-----BEGIN ENCRYPTED PRIVATE KEY-----\n";
    assert!(text.starts_with(head), "{text}");
    assert_eq!(desk.mode("root.pem"), 0o600);
    if let Some(public) = openssl_public(&desk.path("root.pem"), SECRET) {
        assert_eq!(public, pem_of(&desk.path("root.pub.pem")));
    }
    // Salts differ: the same passphrase twice shows nothing.
    let said = desk.ct("keygen --role root --name city.example --passphrase-file secret.txt --out other.pem");
    assert_eq!(said.status, 0);
    assert_ne!(pem_of(&desk.path("root.pem"))[..150], pem_of(&desk.path("other.pem"))[..150]);
}

// R8.1
#[test]
fn a_short_passphrase_is_remarked_on() {
    let desk = Desk::empty();
    for (number, (text, short)) in
        [("1234567", true), ("12345678", false), ("\u{e9}234567", true), ("\u{e9}2345678", false)]
            .into_iter()
            .enumerate()
    {
        desk.secret("chosen.txt", text);
        let words = format!("keygen --role root --name a --passphrase-file chosen.txt --out {number}.pem");
        let said = desk.ct(&words);
        let remark = "ct: the passphrase has fewer than 8 characters and is soon guessed: ";
        assert_eq!((said.status, said.err.starts_with(remark)), (0, short), "{text}: {}", said.err);
        assert_eq!(said.err.is_empty(), !short, "{text}: {}", said.err);
        // Whoever only uses it cannot choose another one.
        let shown = desk.ct(&format!("key show {number}.pem --passphrase-file chosen.txt"));
        assert_eq!((shown.status, shown.err.as_str()), (0, ""), "{text}");
    }
}

// R8.1, R1.4: and no key is written.
#[test]
fn what_cannot_be_a_passphrase_makes_no_key() {
    let desk = Desk::empty();
    let refused = |code, status| {
        let words = "keygen --role root --name city.example --passphrase-file bad.txt --out root.pem";
        desk.refused(words, code, status);
        assert!(!desk.path("root.pem").exists() && !desk.path("root.pub.pem").exists());
    };
    refused("io.not_found", 5);
    for bad in ["", "\n", "two\nlines\n", &"p".repeat(1_025)] {
        desk.secret("bad.txt", bad);
        refused("io.key_passphrase", 5);
    }
    desk.secret("bad.txt", SECRET);
    for mode in [0o640, 0o604, 0o660, 0o644] {
        fs::set_permissions(desk.path("bad.txt"), Permissions::from_mode(mode)).unwrap();
        refused("io.key_permissions", 5);
    }
    fs::remove_file(desk.path("bad.txt")).unwrap();
    fs::create_dir(desk.path("bad.txt")).unwrap();
    refused("io.not_a_file", 5);
}

// R8.1, R1.4
#[test]
fn without_a_terminal_the_words_name_the_option() {
    if !has_setsid() {
        return ct_testdata::skip("no setsid program to run without a terminal");
    }
    let desk = Desk::with_root_key();
    desk.trust_toml();
    let cases = [
        ("trust build trust.toml --key root.pem --out t.cbor", "--passphrase-file FILE"),
        ("keygen --role root --name a --passphrase --out new.pem", "--passphrase-file FILE"),
        ("key show --passphrase root.pem", "--passphrase-file FILE"),
        ("key passphrase root.pem --out new.pem", "--passphrase-file FILE"),
        ("key passphrase root.pem --out new.pem --passphrase-file secret.txt", "--new-passphrase-file FILE"),
    ];
    for (words, option) in cases {
        let err = desk.refused(words, "io.key_passphrase", 5);
        assert!(err.contains(option) && err.contains("no terminal"), "{words}: {err}");
        assert!(!desk.path("t.cbor").exists() && !desk.path("new.pem").exists());
    }
}

// R8.1
#[test]
fn a_trust_root_is_signed_with_encrypted_keys() {
    let desk = Desk::with_root_key();
    desk.trust_toml();
    desk.secret("wrong.txt", "wrong\n");
    let build = |rest: &str, out: &str| format!("trust build trust.toml --key root.pem {rest} --out {out}");
    assert_eq!(desk.ct(&build("--passphrase-file secret.txt", "a.cbor")).status, 0);
    assert_eq!(desk.ct("trust show a.cbor").status, 0);
    let said = desk.ct_with(&build("--passphrase-file -", "b.cbor"), &format!("{SECRET}\n"));
    assert_eq!((said.status, said.err.as_str()), (0, ""));
    assert_eq!(fs::read(desk.path("a.cbor")).unwrap(), fs::read(desk.path("b.cbor")).unwrap());

    let sign = "trust sign a.cbor --key root.pem --out c.cbor --passphrase-file";
    desk.refused(&format!("{sign} wrong.txt"), "io.key_passphrase", 5);
    assert!(!desk.path("c.cbor").exists());
    assert_eq!(desk.ct(&format!("{sign} secret.txt")).status, 0);
    assert_eq!(fs::read(desk.path("a.cbor")).unwrap(), fs::read(desk.path("c.cbor")).unwrap());

    // Of several keys each is opened, and standard input has the passphrase once.
    assert_eq!(desk.ct("keygen --role root --name b.example --passphrase-file secret.txt --out root-b.pem").status, 0);
    let both = build("--key root-b.pem --passphrase-file -", "d.cbor");
    let said = desk.ct_with(&both, SECRET);
    assert!(!said.err.contains("passphrase"), "{}", said.err);

    // A key that is thought to be encrypted and is not.
    let clear = "key passphrase root.pem --out clear.pem --remove --passphrase-file secret.txt";
    assert_eq!(desk.ct(clear).status, 0);
    let said = desk.ct("trust sign a.cbor --key clear.pem --out e.cbor --passphrase-file secret.txt");
    assert_eq!((said.status, said.err.contains("was not used: no key here is encrypted")), (0, true), "{}", said.err);
}

// R8.1
#[test]
fn show_says_what_each_file_is() {
    let desk = Desk::with_root_key();
    assert_eq!(desk.ct("keygen --role witness --name w.example --version 3 --out w.pem").status, 0);
    let witness = desk.ct("key show w.pem");
    assert_eq!((witness.status, witness.err.as_str()), (0, ""));
    assert_eq!(field(&witness.out, "kind"), "private key, not encrypted");
    assert_eq!(field(&witness.out, "role"), "witness");
    assert_eq!(field(&witness.out, "key ID"), "w.example#3");
    assert_eq!(field(&witness.out, "version"), "3");
    let vkey_file = fs::read_to_string(desk.path("w.vkey")).unwrap();
    assert_eq!(field(&witness.out, "vkey"), vkey_file.trim());

    // The three files say the same of the key; the digits are those that other programs see.
    let material = |shown: &str| shown[shown.find("public key ").unwrap()..].to_owned();
    for name in ["w.pub.pem", "w.vkey"] {
        let said = desk.ct(&format!("key show {name}"));
        assert_eq!((said.status, said.err.as_str()), (0, ""), "{name}");
        assert_eq!(material(&said.out), material(&witness.out), "{name}");
        assert_eq!((field(&said.out, "role"), field(&said.out, "vkey")), ("witness", vkey_file.trim()), "{name}");
    }
    let base64 = field(&witness.out, "in base64");
    assert!(pem_of(&desk.path("w.pub.pem")).contains(base64), "{}", witness.out);
    let bytes = ct_core::base64::decode(base64, 32).unwrap();
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(field(&witness.out, "public key"), hex);
    let groups: String = witness.out.lines().filter(|line| line.starts_with("    ")).collect();
    assert_eq!(groups.replace(' ', ""), ct_core::Hash::of(&bytes).to_string());

    // No secret is shown.
    let secret = pem_of(&desk.path("w.pem"));
    let body = secret.lines().nth(1).unwrap();
    assert!(!witness.out.contains(&body[20..40]), "{}", witness.out);
}

// R8.1: an encrypted key hides its public half; what stands in clear is shown, and nobody is asked.
#[test]
fn show_does_not_ask_unless_told_to() {
    let desk = Desk::with_root_key();
    let locked = desk.ct("key show root.pem");
    assert_eq!(locked.status, 0);
    let kind = "private key, encrypted (AES-256-CBC, scrypt with N=16384 r=8 p=5)";
    assert_eq!((field(&locked.out, "kind"), field(&locked.out, "key ID")), (kind, "city.example#1"));
    assert!(!locked.out.contains("public key "), "{}", locked.out);
    assert!(locked.err.contains("add --passphrase"), "{}", locked.err);

    let opened = desk.ct("key show --passphrase-file secret.txt root.pem");
    assert_eq!((opened.status, opened.err.as_str()), (0, ""));
    let public = desk.ct("key show root.pub.pem");
    assert_eq!(field(&opened.out, "public key"), field(&public.out, "public key"));
    desk.secret("wrong.txt", "wrong");
    desk.refused("key show --passphrase-file wrong.txt root.pem", "io.key_passphrase", 5);
}

// R8.1, R1.4
#[test]
fn show_refuses_what_ct_would_refuse_to_use() {
    let desk = Desk::with_root_key();
    fs::write(desk.path("text"), "hello\n").unwrap();
    desk.refused("key show text", "io.key_file", 5);
    desk.refused("key show missing", "io.not_found", 5);
    desk.refused("key show .", "io.not_a_file", 5);
    fs::set_permissions(desk.path("root.pem"), Permissions::from_mode(0o644)).unwrap();
    let err = desk.refused("key show root.pem", "io.key_permissions", 5);
    assert!(err.contains("chmod 600 root.pem"), "{err}");
}

// R8.1
#[test]
fn a_passphrase_is_changed_added_and_removed() {
    let desk = Desk::with_root_key();
    desk.secret("new.txt", "another one\n");
    let before = fs::read(desk.path("root.pem")).unwrap();
    let change = |words: &str| {
        let said = desk.ct(&format!("key passphrase {words}"));
        assert_eq!((said.status, said.err.as_str()), (0, ""), "{words}");
        said.out
    };
    let out = change("root.pem --out changed.pem --passphrase-file secret.txt --new-passphrase-file new.txt");
    assert_eq!(out, "changed.pem  private key of root city.example#1: encrypted\n");
    let out = change("changed.pem --out clear.pem --passphrase-file new.txt --remove");
    assert_eq!(out, "clear.pem  private key of root city.example#1: NOT encrypted: keep it secret\n");
    change("clear.pem --out again.pem --new-passphrase-file secret.txt");
    assert_eq!(fs::read(desk.path("root.pem")).unwrap(), before, "the old file stays as it is");

    let public = pem_of(&desk.path("root.pub.pem"));
    for (name, secret) in [("changed.pem", "another one"), ("clear.pem", ""), ("again.pem", SECRET)] {
        assert_eq!(desk.mode(name), 0o600, "{name}");
        let head = "civictrust-role: root\ncivictrust-key-id: city.example#1\n";
        assert!(fs::read_to_string(desk.path(name)).unwrap().starts_with(head), "{name}");
        if let Some(found) = openssl_public(&desk.path(name), secret) {
            assert_eq!(found, public, "{name}");
        }
    }
    desk.refused(
        "key passphrase changed.pem --out x.pem --passphrase-file secret.txt --remove",
        "io.key_passphrase",
        5,
    );
    desk.refused("key passphrase clear.pem --out x.pem --remove", "usage.arguments", 2);
    let both = "key passphrase root.pem --out x.pem --passphrase-file - --new-passphrase-file -";
    desk.refused(both, "usage.arguments", 2);
    assert!(!desk.path("x.pem").exists());
    let over = "key passphrase root.pem --out clear.pem --passphrase-file secret.txt --new-passphrase-file new.txt";
    let clear = fs::read(desk.path("clear.pem")).unwrap();
    desk.refused(over, "io.exists", 5);
    assert_eq!(fs::read(desk.path("clear.pem")).unwrap(), clear);
}

// R8.1: a key that OpenSSL made with a passphrase, once it says its role and ID.
#[test]
fn a_key_that_openssl_encrypted_is_used() {
    let desk = Desk::empty();
    let output = Command::new("openssl")
        .args(["genpkey", "-algorithm", "ed25519", "-aes256", "-pass", &format!("pass:{SECRET}"), "-out", "root.pem"])
        .current_dir(desk.folder.path())
        .output();
    let Ok(output) = output else { return ct_testdata::skip("no openssl program") };
    assert!(output.status.success());
    let pem = fs::read_to_string(desk.path("root.pem")).unwrap();
    desk.secret("root.pem", &pem);
    let err = desk.refused("key show root.pem", "io.key_file", 5);
    assert!(err.contains("civictrust-role: ROLE"), "{err}");
    desk.secret("root.pem", &format!("civictrust-role: root\ncivictrust-key-id: city.example#1\n{pem}"));
    let shown = desk.ct("key show --passphrase-file secret.txt root.pem");
    assert_eq!(shown.status, 0, "{}", shown.err);
    assert!(field(&shown.out, "kind").contains("PBKDF2 with SHA-256 and 2048 iterations"), "{}", shown.out);
}

// R8.1
#[test]
fn a_passphrase_is_typed_twice_and_never_shown() {
    let desk = Desk::empty();
    let words = "keygen --role root --name city.example --passphrase --out root.pem";
    let mut terminal = Terminal::run(desk.folder.path(), words);
    terminal.answer("New passphrase for root.pem: ", &format!("{SECRET}\n"));
    terminal.answer("The same again: ", &format!("{SECRET}\n"));
    let ended = terminal.end();
    assert!(ended.contains("status=0") && ended.contains("root.pem  private key of root"), "{ended}");
    assert!(!ended.contains("horse") && shows_what_is_typed(&ended), "{ended}");
    let shown = desk.ct("key show --passphrase-file secret.txt root.pem");
    assert_eq!(shown.status, 0, "{}", shown.err);
}

// R8.1
#[test]
fn what_is_typed_differently_makes_no_key() {
    let desk = Desk::empty();
    let words = "keygen --role root --name city.example --passphrase --out root.pem";
    let mut terminal = Terminal::run(desk.folder.path(), words);
    terminal.answer("New passphrase for root.pem: ", "one\n");
    terminal.answer("The same again: ", "other\n");
    let ended = terminal.end();
    assert!(ended.contains("status=5") && ended.contains("io.key_passphrase: the two passphrases differ"), "{ended}");
    assert!(!desk.path("root.pem").exists() && shows_what_is_typed(&ended));
}

// R8.1
#[test]
fn signing_asks_for_the_passphrase_of_an_encrypted_key_only() {
    let desk = Desk::with_root_key();
    desk.trust_toml();
    let build = "trust build trust.toml --key root.pem --out";
    let mut terminal = Terminal::run(desk.folder.path(), &format!("{build} a.cbor"));
    terminal.answer("Passphrase of root.pem: ", &format!("{SECRET}\n"));
    let ended = terminal.end();
    assert!(ended.contains("status=0") && !ended.contains("horse") && shows_what_is_typed(&ended), "{ended}");
    assert_eq!(desk.ct("trust show a.cbor").status, 0);

    let mut terminal = Terminal::run(desk.folder.path(), &format!("{build} b.cbor"));
    terminal.answer("Passphrase of root.pem: ", "wrong\n");
    let ended = terminal.end();
    assert!(ended.contains("status=5") && ended.contains("ct: io.key_passphrase: root.pem"), "{ended}");
    assert!(!desk.path("b.cbor").exists());

    let clear = "key passphrase root.pem --out clear.pem --remove --passphrase-file secret.txt";
    assert_eq!(desk.ct(clear).status, 0);
    let sign = "trust sign a.cbor --key clear.pem --out c.cbor";
    let terminal = Terminal::run(desk.folder.path(), sign);
    let ended = terminal.end();
    assert!(ended.contains("status=0") && !ended.contains("Passphrase"), "{ended}");
}

// R8.1, R1.1: the shell after it must not be left blind.
#[test]
fn ctrl_c_at_the_prompt_leaves_the_terminal_as_it_was() {
    let desk = Desk::with_root_key();
    for (words, prompt) in [
        ("keygen --role root --name a --passphrase --out new.pem", "New passphrase for new.pem: "),
        ("key passphrase root.pem --out new.pem", "Passphrase of root.pem: "),
    ] {
        for keys in ["\u{3}", "half a secr\u{3}"] {
            let mut terminal = Terminal::run(desk.folder.path(), words);
            terminal.answer(prompt, keys);
            let ended = terminal.end();
            assert!(ended.contains("status=130"), "{ended}");
            assert!(ended.contains("ct: interrupted: "), "{ended}");
            assert!(shows_what_is_typed(&ended) && !ended.contains("half"), "{ended}");
            assert!(!desk.path("new.pem").exists());
        }
    }
}

// R8.1: an interrupt from elsewhere waits for the prompt to end, because only then the terminal is as it was.
#[test]
fn an_interrupt_at_the_prompt_does_not_leave_the_terminal_blind() {
    let desk = Desk::with_root_key();
    let words = "key passphrase root.pem --out new.pem";
    let mut terminal = Terminal::run(desk.folder.path(), words);
    terminal.answer("Passphrase of root.pem: ", "");
    terminal.interrupt(desk.folder.path());
    terminal.press("\n");
    let ended = terminal.end();
    assert!(ended.contains("status=130") || ended.contains("status=5"), "{ended}");
    assert!(shows_what_is_typed(&ended) && !desk.path("new.pem").exists(), "{ended}");
}

// R8.1: Ctrl-D, and Enter alone.
#[test]
fn no_answer_is_no_passphrase() {
    let desk = Desk::with_root_key();
    for (keys, words) in [("\u{4}", "no passphrase was typed"), ("\n", "it is empty")] {
        let mut terminal = Terminal::run(desk.folder.path(), "key show --passphrase root.pem");
        terminal.answer("Passphrase of root.pem: ", keys);
        let ended = terminal.end();
        assert!(ended.contains("status=5") && ended.contains("ct: io.key_passphrase: "), "{ended}");
        assert!(ended.contains(words) && shows_what_is_typed(&ended), "{ended}");
    }
}

// R1.1
#[test]
fn help_has_examples_and_names_the_options() {
    for command in ["key", "key show", "key passphrase"] {
        let help = ct(command.split(' ').chain(["--help"]));
        assert_eq!(help.status, 0);
        assert!(
            command == "key" || help.out.contains("Examples:") && help.out.contains("--passphrase-file"),
            "{command}"
        );
    }
}
