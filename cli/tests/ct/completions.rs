//! `ct completions`: what a shell does with them.

use crate::desk::ct;
use std::fs;
use std::process::Command;

/// What bash offers after these words; the last one is being typed.
fn offered(words: &[&str]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("ct.bash");
    fs::write(&script, ct(["completions", "bash"]).out).unwrap();
    let ask = r#"
        source "$1"; shift
        COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
        complete -p ct | grep -q -- '-F _ct ' || exit 1
        _ct ct "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
        printf '%s\n' "${COMPREPLY[@]}"
    "#;
    let output = Command::new("bash").args(["-c", ask, "bash"]).arg(&script).args(words).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn bash_completes_commands_options_and_values() {
    assert_eq!(offered(&["ct", "ver"]), ["verify"]);
    assert_eq!(offered(&["ct", "trust", "bu"]), ["build"]);
    assert_eq!(offered(&["ct", "verify", "--tr"]), ["--trust"]);
    assert_eq!(offered(&["ct", "verify", "--mode", ""]), ["strict", "grace", "archival"]);
    assert_eq!(offered(&["ct", "explain", "stale."]), ["stale.evidence", "stale.status", "stale.request"]);
    assert_eq!(offered(&["ct", "explain", "--language", ""]), ["en", "es"]);
    assert_eq!(offered(&["ct", "keygen", "--role", "wi"]), ["witness"]);
}

// The values that a shell is offered do not change what ct itself says of others.
#[test]
fn an_unknown_code_still_gets_its_own_words() {
    let said = ct(["explain", "stale.bread"]);
    assert_eq!(said.status, 2);
    assert!(said.err.starts_with("ct: usage.arguments: there is no code stale.bread; "), "{}", said.err);
}

#[test]
fn every_shell_has_a_script_and_it_is_the_same_each_time() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = ct(["completions", shell]);
        assert_eq!((script.status, script.err.as_str()), (0, ""), "{shell}");
        assert!(script.out.contains("completions") && script.out.contains("hash-only"), "{shell}");
        assert_eq!(script.out, ct(["completions", shell]).out, "{shell}");
    }
    let said = ct(["completions", "tcsh"]);
    assert_eq!((said.status, said.out.as_str()), (2, ""));
    assert!(said.err.starts_with("ct: usage.arguments: ") && said.err.contains("bash"), "{}", said.err);
}

/// A shell that is there reads its script without complaint.
#[test]
fn other_shells_accept_their_scripts() {
    let folder = tempfile::tempdir().unwrap();
    for (shell, check) in [("zsh", "-n"), ("fish", "--no-execute")] {
        let script = folder.path().join(shell);
        fs::write(&script, ct(["completions", shell]).out).unwrap();
        // Not installed: nothing is claimed.
        let Ok(output) = Command::new(shell).arg(check).arg(&script).output() else { continue };
        assert!(output.status.success(), "{shell}: {}", String::from_utf8_lossy(&output.stderr));
    }
}
